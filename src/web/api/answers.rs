//! What is sent and taken, as the document describes it. Fields may be added; none is renamed or removed within `v1`.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A registered teacher.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Teacher {
    /// Own id, 3 to 16 of A-Z a-z 0-9.
    #[schema(example = "T001")]
    pub(super) teacher_id: String,
    #[schema(example = "Ann Lee")]
    pub(super) full_name: String,
    /// Telegram ids, the first one first.
    #[schema(example = json!([123456789]))]
    pub(super) accounts: Vec<i64>,
    /// Whether their messages count.
    pub(super) active: bool,
    /// When registered; null where another program didn't say.
    pub(super) created_at: Option<DateTime<Utc>>,
    /// Chat ids of the groups in which they are counted.
    #[schema(example = json!([-1001234567890_i64]))]
    pub(super) groups: Vec<i64>,
}

/// A teacher to register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTeacher {
    /// 2 to 64 characters.
    #[schema(example = "Ann Lee", min_length = 2, max_length = 64)]
    pub(super) full_name: String,
    /// Own id; one is made up without it.
    #[serde(default)]
    #[schema(example = "T001", pattern = "^[A-Za-z0-9]{3,16}$")]
    pub(super) teacher_id: Option<String>,
    /// Telegram id, where it is known.
    #[serde(default)]
    #[schema(example = 123456789, minimum = 1)]
    pub(super) account: Option<i64>,
}

/// What is to be changed of a teacher; the rest stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TeacherChange {
    /// 2 to 64 characters.
    #[serde(default)]
    #[schema(example = "Ann Lee-Smith", min_length = 2, max_length = 64)]
    pub(super) full_name: Option<String>,
    /// Whether their messages count.
    #[serde(default)]
    pub(super) active: Option<bool>,
}

/// What an account is to a teacher.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountPlace {
    /// `first`: instead of the one before; `further`: beside the others.
    pub(super) place: Place,
}

/// Where an account stands among a teacher's.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    First,
    Further,
}

/// A registered group.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Group {
    /// At Telegram.
    #[schema(example = -1001234567890_i64)]
    pub(super) chat_id: i64,
    #[schema(example = "Grade 7-A")]
    pub(super) title: String,
    /// Whether it is switched on.
    pub(super) enabled: bool,
    /// Whether messages count: it is on, and the bot is there.
    pub(super) counts: bool,
    /// An admin chose the title.
    pub(super) renamed: bool,
    /// When registered; null where another program didn't say.
    pub(super) created_at: Option<DateTime<Utc>>,
    /// Since when the bot is no longer there.
    pub(super) gone_since: Option<DateTime<Utc>>,
    /// How many teachers are counted there.
    pub(super) teachers: usize,
}

/// A group to register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewGroup {
    /// At Telegram: a negative number.
    #[schema(example = -1001234567890_i64, maximum = -1)]
    pub(super) chat_id: i64,
    /// Until Telegram says another.
    #[schema(example = "Grade 7-A", min_length = 1, max_length = 255)]
    pub(super) title: String,
}

/// What is to be changed of a group; the rest stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupChange {
    /// Whether messages count.
    #[serde(default)]
    pub(super) enabled: Option<bool>,
    /// In reports, whatever Telegram says.
    #[serde(default)]
    #[schema(example = "Grade 7-A", min_length = 1, max_length = 255)]
    pub(super) title: Option<String>,
}

/// A teacher is counted in a group.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Assignment {
    #[schema(example = "T001")]
    pub(super) teacher_id: String,
    #[schema(example = -1001234567890_i64)]
    pub(super) chat_id: i64,
}

/// Sums of messages.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Sums {
    /// The first local day.
    pub(super) from: NaiveDate,
    /// The last one.
    pub(super) to: NaiveDate,
    /// Whose midnight separates the days.
    #[schema(example = "Asia/Tashkent")]
    pub(super) time_zone: String,
    /// What the sums are made for: `day`, `teacher`, `group` or `kind`.
    #[schema(example = "day")]
    pub(super) by: String,
    /// Of the six kinds that count.
    pub(super) total: u64,
    pub(super) sums: Vec<Sum>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Sum {
    /// The day, the id, or the kind.
    #[schema(example = "2026-01-26")]
    pub(super) key: String,
    /// The teacher's name or the group's title.
    #[schema(example = "Ann Lee")]
    pub(super) name: Option<String>,
    /// Of the six kinds that count; of a kind beside them, how many there were.
    #[schema(example = 42)]
    pub(super) total: u64,
    /// By kind, where not 0; not for days.
    #[schema(example = json!({ "text": 40, "photo": 2 }))]
    pub(super) kinds: BTreeMap<String, u64>,
}

/// A group whose voice chats are or were watched.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Community {
    #[schema(example = -1001234567890_i64)]
    pub(super) chat_id: i64,
    #[schema(example = "Study together")]
    pub(super) title: String,
    /// Whether its calls are watched now.
    pub(super) watched: bool,
    /// Whose midnight separates its days.
    #[schema(example = "Asia/Tashkent")]
    pub(super) time_zone: String,
    /// When its boards are posted, local.
    #[schema(example = json!(["21:30"]))]
    pub(super) times: Vec<String>,
    /// How many sit in its calls now.
    pub(super) present: usize,
    /// The board that was last posted.
    pub(super) last_posted: Option<DateTime<Utc>>,
}

