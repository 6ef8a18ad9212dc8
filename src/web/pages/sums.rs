//! Sums by day for the overview: days in memory as they are at the moment, older ones kept as long as their files stay the same.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use chrono::{Days, NaiveDate};

use crate::{
    domain::{
        day::DaySink,
        ids::{ChatId, TeacherId},
        period::Period,
        tally::Tally,
    },
    store::{Store, StoreFault},
};

/// What was counted on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DaySum {
    pub(super) total: u64,
    /// Of the last week's days; of older ones nothing.
    pub(super) teachers: HashMap<TeacherId, u64>,
    pub(super) groups: HashMap<ChatId, u64>,
}

impl DaySum {
    fn add(&mut self, chat: ChatId, teacher: TeacherId, tally: &Tally) {
        let n = tally.total();
        if n > 0 {
            self.total += n;
            *self.teachers.entry(teacher).or_default() += n;
            *self.groups.entry(chat).or_default() += n;
        }
    }
}

/// How a file was when it was read; `None`: there was none.
type Stamp = Option<(SystemTime, u64)>;

/// Sums of the days that somebody looked at lately.
#[derive(Debug, Default)]
pub(super) struct Sums(Mutex<BTreeMap<NaiveDate, (Stamp, Arc<DaySum>)>>);

/// Older days than these before the last asked one are forgotten.
const KEPT: Days = Days::new(40);
/// Of days before these only the total is kept: nobody asks who wrote then.
const DETAILED: Days = Days::new(8);

impl Sums {
    /// The sums of the days of a period, in order.
    pub(super) fn of(&self, store: &Store, period: Period) -> Result<Vec<(NaiveDate, Arc<DaySum>)>, StoreFault> {
        let mut found = in_memory(store, period);
        let stamps: Vec<_> = period.days().filter(|day| !found.contains_key(day)).map(|day| (day, stamp(store, day))).collect();
        let mut missing = Vec::new();
        {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            known.retain(|day, _| *day + KEPT >= period.to);
            for (day, (_, sum)) in known.iter_mut().filter(|(_, (_, sum))| !sum.teachers.is_empty()) {
                if *day + DETAILED < period.to {
                    *sum = Arc::new(DaySum { total: sum.total, ..DaySum::default() });
                }
            }
            for (day, stamp) in &stamps {
                match known.get(day).filter(|(before, _)| before == stamp) {
                    Some((_, sum)) => drop(found.insert(*day, sum.clone())),
                    None => missing.push(*day),
                }
            }
        }
        if let (Some(first), Some(last)) = (missing.first(), missing.last()) {
            let mut read = Adding(missing.iter().map(|day| (*day, DaySum::default())).collect());
            store.show_days(Period { from: *first, to: *last }, &mut read)?;
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            for (day, mut sum) in read.0 {
                if day + DETAILED < period.to {
                    sum = DaySum { total: sum.total, ..DaySum::default() };
                }
                let sum = Arc::new(sum);
                // The stamp is from before the reading: what was written meanwhile is read again.
                let before = stamps.iter().find(|(other, _)| *other == day).and_then(|(_, stamp)| *stamp);
                known.insert(day, (before, sum.clone()));
                found.insert(day, sum);
            }
        }
        Ok(found.into_iter().collect())
    }
}

fn in_memory(store: &Store, period: Period) -> BTreeMap<NaiveDate, Arc<DaySum>> {
    store.read(|state| {
        let days = state.days.range(period.from..=period.to);
        days.map(|(date, day)| {
            let mut sum = DaySum::default();
            day.cells.iter().for_each(|(chat, teacher, tally)| sum.add(chat, teacher, tally));
            (*date, Arc::new(sum))
        })
        .collect()
    })
}

fn stamp(store: &Store, day: NaiveDate) -> Stamp {
    let file = fs::metadata(store.dir().join(format!("stats/{day}.json"))).ok()?;
    Some((file.modified().ok()?, file.len()))
}

struct Adding(BTreeMap<NaiveDate, DaySum>);

impl DaySink for Adding {
    fn cell(&mut self, date: NaiveDate, chat: ChatId, teacher: TeacherId, tally: &Tally) {
        if let Some(day) = self.0.get_mut(&date) {
            day.add(chat, teacher, tally);
        }
    }
}
