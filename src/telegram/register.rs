//! The register as a replica that stands by knows it: read beside the one that works, to see of which messages nothing counts.
//!
//! A copy says nothing by itself, as it may be old. What was decided by it is written together with a look at its version, and is refused
//! where the register was changed since; whoever works tells the database of a change before anybody hears that it was made.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::{
    sync::{Notify, watch},
    task::spawn_blocking,
    time::sleep,
};

use super::dispatcher;
use crate::{
    domain::{
        change::{Change, Outcome},
        event::GroupMessage,
        rules::Rules,
        state::State,
    },
    store::{Home, Reader, StoreFault, postgres::Version},
};

/// Between two readings: who changes a whole school keeps nobody busy with reading it.
const REST: Duration = Duration::from_secs(1);

/// The register at a moment.
#[derive(Debug)]
pub(super) struct Register {
    state: RwLock<State>,
    version: Version,
}

/// What comes of a message, by a copy of the register.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Weight {
    /// Nothing.
    None,
    /// It says that its group is heard, which is noted once an hour.
    Heard(Vec<Change>),
    /// Whoever works has to see.
    Unknown,
}

impl Register {
    pub(super) fn version(&self) -> Version {
        self.version
    }

    /// What comes of a message.
    pub(super) fn weigh(&self, rules: &Rules, message: &GroupMessage, now: DateTime<Utc>) -> Weight {
        weigh(&self.state.read().unwrap_or_else(PoisonError::into_inner), rules, message, now)
    }

    /// Whoever works will note this.
    pub(super) fn note(&self, changes: Vec<Change>) {
        if !changes.is_empty() {
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            changes.into_iter().for_each(|change| state.apply(change));
        }
    }
}

fn weigh(state: &State, rules: &Rules, message: &GroupMessage, now: DateTime<Utc>) -> Weight {
    if message.to_us.is_some() {
        // Who is answered is a matter of more than who counts.
        return Weight::Unknown;
    }
    // What panics does so where it is put aside.
    let decided = catch_unwind(AssertUnwindSafe(|| dispatcher::decide_message(state, rules, message, now)));
    let Ok(Outcome { changes, work }) = decided else { return Weight::Unknown };
    match changes.as_slice() {
        _ if !work.is_empty() => Weight::Unknown,
        [] => Weight::None,
        [Change::Standing(..)] => Weight::Heard(changes),
        _ => Weight::Unknown,
    }
}

/// The newest copy, for all bots.
#[derive(Clone, Debug)]
pub struct RegisterCopy {
    newest: watch::Receiver<Option<Arc<Register>>>,
    wanted: Arc<Notify>,
}

impl RegisterCopy {
    /// The register, unless it is the one that was refused. Where there is none it is read anew.
    pub(super) fn newest_but(&self, refused: Option<Version>) -> Option<Arc<Register>> {
        let newest = self.newest.borrow().clone().filter(|register| refused != Some(register.version));
        if newest.is_none() {
            self.renew();
        }
        newest
    }

    /// Has it read anew.
    pub(super) fn renew(&self) {
        self.wanted.notify_one();
    }
}

/// A copy, and what reads it for as long as it is run.
pub fn follow_register(home: Home) -> (RegisterCopy, impl Future<Output = ()> + Send) {
    let (newest, copy) = watch::channel(None);
    let wanted = Arc::new(Notify::new());
    let copy = RegisterCopy { newest: copy, wanted: wanted.clone() };
    wanted.notify_one();
    let follow = async move {
        let mut is_troubled = false;
        loop {
            wanted.notified().await;
            let home = home.clone();
            match spawn_blocking(move || read(&home)).await.expect("reading doesn't panic") {
                Ok(register) => {
                    is_troubled = false;
                    if let Some(Register { version, .. }) = &register {
                        tracing::debug!(?version, "the register was read");
                    }
                    newest.send_replace(register.map(Arc::new));
                }
                Err(why) => {
                    if !std::mem::replace(&mut is_troubled, true) {
                        tracing::warn!(%why, "the register can't be read; the replica that works decides about every message");
                    }
                }
            }
            sleep(REST).await;
        }
    };
    (copy, follow)
}

