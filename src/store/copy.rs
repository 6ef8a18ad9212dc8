//! A repository copied to another place, file by file, each only if it differs: so a copy that was cut short goes on, and most of it can
//! be made while somebody still writes.

use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use super::{
    disk::{self, SharedDisk},
    fault::StoreFault,
    files::{ANNOUNCEMENTS, DataFile, Progress},
    home::Home,
    journal,
    load::{self, JOURNAL, JOURNAL_BEFORE},
};
use crate::domain::{day::Day, state::State};

/// One end of a copy.
#[derive(Debug)]
struct End {
    disk: SharedDisk,
    dir: PathBuf,
}

/// What a copy came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Files that both sides have now.
    pub files: usize,
    /// Those among them that were written.
    pub written: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// What was compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Days.
    pub days: usize,
    /// Counters of teachers.
    pub cells: usize,
}

/// Folders of which all files belong to the repository, beside those that [`DataFile::AT_START`] names.
fn whole() -> impl Iterator<Item = &'static str> {
    DataFile::OF_DAYS.into_iter().chain(["audit", "chats", ANNOUNCEMENTS])
}

impl End {
    fn of(home: &Home) -> Self {
        Self { disk: home.disk(), dir: home.dir().to_owned() }
    }

    fn read(&self, relative: &Path) -> Result<Option<Vec<u8>>, StoreFault> {
        let path = self.dir.join(relative);
        match self.disk.read(&path) {
            Ok(content) => Ok(Some(content)),
            Err(why) if why.kind() == ErrorKind::NotFound => Ok(None),
            Err(why) => Err(StoreFault::io("read", &path, why)),
        }
    }

    fn write(&self, relative: &Path, content: &[u8]) -> Result<(), StoreFault> {
        let path = self.dir.join(relative);
        let write = if is_private(relative) { disk::replace_private } else { disk::replace };
        let written = self.folder(relative).and_then(|()| write(self.disk.as_ref(), &path, content));
        written.map_err(|why| StoreFault::io("write", &path, why))
    }

    fn folder(&self, relative: &Path) -> io::Result<()> {
        relative.parent().map_or(Ok(()), |folder| self.disk.create_dir_all(&self.dir.join(folder)))
    }

    /// All that belongs to the repository but the journal.
    fn files(&self) -> Result<Vec<PathBuf>, StoreFault> {
        let mut files: Vec<PathBuf> = DataFile::AT_START.iter().map(|file| file.relative()).collect();
        for folder in whole() {
            let path = self.dir.join(folder);
            match self.disk.list(&path) {
                Ok(found) => {
                    let names = found.iter().filter_map(|path| path.strip_prefix(&self.dir).ok());
                    files.extend(names.filter(|name| name.extension().is_some_and(|end| end != "tmp")).map(Path::to_owned));
                }
                Err(why) if why.kind() == ErrorKind::NotFound => {}
                Err(why) => return Err(StoreFault::io("list", &path, why)),
            }
        }
        files.sort();
        files.dedup();
        Ok(files)
    }
}

/// Copies everything, and takes away what the source hasn't. Both must be nobody else's meanwhile, unless it is only a first round.
pub fn copy(from: &Home, to: &Home, progress: &mut dyn FnMut(usize, usize)) -> Result<Copied, StoreFault> {
    let (from, to) = (End::of(from), End::of(to));
    let mut copied = Copied::default();
    let (files, there) = (from.files()?, to.files()?);
    // The journal comes last: without it the files are an older moment, with it they are this one.
    let journals = [JOURNAL_BEFORE, JOURNAL].map(PathBuf::from);
    let all = files.len() + journals.len();
    for (done, file) in files.iter().chain(&journals).enumerate() {
        progress(done, all);
        let (content, known) = (from.read(file)?, to.read(file)?);
        match content {
            Some(content) => {
                copied.files += 1;
                if known.as_ref() != Some(&content) {
                    to.write(file, &content)?;
                    copied.written += 1;
                    copied.bytes += content.len() as u64;
                }
            }
            None if known.is_some() => remove(&to, file)?,
            None => {}
        }
    }
    for file in there.iter().filter(|file| !files.contains(file)) {
        remove(&to, file)?;
    }
    for folder in ["", "state", "study", "web", "jobs", "commands"].into_iter().chain(whole()) {
        if to.disk.list(&to.dir.join(folder)).is_ok() {
            journal::sync_dir(to.disk.as_ref(), &to.dir.join(folder))?;
        }
    }
    progress(all, all);
    Ok(copied)
}

