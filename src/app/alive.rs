//! Until when the bot received: noted outside the journal, so that a quiet weekend doesn't look like an absence.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, TimeDelta, Utc};

/// Below the data directory.
const FILE: &str = "alive";
/// Between two writes: an absence is told in hours.
const EVERY: TimeDelta = TimeDelta::minutes(10);

/// The last moment at which receiving worked.
#[derive(Debug)]
pub(super) struct Alive {
    path: PathBuf,
    at: Option<DateTime<Utc>>,
    written: Option<DateTime<Utc>>,
}

impl Alive {
    /// As an earlier run left it; `known` is what else tells of life.
    pub(super) fn open(data_dir: &Path, known: Option<DateTime<Utc>>) -> Self {
        let path = data_dir.join(FILE);
        // A file that can't be read says nothing, and is written anew.
        let noted = fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok());
        Self { path, at: known.max(noted), written: None }
    }

    /// Receiving works now. Since when it was known to have worked before.
    pub(super) fn note(&mut self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let before = self.at.replace(now);
        if self.written.is_none_or(|written| (now - written).abs() >= EVERY) {
            self.written = Some(now);
            // Not synced, since everything waits for this thread: a missing one is only less exact. That the disk is full is
            // said elsewhere.
            drop(self.write(now));
        }
        before
    }

    fn write(&self, now: DateTime<Utc>) -> io::Result<()> {
        let temporary = self.path.with_extension("tmp");
        fs::write(&temporary, now.to_rfc3339())?;
        fs::rename(&temporary, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn it_is_known_to_ten_minutes_when_it_last_worked() {
        let dir = TempDir::new().expect("a directory");
        let at = |minutes: i64| DateTime::from_timestamp(60 * minutes, 0).expect("a time");
        let mut alive = Alive::open(dir.path(), None);
        assert_eq!(alive.note(at(100)), None);
        assert_eq!(alive.note(at(105)), Some(at(100)));
        assert_eq!(alive.note(at(111)), Some(at(105)));
        assert_eq!(alive.note(at(119)), Some(at(111)));
        assert_eq!(Alive::open(dir.path(), Some(at(200))).note(at(211)), Some(at(200)));
        assert_eq!(Alive::open(dir.path(), Some(at(90))).note(at(300)), Some(at(211)));
    }
}
