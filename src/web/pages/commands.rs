//! The commands that admins define: all of them, one of them, and forms that change them.

use std::collections::BTreeMap;

use super::{
    act::order,
    look::{Done, Look, Trouble},
    page::{Form, InputKind, Page, Section},
    query::Query,
    table::{Column, Field, Table, Tone},
};
use crate::{
    commands::check,
    domain::{
        commands::{Answers, Body, CommandName, Custom},
        ids::BotId,
        lang::Lang,
        state::State,
    },
    orders::{
        Order, Refusal,
        commands::{By, Definition, Edit},
    },
    text::{
        custom as said,
        pages::{Notice, Words},
        report::moment,
    },
};

pub(super) fn all(look: &Look<'_>) -> Result<Page, Trouble> {
    let words = look.words();
    let mut sections = vec![Section::Table(look.read(|state| table(look, state)))];
    if look.visitor.admin().is_some() {
        let form = described(Form::new("/commands", words.new_command()).button(words.add()), words, None)
            .with("says", words.command_says(), long(""))
            .with("answers", words.answers_where(), places(look.lang(), Answers::Both));
        let name = InputKind::Text(String::new(), 33, false);
        let form = Form { fields: Vec::new(), ..form.clone() }.with("name", words.command_name(), name).and(form.fields);
        let contact = look.read(|state| state.commands.contact.clone());
        let mut forms = vec![form.more(words.says_hint())];
        let said = Form::new("/commands/contact", words.contact_text()).button(words.save());
        forms.push(said.with("says", words.contact_text(), long(contact.as_deref().unwrap_or_default())));
        if contact.is_some() {
            forms.push(Form::new("/commands/contact/usual", words.contact_usual()));
        }
        sections.push(Section::Forms(words.manage().to_owned(), forms));
    }
    Ok(Page { title: words.commands().to_owned(), lead: Some(words.commands_lead().to_owned()), sections, ..Page::default() })
}

fn table(look: &Look<'_>, state: &State) -> Table {
    let (words, lang) = (look.words(), look.lang());
    let row = |(name, custom): (&CommandName, &Custom)| {
        let used = |days| Field::count(state.commands.used_lately(name, look.today(), days));
        vec![
            Field::text(format!("/{name}")).to(format!("/commands/{name}")),
            Field::name(custom.description(lang)),
            standing(words, custom),
            Field::text(said::answers(custom.answers, lang)),
            custom.bot.map_or_else(Field::nothing, |bot| Field::text(state.bot_name(bot))),
            used(1),
            used(7),
            used(30),
        ]
    };
    Table {
        name: "commands",
        title: words.commands().to_owned(),
        columns: vec![
            Column::text("command", words.command()),
            Column::text("description", words.command_description()),
            Column::text("state", words.status()),
            Column::text("answers", words.answers_where()).minor(),
            Column::text("bot", words.answered_by_bot()).minor(),
            Column::number("used_today", words.used_today()).minor(),
            Column::number("used_7_days", words.used_week()),
            Column::number("used_30_days", words.used_month()),
        ],
        rows: state.commands.ordered().into_iter().map(row).collect(),
        empty: words.no_commands().to_owned(),
    }
}

fn standing(words: Words, custom: &Custom) -> Field {
    if custom.enabled { Field::badge(words.is_on(), Tone::Good) } else { Field::badge(words.is_off(), Tone::Quiet) }
}

fn name(look: &Look<'_>) -> Result<CommandName, Trouble> {
    look.id.parse().map_err(|_| Trouble::Missing)
}

