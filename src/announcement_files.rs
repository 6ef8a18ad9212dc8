//! Files of announcements on their way to where the bot that sends them finds them: in the data directory, or in the database, where
//! whichever replica works then finds them too.

use std::{
    collections::BTreeSet,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use crate::{
    domain::jobs::KeptFile,
    secrets::token,
    store::{
        ANNOUNCEMENTS, Home, Store,
        disk::{DiskFile, SharedDisk},
    },
};

/// The largest file that Telegram takes from a bot, in bytes.
pub const LARGEST: usize = 50_000_000;
/// The largest photo.
pub const LARGEST_PHOTO: usize = 10_000_000;

/// A file that nobody ordered to be sent within this time is nobody's.
const ORPHAN: Duration = Duration::from_secs(3_600);

/// Why a file can't be sent.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// Nothing is in it.
    #[error("the file is empty; Telegram takes none such")]
    Empty,
    /// Telegram doesn't take it.
    #[error("the file is too large: Telegram takes {0} MB from a bot; send a smaller one, or a photo as a document")]
    TooLarge(usize),
    /// It didn't arrive whole.
    #[error("the file didn't arrive whole; try again")]
    BrokenOff,
    /// The disk.
    #[error("can't keep the file: {0}")]
    Io(#[from] io::Error),
}

/// The files that a repository keeps. Each call takes as long as the disk or the database does.
#[derive(Clone, Debug)]
pub struct AnnouncementFiles {
    disk: SharedDisk,
    folder: PathBuf,
}

impl AnnouncementFiles {
    /// Those of a running bot.
    pub fn of(store: &Store) -> Self {
        Self::on(store.disk().clone(), store.dir())
    }

    /// Those of a repository that another process may be running on.
    pub fn at(home: &Home) -> Self {
        Self::on(home.disk(), home.dir())
    }

    fn on(disk: SharedDisk, data_dir: &Path) -> Self {
        Self { disk, folder: data_dir.join(ANNOUNCEMENTS) }
    }

    /// Keeps a file until it is sent everywhere. Its name there is nobody's to guess; `name` is what receivers see.
    pub fn keep(&self, name: &str, bytes: &[u8], as_photo: bool) -> Result<KeptFile, FileFault> {
        let mut file = self.begin(as_photo)?;
        file.add(bytes)?;
        Ok(KeptFile { kept: file.finish()?, name: shown(name), as_photo, shared: None })
    }

    /// A file of which nothing has arrived yet.
    pub fn begin(&self, as_photo: bool) -> Result<Incoming, FileFault> {
        self.disk.create_dir_all(&self.folder)?;
        let (secret, _) = token::new().map_err(|why| io::Error::other(why.to_string()))?;
        let path = self.folder.join(format!("{secret}.tmp"));
        let file = self.disk.create_private(&path)?;
        let most = if as_photo { LARGEST_PHOTO } else { LARGEST };
        Ok(Incoming { files: self.clone(), file, path, kept: format!("{secret}.bin"), size: 0, most, is_whole: false })
    }

    /// A file that arrived before, as a form names it; `None`: it isn't there, or was never one of these.
    pub fn found(&self, kept: &str, name: &str, as_photo: bool) -> Option<KeptFile> {
        let is_ours = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
        let stem = kept.strip_suffix(".bin")?;
        let is_one = stem.len() == 43 && stem.bytes().all(is_ours) && self.disk.stamp(&self.folder.join(kept)).is_ok();
        is_one.then(|| KeptFile { kept: kept.to_owned(), name: shown(name), as_photo, shared: None })
    }

    /// What is in a file.
    pub fn read(&self, kept: &str) -> io::Result<Vec<u8>> {
        self.disk.read(&self.folder.join(kept))
    }

    /// Deletes a kept file that nobody ordered to be sent after all.
    pub fn forget(&self, file: &KeptFile) {
        if let Err(why) = self.remove(&self.folder.join(&file.kept)) {
            tracing::warn!(%why, "a file that isn't sent can't be deleted");
        }
    }

    /// Deletes files that no announcement names: at once those that one did name `before`, others when they are old.
    pub fn tidy(&self, named: &BTreeSet<String>, before: &BTreeSet<String>, now: SystemTime) -> io::Result<()> {
        let paths = match self.disk.list(&self.folder) {
            Ok(paths) => paths,
            Err(why) if why.kind() == ErrorKind::NotFound => return Ok(()),
            Err(why) => return Err(why),
        };
        for path in paths {
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if named.contains(name) {
                continue;
            }
            let age = self.disk.stamp(&path).ok().and_then(|(written, _)| now.duration_since(written).ok());
            if before.contains(name) || age.is_some_and(|age| age > ORPHAN) {
                self.remove(&path)?;
            }
        }
        Ok(())
    }

    /// One that isn't there is no mistake.
    fn remove(&self, path: &Path) -> io::Result<()> {
        match self.disk.remove(path) {
            Err(why) if why.kind() == ErrorKind::NotFound => Ok(()),
            Err(why) => Err(why),
            Ok(()) => self.disk.sync_dir(&self.folder),
        }
    }
}

/// A file that arrives piece by piece. What isn't finished leaves nothing behind.
#[derive(Debug)]
pub struct Incoming {
    files: AnnouncementFiles,
    file: Box<dyn DiskFile>,
    path: PathBuf,
    kept: String,
    size: usize,
    most: usize,
    is_whole: bool,
}

impl Incoming {
    /// Adds a piece.
    pub fn add(&mut self, piece: &[u8]) -> Result<(), FileFault> {
        self.size += piece.len();
        if self.size > self.most {
            return Err(FileFault::TooLarge(self.most / 1_000_000));
        }
        Ok(self.file.write_all(piece)?)
    }

    /// All of it has arrived and is safe; its name in the folder.
    pub fn finish(mut self) -> Result<String, FileFault> {
        if self.size == 0 {
            return Err(FileFault::Empty);
        }
        self.file.sync()?;
        let AnnouncementFiles { disk, folder } = &self.files;
        disk.rename(&self.path, &folder.join(&self.kept))?;
        self.is_whole = true;
        disk.sync_dir(folder)?;
        Ok(self.kept.clone())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.is_whole
            && let Err(why) = self.files.remove(&self.path)
        {
            tracing::warn!(%why, "a file that didn't arrive whole can't be deleted");
        }
    }
}

/// The last part of a path, without what no file name has.
fn shown(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control() && *c != '"').take(120).collect();
    if clean.trim().is_empty() { "file".to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;
    use crate::private_file;

    fn files(dir: &TempDir) -> AnnouncementFiles {
        AnnouncementFiles::at(&Home::directory(dir.path()))
    }

    #[test]
    fn a_file_keeps_its_name_for_those_who_get_it_and_no_path() {
        let dir = TempDir::new().expect("a directory");
        let kept = files(&dir).keep("../../etc/Jadval \u{2028}mart\n.pdf", b"x", false).expect("kept");
        assert_eq!(kept.name, "Jadval \u{2028}mart.pdf");
        let path = dir.path().join(ANNOUNCEMENTS).join(&kept.kept);
        assert!(path.exists() && !private_file::is_open_to_others(&path));
        files(&dir).forget(&kept);
        assert!(!path.exists());
    }

    #[test]
    fn what_doesnt_arrive_whole_leaves_nothing() {
        let dir = TempDir::new().expect("a directory");
        let (files, in_folder) = (files(&dir), || fs::read_dir(dir.path().join(ANNOUNCEMENTS)).expect("a folder").count());
        let mut whole = files.begin(false).expect("begins");
        whole.add(b"half ").and_then(|()| whole.add(b"and half")).expect("written");
        let kept = whole.finish().expect("whole");
        let file = files.found(&kept, "../plan.pdf", false).expect("it is there");
        assert_eq!((file.name.as_str(), files.read(&kept).expect("reads")), ("plan.pdf", b"half and half".to_vec()));
        for gone in ["", "x.bin", "../teachers.json", &kept.replace(".bin", "")] {
            assert_eq!(files.found(gone, "x", false), None, "{gone}");
        }
        let mut broken = files.begin(true).expect("begins");
        assert!(matches!(broken.add(&vec![0; LARGEST_PHOTO + 1]), Err(FileFault::TooLarge(10))));
        drop(broken);
        assert!(matches!(files.begin(true).expect("begins").finish(), Err(FileFault::Empty)));
        assert_eq!(in_folder(), 1);
    }

    #[test]
    fn what_nobody_names_any_more_goes() {
        let dir = TempDir::new().expect("a directory");
        let files = files(&dir);
        let [waits, is_over, is_new] =
            ["waits", "is over", "is new"].map(|name| files.keep(name, b"x", false).expect("kept").kept);
        let (named, before) = (BTreeSet::from([waits.clone()]), BTreeSet::from([waits.clone(), is_over.clone()]));
        let now = fs::metadata(dir.path().join(ANNOUNCEMENTS).join(&is_new)).and_then(|data| data.modified()).expect("a time");
        files.tidy(&named, &before, now).expect("tidied");
        let is_there = |kept: &String| files.read(kept).is_ok();
        assert_eq!([is_there(&waits), is_there(&is_over), is_there(&is_new)], [true, false, true]);
        files.tidy(&named, &named, now + ORPHAN * 2).expect("tidied");
        assert_eq!([is_there(&waits), is_there(&is_new)], [true, false]);
    }

    #[test]
    fn what_telegram_wont_take_is_refused_at_once() {
        let dir = TempDir::new().expect("a directory");
        assert!(matches!(files(&dir).keep("a", b"", true), Err(FileFault::Empty)));
        assert!(matches!(files(&dir).keep("a", &vec![0; LARGEST_PHOTO + 1], true), Err(FileFault::TooLarge(10))));
    }
}
