//! What operators see of assistants: figures, a page, the doctor, the help.

use serde_json::json;

use super::{fake::Fake, school};
use crate::pages::browser::{Browser, served};

#[tokio::test]
async fn what_it_costs_and_how_often_it_fails_is_told() {
    let (mut school, model, ..) = school("admins").await;
    school.stop().expect("stops");
    let (base, address) = (served(&mut school), school.use_metrics());
    school.start();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/ask once");
    model.asked().await.says("One.").await;
    boss.reads(&bot).await;
    boss.tells(&bot, "/ask twice");
    model.asked().await.answers("429 Too Many Requests", "", "").await;
    boss.reads(&bot).await;

    let mut browser = Browser::of(&base, &school, &boss).await;
    let [assistant] = &browser.get("/bots?table=assistants&format=json").await.json().as_array().expect("rows").clone()[..]
    else {
        panic!("one")
    };
    let expected = json!({
        "bot": "@rollcall_bot", "may_ask": "Admins", "in_groups": null, "tokens_today": 100, "tokens_a_day": 200_000,
        "answered": 1, "unanswered": 1
    });
    assert_eq!(*assistant, expected);
    let models = browser.get("/bots?table=models&format=json").await.json();
    assert_eq!(models, json!([{ "model": "openai", "answered": 1, "unanswered": 1, "last_error": "Its quota is used up" }]));
    let metrics = reqwest::get(format!("{address}/metrics")).await.expect("answers").text().await.expect("text");
    for figure in [
        "tokens_today{bot=\"main\"} 100",
        "tokens_budget{bot=\"main\"} 200000",
        "questions_total{bot=\"main\",result=\"no_provider\"} 1",
        "calls_total{provider=\"openai\",result=\"quota\"} 1",
    ] {
        assert!(metrics.contains(&format!("rollcall_assistant_{figure}\n")), "{metrics}");
    }
}

#[tokio::test]
async fn the_doctor_asks_each_provider_whether_it_knows_the_model() {
    let (mut school, first, ..) = school("admins").await;
    let second = Fake::start().await;
    school.set("ASSISTANT_GEMINI_URL", &second.url());
    school.set("ASSISTANT_GEMINI_MODEL", "second");
    school.set("ASSISTANT_GEMINI_KEY", "second-key");
    let list = |models: &[&str]| json!({ "data": models.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>() }).to_string();
    let cases = [
        ("200 OK", list(&["small:latest"]), "200 OK", "answers and knows \"small\"", "gemini answers and knows \"second\""),
        ("200 OK", list(&["large"]), "404 Not Found", "doesn't know \"small\"", "doesn't know \"second\""),
        ("401 Unauthorized", String::new(), "503 Busy", "set ASSISTANT_OPENAI_KEY anew", "is ASSISTANT_GEMINI_URL right"),
    ];
    for (status, body, second_status, says, second_says) in cases {
        let answering = async {
            let asked = first.asked().await;
            assert!(
                asked.head.starts_with("get /v1/models ") && asked.head.contains("bearer key-of-this-test"),
                "{}",
                asked.head
            );
            asked.answers(status, "", &body).await;
            let asked = second.asked().await;
            assert!(asked.head.starts_with("get /v1/models/second "), "{}", asked.head);
            asked.answers(second_status, "", "{}").await;
        };
        let ((_, said), ()) = tokio::join!(school.runs(&["doctor"]), answering);
        assert!(said.contains(says) && said.contains(second_says), "{said}");
        assert!(!said.contains("second-key") && !said.contains("key-of-this-test"), "{said}");
    }
}

#[tokio::test]
async fn whoever_may_ask_reads_how_and_whoever_asks_too_much_hears_why() {
    let (mut school, model, ann, _, grade2) = school("admins").await;
    school.stop().expect("stops");
    school.set("ASSISTANT_IN_GROUPS", "yes");
    school.start();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/help");
    assert!(boss.reads(&bot).await.text.contains("/ask begins a question"));
    ann.tells(&bot, "/help");
    assert!(!ann.reads(&bot).await.text.contains("/ask"));
    boss.says(&grade2, &format!("@rollcall_bot {}", "why ".repeat(600)));
    assert!(grade2.reads().await.text.contains("too long a question"));
    for n in 0..4 {
        boss.says(&grade2, &format!("@rollcall_bot who wrote most on day {n}?"));
    }
    for _ in 0..3 {
        model.asked().await.says("Ann.").await;
    }
    let mut said = Vec::new();
    for _ in 0..4 {
        said.push(grade2.reads().await.text);
    }
    said.sort();
    assert_eq!(said, ["Ann.", "Ann.", "Ann.", "⏳ Your earlier questions aren't answered yet. Ask again when they are."]);
    school.sim.finish();
}
