//! What collecting a channel costs: the real binary against the simulated data centre, at a pace of 6,000 requests a minute.
//!
//! `cargo bench --bench collecting [-- POSTS]`: 5,000 and 50,000 unless told. It needs Linux and a second core for the data centre.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::{
    collections::BTreeMap,
    env, fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use telegram_sim::{Content, Sim, User};
use tempfile::TempDir;

#[expect(dead_code, reason = "other benches use more of it")]
#[path = "common/session.rs"]
mod session;

use session::log_in;

fn main() {
    let told: Vec<u32> = env::args().filter_map(|argument| argument.parse().ok()).collect();
    for posts in if told.is_empty() { vec![5_000, 50_000] } else { told } {
        measure(posts);
    }
}

fn measure(posts: u32) {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let (news, reader) = (sim.channel("News").named("newsroom"), sim.user("Reader"));
    for n in 0..posts {
        let words = format!("Post {n}: the school opens its doors at nine – новости дня");
        news.posts(if n % 5 == 0 { Content::photo().captioned(&words) } else { Content::text(&words) });
    }
    let dir = TempDir::new().expect("a directory");
    let settings = settings(&reader, dir.path());
    log_in(&settings, &reader, dir.path());
    let began = Instant::now();
    let line = ["channels", "collect", "newsroom", "-o", "out", "--env-file", "/dev/null"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
    command.args(line).current_dir(dir.path()).env_clear().envs(&settings).stdout(Stdio::null());
    let mut child = command.spawn().expect("the program starts");
    let (mut most, mut worked) = (0, 0.0);
    while child.try_wait().expect("it can be asked").is_none() {
        most = most.max(peak_kib(child.id()).unwrap_or(0));
        worked = processor_seconds(child.id()).unwrap_or(worked);
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(child.wait().expect("it ends").success());
    let file = fs::metadata(dir.path().join("out/newsroom/newsroom_messages.json")).expect("it is there");
    println!(
        "{posts:>6} posts: {:.1} s, {worked:.1} s of a processor, {} requests, a file of {:.1} MB, {:.1} MiB of memory at most",
        began.elapsed().as_secs_f64(),
        sim.calls("messages.getHistory").len() + 2,
        file.len() as f64 / 1e6,
        most as f64 / 1024.0
    );
}

fn settings(reader: &User, dir: &Path) -> BTreeMap<String, String> {
    let given = [
        ("TELEGRAM_API_ID", "1234567"),
        ("TELEGRAM_API_HASH", "0123456789abcdef0123456789abcdef"),
        ("TELEGRAM_DC", &reader.session().telethon()),
        ("DATA_DIR", dir.to_str().expect("UTF-8")),
        ("CHANNELS_PER_MINUTE", "6000"),
        ("LOG_LEVEL", "warn"),
    ];
    given.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Its processor time so far; a tick is a hundredth of a second on every Linux that we know.
fn processor_seconds(process: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok());
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

/// The most memory that a process ever had, where the system says and it still lives.
fn peak_kib(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
