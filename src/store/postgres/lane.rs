//! A connection on a thread of its own: whoever asks waits for the answer, whatever thread they are on.

use std::{
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use postgres::Client;

use super::{fault::DatabaseFault, settings::Settings};

/// Attempts at what may pass: a line that broke is made anew, transactions that met go one after the other.
const ATTEMPTS: u32 = 4;
/// Between attempts, longer each time.
const PAUSE: Duration = Duration::from_millis(20);

type Job = Box<dyn FnOnce(&mut Line) + Send>;

/// A connection. Jobs are done one after the other.
#[derive(Debug)]
pub(super) struct Lane {
    jobs: mpsc::Sender<Job>,
}

/// The thread's end.
struct Line {
    settings: Arc<Settings>,
    client: Option<Client>,
}

impl Lane {
    /// A lane that connects when it is first used.
    pub(super) fn new(name: &str, settings: Arc<Settings>) -> Self {
        let (jobs, ahead) = mpsc::channel::<Job>();
        let work = move || {
            let mut line = Line { settings, client: None };
            // It ends when the lane is dropped, which is the only one to hold the sender.
            ahead.into_iter().for_each(|job| job(&mut line));
        };
        thread::Builder::new().name(name.to_owned()).spawn(work).expect("a thread can be started");
        Self { jobs }
    }

    /// Does this with the connection. It is done again where the line broke or transactions met, so it must bear repeating.
    pub(super) fn run<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut Client) -> Result<T, DatabaseFault> + Send + 'static,
    ) -> Result<T, DatabaseFault> {
        let (done, answer) = mpsc::channel();
        let job = move |line: &mut Line| {
            // Nobody may wait any more.
            drop(done.send(line.attempt(&mut work)));
        };
        self.jobs.send(Box::new(job)).expect("the thread lives as long as the lane");
        answer.recv().expect("each job answers")
    }
}

impl Line {
    fn attempt<T>(&mut self, work: &mut impl FnMut(&mut Client) -> Result<T, DatabaseFault>) -> Result<T, DatabaseFault> {
        let mut attempt = 1;
        loop {
            let had_line = self.client.is_some();
            let tried = self.client().and_then(&mut *work);
            let Err(fault) = tried else { return tried };
            if matches!(fault, DatabaseFault::Unreachable(_)) || self.client.as_ref().is_some_and(Client::is_closed) {
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

    fn client(&mut self) -> Result<&mut Client, DatabaseFault> {
        if self.client.as_ref().is_none_or(Client::is_closed) {
            self.client = Some(self.settings.connect()?);
        }
        Ok(self.client.as_mut().expect("just made"))
    }
}
