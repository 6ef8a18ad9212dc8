//! How fast the daemon counts, durably and exactly once, and what that costs: the real binary polls the simulator, which
//! has everything ready. Beside it, on the same stream, the same dispatcher with a handler that does nothing: the upper bound.

use std::{collections::BTreeMap, fs, path::Path, time::Instant};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use telegram_sim::{Fault, FloodPlan, Sim, When};
use teloxide::{prelude::*, update_listeners::Polling};

use super::{
    program::{Program, wait, write_registry},
    rest::everything,
};

/// A moment within one day of the default zone, and that day.
pub(super) const FROM: i64 = 1_769_403_600;
const DAY: &str = "2026-01-26";
/// How often each case is measured.
const ROUNDS: usize = 7;
/// The argument that makes this program the bare dispatcher.
pub(super) const BARE: &str = "--bare-dispatcher";

/// Prints a table. What is compared is measured by turns, so that a busy moment of the machine meets all of it, and the median is shown.
pub(super) fn run(messages: usize) {
    let small = Case { groups: 20, users: 100, groups_each: 20, counters: 0, rtt_ms: 0, has_everything: false, messages };
    let large = Case { groups: 500, users: 5_000, groups_each: 4, ..small };
    println!("{messages} updates in batches of 100; groups × teachers, counters that the day's file has before\n");
    println!("                                 |           | updates/s | ms CPU / 1,000 | MiB rest | most | ms to poll");
    let [rollcall, bare, large_rollcall, large_bare] = medians([(small, true), (small, false), (large, true), (large, false)]);
    for (case, rollcall, bare) in [(small, &rollcall, &bare), (large, &large_rollcall, &large_bare)] {
        case.print("rollcall", rollcall);
        case.print("bare", bare);
        println!("{:>32} | {:>9} | {:>8.0}% |", "", "of bare", 100.0 * rollcall.per_second / bare.per_second);
    }
    println!("{:>32} | {:>9} | {:>8.0}% |", "large", "of small", 100.0 * large_rollcall.per_second / rollcall.per_second);
    let filled = [1_000, 10_000, 50_000].map(|counters| Case { counters, ..small });
    for (case, run) in filled.iter().zip(medians(filled.map(|case| (case, true)))) {
        case.print("rollcall", &run);
    }
    let full = Case { has_everything: true, ..small };
    let [run] = medians([(full, true)]);
    full.print("all on", &run);
    let far = Case { rtt_ms: 50, messages: messages.min(20_000), ..small };
    far.print("rollcall", &far.measure(true));
    far.print("bare", &far.measure(false));
}

/// The medians of several rounds, in each of which every case has its turn.
fn medians<const N: usize>(cases: [(Case, bool); N]) -> [Run; N] {
    let mut rounds: [Vec<Run>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..ROUNDS {
        for ((case, is_rollcall), runs) in cases.iter().zip(&mut rounds) {
            runs.push(case.measure(*is_rollcall));
        }
    }
    rounds.map(|runs| Run {
        per_second: median(&runs, |run| run.per_second),
        cpu_ms: median(&runs, |run| run.cpu_ms),
        rest_mib: median(&runs, |run| run.rest_mib),
        most_mib: median(&runs, |run| run.most_mib),
        first_poll_ms: median(&runs, |run| run.first_poll_ms),
    })
}

fn median(runs: &[Run], of: impl Fn(&Run) -> f64) -> f64 {
    let mut figures: Vec<f64> = runs.iter().map(of).collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

#[derive(Clone, Copy)]
struct Case {
    groups: usize,
    users: usize,
    groups_each: usize,
    /// In the day's file at the start.
    counters: usize,
    rtt_ms: u64,
    /// Web, session, second bot and all.
    has_everything: bool,
    messages: usize,
}

struct Run {
    per_second: f64,
    cpu_ms: f64,
    rest_mib: f64,
    most_mib: f64,
    first_poll_ms: f64,
}

impl Case {
    fn measure(&self, is_rollcall: bool) -> Run {
        let sim = Sim::start();
        let bot = sim.bot("rollcall_bot");
        let from = DateTime::<Utc>::from_timestamp(FROM, 0).expect("a time");
        sim.clock().set(from);
        let plan = FloodPlan {
            groups: self.groups,
            users: self.users,
            groups_each: self.groups_each,
            ..FloodPlan::new(self.messages, from)
        };
        let flood = sim.flood(&bot, &plan);
        let dir = tempfile::tempdir().expect("a directory");
        write_registry(dir.path(), &flood.posted.keys().map(|(_, chat, user, _)| (*chat, *user)).collect());
        write_day(dir.path(), self.counters);
        if self.rtt_ms > 0 {
            sim.fault("*", When::Always, Fault::Slow(self.rtt_ms));
        }
        let settings = if self.has_everything { everything(&sim, dir.path()).0 } else { BTreeMap::new() };
        let start = Instant::now();
        let program = if is_rollcall {
            Program::with_settings(&settings, dir.path(), &sim, &bot)
        } else {
            Program::myself([BARE], &sim, &bot)
        };
        wait(|| bot.polls() > 0);
        let first_poll_ms = start.elapsed().as_secs_f64() * 1000.0;
        let rest_mib = program.memory();
        let before = program.cpu_ms();
        let counting = Instant::now();
        wait(|| bot.pending() == 0);
        let seconds = counting.elapsed().as_secs_f64();
        let cpu_ms = (program.cpu_ms() - before) / (self.messages as f64 / 1000.0);
        let most_mib = program.most_memory();
        Run { per_second: self.messages as f64 / seconds, cpu_ms, rest_mib, most_mib, first_poll_ms }
    }

    fn print(&self, program: &str, run: &Run) {
        let Self { groups, users, counters, rtt_ms, .. } = self;
        let case = format!("{groups} × {users}, {counters}, RTT {rtt_ms} ms");
        println!(
            "{case:>32} | {program:>9} | {:>9.0} | {:>14.1} | {:>8.1} | {:>4.1} | {:>10.0}",
            run.per_second, run.cpu_ms, run.rest_mib, run.most_mib, run.first_poll_ms
        );
    }
}

/// A day on which other teachers wrote in other groups.
fn write_day(dir: &Path, counters: usize) {
    let mut chats: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for n in 0..counters {
        let tally = json!({ "text": n, "photo": 0, "video": 0, "audio": 0, "voice": 0, "document": 0 });
        chats.entry(format!("-1009{:06}", n / 50)).or_default().insert(format!("Z{n:06}"), tally);
    }
    fs::create_dir_all(dir.join("stats")).expect("a directory");
    fs::write(dir.join("stats").join(format!("{DAY}.json")), json!(chats).to_string()).expect("writes");
}

/// Receives, parses and dispatches with the library alone, for ever.
pub(super) fn bare_dispatcher() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
    runtime.block_on(async {
        let bot = Bot::from_env();
        let listener = Polling::builder(bot.clone()).build();
        let nothing = Update::filter_message().endpoint(|| async { Ok::<(), std::convert::Infallible>(()) });
        let error_handler = LoggingErrorHandler::with_custom_text("receiving");
        Dispatcher::builder(bot, nothing).build().dispatch_with_listener(listener, error_handler).await;
    });
}
