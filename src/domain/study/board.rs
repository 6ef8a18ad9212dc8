//! Boards that are due or were posted, and snapshots of them for a web dashboard.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::Poster;
use crate::domain::{
    ids::{ChatId, MessageId, UserId},
    presence::Who,
};

/// Names a board: there is one for each local day and time of the schedule, whoever and however often asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PostKey {
    /// The local day that it is about.
    pub day: NaiveDate,
    /// The scheduled local time; boards that somebody asked for have the moment itself, in `asked`.
    pub time: NaiveTime,
    /// When somebody asked for it by hand (Unix milliseconds); 0: by schedule.
    #[serde(default)]
    pub asked: i64,
}

/// A board's way into the group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// When it was decided that it is due.
    pub due: DateTime<Utc>,
    /// Until when what happened is in it.
    pub until: DateTime<Utc>,
    /// Whether its day is done with it: by schedule there is none after it, also if the schedule is changed.
    #[serde(default)]
    pub closes_day: bool,
    /// Makes repeated sending by the user session safe; never changes.
    pub random_id: i64,
    /// Who asked for it by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<UserId>,
    /// Its snapshot isn't in the queue for a web dashboard yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub owes_snapshot: bool,
    /// What its last attempt said, for comparing it with what the stays say later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Box<Shown>>,
    /// How far it is.
    pub state: PostState,
}

/// The places of a board, best first, with their seconds: of its day, its week and its month. No names.
pub type Shown = [Vec<(Who, u64)>; 3];

/// How far a board is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostState {
    /// To be posted, not before this moment (a flood wait, a pause between attempts).
    Due {
        /// Not before.
        not_before: DateTime<Utc>,
        /// Attempts that certainly failed.
        attempts: u32,
    },
    /// On its way: whether it arrived is not known yet.
    Sending {
        /// Since when.
        since: DateTime<Utc>,
        /// Who sends it.
        by: Poster,
        /// Attempts before this one.
        attempts: u32,
    },
    /// It is in the group.
    Posted {
        /// Where.
        chat: ChatId,
        /// As which message, where that is known.
        message: Option<MessageId>,
        /// Since when.
        at: DateTime<Utc>,
    },
    /// Nobody knows whether it arrived; an admin was asked.
    Unsure {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// Telegram refuses it; an admin was told.
    Refused {
        /// In Telegram's words.
        why: String,
        /// Since when.
        at: DateTime<Utc>,
    },
    /// Left out, as the community's settings have it.
    Skipped,
}

/// Ascending.
pub type ExportId = u64;

/// A snapshot on its way to a web dashboard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Export {
    /// Of which community.
    pub community: ChatId,
    /// Of which local day.
    pub day: NaiveDate,
    /// The body, as it is sent.
    pub body: String,
    /// Attempts so far.
    pub attempts: u32,
    /// Not before.
    pub not_before: DateTime<Utc>,
    /// Set when the receiver understood and refused it: kept for a look, not sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}
