//! Teachers: entered by an admin, registering themselves, renamed, with several accounts, deleted.

use chrono::TimeDelta;
use telegram_sim::Content;

use crate::support::School;

const MONDAY: &str = "2026-01-26";

#[tokio::test]
async fn an_admin_enters_a_teacher_in_three_steps() {
    let (mut school, _, _, grade2) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    let carl = school.sim.user("Carl");
    carl.joins(&grade2);
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    boss.presses(&bot, "Add teacher").await;
    assert!(boss.reads(&bot).await.text.contains("1/3"));
    boss.tells(&bot, "T1");
    assert!(boss.reads(&bot).await.text.contains("3 to 16 characters"));
    boss.tells(&bot, "T001");
    let taken = boss.reads(&bot).await;
    assert!(taken.text.contains("belongs to Ann Lee") && taken.labels() == ["👤 Open that teacher"], "{taken:?}");
    boss.tells(&bot, "T003");
    assert!(boss.reads(&bot).await.text.contains("2/3"));
    // A half-filled form survives a restart.
    school.stop().expect("stops");
    school.start();
    boss.tells(&bot, "  Carl   <i>Gauss</i> ");
    let asked = boss.reads(&bot).await;
    assert!(asked.text.contains("Carl <i>Gauss</i> · 3/3") && asked.reply_keyboard[0] == "👤 Choose a person", "{asked:?}");
    boss.reads(&bot).await;
    boss.tells(&bot, "no number");
    assert!(boss.reads(&bot).await.text.contains("I need a person"));
    boss.shares_with(&bot, &carl);
    assert!(boss.reads(&bot).await.text.contains("is added"));
    assert!(boss.reads(&bot).await.text.contains("In which groups"));
    boss.presses(&bot, "Grade 2").await;
    boss.reads(&bot).await;
    carl.says(&grade2, "hello");
    school.has_counted_all().await;
    school.stop().expect("stops");
    assert_eq!(school.cell(MONDAY, &grade2, "T003").total(), 1);
    assert_eq!(school.file("teachers.json")["T003"]["full_name"], "Carl <i>Gauss</i>");
    school.sim.finish();
}

#[tokio::test]
async fn every_way_to_name_an_account_works_or_says_why_not() {
    let (school, ann, _, _) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    let (hidden, carl) = (school.sim.user("Hidden"), school.sim.user("Carl"));
    hidden.hides_forwards();
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    boss.presses(&bot, "Add teacher").await;
    boss.reads(&bot).await;
    boss.presses(&bot, "Make an id").await;
    boss.reads(&bot).await;
    boss.tells(&bot, "Carl Gauss");
    boss.reads(&bot).await;
    boss.reads(&bot).await;
    boss.forwards_to(&bot, &hidden, "hi");
    assert!(boss.reads(&bot).await.text.contains("Hidden hides their account"));
    boss.tells_with(&bot, Content::contact("Nobody", None));
    assert!(boss.reads(&bot).await.text.contains("No Telegram account stands behind this"));
    boss.forwards_to(&bot, &ann, "hi");
    assert!(boss.reads(&bot).await.text.contains("belongs to Ann Lee already"));
    boss.tells_with(&bot, Content::sticker());
    assert!(boss.reads(&bot).await.text.contains("I need a person"));
    boss.forwards_to(&bot, &carl, "hi");
    assert!(boss.reads(&bot).await.text.contains("Carl Gauss"));
    boss.reads(&bot).await;
    school.sim.finish();
}

