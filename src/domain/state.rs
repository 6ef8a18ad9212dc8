//! Everything that decisions look at. It changes only through [`State::apply`], live and at replay alike.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    access::Access,
    assistant::Spent,
    audit::Audit,
    bots::BotInfo,
    change::{Change, Warning, WorkId},
    chats::Chats,
    commands::Commands,
    day::Day,
    form::{Form, FormKey},
    ids::{BotId, ChatId, TeacherId, UserId},
    jobs::Jobs,
    map::{put, put_within},
    registry::{Candidate, Group, Person, RegistrationRequest, Standing, Teacher, Voice},
    study::Study,
    table::QuickMap,
    tally::Tally,
    work::Work,
};

/// The whole state, with the days that are in memory. Read freely; change it by [`State::apply`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Registered persons.
    pub teachers: BTreeMap<TeacherId, Teacher>,
    /// Registered groups.
    pub groups: BTreeMap<ChatId, Group>,
    /// In which groups a teacher is counted.
    pub assignments: BTreeMap<TeacherId, BTreeSet<ChatId>>,
    /// Assignments of groups that are gone.
    pub parked: BTreeMap<ChatId, BTreeSet<TeacherId>>,
    /// Groups that no admin confirmed yet.
    pub candidates: BTreeMap<ChatId, Candidate>,
    /// Wishes to be registered.
    pub requests: BTreeMap<UserId, RegistrationRequest>,
    /// Voices without an account that were heard, and whose posts theirs are.
    pub voices: BTreeMap<ChatId, BTreeMap<Voice, Option<TeacherId>>>,
    /// The place in each group of the bot whose it is.
    pub standings: BTreeMap<ChatId, Standing>,
    /// The places of other bots.
    pub also_in: BTreeMap<ChatId, BTreeMap<BotId, Standing>>,
    /// The bots that there are, or were.
    pub bots: BTreeMap<BotId, BotInfo>,
    /// Old id → new id of groups that became supergroups.
    pub moved: BTreeMap<ChatId, ChatId>,
    /// Persons in private chat.
    pub people: BTreeMap<UserId, Person>,
    /// Half-filled forms.
    pub forms: BTreeMap<FormKey, Form>,
    /// The outbox, in order.
    pub work: BTreeMap<WorkId, Work>,
    /// Albums counted lately, by the day of their first item.
    pub albums: BTreeMap<ChatId, BTreeMap<String, NaiveDate>>,
    /// What the admins were warned of, and when.
    pub warned: BTreeMap<Warning, DateTime<Utc>>,
    /// Study time.
    pub study: Study,
    /// Who may ask over HTTP.
    pub access: Access,
    /// Who changed what.
    pub audit: Audit,
    /// The chats that bots are in.
    pub chats: Chats,
    /// Background jobs.
    pub jobs: Jobs,
    /// What the bots' assistants have used.
    pub spent: BTreeMap<BotId, Spent>,
    /// Commands that admins defined, and what people wrote to them.
    pub commands: Commands,
    /// When an update was last received.
    pub last_update: Option<DateTime<Utc>>,
    /// Days in memory; others are in their files.
    pub days: BTreeMap<NaiveDate, Day>,
    /// Account → teacher; follows `teachers`.
    by_account: HashMap<UserId, TeacherId>,
    /// Where and from which account messages count, and for whom; follows `teachers` and `assignments`. Every message is
    /// looked up here: in a large school each step from map to map would be a look into memory that is far away.
    counted: QuickMap<(ChatId, UserId), TeacherId>,
}

