//! The store's promises, on a real directory.

mod audit;
mod faults;
mod month_sums;
mod places;
mod put_off;
mod retention;
mod scenario;
mod simulated_disk;

use std::{collections::BTreeMap, fs, sync::Mutex};

use chrono::TimeZone;
use proptest::prelude::*;
use tempfile::TempDir;

use super::{disk::RealDisk, *};
use crate::{
    clock::Clock,
    domain::{
        ids::{ChatId, FullName, TeacherId, UserId},
        kind::Kind,
        period::Period,
        presence::{CallId, Who},
        registry::Teacher,
        study::{Began, Seat, StudyChange},
        tally::Tally,
        work::Buttons,
    },
};

const BOT: BotId = BotId(7);

#[derive(Debug)]
struct TestClock(Mutex<DateTime<Utc>>);

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("no test panics inside")
    }
}

fn clock() -> Arc<TestClock> {
    Arc::new(TestClock(Mutex::new(Utc.with_ymd_and_hms(2026, 1, 29, 10, 0, 0).single().expect("a time"))))
}

fn open(dir: &TempDir) -> Store {
    Store::open(dir.path(), clock()).expect("opens")
}

fn day() -> NaiveDate {
    "2026-01-29".parse().expect("a date")
}

fn teacher(id: &str) -> TeacherId {
    TeacherId::parse(id).expect("an id")
}

/// Counts one text of T001 in -100.
fn count_one(state: &State) -> Outcome {
    let mut tally = state.cell(day(), ChatId(-100), teacher("T001")).cloned().unwrap_or_default();
    tally.add(Kind::Text);
    Outcome { changes: vec![Change::Cell(day(), ChatId(-100), teacher("T001"), Some(tally))], work: Vec::new() }
}

fn counted(store: &Store) -> u64 {
    // A day is read from its file when somebody asks for it.
    store.decide(&[day()], |_| Outcome::nothing()).expect("reads the day");
    store.read(|state| state.cell(day(), ChatId(-100), teacher("T001")).map_or(0, Tally::total))
}

fn handle(store: &Store, id: i64) -> Handled {
    store.handle(BOT, UpdateId(id), &[day()], count_one).expect("handled")
}

/// Somebody takes a seat in a call.
fn seat(who: i64, source: i32) -> Change {
    let joined = Utc.timestamp_opt(1_769_680_000, 0).single().expect("a time");
    let seat = Seat { joined, began: Began::Observed, seen: joined, source, muted: false, confirmed: None };
    Change::Study(StudyChange::Seat(CallId(1), Who(who), Some(seat)))
}

#[tokio::test]
async fn what_was_flushed_survives_and_what_was_not_comes_again() {
    let dir = TempDir::new().expect("a directory");
    let store = open(&dir);
    handle(&store, 1);
    handle(&store, 2);
    store.flush().await.expect("flushes");
    handle(&store, 3);
    drop(store);
    let store = open(&dir);
    assert_eq!(counted(&store), 2);
    assert_eq!(handle(&store, 2), Handled::Repeated);
    assert_eq!(handle(&store, 3), Handled::New);
    assert_eq!(counted(&store), 3);
}

#[tokio::test]
async fn after_a_clean_stop_the_files_say_everything_and_the_journal_nothing() {
    let dir = TempDir::new().expect("a directory");
    let store = open(&dir);
    handle(&store, 1);
    let ann = Teacher {
        teacher_id: teacher("T001"),
        full_name: FullName::parse("Ann Лee").expect("a name"),
        telegram_user_id: Some(UserId(5)),
        other_accounts: BTreeSet::new(),
        active: true,
        created_at: None,
        unknown: Default::default(),
    };
    let outcome = Outcome { changes: vec![Change::Teacher(ann.teacher_id, Some(Box::new(ann)))], work: Vec::new() };
    store.commit(outcome).await.expect("commits");
    store.close().await.expect("closes");
    drop(store);
    let stats = fs::read_to_string(dir.path().join("stats/2026-01-29.json")).expect("a file");
    assert_eq!(
        stats,
        "{\n  \"-100\": {\n    \"T001\": {\n      \"text\": 1,\n      \"photo\": 0,\n      \"video\": 0,\n      \"audio\": 0,\n      \"voice\": 0,\n      \"document\": 0\n    }\n  }\n}"
    );
    assert!(fs::read_to_string(dir.path().join("teachers.json")).expect("a file").contains("Ann Лee"));
    assert_eq!(fs::metadata(dir.path().join("journal.jsonl")).expect("a file").len(), 0);
    assert!(!dir.path().join("journal.before.jsonl").exists());
    let reader = Reader::open(dir.path()).expect("reads");
    assert_eq!(reader.state().teacher_of(UserId(5)).map(|teacher| teacher.teacher_id), Some(teacher("T001")));
}