/// A leaderboard.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Board {
    pub(super) chat_id: i64,
    /// The local day that it is about.
    pub(super) day: NaiveDate,
    /// Which day that is, counted from the community's first one, from 1.
    pub(super) number: i64,
    #[schema(example = "Asia/Tashkent")]
    pub(super) time_zone: String,
    /// Until when what happened is in it.
    pub(super) until: DateTime<Utc>,
    /// Day, week and month.
    pub(super) blocks: Vec<Block>,
}

/// One of a board's lists.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Block {
    /// `day`, `week` or `month`.
    #[schema(example = "week")]
    pub(super) scope: String,
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
    /// The first ten places.
    pub(super) places: Vec<Ranked>,
}

/// A place on a board.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Ranked {
    #[schema(example = 1)]
    pub(super) rank: usize,
    /// The person's account; null where they asked not to be named.
    pub(super) who: Option<i64>,
    /// `@username` or a name; null where they asked not to be named.
    #[schema(example = "@ann")]
    pub(super) name: Option<String>,
    #[schema(example = 5400)]
    pub(super) seconds: u64,
}

/// Somebody's unbroken presence in a voice chat.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Session {
    /// The community.
    pub(super) chat_id: i64,
    /// Which call, at Telegram.
    pub(super) call_id: i64,
    /// The account (positive), or a channel that somebody joined as (negative).
    pub(super) who: i64,
    pub(super) joined: DateTime<Utc>,
    /// Null while it goes on.
    pub(super) left: Option<DateTime<Utc>>,
    /// From joining to leaving; so far, while it goes on. Gates, aliases and corrections are not in it: boards have those.
    pub(super) seconds: i64,
    /// Whether they were muted whenever somebody looked.
    pub(super) muted: bool,
    /// How its end is known: `observed`, `call_ended`, `polled`, `rejoined` or `inferred`.
    #[schema(example = "observed")]
    pub(super) end: Option<String>,
    #[serde(skip)]
    pub(super) cursor: String,
}

/// A line of the log.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Entry {
    /// Ascending.
    pub(super) number: u64,
    pub(super) at: DateTime<Utc>,
    /// `"terminal"`, `{"telegram": id}`, `{"session": id}` or `{"key": {"id": …, "name": …}}`.
    #[schema(value_type = Value, example = json!({ "telegram": 123456789 }))]
    pub(super) by: serde_json::Value,
    /// What was done, with the ids that it concerned.
    #[schema(value_type = Object, example = json!({ "action": "teacher_renamed", "teacher": "T001", "name": "Ann Lee" }))]
    pub(super) did: serde_json::Value,
}

/// How the program is doing.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Status {
    #[schema(example = "0.1.0")]
    pub(super) version: String,
    /// The program's clock.
    pub(super) now: DateTime<Utc>,
    #[schema(example = "Asia/Tashkent")]
    pub(super) time_zone: String,
    pub(super) up_seconds: u64,
    pub(super) healthy: bool,
    /// In a sentence.
    #[schema(example = "receiving")]
    pub(super) health: String,
    /// How far the numbers go; null where nothing was ever committed.
    pub(super) as_of: Option<DateTime<Utc>>,
    /// Who count.
    pub(super) active_teachers: usize,
    /// That count.
    pub(super) counting_groups: usize,
    /// Work that waits to be done.
    pub(super) waiting_work: usize,
    /// Ids of the bots at work.
    pub(super) bots: Vec<i64>,
    /// The user session: `not_configured`, `not_logged_in`, `connecting`, `up`, `waiting` or `dead`.
    #[schema(example = "up")]
    pub(super) session: String,
}

/// How a bot is doing.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BotStatus {
    pub(super) bot_id: i64,
    pub(super) healthy: bool,
    /// In a sentence.
    #[schema(example = "receiving")]
    pub(super) health: String,
    /// `polling` or `webhook`.
    #[schema(example = "polling")]
    pub(super) mode: String,
}

/// What Telegram says of a webhook.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Webhook {
    pub(super) bot_id: i64,
    /// `polling` or `webhook`: how this program receives.
    #[schema(example = "webhook")]
    pub(super) mode: String,
    /// Null where none is set.
    pub(super) url: Option<String>,
    /// Updates that wait.
    pub(super) pending_updates: u64,
    pub(super) last_error_at: Option<DateTime<Utc>>,
    /// In Telegram's words.
    pub(super) last_error: Option<String>,
}

/// Where a webhook leads now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WebhookSet {
    #[schema(example = "https://bot.example.org/telegram/webhook/110201543/")]
    pub(super) url: String,
}

/// Why a request isn't done (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    #[schema(example = "about:blank")]
    r#type: String,
    #[schema(example = "Not Found")]
    title: String,
    #[schema(example = 404)]
    status: u16,
    /// What to do next.
    #[schema(example = "There is no teacher T009; GET /api/v1/teachers lists all.")]
    detail: String,
}
