//! A connection on a thread of its own: whoever asks waits for the answer, whatever thread they are on. Not for ever: a line that takes
//! what is asked and says nothing is given up, with its thread, and another one is begun.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use postgres::Client;

use super::{fault::DatabaseFault, lease::Writer, settings::Settings};

/// Attempts at what may pass: a line that broke is made anew, transactions that met go one after the other.
const ATTEMPTS: u32 = 4;
/// Between attempts, longer each time.
const PAUSE: Duration = Duration::from_millis(20);
/// With each thread that still waits on a line that was given up, the next line is kept twice as long; so often at most.
const DOUBLINGS: u32 = 6;

type Job = Box<dyn FnOnce(&mut Line) + Send>;

/// A connection. Jobs are done one after the other.
#[derive(Debug)]
pub(super) struct Lane {
    name: String,
    settings: Arc<Settings>,
    writer: Arc<Writer>,
    /// Whether what it writes is the writer's.
    writes: bool,
    /// Lines that were given up.
    stuck: Arc<AtomicU32>,
    worker: Mutex<Worker>,
}

/// The thread that has the connection now.
#[derive(Clone, Debug)]
struct Worker {
    jobs: mpsc::Sender<Job>,
    state: Arc<WorkerState>,
}

#[derive(Debug, Default)]
struct WorkerState {
    /// Nobody waits for it any more.
    is_given_up: AtomicBool,
    /// When the attempt began that goes on.
    since: Mutex<Option<Instant>>,
}

/// The thread's end.
struct Line {
    settings: Arc<Settings>,
    writer: Option<Arc<Writer>>,
    state: Arc<WorkerState>,
    client: Option<Client>,
    /// What an earlier connection was asked may still be on its way.
    had_one: bool,
}

impl Lane {
    /// A lane that connects when it is first used.
    pub(super) fn new(name: &str, settings: Arc<Settings>, writer: Arc<Writer>, writes: bool) -> Self {
        let stuck = Arc::default();
        let worker = Worker::begin(name, &settings, writes.then(|| writer.clone()), false, &stuck);
        Self { name: name.to_owned(), settings, writer, writes, stuck, worker: Mutex::new(worker) }
    }

    /// Does this with the connection and the writer's epoch. It is done again where the line broke or transactions met, so it must
    /// bear repeating.
    pub(super) fn run<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut Client, i64) -> Result<T, DatabaseFault> + Send + 'static,
    ) -> Result<T, DatabaseFault> {
        let (done, answer) = mpsc::channel();
        let job = move |line: &mut Line| {
            // Nobody may wait any more.
            drop(done.send(line.attempt(&mut work)));
        };
        let worker = self.worker().clone();
        // A thread that was given up may have ended since: then nobody answers.
        drop(worker.jobs.send(Box::new(job)));
        let patience = self.settings.patience();
        let mut wait = patience;
        loop {
            match answer.recv_timeout(wait) {
                Ok(answer) => return answer,
                Err(RecvTimeoutError::Disconnected) => return Err(silent()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            let silence = worker.state.since().map_or(Duration::ZERO, |since| since.elapsed());
            if silence >= patience {
                // What is asked after this comes after it, on this line or in another epoch.
                if silence >= patience * 2_u32.pow(self.stuck.load(Ordering::Acquire).min(DOUBLINGS)) {
                    self.give_up(&worker);
                }
                return Err(silent());
            }
            wait = patience - silence;
        }
    }

    fn worker(&self) -> MutexGuard<'_, Worker> {
        self.worker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins another line, once.
    fn give_up(&self, silent: &Worker) {
        let mut worker = self.worker();
        if silent.state.is_given_up.swap(true, Ordering::SeqCst) {
            return;
        }
        tracing::warn!(lane = self.name, "the database takes what it is asked and doesn't answer; a new connection is made");
        self.stuck.fetch_add(1, Ordering::AcqRel);
        *worker = Worker::begin(&self.name, &self.settings, self.writes.then(|| self.writer.clone()), true, &self.stuck);
    }
}

impl Worker {
    fn begin(name: &str, settings: &Arc<Settings>, writer: Option<Arc<Writer>>, had_one: bool, stuck: &Arc<AtomicU32>) -> Self {
        let (jobs, ahead) = mpsc::channel::<Job>();
        let (state, stuck) = (Arc::<WorkerState>::default(), stuck.clone());
        let mut line = Line { settings: settings.clone(), writer, state: state.clone(), client: None, had_one };
        let work = move || {
            // It ends when the lane is dropped, which is the only one to hold the sender, or when it is given up.
            for job in ahead {
                if line.state.is_given_up.load(Ordering::SeqCst) {
                    break;
                }
                job(&mut line);
            }
            if line.state.is_given_up.load(Ordering::SeqCst) {
                stuck.fetch_sub(1, Ordering::AcqRel);
            }
        };
        thread::Builder::new().name(name.to_owned()).spawn(work).expect("a thread can be started");
        Self { jobs, state }
    }
}

impl WorkerState {
    fn since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn attempt<T>(&mut self, work: &mut impl FnMut(&mut Client, i64) -> Result<T, DatabaseFault>) -> Result<T, DatabaseFault> {
        let mut attempt = 1;
        loop {
            let had_line = self.client.is_some();
            *self.state.since() = Some(Instant::now());
            let tried = self.client().and_then(|(client, epoch)| work(client, epoch));
            *self.state.since() = None;
            let Err(fault) = tried else { return tried };
            if fault.ends_the_line() || self.client.as_ref().is_some_and(Client::is_closed) {
                self.client = None;
                // A fresh connection that fails as well says that nobody is there: whoever asks decides how long to wait.
                if !had_line {
                    return Err(fault);
                }
            }
            if attempt == ATTEMPTS || !fault.is_passing() {
                return Err(fault);
            }
            thread::sleep(PAUSE * attempt);
            attempt += 1;
        }
    }

    /// The connection, and the epoch in which to write.
    fn client(&mut self) -> Result<(&mut Client, i64), DatabaseFault> {
        if self.client.as_ref().is_none_or(Client::is_closed) {
            let mut fresh = self.settings.connect()?;
            if let Some(writer) = self.writer.as_ref().filter(|_| self.had_one) {
                writer.begins_anew(&mut fresh)?;
            }
            self.client = Some(fresh);
            self.had_one = true;
        }
        // In this order: whoever gives this line up does so before the next one raises the epoch, so what is written here after that
        // has the old one.
        let epoch = self.writer.as_ref().map_or(super::NONE, |writer| writer.epoch());
        if self.state.is_given_up.load(Ordering::SeqCst) {
            return Err(silent());
        }
        Ok((self.client.as_mut().expect("just made"), epoch))
    }
}

fn silent() -> DatabaseFault {
    DatabaseFault::Unreachable("it doesn't answer".to_owned())
}
