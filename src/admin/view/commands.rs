//! The commands that admins define: all of them, and one with what can be done about it.

use super::{Facts, View, button, page, view};
use crate::{
    admin::press::{OwnOrder, OwnScreen, Press, Screen},
    domain::{
        commands::{Answers, Body, CommandName, Custom},
        ids::BotId,
        lang::Lang,
        period::local_day,
        work::Button,
    },
    text::{
        button::{self, Label},
        custom::{self as words, Use},
        name::fitted,
        own_button::OwnLabel,
        screen::list_heading,
    },
};

pub(super) fn list(facts: &Facts<'_>, number: u16) -> View {
    let lang = facts.lang;
    let all = facts.state.commands.ordered();
    let shown = page(&all, number, |page| Screen::Own(OwnScreen::Commands { page }));
    let mut html = list_heading(&OwnLabel::Commands.text(lang), all.len(), shown.number, shown.pages);
    if all.is_empty() {
        html.push_line(&words::none(lang));
    }
    let open = |(name, custom): &(&CommandName, &Custom)| {
        let mark = match (custom.enabled, &custom.body) {
            (false, _) => "⏸",
            (true, Body::Text(_)) => "💬",
            (true, Body::Feed { .. }) => "📰",
        };
        let label = format!("{mark} /{name} · {}", custom.description(lang));
        let screen = OwnScreen::Command { name: (*name).clone() };
        vec![button(fitted(&label, 50), Press::Show(Screen::Own(screen)))]
    };
    let mut rows: Vec<_> = shown.items.iter().map(open).collect();
    rows.push(shown.turn);
    rows.push(vec![facts.own_wish(OwnLabel::AddCommand, OwnOrder::AskCommand {})]);
    rows.push(vec![facts.own(OwnLabel::Contact, OwnScreen::Contact {}), facts.menu()]);
    view(html, rows)
}

/// How often a command was used.
pub(super) fn used(facts: &Facts<'_>, name: &CommandName) -> Use {
    let today = local_day(facts.rules.zone, facts.now);
    let lately = |days| facts.state.commands.used_lately(name, today, days);
    Use { today: lately(1), week: lately(7), month: lately(30) }
}

pub(super) fn one(facts: &Facts<'_>, name: &CommandName) -> View {
    let Some(custom) = facts.state.commands.custom.get(name) else { return list(facts, 0) };
    let bot = custom.bot.map(|bot| facts.state.bot_name(bot));
    let mut html = words::command(name, custom, used(facts, name), bot.as_deref(), facts.lang);
    html.push_line(&words::body(custom, facts.state.commands.feed_of(name), facts.lang));
    let mut rows = vec![
        vec![facts.own_wish(OwnLabel::TryIt, OwnOrder::TryCommand { name: name.clone() }), switch(facts, name, custom)],
        vec![
            facts.own_wish(OwnLabel::EditBody, OwnOrder::AskBody { name: name.clone() }),
            facts.own(OwnLabel::Describe, OwnScreen::Describe { name: name.clone() }),
        ],
        Answers::ALL.into_iter().map(|answers| place(facts, name, custom, answers)).collect(),
        items(facts, name, custom),
        places(facts, name),
    ];
    if facts.state.bots.len() > 1 {
        rows.push(vec![facts.own(OwnLabel::AnsweredBy, OwnScreen::AnsweredBy { name: name.clone() })]);
    }
    rows.push(vec![button(Label::Delete.text(facts.lang), to(OwnScreen::ConfirmDelete { name: name.clone() }))]);
    rows.push(facts.way_back(Screen::Own(OwnScreen::Commands { page: 0 })));
    view(html, rows)
}

fn to(screen: OwnScreen) -> Press {
    Press::Show(Screen::Own(screen))
}

fn switch(facts: &Facts<'_>, name: &CommandName, custom: &Custom) -> Button {
    let label = if custom.enabled { OwnLabel::SwitchOff } else { OwnLabel::SwitchOn };
    facts.own_wish(label, OwnOrder::EnableCommand { name: name.clone(), on: !custom.enabled })
}

