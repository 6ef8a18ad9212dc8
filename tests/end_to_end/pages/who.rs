//! Every route with everybody: what isn't somebody's isn't shown to them.

use reqwest::{Method, StatusCode};
use rollcall::{
    domain::{ids::ChatId, lang::Lang, study::Community},
    web::pages::{Who, table},
};
use serde_json::{Value, json};
use telegram_sim::{Chat, User};

use super::browser::{Browser, served};
use crate::support::School;

/// A school with a dashboard: Ann (T001) and Bob (T002) in Grade 2.
pub(super) fn school() -> (School, String, User, User, Chat) {
    let mut school = School::closed();
    let base = served(&mut school);
    let (ann, bob) = (school.sim.user("Ann"), school.sim.user("Bob"));
    let grade2 = school.sim.group("Grade 2", &[&ann, &bob, &school.boss]);
    school.boss.adds(&school.bot, &grade2);
    school.write_registry(
        &[("T001", "Ann Lee", Some(&ann)), ("T002", "Bob Ray", Some(&bob))],
        &[&grade2],
        &[("T001", &[&grade2]), ("T002", &[&grade2])],
    );
    watch(&school, &grade2, "Grade 2", &[(&ann, "Ann Lee")]);
    school.start();
    (school, base, ann, bob, grade2)
}

/// A group's voice chats are watched; some people sat there for an hour and a half today.
pub(super) fn watch(school: &School, group: &Chat, title: &str, people: &[(&User, &str)]) {
    let zone = chrono_tz::Asia::Tashkent;
    let today = "2026-01-26".parse().expect("a day");
    let community = Community::new(ChatId(group.id), title.to_owned(), zone, Lang::En, today);
    let by_id = |value: &dyn Fn(&str) -> Value| -> Value {
        people.iter().map(|(user, name)| (user.id.to_string(), value(name))).collect::<serde_json::Map<_, _>>().into()
    };
    let chat = group.id.to_string();
    let files = [
        ("study/communities.json", json!({ &chat: community })),
        (
            "commands/commands.json",
            json!({ "commands": { "news": { "descriptions": { "en": "News <b>" }, "body": { "text": "Hi {name}" } } } }),
        ),
        ("study/members.json", json!({ &chat: by_id(&|name| json!({ "name": name })) })),
        ("presence/2026-01-26.json", json!({ &chat: { "stays": [], "imported": by_id(&|_| json!(5_400)) } })),
    ];
    for (file, value) in files {
        let path = school.data().join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, serde_json::to_vec(&value).expect("JSON")).expect("writes");
    }
}

/// Where a route is for something that exists.
pub(super) fn real(path: &str, chat: &Chat) -> String {
    match path.split('/').nth(1) {
        Some("teachers") => path.replace("{id}", "T001"),
        Some("jobs") => path.replace("{id}", "groups"),
        Some("research") => path.replace("{id}", "all.zip"),
        Some("commands") => path.replace("{id}", "news"),
        _ => path.replace("{id}", &chat.id.to_string()).replace("{token}", "AAAA"),
    }
}

