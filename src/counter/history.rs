//! Messages of a chat's history, which no update told of.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Credit, credited};
use crate::domain::{
    change::{Change, Outcome},
    counted::{Counted, Mark},
    event::Author,
    ids::{ChatId, TeacherId},
    kind::Kind,
    period::local_hour,
    registry::Voice,
    state::State,
    tally::Tally,
};

/// One message of a group's history. Only what could have been counted when it was sent: no commands, no service messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// Stands for it.
    pub mark: Mark,
    /// When it was sent, Unix seconds.
    pub date: i64,
    /// Who wrote it.
    pub author: Author,
    /// What it is.
    pub kind: Kind,
    /// Whether it is a further item of an album.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub album_rest: bool,
}

/// A part of a group's history that is counted at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The group.
    pub group: ChatId,
    /// In any order.
    pub messages: Vec<Past>,
}

/// What became of a [`History`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Messages that count now, by month (its first day) and teacher.
    pub teachers: BTreeMap<(NaiveDate, TeacherId), u64>,
    /// Messages that count for nobody until somebody says whose they are.
    pub unattributed: u64,
    /// Messages that were counted before, live or by an import.
    pub known: u64,
    /// Messages of days that an earlier release counted, which didn't note what.
    pub unrecorded: BTreeMap<NaiveDate, u64>,
    /// Messages of nobody who counts in the group.
    pub nobody: u64,
}

impl Told {
    /// All messages that count now.
    pub fn counted(&self) -> u64 {
        self.teachers.values().sum::<u64>() + self.unattributed
    }

    /// Adds what became of another part.
    pub fn add(&mut self, other: &Told) {
        for (key, messages) in &other.teachers {
            *self.teachers.entry(*key).or_default() += messages;
        }
        for (day, messages) in &other.unrecorded {
            *self.unrecorded.entry(*day).or_default() += messages;
        }
        self.unattributed += other.unattributed;
        self.known += other.known;
        self.nobody += other.nobody;
    }
}

impl History {
    /// A part that is counted at once has at most so many messages,
    const MESSAGES_AT_ONCE: usize = 20_000;
    /// and is at most so long, because all days of it are in memory together.
    pub const DAYS_AT_ONCE: u64 = 31;

    /// Messages of a group, cut into parts that are counted one by one, from the oldest on.
    pub fn parts(mut messages: Vec<Past>, group: ChatId) -> Vec<Self> {
        messages.sort_by_key(|past| past.date);
        let length = i64::try_from(Self::DAYS_AT_ONCE * 86_400).expect("a month has few seconds");
        let mut parts: Vec<Self> = Vec::new();
        let mut began = 0;
        for past in messages {
            match parts.last_mut() {
                Some(part) if part.messages.len() < Self::MESSAGES_AT_ONCE && past.date - began < length => {
                    part.messages.push(past)
                }
                Some(_) | None => {
                    began = past.date;
                    parts.push(Self { group, messages: vec![past] });
                }
            }
        }
        parts
    }

    /// The days that have to be in memory, whatever the zone: those of the messages, and their neighbours, where the messages lie if they
    /// were counted while another zone was set.
    pub fn days(&self) -> BTreeSet<NaiveDate> {
        let days: BTreeSet<_> = self.messages.iter().filter_map(|past| Some(local_hour(Tz::UTC, past.date)?.0)).collect();
        days.into_iter()
            .flat_map(|day| (0..=4).filter_map(move |n| day.checked_add_days(Days::new(n))?.checked_sub_days(Days::new(2))))
            .collect()
    }
}

/// Counts what of a history was never counted, for those who count in the group now. Each message once: whoever comes first, a bot or an
/// import, notes its mark, and the other one leaves it.
pub fn count(state: &State, zone: Tz, history: &History) -> (Outcome, Told) {
    let group = state.current_id(history.group);
    let mut sums = Sums::new(state, group);
    for past in &history.messages {
        sums.take(zone, past);
    }
    sums.into_outcome()
}

