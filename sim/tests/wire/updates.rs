//! Which updates reach which bot, and how they are fetched.

use crate::support::Client;
use chrono::TimeDelta;
use serde_json::json;
use telegram_sim::{Content, Rights, Sim};

#[tokio::test]
async fn privacy_mode_hides_plain_messages() {
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    let (ann, bob) = (sim.user("Ann"), sim.user("Bob"));
    let class = sim.group("Grade 2", &[&ann, &bob]);
    let api = Client::new(&sim, &bot);

    bob.adds(&bot, &class);
    assert_eq!(api.kinds().await, ["my_chat_member", "message"]);
    ann.says(&class, "hello");
    assert!(api.kinds().await.is_empty());
    ann.says(&class, "/diag");
    ann.says(&class, "/diag@school_bot");
    ann.says(&class, "/diag@other_bot");
    class.renamed(&bob, "Grade 3");
    assert_eq!(api.kinds().await, ["message"; 3], "the other bot's command is not for this one");

    bot.set_privacy(false);
    assert_eq!(api.ok("getMe", json!({})).await["can_read_all_group_messages"], true);
    ann.says(&class, "not yet");
    assert!(api.kinds().await.is_empty(), "the mode counts from joining on");
    bob.removes(&bot, &class);
    bob.adds(&bot, &class);
    ann.says(&class, "now");
    assert_eq!(api.kinds().await, ["my_chat_member", "my_chat_member", "message", "message"]);
}

#[tokio::test]
async fn an_administrator_sees_everything() {
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    let (ann, bob) = (sim.user("Ann"), sim.user("Bob"));
    let class = sim.group("Grade 2", &[&ann, &bob]);
    let news = sim.channel("News");
    sim.place(bot.id, &class, Rights::Administrator);
    let api = Client::new(&sim, &bot);
    api.updates().await;

    ann.says(&class, "hello");
    class.anonymous_says(Some("Director"), "hush");
    class.channel_says(&news, "as news");
    class.linked_channel_posts(&news, "post");
    sim.user("Cho").joins(&class);
    let updates = api.updates().await;
    let message = |n: usize| &updates[n]["message"];
    assert_eq!((&message(1)["from"]["id"], &message(1)["author_signature"]), (&json!(1_087_968_824), &json!("Director")));
    assert_eq!((&message(2)["from"]["id"], &message(2)["sender_chat"]["id"]), (&json!(136_817_688), &json!(news.id)));
    assert_eq!((&message(3)["from"]["id"], &message(3)["is_automatic_forward"]), (&json!(777_000), &json!(true)));
    assert_eq!(updates[4]["chat_member"]["new_chat_member"]["status"], "member");
    bob.demotes(&bot, &class);
    let demoted = api.updates().await.pop().expect("an update");
    assert_eq!(demoted["my_chat_member"]["old_chat_member"]["can_manage_chat"], true);
}

#[tokio::test]
async fn forwards_carry_their_origin() {
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    let (ann, bob) = (sim.user("Ann"), sim.user("Bob"));
    let class = sim.group("Grade 2", &[&ann, &bob]);
    let api = Client::new(&sim, &bot);
    bob.hides_forwards();
    for posted in [ann.says(&class, "a"), bob.sends(&class, Content::photo()), class.anonymous_says(None, "c")] {
        ann.forwards(posted, &bot);
    }
    let updates = api.updates().await;
    let origins: Vec<_> = updates.iter().map(|update| &update["message"]["forward_origin"]["type"]).collect();
    assert_eq!(origins, ["user", "hidden_user", "chat"]);
}

#[tokio::test]
async fn a_long_poll_wakes_up_and_a_second_one_ends_the_first() {
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    let ann = sim.user("Ann");
    let poll = |api: Client| tokio::spawn(async move { api.answer("getUpdates", json!({ "timeout": 50 })).await });
    let first = poll(Client::new(&sim, &bot));
    bot.has_polled(1).await;
    let second = poll(Client::new(&sim, &bot));
    let first = first.await.expect("an answer");
    assert_eq!(first["error_code"], 409);
    assert!(first["description"].as_str().expect("words").starts_with("Conflict: terminated by other getUpdates"));
    ann.tells(&bot, "/start");
    assert_eq!(second.await.expect("an answer")["result"][0]["message"]["text"], "/start");
}

#[tokio::test]
async fn updates_expire_after_a_day() {
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    let ann = sim.user("Ann");
    ann.tells(&bot, "hello?");
    sim.clock().advance(TimeDelta::hours(25));
    ann.tells(&bot, "still there?");
    let updates = Client::new(&sim, &bot).updates().await;
    assert_eq!(updates.len(), 1);
    assert_eq!(updates[0]["message"]["text"], "still there?");
}

#[tokio::test]
async fn updates_nobody_asked_for_are_not_kept() {
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    let ann = sim.user("Ann");
    let api = Client::new(&sim, &bot);
    api.ok("getUpdates", json!({ "allowed_updates": ["callback_query"] })).await;
    ann.tells(&bot, "hello");
    assert_eq!(bot.pending(), 0);
    api.ok("getUpdates", json!({})).await;
    ann.tells(&bot, "hello");
    assert_eq!(bot.pending(), 0, "the list is remembered");
}

#[tokio::test]
async fn a_webhook_gets_updates_with_its_secret_until_it_takes_them() {
    use axum::{Router, http::HeaderMap, routing::post};
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    let ann = sim.user("Ann");
    let api = Client::new(&sim, &bot);
    let (told, mut hear) = tokio::sync::mpsc::unbounded_channel();
    let refusals = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(2));
    let hook = Router::new().route(
        "/hook",
        post(move |headers: HeaderMap, body: String| async move {
            let secret = headers["x-telegram-bot-api-secret-token"].to_str().map(str::to_owned).unwrap_or_default();
            told.send((secret, body)).expect("the test listens");
            let left = refusals.load(std::sync::atomic::Ordering::SeqCst);
            refusals.store(left.saturating_sub(1), std::sync::atomic::Ordering::SeqCst);
            if left > 0 { axum::http::StatusCode::BAD_GATEWAY } else { axum::http::StatusCode::OK }
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let served = tokio::spawn(async move { axum::serve(listener, hook).await });

    api.ok("setWebhook", json!({ "url": url, "secret_token": "s3cret" })).await;
    assert!(
        api.refused("getUpdates", json!({})).await.starts_with("Conflict: can't use getUpdates method while webhook is active")
    );
    ann.tells(&bot, "hello");
    for _ in 0..3 {
        let (secret, body) = hear.recv().await.expect("a delivery");
        assert_eq!(secret, "s3cret");
        assert!(body.contains("hello"));
    }
    bot.has_confirmed_all().await;
    assert!(api.ok("getWebhookInfo", json!({})).await["last_error_message"].is_string());
    served.abort();
}
