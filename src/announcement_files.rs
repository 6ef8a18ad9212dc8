//! Files of announcements on their way into the data directory, where the bot that sends them finds them.

use std::{fs, io, path::Path};

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
    Ok(KeptFile { kept, name: shown(name), as_photo })
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
    fn what_telegram_wont_take_is_refused_at_once() {
        let dir = TempDir::new().expect("a directory");
        assert!(matches!(keep(dir.path(), "a", b"", true), Err(FileFault::Empty)));
        assert!(matches!(keep(dir.path(), "a", &vec![0; LARGEST_PHOTO + 1], true), Err(FileFault::TooLarge(10))));
    }
}
