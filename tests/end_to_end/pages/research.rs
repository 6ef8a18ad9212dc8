//! Collecting public channels on the dashboard, each person with their own account.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use reqwest::{Method, StatusCode};
use sha2::{Digest as _, Sha256};
use telegram_sim::{Content, Fault, User, When};

use super::browser::{Browser, Seen, served};
use crate::support::School;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);
const HASH: &str = "0123456789abcdef0123456789abcdef";

/// A school where the boss and Rita may research; Telegram has a data centre with a key for each of them.
struct Library {
    school: School,
    base: String,
    rita: User,
}

fn library() -> Library {
    let mut school = School::closed();
    let base = served(&mut school);
    let rita = school.sim.user("Rita");
    let _ = school.sim.data_centre();
    let keys: Vec<_> = (0..4).map(|_| school.sim.new_session().telethon()).collect();
    school.set("TELEGRAM_DC", &keys.join(","));
    school.set("RESEARCHER_IDS", &rita.id.to_string());
    school.set("CHANNELS_PER_MINUTE", "6000");
    school.start();
    Library { school, base, rita }
}

/// Waits until the page says something.
async fn until(browser: &mut Browser, path: &str, words: &str) -> Seen {
    let found = async {
        loop {
            let seen = browser.get(path).await;
            if seen.text().contains(words) {
                return seen;
            }
        }
    };
    match tokio::time::timeout(PATIENCE, found).await {
        Ok(seen) => seen,
        Err(_) => panic!("{words:?} isn't on {path}: {}", browser.get(path).await.text()),
    }
}

async fn asks_for_code(browser: &mut Browser, who: &User) {
    let fields = [("api_id", "1234567"), ("api_hash", HASH), ("phone", &who.phone())];
    let done = browser.submit("/research/sign-in", &fields).await;
    assert_eq!(done.header("location"), "/research", "{}", done.text());
    until(browser, "/research", "name=\"code\"").await;
}

async fn signs_in(browser: &mut Browser, who: &User) {
    asks_for_code(browser, who).await;
    let code = who.login_code().expect("a code was sent");
    browser.submit("/research/answer", &[("code", &code)]).await;
}

