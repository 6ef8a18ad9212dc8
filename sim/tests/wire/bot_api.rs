//! Calls and their answers, with Telegram's own limits and sentences.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::support::Client;
use chrono::TimeDelta;
use serde_json::json;
use telegram_sim::{Content, Rights, Sim};

#[tokio::test]
async fn a_message_is_sent_read_pressed_and_edited() {
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    let ann = sim.user("Ann");
    let api = Client::new(&sim, &bot);
    ann.tells(&bot, "/start");

    let update = api.updates().await.remove(0);
    assert_eq!(update["message"]["entities"][0]["type"], "bot_command");
    let menu = json!({ "chat_id": ann.id, "text": "<b>Hi</b> &amp; /help", "parse_mode": "HTML",
        "reply_markup": { "inline_keyboard": [[{ "text": "📊 Reports", "callback_data": "r" }]] } });
    let sent = api.ok("sendMessage", menu).await;
    assert_eq!(
        sent["entities"],
        json!([{ "type": "bold", "offset": 0, "length": 2 }, { "type": "bot_command", "offset": 5, "length": 5 }])
    );
    let menu = ann.reads(&bot).await;
    assert_eq!((menu.text.as_str(), menu.labels()), ("Hi & /help", vec!["📊 Reports"]));

    let (person, robot) = (ann.clone(), bot.clone());
    let press = tokio::spawn(async move { person.presses(&robot, "Reports").await });
    sim.called("getUpdates", 0).await;
    let query = loop {
        if let Some(update) = api.updates().await.pop() {
            break update["callback_query"].clone();
        }
    };
    assert_eq!(query["data"], "r");
    let edit = json!({ "chat_id": ann.id, "message_id": sent["message_id"], "text": "Reports" });
    api.ok("editMessageText", edit.clone()).await;
    api.ok("answerCallbackQuery", json!({ "callback_query_id": query["id"], "text": "Here" })).await;
    assert_eq!(press.await.expect("a toast").text, "Here");
    let report = ann.reads(&bot).await;
    assert!(report.edited && report.text == "Reports" && report.labels().is_empty());

    assert!(api.refused("editMessageText", edit).await.contains("message is not modified"));
    let again = json!({ "callback_query_id": query["id"] });
    assert!(api.refused("answerCallbackQuery", again).await.contains("query is too old"));
    sim.finish();
}

#[tokio::test]
async fn refusals_are_in_telegrams_words() {
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    let (ann, bob) = (sim.user("Ann"), sim.user("Bob"));
    let class = sim.basic_group("Grade 2", &[&ann, &bob]);
    bob.adds(&bot, &class);
    let api = Client::new(&sim, &bot);
    ann.tells(&bot, "/start");
    let to = |chat: i64, text: &str| json!({ "chat_id": chat, "text": text, "parse_mode": "HTML" });
    let keyboard = |data: &str| {
        let button = json!({ "text": "x", "callback_data": data });
        json!({ "chat_id": ann.id, "text": "x", "reply_markup": { "inline_keyboard": [[button]] } })
    };
    for (parameters, sentence) in [
        (to(5, "x"), "Bad Request: chat not found"),
        (to(-100_500, "x"), "Bad Request: chat not found"),
        (to(bob.id, "x"), "Forbidden: bot can't initiate conversation with a user"),
        (to(ann.id, " \n"), "Bad Request: message text is empty"),
        (to(ann.id, &"x".repeat(4097)), "Bad Request: message is too long"),
        (to(ann.id, "<b>x"), "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\""),
        (to(ann.id, "a <br> b"), "Bad Request: can't parse entities: Unsupported start tag \"br\" at byte offset 2"),
        (keyboard(""), "Bad Request: BUTTON_DATA_INVALID"),
        (keyboard(&"x".repeat(65)), "Bad Request: BUTTON_DATA_INVALID"),
        (json!({ "text": "x" }), "Bad Request: chat_id is empty"),
    ] {
        assert_eq!(api.refused("sendMessage", parameters).await, sentence);
    }
    // 4096 UTF-16 units after parsing are fine: 2048 emoji in a tag.
    api.ok("sendMessage", to(ann.id, &format!("<b>{}</b>", "👑".repeat(2048)))).await;

    let edit = json!({ "chat_id": ann.id, "message_id": 999, "text": "x" });
    assert_eq!(api.refused("editMessageText", edit).await, "Bad Request: message to edit not found");
    ann.blocks(&bot);
    assert_eq!(api.refused("sendMessage", to(ann.id, "x")).await, "Forbidden: bot was blocked by the user");
    sim.place(bot.id, &class, Rights::Restricted);
    let sentence = "Bad Request: not enough rights to send text messages to the chat";
    assert_eq!(api.refused("sendMessage", to(class.id, "x")).await, sentence);
    bob.removes(&bot, &class);
    assert_eq!(api.refused("sendMessage", to(class.id, "x")).await, "Forbidden: bot was kicked from the group chat");
    bob.adds(&bot, &class);
    let new = class.migrates(&bob, false);
    let answer = api.answer("sendMessage", to(class.id, "x")).await;
    assert_eq!(answer["description"], "Bad Request: group chat was upgraded to a supergroup chat");
    assert_eq!(answer["parameters"]["migrate_to_chat_id"], new.id);
}

