//! Reports in the chat, as files, and by a teacher of their own.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use chrono::TimeDelta;
use telegram_sim::Content;

use crate::support::{School, is_about_files, monday};

#[tokio::test]
async fn a_report_says_who_wrote_how_much_and_who_wrote_nothing() {
    let (school, ann, _, grade2) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    for _ in 0..3 {
        ann.says(&grade2, "hello");
    }
    ann.sends_at(&grade2, Content::text("before the week"), monday() - TimeDelta::days(8));
    school.has_counted_all().await;
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    boss.presses(&bot, "Reports").await;
    boss.reads(&bot).await;
    boss.presses(&bot, "7 days").await;
    let report = boss.reads(&bot).await;
    assert!(
        report.text.contains("3 messages · 1 teacher wrote, 1 did not\n▲ +2 (+200%) against the period before: 1"),
        "{}",
        report.text
    );
    assert!(report.text.contains("Ann Lee") && report.text.contains("Bob Ray"), "{}", report.text);
    assert!(report.text.contains("Asia/Tashkent"), "{}", report.text);
    boss.presses(&bot, "By group").await;
    assert!(boss.reads(&bot).await.text.contains("Grade 2"));
    boss.presses(&bot, "Menu").await;
    boss.reads(&bot).await;
    boss.presses(&bot, "Reports").await;
    boss.reads(&bot).await;
    boss.presses(&bot, "Other period").await;
    boss.reads(&bot).await;
    boss.tells(&bot, "400");
    assert!(boss.reads(&bot).await.text.contains("from 1 to 365"));
    boss.tells(&bot, "2026-01-18..2026-01-18");
    assert!(boss.reads(&bot).await.text.contains("1 message"));
    // The same for one teacher.
    boss.tells(&bot, "Ann");
    boss.reads(&bot).await;
    for label in ["Ann Lee", "Report", "Other period"] {
        boss.presses(&bot, label).await;
        boss.reads(&bot).await;
    }
    boss.tells(&bot, "2026-01-18..2026-01-18");
    let report = boss.reads(&bot).await;
    assert!(report.text.contains("Ann Lee") && report.text.contains("1 message"), "{}", report.text);
    school.sim.finish();
}

#[tokio::test]
async fn a_day_that_cannot_be_read_is_said_instead_of_left_out() {
    if is_about_files("a file is spoilt by hand") {
        return;
    }
    let (school, ..) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    school.has_counted_all().await;
    std::fs::write(school.data().join("stats/2026-01-20.json"), "{\"half").expect("writes");
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    for label in ["Reports", "30 days"] {
        boss.presses(&bot, label).await;
    }
    boss.reads(&bot).await;
    let answer = boss.reads(&bot).await;
    assert!(answer.text.starts_with("❌ The report could not be made"), "{}", answer.text);
    school.sim.finish();
}

#[tokio::test]
async fn the_workbook_has_the_columns_that_other_programs_read() {
    let (school, ann, bob, grade2) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    ann.says(&grade2, "hello");
    ann.sends(&grade2, Content::voice());
    bob.sends(&grade2, Content::photo());
    school.has_counted_all().await;
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    boss.presses(&bot, "Excel").await;
    boss.reads(&bot).await;
    boss.presses(&bot, "This month").await;
    let sent = boss.reads(&bot).await.document.expect("a file");
    assert_eq!(sent.name, "report_20260126_100000.xlsx");
    assert_eq!(std::fs::read(school.exports().join(&sent.name)).expect("kept"), sent.bytes);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(sent.bytes)).expect("a workbook");
    let first = book.worksheet_range_at(0).expect("a sheet").expect("readable");
    let rows: Vec<Vec<String>> = first.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    assert_eq!(
        rows[0].join(","),
        "TeacherID,FullName,ChatID,GroupTitle,Text,Photo,Video,Audio,Voice,Document,Total,FromDate,ToDate"
    );
    let chat = grade2.id.to_string();
    assert_eq!(rows[1], ["T001", "Ann Lee", &chat, "Grade 2", "1", "0", "0", "0", "1", "0", "2", "2026-01-01", "2026-01-26"]);
    assert_eq!(rows[2][0..7], ["T002", "Bob Ray", &chat, "Grade 2", "0", "1", "0"]);
    assert!(
        matches!(first.get_value((1, 2)), Some(Data::String(_)))
            && matches!(first.get_value((1, 4)), Some(Data::Float(_) | Data::Int(_)))
    );
    assert_eq!(book.sheet_names().len(), 4);
    school.sim.finish();
}

#[tokio::test]
async fn pictures_and_csv_come_by_a_press() {
    let (school, ann, _, grade2) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    ann.says(&grade2, "hello");
    school.has_counted_all().await;
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    for label in ["Reports", "30 days"] {
        boss.presses(&bot, label).await;
        boss.reads(&bot).await;
    }
    boss.presses(&bot, "Picture").await;
    let picture = boss.reads(&bot).await.document.expect("a picture");
    assert!(picture.is_photo && picture.bytes.starts_with(b"\x89PNG"));
    boss.presses(&bot, "CSV").await;
    let csv = boss.reads(&bot).await.document.expect("a file");
    assert!(String::from_utf8(csv.bytes).expect("UTF-8").contains("T001,Ann Lee"));
    school.sim.finish();
}

#[tokio::test]
async fn teachers_see_their_own_numbers_and_groups_without_any() {
    let (school, ann, _, grade2) = School::with_ann_and_bob();
    let bot = school.bot.clone();
    ann.says(&grade2, "hello");
    school.has_counted_all().await;
    ann.tells(&bot, "/start");
    ann.reads(&bot).await;
    ann.presses(&bot, "7 days").await;
    let own = ann.reads(&bot).await;
    assert!(own.text.contains("1 message") && own.text.contains("Grade 2"), "{}", own.text);
    assert!(!own.text.contains("Bob"));
    school.sim.finish();
}

#[tokio::test]
async fn a_diagnosis_finds_what_is_wrong() {
    let (school, ..) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/diag");
    let found = boss.reads(&bot).await;
    assert!(found.text.contains("Teachers active: 2/2") && found.text.contains("Privacy mode is off"), "{}", found.text);
    school.sim.finish();
}

#[tokio::test]
async fn a_long_absence_is_told_once() {
    let (mut school, ..) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    school.has_counted_all().await;
    school.stop().expect("stops");
    school.later(TimeDelta::hours(30));
    school.start();
    assert!(boss.reads(&bot).await.text.contains("I was away for 30 hours"));
    let toast = boss.presses(&bot, "Count it from the groups' history").await;
    assert!(toast.text.contains("It begins"), "{toast:?}");
    assert!(boss.reads(&bot).await.text.contains("Counting of what was missed"));
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    school.stop().expect("stops");
    school.start();
    boss.tells(&bot, "/help");
    boss.reads(&bot).await;
    school.sim.finish();
}
