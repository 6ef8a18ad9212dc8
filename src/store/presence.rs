//! Looking at closed stays, whether their days are in memory or in their files. Reads files: not for the hot path.

use std::{collections::BTreeMap, path::Path};

use chrono::NaiveDate;

use super::{Store, StoreFault, disk::SharedDisk, load, reader::Reader};
use crate::domain::{
    ids::ChatId,
    period::Period,
    state::State,
    study::{DayPresence, PresenceSink},
};

/// What days in memory know of a community; those that are not in memory are not in it.
type InMemory = BTreeMap<NaiveDate, Option<DayPresence>>;

impl Store {
    /// Shows what is known of a community on the days (UTC) of a period, in order; days of which nothing is known are left out.
    pub fn show_presence(&self, chat: ChatId, days: Period, to: impl FnMut(NaiveDate, &DayPresence)) -> Result<(), StoreFault> {
        let known = self.read(|state| in_memory(state, chat, days));
        show(&self.shared.disk, &self.shared.dir, &known, chat, days, to)?;
        self.in_place()
    }

    /// Shows the same one stay at a time, without holding a day: some three times as fast.
    pub fn scan_presence(&self, chat: ChatId, days: Period, to: &mut dyn PresenceSink) -> Result<(), StoreFault> {
        let known = self.read(|state| in_memory(state, chat, days));
        scan(&self.shared.disk, &self.shared.dir, &known, chat, days, to)?;
        self.in_place()
    }
}

impl Reader {
    /// As [`Store::show_presence`].
    pub fn show_presence(&self, chat: ChatId, days: Period, to: impl FnMut(NaiveDate, &DayPresence)) -> Result<(), StoreFault> {
        show(self.disk(), self.dir(), &in_memory(self.state(), chat, days), chat, days, to)
    }

    /// As [`Store::scan_presence`].
    pub fn scan_presence(&self, chat: ChatId, days: Period, to: &mut dyn PresenceSink) -> Result<(), StoreFault> {
        scan(self.disk(), self.dir(), &in_memory(self.state(), chat, days), chat, days, to)
    }
}

fn in_memory(state: &State, chat: ChatId, days: Period) -> InMemory {
    state.days.range(days.from..=days.to).map(|(day, known)| (*day, known.presence.get(&chat).cloned())).collect()
}

fn show(
    disk: &SharedDisk,
    dir: &Path,
    in_memory: &InMemory,
    chat: ChatId,
    days: Period,
    mut to: impl FnMut(NaiveDate, &DayPresence),
) -> Result<(), StoreFault> {
    for day in known_days(disk, dir, in_memory, days)? {
        match in_memory.get(&day) {
            Some(known) => known.iter().for_each(|known| to(day, known)),
            None => load::presence(disk.as_ref(), dir, day)?.get(&chat).into_iter().for_each(|known| to(day, known)),
        }
    }
    Ok(())
}

fn scan(
    disk: &SharedDisk,
    dir: &Path,
    in_memory: &InMemory,
    chat: ChatId,
    days: Period,
    to: &mut dyn PresenceSink,
) -> Result<(), StoreFault> {
    for day in known_days(disk, dir, in_memory, days)? {
        match in_memory.get(&day) {
            Some(known) => known.iter().for_each(|known| known.show(day, to)),
            None => load::scan_presence(disk.as_ref(), dir, day, chat, to)?,
        }
    }
    Ok(())
}

fn known_days(disk: &SharedDisk, dir: &Path, in_memory: &InMemory, days: Period) -> Result<Vec<NaiveDate>, StoreFault> {
    let mut found = load::days_of_presence(disk.as_ref(), dir)?;
    found.retain(|day| days.contains(*day));
    found.extend(in_memory.keys());
    found.sort_unstable();
    found.dedup();
    Ok(found)
}
