//! What a snapshot has to be.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

/// The blocks of a snapshot, as they come.
pub(super) const SCOPES: [&str; 3] = ["day", "week", "month"];
/// More places than anybody shows.
const MOST_ENTRIES: usize = 100;
const LONGEST_TEXT: usize = 300;
/// As many as help.
const MOST_ISSUES: usize = 20;

/// A snapshot as it is sent; unknown keys are left alone.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Snapshot {
    pub(super) posted_at: String,
    pub(super) source: String,
    pub(super) message_id: Option<i64>,
    pub(super) chat_id: Option<i64>,
    pub(super) boards: Vec<Part>,
}

/// One block of it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Part {
    pub(super) scope: String,
    pub(super) title: String,
    pub(super) header: String,
    pub(super) period_start: String,
    pub(super) period_end: String,
    pub(super) entries: Vec<Entry>,
}

/// One place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) rank: u32,
    pub(super) user_id: i64,
    pub(super) seconds: u64,
    pub(super) minutes: u64,
    pub(super) display: String,
    pub(super) rank_emoji: String,
    pub(super) badge: String,
    pub(super) compliment: Option<String>,
}

/// An instant, as the snapshot writes it.
pub(super) fn instant(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(text).ok()
}

/// Everything that is wrong with it, each with its place; nothing: it can be taken.
pub(super) fn issues(snapshot: &Snapshot) -> Vec<String> {
    let mut issues = Vec::new();
    if instant(&snapshot.posted_at).is_none() {
        issues.push("posted_at: no instant such as 2026-01-09T16:30:00+00:00".to_owned());
    }
    if snapshot.source.is_empty() || is_long(&snapshot.source) {
        issues.push("source: empty or too long".to_owned());
    }
    let scopes: Vec<_> = snapshot.boards.iter().map(|board| board.scope.as_str()).collect();
    let mut sorted = scopes.clone();
    sorted.sort_unstable();
    let mut expected = SCOPES;
    expected.sort_unstable();
    if sorted != expected {
        issues.push(format!("boards: expected one day, one week and one month, found {scopes:?}"));
    }
    for (index, board) in snapshot.boards.iter().enumerate() {
        of_board(&format!("boards[{index}]"), board, &mut issues);
    }
    issues.truncate(MOST_ISSUES);
    issues
}

fn of_board(place: &str, board: &Part, issues: &mut Vec<String>) {
    let (start, end) = (instant(&board.period_start), instant(&board.period_end));
    for (name, at) in [("period_start", start), ("period_end", end)] {
        if at.is_none() {
            issues.push(format!("{place}.{name}: no instant"));
        }
    }
    if start.zip(end).is_some_and(|(start, end)| end < start) {
        issues.push(format!("{place}.period_end: before period_start"));
    }
    if is_long(&board.title) || is_long(&board.header) {
        issues.push(format!("{place}: title or header too long"));
    }
    if board.entries.len() > MOST_ENTRIES {
        issues.push(format!("{place}.entries: more than {MOST_ENTRIES}"));
        return;
    }
    for (index, entry) in board.entries.iter().enumerate() {
        let place = format!("{place}.entries[{index}]");
        if entry.rank as usize != index + 1 {
            issues.push(format!("{place}.rank: expected {}, found {}", index + 1, entry.rank));
        }
        if entry.minutes != entry.seconds / 60 {
            issues.push(format!(
                "{place}.minutes: {} seconds are {} minutes, not {}",
                entry.seconds,
                entry.seconds / 60,
                entry.minutes
            ));
        }
        if index > 0 && board.entries[index - 1].seconds < entry.seconds {
            issues.push(format!("{place}.seconds: more than at the place before"));
        }
        if entry.display.trim().is_empty() || is_long(&entry.display) {
            issues.push(format!("{place}.display: empty or too long"));
        }
        let rest = [&entry.rank_emoji, &entry.badge];
        if rest.into_iter().chain(&entry.compliment).any(|text| is_long(text)) {
            issues.push(format!("{place}: a text is too long"));
        }
    }
}

fn is_long(text: &str) -> bool {
    text.chars().count() > LONGEST_TEXT
}
