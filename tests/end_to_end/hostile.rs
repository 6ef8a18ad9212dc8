//! People who mean harm: names that are more than names, presses that were never offered, forwards that lie.

use std::{fs, io::Cursor, path::Path};

use calamine::{Data, Reader, Xlsx};
use rollcall::admin::Press;
use serde_json::json;
use telegram_sim::Content;

use crate::support::School;

const MONDAY: &str = "2026-01-26";

/// Names that do harm where they are taken for something else than text.
const NAMES: [&str; 7] = [
    "=cmd|' /C calc'!A0",
    "../../../../etc/passwd",
    "CON",
    "nul\u{0}byte\r\nreport",
    "\u{202e}txet\u{202d}",
    "<b onclick=\"x\">&amp;<script>",
    "@SUM(1+1)*cmd",
];

/// The names of all files below a directory.
fn files_below(dir: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).expect("reads") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            names.extend(files_below(&path));
        } else {
            names.push(path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned());
        }
    }
    names.sort();
    names
}

#[tokio::test]
async fn hostile_names_are_text_wherever_they_go() {
    let mut school = School::closed();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    let emoji = "😀".repeat(4096);
    let names: Vec<&str> = NAMES.into_iter().chain([emoji.as_str()]).collect();
    let people: Vec<_> = (0..names.len()).map(|n| (format!("BAD{n}"), school.sim.user(names[n]))).collect();
    let groups: Vec<_> = names.iter().map(|name| school.sim.group(name, &[])).collect();
    let teachers: Vec<_> = people.iter().zip(&names).map(|((id, user), name)| (id.as_str(), *name, Some(user))).collect();
    let everywhere: Vec<_> = groups.iter().collect();
    let assigned: Vec<_> = people.iter().map(|(id, _)| (id.as_str(), everywhere.as_slice())).collect();
    for group in &groups {
        boss.adds(&bot, group);
    }
    school.write_registry(&teachers, &everywhere, &assigned);
    school.start();
    for ((_, user), group) in people.iter().zip(&groups) {
        user.sends(group, Content::document("../../etc/passwd\u{0}"));
    }
    school.has_counted_all().await;
    boss.tells(&bot, "/start");
    for label in ["Teachers", "Menu", "Groups", "Menu", "Reports", "7 days", "By teacher", "By group", "Menu", "Excel"] {
        assert!(!boss.reads(&bot).await.text.contains('\u{202e}'), "before {label}");
        boss.presses(&bot, label).await;
    }
    boss.reads(&bot).await;
    boss.presses(&bot, "This month").await;
    let book = boss.reads(&bot).await.document.expect("a file");
    assert!(book.name.starts_with("report_2026") && book.name.ends_with(".xlsx"), "{}", book.name);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(book.bytes)).expect("a workbook");
    for sheet in book.sheet_names() {
        assert!(book.worksheet_formula(&sheet).expect("readable").is_empty(), "{sheet} has a formula");
    }
    let first = book.worksheet_range_at(0).expect("a sheet").expect("readable");
    for (row, name) in (1..).zip(NAMES.iter().take(2)) {
        assert_eq!(first.get_value((row, 1)), Some(&Data::String((*name).to_owned())));
    }
    assert_eq!(first.rows().count(), names.len() + 1);
    school.stop().expect("stops");
    assert!(files_below(&school.exports()).iter().all(|name| name.starts_with("report_2026")));
    let known = |name: &String| name.ends_with(".json") || name.ends_with(".lock") || name == "journal.jsonl" || name == "alive";
    let files = files_below(&school.data());
    assert!(files.iter().all(known), "{files:?}");
    for (n, group) in groups.iter().enumerate() {
        assert_eq!(school.cell(MONDAY, group, &format!("BAD{n}")).total(), 1);
    }
    let stored = school.file("teachers.json");
    assert_eq!(stored["BAD0"]["full_name"], NAMES[0], "a foreign file's names stay as they are");
    school.sim.finish();
}

#[tokio::test]
async fn ids_that_are_paths_are_refused() {
    let (school, ..) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    boss.presses(&bot, "Add teacher").await;
    boss.reads(&bot).await;
    for path in ["../../x", "..", "CON.txt", "a\u{0}b", "T/1", "Т001"] {
        boss.tells(&bot, path);
        let refused = boss.reads(&bot).await.text;
        assert!(refused.contains("Latin letters and digits only"), "{path:?}: {refused}");
    }
    school.sim.finish();
}

