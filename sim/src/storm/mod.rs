//! The crash storm: the real program is killed a thousand times while everything goes wrong, and then every number
//! must be right.
//!
//! This is the one part of the simulator that knows a particular program: how Rollcall is started, what its settings are
//! called, and which files of its data directory say what. It shares no code with it.

mod dice;
mod evidence;
mod ledger;
mod lives;
mod program;
mod report;
mod school;
#[cfg(target_os = "linux")]
mod soak;
mod weather;

use std::path::PathBuf;

#[cfg(target_os = "linux")]
pub use self::soak::{Sample, SoakPlan, SoakReport, soak};
pub use self::{ledger::Verdict, report::Report};

/// What to do. The seed decides about everything but the operating system's timing.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Decides who posts what, what goes wrong, and when to kill.
    pub seed: u64,
    /// How many `kill -9` at least.
    pub kills: u64,
    /// How many messages at least.
    pub messages: u64,
    /// The program.
    pub program: PathBuf,
    /// How it gets its updates.
    pub mode: Mode,
}

/// How updates reach the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It asks for them.
    #[default]
    Polling,
    /// They are delivered. Needs Linux, where each storm has a loopback address of its own.
    Webhook,
}

/// Raises a storm. `progress` hears of it now and then. `Err` if the storm could not be brought to its end, which is
/// as bad as a lost message.
pub fn run(plan: &Plan, progress: &mut dyn FnMut(&Report)) -> Result<Report, String> {
    let home = std::env::temp_dir().join(format!("storm-{}-{}", std::process::id(), plan.seed));
    let done = lives::run(plan, &home, progress);
    match &done {
        Ok(report) if report.is_clean() => {
            // A directory that can't be deleted says nothing about the program.
            let _ = std::fs::remove_dir_all(&home);
            done
        }
        Ok(_) => done,
        Err(why) => Err(format!("{why}\neverything is kept in {}", home.display())),
    }
}
