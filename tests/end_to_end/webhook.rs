//! Webhook mode: the same counting, delivered instead of asked for.
#![cfg(target_os = "linux")]

use std::process::{Child, Command, Stdio};

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use telegram_sim::{Chat, Content, Fault, User, When};

use crate::support::{School, is_about_files};

const MONDAY: &str = "2026-01-26";
const SECRET: &str = "the-secret-of-this-test";

/// Ann (T001) counts in Grade 2; the daemon doesn't run yet, and will listen at the address.
fn school() -> (School, User, Chat, String) {
    let mut school = School::closed();
    let ann = school.sim.user("Ann");
    let grade2 = school.sim.group("Grade 2", &[&ann, &school.boss]);
    school.boss.adds(&school.bot, &grade2);
    school.write_registry(&[("T001", "Ann Lee", Some(&ann))], &[&grade2], &[("T001", &[&grade2])]);
    let address = school.use_webhook();
    (school, ann, grade2, address)
}

fn client() -> Client {
    Client::builder().no_proxy().build().expect("a plain client can be built")
}

/// A message of Ann's as Telegram would deliver it.
fn update(id: i64, ann: &User, chat: &Chat) -> Value {
    json!({ "update_id": id, "message": {
        "message_id": id, "date": crate::support::monday().timestamp(), "text": "hello",
        "from": { "id": ann.id, "is_bot": false, "first_name": "Ann" },
        "chat": { "id": chat.id, "type": "supergroup", "title": "Grade 2" },
    } })
}

async fn deliver(client: &Client, address: &str, update: &Value) -> Option<StatusCode> {
    let request = client.post(address).header("x-telegram-bot-api-secret-token", SECRET).body(update.to_string());
    request.send().await.ok().map(|response| response.status())
}

#[tokio::test]
async fn what_is_delivered_counts_like_what_is_asked_for() {
    let (mut school, ann, grade2, address) = school();
    school.start();
    for n in 0..300 {
        ann.sends(&grade2, if n % 3 == 0 { Content::voice() } else { Content::text("hello") });
    }
    school.has_counted_all().await;
    let asked = school.sim.called("setWebhook", 1).await;
    assert_eq!(asked[0]["url"], address);
    assert_eq!(asked[0]["secret_token"], SECRET);
    assert_eq!(asked[0]["allowed_updates"], json!(["message", "my_chat_member", "chat_member", "callback_query"]));
    assert_eq!(school.bot.polls(), 0);
    school.boss.tells(&school.bot, "/start");
    assert!(!school.boss.reads(&school.bot).await.labels().is_empty(), "the menu comes as ever");
    school.stop().expect("stops");
    assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), 300);
}

#[tokio::test]
async fn switching_either_way_loses_nothing_and_doubles_nothing() {
    let (mut school, ann, grade2, _) = school();
    let mut posted = 0;
    for mode in ["webhook", "polling", "webhook", "webhook", "polling", "polling"] {
        school.set("RUN_MODE", mode);
        for _ in 0..40 {
            ann.says(&grade2, "while nobody runs");
        }
        school.start();
        for _ in 0..40 {
            ann.says(&grade2, "while somebody starts");
        }
        school.has_counted_all().await;
        posted += 80;
        school.stop().expect("stops");
        assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), posted, "after {mode}");
    }
    assert_eq!(school.sim.calls("deleteWebhook"), vec![json!({ "drop_pending_updates": false }); 2]);
}

#[tokio::test]
async fn the_webhook_of_another_program_is_left_alone() {
    let (mut school, ann, grade2, _) = school();
    school.set("RUN_MODE", "polling");
    let api = format!("{}/bot{}/setWebhook", school.sim.url(), school.bot.token());
    let set = client().post(api).header("content-type", "application/json").body(r#"{"url":"http://127.0.0.1:9/theirs"}"#);
    assert!(set.send().await.expect("answers").status().is_success());
    ann.says(&grade2, "hello");
    school.start();
    school.sim.called("getMe", 2).await;
    assert!(school.sim.calls("deleteWebhook").is_empty());
    school.stop().expect("stops");
}

#[tokio::test]
async fn only_telegram_gets_in() {
    let (mut school, ann, grade2, address) = school();
    school.start();
    school.sim.called("setWebhook", 1).await;
    school.has_counted_all().await;
    let hello = update(900, &ann, &grade2).to_string();
    let too_much = format!("{{\"update_id\":901,\"x\":\"{}\"}}", "x".repeat(2 << 20));
    let other_bot = address.replace(&school.bot.id.to_string(), "77");
    let cases = [
        (Method::POST, other_bot.as_str(), Some(SECRET), hello.as_str(), 404),
        (Method::POST, address.as_str(), None, &hello, 403),
        (Method::POST, &address, Some(""), &hello, 403),
        (Method::POST, &address, Some("the-secret-of-this-tesT"), &hello, 403),
        (Method::POST, &address, Some("the-secret-of-this-test-and-more"), &hello, 403),
        (Method::POST, &address, Some(SECRET), &too_much, 413),
        (Method::POST, &address, Some(SECRET), "{\"message\":{}}", 400),
        (Method::POST, &address, Some(SECRET), "hello", 400),
        (Method::GET, &address, Some(SECRET), "", 405),
        (Method::POST, &address, Some(SECRET), &hello, 200),
        (Method::POST, &address, Some(SECRET), &hello, 200),
    ];
    for (method, url, secret, body, expected) in cases {
        let mut request = client().request(method, url).body(body.to_owned());
        if let Some(secret) = secret {
            request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        let status = request.send().await.expect("answers").status();
        assert_eq!(status, expected, "{secret:?} {}", &body[..body.len().min(40)]);
    }
    school.stop().expect("stops");
    assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), 1, "nothing that was refused counts, and nothing twice");
}

