//! Reads the Python study tracker's files: its SQLite database, alias groups, and a state file. They are never changed.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use chrono::NaiveDate;
use rusqlite::{Connection, OpenFlags, types::ValueRef};
use serde_json::Value;

use crate::{
    domain::{presence::Who, study::Alias},
    study::tracker::Tracker,
};

/// A day has no more.
const LONGEST_DAY: i64 = 26 * 3600;
/// How many spoilt rows are named one by one.
const MOST_NAMED: usize = 5;

/// Why the tracker's files can't be read.
#[derive(Debug, thiserror::Error)]
pub enum TrackerFault {
    /// There is none.
    #[error("{} doesn't exist; name the tracker's database, usually var/study.db", .0.display())]
    Missing(PathBuf),
    /// The database.
    #[error("{} can't be read as the tracker's database: {why}", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// SQLite's reason.
        #[source]
        why: rusqlite::Error,
    },
    /// A file beside it.
    #[error("{} can't be read: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// What the tracker knows.
    pub tracker: Tracker,
    /// The group that it watched, as it was written down.
    pub group_key: Option<String>,
    /// What was left out, in words for the operator.
    pub left_out: Vec<String>,
}

impl Found {
    /// Reads the database.
    pub fn read(path: &Path) -> Result<Self, TrackerFault> {
        if !path.is_file() {
            return Err(TrackerFault::Missing(path.to_owned()));
        }
        let fault = |why| TrackerFault::Database { path: path.to_owned(), why };
        // Nothing is written, not even a lock: it may lie on a read-only disk. The tracker is to be stopped anyway.
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = Connection::open_with_flags(path, flags).map_err(fault)?;
        let mut found = Self::default();
        found.seconds(&database).map_err(fault)?;
        // What the oldest trackers have no table for is not there.
        for (table, read) in [
            ("meta", Self::meta as fn(&mut Self, &Connection) -> rusqlite::Result<()>),
            ("user_cache", Self::names),
            ("compliments_period", Self::compliments),
        ] {
            if has_table(&database, table).map_err(fault)? {
                read(&mut found, &database).map_err(fault)?;
            }
        }
        Ok(found)
    }

    /// Adds alias groups: `{"canonical": ["canonical", "alias", …]}`.
    pub fn read_aliases(&mut self, path: &Path) -> Result<(), TrackerFault> {
        let groups: BTreeMap<String, Vec<String>> = json(path)?;
        for (canonical, names) in groups {
            let canonical = Alias::new(&canonical);
            for alias in names.iter().map(|name| Alias::new(name)).filter(|alias| *alias != canonical) {
                if let Some(other) =
                    self.tracker.aliases.insert(alias.clone(), canonical.clone()).filter(|other| *other != canonical)
                {
                    let (alias, other) = (alias.as_str(), other.as_str());
                    let why = format!("{alias:?} stands under {other:?} and under {:?}; leave one of them", canonical.as_str());
                    return Err(TrackerFault::File { path: path.to_owned(), why });
                }
            }
        }
        let chained = self.tracker.aliases.values().find(|canonical| self.tracker.aliases.contains_key(canonical));
        if let Some(canonical) = chained {
            let why = format!("{:?} stands for others and is an alias itself; put them into one group", canonical.as_str());
            return Err(TrackerFault::File { path: path.to_owned(), why });
        }
        Ok(())
    }

    /// Adds what a state file says and the database doesn't: the same names as in its table `meta`.
    pub fn read_state(&mut self, path: &Path) -> Result<(), TrackerFault> {
        let state: BTreeMap<String, Value> = json(path)?;
        for (key, value) in state {
            let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            self.note(&key, &text, false);
        }
        Ok(())
    }

    fn seconds(&mut self, database: &Connection) -> rusqlite::Result<()> {
        let mut spoilt = Vec::new();
        let mut statement = database.prepare("SELECT d, user_id, seconds FROM seconds_totals ORDER BY d, user_id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let day = text(row.get_ref(0)?);
            let (who, seconds) = (whole(row.get_ref(1)?), whole(row.get_ref(2)?));
            let date = day.parse::<NaiveDate>().ok();
            let of_day = seconds.filter(|seconds| (0..=LONGEST_DAY).contains(seconds)).and_then(|n| u32::try_from(n).ok());
            match (date, who.filter(|who| *who != 0), of_day) {
                (Some(date), Some(who), Some(seconds)) => {
                    self.tracker.days.entry(date).or_default().insert(Who(who), seconds);
                }
                _ => spoilt.push(format!("{day:?} {} {}", shown(who), shown(seconds))),
            }
        }
        if !spoilt.is_empty() {
            let named = spoilt.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join("; ");
            self.left_out
                .push(format!("{} rows of seconds_totals are no day, account and seconds of a day: {named}", spoilt.len()));
        }
        Ok(())
    }

