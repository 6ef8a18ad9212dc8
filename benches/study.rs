//! What watching voice chats costs, and drawing up a board over a year of stays.
//!
//! `cargo bench --bench study`; the pure parts and the bytes, without network and disk.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::{
    collections::BTreeMap,
    hint::black_box,
    time::{Duration, Instant},
};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use rollcall::{
    domain::{
        change::Change,
        ids::ChatId,
        lang::Lang,
        presence::{CallId, Participant, Snapshot, Who},
        state::State,
        study::{Began, Community, DayPresence, End, Stay, StayKey, Study, StudyChange},
    },
    store::{DataFile, Progress},
    study::{board, call::CallList, observe, seconds},
};

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

/// A community of 10,000 people with two stays each on every day of a year, as its files have them.
fn boards() {
    let chat = ChatId(-1_001_000_000_000);
    let first = NaiveDate::from_ymd_opt(2025, 1, 1).expect("a date");
    let mut study = Study::default();
    let mut community = Community::new(chat, "Night owls".to_owned(), chrono_tz::Asia::Tashkent, Lang::En, first);
    community.reach_days = 1;
    study.communities.insert(chat, community.clone());
    // A year of different days would measure the machine's memory.
    let files: Vec<Vec<u8>> = (0..7).map(|n| day_file(chat, first, n)).collect();
    let last = first + Days::new(DAYS - 1);
    let until = last.and_hms_opt(16, 30, 0).expect("a time").and_utc();
    println!("{PEOPLE} people with {STAYS_OF_EACH} stays on each of {DAYS} days, {:.1} MB a day", files[0].len() as f64 / 1e6);

    let needed = board::days_needed(community.periods, last);
    let mut reading = Duration::ZERO;
    let days = seconds::days_to_read(&community, needed).days().filter(|day| *day <= last);
    let known: Vec<(NaiveDate, DayPresence)> = days.map(|day| (day, read(&files, chat, last, day, &mut reading))).collect();
    println!("  {} days read from their files  {:>6.0} ms", known.len(), reading.as_secs_f64() * 1e3);
    let began = Instant::now();
    let mut counter = seconds::Counter::new(&study, chat, needed, until).expect("a community");
    known.iter().for_each(|(day, known)| counter.day(*day, known));
    let counted = counter.finish();
    println!("  seconds of them               {:>6.0} ms", began.elapsed().as_secs_f64() * 1e3);
    let began = Instant::now();
    black_box(board::board(&study, chat, last, &counted));
    println!("  day, week, month, with ranks  {:>6.0} ms", began.elapsed().as_secs_f64() * 1e3);
}

/// A day's stays, moved from the one of seven days that they were made for; moving them takes none of the time.
fn read(files: &[Vec<u8>], chat: ChatId, last: NaiveDate, day: NaiveDate, took: &mut Duration) -> DayPresence {
    let days = (last - day).num_days();
    let made_for = usize::try_from(days.rem_euclid(7)).expect("a weekday");
    let mut state = State::default();
    let began = Instant::now();
    let loaded = DataFile::Presence(day).load(&files[made_for], &mut state, &mut Progress::default());
    *took += began.elapsed();
    loaded.expect("our own file");
    let mut known = state.days.remove(&day).and_then(|mut known| known.presence.remove(&chat)).unwrap_or_default();
    let by = TimeDelta::days(days - days.rem_euclid(7));
    let moved = |(key, stay): (StayKey, Stay)| {
        let key = StayKey { call: CallId(days * 10 + key.call.0 % 10), joined: key.joined - by, ..key };
        (key, Stay { left: stay.left - by, ..stay })
    };
    known.stays = known.stays.into_iter().map(moved).collect();
    known
}

fn day_file(chat: ChatId, first: NaiveDate, n: u64) -> Vec<u8> {
    let day = first + Days::new(DAYS - 1) - Days::new(n);
    let mut state = State::default();
    for person in 0..PEOPLE {
        for stay in 0..STAYS_OF_EACH {
            let second = (person * 7 + stay * 20_000) % 60_000;
            let joined = day.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::seconds(second);
            let left = joined + TimeDelta::seconds(1000 + person % 4000);
            let key = StayKey { call: CallId(n as i64 * 10 + stay), who: Who(person + 1), joined };
            let stay = Stay {
                began: Began::Observed,
                seen: joined,
                left,
                end: End::Observed,
                noticed: left,
                muted: false,
                outages: vec![],
            };
            state.apply(Change::Study(StudyChange::Stay(day, chat, key, Some(stay))));
        }
    }
    DataFile::Presence(day).render(&state, &Progress::default())
}
