//! The one door to the disk. Its operations are as small as the ways in which a disk can fail,
//! so that a test can fail each of them in turn.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use chrono::NaiveDate;

use super::files::day_of_file;

/// The operations that the store needs.
pub trait Disk: Debug + Send + Sync + 'static {
    /// The whole content of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// The files directly in a directory, unordered.
    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>>;
    /// Makes a directory and those above it.
    fn create_dir_all(&self, dir: &Path) -> io::Result<()>;
    /// Opens a file for writing, emptied.
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// The same, for nobody but this user to read.
    fn create_private(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.create(path)
    }
    /// Opens a file for writing at its end; makes it if need be.
    fn append(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.append_private(path)
    }
    /// The same, for nobody but this user to read.
    fn append_private(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// Puts a file in another's place, atomically.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Deletes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Deletes the files of days before this first of a month from folders that have one for each day; how many that were.
    fn remove_days(&self, folders: &[PathBuf], before: NaiveDate) -> io::Result<usize> {
        let mut removed = 0;
        for folder in folders {
            let files = match self.list(folder) {
                Ok(files) => files,
                Err(why) if why.kind() == io::ErrorKind::NotFound => continue,
                Err(why) => return Err(why),
            };
            for file in files.iter().filter(|file| day_of_file(file).is_some_and(|day| day < before)) {
                self.remove(file)?;
                removed += 1;
            }
            self.sync_dir(folder)?;
        }
        Ok(removed)
    }
    /// Makes the names in a directory durable.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
    /// When a file was written last, and how many bytes it has.
    fn stamp(&self, path: &Path) -> io::Result<(SystemTime, u64)>;
    /// The same of several files, those that are there.
    fn stamps(&self, paths: &[PathBuf]) -> io::Result<BTreeMap<PathBuf, (SystemTime, u64)>> {
        let mut stamps = BTreeMap::new();
        for path in paths {
            match self.stamp(path) {
                Ok(stamp) => drop(stamps.insert(path.clone(), stamp)),
                Err(why) if why.kind() == io::ErrorKind::NotFound => {}
                Err(why) => return Err(why),
            }
        }
        Ok(stamps)
    }
    /// The same disk to read from as it is at this moment, where a disk can tell: for who reads files that belong together.
    fn at_one_moment(&self) -> io::Result<Option<Box<dyn Disk>>> {
        Ok(None)
    }
}

/// An open file.
pub trait DiskFile: Write + Debug + Send {
    /// Makes the content durable.
    fn sync(&self) -> io::Result<()>;
    /// Cuts the file.
    fn truncate(&self, len: u64) -> io::Result<()>;
    /// The length in bytes.
    fn size(&self) -> io::Result<u64>;
}

/// A shared disk.
pub type SharedDisk = Arc<dyn Disk>;

/// The machine's disk.
#[derive(Clone, Copy, Debug)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.path())).collect()
    }

    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        fs::create_dir_all(dir)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(File::create(path)?))
    }

    #[cfg(unix)]
    fn create_private(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        // One that a crash left behind may have wider rights.
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        Ok(Box::new(file))
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(OpenOptions::new().create(true).append(true).open(path)?))
    }

    #[cfg(unix)]
    fn append_private(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        // One of an earlier release may have wider rights.
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        Ok(Box::new(file))
    }

    #[cfg(not(unix))]
    fn append_private(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(OpenOptions::new().create(true).append(true).open(path)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    #[cfg(unix)]
    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }

    fn stamp(&self, path: &Path) -> io::Result<(SystemTime, u64)> {
        let data = fs::metadata(path)?;
        Ok((data.modified()?, data.len()))
    }

    /// Windows can't open a directory as a file, and makes renames durable by itself.
    #[cfg(not(unix))]
    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}

impl DiskFile for File {
    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        self.set_len(len)
    }

    fn size(&self) -> io::Result<u64> {
        self.metadata().map(|data| data.len())
    }
}

/// Replaces a file as a whole: readers see the old content or the new one, also after a crash.
/// The name becomes durable by a [`Disk::sync_dir`] of its directory, left to the caller so that many files share one.
pub fn replace(disk: &dyn Disk, path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = temporary_name(path);
    let file = disk.create(&temporary)?;
    put_in_place(disk, file, &temporary, path, content)
}

/// [`replace`], for nobody but this user to read.
pub fn replace_private(disk: &dyn Disk, path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = temporary_name(path);
    let file = disk.create_private(&temporary)?;
    put_in_place(disk, file, &temporary, path, content)
}

fn put_in_place(disk: &dyn Disk, mut file: Box<dyn DiskFile>, temporary: &Path, path: &Path, content: &[u8]) -> io::Result<()> {
    file.write_all(content)?;
    file.sync()?;
    drop(file);
    disk.rename(temporary, path)
}

/// The name under which [`replace`] writes; left behind by a crash, and harmless.
fn temporary_name(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".tmp");
    PathBuf::from(name)
}
