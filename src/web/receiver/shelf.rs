//! What the receiver has: a small file, replaced as a whole before anything is answered.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::judge::{Entry, SCOPES, Snapshot, instant};
use crate::store::disk::{Disk, RealDisk, replace};

/// Below the data directory.
const FILE: &str = "leaderboard_receiver.json";
/// How many places are kept.
const BEST: usize = 5;
/// How many periods of each scope are kept: a year and more of days.
const MOST_PERIODS: usize = 400;
/// How many refused snapshots are kept for a look.
const MOST_REFUSED: usize = 20;
/// A board is fresh for so long.
const FRESH: TimeDelta = TimeDelta::hours(24);

/// Why the file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ShelfFault {
    /// An operation of the disk failed.
    #[error("can't {operation} {}: {why}", path.display())]
    Io {
        /// What was tried.
        operation: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's reason.
        #[source]
        why: io::Error,
    },
    /// It is none of ours.
    #[error("{} can't be read: {why}; mend it, or put it aside to begin anew", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Line, column and reason.
        #[source]
        why: serde_json::Error,
    },
}

/// Boards that were taken, and snapshots that weren't.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Content {
    /// By scope, newest period last.
    boards: BTreeMap<String, Vec<Kept>>,
    /// Refused, newest last.
    #[serde(default)]
    review: Vec<Refused>,
    #[serde(default)]
    updated_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    scope: String,
    period_start: String,
    period_end: String,
    posted_at: String,
    entries: Vec<Entry>,
    message_id: Option<i64>,
    chat_id: Option<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Refused {
    at: DateTime<Utc>,
    issues: Vec<String>,
    body: Value,
}

/// The file, and what is in it.
#[derive(Debug)]
pub struct Shelf {
    path: PathBuf,
    content: Mutex<Content>,
}

impl Shelf {
    /// Opens the one in a data directory. One that can't be read is left alone.
    pub fn open(data_dir: &Path) -> Result<Self, ShelfFault> {
        let path = data_dir.join(FILE);
        let content = match RealDisk.read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|why| ShelfFault::Unreadable { path: path.clone(), why })?,
            Err(why) if why.kind() == io::ErrorKind::NotFound => Content::default(),
            Err(why) => return Err(ShelfFault::Io { operation: "read", path, why }),
        };
        Ok(Self { path, content: Mutex::new(content) })
    }

    /// Takes a snapshot that was found in order: how many boards are new, and how many took another's place.
    pub(super) fn take(&self, snapshot: &Snapshot, now: DateTime<Utc>) -> Result<(usize, usize), ShelfFault> {
        let (mut inserted, mut updated) = (0, 0);
        self.change(now, |content| {
            for part in &snapshot.boards {
                let kept = Kept {
                    scope: part.scope.clone(),
                    period_start: part.period_start.clone(),
                    period_end: part.period_end.clone(),
                    posted_at: snapshot.posted_at.clone(),
                    entries: part.entries.iter().take(BEST).cloned().collect(),
                    message_id: snapshot.message_id,
                    chat_id: snapshot.chat_id,
                };
                let of_scope = content.boards.entry(part.scope.clone()).or_default();
                let known = of_scope.iter_mut().find(|known| known.period() == kept.period());
                match known {
                    Some(known) => {
                        *known = kept;
                        updated += 1;
                    }
                    None => {
                        of_scope.push(kept);
                        inserted += 1;
                    }
                }
                of_scope.sort_by_key(Kept::period);
                let beyond = of_scope.len().saturating_sub(MOST_PERIODS);
                of_scope.drain(..beyond);
            }
        })?;
        Ok((inserted, updated))
    }

    /// Keeps a snapshot that wasn't in order, for a look.
    pub(super) fn keep_for_review(&self, body: Value, issues: &[String], now: DateTime<Utc>) -> Result<(), ShelfFault> {
        self.change(now, |content| {
            content.review.push(Refused { at: now, issues: issues.to_vec(), body });
            let beyond = content.review.len().saturating_sub(MOST_REFUSED);
            content.review.drain(..beyond);
        })
    }

    /// The newest board of each scope.
    pub(super) fn latest(&self) -> Value {
        let content = self.content();
        let newest =
            |scope: &&str| content.boards.get(*scope).and_then(|boards| boards.last()).map_or(Value::Null, |kept| json!(kept));
        let data: serde_json::Map<_, _> = SCOPES.iter().map(|scope| ((*scope).to_owned(), newest(scope))).collect();
        json!({ "data": data })
    }

    /// How old the newest ones are.
    pub(super) fn health(&self, now: DateTime<Utc>) -> Value {
        let content = self.content();
        let newest = |scope: &&str| {
            let posted = content.boards.get(*scope).into_iter().flatten().filter_map(|kept| instant(&kept.posted_at));
            posted.max().map(|at| at.to_utc())
        };
        let posted = SCOPES.map(|scope| (scope, newest(&scope)));
        let within = |at: Option<DateTime<Utc>>| at.is_some_and(|at| now - at <= FRESH);
        let scopes: serde_json::Map<_, _> = posted
            .iter()
            .map(|(scope, at)| ((*scope).to_owned(), json!({ "postedAt": at.map(iso), "withinWindow": within(*at) })))
            .collect();
        let latest = posted.iter().filter_map(|(_, at)| *at).max();
        json!({ "ok": posted.iter().all(|(_, at)| within(*at)), "latestPostedAt": latest.map(iso), "scopes": scopes })
    }

    /// When anything last came.
    pub(super) fn updated_at(&self) -> Option<DateTime<Utc>> {
        self.content().updated_at
    }

    fn content(&self) -> std::sync::MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A change is true once it is in the file.
    fn change(&self, now: DateTime<Utc>, change: impl FnOnce(&mut Content)) -> Result<(), ShelfFault> {
        let mut content = self.content();
        let mut changed = content.clone();
        change(&mut changed);
        changed.updated_at = Some(now);
        let bytes = serde_json::to_vec_pretty(&changed).expect("texts and numbers are JSON");
        let written =
            replace(&RealDisk, &self.path, &bytes).and_then(|()| self.path.parent().map_or(Ok(()), |dir| RealDisk.sync_dir(dir)));
        written.map_err(|why| ShelfFault::Io { operation: "write", path: self.path.clone(), why })?;
        *content = changed;
        Ok(())
    }
}

impl Kept {
    /// As instants: the same period may be written with another offset.
    fn period(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        instant(&self.period_start).zip(instant(&self.period_end)).map(|(start, end)| (start.to_utc(), end.to_utc()))
    }
}

/// "2026-01-09T16:30:00Z"
pub(super) fn iso(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
