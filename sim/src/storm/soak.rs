//! The soak: one process through a simulated week, with its midnights, the end of summer time and the end of a month, in
//! thousands of groups. Counts must be exact, memory and open files flat.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};
use serde_json::{Value, json};

use super::{
    dice::Dice,
    ledger::{Ledger, Verdict, Zone, last_sunday},
    program::{Program, Running},
};
use crate::{Bot, Chat, Rights, Sim, User, load::Crowd};

/// Each teacher counts in so many groups.
const ASSIGNED: usize = 2;
const TEACHERS_PER_GROUP: usize = 2;
const KINDS: [&str; 8] = ["text", "text", "text", "text", "voice", "photo", "sticker", "document"];
/// Between looks at an unfinished hour.
const LOOK: Duration = Duration::from_micros(500);
const PATIENCE: Duration = Duration::from_secs(60);
/// The program keeps three days in memory: from the fourth on it must not grow.
const STEADY_FROM: usize = 3;
/// Growth of a day's highest memory, from that day to the last whole one, that is none: allocators breathe.
const GROWTH_MIB: f64 = 4.0;
/// The same for open files: a connection more or less.
const GROWTH_FILES: usize = 4;

/// What to do.
#[derive(Clone, Debug)]
pub struct SoakPlan {
    /// Decides who posts what.
    pub seed: u64,
    /// How many groups.
    pub groups: usize,
    /// How many messages in the whole week.
    pub messages: u64,
    /// The program.
    pub program: PathBuf,
}

/// The process at the end of a simulated hour.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// The hour, by the simulated clock.
    pub at: DateTime<Utc>,
    /// Resident memory in MiB.
    pub memory_mib: f64,
    /// Open files and connections.
    pub files: usize,
}

/// What a soak came to.
#[derive(Clone, Debug, Default)]
pub struct SoakReport {
    /// One for each simulated hour.
    pub samples: Vec<Sample>,
    /// Messages posted.
    pub messages: u64,
    /// Of these, such that count.
    pub counted: u64,
    /// Numbers that were compared.
    pub cells: usize,
    /// The comparison.
    pub verdict: Verdict,
    /// How long it took.
    pub took: Duration,
}

struct Soak<'a> {
    plan: &'a SoakPlan,
    dice: Dice,
    sim: Sim,
    bot: Bot,
    boss: User,
    groups: Vec<Chat>,
    teachers: Vec<User>,
    crowd: Crowd,
    ledger: Ledger,
    program: Program,
}

/// Lives through the week. `progress` hears of each simulated hour.
pub fn soak(plan: &SoakPlan, progress: &mut dyn FnMut(&Sample)) -> Result<SoakReport, String> {
    let home = std::env::temp_dir().join(format!("soak-{}-{}", std::process::id(), plan.seed));
    let done = Soak::new(plan, &home).and_then(|mut soak| {
        let lived = soak.week(progress);
        lived.map_err(|why| format!("{why}\n{}", soak.program.last_words()))
    });
    match &done {
        Ok(report) if report.verdict.is_exact() => {
            // A directory that can't be deleted says nothing about the program.
            let _ = fs::remove_dir_all(&home);
            done
        }
        Ok(_) => done,
        Err(why) => Err(format!("{why}\neverything is kept in {}", home.display())),
    }
}

impl<'a> Soak<'a> {
    fn new(plan: &'a SoakPlan, home: &Path) -> Result<Self, String> {
        let sim = Sim::start();
        sim.clock().set(beginning(sim.clock().now()));
        let bot = sim.bot("rollcall_bot");
        let boss = sim.user("Boss");
        let groups: Vec<Chat> = (0..plan.groups).map(|n| sim.group(&format!("Group {n}"), &[])).collect();
        for group in &groups {
            sim.place(bot.id, group, Rights::Administrator);
        }
        let teachers: Vec<User> = (0..plan.groups * TEACHERS_PER_GROUP).map(|n| sim.user(&format!("Teacher {n}"))).collect();
        let crowd = sim.crowd(&bot, &groups, &teachers, &KINDS);
        let settings = [
            ("BOT_TOKEN", bot.token()),
            ("ADMIN_IDS", &boss.id.to_string()),
            ("TELEGRAM_API_URL", sim.url()),
            ("TZ", Zone::Berlin.name()),
            ("CHECKPOINT_SECONDS", "2"),
            ("WARN_DISK_MB", "0"),
            ("LOG_LEVEL", "warn"),
        ];
        let program = Program::new(&plan.program, home, settings.map(|(name, value)| (name, value.to_owned())).into())?;
        let (dice, ledger) = (Dice::new(plan.seed), Ledger::new(Zone::Berlin));
        let soak = Self { plan, dice, sim, bot, boss, groups, teachers, crowd, ledger, program };
        soak.write_register()?;
        Ok(soak)
    }

