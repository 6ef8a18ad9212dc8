//! A data directory as one file, and back. The archive is a `tar` in `zstd`, with a manifest first.
//!
//! Beside a running daemon a backup is one moment of the directory: no file is replaced while the shared lock is held, and
//! the journal, which goes on growing, is whole up to where it was read.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Component, Path, PathBuf},
};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        day::DaySink,
        ids::{ChatId, TeacherId},
        period::Period,
        tally::Tally,
    },
    store::{CheckpointLock, DirectoryLock, FORMAT, Home, JOURNAL_FILES, Owner, Reader, StoreFault, copy, lock_files},
};

/// The first entry of every archive.
const MANIFEST: &str = "rollcall-backup.json";
/// The version of the archive's own layout.
const ARCHIVE_FORMAT: u32 = 1;
/// zstd's own default: as fast as the disk, and JSON shrinks to a twentieth.
const LEVEL: i32 = 3;
/// Not part of the data: orders wait for the daemon of this very directory, the webhook's secret is made anew, and when this
/// directory was last alive says nothing about another one. The user session is a key to an account, and ends when it is
/// used from two places: whoever restores logs in anew. What people research is theirs, with keys to their accounts.
const LEFT_OUT: [&str; 12] = [
    // Added up anew.
    "sums",
    "orders",
    "research",
    ".gitkeep",
    "webhook.json",
    "alive",
    STAGING,
    "session.json",
    "session.tmp",
    "session.lock",
    "session-state.json",
    "session-pace.json",
];
/// Nobody else may read these files, and what is in these folders.
const PRIVATE: [&str; 5] = ["web", "jobs", "announcements", "commands", "state/forms.json"];
/// Where a restore unpacks, below the directory that it fills.
const STAGING: &str = ".restoring";

/// What an archive says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the archive's layout.
    pub archive_format: u32,
    /// Version of the data directory's format.
    pub data_format: u32,
    /// The release that wrote it.
    pub rollcall: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// How many files there are besides this one.
    pub files: u64,
}

