//! Orders about background jobs.

use std::path::Path;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{Audience, Order, Refusal, Timing, refusal::LONGEST_TEXT};
use crate::{
    channels::ChannelName,
    domain::{
        audit::Actor,
        backfill::Backfill,
        change::{Change, Outcome},
        chats::ChatChange,
        collection::{Collection, Errand},
        event::Place,
        jobs::{Announcement, Backup, Job, JobChange, JobId, JobState, Schedule, Task},
        state::State,
    },
    jobs::{announce, cron, life, view},
};

/// What an order about a job changes, for whoever notes it in the log of changes elsewhere.
pub fn about_job(state: &State, zone: Tz, now: DateTime<Utc>, actor: &Actor, order: &Order) -> Result<Outcome, Refusal> {
    let mut outcome = Outcome::nothing();
    decide(state, zone, now, actor, order, &mut outcome)?;
    Ok(outcome)
}

/// Decides about an order that is about a job.
pub(super) fn decide(
    state: &State,
    zone: Tz,
    now: DateTime<Utc>,
    actor: &Actor,
    order: &Order,
    outcome: &mut Outcome,
) -> Result<String, Refusal> {
    let registry = Registry { state, zone, now, actor };
    match order {
        Order::MakeJob { task, timing, asked } => registry.make(task, timing.as_ref(), *asked, outcome),
        Order::Announce { announcement, to, at, asked } => registry.announce(announcement, to, *at, *asked, outcome),
        Order::ScheduleJob { job, timing } => registry.schedule(job, timing.as_ref(), outcome),
        Order::StartJob { job } => registry.start(job, outcome),
        Order::StopJob { job } => registry.stop(job, outcome),
        Order::RemoveJob { job } => registry.remove(job, outcome),
        Order::SendAgain { job, unsure_too } => registry.again(job, *unsure_too, outcome),
        _ => Ok(String::new()),
    }
}

struct Registry<'a> {
    state: &'a State,
    zone: Tz,
    now: DateTime<Utc>,
    actor: &'a Actor,
}

