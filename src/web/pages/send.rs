//! Messages to groups: a form, what would arrive and where, and the order.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::{
    act::order,
    jobs::table,
    look::{Done, Look, Trouble},
    message::Message,
    page::{Form, InputKind, Page, Section},
    query::Query,
};
use crate::{
    admin::sending,
    announcement_files::{AnnouncementFiles, LARGEST, LARGEST_PHOTO},
    domain::{
        audit::Actor,
        change::Change,
        event::Place,
        ids::ChatId,
        jobs::{Announcement, Content, JobChange, Markup},
        state::State,
    },
    jobs::{
        announce::{self, Part},
        view::{self, Sort},
    },
    orders::{self, Audience, Order, dropbox},
    study::local,
    text::{
        name::in_text,
        pages::{Notice, Words},
        report::moment,
    },
};

/// What fits into a form; longer texts are a program's or a terminal's.
const LONGEST: usize = 4_096;
/// Beyond so many groups nobody finds anything in a list: then a part of the title is typed.
const MOST_CHOICES: usize = 500;
/// Topics that are typed.
const LONGEST_TOPICS: usize = 500;
/// What the second step carries on as it is.
const CARRIED: [&str; 10] = ["text", "markup", "to", "matching", "chat", "topics", "at", "silent", "as", "name"];

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
    to.insert(0, choice("ticked", words.to_ticked()));
    let markup = [("plain", words.markup_plain()), ("markdown", "Markdown"), ("markdown_v2", "MarkdownV2"), ("html", "HTML")];
    let shown_as = vec![choice("document", words.as_document()), choice("photo", words.as_photo())];
    let yes = vec![choice("no", words.no()), choice("yes", words.yes())];
    let mut form = Form::new("/send/preview", words.send())
        .button(words.preview())
        .with("text", words.message_text(), InputKind::Long(String::new(), LONGEST))
        .with("markup", words.message_markup(), InputKind::Choice(markup.iter().map(|(key, name)| choice(key, name)).collect()))
        .with("to", words.message_to(), InputKind::Choice(to));
    if groups.len() <= MOST_CHOICES && !groups.is_empty() {
        let ticks = groups.iter().map(|group| choice(&group.chat_id.to_string(), &in_text(&group.title))).collect();
        form = form.with("chat", words.tick_groups(), InputKind::Ticks(ticks));
    }
    form.with("topics", words.to_topics(), InputKind::Text(String::new(), LONGEST_TOPICS, true))
        .with("matching", words.to_matching(), InputKind::Text(String::new(), 100, true))
        .with("at", words.send_at(), InputKind::Moment)
        .with("silent", words.send_silently(), InputKind::Choice(yes))
        .with("as", words.file_as(), InputKind::Choice(shown_as))
        // Last: what says that the form is ours, and how the file is shown, comes before it.
        .with("file", words.message_file(), InputKind::File(LARGEST, LARGEST_PHOTO))
}

/// What a form says is to be sent.
struct Asked {
    announcement: Announcement,
    to: Audience,
    at: Option<DateTime<Utc>>,
}

fn read(look: &Look<'_>, form: &Query) -> Result<Asked, Trouble> {
    let words = look.words();
    let markup = match form.get("markup") {
        "plain" => Markup::Plain,
        "markdown" => Markup::Markdown,
        "markdown_v2" => Markup::MarkdownV2,
        "html" => Markup::Html,
        _ => return Err(Trouble::Form),
    };
    let file = match form.get("kept") {
        "" => None,
        kept => {
            let files = AnnouncementFiles::of(look.dashboard.store());
            let found = files.found(kept, form.get("name"), form.get("as") == "photo");
            Some(found.ok_or_else(|| Trouble::Refused(words.file_gone().to_owned()))?)
        }
    };
    let text = form.get("text").replace("\r\n", "\n");
    let announcement =
        Announcement { content: Some(Content { text, markup, file }), bot: None, silent: form.get("silent") == "yes" };
    Ok(Asked { announcement, to: audience(look, form)?, at: at(look, form)? })
}

fn audience(look: &Look<'_>, form: &Query) -> Result<Audience, Trouble> {
    let whole = |chat: &str| Some(Place { chat: chat.parse().ok().filter(|chat: &ChatId| chat.0 < 0)?, topic: None });
    match form.get("to") {
        "me" => Ok(Audience::Places(vec![Place::private(look.visitor.user)])),
        "all" => Ok(Audience::All),
        "matching" => Ok(Audience::Matching(form.get("matching").trim().to_owned())),
        "ticked" => {
            let ticked: Option<Vec<_>> = form.all("chat").map(whole).collect();
            let typed = form.get("topics").split([' ', ',', ';', '\n']).filter(|part| !part.is_empty());
            let topics: Option<Vec<_>> = look.read(|state| typed.map(|part| sending::place(state, part)).collect());
            let topics = topics.ok_or_else(|| Trouble::Refused(look.words().bad_topic().to_owned()))?;
            Ok(Audience::Places(ticked.ok_or(Trouble::Form)?.into_iter().chain(topics).collect()))
        }
        chat => Ok(Audience::Places(vec![whole(chat).ok_or(Trouble::Form)?])),
    }
}

