//! What was written while nobody counted.

use serde::{Deserialize, Serialize};

use super::ids::ChatId;

/// What the user session reads of groups that it is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backfill {
    /// From this moment on, Unix seconds.
    pub from: i64,
    /// Up to this one, which isn't in it.
    pub to: i64,
    /// Of this group; `None`: of all that count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<ChatId>,
}
