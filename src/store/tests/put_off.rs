//! Large files that change all the time are written seldom, and nothing is lost by that.

use super::*;
use crate::domain::study::Call;

const LARGE: u64 = 1000;

/// A store of which the file of calls is large and was just written.
async fn busy_store(dir: &TempDir) -> (Store, Arc<TestClock>) {
    let time = clock();
    let store = Store::open(dir.path(), time.clone()).expect("opens");
    let now = time.now();
    let call = Call { chat: ChatId(-100), seen: now, confirmed: now, outages: Vec::new(), seats: BTreeMap::new() };
    let mut outcome = Outcome::nothing();
    outcome.set(Change::Study(StudyChange::Call(CallId(1), Some(Box::new(call)))));
    (0..100).for_each(|who| outcome.set(seat(who, 0)));
    store.commit(outcome).await.expect("commits");
    store.checkpoint_without(LARGE).await.expect("what was never written isn't put off");
    assert_eq!(store.journal_bytes(), 0);
    (store, time)
}

async fn sit(store: &Store, who: i64, source: i32) {
    let mut outcome = Outcome::nothing();
    outcome.set(seat(who, source));
    store.commit(outcome).await.expect("commits");
}

fn source(state: &State, who: i64) -> i32 {
    state.study.calls[&CallId(1)].seats[&Who(who)].source
}

fn calls_file(dir: &TempDir) -> String {
    fs::read_to_string(dir.path().join("study/calls.json")).expect("a file")
}

#[tokio::test]
async fn a_large_file_waits_while_the_others_are_written() {
    let dir = TempDir::new().expect("a directory");
    let (store, _) = busy_store(&dir).await;
    let before = calls_file(&dir);
    sit(&store, 7, 1).await;
    assert!(store.is_dirty(u64::MAX) && !store.is_dirty(LARGE));
    handle(&store, 1);
    assert!(store.is_dirty(LARGE));
    store.checkpoint_without(LARGE).await.expect("checkpoints");
    assert_eq!((counted_in_file(&dir), calls_file(&dir)), (1, before));
    assert!(!store.is_dirty(LARGE) && store.journal_bytes() > 0);
    let reader = Reader::open(dir.path()).expect("reads beside it");
    assert_eq!(source(reader.state(), 7), 1);
    drop(store);
    let store = open(&dir);
    assert_eq!((store.read(|state| source(state, 7)), counted(&store)), (1, 1));
    assert_eq!(handle(&store, 1), Handled::Repeated);
    store.close().await.expect("closes");
    assert!(calls_file(&dir).contains("\"source\":1") && store.journal_bytes() == 0);
}

#[tokio::test]
async fn it_is_written_once_the_journal_is_as_long() {
    let dir = TempDir::new().expect("a directory");
    let (store, _) = busy_store(&dir).await;
    let size = fs::metadata(dir.path().join("study/calls.json")).expect("a file").len();
    let mut written = 0;
    for source in 1..1000 {
        sit(&store, 7, source).await;
        let before = store.journal_bytes();
        store.checkpoint_without(LARGE).await.expect("checkpoints");
        assert_eq!(before >= size, store.journal_bytes() == 0, "{before} of {size}");
        written += u32::from(store.journal_bytes() == 0);
    }
    assert!((2..50).contains(&written), "{written}");
}

#[tokio::test]
async fn it_is_written_after_ten_minutes() {
    let dir = TempDir::new().expect("a directory");
    let (store, time) = busy_store(&dir).await;
    sit(&store, 7, 1).await;
    *time.0.lock().expect("no panic") += chrono::TimeDelta::seconds(599);
    assert!(!store.is_dirty(LARGE));
    *time.0.lock().expect("no panic") += chrono::TimeDelta::seconds(1);
    assert!(store.is_dirty(LARGE));
    store.checkpoint_without(LARGE).await.expect("checkpoints");
    assert_eq!(store.journal_bytes(), 0);
    assert!(calls_file(&dir).contains("\"source\":1"));
    sit(&store, 7, 2).await;
    assert!(!store.is_dirty(LARGE), "the ten minutes begin anew");
}
