//! The files of the chats that bots are in: `chats/`. What is known of each in one, numbers by day in one a month.
//!
//! The months that statistics look back on are in memory. A change to an older one brings it back first, and it leaves again
//! once it is written.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Store, StoreFault,
    disk::Disk,
    files::{DataFile, parse, pretty},
    load,
};
use crate::domain::{
    change::Change,
    chats::{ChatChange, Chats},
    period::Month,
    state::State,
};

/// Where they are, below the data directory.
pub(super) const FOLDER: &str = "chats";
/// Growth is told over 30 days, which three months always hold.
const MONTHS: usize = 3;
/// For so long after its end a month stays in memory.
const KEPT: TimeDelta = TimeDelta::days(40);

/// A file in `chats/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChatsFile {
    /// `chats/known.json`
    Known,
    /// `chats/wanted.json`
    Wanted,
    /// `chats/YYYY-MM.json`
    Month(Month),
}

impl ChatsFile {
    /// The file that a change concerns.
    pub(super) fn of(change: &ChatChange) -> Self {
        match change {
            ChatChange::Known(..) => Self::Known,
            ChatChange::Wanted(..) => Self::Wanted,
            ChatChange::Day(_, day, _) => Self::Month(Month::of_day(*day)),
        }
    }

    /// Where it is, below the data directory.
    pub(super) fn relative(self) -> PathBuf {
        let name = match self {
            Self::Known => "known.json".to_owned(),
            Self::Wanted => "wanted.json".to_owned(),
            Self::Month(month) => format!("{month}.json"),
        };
        Path::new(FOLDER).join(name)
    }

    /// Copies what it holds.
    pub(super) fn copy(self, from: &Chats, to: &mut Chats) {
        match self {
            Self::Known => to.known = from.known.clone(),
            Self::Wanted => to.wanted = from.wanted.clone(),
            Self::Month(month) => drop(to.months.insert(month, from.months.get(&month).cloned().unwrap_or_default())),
        }
    }

    /// Its content now.
    pub(super) fn render(self, chats: &Chats) -> Vec<u8> {
        match self {
            Self::Known => pretty(&chats.known),
            Self::Wanted => pretty(&chats.wanted),
            // Thousands of numbers, which nobody reads one below the other.
            Self::Month(month) => {
                let counts = chats.months.get(&month).cloned().unwrap_or_default();
                serde_json::to_vec(&counts).expect("our own maps have text keys")
            }
        }
    }

    /// Takes its content.
    pub(super) fn load(self, bytes: &[u8], chats: &mut Chats) -> Result<(), String> {
        match self {
            Self::Known => chats.known = parse(bytes)?,
            Self::Wanted => chats.wanted = parse(bytes)?,
            Self::Month(month) => drop(chats.months.insert(month, parse(bytes)?)),
        }
        Ok(())
    }
}

/// Reads the months that statistics look back on.
pub(super) fn load_newest(disk: &dyn Disk, dir: &Path, state: &mut State) -> Result<(), StoreFault> {
    for month in load::months_in(disk, &dir.join(FOLDER), ".json")?.into_iter().rev().take(MONTHS) {
        load_month(disk, dir, month, state)?;
    }
    Ok(())
}

/// Brings the month that a change concerns into memory unless it is there.
pub(super) fn load_for(disk: &dyn Disk, dir: &Path, change: &Change, state: &mut State) -> Result<(), StoreFault> {
    match change {
        Change::Chat(ChatChange::Day(_, day, _)) => load_month(disk, dir, Month::of_day(*day), state),
        _ => Ok(()),
    }
}

fn load_month(disk: &dyn Disk, dir: &Path, month: Month, state: &mut State) -> Result<(), StoreFault> {
    if state.chats.months.contains_key(&month) {
        return Ok(());
    }
    load::load_file(disk, dir, DataFile::Chats(ChatsFile::Month(month)), state, &mut Default::default())
}

/// Drops months from memory that nothing looks back on and no file waits for.
pub(super) fn forget_old_months(chats: &mut Chats, dirty: &BTreeSet<DataFile>, now: DateTime<Utc>) {
    let oldest = Month::of(now - KEPT);
    chats.months.retain(|month, _| *month >= oldest || dirty.contains(&DataFile::Chats(ChatsFile::Month(*month))));
}

impl Store {
    /// Brings every month of chats' numbers into memory, for a decision that concerns all of them: what it doesn't change leaves
    /// with the next checkpoint.
    pub fn recall_chats(&self) -> Result<(), StoreFault> {
        let (disk, dir) = (self.shared.disk.as_ref(), &self.shared.dir);
        let months = load::months_in(disk, &dir.join(FOLDER), ".json")?;
        self.in_place()?;
        let mut live = self.live();
        months.into_iter().try_for_each(|month| load_month(disk, dir, month, &mut live.state))
    }

    /// Brings the month that a change concerns into memory unless it is there.
    pub(super) fn recall_for(&self, change: &Change, state: &mut State) -> Result<(), StoreFault> {
        load_for(self.shared.disk.as_ref(), &self.shared.dir, change, state)
    }
}
