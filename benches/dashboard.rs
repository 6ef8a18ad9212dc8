//! How long the dashboard takes for its first page: a year of 500 groups with 5,000 teachers, 10,000 counters a day, through the
//! running daemon and its socket.
//!
//! `cargo bench --bench dashboard`
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{Days, NaiveDate, Utc};
use rollcall::{
    app,
    clock::{Clock as _, SystemClock},
    config::Config,
    domain::{
        dayfile,
        ids::{ChatId, TeacherId},
        kind::Kind,
        period::local_day,
        sign_in::{Way, WebSession},
        tally::Tally,
    },
    secrets::token,
};
use serde_json::json;
use telegram_sim::Sim;
use tokio::sync::watch;

const GROUPS: i64 = 500;
const TEACHERS: i64 = 5_000;
const GROUPS_EACH: i64 = 2;
const DAYS: u64 = 365;
const LOOKS: usize = 200;
const ADMIN: i64 = 600_000_001;

fn main() {
    let dir = tempfile::tempdir().expect("a directory");
    let sim = Sim::start();
    let bot = sim.bot("rollcall_bot");
    let data = dir.path().join("data");
    let zone = chrono_tz::Asia::Tashkent;
    write_school(&data, local_day(zone, SystemClock.now()));
    let cookie = write_session(&data);
    let probe = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = probe.local_addr().expect("an address").to_string();
    drop(probe);
    let settings = [
        ("BOT_TOKEN", bot.token().to_owned()),
        ("ADMIN_IDS", ADMIN.to_string()),
        ("DATA_DIR", data.display().to_string()),
        ("EXPORT_DIR", dir.path().join("exports").display().to_string()),
        ("TELEGRAM_API_URL", sim.url().to_owned()),
        ("WARN_DISK_MB", "0".to_owned()),
        ("WEB_ADDR", address.clone()),
    ];
    let settings = settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let (config, _) = Config::from_map(&settings).expect("the settings are right");
    let (stop, stopped) = watch::channel(false);
    let daemon = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(app::run(config, Arc::new(SystemClock), stopped)).expect("the daemon runs");
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(look(&format!("http://{address}"), &cookie));
    stop.send_replace(true);
    daemon.join().expect("the daemon ends well");
}

async fn look(base: &str, cookie: &str) {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let get = async |path: &str| {
        let began = Instant::now();
        let answer = client.get(format!("{base}{path}")).header("cookie", cookie).send().await.ok()?;
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        let bytes = answer.bytes().await.ok()?.len();
        Some((began.elapsed(), bytes))
    };
    // Not a page: the first look at one is to be measured.
    while get("/assets/icon.svg").await.is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!("{GROUPS} groups, {TEACHERS} teachers, {} counters a day, {DAYS} days\n", TEACHERS * GROUPS_EACH);
    println!("{:<34} {:>9} {:>9} {:>9} {:>8}", "page", "first", "median", "99 %", "kB");
    for path in ["/", "/groups", "/teachers", "/groups?days=30", "/groups/-1001000000007", "/teachers/T0007", "/study"] {
        let (first, bytes) = get(path).await.expect("answers");
        let looks = if path == "/" { LOOKS } else { LOOKS / 10 };
        let mut took = Vec::with_capacity(looks);
        for _ in 0..looks {
            took.push(get(path).await.expect("answers").0);
        }
        took.sort_unstable();
        let ms = |took: Duration| format!("{:.1} ms", took.as_secs_f64() * 1e3);
        let late = took[took.len() * 99 / 100];
        println!("{path:<34} {:>9} {:>9} {:>9} {:>8}", ms(first), ms(took[took.len() / 2]), ms(late), bytes / 1000);
    }
}

/// A session of the admin, as the files have it. Its cookie.
fn write_session(data: &Path) -> String {
    let (secret, digest) = token::new().expect("random numbers");
    let session = WebSession { user: rollcall::domain::ids::UserId(ADMIN), by: Way::Link, began: now(), seen: now() };
    write(&data.join("web/sessions.json"), &json!({ "sessions": { digest.to_string(): session } }));
    format!("rollcall-session={secret}")
}

fn now() -> chrono::DateTime<Utc> {
    SystemClock.now()
}

fn write_school(data: &Path, today: NaiveDate) {
    let chat = |group: i64| ChatId(-1_001_000_000_000 - group).to_string();
    let groups: serde_json::Map<_, _> = (0..GROUPS)
        .map(|n| (chat(n), json!({ "chat_id": -1_001_000_000_000_i64 - n, "title": format!("Group {n}"), "enabled": true })))
        .collect();
    let id = |n: i64| format!("T{n:04}");
    let teachers: serde_json::Map<_, _> = (0..TEACHERS)
        .map(|n| {
            let entry = json!({ "teacher_id": id(n), "full_name": format!("Teacher {n}"), "telegram_user_id": 700_000_000 + n });
            (id(n), entry)
        })
        .collect();
    let of = |teacher: i64| (0..GROUPS_EACH).map(move |n| (teacher + n * 7) % GROUPS);
    let assigned: serde_json::Map<_, _> = (0..TEACHERS).map(|n| (id(n), of(n).map(chat).collect::<Vec<_>>().into())).collect();
    write(&data.join("groups.json"), &json!(groups));
    write(&data.join("teachers.json"), &json!(teachers));
    write(&data.join("teacher_groups.json"), &json!(assigned));
    fs::create_dir_all(data.join("stats")).expect("a folder");
    let different: Vec<_> = (0..7).map(|seed| day_file(seed, &of)).collect();
    for n in 0..DAYS {
        let day = today - Days::new(n);
        fs::write(data.join(format!("stats/{day}.json")), &different[(n % 7) as usize]).expect("writes");
    }
}

fn day_file<I: Iterator<Item = i64>>(seed: i64, of: &impl Fn(i64) -> I) -> Vec<u8> {
    let mut cells = dayfile::Cells::default();
    for teacher in 0..TEACHERS {
        for group in of(teacher) {
            let mut tally = Tally::default();
            tally.add_many(Kind::Text, ((seed * 13 + teacher * 3 + group) % 40) as u64);
            tally.add_many(Kind::Photo, ((seed + teacher) % 5) as u64);
            let id = TeacherId::parse(&format!("T{teacher:04}")).expect("an id");
            cells.put(ChatId(-1_001_000_000_000 - group), id, Some(tally));
        }
    }
    dayfile::render_cells(&cells)
}

fn write(path: &Path, value: &serde_json::Value) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, serde_json::to_vec(value).expect("JSON")).expect("writes");
}
