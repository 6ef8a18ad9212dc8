//! Histories that Telegram Desktop exported, with the real binary: beside a running bot, without one, and killed in the middle.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use telegram_sim::{Chat, Content, Posted, User};
use tempfile::TempDir;

use crate::support::{School, cell_in, counts, is_about_files, monday};

/// A message as Telegram Desktop writes it.
fn said(id: i64, unix: i64, user: &User, text: &str) -> Value {
    json!({ "id": id, "type": "message", "date": "2026-01-01T00:00:00", "date_unixtime": unix.to_string(), "from": "Somebody",
            "from_id": format!("user{}", user.id), "text": text, "text_entities": [] })
}

/// The export of a supergroup.
fn export(dir: &Path, name: &str, group: i64, messages: &[Value]) -> PathBuf {
    let number = -1_000_000_000_000 - group;
    let content = json!({ "name": "Grade 2", "type": "private_supergroup", "id": number, "messages": messages });
    // Telegram Desktop puts the number before the messages; serde_json's own order would not.
    let Value::Object(mut content) = content else { panic!("an object") };
    let messages = content.remove("messages").expect("messages");
    let head = serde_json::to_string(&content).expect("JSON");
    let path = dir.join(name);
    std::fs::write(&path, format!("{},\"messages\":{messages}}}", head.trim_end_matches('}'))).expect("written");
    path
}

async fn imports(school: &School, file: &Path, group: &Chat, more: &[&str]) -> (bool, String) {
    let (file, group) = (file.to_str().expect("a path"), group.id.to_string());
    school.runs(&[&["import", "telegram-export", file, "--group", &group], more].concat()).await
}

#[tokio::test]
async fn what_the_bot_missed_is_counted_and_nothing_twice() {
    let (mut school, ann, bob, grade2) = School::with_ann_and_bob();
    let eve = school.sim.user("Eve");
    let first: Posted = ann.says(&grade2, "live");
    let second = bob.sends(&grade2, Content::voice());
    school.has_counted_all().await;
    let (dir, now) = (TempDir::new().expect("a directory"), monday().timestamp());
    let messages = [
        said(first.message - 3, now - 40 * 86_400, &ann, "long ago"),
        said(first.message - 2, now - 40 * 86_400, &eve, "who is that"),
        said(first.message - 1, now - 3_600, &ann, "an hour before the bot came"),
        said(first.message, now, &ann, "live"),
        said(second.message, now, &bob, ""),
        // The export knows it before the bot does.
        said(second.message + 1, now, &ann, "still to come"),
    ];
    let file = export(dir.path(), "result.json", grade2.id, &messages);
    let (done, shown) = imports(&school, &file, &grade2, &["--dry-run"]).await;
    assert!(done && shown.contains("Messages to be counted: 3,") && shown.contains("Nothing is changed"), "{shown}");
    assert!(shown.contains(&eve.id.to_string()) && shown.contains("2025-12"), "{shown}");
    let (done, said_) = imports(&school, &file, &grade2, &[]).await;
    assert!(done && said_.contains("1 counted, 0 known already."), "{said_}");
    let (done, again) = imports(&school, &file, &grade2, &[]).await;
    assert!(done && again.contains("There is nothing to count"), "{again}");
    let late = ann.says(&grade2, "still to come");
    assert_eq!(late.message, second.message + 1);
    ann.says(&grade2, "and another one");
    school.has_counted_all().await;
    school.stop().expect("stops");
    let today = counts(&school.cell("2026-01-26", &grade2, "T001"));
    assert_eq!(today, [("text", 4)].into(), "an hour before, live, still to come, and another one");
    assert_eq!(counts(&school.cell("2026-01-26", &grade2, "T002")), [("voice", 1)].into());
    assert_eq!(counts(&school.cell("2025-12-17", &grade2, "T001")), [("text", 1)].into());
    assert_eq!(school.file("hours/2026-01-26.json")[grade2.id.to_string()]["T001"], json!({"09": 1, "10": 3}));
    let log = std::fs::read_to_string(school.data().join("audit/2026-01.jsonl")).expect("reads");
    assert!(log.contains("history_counted"), "{log}");

    let (done, without) = imports(&school, &file, &grade2, &[]).await;
    assert!(done && without.contains("There is nothing to count"), "{without}");
    school.sim.finish();
}

#[tokio::test]
async fn a_group_that_became_a_supergroup_counts_each_message_once() {
    let mut school = School::closed();
    let ann = school.sim.user("Ann");
    let basic = school.sim.basic_group("Grade 2", &[&ann, &school.boss]);
    school.boss.adds(&school.bot, &basic);
    school.write_registry(&[("T001", "Ann Lee", Some(&ann))], &[&basic], &[("T001", &[&basic])]);
    school.start();
    ann.says(&basic, "in the basic group");
    school.has_counted_all().await;
    let grade2 = basic.migrates(&school.boss, false);
    let after = ann.says(&grade2, "in the supergroup");
    school.has_counted_all().await;
    let (dir, now) = (TempDir::new().expect("a directory"), monday().timestamp());
    let messages = [
        said(-999_999_000, now - 86_400, &ann, "before the bot came"),
        // Each account numbers the messages of a basic group for itself.
        said(-999_998_000, now, &ann, "in the basic group"),
        said(after.message, now, &ann, "in the supergroup"),
    ];
    let file = export(dir.path(), "result.json", grade2.id, &messages);
    let (done, said) = imports(&school, &file, &grade2, &[]).await;
    assert!(done && said.contains("1 counted, 2 known already."), "{said}");
    school.stop().expect("stops");
    assert_eq!(school.cell("2026-01-26", &grade2, "T001").total(), 2);
    assert_eq!(school.cell("2026-01-25", &grade2, "T001").total(), 1);
    school.sim.finish();
}