#[tokio::test]
async fn a_webhook_that_cannot_be_set_is_tried_again() {
    let (mut school, ann, grade2, _) = school();
    school.sim.fault("setWebhook", When::Next(1), Fault::Refuse(400, "Bad Request: bad webhook: Failed to resolve host".into()));
    ann.says(&grade2, "hello");
    school.start();
    school.has_counted_all().await;
    school.stop().expect("stops");
    assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), 1);
}

#[tokio::test]
async fn an_address_that_is_taken_is_told_at_once() {
    let (mut school, _, _, address) = school();
    let taken = address.strip_prefix("http://").and_then(|rest| rest.split('/').next()).expect("an address");
    let _listener = tokio::net::TcpListener::bind(taken).await.expect("free until now");
    school.start();
    let why = school.stop().expect_err("refused").to_string();
    assert!(why.contains("can't listen on") && why.contains("WEB_ADDR"), "{why}");
}

/// A process of its own that listens: it asks for its name after that.
async fn listening(school: &School) -> Child {
    let before = school.sim.calls("getMe").len();
    let daemon = Command::new(env!("CARGO_BIN_EXE_rollcall"))
        .args(["run", "--env-file", "/dev/null"])
        .envs(school.settings())
        .env("LOG_LEVEL", "error")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    school.sim.called("getMe", before + 1).await;
    daemon
}

/// Whatever was answered with 200 is counted, though the process dies in the next moment; what wasn't is delivered again
/// and counts once.
#[tokio::test]
async fn an_answer_is_a_promise_that_a_kill_does_not_break() {
    if is_about_files("whoever is killed is replaced after a while there: see tests/replicas") {
        return;
    }
    const KILLS: i64 = 12;
    const EACH: i64 = 60;
    let (school, ann, grade2, address) = school();
    let client = client();
    let mut delivered = 0;
    let mut daemon = listening(&school).await;
    for kill in 0..KILLS {
        let wanted = kill * EACH..(kill + 1) * EACH;
        let mut waiting: Vec<i64> = wanted.map(|n| 5_000 + n).collect();
        let (mut answers, mut is_killed) = (0, false);
        while !waiting.is_empty() {
            let tries = waiting.iter().map(|id| async {
                let status = deliver(&client, &address, &update(*id, &ann, &grade2)).await;
                (*id, status)
            });
            let mut tries: futures::stream::FuturesUnordered<_> = tries.collect();
            let mut again = Vec::new();
            while let Some((id, status)) = futures::StreamExt::next(&mut tries).await {
                match status {
                    Some(StatusCode::OK) => {
                        delivered += 1;
                        answers += 1;
                    }
                    _ => again.push(id),
                }
                // In the middle of the answers, a little later each time.
                if !is_killed && answers > kill * 4 {
                    is_killed = true;
                    daemon.kill().expect("it can be killed");
                    daemon.wait().expect("it ends");
                    daemon = listening(&school).await;
                }
            }
            drop(tries);
            waiting = again;
        }
        assert!(is_killed);
    }
    assert_eq!(delivered, KILLS * EACH);
    // The last one may not be connected yet, nor listen to signals.
    while deliver(&client, &address, &update(5_000, &ann, &grade2)).await != Some(StatusCode::OK) {}
    let stopped = Command::new("kill").args(["-TERM", &daemon.id().to_string()]).status().expect("kill runs");
    assert!(stopped.success());
    assert_eq!(daemon.wait().expect("it ends").code(), Some(0));
    assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), u64::try_from(delivered).expect("positive"));
}
