//! What an order changes, or why it can't be.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{AccountPlace, Answer, Order, Refusal, access, chats, commands, history, jobs, study};
use crate::{
    admin::Desk,
    domain::{
        audit::{Actor, audited},
        bots::Bots,
        change::{Change, Outcome},
        ids::{BotId, ChatId, FullName, TeacherId, UserId, tidy},
        lang::Lang,
        registry::{Group, Stamp, Teacher},
        rules::Rules,
        state::State,
    },
    membership,
};

/// Decides about an order; what it changes is noted in the log of who changed what.
pub fn decide(state: &State, zone: Tz, now: DateTime<Utc>, actor: &Actor, order: &Order) -> Result<(Outcome, Answer), Refusal> {
    let (outcome, answer) = wanted(state, zone, now, actor, order)?;
    Ok((audited(state, now, actor, outcome), answer))
}

fn wanted(state: &State, zone: Tz, now: DateTime<Utc>, actor: &Actor, order: &Order) -> Result<(Outcome, Answer), Refusal> {
    let mut outcome = Outcome::nothing();
    let text = match order {
        Order::AddTeacher { teacher, name, account } => add_teacher(state, zone, now, *teacher, name, *account, &mut outcome)?,
        Order::RenameTeacher { teacher, name } => {
            let entry = known(state, *teacher)?;
            outcome.set(Change::Teacher(*teacher, Some(Box::new(Teacher { full_name: name.clone(), ..entry.clone() }))));
            format!("{teacher} is called {name}.")
        }
        Order::Account { teacher, account, place } => set_account(state, *teacher, *account, *place, &mut outcome)?,
        Order::SetActive { teacher, active } => {
            let entry = known(state, *teacher)?;
            outcome.set(Change::Teacher(*teacher, Some(Box::new(Teacher { active: *active, ..entry.clone() }))));
            format!(
                "{teacher} {} is {}.",
                entry.full_name,
                if *active { "active: messages count" } else { "not active: messages don't count" }
            )
        }
        Order::DeleteTeacher { teacher } => delete_teacher(state, *teacher, &mut outcome)?,
        Order::Assign { teacher, group, on } => assign(state, *teacher, *group, *on, &mut outcome)?,
        Order::AddGroup { group, title } => add_group(state, zone, now, *group, title, &mut outcome)?,
        Order::SetEnabled { group, enabled } => {
            let entry = registered(state, *group)?;
            outcome.set(Change::Group(entry.chat_id, Some(Box::new(Group { enabled: *enabled, ..entry.clone() }))));
            format!("{} is {}.", entry.title, if *enabled { "enabled: messages count" } else { "disabled: messages don't count" })
        }
        Order::CountBy { group, bot, main } => count_by(state, zone, now, *group, (*bot, *main), &mut outcome)?,
        Order::RenameGroup { group, title } => {
            let entry = registered(state, *group)?;
            let title = titled(title)?;
            let text = format!("{} is called {title} in reports.", entry.title);
            outcome.set(Change::Group(entry.chat_id, Some(Box::new(Group { title, renamed: true, ..entry.clone() }))));
            text
        }
        Order::RemoveGroup { group } => remove_group(state, *group, &mut outcome)?,
        Order::ImportTracker { import } => return study::import(state, now, import),
        Order::CountHistory { history } => return history::count(state, zone, history),
        Order::Export { community, snapshots } => return study::export(state, now, *community, snapshots),
        Order::MakeKey { key, name, hash, scope, expires } => {
            let made = access::Made { key, name, hash, scope: *scope, expires: *expires };
            access::make_key(state, now, actor, made, &mut outcome)?
        }
        Order::RevokeKey { key } => access::revoke_key(state, now, key, &mut outcome)?,
        Order::RefreshChats { chat } => chats::refresh(state, now, *chat, &mut outcome)?,
        Order::ForgetChat { chat } => chats::forget(state, *chat, &mut outcome)?,
        Order::MakeJob { .. }
        | Order::Announce { .. }
        | Order::ScheduleJob { .. }
        | Order::StartJob { .. }
        | Order::StopJob { .. }
        | Order::RemoveJob { .. }
        | Order::SendAgain { .. } => jobs::decide(state, zone, now, actor, order, &mut outcome)?,
        Order::AddCommand { .. }
        | Order::EditCommand { .. }
        | Order::EnableCommand { .. }
        | Order::MoveCommand { .. }
        | Order::RemoveCommand { .. }
        | Order::SetContact { .. } => commands::decide(state, now, actor, order, &mut outcome)?,
        Order::PostNow { community, asked, random_id } => return study::post_now(state, now, *community, *asked, *random_id),
    };
    Ok((outcome, Answer { done: true, text }))
}