#[tokio::test]
async fn mistakes_have_their_sentence_and_change_nothing() {
    let (mut school, ann, _, grade2) = School::with_ann_and_bob();
    school.stop().expect("stops");
    let dir = TempDir::new().expect("a directory");
    let write = |name: &str, content: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, content).expect("written");
        path
    };
    let whole = export(dir.path(), "result.json", grade2.id, &[said(1, monday().timestamp() - 86_400, &ann, "hello")]);
    let text = std::fs::read_to_string(&whole).expect("reads");
    let cases = [
        (write("messages.html", "<!DOCTYPE html><html>"), "Machine-readable JSON"),
        (write("cut.json", &text[..text.len() - 9]), "ends in the middle"),
        (write("rubbish.json", "PK\u{3}\u{4}"), "no JSON"),
        (write("empty.json", ""), "empty"),
        (dir.path().join("nowhere.json"), "nowhere.json"),
        (export(dir.path(), "else.json", -1_000_000_000_009, &[]), "no messages of Grade 2"),
    ];
    for (file, sentence) in cases {
        let (done, said) = imports(&school, &file, &grade2, &[]).await;
        assert!(!done && said.contains(sentence), "{}: {said}", file.display());
    }
    let (done, said) = imports(&school, &whole, &grade2, &["--since", "2026-01-26"]).await;
    assert!(done && said.contains("of other days") && said.contains("nothing to count"), "{said}");
    assert!(!school.data().join("stats/2026-01-25.json").exists());
    let (done, said) = imports(&school, dir.path(), &grade2, &["--format", "csv", "--dry-run"]).await;
    assert!(done && said.contains("T001,Ann Lee,2026-01,1"), "a folder is as good as its file: {said}");
    school.sim.finish();
}

/// Each part is committed before the next: an import that is killed goes on when it is repeated.
#[tokio::test]
async fn an_import_that_is_killed_goes_on_when_it_is_repeated() {
    let (mut school, ann, bob, grade2) = School::with_ann_and_bob();
    school.stop().expect("stops");
    let now = monday().timestamp();
    // Two years in parts of a month.
    let messages: Vec<_> =
        (1..=730).map(|n| said(n, now - 86_400 * (731 - n), if n % 3 == 0 { &bob } else { &ann }, "hello")).collect();
    let dir = TempDir::new().expect("a directory");
    let file = export(dir.path(), "result.json", grade2.id, &messages);
    for lines in [1, 4, 9] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
        command.args(["import", "telegram-export"]).arg(&file).args([
            "--group",
            &grade2.id.to_string(),
            "--env-file",
            "/dev/null",
        ]);
        let mut import = command.envs(school.settings()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
        let mut said = BufReader::new(import.stdout.take().expect("piped")).lines();
        let counted = said.by_ref().map(|line| line.expect("UTF-8")).filter(|line| line.contains("known already")).nth(lines - 1);
        assert!(counted.is_some(), "there are more parts than that");
        import.kill().expect("killed");
        import.wait().expect("ended");
    }
    let (done, said) = imports(&school, &file, &grade2, &[]).await;
    assert!(done, "{said}");
    let data = school.data();
    let total = |teacher| -> u64 {
        let days = (1..=730).map(|n| (monday() - chrono::TimeDelta::days(n)).date_naive().to_string());
        days.map(|day| cell_in(&data, &day, &grade2, teacher).total()).sum()
    };
    assert_eq!((total("T001"), total("T002")), (487, 243));
    school.sim.finish();
}

/// A part that the daemon took and committed before it died is carried out again at its next start, and counts nothing more.
#[tokio::test]
async fn a_part_that_a_crash_interrupted_counts_once() {
    if is_about_files("an order lies there as a file") {
        return;
    }
    let (mut school, ann, _, grade2) = School::with_ann_and_bob();
    school.has_counted_all().await;
    let past = json!({ "mark": 7, "date": monday().timestamp() - 86_400, "author": { "user": ann.id }, "kind": "text" });
    let history = json!({ "group": grade2.id, "messages": [past] }).to_string();
    let order = json!({ "order": "count_history", "history": history }).to_string();
    school.stop().expect("stops");
    let orders = school.data().join("orders");
    std::fs::create_dir_all(&orders).expect("a directory");
    for _ in 0..2 {
        std::fs::write(orders.join("1.taken.json"), &order).expect("written");
        school.start();
        while orders.join("1.taken.json").exists() {
            tokio::task::yield_now().await;
        }
        school.stop().expect("stops");
    }
    let answer = std::fs::read_to_string(orders.join("1.answer.json")).expect("answered");
    assert!(answer.contains("0 counted, 1 known already"), "{answer}");
    assert_eq!(school.cell("2026-01-25", &grade2, "T001").total(), 1);
    school.sim.finish();
}
