//! Several bots in one program: one register, each group counted by exactly one.

use telegram_sim::{Bot, User};

use crate::support::{School, counts};

/// A school with a second bot, `north`.
async fn two() -> (School, Bot) {
    let mut school = School::closed();
    let north = school.sim.bot("north_bot");
    north.set_privacy(false);
    school.set("BOTS", "main,north");
    school.set("BOT_NORTH_TOKEN", north.token());
    (school, north)
}

async fn says(user: &User, bot: &Bot, text: &str) -> String {
    user.tells(bot, text);
    user.reads(bot).await.text
}

#[tokio::test]
async fn a_group_with_two_bots_is_counted_once() {
    let (mut school, north) = two().await;
    let (ann, boss) = (school.sim.user("Ann"), school.boss.clone());
    let grade2 = school.sim.group("Grade 2", &[&ann, &boss]);
    let grade3 = school.sim.group("Grade 3", &[&ann, &boss]);
    boss.adds(&school.bot, &grade2);
    school.write_registry(&[("T001", "Ann Lee", Some(&ann))], &[&grade2], &[("T001", &[&grade2])]);
    school.start();
    says(&boss, &school.bot, "/start").await;
    // North comes to its own group, and to the one that the other counts.
    boss.adds(&north, &grade3);
    assert!(grade3.reads().await.text.contains("registered"));
    boss.adds(&north, &grade2);
    ann.says(&grade2, "good morning");
    ann.says(&grade2, "today: fractions");
    ann.says(&grade3, "hello");
    north.has_confirmed_all().await;
    school.has_counted_all().await;
    school.stop().expect("stops well");
    assert_eq!(counts(&school.cell("2026-01-26", &grade2, "T001")), [("text", 2)].into());
    let groups = school.file("groups.json");
    assert_eq!(groups[grade3.id.to_string()]["bot"], north.id, "North's own");
    assert!(groups[grade2.id.to_string()].get("bot").is_none(), "the main bot's as before");
}

#[tokio::test]
async fn an_admin_hands_a_group_over() {
    let (mut school, north) = two().await;
    let (ann, boss) = (school.sim.user("Ann"), school.boss.clone());
    let grade2 = school.sim.group("Grade 2", &[&ann, &boss]);
    boss.adds(&school.bot, &grade2);
    boss.adds(&north, &grade2);
    school.write_registry(&[("T001", "Ann Lee", Some(&ann))], &[&grade2], &[("T001", &[&grade2])]);
    school.start();
    let bot = school.bot.clone();
    assert!(!says(&boss, &bot, "/start").await.is_empty());
    north.has_confirmed_all().await;
    ann.says(&grade2, "counted by the main bot");
    school.has_counted_all().await;
    boss.presses(&bot, "Groups").await;
    boss.reads(&bot).await;
    boss.presses(&bot, "Grade 2").await;
    let screen = boss.reads(&bot).await;
    assert!(screen.text.contains("Counted by @rollcall_bot"), "{screen:?}");
    let toast = boss.presses(&bot, "Count by @north_bot").await;
    assert!(toast.text.contains("@north_bot counts here"), "{toast:?}");
    assert!(boss.reads(&bot).await.text.contains("Counted by @north_bot"));
    ann.says(&grade2, "counted by North");
    north.has_confirmed_all().await;
    school.has_counted_all().await;
    // The main bot leaves: nothing changes for the group.
    boss.removes(&bot, &grade2);
    ann.says(&grade2, "still by North");
    north.has_confirmed_all().await;
    school.has_counted_all().await;
    school.stop().expect("stops well");
    assert_eq!(counts(&school.cell("2026-01-26", &grade2, "T001")), [("text", 3)].into());
    assert!(school.file("groups.json")[grade2.id.to_string()].get("gone_since").is_none());
}

