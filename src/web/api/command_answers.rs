//! What is sent and taken about commands. Fields may be added; none is renamed or removed within `v1`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A command that an admin defined.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Command)]
pub(crate) struct CommandAnswer {
    /// Without the slash.
    #[schema(example = "news")]
    pub(super) name: String,
    /// What lists say of it, by language (`en`, `uz`, `ru`).
    pub(super) descriptions: BTreeMap<String, String>,
    /// What it answers; `null` where it reads a feed.
    #[schema(example = "Hi {name}, the bus leaves at 15:00.")]
    pub(super) text: Option<String>,
    /// The feed that it reads.
    pub(super) feed: Option<FeedAnswer>,
    /// Whether it answers.
    pub(super) enabled: bool,
    /// Its place in lists, from 0.
    pub(super) place: u32,
    pub(super) answers: Where,
    /// Only by this bot; `null`: by every one.
    pub(super) bot_id: Option<i64>,
    /// How often it was answered today, by the program's own clocks.
    pub(super) used_today: u64,
    /// On the last 7 days, today included.
    pub(super) used_7_days: u64,
    /// On the last 30 days.
    pub(super) used_30_days: u64,
    pub(super) made: Option<DateTime<Utc>>,
}

/// A feed, and how it was when it was last asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Feed)]
pub(crate) struct FeedAnswer {
    #[schema(example = "https://school.example/rss")]
    pub(super) url: String,
    /// How many items are shown.
    pub(super) items: u8,
    /// When its source was last asked.
    pub(super) asked: Option<DateTime<Utc>>,
    /// When it last answered.
    pub(super) answered: Option<DateTime<Utc>>,
    /// Why it didn't when it was last asked.
    pub(super) fault: Option<String>,
}

/// In which chats a command answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Where {
    Private,
    Groups,
    #[default]
    Both,
}

/// Descriptions by language.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Descriptions {
    #[serde(default)]
    #[schema(example = "The school bus", max_length = 256)]
    pub(super) en: Option<String>,
    #[serde(default)]
    #[schema(max_length = 256)]
    pub(super) uz: Option<String>,
    #[serde(default)]
    #[schema(max_length = 256)]
    pub(super) ru: Option<String>,
}

/// A new command: with a text, or with a feed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCommand {
    #[schema(example = "bus", max_length = 33)]
    pub(super) name: String,
    /// In one language at least.
    pub(super) descriptions: Descriptions,
    /// `{name}`, `{group}`, `{members}`, `{date}`, `{time}`, `{weekday}` and `{bot}` stand for what is so when somebody asks.
    #[serde(default)]
    #[schema(example = "Hi {name}, the bus leaves at 15:00.", max_length = 3000)]
    pub(super) text: Option<String>,
    /// The address of an RSS or Atom feed.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub(super) feed_url: Option<String>,
    /// How many of its items are shown: 5 without it.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 10)]
    pub(super) items: Option<u8>,
    #[serde(default)]
    pub(super) answers: Where,
    /// Only by this bot.
    #[serde(default)]
    pub(super) bot_id: Option<i64>,
    /// Whether it answers from the beginning.
    #[serde(default)]
    pub(super) enabled: Option<bool>,
}

/// What of a command is different from now on; what isn't named stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommandEdit {
    /// An empty one is taken away.
    #[serde(default)]
    pub(super) descriptions: Descriptions,
    #[serde(default)]
    #[schema(max_length = 3000)]
    pub(super) text: Option<String>,
    #[serde(default)]
    #[schema(max_length = 500)]
    pub(super) feed_url: Option<String>,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 10)]
    pub(super) items: Option<u8>,
    #[serde(default)]
    pub(super) answers: Option<Where>,
    /// Only by this bot; 0: by every one.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub(super) bot_id: Option<i64>,
    #[serde(default)]
    pub(super) enabled: Option<bool>,
    /// Its place in lists, from 0.
    #[serde(default)]
    #[schema(example = 0)]
    pub(super) place: Option<u32>,
}
