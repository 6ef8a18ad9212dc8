//! The life of a job.

use chrono::{DateTime, TimeDelta, Utc};

use super::cron;
use crate::domain::{
    collection::{Brought, CollectionStep},
    ids::ChatId,
    job_reason::{Case, Reason},
    jobs::{Job, JobId, JobState, Jobs, Schedule},
};

/// A failed run is tried again so often before it waits for its next time.
const TRIES: u32 = 3;
/// The first pause before that; each further one is three times as long.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(5);

/// Those that are to begin now, by id.
pub fn due(jobs: &Jobs, now: DateTime<Utc>) -> Vec<JobId> {
    let is_due = |job: &Job| may_begin(job, now);
    jobs.all().into_iter().filter(|(_, job)| is_due(job)).map(|(id, _)| id).collect()
}

fn may_begin(job: &Job, now: DateTime<Utc>) -> bool {
    match job.state {
        JobState::Pending | JobState::Completed | JobState::Failed => job.next_run.is_some_and(|at| at <= now),
        // Never two at once.
        JobState::Running | JobState::Stopped => false,
    }
}

/// It begins. `None`: it may not.
pub fn begun(job: &Job, now: DateTime<Utc>) -> Option<Job> {
    may_begin(job, now).then(|| Job {
        state: JobState::Running,
        due: job.due.or(job.next_run),
        next_run: None,
        last_run: Some(now),
        last_error: None,
        brought: None,
        // What a run before reached, within which the program stopped, is reached.
        ..job.clone()
    })
}

/// So much of the run is done. `None`: it doesn't run.
pub fn progressed(job: &Job, done: u64, total: u64, reached: Option<ChatId>) -> Option<Job> {
    let mut job = Job { done, total, ..job.clone() };
    job.reached.extend(reached);
    (job.state == JobState::Running).then_some(job)
}

/// A collection is there. `None`: it doesn't run.
pub fn stepped(job: &Job, step: &CollectionStep, done: u64, total: u64) -> Option<Job> {
    let is_same = job.step.as_deref() == Some(step) && (job.done, job.total) == (done, total);
    (job.state == JobState::Running && !is_same).then(|| Job { step: Some(Box::new(step.clone())), done, total, ..job.clone() })
}

/// The run brought something to be told. `None`: it doesn't run.
pub fn brought(job: &Job, what: Brought) -> Option<Job> {
    (job.state == JobState::Running).then(|| Job { brought: Some(Box::new(what)), ..job.clone() })
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All is done.
    Done,
    /// All that could be done, which isn't quite all.
    Mostly(Reason),
    /// Not all; trying again soon may help.
    Failed(Reason),
    /// Not all; trying again won't help.
    Hopeless(Reason),
}

/// The run ended. `None`: none went on, or somebody stopped it.
pub fn ended(job: &Job, how: Ended, now: DateTime<Utc>) -> Option<Job> {
    if job.state != JobState::Running {
        return None;
    }
    let on_schedule = job.schedule.as_ref().and_then(|schedule| cron::next(schedule, now));
    let job = &Job { step: None, ..job.clone() };
    let after = |state| Job { state, next_run: on_schedule, due: None, attempts: 0, reached: Default::default(), ..job.clone() };
    Some(match how {
        Ended::Done => after(JobState::Completed),
        Ended::Mostly(why) => Job { last_error: Some(why), ..after(JobState::Completed) },
        Ended::Failed(why) if job.attempts + 1 < TRIES => {
            let again = now + FIRST_PAUSE * 3_i32.pow(job.attempts);
            Job {
                state: JobState::Failed,
                last_error: Some(why),
                next_run: Some(again),
                attempts: job.attempts + 1,
                ..job.clone()
            }
        }
        Ended::Failed(why) | Ended::Hopeless(why) => Job { last_error: Some(why), ..after(JobState::Failed) },
    })
}

/// What becomes of a run within which the program stopped: it is taken up at once. `None`: none went on.
pub fn interrupted(job: &Job, now: DateTime<Utc>) -> Option<Job> {
    // What announcements had on their way is settled chat by chat.
    let is_cut = job.state == JobState::Running && job.announcement().is_none();
    is_cut.then(|| Job {
        state: JobState::Pending,
        next_run: Some(now),
        last_error: Some(Case::Interrupted {}.into()),
        ..job.clone()
    })
}

/// Somebody starts it: it begins now, and goes on by its schedule. `None`: it runs already.
pub fn started(job: &Job, now: DateTime<Utc>) -> Option<Job> {
    (job.state != JobState::Running).then(|| Job {
        state: JobState::Pending,
        next_run: Some(now),
        due: None,
        attempts: 0,
        ..job.clone()
    })
}

