//! Snapshots on their way to a web dashboard: ours, and one that has its moods.

use std::{process::Command, time::Duration};

use chrono::TimeDelta;
use rollcall::{
    domain::{
        change::{Change, Outcome},
        ids::ChatId,
        lang::Lang,
        study::{Community, Post, PostKey, PostState, Study, StudyChange},
    },
    store::Store,
    study::{export, snapshot},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::support::{School, monday};

const SECRET: &str = "the-dashboards-own-secret";
const CHAT: ChatId = ChatId(-1_001);

const ZONE: chrono_tz::Tz = chrono_tz::Asia::Tashkent;

/// Nothing of its own is due.
fn community() -> Community {
    let first = "2026-01-01".parse().expect("a day");
    Community { watched: false, ..Community::new(CHAT, "Night owls".to_owned(), ZONE, Lang::En, first) }
}

/// Boards of these days wait to be sent when the daemon starts.
async fn with_waiting(school: &School, days: &[&str]) {
    let (community, zone) = (community(), ZONE);
    let mut study = Study::default();
    study.communities.insert(CHAT, community.clone());
    let body = |day| {
        let board = rollcall::study::board::board(&study, CHAT, day, &Default::default()).expect("a board");
        snapshot::body(&board, snapshot::Posted { at: monday(), message: None }, zone, Lang::En)
    };
    let days = days.iter().map(|day| day.parse().expect("a day"));
    let snapshots = days.map(|day| (day, body(day))).collect();
    let mut changes = vec![StudyChange::Community(CHAT, Some(Box::new(community)))];
    changes.extend(export::queued(&study, CHAT, &snapshots, monday()));
    with(school, changes).await;
}

/// The daemon finds this when it starts.
async fn with(school: &School, changes: Vec<StudyChange>) {
    let store = Store::open(&school.data(), school.clock.clone()).expect("opens");
    let changes = changes.into_iter().map(Change::Study).collect();
    store.commit(Outcome { changes, work: Vec::new() }).await.expect("commits");
    store.close().await.expect("closes");
}

fn sends_to(school: &mut School, address: &str) {
    school.set("LEADERBOARD_WEB_EXPORT_ENABLED", "Yes");
    school.set("LEADERBOARD_INGEST_URL", &format!("http://{address}/api/leaderboard/ingest"));
    school.set("LEADERBOARD_INGEST_SECRET", SECRET);
    school.set("LEADERBOARD_EXPORT_TIMEOUT_MS", "2000");
}

async fn asks(address: &str, path: &str) -> Value {
    let answer = reqwest::Client::builder().no_proxy().build().expect("a client").get(format!("http://{address}{path}")).send();
    serde_json::from_str(&answer.await.expect("answers").text().await.expect("a body")).expect("JSON")
}

/// What `rollcall doctor` finds about a subject.
async fn findings(school: &School, subject: &str) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
    command.args(["doctor", "--format", "json", "--env-file", "/dev/null"]).envs(school.settings());
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("ran").expect("runs");
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(!said.contains(SECRET), "{said}");
    let found: Vec<Value> = serde_json::from_str(&said).expect("JSON");
    let about = found.into_iter().filter(|finding| finding["subject"] == subject);
    about.map(|finding| format!("{}: {} {}", finding["level"], finding["text"], finding["advice"]).replace('"', "")).collect()
}

