//! What members wish for themselves: a goal, no name in posts, to be forgotten.

use chrono::{DateTime, NaiveDate};

use super::{
    super::{Desk, Done, Visitor, dialogue::ask, lang_of},
    order::done,
    people,
};
use crate::{
    admin::press::{StudyOrder, StudyScreen},
    domain::{
        change::{Change, Outcome},
        event::Place,
        form::Step,
        ids::{ChatId, MessageId, UserId},
        lang::Lang,
        presence::Who,
        state::State,
        study::{Alias, Export, Member, Post, PresenceChange, StudyChange, StudyStep},
        work::{Buttons, Work},
    },
    study::snapshot::{self, Without},
    text::{
        study::{mine as words, toast::StudyToast},
        toast::Toast,
    },
};

/// The longest goal, in minutes a day.
const LONGEST_GOAL: u32 = 1_440;

pub(super) fn carry_out(visitor: &Visitor<'_>, order: &StudyOrder, edit: Option<MessageId>) -> Done {
    let chat = match order {
        StudyOrder::SetGoal { chat, .. }
        | StudyOrder::AskGoal { chat }
        | StudyOrder::Hide { chat, .. }
        | StudyOrder::Chart { chat }
        | StudyOrder::ForgetMe { chat } => visitor.desk.state.current_id(*chat),
        // Admins'.
        _ => return Done::default(),
    };
    if !people::is_member(visitor.desk.state, chat, visitor.user) {
        return done(visitor, edit, StudyScreen::MyCommunities {}, StudyToast::NotAMember, Vec::new());
    }
    match order {
        StudyOrder::SetGoal { minutes, .. } => {
            let toast = if *minutes == 0 { StudyToast::GoalOff } else { StudyToast::GoalSet };
            let changes = goal(visitor, chat, (*minutes).min(LONGEST_GOAL)).into_iter().collect();
            done(visitor, edit, StudyScreen::MyTime { chat }, toast, changes)
        }
        StudyOrder::AskGoal { .. } => ask(visitor, Step::Study(StudyStep::Goal { chat })),
        StudyOrder::Hide { on, .. } => {
            let toast = if *on { StudyToast::Hidden } else { StudyToast::Shown };
            let changes = changed(visitor, chat, |member| member.opted_out = *on);
            done(visitor, edit, StudyScreen::MyTime { chat }, toast, changes)
        }
        StudyOrder::Chart { .. } => Done {
            work: vec![Work::SendStudyChart { user: visitor.user, chat }],
            toast: Some((Toast::Study(StudyToast::Drawing), false)),
            ..Done::default()
        },
        StudyOrder::ForgetMe { .. } => Done {
            work: vec![Work::ForgetMember {
                user: visitor.user,
                chat,
                accounts: people::accounts(visitor.desk.state, chat, visitor.user.into()),
            }],
            toast: Some((Toast::Study(StudyToast::Forgetting), false)),
            ..Done::default()
        },
        _ => Done::default(),
    }
}

/// Sets one's own goal; `None` for somebody who isn't known there.
pub(super) fn goal(visitor: &Visitor<'_>, chat: ChatId, minutes: u32) -> Option<StudyChange> {
    let state = visitor.desk.state;
    let who = people::canonical(state, chat, visitor.user.into());
    let wanted = Some(minutes).filter(|minutes| *minutes > 0);
    // A person's canonical account may never have been seen itself.
    let (who, member) = [who, visitor.user.into()].into_iter().find_map(|who| Some((who, people::member(state, chat, who)?)))?;
    Some(StudyChange::Member(chat, who, Some(Box::new(Member { goal_minutes: wanted, ..member.clone() }))))
}

/// Changes what is kept of all of a person's accounts.
fn changed(visitor: &Visitor<'_>, chat: ChatId, change: impl Fn(&mut Member)) -> Vec<StudyChange> {
    let state = visitor.desk.state;
    let accounts = people::accounts(state, chat, visitor.user.into()).into_iter();
    let known = accounts.filter_map(|who| Some((who, people::member(state, chat, who)?.clone())));
    known
        .map(|(who, mut member)| {
            change(&mut member);
            StudyChange::Member(chat, who, Some(Box::new(member)))
        })
        .collect()
}

/// The accounts of which everything is to be deleted: those that were named when it was asked for, as far as they are still that
/// person's.
pub fn forget_accounts(state: &State, chat: ChatId, user: UserId, asked: &[Who]) -> Vec<Who> {
    let own = Who::from(user);
    let theirs = people::accounts(state, chat, own);
    asked.iter().copied().filter(|who| *who == own || theirs.contains(who)).collect()
}