#[tokio::test]
async fn wrong_credentials_are_named_and_a_password_is_asked_for() {
    let Library { school, base, rita } = library();
    rita.sets_password("hunter2", "a number");
    let mut browser = Browser::of(&base, &school, &rita).await;
    let refused = browser.submit("/research/sign-in", &[("api_id", "1"), ("api_hash", "short"), ("phone", "+1")]).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text().contains("api_hash is wrong"));
    school.sim.fault("auth.sendCode", When::Next(1), Fault::Refuse(400, "API_ID_INVALID".to_owned()));
    browser.submit("/research/sign-in", &[("api_id", "1234567"), ("api_hash", HASH), ("phone", &rita.phone())]).await;
    until(&mut browser, "/research", "The api_id or the api_hash is wrong").await;
    browser.submit("/research/sign-in", &[("api_id", "1234567"), ("api_hash", HASH), ("phone", "+1 (00) 000")]).await;
    until(&mut browser, "/research", "The phone number is wrong").await;

    asks_for_code(&mut browser, &rita).await;
    browser.submit("/research/answer", &[("code", "00000")]).await;
    until(&mut browser, "/research", "The code is wrong").await;
    browser.submit("/research/answer", &[("code", &rita.login_code().expect("a code was sent"))]).await;
    let asked = until(&mut browser, "/research", "name=\"password\"").await;
    assert!(asked.text().contains("a number"), "the hint");
    browser.submit("/research/answer", &[("password", "hunter3")]).await;
    until(&mut browser, "/research", "The password is wrong").await;
    browser.submit("/research/answer", &[("password", "hunter2")]).await;
    let inside = until(&mut browser, "/research", "name=\"channels\"").await;
    assert!(inside.text().contains("Rita"));
    // What was typed is in no page, and in no log.
    let said = school.log.everything();
    for secret in ["hunter2", HASH, &rita.phone()] {
        assert!(!inside.text().contains(secret) && !said.contains(secret), "{secret:?} is told");
    }
    let session = school.data().join("research").join(rita.id.to_string()).join("session.json");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(session).expect("it is there").permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn two_people_collect_at_once_see_only_their_own_and_leave_nothing() {
    let Library { mut school, base, rita } = library();
    let news = school.sim.channel("News <b>bold</b>").named("newsroom");
    let other = school.sim.channel("Elsewhere").named("elsewhere");
    let there = other.posts(Content::text("From elsewhere"));
    for n in 0..120 {
        news.posts(Content::text(&format!("Post {n} <script>alert(1)</script>")));
    }
    let passed_on = news.passes_on(there);
    news.counts(passed_on, 777, 3, &[]);
    let mut hers = Browser::of(&base, &school, &rita).await;
    let mut his = Browser::of(&base, &school, &school.boss).await;
    signs_in(&mut hers, &rita).await;
    signs_in(&mut his, &school.boss).await;
    until(&mut hers, "/research", "Rita").await;
    until(&mut his, "/research", "name=\"channels\"").await;

    // Nobody but a researcher sees more of the school than that.
    assert_eq!(hers.get("/").await.header("location"), "/research");
    for path in ["/groups", "/events", "/audit", "/jobs"] {
        assert_eq!(hers.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(!hers.get("/settings").await.text().contains("id=\"t-viewers\""));
    assert!(hers.get("/research/overview").await.text().contains("Nothing is collected yet"));

    let wrong = hers.submit("/research/collect", &[("channels", "t.me/+AbCdEf"), ("limit", "")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text().contains("invitation"));
    hers.submit("/research/collect", &[("channels", "@newsroom nobody_here"), ("limit", "")]).await;
    his.submit("/research/collect", &[("channels", "t.me/elsewhere"), ("limit", "")]).await;
    let done = until(&mut hers, "/research", "nobody_here: nobody has this name").await;
    let _ = done;
    until(&mut hers, "/research", "name=\"channels\"").await;
    until(&mut his, "/research/files", "elsewhere_messages.json").await;

    let overview = until(&mut hers, "/research/overview", "id=\"t-origins\"").await;
    for words in ["Posts by day", "777", "<bdi>elsewhere<", "<bdi>newsroom<"] {
        assert!(overview.text().contains(words), "{words}");
    }
    let posts = hers.get("/research/posts?table=posts&q=Post+11+").await;
    assert!(posts.text().contains("Post 11 &#60;script&#62;") && !posts.text().contains("<script>alert"), "{}", posts.text());
    assert!(!posts.text().contains("Post 12 "));
    let network = hers.get("/research/network").await;
    assert!(network.text().contains("/research/network.svg") && network.text().contains("id=\"t-edges\""));
    let picture = hers.get("/research/network.svg").await;
    assert!(picture.header("content-type") == "image/svg+xml" && picture.text().starts_with("<svg"));
    // The page to explore runs what is in it under a policy of its own; the page around it may show it, and nothing else may.
    assert!(network.text().contains("<iframe class=\"framed\" src=\"/research/network.html#en\""));
    assert!(network.header("content-security-policy").contains("; frame-src 'self'; "));
    assert!(!overview.header("content-security-policy").contains("frame-src"));
    let explorer = hers.get("/research/network.html").await;
    let block = |tag: &str| {
        let inside = explorer.text().split(&format!("<{tag}>")).nth(1).expect("a block");
        let inside = inside.split(&format!("</{tag}>")).next().expect("it ends");
        STANDARD.encode(Sha256::digest(inside.as_bytes()))
    };
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
        block("script"),
        block("style"),
    );
    assert_eq!(explorer.header("content-security-policy"), policy);
    assert_eq!((explorer.header("content-type"), explorer.header("cache-control")), ("text/html; charset=utf-8", "no-store"));
    // What somebody else wrote into it isn't shown; the file can still be taken.
    let made = school.data().join("research").join(rita.id.to_string()).join("made/network.html");
    std::fs::write(&made, explorer.text().replace("\"use strict\";", "\"use strict\"; alert(1);")).expect("writes");
    assert_eq!(hers.get("/research/network.html").await.status, StatusCode::NOT_FOUND);
    assert!(!hers.get("/research/network").await.text().contains("<iframe"));
    std::fs::write(&made, &explorer.body).expect("writes");

    let files = hers.get("/research/files").await;
    assert!(files.text().contains("channels~newsroom~newsroom_messages.json") && !files.text().contains(".rollcall"));
    let one = hers.get("/research/files/channels~newsroom~newsroom_messages.json").await;
    assert_eq!(one.json()["messages"].as_array().map(Vec::len), Some(121));
    let all = hers.get("/research/files/all.zip").await;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&all.body)).expect("an archive");
    let names: Vec<String> = archive.file_names().map(|name| name.expect("a name").into_owned()).collect();
    assert!(
        names.contains(&"tables/msgs_dataset.csv".to_owned()) && names.contains(&"tables/network.html".to_owned()),
        "{names:?}"
    );
    let text = std::io::read_to_string(archive.by_name("channels/newsroom/newsroom_messages.json").expect("it is there"));
    assert_eq!(text.expect("UTF-8").as_bytes(), one.body);

    // His desk has his, and no address leads to hers.
    let theirs = his.get("/research/files").await;
    assert!(theirs.text().contains("elsewhere_messages.json") && !theirs.text().contains("newsroom_messages.json"));
    for path in
        ["channels~newsroom~newsroom_messages.json", "..~session.json", "%2e%2e%2fsession.json", "session.json", "..%2f..%2f"]
    {
        assert_eq!(his.get(&format!("/research/files/{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
    }

    // A restart keeps everything; then it is deleted, and Telegram knows.
    school.stop().expect("stops");
    school.start();
    let mut hers = Browser::of(&base, &school, &rita).await;
    until(&mut hers, "/research", "Rita").await;
    hers.submit("/research/forget", &[]).await;
    until(&mut hers, "/research", "name=\"api_id\"").await;
    assert!(!school.data().join("research").join(rita.id.to_string()).exists());
    assert!(school.data().join("research").join(school.boss.id.to_string()).exists());
    assert!(!school.sim.calls("auth.logOut").is_empty());
}

#[tokio::test]
async fn what_goes_on_is_told_live_and_can_be_cancelled() {
    let Library { school, base, rita } = library();
    let news = school.sim.channel("News").named("newsroom");
    for n in 0..250 {
        news.posts(Content::text(&format!("Post {n}")));
    }
    let mut browser = Browser::of(&base, &school, &rita).await;
    signs_in(&mut browser, &rita).await;
    until(&mut browser, "/research", "name=\"channels\"").await;
    school.sim.fault_after("messages.getHistory", 1, Fault::TooMany(3_600));
    browser.submit("/research/collect", &[("channels", "newsroom"), ("limit", "")]).await;
    until(&mut browser, "/research", "Telegram asks to wait").await;
    let mut news = browser.request(Method::GET, "/research/events").send().await.expect("answers");
    let said = news.chunk().await.expect("it goes on").expect("news");
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(said.contains("\"research-done\":\"100 / 250\"") && said.contains("in false true 0"), "{said}");
    browser.submit("/research/cancel", &[]).await;
    until(&mut browser, "/research", "name=\"channels\"").await;
    // What came until then is here.
    let overview = browser.get("/research/posts").await;
    assert!(overview.text().contains("Post 249") && !overview.text().contains("Post 149<"), "{}", overview.text());
}

#[tokio::test]
async fn days_comments_and_a_snowball_are_asked_for_where_few_look() {
    let Library { school, base, rita } = library();
    let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
    let talk = school.sim.group("Talk", &[]).named("town_talk");
    let news = school.sim.channel("News").named("newsroom");
    news.is_talked_about_in(&talk);
    let far = school.sim.channel("Far").named("far_away");
    // The school's days begin at 19:00 UTC of the day before.
    for (text, when) in [
        ("the day before", "2025-03-09T18:59:00Z"),
        ("early", "2025-03-09T19:00:00Z"),
        ("late", "2025-03-10T18:59:00Z"),
        ("the day after", "2025-03-10T19:00:00Z"),
    ] {
        news.posts_at(Content::text(text), at(when));
    }
    let mut browser = Browser::of(&base, &school, &rita).await;
    signs_in(&mut browser, &rita).await;
    let form = until(&mut browser, "/research", "name=\"channels\"").await;
    let folded = form.text().split("<details").nth(1).expect("it is folded").split("</details>").next().expect("it ends");
    for field in ["from", "to", "snowball", "min_references", "comments"] {
        assert!(folded.contains(&format!("name=\"{field}\"")), "{field}: {folded}");
    }

    let day = ("from", "2025-03-10");
    for (fields, said) in [
        (vec![("from", "yesterday")], "This is no day"),
        (vec![day, ("to", "2025-03-09")], "The first day is later than the last one"),
        (vec![("snowball", "6")], "5 times at most"),
        (vec![("snowball", "1"), ("min_references", "0")], "This is no number"),
        (vec![("channels", " ")], "Name at least one channel"),
    ] {
        let is_named = fields[0].0 == "channels";
        let named = [("channels", "newsroom")].into_iter().filter(|_| !is_named);
        let wrong = browser.submit("/research/collect", &named.chain(fields).collect::<Vec<_>>()).await;
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text().contains(said), "{said}: {}", wrong.text());
    }
    browser.submit("/settings/language", &[("lang", "ru")]).await;
    let wrong = browser.submit("/research/collect", &[("channels", "newsroom"), day, ("to", "2025-03-09")]).await;
    assert!(wrong.text().contains("Первый день позже последнего"), "{}", wrong.text());
    browser.submit("/settings/language", &[("lang", "en")]).await;
    assert!(school.sim.calls("contacts.resolveUsername").is_empty(), "nothing was begun");

    browser.submit("/research/collect", &[("channels", "newsroom"), day, ("to", "2025-03-10")]).await;
    until(&mut browser, "/research/posts", "early").await;
    let posts = browser.get("/research/posts").await;
    assert!(posts.text().contains("late") && !posts.text().contains("the day "), "{}", posts.text());
    until(&mut browser, "/research", "name=\"channels\"").await;

    let there = far.posts(Content::text("From afar"));
    let passed_on = news.passes_on(there);
    let reader = school.sim.user("Reader");
    reader.joins(&talk);
    reader.comments_on(passed_on, "A comment");
    let fields = [("channels", "newsroom"), ("comments", "yes"), ("snowball", "1"), ("min_references", "2")];
    browser.submit("/research/collect", &fields).await;
    until(&mut browser, "/research", "name=\"channels\"").await;
    let comments = browser.get("/research/files/channels~newsroom~newsroom_comments.json").await;
    assert!(comments.text().contains("A comment"), "{}", comments.text());
    assert!(!browser.get("/research/files").await.text().contains("far_away_messages.json"), "one reference is too few");
    browser.submit("/research/collect", &[("channels", "newsroom"), ("snowball", "1"), ("min_references", "1")]).await;
    until(&mut browser, "/research/files", "far_away_messages.json").await;
}

#[tokio::test]
async fn an_admin_names_and_removes_researchers_but_not_those_of_the_setting() {
    let Library { mut school, base, rita } = library();
    let nora = school.sim.user("Nora");
    let news = school.sim.channel("News").named("newsroom");
    for n in 0..250 {
        news.posts(Content::text(&format!("Post {n}")));
    }
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    let settings = boss.get("/settings").await;
    let table = |seen: &Seen| {
        let (_, table) = seen.text().split_once("id=\"t-researchers\"").expect("a table");
        table.split("</table>").next().expect("it ends").to_owned()
    };
    assert!(table(&settings).contains(&rita.id.to_string()) && table(&settings).contains("the setting RESEARCHER_IDS"));
    assert!(!settings.text().contains("/settings/researchers/remove"), "the setting's stay");
    assert!(settings.text().contains("those of the setting RESEARCHER_IDS are removed only there"));
    for (path, account, said) in [
        ("/settings/researchers", rita.id.to_string(), "The setting RESEARCHER_IDS names them"),
        ("/settings/researchers/remove", rita.id.to_string(), "The setting RESEARCHER_IDS names them"),
        ("/settings/researchers", "@nora".to_owned(), "positive number"),
    ] {
        let refused = boss.submit(path, &[("name", "Nora"), ("account", &account)]).await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text().contains(said), "{}", refused.text());
    }

    let named = boss.submit("/settings/researchers", &[("name", "Nora N."), ("account", &nora.id.to_string())]).await;
    assert_eq!(named.header("location"), "/settings?said=researcher-named");
    let settings = boss.get("/settings").await;
    assert!(table(&settings).contains("Nora N.") && settings.text().contains("/settings/researchers/remove"));
    let mut hers = Browser::of(&base, &school, &nora).await;
    assert_eq!(hers.get("/").await.header("location"), "/research");
    let own = hers.get("/settings").await;
    assert!(own.text().contains("Nora N.") && !own.text().contains("id=\"t-researchers\""));
    let csrf = own.csrf();
    let made = hers.post("/settings/researchers", &[("csrf", &csrf), ("name", "Eve"), ("account", "77")]).await;
    assert_eq!(made.status, StatusCode::FORBIDDEN, "researchers name nobody");
    signs_in(&mut hers, &nora).await;
    until(&mut hers, "/research", "name=\"channels\"").await;

    // It survives a restart; what is collected for somebody who is removed ends.
    school.stop().expect("stops");
    school.start();
    let mut hers = Browser::of(&base, &school, &nora).await;
    until(&mut hers, "/research", "name=\"channels\"").await;
    school.sim.fault_after("messages.getHistory", 1, Fault::TooMany(3_600));
    hers.submit("/research/collect", &[("channels", "newsroom")]).await;
    until(&mut hers, "/research", "Telegram asks to wait").await;
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    let removed = boss.submit("/settings/researchers/remove", &[("account", &nora.id.to_string())]).await;
    assert_eq!(removed.header("location"), "/settings?said=researcher-removed");
    assert_eq!(hers.get("/research").await.header("location"), "/sign-in");
    let log = boss.get("/audit?table=audit&format=csv").await;
    assert!(log.text().contains("Named Nora N. a researcher") && log.text().contains("Nora N. is no longer a researcher"));
    // Named again, she finds what came until then.
    boss.submit("/settings/researchers", &[("name", "Nora N."), ("account", &nora.id.to_string())]).await;
    until(&mut hers, "/research", "name=\"channels\"").await;
    until(&mut hers, "/research/posts", "Post 249").await;
}

#[tokio::test]
async fn what_somebody_collected_is_told_in_the_chat_and_goes_with_their_data() {
    let Library { mut school, base, rita } = library();
    let bot = school.bot.clone();
    school.sim.channel("News").named("newsroom").posts(Content::text("Hello"));
    let mut hers = Browser::of(&base, &school, &rita).await;
    rita.tells(&bot, "/settings");
    rita.reads(&bot).await;
    rita.presses(&bot, "Privacy").await;
    let before = rita.reads(&bot).await;
    assert!(!before.text.contains("what you collected"), "{}", before.text);
    signs_in(&mut hers, &rita).await;
    until(&mut hers, "/research", "name=\"channels\"").await;
    hers.submit("/research/collect", &[("channels", "newsroom")]).await;
    until(&mut hers, "/research/posts", "Hello").await;
    let folder = school.data().join("research").join(rita.id.to_string());

    // After a restart nobody has opened the workspace yet.
    school.stop().expect("stops");
    school.start();
    rita.tells(&bot, "/settings");
    rita.reads(&bot).await;
    rita.presses(&bot, "Privacy").await;
    let told = rita.reads(&bot).await;
    for words in ["page Research, channels: 1", "“Log out and delete everything”", "the session of your Telegram account"] {
        assert!(told.text.contains(words), "{words}: {}", told.text);
    }
    rita.presses(&bot, "Delete my data").await;
    let asked = rita.reads(&bot).await;
    assert!(asked.text.contains("channels: 1") && asked.text.contains("ended at Telegram too"), "{}", asked.text);
    assert!(folder.exists());
    rita.presses(&bot, "Yes, delete").await;
    rita.reads(&bot).await;
    let done = rita.reads(&bot).await;
    assert!(done.text.contains("What you collected is deleted, and the session"), "{}", done.text);
    assert!(!folder.exists());
    assert_eq!(school.sim.calls("auth.logOut").len(), 1);

    // Where Telegram can't be told, they are told to do it themselves; the folder is gone all the same.
    let mut hers = Browser::of(&base, &school, &rita).await;
    until(&mut hers, "/research", "name=\"api_id\"").await;
    signs_in(&mut hers, &rita).await;
    until(&mut hers, "/research", "name=\"channels\"").await;
    school.sim.fault("auth.logOut", When::Always, Fault::Refuse(500, "INTERNAL".to_owned()));
    rita.tells(&bot, "/settings");
    rita.reads(&bot).await;
    for button in ["Privacy", "Delete my data", "Yes, delete"] {
        rita.presses(&bot, button).await;
        rita.reads(&bot).await;
    }
    let done = rita.reads(&bot).await;
    assert!(done.text.contains("Telegram couldn’t be told"), "{}", done.text);
    assert!(!folder.exists());
}
