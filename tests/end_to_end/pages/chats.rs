//! The chats that bots are in, on the pages.

use chrono::TimeDelta;
use reqwest::StatusCode;
use telegram_sim::{Fault, Rights, When};

use super::{browser::Browser, who::school};

#[tokio::test]
async fn chats_are_shown_refreshed_filtered_taken_along_and_forgotten() {
    let (mut school, base, ann, _, grade2) = school();
    school.sim.place(ann.id, &grade2, Rights::Administrator);
    school.sim.entitle(ann.id, &grade2, "<Head>");
    let news = school.sim.channel("News & <b>views</b>");
    school.sim.fill(&news, 1_200);
    school.boss.promotes(&school.bot, &news);
    school.sim.fault_in(&grade2, "getChatMemberCount", When::Next(3), Fault::ServerError(500));
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    school.has_counted_all().await;
    let shown = boss.get("/chats").await;
    assert!(shown.text().contains("Not asked yet") && shown.text().contains("News &#38; &#60;b&#62;views"), "{}", shown.text());
    let seen = boss.submit("/chats/refresh", &[]).await;
    assert_eq!((seen.status, seen.header("location")), (StatusCode::SEE_OTHER, "/chats?said=asked"));
    // Whoever looks meanwhile is told that Telegram is being asked.
    while boss.get("/chats").await.text().contains("is being asked about") {
        tokio::task::yield_now().await;
    }
    let shown = boss.get("/chats").await;
    assert!(shown.text().contains("No answer"), "Grade 2's row has the error");
    let rows = boss.get("/chats?table=chats&format=json").await.json();
    assert_eq!((&rows[0]["members"], &rows[1]["members"]), (&1_201.into(), &serde_json::Value::Null), "{rows}");
    let one = boss.get(&format!("/chats/{}", grade2.id)).await;
    assert!(one.text().contains("Internal Server Error") && one.text().contains("&#60;Head&#62;"), "{}", one.text());

    school.later(TimeDelta::days(7));
    school.sim.fill(&news, 1_210);
    boss = Browser::of(&base, &school, &school.boss).await;
    boss.submit(&format!("/chats/{}/refresh", news.id), &[]).await;
    let path = format!("/chats/{}", news.id);
    while boss.get(&path).await.text().contains("is being asked about") {
        tokio::task::yield_now().await;
    }
    let one = boss.get(&path).await;
    for words in ["1\u{202f}211", "+10", "Members by day", "see everything"] {
        assert!(one.text().contains(words), "{words:?} isn't in {}", one.text());
    }
    let shown = boss.get("/chats?type=channel").await;
    assert!(shown.text().contains("class=\"spark\"") && !shown.text().contains("Grade 2"), "{}", shown.text());
    let csv = boss.get("/chats?type=channel&table=chats&format=csv").await;
    assert!(csv.text().lines().count() == 2 && csv.text().contains(",1211,10,,0,0,1,"), "{}", csv.text());
    for format in ["xlsx", "json"] {
        assert_eq!(boss.get(&format!("{path}?table=days&format={format}")).await.status, StatusCode::OK);
    }

    let forget = format!("{path}/forget");
    assert_eq!(boss.submit(&forget, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "the bot is there");
    school.boss.removes(&school.bot, &news);
    school.has_counted_all().await;
    assert!(boss.get(&path).await.text().contains("Forget this chat"));
    assert_eq!(boss.submit(&forget, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(boss.get(&path).await.status, StatusCode::NOT_FOUND);
    assert!(boss.get("/audit").await.text().contains("Forgot the chat News"));
    school.stop().expect("stops");
}