/// What is to be added to the days.
struct Sums<'a> {
    state: &'a State,
    group: ChatId,
    recorded: BTreeMap<NaiveDate, bool>,
    cells: BTreeMap<(NaiveDate, TeacherId), Tally>,
    hours: BTreeMap<(NaiveDate, TeacherId, usize), u32>,
    voices: BTreeMap<(NaiveDate, Voice), Tally>,
    counted: BTreeMap<NaiveDate, Counted>,
    told: Told,
}

impl<'a> Sums<'a> {
    fn new(state: &'a State, group: ChatId) -> Self {
        Self {
            state,
            group,
            recorded: BTreeMap::new(),
            cells: BTreeMap::new(),
            hours: BTreeMap::new(),
            voices: BTreeMap::new(),
            counted: BTreeMap::new(),
            told: Told::default(),
        }
    }

    fn take(&mut self, zone: Tz, past: &Past) {
        let Some((day, hour)) = local_hour(zone, past.date) else { return };
        let credit = credited(self.state, self.group, &past.author);
        if credit == Credit::Nobody {
            self.told.nobody += 1;
            return;
        }
        if self.is_known(day, past.mark) {
            self.told.known += 1;
            return;
        }
        if !self.is_recorded(day) {
            *self.told.unrecorded.entry(day).or_default() += 1;
            return;
        }
        self.counted.entry(day).or_default().imported.insert(past.mark);
        let tally = match credit {
            Credit::Teacher(teacher) => {
                *self.told.teachers.entry((month(day), teacher)).or_default() += 1;
                if Kind::COUNTED.contains(&past.kind) {
                    *self.hours.entry((day, teacher, hour)).or_default() += 1;
                }
                self.cells.entry((day, teacher)).or_default()
            }
            Credit::Unattributed(voice) => {
                self.told.unattributed += 1;
                self.voices.entry((day, voice)).or_default()
            }
            Credit::Nobody => return,
        };
        tally.add(past.kind);
        if past.album_rest {
            tally.add_album_rest();
        }
    }

    fn is_known(&self, day: NaiveDate, mark: Mark) -> bool {
        let near = [day.pred_opt(), Some(day), day.succ_opt()];
        near.into_iter().flatten().any(|day| {
            let before = self.state.days.get(&day).and_then(|day| day.counted.get(&self.group));
            [before, self.counted.get(&day)].into_iter().flatten().any(|counted| counted.contains(mark))
        })
    }

    /// A day that isn't in memory isn't touched either.
    fn is_recorded(&mut self, day: NaiveDate) -> bool {
        let look = || self.state.days.get(&day).is_some_and(|day| day.is_recorded(self.group));
        *self.recorded.entry(day).or_insert_with(look)
    }

    fn into_outcome(self) -> (Outcome, Told) {
        let (state, group) = (self.state, self.group);
        let mut outcome = Outcome::nothing();
        for ((day, teacher), more) in self.cells {
            let mut tally = state.cell(day, group, teacher).cloned().unwrap_or_default();
            tally.merge(&more);
            outcome.set(Change::Cell(day, group, teacher, Some(tally)));
        }
        for ((day, teacher, hour), more) in self.hours {
            let there = super::messages_in_hour(state, day, group, teacher, hour);
            outcome.set(Change::Hour(day, group, teacher, hour, there.saturating_add(more)));
        }
        for ((day, voice), more) in self.voices {
            let there = state.days.get(&day).and_then(|day| day.unattributed.get(&group)?.get(&voice));
            let mut tally = there.cloned().unwrap_or_default();
            tally.merge(&more);
            if state.voices.get(&group).is_none_or(|voices| !voices.contains_key(&voice)) {
                outcome.set(Change::Voice(group, voice.clone(), None));
            }
            outcome.set(Change::Unattributed(day, group, voice, Some(tally)));
        }
        for (day, counted) in self.counted {
            outcome.set(Change::Counted(day, group, Some(Box::new(counted))));
        }
        (outcome, self.told)
    }
}

fn month(day: NaiveDate) -> NaiveDate {
    chrono::Datelike::with_day(&day, 1).unwrap_or(day)
}
