//! A time of day that stands until the test moves it, for all replicas of a school.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};

use crate::preload;

/// A library between the program and the system's clock, and the file that it reads the time from.
pub(crate) struct Clock {
    library: PathBuf,
    file: PathBuf,
}

impl Clock {
    /// A clock below this directory.
    pub(crate) fn new(dir: &Path, at: DateTime<Utc>) -> Self {
        let clock = Self { library: preload::library("test_clock", dir), file: dir.join("clock") };
        File::create(&clock.file).expect("a file");
        clock.set(at);
        clock
    }

    /// It is now so late, for all.
    pub(crate) fn set(&self, at: DateTime<Utc>) {
        let file = File::options().write(true).open(&self.file).expect("a file");
        // Whole seconds, written at once: nobody reads half of it.
        file.write_all_at(&at.timestamp().to_ne_bytes(), 0).expect("writes");
    }

    /// What a program has to be told, to go by this clock.
    pub(crate) fn settings(&self) -> [(&'static str, &Path); 2] {
        [("LD_PRELOAD", &self.library), ("TEST_CLOCK", &self.file)]
    }
}
