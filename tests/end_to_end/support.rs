//! A school to test in: the simulated Telegram, the real daemon, an admin.

use std::{
    cell::Cell,
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use rollcall::{
    app::{self, RunError},
    clock::Clock,
    config::Config,
    domain::{dayfile, kind::Kind, tally::Tally},
    store::{
        Home,
        copy::{at_one_moment, copy},
        postgres::{Database, Holder, Lease, Taken},
    },
};
use serde_json::{Value, json};
use telegram_sim::{Bot, Chat, Sim, User};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::log::LogBook;

/// Whether a test has nothing to look at, because what it is about happens to files.
#[expect(clippy::print_stderr, reason = "says why a test saw nothing")]
pub(crate) fn is_about_files(what: &str) -> bool {
    if is_on_postgres() {
        eprintln!("nothing to look at on PostgreSQL: {what}");
    }
    is_on_postgres()
}

/// Seconds after which a replica that was killed is taken for dead.
const TAKEOVER: u64 = 2;

/// Whether this run of the tests is one on PostgreSQL.
#[expect(clippy::disallowed_methods, reason = "it is told to the tests, not to the program")]
pub(crate) fn is_on_postgres() -> bool {
    std::env::var("ROLLCALL_TEST_STORE").is_ok_and(|store| store == "postgres")
}

/// The daemon's clock, moved by the test.
#[derive(Debug)]
pub(crate) struct TestClock(Mutex<DateTime<Utc>>);

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("no test panics while holding the clock")
    }
}

/// Monday, 2026-01-26, 10:00 in Tashkent.
pub(crate) fn monday() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 26, 5, 0, 0).single().expect("a time")
}

/// A school: Telegram, the daemon's directories, the bot and its admin.
pub(crate) struct School {
    pub(crate) sim: Sim,
    pub(crate) bot: Bot,
    pub(crate) boss: User,
    pub(crate) clock: Arc<TestClock>,
    /// How long a job may take before its progress is shown.
    pub(crate) patience: Duration,
    /// How often voice chats are looked at.
    pub(crate) look_every: Duration,
    /// What the watchdog over looks takes for a minute.
    pub(crate) blind_minute: Duration,
    dir: TempDir,
    settings: BTreeMap<String, String>,
    /// What the daemon says to its operator.
    pub(crate) log: LogBook,
    /// How long a call may take.
    pub(crate) call_timeout: Option<Duration>,
    daemon: Option<Daemon>,
    /// Whether other processes may have changed a database since it was copied.
    is_elsewhere: Cell<bool>,
}

struct Daemon {
    stop: watch::Sender<bool>,
    thread: JoinHandle<Result<(), RunError>>,
}

impl School {
    /// A new school with the daemon running and nobody in it but the admin.
    pub(crate) fn open() -> Self {
        let mut school = Self::closed();
        school.start();
        school
    }

    /// The same without the daemon.
    pub(crate) fn closed() -> Self {
        let sim = Sim::start();
        sim.clock().set(monday());
        let bot = sim.bot("rollcall_bot");
        bot.set_privacy(false);
        let boss = sim.user("Boss");
        let dir = TempDir::new().expect("a directory");
        let data = dir.path().join("data");
        std::fs::create_dir(&data).expect("a directory");
        // Where a data directory has them by its first start.
        for folder in ["stats", "study", "presence"].iter().filter(|_| is_on_postgres()) {
            std::fs::create_dir(data.join(folder)).expect("a directory");
        }
        let settings = [
            ("BOT_TOKEN", bot.token().to_owned()),
            ("ADMIN_IDS", boss.id.to_string()),
            ("DATA_DIR", dir.path().join("data").display().to_string()),
            ("EXPORT_DIR", dir.path().join("exports").display().to_string()),
            ("TELEGRAM_API_URL", sim.url().to_owned()),
            ("POLL_TIMEOUT", "5".to_owned()),
            ("WARN_DISK_MB", "0".to_owned()),
        ];
        let mut settings: BTreeMap<_, _> = settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        #[cfg(target_os = "linux")]
        if is_on_postgres() {
            settings.insert("STORE_URL".to_owned(), crate::postgres::shared().fresh());
            settings.insert("STORE_TAKEOVER_SECONDS".to_owned(), TAKEOVER.to_string());
            settings.insert("STORE_CONNECTIONS".to_owned(), "2".to_owned());
        }
        let clock = Arc::new(TestClock(Mutex::new(monday())));
        let (patience, look_every, blind_minute) = (Duration::from_secs(3_600), Duration::from_secs(30), Duration::from_secs(60));
        Self {
            sim,
            bot,
            boss,
            clock,
            patience,
            look_every,
            blind_minute,
            dir,
            settings,
            log: LogBook::default(),
            call_timeout: None,
            daemon: None,
            is_elsewhere: Cell::new(false),
        }
    }

