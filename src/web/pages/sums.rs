//! Sums by day for the overview: days in memory as they are at the moment, older ones kept as long as their files stay the same.

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::SystemTime,
};

use chrono::{Days, NaiveDate};
use rustc_hash::FxHashMap;

use crate::{
    domain::{
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
    pub(super) teachers: FxHashMap<TeacherId, u64>,
    pub(super) groups: FxHashMap<ChatId, u64>,
}

impl DaySum {
    fn add(&mut self, chat: ChatId, teacher: TeacherId, tally: &Tally, detailed: bool) {
        let n = tally.total();
        self.total += n;
        if n > 0 && detailed {
            *self.teachers.entry(teacher).or_default() += n;
            *self.groups.entry(chat).or_default() += n;
        }
    }
}

/// How a file was when it was read; `None`: there was none.
type Stamp = Option<(SystemTime, u64)>;

/// A day with how its file was before it was read: what was written meanwhile is read again.
type Missing = (NaiveDate, Stamp);

/// Sums of the days that somebody looked at lately.
#[derive(Debug, Default)]
pub(super) struct Sums {
    known: Mutex<BTreeMap<NaiveDate, (Stamp, Arc<DaySum>)>>,
    /// Whoever comes while days are read waits for them, instead of reading them too.
    reading: Mutex<()>,
}

/// Older days than these before the last asked one are forgotten.
const KEPT: Days = Days::new(40);
/// Of days before these only the total is kept: nobody asks who wrote then.
const DETAILED: Days = Days::new(8);
/// Files that are read at the same time.
const AT_ONCE: usize = 4;

impl Sums {
    /// The sums of the days of a period, in order.
    pub(super) fn of(&self, store: &Store, period: Period) -> Result<Vec<(NaiveDate, Arc<DaySum>)>, StoreFault> {
        let mut found = in_memory(store, period);
        if !self.find(store, period, &mut found).is_empty() {
            let _only_one = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
            let missing = self.find(store, period, &mut found);
            let read = read(store, &missing, period)?;
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            for ((day, stamp), sum) in missing.into_iter().zip(read) {
                known.insert(day, (stamp, sum.clone()));
                found.insert(day, sum);
            }
        }
        Ok(found.into_iter().collect())
    }

    /// Adds what is known, and says what isn't.
    fn find(&self, store: &Store, period: Period, found: &mut BTreeMap<NaiveDate, Arc<DaySum>>) -> Vec<Missing> {
        let asked: Vec<_> = period.days().filter(|day| !found.contains_key(day)).map(|day| (day, stamp(store, day))).collect();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|day, _| *day + KEPT >= period.to);
        for (day, (_, sum)) in known.iter_mut().filter(|(_, (_, sum))| !sum.teachers.is_empty()) {
            if !is_detailed(*day, period) {
                *sum = Arc::new(DaySum { total: sum.total, ..DaySum::default() });
            }
        }
        let mut missing = Vec::new();
        for (day, stamp) in asked {
            match known.get(&day).filter(|(before, _)| *before == stamp) {
                Some((_, sum)) => drop(found.insert(day, sum.clone())),
                None => missing.push((day, stamp)),
            }
        }
        missing
    }
}

fn is_detailed(day: NaiveDate, period: Period) -> bool {
    day + DETAILED >= period.to
}

/// Reads days, several at the same time: the first look after the start waits for a month of them.
fn read(store: &Store, days: &[Missing], period: Period) -> Result<Vec<Arc<DaySum>>, StoreFault> {
    let next = AtomicUsize::new(0);
    let some = || {
        let mut sums = Vec::new();
        while let Some((day, _)) = days.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (mut sum, detailed) = (DaySum::default(), is_detailed(*day, period));
            store.show_cells(*day, |chat, teacher, tally| sum.add(chat, teacher, &tally, detailed))?;
            sums.push((*day, Arc::new(sum)));
        }
        Ok(sums)
    };
    let helpers = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(AT_ONCE).min(days.len()).saturating_sub(1);
    let all: Result<Vec<_>, StoreFault> = thread::scope(|scope| {
        let others: Vec<_> = (0..helpers).map(|_| scope.spawn(some)).collect();
        let own = some();
        let others = others.into_iter().map(|other| other.join().expect("reading doesn't panic"));
        others.chain([own]).collect()
    });
    let mut all: Vec<_> = all?.into_iter().flatten().collect();
    all.sort_unstable_by_key(|(day, _)| *day);
    Ok(all.into_iter().map(|(_, sum)| sum).collect())
}

fn in_memory(store: &Store, period: Period) -> BTreeMap<NaiveDate, Arc<DaySum>> {
    store.read(|state| {
        let days = state.days.range(period.from..=period.to);
        days.map(|(date, day)| {
            let (mut sum, detailed) = (DaySum::default(), is_detailed(*date, period));
            day.cells.iter().for_each(|(chat, teacher, tally)| sum.add(chat, teacher, tally, detailed));
            (*date, Arc::new(sum))
        })
        .collect()
    })
}

fn stamp(store: &Store, day: NaiveDate) -> Stamp {
    store.disk().stamp(&store.dir().join(format!("stats/{day}.json"))).ok()
}
