//! What the benches share: a data directory to start from, the real binary over it, and what it costs.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::json;
use telegram_sim::{Bot, Sim};

/// A program at work, killed when dropped.
pub(crate) struct Program(Child);

impl Program {
    /// The daemon over `dir`, as `bot`.
    pub(crate) fn daemon(dir: &Path, sim: &Sim, bot: &Bot, admins: &str) -> Self {
        Self::with_settings(&BTreeMap::from([("ADMIN_IDS".to_owned(), admins.to_owned())]), dir, sim, bot)
    }

    /// The same with more settings.
    pub(crate) fn with_settings(settings: &BTreeMap<String, String>, dir: &Path, sim: &Sim, bot: &Bot) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
        command.args(["run", "--env-file", "/dev/null"]).env("DATA_DIR", dir).env("EXPORT_DIR", dir.join("exports"));
        Self::start(command.env("ADMIN_IDS", "1").env("LOG_LEVEL", "error").envs(settings), sim, bot)
    }

    /// A build of the daemon under callgrind, which writes what it counted to `profile`, and calls functions as the linker does.
    pub(crate) fn profiled(program: &Path, dir: &Path, sim: &Sim, bot: &Bot, admin: i64, profile: &Path) -> Self {
        let mut command = Command::new("valgrind");
        command.args(["--quiet", "--tool=callgrind", "--demangle=no"]);
        command.arg(format!("--callgrind-out-file={}", profile.display()));
        command.arg(program).args(["run", "--env-file", "/dev/null"]).env("ADMIN_IDS", admin.to_string());
        command.env("DATA_DIR", dir).env("EXPORT_DIR", dir.join("exports")).env("LOG_LEVEL", "error");
        Self::start(&mut command, sim, bot)
    }

    /// Ends it as a service manager does, and waits.
    pub(crate) fn stop(mut self) {
        let asked = Command::new("kill").arg(self.0.id().to_string()).status().expect("there is a kill");
        assert!(asked.success() && self.0.wait().expect("it ends").success());
    }

    /// This bench again, with other arguments.
    pub(crate) fn myself(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>, sim: &Sim, bot: &Bot) -> Self {
        let myself = std::env::current_exe().expect("a running program has a path");
        Self::start(Command::new(myself).args(arguments), sim, bot)
    }

    fn start(command: &mut Command, sim: &Sim, bot: &Bot) -> Self {
        let command = command.env("BOT_TOKEN", bot.token()).env("TELEGRAM_API_URL", sim.url());
        // What teloxide alone looks for.
        let command = command.env("TELOXIDE_TOKEN", bot.token()).env("TELOXIDE_API_URL", sim.url());
        Self(command.stdout(Stdio::null()).spawn().expect("the program starts"))
    }

    /// Memory in use now, in MiB.
    pub(crate) fn memory(&self) -> f64 {
        self.status("VmRSS:")
    }

    /// The most memory that was ever in use, in MiB.
    pub(crate) fn most_memory(&self) -> f64 {
        self.status("VmHWM:")
    }

    /// Processor time so far, of the program and for it, in milliseconds.
    pub(crate) fn cpu_ms(&self) -> f64 {
        cpu_ms(self.0.id())
    }

    /// Bytes written to files so far: journal, checkpoints.
    pub(crate) fn written(&self) -> u64 {
        number(&self.proc("io"), "wchar:")
    }

    fn status(&self, line: &str) -> f64 {
        number(&self.proc("status"), line) as f64 / 1024.0
    }

    fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.0.id())).expect("it runs")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Registers everybody as a teacher who is counted in these chats.
pub(crate) fn write_registry(dir: &Path, pairs: &BTreeSet<(i64, i64)>) {
    let mut assigned: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (chat, user) in pairs {
        assigned.entry(format!("T{user}")).or_default().push(chat.to_string());
    }
    let teachers: BTreeMap<_, _> = pairs
        .iter()
        .map(|(_, user)| {
            let id = format!("T{user}");
            let teacher =
                json!({ "teacher_id": id, "full_name": format!("Teacher {user}"), "telegram_user_id": user, "active": true });
            (id, teacher)
        })
        .collect();
    let groups: BTreeMap<_, _> =
        pairs.iter().map(|(chat, _)| (chat.to_string(), json!({ "chat_id": chat, "title": "Group", "enabled": true }))).collect();
    for (name, value) in [("teachers", json!(teachers)), ("groups", json!(groups)), ("teacher_groups", json!(assigned))] {
        fs::write(dir.join(format!("{name}.json")), value.to_string()).expect("writes");
    }
}

/// Processor time of a process so far, and of the system for it, in milliseconds.
pub(crate) fn cpu_ms(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("it runs");
    let fields: Vec<&str> = stat.rsplit(')').next().expect("fields").split_whitespace().collect();
    let ticks: u64 = fields[11..13].iter().map(|ticks| ticks.parse::<u64>().expect("a number")).sum();
    // A tick is a hundredth of a second on every Linux that we know.
    ticks as f64 * 10.0
}

/// The number behind a name at the beginning of a line.
pub(crate) fn number(text: &str, name: &str) -> u64 {
    let line = text.lines().find(|line| line.starts_with(name)).expect("it is told");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
}

/// Looks often until it is so.
pub(crate) fn wait(is_so: impl Fn() -> bool) {
    while !is_so() {
        std::thread::sleep(Duration::from_micros(500));
    }
}

/// Prints the median, the 99th percentile and the longest.
pub(crate) fn print_percentiles(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let ms = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    println!("{what:>40}: median {:>5.2} ms, p99 {:>5.2} ms, at most {:>6.2} ms", ms(0.5), ms(0.99), ms(1.0));
}
