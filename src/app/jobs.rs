//! Runs background jobs when they are due: begins them, notes how far they are, ends them. What is to become of a job is decided in
//! `jobs`.

mod backfill;
mod backups;
mod collections;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use tokio::{
    sync::watch,
    task::{JoinHandle, spawn_blocking, spawn_local},
    time::MissedTickBehavior,
};

use crate::{
    announcement_files::AnnouncementFiles,
    context::Context,
    domain::{
        change::{Change, Outcome},
        event::Place,
        ids::{ChatId, UserId},
        job_reason::Case,
        jobs::{Digest, Job, JobChange, JobId, JobState, Recipients, Task},
        registry::Notice,
        work::ReportScope,
    },
    jobs::{
        announce, cron,
        life::{self, Ended},
    },
    mtproto::Line,
    store::StoreFault,
    telegram::{Fleet, digest},
};

/// Between looks at what is due.
const TICK: Duration = Duration::from_secs(1);
/// Between looks for files of announcements that nobody ordered.
const LOOK_FOR_ORPHANS: TimeDelta = TimeDelta::minutes(10);

/// Notes how far a job is.
#[derive(Clone)]
struct Steps {
    context: Arc<Context>,
    id: JobId,
}

impl Steps {
    /// So many of so many things are done; durable with the next commit.
    fn reach(&self, done: usize, total: usize) {
        self.note(done, total, None);
    }

    fn note(&self, done: usize, total: usize, reached: Option<ChatId>) {
        self.change(|job| life::progressed(job, done as u64, total as u64, reached));
    }

    fn change(&self, step: impl FnOnce(&Job) -> Option<Job>) {
        change(&self.context, &self.id, step);
    }
}

/// Runs what is due, until dropped.
pub(super) async fn run(context: Arc<Context>, fleet: Arc<Fleet>, line: Line, export_dir: PathBuf) {
    let means = collections::Means { line, export_dir, clock: context.clock.clone() };
    let mut runner = Runner { context, fleet, means, running: BTreeMap::new(), files: None, tidied: None };
    runner.take_up();
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        if let Err(fault) = runner.turn().await {
            if !fault.may_heal() {
                return runner.context.give_up(&fault);
            }
            tracing::error!(%fault, "background jobs wait");
        }
    }
}

struct Runner {
    context: Arc<Context>,
    fleet: Arc<Fleet>,
    means: collections::Means,
    running: BTreeMap<JobId, Running>,
    /// The files that announcements named at the last look.
    files: Option<BTreeSet<String>>,
    /// When that was.
    tidied: Option<DateTime<Utc>>,
}

/// A run that goes on.
struct Running {
    handle: JoinHandle<()>,
    stops: Stops,
}

/// How a run that goes on is stopped.
enum Stops {
    /// At once.
    AtOnce,
    /// What is written beside the runtime goes to its end, whoever stops it.
    AtItsEnd,
    /// When it hears, or finds, that nobody holds this any more.
    Told(Option<watch::Sender<()>>),
}

/// A run ends with its runner.
impl Drop for Runner {
    fn drop(&mut self) {
        self.running.values().for_each(|run| run.handle.abort());
    }
}

impl Runner {
    /// What ran when the process stopped runs again.
    fn take_up(&self) {
        let ids: Vec<JobId> = self.context.store.read(|state| state.jobs.kept.keys().cloned().collect());
        let now = self.context.clock.now();
        for id in ids {
            if change(&self.context, &id, |job| life::interrupted(job, now)) {
                tracing::warn!(job = %id, "the program stopped while this job ran; it is taken up again");
            }
        }
    }

    async fn turn(&mut self) -> Result<(), StoreFault> {
        self.let_go();
        let now = self.context.clock.now();
        let due = self.context.store.read(|state| life::due(&state.jobs, now));
        for id in due {
            // One that was stopped and started at once waits until it has really ended.
            if !self.running.contains_key(&id) {
                self.begin(id).await?;
            }
        }
        self.context.store.decide(&[], |state| Outcome { changes: announce::forgotten(state, now), work: Vec::new() })?;
        self.tidy().await;
        self.context.store.flush().await
    }

