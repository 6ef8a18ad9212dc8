//! What a dialogue about study time asks, and has been told so far.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::{ids::ChatId, presence::Who};

/// One thing about a community that its admin decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// When boards are posted.
    Times,
    /// Whose midnight counts.
    Zone,
    /// What weeks and months are.
    Periods,
    /// The language of posts.
    Lang,
    /// How long a visit counts at all.
    Gate,
    /// Who posts.
    Poster,
    /// Where.
    Target,
    /// What becomes of missed boards.
    Missed,
    /// Whether muted stays count.
    Muted,
    /// How much counts on a day.
    Cap,
    /// Whether bots count.
    Bots,
    /// Whether a picture goes with the board.
    Picture,
}

impl Setting {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Setting; 12] = [
        Self::Times,
        Self::Zone,
        Self::Periods,
        Self::Lang,
        Self::Target,
        Self::Poster,
        Self::Missed,
        Self::Gate,
        Self::Cap,
        Self::Muted,
        Self::Bots,
        Self::Picture,
    ];
}

/// The open question about study time, with the answers before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StudyStep {
    /// A setting's value.
    Setting {
        /// Of which community.
        chat: ChatId,
        /// Which setting.
        setting: Setting,
    },
    /// A part of a member's name.
    FindMember {
        /// Where.
        chat: ChatId,
    },
    /// What was looked for, while its findings are looked at.
    FoundMembers {
        /// Where.
        chat: ChatId,
        /// As typed.
        query: String,
    },
    /// A correction: on which day?
    CorrectionDay {
        /// Where.
        chat: ChatId,
        /// For whom.
        who: Who,
    },
    /// A correction: how much?
    CorrectionAmount {
        /// Where.
        chat: ChatId,
        /// For whom.
        who: Who,
        /// Answered.
        day: NaiveDate,
    },
    /// A correction: why?
    CorrectionReason {
        /// Where.
        chat: ChatId,
        /// For whom.
        who: Who,
        /// Answered.
        day: NaiveDate,
        /// Answered.
        seconds: i32,
    },
    /// A correction: is it right so?
    CorrectionSummary {
        /// Where.
        chat: ChatId,
        /// For whom.
        who: Who,
        /// Answered.
        day: NaiveDate,
        /// Answered.
        seconds: i32,
        /// Answered.
        reason: String,
    },
    /// A member's own goal for each day.
    Goal {
        /// Where.
        chat: ChatId,
    },
}

impl StudyStep {
    /// Which community it is about.
    pub fn chat(&self) -> ChatId {
        match self {
            Self::Setting { chat, .. }
            | Self::FindMember { chat }
            | Self::FoundMembers { chat, .. }
            | Self::CorrectionDay { chat, .. }
            | Self::CorrectionAmount { chat, .. }
            | Self::CorrectionReason { chat, .. }
            | Self::CorrectionSummary { chat, .. }
            | Self::Goal { chat } => *chat,
        }
    }
}
