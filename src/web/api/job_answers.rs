//! What is sent and taken about jobs and announcements. Fields may be added; none is renamed or removed within `v1`.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A background job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub(crate) struct JobAnswer {
    #[schema(example = "digest-1")]
    pub(super) id: String,
    /// `boards`, `exports`, `groups`, `chats`, `digest`, `backup`, `announcement` or `collection`.
    #[schema(example = "digest")]
    pub(super) sort: String,
    /// `pending`, `running`, `completed`, `failed` or `stopped`.
    #[schema(example = "completed")]
    pub(super) state: String,
    /// So many things of the last run are done.
    pub(super) done: u64,
    /// Of so many; 0: nobody knows.
    pub(super) total: u64,
    pub(super) last_run: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub(super) last_error: Option<String>,
    pub(super) next_run: Option<DateTime<Utc>>,
    /// When it runs again and again.
    #[schema(example = "0 9 * * MON")]
    pub(super) cron: Option<String>,
    /// Whose clocks are meant.
    #[schema(example = "Asia/Tashkent")]
    pub(super) time_zone: Option<String>,
}

/// What became of an announcement in one chat.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(crate) struct DeliveryAnswer {
    pub(super) number: u32,
    #[schema(example = -1001234567890_i64)]
    pub(super) chat_id: i64,
    pub(super) topic_id: Option<i64>,
    /// Of a registered group.
    pub(super) title: Option<String>,
    /// `waiting`, `sending`, `sent`, `failed`, `unsure` (nobody knows whether it arrived) or `cancelled`.
    #[schema(example = "sent")]
    pub(super) state: String,
    /// Of the last message that arrived.
    pub(super) message_id: Option<i64>,
    /// In Telegram's words, where it failed.
    pub(super) why: Option<String>,
}

/// A report that comes by itself, or a backup that writes itself.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewJob {
    /// Minute, hour, day of month, month, day of week. Without it: when somebody starts it.
    #[serde(default)]
    #[schema(example = "0 9 * * MON", max_length = 100)]
    pub(super) cron: Option<String>,
    /// Whose clocks are meant; the program's own without it.
    #[serde(default)]
    #[schema(example = "Asia/Tashkent")]
    pub(super) time_zone: Option<String>,
    /// To this chat; to each admin without it.
    #[serde(default)]
    #[schema(example = -1001234567890_i64)]
    pub(super) chat_id: Option<i64>,
    /// To this topic of it.
    #[serde(default)]
    pub(super) topic_id: Option<i64>,
    #[serde(default)]
    pub(super) format: Format,
    #[serde(default)]
    pub(super) period: Period,
    /// Only this group.
    #[serde(default)]
    #[schema(example = -1001234567890_i64, maximum = -1)]
    pub(super) group: Option<i64>,
    /// Instead of a report; of the others only the times are given then.
    #[serde(default)]
    pub(super) backup: Option<NewBackup>,
    /// Instead of a report: what groups' histories have of these days and no update told of is counted, once; `group` says of which
    /// one.
    #[serde(default)]
    pub(super) backfill: Option<NewBackfill>,
    /// Instead of a report: public channels are collected.
    #[serde(default)]
    pub(super) collection: Option<NewCollection>,
}

/// Public channels that the user session reads.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCollection {
    /// Names or links.
    #[schema(min_items = 1, max_items = 1000, example = json!(["alpha", "https://t.me/beta"]))]
    pub(super) channels: Vec<String>,
    /// Into this folder of the server, by its whole path; without it into one below `EXPORT_DIR/channels` that is called by the first channel.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub(super) dir: Option<String>,
    /// Only messages of this day and later.
    #[serde(default)]
    #[schema(example = "2026-01-01")]
    pub(super) from: Option<NaiveDate>,
    /// Only messages of this day and earlier.
    #[serde(default)]
    #[schema(example = "2026-01-31")]
    pub(super) to: Option<NaiveDate>,
    /// Only so many messages of each, the newest.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub(super) limit: Option<u64>,
    /// What was written below posts as well.
    #[serde(default)]
    pub(super) comments: bool,
    /// From channel to channel so many times, along forwards.
    #[serde(default)]
    #[schema(maximum = 5)]
    pub(super) snowball: u32,
}

