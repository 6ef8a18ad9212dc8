//! A message to many, written in an admin's chat: what is to be sent, to whom, when; looked at as it will arrive; then ordered as a
//! terminal orders it.

use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{
    Desk, Done, Visitor, dialogue, lang_of, leave_form,
    press::{Order, Press, Screen, SendingOrder, SendingScreen},
    study,
};
use crate::{
    domain::{
        audit::Actor,
        change::{Change, Outcome},
        chats::ChatKind,
        draft::{Asks, Draft},
        event::{Material, Place, Said},
        form::{Form, Step},
        ids::{MessageId, TopicId, tidy},
        jobs::{Announcement, Content, Job, JobChange, JobId, KeptFile, Markup, SharedWith},
        registry::Group,
        rules::Admin,
        state::State,
        work::{Button, ButtonAction, Buttons, Work},
    },
    jobs::announce,
    orders::{self, Audience},
    study::local,
    text::{
        button::Label,
        html::Html,
        jobs::refusal,
        sending::{self as words, SendingToast},
        toast::Toast,
    },
};

/// Longer titles are nobody's.
const LONGEST_QUERY: usize = 64;

/// Begins a message, perhaps to a place that is known already.
pub(super) fn begin(visitor: &Visitor<'_>, to: Option<Place>) -> Done {
    let draft = Draft { to: to.into_iter().collect(), ..Draft::new(visitor.desk.now) };
    let left = leave_form(visitor);
    let mut done = Done { changes: left.changes, work: left.work, ..Done::default() };
    done.work.push(question(visitor, &draft));
    done.changes.push(kept(visitor, draft));
    done
}

/// An admin gave `/send` in a group: they write in private, and it goes there.
pub(super) fn begin_in_group(desk: &Desk<'_>, admin: Admin, place: Place) -> Outcome {
    let user = admin.id();
    let lang = lang_of(desk.state, desk.rules, user);
    let visitor = Visitor { desk, user, lang, admin: Some(admin), message: None };
    let here = Place { chat: desk.state.current_id(place.chat), ..place };
    dialogue::outcome_of(begin(&visitor, Some(here)))
}

/// What is asked now.
pub(super) fn question(visitor: &Visitor<'_>, draft: &Draft) -> Work {
    let lang = visitor.lang;
    let html = match draft.asks {
        Asks::Content | Asks::Receivers => words::ask_content(lang),
        Asks::Time => words::ask_time(visitor.desk.rules.zone, visitor.desk.now, lang),
    };
    let cancel = Button { label: Label::Cancel.text(lang), action: ButtonAction::Press(Press::Do(Order::Cancel {}).encode()) };
    visitor.say(html, Buttons::Inline(vec![vec![cancel]]))
}

/// What a message comes to while a message to many is being written.
pub(super) fn answer(visitor: &Visitor<'_>, draft: &Draft, said: &Said, material: Option<&Material>) -> Outcome {
    match (draft.asks, said) {
        (Asks::Content, _) => content(visitor, draft, material),
        (Asks::Receivers, Said::Text(typed)) => receivers(visitor, draft, typed),
        (Asks::Receivers, Said::Chat(chat)) if chat.0 < 0 => {
            add(visitor, draft, Place { chat: visitor.desk.state.current_id(*chat), topic: None })
        }
        (Asks::Time, Said::Text(typed)) => match moment(typed, visitor.desk.rules.zone, visitor.desk.now) {
            Some(at) => shown(visitor, Draft { at: Some(at), asks: Asks::Content, ..draft.clone() }, SendingScreen::Ready {}),
            None => refused(visitor, draft, words::bad_time(visitor.desk.rules.zone, visitor.desk.now, visitor.lang)),
        },
        (Asks::Receivers | Asks::Time, _) => refused(visitor, draft, words::need_words(visitor.lang)),
    }
}

fn content(visitor: &Visitor<'_>, draft: &Draft, material: Option<&Material>) -> Outcome {
    let Some(material) = material else { return refused(visitor, draft, words::need_content(visitor.lang)) };
    let file = material.file.as_ref().map(|file| KeptFile {
        kept: String::new(),
        name: file.name.clone(),
        as_photo: file.as_photo,
        shared: Some(SharedWith { bot: visitor.desk.rules.bot, id: file.id.clone() }),
    });
    let content = Content { text: material.html.clone(), markup: Markup::Html, file };
    if announce::parts(&content).is_empty() {
        return refused(visitor, draft, words::need_content(visitor.lang));
    }
    let draft = Draft { content: Some(content), ..draft.clone() };
    if draft.to.is_empty() {
        return shown(visitor, Draft { asks: Asks::Receivers, ..draft }, SendingScreen::Receivers { page: 0 });
    }
    previewed(visitor, draft)
}

