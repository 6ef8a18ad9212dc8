//! The one currency of the store. A change says what something *is* from now on, never by how much it moved,
//! so that replaying a journal twice gives what replaying it once gave.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{
    access::AccessChange,
    assistant::Spent,
    audit::{AuditId, Entry},
    bots::BotInfo,
    chats::ChatChange,
    commands::CommandChange,
    counted::{Counted, Mark},
    form::{Form, FormKey},
    ids::{BotId, ChatId, TeacherId, UserId},
    iso_day,
    jobs::JobChange,
    registry::{Candidate, Group, Person, RegistrationRequest, Standing, Teacher, Voice},
    study::{PresenceChange, StudyChange},
    tally::Tally,
    work::Work,
};

/// Number of an outbox entry; ascending.
pub type WorkId = u64;

/// A new value of one thing. `None` where it is an option: the thing is no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// A teacher.
    Teacher(TeacherId, Option<Box<Teacher>>),
    /// A registered group.
    Group(ChatId, Option<Box<Group>>),
    /// The groups in which a teacher is counted; empty = none.
    Assignments(TeacherId, BTreeSet<ChatId>),
    /// Who was assigned to a group that is gone, to be restored when it returns; empty = none.
    Parked(ChatId, BTreeSet<TeacherId>),
    /// A group that no admin confirmed yet.
    Candidate(ChatId, Option<Candidate>),
    /// Somebody's wish to be registered.
    Request(UserId, Option<RegistrationRequest>),
    /// A voice without an account was heard in a group, and whose posts its are; `None`: nobody's so far.
    Voice(ChatId, Voice, Option<TeacherId>),
    /// Messages of a teacher in a group on a day.
    Cell(#[serde(with = "iso_day")] NaiveDate, ChatId, TeacherId, Option<Tally>),
    /// Messages of a teacher in a group in one hour (0–23) of a day.
    Hour(#[serde(with = "iso_day")] NaiveDate, ChatId, TeacherId, usize, u32),
    /// Of a group's messages on a day, the bot came by this one.
    CountedLive(#[serde(with = "iso_day")] NaiveDate, ChatId, Mark),
    /// Of a group's messages on a day, these too were counted; `None`: nothing is known of them any more.
    Counted(#[serde(with = "iso_day")] NaiveDate, ChatId, Option<Box<Counted>>),
    /// Messages in a group on a day of a voice that nobody is mapped to.
    Unattributed(#[serde(with = "iso_day")] NaiveDate, ChatId, Voice, Option<Tally>),
    /// An album of which an item was counted, and on which day.
    Album(ChatId, String, Option<NaiveDate>),
    /// The place in a group of the bot whose it is.
    Standing(ChatId, Option<Standing>),
    /// The place of another bot in it.
    AlsoIn(ChatId, BotId, Option<Standing>),
    /// What is known of a bot.
    Bot(BotId, Option<BotInfo>),
    /// A group's messages go on under another id.
    Moved(ChatId, ChatId),
    /// Somebody in private chat.
    Person(UserId, Option<Person>),
    /// A half-filled form.
    Form(FormKey, Option<Form>),
    /// Something to do outside.
    Work(WorkId, Option<Work>),
    /// When the admins were last warned of this; `None` when it is over.
    Warned(Warning, Option<DateTime<Utc>>),
    /// When an update was last received, exact to a minute.
    LastUpdate(DateTime<Utc>),
    /// Something about study time.
    Study(StudyChange),
    /// Something about who may ask over HTTP.
    Access(AccessChange),
    /// A line of the log of who changed what.
    Audit(AuditId, Box<Entry>),
    /// What a day knows of a community's voice chats.
    Presence(#[serde(with = "iso_day")] NaiveDate, ChatId, PresenceChange),
    /// Something about the chats that bots are in.
    Chat(ChatChange),
    /// Something about background jobs.
    Job(JobChange),
    /// What a bot's assistant has used.
    Spent(BotId, Option<Spent>),
    /// Something about commands.
    Command(CommandChange),
}

impl Change {
    /// Whether a message might count after it that didn't before, or tell something new.
    pub fn is_of_register(&self) -> bool {
        match self {
            Self::Teacher(..)
            | Self::Group(..)
            | Self::Assignments(..)
            | Self::Voice(..)
            | Self::AlsoIn(..)
            | Self::Moved(..) => true,
            // That a message was seen is no news for long; that none was, is.
            Self::Standing(_, standing) => standing.as_ref().is_none_or(|standing| standing.warned_silent.is_some()),
            Self::Parked(..)
            | Self::Candidate(..)
            | Self::Request(..)
            | Self::Cell(..)
            | Self::Hour(..)
            | Self::CountedLive(..)
            | Self::Counted(..)
            | Self::Unattributed(..)
            | Self::Album(..)
            | Self::Bot(..)
            | Self::Person(..)
            | Self::Form(..)
            | Self::Work(..)
            | Self::Warned(..)
            | Self::LastUpdate(_)
            | Self::Study(_)
            | Self::Access(_)
            | Self::Audit(..)
            | Self::Presence(..)
            | Self::Chat(_)
            | Self::Job(_)
            | Self::Spent(..)
            | Self::Command(_) => false,
        }
    }
}

impl From<CommandChange> for Change {
    fn from(change: CommandChange) -> Self {
        Self::Command(change)
    }
}

impl From<StudyChange> for Change {
    fn from(change: StudyChange) -> Self {
        Self::Study(change)
    }
}

/// Something that admins are told once, until it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// The bot was away long enough for Telegram to drop updates.
    WasAway,
    /// The disk is nearly full.
    DiskLow,
    /// Nothing is counted though people work.
    NothingCounted,
    /// For 5 minutes nobody could see into the voice chats.
    Blind5,
    /// For 10 minutes.
    Blind10,
    /// For 15 minutes.
    Blind15,
    /// Telegram has ended the user session.
    SessionEnded,
}

/// What a decision comes to: what is so from now on, and what is to be done about it outside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// New values.
    pub changes: Vec<Change>,
    /// Things to do.
    pub work: Vec<Work>,
}

impl Outcome {
    /// Nothing changes, nothing is to be done.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Adds a change.
    pub fn set(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Adds all of another outcome, after this one's.
    pub fn append(&mut self, other: Outcome) {
        self.changes.extend(other.changes);
        self.work.extend(other.work);
    }

    /// Adds something to do.
    pub fn order(&mut self, work: Work) {
        self.work.push(work);
    }
}