/// What can go wrong, each with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum BackupFault {
    /// An operation of the disk failed.
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
    /// A backup must not replace another file.
    #[error("{} exists already; name another file", .0.display())]
    Exists(PathBuf),
    /// A restore must not mix with other data.
    #[error("{} isn't empty; restore into an empty or absent directory (`--data-dir`), then move it", .0.display())]
    NotEmpty(PathBuf),
    /// Something else than a backup, or a damaged one.
    #[error("{} is no whole backup of rollcall: {why}; nothing was restored", path.display())]
    NotABackup {
        /// The archive.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A newer release wrote it.
    #[error("{} was written by a newer rollcall ({release}); install that release to restore it", path.display())]
    TooNew {
        /// The archive.
        path: PathBuf,
        /// The release.
        release: String,
    },
    /// The data directory can't be read or is in use.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Who is told after each file how many of how many are done.
pub type Step<'a> = dyn FnMut(u64, u64) + 'a;

/// Writes a repository into `archive`, also beside a running daemon. Takes as long as reading everything does.
pub fn create(home: &Home, archive: &Path, now: DateTime<Utc>, step: &mut Step<'_>) -> Result<Manifest, BackupFault> {
    if home.in_database().is_none() {
        return create_of(home.dir(), archive, now, step);
    }
    // What a database has becomes a directory beside the archive for a while.
    let aside = with_suffix(archive, ".files");
    fs::create_dir_all(&aside).map_err(|why| fault("create", &aside, why))?;
    let copied = copy::at_one_moment(home, &Home::directory(&aside)).map_err(BackupFault::from);
    let written = copied.and_then(|()| create_of(&aside, archive, now, step));
    // Only tidying.
    drop(fs::remove_dir_all(&aside));
    written
}

fn create_of(dir: &Path, archive: &Path, now: DateTime<Utc>, step: &mut Step<'_>) -> Result<Manifest, BackupFault> {
    if archive.exists() {
        return Err(BackupFault::Exists(archive.to_owned()));
    }
    // Says so now if anything can't be read, instead of at the restore.
    drop(Reader::open(dir)?);
    let temporary = with_suffix(archive, ".part");
    let written = write_archive(dir, &temporary, now, step);
    match &written {
        Ok(_) => fs::rename(&temporary, archive).map_err(|why| fault("rename", &temporary, why))?,
        // The error to report is the one before; what is left of the file is only in the way.
        Err(_) => drop(fs::remove_file(&temporary)),
    }
    written
}

/// What is changed in the data before it is where a bot could find it.
pub type Prepare<'a> = dyn FnMut(&Path) -> Result<(), StoreFault> + 'a;

/// Fills `dir`, which must be empty or absent, from an archive, and checks that everything in it can be read.
pub fn restore(
    archive: &Path,
    dir: &Path,
    now: DateTime<Utc>,
    prepare: &mut Prepare<'_>,
    step: &mut Step<'_>,
) -> Result<Manifest, BackupFault> {
    let file = File::open(archive).map_err(|why| fault("open", archive, why))?;
    fs::create_dir_all(dir).map_err(|why| fault("create", dir, why))?;
    if !is_empty(dir)? {
        return Err(BackupFault::NotEmpty(dir.to_owned()));
    }
    let _lock = DirectoryLock::take(dir, &Owner { pid: std::process::id(), since: now.to_rfc3339() })?;
    let staging = dir.join(STAGING);
    let restored = unpack(archive, file, &staging, step).and_then(|manifest| {
        prepare(&staging)?;
        check(&staging)?;
        move_up(&staging, dir)?;
        Ok(manifest)
    });
    if restored.is_err() {
        // As above: only tidying.
        drop(fs::remove_dir_all(&staging));
    }
    restored
}

/// Moves what isn't the repository's (words for boards) to where nothing has its name: it stays on the machine.
pub fn move_others(from: &Path, to: &Path) -> Result<(), BackupFault> {
    let of_repository = copy::files(&Home::directory(from))?;
    for relative in data_files(from)?.into_iter().filter(|file| !of_repository.contains(file)) {
        let (here, there) = (from.join(&relative), to.join(&relative));
        if !there.exists() {
            let folder = there.parent().expect("it lies below the data directory");
            fs::create_dir_all(folder).map_err(|why| fault("create", folder, why))?;
            fs::rename(&here, &there).map_err(|why| fault("rename", &here, why))?;
        }
    }
    Ok(())
}

/// Whether nothing is in a directory that a restore could mix with.
pub fn is_empty(dir: &Path) -> Result<bool, BackupFault> {
    let locks = lock_files(dir);
    for entry in fs::read_dir(dir).map_err(|why| fault("list", dir, why))? {
        let path = entry.map_err(|why| fault("list", dir, why))?.path();
        if !locks.contains(&path) && path.file_name().is_none_or(|name| name != ".gitkeep") {
            return Ok(false);
        }
    }
    Ok(true)
}

fn write_archive(dir: &Path, temporary: &Path, now: DateTime<Utc>, step: &mut Step<'_>) -> Result<Manifest, BackupFault> {
    let written = |why| fault("write", temporary, why);
    let file = File::create_new(temporary).map_err(written)?;
    let mut encoder = zstd::Encoder::new(file, LEVEL).map_err(written)?;
    encoder.include_checksum(true).map_err(written)?;
    let mut tar = tar::Builder::new(encoder);
    let _lock = CheckpointLock::shared(dir)?;
    let journals = journals(dir)?;
    let files = data_files(dir)?;
    let manifest = Manifest {
        archive_format: ARCHIVE_FORMAT,
        data_format: FORMAT,
        rollcall: env!("CARGO_PKG_VERSION").to_owned(),
        created_at: now,
        files: (files.len() + journals.len()) as u64,
    };
    let json = serde_json::to_vec_pretty(&manifest).expect("a manifest is JSON");
    append(&mut tar, Path::new(MANIFEST), &json, now).map_err(written)?;
    for (done, relative) in (1..).zip(files) {
        let path = dir.join(&relative);
        let content = fs::read(&path).map_err(|why| fault("read", &path, why))?;
        append(&mut tar, &relative, &content, now).map_err(written)?;
        step(done, manifest.files);
    }
    for (name, content) in journals {
        append(&mut tar, Path::new(name), &content, now).map_err(written)?;
    }
    let file = tar.into_inner().and_then(zstd::Encoder::finish).map_err(written)?;
    file.sync_all().map_err(written)?;
    Ok(manifest)
}

fn append<W: io::Write>(tar: &mut tar::Builder<W>, path: &Path, content: &[u8], now: DateTime<Utc>) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o600);
    header.set_mtime(now.timestamp().unsigned_abs());
    tar.append_data(&mut header, path, content)
}

