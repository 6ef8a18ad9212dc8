//! A study community as its admin has it: what is watched, how it is counted, where boards go; and its members.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::{ChatId, TopicId, UserId},
    lang::Lang,
    presence::Who,
};

/// A group whose voice chats are watched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Community {
    /// The group's title, followed when it changes.
    pub title: String,
    /// Whether its calls are watched and its boards posted.
    pub watched: bool,
    /// Since which local day it is watched: no board is due for an earlier one.
    pub since: NaiveDate,
    /// When watching began again after a rest: what was before isn't counted, though Telegram would tell who sat there already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumed: Option<DateTime<Utc>>,
    /// Whose midnight separates its days.
    pub zone: Tz,
    /// The language of its posts.
    pub lang: Lang,
    /// When its boards are posted, local; ascending. The last one of a day is the day's board that is made up for.
    pub times: Vec<NaiveTime>,
    /// Where they are posted.
    pub target: Target,
    /// What weeks and months are.
    pub periods: Periods,
    /// Segments within one call count once they come to so many seconds.
    pub gate_seconds: u32,
    /// What else doesn't count.
    #[serde(default)]
    pub filters: Filters,
    /// What becomes of boards that could not be posted in time.
    #[serde(default)]
    pub missed: MissedPosts,
    /// Whether a picture of the board goes with it.
    #[serde(default)]
    pub picture: bool,
    /// The longest call so far, in days rounded up: how far around a period one must look for stays that count in it.
    #[serde(default)]
    pub reach_days: u32,
    /// Fields of other releases.
    #[serde(flatten)]
    pub other: BTreeMap<String, serde_json::Value>,
}

impl Community {
    /// Segments within a call count from five minutes on.
    pub const USUAL_GATE: u32 = 300;

    /// A group that is watched from today on, as groups usually are: one board a day at 21:30, posted there by the bot.
    pub fn new(chat: ChatId, title: String, zone: Tz, lang: Lang, today: NaiveDate) -> Self {
        Self {
            title,
            watched: true,
            since: today,
            resumed: None,
            zone,
            lang,
            times: vec![NaiveTime::from_hms_opt(21, 30, 0).expect("a time of day")],
            target: Target { chat, topic: None, by: Poster::Bot },
            periods: Periods::Anchored(today),
            gate_seconds: Self::USUAL_GATE,
            filters: Filters::default(),
            missed: MissedPosts::default(),
            picture: false,
            reach_days: 0,
            other: BTreeMap::new(),
        }
    }
}

impl Periods {
    /// The day from which days are numbered.
    pub fn first_day(self) -> NaiveDate {
        match self {
            Self::Anchored(first) | Self::Calendar(first) | Self::Rolling(first) => first,
        }
    }

    /// The same sort, numbered from another day.
    pub fn from_day(self, first: NaiveDate) -> Self {
        match self {
            Self::Anchored(_) => Self::Anchored(first),
            Self::Calendar(_) => Self::Calendar(first),
            Self::Rolling(_) => Self::Rolling(first),
        }
    }
}

/// Where boards are posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The group or channel.
    pub chat: ChatId,
    /// The forum topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
    /// By whom.
    #[serde(default)]
    pub by: Poster,
}

/// Who posts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Poster {
    /// The bot.
    #[default]
    Bot,
    /// The user session: a repeated attempt can't come twice.
    Session,
}

/// What weeks and months are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Periods {
    /// Blocks of 7 and 30 days from this day on.
    Anchored(NaiveDate),
    /// ISO weeks and calendar months. Days are numbered from this day on.
    Calendar(NaiveDate),
    /// The last 7 and 30 days. Days are numbered from this day on.
    Rolling(NaiveDate),
}

/// What doesn't count, besides short visits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filters {
    /// Stays that were muted from beginning to end.
    #[serde(default)]
    pub skip_muted: bool,
    /// More than so many minutes a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_cap_minutes: Option<u32>,
    /// Bots are counted too.
    #[serde(default)]
    pub count_bots: bool,
}

/// What becomes of boards that could not be posted in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissedPosts {
    /// One for each day, in order.
    #[default]
    All,
    /// Only the last one.
    Last,
    /// None; today's is posted late all the same.
    None,
}

/// Somebody in a community.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// First and last name, or a channel's title.
    pub name: String,
    /// Without the `@`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// A program.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bot: bool,
    /// This account belongs to the person who has that one. Never a chain: the other one has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<Who>,
    /// No name in posts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opted_out: bool,
    /// When they had their data deleted: the stay that went on then is not seen any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forgotten: Option<DateTime<Utc>>,
    /// Minutes a day that they want to reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal_minutes: Option<u32>,
}

/// A username as aliases compare them: lower case, without the `@`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Alias(String);

impl Alias {
    /// Of a username as somebody wrote it.
    pub fn new(username: &str) -> Self {
        Self(username.trim().trim_start_matches('@').to_lowercase())
    }

    /// As text, without the `@`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Ascending within a community.
pub type CorrectionId = u64;

/// Time that an admin gave or took. Never deleted, only withdrawn: it is part of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// On which local day.
    pub day: NaiveDate,
    /// For whom.
    pub who: Who,
    /// How much; negative: less.
    pub seconds: i32,
    /// Why, in the admin's words.
    pub reason: String,
    /// Which admin.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who took it back, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<(UserId, DateTime<Utc>)>,
}
