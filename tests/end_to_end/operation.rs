//! What an operator sees: figures, health, what the service manager is told, how it stops.
#![cfg(target_os = "linux")]

use std::{
    collections::{BTreeMap, BTreeSet},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use reqwest::{Client, StatusCode};
use telegram_sim::{Chat, Content, Fault, Flood, FloodPlan, User, When};

use crate::{
    service_manager::Manager,
    support::{School, monday},
};

async fn get(address: &str, path: &str) -> (StatusCode, String) {
    let client = Client::builder().no_proxy().build().expect("a plain client can be built");
    let answer = client.get(format!("{address}{path}")).send().await.expect("answers");
    (answer.status(), answer.text().await.expect("a text"))
}

/// Waits until the answer is as wanted.
async fn health_becomes(address: &str, wanted: StatusCode) -> String {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let (status, sentence) = get(address, "/healthz").await;
        if status == wanted {
            return sentence;
        }
        assert!(Instant::now() < deadline, "{status} {sentence}");
        tokio::task::yield_now().await;
    }
}

/// Reads the text as strictly as the format is written down: each sample belongs to the family that was announced before it,
/// no series comes twice. By series, labels included.
fn parse(text: &str) -> BTreeMap<String, f64> {
    assert!(text.ends_with('\n'));
    let mut families = BTreeSet::new();
    let mut family: Option<(String, String)> = None;
    let mut helped = None;
    let mut samples = BTreeMap::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').expect("a name and a help");
            assert!(!help.is_empty() && families.insert(name.to_owned()), "{line}");
            helped = Some(name.to_owned());
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, sort) = rest.split_once(' ').expect("a name and a type");
            assert_eq!(helped.as_deref(), Some(name), "{line}");
            assert!(["counter", "gauge", "histogram"].contains(&sort), "{line}");
            assert_eq!(sort == "counter", name.ends_with("_total"), "{line}");
            family = Some((name.to_owned(), sort.to_owned()));
        } else {
            let (series, value) = line.rsplit_once(' ').expect("a series and a value");
            let (family, sort) = family.as_ref().expect("announced");
            let name = series.split('{').next().expect("a name");
            let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(name.chars().all(is_name), "{line}");
            let suffix = name.strip_prefix(family.as_str()).unwrap_or_else(|| panic!("{line} is not of {family}"));
            let suffixes: &[&str] = if sort == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
            assert!(suffixes.contains(&suffix), "{line}");
            if let Some(labels) = series.strip_prefix(name).filter(|labels| !labels.is_empty()) {
                let labels = labels.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).expect("braces");
                for label in labels.split(',') {
                    let (label, text) = label.split_once('=').expect("a label and a text");
                    assert!(label.chars().all(is_name) && text.starts_with('"') && text.ends_with('"'), "{line}");
                }
            }
            let value: f64 = value.parse().unwrap_or_else(|why| panic!("{line}: {why}"));
            assert!(samples.insert(series.to_owned(), value).is_none(), "{line} comes twice");
        }
    }
    samples
}

#[tokio::test]
async fn figures_say_what_happened() {
    let mut school = School::closed();
    let (ann, eve) = (school.sim.user("Ann"), school.sim.user("Eve"));
    let grade2 = school.sim.group("Grade 2", &[&ann, &eve, &school.boss]);
    school.boss.adds(&school.bot, &grade2);
    school.write_registry(&[("T001", "Ann Lee", Some(&ann))], &[&grade2], &[("T001", &[&grade2])]);
    let address = school.use_metrics();
    school.sim.fault("getUpdates", When::Next(1), Fault::ServerErrorPage(502));
    school.start();
    for _ in 0..3 {
        ann.says(&grade2, "hello");
    }
    ann.sends(&grade2, Content::voice());
    eve.says(&grade2, "nobody counts me");
    school.has_counted_all().await;
    school.boss.tells(&school.bot, "/start");
    school.boss.reads(&school.bot).await;
    school.has_counted_all().await;
    let deadline = Instant::now() + Duration::from_secs(20);
    let (text, figures) = loop {
        let (status, text) = get(&address, "/metrics").await;
        assert_eq!(status, StatusCode::OK);
        let figures = parse(&text);
        // The menu was read before its sending was answered and noted.
        if figures.contains_key("rollcall_api_calls_total{bot=\"main\",method=\"sendMessage\"}")
            && figures["rollcall_outbox_length"] < 1.0
        {
            break (text, figures);
        }
        assert!(Instant::now() < deadline, "{text}");
        tokio::task::yield_now().await;
    };
    let figure = |series: &str| *figures.get(series).unwrap_or_else(|| panic!("{series} is missing in\n{text}"));
    assert!((figure("rollcall_build_info{version=\"0.1.0\"}") - 1.0).abs() < 1e-9);
    for (series, expected) in [
        ("rollcall_messages_counted_total{bot=\"main\",kind=\"text\"}", 3.0),
        ("rollcall_messages_counted_total{bot=\"main\",kind=\"voice\"}", 1.0),
        ("rollcall_messages_counted_total{bot=\"main\",kind=\"photo\"}", 0.0),
        ("rollcall_updates_total{bot=\"main\",kind=\"group_message\"}", 5.0),
        ("rollcall_updates_total{bot=\"main\",kind=\"private_message\"}", 1.0),
        ("rollcall_updates_repeated_total{bot=\"main\"}", 0.0),
        ("rollcall_api_errors_total{bot=\"main\",method=\"getUpdates\",kind=\"server\"}", 1.0),
        ("rollcall_flush_failures_total", 0.0),
        ("rollcall_quarantined_updates", 0.0),
        ("rollcall_active_teachers", 1.0),
        ("rollcall_counting_groups", 1.0),
        ("rollcall_healthy", 1.0),
        ("rollcall_last_update_age_seconds", 0.0),
        ("rollcall_update_lag_seconds{bot=\"main\"}", 0.0),
    ] {
        assert!((figure(series) - expected).abs() < 1e-9, "{series} is {} and should be {expected}", figure(series));
    }
    assert!(figure("rollcall_api_calls_total{bot=\"main\",method=\"sendMessage\"}") >= 1.0);
    let flushes = figure("rollcall_flush_duration_seconds_count");
    assert!(flushes >= 2.0 && (figure("rollcall_flush_duration_seconds_bucket{le=\"+Inf\"}") - flushes).abs() < 1e-9);
    assert!(figure("rollcall_flush_duration_seconds_sum") > 0.0);
    assert!(figure("process_resident_memory_bytes") > 1e6);
    school.stop().expect("stops");
}