/// A figure, as Prometheus reads it.
pub(crate) async fn figure(metrics: &str, name: &str) -> Option<f64> {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let answer = client.get(format!("{metrics}/metrics")).send().await.expect("answers");
    let text = answer.text().await.expect("a body");
    let line = text.lines().find(|line| line.starts_with(&format!("{name} ")))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[tokio::test]
async fn boards_arrive_at_a_receiver_of_our_own() {
    let mut school = School::closed();
    let address = School::own_address();
    let metrics = school.use_metrics();
    sends_to(&mut school, &address);
    school.set("LEADERBOARD_RECEIVER_ADDR", &address);
    school.set("CRON_SECRET", "cron");
    with_waiting(&school, &["2026-01-24", "2026-01-25"]).await;
    school.start();
    school.log.says("receiving snapshots of boards", 0).await;
    let latest = loop {
        let latest = asks(&address, "/api/leaderboard/latest").await;
        if latest["data"]["day"]["period_start"] == "2026-01-25T00:00:00+05:00" {
            break latest;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(latest["data"]["week"]["entries"], json!([]));
    assert_eq!(asks(&address, "/api/leaderboard/health").await["ok"], true);
    school.log.says("the dashboard took a board", 1).await;
    let of_dashboard = findings(&school, "dashboard").await;
    assert_eq!(of_dashboard.len(), 2, "{of_dashboard:?}");
    assert!(of_dashboard[0].starts_with("ok: somebody answers at LEADERBOARD_INGEST_URL"), "{of_dashboard:?}");
    assert!(of_dashboard[1].starts_with("ok: 0 boards wait, the last one was taken 20"), "{of_dashboard:?}");
    let of_receiver = findings(&school, "receiver").await;
    assert!(of_receiver.len() == 1 && of_receiver[0].starts_with(&format!("ok: listens at {address}")), "{of_receiver:?}");
    assert_eq!(figure(&metrics, "rollcall_export_waiting").await, Some(0.0));
    assert_eq!(figure(&metrics, "rollcall_export_refused").await, Some(0.0));
    assert!(figure(&metrics, "rollcall_export_last_success_age_seconds").await.is_some());
    school.stop().expect("stops");
    assert_eq!(school.file("study/exports.json"), json!({}), "nothing waits any more");
    // Without the daemon nobody has to listen, and nobody answers.
    let of_receiver = findings(&school, "receiver").await;
    assert!(of_receiver[0].starts_with(&format!("ok: will listen at {address}")), "{of_receiver:?}");
    assert!(findings(&school, "dashboard").await[0].starts_with("warning: nobody answers at"));
    school.sim.finish();
}

/// Takes one request; what was asked, and how to answer.
async fn request(dashboard: &TcpListener) -> (String, TcpStream) {
    let (mut stream, _) = dashboard.accept().await.expect("accepts");
    let mut read = Vec::new();
    loop {
        let mut part = [0; 4096];
        let n = stream.read(&mut part).await.expect("reads");
        read.extend_from_slice(&part[..n]);
        let text = String::from_utf8_lossy(&read).into_owned();
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length =
                head.to_lowercase().split_once("content-length: ").and_then(|(_, rest)| rest.lines().next()?.parse().ok());
            length.is_some_and(|length: usize| body.len() >= length)
        });
        if whole {
            return (text, stream);
        }
    }
}

/// The next request; meanwhile time flies.
async fn next(school: &School, dashboard: &TcpListener) -> (String, TcpStream) {
    let mut ticks = tokio::time::interval(Duration::from_millis(100));
    let asked = request(dashboard);
    tokio::pin!(asked);
    loop {
        tokio::select! {
            asked = &mut asked => return asked,
            _ = ticks.tick() => school.later(TimeDelta::seconds(30)),
        }
    }
}

async fn answer(mut stream: TcpStream, status: &str, body: &str) {
    let text = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    stream.write_all(text.as_bytes()).await.expect("writes");
}

#[tokio::test]
async fn a_moody_dashboard_gets_every_board_in_order_and_a_refusal_is_told_once() {
    let mut school = School::closed();
    let dashboard = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    sends_to(&mut school, &dashboard.local_addr().expect("an address").to_string());
    let metrics = school.use_metrics();
    with_waiting(&school, &["2026-01-24", "2026-01-25"]).await;
    school.boss.tells(&school.bot, "/start");
    school.start();
    school.boss.reads(&school.bot).await;
    let is_of =
        |asked: &str, day: &str| asked.contains(&format!("\"period_start\":\"{day}T00:00:00+05:00\",\"period_end\":\"{day}T23"));

    let (asked, stream) = next(&school, &dashboard).await;
    assert!(asked.starts_with("POST /api/leaderboard/ingest HTTP/1.1\r\n"), "{asked}");
    assert!(
        asked.contains("content-type: application/json\r\n") && asked.contains(&format!("x-leaderboard-secret: {SECRET}\r\n"))
    );
    assert!(is_of(&asked, "2026-01-24"));
    assert_eq!(figure(&metrics, "rollcall_export_waiting").await, Some(2.0));
    answer(stream, "500 Internal Server Error", "{}").await;

    let (asked, stream) = next(&school, &dashboard).await;
    assert!(is_of(&asked, "2026-01-24"), "again, before the other one");
    drop(stream);

    // It survives a restart.
    school.stop().expect("stops");
    school.start();
    let (asked, stream) = next(&school, &dashboard).await;
    assert!(is_of(&asked, "2026-01-24"));
    answer(stream, "200 OK", r#"{"status":"stored-for-review","issues":["boards[0]: odd"]}"#).await;
    let told = school.boss.reads(&school.bot).await;
    assert!(
        told.text.contains("refuses the snapshot of 24.01.2026 for Night owls") && told.text.contains("boards[0]: odd"),
        "{told:?}"
    );

    let (asked, stream) = next(&school, &dashboard).await;
    assert!(is_of(&asked, "2026-01-25"), "the other one is not held up");
    answer(stream, "200 OK", r#"{"status":"ok","inserted":3,"updated":0}"#).await;
    school.log.says("the dashboard took a board", 0).await;
    assert_eq!(figure(&metrics, "rollcall_export_waiting").await, Some(0.0));
    assert_eq!(figure(&metrics, "rollcall_export_refused").await, Some(1.0));
    let refused = findings(&school, "dashboard").await.pop().expect("a finding");
    assert!(
        refused.contains("the board of 2026-01-24 is refused: ")
            && refused.contains("boards[0]: odd")
            && refused.contains("rollcall export backfill --start 2026-01-24 --end 2026-01-24"),
        "{refused}"
    );
    school.stop().expect("stops");
    let kept = school.file("study/exports.json");
    assert_eq!(kept.as_object().map(serde_json::Map::len), Some(1));
    assert!(kept["1"]["refused"].as_str().is_some_and(|why| why.contains("boards[0]: odd")), "{kept}");
    school.sim.finish();
}

/// A day's board that came to this.
fn post(day: &str, owes_snapshot: bool, state: PostState) -> StudyChange {
    let time = chrono::NaiveTime::from_hms_opt(21, 30, 0).expect("a time");
    let key = PostKey { day: day.parse().expect("a day"), time, asked: 0 };
    let (due, until) = (monday(), monday());
    StudyChange::Post(
        CHAT,
        key,
        Some(Box::new(Post { due, until, closes_day: true, random_id: 7, asked_by: None, owes_snapshot, shown: None, state })),
    )
}

#[tokio::test]
async fn a_board_that_an_admin_finds_in_the_group_goes_to_the_dashboard_once() {
    let mut school = School::closed();
    let dashboard = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    sends_to(&mut school, &dashboard.local_addr().expect("an address").to_string());
    // Of the one, an admin said so just before the process died; of the other, nobody knows.
    let posted = PostState::Posted { chat: CHAT, message: None, at: monday() };
    let community = StudyChange::Community(CHAT, Some(Box::new(community())));
    let unsure = PostState::Unsure { since: monday() };
    with(&school, vec![community, post("2026-01-24", true, posted), post("2026-01-25", false, unsure)]).await;
    let ok = r#"{"status":"ok","inserted":3,"updated":0}"#;
    let (boss, bot) = (school.boss.clone(), school.bot.clone());
    boss.tells(&bot, "/start");
    school.start();
    boss.reads(&bot).await;
    let (asked, stream) = next(&school, &dashboard).await;
    assert!(asked.contains("2026-01-24T00:00:00+05:00\",\"period_end\":\"2026-01-24T23"), "{asked}");
    answer(stream, "200 OK", ok).await;
    for label in ["Study time", "⏸ Night owls", "25 Jan", "It is there"] {
        boss.presses(&bot, label).await;
        boss.reads(&bot).await;
    }
    let (asked, stream) = next(&school, &dashboard).await;
    assert!(asked.contains("2026-01-25T00:00:00+05:00\",\"period_end\":\"2026-01-25T23"), "{asked}");
    answer(stream, "200 OK", ok).await;
    school.log.says("the dashboard took a board", 1).await;
    school.stop().expect("stops");
    assert_eq!(school.file("study/exports.json"), json!({}), "each once");
    let posts = school.file("study/posts.json");
    let owed = posts[CHAT.to_string()].as_array().expect("posts").iter().filter(|post| post[1]["owes_snapshot"] == true).count();
    assert_eq!(owed, 0);
    school.sim.finish();
}
