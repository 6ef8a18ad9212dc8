//! Files of announcements on their way into the data directory, where the bot that sends them finds them.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::{domain::jobs::KeptFile, private_file, secrets::token};

/// Files of announcements, below the data directory.
pub const FOLDER: &str = "announcements";

/// The largest file that Telegram takes from a bot, in bytes.
pub const LARGEST: usize = 50_000_000;
/// The largest photo.
pub const LARGEST_PHOTO: usize = 10_000_000;

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

/// Keeps a file until it is sent everywhere. Its name there is nobody's to guess; `name` is what receivers see.
pub fn keep(data_dir: &Path, name: &str, bytes: &[u8], as_photo: bool) -> Result<KeptFile, FileFault> {
    let most = if as_photo { LARGEST_PHOTO } else { LARGEST };
    if bytes.is_empty() {
        return Err(FileFault::Empty);
    }
    if bytes.len() > most {
        return Err(FileFault::TooLarge(most / 1_000_000));
    }
    let folder = data_dir.join(FOLDER);
    fs::create_dir_all(&folder)?;
    let (secret, _) = token::new().map_err(|why| io::Error::other(why.to_string()))?;
    let kept = format!("{secret}.bin");
    private_file::replace(&folder.join(&kept), bytes)?;
    Ok(KeptFile { kept, name: shown(name), as_photo, shared: None })
}

/// A file that arrives piece by piece. What isn't finished leaves nothing behind.
#[derive(Debug)]
pub struct Incoming {
    file: File,
    path: PathBuf,
    kept: String,
    size: usize,
    most: usize,
    is_whole: bool,
}

impl Incoming {
    /// Nothing of it has arrived yet.
    pub fn begin(data_dir: &Path, as_photo: bool) -> Result<Self, FileFault> {
        let folder = data_dir.join(FOLDER);
        fs::create_dir_all(&folder)?;
        let (secret, _) = token::new().map_err(|why| io::Error::other(why.to_string()))?;
        let kept = format!("{secret}.bin");
        let path = folder.join(&kept);
        let most = if as_photo { LARGEST_PHOTO } else { LARGEST };
        Ok(Self { file: private_file::create(&path)?, path, kept, size: 0, most, is_whole: false })
    }

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
        self.file.sync_all()?;
        self.is_whole = true;
        Ok(self.kept.clone())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.is_whole
            && let Err(why) = private_file::remove(&self.path)
        {
            tracing::warn!(%why, "a file that didn't arrive whole can't be deleted");
        }
    }
}

/// A file that arrived before, as a form names it; `None`: it isn't there, or was never one of these.
pub fn found(data_dir: &Path, kept: &str, name: &str, as_photo: bool) -> Option<KeptFile> {
    let is_ours = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
    let stem = kept.strip_suffix(".bin")?;
    let is_one = stem.len() == 43 && stem.bytes().all(is_ours) && data_dir.join(FOLDER).join(kept).is_file();
    is_one.then(|| KeptFile { kept: kept.to_owned(), name: shown(name), as_photo, shared: None })
}

/// The last part of a path, without what no file name has.
fn shown(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control() && *c != '"').take(120).collect();
    if clean.trim().is_empty() { "file".to_owned() } else { clean }
}

/// Deletes a kept file that nobody ordered to be sent after all.
pub fn forget(data_dir: &Path, file: &KeptFile) {
    if let Err(why) = private_file::remove(&data_dir.join(FOLDER).join(&file.kept)) {
        tracing::warn!(%why, "a file that isn't sent can't be deleted");
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_file_keeps_its_name_for_those_who_get_it_and_no_path() {
        let dir = TempDir::new().expect("a directory");
        let kept = keep(dir.path(), "../../etc/Jadval \u{2028}mart\n.pdf", b"x", false).expect("kept");
        assert_eq!(kept.name, "Jadval \u{2028}mart.pdf");
        let path = dir.path().join(FOLDER).join(&kept.kept);
        assert!(path.exists() && !private_file::is_open_to_others(&path));
        forget(dir.path(), &kept);
        assert!(!path.exists());
    }

    #[test]
    fn what_doesnt_arrive_whole_leaves_nothing() {
        let dir = TempDir::new().expect("a directory");
        let files = || fs::read_dir(dir.path().join(FOLDER)).expect("a folder").count();
        let mut whole = Incoming::begin(dir.path(), false).expect("begins");
        whole.add(b"half ").and_then(|()| whole.add(b"and half")).expect("written");
        let kept = whole.finish().expect("whole");
        let file = found(dir.path(), &kept, "../plan.pdf", false).expect("it is there");
        assert_eq!(
            (file.name.as_str(), fs::read(dir.path().join(FOLDER).join(&kept)).expect("reads")),
            ("plan.pdf", b"half and half".to_vec())
        );
        for gone in ["", "x.bin", "../teachers.json", &kept.replace(".bin", "")] {
            assert_eq!(found(dir.path(), gone, "x", false), None, "{gone}");
        }
        let mut broken = Incoming::begin(dir.path(), true).expect("begins");
        assert!(matches!(broken.add(&vec![0; LARGEST_PHOTO + 1]), Err(FileFault::TooLarge(10))));
        drop(broken);
        assert!(matches!(Incoming::begin(dir.path(), true).expect("begins").finish(), Err(FileFault::Empty)));
        assert_eq!(files(), 1);
    }

    #[test]
    fn what_telegram_wont_take_is_refused_at_once() {
        let dir = TempDir::new().expect("a directory");
        assert!(matches!(keep(dir.path(), "a", b"", true), Err(FileFault::Empty)));
        assert!(matches!(keep(dir.path(), "a", &vec![0; LARGEST_PHOTO + 1], true), Err(FileFault::TooLarge(10))));
    }
}
