//! The chats that bots are in: what Telegram last said of each, and how many were in it day by day.

mod counts;
mod rights;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use self::{
    counts::{DayCount, MonthCounts},
    rights::{Right, Rights},
};
use super::{
    ids::{BotId, ChatId, UserId},
    map::put,
    period::Month,
};

/// What is known of all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chats {
    /// By chat.
    pub known: BTreeMap<ChatId, KnownChat>,
    /// Which are to be asked about now, and since when.
    pub wanted: Wanted,
    /// Numbers by day. Months in memory; older ones are in their files.
    pub months: BTreeMap<Month, MonthCounts>,
}

/// A new value of one of these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ChatChange {
    /// A chat.
    Known(ChatId, Option<Box<KnownChat>>),
    /// Somebody wants to know how a chat is now; `None` as the time: they know. No chat: all of them.
    Wanted(Option<ChatId>, Option<DateTime<Utc>>),
    /// A chat's numbers on a local day.
    Day(ChatId, NaiveDate, Option<DayCount>),
}

impl Chats {
    /// Makes `change` so.
    pub fn apply(&mut self, change: ChatChange) {
        match change {
            ChatChange::Known(chat, known) => put(&mut self.known, chat, known.map(|boxed| *boxed)),
            ChatChange::Wanted(Some(chat), since) => put(&mut self.wanted.chats, chat, since),
            ChatChange::Wanted(None, since) => self.wanted.all = since,
            ChatChange::Day(chat, day, count) => self.months.entry(Month::of_day(day)).or_default().put(chat, day, count),
        }
    }

    /// A chat's numbers on a day, as far as that day is in memory.
    pub fn on(&self, chat: ChatId, day: NaiveDate) -> Option<DayCount> {
        self.months.get(&Month::of_day(day))?.on(chat, day)
    }

    /// A chat's days in memory, ascending.
    pub fn days_of(&self, chat: ChatId) -> impl DoubleEndedIterator<Item = (NaiveDate, DayCount)> {
        self.months.iter().flat_map(move |(month, counts)| counts.of(chat).iter().filter_map(|one| one.dated(*month)))
    }
}

impl From<ChatChange> for super::change::Change {
    fn from(change: ChatChange) -> Self {
        Self::Chat(change)
    }
}

/// Which chats are to be asked about beside the daily round.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// Since when somebody wants to know about all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<DateTime<Utc>>,
    /// About one.
    pub chats: BTreeMap<ChatId, DateTime<Utc>>,
}

/// A chat as Telegram last described it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KnownChat {
    /// Its title, tidied.
    #[serde(default)]
    pub title: String,
    /// Without the `@`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// What it is.
    #[serde(default)]
    pub kind: ChatKind,
    /// When a bot of ours was first known to be in it. Telegram tells nobody when a chat was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<DateTime<Utc>>,
    /// How many are in it, bots included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<u32>,
    /// Who administers it, the owner first; `None` where Telegram didn't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrators: Option<Vec<Administrator>>,
    /// Our bots that are or were in it, by their id.
    #[serde(default)]
    pub bots: Vec<BotPlace>,
    /// When Telegram last answered everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked: Option<DateTime<Utc>>,
    /// Why the last look failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Failure>,
}

impl KnownChat {
    /// When it was last asked about, however that went.
    pub fn tried(&self) -> Option<DateTime<Utc>> {
        self.looked.max(self.failed.as_ref().map(|failed| failed.at))
    }

    /// A bot's place in it.
    pub fn place(&self, bot: BotId) -> Option<&BotPlace> {
        self.bots.iter().find(|place| place.bot == bot)
    }

    /// Sets a bot's place.
    pub fn set_place(&mut self, place: BotPlace) {
        match self.bots.binary_search_by_key(&place.bot, |known| known.bot) {
            Ok(at) => self.bots[at] = place,
            Err(at) => self.bots.insert(at, place),
        }
    }

    /// Since when no bot of ours is in it; `None` while one is, or where none was seen to leave.
    pub fn left(&self) -> Option<DateTime<Utc>> {
        let here = self.bots.iter().any(|place| place.gone_since.is_none());
        self.bots.iter().filter_map(|place| place.gone_since).max().filter(|_| !here)
    }
}

/// What sort of chat it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    /// A basic group.
    Group,
    /// A supergroup.
    #[default]
    Supergroup,
    /// A supergroup with topics.
    Forum,
    /// A channel.
    Channel,
}

impl ChatKind {
    /// All, in the order of lists.
    pub const ALL: [ChatKind; 4] = [Self::Group, Self::Supergroup, Self::Forum, Self::Channel];

    /// As files, addresses and other programs have it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Supergroup => "supergroup",
            Self::Forum => "forum",
            Self::Channel => "channel",
        }
    }

    /// What a chat with this id most likely is, until Telegram says so: basic groups have small numbers.
    pub fn guessed(chat: ChatId) -> Self {
        if chat.0 > -1_000_000_000_000 { Self::Group } else { Self::Supergroup }
    }
}

/// Somebody who administers a chat. Bots are told of these by everybody's leave, of other members never.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Administrator {
    /// Their account.
    pub user: UserId,
    /// Their name, tidied.
    pub name: String,
    /// Without the `@`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Their custom title, tidied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The owner.
    #[serde(default, skip_serializing_if = "is_false")]
    pub owner: bool,
    /// A bot.
    #[serde(default, skip_serializing_if = "is_false")]
    pub bot: bool,
    /// They write as the group.
    #[serde(default, skip_serializing_if = "is_false")]
    pub anonymous: bool,
}

/// The place of one of our bots in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotPlace {
    /// Which.
    pub bot: BotId,
    /// As what.
    pub role: BotRole,
    /// What it may do as an administrator.
    #[serde(default, skip_serializing_if = "Rights::is_empty")]
    pub rights: Rights,
    /// Since when it is known to be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Since when it isn't there any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_since: Option<DateTime<Utc>>,
}

/// As what a bot is in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BotRole {
    /// An administrator.
    Administrator,
    /// A plain member.
    Member,
    /// There, and may not write.
    Restricted,
    /// Not there any more.
    Gone,
}

impl BotRole {
    /// As files, addresses and other programs have it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Member => "member",
            Self::Restricted => "restricted",
            Self::Gone => "gone",
        }
    }
}

/// Why a look at a chat failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// When.
    pub at: DateTime<Utc>,
    /// In Telegram's words, or ours.
    pub why: String,
    /// Whether it is worth another try soon: Telegram was busy, or couldn't be reached.
    #[serde(default, skip_serializing_if = "is_false")]
    pub passes: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}
