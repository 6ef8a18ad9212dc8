//! What a model may look up, and what both wire formats make of a conversation.

use serde_json::{Value, json};

use super::{
    gemini::{self, GeminiReader},
    openai::{self, OpenAiReader},
    prompt,
    query::{Found, Query},
    talk::{Call, CallResult, Message, Reader, Request, Turn},
    tools::{self, Authority},
};
use crate::{
    domain::{
        ids::{ChatId, UserId},
        lang::Lang,
        period::Period,
        state::State,
    },
    report::sample::{Sample, moment, teacher},
    text::assistant as words,
};

fn today() -> chrono::NaiveDate {
    moment().date_naive()
}

fn call(name: &str, arguments: Value) -> Call {
    Call { id: "call-0".into(), name: name.into(), arguments: arguments.to_string(), signature: None }
}

fn asked(state: &State, authority: Authority, name: &str, arguments: Value) -> Result<Query, String> {
    tools::parse(&call(name, arguments), authority, state, today())
}

#[test]
fn periods_are_read_as_models_write_them() {
    let period = |text: &str| tools::period(text, "2026-01-29".parse().expect("a day")).map(|period| period.to_string());
    let days = |from: &str, to: &str| Period { from: from.parse().expect("a day"), to: to.parse().expect("a day") };
    for (text, from, to) in [
        ("today", "2026-01-29", "2026-01-29"),
        ("Yesterday", "2026-01-28", "2026-01-28"),
        ("this week", "2026-01-26", "2026-01-29"),
        ("last-week", "2026-01-19", "2026-01-25"),
        ("this_month", "2026-01-01", "2026-01-29"),
        ("last_month", "2025-12-01", "2025-12-31"),
        ("7", "2026-01-23", "2026-01-29"),
        ("2026-01-05..2026-02-05", "2026-01-05", "2026-01-29"),
    ] {
        assert_eq!(period(text), Ok(days(from, to).to_string()), "{text}");
    }
    for refused in ["", "soon", "0", "2026-02-01", "2026-01-05..2026-01-01"] {
        assert!(period(refused).is_err(), "{refused}");
    }
}

#[test]
fn names_that_are_not_clear_are_asked_back_with_ids() {
    let Sample { state, .. } = Sample::school();
    let ask =
        |named: &str| asked(&state, Authority::Everything, "activity", json!({ "period": "7", "by": "day", "teacher": named }));
    assert!(matches!(ask("aziza"), Ok(Query::Activity { scope, .. }) if scope.teacher == Some(teacher("T001"))));
    assert!(matches!(ask("T001"), Ok(Query::Activity { .. })));
    let several = ask("o").expect_err("several have an o");
    assert!(several.contains("take the id of one teacher") && several.contains("\"id\":"), "{several}");
    assert_eq!(ask("Nobody At All"), Err("no teacher is called \"Nobody At All\"".into()));
}

#[test]
fn nobody_reaches_beyond_their_authority_by_any_call() {
    let Sample { state, .. } = Sample::school();
    let own = Authority::Own(UserId(-5));
    for tool in tools::offered(Authority::Everything) {
        let whole = json!({ "period": "7", "by": "kind", "span": "day" });
        let fitting: serde_json::Map<_, _> = whole
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(key, _)| tool.parameters["properties"].get(key.as_str()).is_some())
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        // Nobody's account: no teacher, no member.
        assert!(asked(&state, own, tool.name, json!(fitting)).is_err(), "{}", tool.name);
    }
    let here = ChatId(-1_001_234_567_890);
    let elsewhere = asked(&state, Authority::Group(here), "activity", json!({ "period": "7", "by": "day", "group": "7-А" }));
    let there = asked(&state, Authority::Group(here), "activity", json!({ "period": "7", "by": "day" }));
    assert!(matches!(there, Ok(Query::Activity { scope, .. }) if scope.group == Some(here)));
    assert!(elsewhere.is_err() || matches!(elsewhere, Ok(Query::Activity { scope, .. }) if scope.group == Some(here)));
}