#[tokio::test]
async fn nobody_sees_or_changes_what_is_not_theirs() {
    let (mut school, base, ann, bob, grade2) = school();
    let viewer = school.sim.user("Vera");
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    let named = boss.submit("/settings/viewers", &[("name", "Vera"), ("account", &viewer.id.to_string())]).await;
    assert_eq!(named.header("location"), "/settings?said=viewer-named");
    let mut teacher = Browser::of(&base, &school, &ann).await;
    let mut looker = Browser::of(&base, &school, &viewer).await;
    let mut stranger = Browser::at(&base);

    for (method, path, who) in table() {
        let path = real(path, &grade2);
        match who {
            Who::Anybody => continue,
            Who::SignedIn | Who::Teacher | Who::Viewer | Who::Researcher | Who::Admin => {}
        }
        let what = format!("{method} {path}");
        let read_only = method != "POST";
        let asked = |browser: &Browser| browser.request(if read_only { Method::GET } else { Method::POST }, &path);
        let asked = [asked(&stranger), asked(&teacher), asked(&looker)];
        let [nobody, own, all] = asked;
        let turned_away = stranger.take(nobody).await;
        let is_away = matches!(turned_away.status, StatusCode::UNAUTHORIZED) || turned_away.header("location") == "/sign-in";
        assert!(is_away && turned_away.body.is_empty(), "{what}: {turned_away:?}");
        // Without what its form carries nothing is changed anyway; what isn't theirs is refused before that is looked at.
        if !path.ends_with("/events") {
            let seen = teacher.take(own).await;
            let may = matches!(who, Who::SignedIn | Who::Teacher) && read_only;
            let to_own = path == "/" && seen.header("location") == "/me";
            assert!(to_own || (seen.status == StatusCode::OK) == may, "{what} by a teacher: {}", seen.status);
            let seen = looker.take(all).await;
            let may = matches!(who, Who::SignedIn | Who::Viewer) && read_only;
            assert_eq!(seen.status == StatusCode::OK, may, "{what} by a viewer: {}", seen.status);
        }
    }
    assert_eq!(teacher.get("/events").await.status, StatusCode::FORBIDDEN);
    for browser in [&mut teacher, &mut looker] {
        assert_eq!(browser.get("/research/events").await.status, StatusCode::FORBIDDEN);
    }
    let own = teacher.get("/me").await;
    assert!(own.text().contains("Ann Lee") && !own.text().contains("Bob"), "{}", own.text());
    let _ = bob;
    // What isn't there is said to each of them with a way on.
    for (browser, way) in [(&mut stranger, "/sign-in"), (&mut teacher, "/me"), (&mut looker, "/")] {
        let missing = browser.get("/nowhere").await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
        assert!(missing.text().contains(&format!("<a href=\"{way}\">")), "{}", missing.text());
        assert!(missing.header("content-security-policy").starts_with("default-src 'none'"));
    }

    // Whoever is no admin any more can do nothing with the cookie of before.
    school.stop().expect("stops");
    school.set("ADMIN_IDS", "1");
    school.start();
    school.has_counted_all().await;
    loop {
        if boss.request(Method::GET, "/sign-in").send().await.is_ok() {
            break;
        }
        tokio::task::yield_now().await;
    }
    for (method, path, who) in table() {
        if who != Who::Anybody && method == "GET" {
            assert_eq!(boss.get(&real(path, &grade2)).await.header("location"), "/sign-in", "{path}");
        }
    }
}

#[tokio::test]
async fn forms_of_other_pages_change_nothing() {
    let (school, base, _, _, grade2) = school();
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    let csrf = boss.get("/settings").await.csrf();
    let mut other = Browser::of(&base, &school, &school.boss).await;
    let foreign = other.get("/settings").await.csrf();
    for (method, path, _) in table() {
        if method != "POST" {
            continue;
        }
        let path = real(path, &grade2);
        for wrong in ["", "x", foreign.as_str()] {
            let seen = boss.post(&path, &[("csrf", wrong), ("on", "no"), ("name", "Eve Evil"), ("title", "Evil")]).await;
            assert_eq!(seen.status, StatusCode::FORBIDDEN, "{path} with {wrong:?}");
        }
        let elsewhere = boss.request(Method::POST, &path).header("origin", "https://evil.example").form(&[("csrf", &csrf)]);
        assert_eq!(boss.take(elsewhere).await.status, StatusCode::FORBIDDEN, "{path} from another page");
        let cross = boss.request(Method::POST, &path).header("sec-fetch-site", "cross-site").form(&[("csrf", &csrf)]);
        assert_eq!(boss.take(cross).await.status, StatusCode::FORBIDDEN, "{path} from another site");
    }
    let teachers = boss.get("/teachers?table=teachers&format=json").await.json();
    assert_eq!(teachers.as_array().map(Vec::len), Some(2));
    assert!(!teachers.to_string().contains("Evil"));
}

#[tokio::test]
async fn every_answer_forbids_what_pages_never_do() {
    let (school, base, _, _, grade2) = school();
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    for (method, path, _) in table() {
        if method == "POST" || path.ends_with("/events") {
            continue;
        }
        let seen = boss.get(&real(path, &grade2)).await;
        let policy = seen.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!((seen.header("x-content-type-options"), seen.header("referrer-policy")), ("nosniff", "same-origin"), "{path}");
        let is_asset = path.starts_with("/assets/");
        assert_eq!(seen.header("cache-control").contains("no-store"), !is_asset, "{path}");
        if !is_asset {
            let text = seen.text();
            assert!(!text.contains("<script>") && !text.contains(" style=") && !text.contains(" onclick="), "{path}");
        }
    }
    drop(school);
}
