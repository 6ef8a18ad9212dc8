//! How a background job stands.

use serde::{Deserialize, Serialize};

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It hasn't run, or will run again soon.
    Pending,
    /// It runs.
    Running,
    /// Its last run did all.
    Completed,
    /// Its last run didn't.
    Failed,
    /// Somebody stopped it: it doesn't run until somebody starts it.
    Stopped,
}

impl JobState {
    /// As lists have it.
    pub fn name(self) -> &'static str {
        match self {
            JobState::Pending => "pending",
            JobState::Running => "running",
            JobState::Completed => "completed",
            JobState::Failed => "failed",
            JobState::Stopped => "stopped",
        }
    }
}