/// Nothing while no replica works: then somebody may be filling the database.
fn read(home: &Home) -> Result<Option<Register>, StoreFault> {
    let Some(database) = home.in_database() else { return Ok(None) };
    // First: what is changed while the rest is read makes this copy an old one.
    let Some(version) = database.version()? else { return Ok(None) };
    let state = Reader::open_at(home)?.into_register();
    Ok(Some(Register { state: RwLock::new(state), version }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        admin::school::{ANN, GRADE_2, GRADE_3, STRANGER, School, id},
        domain::{
            event::{Author, ToUs},
            ids::{BotId, ChatId, MessageId},
            kind::Kind,
            registry::{Group, Teacher, Voice},
        },
    };

    fn message(school: &School, chat: ChatId, author: Author) -> GroupMessage {
        let title = school.state.groups.get(&chat).map(|group| group.title.clone()).unwrap_or_default();
        let (id, kind, date) = (MessageId(5), Kind::Text, school.now.timestamp());
        GroupMessage { chat, id, title, author, kind, album: None, date, plain: true, to_us: None }
    }

    fn of(school: &School, message: &GroupMessage) -> Weight {
        weigh(&school.state, &school.rules, message, school.now)
    }

    /// A school where the group has been heard in this hour.
    fn heard(chat: ChatId) -> School {
        let mut school = School::small();
        let Weight::Heard(news) = of(&school, &message(&school, chat, Author::User(STRANGER))) else { panic!("it is news") };
        news.into_iter().for_each(|change| school.state.apply(change));
        school
    }

    #[test]
    fn who_counts_for_nobody_weighs_nothing_once_the_group_was_heard() {
        let school = heard(GRADE_2);
        assert_eq!(of(&school, &message(&school, GRADE_2, Author::User(STRANGER))), Weight::None);
        assert_eq!(of(&school, &message(&school, GRADE_2, Author::User(ANN))), Weight::Unknown);
        assert_eq!(of(&school, &message(&school, GRADE_2, Author::Anonymous(None))), Weight::Unknown, "it counts visibly");
        let renamed = GroupMessage { title: "Grade 2a".into(), ..message(&school, GRADE_2, Author::User(STRANGER)) };
        assert_eq!(of(&school, &renamed), Weight::Unknown);
        let to_us = Some(Box::new(ToUs { text: "who counts?".into(), message: MessageId(5), topic: None }));
        let question = GroupMessage { to_us, ..message(&school, GRADE_2, Author::User(STRANGER)) };
        assert_eq!(of(&school, &question), Weight::Unknown, "whether it is answered isn't ours to say");
        assert_eq!(of(&school, &message(&school, ChatId(-5), Author::User(ANN))), Weight::None, "nobody knows the group");
    }

    #[test]
    fn whatever_gives_a_message_weight_makes_another_register() {
        let of_ann = |change: &dyn Fn(&mut Teacher)| {
            let mut ann = School::small().state.teachers[&id("T001")].clone();
            change(&mut ann);
            Change::Teacher(ann.teacher_id, Some(Box::new(ann)))
        };
        let of_group = |change: &dyn Fn(&mut Group)| {
            let mut group = School::small().state.groups[&GRADE_2].clone();
            change(&mut group);
            Change::Group(GRADE_2, Some(Box::new(group)))
        };
        let (old, other) = (ChatId(-77), BotId(9));
        let (ann, stranger) = (Author::User(ANN), Author::User(STRANGER));
        let nobody = Voice::Chat(old);
        // What was so before, what is changed, and a message that nothing came of before.
        let cases = [
            (vec![of_ann(&|ann| ann.active = false)], of_ann(&|_| ()), GRADE_2, ann.clone()),
            (vec![], of_ann(&|ann| ann.other_accounts = [STRANGER].into()), GRADE_2, stranger.clone()),
            (
                vec![Change::Assignments(id("T001"), [GRADE_3].into())],
                Change::Assignments(id("T001"), [GRADE_2, GRADE_3].into()),
                GRADE_2,
                ann.clone(),
            ),
            (vec![of_group(&|group| group.enabled = false)], of_group(&|_| ()), GRADE_2, ann.clone()),
            (vec![], of_group(&|group| group.gone_since = Some(School::small().now)), GRADE_2, stranger.clone()),
            (vec![], Change::Moved(old, GRADE_2), old, ann.clone()),
            (
                vec![Change::Voice(GRADE_2, nobody.clone(), Some(id("T003")))],
                Change::Voice(GRADE_2, nobody, Some(id("T001"))),
                GRADE_2,
                Author::Chat(old),
            ),
            (
                vec![
                    of_group(&|group| group.bot = Some(other)),
                    Change::AlsoIn(GRADE_2, School::small().rules.bot, Some(Default::default())),
                ],
                Change::AlsoIn(GRADE_2, School::small().rules.bot, None),
                GRADE_2,
                ann,
            ),
        ];
        for (before, change, chat, author) in cases {
            let mut school = heard(GRADE_2);
            school.rules.bots.all.insert(other);
            before.into_iter().for_each(|change| school.state.apply(change));
            let message = GroupMessage { title: String::new(), ..message(&school, chat, author) };
            assert_eq!(of(&school, &message), Weight::None, "before {change:?}");
            assert!(change.is_of_register(), "{change:?}");
            school.state.apply(change.clone());
            assert_ne!(of(&school, &message), Weight::None, "{change:?}");
        }
    }
}