pub(super) fn one(look: &Look<'_>) -> Result<Page, Trouble> {
    let (words, lang, zone, name) = (look.words(), look.lang(), look.dashboard.rules().zone, name(look)?);
    let sections = look.read(|state| {
        let custom = state.commands.custom.get(&name)?;
        let used = |days| state.commands.used_lately(&name, look.today(), days).to_string();
        let mut facts: Vec<_> =
            custom.descriptions.iter().map(|(lang, text)| (description_in(words, *lang).to_owned(), text.clone())).collect();
        facts.push((words.answers_where().to_owned(), said::answers(custom.answers, lang).to_owned()));
        let by = custom.bot.map_or_else(|| said::every_bot(lang).to_owned(), |bot| state.bot_name(bot));
        facts.push((words.answered_by_bot().to_owned(), by));
        match &custom.body {
            Body::Text(text) => facts.push((words.command_says().to_owned(), text.clone())),
            Body::Feed { url, items } => {
                facts.push((words.command_says().to_owned(), format!("{url} ({items})")));
                if let Some(feed) = state.commands.feed_of(&name).filter(|feed| feed.fault.is_some()) {
                    let fault = format!("{} · {}", moment(feed.asked, zone), feed.fault.as_deref().unwrap_or_default());
                    facts.push((words.feed_fault().to_owned(), fault));
                }
            }
        }
        let uses = vec![
            (words.used_today().to_owned(), used(1)),
            (words.used_week().to_owned(), used(7)),
            (words.used_month().to_owned(), used(30)),
        ];
        let mut sections = vec![Section::Facts(format!("/{name}"), facts), Section::Facts(words.usage().to_owned(), uses)];
        if look.visitor.admin().is_some() {
            sections.push(Section::Forms(words.manage().to_owned(), forms(look, state, &name, custom)));
        }
        let badge = if custom.enabled { (words.is_on(), Tone::Good) } else { (words.is_off(), Tone::Quiet) };
        Some((sections, badge))
    });
    let (sections, (standing, tone)) = sections.ok_or(Trouble::Missing)?;
    Ok(Page {
        title: format!("/{name}"),
        up: Some(("/commands".to_owned(), words.commands())),
        badge: Some((standing.to_owned(), tone)),
        sections,
        ..Page::default()
    })
}

fn forms(look: &Look<'_>, state: &State, name: &CommandName, custom: &Custom) -> Vec<Form> {
    let (words, lang, at) = (look.words(), look.lang(), format!("/commands/{name}"));
    let (says, items) = match &custom.body {
        Body::Text(text) => (text.as_str(), None),
        Body::Feed { url, items } => (url.as_str(), Some(*items)),
    };
    let change = Form::new(format!("{at}/change"), words.change_command()).more(words.says_hint()).button(words.save());
    let mut change = described(change, words, Some(custom)).with("says", words.command_says(), long(says));
    if let Some(items) = items {
        let counts = (1..=Custom::MOST_ITEMS).map(|n| (n.to_string(), n.to_string(), n == items)).collect();
        change = change.with("items", words.feed_items(), InputKind::Choice(counts));
    }
    change = change.with("answers", words.answers_where(), places(lang, custom.answers));
    if state.bots.len() > 1 {
        let every = ("0".to_owned(), said::every_bot(lang).to_owned(), custom.bot.is_none());
        let bots = state.bots.keys().map(|bot| (bot.to_string(), state.bot_name(*bot), custom.bot == Some(*bot)));
        let choice = std::iter::once(every).chain(bots).collect();
        change = change.with("bot", words.answered_by_bot(), InputKind::Choice(choice));
    }
    let on = InputKind::Hidden(if custom.enabled { "no" } else { "yes" }.to_owned());
    let switch = Form::new(format!("{at}/enabled"), if custom.enabled { words.command_off() } else { words.command_on() });
    let place = InputKind::Number(false);
    vec![
        change,
        switch.with("on", "", on),
        Form::new(format!("{at}/move"), words.move_command()).button(words.save()).with("place", words.place_hint(), place),
        Form::new(format!("{at}/remove"), words.delete_command()).more(words.delete_command_more()).grave(),
    ]
}

fn long(text: &str) -> InputKind {
    InputKind::Long(text.to_owned(), Custom::LONGEST_TEXT)
}

fn description_in(words: Words, lang: Lang) -> &'static str {
    match lang {
        Lang::En => words.description_en(),
        Lang::Uz => words.description_uz(),
        Lang::Ru => words.description_ru(),
    }
}

