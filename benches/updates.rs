//! How fast the daemon counts, durably and exactly once, and what that costs: the real binary polls the simulator, which
//! has everything ready. `cargo bench --bench updates [-- MESSAGES]`
//!
//! Printed for 20 groups × 100 teachers and 500 × 5,000: updates a second from the first to the last acknowledgement,
//! processor time for 1,000 updates, memory at rest and at most, and the time from the start to the first poll.

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("this bench reads /proc, which only Linux has");
}

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs,
        path::Path,
        process::{Child, Command, Stdio},
        time::{Duration, Instant},
    };

    use chrono::{DateTime, TimeDelta, Utc};
    use serde_json::json;
    use telegram_sim::{Bot, FloodPlan, Sim};

    /// A moment within one day of the default zone.
    const FROM: i64 = 1_769_403_600;

    pub(super) fn main() {
        let messages = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(200_000);
        println!("{messages} updates, RTT 0, one fsync a batch of 100\n");
        println!("groups × teachers | updates/s | ms CPU / 1,000 | MiB at rest | MiB at most | ms to first poll");
        for (groups, users) in [(20, 100), (500, 5_000)] {
            let run = measure(groups, users, messages);
            println!(
                "{:>17} | {:>9.0} | {:>14.1} | {:>11.1} | {:>11.1} | {:>16.0}",
                format!("{groups} × {users}"),
                run.per_second,
                run.cpu_ms,
                run.rest_mib,
                run.peak_mib,
                run.first_poll_ms
            );
        }
    }

    struct Run {
        per_second: f64,
        cpu_ms: f64,
        rest_mib: f64,
        peak_mib: f64,
        first_poll_ms: f64,
    }

    fn measure(groups: usize, users: usize, messages: usize) -> Run {
        let sim = Sim::start();
        let bot = sim.bot("rollcall_bot");
        let from = DateTime::<Utc>::from_timestamp(FROM, 0).expect("a time");
        sim.clock().set(from);
        let plan = FloodPlan { groups, users, ..FloodPlan::new(messages, from) };
        let flood = sim.flood(&bot, &FloodPlan { over: TimeDelta::hours(1), ..plan });
        let dir = tempfile::tempdir().expect("a directory");
        write_registry(dir.path(), &flood.posted.keys().map(|(_, chat, user, _)| (*chat, *user)).collect());
        let start = Instant::now();
        let mut daemon = start_daemon(dir.path(), &sim, &bot);
        wait(|| bot.polls() > 0);
        let first_poll_ms = start.elapsed().as_secs_f64() * 1000.0;
        let rest_mib = memory(&daemon, "VmRSS");
        let before = cpu_ticks(&daemon);
        let counting = Instant::now();
        wait(|| bot.pending() == 0);
        let seconds = counting.elapsed().as_secs_f64();
        let ticks = cpu_ticks(&daemon) - before;
        let peak_mib = memory(&daemon, "VmHWM");
        daemon.kill().expect("it can be killed");
        daemon.wait().expect("it ends");
        // A tick is a hundredth of a second on every Linux that we know.
        let cpu_ms = ticks as f64 * 10.0 / (messages as f64 / 1000.0);
        Run { per_second: messages as f64 / seconds, cpu_ms, rest_mib, peak_mib, first_poll_ms }
    }

    /// Everybody is a teacher and is counted wherever they write.
    fn write_registry(dir: &Path, pairs: &BTreeSet<(i64, i64)>) {
        let mut assigned: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (chat, user) in pairs {
            assigned.entry(format!("T{user}")).or_default().push(chat.to_string());
        }
        let teachers: BTreeMap<_, _> = pairs
            .iter()
            .map(|(_, user)| {
                let id = format!("T{user}");
                (
                    id.clone(),
                    json!({ "teacher_id": id, "full_name": format!("Teacher {user}"), "telegram_user_id": user, "active": true }),
                )
            })
            .collect();
        let groups: BTreeMap<_, _> = pairs
            .iter()
            .map(|(chat, _)| (chat.to_string(), json!({ "chat_id": chat, "title": "Group", "enabled": true })))
            .collect();
        for (name, value) in [("teachers", json!(teachers)), ("groups", json!(groups)), ("teacher_groups", json!(assigned))] {
            fs::write(dir.join(format!("{name}.json")), value.to_string()).expect("writes");
        }
    }

    fn start_daemon(dir: &Path, sim: &Sim, bot: &Bot) -> Child {
        Command::new(env!("CARGO_BIN_EXE_rollcall"))
            .args(["run", "--env-file", "/dev/null"])
            .env("BOT_TOKEN", bot.token())
            .env("ADMIN_IDS", "1")
            .env("DATA_DIR", dir)
            .env("TELEGRAM_API_URL", sim.url())
            .env("LOG_LEVEL", "error")
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts")
    }

    fn wait(is_so: impl Fn() -> bool) {
        while !is_so() {
            std::thread::sleep(Duration::from_micros(500));
        }
    }

    /// A line of `/proc/PID/status`, in MiB.
    fn memory(daemon: &Child, line: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", daemon.id())).expect("it runs");
        let line = status.lines().find(|known| known.starts_with(line)).expect("Linux tells");
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).expect("a number") / 1024.0
    }

    /// User and system time of the process.
    fn cpu_ticks(daemon: &Child) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", daemon.id())).expect("it runs");
        let fields: Vec<&str> = stat.rsplit(')').next().expect("fields").split_whitespace().collect();
        fields[11..13].iter().map(|ticks| ticks.parse::<u64>().expect("a number")).sum()
    }
}
