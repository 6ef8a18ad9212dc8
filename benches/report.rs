//! How long a report over a year takes: 365 days of 10,000 cells each, as their files have them.
//!
//! `cargo bench --bench report`; the ratio is against parsing the same text into `serde_json::Value` and adding up.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::{
    collections::BTreeMap,
    hint::black_box,
    time::{Duration, Instant},
};

use chrono::{Days, NaiveDate};
use rollcall::{
    domain::{
        day::{Day, DaySink as _},
        dayfile,
        ids::{ChatId, TeacherId},
        kind::Kind,
        month_sums::Adding,
        period::{Month, Period},
        tally::Tally,
        work::ReportScope,
    },
    report::activity::Collector,
};

const DAYS: u64 = 365;
const GROUPS: i64 = 100;
const TEACHERS_IN_EACH: i64 = 100;
/// Different days; a year of text would measure the machine's memory.
const DIFFERENT: u64 = 7;

fn main() {
    let files: Vec<Vec<u8>> = (0..DIFFERENT).map(day_file).collect();
    let bytes: usize = (0..DAYS).map(|n| file(&files, n).len()).sum();
    println!("{DAYS} days of {} cells, {} MB of text", GROUPS * TEACHERS_IN_EACH, bytes / 1_000_000);

    for days in [1, 30] {
        let (took, _) = fastest(|| streamed(&files, first(days)));
        println!("{:<24} {:>6.0} ms", format!("{days} of them, streamed"), took.as_secs_f64() * 1000.0);
    }
    let (took, total) = fastest(|| streamed(&files, year()));
    print_row("streamed into the sums", took, took);
    let months = added_up(&files);
    let (by_months, same) = fastest(|| {
        let mut sums = Collector::new(year());
        for (month, text) in &months {
            sums.month(*month, &serde_json::from_slice(text).expect("readable"));
        }
        sums.finish().total()
    });
    assert_eq!(total, same);
    print_row("months added up", by_months, took);

    let (built, same) = fastest(|| {
        let mut sums = Collector::new(year());
        for (n, day) in year().period.days().enumerate() {
            let cells = dayfile::parse_cells(file(&files, n as u64)).expect("readable");
            Day { cells, ..Day::default() }.show(day, &mut sums);
        }
        sums.finish().total()
    });
    assert_eq!(total, same);
    print_row("day by day in memory", built, took);

    let (values, same) = fastest(|| {
        let mut sums: BTreeMap<(String, String), u64> = BTreeMap::new();
        for n in 0..DAYS {
            let day: serde_json::Value = serde_json::from_slice(file(&files, n)).expect("readable");
            for (chat, teachers) in day.as_object().expect("an object") {
                for (teacher, tally) in teachers.as_object().expect("an object") {
                    let counters = tally.as_object().expect("an object").values();
                    *sums.entry((teacher.clone(), chat.clone())).or_default() +=
                        counters.filter_map(serde_json::Value::as_u64).sum::<u64>();
                }
            }
        }
        sums.values().sum()
    });
    assert_eq!(total, same);
    print_row("serde_json::Value", values, took);
}

/// The total of a period, as the daemon adds it up.
fn streamed(files: &[Vec<u8>], scope: ReportScope) -> u64 {
    let mut sums = Collector::new(scope);
    for (n, day) in scope.period.days().enumerate() {
        let read = dayfile::scan_cells(file(files, n as u64), |chat, teacher, tally| sums.cell(day, chat, teacher, &tally));
        read.expect("readable");
    }
    sums.finish().total()
}

/// The months of the year as their files have them.
fn added_up(files: &[Vec<u8>]) -> Vec<(Month, Vec<u8>)> {
    let mut months: BTreeMap<Month, Adding> = BTreeMap::new();
    for (n, day) in year().period.days().enumerate() {
        let adding = months.entry(Month::of_day(day)).or_default();
        let read = dayfile::scan_cells(file(files, n as u64), |chat, teacher, tally| adding.cell(day, chat, teacher, &tally));
        read.expect("readable");
    }
    months.into_iter().map(|(month, adding)| (month, serde_json::to_vec(&adding.finish()).expect("JSON"))).collect()
}

fn year() -> ReportScope {
    first(DAYS)
}

fn first(days: u64) -> ReportScope {
    let from = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");
    ReportScope { period: Period { from, to: from + Days::new(days - 1) }, teacher: None, group: None }
}

fn file(files: &[Vec<u8>], day: u64) -> &[u8] {
    &files[(day % DIFFERENT) as usize]
}

/// A day on which everybody wrote, as text.
fn day_file(seed: u64) -> Vec<u8> {
    let mut cells = dayfile::Cells::default();
    for group in 0..GROUPS {
        for teacher in 0..TEACHERS_IN_EACH {
            let mut tally = Tally::default();
            for (n, kind) in Kind::COUNTED.into_iter().enumerate() {
                tally.add_many(kind, (seed + group.unsigned_abs() * 7 + teacher.unsigned_abs() * 3 + n as u64) % 60);
            }
            let id = TeacherId::parse(&format!("T{:04}", group * TEACHERS_IN_EACH + teacher)).expect("an id");
            cells.put(ChatId(-1_001_000_000_000 - group), id, Some(tally));
        }
    }
    dayfile::render_cells(&cells)
}

/// The fastest of three runs, and what it came to.
fn fastest(mut run: impl FnMut() -> u64) -> (Duration, u64) {
    let timed = (0..3).map(|_| {
        let began = Instant::now();
        let result = black_box(run());
        (began.elapsed(), result)
    });
    timed.min_by_key(|(took, _)| *took).expect("three runs")
}

fn print_row(what: &str, took: Duration, fastest: Duration) {
    println!("{what:<24} {:>6.2} s   {:>5.1} ×", took.as_secs_f64(), took.as_secs_f64() / fastest.as_secs_f64());
}
