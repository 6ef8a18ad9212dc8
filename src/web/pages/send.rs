//! Messages to groups.

use chrono::NaiveDateTime;

use super::{
    act::order,
    jobs::table,
    look::{Done, Look, Trouble},
    page::{Form, InputKind, Page, Section},
    query::Query,
};
use crate::{
    domain::{
        event::Place,
        ids::ChatId,
        jobs::{Announcement, Content, Markup},
        state::State,
    },
    jobs::view::{self, Sort},
    orders::{Audience, Order, dropbox},
    study::local,
    text::{name::in_text, pages::Notice},
};

/// What fits into a form; longer texts are a program's or a terminal's.
const LONGEST: usize = 4_096;
/// Beyond so many groups nobody finds anything in a list: then a part of the title is typed.
const MOST_CHOICES: usize = 200;

pub(super) fn draw(look: &Look<'_>) -> Result<Page, Trouble> {
    let words = look.words();
    let mut sections = Vec::new();
    if look.visitor.admin().is_some() {
        sections.push(Section::Forms(words.send().to_owned(), vec![look.read(|state| form(look, state))]));
    }
    let messages = look.read(|state| view::rows(state, look.now));
    let messages = messages.into_iter().filter(|row| row.sort == Sort::Announcement).rev().collect();
    sections.push(Section::Table(table(look, words.sent_messages(), messages, words.no_messages().to_owned())));
    Ok(Page { title: words.send().to_owned(), lead: Some(words.send_lead().to_owned()), sections, ..Page::default() })
}

fn form(look: &Look<'_>, state: &State) -> Form {
    let words = look.words();
    let choice = |key: &str, name: &str| (key.to_owned(), name.to_owned(), false);
    let mut to = vec![choice("me", words.to_me()), choice("all", words.to_all_groups()), choice("matching", words.to_matching())];
    let mut groups: Vec<_> = state.groups.values().filter(|group| group.gone_since.is_none()).collect();
    groups.sort_by_cached_key(|group| (group.title.to_lowercase(), group.chat_id));
    if groups.len() <= MOST_CHOICES {
        to.extend(groups.iter().map(|group| choice(&group.chat_id.to_string(), &in_text(&group.title))));
    }
    let markup = [("plain", words.markup_plain()), ("markdown", "Markdown"), ("markdown_v2", "MarkdownV2"), ("html", "HTML")];
    let yes = vec![choice("no", words.no()), choice("yes", words.yes())];
    Form::new("/send", words.send())
        .with("text", words.message_text(), InputKind::Long(String::new(), LONGEST))
        .with("to", words.message_to(), InputKind::Choice(to))
        .with("matching", words.to_matching(), InputKind::Text(String::new(), 100, true))
        .with("markup", words.message_markup(), InputKind::Choice(markup.iter().map(|(key, name)| choice(key, name)).collect()))
        .with("at", words.send_at(), InputKind::Moment)
        .with("silent", words.send_silently(), InputKind::Choice(yes))
}

pub(super) fn send(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let markup = match form.get("markup") {
        "plain" => Markup::Plain,
        "markdown" => Markup::Markdown,
        "markdown_v2" => Markup::MarkdownV2,
        "html" => Markup::Html,
        _ => return Err(Trouble::Form),
    };
    let to = match form.get("to") {
        "me" => Audience::Places(vec![Place::private(look.visitor.user)]),
        "all" => Audience::All,
        "matching" => Audience::Matching(form.get("matching").trim().to_owned()),
        chat => {
            let chat: ChatId = chat.parse().map_err(|_| Trouble::Form)?;
            Audience::Places(vec![Place { chat, topic: None }])
        }
    };
    let at = match form.get("at") {
        "" => None,
        text => {
            let bad = || Trouble::Refused(look.words().bad_moment().to_owned());
            let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").map_err(|_| bad())?;
            let at = local::instant(look.dashboard.rules().zone, local.date(), local.time());
            Some(at).filter(|at| *at > look.now).ok_or_else(bad).map(Some)?
        }
    };
    let text = form.get("text").replace("\r\n", "\n");
    let content = Content { text, markup, file: None };
    let announcement = Box::new(Announcement { content: Some(content), bot: None, silent: form.get("silent") == "yes" });
    let asked = dropbox::random_id();
    order(look, &Order::Announce { announcement, to, at, asked })?;
    let made = look.read(|state| state.jobs.kept.iter().find(|(_, job)| job.asked == asked).map(|(id, _)| id.to_string()));
    Ok(Done::saved(made.map_or_else(|| "/send".to_owned(), |id| format!("/jobs/{id}")), Notice::Saved))
}
