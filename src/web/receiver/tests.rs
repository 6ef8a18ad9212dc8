use axum::http::Request as HttpRequest;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower_service::Service as _;

use super::*;
use crate::{
    clock::Clock,
    study::{
        board::board,
        sample::{ANN, BOB, CHAT, day, instant, seconds, study},
        snapshot::{Posted, body as snapshot_body},
    },
};

#[derive(Debug)]
struct At(DateTime<Utc>);

impl Clock for At {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// A receiver at a moment, over a directory.
fn receiver(dir: &TempDir, now: &str) -> Router {
    let shelf = Shelf::open(dir.path()).expect("opens");
    routes(Receiver::new("open sesame".into(), Some("cron".to_owned().into()), shelf, Arc::new(At(instant(now)))))
}

async fn ask(router: &Router, request: HttpRequest<Body>) -> (u16, Value) {
    let response = router.clone().call(request).await.expect("infallible");
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    (status, serde_json::from_slice(&bytes).expect("JSON"))
}

async fn get_from(router: &Router, path: &str) -> Value {
    ask(router, HttpRequest::get(path).body(Body::empty()).expect("a request")).await.1
}

async fn send(router: &Router, secret: &str, body: impl Into<Body>) -> (u16, Value) {
    let request = HttpRequest::post("/api/leaderboard/ingest").header(SECRET, secret).body(body.into());
    ask(router, request.expect("a request")).await
}

/// What our own exporter sends for a day.
fn snapshot(on: &str, ann: u32) -> String {
    let crowd: Vec<_> = (3..9).map(|n| (crate::domain::presence::Who(n), 60)).collect();
    let people: Vec<_> = [(ANN, ann), (BOB, 4_500)].into_iter().chain(crowd).collect();
    let board = board(&study(), CHAT, day(on), &seconds(&[(on, &people)])).expect("a board");
    let posted = Posted { at: instant(&format!("{on}T16:30:00Z")), message: None };
    snapshot_body(&board, posted, chrono_tz::Asia::Tashkent, crate::domain::lang::Lang::En)
}

#[tokio::test]
async fn what_we_send_is_what_we_take() {
    let dir = TempDir::new().expect("a directory");
    let router = receiver(&dir, "2026-01-09T17:00:00Z");
    assert_eq!(get_from(&router, "/api/leaderboard/latest").await, json!({"data": {"day": null, "week": null, "month": null}}));
    let first = send(&router, "open sesame", snapshot("2026-01-08", 600)).await;
    assert_eq!(first, (200, json!({"status": "ok", "inserted": 3, "updated": 0})));
    let second = send(&router, "open sesame", snapshot("2026-01-09", 12_600)).await;
    assert_eq!(second, (200, json!({"status": "ok", "inserted": 1, "updated": 2})), "the same week and month");
    // Days that are made up for don't push the latest one aside.
    send(&router, "open sesame", snapshot("2026-01-07", 600)).await;
    let again = receiver(&dir, "2026-01-09T17:00:00Z");
    let latest = get_from(&again, "/api/leaderboard/latest").await;
    let today = &latest["data"]["day"];
    assert_eq!(today["period_start"], "2026-01-09T00:00:00+05:00");
    assert_eq!((today["entries"].as_array().map(Vec::len), &today["entries"][0]["display"]), (Some(5), &json!("@ann")));
    assert_eq!(today.as_object().expect("an object").len(), 7);
}

#[tokio::test]
async fn who_does_not_know_the_secret_is_sent_away() {
    let dir = TempDir::new().expect("a directory");
    let router = receiver(&dir, "2026-01-09T17:00:00Z");
    assert_eq!(send(&router, "open sesam", snapshot("2026-01-09", 60)).await.0, 403);
    let bare = HttpRequest::post("/api/leaderboard/ingest").body(Body::from(snapshot("2026-01-09", 60))).expect("a request");
    assert_eq!(ask(&router, bare).await.0, 403);
    assert!(!dir.path().join("leaderboard_receiver.json").exists());
}

#[tokio::test]
async fn bad_bodies_are_named() {
    type Spoil = fn(&mut Value);
    let dir = TempDir::new().expect("a directory");
    let router = receiver(&dir, "2026-01-09T17:00:00Z");
    assert_eq!(send(&router, "open sesame", "{").await.0, 400);
    assert_eq!(send(&router, "open sesame", "x".repeat(LARGEST_BODY + 1)).await.0, 413);
    let spoil = |spoil: Spoil| {
        let mut value: Value = serde_json::from_str(&snapshot("2026-01-09", 12_600)).expect("JSON");
        spoil(&mut value);
        value.to_string()
    };
    let cases: [(Spoil, &str); 7] = [
        (|value| value["posted_at"] = json!("yesterday"), "posted_at"),
        (|value| drop(value["boards"].as_array_mut().expect("three").pop()), "one month"),
        (|value| value["boards"][1]["scope"] = json!("day"), "one week"),
        (|value| value["boards"][0]["entries"][0]["minutes"] = json!(1), "boards[0].entries[0].minutes"),
        (|value| value["boards"][2]["entries"][1]["rank"] = json!(5), "boards[2].entries[1].rank"),
        (|value| value["boards"][0]["period_end"] = json!("2025-01-09T00:00:00+05:00"), "before period_start"),
        (|value| value["boards"] = json!("none"), "invalid type"),
    ];
    for (change, expected) in cases {
        let (status, answer) = send(&router, "open sesame", spoil(change)).await;
        assert_eq!((status, &answer["status"]), (200, &json!("stored-for-review")), "{expected}");
        assert!(answer["issues"].to_string().contains(expected), "{answer} lacks {expected}");
    }
    assert_eq!(get_from(&router, "/api/leaderboard/latest").await["data"]["day"], Value::Null, "nothing of it is shown");
    let kept = std::fs::read_to_string(dir.path().join("leaderboard_receiver.json")).expect("kept");
    assert!(kept.contains("yesterday"), "for a look");
}

#[tokio::test]
async fn health_is_a_day_old_at_most() {
    let dir = TempDir::new().expect("a directory");
    let fresh = receiver(&dir, "2026-01-10T16:30:00Z");
    assert_eq!(get_from(&fresh, "/api/leaderboard/health").await["ok"], false);
    send(&fresh, "open sesame", snapshot("2026-01-09", 60)).await;
    let health = get_from(&fresh, "/api/leaderboard/health").await;
    assert_eq!(health["latestPostedAt"], "2026-01-09T16:30:00Z");
    assert_eq!(health["scopes"]["week"], json!({"postedAt": "2026-01-09T16:30:00Z", "withinWindow": true}));
    assert_eq!(health["ok"], true);
    let stale = receiver(&dir, "2026-01-10T16:30:01Z");
    assert_eq!(get_from(&stale, "/api/leaderboard/health").await["ok"], false);
}

#[tokio::test]
async fn the_admin_state_is_for_those_with_the_cron_secret() {
    let dir = TempDir::new().expect("a directory");
    let router = receiver(&dir, "2026-01-09T17:00:00Z");
    let asked = |name: &str, value: &str, query: &str| {
        let request = HttpRequest::get(format!("/api/admin/state{query}")).header(name, value).body(Body::empty());
        let router = router.clone();
        async move { ask(&router, request.expect("a request")).await }
    };
    let state = json!({"session_version": 1, "updated_at": "2026-01-09T17:00:00Z"});
    assert_eq!(asked(CRON_SECRET, "cron", "").await, (200, state.clone()));
    assert_eq!(asked("authorization", "Bearer cron", "").await, (200, state));
    assert_eq!(asked(CRON_SECRET, "wrong", "").await.0, 401);
    assert_eq!(asked("authorization", "cron", "").await.0, 401);
    assert_eq!(asked(CRON_SECRET, "cron", "?secret=cron").await.0, 400);
}

#[tokio::test]
async fn too_many_in_a_minute_have_to_wait() {
    let dir = TempDir::new().expect("a directory");
    let router = receiver(&dir, "2026-01-09T17:00:20Z");
    for _ in 0..MOST_A_MINUTE {
        assert_eq!(send(&router, "guess", "{}").await.0, 403);
    }
    let request = HttpRequest::post("/api/leaderboard/ingest").header(SECRET, "open sesame").body(Body::empty());
    let response = router.clone().call(request.expect("a request")).await.expect("infallible");
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (429, &axum::http::HeaderValue::from_static("40"))
    );
}

#[test]
fn a_file_that_can_not_be_read_is_left_alone() {
    let dir = TempDir::new().expect("a directory");
    let path = dir.path().join("leaderboard_receiver.json");
    std::fs::write(&path, "{ oops").expect("written");
    let why = Shelf::open(dir.path()).expect_err("unreadable").to_string();
    assert!(why.contains("line 1 column") && std::fs::read_to_string(&path).expect("there") == "{ oops", "{why}");
}