fn known(state: &State, teacher: TeacherId) -> Result<&Teacher, Refusal> {
    state.teachers.get(&teacher).ok_or(Refusal::UnknownTeacher(teacher))
}

pub(super) fn registered(state: &State, group: ChatId) -> Result<&Group, Refusal> {
    state.groups.get(&state.current_id(group)).ok_or(Refusal::UnknownGroup(group))
}

/// The account, if it is a person's and nobody else's.
fn free_account(state: &State, account: UserId, teacher: TeacherId) -> Result<UserId, Refusal> {
    if account.0 <= 0 || account == Rules::ANONYMOUS_ADMIN {
        return Err(Refusal::NoAccount(account));
    }
    match state.teacher_of(account) {
        Some(other) if other.teacher_id != teacher => {
            Err(Refusal::AccountTaken(account, other.teacher_id, other.full_name.clone()))
        }
        Some(_) | None => Ok(account),
    }
}

fn titled(title: &str) -> Result<String, Refusal> {
    Some(tidy(title)).filter(|title| !title.is_empty()).ok_or(Refusal::NoTitle)
}

fn add_teacher(
    state: &State,
    zone: Tz,
    now: DateTime<Utc>,
    teacher: TeacherId,
    name: &FullName,
    account: Option<UserId>,
    outcome: &mut Outcome,
) -> Result<String, Refusal> {
    let account = account.map(|account| free_account(state, account, teacher)).transpose()?;
    if let Some(there) = state.teachers.get(&teacher) {
        // The same order again, after a crash between its commit and its answer.
        return if there.full_name == *name && there.telegram_user_id == account {
            Ok(format!("{teacher} {name} is registered."))
        } else {
            Err(Refusal::IdTaken(teacher, there.full_name.clone()))
        };
    }
    let entry = Teacher {
        teacher_id: teacher,
        full_name: name.clone(),
        telegram_user_id: account,
        other_accounts: BTreeSet::new(),
        active: true,
        created_at: Some(Stamp::new(now, zone)),
        unknown: BTreeMap::new(),
    };
    outcome.set(Change::Teacher(teacher, Some(Box::new(entry))));
    if let Some(account) = account.filter(|account| state.requests.contains_key(account)) {
        outcome.set(Change::Request(account, None));
    }
    Ok(format!("{teacher} {name} is registered; assign them with `rollcall teachers assign {teacher} --all`."))
}

fn set_account(
    state: &State,
    teacher: TeacherId,
    account: UserId,
    place: AccountPlace,
    outcome: &mut Outcome,
) -> Result<String, Refusal> {
    let mut entry = known(state, teacher)?.clone();
    let text = match place {
        AccountPlace::First => {
            entry.telegram_user_id = Some(free_account(state, account, teacher)?);
            entry.other_accounts.remove(&account);
            format!("{teacher} {} writes as {account}.", entry.full_name)
        }
        AccountPlace::Further => {
            free_account(state, account, teacher)?;
            if entry.telegram_user_id.is_none() {
                entry.telegram_user_id = Some(account);
            } else if entry.telegram_user_id != Some(account) {
                entry.other_accounts.insert(account);
            }
            format!("{teacher} {} also writes as {account}.", entry.full_name)
        }
        AccountPlace::Gone => {
            entry.other_accounts.remove(&account);
            if entry.telegram_user_id == Some(account) {
                entry.telegram_user_id = entry.other_accounts.pop_first();
            }
            format!("{account} isn't {teacher} {}.", entry.full_name)
        }
    };
    if place != AccountPlace::Gone && state.requests.contains_key(&account) {
        outcome.set(Change::Request(account, None));
    }
    outcome.set(Change::Teacher(teacher, Some(Box::new(entry))));
    Ok(text)
}

