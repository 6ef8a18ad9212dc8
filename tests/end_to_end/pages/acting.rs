//! What admins change from the pages is so in the chat and in the files, and in the log.

use std::time::Duration;

use reqwest::StatusCode;

use super::{browser::Browser, who::school};

#[tokio::test]
async fn what_is_changed_on_the_pages_counts_and_is_in_the_log() {
    let (mut school, base, ann, bob, grade2) = school();
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    let group = format!("/groups/{}", grade2.id);
    let done = [
        ("/teachers/T001/name".to_owned(), vec![("name", "Anna <Lee>")], "/teachers/T001?said=saved".to_owned()),
        (format!("{group}/unassign"), vec![("teacher", "T002")], format!("{group}?said=saved")),
        (format!("{group}/title"), vec![("title", "Second grade")], format!("{group}?said=saved")),
    ];
    for (path, fields, to) in done {
        let seen = boss.submit(&path, &fields).await;
        assert_eq!((seen.status, seen.header("location")), (StatusCode::SEE_OTHER, to.as_str()), "{path}");
    }
    ann.says(&grade2, "counted");
    bob.says(&grade2, "not counted");
    school.has_counted_all().await;
    let shown = boss.get(&format!("{group}?table=teachers&format=json")).await.json();
    assert_eq!(shown[0]["name"], "Anna <Lee>");
    assert_eq!(shown[0]["total"], 1);
    assert_eq!(shown.as_array().map(Vec::len), Some(1), "{shown}");

    boss.submit(&format!("{group}/enabled"), &[("on", "no")]).await;
    ann.says(&grade2, "while switched off");
    school.has_counted_all().await;
    boss.submit("/teachers/T002/active", &[("on", "no")]).await;
    let log = boss.get("/audit").await;
    let said = [
        "Renamed T001 to Anna &#60;Lee&#62;",
        "is no longer counted in",
        "Second grade",
        "Switched Second grade off",
        "Deactivated Bob Ray",
        "on the pages",
    ];
    for words in said {
        assert!(log.text().contains(words), "{words} isn't in {}", log.text());
    }
    school.stop().expect("stops");
    assert_eq!(school.cell("2026-01-26", &grade2, "T001").total(), 1);
    assert_eq!(school.file("teachers.json")["T001"]["full_name"], "Anna <Lee>");
    assert_eq!(school.file("groups.json")[grade2.id.to_string()]["enabled"], false);
}

