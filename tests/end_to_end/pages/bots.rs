//! The bots on the pages: which one counts where.

use reqwest::StatusCode;

use super::browser::{Browser, served};
use crate::support::School;

#[tokio::test]
async fn the_pages_show_each_bot_and_have_another_one_count() {
    let mut school = School::closed();
    let base = served(&mut school);
    let north = school.sim.bot("rollcall_north_bot");
    north.set_privacy(false);
    school.set("BOTS", "main,north");
    school.set("BOT_NORTH_TOKEN", north.token());
    let ann = school.sim.user("Ann");
    let grade2 = school.sim.group("Grade 2", &[&ann, &school.boss]);
    school.boss.adds(&school.bot, &grade2);
    school.write_registry(&[("T001", "Ann Lee", Some(&ann))], &[&grade2], &[("T001", &[&grade2])]);
    school.start();
    school.has_counted_all().await;
    school.boss.adds(&north, &grade2);
    north.has_confirmed_all().await;
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    let bots = boss.get("/bots?table=bots&format=json").await.json();
    let shown: Vec<_> = bots.as_array().expect("rows").iter().map(|bot| (bot["name"].clone(), bot["groups"].clone())).collect();
    assert_eq!(shown, [("main".into(), 1.into()), ("north".into(), 0.into())]);
    assert_eq!((&bots[0]["status"], &bots[0]["receives_by"]), (&"Receives".into(), &"Polling".into()));
    let groups = boss.get("/bots?table=groups&format=json").await.json();
    assert_eq!((&groups[0]["bot"], &groups[0]["others"]), (&"@rollcall_bot".into(), &"@rollcall_north_bot".into()));

    let path = format!("/groups/{}", grade2.id);
    let wrong = boss.submit(&format!("{path}/bot"), &[("bot", "12345")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "that bot isn't there");
    let done = boss.submit(&format!("{path}/bot"), &[("bot", &north.id.to_string())]).await;
    assert_eq!(done.header("location"), format!("{path}?said=saved"));
    let groups = boss.get("/bots?table=groups&format=json").await.json();
    assert_eq!((&groups[0]["bot"], &groups[0]["others"]), (&"@rollcall_north_bot".into(), &"@rollcall_bot".into()));
    assert!(boss.get("/audit").await.text().contains("is counted by the bot"));
    ann.says(&grade2, "hello");
    school.has_counted_all().await;
    north.has_confirmed_all().await;
    let shown = boss.get(&format!("{path}?table=teachers&format=json")).await.json();
    assert_eq!(shown[0]["total"], 1, "each message counts once, whoever counts");
}

#[tokio::test]
async fn nothing_is_compared_with_days_before_anything_was_counted() {
    let mut school = School::closed();
    let base = served(&mut school);
    let ann = school.sim.user("Ann");
    let grade2 = school.sim.group("Grade 2", &[&ann, &school.boss]);
    school.boss.adds(&school.bot, &grade2);
    school.write_registry(&[("T001", "Ann Lee", Some(&ann))], &[&grade2], &[("T001", &[&grade2])]);
    let (data, chat) = (school.data(), grade2.id.to_string());
    let day = |day: &str, n: u64| {
        let cell = serde_json::json!({ "text": n, "photo": 0, "video": 0, "audio": 0, "voice": 0, "document": 0 });
        let content = serde_json::json!({ &chat: { "T001": cell } });
        std::fs::create_dir_all(data.join("stats")).expect("a folder");
        let path = data.join(format!("stats/{day}.json"));
        std::fs::write(path, serde_json::to_vec(&content).expect("JSON")).expect("writes");
    };
    // The week before is 13 to 19 January: counting began in its middle.
    day("2026-01-16", 2);
    day("2026-01-22", 10);
    school.start();
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    assert!(!boss.get("/").await.text().contains("class=\"trend"));
    school.stop().expect("stops");
    day("2026-01-13", 3);
    school.start();
    school.has_counted_all().await;
    let overview = loop {
        if boss.request(reqwest::Method::GET, "/sign-in").send().await.is_ok() {
            break boss.get("/").await;
        }
        tokio::task::yield_now().await;
    };
    assert!(overview.text().contains("▲ 100 %") && overview.text().contains("from 5"), "{}", overview.text());
}
