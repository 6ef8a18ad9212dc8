//! Groups that come, go, move and change their names; people who join and leave them; chats that can't be written to.

pub mod bots;

use std::collections::BTreeSet;

use crate::{
    admin::{Back, Desk, Order, Press, Screen, lang_of},
    chats,
    domain::{
        audit::{Actor, audited},
        change::{Change, Outcome},
        chats::ChatKind,
        day::Hours,
        event::{MemberStanding, OwnStanding, Place, Presence},
        ids::{ChatId, MessageId, TeacherId, UserId, tidy},
        registry::{Candidate, Group, Notice, Person, Stamp, Standing, retitled},
        tally::Tally,
        work::{Button, ButtonAction, Buttons, Work},
    },
    text::{button::Label, html::Html, membership as say, screen},
};

/// The bot was added, promoted, demoted or removed.
pub fn own_standing(desk: &Desk<'_>, event: &OwnStanding) -> Outcome {
    let mut outcome = chats::own_standing(desk, event);
    let chat = desk.state.current_id(event.chat);
    outcome.append(match event.presence {
        // Nothing is counted in channels.
        _ if event.kind == ChatKind::Channel => Outcome::nothing(),
        presence if !is_ours(desk, chat) => bots::also(desk, chat, presence),
        Presence::Gone => gone(desk, chat),
        Presence::Member | Presence::Administrator => arrived(desk, chat, event),
    });
    outcome
}

/// A message from a group that was thought gone says that the bot is back in it.
pub fn seen_in(desk: &Desk<'_>, chat: ChatId) -> Outcome {
    let chat = desk.state.current_id(chat);
    match desk.state.groups.get(&chat) {
        Some(group) if desk.rules.bots.given(group.bot) != desk.rules.bot => bots::noticed(desk, chat),
        Some(group) if group.gone_since.is_some() => came_back(desk, group),
        Some(_) | None => Outcome::nothing(),
    }
}

/// Whether no other bot has this group.
pub fn is_ours(desk: &Desk<'_>, chat: ChatId) -> bool {
    desk.state.bot_of(chat, &desk.rules.bots).is_none_or(|bot| bot == desk.rules.bot)
}

fn arrived(desk: &Desk<'_>, chat: ChatId, event: &OwnStanding) -> Outcome {
    let mut outcome = Outcome::nothing();
    let known = desk.state.standings.get(&chat).cloned();
    let was_here = known.as_ref().is_some_and(|standing| standing.since.is_some());
    let mut standing = known.unwrap_or_default();
    standing.administrator = event.presence == Presence::Administrator;
    standing.since = standing.since.or(Some(desk.now));
    outcome.set(Change::Standing(chat, Some(standing)));
    match desk.state.groups.get(&chat) {
        Some(group) if group.gone_since.is_some() => outcome.append(came_back(desk, group)),
        Some(group) => {
            if let Some(renamed) = retitled(group, &event.title) {
                outcome.set(Change::Group(chat, Some(Box::new(renamed))));
            }
        }
        // Promoted or demoted in a group that nobody wants counted: it was asked about when the bot came.
        None if was_here => {}
        None if desk.rules.admin(event.by).is_some() => outcome.append(registered_on_arrival(desk, chat, event)),
        None => outcome.append(candidate(desk, chat, event)),
    }
    outcome
}

/// An admin added the bot: that is confirmation enough.
fn registered_on_arrival(desk: &Desk<'_>, chat: ChatId, event: &OwnStanding) -> Outcome {
    let mut outcome = register(desk, chat, &event.title);
    let title = tidy(&event.title);
    let lang = desk.rules.lang;
    let html = say::registered(event.presence == Presence::Administrator, lang);
    outcome.order(Work::Send {
        to: Place { chat, topic: None },
        reply_to: None,
        html: html.into_string(),
        buttons: Buttons::None,
    });
    tell_admins(desk, Notice::Groups, &mut outcome, |lang| (say::admins_registered(&title, lang), Vec::new()));
    outcome
}

