//! Others misbehave: the daemon says what it is doing, and goes on by itself when they are well again.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use telegram_sim::{Fault, User, When};

use crate::{
    relay::{Manner, Relay},
    support::{School, is_about_files},
};

const MONDAY: &str = "2026-01-26";
const WELL_AGAIN: &str = "receiving from Telegram again";

/// Ann's school; its way to Telegram leads over this relay.
struct Ann {
    school: School,
    user: User,
    grade2: telegram_sim::Chat,
    said: u64,
}

impl Ann {
    fn at(school: School, user: User, grade2: telegram_sim::Chat) -> Self {
        Self { school, user, grade2, said: 0 }
    }

    /// A school whose settings are still to be changed.
    fn closed() -> Self {
        let school = School::closed();
        let user = school.sim.user("Ann");
        let grade2 = school.sim.group("Grade 2", &[&user, &school.boss]);
        school.boss.adds(&school.bot, &grade2);
        school.write_registry(&[("T001", "Ann Lee", Some(&user))], &[&grade2], &[("T001", &[&grade2])]);
        Self::at(school, user, grade2)
    }

    fn says_something(&mut self) {
        self.user.says(&self.grade2, "hello");
        self.said += 1;
    }

    /// Everything that Ann said is counted, once.
    async fn finds_everything_counted(mut self) {
        self.school.has_counted_all().await;
        self.school.stop().expect("stops");
        assert_eq!(self.school.cell(MONDAY, &self.grade2, "T001").total(), self.said);
    }
}

#[tokio::test]
async fn a_second_daemon_on_the_same_directory_is_refused_with_a_sentence() {
    if is_about_files("a second daemon stands by") {
        return;
    }
    let (school, ..) = School::with_ann_and_bob();
    school.bot.has_polled(1).await;
    let second = binary(&school).output().expect("the binary runs");
    let said = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(1), "{said}");
    let sentence = format!("is in use by process {}", std::process::id());
    assert!(said.contains(&sentence) && said.contains("stop that process first"), "{said}");
}

#[tokio::test]
async fn two_daemons_with_one_token_are_told_apart_and_the_one_that_stays_goes_on() {
    if is_about_files("a second daemon stands by") {
        return;
    }
    let mut ann = Ann::closed();
    ann.school.start();
    ann.school.bot.has_polled(1).await;
    let elsewhere = tempfile::tempdir().expect("a directory");
    let mut second = binary(&ann.school).env("DATA_DIR", elsewhere.path()).spawn().expect("the binary runs");
    let warned = ann.school.log.says("another program receives for the same bot: stop it", 0).await;
    second.kill().expect("it can be killed");
    second.wait().expect("it ends");
    ann.school.log.says(WELL_AGAIN, warned).await;
    ann.says_something();
    ann.finds_everything_counted().await;
}

#[tokio::test]
async fn a_telegram_that_accepts_and_never_answers_is_left_and_asked_again() {
    let mut ann = Ann::closed();
    ann.school.call_timeout = Some(Duration::from_millis(300));
    ann.school.set("POLL_TIMEOUT", "1");
    ann.school.sim.fault("getMe", When::Next(1), Fault::Stall);
    ann.school.start();
    let began = ann.school.log.says("Telegram doesn't answer yet", 0).await;
    ann.school.bot.has_polled(1).await;
    ann.school.sim.fault("getUpdates", When::Next(2), Fault::Stall);
    ann.says_something();
    let wedged = ann.school.log.says("can't receive from Telegram", began).await;
    let why = ann.school.log.says("operation timed out", began).await;
    ann.school.log.says(WELL_AGAIN, wedged.max(why)).await;
    ann.says_something();
    ann.finds_everything_counted().await;
}

#[tokio::test]
async fn a_telegram_that_is_gone_and_comes_back_is_found_again() {
    let mut ann = Ann::closed();
    let mut relay = Relay::to(ann.school.sim.url());
    ann.school.set("TELEGRAM_API_URL", &format!("http://{}", relay.address));
    ann.school.start();
    let mut read = ann.school.log.says("Telegram doesn't answer yet", 0).await;
    for _ in 0..2 {
        relay.open(Manner::Plain).await;
        ann.says_something();
        ann.school.has_counted_all().await;
        relay.close().await;
        ann.says_something();
        read = ann.school.log.says("can't receive from Telegram", read).await;
        // The first warning may be of the connection that broke; the ones after it are refused.
    }
    relay.open(Manner::Plain).await;
    ann.school.log.says(WELL_AGAIN, read).await;
    ann.finds_everything_counted().await;
}

#[tokio::test]
async fn a_proxy_that_dies_and_returns_or_finds_no_name_is_waited_for() {
    let mut ann = Ann::closed();
    let mut proxy = Relay::to(ann.school.sim.url());
    ann.school.set("PROXY_URL", &format!("socks5h://{}", proxy.address));
    ann.school.set("TELEGRAM_API_URL", "http://api.school.invalid");
    proxy.open(Manner::Socks).await;
    ann.school.start();
    ann.says_something();
    ann.school.has_counted_all().await;
    let mut read = 0;
    for trouble in [None, Some(Manner::SocksWithoutNames)] {
        proxy.close().await;
        if let Some(manner) = trouble {
            proxy.open(manner).await;
        }
        ann.says_something();
        read = ann.school.log.says("can't receive from Telegram", read).await;
        proxy.open(Manner::Socks).await;
        read = ann.school.log.says(WELL_AGAIN, read).await;
        ann.school.has_counted_all().await;
    }
    ann.finds_everything_counted().await;
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_said_and_asked_for_until_it_is_time_to_stop() {
    let mut ann = Ann::closed();
    ann.school.set("TELEGRAM_API_URL", "http://telegram.invalid");
    ann.school.start();
    let first = ann.school.log.says("dns error", 0).await;
    ann.school.log.says("Telegram doesn't answer yet", first).await;
    ann.school.stop().expect("stops though nobody answers");
}

#[tokio::test]
async fn updates_in_quarantine_are_shown_in_the_diagnosis() {
    let (school, ..) = School::with_ann_and_bob();
    let quarantine = school.data().join("quarantine");
    std::fs::create_dir_all(&quarantine).expect("writes");
    std::fs::write(quarantine.join("100001.json"), "{}").expect("writes");
    school.boss.tells(&school.bot, "/diag");
    let found = school.boss.reads(&school.bot).await;
    assert!(found.text.contains("Updates in quarantine: 1"), "{}", found.text);
    school.sim.finish();
}

/// Another daemon with the same settings, in a process of its own.
fn binary(school: &School) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
    command.args(["run", "--env-file", "/dev/null"]).envs(school.settings()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}