fn place(facts: &Facts<'_>, name: &CommandName, custom: &Custom, answers: Answers) -> Button {
    let mark = if custom.answers == answers { "✅ " } else { "" };
    let order = OwnOrder::SetAnswers { name: name.clone(), answers };
    button(format!("{mark}{}", words::answers(answers, facts.lang)), Press::Do(super::Order::Own(order)))
}

/// How many items of a feed.
fn items(facts: &Facts<'_>, name: &CommandName, custom: &Custom) -> Vec<Button> {
    let Body::Feed { items, .. } = custom.body else { return Vec::new() };
    let set = |label, items: u8| facts.own_wish(label, OwnOrder::SetItems { name: name.clone(), items: u16::from(items) });
    let fewer = (items > 1).then(|| set(OwnLabel::Fewer, items - 1));
    let more = (items < Custom::MOST_ITEMS).then(|| set(OwnLabel::MoreItems, items + 1));
    fewer.into_iter().chain(more).collect()
}

/// Its way up and down in lists.
fn places(facts: &Facts<'_>, name: &CommandName) -> Vec<Button> {
    let all = facts.state.commands.ordered();
    let Some(at) = all.iter().position(|(other, _)| *other == name) else { return Vec::new() };
    let moved = |label, place: usize| {
        let place = u16::try_from(place).unwrap_or(u16::MAX);
        facts.own_wish(label, OwnOrder::MoveCommand { name: name.clone(), place })
    };
    let up = (at > 0).then(|| moved(OwnLabel::Up, at - 1));
    let down = (at + 1 < all.len()).then(|| moved(OwnLabel::Down, at + 1));
    up.into_iter().chain(down).collect()
}

pub(super) fn describe(facts: &Facts<'_>, name: &CommandName) -> View {
    let Some(custom) = facts.state.commands.custom.get(name) else { return list(facts, 0) };
    let open = |lang: Lang| {
        let order = OwnOrder::AskDescription { name: name.clone(), lang };
        let label = button::language(lang, custom.descriptions.contains_key(&lang));
        vec![button(label, Press::Do(super::Order::Own(order)))]
    };
    let mut rows: Vec<_> = Lang::ALL.into_iter().map(open).collect();
    rows.push(facts.way_back(Screen::Own(OwnScreen::Command { name: name.clone() })));
    view(words::describe(name, facts.lang), rows)
}

pub(super) fn answered_by(facts: &Facts<'_>, name: &CommandName) -> View {
    let Some(custom) = facts.state.commands.custom.get(name) else { return list(facts, 0) };
    let marked = |is_so: bool, label: &str| if is_so { format!("✅ {label}") } else { label.to_owned() };
    let wish = |label: String, order: OwnOrder| vec![button(label, Press::Do(super::Order::Own(order)))];
    let every = marked(custom.bot.is_none(), words::every_bot(facts.lang));
    let mut rows = vec![wish(every, OwnOrder::EveryBot { name: name.clone() })];
    let open = |bot: &BotId| {
        let label = marked(custom.bot == Some(*bot), &fitted(&facts.state.bot_name(*bot), 40));
        wish(label, OwnOrder::OnlyBot { name: name.clone(), bot: *bot })
    };
    rows.extend(facts.state.bots.keys().take(20).map(open));
    rows.push(facts.way_back(Screen::Own(OwnScreen::Command { name: name.clone() })));
    view(words::answered_by(name, facts.lang), rows)
}

pub(super) fn confirm_delete(facts: &Facts<'_>, name: &CommandName) -> View {
    if !facts.state.commands.custom.contains_key(name) {
        return list(facts, 0);
    }
    let rows = vec![
        vec![facts.wish(Label::ReallyDelete, super::Order::Own(OwnOrder::DeleteCommand { name: name.clone() }))],
        facts.way_back(Screen::Own(OwnScreen::Command { name: name.clone() })),
    ];
    view(words::confirm_delete(name, facts.lang), rows)
}
