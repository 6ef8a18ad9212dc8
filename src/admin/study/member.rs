//! What members wish for themselves: a goal, no name in posts, to be forgotten.

use chrono::NaiveDate;

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
        presence::Who,
        state::State,
        study::{Alias, Member, PresenceChange, StudyChange, StudyStep},
        work::{Buttons, Work},
    },
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

/// Deletes everything of these accounts that isn't kept by days: seats, corrections, compliments, names and wishes. Who is
/// forgotten is opted out from now on.
pub fn forget_rest(state: &State, chat: ChatId, accounts: &[Who]) -> Outcome {
    let (study, mut outcome) = (&state.study, Outcome::nothing());
    let mut set = |change| outcome.set(Change::Study(change));
    for (id, call) in study.calls.iter().filter(|(_, call)| call.chat == chat) {
        call.seats.keys().filter(|who| accounts.contains(who)).for_each(|who| set(StudyChange::Seat(*id, *who, None)));
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
        let bot = people::member(state, chat, *who).is_some_and(|member| member.bot);
        set(StudyChange::Member(chat, *who, Some(Box::new(Member { bot, opted_out: true, ..Member::default() }))));
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
