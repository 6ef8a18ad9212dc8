//! What a workbook costs: 10,000 and 200,000 rows of 13 columns, in time and in memory beside the numbers themselves.
//!
//! `cargo bench --bench workbook`; each size runs in a process of its own, so that the peak is its own too.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::{env, process::Command, time::Instant};

use chrono::{NaiveDate, TimeZone, Utc};
use rollcall::{
    domain::{
        ids::{ChatId, TeacherId},
        kind::Kind,
        lang::Lang,
        period::Period,
        state::State,
        work::ReportScope,
    },
    report::{
        activity::Activity,
        files::{self, Sheet},
    },
};

const SIZES: [u32; 2] = [10_000, 200_000];
/// In how many groups each teacher wrote.
const GROUPS_OF_EACH: u32 = 40;

fn main() {
    // `cargo bench` passes `--bench`; a number comes from ourselves.
    if let Some(rows) = env::args().nth(1).and_then(|rows| rows.parse().ok()) {
        return measure(rows);
    }
    let myself = env::current_exe().expect("a running program has a path");
    for rows in SIZES {
        let ran = Command::new(&myself).arg(rows.to_string()).status().expect("starts");
        assert!(ran.success());
    }
}

fn measure(rows: u32) {
    let (state, activity) = (State::default(), activity(rows));
    let now = Utc.with_ymd_and_hms(2026, 1, 2, 3, 4, 5).single().expect("an instant");
    let sheet =
        Sheet { state: &state, activity: &activity, zone: chrono_tz::Asia::Tashkent, lang: Lang::En, now, last_commit: None };
    let before = peak_kib();
    let began = Instant::now();
    // Without the sheet by day: the budget is for rows, and these are counted once.
    let bytes = files::workbook(&sheet, &mut |_| ()).expect("is written");
    let took = began.elapsed().as_secs_f64();
    let more =
        peak_kib().zip(before).map_or("unknown".to_owned(), |(now, before)| format!("{:.1} MiB", (now - before) as f64 / 1024.0));
    println!(
        "{rows:>7} rows × {} columns: {took:.2} s, {more} more memory, a file of {:.1} MB",
        files::COLUMNS.len(),
        bytes.len() as f64 / 1e6
    );
}

/// Sums of a day, made without a detour: memory that was needed before would hide what the workbook needs.
fn activity(rows: u32) -> Activity {
    let day = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");
    let scope = ReportScope { period: Period { from: day, to: day }, teacher: None, group: None };
    let mut activity = Activity::new(scope);
    for n in 0..rows {
        let (teacher, group) = (n / GROUPS_OF_EACH, n % GROUPS_OF_EACH);
        let teacher = TeacherId::parse(&format!("T{teacher:06}")).expect("an id");
        let cell = activity.cells.entry((teacher, ChatId(-1_001_000_000_000 - i64::from(group)))).or_default();
        for (at, kind) in (1..).zip(Kind::COUNTED) {
            cell.add_many(kind, u64::from(n % (at * 7)));
        }
        cell.add(Kind::Text);
        *activity.by_day.entry(day).or_default() += cell.total();
    }
    activity
}

/// The most memory that this process ever had, where the system says.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
