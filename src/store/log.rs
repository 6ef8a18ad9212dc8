//! The way to the journal: what was decided, until it is durable.

use std::time::Instant;

use chrono::{DateTime, Utc};

use super::{Live, Released, StoreFault, journal::Journal};
use crate::metrics::StoreFigures;

/// What is on its way to the disk.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) journal: Journal,
    /// Lines that a failed write left over, to be written first.
    pub(super) unwritten: Vec<u8>,
    /// Their work.
    pub(super) unwritten_work: Vec<Released>,
    /// Whether `journal.before.jsonl` exists.
    pub(super) before_exists: bool,
}

impl Log {
    /// Takes over what was decided since the last commit.
    pub(super) fn take_pending(&mut self, live: &mut Live, now: DateTime<Utc>) {
        if !live.is_flushed() {
            self.unwritten_work.extend(live.end_line(now, &mut self.unwritten));
        }
    }

    /// Makes it durable; its work may be done then. After an error all of it is still here for another try.
    pub(super) fn write(
        &mut self,
        figures: &StoreFigures,
        in_place: impl Fn() -> Result<(), StoreFault>,
    ) -> Result<Vec<Released>, StoreFault> {
        if !self.unwritten.is_empty() {
            let began = Instant::now();
            let written = self.write_in_place(in_place);
            figures.note_flush(began.elapsed(), written.is_ok());
            written?;
            self.unwritten.clear();
        }
        Ok(std::mem::take(&mut self.unwritten_work))
    }

    /// A file that is open can be written to wherever it was moved, and where it was deleted; only what is in its place counts.
    fn write_in_place(&mut self, in_place: impl Fn() -> Result<(), StoreFault>) -> Result<(), StoreFault> {
        in_place()?;
        self.journal.append(&self.unwritten)?;
        in_place().inspect_err(|_| self.journal.take_back(self.unwritten.len()))
    }
}
