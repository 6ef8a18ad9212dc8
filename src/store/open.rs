//! Opening a repository for writing: who may, and what has to be mended first.

use std::{
    path::Path,
    sync::{Arc, Mutex, OnceLock},
    thread,
    time::Duration,
};

use tokio::sync::Notify;

use super::{
    DirectoryLock, FORMAT, Home, Live, Owner, Released, Shared, Store, StoreFault, chats,
    checkpointer::Checkpointer,
    disk::{RealDisk, SharedDisk},
    files::DataFile,
    journal::{self, Draft, Journal},
    load,
    log::Log,
    postgres::{Holder, Lease, Taken},
    put_off::PutOff,
};
use crate::{clock::SharedClock, metrics::StoreFigures};

/// How often a command looks whether another one has ended, and how long it waits in between.
const COMMAND_ATTEMPTS: u32 = 100;
const COMMAND_PAUSE: Duration = Duration::from_millis(100);

impl Store {
    /// Opens a data directory for writing, creating what is missing in it.
    pub fn open(dir: &Path, clock: SharedClock) -> Result<Self, StoreFault> {
        Self::open_on(Arc::new(RealDisk), dir, clock)
    }

    /// Opens a repository for writing wherever it is. In a database one replica writes, with the lease; others are told who has it.
    pub fn open_at(home: &Home, clock: SharedClock) -> Result<Self, StoreFault> {
        let Some(database) = home.in_database() else { return Self::open(home.dir(), clock) };
        database.prepare()?;
        let ours = Holder::command(std::process::id(), &clock.now().to_rfc3339());
        for _ in 0..COMMAND_ATTEMPTS {
            match Lease::take(database, &ours)? {
                Taken::Ours(lease) => return Self::open_with(home, lease, clock),
                // Another command ends soon, or has died and its lease runs out.
                Taken::Theirs(holder) if holder.is_command() => thread::sleep(COMMAND_PAUSE),
                Taken::Theirs(holder) => return Err(StoreFault::Held { database: database.name(), holder }),
            }
        }
        let holder = Lease::holder(database)?.unwrap_or(ours);
        Err(StoreFault::Held { database: database.name(), holder })
    }

    /// The same with the lease in hand.
    pub fn open_with(home: &Home, lease: Lease, clock: SharedClock) -> Result<Self, StoreFault> {
        Self::open_held(home.disk(), home, clock, Some(lease))
    }

    /// [`Store::open`] over another disk.
    pub fn open_on(disk: SharedDisk, dir: &Path, clock: SharedClock) -> Result<Self, StoreFault> {
        Self::open_held(disk, &Home::directory(dir), clock, None)
    }

    fn open_held(disk: SharedDisk, home: &Home, clock: SharedClock, lease: Option<Lease>) -> Result<Self, StoreFault> {
        let dir = home.dir();
        if !dir.is_dir() {
            return Err(StoreFault::Missing(dir.to_owned()));
        }
        let owner = Owner { pid: std::process::id(), since: clock.now().to_rfc3339() };
        let lock = DirectoryLock::take(dir, &owner)?;
        for sub in DataFile::DIRECTORIES {
            let path = dir.join(sub);
            disk.create_dir_all(&path).map_err(|why| StoreFault::io("create", &path, why))?;
        }
        let mut loaded = load::load(disk.as_ref(), dir)?;
        let behind = loaded.behind.iter().copied().collect();
        chats::forget_old_months(&mut loaded.state.chats, &behind, clock.now());
        let journal = dir.join(load::JOURNAL);
        if let Some(lines) = &loaded.journal {
            journal::make_safe(disk.as_ref(), &journal, lines)?;
        }
        let mut progress = loaded.progress;
        progress.format = FORMAT;
        let log = Log {
            journal: Journal::open(disk.clone(), journal, loaded.journal.map_or(0, |lines| lines.len() as u64)),
            unwritten: Vec::new(),
            unwritten_work: Vec::new(),
            register_untold: false,
            before_exists: loaded.before_exists,
        };
        let released =
            loaded.state.work.iter().map(|(id, work)| Released { bot: None, id: Some(*id), work: work.clone() }).collect();
        let live = Live {
            state: loaded.state,
            progress,
            pending: Draft::default(),
            pending_work: Vec::new(),
            dirty: loaded.behind.into_iter().collect(),
            put_off: PutOff::new(clock.now(), home.in_database().is_none()),
            released,
        };
        let shared = Shared {
            dir: dir.to_owned(),
            home: home.clone(),
            disk,
            clock,
            live: Mutex::new(live),
            log: Mutex::new(log),
            turn: tokio::sync::Mutex::new(()),
            checkpointer: Checkpointer::default(),
            added_up: Mutex::default(),
            released: Notify::new(),
            committed: Notify::new(),
            figures: StoreFigures::default(),
            distrusted: OnceLock::new(),
            lock,
            lease,
        };
        Ok(Self { shared: Arc::new(shared) })
    }
}