#[test]
fn a_table_says_the_same_to_the_model_and_to_people() {
    let Sample { state, activity, .. } = Sample::school();
    let period = activity.scope.period;
    let range = format!("{}..{}", period.from, period.to);
    let by_teacher =
        asked(&state, Authority::Everything, "activity", json!({ "period": range, "by": "teacher" })).expect("a query");
    let found = Found { activities: vec![activity.clone()], ..Found::default() };
    let table = by_teacher.table(&state, &found, moment()).expect("a table");
    assert_eq!(table.for_model()["rows"][0], json!(["Aziza Karimova", 146]));
    assert_eq!(table.for_model()["total_messages"], json!(activity.total()));
    let compare = asked(&state, Authority::Everything, "compare", json!({ "period": range, "by": "teacher" })).expect("a query");
    assert_eq!(compare.scopes().len(), 4);
    let nothing = crate::report::activity::Activity::new(activity.scope);
    let earlier = Found { activities: vec![nothing, activity.clone(), activity.clone(), activity], ..Found::default() };
    let compared = compare.table(&state, &earlier, moment()).expect("a table");
    assert_eq!(compared.for_model()["rows"][0], json!(["Aziza Karimova", 0, 146, 146.0, -146.0, -100]));
    let shown = Lang::ALL.map(|lang| words::table(&compared, lang).into_string()).join("\n----\n");
    insta::assert_snapshot!(shown);
}

fn conversation() -> Vec<Message> {
    let called = Turn { text: "I look.".into(), calls: vec![call("activity", json!({ "period": "7" }))], tokens: None };
    let result = CallResult { id: "call-0".into(), name: "activity".into(), content: json!({ "rows": [["Ann", 3]] }) };
    vec![Message::User("who?".into()), Message::Model(called), Message::Results(vec![result])]
}

#[test]
fn a_conversation_has_these_forms_on_the_wire() {
    let (messages, tools) = (conversation(), &tools::offered(Authority::Own(UserId(5)))[..1]);
    let request = Request { system: "Be brief.", messages: &messages, tools };
    insta::assert_snapshot!(
        serde_json::to_string_pretty(&json!([openai::body(&request, "small"), gemini::body(&request)])).expect("JSON")
    );
    assert!(request.estimate() > 50);
}

fn read(mut reader: Box<dyn Reader>, events: &[&str]) -> Result<Turn, String> {
    events.iter().try_for_each(|event| reader.take(event, &mut |_| {}))?;
    reader.finish()
}

#[test]
fn streams_that_are_not_whole_are_no_answers() {
    let openai = |events: &[&str]| read(Box::new(OpenAiReader::default()), events);
    let gemini = |events: &[&str]| read(Box::new(GeminiReader::default()), events);
    assert!(openai(&[r#"{"choices":[{"delta":{"content":"Half"}}]}"#]).is_err());
    assert!(gemini(&[r#"{"candidates":[{"content":{"parts":[{"text":"Half"}]}}]}"#]).is_err());
    for broken in ["", "{", "[1", r#"{"error":{"message":"overloaded"}}"#, r#"{"error":"busy"}"#] {
        assert!(openai(&[broken, "[DONE]"]).is_err() && gemini(&[broken]).is_err(), "{broken}");
    }
    assert!(gemini(&[r#"{"promptFeedback":{"blockReason":"SAFETY"}}"#]).is_err());
    let many = r#"{"choices":[{"delta":{"tool_calls":[{"index":4000000000,"id":"x"}]}}]}"#;
    assert!(openai(&[many]).is_err(), "no provider makes us hold so many calls");
    let odd = [
        r#"{"choices":[]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"function":{"name":"a","arguments":{"x":1}}}]}}]}"#,
        "[DONE]",
    ];
    assert_eq!(openai(&odd).map(|turn| turn.calls[0].arguments.clone()), Ok(r#"{"x":1}"#.into()));
}

#[test]
fn a_model_is_told_the_rules_before_what_the_operator_adds() {
    let text = prompt::system(Authority::Everything, Lang::Uz, today(), chrono_tz::Asia::Tashkent, "7-A is Grade 7, class A.");
    assert!(text.contains("Uzbek") && text.contains(&today().to_string()) && text.ends_with("7-A is Grade 7, class A."));
    let long = prompt::system(Authority::Everything, Lang::En, today(), chrono_tz::UTC, &"x".repeat(90_000));
    assert!(long.len() < 7_000);
}
