//! Counts that move to a database and back.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::school::{School, json_of, path};

/// What a directory has that belongs to the counts, by path.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![dir.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                waiting.push(entry);
            } else if entry.extension().is_some_and(|end| end == "json" || end == "jsonl") {
                found.insert(entry.strip_prefix(dir).expect("below").to_owned(), std::fs::read(&entry).expect("reads"));
            }
        }
    }
    found
}

#[tokio::test]
async fn everything_moves_to_a_database_and_back_and_is_the_same() {
    let school = School::new();
    let (here, back) = (school.dir.path().join("here"), school.dir.path().join("back"));
    school.command("x").env_remove("STORE_URL").args(["init", "--demo", "--data-dir", path(&here)]).output().expect("fills it");
    let said = school.does(&["store", "copy", "--from", path(&here), "--to", "STORE_URL"]);
    assert!(said.contains("are the same"), "{said}");
    // What the database says, and what the files say.
    let report = ["report", "--days", "30", "--format", "json"];
    let from_files =
        school.command("x").env_remove("STORE_URL").args(report).args(["--data-dir", path(&here)]).output().expect("runs");
    assert_eq!(school.does(&report), String::from_utf8_lossy(&from_files.stdout));
    // A change in the database, and the way back.
    school.does(&["teachers", "add", "Ann Lee"]);
    let said = school.does(&["store", "copy", "--from", "STORE_URL", "--to", path(&back)]);
    assert!(said.contains("are the same"), "{said}");
    assert!(json_of(&back.join("teachers.json")).to_string().contains("Ann Lee"));
    let (before, after) = (files(&here), files(&back));
    let days = |files: &BTreeMap<PathBuf, Vec<u8>>| {
        let of_days = files.iter().filter(|(path, _)| path.starts_with("stats") || path.starts_with("hours"));
        of_days.map(|(path, content)| (path.clone(), content.clone())).collect::<BTreeMap<_, _>>()
    };
    assert!(days(&before).len() >= 30);
    assert_eq!(days(&before), days(&after));
    // A second round writes nothing, and an older state never replaces a newer one.
    assert!(school.does(&["store", "copy", "--from", "STORE_URL", "--to", path(&back)]).starts_with("0 of "));
    let older = school.command("x").args(["store", "copy", "--from", path(&here), "--to", "STORE_URL"]).output().expect("runs");
    let why = String::from_utf8_lossy(&older.stderr).into_owned();
    assert!(!older.status.success() && why.contains("which would be lost"), "{why}");
}

#[tokio::test]
async fn most_is_copied_while_the_bot_runs_and_the_rest_when_it_has_stopped() {
    let school = School::new();
    let out = school.dir.path().join("copy");
    let flood = school.flooded(500);
    let replica = school.starts("one", None);
    school.bot.has_confirmed_all().await;
    let said = school.does(&["store", "copy", "--from", "STORE_URL", "--to", path(&out)]);
    assert!(said.contains("while the bot goes on"), "{said}");
    replica.hears("TERM");
    assert!(replica.ends().0.success());
    let said = school.does(&["store", "copy", "--from", "STORE_URL", "--to", path(&out)]);
    assert!(said.contains("are the same"), "{said}");
    assert_eq!(school.counted(&flood), flood.posted);
}

#[tokio::test]
async fn a_backup_of_a_database_is_one_of_files() {
    let school = School::new();
    let flood = school.flooded(300);
    let replica = school.starts("one", None);
    school.bot.has_confirmed_all().await;
    let archive = school.dir.path().join("monday.tar.zst");
    school.does(&["backup", path(&archive)]);
    replica.hears("TERM");
    replica.ends();
    let restored = school.dir.path().join("restored");
    school.does(&["restore", path(&archive), "--data-dir", path(&restored)]);
    let report = ["report", "--from", "2026-01-26", "--to", "2026-01-26", "--format", "json"];
    let of_files =
        school.command("x").env_remove("STORE_URL").args(report).args(["--data-dir", path(&restored)]).output().expect("runs");
    assert_eq!(String::from_utf8_lossy(&of_files.stdout), school.does(&report));
    assert_eq!(school.counted(&flood), flood.posted);
}

