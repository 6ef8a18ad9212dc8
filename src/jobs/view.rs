//! All background jobs as lists have them: those of the registry, and those that other parts keep for themselves.

use chrono::{DateTime, Utc};

use super::announce::Counts;
use crate::{
    domain::{
        collection::{Brought, CollectionStep},
        job_reason::{Case, Reason},
        jobs::{Job, JobId, JobState, Schedule, Task},
        state::State,
        study::{Post, PostState},
    },
    study::{export, schedule},
};

/// What a job is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Study communities' boards are posted, each at its own times.
    Boards,
    /// Snapshots are sent to a web dashboard.
    Exports,
    /// Whether the bot is still in its groups.
    Groups,
    /// What there is to know of each chat.
    Chats,
    /// A report.
    Digest,
    /// A copy of the data.
    Backup,
    /// A message to many.
    Announcement,
    /// Public channels are collected.
    Collection,
    /// What groups' histories have and no update told of.
    Backfill,
}

impl Sort {
    /// As ids begin and lists have it.
    pub fn name(self) -> &'static str {
        match self {
            Sort::Boards => "boards",
            Sort::Exports => "exports",
            Sort::Groups => "groups",
            Sort::Chats => "chats",
            Sort::Digest => "digest",
            Sort::Backup => "backup",
            Sort::Announcement => "announcement",
            Sort::Collection => "collection",
            Sort::Backfill => "backfill",
        }
    }

    /// Whether somebody may start and stop it.
    pub fn is_steerable(self) -> bool {
        !self.is_own_master()
    }

    /// Whether it runs by itself and can only be looked at here.
    pub fn is_own_master(self) -> bool {
        matches!(self, Sort::Boards | Sort::Exports)
    }

    /// Whether it can be said when it runs.
    pub fn has_times(self) -> bool {
        matches!(self, Sort::Groups | Sort::Digest | Sort::Backup | Sort::Collection)
    }

    /// Whether it can be taken away.
    pub fn is_removable(self) -> bool {
        matches!(self, Sort::Digest | Sort::Backup | Sort::Announcement | Sort::Collection | Sort::Backfill)
    }
}

impl From<&Task> for Sort {
    fn from(task: &Task) -> Self {
        match task {
            Task::Groups {} => Sort::Groups,
            Task::Digest(_) => Sort::Digest,
            Task::Backup(_) => Sort::Backup,
            Task::Announcement(_) => Sort::Announcement,
            Task::Collection(_) => Sort::Collection,
            Task::Backfill(_) => Sort::Backfill,
        }
    }
}

/// A job as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: JobId,
    /// What it is about.
    pub sort: Sort,
    /// How it stands.
    pub state: JobState,
    /// So many things are done.
    pub done: u64,
    /// Of so many; 0: nobody knows.
    pub total: u64,
    /// When it last began.
    pub last_run: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub last_error: Option<Reason>,
    /// When it begins next.
    pub next_run: Option<DateTime<Utc>>,
    /// When, again and again.
    pub schedule: Option<Schedule>,
    /// Where it is, if it is a collection that goes on.
    pub step: Option<Box<CollectionStep>>,
    /// What the last run brought beside files, if it was to sample or to estimate.
    pub brought: Option<Box<Brought>>,
}

impl Row {
    /// Whether it is a message that can be sent again, or at all: it failed somewhere, or came back from a backup.
    pub fn can_be_sent_again(&self) -> bool {
        let is_restored = self.last_error == Some(Case::Restored {}.into());
        self.sort == Sort::Announcement && (self.state == JobState::Failed || (is_restored && self.state == JobState::Stopped))
    }
}

/// All jobs, by id.
pub fn rows(state: &State, now: DateTime<Utc>) -> Vec<Row> {
    let mut rows = vec![boards(state, now), exports(state), chats(state)];
    rows.extend(state.jobs.all().into_iter().map(|(id, job)| kept(state, id, job)));
    rows.sort_by_key(|row| sorted(&row.id));
    rows
}

/// One job.
pub fn row(state: &State, id: &JobId, now: DateTime<Utc>) -> Option<Row> {
    match id.as_str() {
        "boards" => Some(boards(state, now)),
        "exports" => Some(exports(state)),
        "chats" => Some(chats(state)),
        _ => state.jobs.get(id).map(|job| kept(state, id.clone(), job)),
    }
}