    /// Ends what was stopped, and forgets what has ended.
    fn let_go(&mut self) {
        let is_stopped =
            |id: &JobId| self.context.store.read(|state| state.jobs.get(id).is_none_or(|job| job.state != JobState::Running));
        for (id, run) in &mut self.running {
            if is_stopped(id) {
                match &mut run.stops {
                    Stops::AtOnce => run.handle.abort(),
                    Stops::AtItsEnd => {}
                    Stops::Told(stop) => drop(stop.take()),
                }
            }
        }
        self.running.retain(|_, run| !run.handle.is_finished());
    }

    /// Begins a job. It is safe that it runs before it does anything.
    async fn begin(&mut self, id: JobId) -> Result<(), StoreFault> {
        let now = self.context.clock.now();
        let mut begun = None;
        self.context.store.decide(&[], |state| {
            let mut outcome = Outcome::nothing();
            begun = state.jobs.get(&id).and_then(|job| life::begun(&job, now));
            if let Some(job) = &begun {
                outcome.set(Change::Job(JobChange::Job(id.clone(), Some(Box::new(job.clone())))));
                if job.announcement().is_some() {
                    outcome.work = announce::work(state, &id);
                }
            }
            outcome
        })?;
        self.context.store.flush().await?;
        // An announcement is the outbox's from here on.
        if let Some(job) = begun.filter(|job| job.announcement().is_none()) {
            tracing::info!(job = %id, "a background job begins");
            let run = Run {
                context: self.context.clone(),
                fleet: self.fleet.clone(),
                means: self.means.clone(),
                steps: Steps { context: self.context.clone(), id: id.clone() },
            };
            let (stop, stopped) = watch::channel(());
            let stops = match job.task {
                Task::Backup(_) => Stops::AtItsEnd,
                Task::Collection(_) => Stops::Told(Some(stop)),
                Task::Groups {} | Task::Digest(_) | Task::Announcement(_) | Task::Backfill(_) => Stops::AtOnce,
            };
            let handle = spawn_local(run.through(id.clone(), job, stopped));
            self.running.insert(id, Running { handle, stops });
        }
        Ok(())
    }

    /// Deletes files that no announcement names any more.
    async fn tidy(&mut self) {
        let named: BTreeSet<String> = self.context.store.read(|state| {
            let contents = state.jobs.kept.values().filter_map(|job| job.announcement()?.content.as_ref());
            contents.filter_map(|content| Some(content.file.as_ref()?.kept.clone())).collect()
        });
        let now = self.context.clock.now();
        // A file that nobody ordered changes nothing of what is named.
        let is_time = self.tidied.is_none_or(|at| now - at > LOOK_FOR_ORPHANS);
        if self.files.as_ref() == Some(&named) && !is_time {
            return;
        }
        self.tidied = Some(now);
        let before = self.files.replace(named.clone()).unwrap_or_default();
        let files = AnnouncementFiles::of(&self.context.store);
        let tidied = spawn_blocking(move || files.tidy(&named, &before, SystemTime::from(now))).await;
        if let Err(why) = tidied.expect("tidying doesn't panic") {
            tracing::warn!(%why, "a file of an announcement that is over can't be deleted");
        }
    }
}

/// Changes a job, with the next commit. Whether there was anything to change.
fn change(context: &Context, id: &JobId, step: impl FnOnce(&Job) -> Option<Job>) -> bool {
    let mut is_changed = false;
    let decided = context.store.decide(&[], |state| {
        let after = state.jobs.get(id).and_then(|job| step(&job));
        is_changed = after.is_some();
        let change = after.map(|job| Change::Job(JobChange::Job(id.clone(), Some(Box::new(job)))));
        Outcome { changes: change.into_iter().collect(), work: Vec::new() }
    });
    if let Err(fault) = decided {
        context.give_up(&fault);
    }
    is_changed
}

