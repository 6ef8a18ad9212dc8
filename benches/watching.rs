//! What the whole daemon costs while 200 voice chats of 500 people each are watched: the real binary against the simulated data centre,
//! with encryption, decisions, journal and checkpoints. In every half minute 1,000 people come and go.
//!
//! `cargo bench --bench watching`; it takes two minutes and a half, and needs Linux and a second core for the data centre.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::{
    collections::BTreeMap,
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rollcall::store::Reader;
use serde_json::json;
use telegram_sim::{Chat, Sim, User, VoiceChat};
use tempfile::TempDir;

#[path = "common/session.rs"]
mod session;

use session::log_in;

const CALLS: usize = 200;
const IN_EACH: usize = 500;
/// In each call, so many leave and come in each half minute.
const CHANGES: usize = 5;
const HALF_MINUTE: Duration = Duration::from_secs(30);
const HALF_MINUTES: usize = 3;

fn main() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let (bot, watcher) = (sim.bot("rollcall_bot"), sim.user("Watcher"));
    let groups: Vec<Chat> = (0..CALLS).map(|n| sim.group(&format!("Group {n}"), &[&watcher])).collect();
    let rooms: Vec<(VoiceChat, Vec<User>)> = groups.iter().map(|group| room(&sim, group, &watcher)).collect();
    let dir = TempDir::new().expect("a directory");
    let metrics = free_address();
    let mut settings = settings(&sim, bot.token(), &watcher, dir.path());
    settings.insert("METRICS_ADDR".to_owned(), metrics.clone());
    log_in(&settings, &watcher, dir.path());
    write_communities(dir.path(), &groups);

    let daemon = Daemon::start(&settings);
    let began = Instant::now();
    while seated(dir.path()) < CALLS * IN_EACH {
        assert!(began.elapsed() < HALF_MINUTE * 4, "only {} seats are known", seated(dir.path()));
        std::thread::sleep(Duration::from_secs(1));
    }
    println!("{CALLS} calls of {IN_EACH} people: all seats are known {:.0} s after the start", began.elapsed().as_secs_f64());
    // Into the rhythm of looks.
    std::thread::sleep(HALF_MINUTE);
    for half_minute in 0..HALF_MINUTES {
        let (cpu, written, asked) = (daemon.cpu_ms(), daemon.written(), requests(&metrics));
        for moment in 0..CHANGES {
            for (call, people) in &rooms {
                let who = &people[(half_minute * CHANGES + moment) % people.len()];
                who.leaves_call(call);
                who.joins_call(call);
            }
            std::thread::sleep(HALF_MINUTE / CHANGES as u32);
        }
        let (cpu, written, asked) = (daemon.cpu_ms() - cpu, daemon.written() - written, requests(&metrics) - asked);
        println!(
            "  half a minute: {:.1} % of a core, {asked} requests, {:.1} MB written, {:.0} MiB of memory",
            cpu / HALF_MINUTE.as_secs_f64() / 10.0,
            written as f64 / 1e6,
            daemon.memory()
        );
    }
    println!("  the most memory ever in use: {:.0} MiB", daemon.most_memory());
    daemon.stop();
    println!("  {} seats at the end", seated(dir.path()));
}

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").to_string()
}

/// How many requests the user session has made: a look at everybody in half a minute is 1,000 of them.
fn requests(metrics: &str) -> u64 {
    let mut stream = TcpStream::connect(metrics).expect("the daemon listens");
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").expect("asks");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("answers");
    number(&text, "rollcall_session_requests_total")
}

/// A group's voice chat with everybody in it.
fn room(sim: &Sim, group: &Chat, starter: &User) -> (VoiceChat, Vec<User>) {
    let call = group.start_call(starter);
    let people: Vec<User> = (0..IN_EACH).map(|n| sim.user(&format!("Person {n}"))).collect();
    people.iter().for_each(|person| person.joins_call(&call));
    (call, people)
}

fn settings(sim: &Sim, token: &str, watcher: &User, dir: &Path) -> BTreeMap<String, String> {
    let given = [
        ("BOT_TOKEN", token),
        ("TELEGRAM_API_URL", sim.url()),
        ("ADMIN_IDS", "1"),
        ("TZ", "Asia/Tashkent"),
        ("LOG_LEVEL", "warn"),
        ("TELEGRAM_API_ID", "1234567"),
        ("TELEGRAM_API_HASH", "0123456789abcdef0123456789abcdef"),
        ("TELEGRAM_DC", &watcher.session().telethon()),
        ("DATA_DIR", dir.to_str().expect("UTF-8")),
        ("EXPORT_DIR", dir.to_str().expect("UTF-8")),
    ];
    given.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn write_communities(dir: &Path, groups: &[Chat]) {
    let community = |group: &Chat| {
        json!({
            "title": "Group", "watched": true, "since": "2026-01-01", "zone": "Asia/Tashkent", "lang": "en", "times": [],
            "target": { "chat": group.id }, "periods": { "anchored": "2026-01-01" }, "gate_seconds": 300,
        })
    };
    let communities: BTreeMap<String, _> = groups.iter().map(|group| (group.id.to_string(), community(group))).collect();
    fs::create_dir_all(dir.join("study")).expect("a folder");
    fs::write(dir.join("study/communities.json"), json!(communities).to_string()).expect("writes");
}

/// Seats that the daemon has made safe.
fn seated(dir: &Path) -> usize {
    let reader = Reader::open(dir).expect("readable beside the daemon");
    reader.state().study.calls.values().map(|call| call.seats.len()).sum()
}

/// The daemon, killed when dropped.
struct Daemon(Child);

impl Daemon {
    fn start(settings: &BTreeMap<String, String>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
        command.args(["run", "--env-file", "/dev/null"]).env_clear().envs(settings).stdout(Stdio::null());
        Self(command.spawn().expect("the program starts"))
    }

    /// Processor time so far, in milliseconds.
    fn cpu_ms(&self) -> f64 {
        let stat = self.proc("stat");
        let fields: Vec<&str> = stat.rsplit(')').next().expect("fields").split_whitespace().collect();
        let ticks: u64 = fields[11..13].iter().map(|ticks| ticks.parse::<u64>().expect("a number")).sum();
        // A tick is a hundredth of a second on every Linux that we know.
        ticks as f64 * 10.0
    }

    /// Bytes written to files so far: journal, checkpoints.
    fn written(&self) -> u64 {
        number(&self.proc("io"), "wchar:")
    }

    /// In MiB.
    fn memory(&self) -> f64 {
        number(&self.proc("status"), "VmRSS:") as f64 / 1024.0
    }

    /// In MiB.
    fn most_memory(&self) -> f64 {
        number(&self.proc("status"), "VmHWM:") as f64 / 1024.0
    }

    fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.0.id())).expect("it runs, on Linux")
    }

    fn stop(mut self) {
        let asked = Command::new("kill").arg(self.0.id().to_string()).status().expect("there is a kill");
        assert!(asked.success() && self.0.wait().expect("it ends").success());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn number(text: &str, name: &str) -> u64 {
    let line = text.lines().find(|line| line.starts_with(name)).expect("Linux tells");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
}
