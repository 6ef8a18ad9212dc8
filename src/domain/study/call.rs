//! Calls that go on, and stays that are over.

use std::collections::BTreeMap;

use chrono::{
    DateTime, Utc,
    serde::{ts_seconds, ts_seconds_option},
};
use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::ChatId,
    presence::{CallId, Who},
};

/// A call that goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// In which community.
    pub chat: ChatId,
    /// Since when it is known to go on: when it was first seen, or when the first one who sat there then had joined.
    #[serde(with = "ts_seconds")]
    pub seen: DateTime<Utc>,
    /// Until when everybody on a seat is known to have been there, if they sat there by then.
    #[serde(with = "ts_seconds")]
    pub confirmed: DateTime<Utc>,
    /// When nobody looked, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outages: Vec<Outage>,
    /// Who sits in it. Journaled one by one (`StudyChange::Seat`); `StudyChange::Call` leaves them as they are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub seats: BTreeMap<Who, Seat>,
}

/// A stretch of time in which a call was not watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// The last moment before that was watched.
    #[serde(with = "ts_seconds")]
    pub from: DateTime<Utc>,
    /// The first one after.
    #[serde(with = "ts_seconds")]
    pub to: DateTime<Utc>,
}

/// Somebody's presence in a call that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// When they joined, as Telegram has it.
    #[serde(with = "ts_seconds")]
    pub joined: DateTime<Utc>,
    /// How we know of it.
    pub began: Began,
    /// When we saw them first; from `joined` until here they were not observed, only dated.
    #[serde(with = "ts_seconds")]
    pub seen: DateTime<Utc>,
    /// Their audio's number, which changes when they join anew.
    pub source: i32,
    /// Whether they were muted whenever we looked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub muted: bool,
    /// Until when they alone are known to have been there; less than the call's `confirmed` where that says more.
    #[serde(default, with = "ts_seconds_option", skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<DateTime<Utc>>,
}

impl Call {
    /// Until when somebody on a seat of this call is known to have been there.
    pub fn confirmed(&self, seat: &Seat) -> DateTime<Utc> {
        let alone = seat.confirmed.unwrap_or(seat.seen).max(seat.seen);
        self.confirmed.max(alone).max(seat.joined)
    }
}

/// Names a closed stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StayKey {
    /// In which call.
    pub call: CallId,
    /// Who.
    pub who: Who,
    /// When they joined, as Telegram has it.
    #[serde(with = "ts_seconds")]
    pub joined: DateTime<Utc>,
}

/// Somebody's presence in a call, over now. What counts is `joined` (of its key) to `left`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// How we know that it began.
    pub began: Began,
    /// When we saw them first.
    #[serde(with = "ts_seconds")]
    pub seen: DateTime<Utc>,
    /// When it ended, as far as is known.
    #[serde(with = "ts_seconds")]
    pub left: DateTime<Utc>,
    /// How we know that it ended.
    pub end: End,
    /// When that was noticed; not before `left`.
    #[serde(with = "ts_seconds")]
    pub noticed: DateTime<Utc>,
    /// Whether they were muted whenever we looked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub muted: bool,
    /// When nobody looked while it went on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outages: Vec<Outage>,
}

/// How we know that a stay began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Began {
    /// Telegram told that they joined.
    Observed,
    /// They were on the list when we looked; the list says since when.
    Polled,
}

/// How we know that a stay ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Telegram told that they left.
    Observed,
    /// Telegram told that the call is over.
    CallEnded,
    /// They were missing when we looked: over when they were last confirmed.
    Polled,
    /// They have joined anew meanwhile: over when they were last confirmed.
    Rejoined,
    /// It became certain only later, after something was missed (the call was gone when we could look again): over when they
    /// were last confirmed.
    Inferred,
}
