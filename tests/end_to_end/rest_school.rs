//! A school over REST: the register, what was written, reports, and the log of it all.

use reqwest::{Method, header};
use serde_json::{Value, json};
use telegram_sim::{Chat, User};

use crate::{rest::Program, support::School};

/// Ann (T001) and Bob (T002) are registered, Ann counts in Grade 2.
async fn school() -> (School, Program, User, Chat) {
    let mut school = School::closed();
    let program = Program::before(&mut school);
    let ann = school.sim.user("Ann");
    let grade2 = school.sim.group("Grade 2", &[&ann, &school.boss]);
    school.boss.adds(&school.bot, &grade2);
    school.write_registry(
        &[("T001", "Ann Lee", Some(&ann)), ("T002", "Bob Ray", None)],
        &[&grade2],
        &[("T001", &[&grade2]), ("T002", &[])],
    );
    school.start();
    (school, program, ann, grade2)
}

#[tokio::test]
async fn the_register_is_changed_as_from_a_terminal() {
    let (school, program, ann, grade2) = school().await;
    let (status, made) = program.does(Method::POST, "/api/v1/teachers", json!({ "full_name": "Cem  Tan" })).await;
    assert_eq!((status.as_u16(), &made["full_name"], &made["active"]), (201, &json!("Cem Tan"), &json!(true)));
    let place = format!("/api/v1/teachers/{}", made["teacher_id"].as_str().expect("an id"));
    assert_eq!(program.gets(&place).await.1, made);
    let (_, changed) = program.does(Method::PATCH, &place, json!({ "full_name": "Cem Taner", "active": false })).await;
    assert_eq!((&changed["full_name"], &changed["active"]), (&json!("Cem Taner"), &json!(false)));

    let taken = json!({ "full_name": "Somebody", "teacher_id": "T001" });
    let (status, problem) = program.does(Method::POST, "/api/v1/teachers", taken).await;
    assert_eq!(
        (status.as_u16(), problem["detail"].as_str().is_some_and(|text| text.contains("Ann Lee"))),
        (409, true),
        "{problem}"
    );
    let account = format!("{place}/accounts/{}", ann.id);
    assert_eq!(program.does(Method::PUT, &account, json!({ "place": "further" })).await.0, 409);
    assert_eq!(
        program.does(Method::PUT, &format!("{place}/accounts/77"), json!({ "place": "first" })).await.1["accounts"],
        json!([77])
    );
    assert_eq!(program.asks(Method::DELETE, &format!("{place}/accounts/77")).send().await.expect("answers").status(), 204);

    let here = format!("/api/v1/assignments/T002/{}", grade2.id);
    for _ in 0..2 {
        assert_eq!(program.does(Method::PUT, &here, Value::Null).await.0, 204, "it states the wanted end");
    }
    let (_, assigned) = program.gets("/api/v1/assignments").await;
    let row = |teacher: &str| json!({ "teacher_id": teacher, "chat_id": grade2.id });
    assert_eq!(assigned, json!({ "items": [row("T001"), row("T002")], "next": null }));
    assert_eq!(program.asks(Method::DELETE, &here).send().await.expect("answers").status(), 204);
    let group = format!("/api/v1/groups/{}", grade2.id);
    let (_, off) = program.does(Method::PATCH, &group, json!({ "enabled": false, "title": "Grade two" })).await;
    assert_eq!((&off["counts"], &off["title"], &off["renamed"]), (&json!(false), &json!("Grade two"), &json!(true)));
    ann.says(&grade2, "nobody counts this");
    school.has_counted_all().await;
    assert_eq!(program.gets("/api/v1/activity").await.1["total"], 0);
    assert_eq!(program.asks(Method::DELETE, &place).send().await.expect("answers").status(), 204);
    assert_eq!(program.gets(&place).await.0, 404);

    let (_, log) = program.gets("/api/v1/audit").await;
    let did: Vec<_> =
        log["items"].as_array().expect("a list").iter().rev().map(|entry| entry["did"]["action"].as_str()).collect();
    let expected = [
        "teacher_added",
        "teacher_renamed",
        "teacher_deactivated",
        "accounts_set",
        "accounts_set",
        "assigned",
        "unassigned",
        "group_renamed",
        "group_disabled",
        "teacher_deleted",
    ];
    assert_eq!(did, expected.map(Some));
    assert_eq!(log["items"][0]["by"], json!({ "key": { "id": "k00000003", "name": "admin" } }));
}

