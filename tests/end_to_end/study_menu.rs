//! Study time in the private chat: a group is watched and set up, time corrected, a board ordered; members see their own time and
//! have it deleted.

use serde_json::json;
use telegram_sim::{Bot, Chat, User};

use crate::support::School;

/// Presses a button and reads what comes.
async fn taps(user: &User, bot: &Bot, label: &str) -> String {
    user.presses(bot, label).await;
    user.reads(bot).await.text
}

/// Says something and reads the answer.
async fn says(user: &User, bot: &Bot, words: &str) -> String {
    user.tells(bot, words);
    user.reads(bot).await.text
}

/// A watched group, as the admin sets it up.
async fn watched() -> (School, User, User, Chat) {
    let (school, ann, bob, grade2) = School::with_ann_and_bob();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    says(&boss, &bot, "/start").await;
    assert!(taps(&boss, &bot, "Study time").await.contains("No group is watched yet"));
    assert!(taps(&boss, &bot, "Watch a group").await.contains("must be a member of it"));
    let watched = taps(&boss, &bot, "🎧 Grade 2").await;
    assert!(watched.contains("watched since 26 Jan") && watched.contains("User session"), "{watched}");
    (school, ann, bob, grade2)
}

/// What was seen of Ann and Bob before: an hour and a half each, today.
fn write_history(school: &School, people: [&User; 2], chat: &Chat) {
    let [ann, bob] = people.map(|user| user.id.to_string());
    let members = json!({ chat.id.to_string(): { ann.clone(): { "name": "Ann Lee", "username": "annlee" }, bob.clone(): { "name": "Bob <B>" } } });
    let day = json!({ chat.id.to_string(): { "stays": [], "imported": { ann: 5_400, bob: 5_400 } } });
    let write = |file: &str, value: &serde_json::Value| {
        std::fs::write(school.data().join(file), serde_json::to_vec(value).expect("JSON")).expect("writes");
    };
    write("study/members.json", &members);
    write("presence/2026-01-26.json", &day);
}

#[tokio::test]
async fn an_admin_sets_a_community_up_corrects_and_orders_a_board() {
    let (mut school, ann, bob, grade2) = watched().await;
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    assert!(taps(&boss, &bot, "Settings").await.contains("21:30"));
    assert!(taps(&boss, &bot, "Post times").await.contains("made up for"));
    assert!(taps(&boss, &bot, "Type another").await.contains("at most 6"));
    assert!(says(&boss, &bot, "at night").await.contains("⚠️"));
    assert!(says(&boss, &bot, "21.30, 8:00").await.contains("08:00, 21:30"));
    assert!(taps(&boss, &bot, "Time zone").await.contains("Asia/Tashkent"));
    taps(&boss, &bot, "Type another").await;
    assert!(says(&boss, &bot, "Berlim").await.contains("Europe/Berlin"), "it guesses what was meant");
    assert!(says(&boss, &bot, "tashkent").await.contains("Asia/Tashkent"));
    assert!(taps(&boss, &bot, "Leave out the muted").await.contains("muted: yes"));
    // A place is asked for at once, not only when the first board fails.
    for (place, answer) in [("-1009999999999", "I am not in"), (&*grade2.id.to_string(), "I can write there")] {
        taps(&boss, &bot, "Posted to").await;
        taps(&boss, &bot, "Type another").await;
        says(&boss, &bot, place).await;
        let told = boss.reads(&bot).await.text;
        assert!(told.contains(answer), "{told}");
    }
    school.stop().expect("stops");
    let community = &school.file("study/communities.json")[grade2.id.to_string()];
    assert_eq!(community["times"], json!(["08:00:00", "21:30:00"]));
    assert_eq!((&community["zone"], &community["filters"]["skip_muted"]), (&json!("Asia/Tashkent"), &json!(true)));

    write_history(&school, [&ann, &bob], &grade2);
    school.start();
    says(&boss, &bot, "/start").await;
    taps(&boss, &bot, "Study time").await;
    taps(&boss, &bot, "● Grade 2").await;
    assert!(taps(&boss, &bot, "Members").await.contains("members · 2"));
    assert!(taps(&boss, &bot, "Search").await.contains("part of a name"));
    assert!(says(&boss, &bot, "@ANN").await.contains("1 found"));
    assert!(taps(&boss, &bot, "Ann Lee").await.contains("1 h 30 min"));
    assert!(taps(&boss, &bot, "Correct").await.contains("1/3"));
    assert!(taps(&boss, &bot, "Mon, 26 Jan").await.contains("2/3"));
    assert!(says(&boss, &bot, "+1h15m").await.contains("3/3"));
    let summary = says(&boss, &bot, "The line was <down>").await;
    assert!(summary.contains("+1 h 15 min") && summary.contains("The line was <down>"), "{summary}");
    let corrected = taps(&boss, &bot, "Save").await;
    assert!(corrected.contains("2 h 45 min"), "{corrected}");
    taps(&boss, &bot, "Back").await;
    taps(&boss, &bot, "Back").await;
    assert!(taps(&boss, &bot, "Corrections").await.contains("· 1"));
    taps(&boss, &bot, "26 Jan · +1 h 15 min").await;
    assert!(taps(&boss, &bot, "Withdraw").await.contains("it doesn't count"));
    taps(&boss, &bot, "Back").await;
    taps(&boss, &bot, "Back").await;
    let preview = taps(&boss, &bot, "Preview").await;
    assert!(
        preview.contains("LEADERBOARD") && preview.contains("@annlee — 90m") && preview.contains("Bob <B> — 90m"),
        "{preview}"
    );
    assert!(taps(&boss, &bot, "Post now").await.contains("this group"));
    let toast = boss.presses(&bot, "Yes, post it").await;
    assert_eq!(toast.text, "📣 On its way");
    boss.reads(&bot).await;
    school.stop().expect("stops");
    let corrections = school.file("study/corrections.json");
    assert_eq!(corrections[grade2.id.to_string()]["1"]["seconds"], 4_500);
    assert!(corrections[grade2.id.to_string()]["1"]["withdrawn"].is_array(), "it stays in the trail");
    let posts = school.file("study/posts.json");
    let asked = posts[grade2.id.to_string()].as_array().expect("posts").iter().filter(|post| post[0]["asked"] != 0).count();
    assert_eq!(asked, 1, "one press is one board");
}