impl State {
    /// Makes `change` so.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Teacher(id, teacher) => self.set_teacher(id, teacher.map(|boxed| *boxed)),
            Change::Group(chat, group) => put(&mut self.groups, chat, group.map(|boxed| *boxed)),
            Change::Assignments(id, chats) => self.set_assignments(id, chats),
            Change::Parked(chat, teachers) => put(&mut self.parked, chat, some_unless_empty(teachers)),
            Change::Candidate(chat, candidate) => put(&mut self.candidates, chat, candidate),
            Change::Request(user, request) => put(&mut self.requests, user, request),
            Change::Voice(chat, voice, teacher) => put_within(&mut self.voices, chat, voice, Some(teacher)),
            Change::Cell(day, chat, teacher, tally) => self.day_mut(day).cells.put(chat, teacher, tally),
            Change::Hour(day, chat, teacher, hour, n) => self.set_hour(day, chat, teacher, hour, n),
            Change::CountedLive(day, chat, mark) => self.day_mut(day).counted.entry(chat).or_default().live.insert(mark),
            Change::Counted(day, chat, Some(more)) => self.day_mut(day).counted.entry(chat).or_default().extend(&more),
            Change::Counted(day, chat, None) => drop(self.day_mut(day).counted.remove(&chat)),
            Change::Unattributed(day, chat, voice, tally) => put_within(&mut self.day_mut(day).unattributed, chat, voice, tally),
            Change::Album(chat, album, day) => put_within(&mut self.albums, chat, album, day),
            Change::Standing(chat, standing) => put(&mut self.standings, chat, standing),
            Change::AlsoIn(chat, bot, standing) => put_within(&mut self.also_in, chat, bot, standing),
            Change::Bot(bot, info) => put(&mut self.bots, bot, info),
            Change::Moved(from, to) => put(&mut self.moved, from, Some(to)),
            Change::Person(user, person) => put(&mut self.people, user, person),
            Change::Form(key, form) => put(&mut self.forms, key, form),
            Change::Work(id, work) => put(&mut self.work, id, work),
            Change::Warned(warning, at) => put(&mut self.warned, warning, at),
            Change::LastUpdate(at) => self.last_update = Some(at),
            Change::Presence(day, chat, change) => self.day_mut(day).presence.entry(chat).or_default().apply(change),
            Change::Study(change) => self.study.apply(change),
            Change::Access(change) => self.access.apply(change),
            Change::Audit(id, entry) => self.audit.add(id, *entry),
            Change::Chat(change) => self.chats.apply(change),
            Change::Job(change) => self.jobs.apply(change),
            Change::Spent(bot, spent) => put(&mut self.spent, bot, spent),
            Change::Command(change) => self.commands.apply(change),
        }
    }

    /// The teacher behind an account.
    pub fn teacher_of(&self, user: UserId) -> Option<&Teacher> {
        self.teachers.get(self.by_account.get(&user)?)
    }

    /// For whom a message from this account counts in a group: an active teacher who is assigned there.
    pub fn counted(&self, chat: ChatId, user: UserId) -> Option<TeacherId> {
        self.counted.get(&(chat, user)).copied()
    }

    /// Whether a teacher is counted in a group.
    pub fn is_assigned(&self, teacher: TeacherId, chat: ChatId) -> bool {
        self.assignments.get(&teacher).is_some_and(|chats| chats.contains(&chat))
    }

    /// The groups in which a teacher is counted.
    pub fn groups_of(&self, teacher: TeacherId) -> impl Iterator<Item = &Group> {
        self.assignments.get(&teacher).into_iter().flatten().filter_map(|chat| self.groups.get(chat))
    }

    /// Those who are counted in a group.
    pub fn teachers_in(&self, chat: ChatId) -> impl Iterator<Item = &Teacher> {
        self.teachers.values().filter(move |teacher| self.is_assigned(teacher.teacher_id, chat))
    }

    /// Under which id a chat's messages are kept now.
    pub fn current_id(&self, chat: ChatId) -> ChatId {
        // A supergroup never migrates again, so one step suffices.
        self.moved.get(&chat).copied().unwrap_or(chat)
    }

    /// A teacher's cell of a day in memory.
    pub fn cell(&self, day: NaiveDate, chat: ChatId, teacher: TeacherId) -> Option<&Tally> {
        self.days.get(&day)?.cell(chat, teacher)
    }

    /// A copy of the register, for reports that are made beside the counting.
    pub fn without_days(&self) -> Self {
        Self {
            teachers: self.teachers.clone(),
            groups: self.groups.clone(),
            assignments: self.assignments.clone(),
            by_account: self.by_account.clone(),
            ..Self::default()
        }
    }

    fn set_teacher(&mut self, id: TeacherId, teacher: Option<Teacher>) {
        self.index_counted(id, false);
        if let Some(before) = self.teachers.get(&id) {
            for account in before.accounts() {
                self.by_account.remove(&account);
            }
        }
        for account in teacher.iter().flat_map(Teacher::accounts) {
            self.by_account.insert(account, id);
        }
        put(&mut self.teachers, id, teacher);
        self.index_counted(id, true);
    }

    fn set_assignments(&mut self, id: TeacherId, chats: BTreeSet<ChatId>) {
        self.index_counted(id, false);
        put(&mut self.assignments, id, some_unless_empty(chats));
        self.index_counted(id, true);
    }

    /// Enters a teacher into `counted` as they are now, or takes them out.
    fn index_counted(&mut self, id: TeacherId, enter: bool) {
        let Some(teacher) = self.teachers.get(&id).filter(|teacher| teacher.active) else { return };
        for chat in self.assignments.get(&id).into_iter().flatten() {
            for account in teacher.accounts() {
                let key = (*chat, account);
                if enter {
                    self.counted.insert(key, id);
                } else if self.counted.get(&key) == Some(&id) {
                    self.counted.remove(&key);
                }
            }
        }
    }

    fn set_hour(&mut self, day: NaiveDate, chat: ChatId, teacher: TeacherId, hour: usize, n: u32) {
        let hours = self.day_mut(day).hours.entry(chat, teacher);
        if let Some(slot) = hours.get_mut(hour) {
            *slot = n;
        }
        if n == 0 && hours.iter().all(|n| *n == 0) {
            self.day_mut(day).hours.put(chat, teacher, None);
        }
    }

    fn day_mut(&mut self, day: NaiveDate) -> &mut Day {
        self.days.entry(day).or_default()
    }
}

