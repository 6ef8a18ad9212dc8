//! Figures about the program itself, for those who watch over it. Counting is an atomic addition; nobody waits for anybody.

mod assistants;
mod exposition;

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};

pub use self::{
    assistants::{AssistantFigures, ModelCalls},
    exposition::{Exposition, Sort, content_type, whole},
};
use crate::domain::{
    event::{Event, Ignored},
    kind::Kind,
};

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How long something took, by classes.
#[derive(Debug, Default)]
pub struct Histogram {
    classes: [AtomicU64; Self::BOUNDS.len()],
    count: Counter,
    microseconds: AtomicU64,
}

impl Histogram {
    /// Upper bounds of the classes in seconds: from a sync of a fast disk to a checkpoint of a large directory.
    pub const BOUNDS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

    /// Something took so long.
    pub fn observe(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        if let Some(class) = Self::BOUNDS.iter().position(|bound| seconds <= *bound) {
            self.classes[class].fetch_add(1, Ordering::Relaxed);
        }
        self.microseconds.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.count.count();
    }

    /// For each bound how many took at most so long; then all, and their sum in seconds.
    pub fn get(&self) -> ([u64; Self::BOUNDS.len()], u64, f64) {
        let count = self.count.get();
        let mut sum = 0;
        let up_to = std::array::from_fn(|class| {
            sum += self.classes[class].load(Ordering::Relaxed);
            // A class may be ahead of the count by those that are noted this moment.
            sum.min(count)
        });
        (up_to, count, Duration::from_micros(self.microseconds.load(Ordering::Relaxed)).as_secs_f64())
    }
}

/// What the store tells of itself.
#[derive(Debug, Default)]
pub struct StoreFigures {
    /// Commits: write and sync of a journal line.
    pub flushes: Histogram,
    /// Those that failed.
    pub failed_flushes: Counter,
    is_failing: AtomicBool,
    /// Checkpoints.
    pub checkpoints: Histogram,
    /// Those that failed.
    pub failed_checkpoints: Counter,
}

impl StoreFigures {
    /// A commit ended.
    pub fn note_flush(&self, took: Duration, is_ok: bool) {
        self.flushes.observe(took);
        self.is_failing.store(!is_ok, Ordering::Relaxed);
        if !is_ok {
            self.failed_flushes.count();
        }
    }

    /// Whether the last commit failed.
    pub fn is_failing(&self) -> bool {
        self.is_failing.load(Ordering::Relaxed)
    }

    /// A checkpoint ended.
    pub fn note_checkpoint(&self, took: Duration, is_ok: bool) {
        self.checkpoints.observe(took);
        if !is_ok {
            self.failed_checkpoints.count();
        }
    }
}

/// What is told of updates.
#[derive(Debug, Default)]
pub struct UpdateFigures {
    by_sort: [Counter; UpdateSort::ALL.len()],
    /// Those that were handled before.
    pub repeated: Counter,
    counted: [Counter; KINDS],
    /// When a message was last counted, Unix milliseconds; 0: none was.
    last_counted: AtomicI64,
    /// Milliseconds between the sending of the last group message and its handling.
    lag: AtomicI64,
    /// When the last update was handled, Unix milliseconds; 0: none was.
    last: AtomicI64,
}

/// Sorts of updates, as far as it matters who decides about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateSort {
    /// A message in a group.
    GroupMessage,
    /// A command in a group.
    GroupCommand,
    /// A message in private.
    PrivateMessage,
    /// A press of a button.
    Press,
    /// Somebody's place in a chat, or the chat itself.
    Membership,
    /// Nothing of it counts.
    Ignored,
}

impl UpdateSort {
    /// All.
    pub const ALL: [Self; 6] =
        [Self::GroupMessage, Self::GroupCommand, Self::PrivateMessage, Self::Press, Self::Membership, Self::Ignored];

    /// The sort of an event.
    pub fn of(event: &Event) -> Self {
        match event {
            Event::GroupMessage(_) | Event::Ignored(Ignored::CountsForNobody) => Self::GroupMessage,
            Event::GroupCommand(_) | Event::CustomCommand(_) => Self::GroupCommand,
            Event::PrivateMessage(_) => Self::PrivateMessage,
            Event::Press(_) => Self::Press,
            Event::Migrated { .. }
            | Event::Renamed { .. }
            | Event::OwnStanding(_)
            | Event::MemberStanding(_)
            | Event::PrivateStanding { .. } => Self::Membership,
            Event::Ignored(_) => Self::Ignored,
        }
    }