#[tokio::test]
async fn a_removed_admin_presses_every_button_there_is_in_vain() {
    let (mut school, ann, bob, _) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    ann.tells(&bot, "/start");
    let anns_menu = ann.reads(&bot).await;
    let late = school.sim.user("Late");
    late.tells(&bot, "/start");
    late.reads(&bot).await;
    late.presses(&bot, "Register").await;
    late.reads(&bot).await;
    late.tells(&bot, "Late Comer");
    late.reads(&bot).await;
    let asked = boss.reads(&bot).await;
    // The question about a new teacher is still open when the admin is one no more.
    boss.presses(&bot, "Add teacher").await;
    boss.reads(&bot).await;
    school.stop().expect("stops");
    let register = ["teachers.json", "groups.json", "teacher_groups.json", "pending_registrations.json"];
    let before: Vec<_> = register.iter().map(|file| school.file(file)).collect();
    school.set("ADMIN_IDS", &bob.id.to_string());
    school.start();
    boss.tells(&bot, "T777");
    boss.reads(&bot).await;
    for press in Press::examples() {
        for (user, message) in [(&boss, asked.message), (&ann, anns_menu.message)] {
            user.presses_data(&bot, message, &press.encode()).await;
        }
    }
    school.has_counted_all().await;
    school.stop().expect("stops");
    for (file, before) in register.iter().zip(before) {
        assert_eq!(school.file(file), before, "{file}");
    }
    assert!(!school.exports().exists(), "no file was made for them");
}

#[tokio::test]
async fn a_forward_counts_for_whoever_forwards_and_names_nobody_else() {
    let (mut school, ann, bob, grade2) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    let stranger = school.sim.user("Ann Lee");
    stranger.joins(&grade2);
    let written = ann.says(&grade2, "mine");
    stranger.forwards_into(written, &grade2);
    bob.forwards_into(written, &grade2);
    let lie = json!({ "text": "x", "forward_from": { "id": ann.id, "is_bot": false, "first_name": "Ann" },
        "forward_origin": { "type": "user", "date": 1, "sender_user": { "id": ann.id, "is_bot": false, "first_name": "Ann" } } });
    stranger.sends(&grade2, Content::raw(lie));
    school.has_counted_all().await;
    // A stranger who forwards an admin's words is no admin, and one who forwards a teacher's is no teacher.
    stranger.forwards_to(&bot, &boss, "/start");
    let menu = stranger.reads(&bot).await;
    assert!(!menu.labels().iter().any(|label| label.contains("Teachers")), "{menu:?}");
    stranger.forwards_to(&bot, &ann, "hello");
    let menu = stranger.reads(&bot).await;
    assert!(!menu.labels().iter().any(|label| label.contains("7 days")), "{menu:?}");
    school.stop().expect("stops");
    assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), 1);
    assert_eq!(school.cell(MONDAY, &grade2, "T002").total(), 1);
    school.sim.finish();
}

#[tokio::test]
async fn exports_that_cannot_be_kept_are_told_and_nothing_else_suffers() {
    let (mut school, ann, _, grade2) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    // A file where the directory should be: no user, not even root, can write into it.
    fs::write(school.exports(), "").expect("written");
    ann.says(&grade2, "hello");
    school.has_counted_all().await;
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    boss.presses(&bot, "Excel").await;
    boss.reads(&bot).await;
    boss.presses(&bot, "This month").await;
    let refused = boss.reads(&bot).await;
    assert!(refused.text.contains("The report could not be made"), "{}", refused.text);
    ann.says(&grade2, "hello again");
    school.has_counted_all().await;
    fs::remove_file(school.exports()).expect("removed");
    boss.presses(&bot, "This month").await;
    assert!(boss.reads(&bot).await.document.is_some());
    school.stop().expect("stops");
    assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), 2);
    school.sim.finish();
}

#[tokio::test]
async fn a_disk_that_is_nearly_full_is_told_once() {
    let (mut school, ..) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    school.stop().expect("stops");
    school.set("WARN_DISK_MB", "1000000");
    for told in [true, false] {
        school.start();
        if told {
            assert!(boss.reads(&bot).await.text.contains("MB"));
        }
        boss.tells(&bot, "/help");
        assert!(boss.reads(&bot).await.text.contains("/diag"));
        school.stop().expect("stops");
    }
    school.sim.finish();
}
