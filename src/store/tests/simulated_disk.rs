//! A disk in memory that knows what a power cut would leave: content and names are safe only once they were synced. Any one
//! operation can be made to go wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, ErrorKind, Write},
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
    time::SystemTime,
};

use crate::store::disk::{Disk, DiskFile};

/// How an operation goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// `EIO`; nothing happens. Of a sync: what it should have made safe never will be, though readers still see it
    /// (which is what Linux does: the pages count as clean).
    Error,
    /// `ENOSPC`; a write writes as much as there is room for, here half of it.
    Full,
    /// `EACCES`.
    Denied,
    /// Half of a write gets there, everything else fails with `EIO`.
    Torn,
    /// The process dies before it: this and every later operation fails, until [`SimulatedDisk::restart`].
    Dies,
    /// The process dies in the middle of it, half of a write being done.
    DiesHalfWay,
}

/// What is left when the process is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Survives {
    /// Only the process died: the system still has everything.
    Everything,
    /// The power was cut: only what was synced.
    Synced,
    /// The power was cut; names got to the disk before it, content didn't.
    Names,
    /// The power was cut; content got to the disk before it, names didn't.
    Content,
}

impl Survives {
    pub(super) const ALL: [Self; 4] = [Self::Everything, Self::Synced, Self::Names, Self::Content];
}

/// Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub(super) struct SimulatedDisk(Arc<Mutex<World>>);

#[derive(Debug, Default)]
struct World {
    files: Vec<Content>,
    /// As the system shows them.
    names: Names,
    /// As a power cut would leave them.
    safe_names: Names,
    directories: BTreeSet<PathBuf>,
    /// Operations so far, by what they were.
    operations: Vec<String>,
    /// The operations that go wrong, and how.
    faults: BTreeMap<usize, Fault>,
    /// How every operation goes wrong.
    always: Option<Fault>,
    dead: bool,
}

type Names = BTreeMap<PathBuf, usize>;

#[derive(Clone, Debug, Default)]
struct Content {
    /// As the system shows it.
    seen: Vec<u8>,
    /// As a power cut would leave it.
    safe: Vec<u8>,
    /// What a failed sync gave up: zeros on the disk, though it is seen.
    given_up: Range<usize>,
}

impl SimulatedDisk {
    /// Lets the `n`-th operation from now on (from 0) go wrong.
    pub(super) fn fail(&self, n: usize, fault: Fault) {
        let mut world = self.world();
        let number = world.operations.len() + n;
        world.faults.insert(number, fault);
    }

    /// Lets every operation go wrong from now on, or none any more.
    pub(super) fn always(&self, fault: Option<Fault>) {
        self.world().always = fault;
    }

    /// How many operations there were.
    pub(super) fn operations(&self) -> usize {
        self.world().operations.len()
    }

    /// The last operations, for a failing test.
    pub(super) fn last_operations(&self) -> String {
        let world = self.world();
        let from = world.operations.len().saturating_sub(12);
        world.operations[from..].join("\n")
    }

    /// The process has ended (or the power was cut), and the disk is well from now on.
    pub(super) fn restart(&self, survives: Survives) {
        let mut world = self.world();
        (world.always, world.dead) = (None, false);
        world.faults.clear();
        let World { files, names, safe_names, .. } = &mut *world;
        if matches!(survives, Survives::Synced | Survives::Names) {
            files.iter_mut().for_each(|file| file.seen.clone_from(&file.safe));
        }
        if survives == Survives::Content {
            files.iter_mut().for_each(Content::make_safe);
        }
        match survives {
            Survives::Everything => {}
            Survives::Names => safe_names.clone_from(names),
            Survives::Synced | Survives::Content => names.clone_from(safe_names),
        }
        if survives != Survives::Everything {
            // What the disk holds now is what everybody sees.
            files
                .iter_mut()
                .for_each(|file| *file = Content { seen: file.safe.clone(), safe: file.safe.clone(), given_up: 0..0 });
        }
    }

    /// A file as it is seen now.
    pub(super) fn content(&self, path: &Path) -> Option<Vec<u8>> {
        let world = self.world();
        world.names.get(path).map(|file| world.files[*file].seen.clone())
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().expect("no test panics while holding the disk")
    }