#[tokio::test]
async fn people_are_answered_by_the_bot_that_they_talk_to() {
    let (mut school, north) = two().await;
    school.start();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    assert!(!says(&boss, &north, "/start").await.is_empty());
    assert!(boss.texts(&bot).is_empty(), "the main bot is silent");
    // What admins are told comes from there too.
    let parents = school.sim.group("Parents", &[]);
    let stranger = school.sim.user("Stranger");
    stranger.adds(&bot, &parents);
    assert!(boss.reads(&north).await.text.contains("Parents"));
    assert!(!says(&boss, &bot, "/start").await.is_empty(), "now they talk to the main bot");
    boss.presses(&north, "Register").await;
    assert!(boss.reads(&north).await.text.contains("Parents"), "an older button works on");
    school.stop().expect("stops well");
    let groups = school.file("groups.json");
    assert!(groups[parents.id.to_string()].get("bot").is_none(), "counted by the bot that was added");
}

#[tokio::test]
async fn only_the_bot_whose_group_it_is_answers_there() {
    let (mut school, north) = two().await;
    let boss = school.boss.clone();
    let grade2 = school.sim.group("Grade 2", &[&boss]);
    boss.adds(&school.bot, &grade2);
    boss.adds(&north, &grade2);
    school.write_registry(&[], &[&grade2], &[]);
    school.start();
    boss.says(&grade2, "/confirm_group");
    assert!(grade2.reads().await.text.contains("registered already"));
    north.has_confirmed_all().await;
    boss.says(&grade2, "/confirm_group@north_bot");
    assert!(grade2.reads().await.text.contains("@rollcall_bot counts here"));
    let answers = grade2.texts().iter().filter(|text| text.contains("registered already")).count();
    assert_eq!(answers, 2, "one each");
}

#[tokio::test]
async fn a_bot_whose_token_is_revoked_stops_alone_and_says_so() {
    let (mut school, north) = two().await;
    let (ann, boss) = (school.sim.user("Ann"), school.boss.clone());
    let grade2 = school.sim.group("Grade 2", &[&ann, &boss]);
    boss.adds(&school.bot, &grade2);
    school.write_registry(&[("T001", "Ann Lee", Some(&ann))], &[&grade2], &[("T001", &[&grade2])]);
    school.start();
    let bot = school.bot.clone();
    assert!(!says(&boss, &north, "/start").await.is_empty(), "they talk to the one that will be gone");
    assert!(!says(&boss, &bot, "/start").await.is_empty());
    north.revoke();
    assert!(boss.reads(&bot).await.text.contains("BOT_NORTH_TOKEN"), "the other one says so");
    ann.says(&grade2, "good morning");
    school.has_counted_all().await;
    assert!(says(&boss, &bot, "/diag").await.contains("@north_bot isn't connected"));
    school.stop().expect("stops well");
    assert_eq!(counts(&school.cell("2026-01-26", &grade2, "T001")), [("text", 1)].into());
}

#[tokio::test]
async fn the_only_bot_brings_no_old_news_of_its_own_token() {
    let mut school = School::open();
    let (bot, boss, token) = (school.bot.clone(), school.boss.clone(), school.bot.token().to_owned());
    says(&boss, &bot, "/start").await;
    school.stop().expect("stops well");
    school.set("BOT_TOKEN", "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0");
    school.start();
    let ended = school.wait().expect_err("nobody can run so").to_string();
    assert!(ended.contains("BOT_TOKEN"), "{ended}");
    school.set("BOT_TOKEN", &token);
    school.start();
    says(&boss, &bot, "/start").await;
    let told = boss.texts(&bot);
    assert!(!told.iter().any(|text| text.contains("BOT_TOKEN")), "{told:?}");
}

#[tokio::test]
async fn a_bot_that_cannot_connect_holds_up_no_other() {
    let (mut school, north) = two().await;
    let (ann, boss) = (school.sim.user("Ann"), school.boss.clone());
    let grade2 = school.sim.group("Grade 2", &[&ann, &boss]);
    boss.adds(&school.bot, &grade2);
    north.revoke();
    school.write_registry(&[("T001", "Ann Lee", Some(&ann))], &[&grade2], &[("T001", &[&grade2])]);
    school.start();
    let bot = school.bot.clone();
    ann.says(&grade2, "good morning");
    assert!(!says(&boss, &bot, "/start").await.is_empty());
    school.has_counted_all().await;
    school.stop().expect("stops well");
    assert_eq!(counts(&school.cell("2026-01-26", &grade2, "T001")), [("text", 1)].into());
}
