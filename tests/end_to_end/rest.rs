//! The REST interface: who gets in, and that every request is answered as the rules of HTTP want it.

use std::{collections::BTreeMap, process::Command};

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};
use rollcall::{domain::access::Scope, web::api};
use serde_json::{Value, json};

use crate::support::{School, monday};

/// A key for each purpose, known from the beginning.
pub(crate) const ADMIN: &str = "rc_the-key-of-an-admin-in-a-test-000000000000";
const KEYS: [(&str, &str); 5] = [
    ("read", "rc_the-key-of-a-reader-in-a-test-00000000000"),
    ("send", "rc_the-key-of-a-sender-in-a-test-00000000000"),
    ("admin", ADMIN),
    ("expired", "rc_a-key-that-expired-in-a-test-000000000000"),
    ("revoked", "rc_a-key-that-was-revoked-in-a-test-00000000"),
];

/// A program that asks.
pub(crate) struct Program {
    client: Client,
    pub(crate) base: String,
    pub(crate) key: Option<&'static str>,
}

impl Program {
    /// One with an admin's key, and the keys for all the others in the school's files. The daemon isn't started yet.
    pub(crate) fn before(school: &mut School) -> Self {
        let address = School::own_address();
        school.set("WEB_ADDR", &address);
        let keys: BTreeMap<_, _> =
            KEYS.into_iter().zip(1..).map(|((name, secret), n)| (format!("k0000000{n}"), key(name, secret))).collect();
        let dir = school.data().join("web");
        std::fs::create_dir_all(&dir).expect("a directory");
        std::fs::write(dir.join("keys.json"), json!(keys).to_string()).expect("writes");
        let client = Client::builder().no_proxy().pool_max_idle_per_host(0).build().expect("a plain client can be built");
        Self { client, base: format!("http://{address}"), key: Some(ADMIN) }
    }

    pub(crate) fn asks(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    /// Sends it; the listener may be a moment away.
    pub(crate) async fn sends(&self, request: RequestBuilder) -> Response {
        loop {
            match request.try_clone().expect("no stream").send().await {
                Ok(response) => return response,
                Err(why) if why.is_connect() => tokio::task::yield_now().await,
                Err(why) => panic!("{why}"),
            }
        }
    }

    /// What it gets, with the status.
    pub(crate) async fn gets(&self, path: &str) -> (StatusCode, Value) {
        read(self.sends(self.asks(Method::GET, path)).await).await
    }

    /// What it gets for JSON.
    pub(crate) async fn does(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let request = self.asks(method, path).header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        read(self.sends(request).await).await
    }
}

async fn read(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let text = response.text().await.expect("a text");
    (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") })
}

fn key(name: &str, secret: &str) -> Value {
    let created = monday() - chrono::TimeDelta::days(7);
    let mut key = json!({ "name": name, "hash": api::hash_of(secret), "scope": name, "created": created, "made_by": "terminal" });
    match name {
        "expired" => (key["scope"], key["expires"]) = (json!("admin"), json!(monday())),
        "revoked" => (key["scope"], key["revoked"]) = (json!("admin"), json!(created)),
        _ => {}
    }
    key
}

/// A path that leads somewhere: its parts filled in.
fn filled(path: &str) -> String {
    let parts = [
        ("teacher", "T001"),
        ("group", "-1001"),
        ("community", "-1001"),
        ("account", "5"),
        ("bot_id", "7"),
        ("chat_id", "-1001"),
        ("task_id", "groups"),
        ("command", "news"),
    ];
    parts.iter().fold(path.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value))
}

#[tokio::test]
async fn nobody_gets_in_without_the_right_key() {
    let mut school = School::closed();
    let mut program = Program::before(&mut school);
    school.start();
    let strangers = [None, Some("rc_nobodys"), Some(""), Some(KEYS[3].1), Some(KEYS[4].1)];
    let mut tried = 0;
    for route in api::ROUTES {
        let path = filled(route.path);
        assert!(!path.contains('{'), "{path} has a part that this test doesn't know");
        let Some(needed) = route.scope else {
            program.key = None;
            assert_eq!(program.sends(program.asks(route.method.clone(), &path)).await.status(), 200, "{path} is for everybody");
            continue;
        };
        for key in strangers {
            program.key = key;
            let (status, problem) = read(program.sends(program.asks(route.method.clone(), &path)).await).await;
            assert_eq!(status, 401, "{} {path} {key:?}: {problem}", route.method);
            assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("rollcall token create")), "{problem}");
            tried += 1;
        }
        for (scope, (_, key)) in Scope::ALL.into_iter().zip(KEYS) {
            program.key = Some(key);
            let status = program.sends(program.asks(route.method.clone(), &path)).await.status();
            assert_eq!(status == 403, !scope.allows(needed), "{} {path} with {}: {status}", route.method, scope.name());
            assert_ne!(status, 401, "{} {path}", route.method);
            tried += 1;
        }
    }
    assert!(tried > 150, "{tried}");
}