#[tokio::test]
async fn months_that_nobody_wants_any_more_go_with_their_partitions() {
    let mut school = School::new();
    let here = school.dir.path().join("here");
    std::fs::create_dir_all(here.join("stats")).expect("a folder");
    let day = r#"{"-1001":{"T001":{"text":1,"photo":0,"video":0,"audio":0,"voice":0,"document":0}}}"#;
    for date in ["2025-08-31", "2025-09-01", "2025-10-01", "2025-11-30", "2026-01-26"] {
        std::fs::write(here.join(format!("stats/{date}.json")), day).expect("written");
    }
    school.does(&["store", "copy", "--from", path(&here), "--to", "STORE_URL"]);
    school.settings.push(("KEEP_MONTHS", "3".to_owned()));
    let replica = school.starts("one", None);
    replica.says("was deleted", 1);
    // They are over: they are added up, in the database as in a directory.
    replica.says("months were added up", 1);
    let tables = school.column("SELECT relid::text FROM pg_partition_tree('day_document') WHERE isleaf ORDER BY 1");
    assert_eq!(tables, ["day_document_2025_10", "day_document_2025_11", "day_document_2026_01"]);
    assert_eq!(
        school.column("SELECT path FROM document WHERE starts_with(path, 'sums/') ORDER BY 1"),
        ["sums/2025-10.json", "sums/2025-11.json", "sums/2026-01.json"]
    );
    // What is left says what the files say, by months as by days.
    let of_files = |report: &[&str]| {
        let output = school.command("x").env_remove("STORE_URL").args(report).args(["--data-dir", path(&here)]).output();
        String::from_utf8_lossy(&output.expect("runs").stdout).into_owned()
    };
    for from in ["2025-10-01", "2025-10-15"] {
        let report = ["report", "--from", from, "--to", "2026-01-31", "--format", "csv"];
        let said = school.does(&report);
        assert!(said == of_files(&report) && said.contains("T001"), "since {from}: {said}");
    }
    let gone = school.does(&["report", "--from", "2025-08-01", "--to", "2025-09-30", "--format", "json"]);
    assert!(!gone.contains("T001"), "{gone}");
    replica.hears("TERM");
    assert!(replica.ends().0.success());
}

#[tokio::test]
async fn a_backup_is_restored_straight_into_a_database() {
    let school = School::new();
    let flood = school.flooded(300);
    let replica = school.starts("one", None);
    school.bot.has_confirmed_all().await;
    replica.hears("TERM");
    replica.ends();
    let archive = school.dir.path().join("monday.tar.zst");
    school.does(&["backup", path(&archive)]);

    let other = School::new();
    let said = other.does(&["restore", path(&archive)]);
    assert!(said.contains("are in the database"), "{said}");
    assert_eq!(other.counted(&flood), flood.posted);
    let refused = |more: &[&str]| {
        let output = other.command("terminal").args(["restore", path(&archive)]).args(more).output().expect("runs");
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let why = refused(&[]);
    assert!(why.contains("isn't empty; `--replace`"), "{why}");
    let works = other.starts_working("works");
    let why = refused(&["--replace"]);
    assert!(why.contains("is in use by"), "{why}");
    works.hears("TERM");
    works.ends();
    other.does(&["teachers", "add", "Ann Lee"]);
    other.does(&["restore", path(&archive), "--replace"]);
    assert!(!other.does(&["teachers", "list"]).contains("Ann Lee"));
    assert_eq!(other.counted(&flood), flood.posted);
    assert!(!other.data("terminal").join("restoring").exists());
}

#[tokio::test]
async fn what_belongs_to_the_machine_comes_out_of_a_backup_of_files_too() {
    let school = School::new();
    let (here, archive) = (school.dir.path().join("here"), school.dir.path().join("files.tar.zst"));
    let of_files = |line: &[&str]| {
        let output = school.command("x").env_remove("STORE_URL").args(line).args(["--data-dir", path(&here)]).output();
        assert!(output.expect("runs").status.success(), "{line:?}");
    };
    of_files(&["init", "--demo"]);
    std::fs::create_dir_all(here.join("words")).expect("a folder");
    std::fs::write(here.join("words/ours.txt"), "Read on").expect("writes");
    of_files(&["backup", path(&archive)]);
    school.does(&["restore", path(&archive)]);
    assert_eq!(std::fs::read_to_string(school.data("terminal").join("words/ours.txt")).expect("it is there"), "Read on");
    assert!(!school.data("terminal").join("teachers.json").exists(), "that is in the database");
}