    /// An address that is nobody else's: a free port would be somebody else's soon.
    #[cfg(target_os = "linux")]
    pub(crate) fn own_address() -> String {
        use std::sync::atomic::{AtomicU8, Ordering};
        static NEXT: AtomicU8 = AtomicU8::new(1);
        let [_, _, high, low] = std::process::id().to_be_bytes();
        format!("127.{}.{low}.{}:8443", high.max(1), NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// Webhook mode from the next start on. Where Telegram delivers to.
    #[cfg(target_os = "linux")]
    pub(crate) fn use_webhook(&mut self) -> String {
        let address = Self::own_address();
        self.set("RUN_MODE", "webhook");
        self.set("WEB_ADDR", &address);
        self.set("WEBHOOK_URL", &format!("http://{address}/"));
        self.set("WEBHOOK_SECRET", "the-secret-of-this-test");
        format!("http://{address}/telegram/webhook/{}/", self.bot.id)
    }

    /// Figures and health are served from the next start on. Where.
    #[cfg(target_os = "linux")]
    pub(crate) fn use_metrics(&mut self) -> String {
        let address = Self::own_address();
        self.set("METRICS_ADDR", &address);
        format!("http://{address}")
    }

    /// Another setting than the usual one, for the next start.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.settings.insert(name.to_owned(), value.to_owned());
    }

    /// The data directory, with everything that was checkpointed.
    pub(crate) fn data(&self) -> PathBuf {
        if self.daemon.is_some() || self.is_elsewhere.get() {
            self.copy_out();
        }
        self.dir.path().join("data")
    }

    /// Where the repository is, and a directory of the same content for tests to look at and to prepare.
    fn homes(&self) -> Option<(Database, Home, Home)> {
        let database =
            Database::new(self.settings.get("STORE_URL")?, None, 2, Duration::from_secs(TAKEOVER)).expect("an address");
        let dir = self.dir.path().join("data");
        Some((database.clone(), Home::database(database, &dir), Home::directory(&dir)))
    }

    fn copy_in(&self) {
        let Some((database, there, here)) = self.homes() else { return };
        database.prepare().expect("tables");
        let holder = Holder { name: "the test".to_owned(), address: String::new() };
        // What was killed just now holds the lease for another while.
        let deadline = std::time::Instant::now() + Duration::from_secs(20);
        let _lease = loop {
            match Lease::take(&database, &holder).expect("answers") {
                Taken::Ours(lease) => break lease,
                Taken::Theirs(other) => assert!(std::time::Instant::now() < deadline, "{} writes", other.name),
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        copy(&here, &there, &mut |_, _| ()).expect("copied");
    }

    fn copy_out(&self) {
        let Some((_, there, here)) = self.homes() else { return };
        if self.daemon.is_none() {
            copy(&there, &here, &mut |_, _| ()).expect("copied");
            return;
        }
        // Beside a daemon that writes: all of it as of one moment.
        for journal in rollcall::store::JOURNAL_FILES {
            drop(std::fs::remove_file(here.dir().join(journal)));
        }
        // Unlike other files they come and go.
        let waiting = here.dir().join("announcements");
        drop(std::fs::remove_dir_all(&waiting));
        std::fs::create_dir(waiting).expect("a folder");
        at_one_moment(&there, &here).expect("copied");
    }

    pub(crate) fn exports(&self) -> PathBuf {
        self.dir.path().join("exports")
    }

    /// The settings, for a daemon of its own process.
    pub(crate) fn settings(&self) -> &BTreeMap<String, String> {
        if self.daemon.is_none() && !self.is_elsewhere.replace(true) {
            self.copy_in();
        }
        &self.settings
    }

    /// A command of the real binary with the school's settings: whether it succeeded, and all that it said.
    pub(crate) async fn runs(&self, line: &[&str]) -> (bool, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
        command.args(line).args(["--env-file", "/dev/null"]).envs(self.settings());
        let ran = tokio::task::spawn_blocking(move || command.output().expect("runs")).await.expect("ran");
        (ran.status.success(), format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr)))
    }

    /// The daemon's settings, read.
    pub(crate) fn config(&self) -> Config {
        let (mut config, _) = Config::from_map(&self.settings).expect("the test's settings are right");
        config.paced = false;
        config.patience = self.patience;
        config.look_every = self.look_every;
        config.blind_minute = self.blind_minute;
        config.call_timeout = self.call_timeout.unwrap_or(config.call_timeout);
        config
    }

    /// Starts the daemon on a thread of its own.
    pub(crate) fn start(&mut self) {
        if !self.is_elsewhere.replace(false) {
            self.copy_in();
        }
        let config = self.config();
        let (stop, stopped) = watch::channel(false);
        let clock = self.clock.clone();
        let log = self.log.clone();
        let thread = std::thread::spawn(move || {
            let _written = log.written_here();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            let ran = runtime.block_on(app::run(config, clock, stopped));
            // What still runs for somebody who no longer waits has the directory; a process would take it along at its end.
            runtime.shutdown_timeout(Duration::from_secs(20));
            ran
        });
        self.daemon = Some(Daemon { stop, thread });
    }

    /// Stops the daemon as SIGTERM does. How it ended.
    pub(crate) fn stop(&mut self) -> Result<(), RunError> {
        let daemon = self.daemon.take().expect("it runs");
        daemon.stop.send_replace(true);
        let ended = daemon.thread.join().expect("the daemon doesn't panic");
        self.copy_out();
        ended
    }

    /// Waits until the daemon has ended by itself. How it ended.
    pub(crate) fn wait(&mut self) -> Result<(), RunError> {
        let daemon = self.daemon.take().expect("it runs");
        let ended = daemon.thread.join().expect("the daemon doesn't panic");
        self.copy_out();
        ended
    }

    /// Time passes for everybody.
    pub(crate) fn later(&self, by: TimeDelta) {
        self.sim.clock().advance(by);
        *self.clock.0.lock().expect("no test panics while holding the clock") += by;
    }

    /// A group that the admin added the bot to, told so in the group and in private.
    pub(crate) async fn registered_group(&self, title: &str, members: &[&User]) -> Chat {
        let group = self.sim.group(title, members);
        self.boss.adds(&self.bot, &group);
        group.reads().await;
        group
    }

    /// A teacher, entered as an operator of the Python bot would have: in the files, before the daemon starts.
    pub(crate) fn write_registry(
        &self,
        teachers: &[(&str, &str, Option<&User>)],
        groups: &[&Chat],
        assigned: &[(&str, &[&Chat])],
    ) {
        let created = "2026-01-20T09:00:00";
        let people: BTreeMap<_, _> = teachers
            .iter()
            .map(|(id, name, user)| {
                let account = user.map(|user| user.id);
                (*id, json!({ "teacher_id": id, "full_name": name, "telegram_user_id": account, "active": true, "created_at": created }))
            })
            .collect();
        let places: BTreeMap<_, _> = groups
            .iter()
            .map(|group| {
                (
                    group.id.to_string(),
                    json!({ "chat_id": group.id, "title": group.title(), "enabled": true, "created_at": created }),
                )
            })
            .collect();
        let counted: BTreeMap<_, _> = assigned
            .iter()
            .map(|(id, groups)| (*id, groups.iter().map(|group| group.id.to_string()).collect::<Vec<_>>()))
            .collect();
        self.write("teachers.json", &json!(people));
        self.write("groups.json", &json!(places));
        self.write("teacher_groups.json", &json!(counted));
    }

    /// A study community (-1001) as an earlier release left it, with what was seen in its calls; nobody watches it now.
    #[cfg(target_os = "linux")]
    pub(crate) fn write_community(&self) {
        let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/study-1");
        for folder in ["study", "presence"] {
            std::fs::create_dir_all(self.data().join(folder)).expect("a directory");
        }
        for file in ["study/members.json", "study/aliases.json", "study/corrections.json", "presence/2026-01-09.json"] {
            std::fs::copy(sample.join(file), self.data().join(file)).expect("copies");
        }
        let communities = std::fs::read(sample.join("study/communities.json")).expect("reads");
        let mut communities: Value = serde_json::from_slice(&communities).expect("JSON");
        communities["-1001"]["watched"] = false.into();
        self.write("study/communities.json", &communities);
    }

    fn write(&self, file: &str, value: &Value) {
        std::fs::write(self.data().join(file), serde_json::to_vec_pretty(value).expect("JSON")).expect("writes");
    }

    /// The usual school: Ann (T001) and Bob (T002) count in Grade 2; the daemon runs.
    pub(crate) fn with_ann_and_bob() -> (Self, User, User, Chat) {
        let mut school = Self::closed();
        let (ann, bob) = (school.sim.user("Ann"), school.sim.user("Bob"));
        let grade2 = school.sim.group("Grade 2", &[&ann, &bob, &school.boss]);
        school.boss.adds(&school.bot, &grade2);
        school.write_registry(
            &[("T001", "Ann Lee", Some(&ann)), ("T002", "Bob Ray", Some(&bob))],
            &[&grade2],
            &[("T001", &[&grade2]), ("T002", &[&grade2])],
        );
        school.start();
        (school, ann, bob, grade2)
    }

    /// Waits until everything that was posted is safely counted.
    pub(crate) async fn has_counted_all(&self) {
        self.bot.has_confirmed_all().await;
    }

    /// A cell of a day's file, after a clean stop.
    pub(crate) fn cell(&self, day: &str, chat: &Chat, teacher: &str) -> Tally {
        cell_in(&self.data(), day, chat, teacher)
    }

    /// A file of the data directory, as JSON.
    pub(crate) fn file(&self, name: &str) -> Value {
        let bytes = std::fs::read(self.data().join(name)).unwrap_or_else(|why| panic!("{name}: {why}"));
        serde_json::from_slice(&bytes).expect("JSON")
    }
}

impl Drop for School {
    #[expect(clippy::print_stderr, reason = "beside why the test failed")]
    fn drop(&mut self) {
        if let Some(daemon) = self.daemon.take() {
            daemon.stop.send_replace(true);
            let ended = daemon.thread.join();
            if std::thread::panicking() {
                eprintln!("how the daemon ended: {ended:?}");
            } else {
                ended.expect("the daemon doesn't panic").expect("the daemon ends well");
            }
        }
    }
}

/// A cell of a day's file in a data directory.
pub(crate) fn cell_in(data: &Path, day: &str, chat: &Chat, teacher: &str) -> Tally {
    let Ok(bytes) = std::fs::read(data.join(format!("stats/{day}.json"))) else { return Tally::default() };
    let cells = dayfile::parse_cells(&bytes).expect("the file is right");
    let teacher = teacher.parse().expect("an id");
    cells.get(rollcall::domain::ids::ChatId(chat.id), teacher).cloned().unwrap_or_default()
}

/// The six counters by name, those that are not 0.
pub(crate) fn counts(tally: &Tally) -> BTreeMap<&'static str, u64> {
    let six = Kind::COUNTED.into_iter().zip(tally.counted()).filter(|(_, n)| *n > 0);
    six.chain(tally.extra()).map(|(kind, n)| (kind.key(), n)).collect()
}

/// Waits until it is so.
pub(crate) async fn until(is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("it is so in time");
}