#[tokio::test]
async fn a_teacher_is_registered_from_the_pages_and_mistakes_are_sentences() {
    let (school, base, ann, ..) = school();
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    let added = boss.submit("/teachers", &[("name", " Carl  Orff "), ("account", "")]).await;
    let to = added.header("location").to_owned();
    assert!(to.starts_with("/teachers/") && to.ends_with("?said=teacher-added"), "{to}");
    let page = boss.get(&to).await;
    assert!(page.text().contains("Carl Orff") && page.text().contains("Now choose where they are counted"));
    let wrong = [
        ("/teachers", vec![("name", "x"), ("account", "")], "2 to 64"),
        ("/teachers", vec![("name", "Carl Orff"), ("account", "-5")], "positive number"),
        ("/settings/viewers", vec![("name", "Vera"), ("account", "@vera")], "positive number"),
    ];
    for (path, fields, words) in wrong {
        let seen = boss.submit(path, &fields).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(seen.text().contains(words), "{}", seen.text());
    }
    let taken = boss.submit("/teachers", &[("name", "Carl Orff"), ("account", &ann.id.to_string())]).await;
    assert!(taken.text().contains("belongs to Ann Lee (T001)"), "{}", taken.text());
    assert_eq!(boss.submit("/teachers/T999/name", &[("name", "Nobody")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(boss.submit("/teachers/T001/active", &[("on", "maybe")]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn language_and_theme_are_ones_own() {
    let (school, base, ann, ..) = school();
    let mut teacher = Browser::of(&base, &school, &ann).await;
    teacher.submit("/settings/language", &[("lang", "ru")]).await;
    teacher.submit("/settings/theme", &[("theme", "dark")]).await;
    let own = teacher.get("/me").await;
    assert!(own.text().contains("<html lang=\"ru\" data-theme=\"dark\">"), "{}", &own.text()[..300]);
    ann.tells(&school.bot, "/help");
    assert!(ann.reads(&school.bot).await.text.contains("учител"), "the bot speaks it in the chat too");
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    assert!(boss.get("/").await.text().contains("<html lang=\"en\" data-theme=\"auto\">"));
}

#[tokio::test]
async fn a_command_is_defined_changed_and_deleted_from_the_pages() {
    let (mut school, base, ann, ..) = school();
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    assert!(boss.get("/commands").await.text().contains("News &#60;b&#62;"));
    let fields = [("name", "/Bus"), ("en", "The bus"), ("uz", ""), ("ru", ""), ("says", "Hi {name}"), ("answers", "both")];
    let made = boss.submit("/commands", &fields).await;
    assert_eq!((made.status, made.header("location")), (StatusCode::SEE_OTHER, "/commands/bus?said=saved"));
    ann.tells(&school.bot, "/bus");
    assert_eq!(ann.reads(&school.bot).await.text, "Hi Ann");
    let wrong = [
        ("/commands", vec![("name", "help"), ("en", "x"), ("says", "x"), ("answers", "both")], "built in"),
        ("/commands", vec![("name", "x y"), ("en", "x"), ("says", "x"), ("answers", "both")], "Latin letters"),
        ("/commands/bus/change", vec![("en", "x"), ("says", "{x}"), ("answers", "both")], "{x} stands for nothing"),
        ("/commands/bus/change", vec![("en", ""), ("says", "x"), ("answers", "both")], "one language"),
    ];
    for (path, fields, words) in wrong {
        let seen = boss.submit(path, &fields).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(seen.text().contains(words), "{}", seen.text());
    }
    let fields = [("en", "Bus & tram"), ("uz", "Avtobus"), ("ru", ""), ("says", "At 15:00"), ("answers", "private")];
    boss.submit("/commands/bus/change", &fields).await;
    boss.submit("/commands/bus/move", &[("place", "1")]).await;
    let shown = boss.get("/commands?table=commands&format=json").await.json();
    assert_eq!(
        (&shown[0]["command"], &shown[0]["description"], &shown[0]["used_7_days"]),
        (&"/bus".into(), &"Bus & tram".into(), &1.into())
    );
    assert!(boss.get("/commands/bus").await.text().contains("At 15:00"));
    boss.submit("/commands/bus/enabled", &[("on", "no")]).await;
    ann.tells(&school.bot, "/bus");
    assert!(ann.reads(&school.bot).await.text.contains("I don't know"));
    boss.submit("/commands/contact", &[("says", "Room 5")]).await;
    ann.tells(&school.bot, "/contact");
    assert_eq!(ann.reads(&school.bot).await.text, "Room 5");
    boss.submit("/commands/contact/usual", &[]).await;
    boss.submit("/commands/bus/remove", &[]).await;
    assert_eq!(boss.get("/commands/bus").await.status, StatusCode::NOT_FOUND);
    let log = boss.get("/audit").await;
    for words in ["Defined the command /bus", "Changed the command /bus", "Switched /bus off", "Deleted the command /bus"] {
        assert!(log.text().contains(words), "{words} isn't in {}", log.text());
    }
    school.stop().expect("stops");
    assert_eq!(school.file("commands/commands.json")["contact"], serde_json::Value::Null);
}

#[tokio::test]
async fn a_backup_that_writes_itself_is_made_from_the_pages() {
    let (school, base, ..) = school();
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    let folder = school.data().with_file_name("copies");
    let folder = folder.to_str().expect("UTF-8");
    for (dir, keep, words) in
        [("copies", "7", "no folder for backups"), (folder, "many", "write digits"), (folder, "0", "no folder for backups")]
    {
        let seen = boss.submit("/jobs", &[("task", "backup"), ("dir", dir), ("keep", keep), ("cron", "")]).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{dir} {keep}");
        assert!(seen.text().contains(words), "{}", seen.text());
    }
    let made = boss.submit("/jobs", &[("task", "backup"), ("dir", folder), ("keep", "7"), ("cron", "0 3 * * *")]).await;
    assert_eq!(made.header("location"), "/jobs?said=saved");
    let page = boss.get("/jobs/backup-1").await;
    assert!(page.text().contains(folder) && page.text().contains("0 3 * * *"), "{}", page.text());
    boss.submit("/jobs/backup-1/start", &[]).await;
    let written = async {
        while std::fs::read_dir(folder).map_or(0, Iterator::count) == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), written).await.expect("a backup is written");
}

#[tokio::test]
async fn channels_are_collected_of_some_days_with_comments_and_as_a_snowball() {
    let (mut school, base, ..) = school();
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    let with = |from, to| [("task", "collection"), ("channels", "@alpha, t.me/beta"), ("from", from), ("to", to), ("cron", "")];
    let refused = boss.submit("/jobs", &with("2026-01-31", "2026-01-01")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
    let mut form = with("2026-01-01", "2026-01-31").to_vec();
    form.extend([("limit", "500"), ("comments", "yes"), ("snowball", "2"), ("min_references", "7")]);
    let made = boss.submit("/jobs", &form).await;
    assert_eq!(made.header("location"), "/jobs?said=saved", "{}", made.text());
    boss.submit("/jobs/collection-1/stop", &[]).await;
    school.stop().expect("stops");
    let task = &school.file("jobs/jobs.json")["jobs"]["collection-1"]["task"];
    let what = ["names", "from", "to", "limit", "has_comments", "depth", "min_references"].map(|key| task[key].clone());
    // Days begin and end in Tashkent.
    let wished = serde_json::json!([["alpha", "beta"], 1_767_207_600, 1_769_886_000, 500, true, 2, 7]);
    assert_eq!(serde_json::json!(what), wished, "{task}");
}