#[tokio::test]
async fn health_is_a_status_and_a_sentence() {
    let mut school = School::closed();
    let address = school.use_metrics();
    school.sim.fault("getMe", When::Always, Fault::ServerErrorPage(502));
    school.start();
    // The daemon listens before it asks, but a connection may come before that.
    let client = Client::builder().no_proxy().build().expect("a plain client can be built");
    while client.get(format!("{address}/healthz")).send().await.is_err() {
        tokio::task::yield_now().await;
    }
    let sentence = health_becomes(&address, StatusCode::SERVICE_UNAVAILABLE).await;
    assert!(sentence.contains("not answered yet") || sentence.contains("HTTP 502"), "{sentence}");
    school.sim.release();
    assert_eq!(health_becomes(&address, StatusCode::OK).await, "receiving\n");
    school.sim.fault("getUpdates", When::Always, Fault::Refuse(409, "Conflict: terminated by other getUpdates request".into()));
    school.boss.tells(&school.bot, "/start");
    let sentence = health_becomes(&address, StatusCode::SERVICE_UNAVAILABLE).await;
    assert!(sentence.contains("terminated by other getUpdates request"), "{sentence}");
    school.sim.release();
    assert_eq!(health_becomes(&address, StatusCode::OK).await, "receiving\n");
    assert_eq!(asks_health(&school).await, (Some(0), "receiving\n".to_owned()));
    school.boss.reads(&school.bot).await;
    assert_eq!(get(&address, "/else").await.0, StatusCode::NOT_FOUND);
    school.stop().expect("stops");
    let (code, sentence) = asks_health(&school).await;
    assert!(code == Some(1) && sentence.contains("nobody answers"), "{sentence}");
}

