//! The menu: who sees what, forged and outdated presses, languages, blocked chats.

use std::collections::BTreeSet;

use rollcall::admin::{Order, Press, Screen};
use telegram_sim::{Fault, When};

use crate::support::{School, until};

#[tokio::test]
async fn nobody_but_admins_gets_anywhere_whatever_they_press() {
    let (mut school, ann, ..) = School::with_ann_and_bob();
    let bot = school.bot.clone();
    let eve = school.sim.user("Eve");
    for (user, home) in [(&ann, "here are your own numbers"), (&eve, "Are you a teacher here?")] {
        user.tells(&bot, "/start");
        let screen = user.reads(&bot).await;
        assert!(screen.text.contains(home), "{}", screen.text);
        for press in Press::examples() {
            let everybodys =
                matches!(press, Press::Show(Screen::Main {} | Screen::Help {} | Screen::Language {} | Screen::MyActivity { .. }))
                    || matches!(&press, Press::Show(Screen::Own(screen)) if screen.is_everybodys())
                    || matches!(&press, Press::Do(Order::Own(order)) if order.is_everybodys())
                    || ["1:x", "1:nr"].contains(&press.encode().as_str())
                    || press.encode().starts_with("1:sl:");
            if everybodys {
                continue;
            }
            let toast = user.presses_data(&bot, screen.message, &press.encode()).await;
            assert!(toast.alert && toast.text.starts_with("⛔"), "{press:?}: {toast:?}");
            assert!(user.reads(&bot).await.text.contains(home), "{press:?}");
        }
    }
    school.stop().expect("stops");
    assert_eq!(school.file("teachers.json").as_object().map(serde_json::Map::len), Some(2));
    school.sim.finish();
}

#[tokio::test]
async fn an_admin_who_was_removed_is_one_no_more() {
    let (mut school, ..) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/start");
    let menu = boss.reads(&bot).await;
    school.stop().expect("stops");
    school.set("ADMIN_IDS", "999");
    school.start();
    let toast = boss.presses_data(&bot, menu.message, menu.data_of("Teachers").expect("there")).await;
    assert!(toast.text.starts_with("⛔"));
    assert!(boss.reads(&bot).await.text.contains("Are you a teacher here?"));
}

#[tokio::test]
async fn an_outdated_button_brings_the_current_menu() {
    let (school, ..) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/start");
    let menu = boss.reads(&bot).await;
    for data in ["teacher_list", "0:m", "1:zz", "1:t", "1:t:T001:5", "\u{202e}"] {
        let toast = boss.presses_data(&bot, menu.message, data).await;
        assert_eq!(toast.text, "This menu is out of date; here is the current one", "{data}");
        let fresh = boss.reads(&bot).await;
        assert!(!fresh.edited && fresh.labels().contains(&"👥 Groups"));
    }
    school.sim.finish();
}

#[tokio::test]
async fn every_screen_that_can_be_reached_is_drawn_in_place() {
    let (school, ann, _, grade2) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    ann.says(&grade2, "hello");
    grade2.anonymous_says(Some("Head"), "hello");
    school.has_counted_all().await;
    boss.tells(&bot, "/start");
    let menu = boss.reads(&bot).await;
    let (mut seen, mut waiting) = (BTreeSet::new(), vec!["1:m".to_owned()]);
    while let Some(data) = waiting.pop() {
        // Opening the screen that is open is no change, and Telegram says so.
        boss.presses_data(&bot, menu.message, &data).await;
        if data == "1:m" && seen.is_empty() {
            seen.insert(data);
            waiting.extend(presses(&menu));
            continue;
        }
        if !seen.insert(data.clone()) {
            continue;
        }
        let screen = boss.reads(&bot).await;
        assert!(screen.edited, "{data}: {screen:?}");
        let fresh = presses(&screen).into_iter().filter(|press| !seen.contains(press) && !waiting.contains(press));
        waiting.extend(fresh.collect::<Vec<_>>());
    }
    assert!(seen.len() > 50, "{} screens", seen.len());
}

/// The screens behind a screen's buttons.
fn presses(screen: &telegram_sim::Screen) -> Vec<String> {
    let data = screen.buttons.iter().flatten().map(|(_, data)| data.clone());
    // The diagnosis has a clock in it, and the same screen twice is no edit: both are walked elsewhere.
    data.filter(|data| matches!(Press::decode(data), Some(Press::Show(screen)) if !matches!(screen, Screen::Diagnostics {} | Screen::Main {}))).collect()
}

#[tokio::test]
async fn each_person_is_spoken_to_in_their_language() {
    let (school, ..) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    let ru = school.sim.user_speaking("Oleg", "ru");
    ru.tells(&bot, "/start");
    assert!(ru.reads(&bot).await.text.contains("Вы здесь учитель?"));
    boss.tells(&bot, "/lang");
    boss.reads(&bot).await;
    assert_eq!(boss.presses(&bot, "Oʻzbekcha").await.text, "🌐 Endi oʻzbekcha");
    assert!(boss.reads(&bot).await.labels().contains(&"👥 Guruhlar"));
    // They are listed beside the answers.
    until(|| school.bot.commands("all_group_chats", "ru").contains(&"confirm_group".to_owned())).await;
    school.sim.finish();
}

#[tokio::test]
async fn an_admin_who_blocks_the_bot_stops_nothing() {
    let (mut school, ann, _, grade2) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    boss.blocks(&bot);
    let strangers = school.sim.group("Strangers", &[&ann]);
    ann.adds(&bot, &strangers);
    ann.says(&grade2, "hello");
    school.has_counted_all().await;
    school.stop().expect("stops");
    assert_eq!(school.cell("2026-01-26", &grade2, "T001").total(), 1);
    assert_eq!(school.file("state/people.json")[boss.id.to_string()]["unreachable"], true);
}

#[tokio::test]
async fn a_press_is_answered_though_telegram_stumbles() {
    let (school, ..) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    for fault in [Fault::ServerError(500), Fault::TooMany(1), Fault::ResetBefore] {
        school.sim.fault("editMessageText", When::Next(1), fault);
        boss.presses(&bot, "👥 Groups").await;
        boss.reads(&bot).await;
        boss.presses(&bot, "🏠 Menu").await;
        boss.reads(&bot).await;
    }
    // The message is gone: the screen comes anew.
    school.sim.fault("editMessageText", When::Next(1), Fault::Refuse(400, "Bad Request: message to edit not found".into()));
    boss.presses(&bot, "👥 Groups").await;
    assert!(!boss.reads(&bot).await.edited);
    school.sim.finish();
}