/// From now on nobody sees these accounts, until they take a seat anew: what is deleted would come back with the next look into
/// the call that they sit in.
pub fn forget_seats(desk: &Desk<'_>, chat: ChatId, accounts: &[Who]) -> Outcome {
    let mut outcome = Outcome::nothing();
    for who in accounts {
        let calls = desk.state.study.calls.iter().filter(|(_, call)| call.chat == chat);
        let seats: Vec<_> = calls.filter_map(|(id, call)| Some((*id, call.seats.get(who)?))).collect();
        // Telegram's clock may be ahead of ours.
        let forgotten = seats.iter().map(|(_, seat)| seat.joined.max(seat.seen)).fold(desk.now, DateTime::max);
        let before = people::member(desk.state, chat, *who).cloned().unwrap_or_default();
        let member = Member { forgotten: Some(forgotten), ..before };
        outcome.set(StudyChange::Member(chat, *who, Some(Box::new(member))).into());
        seats.iter().for_each(|(id, _)| outcome.set(StudyChange::Seat(*id, *who, None).into()));
    }
    outcome
}

/// Deletes what one day in memory has of these accounts: stays that are over, seconds that were imported.
pub fn forget_day(state: &State, day: NaiveDate, chat: ChatId, accounts: &[Who]) -> Outcome {
    let mut outcome = Outcome::nothing();
    let Some(presence) = state.days.get(&day).and_then(|day| day.presence.get(&chat)) else { return outcome };
    for key in presence.stays.keys().filter(|key| accounts.contains(&key.who)) {
        outcome.set(Change::Presence(day, chat, PresenceChange::Stay(*key, None)));
    }
    for who in accounts.iter().filter(|who| presence.imported.contains_key(who)) {
        outcome.set(Change::Presence(day, chat, PresenceChange::Imported(*who, None)));
    }
    outcome
}

/// Deletes everything of these accounts that isn't kept by days: corrections, compliments, names and wishes, also in snapshots that
/// wait for a dashboard. Who is forgotten is opted out from now on.
pub fn forget_rest(state: &State, chat: ChatId, accounts: &[Who]) -> Outcome {
    let (study, mut outcome) = (&state.study, Outcome::nothing());
    let mut set = |change| outcome.set(Change::Study(change));
    let lang = study.communities.get(&chat).map_or(Lang::En, |community| community.lang);
    for (id, export) in study.exports.iter().filter(|(_, export)| export.community == chat) {
        match snapshot::without(&export.body, accounts, lang) {
            Without::Nobody => {}
            Without::Them(body) => set(StudyChange::Export(*id, Some(Box::new(Export { body, ..export.clone() })))),
            Without::Unreadable => set(StudyChange::Export(*id, None)),
        }
    }
    for (key, post) in study.posts.get(&chat).into_iter().flatten() {
        let is_theirs = |(who, _): &(Who, u64)| accounts.contains(who);
        if post.shown.as_ref().is_some_and(|lists| lists.iter().flatten().any(is_theirs)) {
            set(StudyChange::Post(chat, *key, Some(Box::new(Post { shown: None, ..post.clone() }))));
        }
    }
    for (id, correction) in study.corrections.get(&chat).into_iter().flatten() {
        if accounts.contains(&correction.who) {
            set(StudyChange::Correction(chat, *id, None));
        }
    }
    for (period, given) in study.compliments.get(&chat).into_iter().flatten() {
        for who in accounts.iter().filter(|who| given.contains_key(who)) {
            set(StudyChange::Compliment(chat, period.clone(), *who, None));
        }
    }
    for who in accounts {
        let username = people::member(state, chat, *who).and_then(|member| member.username.as_deref()).map(Alias::new);
        if let Some(alias) = username.filter(|alias| study.aliases.get(&chat).is_some_and(|aliases| aliases.contains_key(alias)))
        {
            set(StudyChange::Alias(chat, alias, None));
        }
        let (bot, forgotten) = people::member(state, chat, *who).map(|member| (member.bot, member.forgotten)).unwrap_or_default();
        let member = Member { bot, forgotten, opted_out: true, ..Member::default() };
        set(StudyChange::Member(chat, *who, Some(Box::new(member))));
    }
    outcome
}

/// Tells the person what came of it.
pub fn forgotten(desk: &Desk<'_>, user: UserId, chat: ChatId, is_whole: bool) -> Outcome {
    let lang = lang_of(desk.state, desk.rules, user);
    let title = desk.state.study.communities.get(&chat).map(|community| community.title.as_str()).unwrap_or_default();
    let html = if is_whole { words::forgotten(title, lang) } else { words::not_forgotten(lang) };
    let to = Place::private(user);
    Outcome {
        changes: Vec::new(),
        work: vec![Work::Send { to, reply_to: None, html: html.into_string(), buttons: Buttons::None }],
    }
}