    /// Counts an operation; says whether it goes wrong half way.
    fn begin(&self, what: &str, path: &Path) -> io::Result<(MutexGuard<'_, World>, bool)> {
        let mut world = self.world();
        if world.dead {
            return Err(io::Error::other("the process is dead"));
        }
        let number = world.operations.len();
        world.operations.push(format!("{number}: {what} {}", path.display()));
        let Some(fault) = world.faults.get(&number).copied().or(world.always) else { return Ok((world, false)) };
        let halves = what == "write";
        match fault {
            Fault::Error => Err(io::Error::from_raw_os_error(5)),
            Fault::Full if halves => Ok((world, true)),
            Fault::Full if ["create", "open", "create directory"].contains(&what) => Err(ErrorKind::StorageFull.into()),
            Fault::Full => Ok((world, false)),
            Fault::Denied => Err(ErrorKind::PermissionDenied.into()),
            Fault::Torn if halves => Ok((world, true)),
            Fault::Torn => Err(io::Error::from_raw_os_error(5)),
            Fault::DiesHalfWay if halves => {
                world.dead = true;
                Ok((world, true))
            }
            Fault::Dies | Fault::DiesHalfWay => {
                world.dead = true;
                Err(io::Error::other("the process dies"))
            }
        }
    }
}

impl Content {
    fn make_safe(&mut self) {
        self.safe.clone_from(&self.seen);
        let end = self.given_up.end.min(self.safe.len());
        self.safe[self.given_up.start.min(end)..end].fill(0);
    }

    /// What a failed sync does.
    fn give_up(&mut self) {
        let common = self.seen.iter().zip(&self.safe).take_while(|(seen, safe)| seen == safe).count();
        let from = if self.given_up.is_empty() { common } else { self.given_up.start.min(common) };
        self.given_up = from..self.seen.len();
    }
}

impl Disk for SimulatedDisk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let (world, _) = self.begin("read", path)?;
        let file = *world.names.get(path).ok_or(ErrorKind::NotFound)?;
        Ok(world.files[file].seen.clone())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        let (world, _) = self.begin("list", dir)?;
        if !world.directories.contains(dir) {
            return Err(ErrorKind::NotFound.into());
        }
        Ok(world.names.keys().filter(|path| path.parent() == Some(dir)).cloned().collect())
    }

    /// Directories are safe at once: a lost one would be made again by the next start, and nothing is in it before the
    /// journal's directory was synced.
    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        let (mut world, _) = self.begin("create directory", dir)?;
        world.directories.extend(dir.ancestors().map(Path::to_owned));
        Ok(())
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let (mut world, _) = self.begin("create", path)?;
        let file = world.file(path);
        world.files[file].seen.clear();
        world.files[file].given_up = 0..0;
        drop(world);
        Ok(Box::new(OpenFile { disk: self.clone(), path: path.to_owned(), file }))
    }

    fn append_private(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let (mut world, _) = self.begin("open", path)?;
        let file = world.file(path);
        drop(world);
        Ok(Box::new(OpenFile { disk: self.clone(), path: path.to_owned(), file }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (mut world, _) = self.begin("rename", from)?;
        let file = world.names.remove(from).ok_or(ErrorKind::NotFound)?;
        world.names.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let (mut world, _) = self.begin("remove", path)?;
        world.names.remove(path).map(drop).ok_or(ErrorKind::NotFound.into())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let (mut world, _) = self.begin("sync directory", dir)?;
        let World { names, safe_names, .. } = &mut *world;
        safe_names.retain(|path, _| path.parent() != Some(dir));
        safe_names.extend(names.iter().filter(|(path, _)| path.parent() == Some(dir)).map(|(path, file)| (path.clone(), *file)));
        Ok(())
    }

    /// It has no clock, and the store asks for none.
    fn stamp(&self, _: &Path) -> io::Result<(SystemTime, u64)> {
        Err(ErrorKind::Unsupported.into())
    }
}

impl World {
    /// The file of this name, made if need be.
    fn file(&mut self, path: &Path) -> usize {
        *self.names.entry(path.to_owned()).or_insert_with(|| {
            self.files.push(Content::default());
            self.files.len() - 1
        })
    }
}

#[derive(Debug)]
struct OpenFile {
    disk: SimulatedDisk,
    path: PathBuf,
    file: usize,
}

impl Write for OpenFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (mut world, only_half) = self.disk.begin("write", &self.path)?;
        let written = if only_half { &bytes[..bytes.len() / 2] } else { bytes };
        world.files[self.file].seen.extend_from_slice(written);
        if !only_half {
            return Ok(bytes.len());
        }
        Err(ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl DiskFile for OpenFile {
    fn sync(&self) -> io::Result<()> {
        match self.disk.begin("sync", &self.path) {
            Ok((mut world, _)) => {
                world.files[self.file].make_safe();
                Ok(())
            }
            Err(why) => {
                let mut world = self.disk.world();
                if !world.dead {
                    world.files[self.file].give_up();
                }
                Err(why)
            }
        }
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        let (mut world, _) = self.disk.begin("truncate", &self.path)?;
        let len = usize::try_from(len).expect("small");
        let content = &mut world.files[self.file];
        content.seen.resize(len, 0);
        content.given_up.end = content.given_up.end.min(len);
        content.given_up.start = content.given_up.start.min(content.given_up.end);
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        let (world, _) = self.disk.begin("size", &self.path)?;
        Ok(world.files[self.file].seen.len() as u64)
    }
}