#[tokio::test]
async fn keys_are_made_and_taken_back_beside_the_running_daemon() {
    let mut school = School::closed();
    let mut program = Program::before(&mut school);
    school.start();
    assert_eq!(program.gets("/api/v1/status").await.0, 200);
    let settings = school.settings().clone();
    let rollcall = |arguments: &'static [&'static str]| {
        let settings = settings.clone();
        tokio::task::spawn_blocking(move || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
            let command = command.args(["--env-file", "/dev/null"]).envs(settings).args(arguments);
            let output = command.output().expect("the binary runs");
            (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
        })
    };
    let made = rollcall(&["token", "create", "--name", "time table", "--scope", "read", "--expires", "never"]);
    let (done, secret) = made.await.expect("runs");
    let secret = secret.trim().to_owned();
    assert!(done && secret.starts_with("rc_") && secret.len() == 46, "{secret}");
    program.key = Some(String::leak(secret.clone()));
    assert_eq!(program.gets("/api/v1/teachers").await.0, 200);
    let (_, problem) = program.does(Method::POST, "/api/v1/teachers", json!({ "full_name": "Ann Lee" })).await;
    assert_eq!((&problem["status"], &problem["title"]), (&json!(403), &json!("Forbidden")), "{problem}");
    let (_, list) = rollcall(&["token", "list", "--format", "json"]).await.expect("runs");
    let list: Vec<Value> = serde_json::from_str(&list).expect("JSON");
    let row = list.iter().find(|row| row["name"] == "time table").expect("it is listed");
    assert_eq!((&row["state"], &row["expires"], &row["made_by"]), (&json!("works"), &json!("never"), &json!("terminal")));
    assert!(!json!(list).to_string().contains(&secret), "the secret is shown once");
    let id = String::leak(row["id"].as_str().expect("a text").to_owned());
    let revoke: &'static [&'static str] = Vec::leak(vec!["token", "revoke", id]);
    assert!(rollcall(revoke).await.expect("runs").0);
    let (status, problem) = program.gets("/api/v1/teachers").await;
    assert!(status == 401 && problem["detail"].as_str().is_some_and(|detail| detail.contains("taken back")), "{problem}");
    program.key = Some(ADMIN);
    let (_, log) = program.gets("/api/v1/audit?limit=2").await;
    let did: Vec<_> = log["items"].as_array().expect("a list").iter().map(|entry| &entry["did"]["action"]).collect();
    assert_eq!(did, ["key_revoked", "key_made"]);
    school.stop().expect("stops");
    for file in ["journal.jsonl", "web/keys.json", "audit/2026-01.jsonl"] {
        let text = std::fs::read_to_string(school.data().join(file)).expect("a file");
        assert!(!text.contains(&secret), "{file} holds the secret");
    }
}

