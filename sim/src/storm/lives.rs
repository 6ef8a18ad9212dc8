//! The lives and deaths of the program, one after the other.

use std::{
    fs,
    net::TcpStream,
    path::Path,
    time::{Duration, Instant},
};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

use super::{
    Mode, Plan, Report,
    dice::Dice,
    evidence::Evidence,
    ledger::Zone,
    program::{Program, Running, own_address, settings},
    school::School,
    weather::{self, Debris},
};

/// How long the program may take for what it does in milliseconds when all is well.
const PATIENCE: Duration = Duration::from_secs(60);
/// With more than so many waiting updates the program gets a quiet life, to catch up.
const BACKLOG: usize = 3_000;
/// Numberings start at multiples of this, far from each other.
const NUMBERING: i64 = 1_000_000;
/// Telegram forgets after 24 hours: the clock doesn't run away from those who catch up.
const LONGEST_BACKLOG: TimeDelta = TimeDelta::hours(12);

/// How a life ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Death {
    /// At any moment between or in polls.
    Anywhere,
    /// While it starts.
    AtStart,
    /// While it writes files, some seconds into its life.
    InCheckpoint,
    /// While it writes files because it was asked to stop.
    InLastCheckpoint,
    /// Not at all: it is asked to stop, and ends well.
    Stopped,
}

struct Storm<'a> {
    plan: &'a Plan,
    dice: Dice,
    school: School,
    program: Program,
    evidence: Evidence,
    debris: Debris,
    report: Report,
    began: Instant,
    lives: u64,
    numberings: u64,
    /// Where the program listens for deliveries.
    address: String,
    /// How often the program had polled when this life began.
    polls_before: u64,
    /// When the program last had nothing left to do, by the simulated clock.
    caught_up: DateTime<Utc>,
}

/// The whole storm, with its files below `home`.
pub(super) fn run(plan: &Plan, home: &Path, progress: &mut dyn FnMut(&Report)) -> Result<Report, String> {
    let mut storm = Storm::new(plan, home)?;
    let mut told = Instant::now();
    while storm.report.kills < plan.kills || storm.school.posted < plan.messages {
        storm.life().map_err(|why| storm.explain(&why))?;
        if told.elapsed() > Duration::from_secs(5) {
            told = Instant::now();
            progress(storm.so_far());
        }
    }
    storm.end().map_err(|why| storm.explain(&why))?;
    Ok(storm.report)
}

