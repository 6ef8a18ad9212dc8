//! What watching voice chats costs, and drawing up a board over a year of stays.
//!
//! `cargo bench --bench study`; the pure parts, and the files of a year; without network.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::{
    collections::BTreeMap,
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use rollcall::{
    domain::{
        change::Change,
        ids::ChatId,
        lang::Lang,
        period::Period,
        presence::{CallId, Participant, Snapshot, Who},
        state::State,
        study::{Began, Community, End, PresenceChange, PresenceSink, Sat, Stay, StayKey, Study},
    },
    store::{DataFile, Progress, Reader},
    study::{board, call::CallList, observe, seconds},
};
use tempfile::TempDir;

const CALLS: i64 = 200;
const IN_EACH: i64 = 500;
/// Two a minute, for ten minutes.
const LOOKS: i64 = 20;

const PEOPLE: i64 = 10_000;
const STAYS_OF_EACH: i64 = 2;
/// A year and the rest of a block of 30: the most that a month's board has to read.
const DAYS: u64 = 390;

fn main() {
    watching();
    boards();
}

/// 200 calls of 500 people each, looked at every 30 seconds; in each look one in a hundred comes or goes.
fn watching() {
    let start: DateTime<Utc> = "2026-01-09T12:00:00Z".parse().expect("a time");
    let mut state = State::default();
    let mut lists: BTreeMap<i64, CallList> = (0..CALLS).map(|call| (call, CallList::default())).collect();
    let (mut took, mut bytes, mut changes) = (Duration::ZERO, 0, 0);
    for look in 0..=LOOKS {
        let at = start + observe::LOOK_EVERY * i32::try_from(look).expect("few looks");
        for (call, list) in &mut lists {
            let (chat, id) = (ChatId(-1_000_000_000_000 - call), CallId(*call));
            let shown = Snapshot { version: look as i32, participants: participants(*call, look, start), complete: true, at };
            let began = Instant::now();
            let seen = list.looked(shown);
            let outcome = observe::observe(&state, chat, id, &seen);
            let spent = began.elapsed();
            let text: usize = outcome.changes.iter().map(|change| serde_json::to_vec(change).expect("a change").len()).sum();
            let count = outcome.changes.len();
            outcome.changes.into_iter().for_each(|change| state.apply(change));
            // The first look enters everybody.
            if look > 0 {
                (took, bytes, changes) = (took + spent, bytes + text, changes + count);
            }
        }
    }
    let each = took.as_secs_f64() / LOOKS as f64;
    println!("{CALLS} calls of {IN_EACH} people, each look (every 30 s)");
    println!("  decided in {:>8.1} ms = {:.2} % of a core", each * 1e3, each / 30.0 * 100.0);
    println!("  journal    {:>8.1} kB in {} changes", bytes as f64 / LOOKS as f64 / 1e3, changes as i64 / LOOKS);
    let calls = DataFile::AT_START.into_iter().find(|file| file.relative().ends_with("study/calls.json")).expect("a file");
    let began = Instant::now();
    let file = calls.render(&state, &Progress::default());
    println!("  checkpoint {:>8.1} MB in {:.0} ms", file.len() as f64 / 1e6, began.elapsed().as_secs_f64() * 1e3);
}

fn participants(call: i64, look: i64, start: DateTime<Utc>) -> Vec<Participant> {
    let gone = |person: i64| (person + look) % 100 == 0;
    let here = (0..IN_EACH).filter(|person| !gone(*person));
    here.map(|person| {
        // Whoever was gone at the last look has joined anew since.
        let back = (0..=look).rev().find(|earlier| (person + earlier) % 100 == 0).map_or(0, |earlier| earlier + 1);
        Participant {
            who: Who(call * IN_EACH + person + 1),
            joined: start + TimeDelta::seconds(back * 30 - 5),
            source: 0,
            muted: true,
            video: false,
            left: false,
            just_joined: false,
            versioned: false,
        }
    })
    .collect()
}

