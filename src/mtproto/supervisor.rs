//! Keeps the line up: connects, looks for life, connects anew; waits for a person where only a person helps.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use grammers_session::updates::UpdatesLike;
use grammers_tl_types as tl;
use tokio::{sync::mpsc, task::JoinHandle, time::MissedTickBehavior};

use super::{
    access::Access,
    fault::CallFault,
    file::{self, FileFault, Sealing, SessionFile},
    line::{Line, LineEvent, held},
    local, news,
    pace::Class,
    pool::Pool,
    record::Record,
    storage::Storage,
};
use crate::{
    domain::{
        line::{DeadWhy, LineState},
        presence::News,
    },
    secrets::keyring::SystemKeyring,
};

/// Between attempts, doubled each time up to the last.
const PAUSES: [u64; 7] = [0, 1, 2, 4, 8, 16, 30];
/// A line that was up for so long is begun anew without a pause.
const STEADY: Duration = Duration::from_secs(60);
/// Between looks at a file that another process has, or that can't be opened.
const PATIENCE: Duration = Duration::from_secs(10);

/// Drives a line.
pub struct Supervisor {
    line: Line,
    events: mpsc::Sender<LineEvent>,
    troubles: mpsc::UnboundedReceiver<()>,
    /// Events were lost on the way to whoever reads them.
    lost: bool,
    /// What the session's file was when we opened it last.
    seen: Option<std::time::SystemTime>,
}

impl std::fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Supervisor").field("line", &self.line).finish_non_exhaustive()
    }
}

/// Why a line isn't up any more.
enum Ended {
    /// Nobody has logged in.
    NotLoggedIn,
    /// It was an account's line, and the account's owner has to log in again.
    LoggedOut(String),
    /// A connection that may come back.
    Fault(CallFault),
}

impl From<CallFault> for Ended {
    fn from(fault: CallFault) -> Self {
        match fault {
            CallFault::LoggedOut(name) => Self::LoggedOut(name),
            other => Self::Fault(other),
        }
    }
}

impl Supervisor {
    pub(super) fn new(line: Line, events: mpsc::Sender<LineEvent>, troubles: mpsc::UnboundedReceiver<()>) -> Self {
        Self { line, events, troubles, lost: false, seen: None }
    }

    /// Keeps the line up for ever; without an `api_id` there is nothing to do.
    pub async fn run(mut self) {
        let Some(access) = self.line.0.setup.access.clone() else { return std::future::pending().await };
        let mut storage = None;
        let mut attempt = 0;
        loop {
            let began = Instant::now();
            let Err(ended) = self.attempt(&access, &mut storage).await;
            self.line.0.pool.send_replace(None);
            if began.elapsed() > STEADY {
                attempt = 0;
            }
            match ended {
                Ended::NotLoggedIn => {
                    // Given back, so that somebody can log in at a terminal beside us.
                    storage = None;
                    self.tell(LineState::NotLoggedIn);
                    self.wait_for_login().await;
                    attempt = 0;
                }
                Ended::LoggedOut(name) => {
                    storage = None;
                    self.tell(LineState::Dead { since: self.now(), why: DeadWhy::LoggedOut });
                    tracing::error!(%name, "Telegram has ended the user session; study time stands still until somebody logs in");
                    self.wait_for_login().await;
                    attempt = 0;
                }
                Ended::Fault(fault) => {
                    let pause = Duration::from_secs(PAUSES[attempt.min(PAUSES.len() - 1)]);
                    attempt += 1;
                    self.bear(fault, pause).await;
                }
            }
        }
    }

