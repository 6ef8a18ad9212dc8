//! What counts, for whom, on which day.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::json;
use telegram_sim::{Content, Fault, When};

use crate::support::{School, counts, monday};

const MONDAY: &str = "2026-01-26";

#[tokio::test]
async fn every_kind_counts_as_what_it_is() {
    let (mut school, ann, _, grade2) = School::with_ann_and_bob();
    ann.says(&grade2, "hello");
    ann.sends(&grade2, Content::photo().captioned("captions are no texts"));
    ann.sends(&grade2, Content::video());
    ann.sends(&grade2, Content::video_note());
    ann.sends(&grade2, Content::audio());
    ann.sends(&grade2, Content::voice());
    ann.sends(&grade2, Content::document("plan.pdf"));
    ann.sends(&grade2, Content::animation());
    ann.sends(&grade2, Content::sticker());
    ann.sends(&grade2, Content::poll("Who comes?"));
    ann.sends(&grade2, Content::raw(json!({ "hologram": {} })));
    school.has_counted_all().await;
    school.stop().expect("stops");
    let counted = school.cell(MONDAY, &grade2, "T001");
    let expected = [
        ("text", 1),
        ("photo", 1),
        ("video", 2),
        ("audio", 1),
        ("voice", 1),
        ("document", 1),
        ("animation", 1),
        ("sticker", 1),
        ("poll", 1),
        ("other", 1),
    ];
    assert_eq!(counts(&counted), BTreeMap::from(expected));
    assert_eq!(counted.total(), 7);
    assert_eq!(school.file(&format!("hours/{MONDAY}.json"))[grade2.id.to_string()]["T001"]["10"], 7);
    school.sim.finish();
}

#[tokio::test]
async fn edits_commands_service_messages_and_automatic_forwards_do_not_count() {
    let (mut school, ann, _, grade2) = School::with_ann_and_bob();
    let news = school.sim.channel("News");
    let posted = ann.says(&grade2, "hello");
    ann.edits(posted, "hello again");
    ann.says(&grade2, "/weather");
    ann.says(&grade2, "/weather@other_bot tomorrow");
    grade2.renamed(&ann, "Grade 2a");
    grade2.linked_channel_posts(&news, "news");
    school.has_counted_all().await;
    school.stop().expect("stops");
    assert_eq!(counts(&school.cell(MONDAY, &grade2, "T001")), BTreeMap::from([("text", 1)]));
    assert_eq!(school.file("groups.json")[grade2.id.to_string()]["title"], "Grade 2a");
    school.sim.finish();
}

#[tokio::test]
async fn only_active_assigned_teachers_count_and_only_in_enabled_groups() {
    let mut school = School::closed();
    let (ann, bob, eve) = (school.sim.user("Ann"), school.sim.user("Bob"), school.sim.user("Eve"));
    let (here, there) = (school.sim.group("Here", &[&ann, &bob, &eve]), school.sim.group("There", &[&ann]));
    for group in [&here, &there] {
        school.boss.adds(&school.bot, group);
    }
    school.write_registry(
        &[("T001", "Ann", Some(&ann)), ("T002", "Bob", Some(&bob))],
        &[&here, &there],
        &[("T001", &[&here]), ("T002", &[&here])],
    );
    school.start();
    school.boss.tells(&school.bot, "/start");
    school.boss.reads(&school.bot).await;
    school.boss.presses(&school.bot, "👩‍🏫 Teachers").await;
    school.boss.reads(&school.bot).await;
    school.boss.presses(&school.bot, "Bob").await;
    school.boss.reads(&school.bot).await;
    assert_eq!(school.boss.presses(&school.bot, "Deactivate").await.text, "⏸ Doesn't count for now");
    school.boss.reads(&school.bot).await;
    ann.says(&here, "counts");
    ann.says(&there, "not assigned");
    bob.says(&here, "not active");
    eve.says(&here, "nobody");
    school.has_counted_all().await;
    school.stop().expect("stops");
    assert_eq!(school.cell(MONDAY, &here, "T001").total(), 1);
    assert_eq!(school.cell(MONDAY, &there, "T001").total(), 0);
    assert_eq!(school.cell(MONDAY, &here, "T002").total(), 0);
    school.sim.finish();
}

#[tokio::test]
async fn the_day_is_that_of_the_message_in_the_schools_zone() {
    let (mut school, ann, _, grade2) = School::with_ann_and_bob();
    // Midnight in Tashkent is 19:00 UTC.
    let midnight = monday() + TimeDelta::hours(14);
    ann.sends_at(&grade2, Content::text("before"), midnight - TimeDelta::seconds(1));
    ann.sends_at(&grade2, Content::text("after"), midnight);
    ann.sends_at(&grade2, Content::text("yesterday, received late"), monday() - TimeDelta::hours(20));
    school.has_counted_all().await;
    school.stop().expect("stops");
    for day in ["2026-01-25", MONDAY, "2026-01-27"] {
        assert_eq!(school.cell(day, &grade2, "T001").total(), 1, "{day}");
    }
}

