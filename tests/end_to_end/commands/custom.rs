//! Commands that admins define: in the menu, from a terminal, over HTTP and on the pages.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    gives,
    source::{Manner, Source, rss},
};
use crate::{
    rest::Program,
    support::{School, counts, until},
};

/// An admin defines a command by dialogue.
async fn define(school: &School, name: &str, description: &str, says: &str) -> telegram_sim::Screen {
    let (bot, boss) = (&school.bot, &school.boss);
    gives(school, boss, "/start").await;
    for button in ["🧩 Commands", "➕ New command"] {
        boss.presses(bot, button).await;
        boss.reads(bot).await;
    }
    for answer in [name, description] {
        boss.tells(bot, answer);
        boss.reads(bot).await;
    }
    boss.tells(bot, says);
    boss.reads(bot).await
}

#[tokio::test]
async fn an_admin_defines_a_command_and_everybody_uses_it_at_once() {
    let (mut school, ann, _, grade2) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    gives(&school, &boss, "/start").await;
    // What won't do is refused with a sentence, and asked again.
    boss.presses(&bot, "🧩 Commands").await;
    boss.reads(&bot).await;
    boss.presses(&bot, "New command").await;
    boss.reads(&bot).await;
    for (typed, why) in [("start", "built in"), ("Не то", "Latin letters"), ("/Bus", "2/3")] {
        boss.tells(&bot, typed);
        assert!(boss.reads(&bot).await.text.contains(why), "{typed}");
    }
    boss.tells(&bot, "The school bus");
    boss.reads(&bot).await;
    boss.tells(&bot, "Hi {nick}");
    assert!(boss.reads(&bot).await.text.contains("{nick} stands for nothing. There are {name}, {group}"));
    boss.tells(&bot, "Hi {name}, <b>15:00</b> from {group} ({members}) on {weekday}");
    let made = boss.reads(&bot).await;
    assert!(made.text.contains("/bus") && made.text.contains("Saved"), "{}", made.text);
    // Telegram lists it for everybody, in every language, and for admins.
    let listed = |scope: &str, lang: &str| bot.commands(scope, lang).contains(&"bus".to_owned());
    until(|| {
        ["all_private_chats", "all_group_chats"].iter().all(|scope| ["", "en", "uz", "ru"].iter().all(|lang| listed(scope, lang)))
    })
    .await;
    until(|| listed("chat", "")).await;
    // It answers in private and in groups, and counts nothing there.
    assert_eq!(gives(&school, &ann, "/bus").await.text, "Hi Ann, <b>15:00</b> from — (—) on Mon");
    ann.says(&grade2, "/bus now");
    ann.says(&grade2, "/bus@other_bot");
    ann.says(&grade2, "/unknown");
    ann.says(&grade2, "hello");
    let answer = grade2.reads().await;
    assert!(answer.text.starts_with("Hi Ann, <b>15:00</b> from Grade 2 (") && answer.reply_to.is_some(), "{}", answer.text);
    school.has_counted_all().await;
    // Switched off it is unknown, and listed no more.
    boss.presses(&bot, "Switch off").await;
    assert!(boss.reads(&bot).await.text.contains("switched off"));
    until(|| !listed("all_private_chats", "en")).await;
    assert!(gives(&school, &ann, "/bus").await.text.contains("I don't know"), "as any other");
    boss.presses(&bot, "Switch on").await;
    assert!(boss.reads(&bot).await.text.contains("today 2"));
    // In groups only.
    boss.presses(&bot, "in groups").await;
    boss.reads(&bot).await;
    assert!(gives(&school, &ann, "/bus").await.text.contains("I don't know"));
    boss.presses(&bot, "Delete").await;
    assert!(boss.reads(&bot).await.text.contains("Delete /bus?"));
    boss.presses(&bot, "Yes, delete").await;
    boss.reads(&bot).await;
    school.stop().expect("stops");
    assert_eq!(counts(&school.cell("2026-01-26", &grade2, "T001")), [("text", 1)].into());
    assert_eq!(school.file("commands/commands.json")["commands"], json!({}));
    assert_eq!(school.file("commands/used.json"), json!({}));
}

#[tokio::test]
async fn names_that_would_be_markup_are_letters() {
    let mut school = School::closed();
    let eve = school.sim.user("<b>Eve</b> {date} \u{202e}");
    let group = school.sim.group("<i>Group</i> & {name}", &[&eve, &school.boss]);
    school.start();
    school.boss.adds(&school.bot, &group);
    group.reads().await;
    define(&school, "hi", "Says hi", "{name} in {group}: <u>ok</u>").await;
    eve.says(&group, "/hi");
    let answer = group.reads().await;
    assert_eq!(answer.text, "<b>Eve</b> {date} in <i>Group</i> & {name}: <u>ok</u>");
    assert!(answer.html.contains("&lt;b&gt;Eve") && answer.html.contains("&lt;u&gt;"), "{}", answer.html);
}

