//! The program under the storm: started, killed, stopped, read.

use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicU8, Ordering},
    time::{Duration, Instant},
};

use super::{Mode, ledger::Zone, school::School};

/// How to start the program, with a directory of its own.
#[derive(Debug)]
pub(super) struct Program {
    binary: PathBuf,
    settings: Vec<(&'static str, String)>,
    home: PathBuf,
}

/// The program at work. Killed when dropped, so that nothing stays behind.
#[derive(Debug)]
pub(super) struct Running(Child);

impl Program {
    /// The program with a fresh home below `home`.
    pub(super) fn new(binary: &Path, home: &Path, settings: Vec<(&'static str, String)>) -> Result<Self, String> {
        if !binary.is_file() {
            return Err(format!(
                "there is no program {}; build it with `cargo build --release`, or name another with --program",
                binary.display()
            ));
        }
        let program = Self { binary: binary.to_owned(), settings, home: home.to_owned() };
        fs::create_dir_all(program.data()).map_err(|why| format!("{}: {why}", program.data().display()))?;
        Ok(program)
    }

    pub(super) fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    fn log(&self) -> PathBuf {
        self.home.join("log.txt")
    }

    pub(super) fn start(&self) -> Result<Running, String> {
        let log = || -> std::io::Result<File> { OpenOptions::new().create(true).append(true).open(self.log()) };
        let mut command = Command::new(&self.binary);
        command.args(["run", "--env-file", "/dev/null"]).env_clear();
        command.env("DATA_DIR", self.data()).env("EXPORT_DIR", self.home.join("exports"));
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        let opened = log().and_then(|out| Ok((out, log()?))).map_err(|why| format!("{}: {why}", self.log().display()))?;
        let spawned = command.stdin(Stdio::null()).stdout(opened.0).stderr(opened.1).spawn();
        spawned.map(Running).map_err(|why| format!("can't start {}: {why}", self.binary.display()))
    }

    /// The end of what it wrote to its log.
    pub(super) fn last_words(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }
}

impl Running {
    pub(super) fn id(&self) -> u32 {
        self.0.id()
    }

    /// How it ended, if it did.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
    }

    /// `kill -9`.
    pub(super) fn kill(mut self) -> Result<(), String> {
        self.0.kill().and_then(|()| self.0.wait()).map(drop).map_err(|why| format!("it can't be killed: {why}"))
    }

    /// SIGTERM, as a service manager sends it.
    pub(super) fn terminate(&self) -> Result<(), String> {
        let sent = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).stderr(Stdio::null()).status();
        sent.map(drop).map_err(|why| format!("`kill` doesn't run: {why}"))
    }

    /// Waits for the end that SIGTERM brings.
    pub(super) fn wait(&mut self, patience: Duration) -> Result<ExitStatus, String> {
        let asked = Instant::now();
        while asked.elapsed() < patience {
            if let Some(status) = self.ended() {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Err(format!("it did not stop within {} s of SIGTERM", patience.as_secs()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Failing means that it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An address that no other storm on this machine has: a port that was free a moment ago may be somebody else's.
pub(super) fn own_address() -> String {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    let [_, _, high, low] = std::process::id().to_be_bytes();
    format!("127.{}.{low}.{}:8444", high.max(1), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The settings for a storm.
pub(super) fn settings(school: &School, mode: Mode, address: &str) -> Vec<(&'static str, String)> {
    let mut settings = vec![
        ("BOT_TOKEN", school.bot.token().to_owned()),
        ("ADMIN_IDS", school.boss.id.to_string()),
        ("TELEGRAM_API_URL", school.sim.url().to_owned()),
        ("TZ", Zone::Tashkent.name().to_owned()),
        ("POLL_TIMEOUT", "5".to_owned()),
        // The most often that there is.
        ("CHECKPOINT_SECONDS", "1".to_owned()),
        ("WARN_DISK_MB", "0".to_owned()),
        ("LOG_LEVEL", "warn".to_owned()),
    ];
    if mode == Mode::Webhook {
        settings.push(("RUN_MODE", "webhook".to_owned()));
        settings.push(("WEB_ADDR", address.to_owned()));
        settings.push(("WEBHOOK_URL", format!("http://{address}/")));
    }
    settings
}
