//! Every operation of the disk fails once, in each way in which it can: whatever happens, the directory says afterwards what it
//! said at some point since the last acknowledgement, and going on from there comes to the same end.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use super::{
    scenario::{LIGHT, SCENARIO, Step, WHOLE, date, decide, expected, is_update, told},
    simulated_disk::{Fault, SimulatedDisk, Survives},
    *,
};
use crate::{memory_folder, store::disk::Disk as _};

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
    let (next, tried) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        on_a_runtime(async {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= operations {
                    break;
                }
                each(n).await;
                tried.fetch_add(1, Ordering::Relaxed);
            }
        });
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    assert_eq!(tried.into_inner(), operations);
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
