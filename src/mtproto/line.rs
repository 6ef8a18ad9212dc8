//! The user session's line: what the rest of the program asks of Telegram, and how it is told what happens there.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use grammers_tl_types::RemoteCall;
use secrecy::SecretString;
use tokio::sync::{mpsc, watch};

use super::{
    access::{Access, SealChoice},
    fault::CallFault,
    local,
    news::Read,
    pace::{Class, Pace},
    pool::Pool,
    record::{Account, KnownChat},
    server_time::ServerTime,
    supervisor::Supervisor,
};
use crate::{
    clock::SharedClock,
    domain::{
        ids::ChatId,
        line::LineState,
        presence::{CallId, News, Profile, Who},
    },
    metrics::Counter,
};

/// Names that are remembered; beyond it all are forgotten, and learnt again as they come.
const PROFILES: usize = 100_000;
/// A wait that is shorter is waited out within the request.
const SHORT: Duration = Duration::from_secs(3);
/// Events that wait for whoever reads them; what doesn't fit is made up for by a look at everything.
const EVENTS: usize = 8_192;

/// How to have a line.
#[derive(Clone, Debug)]
pub struct LineSetup {
    /// The data directory.
    pub dir: PathBuf,
    /// How to reach Telegram; `None`: there is to be no user session.
    pub access: Option<Access>,
    /// How the session's file is closed.
    pub seal: SealChoice,
    /// What opens it.
    pub passphrase: Option<SecretString>,
    /// The time, for what is written down.
    pub clock: SharedClock,
    /// Silence for so long is looked into.
    pub probe_after: Duration,
    /// Telegram's time and our standing are asked for so often.
    pub state_every: Duration,
    /// How often the session's file is looked for while nobody is logged in.
    pub look_every: Duration,
    /// Requests a minute for collecting public channels.
    pub channels_per_minute: u32,
}

impl LineSetup {
    /// As it is outside tests.
    pub fn new(
        dir: &Path,
        access: Option<Access>,
        seal: SealChoice,
        passphrase: Option<SecretString>,
        clock: SharedClock,
    ) -> Self {
        Self {
            dir: dir.to_owned(),
            access,
            seal,
            passphrase,
            clock,
            probe_after: Duration::from_secs(45),
            state_every: Duration::from_secs(15 * 60),
            look_every: Duration::from_secs(2),
            channels_per_minute: 40,
        }
    }
}

/// What the line tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineEvent {
    /// Something happened in a call.
    News(News),
    /// Something changed in these chats: perhaps a call began there.
    Changed(ChatId),
    /// Nothing could be seen in between, by Telegram's time; the line is up again.
    WasDown {
        /// When something was heard last.
        from: DateTime<Utc>,
        /// When something was heard again.
        to: DateTime<Utc>,
    },
}

/// The figures of a line.
#[derive(Debug, Default)]
pub struct LineFigures {
    /// Requests that were answered, well or not.
    pub requests: Counter,
    /// Those among them that failed.
    pub failures: Counter,
    /// Times Telegram asked to wait.
    pub waits: Counter,
    /// Connections that were made.
    pub connections: Counter,
}

/// The user session's line. Cheap to clone.
#[derive(Clone)]
pub struct Line(pub(super) Arc<Shared>);

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Line").field("state", &*self.0.state.borrow()).finish_non_exhaustive()
    }
}

/// What the line's users and its supervisor have in common.
pub(super) struct Shared {
    pub(super) setup: LineSetup,
    pub(super) state: watch::Sender<LineState>,
    pub(super) pool: watch::Sender<Option<Arc<Pool>>>,
    pub(super) time: Mutex<ServerTime>,
    /// Telegram's time when something was heard last.
    pub(super) heard: Mutex<Option<DateTime<Utc>>>,
    pub(super) account: Mutex<Option<Account>>,
    pub(super) figures: LineFigures,
    pub(super) calls: Mutex<HashMap<CallId, KnownCall>>,
    pace: Mutex<Pace>,
    profiles: Mutex<HashMap<Who, Profile>>,
    /// Tells the supervisor that somebody met with trouble.
    trouble: mpsc::UnboundedSender<()>,
    began: Instant,
}

/// A call that can be looked into.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownCall {
    pub(super) hash: i64,
    pub(super) chat: Option<ChatId>,
}

impl Line {
    /// A line, what drives it, and what it tells.
    pub fn new(setup: LineSetup) -> (Self, Supervisor, mpsc::Receiver<LineEvent>) {
        let (trouble, troubles) = mpsc::unbounded_channel();
        let (events, told) = mpsc::channel(EVENTS);
        let mut pace = Pace::collecting(setup.channels_per_minute);
        pace.resume_levels(&local::levels(&setup.dir), Duration::ZERO, setup.clock.now());
        // Whether somebody is logged in is known once the supervisor has looked.
        let begins = LineState::Connecting { since: setup.clock.now(), why: None };
        let state = if setup.access.is_some() { begins } else { LineState::NotConfigured };
        let line = Self(Arc::new(Shared {
            setup,
            state: watch::Sender::new(state),
            pool: watch::Sender::new(None),
            time: Mutex::default(),
            heard: Mutex::default(),
            account: Mutex::default(),
            figures: LineFigures::default(),
            calls: Mutex::default(),
            pace: Mutex::new(pace),
            profiles: Mutex::default(),
            trouble,
            began: Instant::now(),
        }));
        (line.clone(), Supervisor::new(line, events, troubles), told)
    }

    /// How it is doing.
    pub fn state(&self) -> LineState {
        self.0.state.borrow().clone()
    }

    /// How it is doing, from now on.
    pub fn states(&self) -> watch::Receiver<LineState> {
        self.0.state.subscribe()
    }