#[tokio::test]
async fn a_command_is_limited_to_a_bot() {
    let mut school = School::closed();
    let program = Program::before(&mut school);
    let north = school.sim.bot("north_bot");
    school.set("BOTS", "main,north");
    school.set("BOT_NORTH_TOKEN", north.token());
    let ann = school.sim.user("Ann");
    school.start();
    for bot in [&school.bot, &north] {
        ann.tells(bot, "/start");
        ann.reads(bot).await;
    }
    let made = json!({ "name": "lab", "descriptions": { "en": "The lab" }, "text": "Room 7", "bot_id": north.id });
    let (status, command) = program.does(Method::POST, "/api/v1/commands", made).await;
    assert_eq!((status, command["bot_id"].as_i64()), (StatusCode::CREATED, Some(north.id)), "{command}");
    until(|| north.commands("all_private_chats", "uz").contains(&"lab".to_owned())).await;
    assert!(!school.bot.commands("all_private_chats", "uz").contains(&"lab".to_owned()));
    ann.tells(&north, "/lab");
    assert_eq!(ann.reads(&north).await.text, "Room 7");
    ann.tells(&school.bot, "/lab");
    assert!(ann.reads(&school.bot).await.text.contains("I don't know"));
    // What is written to a bot reaches an admin who never met it in part only: they are told where to look.
    gives(&school, &school.boss, "/start").await;
    ann.tells(&north, "/feedback Hello");
    ann.reads(&north).await;
    assert!(school.boss.reads(&school.bot).await.text.contains("@north_bot"));
}