    /// Says what is wrong, and waits for as long as makes sense.
    async fn bear(&self, fault: CallFault, pause: Duration) {
        let now = self.now();
        let (state, pause) = match &fault {
            CallFault::Wait(wait) => {
                let until = now + chrono::TimeDelta::from_std(*wait).unwrap_or_default();
                (LineState::Waiting { until }, *wait)
            }
            CallFault::File(why) => (LineState::Dead { since: self.since(), why: DeadWhy::File(why.to_string()) }, PATIENCE),
            CallFault::Proxy(why) => (LineState::Dead { since: self.since(), why: DeadWhy::Settings(why.to_string()) }, PATIENCE),
            _ => (LineState::Connecting { since: self.since(), why: Some(fault.to_string()) }, pause),
        };
        self.tell(state);
        tracing::warn!(why = %fault, retry_in_seconds = pause.as_secs(), "the user session's line is down");
        // A new session is worth trying at once.
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.wait_for_login(), if matches!(fault, CallFault::File(_)) => {}
        }
    }

    /// Connects and stays up until something ends it.
    async fn attempt(
        &mut self,
        access: &Access,
        held_storage: &mut Option<Arc<Storage>>,
    ) -> Result<std::convert::Infallible, Ended> {
        let storage = match held_storage {
            Some(storage) => storage.clone(),
            None => {
                self.seen = file::stamp(&self.line.0.setup.dir);
                let taken = self.take_file(access).await.map_err(CallFault::from)?;
                let (file, record) = taken.ok_or(Ended::NotLoggedIn)?;
                held_storage.insert(Arc::new(Storage::new(Some(file), record, !access.data_centres.is_empty()))).clone()
            }
        };
        {
            let record = storage.record();
            held(&self.line.0.account).clone_from(&record.account);
            self.line.0.resume_waits(&record.waits);
        }
        if !matches!(self.line.state(), LineState::Connecting { .. }) {
            self.tell(LineState::Connecting { since: self.now(), why: None });
        }
        while self.troubles.try_recv().is_ok() {} // of an earlier connection
        self.line.0.figures.connections.count();
        let (pool, task, told) = Pool::open(access, storage).await?;
        let pool = Arc::new(pool);
        let heard_before = *held(&self.line.0.heard);
        self.probe(&pool).await?;
        self.is_up(&pool, heard_before);
        self.stay(&pool, task, told).await
    }

    /// Takes the session's file, if somebody is logged in: else it is left to whoever logs in beside us.
    async fn take_file(&self, access: &Access) -> Result<Option<(SessionFile, Record)>, FileFault> {
        let (setup, centres) = (self.line.0.setup.clone(), access.data_centres.clone());
        // Opening a sealed file takes a while.
        let opened = tokio::task::spawn_blocking(move || {
            let keyring = SystemKeyring::of(&setup.dir);
            let sealing = Sealing { choice: setup.seal, passphrase: setup.passphrase.as_ref(), keyring: &keyring };
            let is_logged_in = |record: &Record| record.account.is_some();
            if !SessionFile::peek(&setup.dir, &sealing)?.as_ref().is_some_and(is_logged_in) {
                return Ok(None);
            }
            let (file, record) = SessionFile::open(&setup.dir, &sealing, setup.clock.now())?;
            let record = record.filter(is_logged_in).map(|mut record| {
                record.use_centres(&centres);
                record
            });
            Ok(record.map(|record| (file, record)))
        });
        opened.await.expect("opening a file doesn't panic")
    }

    fn is_up(&mut self, pool: &Arc<Pool>, heard_before: Option<DateTime<Utc>>) {
        let shared = self.line.0.clone();
        let now = *held(&shared.heard);
        shared.pool.send_replace(Some(pool.clone()));
        self.tell(LineState::Up { since: self.now() });
        tracing::info!("the user session's line is up");
        if let (Some(from), Some(to)) = (heard_before, now) {
            self.send(LineEvent::WasDown { from, to: to.max(from) });
        }
        self.send(LineEvent::News(News::Gap));
    }

    /// Passes on what is told, and looks for life.
    async fn stay(
        &mut self,
        pool: &Arc<Pool>,
        mut task: JoinHandle<()>,
        mut told: mpsc::Receiver<UpdatesLike>,
    ) -> Result<std::convert::Infallible, Ended> {
        let setup = &self.line.0.setup;
        let (mut idle, mut state) = (tokio::time::interval(setup.probe_after), tokio::time::interval(setup.state_every));
        for tick in [&mut idle, &mut state] {
            tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
            tick.reset();
        }
        let mut seen = self.line.0.figures.requests.get();
        loop {
            tokio::select! {
                _ = &mut task => return Err(CallFault::Line("the connection's task failed".to_owned()).into()),
                batch = told.recv() => match batch {
                    None => return Err(CallFault::Line("the connection's task failed".to_owned()).into()),
                    Some(UpdatesLike::ConnectionClosed) => {
                        return Err(CallFault::Line("the connection was closed".to_owned()).into());
                    }
                    Some(batch) => {
                        self.pass_on(pool, &batch);
                        idle.reset();
                    }
                },
                // Whether it is so is seen here: whoever met with it may have asked through an earlier connection.
                _ = self.troubles.recv() => self.probe(pool).await?,
                _ = idle.tick() => {
                    let answered = self.line.0.figures.requests.get();
                    if answered == seen {
                        self.probe(pool).await?;
                    }
                    seen = self.line.0.figures.requests.get();
                }
                _ = state.tick() => self.probe(pool).await?,
            }
        }
    }

    /// Asks the least that there is to ask. Telegram sends news only to those who ask this now and then.
    async fn probe(&self, pool: &Pool) -> Result<(), Ended> {
        let mut answer = pool.invoke(&tl::functions::updates::GetState {}).await;
        if let Err(CallFault::Elsewhere(dc)) = answer {
            pool.migrate(dc).await?;
            answer = pool.invoke(&tl::functions::updates::GetState {}).await;
        }
        match answer {
            Ok(tl::enums::updates::State::State(state)) => {
                held(&self.line.0.time).answer(state.date, Instant::now());
                self.line.0.note_heard();
                Ok(())
            }
            Err(CallFault::Wait(wait)) if self.line.state().is_up() => {
                // An answer too: the line is alive.
                self.line.0.judge(Class::Other, pool, Some(&CallFault::Wait(wait)));
                Ok(())
            }
            Err(fault) => Err(fault.into()),
        }
    }

    fn pass_on(&mut self, pool: &Pool, batch: &UpdatesLike) {
        let steady = Instant::now();
        let now = held(&self.line.0.time).now(steady).unwrap_or_else(|| self.now());
        let read = news::read(batch, now);
        if let Some(seconds) = read.seconds {
            held(&self.line.0.time).news(seconds, steady);
        }
        self.line.0.note_heard();
        self.line.0.learn(&read, pool);
        for chat in &read.changed {
            self.send(LineEvent::Changed(*chat));
        }
        for news in read.news {
            self.send(LineEvent::News(news));
        }
    }

    /// Nobody waits for whoever reads; what they miss, they are told to make up for.
    fn send(&mut self, event: LineEvent) {
        if self.lost && self.events.try_send(LineEvent::News(News::Gap)).is_ok() {
            self.lost = false;
        }
        if let Err(mpsc::error::TrySendError::Full(_)) = self.events.try_send(event) {
            self.lost = true;
        }
    }

    fn tell(&self, state: LineState) {
        let dir = &self.line.0.setup.dir;
        self.line.0.state.send_if_modified(|known| {
            let is_new = *known != state;
            if is_new {
                local::note(dir, &state);
                *known = state;
            }
            is_new
        });
    }

    /// Since when it is as bad as it is.
    fn since(&self) -> DateTime<Utc> {
        match self.line.state() {
            LineState::Connecting { since, .. } | LineState::Dead { since, .. } => since,
            LineState::NotConfigured | LineState::NotLoggedIn | LineState::Up { .. } | LineState::Waiting { .. } => self.now(),
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.line.0.setup.clock.now()
    }

    /// Until the session's file is another one than we opened, and nobody has it: somebody logged in at a terminal.
    async fn wait_for_login(&self) {
        let setup = &self.line.0.setup;
        loop {
            tokio::time::sleep(setup.look_every).await;
            let now = file::stamp(&setup.dir);
            if now.is_some() && now != self.seen && SessionFile::owner(&setup.dir).is_none() {
                return;
            }
        }
    }
}
