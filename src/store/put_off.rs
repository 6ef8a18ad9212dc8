//! Large files that change all the time are not written at every checkpoint: the journal has their changes, and it stays until they
//! are written too. On disk that looks like a checkpoint that was cut short after the other files, which is nothing new to whoever
//! reads the directory.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Live, files::DataFile, log::Log};

/// So long at most.
const LONGEST: TimeDelta = TimeDelta::minutes(10);
/// A journal of so many bytes is read at a start within a second.
const LONGEST_JOURNAL: u64 = 16_000_000;

/// What is known of files that may be put off.
#[derive(Debug)]
pub(super) struct PutOff {
    /// How many bytes each had when it was written last.
    sizes: BTreeMap<DataFile, u64>,
    /// When everything was written last.
    whole_at: DateTime<Utc>,
    /// Whether other programs read the files of days.
    is_shared: bool,
}

impl PutOff {
    /// Other programs read a directory; in a database nobody does, and what is written there goes over a network and is written ahead.
    pub(super) fn new(now: DateTime<Utc>, is_shared: bool) -> Self {
        Self { sizes: BTreeMap::new(), whole_at: now, is_shared }
    }

    pub(super) fn note_written(&mut self, file: DataFile, bytes: usize) {
        if self.may_wait(file) {
            self.sizes.insert(file, bytes as u64);
        }
    }

    /// Whether nobody but us reads it: files that other programs read are never far behind.
    fn may_wait(&self, file: DataFile) -> bool {
        matches!(file, DataFile::Study(_) | DataFile::Presence(_)) || (!self.is_shared && file.day().is_some())
    }

    /// Everything is written now.
    pub(super) fn note_whole(&mut self, now: DateTime<Utc>) {
        self.whole_at = now;
        // Files of days that are over don't come back.
        self.sizes.retain(|file, _| file.day().is_none_or(|day| now.date_naive() - day <= TimeDelta::days(7)));
    }
}

/// The files that had `large` bytes or more and can wait: until the journal has as many as they, so that at most twice as much is
/// written as changes.
pub(super) fn put_off(log: &Log, live: &Live, large: u64, now: DateTime<Utc>) -> BTreeSet<DataFile> {
    let PutOff { sizes, whole_at, .. } = &live.put_off;
    let size = |file: &DataFile| sizes.get(file).copied().filter(|bytes| *bytes >= large);
    let files: BTreeSet<DataFile> = live.dirty.iter().filter(|file| size(file).is_some()).copied().collect();
    let bytes: u64 = files.iter().filter_map(size).sum();
    let is_time = (now - whole_at).abs() >= LONGEST || log.journal.len() >= bytes.min(LONGEST_JOURNAL);
    if log.before_exists || is_time { BTreeSet::new() } else { files }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    #[test]
    fn days_wait_where_nobody_else_reads_them() {
        let day = NaiveDate::default();
        let of = |is_shared: bool, file: DataFile| PutOff::new(DateTime::default(), is_shared).may_wait(file);
        assert!(!of(true, DataFile::Stats(day)) && of(false, DataFile::Stats(day)));
        assert!(of(true, DataFile::Presence(day)) && of(false, DataFile::Presence(day)));
        assert!(!of(true, DataFile::Teachers) && !of(false, DataFile::Teachers));
    }
}