#[tokio::test]
async fn a_topic_for_boards_is_tried_out_when_it_is_chosen() {
    let (mut school, ann, _, grade2) = watched().await;
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    let forum = school.sim.forum("Forum", &[&ann, &boss]);
    boss.adds(&bot, &forum);
    boss.reads(&bot).await;
    school.sim.topic(&forum, 5, false);
    school.sim.topic(&forum, 6, true);
    taps(&boss, &bot, "Settings").await;
    let answers = [
        (format!("{}/5", forum.id), "I can write there"),
        (format!("{}/6", forum.id), "TOPIC_CLOSED"),
        (format!("{}/7", forum.id), "message thread not found"),
        (format!("{}/5", grade2.id), "Grade 2 has no topics"),
    ];
    for (place, answer) in answers {
        taps(&boss, &bot, "Posted to").await;
        taps(&boss, &bot, "Type another").await;
        says(&boss, &bot, &place).await;
        let told = boss.reads(&bot).await.text;
        assert!(told.contains(answer), "{place}: {told}");
    }
    let trials = [&forum, &grade2].map(Chat::texts).concat().into_iter().filter(|text| text.contains("posted here"));
    assert_eq!(trials.count(), 0, "trials are taken back");
    // Whoever overlooks the warning is told when the board is refused.
    taps(&boss, &bot, "Posted to").await;
    taps(&boss, &bot, "Type another").await;
    says(&boss, &bot, &format!("{}/6", forum.id)).await;
    assert!(boss.reads(&bot).await.text.contains("check its number, and that it is open"));
    school.stop().expect("stops");
    write_history(&school, [&ann, &ann], &grade2);
    school.start();
    says(&boss, &bot, "/start").await;
    taps(&boss, &bot, "Study time").await;
    taps(&boss, &bot, "● Grade 2").await;
    taps(&boss, &bot, "Post now").await;
    boss.presses(&bot, "Yes, post it").await;
    let told = loop {
        let told = boss.reads(&bot).await.text;
        if told.contains("TOPIC_CLOSED") {
            break told;
        }
    };
    assert!(told.contains("Night") || told.contains("Grade 2"), "{told}");
}

#[tokio::test]
async fn a_member_sees_their_time_hides_their_name_and_is_forgotten() {
    let (mut school, ann, bob, grade2) = watched().await;
    let bot = school.bot.clone();
    school.stop().expect("stops");
    write_history(&school, [&ann, &bob], &grade2);
    school.start();
    // Ann is a teacher too, and has both panels.
    assert!(says(&ann, &bot, "/start").await.contains("here are your own numbers"));
    taps(&ann, &bot, "My study time").await;
    let time = taps(&ann, &bot, "Grade 2").await;
    assert!(time.contains("1 h 30 min") && time.contains("place 1 of 2"), "{time}");
    ann.presses(&bot, "Picture").await;
    let picture = ann.reads(&bot).await.document.expect("a picture");
    assert!(picture.is_photo && picture.bytes.starts_with(b"\x89PNG"));
    taps(&ann, &bot, "Goal").await;
    assert!(taps(&ann, &bot, "3 h").await.contains("🎯"));
    taps(&ann, &bot, "Hide my name").await;
    assert!(taps(&ann, &bot, "Why?").await.contains("Choose a day"));
    assert!(taps(&ann, &bot, "Mon, 26 Jan").await.contains("1 h 30 min"));
    taps(&ann, &bot, "Back").await;
    assert!(taps(&ann, &bot, "Delete my data").await.contains("This can't be undone"));
    assert!(taps(&ann, &bot, "Yes, delete all of it").await.contains("Deleted"));
    // Whoever was never seen in a call has nothing there, and no way to it.
    let eve = school.sim.user("Eve");
    eve.tells(&bot, "/start");
    let home = eve.reads(&bot).await;
    assert!(!home.labels().iter().any(|label| label.contains("study time")));
    let toast = eve.presses_data(&bot, home.message, &format!("1:pt:{}", grade2.id)).await;
    assert!(toast.alert && toast.text.starts_with('⛔'), "{toast:?}");
    eve.reads(&bot).await;
    school.stop().expect("stops");
    let members = &school.file("study/members.json")[grade2.id.to_string()];
    let left = &members[ann.id.to_string()];
    assert!(left["forgotten"].is_string(), "so that the call that she may sit in doesn't bring it back");
    assert_eq!(*left, json!({ "name": "", "opted_out": true, "forgotten": left["forgotten"] }));
    assert_eq!(members[bob.id.to_string()]["name"], "Bob <B>");
    let day = school.file("presence/2026-01-26.json");
    assert_eq!(day[grade2.id.to_string()]["imported"], json!({ bob.id.to_string(): 5_400 }));
    school.sim.finish();
}