fn receivers(visitor: &Visitor<'_>, draft: &Draft, typed: &str) -> Outcome {
    match place(visitor.desk.state, typed) {
        Some(place) => add(visitor, draft, place),
        None => {
            let query = tidy(typed).chars().take(LONGEST_QUERY).collect();
            shown(visitor, Draft { query, ..draft.clone() }, SendingScreen::Receivers { page: 0 })
        }
    }
}

/// One more receiver, said in words.
fn add(visitor: &Visitor<'_>, draft: &Draft, place: Place) -> Outcome {
    let mut more = draft.clone();
    if !more.send_to(place, true) {
        return refused(visitor, draft, Html::text(SendingToast::TooMany.text(visitor.lang)));
    }
    shown(visitor, more, SendingScreen::Receivers { page: 0 })
}

/// Does what was wished about a message. Only admins get here.
pub(super) fn carry_out(visitor: &Visitor<'_>, order: &SendingOrder, edit: Option<MessageId>) -> Done {
    if let SendingOrder::Begin {} = order {
        return begin(visitor, None);
    }
    let Some(draft) = dialogue::open_step(visitor).and_then(Step::draft) else { return without_draft(visitor, order, edit) };
    let mut draft = draft.clone();
    let desk = visitor.desk;
    let whole = |chat| Place { chat: desk.state.current_id(chat), topic: None };
    let shows = |draft: Draft, screen| showing(visitor, draft, screen, edit);
    let list = |page| SendingScreen::Receivers { page };
    let ticked = |draft: Draft, page, has_room: bool| {
        let done = shows(Draft { asks: Asks::Receivers, ..draft }, list(page));
        if has_room { done } else { Done { toast: Some((Toast::Sending(SendingToast::TooMany), true)), ..done } }
    };
    match order {
        SendingOrder::Begin {} => Done::default(),
        SendingOrder::AskContent {} => asked(visitor, Draft { asks: Asks::Content, ..draft }),
        SendingOrder::AskTime {} => asked(visitor, Draft { asks: Asks::Time, ..draft }),
        SendingOrder::Tick { chat, on, page } => {
            let has_room = draft.send_to(whole(*chat), *on);
            ticked(draft, *page, has_room)
        }
        SendingOrder::Topic { chat, topic, on, page } => {
            let topic = Some(*topic).filter(|topic| *topic > 0).map(TopicId);
            let has_room = draft.send_to(Place { topic, ..whole(*chat) }, *on);
            ticked(draft, *page, has_room)
        }
        SendingOrder::All { on } => {
            let listed = listed(desk.state, &draft.query);
            let has_room = tick_all(&mut draft, &listed, *on);
            ticked(draft, 0, has_room)
        }
        SendingOrder::OfBot { bot, on } => {
            let theirs = listed(desk.state, "").into_iter().filter(|group| desk.rules.bots.given(group.bot) == *bot);
            let has_room = tick_all(&mut draft, &theirs.collect::<Vec<_>>(), *on);
            ticked(draft, 0, has_room)
        }
        SendingOrder::ListAll {} => shows(Draft { asks: Asks::Receivers, query: String::new(), ..draft }, list(0)),
        SendingOrder::Silent { on } => shows(Draft { silent: *on, asks: Asks::Content, ..draft }, SendingScreen::Ready {}),
        SendingOrder::Now {} => shows(Draft { at: None, asks: Asks::Content, ..draft }, SendingScreen::Ready {}),
        SendingOrder::Preview {} if draft.content.is_none() => asked(visitor, Draft { asks: Asks::Content, ..draft }),
        SendingOrder::Preview {} if draft.to.is_empty() => {
            let mut done = shows(Draft { asks: Asks::Receivers, ..draft }, list(0));
            done.toast = Some((Toast::Sending(SendingToast::NobodyChosen), true));
            done
        }
        SendingOrder::Preview {} => {
            let outcome = previewed(visitor, draft);
            Done { changes: outcome.changes, work: outcome.work, ..Done::default() }
        }
        SendingOrder::Send { draft: id } if *id == draft.id => send(visitor, draft, edit),
        SendingOrder::Send { .. } => without_draft(visitor, order, edit),
    }
}

