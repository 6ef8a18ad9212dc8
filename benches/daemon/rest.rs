//! Memory of a daemon that nobody writes to: as it comes, and with everything on that it can do.

use std::{collections::BTreeMap, path::Path, slice, time::Duration};

use telegram_sim::{Bot, Sim};

use super::{
    program::{Program, wait},
    session::{free_address, log_in, write_communities},
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
    let bot = sim.bot("rollcall_bot");
    let dir = tempfile::tempdir().expect("a directory");
    let (settings, second) = if has_everything { everything(&sim, dir.path()) } else { (BTreeMap::new(), bot.clone()) };
    let program = Program::with_settings(&settings, dir.path(), &sim, &bot);
    wait(|| bot.polls() > 0 && second.polls() > 0);
    std::thread::sleep(A_WHILE);
    (program.memory(), program.most_memory())
}

/// A second bot, a user session that watches a group's call, the dashboard with REST, figures, a log file, an assistant of each sort, exports:
/// the settings of all that, and the second bot.
pub(super) fn everything(sim: &Sim, dir: &Path) -> (BTreeMap<String, String>, Bot) {
    let _ = sim.data_centre();
    let (second, watcher) = (sim.bot("second_bot"), sim.user("Watcher"));
    let group = sim.group("Group", &[&watcher]);
    let settings = settings(&watcher.session().telethon(), second.token(), dir);
    log_in(&settings, &watcher, dir);
    write_communities(dir, slice::from_ref(&group));
    watcher.joins_call(&group.start_call(&watcher));
    (settings, second)
}

fn settings(session: &str, second: &str, dir: &Path) -> BTreeMap<String, String> {
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
