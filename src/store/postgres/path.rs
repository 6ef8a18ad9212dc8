//! Which rows a file of the data directory is.

use std::path::{Component, Path};

use chrono::NaiveDate;

use crate::store::DataFile;

/// Where a file is in the database.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Row {
    /// A file that isn't a day's, by its path.
    Document(String),
    /// A day's file: its folder and the day.
    Day(String, NaiveDate),
    /// A file of the journal.
    Journal(String),
}

impl Row {
    /// Of a path below the data directory.
    pub(super) fn of(relative: &Path) -> Self {
        let text = text(relative);
        if text.starts_with("journal") && text.ends_with(".jsonl") {
            return Self::Journal(text);
        }
        let day = text.split_once('/').filter(|(folder, _)| DataFile::OF_DAYS.contains(folder));
        match day.and_then(|(folder, name)| Some((folder, name.strip_suffix(".json")?.parse().ok()?))) {
            Some((folder, day)) => Self::Day(folder.to_owned(), day),
            None => Self::Document(text),
        }
    }
}

/// A path with slashes, on every system.
pub(super) fn text(relative: &Path) -> String {
    let parts = relative.components().filter_map(|part| match part {
        Component::Normal(part) => Some(part.to_string_lossy()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_the_journal_have_tables_of_their_own() {
        let of = |path: &str| Row::of(Path::new(path));
        let day = NaiveDate::from_ymd_opt(2026, 1, 26).expect("a day");
        assert_eq!(of("stats/2026-01-26.json"), Row::Day("stats".to_owned(), day));
        assert_eq!(of("journal.before.jsonl"), Row::Journal("journal.before.jsonl".to_owned()));
        for other in ["teachers.json", "state/outbox.json", "audit/2026-01.jsonl", "chats/2026-01.json", "stats/notes.txt"] {
            assert_eq!(of(other), Row::Document(other.to_owned()));
        }
    }
}