#[tokio::test]
async fn what_cannot_be_done_says_so_in_one_form() {
    let mut school = School::closed();
    let program = Program::before(&mut school);
    school.start();
    let json_type = (header::CONTENT_TYPE, "application/json");
    let ask = |method, path: &str| program.asks(method, path);
    let teachers = "/api/v1/teachers";
    let large = format!("{{\"full_name\": \"{}\"}}", "x".repeat(70_000));
    let cases = [
        (404, ask(Method::GET, "/api/v1/nothing")),
        (404, ask(Method::GET, "/api/v1/teachers/T009")),
        (404, ask(Method::GET, "/api/v1/teachers/T%2F9")),
        (404, ask(Method::GET, "/api/v1/boards/-5")),
        (404, ask(Method::GET, "/telegram/bot/77/status/")),
        (405, ask(Method::PUT, teachers)),
        (405, ask(Method::OPTIONS, "/api/v1/reports")),
        (406, ask(Method::GET, teachers).header(header::ACCEPT, "text/html")),
        (406, ask(Method::GET, "/api/v1/reports").header(header::ACCEPT, "image/png")),
        (400, ask(Method::GET, "/api/v1/teachers?limit=0")),
        (400, ask(Method::GET, "/api/v1/teachers?limits=5")),
        (400, ask(Method::GET, "/api/v1/teachers?limit=5&limit=6")),
        (400, ask(Method::GET, "/api/v1/reports?days=3&from=2026-01-01")),
        (400, ask(Method::GET, "/api/v1/reports?from=2026-01-02&to=2026-01-01")),
        (400, ask(Method::GET, "/api/v1/reports?format=png")),
        (400, ask(Method::GET, "/api/v1/activity?by=mood")),
        (415, ask(Method::POST, teachers).body("full_name=Ann")),
        (413, ask(Method::POST, teachers).header(json_type.0.clone(), json_type.1).body(large)),
        (400, ask(Method::POST, teachers).header(json_type.0.clone(), json_type.1).body("{")),
        (422, ask(Method::POST, teachers).header(json_type.0.clone(), json_type.1).body("{\"full_name\": \"A\"}")),
        (
            422,
            ask(Method::POST, teachers).header(json_type.0.clone(), json_type.1).body("{\"full_name\": \"Ann Lee\", \"x\": 1}"),
        ),
        (422, ask(Method::POST, "/api/v1/groups").header(json_type.0, json_type.1).body("{\"chat_id\": 5, \"title\": \"x\"}")),
    ];
    for (expected, request) in cases {
        let response = program.sends(request).await;
        let (status, place) = (response.status(), response.url().clone());
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json", "{place}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        assert!(!response.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
        assert_eq!(response.headers().contains_key(header::ALLOW), expected == 405);
        let problem: Value = serde_json::from_str(&response.text().await.expect("a text")).expect("JSON");
        assert_eq!((status.as_u16(), &problem["status"]), (expected, &json!(expected)), "{place}: {problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.ends_with('.') && detail.len() > 20), "{problem}");
    }
}

#[tokio::test]
async fn a_key_has_so_many_requests_a_minute() {
    let mut school = School::closed();
    school.set("API_REQUESTS_PER_MINUTE", "3");
    let program = Program::before(&mut school);
    school.start();
    for left in ["2", "1", "0"] {
        let response = program.sends(program.asks(Method::HEAD, "/api/v1/status")).await;
        assert_eq!(
            (response.status(), &response.headers()["ratelimit-remaining"]),
            (StatusCode::OK, &left.parse().expect("a header"))
        );
        assert_eq!(response.headers()["ratelimit-limit"], "3");
        assert!(response.text().await.expect("a text").is_empty(), "HEAD has no body");
    }
    let response = program.sends(program.asks(Method::GET, "/api/v1/status")).await;
    assert_eq!(response.status(), 429);
    let wait: u64 = response.headers()[header::RETRY_AFTER].to_str().expect("a text").parse().expect("seconds");
    assert!((1..=20).contains(&wait), "{wait}");
    let other = Program { client: program.client.clone(), base: program.base.clone(), key: Some(KEYS[0].1) };
    assert_eq!(other.gets("/api/v1/status").await.0, 200, "another key has its own");
}