/// A button of a message that is sent or given up. Who presses "send" once more sees what became of it.
fn without_draft(visitor: &Visitor<'_>, order: &SendingOrder, edit: Option<MessageId>) -> Done {
    let SendingOrder::Send { draft } = order else { return dialogue::closed(visitor) };
    let actor = Actor::Telegram(visitor.user);
    let is_it = |job: &Job| job.announcement().is_some() && job.asked == *draft && job.made_by.as_ref() == Some(&actor);
    let sent = visitor.desk.state.jobs.kept.iter().find(|(_, job)| is_it(job));
    match sent {
        Some((job, _)) => Done {
            work: vec![visitor.show(&Screen::Job { job: job.clone() }, edit, None)],
            toast: Some((Toast::Sending(SendingToast::SentAlready), false)),
            ..Done::default()
        },
        None => dialogue::closed(visitor),
    }
}

fn send(visitor: &Visitor<'_>, draft: Draft, edit: Option<MessageId>) -> Done {
    let desk = visitor.desk;
    let toast = |done: Done, toast| Done { toast: Some((toast, true)), ..done };
    if draft.at.is_some_and(|at| at <= desk.now) {
        let done = showing(visitor, Draft { at: None, ..draft }, SendingScreen::Ready {}, edit);
        return toast(done, Toast::Sending(SendingToast::TimeHasPassed));
    }
    let announcement = Box::new(Announcement { content: draft.content.clone(), bot: None, silent: draft.silent });
    let to = Audience::Places(draft.to.clone());
    let order = orders::Order::Announce { announcement, to, at: draft.at, asked: draft.id };
    match orders::about_job(desk.state, desk.rules.zone, desk.now, &Actor::Telegram(visitor.user), &order) {
        Ok(outcome) => {
            let job = outcome.changes.iter().find_map(made);
            let screen = job.map_or(Screen::Jobs { page: 0 }, |job| Screen::Job { job });
            let mut changes = outcome.changes;
            changes.push(Change::Form(visitor.form(), None));
            let said = if draft.at.is_some() { SendingToast::WillBeSent } else { SendingToast::IsBeingSent };
            Done {
                changes,
                work: vec![visitor.show(&screen, edit, None)],
                toast: Some((Toast::Sending(said), false)),
                lang: None,
            }
        }
        Err(why) => {
            let done = showing(visitor, draft, SendingScreen::Ready {}, edit);
            toast(done, Toast::JobRefused(refusal(&why, visitor.lang)))
        }
    }
}

fn made(change: &Change) -> Option<JobId> {
    match change {
        Change::Job(JobChange::Job(id, Some(_))) => Some(id.clone()),
        _ => None,
    }
}

/// Whether there was room for all.
fn tick_all(draft: &mut Draft, groups: &[&Group], on: bool) -> bool {
    groups.iter().all(|group| draft.send_to(Place { chat: group.chat_id, topic: None }, on))
}

/// What to say where the subject of a screen is no more.
pub(super) fn missing(visitor: &Visitor<'_>, screen: &SendingScreen) -> Option<(Toast, bool)> {
    let is_there = match screen {
        SendingScreen::Chats { job, .. } => visitor.desk.state.jobs.kept.contains_key(job),
        SendingScreen::Receivers { .. } | SendingScreen::Ready {} => {
            return dialogue::open_step(visitor).and_then(Step::draft).is_none().then_some((Toast::FormClosed, true));
        }
    };
    (!is_there).then_some((Toast::JobGone, true))
}

/// Groups that a message can go to, by title.
pub(super) fn listed<'a>(state: &'a State, query: &str) -> Vec<&'a Group> {
    let wanted = query.to_lowercase();
    let is_meant = |group: &&Group| group.gone_since.is_none() && group.title.to_lowercase().contains(&wanted);
    let mut groups: Vec<_> = state.groups.values().filter(is_meant).collect();
    groups.sort_by_cached_key(|group| (group.title.to_lowercase(), group.chat_id));
    groups
}

/// A group or topic as people write it: its number, with a topic behind a slash, or a link into it. In a forum, a link with two
/// numbers is a topic's.
pub fn place(state: &State, typed: &str) -> Option<Place> {
    let (chat, topic) = study::target(typed).filter(|(chat, _)| chat.0 < 0)?;
    let chat = state.current_id(chat);
    let is_forum = state.chats.known.get(&chat).is_some_and(|known| known.kind == ChatKind::Forum);
    let topic = topic.or_else(|| {
        let path = typed.trim().split(['?', '#']).next().unwrap_or_default();
        let last = path.contains("/c/").then(|| path.trim_end_matches('/').rsplit('/').next()?.parse().ok()).flatten();
        let is_of_chat = path.matches('/').count() - path.find("//").map_or(0, |_| 2) == 3;
        last.filter(|topic: &i64| is_forum && is_of_chat && *topic > 0).map(TopicId)
    });
    Some(Place { chat, topic })
}

