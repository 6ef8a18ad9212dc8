//! A directory that comes from a backup: what was sent by itself where the backup is from must not be sent again.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{
    announce::{Ended, change, ended},
    life,
};
use crate::domain::{
    change::Change,
    job_reason::Case,
    jobs::{Job, JobChange, JobId, JobState},
    state::State,
    work::Work,
};

/// What becomes of what is sent by itself in a directory that comes from a backup. Announcements that wait or run there were perhaps sent
/// since, so they are stopped with all that they say, until somebody starts them; these are returned. Reports that were due meanwhile
/// are left out, and feedback and answers to it, which were carried meanwhile.
pub fn held_back(state: &State, now: DateTime<Utc>) -> (Vec<JobId>, Vec<Change>) {
    let (mut stopped, mut changes) = (Vec::new(), Vec::new());
    let goes_out = |work: &Work| matches!(work, Work::Deliver { .. } | Work::PassOn { .. } | Work::PassBack { .. });
    let deliveries = state.work.iter().filter(|(_, work)| goes_out(work));
    changes.extend(deliveries.map(|(id, _)| Change::Work(*id, None)));
    for (id, job) in &state.jobs.kept {
        // A report that was due in the meantime came where the backup is from: the next one comes at its time.
        let is_running = job.state == JobState::Running;
        if job.announcement().is_none() && (is_running || job.next_run.is_some_and(|at| at <= now)) {
            let state = if is_running { JobState::Pending } else { job.state };
            changes.push(change(id, Job { state, reached: BTreeSet::new(), ..life::scheduled(job, job.schedule.clone(), now) }));
        }
        let goes_on = matches!(job.state, JobState::Pending | JobState::Running) && job.announcement().is_some();
        if !goes_on {
            continue;
        }
        for (number, delivery) in state.jobs.deliveries_of(id) {
            // What was on its way arrived, perhaps.
            if let Some(lost) = ended(delivery, Ended::Lost, now) {
                changes.push(Change::Job(JobChange::Delivery(id.clone(), number, Some(Box::new(lost)))));
            }
        }
        let job = Job {
            state: JobState::Stopped,
            next_run: None,
            restored: Some(now),
            last_error: Some(Case::Restored {}.into()),
            ..job.clone()
        };
        changes.push(change(id, job));
        stopped.push(id.clone());
    }
    (stopped, changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{ids::ChatId, jobs::Task},
        jobs::cron,
    };

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn now() -> DateTime<Utc> {
        at("2026-01-26T05:00:00Z")
    }

    #[test]
    fn what_a_backup_was_about_to_run_waits_for_its_next_time() {
        let schedule = cron::schedule("0 3 * * *", chrono_tz::Asia::Tashkent, now()).expect("a schedule");
        let nightly = life::scheduled(&Job::new(Task::Groups {}), Some(schedule), now());
        let mut state = State::default();
        let id: JobId = "groups".parse().expect("an id");
        let overdue =
            Job { next_run: Some(at("2026-01-20T22:00:00Z")), due: Some(at("2026-01-20T22:00:00Z")), ..nightly.clone() };
        let cut_short = Job { state: JobState::Running, reached: [ChatId(5)].into(), ..nightly.clone() };
        for job in [overdue, cut_short] {
            state.apply(Change::Job(JobChange::Job(id.clone(), Some(Box::new(job)))));
            let (stopped, changes) = held_back(&state, now());
            assert!(stopped.is_empty());
            changes.into_iter().for_each(|change| state.apply(change));
            let job = state.jobs.get(&id).expect("it is there");
            assert_eq!((job.state, job.next_run, job.due), (JobState::Pending, Some(at("2026-01-26T22:00:00Z")), None));
            assert!(job.reached.is_empty());
        }
    }
}
