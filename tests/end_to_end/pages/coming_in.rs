//! Coming in and going out.

use chrono::TimeDelta;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Method, StatusCode};
use sha2::Sha256;

use super::browser::{Browser, link, served};
use crate::support::{School, monday};

#[tokio::test]
async fn a_link_comes_in_once_and_looking_at_it_uses_nothing_up() {
    let mut school = School::closed();
    let base = served(&mut school);
    school.start();
    let path = link(&school, &school.boss).await;
    // Telegram looks at links before people do.
    for _ in 0..3 {
        assert_eq!(Browser::at(&base).get(&path).await.status, StatusCode::OK);
    }
    let mut browser = Browser::at(&base);
    let shown = browser.get(&path).await;
    let foreign = Browser::at(&base).post(&path, &[("csrf", &shown.csrf())]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "the form was another browser's");
    let landed = browser.post(&path, &[("csrf", &shown.csrf())]).await;
    assert_eq!((landed.status, landed.header("location")), (StatusCode::SEE_OTHER, "/"));
    let cookie = landed.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");
    assert!(browser.get("/").await.text().contains("Messages today"));

    let mut late = Browser::at(&base);
    let again = late.get(&path).await;
    assert_eq!(again.status, StatusCode::GONE);
    assert!(again.text().contains("Send /dashboard"), "{}", again.text());
    assert_eq!(late.get("/").await.header("location"), "/sign-in");
}

#[tokio::test]
async fn a_link_is_over_after_five_minutes() {
    let mut school = School::closed();
    let base = served(&mut school);
    school.start();
    let path = link(&school, &school.boss).await;
    school.later(TimeDelta::seconds(299));
    let mut browser = Browser::at(&base);
    let shown = browser.get(&path).await;
    assert_eq!(shown.status, StatusCode::OK);
    school.later(TimeDelta::seconds(1));
    assert_eq!(browser.post(&path, &[("csrf", &shown.csrf())]).await.status, StatusCode::GONE);
    assert!(!browser.cookies.contains_key("rollcall-session"));
}