#[tokio::test]
async fn a_second_process_is_told_who_has_the_directory_and_may_read() {
    let dir = TempDir::new().expect("a directory");
    let store = open(&dir);
    handle(&store, 1);
    store.flush().await.expect("flushes");
    let refused = Store::open(dir.path(), clock()).expect_err("in use").to_string();
    assert!(refused.contains(&std::process::id().to_string()), "{refused}");
    let reader = Reader::open(dir.path()).expect("reads beside it");
    let mut days = BTreeMap::new();
    reader.show_days(Period { from: day(), to: day() }, &mut days).expect("reads");
    assert_eq!(days[&day()].cells.len(), 1);
}

#[tokio::test]
async fn a_clean_stop_leaves_an_empty_journal_also_after_a_checkpoint_that_was_cut_short() {
    let dir = TempDir::new().expect("a directory");
    let store = open(&dir);
    handle(&store, 1);
    store.begin_checkpoint(u64::MAX).expect("sets the journal aside");
    handle(&store, 2);
    store.flush().await.expect("flushes");
    drop(store);
    let store = open(&dir);
    store.close().await.expect("closes");
    drop(store);
    assert_eq!(counted_in_file(&dir), 2);
    let journal = dir.path().join("journal.jsonl");
    assert_eq!(fs::metadata(&journal).expect("a file").len(), 0);
    assert!(!crate::private_file::is_open_to_others(&journal));
    assert!(!dir.path().join("journal.before.jsonl").exists());
}

#[tokio::test]
async fn a_torn_end_does_not_outlive_a_checkpoint_that_is_cut_short() {
    let dir = TempDir::new().expect("a directory");
    let store = open(&dir);
    handle(&store, 1);
    store.flush().await.expect("flushes");
    drop(store);
    let path = dir.path().join("journal.jsonl");
    let whole = fs::read(&path).expect("a journal");
    fs::write(&path, [&whole, &whole[..20]].concat()).expect("writes");
    let store = open(&dir);
    store.begin_checkpoint(u64::MAX).expect("sets the journal aside");
    drop(store);
    assert_eq!(counted(&open(&dir)), 1);
}

#[tokio::test]
async fn a_torn_last_line_is_dropped_and_a_bad_line_elsewhere_refuses_the_start() {
    let dir = TempDir::new().expect("a directory");
    let store = open(&dir);
    for id in 1..=3 {
        handle(&store, id);
        store.flush().await.expect("flushes");
    }
    drop(store);
    let path = dir.path().join("journal.jsonl");
    let whole = fs::read(&path).expect("a journal");
    fs::write(&path, &whole[..whole.len() - 10]).expect("writes");
    let store = open(&dir);
    assert_eq!(counted(&store), 2);
    handle(&store, 3);
    store.flush().await.expect("flushes over the torn end");
    drop(store);
    assert_eq!(counted(&open(&dir)), 3);

    let mut broken = whole.clone();
    broken[20] ^= 1;
    fs::write(&path, &broken).expect("writes");
    let refused = Store::open(dir.path(), clock()).expect_err("refuses").to_string();
    assert!(refused.contains("journal.jsonl can't be read: line 1"), "{refused}");
    assert_eq!(fs::read(&path).expect("still there"), broken, "nothing was changed");
}

#[tokio::test]
async fn an_unreadable_file_is_never_replaced() {
    let dir = TempDir::new().expect("a directory");
    fs::write(dir.path().join("teachers.json"), "{\"T001\": {\n  \"full_name\": }").expect("writes");
    let refused = Store::open(dir.path(), clock()).expect_err("refuses").to_string();
    assert!(refused.contains("teachers.json") && refused.contains("line 2 column 16"), "{refused}");
    fs::write(dir.path().join("teachers.json"), "{}").expect("writes");
    fs::create_dir_all(dir.path().join("stats")).expect("creates");
    fs::write(dir.path().join("stats/2026-01-29.json"), "{\"-100\": [}").expect("writes");
    let store = open(&dir);
    let refused = store.handle(BOT, UpdateId(1), &[day()], count_one).expect_err("refuses").to_string();
    assert!(refused.contains("2026-01-29.json"), "{refused}");
    store.close().await.expect("closes");
    assert_eq!(fs::read_to_string(dir.path().join("stats/2026-01-29.json")).expect("there"), "{\"-100\": [}");
}