/// What `rollcall health` says, and with which exit code.
async fn asks_health(school: &School) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
    command.args(["health", "--env-file", "/dev/null"]).envs(school.settings());
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("ran").expect("runs");
    (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// Starts what a service manager is told of.
fn starts_under(manager: &Manager, school: &School) -> Child {
    Command::new(env!("CARGO_BIN_EXE_rollcall"))
        .args(["run", "--env-file", "/dev/null"])
        .envs(school.settings())
        .env("LOG_LEVEL", "error")
        .envs(manager.settings())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts")
}

#[tokio::test]
async fn the_service_manager_hears_that_it_is_ready_alive_and_stopping() {
    let school = School::closed();
    let manager = Manager::new();
    school.sim.fault("getMe", When::Next(1), Fault::ServerErrorPage(502));
    let mut daemon = starts_under(&manager, &school);
    let polls = school.bot.polls();
    let before = manager.hears("READY=1");
    assert_eq!(before, ["READY=1"], "nothing is ready before a poll was answered");
    assert!(school.bot.polls() > polls);
    manager.hears("STATUS=receiving");
    manager.hears("WATCHDOG=1");
    manager.hears("WATCHDOG=1");
    let stopped = Command::new("kill").args(["-TERM", &daemon.id().to_string()]).status().expect("kill runs");
    assert!(stopped.success());
    manager.hears("STOPPING=1");
    assert_eq!(daemon.wait().expect("it ends").code(), Some(0));
}

#[tokio::test]
async fn a_telegram_that_cannot_be_reached_is_no_failure_to_start() {
    let school = School::closed();
    let manager = Manager::new();
    school.sim.fault("getMe", When::Always, Fault::ServerErrorPage(502));
    let mut daemon = starts_under(&manager, &school);
    assert_eq!(manager.hears("READY=1"), ["READY=1"], "it comes after a while");
    manager.hears("STATUS=not receiving: Telegram's server failed (HTTP 502)");
    manager.hears("WATCHDOG=1");
    let stopped = Command::new("kill").args(["-TERM", &daemon.id().to_string()]).status().expect("kill runs");
    assert!(stopped.success());
    assert_eq!(daemon.wait().expect("it ends").code(), Some(0));
}

#[tokio::test]
async fn a_token_that_is_not_valid_never_is_ready() {
    let mut school = School::closed();
    school.set("BOT_TOKEN", "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0");
    let manager = Manager::new();
    assert_eq!(starts_under(&manager, &school).wait().expect("it ends").code(), Some(78));
    assert!(manager.heard_nothing(), "it said something");
}

#[tokio::test]
async fn silence_in_working_hours_is_told_once_and_so_is_its_end() {
    let mut school = School::closed();
    let ann = school.sim.user("Ann");
    let grade2 = school.sim.group("Grade 2", &[&ann, &school.boss]);
    school.boss.adds(&school.bot, &grade2);
    school.write_registry(&[("T001", "Ann Lee", Some(&ann))], &[&grade2], &[("T001", &[&grade2])]);
    school.set("ALARM_SILENCE", "1h30m");
    school.start();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    ann.says(&grade2, "it is ten o'clock");
    school.has_counted_all().await;
    school.later(TimeDelta::minutes(89));
    boss.tells(&bot, "/help");
    boss.reads(&bot).await;
    school.later(TimeDelta::minutes(1));
    let alarm = boss.reads(&bot).await;
    assert!(alarm.text.contains("In 1 h 30 min of working time"), "{}", alarm.text);
    school.stop().expect("stops");
    school.later(TimeDelta::hours(1));
    school.start();
    boss.tells(&bot, "/help");
    boss.reads(&bot).await;
    ann.says(&grade2, "back from lunch");
    let over = boss.reads(&bot).await;
    assert!(over.text.contains("counted again"), "{}", over.text);
    school.stop().expect("stops");
    school.sim.finish();
}

#[tokio::test]
async fn an_outage_that_the_process_outlives_is_told_and_a_quiet_weekend_is_not() {
    let mut school = School::closed();
    school.start();
    let (bot, boss) = (school.bot.clone(), school.boss.clone());
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    // It has to be noted once that receiving worked.
    let deadline = Instant::now() + Duration::from_secs(20);
    while !school.data().join("alive").exists() {
        assert!(Instant::now() < deadline);
        tokio::task::yield_now().await;
    }
    school.sim.fault("getUpdates", When::Always, Fault::ServerErrorPage(502));
    school.later(TimeDelta::hours(22));
    school.sim.release();
    assert!(boss.reads(&bot).await.text.contains("I was away for 22 hours"));
    school.stop().expect("stops");
    // Nobody says anything for two days, and somebody looks after it every few hours.
    for _ in 0..12 {
        school.start();
        school.later(TimeDelta::hours(4));
        boss.tells(&bot, "/help");
        boss.reads(&bot).await;
        school.stop().expect("stops");
    }
    school.sim.finish();
}

/// Everything of a flood that is in the files.
fn counted(school: &School, flood: &Flood, teachers: &[(String, &User)]) -> u64 {
    let in_group = |group: &Chat| teachers.iter().map(|(id, _)| school.cell("2026-01-26", group, id).total()).sum::<u64>();
    flood.groups.iter().map(in_group).sum()
}

#[tokio::test]
async fn it_stops_within_seconds_under_load_and_loses_nothing() {
    const MESSAGES: usize = 12_000;
    for mode in ["polling", "webhook"] {
        let mut school = School::closed();
        if mode == "webhook" {
            school.use_webhook();
        }
        let plan = FloodPlan { groups: 5, users: 20, groups_each: 5, ..FloodPlan::new(MESSAGES, monday()) };
        let flood = school.sim.flood(&school.bot, &plan);
        let teachers: Vec<_> = flood.users.iter().enumerate().map(|(n, user)| (format!("T{n:03}"), user)).collect();
        let people: Vec<_> = teachers.iter().map(|(id, user)| (id.as_str(), id.as_str(), Some(*user))).collect();
        let groups: Vec<_> = flood.groups.iter().collect();
        let assigned: Vec<_> = teachers.iter().map(|(id, _)| (id.as_str(), groups.as_slice())).collect();
        school.write_registry(&people, &groups, &assigned);
        let mut stops = 0;
        while school.bot.pending() > 0 {
            let before = school.bot.pending();
            school.start();
            school.bot.has_at_most(before.saturating_sub(2_500)).await;
            let asked = Instant::now();
            school.stop().expect("stops");
            assert!(asked.elapsed() < Duration::from_secs(5), "{mode}: {:?}", asked.elapsed());
            stops += 1;
            // What is in the files was received; more of it may have been acknowledged than Telegram heard of.
            let (in_files, confirmed) = (counted(&school, &flood, &teachers), MESSAGES - school.bot.pending());
            assert!(in_files >= confirmed as u64, "{mode}: {in_files} of {confirmed}");
        }
        assert!(stops >= 3, "{mode}: it was never in the middle of it");
        assert_eq!(counted(&school, &flood, &teachers), MESSAGES as u64, "{mode}");
    }
}