/// Enters a group into the registry, and restores what was assigned there before.
pub fn register(desk: &Desk<'_>, chat: ChatId, title: &str) -> Outcome {
    let mut outcome = Outcome::nothing();
    let title = tidy(title);
    let group = Group {
        chat_id: chat,
        title: if title.is_empty() { chat.to_string() } else { title },
        enabled: true,
        created_at: Some(Stamp::new(desk.now, desk.rules.zone)),
        renamed: false,
        gone_since: None,
        // Confirmed in the menu of another bot, it stays with the one that was added.
        bot: desk.rules.bots.remembered(desk.state.bot_of(chat, &desk.rules.bots).unwrap_or(desk.rules.bot)),
        unknown: Default::default(),
    };
    outcome.set(Change::Group(chat, Some(Box::new(group))));
    outcome.set(Change::Candidate(chat, None));
    unpark(desk, chat, &mut outcome);
    outcome
}

/// Somebody else added the bot: nothing counts until an admin says so.
fn candidate(desk: &Desk<'_>, chat: ChatId, event: &OwnStanding) -> Outcome {
    let mut outcome = Outcome::nothing();
    let title = tidy(&event.title);
    let bot = desk.rules.bots.remembered(desk.rules.bot);
    let candidate = Candidate { title: title.clone(), added_by: event.by, added_at: desk.now, bot };
    outcome.set(Change::Candidate(chat, Some(candidate)));
    tell_admins(desk, Notice::Groups, &mut outcome, |lang| {
        let press =
            |label: Label, order| Button { label: label.text(lang), action: ButtonAction::Press(Press::Do(order).encode()) };
        let row = vec![press(Label::Register, Order::Register { chat }), press(Label::Leave, Order::Leave { chat })];
        (say::added_by_stranger(&title, event.by, lang), vec![row])
    });
    outcome
}

fn came_back(desk: &Desk<'_>, group: &Group) -> Outcome {
    let mut outcome = Outcome::nothing();
    let back = Group { gone_since: None, ..group.clone() };
    outcome.set(Change::Group(group.chat_id, Some(Box::new(back))));
    let restored = unpark(desk, group.chat_id, &mut outcome);
    tell_admins(desk, Notice::Groups, &mut outcome, |lang| (say::came_back(&group.title, restored, lang), Vec::new()));
    outcome
}

/// The bot is no longer in a group. What was assigned there rests until it returns, or until another bot counts there.
pub fn gone(desk: &Desk<'_>, chat: ChatId) -> Outcome {
    if !is_ours(desk, chat) {
        return bots::also(desk, chat, Presence::Gone);
    }
    let mut outcome = mark_gone(desk, chat);
    if let Some(group) = desk.state.groups.get(&chat).filter(|_| !outcome.changes.is_empty()) {
        let instead = |lang| bots::instead(desk, chat).map(|bot| vec![bots::button(desk, chat, bot, lang)]).collect();
        tell_admins(desk, Notice::Groups, &mut outcome, |lang| (say::removed(&group.title, lang), instead(lang)));
    }
    outcome
}

fn mark_gone(desk: &Desk<'_>, chat: ChatId) -> Outcome {
    let mut outcome = Outcome::nothing();
    if desk.state.candidates.contains_key(&chat) {
        outcome.set(Change::Candidate(chat, None));
    }
    if let Some(standing) = desk.state.standings.get(&chat) {
        outcome.set(Change::Standing(chat, Some(Standing { administrator: false, since: None, ..standing.clone() })));
    }
    let Some(group) = desk.state.groups.get(&chat).filter(|group| group.gone_since.is_none()) else { return outcome };
    let away = Group { gone_since: Some(desk.now), ..group.clone() };
    outcome.set(Change::Group(chat, Some(Box::new(away))));
    park(desk, chat, &mut outcome);
    outcome
}

/// Puts a group's assignments aside.
pub fn park(desk: &Desk<'_>, chat: ChatId, outcome: &mut Outcome) {
    let mut parked: BTreeSet<TeacherId> = desk.state.parked.get(&chat).cloned().unwrap_or_default();
    for (teacher, chats) in desk.state.assignments.iter().filter(|(_, chats)| chats.contains(&chat)) {
        let rest = chats.iter().copied().filter(|other| *other != chat).collect();
        outcome.set(Change::Assignments(*teacher, rest));
        parked.insert(*teacher);
    }
    outcome.set(Change::Parked(chat, parked));
}

