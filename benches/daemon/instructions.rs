//! Instructions for one update, counted by callgrind: the same on every run and on every machine, so that a change which
//! makes counting dearer is seen however busy the machine is.
//!
//! The whole program is run twice, on a short and on a longer queue; the difference is what the updates cost.

use std::{fs, path::Path, process::Command};

use chrono::{DateTime, Utc};
use telegram_sim::{FloodPlan, Sim};

use super::{
    program::{Program, wait, write_registry},
    updates::FROM,
};

const SHORT: usize = 2_000;
const LONG: usize = 10_000;
/// The figure that was accepted last.
const ACCEPTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/daemon/instructions.txt");
/// More than so many percent above it fail.
const TOLERANCE: f64 = 10.0;

/// Prints the figure of a program and compares it; with `accept` it is the new one. Whether it is within bounds.
pub(super) fn run(program: &Path, accept: bool) -> bool {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("valgrind is not installed (Debian and Ubuntu: `apt install valgrind`)");
        return false;
    }
    let figure = (count(program, LONG) - count(program, SHORT)) / (LONG - SHORT) as f64;
    if accept {
        fs::write(ACCEPTED, format!("{figure:.0}\n")).expect("writes");
    }
    let accepted: f64 =
        fs::read_to_string(ACCEPTED).ok().and_then(|text| text.trim().parse().ok()).expect("a figure is committed");
    let more = (figure / accepted - 1.0) * 100.0;
    println!("\n{figure:.0} instructions for one update; accepted are {accepted:.0} ({more:+.1} %, at most +{TOLERANCE:.0} %)");
    more <= TOLERANCE
}

/// Instructions of a run that counts so many messages.
fn count(program: &Path, messages: usize) -> f64 {
    let sim = Sim::start();
    let bot = sim.bot("rollcall_bot");
    let from = DateTime::<Utc>::from_timestamp(FROM, 0).expect("a time");
    sim.clock().set(from);
    let flood = sim.flood(&bot, &FloodPlan::new(messages, from));
    let dir = tempfile::tempdir().expect("a directory");
    // The same for both: everybody everywhere.
    let pairs = flood.groups.iter().flat_map(|group| flood.users.iter().map(|user| (group.id, user.id)));
    write_registry(dir.path(), &pairs.collect());
    let profile = dir.path().join("callgrind.out");
    let program = Program::profiled(program, dir.path(), &sim, &bot, 1, &profile);
    wait(|| bot.pending() == 0);
    program.stop();
    let written = fs::read_to_string(&profile).expect("callgrind writes its profile");
    let total = written.lines().find_map(|line| line.strip_prefix("summary: ").or_else(|| line.strip_prefix("totals: ")));
    total.and_then(|total| total.trim().parse().ok()).expect("a profile has a total")
}
