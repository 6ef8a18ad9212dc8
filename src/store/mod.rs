//! The repository: one directory of JSON files, owned by one process, changed by batches that are atomic over all files.
//!
//! * [`Store::handle`] decides about one update and makes the outcome so in memory.
//! * [`Store::flush`] commits what was decided since the last one: a journal line, one write, one sync. Only then is an
//!   update acknowledged, and only then does work leave for Telegram.
//! * [`Store::checkpoint`] writes changed files whole and then forgets the journal. [`Store::checkpoint_without`] leaves out large
//!   ones, and keeps it.
//!
//! A write that fails is kept and tried again by the next flush; nothing is acknowledged meanwhile. A sync that fails
//! ends the process, because what the disk holds is then unknown.

mod access;
mod audit;
mod chats;
mod checkpoint;
mod checkpointer;
mod commands;
pub mod copy;
mod days;
pub mod disk;
mod fault;
mod files;
mod home;
mod jobs;
pub mod journal;
mod load;
mod lock;
mod log;
mod month_sums;
mod open;
mod own_rows;
pub mod postgres;
mod presence;
mod put_off;
mod reader;
mod retention;
mod seen;
mod stays;
mod study;
pub mod tracker;
pub mod words;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use chrono::{DateTime, Days, NaiveDate, Utc};
use tokio::sync::Notify;

pub use self::{
    access::AccessFile,
    chats::ChatsFile,
    commands::CommandFile,
    fault::StoreFault,
    files::{ANNOUNCEMENTS, DataFile, FORMAT, Progress},
    home::Home,
    jobs::JobFile,
    lock::{CheckpointLock, DirectoryLock, Owner, lock_files},
    month_sums::AddedUp,
    reader::Reader,
    study::StudyFile,
};
use self::{checkpointer::Checkpointer, disk::SharedDisk, journal::Draft, log::Log, postgres::Lease, put_off::PutOff};
use crate::{
    clock::SharedClock,
    domain::{
        change::{Change, Outcome, WorkId},
        ids::{BotId, UpdateId},
        period::Month,
        state::State,
        work::Work,
    },
    metrics::StoreFigures,
};

/// The journal's files in the order in which they were written, for whoever copies the directory.
pub const JOURNAL_FILES: [&str; 2] = [load::JOURNAL_BEFORE, load::JOURNAL];

/// The one writer of a data directory. Cheap to clone; all clones are the same store.
#[derive(Clone, Debug)]
pub struct Store {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    dir: PathBuf,
    home: Home,
    disk: SharedDisk,
    clock: SharedClock,
    live: Mutex<Live>,
    /// What is on its way to the disk. Where both are held, it is taken before `live`.
    log: Mutex<Log>,
    /// One commit at a time, waited for without blocking the runtime.
    turn: tokio::sync::Mutex<()>,
    checkpointer: Checkpointer,
    /// Months whose sums are those of their files, which looked like that.
    added_up: Mutex<BTreeMap<Month, u64>>,
    /// Rung when work was released.
    released: Notify,
    /// Rung after each commit. Where nobody waits, ringing is one look at an atomic number.
    committed: Notify,
    figures: StoreFigures,
    /// The sync that failed: since then nothing is written any more.
    distrusted: OnceLock<(PathBuf, String)>,
    lock: DirectoryLock,
    /// Where a database is written: that we are the one.
    lease: Option<Lease>,
}

/// What decisions see and change.
#[derive(Debug)]
struct Live {
    state: State,
    progress: Progress,
    /// Decided, not yet committed.
    pending: Draft,
    /// Work of `pending`.
    pending_work: Vec<Released>,
    /// Files behind the state.
    dirty: BTreeSet<DataFile>,
    put_off: PutOff,
    /// Work whose changes are safe, waiting to be taken.
    released: VecDeque<Released>,
}

/// Work that may be done now. Without a number where it isn't kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Released {
    /// The bot whose update it came from; unknown after a restart.
    pub bot: Option<BotId>,
    /// Its number in the outbox.
    pub id: Option<WorkId>,
    /// What to do.
    pub work: Work,
}

/// What became of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handled {
    /// It was new.
    New,
    /// It had been handled before; nothing was changed.
    Repeated,
}

/// Days that stay in memory behind today: late messages of a short outage need no file.
const DAYS_IN_MEMORY: u64 = 2;

impl Store {
    /// The data directory.
    pub fn dir(&self) -> &Path {
        &self.shared.dir
    }

    /// Where it is.
    pub fn home(&self) -> &Home {
        &self.shared.home
    }

    /// What its files are on.
    pub fn disk(&self) -> &SharedDisk {
        &self.shared.disk
    }

    /// Waits until another replica may write, which never happens to a directory.
    pub async fn is_taken_over(&self) {
        match &self.shared.lease {
            Some(lease) => lease.wait_until_lost().await,
            None => std::future::pending().await,
        }
    }

