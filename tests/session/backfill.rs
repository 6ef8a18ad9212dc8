//! What was written while the bot was away for longer than Telegram keeps updates, counted through the user session.

use std::process::Command;

use chrono::TimeDelta;
use serde_json::Value;
use telegram_sim::{Bot, Chat, Content, Fault, Sim, User};

use crate::support::{Desk, Talk};

/// A school whose bot and user session (Ann's) are in a group, in which Ann and Bob are counted.
struct School {
    desk: Desk,
    bot: Bot,
    boss: User,
    bob: User,
    group: Chat,
}

fn school() -> School {
    school_in(|desk, people| desk.sim.group("Grade2", people))
}

/// The same in a group of another sort.
fn school_in(group: impl Fn(&Desk, &[&User]) -> Chat) -> School {
    let mut desk = Desk::new();
    // Thirty hours ago: what isn't fetched within a day is lost.
    desk.sim.clock().set(desk.sim.clock().now() - TimeDelta::hours(30));
    let (bot, boss) = desk.gets_bot();
    bot.set_privacy(false);
    let bob = desk.sim.user("Bob");
    desk.does("init", "");
    desk.logs_in();
    let group = group(&desk, &[&desk.ann, &bob, &boss]);
    boss.adds(&bot, &group);
    desk.does(&format!("groups add {} Grade2", group.id), "");
    for (name, person) in [("Ann", &desk.ann), ("Bob", &bob)] {
        desk.does(&format!("teachers add {name} --account {} --assign-all", person.id), "");
    }
    School { desk, bot, boss, bob, group }
}

impl School {
    fn runs(&self) -> Talk {
        let mut daemon = self.desk.starts("run");
        daemon.is_asked("the user session's line is up");
        self.desk.waits_for(|_| self.bot.pending() == 0);
        daemon
    }

    /// The bot hears three messages; 260 more are written while nobody runs, of which one is a command and two are one album.
    fn is_away(&self) {
        let daemon = self.runs();
        for n in 0..3 {
            self.bob.says(&self.group, &format!("heard {n}"));
        }
        self.desk.waits_for(|_| self.bot.pending() == 0);
        self.stops(daemon);
        for n in 0..255 {
            self.bob.says(&self.group, &format!("missed {n}"));
        }
        self.desk.ann.sends(&self.group, Content::voice());
        for _ in 0..2 {
            self.desk.ann.sends(&self.group, Content::photo().in_album("13"));
        }
        self.desk.ann.says(&self.group, "/bus");
        self.boss.says(&self.group, "of nobody who is counted");
        self.desk.sim.clock().advance(TimeDelta::hours(30));
    }

    fn stops(&self, mut daemon: Talk) {
        Command::new("kill").args(["-TERM", &daemon.id().to_string()]).status().expect("signalled");
        daemon.is_asked("everything is in the files");
        daemon.ends_well();
    }

    /// The totals of Ann and Bob over the last days.
    fn totals(&self) -> Vec<u64> {
        let said = self.desk.does("report --days 7 --format json", "");
        let read: Value = serde_json::from_str(&said).expect("JSON");
        let of = |name: &str| {
            let rows = read["rows"].as_array().into_iter().flatten();
            rows.filter(|row| row["full_name"] == name).filter_map(|row| row["total"].as_u64()).sum()
        };
        ["Ann", "Bob"].map(of).to_vec()
    }

    /// Reads what the bot writes to the admin until these words come.
    fn boss_reads(&self, words: &str) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async { while !self.boss.reads(&self.bot).await.text.contains(words) {} });
    }

    fn since(&self) -> String {
        (self.desk.sim.clock().now() - TimeDelta::days(3)).format("%Y-%m-%d").to_string()
    }
}

#[test]
fn what_telegram_forgot_is_counted_from_the_groups_history_once() {
    let school = school();
    school.is_away();
    let daemon = school.runs();
    assert_eq!(school.totals(), [0, 3]);
    let since = school.since();
    let said = school.desk.does(&format!("import telegram-history --since {since} --group Grade2"), "");
    assert!(said.contains("backfill-1"), "{said}");
    school.boss_reads("258 messages in 1 group.");
    // Whoever asks again: each message counts once.
    school.desk.does(&format!("import telegram-history --since {since}"), "");
    school.boss_reads("0 messages in 1 group.");
    assert_eq!(school.totals(), [3, 258]);
    school.stops(daemon);
    assert_eq!(school.totals(), [3, 258]);
}

