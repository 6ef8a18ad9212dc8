//! Who owns a data directory.
//!
//! `rollcall.lock` is held for life by the one process that writes; its content says who that is.
//! `checkpoint.lock` is held shared by readers while they load, and exclusively while files are replaced,
//! so that a reader never sees half a checkpoint.

use std::{
    fs::{File, Metadata, OpenOptions},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use fs4::FileExt;
use serde::{Deserialize, Serialize};

use super::fault::StoreFault;

const OWNER: &str = "rollcall.lock";
const CHECKPOINT: &str = "checkpoint.lock";

/// Who holds a data directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Process id.
    pub pid: u32,
    /// When it took the directory, RFC 3339.
    pub since: String,
}

/// A locked file. It is unlocked, not only closed: a child process that is just being started still has it open.
#[derive(Debug)]
struct Locked(File);

impl Drop for Locked {
    fn drop(&mut self) {
        let _ = FileExt::unlock(&self.0);
    }
}

/// Ownership of a data directory; ends when dropped or when the process dies.
#[derive(Debug)]
pub struct DirectoryLock {
    file: Locked,
}

impl DirectoryLock {
    /// Takes the directory, or says who has it.
    pub fn take(dir: &Path, owner: &Owner) -> Result<Self, StoreFault> {
        Self::take_file(dir, OWNER, owner)
    }

    /// Takes something else in the directory that one process may have, by its lock file.
    pub fn take_file(dir: &Path, name: &str, owner: &Owner) -> Result<Self, StoreFault> {
        let path = dir.join(name);
        let mut file = open(&path)?;
        if FileExt::try_lock(&file).is_err() {
            return Err(StoreFault::InUse { dir: dir.to_owned(), owner: read_owner(&mut file) });
        }
        let mut file = Locked(file);
        let line = serde_json::to_string(owner).expect("an owner is JSON");
        let written = file.0.set_len(0).and_then(|()| file.0.rewind()).and_then(|()| file.0.write_all(line.as_bytes()));
        written.map_err(|why| StoreFault::io("write", &path, why))?;
        Ok(Self { file })
    }

    /// Whether `dir` is still the directory that was taken: it may have been moved, deleted, or unmounted with an empty one
    /// left in its place, and what is written through open files then is not where a restart looks.
    pub fn is_in_place(&self, dir: &Path) -> bool {
        match (self.file.0.metadata(), std::fs::metadata(dir.join(OWNER))) {
            (Ok(ours), Ok(there)) => is_same(&ours, &there),
            _ => false,
        }
    }

    /// Who has the directory now, if anybody.
    pub fn owner(dir: &Path) -> Result<Option<Owner>, StoreFault> {
        Self::owner_of_file(dir, OWNER)
    }

    /// Who holds this lock file now.
    pub fn owner_of_file(dir: &Path, name: &str) -> Result<Option<Owner>, StoreFault> {
        let path = dir.join(name);
        if !path.exists() {
            return Ok(None);
        }
        let mut file = open(&path)?;
        match FileExt::try_lock_shared(&file) {
            Ok(()) => {
                drop(Locked(file));
                Ok(None)
            }
            Err(_) => Ok(Some(read_owner(&mut file).unwrap_or_default())),
        }
    }
}

/// The lock between a checkpoint and readers.
#[derive(Debug)]
pub struct CheckpointLock {
    _file: Locked,
}

impl CheckpointLock {
    /// For reading: waits while a checkpoint replaces files. `None` where the directory can't be written to
    /// (a copy on read-only media): then nobody replaces anything either.
    pub fn shared(dir: &Path) -> Result<Option<Self>, StoreFault> {
        let path = dir.join(CHECKPOINT);
        let file = match OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path) {
            Ok(file) => file,
            Err(why) if matches!(why.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) => {
                return Ok(None);
            }
            Err(why) => return Err(StoreFault::io("open", &path, why)),
        };
        FileExt::lock_shared(&file).map_err(|why| StoreFault::io("lock", &path, why))?;
        Ok(Some(Self { _file: Locked(file) }))
    }

    /// For replacing files: waits for readers.
    pub fn exclusive(dir: &Path) -> Result<Self, StoreFault> {
        let path = dir.join(CHECKPOINT);
        let file = open(&path)?;
        FileExt::lock(&file).map_err(|why| StoreFault::io("lock", &path, why))?;
        Ok(Self { _file: Locked(file) })
    }
}

/// The lock files, which a backup leaves out.
pub fn lock_files(dir: &Path) -> [PathBuf; 2] {
    [dir.join(OWNER), dir.join(CHECKPOINT)]
}

#[cfg(unix)]
fn is_same(ours: &Metadata, there: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (ours.dev(), ours.ino()) == (there.dev(), there.ino())
}

/// Windows lets nobody move a directory in which a file is open.
#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

fn open(path: &Path) -> Result<File, StoreFault> {
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    opened.map_err(|why| StoreFault::io("open", path, why))
}

fn read_owner(file: &mut File) -> Option<Owner> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}
