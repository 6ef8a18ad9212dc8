//! Reading a data directory beside a running daemon, or without one.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    disk::{RealDisk, SharedDisk},
    fault::StoreFault,
    home::Home,
    load::{self, Loaded},
    lock::CheckpointLock,
    month_sums::Months,
};
use crate::domain::{
    day::{Day, DaySink},
    period::{Month, Period},
    state::State,
};

/// A look at a data directory at one moment.
#[derive(Debug)]
pub struct Reader {
    disk: SharedDisk,
    dir: PathBuf,
    loaded: Loaded,
}

impl Reader {
    /// Reads the directory with all that is committed, also what no checkpoint has written into the files yet.
    pub fn open(dir: &Path) -> Result<Self, StoreFault> {
        Self::open_on(Arc::new(RealDisk), dir)
    }

    /// [`Reader::open`], wherever the repository is.
    pub fn open_at(home: &Home) -> Result<Self, StoreFault> {
        if let Some(database) = home.in_database() {
            database.prepare_to_read()?;
        }
        Self::open_on(home.disk(), home.dir())
    }

    /// [`Reader::open`] over another disk.
    pub(super) fn open_on(disk: SharedDisk, dir: &Path) -> Result<Self, StoreFault> {
        if !dir.is_dir() {
            return Err(StoreFault::Missing(dir.to_owned()));
        }
        let _lock = CheckpointLock::shared(dir)?;
        let mut loaded = load::load(disk.as_ref(), dir)?;
        // A checkpoint that begins meanwhile sets the journal aside, perhaps between our looks at the one and at the other.
        // It can't finish while we hold the lock, so the second look is a quiet one.
        if loaded.before_exists != dir.join(load::JOURNAL_BEFORE).exists() {
            loaded = load::load(disk.as_ref(), dir)?;
        }
        Ok(Self { disk, dir: dir.to_owned(), loaded })
    }

    /// Everything but the days.
    pub fn state(&self) -> &State {
        &self.loaded.state
    }

    /// The register alone, without what was counted.
    pub fn into_register(self) -> State {
        let mut state = self.loaded.state;
        state.days.clear();
        state
    }

    pub(super) fn disk(&self) -> &SharedDisk {
        &self.disk
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// When the last change was committed; `None` in a directory that no daemon ever wrote to.
    pub fn last_commit(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(self.loaded.progress.at).filter(|_| self.loaded.progress.at > 0)
    }

    /// Shows what was counted on the days of a period, in order.
    pub fn show_days(&self, period: Period, to: &mut dyn DaySink) -> Result<(), StoreFault> {
        show_days(&self.disk, &self.dir, &self.loaded.state.days, period, to)
    }

    /// Brings whole days into a copy of the state, for decisions that are only tried out.
    pub fn recall(&self, days: impl IntoIterator<Item = NaiveDate>, state: &mut State) -> Result<(), StoreFault> {
        for day in days {
            load::load_day(self.disk.as_ref(), &self.dir, day, state)?;
        }
        Ok(())
    }

    /// The days on which anything was counted, ascending.
    pub fn days(&self) -> Result<Vec<NaiveDate>, StoreFault> {
        load::days_on_disk(self.disk.as_ref(), &self.dir)
    }
}

/// Days in memory as they are, the others from their files, one at a time; or whole months added up, where that will do.
pub(super) fn show_days(
    disk: &SharedDisk,
    dir: &Path,
    in_memory: &BTreeMap<NaiveDate, Day>,
    period: Period,
    to: &mut dyn DaySink,
) -> Result<(), StoreFault> {
    let mut days = load::days_on_disk(disk.as_ref(), dir)?;
    days.extend(in_memory.keys());
    days.sort_unstable();
    days.dedup();
    days.retain(|day| period.contains(*day));
    let months = if to.takes_months() { Some(Months::within(disk.as_ref(), dir, &days, in_memory, period)?) } else { None };
    let mut shown = None;
    for day in days {
        let month = Month::of_day(day);
        if shown == Some(month) {
            continue;
        }
        if to.begin(day).is_break() {
            break;
        }
        if let Some(sums) = months.as_ref().and_then(|months| months.of(month)) {
            to.month(month, &sums);
            shown = Some(month);
            continue;
        }
        match in_memory.get(&day) {
            Some(known) => known.show(day, to),
            None => load::show_day(disk.as_ref(), dir, day, to)?,
        }
    }
    Ok(())
}
