//! An assistant that people ask in their own words: whose it is, and what it has used.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{
    event::Place,
    ids::{MessageId, UserId},
};

/// Who may talk to a bot's assistant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whom {
    /// Nobody: there is none.
    #[default]
    Nobody,
    /// Admins.
    Admins,
    /// Admins, and about their own figures teachers and members of study communities.
    Members,
}

/// One bot's assistant, as the operator has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Assistant {
    /// Who may talk to it.
    pub whom: Whom,
    /// Whether it answers in groups where it is named.
    pub in_groups: bool,
    /// How many tokens it may use on a local day.
    pub daily_tokens: u64,
}

/// What a bot's assistant has used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// The local day.
    pub day: NaiveDate,
    /// Tokens, questions and answers together, as providers say.
    pub tokens: u64,
}

impl Spent {
    /// So many tokens more on `day`; another day begins anew.
    pub fn and(before: Option<Self>, day: NaiveDate, tokens: u64) -> Self {
        Self { day, tokens: Self::on(before, day).saturating_add(tokens) }
    }

    /// Tokens used on `day`.
    pub fn on(spent: Option<Self>, day: NaiveDate) -> u64 {
        spent.filter(|spent| spent.day == day).map_or(0, |spent| spent.tokens)
    }
}

/// Why a model gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ModelFault {
    /// Its quota is used up.
    Quota,
    /// It doesn't take our key.
    Key,
    /// It refuses the request.
    Refused,
    /// It is broken.
    Server,
    /// It is silent.
    Slow,
    /// It can't be reached.
    Network,
    /// What it says isn't what it should be.
    Malformed,
}

impl ModelFault {
    /// Its label in metrics.
    pub fn label(self) -> &'static str {
        match self {
            Self::Quota => "quota",
            Self::Key => "key",
            Self::Refused => "refused",
            Self::Server => "server",
            Self::Slow => "slow",
            Self::Network => "network",
            Self::Malformed => "malformed",
        }
    }
}

/// Something that somebody asked an assistant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Who asks.
    pub user: UserId,
    /// Where to answer.
    pub to: Place,
    /// In a group: the message to reply to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    /// Their words.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Question {
    /// The longest one, in characters.
    pub const LONGEST: usize = 2_000;
    /// How many of one person may wait.
    pub const WAITING: usize = 3;

    /// Whether it was asked in a group.
    pub fn is_in_group(&self) -> bool {
        self.to.chat.0 < 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_a_budget_of_its_own() {
        let day = |n| NaiveDate::from_ymd_opt(2026, 1, n).expect("a date");
        let spent = Spent::and(Some(Spent::and(None, day(1), 5)), day(1), 7);
        assert_eq!((Spent::on(Some(spent), day(1)), Spent::on(Some(spent), day(2))), (12, 0));
        assert_eq!(Spent::and(Some(spent), day(2), 3), Spent { day: day(2), tokens: 3 });
        assert_eq!(Spent::and(Some(spent), day(1), u64::MAX).tokens, u64::MAX);
    }
}
