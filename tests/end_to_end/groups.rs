//! Groups that are added, confirmed, renamed, moved, lost and found again.

use std::time::Duration;

use chrono::TimeDelta;
use telegram_sim::{Content, Fault, When};

use crate::support::School;

const MONDAY: &str = "2026-01-26";

#[tokio::test]
async fn a_group_that_an_admin_adds_the_bot_to_is_registered_and_told() {
    let school = School::open();
    school.boss.tells(&school.bot, "/start");
    let menu = school.boss.reads(&school.bot).await;
    assert!(menu.text.contains("Add me to a group"), "{}", menu.text);
    let group = school.sim.group("Grade 5", &[&school.boss]);
    school.boss.adds(&school.bot, &group);
    assert!(group.reads().await.text.starts_with("✅ This group is registered"));
    assert!(school.boss.reads(&school.bot).await.text.contains("Grade 5"));
    school.sim.finish();
}

#[tokio::test]
async fn a_group_that_somebody_else_adds_the_bot_to_waits_for_an_admin() {
    let (mut school, ann, _, _) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    let group = school.sim.group("Strangers <b>", &[&ann]);
    ann.adds(&bot, &group);
    let asked = boss.reads(&bot).await;
    assert!(asked.text.contains("Strangers <b>") && asked.labels() == ["✅ Register", "🚪 Leave"], "{asked:?}");
    ann.says(&group, "not counted yet");
    school.has_counted_all().await;
    assert_eq!(boss.presses(&bot, "Register").await.text, "✅ Registered");
    let who = boss.reads(&bot).await;
    assert!(who.edited && who.text.contains("Who counts in Strangers <b>"), "{who:?}");
    boss.presses(&bot, "Ann Lee").await;
    assert!(boss.reads(&bot).await.labels().contains(&"✅ Ann Lee"));
    ann.says(&group, "counted");
    school.has_counted_all().await;
    school.stop().expect("stops");
    assert_eq!(school.cell(MONDAY, &group, "T001").total(), 1);
    school.sim.finish();
}

#[tokio::test]
async fn leaving_a_group_of_strangers_is_one_press() {
    let (school, ann, ..) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    let group = school.sim.group("Spam", &[&ann]);
    ann.adds(&bot, &group);
    boss.reads(&bot).await;
    boss.presses(&bot, "Leave").await;
    boss.reads(&bot).await;
    school.sim.called("leaveChat", 1).await;
    school.sim.finish();
}

#[tokio::test]
async fn confirm_group_registers_once_and_then_refreshes_the_title() {
    let school = School::closed();
    let group = school.sim.group("Old title", &[&school.boss]);
    school.boss.adds(&school.bot, &group);
    let eve = school.sim.user("Eve");
    eve.joins(&group);
    // The bot came here before this daemon knew it.
    let mut school = school;
    school.bot.receives("message", &serde_json::json!({}));
    school.start();
    school.has_counted_all().await;
    group.reads().await;
    eve.says(&group, "/confirm_group");
    let told = group.reads().await.text;
    assert!(told.starts_with("⛔ Only admins can register a group.") && told.contains(&eve.id.to_string()), "{told}");
    let asked = school.boss.says_in_topic(&group, 4, "/confirm_group@rollcall_bot");
    let answer = group.reads().await;
    assert!(answer.text.contains("registered already"), "{}", answer.text);
    assert_eq!((answer.topic, answer.reply_to), (Some(4), Some(asked.message)));
    group.anonymous_says(None, "/confirm_group");
    assert!(group.reads().await.text.starts_with("🎭 You write anonymously"));
    school.sim.finish();
}

#[tokio::test]
async fn a_removed_group_keeps_its_assignments_until_it_returns() {
    let (mut school, ann, _, grade2) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    ann.says(&grade2, "one");
    boss.removes(&bot, &grade2);
    assert!(boss.reads(&bot).await.text.starts_with("🚪 I was removed from the group Grade 2"));
    school.stop().expect("stops");
    assert_eq!(school.file("teacher_groups.json"), serde_json::json!({}));
    school.start();
    boss.adds(&bot, &grade2);
    assert!(boss.reads(&bot).await.text.contains("assignments restored: 2"));
    ann.says(&grade2, "two");
    school.has_counted_all().await;
    school.stop().expect("stops");
    assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), 2);
    school.sim.finish();
}

#[tokio::test]
async fn history_follows_a_group_that_becomes_a_supergroup_whichever_side_tells_first() {
    for new_side_first in [false, true] {
        let mut school = School::closed();
        let ann = school.sim.user("Ann");
        let group = school.sim.basic_group("Grade 7", &[&ann, &school.boss]);
        school.boss.adds(&school.bot, &group);
        school.write_registry(&[("T001", "Ann Lee", Some(&ann))], &[&group], &[("T001", &[&group])]);
        school.start();
        ann.sends_at(&group, Content::voice(), crate::support::monday() - TimeDelta::days(5));
        for _ in 0..3 {
            ann.says(&group, "before");
        }
        school.has_counted_all().await;
        let moved = group.migrates(&school.boss, new_side_first);
        ann.says(&moved, "after");
        school.has_counted_all().await;
        school.stop().expect("stops");
        assert_eq!(school.cell(MONDAY, &moved, "T001").total(), 4);
        assert_eq!(school.cell("2026-01-21", &moved, "T001").total(), 1);
        assert_eq!(school.cell(MONDAY, &group, "T001").total(), 0);
        assert_eq!(school.file("teacher_groups.json")["T001"], serde_json::json!([moved.id.to_string()]));
        assert!(school.file("groups.json").get(group.id.to_string()).is_none());
    }
}