#[tokio::test]
async fn a_directory_of_a_newer_release_is_refused() {
    let dir = TempDir::new().expect("a directory");
    fs::create_dir_all(dir.path().join("state")).expect("creates");
    fs::write(dir.path().join("state/progress.json"), "{\"format\": 2}").expect("writes");
    let refused = Store::open(dir.path(), clock()).expect_err("refuses").to_string();
    assert!(refused.contains("newer rollcall (format 2, this one knows up to 1)"), "{refused}");
}

#[tokio::test]
async fn work_leaves_after_the_commit_and_comes_back_after_a_crash_until_it_is_done() {
    let dir = TempDir::new().expect("a directory");
    let store = open(&dir);
    let to = crate::domain::event::Place::private(UserId(5));
    let hello = Work::Send { to, reply_to: None, html: "hello".into(), buttons: Buttons::None };
    let outcome = Outcome { changes: Vec::new(), work: vec![hello.clone()] };
    store.handle(BOT, UpdateId(1), &[], |_| outcome).expect("handled");
    assert!(store.live().released.is_empty(), "not before the commit");
    store.flush().await.expect("flushes");
    assert_eq!(store.next_work().await.work, hello);
    drop(store);
    let store = open(&dir);
    let again = store.next_work().await;
    assert_eq!(again.work, hello);
    store.finish(again.id.expect("kept"));
    store.close().await.expect("closes");
    drop(store);
    assert!(open(&dir).read(|state| state.work.is_empty()));
}

#[tokio::test]
async fn whoever_waits_for_a_commit_hears_of_each_and_of_nothing_else() {
    let dir = TempDir::new().expect("a directory");
    let store = open(&dir);
    let before = store.commits();
    let mut waiting = std::pin::pin!(store.committed_after(before));
    assert!(futures::poll!(&mut waiting).is_pending());
    handle(&store, 1);
    assert!(futures::poll!(&mut waiting).is_pending(), "it isn't committed yet");
    store.flush().await.expect("flushes");
    assert_eq!(futures::poll!(&mut waiting), std::task::Poll::Ready(before + 1));
    // What came while nobody waited is heard at once.
    handle(&store, 2);
    store.checkpoint().await.expect("writes");
    let mut late = std::pin::pin!(store.committed_after(before + 1));
    assert_eq!(futures::poll!(&mut late), std::task::Poll::Ready(before + 2));
    let mut idle = std::pin::pin!(store.committed_after(before + 2));
    store.flush().await.expect("flushes nothing");
    assert!(futures::poll!(&mut idle).is_pending());
}

#[tokio::test]
async fn a_decision_that_panics_changes_nothing() {
    let dir = TempDir::new().expect("a directory");
    let store = open(&dir);
    handle(&store, 1);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.handle(BOT, UpdateId(2), &[], |_| panic!("a decision went wrong"))
    }));
    assert!(panicked.is_err());
    assert_eq!(handle(&store, 2), Handled::New);
    assert_eq!(counted(&store), 2);
}

#[tokio::test]
async fn old_days_leave_memory_and_are_read_from_their_files() {
    let dir = TempDir::new().expect("a directory");
    let time = clock();
    let store = Store::open(dir.path(), time.clone()).expect("opens");
    handle(&store, 1);
    *time.0.lock().expect("no panic") += chrono::TimeDelta::days(10);
    store.checkpoint().await.expect("checkpoints");
    assert!(store.read(|state| state.days.is_empty()));
    let mut days = BTreeMap::new();
    store.show_days(Period { from: day(), to: day() }, &mut days).expect("reads");
    assert_eq!(days[&day()].cells.len(), 1);
    // A late message finds the day again.
    handle(&store, 2);
    assert_eq!(counted(&store), 2);
}

#[tokio::test]
async fn a_checkpoint_that_nobody_waits_for_any_more_is_finished() {
    let dir = TempDir::new().expect("a directory");
    let store = open(&dir);
    handle(&store, 1);
    // Polled once, so that it has begun, and dropped.
    assert!(futures::poll!(Box::pin(store.checkpoint())).is_pending());
    store.close().await.expect("closes");
    drop(store);
    assert_eq!(counted_in_file(&dir), 1);
}