/// A local time that is still to come: `2026-01-31 09:00`, `31.01.2026 9:00`, `31.01 9:00`, or the next `9:00`.
pub(super) fn moment(typed: &str, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let typed = tidy(typed);
    let today = now.with_timezone(&zone).date_naive();
    let still_to_come = |local: NaiveDateTime| Some(local::instant(zone, local.date(), local.time())).filter(|at| *at > now);
    if let Ok(time) = NaiveTime::parse_from_str(&typed, "%H:%M") {
        return still_to_come(today.and_time(time)).or_else(|| still_to_come((today + TimeDelta::days(1)).and_time(time)));
    }
    let whole = ["%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M"];
    if let Some(local) = whole.iter().find_map(|format| NaiveDateTime::parse_from_str(&typed, format).ok()) {
        return still_to_come(local);
    }
    let (day, time) = typed.split_once(' ')?;
    let year: i32 = today.format("%Y").to_string().parse().ok()?;
    let in_year = |year: i32| NaiveDateTime::parse_from_str(&format!("{day}.{year} {time}"), "%d.%m.%Y %H:%M").ok();
    in_year(year).and_then(still_to_come).or_else(|| in_year(year + 1).and_then(still_to_come))
}

fn kept(visitor: &Visitor<'_>, draft: Draft) -> Change {
    let form = Form { step: Step::Message(Box::new(draft)), touched: visitor.desk.now };
    Change::Form(visitor.form(), Some(form))
}

/// Asks something else about the message.
fn asked(visitor: &Visitor<'_>, draft: Draft) -> Done {
    Done { work: vec![question(visitor, &draft)], changes: vec![kept(visitor, draft)], ..Done::default() }
}

fn refused(visitor: &Visitor<'_>, draft: &Draft, why: Html) -> Outcome {
    Outcome { changes: vec![kept(visitor, draft.clone())], work: vec![visitor.say(why, Buttons::None)] }
}

fn shown(visitor: &Visitor<'_>, draft: Draft, screen: SendingScreen) -> Outcome {
    dialogue::outcome_of(showing(visitor, draft, screen, None))
}

fn showing(visitor: &Visitor<'_>, draft: Draft, screen: SendingScreen, edit: Option<MessageId>) -> Done {
    let work = vec![visitor.show(&Screen::Sending(screen), edit, None)];
    Done { changes: vec![kept(visitor, draft)], work, ..Done::default() }
}

/// The message as it will arrive, and below it what is still to be decided.
fn previewed(visitor: &Visitor<'_>, draft: Draft) -> Outcome {
    let work = vec![Work::Preview { user: visitor.user }, visitor.show(&Screen::Sending(SendingScreen::Ready {}), None, None)];
    Outcome { changes: vec![kept(visitor, Draft { asks: Asks::Content, ..draft })], work }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ChatId;

    #[test]
    fn a_time_is_local_and_still_to_come() {
        let now: DateTime<Utc> = "2026-01-26T05:00:00Z".parse().expect("a time");
        let at = |typed| moment(typed, chrono_tz::Asia::Tashkent, now).map(|at| at.to_rfc3339());
        for (typed, meant) in [
            ("2026-01-31 09:00", "2026-01-31T04:00:00+00:00"),
            ("31.01.2026  9:00", "2026-01-31T04:00:00+00:00"),
            ("31.01 09:00", "2026-01-31T04:00:00+00:00"),
            ("25.01 09:00", "2027-01-25T04:00:00+00:00"),
            ("18:30", "2026-01-26T13:30:00+00:00"),
            ("10:00", "2026-01-27T05:00:00+00:00"),
        ] {
            assert_eq!(at(typed).as_deref(), Some(meant), "{typed}");
        }
        for wrong in ["", "tomorrow", "2026-01-25 09:00", "30.02 09:00", "25:00", "9"] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_link_into_a_forum_is_its_topics() {
        let mut state = State::default();
        let forum = ChatId(-1_001_234_567_890);
        let known = serde_json::from_value(serde_json::json!({ "kind": "forum" })).expect("a chat");
        state.chats.known.insert(forum, known);
        let topic = |typed: &str| place(&state, typed).map(|place| (place.chat, place.topic.map(|topic| topic.0)));
        assert_eq!(topic("https://t.me/c/1234567890/5"), Some((forum, Some(5))));
        assert_eq!(topic("t.me/c/1234567890/5/77?single"), Some((forum, Some(5))));
        assert_eq!(topic("-1001234567890/7"), Some((forum, Some(7))));
        assert_eq!(topic("https://t.me/c/1234567890"), Some((forum, None)));
        assert_eq!(topic("https://t.me/c/999/5"), Some((ChatId(-1_000_000_000_999), None)), "a message of a plain group");
        assert_eq!((topic("12345"), topic("Grade 2")), (None, None));
    }
}
