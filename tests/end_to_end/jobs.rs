//! Background jobs: digests, backups, checks, by schedule and on demand.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{rest::Program, support::School};

const PATIENCE: Duration = Duration::from_secs(40);

async fn until(program: &Program, id: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let waiting = async {
        loop {
            let (_, job) = program.gets(&format!("/api/v1/jobs/{id}")).await;
            if is_so(&job) {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{id} doesn't get there"))
}

#[tokio::test]
async fn a_weekly_report_comes_on_monday_by_itself() {
    let (mut school, ann, _, grade2) = School::with_ann_and_bob();
    school.stop().expect("stops");
    let program = Program::before(&mut school);
    school.start();
    school.boss.tells(&school.bot, "/start");
    school.boss.reads(&school.bot).await;
    ann.says(&grade2, "hello");
    school.has_counted_all().await;
    let (done, said) =
        school.runs(&["jobs", "add", "digest", "--cron", "0 9 * * MON", "--to", "admins", "--format", "text"]).await;
    assert!(done && said.contains("2026-02-02 at 09:00"), "{said}");
    let csv = json!({ "cron": "0 9 * * MON", "format": "csv", "chat_id": grade2.id });
    let (status, job) = program.does(Method::POST, "/api/v1/jobs", csv).await;
    assert_eq!((status, job["state"].as_str(), job["sort"].as_str()), (StatusCode::CREATED, Some("pending"), Some("digest")));
    // The program is off at the time, and late: the report is about the week all the same.
    school.stop().expect("stops");
    school.later(TimeDelta::days(8));
    school.start();
    // That it was away is told too, before the report or after it.
    let told = [school.boss.reads(&school.bot).await.text, school.boss.reads(&school.bot).await.text];
    assert!(told.iter().any(|text| text.contains("26") && text.contains("Ann Lee")), "{told:?}");
    assert!(told.iter().any(|text| text.contains("I was away for 192 hours")), "{told:?}");
    let file = grade2.reads().await.document.expect("a file");
    assert!(file.name.ends_with(".csv") && String::from_utf8_lossy(&file.bytes).contains("Ann Lee"));
    let id = job["id"].as_str().expect("an id");
    let job = until(&program, id, |job| job["state"] == "completed").await;
    assert_eq!((job["next_run"].as_str(), job["done"].as_u64()), (Some("2026-02-09T04:00:00Z"), Some(1)));
}

#[tokio::test]
async fn a_report_that_fails_says_why_and_comes_again() {
    let mut school = School::closed();
    let program = Program::before(&mut school);
    school.start();
    let (_, job) = program.does(Method::POST, "/api/v1/jobs", json!({ "chat_id": -100_999, "format": "text" })).await;
    let id = job["id"].as_str().expect("an id").to_owned();
    assert_eq!(job["next_run"], Value::Null);
    assert_eq!(program.does(Method::POST, &format!("/api/v1/jobs/{id}/start"), json!({})).await.0, StatusCode::OK);
    let failed = until(&program, &id, |job| job["state"] == "failed").await;
    assert!(failed["last_error"].as_str().is_some_and(|why| why.contains("chat not found")), "{failed}");
    assert_eq!(failed["next_run"], "2026-01-26T05:05:00Z", "in five minutes");
    program.does(Method::POST, &format!("/api/v1/jobs/{id}/stop"), json!({})).await;
    let stopped = until(&program, &id, |job| job["state"] == "stopped").await;
    assert_eq!(stopped["next_run"], Value::Null);
    let times = json!({ "cron": "61 9 * * *" });
    let (status, problem) = program.does(Method::PUT, &format!("/api/v1/jobs/{id}/schedule"), times).await;
    assert!(
        status == StatusCode::UNPROCESSABLE_ENTITY && problem["detail"].as_str().is_some_and(|why| why.contains("0 9 * * MON"))
    );
    assert_eq!(program.does(Method::DELETE, &format!("/api/v1/jobs/{id}"), json!({})).await.0, StatusCode::NO_CONTENT);
    assert_eq!(program.gets(&format!("/api/v1/jobs/{id}")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(program.does(Method::DELETE, "/api/v1/jobs/groups", json!({})).await.0, StatusCode::CONFLICT);
    assert_eq!(program.does(Method::POST, "/api/v1/jobs/boards/start", json!({})).await.0, StatusCode::CONFLICT);
}

#[tokio::test]
async fn backups_are_written_and_old_ones_go() {
    let (mut school, ..) = School::with_ann_and_bob();
    school.stop().expect("stops");
    let program = Program::before(&mut school);
    school.start();
    program.gets("/api/v1/jobs").await;
    let dir = TempDir::new().expect("a directory");
    let to = dir.path().join("copies").display().to_string();
    let (done, said) = school.runs(&["jobs", "add", "backup", "--to", &to, "--keep", "2", "--cron", "0 3 * * *"]).await;
    assert!(done, "{said}");
    for run in 1..=3 {
        let (_, before) = program.gets("/api/v1/jobs/backup-1").await;
        school.later(TimeDelta::days(1));
        until(&program, "backup-1", |job| job["state"] == "completed" && job["last_run"] != before["last_run"]).await;
        let files = std::fs::read_dir(&to).expect("a folder").count();
        assert_eq!(files, run.min(2));
    }
    let inside = school.data().join("copies").display().to_string();
    let (done, said) = school.runs(&["jobs", "add", "backup", "--to", &inside]).await;
    assert!(done, "{said}");
    let (done, said) = school.runs(&["jobs", "start", "backup-2"]).await;
    assert!(done, "{said}");
    let failed = until(&program, "backup-2", |job| job["state"] == "failed").await;
    assert!(failed["last_error"].as_str().is_some_and(|why| why.contains("another folder")), "{failed}");
    let (done, said) = school.runs(&["jobs", "list"]).await;
    assert!(done && said.contains("backup-1") && said.contains("0 3 * * * (Asia/Tashkent)") && said.contains("boards"), "{said}");
    let (done, said) = school.runs(&["jobs", "start", "nothing"]).await;
    assert!(!done && said.contains("rollcall jobs list"), "{said}");
}

#[tokio::test]
async fn all_jobs_are_stopped_and_started_at_once() {
    let (mut school, ..) = School::with_ann_and_bob();
    school.stop().expect("stops");
    let program = Program::before(&mut school);
    school.start();
    let (boss, bot) = (school.boss.clone(), school.bot.clone());
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    let dir = TempDir::new().expect("a directory");
    let copies = json!({ "cron": "0 3 * * *", "backup": { "dir": dir.path().join("copies"), "keep": 3 } });
    let (status, job) = program.does(Method::POST, "/api/v1/jobs", copies).await;
    assert_eq!((status, &job["id"], &job["sort"]), (StatusCode::CREATED, &json!("backup-1"), &json!("backup")), "{job}");
    let unsent = json!({ "chat_id": boss.id, "backup": { "dir": "/copies" } });
    assert_eq!(program.does(Method::POST, "/api/v1/jobs", unsent).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let channels = json!({ "collection": { "channels": ["two words"] } });
    assert_eq!(program.does(Method::POST, "/api/v1/jobs", channels).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let backwards = json!({ "collection": { "channels": ["@alpha"], "from": "2026-01-02", "to": "2026-01-01" } });
    let (status, problem) = program.does(Method::POST, "/api/v1/jobs", backwards).await;
    let why = problem["detail"].as_str().unwrap_or_default();
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && why.contains("from is after to"), "{problem}");
    let january = json!({ "channels": ["@alpha"], "from": "2026-01-01", "to": "2026-01-31", "comments": true, "snowball": 1 });
    let (status, job) = program.does(Method::POST, "/api/v1/jobs", json!({ "collection": january })).await;
    assert_eq!((status, &job["sort"], &job["state"]), (StatusCode::CREATED, &json!("collection"), &json!("pending")), "{job}");
    let id = job["id"].as_str().expect("an id");
    assert_eq!(program.does(Method::POST, &format!("/api/v1/jobs/{id}/stop"), json!({})).await.0, StatusCode::OK);
    assert_eq!(program.does(Method::DELETE, &format!("/api/v1/jobs/{id}"), json!({})).await.0, StatusCode::NO_CONTENT);
    let missed = json!({ "backfill": { "since": "2026-01-20" }, "group": -100_999 });
    assert_eq!(program.does(Method::POST, "/api/v1/jobs", missed).await.0, StatusCode::NOT_FOUND);
    let (_, by_hand) = program.does(Method::POST, "/api/v1/jobs", json!({ "format": "text" })).await;
    let later = json!({ "text": "Majlis", "all": true, "send_at": "2026-02-01T09:00:00Z" });
    assert_eq!(program.does(Method::POST, "/telegram/send-message/", later).await.0, StatusCode::CREATED);

    let (done, said) = school.runs(&["jobs", "stop", "all"]).await;
    assert!(done && said.contains("announcement-") && said.contains("backup-1"), "{said}");
    let by_hand = by_hand["id"].as_str().expect("an id");
    assert!(!said.contains(by_hand), "it runs only when somebody starts it: {said}");
    assert_eq!(program.gets("/api/v1/jobs/backup-1").await.1["state"], "stopped");
    let (status, problem) = program.does(Method::POST, "/telegram/background-tasks/all/stop/", json!({})).await;
    assert!(status == StatusCode::CONFLICT && problem["detail"].as_str().is_some_and(|why| why.starts_with("No job runs")));

    boss.presses(&bot, "Jobs").await;
    boss.reads(&bot).await;
    boss.presses(&bot, "All at once").await;
    assert!(boss.reads(&bot).await.text.contains("stopped: 2"));
    boss.presses(&bot, "Start now").await;
    boss.reads(&bot).await;
    until(&program, "backup-1", |job| job["state"] == "completed").await;
    let (_, all) = program.gets("/api/v1/jobs").await;
    let announcement = all["items"].as_array().expect("jobs").iter().find(|job| job["sort"] == "announcement");
    assert_eq!(announcement.map(|job| &job["state"]), Some(&json!("stopped")), "nobody sends again what was cancelled: {all}");
    let (status, all) = program.does(Method::POST, "/api/v1/jobs/all/stop", json!({})).await;
    assert!(status == StatusCode::OK && all["items"].as_array().is_some_and(|all| all.len() > 4), "{all}");
    assert_eq!(program.does(Method::POST, "/api/v1/jobs/all/start", json!({})).await.0, StatusCode::OK);
}

#[tokio::test]
async fn groups_are_checked_on_demand_and_a_terminal_sends_to_them() {
    let (mut school, ..) = School::with_ann_and_bob();
    school.stop().expect("stops");
    let program = Program::before(&mut school);
    school.start();
    let (status, _) = program.does(Method::POST, "/telegram/background-tasks/groups/start/", json!({})).await;
    assert_eq!(status, StatusCode::OK);
    let job = until(&program, "groups", |job| job["state"] == "completed").await;
    assert_eq!((job["done"].as_u64(), job["total"].as_u64()), (Some(1), Some(1)));
    let (done, said) = school.runs(&["send", "Majlis *soat 15*", "--to", "grade 2", "--markdown"]).await;
    assert!(done && said.contains("goes to 1 chat"), "{said}");
    until(&program, "announcement-1", |job| job["state"] == "completed").await;
    let (done, said) = school.runs(&["jobs", "status", "announcement-1"]).await;
    assert!(done && said.contains("sent") && said.contains("Grade 2"), "{said}");
    let (done, said) = school.runs(&["send", "later", "--all", "--at", "2020-01-01 09:00"]).await;
    assert!(!done && said.contains("has passed"), "{said}");
}

#[tokio::test]
async fn an_admin_makes_a_report_in_the_chat_and_it_comes() {
    let (mut school, ann, _, grade2) = School::with_ann_and_bob();
    school.stop().expect("stops");
    let program = Program::before(&mut school);
    school.start();
    let (boss, bot) = (school.boss.clone(), school.bot.clone());
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    ann.says(&grade2, "hello");
    school.has_counted_all().await;
    for button in ["Jobs", "A report by itself", "Text", "18:00"] {
        boss.presses(&bot, button).await;
        boss.reads(&bot).await;
    }
    let made = boss.presses(&bot, "Send it so").await;
    assert!(made.text.contains("come by itself"), "{made:?}");
    let job = boss.reads(&bot).await;
    assert!(job.text.contains("2026-01-26 18:00"), "today is a Monday: {}", job.text);
    school.later(TimeDelta::hours(9));
    let report = boss.reads(&bot).await;
    assert!(report.text.contains("19") && report.text.contains("25"), "about the week before: {}", report.text);
    // Whoever presses faster than the program notes its end is told that it still runs.
    until(&program, "digest-1", |job| job["state"] == "completed").await;
    boss.presses(&bot, "Delete").await;
    boss.reads(&bot).await;
    assert!(boss.presses(&bot, "Yes, delete").await.text.contains("Deleted"));
    school.stop().expect("stops");
    assert_eq!(school.file("jobs/jobs.json")["jobs"], json!({}));
}