fn some_unless_empty<T: Ord>(set: BTreeSet<T>) -> Option<BTreeSet<T>> {
    (!set.is_empty()).then_some(set)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::ids::FullName;

    fn teacher(n: u8, accounts: &BTreeSet<u8>, active: bool) -> Teacher {
        // Nobody has an account of somebody else: the register sees to that.
        let mut accounts = accounts.iter().map(|account| UserId(i64::from(n) * 10 + i64::from(*account)));
        Teacher {
            teacher_id: id(n),
            full_name: FullName::parse("Ann Lee").expect("a name"),
            telegram_user_id: accounts.next(),
            other_accounts: accounts.collect(),
            active,
            created_at: None,
            unknown: Default::default(),
        }
    }

    fn id(n: u8) -> TeacherId {
        TeacherId::parse(&format!("T00{n}")).expect("an id")
    }

    fn change() -> impl Strategy<Value = Change> {
        let accounts = prop::collection::btree_set(0..3_u8, 0..3);
        let person = prop::option::of((accounts, any::<bool>()));
        let chats = prop::collection::btree_set((1..4_i64).prop_map(ChatId), 0..3);
        prop_oneof![
            (0..4_u8, person).prop_map(|(n, person)| {
                Change::Teacher(id(n), person.map(|(accounts, active)| Box::new(teacher(n, &accounts, active))))
            }),
            (0..4_u8, chats).prop_map(|(n, chats)| Change::Assignments(id(n), chats)),
        ]
    }

    proptest! {
        #[test]
        fn who_is_counted_follows_the_register(changes in prop::collection::vec(change(), 0..30)) {
            let mut state = State::default();
            for change in changes {
                state.apply(change);
                for chat in (1..4).map(ChatId) {
                    for user in (0..40).map(UserId) {
                        let known = state.teacher_of(user).filter(|known| known.active);
                        let expected = known.map(|known| known.teacher_id).filter(|teacher| state.is_assigned(*teacher, chat));
                        prop_assert_eq!(state.counted(chat, user), expected);
                    }
                }
            }
        }
    }
}