/// Days that the user session reads in groups that it is in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBackfill {
    #[schema(example = "2026-01-01")]
    pub(super) since: NaiveDate,
    /// The last day; without it up to now.
    #[serde(default)]
    #[schema(example = "2026-01-31")]
    pub(super) until: Option<NaiveDate>,
}

/// A copy of the data directory.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBackup {
    /// Into this folder of the server: its whole path, outside the data.
    #[schema(example = "/var/backups/rollcall", max_length = 1000)]
    pub(super) dir: String,
    /// So many are kept.
    #[serde(default = "kept")]
    #[schema(example = 7, minimum = 1, maximum = 1000)]
    pub(super) keep: u32,
}

fn kept() -> u32 {
    7
}

/// As what a report comes.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    Text,
    Picture,
    #[default]
    Workbook,
    Csv,
}

/// About which days, as seen from the day on which it is due.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Period {
    Yesterday,
    #[default]
    LastWeek,
    LastMonth,
    #[serde(rename = "last-7-days")]
    Last7Days,
    #[serde(rename = "last-30-days")]
    Last30Days,
}

/// When a job runs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JobTimes {
    /// Minute, hour, day of month, month, day of week; null: only when somebody starts it.
    #[schema(example = "0 9 * * MON", max_length = 100)]
    pub(super) cron: Option<String>,
    /// Whose clocks are meant; the program's own without it.
    #[serde(default)]
    #[schema(example = "Asia/Tashkent")]
    pub(super) time_zone: Option<String>,
}

/// What is sent again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Again {
    /// Also where nobody knows whether it arrived: it may come twice there.
    #[serde(default)]
    pub(super) unsure_too: bool,
}

/// A message to send. To whom: exactly one of `chat_id`, `chats`, `all`, `matching`, `preview`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMessage {
    /// The text; under the file, where there is one and it fits. Longer than 4096 it comes as several messages.
    #[serde(default)]
    #[schema(example = "School is closed on Friday.", max_length = 20000)]
    pub(super) text: String,
    /// How it is marked up; without it it comes as it is.
    #[serde(default)]
    pub(super) parse_mode: Option<ParseMode>,
    /// To this chat.
    #[serde(default)]
    #[schema(example = -1001234567890_i64)]
    pub(super) chat_id: Option<i64>,
    /// To this topic of it.
    #[serde(default)]
    pub(super) topic_id: Option<i64>,
    /// To these.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub(super) chats: Vec<Target>,
    /// To every registered group.
    #[serde(default)]
    pub(super) all: bool,
    /// To every registered group with this in its title.
    #[serde(default)]
    #[schema(example = "Grade", max_length = 100)]
    pub(super) matching: Option<String>,
    /// Only to the first admin, to look at it first.
    #[serde(default)]
    pub(super) preview: bool,
    /// Not before; now without it.
    #[serde(default)]
    pub(super) send_at: Option<DateTime<Utc>>,
    /// Without a sound.
    #[serde(default)]
    pub(super) silent: bool,
    /// A photo above the text.
    #[serde(default)]
    pub(super) photo: Option<SentFile>,
    /// A file with the text under it.
    #[serde(default)]
    pub(super) document: Option<SentFile>,
}

/// As Telegram names them. Markdown that Telegram can't read comes as it is.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub(crate) enum ParseMode {
    Markdown,
    MarkdownV2,
    #[serde(rename = "HTML")]
    Html,
}

/// A chat or a topic.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Target {
    #[schema(example = -1001234567890_i64)]
    pub(super) chat_id: i64,
    #[serde(default)]
    pub(super) topic_id: Option<i64>,
}

/// A file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SentFile {
    /// As those who get it see it.
    #[schema(example = "timetable.pdf", min_length = 1, max_length = 120)]
    pub(super) name: String,
    /// Its content in Base64, 9 MB at most.
    #[schema(example = "JVBERi0xLjQ=")]
    pub(super) base64: String,
}