impl Registry<'_> {
    fn known(&self, id: &JobId) -> Result<Job, Refusal> {
        match view::row(self.state, id, self.now) {
            Some(row) if row.sort.is_own_master() => Err(Refusal::OwnMaster(id.clone())),
            Some(_) => self.state.jobs.get(id).ok_or_else(|| Refusal::OwnMaster(id.clone())),
            None => Err(Refusal::UnknownJob(id.clone())),
        }
    }

    /// The job that this very wish made before a crash, or a new id.
    fn id_of(&self, sort: &str, asked: i64) -> Result<JobId, JobId> {
        let is_it = |job: &Job| job.asked == asked && job.made_by.as_ref() == Some(self.actor) && job.task.sort() == sort;
        let made = self.state.jobs.kept.iter().find(|(_, job)| is_it(job));
        made.map_or_else(|| Ok(JobId::numbered(sort, self.state.jobs.next.max(1))), |(id, _)| Err(id.clone()))
    }

    fn timed(&self, timing: &Timing) -> Result<Schedule, Refusal> {
        Ok(cron::schedule(&timing.cron, timing.zone.unwrap_or(self.zone), self.now)?)
    }

    fn make(&self, task: &Task, timing: Option<&Timing>, asked: i64, outcome: &mut Outcome) -> Result<String, Refusal> {
        if let Task::Backup(Backup { dir, keep }) = task
            && (!is_whole(dir) || !(1..=1000).contains(keep))
        {
            return Err(Refusal::NoBackupFolder(dir.display().to_string()));
        }
        if let Task::Collection(collection) = task {
            check(collection)?;
        }
        if let Task::Backfill(backfill) = task {
            self.check_backfill(backfill)?;
        }
        let schedule = timing.map(|timing| self.timed(timing)).transpose()?;
        let id = match self.id_of(task.sort(), asked) {
            Ok(id) => id,
            Err(made) => return Ok(format!("There is the job {made}.")),
        };
        let job = Job { asked, made: Some(self.now), made_by: Some(self.actor.clone()), ..Job::new(task.clone()) };
        let mut job = life::scheduled(&job, schedule, self.now);
        if matches!(task, Task::Collection(_) | Task::Backfill(_)) && job.schedule.is_none() {
            // Who wants them wants them now.
            job.next_run = Some(self.now);
        }
        let text = match job.next_run {
            Some(at) if at <= self.now => {
                format!("There is the job {id}; it begins now. `rollcall jobs status {id}` shows how far it is.")
            }
            Some(at) => format!("There is the job {id}; it runs first on {}.", self.moment(at)),
            None => format!("There is the job {id}; `rollcall jobs start {id}` runs it."),
        };
        outcome.set(Change::Job(JobChange::Job(id, Some(Box::new(job)))));
        Ok(text)
    }

    fn check_backfill(&self, backfill: &Backfill) -> Result<(), Refusal> {
        if backfill.from >= backfill.to.min(self.now.timestamp()) {
            return Err(Refusal::NoSuchTime);
        }
        match backfill.group {
            Some(group) if !self.state.groups.contains_key(&self.state.current_id(group)) => Err(Refusal::UnknownGroup(group)),
            Some(_) | None => Ok(()),
        }
    }

    fn announce(
        &self,
        announcement: &Announcement,
        to: &Audience,
        at: Option<DateTime<Utc>>,
        asked: i64,
        outcome: &mut Outcome,
    ) -> Result<String, Refusal> {
        let content = announcement.content.as_ref().ok_or(Refusal::NothingToSend)?;
        if content.text.chars().count() > LONGEST_TEXT {
            return Err(Refusal::TooLong);
        }
        if announce::parts(content).is_empty() {
            return Err(Refusal::NothingToSend);
        }
        let places = self.places(to);
        if places.is_empty() {
            return Err(Refusal::NobodyToSendTo);
        }
        let id = match self.id_of("announcement", asked) {
            Ok(id) => id,
            Err(made) => return Ok(format!("It is {made}.")),
        };
        let begins = at.unwrap_or(self.now).max(self.now);
        let job = Job {
            asked,
            made: Some(self.now),
            made_by: Some(self.actor.clone()),
            next_run: Some(begins),
            ..Job::new(Task::Announcement(announcement.clone()))
        };
        outcome.changes.extend(announce::made(&id, job, &places));
        let when = if begins > self.now { format!(" on {}", self.moment(begins)) } else { String::new() };
        let chats = if places.len() == 1 { "1 chat".to_owned() } else { format!("{} chats", places.len()) };
        Ok(format!("{id} goes to {chats}{when}; `rollcall jobs status {id}` shows what becomes of it."))
    }

    fn places(&self, to: &Audience) -> Vec<Place> {
        let whole = |chat| Place { chat, topic: None };
        let there = self.state.groups.values().filter(|group| group.gone_since.is_none());
        let mut places: Vec<Place> = match to {
            Audience::All => there.map(|group| whole(group.chat_id)).collect(),
            Audience::Matching(part) => {
                let part = part.to_lowercase();
                there.filter(|group| group.title.to_lowercase().contains(&part)).map(|group| whole(group.chat_id)).collect()
            }
            Audience::Places(places) => places.iter().map(|place| announce::place_now(self.state, *place)).collect(),
        };
        let mut seen = std::collections::BTreeSet::new();
        places.retain(|place| seen.insert((place.chat, place.topic)));
        places
    }

    fn schedule(&self, id: &JobId, timing: Option<&Timing>, outcome: &mut Outcome) -> Result<String, Refusal> {
        let job = self.known(id)?;
        if job.announcement().is_some() {
            return Err(Refusal::SentOnce(id.clone()));
        }
        let schedule = timing.map(|timing| self.timed(timing)).transpose()?;
        let job = life::scheduled(&job, schedule, self.now);
        let text = match job.next_run {
            Some(at) => format!("{id} runs next on {}.", self.moment(at)),
            None => format!("{id} runs only when somebody starts it."),
        };
        set(outcome, id, job);
        Ok(text)
    }

    fn start(&self, id: &JobId, outcome: &mut Outcome) -> Result<String, Refusal> {
        if id.is_all() {
            return self.start_all(outcome);
        }
        if is_chats(id) {
            return super::chats::refresh(self.state, self.now, None, outcome);
        }
        let job = self.known(id)?;
        if job.announcement().is_some() && job.state != JobState::Pending {
            return match job.state {
                JobState::Running => Err(Refusal::RunsAlready(id.clone())),
                JobState::Pending | JobState::Completed | JobState::Failed | JobState::Stopped => self.again(id, false, outcome),
            };
        }
        let started = life::started(&job, self.now).ok_or_else(|| Refusal::RunsAlready(id.clone()))?;
        set(outcome, id, started);
        Ok(format!("{id} begins now; `rollcall jobs status {id}` shows how far it is."))
    }

    /// Those that were stopped; messages not: what was cancelled is sent again one by one, by whoever looked at it.
    fn start_all(&self, outcome: &mut Outcome) -> Result<String, Refusal> {
        let mut begun = Vec::new();
        for (id, job) in self.state.jobs.all() {
            let may_begin = job.state == JobState::Stopped && job.announcement().is_none();
            if let Some(started) = may_begin.then(|| life::started(&job, self.now)).flatten() {
                set(outcome, &id, started);
                begun.push(id);
            }
        }
        if begun.is_empty() {
            return Err(Refusal::NothingStopped);
        }
        Ok(format!("These were stopped and begin now: {}.", listed(&begun)))
    }

    /// Those that run, or would by themselves.
    fn stop_all(&self, outcome: &mut Outcome) -> Result<String, Refusal> {
        let mut ended = Vec::new();
        for row in view::rows(self.state, self.now) {
            let goes_on = row.state == JobState::Running || row.next_run.is_some();
            if goes_on && row.sort.is_steerable() {
                self.stop(&row.id, outcome)?;
                ended.push(row.id);
            }
        }
        if ended.is_empty() {
            return Err(Refusal::NothingRuns);
        }
        Ok(format!("Stopped: {}. `rollcall jobs start all` runs them again, messages excepted.", listed(&ended)))
    }

    fn stop(&self, id: &JobId, outcome: &mut Outcome) -> Result<String, Refusal> {
        if id.is_all() {
            return self.stop_all(outcome);
        }
        if is_chats(id) {
            outcome.set(ChatChange::Wanted(None, None).into());
            outcome.changes.extend(self.state.chats.wanted.chats.keys().map(|chat| ChatChange::Wanted(Some(*chat), None).into()));
            return Ok("Chats are asked about once a day again, each in its turn.".to_owned());
        }
        let job = self.known(id)?;
        if job.announcement().is_some() {
            // What is over stays as it ended.
            let is_over = matches!(job.state, JobState::Completed | JobState::Stopped) && job.restored.is_none();
            if !is_over {
                outcome.changes.extend(announce::stopped(self.state, id, &job));
            }
            return Ok(format!("{id} is sent to nobody else."));
        }
        if let Some(stopped) = life::stopped(&job) {
            set(outcome, id, stopped);
        }
        Ok(format!("{id} is stopped; `rollcall jobs start {id}` runs it again."))
    }

    fn remove(&self, id: &JobId, outcome: &mut Outcome) -> Result<String, Refusal> {
        let job = self.known(id)?;
        if !view::Sort::from(&job.task).is_removable() {
            return Err(Refusal::NotRemovable(id.clone()));
        }
        if job.state == JobState::Running {
            return Err(Refusal::RunsAlready(id.clone()));
        }
        outcome.set(Change::Job(JobChange::Job(id.clone(), None)));
        Ok(format!("{id} is no more."))
    }

    fn again(&self, id: &JobId, unsure_too: bool, outcome: &mut Outcome) -> Result<String, Refusal> {
        let job = self.known(id)?;
        if job.state == JobState::Running {
            return Err(Refusal::RunsAlready(id.clone()));
        }
        let again = announce::again(self.state, id, &job, unsure_too, self.now);
        outcome.changes.extend(again.ok_or_else(|| Refusal::NothingToRepeat(id.clone()))?);
        Ok(format!("{id} is sent again where it failed."))
    }

    fn moment(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%Y-%m-%d at %H:%M").to_string()
    }
}