/// A field for the description in each language.
fn described(form: Form, words: Words, custom: Option<&Custom>) -> Form {
    Lang::ALL.into_iter().fold(form, |form, lang| {
        let text = custom.and_then(|custom| custom.descriptions.get(&lang)).cloned().unwrap_or_default();
        form.with(lang.code(), description_in(words, lang), InputKind::Text(text, Custom::LONGEST_DESCRIPTION, true))
    })
}

fn places(lang: Lang, chosen: Answers) -> InputKind {
    let one = |answers: Answers| (answers.name().to_owned(), said::answers(answers, lang).to_owned(), answers == chosen);
    InputKind::Choice(Answers::ALL.into_iter().map(one).collect())
}

/// What was typed in each language; an empty field takes a description away.
fn descriptions(form: &Query) -> BTreeMap<Lang, String> {
    Lang::ALL.into_iter().map(|lang| (lang, form.get(lang.code()).to_owned())).collect()
}

/// A text as it was typed: browsers end lines in two letters.
fn said(form: &Query) -> String {
    form.get("says").replace("\r\n", "\n")
}

fn body(form: &Query) -> Result<Body, Trouble> {
    let says = &said(form);
    if !check::is_address(says) {
        return Ok(Body::Text(says.clone()));
    }
    let items = form.get("items");
    let items = if items.is_empty() { Custom::USUAL_ITEMS } else { items.parse().map_err(|_| Trouble::Form)? };
    Ok(Body::Feed { url: says.trim().to_owned(), items })
}

fn saved(name: &CommandName) -> Done {
    Done::saved(format!("/commands/{name}"), Notice::Saved)
}

pub(super) fn add(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let name: CommandName = form.get("name").trim().parse().map_err(|_| look.refused(&Refusal::NoCommandName))?;
    let mut descriptions = descriptions(form);
    descriptions.retain(|_, text| !text.trim().is_empty());
    let answers = Answers::from_name(form.get("answers")).ok_or(Trouble::Form)?;
    let definition = Definition { descriptions, body: body(form)?, answers, bot: None, enabled: true };
    order(look, &Order::AddCommand { command: name.clone(), definition: Box::new(definition) })?;
    Ok(saved(&name))
}

pub(super) fn change(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let command = name(look)?;
    let by = match form.get("bot") {
        "" => None,
        "0" => Some(By::Every),
        bot => Some(By::Only(bot.parse().map(BotId).map_err(|_| Trouble::Form)?)),
    };
    let answers = Answers::from_name(form.get("answers")).ok_or(Trouble::Form)?;
    let edit = Edit { descriptions: descriptions(form), body: Some(body(form)?), answers: Some(answers), by };
    order(look, &Order::EditCommand { command: command.clone(), edit: Box::new(edit) })?;
    Ok(saved(&command))
}

pub(super) fn enable(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let command = name(look)?;
    order(look, &Order::EnableCommand { command: command.clone(), enabled: super::act::is_on(form)? })?;
    Ok(saved(&command))
}

pub(super) fn place(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let command = name(look)?;
    let place: u32 = form.get("place").trim().parse().map_err(|_| Trouble::Form)?;
    order(look, &Order::MoveCommand { command: command.clone(), place: place.saturating_sub(1) })?;
    Ok(saved(&command))
}

pub(super) fn remove(look: &Look<'_>, _: &Query) -> Result<Done, Trouble> {
    order(look, &Order::RemoveCommand { command: name(look)? })?;
    Ok(Done::saved("/commands", Notice::Saved))
}

pub(super) fn contact(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    order(look, &Order::SetContact { text: Some(said(form)) })?;
    Ok(Done::saved("/commands", Notice::Saved))
}

pub(super) fn usual_contact(look: &Look<'_>, _: &Query) -> Result<Done, Trouble> {
    order(look, &Order::SetContact { text: None })?;
    Ok(Done::saved("/commands", Notice::Saved))
}