/// One run of one job.
struct Run {
    context: Arc<Context>,
    fleet: Arc<Fleet>,
    means: collections::Means,
    steps: Steps,
}

impl Run {
    async fn through(self, id: JobId, job: Job, stopped: watch::Receiver<()>) {
        let ended = match &job.task {
            Task::Groups {} => self.check_groups().await,
            Task::Digest(digest) => self.send_digest(digest, &job).await,
            Task::Backup(backup) => backups::write(&self.context, backup, &id, &self.steps).await,
            Task::Collection(collection) => collections::run(&self.means, collection, &self.steps, stopped).await,
            Task::Backfill(backfill) => backfill::count(&self.context, &self.means.line, backfill, &self.steps).await,
            // Its chats are the outbox's work.
            Task::Announcement(_) => Ended::Done,
        };
        if let Ended::Failed(why) | Ended::Hopeless(why) | Ended::Mostly(why) = &ended {
            tracing::warn!(job = %id, %why, "a background job couldn't do everything");
        }
        let now = self.context.clock.now();
        change(&self.context, &id, |job| life::ended(job, ended, now));
        if let Err(fault) = self.context.store.flush().await
            && !fault.may_heal()
        {
            self.context.give_up(&fault);
        }
    }

    /// The admins who want digests.
    fn hearers(&self) -> Vec<Place> {
        let rules = &self.context.rules;
        self.context.store.read(|state| {
            let is_muted = |admin: &UserId| state.people.get(admin).is_some_and(|person| person.muted.contains(&Notice::Digests));
            rules.admins.iter().filter(|admin| !is_muted(admin)).map(|admin| Place::private(*admin)).collect()
        })
    }

    async fn check_groups(&self) -> Ended {
        let chats: Vec<ChatId> = self.context.store.read(|state| state.groups.keys().copied().collect());
        let mut unknown = 0_u64;
        for (done, chat) in chats.iter().enumerate() {
            self.steps.reach(done, chats.len());
            unknown += u64::from(!digest::check_group(&self.fleet, *chat).await);
        }
        self.steps.reach(chats.len(), chats.len());
        match unknown {
            0 => Ended::Done,
            _ => Ended::Failed(Case::GroupsUntold { groups: chats.len() as u64, untold: unknown }.into()),
        }
    }

    async fn send_digest(&self, digest: &Digest, job: &Job) -> Ended {
        let rules = &self.context.rules;
        let zone: Tz = job.schedule.as_ref().map_or(rules.zone, |schedule| schedule.zone);
        let due = job.due.unwrap_or_else(|| self.context.clock.now());
        let period = cron::days(digest.period, zone, due);
        let to: Vec<Place> = match digest.to {
            Recipients::Admins => self.hearers(),
            Recipients::Chat(place) => vec![place],
        };
        let (mut failed, mut reached) = (None, job.reached.clone());
        for place in &to {
            self.steps.note(reached.len(), to.len(), None);
            if reached.contains(&place.chat) {
                continue;
            }
            let scope = ReportScope { period, teacher: None, group: digest.group };
            let report = digest::Report { to: *place, lang: digest.lang, format: digest.format, scope };
            match digest::send(&self.fleet, report).await {
                Ok(()) => {
                    reached.insert(place.chat);
                    self.steps.note(reached.len(), to.len(), Some(place.chat));
                    if let Err(fault) = self.context.store.flush().await {
                        return Ended::Failed(Case::NotKept { why: fault.to_string() }.into());
                    }
                }
                Err(why) => failed = Some(Case::NotReached { chat: place.chat, why: Box::new(why) }.into()),
            }
        }
        failed.map_or(Ended::Done, Ended::Failed)
    }
}
