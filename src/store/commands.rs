//! The files of commands: `commands/`. Who wrote to the admins stands in them, so nobody else may read them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::files::{parse, pretty};
use crate::domain::commands::{CommandChange, CommandName, Commands, Custom, Feedback, FeedbackId, Spent};

/// A file in `commands/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CommandFile {
    /// `commands/commands.json`
    Defined,
    /// `commands/used.json`
    Used,
    /// `commands/feeds.json`
    Feeds,
    /// `commands/feedback.json`
    Feedback,
}

/// What `commands/commands.json` holds.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Defined {
    contact: Option<String>,
    commands: BTreeMap<CommandName, Custom>,
}

/// What `commands/feedback.json` holds.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Written {
    /// The next number.
    next: FeedbackId,
    feedback: BTreeMap<FeedbackId, Feedback>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    spent: BTreeMap<u64, Spent>,
}

impl CommandFile {
    /// The file that a change concerns.
    pub(super) fn of(change: &CommandChange) -> Self {
        match change {
            CommandChange::Custom(..) | CommandChange::Contact(_) => Self::Defined,
            CommandChange::Used(..) => Self::Used,
            CommandChange::Feed(..) => Self::Feeds,
            CommandChange::Feedback(..) | CommandChange::Spent(..) => Self::Feedback,
        }
    }

    /// Where it is, below the data directory.
    pub(super) fn relative(self) -> &'static str {
        match self {
            Self::Defined => "commands/commands.json",
            Self::Used => "commands/used.json",
            Self::Feeds => "commands/feeds.json",
            Self::Feedback => "commands/feedback.json",
        }
    }

    /// Copies what it holds.
    pub(super) fn copy(self, from: &Commands, to: &mut Commands) {
        match self {
            Self::Defined => (to.custom, to.contact) = (from.custom.clone(), from.contact.clone()),
            Self::Used => to.used = from.used.clone(),
            Self::Feeds => to.feeds = from.feeds.clone(),
            Self::Feedback => {
                (to.feedback, to.next_feedback) = (from.feedback.clone(), from.next_feedback);
                to.spent = from.spent.clone();
            }
        }
    }

    /// Its content now.
    pub(super) fn render(self, commands: &Commands) -> Vec<u8> {
        match self {
            Self::Defined => pretty(&Defined { contact: commands.contact.clone(), commands: commands.custom.clone() }),
            Self::Used => pretty(&commands.used),
            Self::Feeds => pretty(&commands.feeds),
            Self::Feedback => {
                let (next, feedback, spent) = (commands.next_feedback, commands.feedback.clone(), commands.spent.clone());
                pretty(&Written { next, feedback, spent })
            }
        }
    }

    /// Takes its content.
    pub(super) fn load(self, bytes: &[u8], commands: &mut Commands) -> Result<(), String> {
        match self {
            Self::Defined => {
                let Defined { contact, commands: custom } = parse(bytes)?;
                (commands.custom, commands.contact) = (custom, contact);
            }
            Self::Used => commands.used = parse(bytes)?,
            Self::Feeds => commands.feeds = parse(bytes)?,
            Self::Feedback => {
                let Written { next, feedback, spent } = parse(bytes)?;
                (commands.feedback, commands.next_feedback, commands.spent) = (feedback, next, spent);
            }
        }
        Ok(())
    }
}