#[tokio::test]
async fn guessing_is_held_back_and_locks_nobody_out() {
    let mut school = School::closed();
    let base = served(&mut school);
    school.start();
    let path = link(&school, &school.boss).await;
    let mut stranger = Browser::at(&base);
    for _ in 0..30 {
        assert_eq!(stranger.get("/sign-in/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await.status, StatusCode::GONE);
    }
    let held = stranger.get("/sign-in/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await;
    assert_eq!((held.status, held.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "60"));
    assert_eq!(Browser::at(&base).come_in(&path).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn strangers_get_no_link_and_the_bot_says_when_there_is_no_dashboard() {
    let mut school = School::closed();
    school.start();
    school.boss.tells(&school.bot, "/dashboard");
    assert!(school.boss.reads(&school.bot).await.text.contains("WEB_ADDR"));
    let stranger = school.sim.user("Stranger");
    stranger.tells(&school.bot, "/dashboard");
    assert!(stranger.reads(&school.bot).await.text.contains("registered teachers"));
}

#[tokio::test]
async fn a_session_survives_a_restart_and_ends_when_asked() {
    let mut school = School::closed();
    let base = served(&mut school);
    school.start();
    let mut phone = Browser::of(&base, &school, &school.boss).await;
    let mut desk = Browser::of(&base, &school, &school.boss).await;
    school.stop().expect("stops");
    let kept = std::fs::read_to_string(school.data().join("web/sessions.json")).expect("a file");
    assert!(!kept.contains(&phone.cookies["rollcall-session"]), "only hashes are kept");
    school.start();
    assert_eq!(link(&school, &school.boss).await.len(), "/sign-in/".len() + 43);
    assert_eq!(phone.get("/").await.status, StatusCode::OK);

    let out = phone.submit("/sign-out", &[]).await;
    assert_eq!(out.header("location"), "/sign-in?said=signed-out");
    assert!(phone.get("/sign-in?said=signed-out").await.text().contains("You are signed out."));
    assert_eq!(desk.get("/").await.status, StatusCode::OK);
    let mut third = Browser::of(&base, &school, &school.boss).await;
    third.submit("/sign-out-everywhere", &[]).await;
    for browser in [&mut desk, &mut third] {
        assert_eq!(browser.get("/").await.header("location"), "/sign-in");
    }
}

/// Signs as Telegram does.
fn signed(token: &str, user: i64, made: i64) -> String {
    let mac = |key: &[u8], text: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key does");
        mac.update(text.as_bytes());
        mac.finalize().into_bytes()
    };
    let user = format!(r#"{{"id":{user},"first_name":"Boss","language_code":"ru"}}"#);
    let hash = mac(&mac(b"WebAppData", token), &format!("auth_date={made}\nquery_id=AA1\nuser={user}"));
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let user = user.replace('{', "%7B").replace('}', "%7D").replace('"', "%22");
    format!("query_id=AA1&user={user}&auth_date={made}&hash={hash}")
}

#[tokio::test]
async fn admins_find_the_mini_app_in_the_menu_where_it_is_reached_by_https() {
    let mut school = School::closed();
    served(&mut school);
    school.set("WEB_URL", "https://rollcall.example.org/");
    school.start();
    school.boss.tells(&school.bot, "/start");
    school.boss.reads(&school.bot).await;
    let linked = {
        school.boss.tells(&school.bot, "/dashboard");
        school.boss.reads(&school.bot).await
    };
    assert!(linked.text.contains("works once"), "{}", linked.text);
    school.stop().expect("stops");
    // Telegram takes it for people whom the bot knows: from the next start on.
    school.start();
    let button = loop {
        if let Some(button) = school.bot.menu_button(&school.boss) {
            break button;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(button["web_app"]["url"], "https://rollcall.example.org/app");
    assert_eq!((&button["type"], &button["text"]), (&"web_app".into(), &"Dashboard".into()));
}

#[tokio::test]
async fn the_mini_app_comes_in_by_telegrams_word_once() {
    let mut school = School::closed();
    let address = served(&mut school);
    school.set("WEB_URL", "https://rollcall.example.org");
    school.start();
    let base = address;
    let (token, boss) = (school.bot.token().to_owned(), school.boss.id);
    let made = monday().timestamp();
    let mut browser = Browser::at(&base);
    let first = loop {
        // The site is served once the daemon is up.
        if let Ok(answer) = browser.request(Method::GET, "/app").send().await {
            break answer.status();
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(first, StatusCode::OK);
    let shown = browser.get("/app").await;
    assert!(shown.header("content-security-policy").contains("frame-ancestors https://web.telegram.org"));
    let refused = [
        ("another bot's", signed("1:another-token", boss, made)),
        ("a stranger's", signed(&token, 1, made)),
        ("an old one", signed(&token, boss, made - 300)),
        ("none", String::new()),
    ];
    for (what, data) in refused {
        assert_eq!(browser.post("/app", &[("init_data", &data)]).await.status, StatusCode::FORBIDDEN, "{what}");
    }
    let data = signed(&token, boss, made);
    let landed = browser.post("/app", &[("init_data", &data)]).await;
    assert_eq!((landed.status, landed.header("location")), (StatusCode::SEE_OTHER, "/"));
    let cookie = landed.header("set-cookie");
    assert!(cookie.starts_with("__Host-rollcall=") && cookie.ends_with("; Secure; SameSite=None; Partitioned"), "{cookie}");
    let overview = browser.get("/").await;
    assert!(overview.header("content-security-policy").contains("frame-ancestors https://web.telegram.org"));
    assert!(overview.text().contains("Сообщений сегодня"), "their Telegram speaks Russian");
    assert_eq!(Browser::at(&base).post("/app", &[("init_data", &data)]).await.status, StatusCode::FORBIDDEN, "it was used");
    let other = Browser::at(&base).get("/sign-in").await;
    assert!(other.header("content-security-policy").contains("frame-ancestors 'none'"));
}
