//! What works and what doesn't, found out elsewhere and shown in the chat and in the terminal alike.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::line::LineState;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works, but.
    Warning,
    /// It doesn't work.
    Error,
}

impl Level {
    /// A mark for it.
    pub fn mark(self) -> &'static str {
        match self {
            Level::Ok => "✅",
            Level::Warning => "⚠️",
            Level::Error => "❌",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// `getMe` answers.
    Bot {
        /// The bot's name.
        username: String,
    },
    /// What follows is about this one of several bots.
    Of {
        /// What it is called.
        bot: String,
    },
    /// A bot isn't connected, or Telegram doesn't know its token any more.
    NotAtWork {
        /// What it is called.
        bot: String,
    },
    /// The token isn't valid.
    BadToken,
    /// No answer.
    Unreachable {
        /// Why.
        why: String,
    },
    /// Whether privacy mode hides plain messages where the bot is no administrator.
    Privacy {
        /// It is off.
        off: bool,
    },
    /// Updates go to a webhook instead of us.
    Webhook {
        /// Where to; empty: none is set.
        url: String,
    },
    /// Updates are delivered to us, as they should be.
    OwnWebhook {
        /// How many wait at Telegram.
        waiting: u64,
    },
    /// Polling works, or why it doesn't.
    Receiving {
        /// Why not.
        trouble: Option<String>,
        /// When Telegram last answered.
        last_answer: Option<DateTime<Utc>>,
    },
    /// Seconds between our clock and the server's.
    Clock {
        /// Ours minus theirs.
        skew_seconds: i64,
    },
    /// Free room on the disk.
    Disk {
        /// Megabytes.
        free_mb: u64,
        /// Warn below this.
        least_mb: u64,
    },
    /// Updates that a decision couldn't digest.
    Quarantine {
        /// How many.
        updates: usize,
    },
    /// Admins who can't be written to.
    UnreachableAdmins {
        /// How many.
        admins: usize,
    },
    /// Teachers without an account.
    NoAccount {
        /// How many.
        teachers: usize,
    },
    /// Groups in which no plain message was seen.
    SilentGroups {
        /// Their titles.
        titles: Vec<String>,
    },
    /// Groups without anybody who counts.
    EmptyGroups {
        /// Their titles.
        titles: Vec<String>,
    },
    /// How the user session does, where there is to be one.
    Session {
        /// Its line.
        state: LineState,
    },
    /// Groups that are gone.
    GoneGroups {
        /// Their titles.
        titles: Vec<String>,
    },
}

impl Finding {
    /// How bad it is.
    pub fn level(&self) -> Level {
        let ok_unless = |bad: bool, level: Level| if bad { level } else { Level::Ok };
        match self {
            Finding::Of { .. } | Finding::Bot { .. } | Finding::OwnWebhook { .. } => Level::Ok,
            Finding::BadToken | Finding::NotAtWork { .. } | Finding::Unreachable { .. } => Level::Error,
            Finding::Privacy { off } => ok_unless(!off, Level::Warning),
            Finding::Webhook { url } => ok_unless(!url.is_empty(), Level::Error),
            Finding::Receiving { trouble, .. } => ok_unless(trouble.is_some(), Level::Error),
            Finding::Clock { skew_seconds } => ok_unless(skew_seconds.abs() > 30, Level::Warning),
            Finding::Disk { free_mb, least_mb } => ok_unless(free_mb < least_mb, Level::Warning),
            Finding::Session { state: LineState::NotConfigured | LineState::Up { .. } } => Level::Ok,
            Finding::Session { state: LineState::Dead { .. } } => Level::Error,
            Finding::Session { state: LineState::NotLoggedIn | LineState::Connecting { .. } | LineState::Waiting { .. } } => {
                Level::Warning
            }
            Finding::Quarantine { updates } => ok_unless(*updates > 0, Level::Warning),
            Finding::UnreachableAdmins { admins } => ok_unless(*admins > 0, Level::Warning),
            Finding::NoAccount { teachers } => ok_unless(*teachers > 0, Level::Warning),
            Finding::SilentGroups { titles } | Finding::EmptyGroups { titles } | Finding::GoneGroups { titles } => {
                ok_unless(!titles.is_empty(), Level::Warning)
            }
        }
    }
}

/// The figures beside the findings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Teachers who count, and all.
    pub teachers: (usize, usize),
    /// Groups that count, and all.
    pub groups: (usize, usize),
    /// Days with a file.
    pub days: usize,
    /// When an update was last received.
    pub last_update: Option<DateTime<Utc>>,
    /// When something was last committed.
    pub last_commit: Option<DateTime<Utc>>,
    /// Bytes in the journal.
    pub journal_bytes: u64,
    /// Work that waits in the outbox.
    pub outbox: usize,
    /// Seconds since the start.
    pub uptime_seconds: u64,
    /// The release.
    pub version: &'static str,
}

/// Everything that was found out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnosis {
    /// The figures.
    pub figures: Figures,
    /// What was looked at, in order.
    pub findings: Vec<Finding>,
}

impl Diagnosis {
    /// The same, with what the store says of itself.
    pub fn with_store(mut self, last_commit: Option<DateTime<Utc>>, journal_bytes: u64) -> Self {
        self.figures.last_commit = last_commit;
        self.figures.journal_bytes = journal_bytes;
        self
    }

    /// The worst of it.
    pub fn level(&self) -> Level {
        self.findings.iter().map(Finding::level).max().unwrap_or(Level::Ok)
    }
}
