//! Who writes: one replica, for as long as it keeps saying so. By the database's clock, so replicas' clocks needn't agree.
//!
//! Taking over raises the epoch. Each write names its epoch and is refused with an older one, so a replica that was paused, however
//! long, writes nothing when it wakes; and what may not happen twice outside is written before it is done.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use postgres::Client;
use tokio::sync::watch;

use super::{Database, NONE, fault::DatabaseFault};

/// So often within a term it is renewed.
const RENEWALS: u32 = 3;

/// Who has the lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// A name that no other process has.
    pub name: String,
    /// Where other replicas reach it: `host:port`; empty where nobody can.
    pub address: String,
}

/// In whose name and which epoch this process writes; nobody's while it only reads.
#[derive(Debug, Default)]
pub(super) struct Writer(Mutex<Option<(String, i64)>>);

impl Writer {
    fn ours(&self) -> MutexGuard<'_, Option<(String, i64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The epoch in which we write.
    pub(super) fn epoch(&self) -> i64 {
        self.ours().as_ref().map_or(NONE, |(_, epoch)| *epoch)
    }

    /// Raises our own epoch on a new connection: what an earlier one was asked, and what may come out of some proxy or queue late, is
    /// refused from then on. Otherwise an old line of the journal could come to stand in the place of a newer one.
    pub(super) fn begins_anew(&self, client: &mut Client) -> Result<(), DatabaseFault> {
        let mut ours = self.ours();
        let Some((holder, epoch)) = ours.as_mut() else { return Ok(()) };
        let sql = "UPDATE lease SET epoch = epoch + 1 WHERE name = 'writer' AND holder = $1 RETURNING epoch";
        *epoch = client.query_opt(sql, &[holder])?.ok_or(DatabaseFault::Fenced)?.get(0);
        Ok(())
    }
}

/// What a command's name begins with: it ends soon, and takes no orders.
const COMMAND: &str = "the command";

impl Holder {
    /// A command of a terminal.
    pub fn command(process: u32, since: &str) -> Self {
        Self { name: format!("{COMMAND} of process {process} since {since}"), address: String::new() }
    }

    /// Whether it is one.
    pub fn is_command(&self) -> bool {
        self.name.starts_with(COMMAND)
    }
}

/// Which register it is: another one after each change, and after each takeover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    pub(super) epoch: i64,
    pub(super) register: i64,
}

impl Version {
    /// The one that is; `None` where no replica works. A command may be filling the database: what it has so far isn't the register.
    pub(super) fn current(client: &mut Client) -> Result<Option<Self>, DatabaseFault> {
        let sql = "SELECT epoch, register, holder FROM lease WHERE name = 'writer' AND until >= clock_timestamp()";
        let row = client.query_opt(sql, &[])?.filter(|row| !row.get::<_, &str>(2).starts_with(COMMAND));
        Ok(row.map(|row| Self { epoch: row.get(0), register: row.get(1) }))
    }
}

/// What asking for the lease came to.
#[derive(Debug)]
pub enum Taken {
    /// It is ours.
    Ours(Lease),
    /// Somebody has it.
    Theirs(Holder),
}

/// How we hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// Until then nobody else can have it, by our own clock.
    Until(Instant),
    /// Somebody else has it.
    NoMore,
}

/// The lease, renewed until it is dropped.
#[derive(Debug)]
pub struct Lease {
    database: Database,
    held: watch::Receiver<Held>,
    renewing: Option<thread::JoinHandle<()>>,
    /// Hung up when it is time to give it back.
    until: Option<mpsc::Sender<()>>,
}

impl Lease {
    /// Asks for it. With it the tables become this release's; if they are a newer one's by now, it is given back.
    pub fn take(database: &Database, holder: &Holder) -> Result<Taken, DatabaseFault> {
        let (name, address, term) = (holder.name.clone(), holder.address.clone(), database.shared.term);
        let asked = Instant::now();
        let found = database.write(move |client, _| {
            let taken = client.query_opt(
                "INSERT INTO lease (name, epoch, holder, address, until)
                 VALUES ('writer', 1, $1, $2, clock_timestamp() + $3::float8 * interval '1 second')
                 ON CONFLICT (name) DO UPDATE
                 SET epoch = lease.epoch + 1, holder = excluded.holder, address = excluded.address, until = excluded.until
                 WHERE lease.until < clock_timestamp() OR lease.holder = excluded.holder
                 RETURNING epoch",
                &[&name, &address, &term.as_secs_f64()],
            )?;
            if let Some(row) = taken {
                return Ok(Ok(row.get::<_, i64>(0)));
            }
            let row = client.query_one("SELECT holder, address FROM lease WHERE name = 'writer'", &[])?;
            Ok(Err(Holder { name: row.get(0), address: row.get(1) }))
        })?;
        match found {
            Ok(epoch) => {
                let lease = Self::begin(database, &holder.name, epoch, asked + term);
                // A newer release may have had it since we looked; from here on nobody changes the tables but we.
                database.finish()?;
                Ok(Taken::Ours(lease))
            }
            Err(holder) => Ok(Taken::Theirs(holder)),
        }
    }