/// `digest-10` comes after `digest-9`.
fn sorted(id: &JobId) -> (String, u64) {
    let number = |(sort, number): (&str, &str)| Some((sort.to_owned(), number.parse().ok()?));
    id.as_str().rsplit_once('-').and_then(number).unwrap_or_else(|| (id.as_str().to_owned(), 0))
}

fn kept(state: &State, id: JobId, job: Job) -> Row {
    let sort = Sort::from(&job.task);
    let (done, total) = match sort {
        Sort::Announcement => {
            let counts = Counts::of(state.jobs.deliveries_of(&id).map(|(_, delivery)| delivery));
            (counts.sent, counts.total())
        }
        Sort::Boards
        | Sort::Exports
        | Sort::Groups
        | Sort::Chats
        | Sort::Digest
        | Sort::Backup
        | Sort::Collection
        | Sort::Backfill => (job.done, job.total),
    };
    Row {
        id,
        sort,
        state: job.state,
        done,
        total,
        last_run: job.last_run,
        last_error: job.last_error,
        next_run: job.next_run,
        schedule: job.schedule,
        step: job.step,
        brought: job.brought,
    }
}

fn boards(state: &State, now: DateTime<Utc>) -> Row {
    let posts: Vec<&Post> = state.study.posts.values().flat_map(|posts| posts.values()).collect();
    let posted_at = |post: &&Post| match post.state {
        PostState::Posted { at, .. } => Some(at),
        PostState::Due { .. }
        | PostState::Sending { .. }
        | PostState::Unsure { .. }
        | PostState::Refused { .. }
        | PostState::Skipped => None,
    };
    let newest = posts.iter().max_by_key(|post| post.due);
    let (job_state, last_error) = match newest.map(|post| &post.state) {
        None | Some(PostState::Due { .. }) => (JobState::Pending, None),
        Some(PostState::Sending { .. }) => (JobState::Running, None),
        Some(PostState::Posted { .. } | PostState::Skipped) => (JobState::Completed, None),
        Some(PostState::Refused { why, .. }) => (JobState::Failed, Some(why.clone().into())),
        Some(PostState::Unsure { .. }) => (JobState::Failed, Some(Case::BoardUnsure {}.into())),
    };
    Row {
        id: JobId::standing("boards"),
        sort: Sort::Boards,
        state: job_state,
        done: posts.iter().filter_map(posted_at).count() as u64,
        total: posts.len() as u64,
        last_run: posts.iter().filter_map(posted_at).max(),
        last_error,
        next_run: schedule::wake(&state.study, now),
        schedule: None,
        step: None,
        brought: None,
    }
}

fn exports(state: &State) -> Row {
    let waiting = state.study.exports.values().filter(|export| export.refused.is_none()).count() as u64;
    let refused = state.study.exports.values().find_map(|export| export.refused.clone());
    let job_state = match (&refused, waiting) {
        (Some(_), _) => JobState::Failed,
        (None, 0) => JobState::Completed,
        (None, _) => JobState::Pending,
    };
    Row {
        id: JobId::standing("exports"),
        sort: Sort::Exports,
        state: job_state,
        done: 0,
        total: waiting,
        last_run: state.study.exported,
        last_error: refused.map(Reason::from),
        next_run: export::wake(&state.study),
        schedule: None,
        step: None,
        brought: None,
    }
}

/// Each chat is asked about once a day; a run is when somebody wants it now.
fn chats(state: &State) -> Row {
    let (chats, mut done, mut total, mut failed, mut last_run) = (&state.chats, 0, 0, 0, None);
    let wanted = chats.wanted.all;
    for known in chats.known.values().filter(|known| known.left().is_none()) {
        total += 1;
        done +=
            u64::from(wanted.is_none_or(|since| known.tried().is_some_and(|tried| tried >= since)) && known.tried().is_some());
        failed += u64::from(known.failed.is_some());
        last_run = last_run.max(known.tried());
    }
    let is_wanted = wanted.is_some() || !chats.wanted.chats.is_empty();
    let job_state = match (is_wanted, failed, last_run) {
        (true, ..) => JobState::Running,
        (false, 0, Some(_)) => JobState::Completed,
        (false, 0, None) => JobState::Pending,
        (false, ..) => JobState::Failed,
    };
    Row {
        id: JobId::standing("chats"),
        sort: Sort::Chats,
        state: job_state,
        done,
        total,
        last_run,
        last_error: (failed > 0).then(|| Case::ChatsUntold { chats: total, untold: failed }.into()),
        next_run: None,
        schedule: None,
        step: None,
        brought: None,
    }
}