#[tokio::test]
async fn an_album_is_as_many_messages_as_it_has_items_and_one_post() {
    let (mut school, ann, _, grade2) = School::with_ann_and_bob();
    for _ in 0..4 {
        ann.sends(&grade2, Content::photo().in_album("a1"));
    }
    ann.sends(&grade2, Content::photo());
    school.has_counted_all().await;
    school.stop().expect("stops");
    let counted = school.cell(MONDAY, &grade2, "T001");
    assert_eq!((counted.total(), counted.posts()), (5, 2));
}

#[tokio::test]
async fn voices_without_an_account_count_for_nobody_until_an_admin_says_whose_they_are() {
    let (mut school, _, _, grade2) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    let channel = school.sim.channel("Staff");
    grade2.anonymous_says(Some("Head"), "who am I?");
    grade2.channel_says(&channel, "and I?");
    school.has_counted_all().await;
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    boss.presses(&bot, "👥 Groups").await;
    boss.reads(&bot).await;
    boss.presses(&bot, "Grade 2").await;
    boss.reads(&bot).await;
    boss.presses(&bot, "Unattributed").await;
    let voices = boss.reads(&bot).await;
    assert!(voices.text.contains("30 days: 2"), "{}", voices.text);
    boss.presses(&bot, "Anonymous: Head → ?").await;
    boss.reads(&bot).await;
    assert_eq!(boss.presses(&bot, "Ann Lee").await.text, "✅ From now on: Ann Lee");
    boss.reads(&bot).await;
    grade2.anonymous_says(Some("Head"), "it is me");
    school.has_counted_all().await;
    school.stop().expect("stops");
    assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), 1);
    let unattributed = school.file(&format!("unattributed/{MONDAY}.json"));
    assert_eq!(unattributed[grade2.id.to_string()]["anon:Head"]["text"], 1);
    assert_eq!(unattributed[grade2.id.to_string()][format!("chat:{}", channel.id)]["text"], 1);
    school.sim.finish();
}

#[tokio::test]
async fn what_a_voice_wrote_before_it_had_a_person_can_be_counted_once() {
    let (mut school, _, _, grade2) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    for _ in 0..2 {
        grade2.anonymous_says(Some("Head"), "who am I?");
    }
    school.has_counted_all().await;
    school.later(TimeDelta::days(1));
    grade2.anonymous_says(Some("Head"), "still nobody");
    school.has_counted_all().await;
    // Days of before are in their files now.
    school.stop().expect("stops");
    school.later(TimeDelta::days(5));
    school.start();
    assert!(boss.reads(&bot).await.text.contains("away"), "five days are longer than Telegram keeps updates");
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    let mut screen = None;
    for label in ["👥 Groups", "Grade 2", "Unattributed", "Anonymous: Head → ?", "Ann Lee", "Earlier, not counted: 3"] {
        boss.presses(&bot, label).await;
        screen = Some(boss.reads(&bot).await);
    }
    let question = screen.expect("pressed");
    assert!(question.text.contains("wrote 3 messages") && question.text.contains("for Ann Lee"), "{}", question.text);
    let yes = question.data_of("Yes, count them").expect("there").to_owned();
    boss.presses(&bot, "Yes, count them").await;
    let done = boss.reads(&bot).await;
    assert!(done.text.starts_with("✅ Counted for Ann Lee: 3 messages."), "{}", done.text);
    assert!(!done.labels().iter().any(|label| label.contains("Earlier")), "{:?}", done.labels());
    // An old button does no harm.
    boss.presses_data(&bot, question.message, &yes).await;
    assert!(boss.reads(&bot).await.text.contains("Counted for Ann Lee: 0 messages"));
    school.stop().expect("stops");
    assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), 2);
    assert_eq!(school.cell("2026-01-27", &grade2, "T001").total(), 1);
    assert_eq!(school.file(&format!("unattributed/{MONDAY}.json")), json!({}));
    school.sim.finish();
}

#[tokio::test]
async fn nothing_is_lost_and_nothing_counts_twice_when_telegram_has_a_bad_day() {
    let (mut school, ann, _, grade2) = School::with_ann_and_bob();
    let sim = school.sim.clone();
    for fault in [
        Fault::ServerErrorPage(502),
        Fault::ServerError(500),
        Fault::TooMany(1),
        Fault::ResetBefore,
        Fault::LoseAnswer,
        Fault::TruncateAnswer,
    ] {
        sim.fault("getUpdates", When::Next(1), fault);
        for n in 0..40 {
            ann.says(&grade2, &format!("message {n}"));
        }
        school.has_counted_all().await;
    }
    school.bot.redeliver(120);
    school.has_counted_all().await;
    school.bot.restart_numbering(17);
    ann.says(&grade2, "numbered anew");
    school.has_counted_all().await;
    school.stop().expect("stops");
    assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), 241);
}

#[tokio::test]
async fn an_update_that_the_library_does_not_know_counts_all_the_same() {
    let (mut school, ann, _, grade2) = School::with_ann_and_bob();
    // A field of a type that no release of the library expects.
    ann.sends(&grade2, Content::raw(json!({ "text": "hello", "entities": "none of your business" })));
    school.bot.receives("telepathy", &json!({ "from": 5 }));
    ann.says(&grade2, "hello");
    school.has_counted_all().await;
    school.stop().expect("stops");
    assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), 2);
}
