//! Counts that are kept for a while only.

use super::*;

/// Files of these days, and of a month's chats and sums.
fn files(dir: &Path, days: &[&str], months: &[&str]) {
    for folder in ["stats", "hours", "counted", "chats", "sums", "audit"] {
        fs::create_dir_all(dir.join(folder)).expect("made");
    }
    for day in days {
        fs::write(dir.join(format!("stats/{day}.json")), "{}").expect("written");
        fs::write(dir.join(format!("counted/{day}.json")), "{}").expect("written");
    }
    for month in months {
        fs::write(dir.join(format!("chats/{month}.json")), "{}").expect("written");
        fs::write(dir.join(format!("sums/{month}.json")), "{}").expect("written");
        fs::write(dir.join(format!("audit/{month}.jsonl")), "").expect("written");
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn whole_months_go_and_the_log_stays() {
    let dir = TempDir::new().expect("a directory");
    files(dir.path(), &["2025-08-31", "2025-09-30", "2025-10-01", "2026-01-29"], &["2025-09", "2025-10"]);
    fs::write(dir.path().join("stats/notes.txt"), "mine").expect("written");
    let store = open(&dir);
    assert_eq!(store.forget_all_but(3).await.expect("deleted"), 6);
    assert_eq!(names(&dir.path().join("stats")), ["2025-10-01.json", "2026-01-29.json", "notes.txt"]);
    assert_eq!(names(&dir.path().join("counted")), ["2025-10-01.json", "2026-01-29.json"]);
    assert_eq!(
        (names(&dir.path().join("chats")), names(&dir.path().join("sums"))),
        (vec!["2025-10.json".to_owned()], vec!["2025-10.json".to_owned()])
    );
    assert_eq!(names(&dir.path().join("audit")).len(), 2);
    assert_eq!(store.forget_all_but(3).await.expect("looked"), 0);
}

#[tokio::test]
async fn a_clock_that_runs_years_ahead_deletes_nothing() {
    let dir = TempDir::new().expect("a directory");
    files(dir.path(), &["2025-11-02", "2026-01-29"], &[]);
    let ahead = Arc::new(TestClock(Mutex::new(Utc.with_ymd_and_hms(2036, 1, 1, 0, 0, 0).single().expect("a time"))));
    let store = Store::open(dir.path(), ahead).expect("opens");
    assert_eq!(store.forget_all_but(3).await.expect("looked"), 0);
    assert_eq!(names(&dir.path().join("stats")).len(), 2);
}

#[tokio::test]
async fn an_old_day_that_no_file_has_yet_waits() {
    let dir = TempDir::new().expect("a directory");
    files(dir.path(), &["2025-08-31", "2026-01-29"], &[]);
    let store = open(&dir);
    let date: NaiveDate = "2025-08-31".parse().expect("a date");
    let corrected = |_: &State| Outcome {
        changes: vec![Change::Cell(date, ChatId(-1), teacher("T001"), Some(Tally::default()))],
        work: Vec::new(),
    };
    store.handle(BOT, UpdateId(1), &[date], corrected).expect("handled");
    assert_eq!(store.forget_all_but(3).await.expect("looked"), 0);
    store.checkpoint().await.expect("written");
    assert_eq!(store.forget_all_but(3).await.expect("deleted"), 2);
}
