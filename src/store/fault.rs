//! What can go wrong with the data directory, each with what to do about it.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{
    lock::Owner,
    postgres::{DatabaseFault, Holder},
};

/// A fault of the store. Its text names the path and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// Another process owns the directory.
    #[error("{} is in use by {}; stop that process first, or give this one another DATA_DIR", dir.display(), describe(owner.as_ref()))]
    InUse {
        /// The directory.
        dir: PathBuf,
        /// Who, as far as the lock file says.
        owner: Option<Owner>,
    },
    /// Another replica, or a command, writes the database.
    #[error("the database {database} is in use by {}", holder.name)]
    Held {
        /// The database.
        database: String,
        /// Who.
        holder: Holder,
    },
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseFault),
    /// The directory is missing.
    #[error("there is no directory {}; create it with `rollcall init`, or set DATA_DIR", .0.display())]
    Missing(PathBuf),
    /// The directory isn't where it was when the process began.
    #[error(
        "the data directory {} is gone: it was moved, deleted or unmounted; put it back, or stop this process and start it again",
        .0.display()
    )]
    Gone(PathBuf),
    /// A file isn't what it should be.
    #[error("{} can't be read: {why}; nothing was changed: mend the file, or put a copy from a backup in its place", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Line, column and reason.
        why: String,
    },
    /// A newer release wrote the directory.
    #[error("{} was written by a newer rollcall (format {found}, this one knows up to {known}); install the newer release", dir.display())]
    TooNew {
        /// The directory.
        dir: PathBuf,
        /// The directory's format.
        found: u32,
        /// The newest format that this release knows.
        known: u32,
    },
    /// An operation of the disk failed; what was acknowledged is safe, and it is tried again.
    #[error("can't {operation} {}: {why}", path.display())]
    Io {
        /// What was tried.
        operation: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's reason.
        #[source]
        why: io::Error,
    },
    /// The disk did not confirm a write. What it holds now is unknown; only a restart reads the truth.
    #[error("the disk failed to confirm a write to {}: {why}; the process has to end, and a restart continues from what is safe", path.display())]
    SyncFailed {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        why: io::Error,
    },
}

impl StoreFault {
    /// An operation that failed.
    pub fn io(operation: &'static str, path: &Path, why: io::Error) -> Self {
        Self::Io { operation, path: path.to_owned(), why }
    }

    /// Whether somebody else writes the repository, who takes orders.
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::InUse { .. } | Self::Held { .. })
    }

    /// Whether trying again later can help: the disk is full, a directory is gone for a while.
    pub fn may_heal(&self) -> bool {
        match self {
            Self::Io { .. } => !matches!(self.of_database(), Some(DatabaseFault::Fenced | DatabaseFault::TooNew { .. })),
            Self::Gone(_) => true,
            _ => false,
        }
    }

    /// What the database said, if it is its fault.
    pub fn of_database(&self) -> Option<&DatabaseFault> {
        match self {
            Self::Io { why, .. } => why.get_ref()?.downcast_ref(),
            Self::Database(fault) => Some(fault),
            _ => None,
        }
    }
}

fn describe(owner: Option<&Owner>) -> String {
    owner.map_or_else(|| "another process".to_owned(), |owner| format!("process {} (since {})", owner.pid, owner.since))
}
