//! Commands: what is built in for everybody, what people write to the admins and what comes back, what admins define.

#[cfg(target_os = "linux")]
mod custom;
mod own;
#[cfg(target_os = "linux")]
mod source;

use chrono::TimeDelta;
use telegram_sim::{Content, Fault, Screen, User, When};

use crate::support::{School, until};

/// Somebody gives a command; what they see.
async fn gives(school: &School, user: &User, command: &str) -> Screen {
    user.tells(&school.bot, command);
    user.reads(&school.bot).await
}

/// What an admin gets of somebody's feedback: who writes, and what.
async fn fed_back(school: &School, admin: &User) -> (Screen, Screen) {
    (admin.reads(&school.bot).await, admin.reads(&school.bot).await)
}

#[tokio::test]
async fn what_people_write_reaches_the_admins_and_the_answer_goes_back() {
    let (mut school, ann, ..) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    gives(&school, &boss, "/start").await;
    // In one go, or asked for.
    let thanks = gives(&school, &ann, "/feedback The <b>bus</b> is late").await;
    assert!(thanks.text.contains("It goes to the admins"), "{}", thanks.text);
    let (header, words) = fed_back(&school, &boss).await;
    assert!(header.text.contains("Ann Lee") && header.html.contains(&format!("tg://user?id={}", ann.id)), "{}", header.html);
    assert_eq!(words.text, "/feedback The <b>bus</b> is late");
    assert!(gives(&school, &ann, "/feedback").await.text.contains("keep no copy"));
    ann.tells_with(&bot, Content::photo());
    ann.reads(&bot).await;
    let (header, _) = fed_back(&school, &boss).await;
    // A reply, and the button.
    boss.replies(&bot, words.message, "We call the driver");
    let answer = ann.reads(&bot).await;
    assert!(answer.text == "We call the driver" && answer.reply_to.is_some(), "{answer:?}");
    assert!(answer.labels().contains(&"💬 From the admins · write back"));
    assert!(boss.reads(&bot).await.text.contains("has arrived"));
    boss.presses_data(&bot, header.message, header.data_of("Answer").expect("a button")).await;
    assert!(boss.reads(&bot).await.text.contains("without your name"));
    boss.tells(&bot, "Thank you");
    assert_eq!(ann.reads(&bot).await.text, "Thank you");
    boss.reads(&bot).await;
    // Back and forth.
    ann.presses(&bot, "write back").await;
    ann.reads(&bot).await;
    ann.tells(&bot, "Fine");
    ann.reads(&bot).await;
    assert_eq!(fed_back(&school, &boss).await.1.text, "Fine");
    school.stop().expect("stops");
    // No word of it is in any file.
    let kept = school.file("commands/feedback.json");
    assert_eq!(kept["feedback"].as_object().map(serde_json::Map::len), Some(3));
    let mut files = vec![school.data()];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).expect("lists").map(|entry| entry.expect("an entry").path()));
        } else {
            let text = String::from_utf8_lossy(&std::fs::read(&path).expect("reads")).into_owned();
            assert!(!["is late", "driver", "Fine"].iter().any(|word| text.contains(word)), "{}", path.display());
        }
    }
    school.sim.finish();
}

#[tokio::test]
async fn feedback_has_a_measure_and_needs_a_reader() {
    let (mut school, ann, ..) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    gives(&school, &boss, "/start").await;
    for n in 0..5 {
        assert!(gives(&school, &ann, &format!("/feedback {n}")).await.text.contains("Thank you"));
        fed_back(&school, &boss).await;
    }
    assert!(gives(&school, &ann, "/feedback 5").await.text.contains("within an hour"));
    // Deleting what is stored about oneself wins nobody a further turn, also not twice; nothing says whose the measure is.
    for _ in 0..2 {
        gives(&school, &ann, "/settings").await;
        for button in ["Privacy", "Delete my data", "Yes, delete"] {
            ann.presses(&bot, button).await;
            ann.reads(&bot).await;
        }
        assert!(gives(&school, &ann, "/feedback 5").await.text.contains("within an hour"));
    }
    school.later(TimeDelta::hours(1));
    assert!(gives(&school, &ann, "/feedback 5").await.text.contains("Thank you"));
    fed_back(&school, &boss).await;
    // Who doesn't want to hear of it doesn't, and where nobody does, nothing is taken.
    boss.tells(&bot, "/settings");
    boss.reads(&bot).await;
    boss.presses(&bot, "Notifications").await;
    boss.reads(&bot).await;
    assert_eq!(boss.presses(&bot, "🔔 Feedback").await.text, "🔕 I don't tell you");
    assert!(boss.reads(&bot).await.labels().contains(&"🔕 Feedback"));
    assert!(gives(&school, &ann, "/feedback 6").await.text.contains("No admin can be reached"));
    boss.presses(&bot, "🔕 Feedback").await;
    boss.reads(&bot).await;
    // A reader who has blocked the bot stops nothing.
    boss.blocks(&bot);
    school.has_counted_all().await;
    assert!(gives(&school, &ann, "/feedback 7").await.text.contains("No admin can be reached"));
    school.stop().expect("stops");
    let kept = school.file("commands/feedback.json");
    let entries = |what: &str| kept[what].as_object().map(serde_json::Map::len);
    assert_eq!((entries("feedback"), entries("spent")), (Some(1), Some(1)), "{kept}");
    assert!(!kept["spent"].to_string().contains(&ann.id.to_string()), "{kept}");
    // After thirty days nothing is left of it.
    school.later(TimeDelta::days(30));
    school.start();
    gives(&school, &ann, "/start").await;
    school.stop().expect("stops");
    let kept = school.file("commands/feedback.json");
    assert!(kept["feedback"] == serde_json::json!({}) && kept.get("spent").is_none(), "{kept}");
}

#[tokio::test]
async fn a_restart_in_the_midst_of_feedback_repeats_nothing_that_arrived() {
    let (mut school, ann, ..) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    gives(&school, &boss, "/start").await;
    // Who writes has arrived, what they write hasn't: Telegram is silent, and the program stops.
    school.sim.fault("forwardMessage", When::Next(1), Fault::Stall);
    gives(&school, &ann, "/feedback Hello").await;
    assert!(boss.reads(&bot).await.text.contains("Feedback"));
    until(|| {
        // In the journal, or in its file once that is written.
        let data = school.data();
        let is_noted = |file: &str| std::fs::read_to_string(data.join(file)).is_ok_and(|text| text.contains("\"header\":"));
        is_noted("journal.jsonl") || is_noted("commands/feedback.json")
    })
    .await;
    school.stop().expect("stops");
    let kept = school.file("commands/feedback.json");
    let told = &kept["feedback"]["0"]["told"][boss.id.to_string()];
    assert!(told["header"].is_i64() && told["forward"].is_null(), "{kept}");
    school.sim.release();
    school.start();
    let words = boss.reads(&bot).await;
    assert_eq!(words.text, "/feedback Hello");
    boss.replies(&bot, words.message, "Hi");
    assert_eq!(ann.reads(&bot).await.text, "Hi");
    assert!(boss.reads(&bot).await.text.contains("has arrived"));
    let headers = boss.texts(&bot).into_iter().filter(|text| text.contains("Feedback from")).count();
    assert_eq!(headers, 1);
    school.sim.finish();
}