/// All that belongs to a repository but the journal, by its path.
pub fn files(home: &Home) -> Result<Vec<PathBuf>, StoreFault> {
    End::of(home).files()
}

/// Whether nothing of a repository is there.
pub fn is_empty(home: &Home) -> Result<bool, StoreFault> {
    let end = End::of(home);
    for file in end.files()?.into_iter().chain([JOURNAL_BEFORE, JOURNAL].map(PathBuf::from)) {
        if end.read(&file)?.is_some_and(|content| !content.is_empty()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Copies everything as it is at one moment, also beside whoever writes the source; a directory as its files and journal are.
pub fn at_one_moment(from: &Home, to: &Home) -> Result<(), StoreFault> {
    let Some(database) = from.in_database() else { return copy(from, to, &mut |_, _| ()).map(drop) };
    let to = End::of(to);
    let mut failed = Ok(());
    database.dump(|relative, content| {
        if failed.is_ok() {
            failed = to.write(Path::new(relative), content);
        }
    })?;
    failed
}

/// Compares what both say, value by value; the first difference is told.
pub fn compare(one: &Home, other: &Home) -> Result<Result<Compared, String>, StoreFault> {
    let (one, other) = (End::of(one), End::of(other));
    let (first, second) = (load::load(one.disk.as_ref(), &one.dir)?, load::load(other.disk.as_ref(), &other.dir)?);
    if first.state != second.state {
        return Ok(Err("the registers differ".to_owned()));
    }
    let told = |progress: &Progress| (progress.seq, progress.next_work, progress.next_audit, progress.seen.clone());
    if told(&first.progress) != told(&second.progress) {
        return Ok(Err("the updates that were handled differ".to_owned()));
    }
    let days = load::days_on_disk(one.disk.as_ref(), &one.dir)?;
    if days != load::days_on_disk(other.disk.as_ref(), &other.dir)? {
        return Ok(Err("one has days that the other hasn't".to_owned()));
    }
    let mut compared = Compared::default();
    for day in days {
        let of = |end: &End, loaded: &State| -> Result<Day, StoreFault> {
            let mut state = State::default();
            if let Some(known) = loaded.days.get(&day) {
                return Ok(known.clone());
            }
            load::load_day(end.disk.as_ref(), &end.dir, day, &mut state)?;
            Ok(state.days.remove(&day).unwrap_or_default())
        };
        let (here, there) = (of(&one, &first.state)?, of(&other, &second.state)?);
        if here != there {
            return Ok(Err(format!("{day} differs")));
        }
        compared.days += 1;
        compared.cells += here.cells.iter().count();
    }
    Ok(Ok(compared))
}

fn remove(end: &End, relative: &Path) -> Result<(), StoreFault> {
    let path = end.dir.join(relative);
    match end.disk.remove(&path) {
        Err(why) if why.kind() != ErrorKind::NotFound => Err(StoreFault::io("remove", &path, why)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn is_private(relative: &Path) -> bool {
    let is_journal = relative.to_str().is_some_and(|name| name.starts_with("journal"));
    let is_file_of_message = relative.starts_with(ANNOUNCEMENTS);
    is_journal || is_file_of_message || DataFile::AT_START.iter().any(|file| file.is_private() && file.relative() == relative)
}
