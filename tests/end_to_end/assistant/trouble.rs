//! Providers that have none left, are broken, slow, or talk nonsense; models that make figures up or never come to an end.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;

use super::{fake::Fake, school};

/// Another provider behind the first one.
async fn with_a_second(school: &mut crate::support::School) -> Fake {
    let second = Fake::start().await;
    school.stop().expect("stops");
    school.set("ASSISTANT_GEMINI_URL", &second.url());
    school.set("ASSISTANT_GEMINI_MODEL", "second");
    school.set("ASSISTANT_GEMINI_KEY", "second-key");
    school.set("ASSISTANT_TIMEOUT_SECONDS", "1");
    school.start();
    second
}

#[tokio::test]
async fn the_next_provider_answers_where_one_cant() {
    let (mut school, first, ..) = school("admins").await;
    let second = with_a_second(&mut school).await;
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    let json = "content-type: application/json\r\n";
    let stream = "content-type: text/event-stream\r\n";
    let half = "data: {\"choices\":[{\"delta\":{\"content\":\"Half\"}}]}\n\n";
    for n in 0..9 {
        boss.tells(&bot, &format!("/ask this {n}"));
        // Whoever failed is asked last for a while; here it has a new life each time.
        let asked = first.asked().await;
        match n {
            0 => asked.answers("429 Too Many Requests", "retry-after: 5\r\n", "{\"error\":{\"message\":\"quota\"}}").await,
            1 => asked.answers("503 Service Unavailable", "", "busy").await,
            2 => asked.answers("401 Unauthorized", json, "{\"error\":\"key key-of-this-test\"}").await,
            3 => asked.stays_silent().await,
            4 => asked.begins("Half an ans").await,
            5 => asked.answers("200 OK", stream, half).await,
            6 => asked.answers("200 OK", stream, &format!("{half}data: {{\"error\":{{\"message\":\"overloaded\"}}}}\n\n")).await,
            7 => asked.answers("200 OK", json, "<html>").await,
            _ => asked.answers("302 Found", "location: http://127.0.0.1:1/\r\n", "").await,
        }
        second.asked().await.says("All is well.").await;
        assert_eq!(boss.reads(&bot).await.text, "All is well.", "{n}");
        school.stop().expect("stops");
        school.start();
    }
    let from = school.log.says("an assistant's model gave no answer", 0).await;
    assert!(from > 0);
    school.sim.finish();
}

#[tokio::test]
async fn one_that_has_none_left_rests_and_one_that_fails_alone_is_told() {
    let (mut school, first, ..) = school("admins").await;
    let second = with_a_second(&mut school).await;
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/ask once");
    first.asked().await.answers("429 Too Many Requests", "retry-after: 600\r\n", "").await;
    second.asked().await.says("One.").await;
    boss.reads(&bot).await;
    boss.tells(&bot, "/ask twice");
    second.asked().await.answers("500 Internal Server Error", "", "").await;
    first.asked().await.answers("429 Too Many Requests", "", "").await;
    assert!(boss.reads(&bot).await.text.starts_with("🔌 The assistant can't be reached now."));
    school.sim.finish();
}

#[tokio::test]
async fn malformed_calls_are_told_to_the_model_and_a_local_servers_plain_answer_will_do() {
    let (school, model, ..) = school("admins").await;
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/ask something");
    let nonsense = [
        ("activity", "{\"period\": \"today\", \"by\": "),
        ("activity", "{\"period\":\"today\",\"by\":\"moon\"}"),
        ("activity", "{\"period\":\"the ides of March\",\"by\":\"day\"}"),
        ("activity", "{\"period\":\"2030-01-01\",\"by\":\"day\",\"teacher\":\"e\"}"),
        ("drop table", "[]"),
    ];
    for (tool, arguments) in nonsense {
        model.asked().await.calls_raw(tool, arguments).await;
    }
    let asked = model.asked().await;
    assert!(asked.result()["error"].is_string());
    let whole = json!({ "choices": [{ "message": { "role": "assistant", "content": "Nothing." }, "finish_reason": "stop" }] });
    asked.answers("200 OK", "content-type: application/json\r\n", &whole.to_string()).await;
    assert_eq!(boss.reads(&bot).await.text, "Nothing.");
    school.sim.finish();
}

#[tokio::test]
async fn a_model_that_looks_up_for_ever_is_stopped() {
    let (school, model, ..) = school("admins").await;
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/ask something");
    for _ in 0..6 {
        let asked = model.asked().await;
        assert!(!asked.tools().is_empty());
        asked.calls("list_groups", &json!({})).await;
    }
    let asked = model.asked().await;
    assert!(asked.tools().is_empty() && asked.said().contains("You have looked up enough"));
    asked.calls("list_groups", &json!({})).await;
    assert!(boss.reads(&bot).await.text.starts_with("🤷"));
    school.sim.finish();
}

