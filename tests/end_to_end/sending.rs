//! Messages to many: what arrives, what doesn't, and that nothing arrives twice.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use telegram_sim::{Chat, Content, Fault, When};

use crate::{
    process::Process,
    rest::Program,
    support::{School, is_about_files},
};

/// Nothing that is waited for takes as long.
const PATIENCE: Duration = Duration::from_secs(40);

/// A school with so many groups in its files, in which the bot is; the daemon isn't started yet.
fn with_groups(n: usize) -> (School, Program, Vec<Chat>) {
    let mut school = School::closed();
    let program = Program::before(&mut school);
    let boss = school.boss.clone();
    let groups: Vec<Chat> = (1..=n).map(|n| school.sim.group(&format!("Grade {n}"), &[&boss])).collect();
    groups.iter().for_each(|group| boss.adds(&school.bot, group));
    school.write_registry(&[], &groups.iter().collect::<Vec<_>>(), &[]);
    (school, program, groups)
}

async fn orders(program: &Program, message: Value) -> String {
    let (status, job) = program.does(Method::POST, "/telegram/send-message/", message).await;
    assert_eq!(status, StatusCode::CREATED, "{job}");
    job["id"].as_str().expect("an id").to_owned()
}

/// Waits until an announcement is in one of these states; it, and what became of each chat.
async fn until(program: &Program, id: &str, states: &[&str]) -> (Value, Vec<Value>) {
    let waiting = async {
        loop {
            let (_, job) = program.gets(&format!("/telegram/background-tasks/{id}/status/")).await;
            if states.iter().any(|state| job["state"] == *state) {
                let (_, chats) = program.gets(&format!("/api/v1/jobs/{id}/chats?limit=500")).await;
                return (job, chats["items"].as_array().expect("a list").clone());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{id} doesn't become {states:?}"))
}

fn states(chats: &[Value]) -> Vec<&str> {
    chats.iter().map(|chat| chat["state"].as_str().expect("a state")).collect()
}

fn copies(group: &Chat, text: &str) -> usize {
    group.texts().iter().filter(|known| known.contains(text)).count()
}

#[tokio::test]
async fn one_bad_chat_keeps_nobody_else_waiting_and_can_be_tried_again() {
    let (mut school, program, groups) = with_groups(4);
    school.sim.fault_in(&groups[0], "sendMessage", When::Next(1), Fault::Refuse(403, "Forbidden: nobody may write here".into()));
    school.sim.fault_in(&groups[1], "sendMessage", When::Next(1), Fault::TooMany(1));
    school.sim.fault_in(&groups[2], "sendMessage", When::Next(1), Fault::LoseAnswer);
    school.start();
    let text = "Ertaga maktab yopiq 🙂 — «завтра» <b>&";
    let id = orders(&program, json!({ "all": true, "text": text })).await;
    let (job, chats) = until(&program, &id, &["failed", "completed"]).await;
    assert_eq!(job["state"], "failed");
    let mut found = states(&chats);
    found.sort_unstable();
    assert_eq!(found, ["failed", "sent", "sent", "unsure"], "{chats:?}");
    let of = |group: &Chat| chats.iter().find(|chat| chat["chat_id"] == group.id).expect("it is listed").clone();
    assert_eq!(of(&groups[0])["why"], "Forbidden: nobody may write here");
    assert_eq!(of(&groups[2])["state"], "unsure");
    assert!(of(&groups[3])["message_id"].is_number());
    assert_eq!(groups.iter().map(|group| copies(group, text)).collect::<Vec<_>>(), [0, 1, 1, 1]);
    // What may have arrived isn't sent again unless somebody says so.
    let path = format!("/api/v1/jobs/{id}/retry");
    let (status, again) = program.does(Method::POST, &path, json!({})).await;
    assert_eq!((status, &again["id"]), (StatusCode::OK, &json!(id)));
    let (_, chats) = until(&program, &id, &["failed"]).await;
    assert_eq!(states(&chats).iter().filter(|state| **state == "sent").count(), 3);
    assert_eq!(groups.iter().map(|group| copies(group, text)).collect::<Vec<_>>(), [1, 1, 1, 1]);
    assert_eq!(program.does(Method::POST, &path, json!({ "unsure_too": true })).await.0, StatusCode::OK);
    let (job, _) = until(&program, &id, &["completed"]).await;
    assert_eq!((&job["done"], &job["total"]), (&json!(4), &json!(4)));
    assert_eq!(copies(&groups[2], text), 2, "somebody said so");
    assert_eq!(program.does(Method::POST, &path, json!({})).await.0, StatusCode::CONFLICT, "nothing is left to be sent again");
    school.stop().expect("stops");
    let kept = school.file("jobs/jobs.json").to_string();
    assert!(!kept.contains("maktab"), "the text goes once it is everywhere: {kept}");
    let audit = std::fs::read_to_string(school.data().join("audit/2026-01.jsonl")).expect("a log");
    assert!(audit.contains("announcement_made") && audit.contains("job_started") && !audit.contains("maktab"), "{audit}");
}

#[tokio::test]
async fn markup_that_telegram_cant_read_comes_as_it_is() {
    let (mut school, program, groups) = with_groups(1);
    school.start();
    let send = async |text: &str, mode: &str| {
        let id = orders(&program, json!({ "chat_id": groups[0].id, "text": text, "parse_mode": mode })).await;
        let (job, _) = until(&program, &id, &["failed", "completed"]).await;
        (job["state"].as_str().unwrap_or_default().to_owned(), groups[0].texts().last().cloned().unwrap_or_default())
    };
    let done = |text: &str| ("completed".to_owned(), text.to_owned());
    assert_eq!(send("*bold* words", "Markdown").await, done("bold words"));
    assert_eq!(send("a snake_case word", "Markdown").await, done("a snake_case word"));
    assert_eq!(send("not escaped.", "MarkdownV2").await, done("not escaped."));
    assert_eq!(send("<b>bold</b> words", "HTML").await, done("bold words"));
    assert_eq!(send("<b>bold words", "HTML").await.0, "failed", "HTML is a program's: it says what is wrong");
}

#[tokio::test]
async fn a_long_text_comes_in_parts_and_a_file_is_uploaded_once() {
    let (mut school, program, groups) = with_groups(3);
    school.start();
    let line = "Dars jadvali <o'zgardi> & boshqalar 📚\n";
    let text = line.repeat(150);
    let document = json!({ "name": "Jadval.pdf", "base64": STANDARD.encode(b"a timetable") });
    let id = orders(&program, json!({ "all": true, "text": text, "document": document, "silent": true })).await;
    let (job, chats) = until(&program, &id, &["failed", "completed"]).await;
    assert_eq!(job["state"], "completed", "{chats:?}");
    for group in &groups {
        let file = group.reads().await.document.expect("the file comes first");
        assert_eq!((file.name.as_str(), file.bytes.as_slice(), file.is_photo), ("Jadval.pdf", &b"a timetable"[..], false));
        let whole: String = [group.reads().await.text, group.reads().await.text].join("\n");
        assert_eq!(whole.trim(), text.trim());
    }
    let waiting = async {
        while std::fs::read_dir(school.data().join("announcements")).expect("a folder").count() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("the file goes once it is everywhere");
    school.boss.tells(&school.bot, "/start");
    school.boss.reads(&school.bot).await;
    let short = json!({ "preview": true, "text": "short", "document": { "name": "a.txt", "base64": STANDARD.encode(b"x") } });
    until(&program, &orders(&program, short).await, &["completed"]).await;
    let preview = school.boss.reads(&school.bot).await;
    assert_eq!((preview.text.as_str(), preview.document.is_some()), ("short", true), "the text is under the file");
}

#[tokio::test]
async fn what_is_sent_later_can_be_cancelled_and_comes_at_its_time() {
    let (mut school, program, groups) = with_groups(2);
    school.start();
    let at = "2026-01-26T07:00:00Z";
    let cancelled = orders(&program, json!({ "all": true, "text": "cancelled", "send_at": at })).await;
    let later = orders(&program, json!({ "matching": "grade 2", "text": "later", "send_at": at })).await;
    let (status, _) = program.does(Method::POST, &format!("/telegram/background-tasks/{cancelled}/stop/"), json!({})).await;
    assert_eq!(status, StatusCode::OK);
    let (_, chats) = until(&program, &cancelled, &["stopped"]).await;
    assert_eq!(states(&chats), ["cancelled", "cancelled"]);
    let (job, chats) = until(&program, &later, &["pending"]).await;
    assert_eq!((job["next_run"].as_str(), states(&chats)), (Some("2026-01-26T07:00:00Z"), vec!["waiting"]));
    school.stop().expect("stops");
    school.start();
    school.later(TimeDelta::hours(2));
    until(&program, &later, &["completed"]).await;
    assert_eq!((copies(&groups[1], "later"), copies(&groups[0], "later")), (1, 0));
    assert_eq!(groups.iter().map(|group| copies(group, "cancelled")).sum::<usize>(), 0);
    let kept = std::fs::read_to_string(school.data().join("jobs/jobs.json")).unwrap_or_default();
    assert!(!kept.contains("\"cancelled\","), "its text went with it: {kept}");
}

#[tokio::test]
async fn a_request_that_is_repeated_is_done_once() {
    let (mut school, program, groups) = with_groups(1);
    school.start();
    let mut ids = Vec::new();
    for _ in 0..3 {
        let body = json!({ "chat_id": groups[0].id, "text": "once" }).to_string();
        let request = program.asks(Method::POST, &format!("/telegram/bot/{}/send/", school.bot.id));
        let request = request.header("content-type", "application/json").header("idempotency-key", "friday").body(body);
        let response = program.sends(request).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        let job: Value = serde_json::from_str(&response.text().await.expect("a text")).expect("JSON");
        ids.push(job["id"].clone());
    }
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    until(&program, ids[0].as_str().expect("an id"), &["completed"]).await;
    assert_eq!(copies(&groups[0], "once"), 1);
    for (wrong, words) in [
        (json!({ "text": "to nobody" }), "exactly one of"),
        (json!({ "all": true, "chat_id": -5, "text": "x" }), "exactly one of"),
        (json!({ "all": true, "text": "  " }), "nothing to send"),
        (json!({ "matching": "Grade 77", "text": "x" }), "nobody to send it to"),
        (json!({ "all": true, "photo": { "name": "a", "base64": "§" } }), "base64"),
    ] {
        let (status, problem) = program.does(Method::POST, "/telegram/send-message/", wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{problem}");
    }
}

#[tokio::test]
async fn a_kill_in_the_middle_loses_nobody_and_sends_nothing_twice() {
    if is_about_files("whoever is killed is replaced after a while there: see tests/replicas") {
        return;
    }
    let (school, program, groups) = with_groups(50);
    school.sim.fault("sendMessage", When::Always, Fault::Slow(40));
    let mut daemon = Process::start(&school);
    daemon.says("connected to Telegram");
    let id = orders(&program, json!({ "all": true, "text": "to all" })).await;
    let arrived = || groups.iter().filter(|group| copies(group, "to all") > 0).count();
    for least in [12, 30] {
        let waiting = async {
            while arrived() < least {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("messages arrive");
        // SIGKILL.
        drop(daemon);
        daemon = Process::start(&school);
    }
    let (job, chats) = until(&program, &id, &["completed", "failed"]).await;
    assert_eq!(chats.len(), 50);
    for (chat, group) in chats.iter().zip(&groups) {
        let group = groups.iter().find(|group| chat["chat_id"] == group.id).unwrap_or(group);
        match (chat["state"].as_str(), copies(group, "to all")) {
            (Some("sent"), 1) | (Some("unsure"), 0 | 1) => {}
            wrong => panic!("{chat}: {wrong:?}"),
        }
    }
    let unsure = states(&chats).iter().filter(|state| **state == "unsure").count();
    assert!(unsure <= 8, "two kills, four at once: {unsure}");
    assert!(unsure > 0 || job["state"] == "completed");
    drop(daemon);
}

/// An admin writes in their private chat; what they see next.
async fn tells(school: &School, text: &str) -> telegram_sim::Screen {
    school.boss.tells(&school.bot, text);
    school.boss.reads(&school.bot).await
}

#[tokio::test]
async fn an_admin_writes_a_message_in_the_chat_and_a_restart_forgets_nothing() {
    let (mut school, _, groups) = with_groups(12);
    school.start();
    let (boss, bot) = (school.boss.clone(), school.bot.clone());
    tells(&school, "/start").await;
    boss.presses(&bot, "Send a message").await;
    assert!(boss.reads(&bot).await.text.contains("Send me what they are to get"));
    let bold = json!({ "text": "Ertaga <yopiq> & tamom", "entities": [{ "type": "bold", "offset": 7, "length": 7 }] });
    boss.tells_with(&bot, Content::raw(bold));
    assert!(boss.reads(&bot).await.text.contains("To whom?"));
    let found = tells(&school, "grade 1").await;
    assert!(found.data_of("Grade 11").is_some() && found.data_of("Grade 2").is_none(), "{found:?}");
    boss.presses(&bot, "All (4)").await;
    boss.reads(&bot).await;
    // The half-written message is still there.
    school.stop().expect("stops");
    school.start();
    boss.presses(&bot, "Grade 12").await;
    assert!(boss.reads(&bot).await.text.contains("Chosen: 3"));
    boss.presses(&bot, "Preview").await;
    let preview = boss.reads(&bot).await;
    assert_eq!(
        (preview.text.as_str(), preview.html.as_str()),
        ("Ertaga <yopiq> & tamom", "Ertaga <b>&lt;yopiq&gt;</b> &amp; tamom")
    );
    let ready = boss.reads(&bot).await;
    assert!(ready.text.contains("Grade 1, Grade 10, Grade 11") && ready.text.contains("When: now"), "{}", ready.text);
    let send = ready.data_of("Send now").expect("a button").to_owned();
    boss.presses(&bot, "With a sound").await;
    boss.reads(&bot).await;
    let sent = boss.presses_data(&bot, ready.message, &send).await;
    assert!(sent.text.contains("On its way"), "{sent:?}");
    for group in [&groups[0], &groups[9], &groups[10]] {
        assert_eq!(group.reads().await.html, "Ertaga <b>&lt;yopiq&gt;</b> &amp; tamom");
    }
    boss.reads(&bot).await;
    let again = boss.presses_data(&bot, ready.message, &send).await;
    assert!(again.text.contains("nothing is sent twice"), "{again:?}");
    boss.reads(&bot).await;
    boss.presses(&bot, "Chat by chat").await;
    let results = boss.reads(&bot).await;
    assert!(results.text.contains("Grade 10") && results.text.contains("/ 3"), "{}", results.text);
    assert_eq!(groups.iter().map(|group| copies(group, "Ertaga")).sum::<usize>(), 3);
    let silent = school.sim.calls("sendMessage").into_iter().filter(|call| call["disable_notification"] == true).count();
    assert!(silent >= 3, "without a sound");
    school.stop().expect("stops");
    for kept in ["jobs/jobs.json", "state/forms.json"] {
        let kept = std::fs::read_to_string(school.data().join(kept)).unwrap_or_default();
        assert!(!kept.contains("yopiq"), "its text went once it was everywhere: {kept}");
    }
    let audit = std::fs::read_to_string(school.data().join("audit/2026-01.jsonl")).expect("a log");
    assert!(audit.contains("announcement_made") && !audit.contains("yopiq"), "{audit}");
}

#[tokio::test]
async fn a_file_from_the_chat_is_sent_on_by_its_name_and_fetched_for_another_bot() {
    let mut school = School::closed();
    let north = school.sim.bot("north_bot");
    school.set("BOTS", "main,north");
    school.set("BOT_NORTH_TOKEN", north.token());
    let (boss, bot) = (school.boss.clone(), school.bot.clone());
    let groups = ["Grade 1", "Grade 2"].map(|title| school.sim.group(title, &[&boss]));
    boss.adds(&bot, &groups[0]);
    boss.adds(&north, &groups[1]);
    school.write_registry(&[], &groups.iter().collect::<Vec<_>>(), &[]);
    let path = school.data().join("groups.json");
    let mut kept: Value = school.file("groups.json");
    kept[groups[1].id.to_string()]["bot"] = json!(north.id);
    std::fs::write(&path, kept.to_string()).expect("writes");
    school.start();
    tells(&school, "/send").await;
    boss.tells_with(&bot, school.sim.file("Jadval.pdf", b"a timetable").captioned("under it"));
    let receivers = boss.reads(&bot).await;
    assert!(receivers.data_of("All of @north_bot").is_some(), "{receivers:?}");
    boss.presses(&bot, "All (2)").await;
    boss.reads(&bot).await;
    boss.presses(&bot, "Preview").await;
    let preview = boss.reads(&bot).await;
    assert_eq!((preview.text.as_str(), preview.document.map(|file| file.bytes)), ("under it", Some(b"a timetable".to_vec())));
    boss.reads(&bot).await;
    boss.presses(&bot, "Send now").await;
    for group in &groups {
        let shown = group.reads().await;
        let file = shown.document.expect("a file");
        assert_eq!(
            (shown.text.as_str(), file.name.as_str(), file.bytes.as_slice()),
            ("under it", "Jadval.pdf", &b"a timetable"[..])
        );
    }
    assert_eq!(school.sim.calls("getFile").len(), 1, "only the other bot needs its content");
}

#[tokio::test]
async fn a_command_in_a_topic_begins_a_message_to_it_and_a_link_names_one() {
    let mut school = School::closed();
    let (boss, bot) = (school.boss.clone(), school.bot.clone());
    let forum = school.sim.forum("Forum", &[&boss]);
    school.sim.topic(&forum, 7, false);
    boss.adds(&bot, &forum);
    school.write_registry(&[], &[&forum], &[]);
    school.start();
    tells(&school, "/start").await;
    boss.says_in_topic(&forum, 5, "/send@rollcall_bot");
    assert!(boss.reads(&bot).await.text.contains("Send me what they are to get"), "asked in private");
    let preview = tells(&school, "to the topic").await;
    assert_eq!(preview.text, "to the topic", "it is known where it goes");
    assert!(boss.reads(&bot).await.text.contains("Forum · topic 5"));
    boss.presses(&bot, "To whom").await;
    boss.reads(&bot).await;
    let link = format!("https://t.me/c/{}/7/99", -forum.id - 1_000_000_000_000);
    assert!(tells(&school, &link).await.data_of("Forum · topic 7").is_some());
    boss.presses(&bot, "Preview").await;
    boss.reads(&bot).await;
    boss.reads(&bot).await;
    boss.presses(&bot, "Send now").await;
    let mut topics = [forum.reads().await.topic, forum.reads().await.topic];
    topics.sort_unstable();
    assert_eq!(topics, [Some(5), Some(7)]);
    // Somebody else gets no further than a sentence.
    let ann = school.sim.user("Ann");
    ann.tells(&bot, "/send");
    assert!(ann.reads(&bot).await.text.contains("nly admins"));
}

#[tokio::test]
async fn what_waited_in_a_backup_is_not_sent_again_by_itself() {
    if is_about_files("a backup is restored into a directory") {
        return;
    }
    let (mut school, program, groups) = with_groups(2);
    school.start();
    let id = orders(&program, json!({ "all": true, "text": "once", "send_at": "2026-01-26T07:00:00Z" })).await;
    until(&program, &id, &["pending"]).await;
    let archive = school.data().with_file_name("old.tar.zst").display().to_string();
    assert!(school.runs(&["backup", &archive]).await.0);
    school.later(TimeDelta::hours(3));
    until(&program, &id, &["completed"]).await;
    school.stop().expect("stops");
    let there = school.data().with_file_name("restored").display().to_string();
    school.set("DATA_DIR", &there);
    let (done, said) = school.runs(&["restore", &archive]).await;
    assert!(done && said.contains(&format!("`rollcall jobs start {id}` sends it")), "{said}");
    school.start();
    let (job, chats) = until(&program, &id, &["stopped"]).await;
    assert!(job["last_error"].as_str().is_some_and(|why| why.contains("came back from a backup")), "{job}");
    assert_eq!(states(&chats), ["waiting", "waiting"]);
    school.later(TimeDelta::days(1));
    until(&program, &id, &["stopped"]).await;
    assert_eq!(groups.iter().map(|group| copies(group, "once")).collect::<Vec<_>>(), [1, 1], "nobody started it");
    let (status, _) = program.does(Method::POST, &format!("/telegram/background-tasks/{id}/start/"), json!({})).await;
    assert_eq!(status, StatusCode::OK);
    until(&program, &id, &["completed"]).await;
    assert_eq!(groups.iter().map(|group| copies(group, "once")).collect::<Vec<_>>(), [2, 2], "somebody did");
}