    fn write_register(&self) -> Result<(), String> {
        let mut people: BTreeMap<String, Value> = BTreeMap::new();
        let mut assigned: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (n, teacher) in self.teachers.iter().enumerate() {
            let id = teacher_id(n);
            let entry =
                json!({ "teacher_id": id, "full_name": format!("Teacher {n}"), "telegram_user_id": teacher.id, "active": true });
            people.insert(id.clone(), entry);
            assigned.insert(id, (0..ASSIGNED).map(|which| self.groups[self.group_of(n, which)].id.to_string()).collect());
        }
        let places: BTreeMap<String, Value> = self
            .groups
            .iter()
            .map(|group| (group.id.to_string(), json!({ "chat_id": group.id, "title": group.title(), "enabled": true })))
            .collect();
        for (file, value) in [("teachers", json!(people)), ("groups", json!(places)), ("teacher_groups", json!(assigned))] {
            let path = self.program.data().join(format!("{file}.json"));
            fs::write(&path, value.to_string()).map_err(|why| format!("{}: {why}", path.display()))?;
        }
        Ok(())
    }

    /// The groups in which a teacher counts.
    fn group_of(&self, teacher: usize, which: usize) -> usize {
        (teacher * ASSIGNED + which) % self.groups.len()
    }

    fn week(&mut self, progress: &mut dyn FnMut(&Sample)) -> Result<SoakReport, String> {
        let began = Instant::now();
        let mut report = SoakReport::default();
        let mut running = self.program.start()?;
        let start = self.sim.clock().now();
        let hours = end(start).signed_duration_since(start).num_hours();
        for hour in 0..hours {
            let messages = self.plan.messages * (hour as u64 + 1) / hours as u64 - report.messages;
            report.messages += messages;
            self.hour(start + TimeDelta::hours(hour), messages, &mut running)?;
            let sample = self.sample(&running)?;
            progress(&sample);
            report.samples.push(sample);
        }
        running.terminate()?;
        let status = running.wait(PATIENCE)?;
        if !status.success() {
            return Err(format!("it was asked to stop and ended with {status}"));
        }
        report.verdict = self.ledger.compare(&self.program.data())?;
        report.counted = self.ledger.messages();
        report.cells = self.ledger.cells();
        report.took = began.elapsed();
        Ok(report)
    }

    /// One hour: messages all along it, a look at the menu, and everything taken at its end.
    fn hour(&mut self, start: DateTime<Utc>, messages: u64, running: &mut Running) -> Result<(), String> {
        self.sim.clock().set(start + TimeDelta::hours(1));
        let sim = self.sim.clone();
        sim.shared.act(|world| {
            for n in 0..messages {
                let at = start + TimeDelta::milliseconds((3_600_000 * n / messages) as i64);
                let teacher = self.dice.below(self.teachers.len() as u64) as usize;
                let kind = self.dice.below(KINDS.len() as u64) as usize;
                // Now and then somebody writes where they don't count.
                let counts = !self.dice.percent(10);
                let which = self.dice.below(ASSIGNED as u64) as usize;
                let group = if counts {
                    self.group_of(teacher, which)
                } else {
                    (self.group_of(teacher, 0) + ASSIGNED) % self.groups.len()
                };
                self.crowd.post(world, group, teacher, kind, at);
                if counts {
                    self.ledger.counted(self.groups[group].id, &teacher_id(teacher), KINDS[kind], at);
                }
            }
        });
        self.boss.tells(&self.bot, "/start");
        self.caught_up(running)
    }

    fn caught_up(&self, running: &mut Running) -> Result<(), String> {
        let mut last = (self.bot.pending(), Instant::now());
        while last.0 > 0 {
            std::thread::sleep(LOOK);
            if let Some(status) = running.ended() {
                return Err(format!("it ended by itself with {status}"));
            }
            let pending = self.bot.pending();
            if pending < last.0 {
                last = (pending, Instant::now());
            } else if last.1.elapsed() > PATIENCE {
                return Err(format!("{pending} updates wait, and none was taken for {} s", PATIENCE.as_secs()));
            }
        }
        Ok(())
    }

