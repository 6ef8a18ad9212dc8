//! What is everybody's own: what the bot does, settings, what is stored, its end.

use super::gives;
use crate::support::{School, until};

#[tokio::test]
async fn everybody_learns_what_the_bot_does_where_they_are() {
    let (school, ann, _, grade2) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    let eve = school.sim.user("Eve");
    assert!(gives(&school, &ann, "/info").await.text.contains("Your messages count in 1 group."));
    let seen = gives(&school, &eve, "/info").await.text;
    assert!(seen.contains("Nobody counts your messages") && seen.contains("only numbers"), "{seen}");
    assert!(seen.contains(&format!("Version {}", env!("CARGO_PKG_VERSION"))));
    assert!(gives(&school, &boss, "/info").await.text.contains("You are an admin"));
    ann.says(&grade2, "/info");
    let here = grade2.reads().await;
    assert!(here.text.contains("Here in Grade 2 I count messages of 2 teachers"), "{}", here.text);
    assert!(gives(&school, &eve, "/contact").await.text.contains("/feedback"));
    until(|| bot.commands("all_private_chats", "ru").contains(&"settings".to_owned())).await;
    ann.says(&grade2, "/settings");
    assert!(grade2.reads().await.text.contains("private"));
    school.sim.finish();
}

#[tokio::test]
async fn what_is_stored_is_shown_and_deleted() {
    let (mut school, ann, ..) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    let eve = school.sim.user("Eve");
    gives(&school, &boss, "/start").await;
    for command in ["/start", "/lang"] {
        gives(&school, &eve, command).await;
    }
    eve.presses(&bot, "Русский").await;
    eve.reads(&bot).await;
    gives(&school, &eve, "/feedback Hello").await;
    boss.reads(&bot).await;
    let hello = boss.reads(&bot).await;
    gives(&school, &eve, "/settings").await;
    eve.presses(&bot, "Мои данные").await;
    let stored = eve.reads(&bot).await;
    assert!(stored.text.contains("выбранный язык: Русский") && stored.text.contains("номера (не текст) 1"), "{}", stored.text);
    eve.presses(&bot, "Удалить мои данные").await;
    assert!(eve.reads(&bot).await.text.contains("Вернуть нельзя"));
    eve.presses(&bot, "Да, удалить").await;
    let after = eve.reads(&bot).await;
    assert!(after.text.contains("nothing that you could delete"), "{}", after.text);
    // Nobody can answer them any more, and a teacher's counts stay the school's.
    boss.replies(&bot, hello.message, "Hi");
    boss.reads(&bot).await;
    gives(&school, &ann, "/settings").await;
    ann.presses(&bot, "Privacy").await;
    let teachers = ann.reads(&bot).await;
    assert!(teachers.text.contains("Belongs to the school") && teachers.text.contains("Ann Lee"), "{}", teachers.text);
    school.stop().expect("stops");
    let people = school.file("state/people.json");
    assert!(people.get(eve.id.to_string()).is_none() && people.get(ann.id.to_string()).is_some(), "{people}");
    assert_eq!(school.file("commands/feedback.json")["feedback"], serde_json::json!({}));
}

#[tokio::test]
async fn an_admin_hears_only_what_they_want_to() {
    let (mut school, ann, ..) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    gives(&school, &boss, "/settings").await;
    boss.presses(&bot, "Notifications").await;
    boss.reads(&bot).await;
    for notice in ["Groups and members", "Requests"] {
        boss.presses(&bot, notice).await;
        boss.reads(&bot).await;
    }
    boss.presses(&bot, "Alarms").await;
    assert!(boss.reads(&bot).await.text.contains("No admin hears alarms"));
    let strangers = school.sim.group("Strangers", &[&ann]);
    ann.adds(&bot, &strangers);
    let eve = school.sim.user("Eve");
    gives(&school, &eve, "/start").await;
    eve.presses(&bot, "Register").await;
    eve.reads(&bot).await;
    eve.tells(&bot, "Eve Adams");
    eve.reads(&bot).await;
    school.has_counted_all().await;
    until(|| school.sim.unread().iter().all(|(chat, _)| *chat != boss.id)).await;
    school.stop().expect("stops");
    assert!(school.file("pending_registrations.json").as_object().is_some_and(|all| all.len() == 1));
    assert!(school.sim.unread().iter().all(|(chat, _)| *chat != boss.id), "{:?}", school.sim.unread());
    let muted = &school.file("state/people.json")[boss.id.to_string()]["muted"];
    assert_eq!(*muted, serde_json::json!(["groups", "requests", "alarms"]));
}