/// Restores them, for teachers who are still registered. How many.
fn unpark(desk: &Desk<'_>, chat: ChatId, outcome: &mut Outcome) -> usize {
    let Some(parked) = desk.state.parked.get(&chat) else { return 0 };
    let still_here: Vec<_> = parked.iter().filter(|teacher| desk.state.teachers.contains_key(teacher)).collect();
    for teacher in &still_here {
        let mut chats = desk.state.assignments.get(teacher).cloned().unwrap_or_default();
        chats.insert(chat);
        outcome.set(Change::Assignments(**teacher, chats));
    }
    outcome.set(Change::Parked(chat, BTreeSet::new()));
    still_here.len()
}

/// A group was renamed.
pub fn renamed(desk: &Desk<'_>, chat: ChatId, title: &str) -> Outcome {
    let mut outcome = chats::renamed(desk, chat, title);
    let chat = desk.state.current_id(chat);
    if let Some(renamed) = desk.state.groups.get(&chat).and_then(|group| retitled(group, title)) {
        outcome.set(Change::Group(chat, Some(Box::new(renamed))));
    }
    if let Some(candidate) = desk.state.candidates.get(&chat) {
        outcome.set(Change::Candidate(chat, Some(Candidate { title: tidy(title), ..candidate.clone() })));
    }
    outcome
}

/// Somebody joined or left a group: admins hear of a teacher who joins a group where nothing counts for them yet.
pub fn member_standing(desk: &Desk<'_>, event: &MemberStanding) -> Outcome {
    let mut outcome = chats::member_standing(desk, event);
    let chat = desk.state.current_id(event.chat);
    if !is_ours(desk, chat) {
        return outcome;
    }
    let (Some(teacher), Some(group)) = (desk.state.teacher_of(event.user), desk.state.groups.get(&chat)) else { return outcome };
    let joined = event.present && !event.was_present;
    if joined && teacher.active && !desk.state.is_assigned(teacher.teacher_id, chat) {
        tell_admins(desk, Notice::Groups, &mut outcome, |lang| {
            let order = Order::Assign { teacher: teacher.teacher_id, chat, on: true, back: Back::Nowhere };
            let button = Button { label: Label::Assign.text(lang), action: ButtonAction::Press(Press::Do(order).encode()) };
            (say::teacher_joined(teacher.full_name.as_str(), &group.title, lang), vec![vec![button]])
        });
    }
    outcome
}

/// Somebody started or blocked the bot.
pub fn private_standing(desk: &Desk<'_>, user: UserId, reachable: bool) -> Outcome {
    let mut outcome = Outcome::nothing();
    let known = desk.state.people.get(&user).cloned().unwrap_or_default();
    let bots = &desk.rules.bots;
    let talks_to = bots.given(known.bot);
    let now = if reachable {
        Person { unreachable: false, bot: bots.remembered(desk.rules.bot), ..known.clone() }
    } else if talks_to != desk.rules.bot {
        // They blocked one that they don't talk to.
        known.clone()
    } else if talks_to != bots.main {
        // The main one may know them too; if not, it will learn so.
        Person { bot: None, ..known.clone() }
    } else {
        Person { unreachable: true, ..known.clone() }
    };
    if now != known {
        outcome.set(Change::Person(user, Some(now)));
    }
    outcome
}