fn delete_teacher(state: &State, teacher: TeacherId, outcome: &mut Outcome) -> Result<String, Refusal> {
    let entry = known(state, teacher)?;
    outcome.set(Change::Teacher(teacher, None));
    outcome.set(Change::Assignments(teacher, BTreeSet::new()));
    for (chat, parked) in state.parked.iter().filter(|(_, parked)| parked.contains(&teacher)) {
        outcome.set(Change::Parked(*chat, parked.iter().copied().filter(|id| *id != teacher).collect()));
    }
    for (chat, voices) in &state.voices {
        for voice in voices.iter().filter(|(_, id)| **id == Some(teacher)).map(|(voice, _)| voice) {
            outcome.set(Change::Voice(*chat, voice.clone(), None));
        }
    }
    Ok(format!("{teacher} {} is deleted; what was counted stays.", entry.full_name))
}

fn assign(state: &State, teacher: TeacherId, group: Option<ChatId>, on: bool, outcome: &mut Outcome) -> Result<String, Refusal> {
    let entry = known(state, teacher)?;
    let mut chats = state.assignments.get(&teacher).cloned().unwrap_or_default();
    let text = match group {
        Some(group) => {
            let group = registered(state, group)?;
            if on {
                chats.insert(group.chat_id);
            } else {
                chats.remove(&group.chat_id);
            }
            format!("{teacher} {} {} counted in {}.", entry.full_name, if on { "is" } else { "isn't" }, group.title)
        }
        None if on => {
            chats.extend(state.groups.values().filter(|group| group.gone_since.is_none()).map(|group| group.chat_id));
            format!("{teacher} {} is counted in all {} groups.", entry.full_name, chats.len())
        }
        None => {
            chats.clear();
            format!("{teacher} {} is counted in no group.", entry.full_name)
        }
    };
    outcome.set(Change::Assignments(teacher, chats));
    Ok(text)
}

fn add_group(
    state: &State,
    zone: Tz,
    now: DateTime<Utc>,
    chat: ChatId,
    title: &str,
    outcome: &mut Outcome,
) -> Result<String, Refusal> {
    if chat.0 >= 0 {
        return Err(Refusal::NoGroup(chat));
    }
    let chat = state.current_id(chat);
    let title = titled(title)?;
    if let Some(there) = state.groups.get(&chat) {
        return Ok(format!("{chat} is registered already, as {}.", there.title));
    }
    let text = format!("{title} is registered; the bot has to be a member of it to count.");
    let entry = Group {
        chat_id: chat,
        title,
        enabled: true,
        created_at: Some(Stamp::new(now, zone)),
        renamed: false,
        gone_since: None,
        bot: None,
        unknown: BTreeMap::new(),
    };
    outcome.set(Change::Group(chat, Some(Box::new(entry))));
    if state.candidates.contains_key(&chat) {
        outcome.set(Change::Candidate(chat, None));
    }
    Ok(text)
}

fn count_by(
    state: &State,
    zone: Tz,
    now: DateTime<Utc>,
    group: ChatId,
    (bot, main): (BotId, BotId),
    outcome: &mut Outcome,
) -> Result<String, Refusal> {
    let group = registered(state, group)?;
    let bots = Bots { main, all: state.bots.keys().copied().chain([main]).collect() };
    let name = state.bot_name(bot);
    if bots.given(group.bot) != bot {
        if !state.also_in.get(&group.chat_id).is_some_and(|there| there.contains_key(&bot)) {
            return Err(Refusal::BotNotThere(name, group.title.clone()));
        }
        // Who may decide it was looked at before; nothing else of the rules is asked for.
        let rules = Rules {
            admins: BTreeSet::new(),
            researchers: Default::default(),
            zone,
            lang: Lang::default(),
            bot: main,
            bots,
            assistants: Default::default(),
            marks: Default::default(),
        };
        outcome.append(membership::bots::count_by(&Desk { state, rules: &rules, now }, group, bot));
    }
    Ok(format!("{} is counted by {name}.", group.title))
}

