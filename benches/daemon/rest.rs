//! Memory of a daemon that nobody writes to: as it comes, and with everything on that it can do.

use std::{collections::BTreeMap, fs, net::TcpListener, path::Path, time::Duration};

use serde_json::json;
use telegram_sim::Sim;

use super::{
    program::{Program, wait},
    session::log_in,
};

/// Until its first looks at everything are over.
const A_WHILE: Duration = Duration::from_secs(15);

/// Prints both.
pub(super) fn run() {
    println!("\nMemory at rest, after {} s\n", A_WHILE.as_secs());
    for has_everything in [false, true] {
        let (now, most) = measure(has_everything);
        let what = if has_everything { "with everything on" } else { "as it comes" };
        println!("{what:>20}: {now:.1} MiB, at most {most:.1} MiB");
    }
}

fn measure(has_everything: bool) -> (f64, f64) {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let (bot, second, watcher) = (sim.bot("rollcall_bot"), sim.bot("second_bot"), sim.user("Watcher"));
    let group = sim.group("Group", &[&watcher]);
    let call = group.start_call(&watcher);
    let dir = tempfile::tempdir().expect("a directory");
    let mut settings = BTreeMap::new();
    if has_everything {
        let own = [("BOT_TOKEN", bot.token()), ("ADMIN_IDS", "1"), ("DATA_DIR", dir.path().to_str().expect("UTF-8"))];
        settings = everything(&watcher.session().telethon(), second.token(), dir.path());
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        log_in(&settings.clone().into_iter().chain(own).collect(), &watcher, dir.path());
        let community = json!({
            "title": "Group", "watched": true, "since": "2026-01-01", "zone": "Asia/Tashkent", "lang": "en", "times": [],
            "target": { "chat": group.id }, "periods": { "anchored": "2026-01-01" }, "gate_seconds": 300,
        });
        fs::create_dir_all(dir.path().join("study")).expect("a folder");
        fs::write(dir.path().join("study/communities.json"), json!({ group.id.to_string(): community }).to_string())
            .expect("writes");
        watcher.joins_call(&call);
    }
    let program = Program::with_settings(&settings, dir.path(), &sim, &bot);
    wait(|| bot.polls() > 0 && (!has_everything || second.polls() > 0));
    std::thread::sleep(A_WHILE);
    (program.memory(), program.most_memory())
}

/// A second bot, a user session that watches a group, the dashboard with REST, figures, a log file, an assistant of each sort, exports.
fn everything(session: &str, second: &str, dir: &Path) -> BTreeMap<String, String> {
    let log = dir.join("log/rollcall.log");
    let (web, metrics, receiver) = (free_address(), free_address(), free_address());
    let given = [
        ("BOTS", "main,north"),
        ("BOT_NORTH_TOKEN", second),
        ("RESEARCHER_IDS", "2"),
        ("WEB_ADDR", &web),
        ("WEB_URL", "https://school.example"),
        ("METRICS_ADDR", &metrics),
        ("LOG_FILE", log.to_str().expect("UTF-8")),
        ("ALARM_SILENCE", "2h"),
        ("LEADERBOARD_WEB_EXPORT_ENABLED", "yes"),
        ("LEADERBOARD_INGEST_URL", "https://board.example/ingest"),
        ("LEADERBOARD_INGEST_SECRET", "a secret of enough letters"),
        ("LEADERBOARD_RECEIVER_ADDR", &receiver),
        ("ASSISTANT_FOR", "members"),
        ("ASSISTANT_OPENAI_URL", "http://127.0.0.1:9/v1"),
        ("ASSISTANT_OPENAI_KEY", "no-key-of-anybody"),
        ("ASSISTANT_OPENAI_MODEL", "any"),
        ("ASSISTANT_GEMINI_KEY", "no-key-of-anybody-either"),
        ("ASSISTANT_GEMINI_MODEL", "any"),
        ("TELEGRAM_API_ID", "1234567"),
        ("TELEGRAM_API_HASH", "0123456789abcdef0123456789abcdef"),
        ("TELEGRAM_DC", session),
    ];
    given.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").to_string()
}
