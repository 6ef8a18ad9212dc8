//! The way to the journal: what was decided, until it is durable.

use std::time::Instant;

use chrono::{DateTime, Utc};

use super::{Live, Released, StoreFault, journal::Journal, postgres::Lease};
use crate::metrics::StoreFigures;

/// What is on its way to the disk.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) journal: Journal,
    /// Lines that a failed write left over, to be written first.
    pub(super) unwritten: Vec<u8>,
    /// Their work.
    pub(super) unwritten_work: Vec<Released>,
    /// Other replicas don't know yet that these lines, or the last ones, change the register.
    pub(super) register_untold: bool,
    /// Whether `journal.before.jsonl` exists.
    pub(super) before_exists: bool,
}

impl Log {
    /// Takes over what was decided since the last commit.
    pub(super) fn take_pending(&mut self, live: &mut Live, now: DateTime<Utc>) {
        if !live.is_flushed() {
            self.register_untold |= live.pending.changes_register();
            self.unwritten_work.extend(live.end_line(now, &mut self.unwritten));
        }
    }

    /// Whether nothing is on its way.
    pub(super) fn is_written(&self) -> bool {
        self.unwritten.is_empty() && !self.register_untold
    }

    /// Makes it durable; its work may be done then. After an error all of it is still here for another try.
    pub(super) fn write(
        &mut self,
        figures: &StoreFigures,
        lease: Option<&Lease>,
        in_place: impl Fn() -> Result<(), StoreFault>,
    ) -> Result<Vec<Released>, StoreFault> {
        if !self.is_written() {
            let began = Instant::now();
            let written = self.write_lines(in_place).and_then(|()| self.tell_of_register(lease));
            figures.note_flush(began.elapsed(), written.is_ok());
            written?;
        }
        Ok(std::mem::take(&mut self.unwritten_work))
    }

    fn write_lines(&mut self, in_place: impl Fn() -> Result<(), StoreFault>) -> Result<(), StoreFault> {
        if !self.unwritten.is_empty() {
            self.write_in_place(in_place)?;
            self.unwritten.clear();
        }
        Ok(())
    }

    /// After the lines are safe, so that who reads the register then has the change; before their work is done, so that nobody has heard of it.
    fn tell_of_register(&mut self, lease: Option<&Lease>) -> Result<(), StoreFault> {
        if self.register_untold {
            let told = lease.map_or(Ok(()), Lease::register_has_changed);
            told.map_err(|why| StoreFault::io("write", self.journal.path(), why.into()))?;
            self.register_untold = false;
        }
        Ok(())
    }

    /// A file that is open can be written to wherever it was moved, and where it was deleted; only what is in its place counts.
    fn write_in_place(&mut self, in_place: impl Fn() -> Result<(), StoreFault>) -> Result<(), StoreFault> {
        in_place()?;
        self.journal.append(&self.unwritten)?;
        in_place().inspect_err(|_| self.journal.take_back(self.unwritten.len()))
    }
}
