//! A disk under which the process dies: at an operation of its choice, and whatever follows fails as well.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::SystemTime,
};

use crate::store::disk::{Disk, DiskFile, RealDisk};

/// Operations that are left.
type Life = Arc<AtomicUsize>;

#[derive(Debug)]
pub(super) struct MortalDisk(Life);

impl MortalDisk {
    pub(super) fn immortal() -> Self {
        Self::until(usize::MAX)
    }

    pub(super) fn until(operation: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(operation)))
    }
}

fn live(life: &Life) -> io::Result<()> {
    let left = life.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
    left.map(drop).map_err(|_| io::Error::other("the process is dead"))
}

impl Disk for MortalDisk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        live(&self.0)?;
        RealDisk.read(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        RealDisk.list(dir)
    }

    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        live(&self.0)?;
        RealDisk.create_dir_all(dir)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        live(&self.0)?;
        Ok(Box::new(MortalFile { file: RealDisk.create(path)?, life: self.0.clone() }))
    }

    fn append_private(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        live(&self.0)?;
        Ok(Box::new(MortalFile { file: RealDisk.append_private(path)?, life: self.0.clone() }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        live(&self.0)?;
        RealDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        live(&self.0)?;
        RealDisk.remove(path)
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        live(&self.0)
    }

    fn stamp(&self, path: &Path) -> io::Result<(SystemTime, u64)> {
        RealDisk.stamp(path)
    }
}

#[derive(Debug)]
struct MortalFile {
    file: Box<dyn DiskFile>,
    life: Life,
}

impl Write for MortalFile {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        if let Err(dead) = live(&self.life) {
            // It died within the write: half of it is there.
            self.file.write_all(&content[..content.len() / 2])?;
            return Err(dead);
        }
        self.file.write(content)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl DiskFile for MortalFile {
    fn sync(&self) -> io::Result<()> {
        live(&self.life)
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        live(&self.life)?;
        self.file.truncate(len)
    }

    fn size(&self) -> io::Result<u64> {
        self.file.size()
    }
}