fn remove_group(state: &State, chat: ChatId, outcome: &mut Outcome) -> Result<String, Refusal> {
    let group = registered(state, chat)?;
    let chat = group.chat_id;
    outcome.set(Change::Group(chat, None));
    for (teacher, chats) in state.assignments.iter().filter(|(_, chats)| chats.contains(&chat)) {
        outcome.set(Change::Assignments(*teacher, chats.iter().copied().filter(|id| *id != chat).collect()));
    }
    if state.parked.contains_key(&chat) {
        outcome.set(Change::Parked(chat, BTreeSet::new()));
    }
    Ok(format!("{} is no longer registered; what was counted stays.", group.title))
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;
    use crate::demo;

    const ZONE: Tz = chrono_tz::Asia::Tashkent;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 4, 9, 30, 0).single().expect("a time")
    }

    /// The demo school, to which orders are given.
    struct School(State);

    impl School {
        fn new() -> Self {
            Self(demo::state(now(), ZONE, demo::SEED))
        }

        fn told(&mut self, order: Order) -> Result<String, String> {
            let (outcome, answer) = decide(&self.0, ZONE, now(), &Actor::Terminal, &order).map_err(|why| why.to_string())?;
            let once = {
                outcome.changes.iter().cloned().for_each(|change| self.0.apply(change));
                self.0.clone()
            };
            outcome.changes.into_iter().for_each(|change| self.0.apply(change));
            assert_eq!(self.0, once, "carrying it out twice differs");
            Ok(answer.text)
        }
    }

    fn id(text: &str) -> TeacherId {
        TeacherId::parse(text).expect("an id")
    }

    fn name(text: &str) -> FullName {
        FullName::parse(text).expect("a name")
    }

    #[test]
    fn a_teacher_is_added_once_and_clashes_are_sentences() {
        let mut school = School::new();
        let add = Order::AddTeacher { teacher: id("T100"), name: name("Ann Lee"), account: Some(UserId(5)) };
        school.told(add.clone()).expect("added");
        school.told(add).expect("the same again is fine");
        let taken = school.told(Order::AddTeacher { teacher: id("T100"), name: name("Bob"), account: None });
        assert!(taken.is_err_and(|why| why.contains("belongs to Ann Lee")));
        let account = school.told(Order::AddTeacher { teacher: id("T101"), name: name("Bob"), account: Some(UserId(5)) });
        assert!(account.is_err_and(|why| why.contains("T100 Ann Lee")));
        let anonymous = Order::Account { teacher: id("T100"), account: Rules::ANONYMOUS_ADMIN, place: AccountPlace::First };
        assert!(school.told(anonymous).is_err());
    }

    #[test]
    fn adding_an_applicant_answers_their_request() {
        let mut school = School::new();
        let (account, applicant) = demo::APPLICANT;
        school.told(Order::AddTeacher { teacher: id("T100"), name: name(applicant), account: Some(account) }).expect("added");
        assert!(school.0.requests.is_empty());
    }

    #[test]
    fn accounts_come_and_go() {
        let mut school = School::new();
        let account = |account, place| Order::Account { teacher: id("T001"), account: UserId(account), place };
        school.told(account(5, AccountPlace::Further)).expect("a second one");
        assert_eq!(school.0.teacher_of(UserId(5)).map(|teacher| teacher.teacher_id), Some(id("T001")));
        school.told(account(700_000_001, AccountPlace::Gone)).expect("the first one goes");
        assert_eq!(school.0.teachers[&id("T001")].telegram_user_id, Some(UserId(5)));
        assert_eq!(school.0.teacher_of(UserId(700_000_001)), None);
    }

    #[test]
    fn a_deleted_teacher_leaves_only_history() {
        let mut school = School::new();
        let days = school.0.days.clone();
        school.told(Order::DeleteTeacher { teacher: id("T001") }).expect("deleted");
        assert!(!school.0.teachers.contains_key(&id("T001")) && !school.0.assignments.contains_key(&id("T001")));
        assert_eq!(school.0.days, days);
        assert!(school.told(Order::DeleteTeacher { teacher: id("T001") }).is_err_and(|why| why.contains("teachers list")));
    }

    #[test]
    fn groups_are_removed_with_their_assignments() {
        let mut school = School::new();
        let chat = demo::GROUPS[0].chat;
        school.told(Order::RemoveGroup { group: chat }).expect("removed");
        assert_eq!(school.0.teachers_in(chat).count(), 0);
        assert!(school.told(Order::AddGroup { group: ChatId(5), title: "x".into() }).is_err());
        school.told(Order::AddGroup { group: chat, title: " Again ".into() }).expect("added");
        assert_eq!(school.0.groups[&chat].title, "Again");
        school.told(Order::Assign { teacher: id("T009"), group: None, on: true }).expect("assigned");
        assert_eq!(school.0.groups_of(id("T009")).count(), 5);
    }
}