    /// Whose session it is, as far as is known.
    pub fn account(&self) -> Option<Account> {
        held(&self.0.account).clone()
    }

    /// Telegram's time; `None` before it was ever told.
    pub fn server_time(&self) -> Option<DateTime<Utc>> {
        held(&self.0.time).now(Instant::now())
    }

    /// Its figures.
    pub fn figures(&self) -> &LineFigures {
        &self.0.figures
    }

    /// How somebody is called, if they were ever seen.
    pub fn profile(&self, who: Who) -> Option<Profile> {
        held(&self.0.profiles).get(&who).cloned()
    }

    /// Until when Telegram wants no more of some class of requests.
    pub fn forbidden_until(&self) -> Option<DateTime<Utc>> {
        held(&self.0.pace).forbidden_until(self.0.setup.clock.now())
    }

    /// Asks Telegram, at a bearable pace, within a time limit.
    pub(super) async fn ask<R: RemoteCall>(&self, class: Class, request: &R) -> Result<R::Return, CallFault> {
        let pool = self.0.pool.borrow().clone().ok_or_else(|| CallFault::Line("the user session is not connected".to_owned()))?;
        self.0.wait_for_turn(class).await?;
        let mut answer = pool.invoke(request).await;
        if let Err(CallFault::Elsewhere(dc)) = answer {
            pool.migrate(dc).await?;
            tracing::info!(dc, "the account was moved to another data centre; the line follows");
            answer = pool.invoke(request).await;
        }
        self.0.judge(class, &pool, answer.as_ref().err());
        answer
    }

    /// The same of a data centre where something lies that isn't the account's.
    pub(super) async fn ask_at<R: RemoteCall>(&self, class: Class, dc: i32, request: &R) -> Result<R::Return, CallFault> {
        let pool = self.0.pool.borrow().clone().ok_or_else(|| CallFault::Line("the user session is not connected".to_owned()))?;
        self.0.wait_for_turn(class).await?;
        let mut answer = pool.invoke_at(dc, request).await;
        if let Err(CallFault::Elsewhere(dc)) = answer {
            answer = pool.invoke_at(dc, request).await;
        }
        self.0.judge(class, &pool, answer.as_ref().err());
        answer
    }
}

impl Shared {
    /// Something was heard from Telegram just now.
    pub(super) fn note_heard(&self) {
        let now = held(&self.time).now(Instant::now());
        *held(&self.heard) = now;
    }

    /// Remembers who and what was named in an answer or news.
    pub(super) fn learn(&self, read: &Read, pool: &Pool) {
        if !read.people.is_empty() {
            let mut profiles = held(&self.profiles);
            if profiles.len() > PROFILES {
                profiles.clear();
            }
            profiles.extend(read.people.iter().map(|profile| (profile.who, profile.clone())));
        }
        if !read.calls.is_empty() {
            let mut calls = held(&self.calls);
            for (call, hash, chat) in &read.calls {
                let known = calls.entry(*call).or_insert(KnownCall { hash: *hash, chat: *chat });
                known.hash = *hash;
                known.chat = chat.or(known.chat);
            }
        }
        let is_new = |record: &super::record::Record| {
            read.chats.iter().any(|(chat, title, hash)| {
                record.chats.get(chat).is_none_or(|known| known.hash != *hash || known.title != *title)
            })
        };
        if !read.chats.is_empty() && is_new(&pool.storage().record()) {
            let learnt = pool.storage().change(|record| {
                let known = read.chats.iter().map(|(chat, title, hash)| (*chat, KnownChat { title: title.clone(), hash: *hash }));
                record.chats.extend(known);
            });
            if let Err(why) = learnt {
                tracing::warn!(%why, "what was learnt of chats can't be kept");
            }
        }
    }

    /// What an earlier run was forbidden.
    pub(super) fn resume_waits(&self, waits: &std::collections::BTreeMap<String, DateTime<Utc>>) {
        held(&self.pace).resume(waits);
    }

    async fn wait_for_turn(&self, class: Class) -> Result<(), CallFault> {
        loop {
            let (taken, levels) = {
                let (mut pace, now) = (held(&self.pace), self.setup.clock.now());
                (pace.take(class, self.began.elapsed(), now), class.is_lasting().then(|| pace.levels(now)))
            };
            match taken {
                Ok(()) => {
                    if let Some(levels) = levels {
                        local::note_levels(&self.setup.dir, &levels);
                    }
                    return Ok(());
                }
                Err(wait) if wait <= SHORT => tokio::time::sleep(wait).await,
                Err(wait) => return Err(CallFault::Wait(wait)),
            }
        }
    }

    /// Draws conclusions from how a request ended.
    pub(super) fn judge(&self, class: Class, pool: &Pool, fault: Option<&CallFault>) {
        self.figures.requests.count();
        let Some(fault) = fault else { return self.note_heard() };
        self.figures.failures.count();
        match fault {
            CallFault::Wait(wait) => {
                self.figures.waits.count();
                tracing::warn!(class = class.key(), seconds = wait.as_secs(), "Telegram asks the user session to wait");
                let waits = held(&self.pace).forbid(class, *wait, self.setup.clock.now());
                if let Err(why) = pool.storage().change(|record| record.waits = waits) {
                    tracing::warn!(%why, "how long to wait can't be kept");
                }
            }
            // At the program's end nobody is left to tell.
            CallFault::LoggedOut(_) | CallFault::Line(_) | CallFault::Silent(_) => drop(self.trouble.send(())),
            CallFault::Refused(_) | CallFault::Unreadable(_) | CallFault::Elsewhere(_) => self.note_heard(),
            CallFault::Proxy(_) | CallFault::File(_) => {}
        }
    }
}

/// Takes a lock that is never held across anything that can fail.
pub(super) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