/// Somebody stops it: it ends, and doesn't begin by itself. `None`: it is stopped already.
pub fn stopped(job: &Job) -> Option<Job> {
    (job.state != JobState::Stopped).then(|| Job {
        state: JobState::Stopped,
        next_run: None,
        due: None,
        attempts: 0,
        reached: Default::default(),
        step: None,
        ..job.clone()
    })
}

/// It has this schedule from now on.
pub fn scheduled(job: &Job, schedule: Option<Schedule>, now: DateTime<Utc>) -> Job {
    let next_run = schedule.as_ref().and_then(|schedule| cron::next(schedule, now));
    let state = if job.state == JobState::Stopped { JobState::Pending } else { job.state };
    Job { schedule, state, next_run, due: None, attempts: 0, ..job.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{change::Change, jobs::JobChange, jobs::Task, state::State};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn nightly() -> Job {
        let schedule = cron::schedule("0 3 * * *", chrono_tz::Asia::Tashkent, now()).expect("a schedule");
        scheduled(&Job::new(Task::Groups {}), Some(schedule), now())
    }

    fn now() -> DateTime<Utc> {
        at("2026-01-26T05:00:00Z")
    }

    fn three() -> DateTime<Utc> {
        at("2026-01-26T22:00:00Z")
    }

    #[test]
    fn a_job_begins_at_its_time_and_never_twice_at_once() {
        let job = nightly();
        assert_eq!(job.next_run, Some(three()));
        assert!(begun(&job, three() - TimeDelta::seconds(1)).is_none());
        let running = begun(&job, three()).expect("due");
        assert!(begun(&running, three()).is_none() && started(&running, three()).is_none());
        let done = ended(&running, Ended::Done, three() + TimeDelta::minutes(1)).expect("it ran");
        assert_eq!((done.state, done.next_run), (JobState::Completed, Some(three() + TimeDelta::days(1))));
    }

    #[test]
    fn what_was_missed_while_the_program_was_off_runs_once() {
        let late = three() + TimeDelta::days(3);
        let running = begun(&nightly(), late).expect("due");
        assert_eq!(running.due, Some(three()), "it is about its own day");
        let done = ended(&running, Ended::Done, late).expect("it ran");
        assert_eq!(done.next_run, Some(three() + TimeDelta::days(4)));
    }

    #[test]
    fn a_failed_run_is_tried_again_and_then_waits_for_its_time() {
        let mut job = nightly();
        let mut pauses = Vec::new();
        for _ in 0..3 {
            let begins = job.next_run.expect("it comes");
            let running = begun(&job, begins).expect("due");
            assert_eq!(running.due, Some(three()), "still about the same day");
            job = ended(&running, Ended::Failed("no line".to_owned().into()), begins).expect("it ran");
            pauses.push((job.next_run.expect("it comes") - begins).num_minutes());
        }
        assert_eq!((pauses[0], pauses[1], job.state, job.attempts), (5, 15, JobState::Failed, 0));
        assert_eq!(
            (job.next_run, job.last_error.as_ref()),
            (Some(three() + TimeDelta::days(1)), Some(&Reason::from("no line".to_owned())))
        );
    }

    #[test]
    fn a_run_that_was_cut_short_is_taken_up_where_it_was() {
        let running = begun(&nightly(), three()).expect("due");
        let half = progressed(&running, 1, 2, Some(ChatId(7))).expect("it runs");
        let cut = interrupted(&half, three() + TimeDelta::hours(1)).expect("it ran");
        assert_eq!(cut.last_error, Some(Case::Interrupted {}.into()));
        let again = begun(&cut, three() + TimeDelta::hours(1)).expect("at once");
        assert!(again.reached.contains(&ChatId(7)) && again.due == Some(three()));
        let done = ended(&again, Ended::Done, three() + TimeDelta::hours(1)).expect("it ran");
        assert!(done.reached.is_empty());
    }

    #[test]
    fn a_stopped_job_stays_stopped_until_it_is_started() {
        let running = begun(&nightly(), three()).expect("due");
        let off = stopped(&running).expect("it ran");
        assert!(ended(&off, Ended::Done, three()).is_none() && stopped(&off).is_none());
        assert!(begun(&off, three() + TimeDelta::days(9)).is_none());
        let on = started(&off, three()).expect("it was stopped");
        let done = ended(&begun(&on, three()).expect("at once"), Ended::Done, three()).expect("it ran");
        assert!(done.next_run.is_some(), "its schedule goes on");
    }

    #[test]
    fn what_is_due_is_found() {
        let mut state = State::default();
        let id: JobId = "groups".parse().expect("an id");
        assert!(due(&state.jobs, three()).is_empty(), "nothing runs that nobody asked for");
        state.apply(Change::Job(JobChange::Job(id.clone(), Some(Box::new(nightly())))));
        assert_eq!(due(&state.jobs, three()), [id]);
    }
}
