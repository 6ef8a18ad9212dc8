//! The files of background jobs: `jobs/`. An announcement that waits stands in them, so nobody else may read them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::files::{parse, pretty};
use crate::domain::jobs::{Job, JobChange, JobId, Jobs};

/// A file in `jobs/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JobFile {
    /// `jobs/jobs.json`
    Jobs,
    /// `jobs/deliveries.json`
    Deliveries,
}

/// What `jobs/jobs.json` holds.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// The next number in an id.
    next: u64,
    jobs: BTreeMap<JobId, Job>,
}

impl JobFile {
    /// The file that a change concerns. A job that goes takes its deliveries along: those that stay behind belong to nobody, and
    /// are dropped when they are read.
    pub(super) fn of(change: &JobChange) -> Self {
        match change {
            JobChange::Job(..) => Self::Jobs,
            JobChange::Delivery(..) => Self::Deliveries,
        }
    }

    /// Where it is, below the data directory.
    pub(super) fn relative(self) -> &'static str {
        match self {
            Self::Jobs => "jobs/jobs.json",
            Self::Deliveries => "jobs/deliveries.json",
        }
    }

    /// Copies what it holds.
    pub(super) fn copy(self, from: &Jobs, to: &mut Jobs) {
        match self {
            Self::Jobs => (to.kept, to.next) = (from.kept.clone(), from.next),
            Self::Deliveries => to.deliveries = from.deliveries.clone(),
        }
    }

    /// Its content now.
    pub(super) fn render(self, jobs: &Jobs) -> Vec<u8> {
        match self {
            Self::Jobs => pretty(&Kept { next: jobs.next, jobs: jobs.kept.clone() }),
            Self::Deliveries => pretty(&jobs.deliveries),
        }
    }

    /// Takes its content.
    pub(super) fn load(self, bytes: &[u8], jobs: &mut Jobs) -> Result<(), String> {
        match self {
            Self::Jobs => {
                let Kept { next, jobs: kept } = parse(bytes)?;
                (jobs.kept, jobs.next) = (kept, next);
            }
            Self::Deliveries => {
                jobs.deliveries = parse(bytes)?;
                jobs.deliveries.retain(|id, _| jobs.kept.contains_key(id));
            }
        }
        Ok(())
    }
}
