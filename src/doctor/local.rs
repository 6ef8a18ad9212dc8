//! A look at this machine: directories, files, disk.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use chrono::NaiveDate;

use crate::{
    config::Config,
    domain::state::State,
    store::{
        DataFile, DirectoryLock, Owner, Reader, StoreFault,
        postgres::{Holder, Lease},
    },
};

/// What was seen.
#[derive(Debug)]
pub struct LocalFacts {
    /// The data directory.
    pub data_dir: PathBuf,
    /// Whether it is there.
    pub exists: bool,
    /// Where files can't be made, made durable or renamed, with the reason.
    pub no_rights: Vec<(PathBuf, String)>,
    /// Who owns the data.
    pub owner: Option<Owner>,
    /// Why the owner couldn't be told.
    pub owner_fault: Option<String>,
    /// The database, where the counts are in one.
    pub database: Option<DatabaseFacts>,
    /// Files that can't be read, with path, line and column.
    pub unreadable: Vec<String>,
    /// Why the directory as a whole can't be opened, though each file can be read.
    pub fault: Option<String>,
    /// The days that have files.
    pub days: usize,
    /// Free room on the data's disk, in bytes.
    pub free_bytes: Option<u64>,
    /// What the data says, if it can be read.
    pub state: Option<State>,
}

/// What a database says.
#[derive(Clone, Debug)]
pub struct DatabaseFacts {
    /// Host and name.
    pub name: String,
    /// Which replica works, if any does; or why that can't be told.
    pub holder: Result<Option<Holder>, String>,
}

impl LocalFacts {
    /// Whether a bot runs on these counts, on this machine or, with a database, anywhere; also where the database can't say.
    pub fn may_be_running(&self) -> bool {
        let elsewhere = self.database.as_ref().is_some_and(|database| !matches!(database.holder, Ok(None)));
        self.owner.is_some() || elsewhere
    }
}

/// Looks. Writes nothing but a file of its own in each directory, which it removes, and the tables of an empty database.
pub fn look(config: &Config) -> LocalFacts {
    let dir = &config.data_dir;
    let mut facts = LocalFacts {
        data_dir: dir.clone(),
        exists: dir.is_dir(),
        no_rights: Vec::new(),
        owner: None,
        owner_fault: None,
        database: None,
        unreadable: Vec::new(),
        fault: None,
        days: 0,
        free_bytes: fs4::available_space(dir).ok(),
        state: None,
    };
    for dir in [dir, &config.export_dir].into_iter().filter(|dir| dir.is_dir()) {
        if let Err(why) = try_rights(dir) {
            facts.no_rights.push((dir.clone(), why.to_string()));
        }
    }
    if !facts.exists {
        return facts;
    }
    match DirectoryLock::owner(dir) {
        Ok(owner) => facts.owner = owner,
        Err(why) => facts.owner_fault = Some(why.to_string()),
    }
    if let Some(database) = &config.database {
        let read = Reader::open_at(&config.home()).and_then(|reader| Ok((reader.days()?.len(), reader.state().clone())));
        let holder = match &read {
            // Whoever doesn't answer isn't asked again.
            Err(fault) if fault.of_database().is_some() => Err(fault.to_string()),
            Ok(_) | Err(_) => Lease::holder(database).map_err(|why| why.to_string()),
        };
        match read {
            Ok((days, state)) => (facts.days, facts.state) = (days, Some(state)),
            Err(fault) => facts.fault = holder.is_ok().then(|| fault.to_string()),
        }
        facts.database = Some(DatabaseFacts { name: database.name(), holder });
        return facts;
    }
    let days = days(dir);
    facts.days = days.len();
    let files = DataFile::AT_START.into_iter().chain(days.into_iter().flat_map(DataFile::of_day));
    facts.unreadable = files.filter_map(|file| try_read(&dir.join(file.relative()), file)).collect();
    match Reader::open(dir) {
        Ok(reader) => facts.state = Some(reader.state().clone()),
        Err(StoreFault::Unreadable { .. }) if !facts.unreadable.is_empty() => {}
        Err(why) => facts.fault = Some(why.to_string()),
    }
    facts
}

/// Does once what the store does all the time: write, make durable, rename.
fn try_rights(dir: &Path) -> io::Result<()> {
    let (first, second) = (dir.join(".doctor.tmp"), dir.join(".doctor2.tmp"));
    let mut file = File::create(&first)?;
    file.write_all(b"doctor")?;
    file.sync_all()?;
    drop(file);
    fs::rename(&first, &second)?;
    fs::remove_file(&second)
}

fn days(dir: &Path) -> BTreeSet<NaiveDate> {
    let directories = DataFile::OF_DAYS.map(|sub| fs::read_dir(dir.join(sub)));
    let paths = directories.into_iter().flatten().flatten().flatten().map(|entry| entry.path());
    paths.filter_map(|path| path.file_name()?.to_str()?.strip_suffix(".json")?.parse().ok()).collect()
}

/// What is wrong with a file, if it is there.
fn try_read(path: &Path, file: DataFile) -> Option<String> {
    let why = match fs::read(path) {
        Ok(bytes) => file.load(&bytes, &mut State::default(), &mut Default::default()).err()?,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return None,
        Err(why) => why.to_string(),
    };
    Some(format!("{}: {why}", path.display()))
}
