//! Starting with a year of data, and what a checkpoint of a large day costs those who wait for a commit.

use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{Days, NaiveDate};
use rollcall::{
    clock::{Clock as _, SystemClock},
    domain::{
        change::{Change, Outcome},
        day::Day,
        dayfile,
        ids::{BotId, ChatId, TeacherId, UpdateId},
        kind::Kind,
        tally::Tally,
    },
    store::Store,
};
use telegram_sim::Sim;

use super::program::{Program, print_percentiles, wait, write_registry};

const DAYS: u64 = 365;
const CELLS_A_DAY: usize = 10_000;
const LARGE_DAY: usize = 50_000;

/// Prints a table.
pub(super) fn run() {
    println!("\nStarting, to the first poll (fastest of five)\n");
    for (groups, teachers, groups_each, days) in [(0, 0, 0, 0), (20, 100, 20, 0), (20, 100, 20, DAYS), (500, 5_000, 4, DAYS)] {
        let dir = tempfile::tempdir().expect("a directory");
        write_school(dir.path(), groups, teachers, groups_each, days);
        let fastest = (0..5).map(|_| start(dir.path())).min().expect("five runs");
        println!(
            "{groups:>4} groups, {teachers:>5} teachers, {days:>3} days of {CELLS_A_DAY} counters: {:>6.1} ms",
            fastest.as_secs_f64() * 1000.0
        );
    }
    println!("\nA commit of 100 updates, on a day of {LARGE_DAY} counters\n");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
    for with_checkpoints in [false, true] {
        let (mut took, checkpoints) = runtime.block_on(commit(with_checkpoints));
        print_percentiles(if with_checkpoints { "while checkpoints go on" } else { "alone" }, &mut took);
        if let Some(longest) = checkpoints.iter().max() {
            println!("{:>40}: {}, the longest {:.0} ms", "checkpoints meanwhile", checkpoints.len(), longest.as_secs_f64() * 1e3);
        }
    }
}

fn start(dir: &Path) -> Duration {
    let sim = Sim::start();
    let bot = sim.bot("rollcall_bot");
    let began = Instant::now();
    let _daemon = Program::daemon(dir, &sim, &bot, "1");
    wait(|| bot.polls() > 0);
    began.elapsed()
}

fn write_school(dir: &Path, groups: i64, teachers: i64, groups_each: i64, days: u64) {
    let pairs = (0..teachers)
        .flat_map(|teacher| (0..groups_each).map(move |n| (-1_001_000_000_000 - (teacher + n) % groups, 1_000 + teacher)));
    write_registry(dir, &pairs.collect());
    let stats = dir.join("stats");
    fs::create_dir_all(&stats).expect("a directory");
    let text = dayfile::render_cells(&large_day(CELLS_A_DAY).cells);
    let today = SystemClock.now().date_naive();
    for n in 0..days {
        fs::write(stats.join(format!("{}.json", today - Days::new(n))), &text).expect("writes");
    }
}

fn large_day(cells: usize) -> Day {
    let mut day = Day::default();
    for n in 0..cells {
        let mut tally = Tally::default();
        tally.add_many(Kind::Text, n as u64 % 60);
        let (chat, teacher) = cell(n);
        day.cells.put(chat, teacher, Some(tally));
    }
    day
}

fn cell(n: usize) -> (ChatId, TeacherId) {
    let teacher = TeacherId::parse(&format!("T{:06}", n % 5_000)).expect("an id");
    (ChatId(-1_001_000_000_000 - n as i64 / 100), teacher)
}

/// Commits for a while; how long each took, and how long each checkpoint.
async fn commit(with_checkpoints: bool) -> (Vec<Duration>, Vec<Duration>) {
    let dir = tempfile::tempdir().expect("a directory");
    let today: NaiveDate = SystemClock.now().date_naive();
    fs::create_dir_all(dir.path().join("stats")).expect("a directory");
    let path = dir.path().join("stats").join(format!("{today}.json"));
    fs::write(path, dayfile::render_cells(&large_day(LARGE_DAY).cells)).expect("writes");
    let store = Store::open(dir.path(), Arc::new(SystemClock)).expect("opens");
    let (mut took, mut checkpoints) = (Vec::new(), Vec::new());
    let mut checkpoint = None;
    for batch in 0..2_000_i64 {
        if with_checkpoints && checkpoint.is_none() {
            let (store, began) = (store.clone(), Instant::now());
            checkpoint = Some(tokio::spawn(async move { store.checkpoint().await.map(|()| began.elapsed()) }));
        }
        let began = Instant::now();
        for n in 0..100 {
            let update = batch * 100 + n;
            let (chat, teacher) = cell((update * 7_919) as usize % LARGE_DAY);
            let count = |state: &rollcall::domain::state::State| {
                let mut tally = state.cell(today, chat, teacher).cloned().unwrap_or_default();
                tally.add(Kind::Text);
                Outcome { changes: vec![Change::Cell(today, chat, teacher, Some(tally))], work: Vec::new() }
            };
            store.handle(BotId(1), UpdateId(update), &[today], count).expect("counts");
        }
        store.flush().await.expect("commits");
        took.push(began.elapsed());
        if let Some(done) = checkpoint.take_if(|running| running.is_finished()) {
            checkpoints.push(done.await.expect("ends").expect("is written"));
        }
    }
    (took, checkpoints)
}
