//! A disk that fails on order: a library between a program and the system's calls, told by files that are there or not.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::preload;

pub(crate) struct BadDisk {
    dir: TempDir,
    library: PathBuf,
}

impl BadDisk {
    /// One that is well.
    pub(crate) fn new() -> Self {
        let dir = TempDir::new().expect("a directory");
        let library = preload::library("bad_disk", dir.path());
        // Others may run the program that it stands before.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("ours");
        Self { dir, library }
    }

    /// What a program has to be told, to have this disk.
    pub(crate) fn settings(&self) -> [(&'static str, &Path); 2] {
        [("LD_PRELOAD", &self.library), ("BAD_DISK", self.dir.path())]
    }

    /// From now on this goes wrong: `full`, `no_room`, `unsynced`.
    pub(crate) fn is(&self, how: &str) {
        fs::write(self.dir.path().join(how), "").expect("written");
    }

    pub(crate) fn is_no_longer(&self, how: &str) {
        fs::remove_file(self.dir.path().join(how)).expect("removed");
    }
}