    /// Waits until no other replica can be at work, which none ever is on a directory: before anything is done that nobody can undo.
    pub async fn wait_until_ours(&self) {
        if let Some(lease) = &self.shared.lease {
            lease.wait_until_sure().await;
        }
    }

    /// Looks at the state. Short: everything waits meanwhile.
    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.live().state)
    }

    /// Decides about one update and makes the outcome so, unless the update was handled before.
    /// `days` are those that the decision looks at or changes. Durable after the next [`Store::flush`].
    ///
    /// If `decide` panics, nothing has changed.
    pub fn handle(
        &self,
        bot: BotId,
        update: UpdateId,
        days: &[NaiveDate],
        decide: impl FnOnce(&State) -> Outcome,
    ) -> Result<Handled, StoreFault> {
        let now = self.shared.clock.now();
        let mut live = self.live();
        let is_known = live.progress.seen.get(&bot).is_some_and(|seen| seen.contains(update));
        if is_known && !cfg!(feature = "sabotage-forget-ids") {
            return Ok(Handled::Repeated);
        }
        self.make_so(&mut live, Some(bot), days, decide)?;
        live.progress.seen.entry(bot).or_default().insert(update, now.timestamp());
        live.pending.push_id(bot, update);
        live.note_last_update(now);
        Ok(Handled::New)
    }

    /// Decides about something that is no update: a press of the operator's terminal, an answer from Telegram, a timer.
    pub fn decide(&self, days: &[NaiveDate], decide: impl FnOnce(&State) -> Outcome) -> Result<(), StoreFault> {
        self.make_so(&mut self.live(), None, days, decide)
    }

    /// [`Store::decide`], durable on return.
    pub async fn commit(&self, outcome: Outcome) -> Result<(), StoreFault> {
        self.decide(&[], |_| outcome)?;
        self.flush().await
    }

    /// Notes that work is done; durable after the next flush.
    pub fn finish(&self, work: WorkId) {
        self.live().apply(Change::Work(work, None));
    }

    /// Waits until work may be done, and takes the oldest.
    pub async fn next_work(&self) -> Released {
        loop {
            let rung = self.shared.released.notified();
            if let Some(work) = self.live().released.pop_front() {
                return work;
            }
            rung.await;
        }
    }

    /// Commits everything decided so far. On return it is durable, and its work is released.
    pub async fn flush(&self) -> Result<(), StoreFault> {
        let _turn = self.shared.turn.lock().await;
        self.flush_in_turn().await
    }

    /// Commits, checkpoints, and leaves the files saying everything and the journal nothing: what an operator changes in a
    /// file by hand must not be undone by a replay.
    pub async fn close(&self) -> Result<(), StoreFault> {
        self.checkpoint().await
    }

    /// When the last change was committed.
    pub fn last_commit(&self) -> Option<DateTime<Utc>> {
        let at = self.live().progress.at;
        DateTime::from_timestamp_millis(at).filter(|_| at > 0)
    }

    /// The number of the last commit.
    pub fn commits(&self) -> u64 {
        self.live().progress.seq
    }

    /// Waits until there is another last commit than this one; its number.
    pub async fn committed_after(&self, seen: u64) -> u64 {
        loop {
            let rung = self.shared.committed.notified();
            let commits = self.commits();
            if commits != seen {
                return commits;
            }
            rung.await;
        }
    }

    /// Bytes in the journal.
    pub fn journal_bytes(&self) -> u64 {
        self.log().journal.len()
    }

    /// How its work goes.
    pub fn figures(&self) -> &StoreFigures {
        &self.shared.figures
    }

    fn make_so(
        &self,
        live: &mut Live,
        bot: Option<BotId>,
        days: &[NaiveDate],
        decide: impl FnOnce(&State) -> Outcome,
    ) -> Result<(), StoreFault> {
        for day in days.iter().filter(|day| !live.state.days.contains_key(day)).copied().collect::<Vec<_>>() {
            load::load_day(self.shared.disk.as_ref(), &self.shared.dir, day, &mut live.state)?;
            // Where nothing is, nothing was counted; unless the whole directory isn't there.
            if let Err(gone) = self.in_place() {
                live.state.days.remove(&day);
                return Err(gone);
            }
        }
        let outcome = decide(&live.state);
        for change in &outcome.changes {
            self.recall_for(change, &mut live.state)?;
        }
        for change in outcome.changes {
            live.apply(change);
        }
        for work in outcome.work {
            let id = work.is_kept().then(|| live.number_work(&work));
            live.pending_work.push(Released { bot, id, work });
        }
        Ok(())
    }

    async fn flush_in_turn(&self) -> Result<(), StoreFault> {
        if self.is_flushed() && self.shared.distrusted.get().is_none() {
            return Ok(());
        }
        let store = self.clone();
        blocking(move || store.while_trusted(|| store.write_pending())).await
    }

    /// Does what writes, unless a sync failed before: what the disk holds is unknown then, and nothing may be built on it.
    fn while_trusted(&self, write: impl FnOnce() -> Result<(), StoreFault>) -> Result<(), StoreFault> {
        if let Some((path, why)) = self.shared.distrusted.get() {
            return Err(StoreFault::SyncFailed { path: path.clone(), why: std::io::Error::other(why.clone()) });
        }
        let written = write();
        if let Err(StoreFault::SyncFailed { path, why }) = &written {
            // Who comes second has the same reason.
            let _ = self.shared.distrusted.set((path.clone(), why.to_string()));
        }
        written
    }

    /// Whether the directory is still where it was.
    fn in_place(&self) -> Result<(), StoreFault> {
        if self.shared.lock.is_in_place(&self.shared.dir) { Ok(()) } else { Err(StoreFault::Gone(self.shared.dir.clone())) }
    }

    /// One line, one write, one sync. Decisions go on meanwhile, for the next line.
    fn write_pending(&self) -> Result<(), StoreFault> {
        let mut log = self.log();
        log.take_pending(&mut self.live(), self.shared.clock.now());
        let work = log.write(&self.shared.figures, self.shared.lease.as_ref(), || self.in_place())?;
        self.live().released.extend(work);
        self.ring();
        Ok(())
    }

    /// The same while nothing may be decided.
    fn commit_pending(&self, log: &mut Log, live: &mut Live) -> Result<(), StoreFault> {
        log.take_pending(live, self.shared.clock.now());
        live.released.extend(log.write(&self.shared.figures, self.shared.lease.as_ref(), || self.in_place())?);
        self.ring();
        Ok(())
    }

    fn ring(&self) {
        self.shared.released.notify_one();
        self.shared.committed.notify_waiters();
    }

    fn is_flushed(&self) -> bool {
        self.log().is_written() && self.live().is_flushed()
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        // A decision that panics has changed nothing (see `handle`), so the state is whole.
        self.shared.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.shared.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live {
    fn apply(&mut self, change: Change) {
        self.dirty.insert(DataFile::of(&change));
        self.pending.push(&change);
        self.state.apply(change);
    }

    fn number_work(&mut self, work: &Work) -> WorkId {
        let id = self.progress.next_work;
        self.progress.next_work += 1;
        self.apply(Change::Work(id, Some(work.clone())));
        id
    }

    /// Exact to a minute: a journal entry a minute, not one an update.
    fn note_last_update(&mut self, now: DateTime<Utc>) {
        if self.state.last_update.is_none_or(|last| (now - last).num_seconds().abs() >= 60) {
            self.progress.last_update = Some(now);
            self.apply(Change::LastUpdate(now));
        }
    }

    fn is_flushed(&self) -> bool {
        self.pending.is_empty() && self.pending_work.is_empty()
    }

    /// What was decided, as the next line behind `lines`; its work.
    fn end_line(&mut self, now: DateTime<Utc>, lines: &mut Vec<u8>) -> Vec<Released> {
        self.progress.seq += 1;
        self.progress.at = now.timestamp_millis();
        self.pending.end_line(self.progress.seq, self.progress.at, lines);
        std::mem::take(&mut self.pending_work)
    }

    /// Drops from the state what can't matter any more. Not journaled: a replay brings it back, and that is harmless.
    fn forget_what_is_over(&mut self, now: DateTime<Utc>) {
        for seen in self.progress.seen.values_mut() {
            seen.forget_before(now.timestamp());
        }
        let yesterday = now.date_naive() - Days::new(DAYS_IN_MEMORY);
        let before = self.state.albums.values().map(|albums| albums.len()).sum::<usize>();
        self.state.albums.retain(|_, albums| {
            albums.retain(|_, day| *day >= yesterday);
            !albums.is_empty()
        });
        if before != self.state.albums.values().map(|albums| albums.len()).sum::<usize>() {
            self.dirty.insert(DataFile::Albums);
        }
    }

    fn forget_old_days(&mut self, now: DateTime<Utc>) {
        let keep_from = now.date_naive() - Days::new(DAYS_IN_MEMORY);
        let dirty: BTreeSet<_> = self.dirty.iter().filter_map(|file| file.day()).collect();
        self.state.days.retain(|day, _| *day >= keep_from || dirty.contains(day));
        chats::forget_old_months(&mut self.state.chats, &self.dirty, now);
    }
}

/// Runs what waits for the disk beside the runtime.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, StoreFault> + Send + 'static) -> Result<T, StoreFault> {
    tokio::task::spawn_blocking(work).await.expect("disk work doesn't panic")
}

#[cfg(test)]
mod tests;
