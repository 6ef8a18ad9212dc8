//! How the user session's line to Telegram is doing.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// How the user session's line to Telegram is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LineState {
    /// There is no api_id: nobody wants a user session.
    #[default]
    NotConfigured,
    /// Nobody has logged in yet.
    NotLoggedIn,
    /// It isn't up, and tries to be.
    Connecting {
        /// Since when.
        since: DateTime<Utc>,
        /// What came between, if anything did.
        why: Option<String>,
    },
    /// It works.
    Up {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// Telegram wants us to wait before anything else.
    Waiting {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// It waits for a person.
    Dead {
        /// Since when.
        since: DateTime<Utc>,
        /// Why.
        why: DeadWhy,
    },
}

/// Why the user session waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", content = "text", rename_all = "snake_case")]
pub enum DeadWhy {
    /// Telegram doesn't know it any more: somebody ended it, or two programs used it.
    LoggedOut,
    /// The session's file can't be had: another process, a passphrase, the disk.
    File(String),
    /// The settings don't lead there: the proxy.
    Settings(String),
}

impl LineState {
    /// Every [`Self::label`].
    pub const LABELS: [&str; 6] = ["not_configured", "not_logged_in", "connecting", "up", "waiting", "dead"];

    /// Whether it works.
    pub fn is_up(&self) -> bool {
        matches!(self, Self::Up { .. })
    }

    /// Whether it waits for somebody to log in.
    pub fn needs_login(&self) -> bool {
        matches!(self, Self::NotLoggedIn | Self::Dead { why: DeadWhy::LoggedOut, .. })
    }

    /// One word for machines.
    pub fn label(&self) -> &'static str {
        match self {
            Self::NotConfigured => "not_configured",
            Self::NotLoggedIn => "not_logged_in",
            Self::Connecting { .. } => "connecting",
            Self::Up { .. } => "up",
            Self::Waiting { .. } => "waiting",
            Self::Dead { .. } => "dead",
        }
    }

    /// For a terminal.
    pub fn in_english(&self, zone: Tz) -> String {
        let at = |time: &DateTime<Utc>| time.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string();
        match self {
            Self::NotConfigured => "not configured".to_owned(),
            Self::NotLoggedIn => "nobody is logged in".to_owned(),
            Self::Connecting { since, why: None } => format!("connecting since {}", at(since)),
            Self::Connecting { since, why: Some(why) } => format!("down since {}: {why}", at(since)),
            Self::Up { since } => format!("up since {}", at(since)),
            Self::Waiting { until } => format!("Telegram asks to wait until {}", at(until)),
            Self::Dead { since, why: DeadWhy::LoggedOut } => format!("ended by Telegram at {}: log in again", at(since)),
            Self::Dead { since, why: DeadWhy::File(why) | DeadWhy::Settings(why) } => format!("down since {}: {why}", at(since)),
        }
    }
}
