//! A community moves over from the Python study tracker, with the real binary.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::School;

/// A terminal in a directory of its own, with the tracker's database in it.
struct Operator {
    dir: TempDir,
    data: PathBuf,
    /// Where the data is, if not there.
    store: Option<String>,
}

impl Operator {
    fn new() -> Self {
        let dir = TempDir::new().expect("a directory");
        let data = dir.path().join("data");
        let operator = Self::of(dir, data, None);
        operator.does(&["init"]);
        operator
    }

    /// Of that data.
    fn of(dir: TempDir, data: PathBuf, store: Option<String>) -> Self {
        let operator = Self { dir, data, store };
        let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/study-tracker.sql");
        let database = rusqlite::Connection::open(operator.path("study.db")).expect("creates");
        database.execute_batch(&std::fs::read_to_string(schema).expect("reads")).expect("the sample is right");
        std::fs::write(operator.path("aliases.json"), r#"{"ann": ["Ann", "ann_phone"]}"#).expect("written");
        operator
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn ends(&self, line: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
        command.current_dir(self.dir.path()).args(line).env_clear().env("TZ", "Asia/Tashkent").env("DATA_DIR", &self.data);
        command.envs(self.store.iter().map(|url| ("STORE_URL", url))).output().expect("runs")
    }

    fn does(&self, line: &[&str]) -> String {
        let output = self.ends(line);
        let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{line:?}: {said}{complained}");
        said.into_owned()
    }

    fn refuses(&self, line: &[&str]) -> String {
        let output = self.ends(line);
        assert_eq!(output.status.code(), Some(1), "{line:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn file(&self, name: &str) -> Value {
        serde_json::from_slice(&std::fs::read(self.data.join(name)).expect("reads")).expect("JSON")
    }

    fn snapshots(&self, start: &str, end: &str) -> Vec<Value> {
        let lines = self.does(&["export", "backfill", "--start", start, "--end", end, "--inspect"]);
        lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }
}

const IMPORT: [&str; 6] = ["import", "study-tracker", "--db", "study.db", "--aliases", "aliases.json"];

fn import<'a>(more: &[&'a str]) -> Vec<&'a str> {
    IMPORT.iter().chain(more).copied().collect()
}

#[test]
fn a_community_moves_over_and_sees_the_same_boards() {
    let operator = Operator::new();
    let before = std::fs::read(operator.path("study.db")).expect("reads");
    let shown = operator.does(&import(&["--title", "Night owls"]));
    assert!(shown.contains("Night owls (-1001234567890), Asia/Tashkent, new") && shown.contains("14 new"), "{shown}");
    assert!(!operator.path("data/study/communities.json").exists(), "looking changes nothing");

    operator.does(&import(&["--title", "Night owls", "--yes"]));
    let community = &operator.file("study/communities.json")["-1001234567890"];
    assert_eq!(community["periods"], json!({"anchored": "2026-01-01"}));
    assert_eq!(operator.file("presence/2026-01-09.json")["-1001234567890"]["imported"], json!({"1": 12_600, "2": 4_500}));
    assert_eq!(operator.file("study/aliases.json"), json!({"-1001234567890": {"ann_phone": "ann"}}));

    let presence = operator.file("presence/2026-01-09.json");
    let again = operator.does(&import(&["--yes"]));
    assert!(again.contains("Everything is there already"), "{again}");
    assert_eq!(operator.file("presence/2026-01-09.json"), presence);
    assert_eq!(std::fs::read(operator.path("study.db")).expect("reads"), before, "the tracker's own file stays as it is");

    let boards = operator.snapshots("2026-01-08", "2026-01-09");
    let friday = &boards[1]["boards"][0];
    assert_eq!((&friday["header"], &friday["period_end"]), (&json!("09.01.26 (FRIDAY)"), &json!("2026-01-09T23:59:59+05:00")));
    let first = json!({"rank": 1, "user_id": 1, "seconds": 12_600, "minutes": 210, "display": "@ann", "rank_emoji": "🥇",
                       "badge": "🚀", "compliment": "Focus Alchemist ⚗️"});
    assert_eq!(friday["entries"][0], first);
    let week = |board: &Value| board["boards"][1]["entries"][0]["seconds"].clone();
    assert_eq!((week(&boards[0]), week(&boards[1])), (json!(4_800), json!(17_400)), "Thursday's board knows no Friday");
    assert_eq!(boards[0]["message_id"], Value::Null);
}

#[test]
fn later_days_can_be_left_out() {
    let operator = Operator::new();
    operator.does(&import(&["--before", "2026-01-05", "--yes"]));
    assert!(operator.path("data/presence/2026-01-04.json").exists());
    assert!(!operator.path("data/presence/2026-01-05.json").exists());
}

#[test]
fn mistakes_have_their_sentence() {
    let operator = Operator::new();
    let missing = operator.refuses(&["import", "study-tracker", "--db", "nowhere.db"]);
    assert!(missing.contains("nowhere.db doesn't exist"), "{missing}");
    let spoilt = operator.refuses(&["import", "study-tracker", "--db", "aliases.json"]);
    assert!(spoilt.contains("can't be read as the tracker's database"), "{spoilt}");
    let person = operator.refuses(&import(&["--community", "77"]));
    assert!(person.contains("name the group by its id"), "{person}");
    let nobody = operator.refuses(&["export", "backfill", "--start", "2026-01-01", "--end", "2026-01-02", "--inspect"]);
    assert!(nobody.contains("no study community"), "{nobody}");
    operator.does(&import(&["--yes"]));
    let unset = operator.refuses(&["export", "backfill", "--start", "2026-01-01", "--end", "2026-01-02"]);
    assert!(unset.contains("LEADERBOARD_INGEST_URL"), "{unset}");
    let backwards = operator.refuses(&["export", "backfill", "--start", "2026-01-02", "--end", "2026-01-01", "--inspect"]);
    assert!(backwards.contains("before the first"), "{backwards}");
    let future = operator.refuses(&["export", "backfill", "--start", "2099-01-01", "--end", "2099-01-02", "--inspect"]);
    assert!(future.contains("still to come"), "{future}");
}

#[tokio::test]
async fn a_community_moves_over_beside_the_running_bot() {
    let mut school = School::closed();
    let (boss, bot) = (school.boss.clone(), school.bot.clone());
    school.start();
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    let (data, store) = (school.data(), school.settings().get("STORE_URL").cloned());
    let said = tokio::task::spawn_blocking(move || {
        let operator = Operator::of(TempDir::new().expect("a directory"), data, store);
        [(); 2].map(|()| operator.does(&import(&["--title", "Night owls", "--yes"])))
    });
    let [first, again] = said.await.expect("ends");
    assert!(first.contains("14 new") && again.contains("Everything is there already"), "{first}{again}");
    for label in ["Study time", "● Night owls", "Members"] {
        boss.presses(&bot, label).await;
        let shown = boss.reads(&bot).await.text;
        assert!(label != "Members" || shown.contains("members · 2"), "{shown}");
    }
    school.stop().expect("stops");
    let day = school.file("presence/2026-01-09.json");
    assert_eq!(day["-1001234567890"]["imported"], json!({"1": 12_600, "2": 4_500}));
    school.sim.finish();
}
