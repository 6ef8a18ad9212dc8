//! The repository on PostgreSQL: the same files and the same journal, in tables. What keeps a data directory whole keeps this whole:
//! a journal line is one commit, files are a checkpoint of it, and one process writes.
//!
//! Nothing here relies on sequences, advisory locks or more than one row being locked, so that engines which only speak the
//! protocol can take part; each write is one statement, repeated when transactions meet.

mod disk;
mod fault;
mod inbox;
mod lane;
mod lease;
mod migrate;
mod path;
mod pieces;
mod settings;
mod snapshot;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use postgres::Client;

pub use self::{
    disk::DatabaseDisk,
    fault::DatabaseFault,
    inbox::{Bundle, Inbox, Put},
    lease::{Holder, Lease, Taken, Version},
    migrate::Migration,
};
use self::{lane::Lane, lease::Writer, settings::Settings};

/// No epoch: whoever has it may only read.
const NONE: i64 = 0;

/// A database. Cheap to clone; all clones share its connections.
#[derive(Clone, Debug)]
pub struct Database {
    shared: Arc<Shared>,
    /// The tables that this release knows.
    migrations: &'static [Migration],
}

#[derive(Debug)]
struct Shared {
    settings: Arc<Settings>,
    /// What changes anything goes in order.
    writing: Lane,
    reading: Vec<Lane>,
    /// The lane that reads next.
    next: AtomicUsize,
    /// Who we are when we write.
    writer: Arc<Writer>,
    /// For how long a lease is good.
    term: Duration,
}

impl Database {
    /// For how long a lease is good where nobody says otherwise.
    pub const USUAL_TERM: Duration = Duration::from_secs(6);

    /// A database with so many connections (at least two), made when they are needed. Nothing is asked of it yet. A replica that
    /// says nothing for a `term` is taken for dead.
    pub fn new(url: &str, authorities: Option<&Path>, connections: usize, term: Duration) -> Result<Self, DatabaseFault> {
        let settings = Arc::new(Settings::new(url, authorities)?);
        let writer = Arc::<Writer>::default();
        let lane = |name: &str, writes| Lane::new(name, settings.clone(), writer.clone(), writes);
        let reading = (1..connections.max(2)).map(|n| lane(&format!("database {n}"), false)).collect();
        let writing = lane("database", true);
        let shared = Shared { writing, reading, settings, next: AtomicUsize::new(0), writer, term };
        Ok(Self { shared: Arc::new(shared), migrations: &migrate::MIGRATIONS })
    }

    /// The same for a release that knows other tables: what happens when two releases meet can be tried before there are two.
    #[must_use]
    pub fn as_release(self, migrations: &'static [Migration]) -> Self {
        Self { migrations, ..self }
    }

    /// Host and name, for people.
    pub fn name(&self) -> String {
        self.shared.settings.name()
    }

    /// Makes the tables that are missing, but for what would shut out an older release that may be at work; refuses a database that a
    /// newer release has changed.
    pub fn prepare(&self) -> Result<(), DatabaseFault> {
        self.prepared().map(drop)
    }

    /// The same for whoever reads: refuses tables that are an older release's.
    pub fn prepare_to_read(&self) -> Result<(), DatabaseFault> {
        self.prepared()?.map_or(Ok(()), |number| Err(DatabaseFault::TooOld(number)))
    }

    fn prepared(&self) -> Result<Option<i32>, DatabaseFault> {
        let known = self.migrations;
        self.write(move |client, _| migrate::prepare(client, known))
    }

    /// Makes the tables this release's, with the lease in hand.
    fn finish(&self) -> Result<(), DatabaseFault> {
        let known = self.migrations;
        self.write(move |client, epoch| migrate::finish(client, epoch, known))
    }

    /// Which register is in it; `None` while no replica works.
    pub fn version(&self) -> Result<Option<Version>, DatabaseFault> {
        self.beside(Version::current)
    }

    /// Shows every file as it is at one moment, by its path below the data directory.
    pub fn dump(&self, mut each: impl FnMut(&str, &[u8]) + Send) -> Result<(), DatabaseFault> {
        // A connection of its own: it takes long, and others read meanwhile.
        let settings = self.shared.settings.clone();
        std::thread::scope(|scope| {
            scope.spawn(|| snapshot::dump(&mut settings.connect()?, &mut each)).join().expect("reading doesn't panic")
        })
    }

    /// Asks beside the line that writes: reads, or changes what needs neither its order nor its epoch.
    fn beside<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut Client) -> Result<T, DatabaseFault> + Send + 'static,
    ) -> Result<T, DatabaseFault> {
        let turn = self.shared.next.fetch_add(1, Ordering::Relaxed);
        self.shared.reading[turn % self.shared.reading.len()].run(move |client, _| work(client))
    }

    /// Changes something in our epoch, after what was changed before.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Client, i64) -> Result<T, DatabaseFault> + Send + 'static,
    ) -> Result<T, DatabaseFault> {
        self.shared.writing.run(work)
    }
}
