//! What the whole daemon costs while 200 voice chats of 500 people each are watched: the real binary against the simulated data centre,
//! with encryption, decisions, journal and checkpoints. In every half minute 1,000 people come and go.
//!
//! `cargo bench --bench watching`; it takes two minutes and a half, and needs Linux and a second core for the data centre.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    time::{Duration, Instant},
};

use rollcall::store::Reader;
use telegram_sim::{Chat, Sim, User, VoiceChat};
use tempfile::TempDir;

#[expect(dead_code, reason = "other benches use more of it")]
#[path = "common/program.rs"]
mod program;
#[path = "common/session.rs"]
mod session;

use program::{Program, number};
use session::{free_address, log_in, write_communities};

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
    let mut settings = settings(&watcher);
    settings.insert("METRICS_ADDR".to_owned(), metrics.clone());
    log_in(&settings, &watcher, dir.path());
    write_communities(dir.path(), &groups);

    let daemon = Program::with_settings(&settings, dir.path(), &sim, &bot);
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

fn settings(watcher: &User) -> BTreeMap<String, String> {
    let given = [
        ("TZ", "Asia/Tashkent"),
        ("LOG_LEVEL", "warn"),
        ("TELEGRAM_API_ID", "1234567"),
        ("TELEGRAM_API_HASH", "0123456789abcdef0123456789abcdef"),
        ("TELEGRAM_DC", &watcher.session().telethon()),
    ];
    given.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Seats that the daemon has made safe.
fn seated(dir: &Path) -> usize {
    let reader = Reader::open(dir).expect("readable beside the daemon");
    reader.state().study.calls.values().map(|call| call.seats.len()).sum()
}