    /// Its label.
    pub fn label(self) -> &'static str {
        match self {
            Self::GroupMessage => "group_message",
            Self::GroupCommand => "group_command",
            Self::PrivateMessage => "private_message",
            Self::Press => "press",
            Self::Membership => "membership",
            Self::Ignored => "ignored",
        }
    }
}

const KINDS: usize = Kind::COUNTED.len() + Kind::EXTRA.len();

/// Every kind with its place in an array.
fn kinds() -> impl Iterator<Item = (usize, Kind)> {
    Kind::COUNTED.into_iter().chain(Kind::EXTRA).enumerate()
}

impl UpdateFigures {
    /// An update was handled, now or before.
    pub fn note(&self, event: &Event, is_new: bool, now: DateTime<Utc>) {
        self.by_sort[UpdateSort::of(event) as usize].count();
        if !is_new {
            self.repeated.count();
        }
        self.last.store(now.timestamp_millis(), Ordering::Relaxed);
        if let Event::GroupMessage(message) = event {
            // Clocks differ a little: nothing comes before it was sent.
            self.lag.store((now.timestamp_millis() - message.date.saturating_mul(1000)).max(0), Ordering::Relaxed);
        }
    }

    /// A message was counted for somebody.
    pub fn note_counted(&self, kind: Kind, now: DateTime<Utc>) {
        self.last_counted.store(now.timestamp_millis(), Ordering::Relaxed);
        if let Some((place, _)) = kinds().find(|(_, known)| *known == kind) {
            self.counted[place].count();
        }
    }

    /// Each sort with its number.
    pub fn by_sort(&self) -> impl Iterator<Item = (UpdateSort, u64)> {
        UpdateSort::ALL.into_iter().zip(self.by_sort.iter().map(Counter::get))
    }

    /// Each kind with the number of messages that were counted.
    pub fn counted(&self) -> impl Iterator<Item = (Kind, u64)> {
        kinds().map(|(place, kind)| (kind, self.counted[place].get()))
    }

    /// Seconds between the sending of the last group message and its handling.
    pub fn lag_seconds(&self) -> f64 {
        milliseconds(self.lag.load(Ordering::Relaxed))
    }

    /// When the last update was handled, in this run.
    pub fn last(&self) -> Option<DateTime<Utc>> {
        moment(&self.last)
    }

    /// When a message was last counted, in this run.
    pub fn last_counted(&self) -> Option<DateTime<Utc>> {
        moment(&self.last_counted)
    }
}

/// What is told of calls to the Bot API.
#[derive(Debug, Default)]
pub struct ApiFigures {
    /// By method. A call takes milliseconds; this lock doesn't matter beside it.
    calls: Mutex<BTreeMap<String, Calls>>,
    /// Calls that were made once more, because that could help.
    pub retries: Counter,
}

/// Calls of one method.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    /// All.
    pub made: u64,
    /// Those that failed, by kind of error.
    pub failed: BTreeMap<&'static str, u64>,
}

impl ApiFigures {
    /// A call ended; `error` is the kind of its failure.
    pub fn note(&self, method: &str, error: Option<&'static str>) {
        let mut calls = self.lock();
        if !calls.contains_key(method) {
            calls.insert(method.to_owned(), Calls::default());
        }
        let Some(known) = calls.get_mut(method) else { return };
        known.made += 1;
        if let Some(error) = error {
            *known.failed.entry(error).or_default() += 1;
        }
    }

    /// By method.
    pub fn calls(&self) -> BTreeMap<String, Calls> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Calls>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn moment(at: &AtomicI64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(at.load(Ordering::Relaxed)).filter(|at| *at != DateTime::UNIX_EPOCH)
}

/// Milliseconds as seconds.
pub fn milliseconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_and_sort_has_a_place_of_its_own() {
        let figures = UpdateFigures::default();
        for (n, (_, kind)) in kinds().enumerate() {
            for _ in 0..=n {
                figures.note_counted(kind, DateTime::UNIX_EPOCH);
            }
        }
        assert!(figures.counted().map(|(_, n)| n).eq(1..=KINDS as u64));
        for (place, sort) in UpdateSort::ALL.into_iter().enumerate() {
            assert_eq!(sort as usize, place);
        }
    }

    #[test]
    fn a_histogram_counts_up_to_each_bound() {
        let histogram = Histogram::default();
        for ms in [0, 1, 2, 2, 300, 60_000] {
            histogram.observe(Duration::from_millis(ms));
        }
        let (up_to, count, sum) = histogram.get();
        assert_eq!(up_to, [1, 2, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5]);
        assert_eq!(count, 6);
        assert!((sum - 60.305).abs() < 1e-9, "{sum}");
    }
}