/// A group became a supergroup. Registry, assignments and everything counted go on under the new id; what was counted
/// under both ids on one day is added up. Telling it twice, or in the other order, changes nothing more.
/// Expects every day that mentions the old id, and every month of chats' numbers, to be in memory.
pub fn migrated(desk: &Desk<'_>, from: ChatId, to: ChatId) -> Outcome {
    let mut outcome = Outcome::nothing();
    let state = desk.state;
    if from == to || state.moved.contains_key(&from) {
        return outcome;
    }
    outcome.set(Change::Moved(from, to));
    if let Some(group) = state.groups.get(&from) {
        let known = state.groups.get(&to);
        let moved = Group {
            chat_id: to,
            gone_since: None,
            enabled: known.map_or(group.enabled, |known| known.enabled && group.enabled),
            ..group.clone()
        };
        outcome.set(Change::Group(from, None));
        outcome.set(Change::Group(to, Some(Box::new(moved))));
        outcome.set(Change::Candidate(to, None));
    } else if let Some(candidate) = state.candidates.get(&from).filter(|_| !state.groups.contains_key(&to)) {
        outcome.set(Change::Candidate(to, Some(candidate.clone())));
    }
    outcome.set(Change::Candidate(from, None));
    let mut moved_in = state.parked.get(&to).cloned().unwrap_or_default();
    moved_in.extend(state.parked.get(&from).into_iter().flatten());
    for (teacher, chats) in state.assignments.iter().filter(|(_, chats)| chats.contains(&from)) {
        let chats = chats.iter().map(|chat| if *chat == from { to } else { *chat }).collect();
        moved_in.remove(teacher);
        outcome.set(Change::Assignments(*teacher, chats));
    }
    outcome.set(Change::Parked(from, BTreeSet::new()));
    outcome.set(Change::Parked(to, moved_in));
    for (voice, teacher) in state.voices.get(&from).into_iter().flatten() {
        let there = state.voices.get(&to).and_then(|voices| voices.get(voice)).copied().flatten();
        outcome.set(Change::Voice(to, voice.clone(), there.or(*teacher)));
    }
    if let Some(standing) = state.standings.get(&from) {
        outcome.set(Change::Standing(from, None));
        if !state.standings.contains_key(&to) {
            // Whoever administers a group administers the supergroup that it becomes.
            outcome.set(Change::Standing(to, Some(standing.clone())));
        }
    }
    for (bot, standing) in state.also_in.get(&from).into_iter().flatten() {
        outcome.set(Change::AlsoIn(from, *bot, None));
        outcome.set(Change::AlsoIn(to, *bot, Some(standing.clone())));
    }
    for (album, day) in state.albums.get(&from).into_iter().flatten() {
        outcome.set(Change::Album(from, album.clone(), None));
        outcome.set(Change::Album(to, album.clone(), Some(*day)));
    }
    join_history(desk, from, to, &mut outcome);
    outcome.append(crate::study::moved::moved(state, from, to));
    outcome.append(chats::moved(state, from, to));
    outcome
}

fn join_history(desk: &Desk<'_>, from: ChatId, to: ChatId, outcome: &mut Outcome) {
    for (&date, day) in desk.state.days.iter().filter(|(_, day)| day.mentions(from)) {
        for (&teacher, tally) in &day.cells.of_chat(from) {
            let sum = joined(day.cell(to, teacher), tally);
            outcome.set(Change::Cell(date, from, teacher, None));
            outcome.set(Change::Cell(date, to, teacher, Some(sum)));
        }
        for (&teacher, hours) in &day.hours.of_chat(from) {
            let there: Hours = day.hours.get(to, teacher).copied().unwrap_or_default();
            for (hour, n) in hours.iter().enumerate().filter(|(_, n)| **n > 0) {
                outcome.set(Change::Hour(date, from, teacher, hour, 0));
                outcome.set(Change::Hour(date, to, teacher, hour, n.saturating_add(there[hour])));
            }
        }
        if let Some(counted) = day.counted.get(&from) {
            outcome.set(Change::Counted(date, from, None));
            outcome.set(Change::Counted(date, to, Some(Box::new(counted.clone()))));
        }
        for (voice, tally) in day.unattributed.get(&from).into_iter().flatten() {
            let there = day.unattributed.get(&to).and_then(|voices| voices.get(voice));
            outcome.set(Change::Unattributed(date, from, voice.clone(), None));
            outcome.set(Change::Unattributed(date, to, voice.clone(), Some(joined(there, tally))));
        }
    }
}

fn joined(there: Option<&Tally>, here: &Tally) -> Tally {
    let mut sum = there.cloned().unwrap_or_default();
    sum.merge(here);
    sum
}

/// What asking about one group came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The bot is there, as administrator or not.
    Kept {
        /// As administrator.
        administrator: bool,
    },
    /// Telegram said for certain that it is not.
    Gone,
    /// No answer, or one that says nothing.
    CouldNotTell,
}

/// A registered group was asked about: only "gone" takes anything away. One decision a group, because each starts from
/// the assignments that the one before left.
pub fn checked(desk: &Desk<'_>, chat: ChatId, check: Check) -> Outcome {
    let mut outcome = Outcome::nothing();
    let Some(group) = desk.state.groups.get(&chat) else { return outcome };
    match check {
        Check::Kept { administrator } => {
            let standing = desk.state.standings.get(&chat).cloned().unwrap_or_default();
            if standing.administrator != administrator || standing.since.is_none() {
                let since = standing.since.or(Some(desk.now));
                outcome.set(Change::Standing(chat, Some(Standing { administrator, since, ..standing })));
            }
            if group.gone_since.is_some() {
                outcome.append(came_back(desk, group));
            }
        }
        Check::Gone => outcome = mark_gone(desk, chat),
        Check::CouldNotTell => {}
    }
    outcome
}

