//! What a group message counts as, and for whom.

pub mod history;

use chrono::{DateTime, DurationRound, NaiveDate, TimeDelta, Utc};

use crate::domain::{
    change::{Change, Outcome},
    counted::live_mark,
    event::{Author, GroupMessage},
    ids::{ChatId, TeacherId},
    period::local_hour,
    registry::{Group, Voice, retitled},
    rules::Rules,
    state::State,
    tally::Tally,
};

/// The local day of a message, whose counters [`count`] looks at. By Telegram's clock, not by the moment of counting.
pub fn day_of(rules: &Rules, message: &GroupMessage) -> Option<NaiveDate> {
    local_hour(rules.zone, message.date).map(|(day, _)| day)
}

/// Counts one message: for a teacher who is active and assigned, in a group that counts; for an anonymous voice as its
/// mapping says, or visibly for nobody. Anything else changes no counter.
pub fn count(state: &State, rules: &Rules, message: &GroupMessage, now: DateTime<Utc>) -> Outcome {
    let mut outcome = Outcome::nothing();
    let chat = state.current_id(message.chat);
    let Some(group) = state.groups.get(&chat) else { return outcome };
    if rules.bots.given(group.bot) != rules.bot {
        // Another bot sees the same message, and counts it.
        return outcome;
    }
    follow_title(group, message, &mut outcome);
    note_sight(state, chat, message, now, &mut outcome);
    let Some((day, hour)) = local_hour(rules.zone, message.date) else { return outcome };
    if !group.counts() {
        return outcome;
    }
    let credit = credited(state, chat, &message.author);
    if credit == Credit::Nobody {
        return outcome;
    }
    let counted = state.days.get(&day).and_then(|day| day.counted.get(&chat));
    let mark = live_mark(counted, chat, message.id, message.date, &message.author);
    outcome.set(Change::CountedLive(day, chat, mark));
    if counted.is_some_and(|counted| counted.imported.contains(mark)) {
        // An import knew the message before the bot did.
        return outcome;
    }
    match credit {
        Credit::Teacher(teacher) => {
            let mut tally = state.cell(day, chat, teacher).cloned().unwrap_or_default();
            add(state, chat, day, message, &mut tally, &mut outcome);
            outcome.set(Change::Cell(day, chat, teacher, Some(tally)));
            if crate::domain::kind::Kind::COUNTED.contains(&message.kind) {
                outcome.set(Change::Hour(
                    day,
                    chat,
                    teacher,
                    hour,
                    messages_in_hour(state, day, chat, teacher, hour).saturating_add(1),
                ));
            }
        }
        Credit::Unattributed(voice) => {
            let day_of = state.days.get(&day);
            let known = day_of.and_then(|day| day.unattributed.get(&chat)?.get(&voice));
            let mut tally = known.cloned().unwrap_or_default();
            add(state, chat, day, message, &mut tally, &mut outcome);
            if state.voices.get(&chat).is_none_or(|voices| !voices.contains_key(&voice)) {
                // From now on the menu can ask whose it is.
                outcome.set(Change::Voice(chat, voice.clone(), None));
            }
            outcome.set(Change::Unattributed(day, chat, voice, Some(tally)));
        }
        Credit::Nobody => {}
    }
    outcome
}

/// Whose counter a message raises.
#[derive(PartialEq)]
enum Credit {
    Teacher(TeacherId),
    Unattributed(Voice),
    Nobody,
}

fn credited(state: &State, chat: ChatId, author: &Author) -> Credit {
    let voice = match author {
        Author::User(user) => return state.counted(chat, *user).map_or(Credit::Nobody, Credit::Teacher),
        Author::Anonymous(signature) => Voice::Anonymous(signature.clone().unwrap_or_default()),
        Author::Chat(sender) => Voice::Chat(*sender),
        Author::Nobody => return Credit::Nobody,
    };
    let counted = |teacher: TeacherId| {
        let active = state.teachers.get(&teacher).is_some_and(|teacher| teacher.active);
        active && state.is_assigned(teacher, chat)
    };
    match state.voices.get(&chat).and_then(|voices| voices.get(&voice)) {
        Some(Some(teacher)) if counted(*teacher) => Credit::Teacher(*teacher),
        Some(Some(_)) => Credit::Nobody,
        Some(None) | None => Credit::Unattributed(voice),
    }
}

/// Whether a message of this author would count in a group, for a teacher or visibly for nobody.
pub fn counts_now(state: &State, chat: ChatId, author: &Author) -> bool {
    credited(state, chat, author) != Credit::Nobody
}

/// Counts for a teacher what a voice wrote on a day, which counted for nobody so far. By the hour it isn't known.
pub fn credit(state: &State, day: NaiveDate, chat: ChatId, voice: &Voice, teacher: TeacherId) -> Outcome {
    let mut outcome = Outcome::nothing();
    let written = state.days.get(&day).and_then(|day| day.unattributed.get(&chat)?.get(voice));
    if let Some(written) = written {
        let mut tally = state.cell(day, chat, teacher).cloned().unwrap_or_default();
        tally.merge(written);
        outcome.set(Change::Cell(day, chat, teacher, Some(tally)));
        outcome.set(Change::Unattributed(day, chat, voice.clone(), None));
    }
    outcome
}

/// Adds the message to a cell; a further item of an album is a message, but no post of its own.
fn add(state: &State, chat: ChatId, day: NaiveDate, message: &GroupMessage, tally: &mut Tally, outcome: &mut Outcome) {
    tally.add(message.kind);
    let Some(album) = &message.album else { return };
    if state.albums.get(&chat).is_some_and(|albums| albums.contains_key(album)) {
        tally.add_album_rest();
    } else {
        outcome.set(Change::Album(chat, album.clone(), Some(day)));
    }
}

fn messages_in_hour(state: &State, day: NaiveDate, chat: ChatId, teacher: TeacherId, hour: usize) -> u32 {
    let hours = state.days.get(&day).and_then(|day| day.hours.get(chat, teacher));
    hours.map_or(0, |hours| hours[hour])
}

/// A group's title is followed, unless an admin gave it a name of its own.
fn follow_title(group: &Group, message: &GroupMessage, outcome: &mut Outcome) {
    if let Some(renamed) = retitled(group, &message.title) {
        outcome.set(Change::Group(group.chat_id, Some(Box::new(renamed))));
    }
}

/// Remembers to the hour that messages are seen, so that a group gone silent can be told from a quiet one.
fn note_sight(state: &State, chat: ChatId, message: &GroupMessage, now: DateTime<Utc>, outcome: &mut Outcome) {
    let known = state.standings.get(&chat);
    let this_hour = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
    let is_news = known.is_none_or(|known| {
        known.last_message.is_none_or(|seen| seen < this_hour)
            || (message.plain && (known.last_plain.is_none_or(|seen| seen < this_hour) || known.warned_silent.is_some()))
    });
    if is_news {
        let mut standing = known.cloned().unwrap_or_default();
        standing.last_message = Some(this_hour);
        if message.plain {
            standing.last_plain = Some(this_hour);
            standing.warned_silent = None;
        }
        outcome.set(Change::Standing(chat, Some(standing)));
    }
}
