//! The way to Telegram: proxies, clocks that differ, and secrets that stay secret.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use chrono::TimeDelta;
use telegram_sim::{Content, Fault, When};

use crate::{
    process::Process,
    proxy::{BASIC, PASSWORD, Proxy, Speaks},
    support::School,
};

/// A command of the real binary with the school's settings.
fn rollcall(school: &School, line: &[&str]) -> Output {
    let command = Command::new(env!("CARGO_BIN_EXE_rollcall"))
        .args(line)
        .args(["--env-file", "/dev/null"])
        .envs(school.settings())
        .output();
    command.expect("runs")
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test]
async fn everything_goes_through_the_proxy() {
    for speaks in [Speaks::Http, Speaks::Socks5] {
        let (mut school, ann, _, grade2) = School::with_ann_and_bob();
        school.stop().expect("stops");
        let proxy = Proxy::start(speaks);
        school.set("PROXY_URL", &proxy.url(PASSWORD));
        school.start();
        ann.says(&grade2, "hello");
        school.has_counted_all().await;
        school.boss.tells(&school.bot, "/start");
        school.boss.reads(&school.bot).await;
        assert!(proxy.passed() > 0, "{speaks:?}");
        let examined = rollcall(&school, &["doctor"]);
        assert!(examined.status.success(), "{speaks:?}: {}", told(&examined));
        school.stop().expect("stops");
        assert_eq!(school.cell("2026-01-26", &grade2, "T001").total(), 1);
        school.sim.finish();
    }
}

#[test]
fn a_proxy_that_refuses_is_named_as_the_reason() {
    for speaks in [Speaks::Http, Speaks::Socks5] {
        let mut school = School::closed();
        let proxy = Proxy::start(speaks);
        school.set("PROXY_URL", &proxy.url("wrong-Passw0rd"));
        let examined = rollcall(&school, &["doctor"]);
        let text = told(&examined);
        assert_eq!(examined.status.code(), Some(1), "{text}");
        assert!(text.contains("the proxy doesn't accept the name and password in PROXY_URL"), "{speaks:?}: {text}");
        assert!(!text.contains("wrong-Passw0rd"), "{text}");
        assert_eq!(proxy.passed(), 0);
    }
}

#[tokio::test]
async fn a_clock_that_differs_from_telegrams_is_told() {
    let (mut school, ..) = School::with_ann_and_bob();
    school.sim.clock().advance(TimeDelta::minutes(10));
    school.boss.tells(&school.bot, "/diag");
    let found = school.boss.reads(&school.bot).await;
    assert!(found.text.contains("This machine's clock differs from Telegram's by -600 s"), "{}", found.text);
    school.stop().expect("stops");
    // The simulator's January is long past for the real binary.
    let text = told(&rollcall(&school, &["doctor"]));
    let line = text.lines().find(|line| line.contains("clock")).unwrap_or_else(|| panic!("{text}"));
    assert!(line.contains("warning") && line.contains("seconds ahead"), "{text}");
    assert!(text.contains("switch on the automatic time"), "{text}");
}

/// Everything below a directory that holds one of these.
fn found_below(dir: &Path, secrets: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("reads") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(found_below(&path, secrets));
        } else {
            let content = String::from_utf8_lossy(&fs::read(&path).expect("reads")).into_owned();
            let name = path.display().to_string();
            found.extend(
                secrets
                    .iter()
                    .filter(|secret| content.contains(**secret) || name.contains(**secret))
                    .map(|secret| format!("{name}: {secret}")),
            );
        }
    }
    found
}

#[cfg(unix)]
#[tokio::test]
async fn no_secret_is_ever_written_down() {
    for (speaks, format) in [(Speaks::Http, "json"), (Speaks::Socks5, "text")] {
        let (mut school, ann, _, grade2) = School::with_ann_and_bob();
        school.stop().expect("stops");
        let proxy = Proxy::start(speaks);
        let log = school.data().with_file_name("log").join("rollcall.log");
        school.set("PROXY_URL", &proxy.url(PASSWORD));
        school.set("LOG_LEVEL", "trace");
        school.set("LOG_FORMAT", format);
        school.set("LOG_FILE", &log.display().to_string());
        let token = school.bot.token().to_owned();
        let (_, secret_half) = token.split_once(':').expect("a token");
        let secrets = [secret_half, PASSWORD, BASIC];

        for fault in [Fault::ResetBefore, Fault::LoseAnswer, Fault::ServerErrorPage(502)] {
            school.sim.fault("getUpdates", When::Next(1), fault);
        }
        school.sim.fault("getMe", When::Next(1), Fault::ResetBefore);
        school.sim.fault("sendDocument", When::Next(1), Fault::TruncateAnswer);
        let daemon = Process::start(&school);
        ann.says(&grade2, "hello");
        ann.sends(&grade2, Content::voice());
        school.has_counted_all().await;
        school.boss.tells(&school.bot, "/start");
        school.boss.reads(&school.bot).await;
        school.boss.presses(&school.bot, "Excel").await;
        school.boss.reads(&school.bot).await;
        school.boss.presses(&school.bot, "This month").await;
        school.boss.reads(&school.bot).await;
        school.boss.tells(&school.bot, "/diag");
        school.boss.reads(&school.bot).await;
        let mut outputs = vec![("doctor".to_owned(), told(&rollcall(&school, &["doctor"])))];
        let (status, log_of_run) = daemon.stops();
        assert!(status.success() && log_of_run.contains("TRACE"), "{log_of_run}");
        outputs.push(("run".to_owned(), log_of_run));
        outputs.push(("report".to_owned(), told(&rollcall(&school, &["report", "--days", "365"]))));

        // The token is revoked while the bot runs, and before it starts.
        let polls = school.bot.polls();
        let mut daemon = Process::start(&school);
        school.bot.has_polled(polls + 1).await;
        school.bot.revoke();
        daemon.says("the token is not valid");
        outputs.push(("revoked".to_owned(), daemon.stops().1));
        let (status, log_of_refusal) = Process::start(&school).ends();
        assert_eq!(status.code(), Some(78), "{log_of_refusal}");
        outputs.push(("wrong token".to_owned(), log_of_refusal));
        outputs.push(("doctor, wrong token".to_owned(), told(&rollcall(&school, &["doctor"]))));

        // What may be written down is found: the search does look where secrets could be.
        let (bot, below) = (token.split(':').next().expect("a token"), school.data());
        let below = below.parent().expect("a directory");
        assert!(outputs.iter().any(|(_, output)| output.contains(bot)), "{outputs:?}");
        for place in ["log", "data"] {
            assert!(!found_below(&below.join(place), &[bot]).is_empty(), "{place}");
        }
        for (name, output) in &outputs {
            let line = output.lines().find(|line| secrets.iter().any(|secret| line.contains(secret)));
            assert_eq!(line, None, "{speaks:?}: the output of {name} holds a secret");
        }
        let found = found_below(below, &secrets);
        assert!(found.is_empty(), "{speaks:?}: {found:#?}");
        assert!(log.parent().is_some_and(|dir| dir.is_dir()), "there is a log file");
    }
}