#[tokio::test]
async fn terminal_and_rest_do_what_the_menu_does() {
    let (mut school, ann, ..) = School::with_ann_and_bob();
    school.stop().expect("stops");
    let program = Program::before(&mut school);
    school.start();
    program.gets("/api/v1/commands").await;
    let line = ["commands", "add", "bus", "--text", "At 15:00", "--description", "The bus", "--description", "ru=Автобус"];
    let (done, said) = school.runs(&line).await;
    assert!(done && said.contains("/bus is there"), "{said}");
    assert_eq!(gives(&school, &ann, "/bus").await.text, "At 15:00");
    let (status, command) = program.gets("/api/v1/commands/bus").await;
    assert_eq!((status, &command["descriptions"]["ru"], &command["used_7_days"]), (StatusCode::OK, &json!("Автобус"), &json!(1)));
    for (body, why) in [
        (json!({ "name": "start", "descriptions": { "en": "x" }, "text": "x" }), "built in"),
        (json!({ "name": "news", "descriptions": { "en": "x" }, "feed_url": "ftp://a/" }), "https://"),
        (json!({ "name": "news", "descriptions": { "en": "x" }, "text": "{x}" }), "{x}"),
        (json!({ "name": "news", "descriptions": {}, "text": "x" }), "description"),
        (json!({ "name": "news", "descriptions": { "en": "x" } }), "feed_url"),
    ] {
        let (status, problem) = program.does(Method::POST, "/api/v1/commands", body).await;
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && detail.contains(why), "{status} {problem}");
    }
    let news = json!({ "name": "news", "descriptions": { "en": "News" }, "text": "None", "answers": "private" });
    assert_eq!(program.does(Method::POST, "/api/v1/commands", news.clone()).await.0, StatusCode::CREATED);
    assert_eq!(program.does(Method::POST, "/api/v1/commands", news).await.0, StatusCode::CREATED, "the same again");
    let other = json!({ "name": "news", "descriptions": { "en": "News" }, "text": "Some" });
    assert_eq!(program.does(Method::POST, "/api/v1/commands", other).await.0, StatusCode::CONFLICT);
    let change = json!({ "place": 0, "enabled": false, "text": "Some" });
    let (status, changed) = program.does(Method::PATCH, "/api/v1/commands/news", change).await;
    assert_eq!(
        (status, &changed["enabled"], &changed["place"], &changed["text"]),
        (StatusCode::OK, &json!(false), &json!(0), &json!("Some"))
    );
    let names =
        |list: &Value| list["items"].as_array().expect("a list").iter().map(|one| one["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names(&program.gets("/api/v1/commands").await.1), ["news", "bus"]);
    let (done, said) = school.runs(&["commands", "order", "bus", "1"]).await;
    assert!(done, "{said}");
    let (done, said) = school.runs(&["commands", "list"]).await;
    assert!(done && said.find("/bus") < said.find("/news") && said.contains("private"), "{said}");
    let (done, said) = school.runs(&["commands", "contact", "Room 5, {time}"]).await;
    assert!(done, "{said}");
    assert_eq!(gives(&school, &ann, "/contact").await.text, "Room 5, 10:00");
    assert_eq!(program.does(Method::DELETE, "/api/v1/commands/news", json!({})).await.0, StatusCode::NO_CONTENT);
    assert_eq!(program.gets("/api/v1/commands/news").await.0, StatusCode::NOT_FOUND);
    let (_, log) = program.gets("/api/v1/audit?limit=50").await;
    let actions: Vec<_> = log["items"].as_array().expect("a log").iter().map(|entry| entry["did"]["action"].clone()).collect();
    for action in ["command_added", "command_changed", "command_disabled", "command_removed", "contact_set"] {
        assert!(actions.contains(&json!(action)), "{action} isn't in {actions:?}");
    }
    let (done, said) = school.runs(&["commands", "enable", "news"]).await;
    assert!(!done && said.contains("rollcall commands list"), "{said}");
}

#[tokio::test]
async fn the_newest_items_come_from_what_was_read_lately() {
    let (school, ann, bob, grade2) = School::with_ann_and_bob();
    let hostile = "&lt;b&gt;Bold&lt;/b&gt; &amp;amp; <![CDATA[<script>x</script>]]>";
    let items = [(hostile, "https://s.uz/3?a=1&amp;b=2"), ("Second", "javascript:alert(1)"), ("Third", "https://s.uz/1")];
    let source = Source::open(Manner::Feed(rss("News &lt;i&gt;of&lt;/i&gt; the school", &items))).await;
    define(&school, "news", "School news", &source.url).await;
    let seen = gives(&school, &ann, "/news").await;
    assert!(seen.text.starts_with("📰 News of the school\n• Bold & x · 25 Jan\n• Second · 24 Jan\n• Third"), "{}", seen.text);
    assert!(seen.html.contains("<a href=\"https://s.uz/3?a=1&amp;b=2\">") && !seen.html.contains("javascript"), "{}", seen.html);
    // A class that asks together asks the source once.
    ann.says(&grade2, "/news");
    bob.says(&grade2, "/news");
    assert!(grade2.reads().await.text.contains("Third") && grade2.reads().await.text.contains("Third"));
    assert_eq!(source.asked().len(), 1);
    // Later it is asked whether anything is new.
    school.later(chrono::TimeDelta::minutes(10));
    assert!(gives(&school, &ann, "/news").await.text.contains("Second"));
    let asked = source.asked();
    assert!(asked.len() == 2 && asked[1].contains("if-modified-since: mon, 26 jan 2026"), "{asked:?}");
    school.later(chrono::TimeDelta::minutes(10));
    source.becomes(Manner::Says(rss("News", &[("Fourth", "https://s.uz/4")])));
    assert!(gives(&school, &ann, "/news").await.text.contains("Fourth"));
    school.sim.finish();
}

#[tokio::test]
async fn a_source_in_trouble_is_told_and_what_was_read_stays() {
    let (mut school, ann, ..) = School::with_ann_and_bob();
    school.stop().expect("stops");
    school.call_timeout = Some(std::time::Duration::from_secs(5));
    school.set("POLL_TIMEOUT", "1");
    school.start();
    let source = Source::open(Manner::Broken).await;
    define(&school, "news", "School news", &source.url).await;
    assert!(gives(&school, &ann, "/news").await.text.contains("can't be read at the moment"));
    // Nobody asks it again for a minute.
    gives(&school, &ann, "/news").await;
    assert_eq!(source.asked().len(), 1);
    school.later(chrono::TimeDelta::minutes(1));
    source.becomes(Manner::Feed(rss("News", &[("First", "https://s.uz/1")])));
    assert!(gives(&school, &ann, "/news").await.text.contains("First"));
    let troubles = [
        (Manner::Broken, "503"),
        (Manner::Endless, "more than 2 MB"),
        (Manner::Says("<html>Sign in</html>".to_owned()), "no RSS or Atom"),
        (Manner::Elsewhere("ftp://a/".to_owned()), "can't be reached"),
        (Manner::Elsewhere(source.url.clone()), "can't be reached"),
        (Manner::Silent, "doesn't answer in time"),
    ];
    for (manner, why) in troubles {
        school.later(chrono::TimeDelta::minutes(10));
        source.becomes(manner.clone());
        let seen = gives(&school, &ann, "/news").await;
        assert!(seen.text.contains("First") && seen.text.contains("this is from 2026-01-26"), "{manner:?}: {}", seen.text);
        gives(&school, &school.boss, "/start").await;
        school.boss.presses(&school.bot, "🧩 Commands").await;
        school.boss.reads(&school.bot).await;
        school.boss.presses(&school.bot, "/news").await;
        let shown = school.boss.reads(&school.bot).await;
        assert!(shown.text.contains(why), "{manner:?}: {}", shown.text);
    }
    // What was read survives a restart.
    school.stop().expect("stops");
    school.start();
    assert!(gives(&school, &ann, "/news").await.text.contains("First"));
}