    /// Who has it now; nobody where it has run out.
    pub fn holder(database: &Database) -> Result<Option<Holder>, DatabaseFault> {
        let row = database.beside(|client| {
            let sql = "SELECT holder, address FROM lease WHERE name = 'writer' AND until >= clock_timestamp()";
            Ok(client.query_opt(sql, &[])?)
        })?;
        Ok(row.map(|row| Holder { name: row.get(0), address: row.get(1) }))
    }

    fn begin(database: &Database, holder: &str, epoch: i64, sure_until: Instant) -> Self {
        *database.shared.writer.ours() = Some((holder.to_owned(), epoch));
        let (until, ended) = mpsc::channel();
        let (holding, held) = watch::channel(Held::Until(sure_until));
        let (ours, holder) = (database.clone(), holder.to_owned());
        let renew = move || renew(&ours, &holder, &ended, &holding);
        let renewing = thread::Builder::new().name("lease".to_owned()).spawn(renew).expect("a thread can be started");
        Self { database: database.clone(), held, renewing: Some(renewing), until: Some(until) }
    }

    /// Tells the other replicas that the register they know is an old one.
    pub fn register_has_changed(&self) -> Result<(), DatabaseFault> {
        self.database.write(|client, epoch| {
            let sql = "UPDATE lease SET register = register + 1 WHERE name = 'writer' AND epoch = $1";
            if client.execute(sql, &[&epoch])? == 1 { Ok(()) } else { Err(DatabaseFault::Fenced) }
        })
    }

    /// Waits until it is lost: another replica may work from then on.
    pub async fn wait_until_lost(&self) {
        self.wait_until(|held| held == Held::NoMore).await;
    }

    /// Waits until nobody else can have it: not at all, but for whoever was paused, or doesn't reach the database.
    pub async fn wait_until_sure(&self) {
        self.wait_until(|held| matches!(held, Held::Until(then) if then > Instant::now())).await;
    }

    async fn wait_until(&self, is_so: impl Fn(Held) -> bool) {
        if self.held.clone().wait_for(|held| is_so(*held)).await.is_err() {
            // Nobody renews it any more.
            std::future::pending::<()>().await;
        }
    }
}

/// Gives it back, so that another replica needn't wait until it runs out.
impl Drop for Lease {
    fn drop(&mut self) {
        self.until = None;
        if let Some(renewing) = self.renewing.take() {
            // A thread that panicked has given nothing back; it runs out.
            drop(renewing.join());
        }
    }
}

/// While the database can't be reached nothing can be written, by nobody: the lease is kept, and is ours again if nobody took it meanwhile.
fn renew(database: &Database, holder: &str, ended: &mpsc::Receiver<()>, holding: &watch::Sender<Held>) {
    let term = database.shared.term;
    while ended.recv_timeout(term / RENEWALS) == Err(RecvTimeoutError::Timeout) {
        let asked = Instant::now();
        match extend(database, holder, term) {
            Ok(true) => drop(holding.send_replace(Held::Until(asked + term))),
            Ok(false) => {
                holding.send_replace(Held::NoMore);
                return;
            }
            Err(why) => tracing::warn!(%why, "the lease can't be renewed"),
        }
    }
    *database.shared.writer.ours() = None;
    if let Err(why) = extend(database, holder, Duration::ZERO) {
        tracing::warn!(%why, "the lease can't be given back; it runs out by itself");
    }
}

/// Holds it for another while; whether it is still ours.
fn extend(database: &Database, holder: &str, time: Duration) -> Result<bool, DatabaseFault> {
    let holder = holder.to_owned();
    let extended = database.beside(move |client| {
        let sql = "UPDATE lease SET until = clock_timestamp() + $2::float8 * interval '1 second'
                   WHERE name = 'writer' AND holder = $1";
        Ok(client.execute(sql, &[&holder, &time.as_secs_f64()])?)
    })?;
    Ok(extended == 1)
}