#[tokio::test]
async fn what_an_admin_does_in_the_chat_is_in_the_log_too() {
    let (school, program, _, grade2) = school().await;
    school.boss.tells(&school.bot, "/start");
    let menu = school.boss.reads(&school.bot).await;
    assert!(!menu.labels().is_empty());
    school.boss.presses_data(&school.bot, menu.message, &format!("1:as:T002:{}:1:n", grade2.id)).await;
    school.has_counted_all().await;
    let (_, log) = program.gets("/api/v1/audit?action=assigned").await;
    assert_eq!(log["items"][0]["by"], json!({ "telegram": school.boss.id }), "{log}");
    assert_eq!(log["items"][0]["did"]["groups"], json!([grade2.id]));
}

#[tokio::test]
async fn reports_come_in_three_forms_and_only_when_they_are_news() {
    let (mut school, program, ann, grade2) = school().await;
    for _ in 0..3 {
        ann.says(&grade2, "hello");
    }
    school.has_counted_all().await;
    let report = "/api/v1/reports?days=7";
    let answer = program.asks(Method::GET, report).send().await.expect("answers");
    let tag = answer.headers()[header::ETAG].clone();
    let json: Value = serde_json::from_str(&answer.text().await.expect("a text")).expect("JSON");
    assert_eq!((&json["total"], &json["time_zone"], &json["rows"][0]["text"]), (&json!(3), &json!("Asia/Tashkent"), &json!(3)));
    let again = || program.asks(Method::GET, report).header(header::IF_NONE_MATCH, tag.clone()).send();
    assert_eq!(again().await.expect("answers").status(), 304);
    let other = program.asks(Method::GET, "/api/v1/reports?days=8").header(header::IF_NONE_MATCH, tag.clone()).send().await;
    assert_eq!(other.expect("answers").status(), 200, "another question has another tag");
    ann.says(&grade2, "one more");
    school.has_counted_all().await;
    assert_eq!(again().await.expect("answers").status(), 200);

    let csv = program.asks(Method::GET, report).header(header::ACCEPT, "text/csv").send().await.expect("answers");
    assert_eq!(csv.headers()[header::CONTENT_TYPE], "text/csv");
    let csv = csv.text().await.expect("a text");
    assert!(csv.lines().count() == 2 && csv.contains("Ann Lee"), "{csv}");
    let xlsx = program.asks(Method::GET, "/api/v1/reports?format=xlsx").send().await.expect("answers");
    let xlsx = xlsx.bytes().await.expect("a file");
    assert!(xlsx.starts_with(b"PK") && xlsx.len() > 5_000);
    let (_, sums) = program.gets("/api/v1/activity?by=teacher").await;
    assert_eq!(sums["sums"][0], json!({ "key": "T001", "name": "Ann Lee", "total": 4, "kinds": { "text": 4 } }));
    let (_, days) = program.gets("/api/v1/activity?by=day&days=2").await;
    assert_eq!(days["sums"][1], json!({ "key": "2026-01-26", "name": null, "total": 4, "kinds": {} }));
    school.stop().expect("stops");
}