#[tokio::test]
async fn what_the_bot_api_does_not_know_fails_the_test() {
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    let api = Client::new(&sim, &bot);
    let strange_button = json!({ "inline_keyboard": [[{ "text": "x", "data": "y" }]] });
    api.refused("sendTelepathy", json!({})).await;
    api.refused("sendPoll", json!({})).await;
    api.refused("sendMessage", json!({ "chat_id": 1, "text": "x", "txt": "x" })).await;
    api.refused("sendMessage", json!({ "chat_id": 1, "text": "x", "reply_markup": strange_button })).await;
    api.refused("getUpdates", json!({ "limit": "many" })).await;
    assert_eq!(
        sim.violations(),
        [
            "unknown method sendTelepathy",
            "sendPoll is not modelled",
            "sendMessage: there is no parameter txt",
            "sendMessage: reply_markup.inline_keyboard[0][0].data: unknown in InlineKeyboardButton",
            "getUpdates: limit: expected an integer, got \"many\"",
        ]
    );
    catch_unwind(AssertUnwindSafe(|| sim.finish())).expect_err("the test fails");
    sim.allow_violations();
}

#[tokio::test]
async fn parameters_come_in_any_form() {
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    let ann = sim.user("Ann");
    ann.tells(&bot, "/start");
    let api = Client::new(&sim, &bot);
    let id = ann.id.to_string();
    let query = format!("{}?chat_id={id}&text=a%20b", api.url("SENDMESSAGE"));
    assert!(api.http.get(query).send().await.expect("an answer").status().is_success());
    let form = [("chat_id", id.as_str()), ("text", "c d"), ("disable_notification", "true")];
    assert!(api.http.post(api.url("sendMessage")).form(&form).send().await.expect("an answer").status().is_success());
    let file = reqwest::multipart::Part::bytes(b"1,2".to_vec()).file_name("a.csv");
    let parts = reqwest::multipart::Form::new().text("chat_id", id).text("caption", "<i>e</i>").text("parse_mode", "HTML");
    let sent = api.http.post(api.url("sendDocument")).multipart(parts.part("document", file)).send().await;
    assert!(sent.expect("an answer").status().is_success());

    assert_eq!(ann.reads(&bot).await.text, "a b");
    assert_eq!(ann.reads(&bot).await.text, "c d");
    let document = ann.reads(&bot).await;
    assert_eq!(document.text, "e");
    let file = document.document.expect("a file");
    assert_eq!((file.name.as_str(), file.bytes.as_slice()), ("a.csv", b"1,2".as_slice()));
    sim.finish();
}

#[tokio::test]
async fn who_sends_too_fast_has_to_wait() {
    let sim = Sim::start();
    sim.limit_floods(true);
    let start = sim.clock().now();
    sim.clock().set(start);
    let bot = sim.bot("school_bot");
    let ann = sim.user("Ann");
    let class = sim.group("Grade 2", &[&ann]);
    ann.adds(&bot, &class);
    let api = Client::new(&sim, &bot);
    let message = json!({ "chat_id": class.id, "text": "x" });
    for _ in 0..20 {
        api.ok("sendMessage", message.clone()).await;
    }
    let refused = api.answer("sendMessage", message.clone()).await;
    assert_eq!((&refused["error_code"], &refused["parameters"]["retry_after"]), (&json!(429), &json!(60)));
    sim.clock().advance(TimeDelta::seconds(60));
    api.ok("sendMessage", message).await;
}

#[tokio::test]
async fn a_wrong_token_is_unauthorized() {
    let sim = Sim::start();
    let http = reqwest::Client::builder().no_proxy().build().expect("a plain client");
    let answer = http.get(format!("{}/bot1:x/getMe", sim.url())).send().await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 401);
}

#[tokio::test]
async fn the_date_header_follows_the_clock() {
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    sim.clock().set("2031-02-03T04:05:06Z".parse().expect("a time"));
    let api = Client::new(&sim, &bot);
    let answer = api.http.get(api.url("getMe")).send().await.expect("an answer");
    assert_eq!(answer.headers()["date"], "Mon, 03 Feb 2031 04:05:06 GMT");
}

#[tokio::test]
async fn every_kind_of_content_arrives_as_itself() {
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    let ann = sim.user("Ann");
    let api = Client::new(&sim, &bot);
    for kind in Content::kinds() {
        ann.tells_with(&bot, Content::of_kind(kind).expect("it is listed"));
        let update = api.updates().await.remove(0);
        assert!(update["message"].get(kind).is_some(), "{kind}: {update}");
    }
}
