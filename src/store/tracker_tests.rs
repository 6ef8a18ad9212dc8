use tempfile::TempDir;

use super::*;

/// A database as the Python tracker makes it, with these rows in it.
fn database(dir: &TempDir, rows: &str) -> PathBuf {
    let path = dir.path().join("study.db");
    let database = Connection::open(&path).expect("creates");
    let schema = include_str!("../../tests/data/study-tracker.sql");
    database.execute_batch(schema).expect("the sample is right");
    database.execute_batch(rows).expect("the rows are right");
    path
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

#[test]
fn the_trackers_database_is_read_as_it_is() {
    let dir = TempDir::new().expect("a directory");
    let found = Found::read(&database(&dir, "")).expect("reads");
    assert_eq!((found.tracker.anchor, found.tracker.last_post), (Some(day("2026-01-01")), Some(day("2026-01-09"))));
    assert_eq!(found.group_key.as_deref(), Some("-1001234567890"));
    assert_eq!(found.tracker.days.len(), 9);
    assert_eq!(found.tracker.days[&day("2026-01-09")][&Who(1)], 12_600);
    assert_eq!(found.tracker.names[&Who(1)], (String::new(), Some("ann".to_owned())));
    assert_eq!(found.tracker.names[&Who(2)], ("Bob <B> & Co".to_owned(), None));
    assert_eq!(found.tracker.compliments["day:2026-01-09"][&Who(1)], "Focus Alchemist ⚗️");
    assert_eq!(found.left_out, [""; 0]);
}

#[test]
fn spoilt_rows_are_left_out_and_named() {
    let dir = TempDir::new().expect("a directory");
    let rows = "INSERT INTO seconds_totals VALUES ('yesterday', 1, 60), ('2026-01-10', 0, 60), ('2026-01-10', 1, -5), \
                ('2026-01-10', 2, 999999), ('2026-01-10', 3, 61.7), ('2026-01-10', 4, '62'); \
                INSERT INTO meta VALUES ('theme', 'dark'); UPDATE meta SET v = 'soon' WHERE k = 'last_post_date'; \
                INSERT INTO compliments_period VALUES ('year:2026-01-01', 1, 'A'), ('day:2026-01-01', 1, ' ');";
    let found = Found::read(&database(&dir, rows)).expect("reads");
    assert_eq!(found.tracker.days[&day("2026-01-10")], [(Who(3), 61), (Who(4), 62)].into());
    assert_eq!(found.tracker.last_post, None);
    insta::assert_snapshot!(found.left_out.join("\n"));
}

#[test]
fn an_old_tracker_has_only_seconds() {
    let dir = TempDir::new().expect("a directory");
    let path = dir.path().join("study.db");
    let old = Connection::open(&path).expect("creates");
    old.execute_batch(
        "CREATE TABLE seconds_totals(d TEXT, user_id INTEGER, seconds INTEGER, PRIMARY KEY(d,user_id)); \
                       INSERT INTO seconds_totals VALUES ('2026-01-01', 1, 60);",
    )
    .expect("the rows are right");
    let mut found = Found::read(&path).expect("reads");
    assert_eq!((found.tracker.days.len(), found.tracker.anchor), (1, None));
    let state = dir.path().join("tracker_state.json");
    fs::write(&state, r#"{"anchor_date": "2026-01-01", "last_post_date": "2026-01-01T21:30:00", "quote_index": 4}"#)
        .expect("written");
    found.read_state(&state).expect("reads");
    assert_eq!((found.tracker.anchor, found.tracker.last_post), (Some(day("2026-01-01")), Some(day("2026-01-01"))));
    fs::write(&state, r#"{"anchor_date": "2020-01-01"}"#).expect("written");
    found.read_state(&state).expect("reads");
    assert_eq!(found.tracker.anchor, Some(day("2026-01-01")), "the first word holds");
}

#[test]
fn what_is_no_database_of_the_tracker_is_told() {
    let dir = TempDir::new().expect("a directory");
    let path = dir.path().join("study.db");
    assert!(Found::read(&path).expect_err("missing").to_string().contains("var/study.db"));
    fs::write(&path, "not a database, but long enough to be looked at as one").expect("written");
    assert!(Found::read(&path).expect_err("spoilt").to_string().contains("not a database"));
    fs::remove_file(&path).expect("removed");
    Connection::open(&path).expect("creates").execute_batch("CREATE TABLE other(x)").expect("creates");
    assert!(Found::read(&path).expect_err("another").to_string().contains("seconds_totals"));
}

#[test]
fn alias_groups_are_read_whatever_their_case() {
    let dir = TempDir::new().expect("a directory");
    let path = dir.path().join("aliases.json");
    let read = |text: &str| {
        fs::write(&path, text).expect("written");
        let mut found = Found::default();
        found.read_aliases(&path).map(|()| found.tracker.aliases)
    };
    let aliases = read(r#"{"Ann": ["ann", "@ann_phone", "ANN_PC"]}"#).expect("reads");
    let expected = [("ann_phone", "ann"), ("ann_pc", "ann")].map(|(alias, canonical)| (Alias::new(alias), Alias::new(canonical)));
    assert_eq!(aliases, expected.into());
    assert!(read(r#"{"ann": ["x"], "bob": ["x"]}"#).is_err_and(|why| why.to_string().contains("leave one of them")));
    assert!(read(r#"{"ann": ["bob"], "bob": ["x"]}"#).is_err_and(|why| why.to_string().contains("one group")));
    assert!(read("[]").is_err_and(|why| why.to_string().contains("line 1 column")));
}
