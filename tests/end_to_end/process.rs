//! The real binary as a process, with its log read line by line.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

use crate::support::School;

/// Nothing that is waited for takes as long.
const PATIENCE: Duration = Duration::from_secs(30);

/// A daemon of its own process, which doesn't outlive its test.
pub(crate) struct Process {
    child: Child,
    lines: Receiver<String>,
    log: String,
}

impl Process {
    /// Starts the daemon with the school's settings.
    pub(crate) fn start(school: &School) -> Self {
        Self::start_with(school, &[])
    }

    /// The same with further variables.
    pub(crate) fn start_with(school: &School, variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rollcall"))
            .args(["run", "--env-file", "/dev/null"])
            .envs(school.settings())
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let stderr = BufReader::new(child.stderr.take().expect("it is piped"));
        let (sender, lines) = channel();
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines, log: String::new() }
    }

    /// Waits until the log has a line with these words.
    pub(crate) fn says(&mut self, words: &str) {
        let begun = Instant::now();
        loop {
            // Lines may come for ever.
            let line = self.lines.recv_timeout(PATIENCE.saturating_sub(begun.elapsed()));
            let line = line.unwrap_or_else(|_| panic!("the log doesn't say {words:?}:\n{}", self.log));
            self.log.push_str(&line);
            self.log.push('\n');
            if line.contains(words) {
                return;
            }
        }
    }

    /// Asks it to stop, as a service manager does. How it ended, and its whole log.
    pub(crate) fn stops(self) -> (ExitStatus, String) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(asked.success());
        self.ends()
    }

    /// Waits until it has ended by itself. How, and its whole log.
    pub(crate) fn ends(mut self) -> (ExitStatus, String) {
        let begun = Instant::now();
        loop {
            match self.lines.recv_timeout(PATIENCE.saturating_sub(begun.elapsed())) {
                Ok(line) => self.log.push_str(&(line + "\n")),
                // The log ends when the process does.
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it doesn't end:\n{}", self.log),
            }
        }
        (self.child.wait().expect("it ends"), std::mem::take(&mut self.log))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
