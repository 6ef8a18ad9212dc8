//! Study time: what is decided about voice chats and the boards that come of them.

pub mod audit;
pub mod board;
pub mod call;
pub mod compose;
pub mod export;
pub mod local;
#[cfg(test)]
mod model;
pub mod moved;
pub mod observe;
pub mod people;
pub mod personal;
pub mod persons;
pub mod post;
#[cfg(test)]
pub(crate) mod sample;
pub mod schedule;
pub mod seconds;
pub mod snapshot;
pub mod tracker;
#[cfg(test)]
mod watched_tests;
pub mod why;
pub mod words;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::presence::Who;

/// Seconds that count, by local day and person (that person's canonical account).
pub type DaySeconds = BTreeMap<NaiveDate, BTreeMap<Who, u32>>;
