//! Where a repository is.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    disk::{RealDisk, SharedDisk},
    postgres::{Database, DatabaseDisk},
};

/// A directory; or a database, with a directory for what stays on this machine: the user session, sealed secrets, quarantined updates.
#[derive(Clone, Debug)]
pub struct Home {
    dir: PathBuf,
    database: Option<Database>,
}

impl Home {
    /// All in a directory.
    pub fn directory(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), database: None }
    }

    /// In a database.
    pub fn database(database: Database, dir: &Path) -> Self {
        Self { dir: dir.to_owned(), database: Some(database) }
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The database, where there is one.
    pub fn in_database(&self) -> Option<&Database> {
        self.database.as_ref()
    }

    /// What it is, for people.
    pub fn kind(&self) -> &'static str {
        if self.database.is_some() { "database" } else { "data directory" }
    }

    /// What the repository's files are on.
    pub fn disk(&self) -> SharedDisk {
        match &self.database {
            Some(database) => Arc::new(DatabaseDisk::new(database.clone(), &self.dir)),
            None => Arc::new(RealDisk),
        }
    }
}
