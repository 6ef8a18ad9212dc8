//! `kill -9` of the real binary, again and again, while Telegram has bad days: nothing is lost, nothing counts twice.

use std::{
    collections::BTreeMap,
    process::{Child, Command, Stdio},
};

use telegram_sim::{Content, Fault, Posted, When};

use crate::support::School;

/// A small generator, so that a failure can be repeated from its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn spawn(school: &School) -> Child {
    Command::new(env!("CARGO_BIN_EXE_rollcall"))
        .args(["run", "--env-file", "/dev/null"])
        .envs(school.settings())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts")
}

#[cfg(unix)]
#[tokio::test]
async fn dozens_of_kills_lose_nothing_and_double_nothing() {
    const KILLS: usize = 40;
    const SEED: u64 = 20_260_126;
    let mut dice = Dice(SEED);
    let mut school = School::closed();
    let teachers: Vec<_> = (0..8).map(|n| (format!("T{n:03}"), school.sim.user(&format!("Teacher {n}")))).collect();
    let groups: Vec<_> = (0..4).map(|n| school.sim.group(&format!("Group {n}"), &[])).collect();
    for group in &groups {
        school.boss.adds(&school.bot, group);
    }
    let registry: Vec<_> = teachers.iter().map(|(id, user)| (id.as_str(), id.as_str(), Some(user))).collect();
    let everywhere: Vec<_> = groups.iter().collect();
    let assigned: Vec<_> = teachers.iter().map(|(id, _)| (id.as_str(), everywhere.as_slice())).collect();
    school.write_registry(&registry, &everywhere, &assigned);
    school.set("CHECKPOINT_SECONDS", "1");
    school.set("LOG_LEVEL", "error");

    let mut posted: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    let mut daemon = spawn(&school);
    for kill in 0..KILLS {
        for _ in 0..dice.roll(120) {
            let (teacher, group) = (dice.roll(8) as usize, dice.roll(4) as usize);
            let content = if dice.roll(3) == 0 { Content::voice() } else { Content::text("hello") };
            let Posted { .. } = teachers[teacher].1.sends(&groups[group], content);
            *posted.entry((teacher, group)).or_default() += 1;
        }
        let fault = match dice.roll(8) {
            0 => Some(Fault::LoseAnswer),
            1 => Some(Fault::TruncateAnswer),
            2 => Some(Fault::ServerErrorPage(502)),
            3 => Some(Fault::ResetBefore),
            _ => None,
        };
        if let Some(fault) = fault {
            school.sim.fault("getUpdates", When::Next(1), fault);
        }
        if dice.roll(4) == 0 {
            school.bot.redeliver(dice.roll(200) as usize);
        }
        // Wait for a number of polls that changes, so that the kill hits every part of a batch's life.
        let polls = school.bot.polls() + 1 + dice.roll(3);
        school.bot.has_polled(polls).await;
        for _ in 0..dice.roll(20_000) {
            std::hint::spin_loop();
        }
        daemon.kill().expect("it can be killed");
        daemon.wait().expect("it ends");
        if kill % 3 == 0 {
            tear_journal(&school, &mut dice);
        }
        daemon = spawn(&school);
    }
    school.has_counted_all().await;
    let stopped = Command::new("kill").args(["-TERM", &daemon.id().to_string()]).status().expect("kill runs");
    assert!(stopped.success());
    assert_eq!(daemon.wait().expect("it ends").code(), Some(0));
    for (teacher, (id, _)) in teachers.iter().enumerate() {
        for (group, chat) in groups.iter().enumerate() {
            let expected = posted.get(&(teacher, group)).copied().unwrap_or(0);
            assert_eq!(school.cell("2026-01-26", chat, id).total(), expected, "{id} in group {group}, seed {SEED}");
        }
    }
}

/// What a crash in the middle of a write leaves: half a line, and half a file under its temporary name.
fn tear_journal(school: &School, dice: &mut Dice) {
    use std::io::Write as _;
    let journal = school.data().join("journal.jsonl");
    if let Ok(mut file) = std::fs::OpenOptions::new().append(true).open(&journal) {
        let half = &b"1234abcd {\"seq\":77,\"at\":1,\"ids\":[[7,1]],\"chan"[..dice.roll(46) as usize];
        file.write_all(half).expect("writes");
    }
    let stats = school.data().join("stats");
    if stats.is_dir() {
        std::fs::write(stats.join("2026-01-26.json.tmp"), b"{\"-100").expect("writes");
    }
}
