//! Accidents on order.

use crate::support::Client;
use serde_json::json;
use telegram_sim::{Fault, Sim, When};

#[tokio::test]
async fn each_accident_looks_as_it_does_in_life() {
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    let api = Client::new(&sim, &bot);
    let order = |fault: Fault| sim.fault("getMe", When::Next(1), fault);

    order(Fault::TooMany(7));
    assert_eq!(api.answer("getMe", json!({})).await["parameters"]["retry_after"], 7);
    order(Fault::ServerError(500));
    assert_eq!(api.answer("getMe", json!({})).await["error_code"], 500);
    order(Fault::ServerErrorPage(502));
    let page = api.http.get(api.url("getMe")).send().await.expect("an answer");
    assert_eq!((page.status().as_u16(), &page.headers()["content-type"]), (502, &"text/html".parse().expect("a value")));
    order(Fault::Refuse(403, "Forbidden: user is deactivated".into()));
    assert_eq!(api.refused("getMe", json!({})).await, "Forbidden: user is deactivated");
    order(Fault::TruncateAnswer);
    let cut = api.http.get(api.url("getMe")).send().await.expect("a beginning");
    cut.bytes().await.expect_err("half of it");
    api.ok("getMe", json!({})).await;
}

#[tokio::test]
async fn a_reset_connection_gives_no_answer_at_all() {
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    let ann = sim.user("Ann");
    ann.tells(&bot, "/start");
    let api = Client::new(&sim, &bot);
    let send = || api.http.post(api.url("sendMessage")).json(&json!({ "chat_id": ann.id, "text": "x" })).send();

    sim.fault("sendMessage", When::Next(1), Fault::ResetBefore);
    send().await.expect_err("a reset");
    assert!(sim.unread().is_empty(), "nothing was done");
    sim.fault("sendMessage", When::Next(1), Fault::LoseAnswer);
    send().await.expect_err("a reset");
    assert_eq!(ann.reads(&bot).await.text, "x", "it was done");
}

#[tokio::test]
async fn a_stalled_call_goes_on_when_it_is_released() {
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    let api = Client::new(&sim, &bot);
    sim.fault("getMe", When::Next(1), Fault::HoldAnswer);
    let held = tokio::spawn(async move { api.ok("getMe", json!({})).await });
    sim.called("getMe", 1).await;
    assert!(!held.is_finished());
    sim.release();
    held.await.expect("an answer");
}
