//! A school whose counts are in a database, and replicas of the program that count for it.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicU8, Ordering},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeZone, Utc};
use rollcall::domain::dayfile;
use serde_json::{Value, json};
use telegram_sim::{Bot, Flood, FloodPlan, Sim, User};
use tempfile::TempDir;

/// Seconds after which a silent replica is taken for dead.
pub(crate) const TAKEOVER: &str = "2";

/// Monday, 2026-01-26, 10:00 in Tashkent.
pub(crate) fn monday() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 26, 5, 0, 0).single().expect("a time")
}

pub(crate) struct School {
    pub(crate) sim: Sim,
    pub(crate) bot: Bot,
    pub(crate) boss: User,
    /// The database's address.
    pub(crate) store: String,
    pub(crate) dir: TempDir,
    /// Where Telegram delivers, in webhook mode.
    pub(crate) webhook: Option<SocketAddr>,
    /// Where replicas find the database, if not at its own address.
    pub(crate) through: Option<String>,
    /// Of the people who write, so many of the first are teachers; the others count for nobody.
    pub(crate) teachers: usize,
    /// Settings that other schools don't have.
    pub(crate) settings: Vec<(&'static str, String)>,
}

/// A replica, killed when dropped.
pub(crate) struct Replica {
    child: Child,
    log: PathBuf,
    /// Where it shows its figures while it works.
    pub(crate) metrics: SocketAddr,
}

impl School {
    pub(crate) fn new() -> Self {
        Self::on(crate::postgres::shared().fresh())
    }

    pub(crate) fn on(store: String) -> Self {
        let sim = Sim::start();
        sim.clock().set(monday());
        let bot = sim.bot("rollcall_bot");
        bot.set_privacy(false);
        let boss = sim.user("Boss");
        Self {
            sim,
            bot,
            boss,
            store,
            dir: TempDir::new().expect("a directory"),
            webhook: None,
            through: None,
            teachers: usize::MAX,
            settings: Vec::new(),
        }
    }

    /// Messages waiting at Telegram, in groups of the register of the database.
    pub(crate) fn flooded(&self, messages: usize) -> Flood {
        self.flooded_in(5, messages)
    }

    /// The same in so many groups, of which everybody is in all: Telegram delivers those of one group one after the other.
    pub(crate) fn flooded_in(&self, groups: usize, messages: usize) -> Flood {
        let plan = FloodPlan { groups, users: 20, groups_each: groups, ..FloodPlan::new(messages, monday()) };
        let flood = self.sim.flood(&self.bot, &plan);
        let created = "2026-01-20T09:00:00";
        let ids: Vec<String> = (0..flood.users.len().min(self.teachers)).map(|n| format!("T{n:03}")).collect();
        let groups: Vec<String> = flood.groups.iter().map(|group| group.id.to_string()).collect();
        let people: BTreeMap<_, _> = ids.iter().zip(&flood.users).map(|(id, user)| {
            (id, json!({ "teacher_id": id, "full_name": id, "telegram_user_id": user.id, "active": true, "created_at": created }))
        }).collect();
        let places: BTreeMap<_, _> = flood
            .groups
            .iter()
            .map(|group| {
                (
                    group.id.to_string(),
                    json!({ "chat_id": group.id, "title": group.title(), "enabled": true, "created_at": created }),
                )
            })
            .collect();
        let assigned: BTreeMap<_, _> = ids.iter().map(|id| (id, &groups)).collect();
        self.begins_with(&[
            ("teachers.json", json!(people)),
            ("groups.json", json!(places)),
            ("teacher_groups.json", json!(assigned)),
        ]);
        flood
    }

    /// The database has this before anybody counts.
    pub(crate) fn begins_with(&self, files: &[(&str, Value)]) {
        let register = self.dir.path().join("register");
        for (file, value) in files {
            let file = register.join(file);
            std::fs::create_dir_all(file.parent().expect("it is below")).expect("a directory");
            std::fs::write(file, value.to_string()).expect("writes");
        }
        self.does(&["store", "copy", "--from", path(&register), "--to", "STORE_URL"]);
    }