/// What may happen between two commits.
#[derive(Clone, Debug)]
enum Step {
    Update(i64),
    Flush,
    Checkpoint,
    Crash,
    /// A crash after the journal was set aside, before any file was written.
    CrashInCheckpoint,
    /// A crash after so many files of a checkpoint were written.
    CrashAfterFiles(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0i64..40).prop_map(Step::Update),
        3 => Just(Step::Flush),
        1 => Just(Step::Checkpoint),
        1 => Just(Step::Crash),
        1 => Just(Step::CrashInCheckpoint),
        1 => (0usize..4).prop_map(Step::CrashAfterFiles),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn acknowledged_updates_count_once_whatever_happens(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let dir = TempDir::new().expect("a directory");
        let mut store = open(&dir);
        let mut acknowledged = BTreeSet::new();
        let mut decided = BTreeSet::new();
        for step in steps {
            match step {
                Step::Update(id) => {
                    let handled = handle(&store, id);
                    prop_assert_eq!(handled == Handled::New, decided.insert(id));
                }
                Step::Flush => {
                    runtime.block_on(store.flush()).expect("flushes");
                    acknowledged = decided.clone();
                }
                Step::Checkpoint => {
                    runtime.block_on(store.checkpoint()).expect("checkpoints");
                    acknowledged = decided.clone();
                }
                Step::Crash | Step::CrashInCheckpoint | Step::CrashAfterFiles(_) => {
                    if !matches!(step, Step::Crash) {
                        let snapshot = store.begin_checkpoint(u64::MAX).expect("begins");
                        acknowledged = decided.clone();
                        if let Step::CrashAfterFiles(n) = step {
                            for file in snapshot.files.iter().take(n) {
                                let content = file.render(&snapshot.state, &snapshot.progress);
                                disk::replace(&RealDisk, &dir.path().join(file.relative()), &content).expect("writes");
                            }
                        }
                    }
                    drop(store);
                    store = open(&dir);
                    decided = acknowledged.clone();
                }
            }
            prop_assert_eq!(counted(&store), decided.len() as u64);
        }
        runtime.block_on(store.close()).expect("closes");
        drop(store);
        prop_assert_eq!(counted_in_file(&dir), decided.len() as u64);
    }
}

fn counted_in_file(dir: &TempDir) -> u64 {
    let Ok(bytes) = fs::read(dir.path().join("stats/2026-01-29.json")) else { return 0 };
    let cells = crate::domain::dayfile::parse_cells(&bytes).expect("parses");
    cells.iter().map(|(.., tally)| tally.total()).sum()
}

/// A disk on which a checkpoint sets the journal aside just after a reader found no other one.
#[derive(Debug)]
struct SetsAside(Mutex<bool>);

impl disk::Disk for SetsAside {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        let read = RealDisk.read(path);
        if path.ends_with(load::JOURNAL_BEFORE) && !std::mem::replace(&mut *self.0.lock().expect("unpoisoned"), true) {
            fs::rename(path.with_file_name(load::JOURNAL), path).expect("set aside");
        }
        read
    }

    fn list(&self, dir: &Path) -> std::io::Result<Vec<PathBuf>> {
        RealDisk.list(dir)
    }

    fn create_dir_all(&self, dir: &Path) -> std::io::Result<()> {
        RealDisk.create_dir_all(dir)
    }

    fn create(&self, path: &Path) -> std::io::Result<Box<dyn disk::DiskFile>> {
        RealDisk.create(path)
    }

    fn append_private(&self, path: &Path) -> std::io::Result<Box<dyn disk::DiskFile>> {
        RealDisk.append_private(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> std::io::Result<()> {
        RealDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> std::io::Result<()> {
        RealDisk.remove(path)
    }

    fn sync_dir(&self, dir: &Path) -> std::io::Result<()> {
        RealDisk.sync_dir(dir)
    }

    fn stamp(&self, path: &Path) -> std::io::Result<(std::time::SystemTime, u64)> {
        RealDisk.stamp(path)
    }
}

#[tokio::test]
async fn a_reader_misses_nothing_when_a_checkpoint_begins_meanwhile() {
    let dir = TempDir::new().expect("a directory");
    let store = open(&dir);
    handle(&store, 1);
    store.flush().await.expect("flushes");
    let reader = Reader::open_on(Arc::new(SetsAside(Mutex::new(false))), dir.path()).expect("reads");
    let counted = reader.state().cell(day(), ChatId(-100), teacher("T001")).map_or(0, Tally::total);
    assert_eq!(counted, 1);
}