fn set(outcome: &mut Outcome, id: &JobId, job: Job) {
    outcome.set(Change::Job(JobChange::Job(id.clone(), Some(Box::new(job)))));
}

fn listed(ids: &[JobId]) -> String {
    ids.iter().map(JobId::as_str).collect::<Vec<_>>().join(", ")
}

fn is_chats(id: &JobId) -> bool {
    id.as_str() == view::Sort::Chats.name()
}

/// Whether a collection can be made as it is wished.
fn check(collection: &Collection) -> Result<(), Refusal> {
    let is_all = matches!(collection.errand, Errand::Sample { .. });
    if collection.names.is_empty() && !is_all {
        return Err(Refusal::NoChannels("none is named".to_owned()));
    }
    for name in &collection.names {
        ChannelName::parse(name).map_err(|why| Refusal::NoChannels(why.to_string()))?;
    }
    let is_ours = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'-' | b'_');
    let dir = &collection.dir;
    let is_word = dir.to_str().is_some_and(|word| (1..=64).contains(&word.len()) && word.bytes().all(is_ours));
    if is_word || is_whole(dir) { Ok(()) } else { Err(Refusal::NoCollectionFolder(dir.display().to_string())) }
}

fn is_whole(dir: &Path) -> bool {
    dir.is_absolute() && dir.to_str().is_some()
}