#[tokio::test]
async fn a_teacher_registers_themselves_and_is_assigned_where_they_are_a_member() {
    let (mut school, _, _, grade2) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    let other = school.registered_group("Other", &[]).await;
    boss.reads(&bot).await;
    let dilnoza = school.sim.user_speaking("Dilnoza", "uz");
    dilnoza.joins(&grade2);
    dilnoza.tells(&bot, "/start");
    let offer = dilnoza.reads(&bot).await;
    assert!(offer.text.contains("Siz shu yerda oʻqituvchimisiz"), "{}", offer.text);
    dilnoza.presses(&bot, "Meni oʻqituvchi").await;
    dilnoza.reads(&bot).await;
    dilnoza.tells(&bot, "Dilnoza Karimova");
    assert!(dilnoza.reads(&bot).await.text.starts_with("📨 Rahmat"));
    dilnoza.tells(&bot, "/start");
    assert!(dilnoza.reads(&bot).await.text.starts_with("⏳ Dilnoza Karimova"));
    let asked = boss.reads(&bot).await;
    assert_eq!(asked.labels(), ["✅ Approve", "❌ Reject"]);
    assert_eq!(boss.presses(&bot, "Approve").await.text, "✅ Approved");
    assert!(dilnoza.reads(&bot).await.text.starts_with("✅ Siz roʻyxatga olindingiz"));
    let seen = [boss.reads(&bot).await.text, boss.reads(&bot).await.text];
    assert!(
        seen.iter()
            .any(|text| text.contains("is assigned to the groups") && text.contains("• Grade 2") && !text.contains("Other")),
        "{seen:?}"
    );
    // A second press of the same button finds the work done.
    assert_eq!(
        boss.presses_data(&bot, asked.message, asked.data_of("Approve").expect("there")).await.text,
        "This request was answered already"
    );
    boss.reads(&bot).await;
    dilnoza.says(&grade2, "salom");
    dilnoza.says(&other, "bu yerda emas");
    school.has_counted_all().await;
    school.stop().expect("stops");
    let teachers = school.file("teachers.json");
    let id = teachers
        .as_object()
        .expect("an object")
        .iter()
        .find(|(_, teacher)| teacher["full_name"] == "Dilnoza Karimova")
        .expect("registered")
        .0;
    assert_eq!(id.len(), 8);
    assert_eq!(school.cell(MONDAY, &grade2, id).total(), 1);
    assert_eq!(school.file("pending_registrations.json"), serde_json::json!({}));
    school.sim.finish();
}

#[tokio::test]
async fn two_accounts_of_one_teacher_count_together_and_history_survives_deletion() {
    let (mut school, ann, _, grade2) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    let second = school.sim.user("Ann2");
    second.joins(&grade2);
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    boss.tells(&bot, "ann");
    let found = boss.reads(&bot).await;
    assert!(found.text.contains("1 found"), "{}", found.text);
    for label in ["Ann Lee", "Edit", "Second account"] {
        boss.presses(&bot, label).await;
        boss.reads(&bot).await;
    }
    boss.tells(&bot, &second.id.to_string());
    boss.reads(&bot).await;
    boss.reads(&bot).await;
    ann.says(&grade2, "one");
    second.says(&grade2, "two");
    school.has_counted_all().await;
    for label in ["Edit", "Delete", "Yes, delete"] {
        boss.presses(&bot, label).await;
        boss.reads(&bot).await;
    }
    ann.says(&grade2, "nobody's");
    school.has_counted_all().await;
    school.stop().expect("stops");
    assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), 2);
    assert!(school.file("teachers.json").get("T001").is_none());
    school.sim.finish();
}

#[tokio::test]
async fn a_form_is_given_up_by_cancel_and_by_time() {
    let (school, ..) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    boss.presses(&bot, "Add teacher").await;
    boss.reads(&bot).await;
    boss.tells(&bot, "/cancel");
    assert_eq!(boss.reads(&bot).await.text, "✖️ Cancelled.");
    boss.reads(&bot).await;
    boss.presses(&bot, "Add teacher").await;
    boss.reads(&bot).await;
    school.later(TimeDelta::minutes(16));
    boss.tells(&bot, "T009");
    assert!(boss.reads(&bot).await.text.starts_with("⌛"));
    boss.reads(&bot).await;
    school.sim.finish();
}

#[tokio::test]
async fn two_admins_do_not_disturb_each_other() {
    let (mut school, ..) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    let vice = school.sim.user("Vice");
    school.stop().expect("stops");
    school.set("ADMIN_IDS", &format!("{},{}", boss.id, vice.id));
    school.start();
    for admin in [&boss, &vice] {
        admin.tells(&bot, "/start");
        admin.reads(&bot).await;
        admin.presses(&bot, "Add teacher").await;
        admin.reads(&bot).await;
        admin.tells(&bot, "T777");
        admin.reads(&bot).await;
    }
    boss.tells(&bot, "First Comer");
    boss.reads(&bot).await;
    boss.reads(&bot).await;
    boss.presses(&bot, "Later").await;
    boss.reads(&bot).await;
    boss.reads(&bot).await;
    vice.tells(&bot, "Late Comer");
    vice.reads(&bot).await;
    vice.reads(&bot).await;
    vice.presses(&bot, "Later").await;
    assert!(vice.reads(&bot).await.text.contains("belongs to First Comer"));
    vice.tells(&bot, "T778");
    assert!(vice.reads(&bot).await.text.contains("2/3"));
    school.sim.finish();
}