fn at(look: &Look<'_>, form: &Query) -> Result<Option<DateTime<Utc>>, Trouble> {
    let text = form.get("at");
    if text.is_empty() {
        return Ok(None);
    }
    let bad = || Trouble::Refused(look.words().bad_moment().to_owned());
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").map_err(|_| bad())?;
    let at = local::instant(look.dashboard.rules().zone, local.date(), local.time());
    Some(at).filter(|at| *at > look.now).ok_or_else(bad).map(Some)
}

/// What would arrive, and where; nothing is ordered yet.
pub(super) fn preview(look: &Look<'_>, form: &Query) -> Result<Page, Trouble> {
    let (words, zone) = (look.words(), look.dashboard.rules().zone);
    let asked = read(look, form)?;
    let admin = look.visitor.admin().ok_or(Trouble::Forbidden)?;
    let at = asked.at.map_or_else(|| words.at_once().to_owned(), |at| format!("{} ({zone})", moment(at, zone)));
    let content = asked.announcement.content.clone();
    let silent = if asked.announcement.silent { words.yes() } else { words.no() };
    let announcement = Box::new(asked.announcement);
    let order = Order::Announce { announcement, to: asked.to, at: asked.at, asked: 0 };
    let receivers = look.read(|state| {
        let ordered = orders::about_job(state, zone, look.now, &Actor::Session(admin.id()), &order);
        ordered.map(|outcome| outcome.changes.iter().filter_map(|change| receiver(look, state, change)).collect::<Vec<_>>())
    });
    let receivers = receivers.map_err(|why| look.refused(&why))?;
    let mut facts = vec![
        (words.receivers().to_owned(), receivers.len().to_string()),
        (words.message_to().to_owned(), receivers.join(" · ")),
        (words.send_at().to_owned(), at),
        (words.send_silently().to_owned(), silent.to_owned()),
    ];
    let file = content.as_ref().and_then(|content| content.file.as_ref());
    if let Some(file) = file {
        let shown_as = if file.as_photo { words.as_photo() } else { words.as_document() };
        facts.push((shown_as.to_owned(), file.name.clone()));
    }
    let mut sections = vec![Section::Messages(
        words.what_arrives().to_owned(),
        content.iter().flat_map(|content| messages(content, words)).collect(),
    )];
    sections.push(Section::Facts(words.receivers().to_owned(), facts));
    let mut confirm = Form::new("/send", words.send_it());
    if content.is_some_and(|content| content.markup != Markup::Plain) {
        confirm = confirm.more(words.markup_note());
    }
    for name in CARRIED.into_iter().chain(["kept"]) {
        for value in form.all(name) {
            confirm = confirm.with(name, "", InputKind::Hidden(value.to_owned()));
        }
    }
    confirm = confirm.with("asked", "", InputKind::Hidden(dropbox::random_id().to_string()));
    sections.push(Section::Forms(words.send_it().to_owned(), vec![confirm]));
    let up = Some(("/send".to_owned(), words.send()));
    Ok(Page { title: words.preview().to_owned(), lead: Some(words.preview_lead().to_owned()), up, sections, ..Page::default() })
}

fn receiver(look: &Look<'_>, state: &State, change: &Change) -> Option<String> {
    let Change::Job(JobChange::Delivery(_, _, Some(delivery))) = change else { return None };
    if delivery.to.chat.0 > 0 {
        return Some(look.words().to_me_only().to_owned());
    }
    let group = state.groups.get(&delivery.to.chat);
    let title = group.map_or_else(|| delivery.to.chat.to_string(), |group| in_text(&group.title));
    Some(delivery.to.topic.map_or_else(|| title.clone(), |topic| format!("{title}/{topic}")))
}

/// The messages as they are cut, as Telegram would show them.
fn messages(content: &Content, words: Words) -> Vec<Message> {
    let parts = announce::parts(content);
    let shown = parts.iter().filter(|(Part::Text(text, _) | Part::File(text, _))| !text.is_empty());
    shown.map(|part| Message::of(part, words)).collect()
}

pub(super) fn send(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let Asked { announcement, to, at } = read(look, form)?;
    // One preview is one message, however often its button is pressed.
    let asked = form.get("asked").parse().unwrap_or_else(|_| dropbox::random_id());
    order(look, &Order::Announce { announcement: Box::new(announcement), to, at, asked })?;
    let made = look.read(|state| state.jobs.kept.iter().find(|(_, job)| job.asked == asked).map(|(id, _)| id.to_string()));
    Ok(Done::saved(made.map_or_else(|| "/send".to_owned(), |id| format!("/jobs/{id}")), Notice::Saved))
}
