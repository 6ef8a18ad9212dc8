//! A month added up: what the sums of a report need of its days, at a fraction of their size.

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{
    day::{DaySink, Hours},
    ids::{ChatId, TeacherId},
    period::Month,
    registry::Voice,
    tally::Tally,
};

/// Weekdays (Monday first) times local hours.
const HOURS: usize = 7 * 24;

/// The sums of a month.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MonthSums {
    /// By group and teacher, in the order in which the days first had them.
    pub cells: Vec<CellSums>,
    /// Messages of voices that nobody is mapped to.
    pub voices: Vec<VoiceSums>,
}

/// What a teacher did in a group within a month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellSums {
    /// Where.
    pub chat: ChatId,
    /// Who.
    pub teacher: TeacherId,
    /// All of it; `None` where only hours are known, which no day has that this program wrote.
    pub sum: Option<Tally>,
    /// The totals by day, from the first of the month to the last day that has one.
    days: Vec<u64>,
    /// The totals by weekday and local hour, or nothing where no hours are known. Small numbers: there are many of them.
    hours: Vec<u32>,
}

/// What a voice that nobody is mapped to wrote in a group within a month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VoiceSums {
    /// Where.
    pub chat: ChatId,
    /// Who.
    pub voice: Voice,
    /// All of it.
    pub sum: Tally,
}

impl CellSums {
    fn new(chat: ChatId, teacher: TeacherId) -> Self {
        Self { chat, teacher, sum: None, days: Vec::new(), hours: Vec::new() }
    }

    /// The days of this month with messages, and how many.
    pub fn days(&self, month: Month) -> impl Iterator<Item = (NaiveDate, u64)> {
        let days = (1..).zip(&self.days).filter(|(_, total)| **total > 0);
        days.filter_map(move |(number, total)| Some((month.day(number)?, *total)))
    }

    /// Messages by weekday (Monday first) and local hour.
    pub fn hours(&self) -> impl Iterator<Item = (usize, usize, u64)> {
        self.hours.iter().enumerate().take(HOURS).map(|(at, n)| (at / 24, at % 24, u64::from(*n)))
    }
}

/// Adds up the days of one month as it is shown them.
#[derive(Debug, Default)]
pub struct Adding {
    sums: MonthSums,
    cells: HashMap<(ChatId, TeacherId), usize>,
    voices: BTreeMap<(ChatId, Voice), Tally>,
}

impl Adding {
    /// What they come to.
    pub fn finish(mut self) -> MonthSums {
        self.sums.voices = self.voices.into_iter().map(|((chat, voice), sum)| VoiceSums { chat, voice, sum }).collect();
        self.sums
    }

    fn of(&mut self, chat: ChatId, teacher: TeacherId) -> &mut CellSums {
        let cells = &mut self.sums.cells;
        let at = *self.cells.entry((chat, teacher)).or_insert_with(|| {
            cells.push(CellSums::new(chat, teacher));
            cells.len() - 1
        });
        &mut cells[at]
    }
}

impl DaySink for Adding {
    fn cell(&mut self, date: NaiveDate, chat: ChatId, teacher: TeacherId, tally: &Tally) {
        let cell = self.of(chat, teacher);
        cell.sum.get_or_insert_default().merge(tally);
        if tally.total() > 0 {
            let day = date.day0() as usize;
            cell.days.resize(cell.days.len().max(day + 1), 0);
            cell.days[day] += tally.total();
        }
    }

    fn hours(&mut self, date: NaiveDate, chat: ChatId, teacher: TeacherId, hours: &Hours) {
        let cell = self.of(chat, teacher);
        cell.hours.resize(HOURS, 0);
        let first = date.weekday().num_days_from_monday() as usize * 24;
        for (sum, n) in cell.hours[first..first + 24].iter_mut().zip(hours) {
            *sum = sum.saturating_add(*n);
        }
    }

    fn voice(&mut self, _: NaiveDate, chat: ChatId, voice: &Voice, tally: &Tally) {
        self.voices.entry((chat, voice.clone())).or_default().merge(tally);
    }
}
