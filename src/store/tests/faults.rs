//! Every operation of the disk fails once, in each way in which it can: whatever happens, the directory says afterwards what it
//! said at some point since the last acknowledgement, and going on from there comes to the same end.
//!
//! The model is a map of plain texts that knows nothing of changes, journals and files.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use super::{
    simulated_disk::{Fault, SimulatedDisk, Survives},
    *,
};
use crate::{
    domain::{
        counted::{Counted, Mark},
        event::Place,
        form::{Form, FormKey, Step as Question},
        ids::MessageId,
        presence::CallId,
        registry::Group,
        study::{Call, StudyChange},
    },
    memory_folder,
    store::disk::Disk as _,
};

/// What happens, one thing after the other.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A teacher writes in a group, so many days after the first one.
    Count {
        day: u64,
        chat: i64,
        teacher: &'static str,
    },
    /// A terminal enters a teacher.
    Register(&'static str, &'static str),
    /// A group gets a title, on an update.
    Entitle(i64, &'static str),
    /// A question of a dialogue opens.
    Ask(i64, &'static str),
    /// A message is to be sent.
    Send(&'static str),
    /// The oldest message was sent.
    Sent,
    /// A group becomes a supergroup.
    Migrate {
        from: i64,
        to: i64,
    },
    /// A voice chat begins, in which everybody sits.
    Meet,
    /// One of them joins anew, as number so much.
    Sit(i64, i32),
    /// So many days pass; negative where somebody sets the clock back.
    Days(i64),
    Flush,
    Checkpoint,
    /// A checkpoint without large files: the voice chat's.
    Light,
    /// A report over everything.
    Export,
}

/// Counts, registry changes, dialogue, outbox work, checkpoints, rotation of the day, a late message, migration, exports.
const SCENARIO: &[Step] = &[
    Step::Register("T001", "Ann"),
    Step::Entitle(-100, "Grade 2"),
    Step::Flush,
    Step::Count { day: 0, chat: -100, teacher: "T001" },
    Step::Count { day: 0, chat: -100, teacher: "T002" },
    Step::Send("welcome"),
    Step::Flush,
    Step::Count { day: 0, chat: -100, teacher: "T001" },
    Step::Meet,
    Step::Checkpoint,
    Step::Sit(1, 1),
    Step::Ask(5, "query"),
    Step::Sent,
    Step::Light,
    Step::Sit(2, 2),
    Step::Flush,
    Step::Export,
    Step::Light,
    Step::Sit(1, 3),
    Step::Days(4),
    Step::Count { day: 4, chat: -100, teacher: "T001" },
    Step::Register("T002", "Bob"),
    Step::Checkpoint,
    Step::Count { day: 0, chat: -100, teacher: "T001" },
    Step::Flush,
    Step::Checkpoint,
    Step::Checkpoint,
    Step::Migrate { from: -100, to: -1001 },
    Step::Count { day: 4, chat: -1001, teacher: "T001" },
    Step::Send("moved"),
    Step::Flush,
    Step::Days(-2),
    Step::Count { day: 2, chat: -1001, teacher: "T002" },
    Step::Flush,
    Step::Export,
    Step::Count { day: 2, chat: -1001, teacher: "T002" },
    Step::Checkpoint,
];

/// Enough for their file to be larger than the journal for a while.
const SEATS: i64 = 30;

type Facts = BTreeMap<String, String>;

/// What is so after the first `done` steps, by the model.
fn expected(done: usize) -> Facts {
    let mut facts = Facts::new();
    let mut sent = (0, 0);
    for (index, step) in SCENARIO[..done].iter().enumerate() {
        if is_update(*step) {
            facts.insert(format!("update {index}"), "seen".to_owned());
        }
        match *step {
            Step::Count { day, chat, teacher } => raise(&mut facts, format!("count {} {chat} {teacher}", date(day)), 1),
            Step::Register(teacher, name) => drop(facts.insert(format!("teacher {teacher}"), name.to_owned())),
            Step::Entitle(chat, title) => drop(facts.insert(format!("group {chat}"), title.to_owned())),
            Step::Ask(user, query) => drop(facts.insert(format!("form {user}"), query.to_owned())),
            Step::Send(text) => {
                facts.insert(format!("work {}", sent.0), text.to_owned());
                sent.0 += 1;
            }
            Step::Sent => {
                facts.remove(&format!("work {}", sent.1));
                sent.1 += 1;
            }
            Step::Migrate { from, to } => migrate(&mut facts, from, to),
            Step::Meet => facts.extend((0..SEATS).map(|who| (format!("seat {who}"), "0".to_owned()))),
            Step::Sit(who, source) => drop(facts.insert(format!("seat {who}"), source.to_string())),
            Step::Days(_) | Step::Flush | Step::Checkpoint | Step::Light | Step::Export => {}
        }
    }
    facts
}

fn raise(facts: &mut Facts, what: String, by: u64) {
    let so_far: u64 = facts.get(&what).map_or(0, |n| n.parse().expect("a number"));
    facts.insert(what, (so_far + by).to_string());
}

fn migrate(facts: &mut Facts, from: i64, to: i64) {
    let old: Vec<String> = facts.keys().filter(|fact| fact.contains(&format!(" {from}"))).cloned().collect();
    for what in old {
        let value = facts.remove(&what).expect("just listed");
        let what = what.replace(&format!(" {from}"), &format!(" {to}"));
        match value.parse() {
            Ok(n) => raise(facts, what, n),
            Err(_) => drop(facts.insert(what, value)),
        }
    }
}

/// What the store says.
fn told(store: &Store) -> Facts {
    let mut facts = Facts::new();
    let ever = Period { from: date(0) - Days::new(100), to: date(100) };
    let mut days = BTreeMap::new();
    store.show_days(ever, &mut days).expect("the disk is well");
    for (date, day) in &days {
        for (chat, teacher, tally) in day.cells.iter() {
            facts.insert(format!("count {date} {chat} {teacher}"), tally.total().to_string());
        }
    }
    let live = store.live();
    // The record of what was counted belongs to the counters, wherever either of them is.
    let mut known = live.state.clone();
    for (date, day) in &days {
        load::load_day(store.shared.disk.as_ref(), &store.shared.dir, *date, &mut known).expect("the disk is well");
        for (chat, ..) in day.cells.iter() {
            assert!(known.days[date].is_recorded(chat), "{date} {chat}");
        }
    }
    let name = |teacher: &Teacher| (format!("teacher {}", teacher.teacher_id), teacher.full_name.to_string());
    facts.extend(live.state.teachers.values().map(name));
    facts.extend(live.state.groups.values().map(|group| (format!("group {}", group.chat_id), group.title.clone())));
    for (key, form) in &live.state.forms {
        let Question::Found { query } = &form.step else { panic!("{form:?}") };
        facts.insert(format!("form {}", key.user), query.clone());
    }
    for (id, work) in &live.state.work {
        let Work::Send { html, .. } = work else { panic!("{work:?}") };
        facts.insert(format!("work {id}"), html.clone());
    }
    for call in live.state.study.calls.values() {
        facts.extend(call.seats.iter().map(|(who, seat)| (format!("seat {}", who.0), seat.source.to_string())));
    }
    let seen = live.progress.seen.get(&BOT);
    let updates = (0..SCENARIO.len()).filter(|index| seen.is_some_and(|seen| seen.contains(UpdateId(*index as i64))));
    facts.extend(updates.map(|index| (format!("update {index}"), "seen".to_owned())));
    facts
}

fn is_update(step: Step) -> bool {
    match step {
        Step::Count { .. } | Step::Entitle(..) | Step::Ask(..) | Step::Send(_) | Step::Migrate { .. } => true,
        Step::Meet | Step::Sit(..) => true,
        Step::Register(..) | Step::Sent | Step::Days(_) | Step::Flush | Step::Checkpoint | Step::Light | Step::Export => false,
    }
}

fn date(day: u64) -> NaiveDate {
    super::day() + Days::new(day)
}

/// A checkpoint of everything.
const WHOLE: Option<u64> = Some(u64::MAX);
/// One without files that the journal isn't longer than.
const LIGHT: Option<u64> = Some(1000);

/// A process at work: how far the scenario has come, and how far that was acknowledged.
struct Run {
    disk: SimulatedDisk,
    dir: TempDir,
    clock: Arc<TestClock>,
    done: usize,
    acknowledged: usize,
    /// Checkpoints that left something out.
    put_off: u32,
}

/// Why a process ended.
enum End {
    Finished,
    /// A fault that the daemon ends with.
    Fault,
}

impl Run {
    fn new() -> Self {
        let dir = memory_folder::new();
        let disk = SimulatedDisk::default();
        disk.create_dir_all(dir.path()).expect("the disk is well");
        Self { disk, dir, clock: clock(), done: 0, acknowledged: 0, put_off: 0 }
    }

    fn open(&self) -> Result<Store, StoreFault> {
        Store::open_on(Arc::new(self.disk.clone()), self.dir.path(), self.clock.clone())
    }

    /// Goes on with the scenario as the daemon would: what may heal is tried again, anything else ends the process.
    async fn go_on(&mut self) -> End {
        let Ok(store) = self.open() else { return End::Fault };
        while let Some(step) = SCENARIO.get(self.done) {
            let index = self.done;
            if self.carry_out(&store, index, *step).await.is_err() {
                return End::Fault;
            }
        }
        match self.commit(&store, WHOLE).await.and(store.close().await) {
            Ok(()) => End::Finished,
            Err(_) => End::Fault,
        }
    }

    async fn carry_out(&mut self, store: &Store, index: usize, step: Step) -> Result<(), StoreFault> {
        let days: Vec<NaiveDate> = match step {
            Step::Count { day, .. } => vec![date(day)],
            Step::Migrate { .. } => store.days()?,
            _ => Vec::new(),
        };
        let decide = |state: &State| decide(state, step, self.clock.now());
        if is_update(step) {
            store.handle(BOT, UpdateId(index as i64), &days, decide)?;
        } else if let Step::Register(..) = step {
            store.decide(&days, decide)?;
        }
        // From here on it may be on the disk, acknowledged or not.
        self.done = index + 1;
        match step {
            Step::Flush => self.commit(store, None).await?,
            Step::Checkpoint => self.commit(store, WHOLE).await?,
            Step::Light => {
                self.commit(store, LIGHT).await?;
                self.put_off += u32::from(store.journal_bytes() > 0);
            }
            Step::Sent => {
                let oldest = store.read(|state| state.work.keys().next().copied());
                oldest.into_iter().for_each(|work| store.finish(work));
            }
            Step::Days(n) => *self.clock.0.lock().expect("unpoisoned") += chrono::TimeDelta::days(n),
            Step::Export => {
                let mut days = BTreeMap::new();
                if store.show_days(Period { from: date(0), to: date(10) }, &mut days).is_ok() {
                    let sum = days.values().map(|day| day.cells.len()).sum::<usize>();
                    let counts = expected(self.done).keys().filter(|fact| fact.starts_with("count")).count();
                    assert_eq!(sum, counts, "a report says what is so, or fails");
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Commits; tries again while that may help. A checkpoint that failed is tried again when its time comes, as the daemon does.
    async fn commit(&mut self, store: &Store, checkpoint: Option<u64>) -> Result<(), StoreFault> {
        for _ in 0..4 {
            let committed = match checkpoint {
                Some(large) => store.checkpoint_without(large).await,
                None => store.flush().await,
            };
            match committed {
                Ok(()) => {
                    self.acknowledged = self.done;
                    return Ok(());
                }
                Err(fault) if fault.may_heal() && checkpoint.is_some() && self.done < SCENARIO.len() => return Ok(()),
                Err(fault) if fault.may_heal() => {}
                Err(fault) => {
                    // Once the disk is not to be trusted, nothing is acknowledged any more, whoever asks.
                    assert!(store.flush().await.is_err() && store.checkpoint().await.is_err());
                    return Err(fault);
                }
            }
        }
        Err(StoreFault::Missing(self.dir.path().to_owned()))
    }

    /// Looks at what is left and puts the scenario back to where that is; Telegram sends the rest again.
    fn look(&mut self, what: &str) -> Store {
        let store = self.open().unwrap_or_else(|fault| panic!("{what}: {fault}\n{}", self.disk.last_operations()));
        let told = told(&store);
        let point = (self.acknowledged..=self.done).find(|done| expected(*done) == told);
        self.done = point.unwrap_or_else(|| {
            let (acknowledged, done) = (expected(self.acknowledged), expected(self.done));
            panic!(
                "{what}: step {} of {} acknowledged\nacknowledged {acknowledged:#?}\ndone {done:#?}\ntold {told:#?}\n{}",
                self.acknowledged,
                self.done,
                self.disk.last_operations()
            )
        });
        store
    }
}

fn decide(state: &State, step: Step, now: DateTime<Utc>) -> Outcome {
    let mut outcome = Outcome::nothing();
    match step {
        Step::Count { day, chat, teacher: who } => {
            let mut tally = state.cell(date(day), ChatId(chat), teacher(who)).cloned().unwrap_or_default();
            tally.add(Kind::Text);
            outcome.set(Change::Cell(date(day), ChatId(chat), teacher(who), Some(tally)));
            let marks: u64 = state.days.get(&date(day)).into_iter().flat_map(|day| day.counted.values()).map(Counted::len).sum();
            outcome.set(Change::CountedLive(date(day), ChatId(chat), Mark::numbered(MessageId(1 + marks.cast_signed()))));
        }
        Step::Register(id, name) => {
            let known = serde_json::json!({ "teacher_id": id, "full_name": name });
            let known = serde_json::from_value(known).expect("a teacher");
            outcome.set(Change::Teacher(teacher(id), Some(Box::new(known))));
        }
        Step::Entitle(chat, title) => {
            let group: Group = serde_json::from_value(serde_json::json!({ "chat_id": chat, "title": title })).expect("a group");
            outcome.set(Change::Group(ChatId(chat), Some(Box::new(group))));
        }
        Step::Ask(user, query) => {
            let form = Form { step: Question::Found { query: query.to_owned() }, touched: now };
            outcome.set(Change::Form(FormKey::private(UserId(user)), Some(form)));
        }
        Step::Send(text) => outcome.order(Work::Send {
            to: Place::private(UserId(5)),
            reply_to: Some(MessageId(1)),
            html: text.to_owned(),
            buttons: Buttons::None,
        }),
        Step::Migrate { from, to } => {
            let rules = crate::domain::rules::Rules {
                admins: BTreeSet::new(),
                researchers: Default::default(),
                zone: chrono_tz::UTC,
                lang: crate::domain::lang::Lang::En,
                bot: BOT,
                bots: crate::domain::bots::Bots::one(BOT),
                assistants: Default::default(),
                marks: Default::default(),
            };
            let desk = crate::admin::Desk { state, rules: &rules, now };
            outcome = crate::membership::migrated(&desk, ChatId(from), ChatId(to));
        }
        Step::Meet => {
            let call = Call { chat: ChatId(-100), seen: now, confirmed: now, outages: Vec::new(), seats: BTreeMap::new() };
            outcome.set(Change::Study(StudyChange::Call(CallId(1), Some(Box::new(call)))));
            (0..SEATS).for_each(|who| outcome.set(seat(who, 0)));
        }
        Step::Sit(who, source) => outcome.set(seat(who, source)),
        Step::Sent | Step::Days(_) | Step::Flush | Step::Checkpoint | Step::Light | Step::Export => {}
    }
    outcome
}

/// The scenario with these faults for each process in turn; before every look at what is left, only that `survives`.
async fn survive(processes: &[&[(usize, Fault)]], survives: Survives) {
    let mut run = Run::new();
    let what = format!("{processes:?}, then {survives:?} survives");
    for faults in processes {
        faults.iter().for_each(|(n, fault)| run.disk.fail(*n, *fault));
        let end = run.go_on().await;
        run.disk.restart(survives);
        drop(run.look(&what));
        if matches!(end, End::Finished) {
            break;
        }
        // A second look, after a process that only answered "known already" and lost power: what it saw is there for good.
        run.acknowledged = run.done;
        let store = run.look(&what);
        store.flush().await.unwrap_or_else(|fault| panic!("{what}: {fault}"));
        drop(store);
        run.disk.restart(Survives::Synced);
        drop(run.look(&format!("{what}, and the power goes")));
    }
    assert!(matches!(run.go_on().await, End::Finished), "{what}: {}", run.disk.last_operations());
    run.disk.restart(Survives::Synced);
    drop(run.look(&what));
    assert_eq!(run.done, SCENARIO.len());
    let journal = run.disk.content(&run.dir.path().join(load::JOURNAL));
    assert_eq!(journal.map(|journal| journal.len()), Some(0), "{what}: after a clean stop the files say everything");
}

fn on_a_runtime<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(work)
}

/// Operations of a run in which nothing fails.
async fn operations() -> usize {
    let mut run = Run::new();
    assert!(matches!(run.go_on().await, End::Finished));
    run.disk.operations()
}

#[test]
fn the_scenario_comes_to_the_models_end() {
    on_a_runtime(async {
        let n = operations().await;
        assert!(n > 150, "{n} operations");
        survive(&[], Survives::Everything).await;
        let mut run = Run::new();
        run.go_on().await;
        assert_eq!(run.put_off, 2);
    });
}

/// Does this for each operation, on all processors: it takes long, and comes when most other tests are over.
fn at_every_operation(each: impl AsyncFn(usize) + Sync) {
    let operations = on_a_runtime(operations());
    let next = AtomicUsize::new(0);
    let work = || {
        on_a_runtime(async {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= operations {
                    break;
                }
                each(n).await;
            }
        });
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    assert!(next.into_inner() >= operations);
}

#[test]
fn every_operation_may_fail_once() {
    at_every_operation(async |n| {
        for fault in [Fault::Error, Fault::Full, Fault::Torn, Fault::Denied] {
            for survives in [Survives::Everything, Survives::Synced] {
                survive(&[&[(n, fault)]], survives).await;
            }
        }
    });
}

#[test]
fn the_process_may_die_at_every_operation() {
    at_every_operation(async |n| {
        for fault in [Fault::Dies, Fault::DiesHalfWay] {
            for survives in Survives::ALL {
                survive(&[&[(n, fault)]], survives).await;
            }
        }
    });
}

/// Pairs of faults are too many for all of them; a step that shares no factor with the number of operations comes by every
/// operation.
fn some_pairs(operations: usize) -> impl Iterator<Item = (usize, (usize, Fault), Fault, Survives)> {
    const FAULTS: [Fault; 6] = [Fault::Error, Fault::Full, Fault::Torn, Fault::Denied, Fault::Dies, Fault::DiesHalfWay];
    (0..operations * 7).step_by(7).cycle().take(400).enumerate().map(move |(turn, n)| {
        let (first, second) = (FAULTS[turn % FAULTS.len()], FAULTS[turn / FAULTS.len() % FAULTS.len()]);
        (turn, (n % operations, first), second, Survives::ALL[turn / 36 % 4])
    })
}

#[test]
fn what_is_left_of_a_misfortune_survives_the_next_one() {
    on_a_runtime(async {
        for (turn, first, second, survives) in some_pairs(operations().await) {
            survive(&[&[first], &[(turn * 13 % 90, second)]], survives).await;
        }
    });
}

#[test]
fn a_process_that_lived_through_a_misfortune_may_die_of_the_next_one() {
    on_a_runtime(async {
        for (turn, first, second, survives) in some_pairs(operations().await) {
            survive(&[&[first, (first.0 + 1 + turn % 40, second)]], survives).await;
        }
    });
}