#[tokio::test]
async fn figures_that_no_report_gave_are_sent_back_once_and_marked_then() {
    let (school, model, ..) = school("admins").await;
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/ask something");
    model.asked().await.says("Ann wrote 57.").await;
    let asked = model.asked().await;
    assert!(asked.said().contains("stand in no tool's result: 57."));
    asked.says("Ann wrote 58, I am sure.").await;
    let answer = boss.reads(&bot).await.text;
    assert!(answer.contains("58, I am sure.\n\n⚠️ These figures come from no report, don't rely on them: 58"), "{answer}");
    boss.tells(&bot, "/ask and now?");
    let asked = model.asked().await;
    assert!(!asked.said().contains("58"), "what was made up isn't known the next time");
    asked.says("Nothing.").await;
    boss.reads(&bot).await;
    school.sim.finish();
}

#[tokio::test]
async fn the_days_budget_is_kept_over_a_restart_and_the_next_day_has_a_new_one() {
    let (mut school, model, ..) = school("admins").await;
    school.stop().expect("stops");
    school.set("ASSISTANT_DAILY_TOKENS", "1000");
    school.start();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/ask something dear");
    let dear = json!({ "choices": [{ "message": { "content": "Dear." }, "finish_reason": "stop" }], "usage": { "total_tokens": 1_000 } });
    model.asked().await.answers("200 OK", "content-type: application/json\r\n", &dear.to_string()).await;
    boss.reads(&bot).await;
    school.stop().expect("stops");
    school.start();
    boss.tells(&bot, "/ask more");
    assert!(boss.reads(&bot).await.text.starts_with("🌙 Today's budget for questions is used up."));
    school.later(TimeDelta::days(1));
    boss.tells(&bot, "/ask more");
    model.asked().await.says("Good morning.").await;
    // A day without a poll is also an absence, which the admin is told of: sooner or later than the answer.
    let mut came = [boss.reads(&bot).await.text, boss.reads(&bot).await.text];
    came.sort_by_key(|text| text.starts_with("⚠️ I was away"));
    assert_eq!(came[0], "Good morning.");
    assert!(came[1].starts_with("⚠️ I was away for 24 hours."), "{}", came[1]);
    school.sim.finish();
}

#[tokio::test]
async fn an_answer_grows_before_ones_eyes_and_can_be_stopped() {
    let (mut school, model, ..) = school("admins").await;
    school.stop().expect("stops");
    school.patience = Duration::from_millis(30);
    school.start();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/ask something long");
    let asked = model.asked().await;
    let thinking = boss.reads(&bot).await;
    assert_eq!((thinking.text.as_str(), thinking.labels()), ("💭 Thinking…", vec!["⏹ Stop"]));
    let answer = tokio::spawn(asked.begins("It begins <so>"));
    let growing = boss.reads(&bot).await;
    assert!(growing.edited && growing.text == "It begins <so>\n\n💭", "{growing:?}");
    boss.presses(&bot, "Stop").await;
    assert_eq!(boss.reads(&bot).await.text, "⏹ Stopped.");
    answer.await.expect("the line is closed");
    boss.tells(&bot, "/ask something short");
    let asked = model.asked().await;
    boss.reads(&bot).await;
    asked.says("Here.").await;
    let answer = loop {
        let shown = boss.reads(&bot).await;
        if !shown.text.ends_with("💭") {
            break shown;
        }
    };
    assert!(answer.edited && answer.text == "Here." && answer.labels().is_empty(), "{answer:?}");
    school.sim.finish();
}

#[tokio::test]
async fn a_question_survives_a_crash_but_not_a_long_absence() {
    let (mut school, model, ..) = school("admins").await;
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/ask before the stop");
    let unanswered = model.asked().await;
    school.stop().expect("stops");
    drop(unanswered);
    school.start();
    let asked = model.asked().await;
    assert!(asked.said().contains("before the stop"));
    asked.says("Here I am.").await;
    boss.reads(&bot).await;
    school.stop().expect("stops");
    boss.tells(&bot, "/ask into the void");
    school.start();
    let asked = model.asked().await;
    school.stop().expect("stops");
    drop(asked);
    school.later(TimeDelta::hours(2));
    school.start();
    assert!(boss.reads(&bot).await.text.starts_with("⌛️ I was away"));
    school.sim.finish();
}