impl<'a> Storm<'a> {
    fn new(plan: &'a Plan, home: &Path) -> Result<Self, String> {
        // Yesterday, because the program's own clock is the machine's, and it forgets albums that are older than it must.
        let school =
            School::new(|now| now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now) - TimeDelta::days(1), Zone::Tashkent);
        let address = own_address();
        let program = Program::new(&plan.program, home, settings(&school, plan.mode, &address))?;
        school.write_register(&program.data())?;
        let evidence = Evidence::new(&program.data(), school.bot.id);
        let witness = evidence.clone();
        school.bot.on_confirmed(move |ids| witness.acknowledged(ids));
        let caught_up = school.sim.clock().now();
        let report = Report { data: program.data(), ..Report::default() };
        let (dice, debris, began) = (Dice::new(plan.seed), Debris::default(), Instant::now());
        Ok(Self {
            plan,
            dice,
            school,
            program,
            evidence,
            debris,
            report,
            began,
            lives: 0,
            numberings: 1,
            address,
            polls_before: 0,
            caught_up,
        })
    }

    /// One life: a burst of messages, bad weather, and an end.
    fn life(&mut self) -> Result<(), String> {
        // Each life has dice of its own: what one does with the time that it is given doesn't change the next.
        self.lives += 1;
        self.dice = Dice::new(self.plan.seed.rotate_left(32) ^ self.lives);
        let death = self.fate();
        let left = self.plan.messages.saturating_sub(self.school.posted);
        let lives_left = self.plan.kills.saturating_sub(self.report.kills).max(1);
        let burst = if lives_left == 1 { left } else { self.dice.below(2 * left.div_ceil(lives_left) + 1).min(left) };
        let early = self.dice.below(burst + 1);
        self.time_passes();
        let calm = self.school.pending() > BACKLOG;
        if !calm {
            for accident in weather::brew(&self.school, self.plan.mode, &mut self.dice) {
                self.report.note(accident);
            }
        }
        self.school.posts(early, &mut self.dice);
        let mut running = self.start()?;
        if death == Death::AtStart {
            self.school.posts(burst - early, &mut self.dice);
            pause(self.dice.below(15_000));
        } else {
            self.live(&mut running, burst - early, calm)?;
        }
        self.die(running, death)?;
        weather::clear(&self.school);
        self.leave_debris().map_err(|why| format!("can't spoil the data directory: {why}"))
    }

    fn start(&mut self) -> Result<Running, String> {
        self.polls_before = self.school.bot.polls();
        self.program.start()
    }

    fn fate(&mut self) -> Death {
        match self.dice.below(100) {
            0..=14 => Death::AtStart,
            15..=29 => Death::InLastCheckpoint,
            30..=34 => Death::InCheckpoint,
            35..=37 => Death::Stopped,
            _ => Death::Anywhere,
        }
    }

    fn live(&mut self, running: &mut Running, burst: u64, calm: bool) -> Result<(), String> {
        let some = self.dice.below(burst + 1);
        for messages in [some, burst - some] {
            self.some_polls(running)?;
            self.school.posts(messages, &mut self.dice);
        }
        if calm {
            self.catch_up(running, BACKLOG / 10)?;
        }
        match self.dice.below(100) {
            0..=5 => self.restart_numbering(running)?,
            6..=7 => self.migrate(running)?,
            _ => {}
        }
        self.some_polls(running)?;
        pause(self.dice.below(3_000));
        Ok(())
    }

    /// Rises with each poll and each delivery that was taken.
    fn signs_of_life(&self) -> u64 {
        match self.plan.mode {
            Mode::Polling => self.school.bot.polls(),
            Mode::Webhook => self.evidence.count(),
        }
    }

    /// Waits for some polls, but not for long: the weather may be so that none comes.
    fn some_polls(&mut self, running: &mut Running) -> Result<(), String> {
        let signs = self.signs_of_life() + self.dice.below(4);
        let at_most = Duration::from_millis(self.dice.below(300));
        self.until(running, at_most, |storm| storm.signs_of_life() >= signs)
    }

    /// Telegram numbers updates anew at random, above or below, once none has waited for long.
    fn restart_numbering(&mut self, running: &mut Running) -> Result<(), String> {
        weather::clear(&self.school);
        self.catch_up(running, 0)?;
        // An odd factor runs through all of 2^10 numberings before one comes again.
        let numbering = 1 + (self.numberings.wrapping_mul(387) + self.plan.seed) % 1_024;
        self.numberings += 1;
        self.school.bot.restart_numbering(numbering as i64 * NUMBERING);
        self.report.note("numbering restarted");
        self.school.bot.redeliver_any(self.dice.below(50) as usize, self.dice.any());
        let messages = self.dice.below(40);
        self.school.posts(messages, &mut self.dice);
        Ok(())
    }

    /// A group becomes a supergroup. Telegram tells so in order.
    fn migrate(&mut self, running: &mut Running) -> Result<(), String> {
        weather::clear(&self.school);
        self.catch_up(running, 0)?;
        if self.school.migrates(&mut self.dice) {
            self.report.note("group became supergroup");
        }
        let messages = self.dice.below(40);
        self.school.posts(messages, &mut self.dice);
        Ok(())
    }

    fn die(&mut self, mut running: Running, death: Death) -> Result<(), String> {
        let data = self.program.data();
        let written = weather::last_written(&data);
        match death {
            Death::Anywhere | Death::AtStart => {}
            Death::InCheckpoint => {
                self.until(&mut running, Duration::from_secs(4), |_| weather::last_written(&data) > written)?;
                pause(self.dice.below(5_000));
            }
            Death::InLastCheckpoint => {
                self.ask_to_stop(&mut running)?;
                let asked = Instant::now();
                let is_writing = || weather::last_written(&data) > written;
                while !is_writing() && running.ended().is_none() && asked.elapsed() < Duration::from_secs(4) {
                    pause(100);
                }
                pause(self.dice.below(5_000));
            }
            Death::Stopped => {
                self.ask_to_stop(&mut running)?;
                return self.ended_well(&mut running);
            }
        }
        running.kill()?;
        self.report.kills += 1;
        // The journal that was set aside goes when all files are written.
        let is_cut_short = weather::last_written(&data) > written && data.join("journal.before.jsonl").exists();
        self.report.kills_in_checkpoint += u64::from(is_cut_short);
        let journal = fs::read(data.join("journal.jsonl")).unwrap_or_default();
        self.report.kills_in_write +=
            u64::from(!journal.is_empty() && !journal.ends_with(b"\n") && !self.debris.is_ours(&journal));
        Ok(())
    }

    /// SIGTERM, once the program is through with starting: before it listens for signals, they end it as they end any.
    fn ask_to_stop(&self, running: &mut Running) -> Result<(), String> {
        let is_up = |storm: &Self| match (storm.plan.mode, &storm.address) {
            (Mode::Polling, _) => storm.school.bot.polls() > storm.polls_before,
            (Mode::Webhook, address) => TcpStream::connect(address).is_ok(),
        };
        self.until(running, Duration::from_millis(500), is_up)?;
        if !is_up(self) {
            weather::clear(&self.school);
            self.until(running, PATIENCE, is_up)?;
        }
        running.terminate()
    }

    fn ended_well(&mut self, running: &mut Running) -> Result<(), String> {
        let asked = Instant::now();
        let status = running.wait(PATIENCE)?;
        self.report.slowest_stop = self.report.slowest_stop.max(asked.elapsed());
        self.report.stops += 1;
        if status.success() { Ok(()) } else { Err(format!("it was asked to stop and ended with {status}")) }
    }

    fn leave_debris(&mut self) -> std::io::Result<()> {
        let data = self.program.data();
        if self.dice.percent(33) {
            self.debris.tear(&data, &mut self.dice)?;
            self.report.note("journal torn");
        }
        if self.dice.percent(20) {
            Debris::litter(&data, &mut self.dice)?;
            self.report.note("half files left behind");
        }
        Ok(())
    }

    /// The last life: everything is taken, the program stops, the files are read.
    fn end(&mut self) -> Result<(), String> {
        weather::clear(&self.school);
        let mut running = self.start()?;
        self.catch_up(&mut running, 0)?;
        self.ask_to_stop(&mut running)?;
        self.ended_well(&mut running)?;
        self.report.verdict = self.school.ledger.compare(&self.program.data())?;
        let journal = self.program.data().join("journal.jsonl");
        self.report.is_journal_left = fs::metadata(&journal).is_ok_and(|journal| journal.len() > 0);
        self.so_far();
        Ok(())
    }

    fn so_far(&mut self) -> &Report {
        self.report.messages = self.school.posted;
        self.report.counted = self.school.ledger.messages();
        self.report.cells = self.school.ledger.cells();
        self.report.acknowledged = self.evidence.count();
        self.report.unsafe_ones = self.evidence.unsafe_ones();
        self.report.took = self.began.elapsed();
        &self.report
    }

    /// Waits until at most so many updates wait. Fails when none is taken for long.
    fn catch_up(&mut self, running: &mut Running, at_most: usize) -> Result<(), String> {
        let mut last = (self.school.pending(), Instant::now());
        while last.0 > at_most {
            self.until(running, Duration::from_secs(1), |storm| storm.school.pending() < last.0)?;
            let pending = self.school.pending();
            if pending < last.0 {
                last = (pending, Instant::now());
            } else if last.1.elapsed() > PATIENCE {
                return Err(format!("{pending} updates wait, and none was taken for {} s", PATIENCE.as_secs()));
            }
        }
        if last.0 == 0 {
            self.note_caught_up();
        }
        Ok(())
    }

    /// Waits for something, but not longer than this. Fails if the program ends by itself.
    fn until(&self, running: &mut Running, at_most: Duration, is_so: impl Fn(&Self) -> bool) -> Result<(), String> {
        let asked = Instant::now();
        while asked.elapsed() < at_most && !is_so(self) {
            if let Some(status) = running.ended() {
                return Err(format!("it ended by itself with {status}"));
            }
            pause(200);
        }
        Ok(())
    }

    fn note_caught_up(&mut self) {
        self.caught_up = self.school.sim.clock().now();
        self.school.has_settled();
    }

    fn time_passes(&mut self) {
        let now = self.school.sim.clock().now();
        if self.school.pending() == 0 {
            self.note_caught_up();
        }
        if now - self.caught_up < LONGEST_BACKLOG {
            self.school.sim.clock().advance(TimeDelta::seconds(self.dice.below(1_800) as i64));
        }
    }

    fn explain(&self, why: &str) -> String {
        format!("after {} kills, seed {}: {why}\n{}", self.report.kills, self.plan.seed, self.program.last_words())
    }
}

fn pause(microseconds: u64) {
    std::thread::sleep(Duration::from_micros(microseconds));
}