#[tokio::test]
async fn a_failed_call_tells_of_a_migration_too() {
    let mut school = School::closed();
    let ann = school.sim.user("Ann");
    let group = school.sim.basic_group("Grade 7", &[&ann, &school.boss]);
    school.boss.adds(&school.bot, &group);
    school.write_registry(&[("T001", "Ann Lee", Some(&ann))], &[&group], &[("T001", &[&group])]);
    let moved = group.migrates(&school.boss, false);
    // The updates about it were lost.
    school.bot.redeliver(0);
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    school.start();
    school.has_counted_all().await;
    boss.tells(&bot, "/sync_groups");
    assert!(boss.reads(&bot).await.text.contains("Still there: 1 group"));
    ann.says(&moved, "after");
    school.has_counted_all().await;
    school.stop().expect("stops");
    assert_eq!(school.cell(MONDAY, &moved, "T001").total(), 1);
}

#[tokio::test]
async fn syncing_takes_away_only_what_is_certainly_gone() {
    let mut school = School::closed();
    let ann = school.sim.user("Ann");
    let titles = ["Kept", "Kicked", "Slow"];
    let groups = titles.map(|title| school.sim.group(title, &[&ann]));
    for group in &groups {
        school.boss.adds(&school.bot, group);
    }
    school.write_registry(&[("T001", "Ann", Some(&ann))], &groups.each_ref(), &[("T001", &groups.each_ref())]);
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    school.start();
    school.has_counted_all().await;
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    // The daemon misses the update about the removal.
    school.stop().expect("stops");
    boss.removes(&bot, &groups[1]);
    school.sim.fault("getUpdates", When::Always, Fault::ServerError(500));
    school.start();
    school.sim.called("setMyCommands", 1).await;
    school.sim.release();
    boss.reads(&bot).await;
    boss.tells(&bot, "/sync_groups");
    let report = boss.reads(&bot).await;
    assert!(report.text.contains("Still there: 2 groups") && report.text.contains("Gone:\n• Kicked"), "{}", report.text);
}

#[tokio::test]
async fn a_long_check_shows_how_far_it_is_and_can_be_stopped() {
    let mut school = School::closed();
    let ann = school.sim.user("Ann");
    let groups = ["Grade 1", "Grade 2"].map(|title| school.sim.group(title, &[&ann]));
    for group in &groups {
        school.boss.adds(&school.bot, group);
    }
    school.write_registry(&[("T001", "Ann", Some(&ann))], &groups.each_ref(), &[("T001", &groups.each_ref())]);
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    school.patience = Duration::from_millis(20);
    school.start();
    school.sim.fault("getChatMember", When::Always, Fault::HoldAnswer);
    boss.tells(&bot, "/sync_groups");
    let progress = boss.reads(&bot).await;
    assert!(progress.text.contains("Looking at the groups") && progress.text.contains("0 of 2 groups"), "{}", progress.text);
    assert_eq!(boss.presses(&bot, "Stop").await.text, "⏹ Stopping…");
    school.sim.release();
    // The answer that was on its way still counts; the other group isn't asked for.
    let mut texts = [boss.reads(&bot).await, boss.reads(&bot).await];
    texts.sort_by_key(|screen| !screen.edited);
    assert!(
        texts[0].edited && texts[0].text.contains("Stopped: 1 of 2 groups") && texts[0].buttons.is_empty(),
        "{}",
        texts[0].text
    );
    assert!(texts[1].text.contains("Still there: 1 group"), "{}", texts[1].text);
    assert_eq!(school.sim.calls("getChatMember").len(), 1);

    school.sim.fault("getChatMember", When::Always, Fault::HoldAnswer);
    boss.tells(&bot, "/sync_groups");
    let progress = boss.reads(&bot).await;
    school.sim.release();
    let mut texts = [boss.reads(&bot).await, boss.reads(&bot).await];
    texts.sort_by_key(|screen| !screen.edited);
    assert!(texts[0].text.contains("Done") && texts[1].text.contains("Still there: 2 groups"), "{texts:?}");
    // The button outlived its job, on a device that didn't see the change.
    boss.presses_data(&bot, progress.message, progress.data_of("Stop").expect("there")).await;
    assert!(boss.reads(&bot).await.text.contains("over already"));
    school.sim.finish();
}

#[tokio::test]
async fn a_diagnosis_in_a_group_names_what_is_missing() {
    let (school, ann, _, grade2) = School::with_ann_and_bob();
    school.has_counted_all().await;
    school.boss.says(&grade2, "/diag");
    let first = grade2.reads().await;
    assert!(first.text.contains("Counted here: 2") && first.text.contains("Ann Lee"), "{}", first.text);
    assert!(first.text.contains("I have seen no plain message here yet"), "{}", first.text);
    ann.says(&grade2, "hello");
    school.boss.promotes(&school.bot, &grade2);
    school.has_counted_all().await;
    school.boss.says(&grade2, "/diag");
    assert!(grade2.reads().await.text.contains("I am an administrator"));
    school.sim.finish();
}