/// The journals' bytes at one moment. A checkpoint may set the journal aside while they are read, once at most, because
/// finishing it takes the lock that we hold: then they are read again.
fn journals(dir: &Path) -> Result<Vec<(&'static str, Vec<u8>)>, BackupFault> {
    let [before, current] = JOURNAL_FILES;
    loop {
        let had_before = dir.join(before).exists();
        let mut found = Vec::new();
        for name in [before, current] {
            let path = dir.join(name);
            match fs::read(&path) {
                Ok(bytes) => found.push((name, bytes)),
                Err(why) if why.kind() == io::ErrorKind::NotFound => {}
                Err(why) => return Err(fault("read", &path, why)),
            }
        }
        if dir.join(before).exists() == had_before {
            return Ok(found);
        }
    }
}

/// All files but the journals and what isn't data, relative to `dir`, sorted.
fn data_files(dir: &Path) -> Result<Vec<PathBuf>, BackupFault> {
    let mut files = Vec::new();
    let mut directories = vec![PathBuf::new()];
    while let Some(sub) = directories.pop() {
        let listed = dir.join(&sub);
        for entry in fs::read_dir(&listed).map_err(|why| fault("list", &listed, why))? {
            let entry = entry.map_err(|why| fault("list", &listed, why))?;
            let relative = sub.join(entry.file_name());
            let kind = entry.file_type().map_err(|why| fault("look at", &entry.path(), why))?;
            if is_left_out(dir, &relative) {
                continue;
            }
            if kind.is_dir() {
                directories.push(relative);
            } else if kind.is_file() {
                files.push(relative);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn is_left_out(dir: &Path, relative: &Path) -> bool {
    LEFT_OUT.iter().chain(&JOURNAL_FILES).any(|name| relative == Path::new(name))
        || lock_files(dir).contains(&dir.join(relative))
        || relative.extension().is_some_and(|extension| extension == "tmp")
}

fn unpack(archive: &Path, file: File, staging: &Path, step: &mut Step<'_>) -> Result<Manifest, BackupFault> {
    let damaged = |why: String| BackupFault::NotABackup { path: archive.to_owned(), why };
    let decoder = zstd::Decoder::new(file).map_err(|why| damaged(why.to_string()))?;
    let mut tar = tar::Archive::new(decoder);
    let mut entries = tar.entries().map_err(|why| damaged(why.to_string()))?;
    let manifest = match entries.next() {
        Some(Ok(entry)) => read_manifest(archive, entry)?,
        Some(Err(why)) => return Err(damaged(why.to_string())),
        None => return Err(damaged("it is empty".to_owned())),
    };
    let mut files = 0;
    for entry in entries {
        let mut entry = entry.map_err(|why| damaged(why.to_string()))?;
        let relative = entry.path().map_err(|why| damaged(why.to_string()))?.into_owned();
        if !entry.header().entry_type().is_file() || !is_harmless(&relative) {
            return Err(damaged(format!("the entry {} is none that a backup holds", relative.display())));
        }
        let path = staging.join(&relative);
        let parent = path.parent().expect("it lies below the staging directory");
        fs::create_dir_all(parent).map_err(|why| fault("create", parent, why))?;
        let mut output = create_file(&path, PRIVATE.iter().any(|folder| relative.starts_with(folder)))
            .map_err(|why| fault("create", &path, why))?;
        // Reading and writing fail alike here; a damaged archive is by far the likelier one, and the reason tells.
        io::copy(&mut entry, &mut output).map_err(|why| damaged(format!("{}: {why}", relative.display())))?;
        output.sync_all().map_err(|why| fault("write", &path, why))?;
        files += 1;
        step(files, manifest.files);
    }
    // The archive's end comes before the checksum over all of it.
    io::copy(&mut tar.into_inner(), &mut io::sink()).map_err(|why| damaged(why.to_string()))?;
    if files != manifest.files {
        return Err(damaged(format!("it has {files} of {} files", manifest.files)));
    }
    fs::create_dir_all(staging).map_err(|why| fault("create", staging, why))?;
    Ok(manifest)
}

/// A new file; a private one only for its owner.
fn create_file(path: &Path, is_private: bool) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if is_private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = is_private;
    options.open(path)
}

fn read_manifest(archive: &Path, mut entry: tar::Entry<'_, impl Read>) -> Result<Manifest, BackupFault> {
    let damaged = |why: String| BackupFault::NotABackup { path: archive.to_owned(), why };
    if entry.path().map_err(|why| damaged(why.to_string()))? != Path::new(MANIFEST) {
        return Err(damaged(format!("it doesn't begin with {MANIFEST}")));
    }
    let mut json = Vec::new();
    entry.read_to_end(&mut json).map_err(|why| damaged(why.to_string()))?;
    let manifest: Manifest = serde_json::from_slice(&json).map_err(|why| damaged(format!("{MANIFEST}: {why}")))?;
    if manifest.archive_format > ARCHIVE_FORMAT || manifest.data_format > FORMAT {
        return Err(BackupFault::TooNew { path: archive.to_owned(), release: manifest.rollcall });
    }
    Ok(manifest)
}

/// Whether a path stays below the directory that it is joined to.
fn is_harmless(path: &Path) -> bool {
    path.components().all(|part| matches!(part, Component::Normal(_))) && path.components().next().is_some()
}

/// Looks at nothing: reading is the check.
struct Nobody;

impl DaySink for Nobody {
    fn cell(&mut self, _: NaiveDate, _: ChatId, _: TeacherId, _: &Tally) {}
}

/// Reads everything once.
fn check(dir: &Path) -> Result<(), BackupFault> {
    let reader = Reader::open(dir)?;
    if let (Some(first), Some(last)) = (reader.days()?.first(), reader.days()?.last()) {
        // A directory of more than ten years is checked for its last ten.
        let period = Period::new(*first, *last).unwrap_or_else(|_| Period::last_days(*last, Period::MAX_DAYS as u64));
        reader.show_days(period, &mut Nobody)?;
    }
    for lock in lock_files(dir) {
        if lock.exists() {
            fs::remove_file(&lock).map_err(|why| fault("remove", &lock, why))?;
        }
    }
    Ok(())
}

fn move_up(staging: &Path, dir: &Path) -> Result<(), BackupFault> {
    for entry in fs::read_dir(staging).map_err(|why| fault("list", staging, why))? {
        let entry = entry.map_err(|why| fault("list", staging, why))?;
        let to = dir.join(entry.file_name());
        fs::rename(entry.path(), &to).map_err(|why| fault("rename", &entry.path(), why))?;
    }
    fs::remove_dir(staging).map_err(|why| fault("remove", staging, why))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn fault(operation: &'static str, path: &Path, why: io::Error) -> BackupFault {
    BackupFault::Io { operation, path: path.to_owned(), why }
}

#[cfg(test)]
#[path = "backup_tests.rs"]
mod tests;
