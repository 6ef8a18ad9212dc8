//! A terminal in a directory of its own, and a Telegram with data centres.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use telegram_sim::{Bot, Sim, User};
use tempfile::TempDir;

/// As my.telegram.org gives them.
pub(crate) const API_ID: &str = "1234567";
pub(crate) const API_HASH: &str = "0123456789abcdef0123456789abcdef";

/// A person at a terminal, with an account of Telegram.
pub(crate) struct Desk {
    pub(crate) sim: Sim,
    pub(crate) ann: User,
    dir: TempDir,
    settings: Vec<(&'static str, String)>,
}

impl Desk {
    /// A new one; Telegram has one data centre.
    pub(crate) fn new() -> Self {
        Self::with_centres(&[2])
    }

    /// People live at the first data centre unless told otherwise.
    pub(crate) fn with_centres(centres: &[i32]) -> Self {
        let sim = Sim::start();
        for centre in centres {
            sim.data_centre_numbered(*centre);
        }
        let ann = sim.user("Ann");
        // Keys that nobody is logged in with: the library agrees on keys with Telegram only.
        let keys = sim.new_session();
        let string = |centre: &i32| telegram_sim::Session { home: *centre, ..keys.clone() }.telethon();
        let settings = vec![
            ("TELEGRAM_API_ID", API_ID.to_owned()),
            ("TELEGRAM_API_HASH", API_HASH.to_owned()),
            ("TELEGRAM_DC", centres.iter().map(string).collect::<Vec<_>>().join(",")),
        ];
        Self { sim, ann, dir: TempDir::new().expect("a directory"), settings }
    }

    /// A new one whose bot `Boss` has greeted, and administers.
    pub(crate) fn with_bot() -> (Self, Bot, User) {
        let mut desk = Self::new();
        let (bot, boss) = desk.gets_bot();
        (desk, bot, boss)
    }

    /// From now on it has a bot, which `Boss` has greeted and administers.
    pub(crate) fn gets_bot(&mut self) -> (Bot, User) {
        let (bot, boss) = (self.sim.bot("rollcall_bot"), self.sim.user("Boss"));
        boss.tells(&bot, "/start");
        self.set("BOT_TOKEN", bot.token());
        self.set("ADMIN_IDS", &boss.id.to_string());
        let url = self.sim.url().to_owned();
        self.set("TELEGRAM_API_URL", &url);
        (bot, boss)
    }

    /// Another setting from now on; an empty one is as good as none.
    pub(crate) fn set(&mut self, name: &'static str, value: &str) {
        self.settings.retain(|(other, _)| *other != name);
        self.settings.push((name, value.to_owned()));
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().to_owned()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
        command.args(line.split(' ')).current_dir(self.dir.path()).env_clear();
        command.envs(self.settings.iter().map(|(name, value)| (*name, value.as_str())));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts a command, to be talked with.
    pub(crate) fn starts(&self, line: &str) -> Talk {
        Talk::with(self.command(line).spawn().expect("starts"))
    }

    /// What a command prints, with these lines on its standard input.
    pub(crate) fn tells(&self, line: &str, input: &str) -> Output {
        let mut child = self.command(line).spawn().expect("starts");
        // A command that doesn't ask may be gone before it reads.
        drop(child.stdin.take().expect("piped").write_all(input.as_bytes()));
        child.wait_with_output().expect("ends")
    }

    /// Standard output of a command that succeeds.
    pub(crate) fn does(&self, line: &str, input: &str) -> String {
        let output = self.tells(line, input);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Standard error of a command that fails.
    pub(crate) fn fails(&self, line: &str, input: &str) -> String {
        let output = self.tells(line, input);
        assert_eq!(output.status.code(), Some(1), "{line}: {}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).expect("UTF-8")
    }

    /// Standard output of a command that could do nothing of what it should.
    pub(crate) fn fails_saying(&self, line: &str) -> String {
        let output = self.tells(line, "");
        assert_eq!(output.status.code(), Some(1), "{line}: {}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Waits until something is so in Telegram.
    pub(crate) fn waits_for(&self, what: impl Fn(&Sim) -> bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(self.sim.until_it_is_so(what));
    }

    /// Ann logs in by phone and code.
    pub(crate) fn logs_in(&self) {
        let mut login = self.starts(&format!("session login --phone {}", self.ann.phone()));
        login.is_asked("The code:");
        login.answers(&self.ann.login_code().expect("a code was sent"));
        assert!(login.ends_well().contains("is logged in"));
    }
}

/// A command that asks and is answered.
pub(crate) struct Talk {
    child: Child,
    said: BufReader<std::process::ChildStderr>,
    /// Everything on standard error so far.
    pub(crate) heard: String,
}

impl Talk {
    fn with(mut child: Child) -> Self {
        let said = BufReader::new(child.stderr.take().expect("piped"));
        Self { child, said, heard: String::new() }
    }

    /// Waits for a question on standard error.
    pub(crate) fn is_asked(&mut self, question: &str) {
        loop {
            let mut line = String::new();
            let read = self.said.read_line(&mut line).expect("UTF-8");
            assert!(read > 0, "it ended without asking {question:?}: {}", self.heard);
            self.heard += &line;
            if line.contains(question) {
                return;
            }
        }
    }

    /// The next line on standard output that has this in it.
    pub(crate) fn shows(&mut self, words: &str) -> String {
        let stdout = self.child.stdout.as_mut().expect("piped");
        // A byte at a time: nothing of what comes after is taken.
        let mut line = Vec::new();
        loop {
            let mut byte = [0];
            let read = stdout.read(&mut byte).expect("readable");
            assert!(read > 0, "it ended without showing {words:?}");
            if byte[0] != b'\n' {
                line.push(byte[0]);
                continue;
            }
            let text = String::from_utf8_lossy(&line).into_owned();
            if text.contains(words) {
                return text;
            }
            line.clear();
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn answers(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().expect("piped");
        writeln!(stdin, "{line}").expect("it still reads");
    }

    /// Standard output to its end; the command succeeds.
    pub(crate) fn ends_well(mut self) -> String {
        let mut said = String::new();
        self.child.stdout.take().expect("piped").read_to_string(&mut said).expect("UTF-8");
        self.said.read_to_string(&mut self.heard).expect("UTF-8");
        assert!(self.child.wait().expect("ends").success(), "{}", self.heard);
        said
    }

    /// The power goes.
    pub(crate) fn dies(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("ends");
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        // It ended by itself where the test succeeded.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