    /// What stays on a replica's machine.
    pub(crate) fn data(&self, replica: &str) -> PathBuf {
        let data = self.dir.path().join(format!("data-{replica}"));
        std::fs::create_dir_all(&data).expect("a directory");
        data
    }

    /// The program with the school's settings, as one replica of several has them.
    pub(crate) fn command(&self, replica: &str) -> Command {
        let data = self.data(replica);
        let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
        command.args(["--env-file", "/dev/null"]).env_clear().current_dir(self.dir.path());
        command.envs([
            ("BOT_TOKEN", self.bot.token()),
            ("ADMIN_IDS", &self.boss.id.to_string()),
            ("TELEGRAM_API_URL", self.sim.url()),
            ("DATA_DIR", path(&data)),
            ("EXPORT_DIR", path(&self.dir.path().join("exports"))),
            ("STORE_URL", &self.store),
            ("STORE_TAKEOVER_SECONDS", TAKEOVER),
            ("STORE_CONNECTIONS", "3"),
            ("POLL_TIMEOUT", "2"),
            ("WARN_DISK_MB", "0"),
        ]);
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// A command that succeeds: what it says.
    pub(crate) fn does(&self, line: &[&str]) -> String {
        let output = self.command("terminal").args(line).output().expect("runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{line:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        said
    }

    /// Starts a replica; in webhook mode it listens at its own address.
    pub(crate) fn starts(&self, name: &str, at: Option<SocketAddr>) -> Replica {
        let log = self.dir.path().join(format!("{name}.log"));
        let file = std::fs::File::options().append(true).create(true).open(&log).expect("a file");
        let mut command = self.command(name);
        if let (Some(at), Some(webhook)) = (at, self.webhook) {
            command.envs([
                ("RUN_MODE", "webhook"),
                ("WEB_ADDR", &at.to_string()),
                ("WEBHOOK_URL", &format!("http://{webhook}/")),
                ("WEBHOOK_SECRET", "the-secret-of-this-test"),
            ]);
        }
        if let Some(through) = &self.through {
            command.env("STORE_URL", through);
        }
        let metrics = own_address();
        let child = command
            .env("METRICS_ADDR", metrics.to_string())
            .arg("run")
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .expect("starts");
        Replica { child, log, metrics }
    }

    /// Starts a replica, and waits until it works.
    pub(crate) fn starts_working(&self, name: &str) -> Replica {
        let replica = self.starts(name, None);
        replica.says("this replica is the one that works", 1);
        replica
    }

    /// Starts a replica, and waits until it stands by.
    pub(crate) fn starts_standing_by(&self, name: &str) -> Replica {
        let replica = self.starts(name, None);
        replica.says("standing by", 1);
        replica
    }

    /// What an administrator of the database is answered. The client waits for itself, which a runtime's thread may not.
    pub(crate) fn asks<T: Send>(
        &self,
        ask: impl FnOnce(&mut ::postgres::Client) -> Result<T, ::postgres::Error> + Send,
    ) -> Result<T, ::postgres::Error> {
        std::thread::scope(|scope| {
            let asked = scope.spawn(|| ask(&mut ::postgres::Client::connect(&self.store, ::postgres::NoTls)?));
            asked.join().expect("asking doesn't panic")
        })
    }

    /// A column of text.
    pub(crate) fn column(&self, sql: &str) -> Vec<String> {
        let rows = self.asks(|client| client.query(sql, &[])).expect("the database answers");
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// An administrator's order.
    pub(crate) fn orders(&self, sql: &str) {
        self.asks(|client| client.batch_execute(sql)).expect("done");
    }

    /// How the replicas' logs end.
    fn last_words(&self) -> String {
        let files = std::fs::read_dir(self.dir.path()).into_iter().flatten().flatten().map(|entry| entry.path());
        let logs = files.filter(|path| path.extension().is_some_and(|end| end == "log"));
        let end_of = |path: PathBuf| {
            let said = std::fs::read_to_string(&path).unwrap_or_default();
            let lines: Vec<&str> = said.lines().rev().take(12).collect();
            format!("\n{}:\n{}", path.display(), lines.into_iter().rev().collect::<Vec<_>>().join("\n"))
        };
        logs.map(end_of).collect()
    }

    /// Waits until nothing that one replica took waits for another one to count it.
    pub(crate) fn has_counted_all(&self) {
        self.has_counted_all_but(0);
    }

    /// The same but for so many bundles.
    pub(crate) fn has_counted_all_but(&self, bundles: i64) {
        let (mut since, mut least) = (Instant::now(), i64::MAX);
        let waiting = || -> i64 {
            let sql = "SELECT count(*) FROM inbox";
            self.asks(|client| client.query_one(sql, &[])).expect("the database answers").get(0)
        };
        loop {
            let left = waiting();
            if left == bundles {
                return;
            }
            if left < least {
                (since, least) = (Instant::now(), left);
            }
            assert!(since.elapsed() < Duration::from_secs(30), "nobody counts what waits: {}", self.last_words());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What of a flood has to be counted.
    pub(crate) fn due(&self, flood: &Flood) -> BTreeMap<(chrono::NaiveDate, i64, i64, &'static str), u64> {
        let counts = |user: i64| flood.users.iter().take(self.teachers).any(|teacher| teacher.id == user);
        flood.posted.iter().filter(|((_, _, user, _), _)| counts(*user)).map(|(key, n)| (*key, *n)).collect()
    }

    /// Everything that was counted: by day, group, teacher and kind, as a flood says what it posted.
    pub(crate) fn counted(&self, flood: &Flood) -> BTreeMap<(chrono::NaiveDate, i64, i64, &'static str), u64> {
        let out = self.dir.path().join("out");
        self.does(&["store", "copy", "--from", "STORE_URL", "--to", path(&out)]);
        let mut counted = BTreeMap::new();
        for entry in std::fs::read_dir(out.join("stats")).expect("days") {
            let file = entry.expect("a file").path();
            let day = file.file_stem().and_then(|name| name.to_str()).expect("a name").parse().expect("a day");
            let cells = dayfile::parse_cells(&std::fs::read(&file).expect("reads")).expect("cells");
            for (chat, teacher, tally) in cells.iter() {
                let user = &flood.users[teacher.as_str()[1..].parse::<usize>().expect("a number")];
                for (kind, n) in rollcall::domain::kind::Kind::COUNTED.iter().zip(tally.counted()).filter(|(_, n)| *n > 0) {
                    counted.insert((day, chat.0, user.id, kind.key()), n);
                }
            }
        }
        counted
    }
}

impl Replica {
    /// Dies at once.
    pub(crate) fn killed(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    /// The process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Hears a signal: STOP, CONT, TERM.
    pub(crate) fn hears(&self, signal: &str) {
        let told = Command::new("kill").args([&format!("-{signal}"), &self.pid().to_string()]).status();
        assert!(told.expect("kill runs").success());
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it can be asked").is_some()
    }

    /// Ends by itself: how, and what it said.
    pub(crate) fn ends(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().expect("ends");
        (status, self.said())
    }

    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until its log has these words so often.
    pub(crate) fn says(&self, words: &str, times: usize) {
        let began = Instant::now();
        while self.said().matches(words).count() < times {
            assert!(began.elapsed() < Duration::from_secs(30), "it doesn't say {words:?}: {}", self.said());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What it shows of itself at a path, with the answer's status.
    pub(crate) async fn shows(&self, path: &str) -> (u16, String) {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let answer = client.get(format!("http://{}{path}", self.metrics)).send().await.expect("answers");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    }

    /// Whether it is the one that works.
    pub(crate) fn works(&self) -> bool {
        let said = self.said();
        let of = |words: &str| said.rfind(words);
        of("this replica is the one that works") > of("standing by")
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An address that is nobody else's: a free port would be somebody else's soon.
pub(crate) fn own_address() -> SocketAddr {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    let [_, _, high, low] = std::process::id().to_be_bytes();
    format!("127.{}.{low}.{}:8443", high.max(1), NEXT.fetch_add(1, Ordering::Relaxed)).parse().expect("an address")
}

pub(crate) fn path(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A JSON file.
pub(crate) fn json_of(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("reads")).expect("JSON")
}