#[test]
fn a_group_that_the_account_is_not_in_is_told_and_a_kill_counts_nothing_twice() {
    let school = school();
    school.is_away();
    let elsewhere = school.desk.sim.group("Grade3", &[&school.bob, &school.boss]);
    school.boss.adds(&school.bot, &elsewhere);
    school.desk.does(&format!("groups add {} Grade3", elsewhere.id), "");
    school.desk.sim.fault_after("messages.getHistory", 1, Fault::TooMany(2));
    let daemon = school.runs();
    school.desk.does(&format!("import telegram-history --since {}", school.since()), "");
    school.desk.waits_for(|sim: &Sim| !sim.calls("messages.getHistory").is_empty());
    daemon.dies();
    school.desk.sim.release();
    assert_eq!(school.totals(), [0, 3]);
    let daemon = school.runs();
    school.boss_reads("258 messages in 1 group.");
    school.stops(daemon);
    assert_eq!(school.totals(), [3, 258]);
    let said = school.desk.does("jobs status backfill-1", "");
    assert!(said.contains("completed") && said.contains("1 of 2 groups") && said.contains("Grade3"), "{said}");
}

#[test]
fn what_was_missed_before_a_group_became_a_supergroup_is_counted_once() {
    let mut school = school_in(|desk, people| desk.sim.basic_group("Grade2", people));
    let daemon = school.runs();
    school.bob.says(&school.group, "heard before");
    school.desk.waits_for(|_| school.bot.pending() == 0);
    school.stops(daemon);
    for n in 0..120 {
        school.desk.sim.clock().advance(TimeDelta::seconds(1));
        school.bob.says(&school.group, &format!("missed {n}"));
    }
    school.desk.ann.sends(&school.group, Content::voice());
    school.desk.sim.clock().advance(TimeDelta::hours(30));
    let daemon = school.runs();
    school.group = school.group.migrates(&school.boss, false);
    school.bob.says(&school.group, "heard after");
    school.desk.waits_for(|_| school.bot.pending() == 0);
    assert_eq!(school.totals(), [0, 2]);
    let since = school.since();
    for counted in ["121 messages in 1 group.", "0 messages in 1 group."] {
        school.desk.does(&format!("import telegram-history --since {since}"), "");
        school.boss_reads(counted);
    }
    assert_eq!(school.totals(), [1, 122]);

    // What the account doesn't see any more is left out, and the rest is read.
    school.desk.sim.fault_after("messages.getHistory", 1, Fault::Refuse(400, "CHAT_ID_INVALID".to_owned()));
    school.desk.does(&format!("import telegram-history --since {since}"), "");
    school.boss_reads("0 messages in 1 group.");
    let asked = school.desk.sim.calls("messages.getHistory").len();
    school.stops(daemon);
    let said = school.desk.does("jobs status backfill-3", "");
    assert!(said.contains("completed") && !said.contains("CHAT_ID_INVALID"), "{said}");
    // Twice a page of the group and two pages of what it was; the third time only of the group: what is refused isn't listed.
    assert_eq!(asked, 2 * (1 + 2) + 1);
}

#[test]
fn without_a_session_it_says_what_to_do() {
    let mut school = school();
    school.desk.set("TELEGRAM_API_ID", "");
    school.desk.set("TELEGRAM_API_HASH", "");
    let mut daemon = school.desk.starts("run");
    daemon.is_asked("connected to Telegram");
    let since = school.since();
    school.desk.does(&format!("import telegram-history --since {since}"), "");
    daemon.is_asked("a background job couldn't do everything");
    let said = school.desk.does("jobs status backfill-1", "");
    assert!(said.contains("failed") && said.contains("rollcall session login"), "{said}");
    assert!(school.desk.fails("import telegram-history --since 2999-01-01", "").contains("no time in the past"));
}
