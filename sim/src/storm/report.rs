//! What a storm came to.

use std::{collections::BTreeMap, fmt, path::PathBuf, time::Duration};

use super::ledger::Verdict;

/// What was done, and what came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// `kill -9`.
    pub kills: u64,
    /// Of these, such that cut a checkpoint short.
    pub kills_in_checkpoint: u64,
    /// Of these, such that tore a line of the journal by themselves.
    pub kills_in_write: u64,
    /// Clean stops between them, all with exit code 0.
    pub stops: u64,
    /// The longest from SIGTERM to the end.
    pub slowest_stop: Duration,
    /// Messages posted.
    pub messages: u64,
    /// Of these, such that count.
    pub counted: u64,
    /// Numbers that were compared.
    pub cells: usize,
    /// Updates acknowledged, each looked up on disk at that moment.
    pub acknowledged: u64,
    /// Updates acknowledged that were not on disk then.
    pub unsafe_ones: Vec<i64>,
    /// What went wrong, and how often.
    pub accidents: BTreeMap<&'static str, u64>,
    /// Whether the last clean stop left anything in the journal: a replay would undo what is changed by hand.
    pub is_journal_left: bool,
    /// The comparison.
    pub verdict: Verdict,
    /// How long it took.
    pub took: Duration,
    /// The data directory that was compared.
    pub data: PathBuf,
}

impl Report {
    /// Whether nothing was lost, nothing counted twice, and nothing acknowledged before it was safe.
    pub fn is_clean(&self) -> bool {
        self.verdict.is_exact() && self.unsafe_ones.is_empty() && !self.is_journal_left
    }

    pub(super) fn note(&mut self, accident: &'static str) {
        *self.accidents.entry(accident).or_default() += 1;
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |what: &str, n: u64| writeln!(f, "{what:<44} {n:>9}");
        line("kill -9", self.kills)?;
        line("  while a checkpoint was written", self.kills_in_checkpoint)?;
        line("  while a line of the journal was written", self.kills_in_write)?;
        line("clean stops between them", self.stops)?;
        line("  the slowest, in ms", self.slowest_stop.as_millis() as u64)?;
        line("messages posted", self.messages)?;
        line("  that count", self.counted)?;
        line("updates acknowledged, each looked up on disk", self.acknowledged)?;
        for (accident, n) in &self.accidents {
            line(&format!("  {accident}"), *n)?;
        }
        line("numbers compared with the files", self.cells as u64)?;
        writeln!(f, "took {:.0} s", self.took.as_secs_f64())?;
        if !self.unsafe_ones.is_empty() {
            let first = &self.unsafe_ones[..self.unsafe_ones.len().min(5)];
            writeln!(f, "ACKNOWLEDGED BEFORE IT WAS ON DISK: {} updates, such as {first:?}", self.unsafe_ones.len())?;
        }
        for example in &self.verdict.examples {
            writeln!(f, "  {example}")?;
        }
        if self.verdict.beside > 0 {
            writeln!(f, "hours or posts of albums that are wrong: {}", self.verdict.beside)?;
        }
        if self.is_journal_left {
            writeln!(f, "A CLEAN STOP LEFT SOMETHING IN THE JOURNAL")?;
        }
        if !self.is_clean() {
            writeln!(f, "the files are kept in {}", self.data.display())?;
        }
        write!(f, "lost {}, double {}", self.verdict.lost, self.verdict.double)
    }
}