    fn sample(&self, running: &Running) -> Result<Sample, String> {
        let process = PathBuf::from(format!("/proc/{}", running.id()));
        let read = |why: std::io::Error| format!("{}: {why}", process.display());
        let status = fs::read_to_string(process.join("status")).map_err(read)?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).and_then(|rest| rest.split_whitespace().next());
        let kib: f64 = line.and_then(|kib| kib.parse().ok()).ok_or("Linux doesn't tell the memory")?;
        let files = fs::read_dir(process.join("fd")).map_err(read)?.count();
        Ok(Sample { at: self.sim.clock().now(), memory_mib: kib / 1024.0, files })
    }
}

impl SoakReport {
    /// Of each simulated day the most memory and the most open files.
    pub fn days(&self) -> BTreeMap<NaiveDate, (f64, usize)> {
        let mut days: BTreeMap<NaiveDate, (f64, usize)> = BTreeMap::new();
        for sample in &self.samples {
            let (memory, files) = days.entry(sample.at.date_naive()).or_default();
            *memory = memory.max(sample.memory_mib);
            *files = (*files).max(sample.files);
        }
        days
    }

    /// What grew from the fourth day to the last whole one, in words.
    pub fn growth(&self) -> Option<String> {
        let days: Vec<_> = self.days().into_values().collect();
        let (Some((first, first_files)), Some((last, last_files))) = (days.get(STEADY_FROM), days.iter().rev().nth(1)) else {
            return Some("there are too few days to compare".to_owned());
        };
        if *last > first + GROWTH_MIB {
            return Some(format!("memory grew from {first:.1} to {last:.1} MiB, more than {GROWTH_MIB} MiB"));
        }
        if *last_files > first_files + GROWTH_FILES {
            return Some(format!("open files grew from {first_files} to {last_files}, by more than {GROWTH_FILES}"));
        }
        None
    }
}

/// Saturday evening before the last summer time that is over for long: the program keeps the last three days by the
/// machine's clock in memory, and would keep the whole week if it lay ahead.
fn beginning(now: DateTime<Utc>) -> DateTime<Utc> {
    let change = |year| last_sunday(year, 10).and_hms_opt(1, 0, 0).expect("one o'clock exists").and_utc();
    let year = (now.year() - 1..=now.year()).rev().find(|year| end(change(*year)) + TimeDelta::days(4) < now);
    let change = change(year.unwrap_or(now.year() - 1));
    (change - TimeDelta::hours(5)).with_minute(0).unwrap_or(change)
}

/// Some hours into the next month, a week later.
fn end(start: DateTime<Utc>) -> DateTime<Utc> {
    start + TimeDelta::days(7) + TimeDelta::hours(12)
}

fn teacher_id(n: usize) -> String {
    format!("T{n:05}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_week_has_the_change_of_the_clock_and_the_end_of_the_month() {
        for now in ["2026-11-21T00:00:00Z", "2026-11-02T00:00:00Z", "2027-03-01T00:00:00Z", "2031-12-31T00:00:00Z"] {
            let start = beginning(now.parse().expect("a time"));
            let end = end(start);
            assert!(end < now.parse::<DateTime<Utc>>().expect("a time"), "{now}");
            let sunday = last_sunday(start.year(), 10);
            assert!(start.date_naive() < sunday && end.month() == 11, "{start} to {end}");
        }
    }

    #[test]
    fn growth_is_seen() {
        let start = beginning("2026-11-21T00:00:00Z".parse().expect("a time"));
        let report = |growth: f64, files: usize| {
            let samples = (0..180).map(|hour| Sample {
                at: start + TimeDelta::hours(hour),
                memory_mib: 30.0 + growth * hour as f64,
                files: 12 + files * hour as usize,
            });
            SoakReport { samples: samples.collect(), ..SoakReport::default() }
        };
        assert_eq!(report(0.0, 0).growth(), None);
        assert!(report(0.1, 0).growth().is_some_and(|why| why.starts_with("memory grew")));
        assert!(report(0.0, 1).growth().is_some_and(|why| why.starts_with("open files grew")));
    }
}
