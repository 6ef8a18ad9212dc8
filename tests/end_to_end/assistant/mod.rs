//! Assistants: an admin's question goes to a model, the model's questions to our reports, and an answer with its table comes back.

mod authority;
mod fake;
mod trouble;
mod watched;

use serde_json::json;
use telegram_sim::{Chat, User};

use self::fake::Fake;
use crate::support::School;

/// A school with Ann and Bob in Grade 2, and an assistant that asks this model.
async fn school(whom: &str) -> (School, Fake, User, User, Chat) {
    let model = Fake::start().await;
    let (mut school, ann, bob, grade2) = School::with_ann_and_bob();
    school.stop().expect("stops");
    school.set("ASSISTANT_FOR", whom);
    school.set("ASSISTANT_OPENAI_URL", &model.url());
    school.set("ASSISTANT_OPENAI_MODEL", "small");
    school.set("ASSISTANT_OPENAI_KEY", "key-of-this-test");
    school.start();
    (school, model, ann, bob, grade2)
}

const QUESTION: &str = "Who wrote less than usual in Grade 2 this month?";

#[tokio::test]
async fn an_admins_question_is_answered_from_our_reports_with_the_table_attached() {
    let (school, model, ann, _, grade2) = school("admins").await;
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    for _ in 0..3 {
        ann.says(&grade2, "the words of a lesson");
    }
    school.has_counted_all().await;
    boss.tells(&bot, QUESTION);
    let asked = model.asked().await;
    assert!(asked.head.contains("authorization: bearer key-of-this-test") && asked.body["stream"] == true);
    assert!(asked.system().contains("2026-01-26") && asked.tools().contains(&"compare".to_owned()));
    asked.calls("compare", &json!({ "period": "this_month", "by": "teacher", "group": "grade 2" })).await;
    let asked = model.asked().await;
    let result = asked.result();
    assert_eq!(result["rows"][0], json!(["Bob Ray", 0, 0, 0.0, 0.0, null]), "{result}");
    assert_eq!((&result["rows"][1][1], &result["only_group"]), (&json!(3), &json!("Grade 2")));
    assert!(!asked.said().contains("the words of a lesson"));
    asked.says("**Ann Lee** wrote 3 messages; Bob Ray wrote 0.\n\n- that's `all`").await;
    let answer = boss.reads(&bot).await;
    assert_eq!(answer.text, "Ann Lee wrote 3 messages; Bob Ray wrote 0.\n\n• that's all");
    let table = boss.reads(&bot).await.text;
    assert!(table.starts_with("📎 Messages against what is usual · 1 Jan – 26 Jan 2026 (26 days) · Grade 2\nTeacher"), "{table}");
    assert!(table.contains("Ann Lee") && table.contains("Bob Ray"), "{table}");
    school.sim.finish();
}

#[tokio::test]
async fn a_conversation_goes_on_until_it_is_forgotten_and_what_it_cost_is_kept() {
    let (mut school, model, ..) = school("admins").await;
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    let ask = async |question: &str| {
        boss.tells(&bot, question);
        model.asked().await
    };
    ask("Hello, who are you?").await.says("I count.").await;
    assert_eq!(boss.reads(&bot).await.text, "I count.");
    let asked = ask("What did you say?").await;
    assert!(asked.said().contains("Hello, who are you?") && asked.said().contains("I count."));
    asked.says("That I count.").await;
    boss.reads(&bot).await;
    boss.tells(&bot, "/forget");
    assert!(boss.reads(&bot).await.text.starts_with("🧹"));
    let asked = ask("And what do you know now?").await;
    assert!(!asked.said().contains("I count."));
    asked.says("Nothing.").await;
    boss.reads(&bot).await;
    school.stop().expect("stops");
    let spent = school.file("state/assistants.json");
    assert_eq!(spent, json!({ bot.id.to_string(): { "day": "2026-01-26", "tokens": 300 } }));
    assert!(!std::fs::read_to_string(school.data().join("state/outbox.json")).expect("reads").contains("who are you"));
    school.sim.finish();
}

#[tokio::test]
async fn names_are_still_looked_for_and_what_nobody_switched_on_is_off() {
    let (mut school, _model, ..) = school("admins").await;
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "ann lee");
    assert!(boss.reads(&bot).await.labels().iter().any(|label| label.contains("Ann Lee")));
    boss.tells(&bot, "/ask");
    assert!(boss.reads(&bot).await.text.starts_with("💬 Write your question after the command"));
    school.sim.called("setMyCommands", 1).await;
    school.stop().expect("stops");
    school.set("ASSISTANT_FOR", "nobody");
    school.start();
    boss.tells(&bot, "/ask who wrote?");
    let unknown = boss.reads(&bot).await.text;
    boss.tells(&bot, "/nonsense");
    assert_eq!(boss.reads(&bot).await.text, unknown);
    school.sim.finish();
}

#[tokio::test]
async fn both_wire_formats_say_the_same() {
    let (mut school, _openai, ann, _, grade2) = school("admins").await;
    let model = Fake::start().await;
    school.stop().expect("stops");
    school.set("ASSISTANT_ORDER", "gemini");
    school.set("ASSISTANT_GEMINI_URL", &model.url());
    school.set("ASSISTANT_GEMINI_MODEL", "gemini-small");
    school.set("ASSISTANT_GEMINI_KEY", "another-key-of-this-test");
    school.start();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    ann.says(&grade2, "привет");
    school.has_counted_all().await;
    boss.tells(&bot, "/ask сколько сообщений сегодня?");
    let asked = model.asked().await;
    assert!(asked.head.starts_with("post /v1/models/gemini-small:streamgeneratecontent?alt=sse"), "{}", asked.head);
    assert!(asked.head.contains("x-goog-api-key: another-key-of-this-test"));
    asked.calls("activity", &json!({ "period": "today", "by": "group" })).await;
    let asked = model.asked().await;
    assert!(asked.said().contains("\"thoughtSignature\":\"c2ln\""), "a signature goes back as it came");
    assert_eq!(asked.result()["rows"], json!([["Grade 2", 1]]));
    asked.says("Сегодня 1 сообщение 🙂").await;
    assert_eq!(boss.reads(&bot).await.text, "Сегодня 1 сообщение 🙂");
    boss.reads(&bot).await;
    school.sim.finish();
}

#[tokio::test]
async fn long_answers_come_in_parts_and_long_tables_as_files_too() {
    let (mut school, model, _, _, grade2) = school("admins").await;
    school.stop().expect("stops");
    let ids: Vec<(String, String)> = (0..30).map(|n| (format!("T1{n:02}"), format!("Teacher {n:02}"))).collect();
    let teachers: Vec<_> = ids.iter().map(|(id, name)| (id.as_str(), name.as_str(), None)).collect();
    school.write_registry(&teachers, &[&grade2], &[]);
    school.start();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/ask everybody, please");
    model.asked().await.calls("list_teachers", &json!({})).await;
    let long: String = (0..600).map(|_| "**word** & <more>\n").collect();
    model.asked().await.says(&long).await;
    let parts = [boss.reads(&bot).await.text, boss.reads(&bot).await.text, boss.reads(&bot).await.text];
    for part in &parts {
        assert!(part.encode_utf16().count() <= 4096 && part.contains("word & <more>"), "{part}");
    }
    let table = boss.reads(&bot).await.text;
    assert!(table.contains("Teacher 19") && !table.contains("Teacher 20") && table.contains("… and 10 more rows"), "{table}");
    let file = boss.reads(&bot).await;
    assert!(file.text.starts_with("Teachers"), "{file:?}");
    school.sim.finish();
}