    fn meta(&mut self, database: &Connection) -> rusqlite::Result<()> {
        let mut statement = database.prepare("SELECT k, v FROM meta")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (key, value) = (text(row.get_ref(0)?), text(row.get_ref(1)?));
            self.note(&key, &value, true);
        }
        Ok(())
    }

    /// A setting of the tracker's. `wins`: also over one that is known.
    fn note(&mut self, key: &str, value: &str, wins: bool) {
        let value = value.trim();
        if value.is_empty() || value == "null" {
            return;
        }
        let place = match key {
            "anchor_date" => &mut self.tracker.anchor,
            "last_post_date" => &mut self.tracker.last_post,
            "group_key" => {
                if wins || self.group_key.is_none() {
                    self.group_key = Some(value.to_owned());
                }
                return;
            }
            // Quotes follow from the day, and a community's beginning from its first day.
            "group_since" | "quote_index" => return,
            other => return self.left_out.push(format!("{other:?} has no place here")),
        };
        // Some trackers wrote the time, too.
        match value.get(..10).unwrap_or(value).parse() {
            Ok(day) if wins || place.is_none() => *place = Some(day),
            Ok(_) => {}
            Err(_) => self.left_out.push(format!("{key}: {value:?} is no date")),
        }
    }

    fn names(&mut self, database: &Connection) -> rusqlite::Result<()> {
        let mut statement = database.prepare("SELECT user_id, display_name, username FROM user_cache")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let Some(who) = whole(row.get_ref(0)?).filter(|who| *who != 0) else { continue };
            let username = text(row.get_ref(2)?).trim().trim_start_matches('@').to_owned();
            let name = text(row.get_ref(1)?);
            // It keeps "@ann" as display name where there is a username.
            let name = if name.trim_start().starts_with('@') { String::new() } else { name };
            self.tracker.names.insert(Who(who), (name, Some(username).filter(|username| !username.is_empty())));
        }
        Ok(())
    }

    fn compliments(&mut self, database: &Connection) -> rusqlite::Result<()> {
        let mut statement = database.prepare("SELECT period, user_id, compliment FROM compliments_period")?;
        let mut rows = statement.query([])?;
        let mut spoilt = 0;
        while let Some(row) = rows.next()? {
            let (period, who, words) = (text(row.get_ref(0)?), whole(row.get_ref(1)?), text(row.get_ref(2)?));
            let is_period = period
                .split_once(':')
                .is_some_and(|(scope, day)| matches!(scope, "day" | "week" | "month") && day.parse::<NaiveDate>().is_ok());
            match who.filter(|who| is_period && *who != 0 && !words.trim().is_empty()) {
                Some(who) => drop(self.tracker.compliments.entry(period).or_default().insert(Who(who), words.trim().to_owned())),
                None => spoilt += 1,
            }
        }
        if spoilt > 0 {
            self.left_out.push(format!("{spoilt} rows of compliments_period have no period, account or words"));
        }
        Ok(())
    }
}

fn has_table(database: &Connection, name: &str) -> rusqlite::Result<bool> {
    database.query_row("SELECT count(*) FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?1", [name], |row| {
        row.get::<_, i64>(0).map(|n| n > 0)
    })
}

/// SQLite keeps what it is given, whatever a column is declared as.
fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(n) => n.to_string(),
        ValueRef::Real(n) => n.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn whole(value: ValueRef<'_>) -> Option<i64> {
    match value {
        ValueRef::Integer(n) => Some(n),
        // Seconds with a fraction; Python's division makes them.
        ValueRef::Real(n) if n.abs() < 1e15 => Some(n as i64),
        ValueRef::Text(_) => text(value).trim().parse().ok(),
        ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => None,
    }
}

fn shown(number: Option<i64>) -> String {
    number.map_or_else(|| "?".to_owned(), |number| number.to_string())
}

fn json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, TrackerFault> {
    let fault = |why| TrackerFault::File { path: path.to_owned(), why };
    let bytes = fs::read(path).map_err(|why| fault(why.to_string()))?;
    serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).map_err(|why| fault(why.to_string()))
}

#[cfg(test)]
#[path = "tracker_tests.rs"]
mod tests;