#[tokio::test]
async fn long_lists_come_in_pages_that_lead_to_each_other() {
    let (_school, program, ..) = school().await;
    for n in 0..7 {
        let teacher = json!({ "full_name": format!("Teacher {n}"), "teacher_id": format!("X{n:03}") });
        assert_eq!(program.does(Method::POST, "/api/v1/teachers", teacher).await.0, 201);
    }
    let (mut path, mut seen) = (Some("/api/v1/teachers?q=teacher%20&limit=3".to_owned()), Vec::new());
    while let Some(here) = path.take() {
        let answer = program.asks(Method::GET, &here).send().await.expect("answers");
        let link = answer.headers().get(header::LINK).map(|link| link.to_str().expect("a text").to_owned());
        path = link.and_then(|link| Some(link.strip_prefix('<')?.split_once(">; rel=\"next\"")?.0.to_owned()));
        let page: Value = serde_json::from_str(&answer.text().await.expect("a text")).expect("JSON");
        assert_eq!(page["next"].is_null(), path.is_none());
        seen.extend(page["items"].as_array().expect("a list").iter().map(|teacher| teacher["teacher_id"].to_string()));
    }
    assert_eq!(seen.len(), 7);
    assert!(seen.is_sorted(), "{seen:?}");
}

#[tokio::test]
async fn boards_and_the_sessions_behind_them_are_read() {
    let mut school = School::closed();
    let program = Program::before(&mut school);
    school.write_community();
    school.start();
    let (_, communities) = program.gets("/api/v1/boards").await;
    assert_eq!((&communities["items"][0]["title"], &communities["items"][0]["watched"]), (&json!("Night owls"), &json!(false)));
    let (status, board) = program.gets("/api/v1/boards/-1001?day=2026-01-09").await;
    assert_eq!((status.as_u16(), &board["number"], &board["time_zone"]), (200, &json!(9), &json!("Asia/Tashkent")), "{board}");
    let places = board["blocks"][0]["places"].as_array().expect("a list");
    let (_, sessions) = program.gets("/api/v1/presence/sessions?from=2026-01-09&to=2026-01-09").await;
    let sessions = sessions["items"].as_array().expect("a list");
    assert!(!places.is_empty() && !sessions.is_empty(), "{board} {sessions:?}");
    assert!(sessions.iter().all(|session| session["chat_id"] == -1001 && session["left"].is_string()));
    let hidden = places.iter().find(|place| place["who"].is_null()).expect("one asked not to be named");
    assert!(hidden["name"].is_null() && hidden["seconds"].as_u64().is_some_and(|seconds| seconds > 0), "{hidden}");
    assert_eq!(program.gets("/api/v1/boards/-1001?day=2027-01-09").await.0, 400, "it is still to come");
}

#[tokio::test]
async fn bots_and_webhooks_are_looked_at_and_mended() {
    let (mut school, program, ..) = school().await;
    school.bot.has_polled(1).await;
    let bot = school.bot.id;
    let (_, status) = program.gets(&format!("/telegram/bot/{bot}/status/")).await;
    assert_eq!((&status["bot_id"], &status["mode"]), (&json!(bot), &json!("polling")));
    let (_, info) = program.gets(&format!("/telegram/webhook/{bot}/info/")).await;
    assert_eq!((&info["url"], &info["mode"]), (&Value::Null, &json!("polling")));
    let post = async |path: String| program.asks(Method::POST, &path).send().await.expect("answers").status().as_u16();
    assert_eq!(post(format!("/telegram/webhook/{bot}/set/")).await, 409, "it would stop the polling");
    assert_eq!(post(format!("/telegram/webhook/{bot}/delete/")).await, 204);
    assert_eq!(school.sim.called("deleteWebhook", 1).await.len(), 1);
    school.stop().expect("stops");

    let address = program.base.trim_start_matches("http://").to_owned();
    school.use_webhook();
    school.set("WEB_ADDR", &address);
    school.set("WEBHOOK_URL", &program.base);
    school.start();
    school.sim.called("setWebhook", 1).await;
    let (_, info) = program.gets(&format!("/telegram/webhook/{bot}/info/")).await;
    assert_eq!(info["url"], json!(format!("{}/telegram/webhook/{bot}/", program.base)));
    assert_eq!(post(format!("/telegram/webhook/{bot}/set/")).await, 200);
    assert_eq!(school.sim.called("setWebhook", 2).await.len(), 2);
    assert_eq!(post(format!("/telegram/webhook/{bot}/delete/")).await, 409, "it would be set again");
    assert_eq!(program.asks(Method::POST, &format!("/telegram/webhook/{bot}/")).send().await.expect("answers").status(), 403);
}