/// Tells the admin who asked what came of it.
pub fn sync_report(desk: &Desk<'_>, user: UserId, checks: &[(ChatId, Check)]) -> Outcome {
    let titles = |wanted: fn(&Check) -> bool| {
        let chats = checks.iter().filter(move |(_, check)| wanted(check)).map(|(chat, _)| chat);
        chats.filter_map(|chat| desk.state.groups.get(chat)).map(|group| group.title.as_str()).collect::<Vec<_>>()
    };
    let kept = titles(|check| matches!(check, Check::Kept { .. })).len();
    let (gone, unknown) = (titles(|check| *check == Check::Gone), titles(|check| *check == Check::CouldNotTell));
    let html = say::synced(kept, &gone, &unknown, lang_of(desk.state, desk.rules, user));
    Outcome { changes: Vec::new(), work: vec![send(user, html)] }
}

/// What a voice wrote before counts for its teacher now.
pub fn voice_credited(
    desk: &Desk<'_>,
    user: UserId,
    edit: Option<MessageId>,
    chat: ChatId,
    teacher: TeacherId,
    messages: u64,
) -> Outcome {
    let name = desk.state.teachers.get(&teacher).map_or_else(|| teacher.to_string(), |teacher| teacher.full_name.to_string());
    let note = screen::earlier_counted(&name, messages, lang_of(desk.state, desk.rules, user)).into_string();
    let voices = Screen::Voices { chat }.encode();
    Outcome { changes: Vec::new(), work: vec![Work::Show { user, edit, screen: voices, note: Some(note) }] }
}

/// A newly approved teacher was looked for in each group that counts.
pub fn assigned_where_member(desk: &Desk<'_>, user: UserId, teacher: TeacherId, found: &[(ChatId, Option<bool>)]) -> Outcome {
    let mut outcome = Outcome::nothing();
    let Some(known) = desk.state.teachers.get(&teacher) else { return outcome };
    let mut chats = desk.state.assignments.get(&teacher).cloned().unwrap_or_default();
    let (mut here, mut unknown) = (Vec::new(), Vec::new());
    for (chat, is_member) in found {
        let Some(group) = desk.state.groups.get(chat) else { continue };
        match is_member {
            Some(true) => {
                chats.insert(*chat);
                here.push(group.title.as_str());
            }
            Some(false) => {}
            None => unknown.push(group.title.as_str()),
        }
    }
    outcome.set(Change::Assignments(teacher, chats));
    let lang = lang_of(desk.state, desk.rules, user);
    let html = say::assigned_where_member(known.full_name.as_str(), &here, &unknown, lang);
    outcome.order(send(user, html));
    audited(desk.state, desk.now, &Actor::Telegram(user), outcome)
}

/// Whether an admin can be written to, and wants to hear of this.
pub fn hears(desk: &Desk<'_>, admin: UserId, of: Notice) -> bool {
    desk.state.people.get(&admin).is_none_or(|person| !person.unreachable && !person.muted.contains(&of))
}

/// Tells every admin who can be written to and wants to hear of it, in their own language.
pub fn tell_admins(
    desk: &Desk<'_>,
    of: Notice,
    outcome: &mut Outcome,
    say: impl Fn(crate::domain::lang::Lang) -> (Html, Vec<Vec<Button>>),
) {
    for admin in desk.rules.admins.iter().filter(|admin| hears(desk, **admin, of)) {
        let (html, rows) = say(lang_of(desk.state, desk.rules, *admin));
        let buttons = if rows.is_empty() { Buttons::None } else { Buttons::Inline(rows) };
        outcome.order(Work::Send { to: Place::private(*admin), reply_to: None, html: html.into_string(), buttons });
    }
}

fn send(user: UserId, html: Html) -> Work {
    Work::Send { to: Place::private(user), reply_to: None, html: html.into_string(), buttons: Buttons::None }
}