/// A community of 10,000 people with two stays each on every day of a year, read from its files as the daemon reads them.
fn boards() {
    let chat = ChatId(-1_001_000_000_000);
    let first = NaiveDate::from_ymd_opt(2025, 1, 1).expect("a date");
    let mut study = Study::default();
    let mut community = Community::new(chat, "Night owls".to_owned(), chrono_tz::Asia::Tashkent, Lang::En, first);
    community.reach_days = 1;
    study.communities.insert(chat, community.clone());
    let last = first + Days::new(DAYS - 1);
    let until = last.and_hms_opt(16, 30, 0).expect("a time").and_utc();
    let needed = board::days_needed(community.periods, last);
    let to_read = seconds::days_to_read(&community, needed);
    let dir = TempDir::new().expect("a directory");
    let bytes = year(dir.path(), chat, first, to_read);
    println!("{PEOPLE} people with {STAYS_OF_EACH} stays on each of {DAYS} days, {:.1} MB a day", bytes as f64 / 1e6);

    let reader = Reader::open(dir.path()).expect("our own files");
    for _ in 0..5 {
        let began = processor_time();
        let read = seconds::count(&study, chat, needed, until, |days, to| {
            assert_eq!(days, to_read);
            reader.scan_presence(chat, days, to)
        });
        let counted = read.expect("our own files").expect("a community");
        let read = processor_time();
        black_box(board::board(&study, chat, last, &counted));
        let drawn = processor_time();
        let [read, drawn, whole] = [read - began, drawn - read, drawn - began].map(|took| took.as_secs_f64() * 1e3);
        println!(
            "  read and counted {read:>4.0} ms, day, week, month with ranks {drawn:>3.0} ms, together {whole:>4.0} ms of a core"
        );
    }
    let began = processor_time();
    let mut nothing = Stays(0);
    reader.scan_presence(chat, to_read, &mut nothing).expect("our own files");
    let took = processor_time() - began;
    println!("  of which reading {} stays {:>4.0} ms", nothing.0, took.as_secs_f64() * 1e3);
}

/// Counts stays, to see what reading costs.
struct Stays(u64);

impl PresenceSink for Stays {
    fn sat(&mut self, stay: Sat) {
        self.0 += u64::from(black_box(stay).to > 0);
    }

    fn imported(&mut self, _: NaiveDate, _: Who, _: u32) {}
}

/// What this thread has used of a core, which other programs don't change much; elsewhere than on Linux, the time.
fn processor_time() -> Duration {
    static BEGAN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = used.and_then(|used| used.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| BEGAN.elapsed(), Duration::from_nanos)
}

/// Writes the files of a year: the days that a board reads truly, the others as names of one of them. Gives the size of a day's file.
fn year(dir: &Path, chat: ChatId, first: NaiveDate, to_read: Period) -> usize {
    let path = |day: NaiveDate| dir.join(DataFile::Presence(day).relative());
    let sample = day_file(chat, first, 0);
    std::fs::create_dir_all(path(first).parent().expect("a folder")).expect("a folder");
    std::fs::write(path(first), &sample).expect("a file");
    for (n, day) in (1..DAYS).map(|n| (n, first + Days::new(n))) {
        if to_read.contains(day) {
            std::fs::write(path(day), day_file(chat, first, n)).expect("a file");
        } else {
            std::fs::hard_link(path(first), path(day)).expect("a link");
        }
    }
    sample.len()
}

fn day_file(chat: ChatId, first: NaiveDate, n: u64) -> Vec<u8> {
    let day = first + Days::new(n);
    let mut state = State::default();
    for person in 0..PEOPLE {
        for stay in 0..STAYS_OF_EACH {
            let second = (person * 7 + stay * 20_000) % 60_000;
            let joined = day.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::seconds(second);
            let left = joined + TimeDelta::seconds(1000 + person % 4000);
            let key = StayKey {
                call: CallId(5_000_000_000_000_000_000 + n as i64 * 10 + stay),
                who: Who(1_000_000_000 + person),
                joined,
            };
            let stay = Stay {
                began: Began::Observed,
                seen: joined,
                left,
                end: End::Observed,
                noticed: left,
                muted: false,
                outages: vec![],
            };
            state.apply(Change::Presence(day, chat, PresenceChange::Stay(key, Some(stay))));
        }
    }
    DataFile::Presence(day).render(&state, &Progress::default())
}
