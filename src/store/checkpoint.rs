//! Writing changed files whole, and forgetting the journal that they make superfluous.

use std::{collections::BTreeSet, path::Path, sync::TryLockError, time::Instant};

use super::{
    Store, StoreFault, audit, disk,
    files::{DataFile, Progress},
    journal, load,
    lock::CheckpointLock,
    put_off,
};
use crate::domain::state::State;

/// What changed files are to hold: a copy, so that counting goes on while they are rendered and written.
pub(super) struct Snapshot {
    pub(super) state: State,
    pub(super) progress: Progress,
    pub(super) files: Vec<DataFile>,
    /// Whether nothing was put off.
    pub(super) whole: bool,
}

impl Store {
    /// Writes changed files whole and forgets the journal. Once begun it is finished, also when nobody waits for it any more.
    pub async fn checkpoint(&self) -> Result<(), StoreFault> {
        self.checkpoint_without(u64::MAX).await
    }

    /// The same, but files of study time that had `large` bytes or more are put off for a while, and the journal stays as long.
    pub async fn checkpoint_without(&self, large: u64) -> Result<(), StoreFault> {
        let store = self.clone();
        self.shared.checkpointer.run(move || store.write_what_changed(large)).await
    }

    fn write_what_changed(&self, large: u64) -> Result<(), StoreFault> {
        while self.needs_checkpoint() {
            let was_cut_short = self.log().before_exists;
            // Commits go on, to the new journal, while the files are written.
            let began = Instant::now();
            let written = self.while_trusted(|| self.begin_checkpoint(large).and_then(|snapshot| self.write_files(&snapshot)));
            self.shared.figures.note_checkpoint(began.elapsed(), written.is_ok());
            // What an earlier one left behind kept this one from setting the journal aside: once more, where all is to be written.
            if written.is_err() || !was_cut_short || large < u64::MAX {
                return written;
            }
        }
        Ok(())
    }

    /// Whether anything waits for a checkpoint that puts off large files. Nobody waits for a slow disk to learn that: while a commit
    /// is on its way there, the answer is no.
    pub fn is_dirty(&self, large: u64) -> bool {
        let log = match self.shared.log.try_lock() {
            Ok(log) => log,
            Err(TryLockError::Poisoned(log)) => log.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        let live = self.live();
        let put_off = put_off::put_off(&log, &live, large, self.shared.clock.now());
        live.dirty.iter().any(|file| !put_off.contains(file))
    }

    /// Copies what is dirty and sets the journal aside. The files must hold nothing that the journal doesn't: they are
    /// replaced one by one, and a crash between two of them is mended by the journal alone. So what is pending is committed
    /// first, and nothing is decided until everything is copied.
    pub(super) fn begin_checkpoint(&self, large: u64) -> Result<Snapshot, StoreFault> {
        let mut log = self.log();
        let mut live = self.live();
        self.commit_pending(&mut log, &mut live)?;
        live.forget_what_is_over(self.shared.clock.now());
        live.dirty.insert(DataFile::Progress);
        let put_off = put_off::put_off(&log, &live, large, self.shared.clock.now());
        let (progress, whole) = (live.progress.clone(), put_off.is_empty());
        let mut snapshot = Snapshot { state: State::default(), progress, files: Vec::new(), whole };
        for file in live.dirty.difference(&put_off) {
            file.copy(&live.state, &mut snapshot.state);
            snapshot.files.push(*file);
        }
        if !whole {
            live.dirty = put_off;
            return Ok(snapshot);
        }
        // If it is there already, an earlier checkpoint failed: then the journal goes on, and replays more than it must.
        if !log.before_exists && !log.journal.is_empty() {
            log.journal.rotate(&self.shared.dir.join(load::JOURNAL_BEFORE))?;
            log.before_exists = true;
        }
        log.journal.begin()?;
        live.dirty.clear();
        Ok(snapshot)
    }

    fn write_files(&self, snapshot: &Snapshot) -> Result<(), StoreFault> {
        let written = self.try_write_files(snapshot);
        if written.is_err() {
            self.live().dirty.extend(&snapshot.files);
        } else {
            let mut live = self.live();
            live.forget_old_days(self.shared.clock.now());
            if snapshot.whole {
                live.put_off.note_whole(self.shared.clock.now());
            }
            live.state.audit.unwritten.retain(|id, _| !snapshot.state.audit.unwritten.contains_key(id));
        }
        written
    }

    fn try_write_files(&self, snapshot: &Snapshot) -> Result<(), StoreFault> {
        let disk = self.shared.disk.as_ref();
        self.in_place()?;
        let _lock = CheckpointLock::exclusive(&self.shared.dir)?;
        let mut directories = BTreeSet::new();
        for file in &snapshot.files {
            let path = self.shared.dir.join(file.relative());
            let content = if let DataFile::Audit(month) = file {
                audit::grown(*month, audit::content(&self.shared.disk, &path)?, &snapshot.state.audit)?
            } else {
                file.render(&snapshot.state, &snapshot.progress)
            };
            let write = if file.is_private() { disk::replace_private } else { disk::replace };
            write(disk, &path, &content).map_err(|why| StoreFault::io("write", &path, why))?;
            self.live().put_off.note_written(*file, content.len());
            directories.extend(path.parent().map(Path::to_owned));
        }
        for dir in directories {
            journal::sync_dir(disk, &dir)?;
        }
        if !snapshot.whole {
            return Ok(());
        }
        let mut log = self.log();
        if log.before_exists {
            let path = self.shared.dir.join(load::JOURNAL_BEFORE);
            disk.remove(&path).map_err(|why| StoreFault::io("remove", &path, why))?;
            log.before_exists = false;
        }
        Ok(())
    }

    fn needs_checkpoint(&self) -> bool {
        let log = self.log();
        let live = self.live();
        !live.dirty.is_empty() || !live.is_flushed() || !log.journal.is_empty() || log.before_exists
    }
}
