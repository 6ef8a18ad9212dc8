//! Files that nobody but their owner may read: keys, sealed or not.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
};

/// Writes a file whole: whoever reads it sees the old content or the new one, and a power cut leaves one of them.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("tmp");
    // Left by a crash, perhaps with wider rights.
    match fs::remove_file(&temporary) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
        Ok(()) | Err(_) => {}
    }
    let mut file = create(&temporary)?;
    file.write_all(content)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&temporary, path)?;
    sync_directory_of(path)
}

/// A new file, to be written piece by piece.
pub fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Removes a file for good; one that isn't there is no mistake.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(why) => Err(why),
        Ok(()) => sync_directory_of(path),
    }
}

/// The content of a file; `None` where there is none.
pub fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(why),
    }
}

/// Whether others may read it. Windows keeps rights elsewhere.
pub fn is_open_to_others(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).is_ok_and(|there| there.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// Makes a rename or a removal durable.
fn sync_directory_of(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(dir) = path.parent() {
        let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
        fs::File::open(dir)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn it_is_replaced_whole_and_only_for_its_owner() {
        let dir = TempDir::new().expect("a directory");
        let path = dir.path().join("key.json");
        assert_eq!(read(&path).expect("can be looked for"), None);
        for content in ["one", "two"] {
            fs::write(path.with_extension("tmp"), "left by a crash").expect("writes");
            replace(&path, content.as_bytes()).expect("writes");
            assert_eq!(read(&path).expect("reads").as_deref(), Some(content.as_bytes()));
        }
        assert!(!is_open_to_others(&path) && !path.with_extension("tmp").exists());
        remove(&path).expect("removes");
        remove(&path).expect("is gone already");
        assert!(!path.exists());
    }
}
