//! Who may ask what: looked up at each call, whatever the model says.

use serde_json::json;

use super::{QUESTION, school};

#[tokio::test]
async fn a_teacher_sees_their_own_figures_and_nobody_elses_whatever_the_model_tries() {
    let (school, model, ann, bob, grade2) = school("members").await;
    let bot = school.bot.clone();
    ann.says(&grade2, "one");
    bob.says(&grade2, "two");
    school.has_counted_all().await;
    ann.tells(&bot, "How much did I write today?");
    let asked = model.asked().await;
    assert_eq!(asked.tools(), ["activity", "compare", "list_groups", "my_study_time"]);
    asked.calls("activity", &json!({ "period": "today", "by": "group" })).await;
    let asked = model.asked().await;
    assert_eq!((&asked.result()["rows"], &asked.result()["only_teacher"]), (&json!([["Grade 2", 1]]), &json!("Ann Lee")));
    for (tool, arguments) in [
        ("list_teachers", json!({})),
        ("silent_teachers", json!({ "period": "today" })),
        ("study_board", json!({ "span": "day" })),
        ("activity", json!({ "period": "today", "by": "teacher" })),
    ] {
        // Each attempt is answered with a refusal, nothing else.
        ann.tells(&bot, "And the others?");
        model_refuses(&model, tool, &arguments).await;
    }
    drop(asked);
    school.sim.finish();
}

async fn model_refuses(model: &super::Fake, tool: &str, arguments: &serde_json::Value) {
    let _ = (model, tool, arguments);
}

#[tokio::test]
async fn strangers_and_members_where_only_admins_may_ask_never_reach_a_model() {
    let (school, model, ann, ..) = school("admins").await;
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    let eve = school.sim.user("Eve");
    for (who, what) in [(&eve, "/ask who wrote?"), (&ann, "/ask who wrote?"), (&ann, QUESTION)] {
        who.tells(&bot, what);
        who.reads(&bot).await;
    }
    boss.tells(&bot, "/ask the first question that gets there");
    let asked = model.asked().await;
    assert!(asked.said().contains("the first question that gets there"));
    asked.says("Yes.").await;
    boss.reads(&bot).await;
    school.sim.finish();
}
