//! Background jobs: what is done beside the counting, once or by a schedule, and what becomes of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::PathBuf,
    str::FromStr,
};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

pub use super::job_state::JobState;
use super::{
    audit::Actor,
    backfill::Backfill,
    collection::{Brought, Collection, CollectionStep},
    event::Place,
    ids::{BotId, ChatId, MessageId},
    job_reason::Reason,
    lang::Lang,
    map::{put, put_within},
};

/// Names a job: what it does, and a number where there may be several, such as `groups` or `digest-3`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct JobId(String);

/// Why something is no [`JobId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a job's id consists of a-z, 0-9 and -, such as digest-3")]
pub struct NoJobId;

impl JobId {
    /// The id of the `n`th of its sort.
    pub fn numbered(sort: &str, n: u64) -> Self {
        Self(format!("{sort}-{n}"))
    }

    /// One of those that there always are.
    pub(crate) fn standing(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// Not one of them but all, where they are started and stopped.
    pub fn all() -> Self {
        Self("all".to_owned())
    }

    /// Whether all are meant.
    pub fn is_all(&self) -> bool {
        *self == Self::all()
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its number; 0 for those that there always are.
    fn number(&self) -> u64 {
        self.0.rsplit_once('-').and_then(|(_, number)| number.parse().ok()).unwrap_or(0)
    }
}

impl FromStr for JobId {
    type Err = NoJobId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_ours = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if (1..=40).contains(&text.len()) && text.bytes().all(is_ours) { Ok(Self(text.to_owned())) } else { Err(NoJobId) }
    }
}

impl<'de> Deserialize<'de> for JobId {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// When a job runs again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Minute, hour, day of month, month, day of week.
    pub cron: String,
    /// Whose clocks are meant.
    pub zone: Tz,
}

/// What there is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Task {
    /// Ask for each registered group whether the bot is still there.
    Groups {},
    /// Send a report.
    Digest(Digest),
    /// Write the data directory into a file.
    Backup(Backup),
    /// Send a message to many.
    Announcement(Announcement),
    /// Collect public channels.
    Collection(Box<Collection>),
    /// Count what groups' histories have and no update told of.
    Backfill(Backfill),
}

impl Task {
    /// The sort, as ids begin and as lists have it.
    pub fn sort(&self) -> &'static str {
        match self {
            Task::Groups {} => "groups",
            Task::Digest(_) => "digest",
            Task::Backup(_) => "backup",
            Task::Announcement(_) => "announcement",
            Task::Collection(_) => "collection",
            Task::Backfill(_) => "backfill",
        }
    }
}

/// A report that comes by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// To whom.
    pub to: Recipients,
    /// As what.
    pub format: DigestFormat,
    /// About which days, as seen from the local day on which it is due.
    pub period: DigestPeriod,
    /// In which language; `None`: each admin's own, and in a chat the language of the settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
    /// Only this group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<ChatId>,
}

/// Who gets a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipients {
    /// Each admin, in private.
    Admins,
    /// This chat or topic.
    Chat(Place),
}

/// As what a digest comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DigestFormat {
    /// A message.
    Text,
    /// A picture with charts.
    Picture,
    /// An Excel workbook.
    Workbook,
    /// A CSV file.
    Csv,
}

/// The days of a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DigestPeriod {
    /// The day before.
    Yesterday,
    /// Monday to Sunday before this week.
    LastWeek,
    /// The calendar month before this one.
    LastMonth,
    /// Seven days up to the day before.
    #[serde(rename = "last-7-days")]
    Last7Days,
    /// Thirty days up to the day before.
    #[serde(rename = "last-30-days")]
    Last30Days,
}

/// A backup that is written by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// Into which folder.
    pub dir: PathBuf,
    /// How many are kept; older ones of this job's are deleted.
    pub keep: u32,
}

/// A message to many. Whom it goes to lies beside, one [`Delivery`] each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// What is sent; `None` once it has arrived everywhere, or is cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// By this bot; `None`: in each chat by the bot that works there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<BotId>,
    /// Without a sound.
    #[serde(default)]
    pub silent: bool,
}

/// What an announcement says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The text; under a file, where there is one and it fits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// How the text is marked up.
    #[serde(default)]
    pub markup: Markup,
    /// A file that goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<KeptFile>,
}

/// What people write is nobody's business in a log.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content").field("markup", &self.markup).finish_non_exhaustive()
    }
}

/// How a text is marked up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Markup {
    /// Not at all.
    #[default]
    Plain,
    /// Telegram's older Markdown.
    Markdown,
    /// Telegram's newer one.
    MarkdownV2,
    /// Telegram's HTML.
    Html,
}

/// A file that waits below `announcements/` until it has arrived everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// Its name there; empty where it lies at Telegram.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kept: String,
    /// Its name for those who get it.
    pub name: String,
    /// Shown as a photo.
    #[serde(default)]
    pub as_photo: bool,
    /// Where it lies at Telegram, because somebody sent it to a bot: then nothing is kept here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<SharedWith>,
}

/// What Telegram calls a file. The name is one bot's: another one has to be given the content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedWith {
    /// The bot.
    pub bot: BotId,
    /// The name.
    pub id: String,
}

/// One chat's share of an announcement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Where to.
    pub to: Place,
    /// How far it is.
    #[serde(flatten)]
    pub state: DeliveryState,
}

/// How far a delivery is. `parts` messages of it have certainly arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
#[expect(missing_docs, reason = "parts, times and Telegram's words are said above")]
pub enum DeliveryState {
    /// It will be sent.
    Waiting {
        #[serde(default)]
        parts: u32,
    },
    /// It is on its way: it may have arrived.
    Sending { since: DateTime<Utc>, parts: u32 },
    /// It arrived.
    Sent { message: MessageId, at: DateTime<Utc> },
    /// It certainly didn't, and won't.
    Failed { why: Reason, at: DateTime<Utc>, parts: u32 },
    /// Nobody knows: the answer got lost. It isn't sent again unless somebody says so.
    Unsure { since: DateTime<Utc>, parts: u32 },
    /// Somebody cancelled it before it was sent.
    Cancelled,
}

impl DeliveryState {
    /// As lists have it.
    pub fn name(&self) -> &'static str {
        match self {
            DeliveryState::Waiting { .. } => "waiting",
            DeliveryState::Sending { .. } => "sending",
            DeliveryState::Sent { .. } => "sent",
            DeliveryState::Failed { .. } => "failed",
            DeliveryState::Unsure { .. } => "unsure",
            DeliveryState::Cancelled => "cancelled",
        }
    }

    /// Whether something is still to come of it by itself.
    pub fn is_open(&self) -> bool {
        matches!(self, DeliveryState::Waiting { .. } | DeliveryState::Sending { .. })
    }
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// What it does.
    pub task: Task,
    /// When, again and again; `None`: when somebody starts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// How it stands.
    pub state: JobState,
    /// So many things of the run are done; of an announcement the deliveries say so.
    #[serde(default)]
    pub done: u64,
    /// Of so many.
    #[serde(default)]
    pub total: u64,
    /// When it last began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_run: Option<DateTime<Utc>>,
    /// Why the last run failed, or what is to be known of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<Reason>,
    /// When it begins next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_run: Option<DateTime<Utc>>,
    /// When it came back from a backup, if it waited there to be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored: Option<DateTime<Utc>>,
    /// For which moment it was to run, when it is tried again later than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<DateTime<Utc>>,
    /// Failed runs in a row.
    #[serde(default)]
    pub attempts: u32,
    /// Who has the report of the run that goes on.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub reached: BTreeSet<ChatId>,
    /// Where it is, if it is a collection that goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Box<CollectionStep>>,
    /// What the last run brought beside files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brought: Option<Box<Brought>>,
    /// Names the wish that it was made by: one wish is one job.
    #[serde(default)]
    pub asked: i64,
    /// When that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<DateTime<Utc>>,
    /// Who made it; `None`: it is always there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_by: Option<Actor>,
}

impl Job {
    /// One that hasn't run yet.
    pub fn new(task: Task) -> Self {
        Self {
            task,
            schedule: None,
            state: JobState::Pending,
            done: 0,
            total: 0,
            last_run: None,
            last_error: None,
            next_run: None,
            restored: None,
            due: None,
            attempts: 0,
            reached: BTreeSet::new(),
            step: None,
            brought: None,
            asked: 0,
            made: None,
            made_by: None,
        }
    }

    /// What it announces, if it does.
    pub fn announcement(&self) -> Option<&Announcement> {
        match &self.task {
            Task::Announcement(announcement) => Some(announcement),
            Task::Groups {} | Task::Digest(_) | Task::Backup(_) | Task::Collection(_) | Task::Backfill(_) => None,
        }
    }
}

/// All jobs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Jobs {
    /// Those that somebody made or changed. The others stand as they were born; see [`Jobs::get`].
    pub kept: BTreeMap<JobId, Job>,
    /// The chats of each announcement.
    pub deliveries: BTreeMap<JobId, BTreeMap<u32, Delivery>>,
    /// The next number in an id.
    pub next: u64,
}

/// A new value of one thing; `None`: it is no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum JobChange {
    /// A job.
    Job(JobId, Option<Box<Job>>),
    /// A chat's share of an announcement.
    Delivery(JobId, u32, Option<Box<Delivery>>),
}

impl Jobs {
    /// What is always there, and needs nobody to make it.
    fn standing() -> [Job; 1] {
        [Job::new(Task::Groups {})]
    }

    /// A job.
    pub fn get(&self, id: &JobId) -> Option<Job> {
        let standing = || Self::standing().into_iter().find(|job| job.task.sort() == id.as_str());
        self.kept.get(id).cloned().or_else(standing)
    }

    /// All, by id.
    pub fn all(&self) -> BTreeMap<JobId, Job> {
        let standing = Self::standing().into_iter().map(|job| (JobId::standing(job.task.sort()), job));
        standing.chain(self.kept.iter().map(|(id, job)| (id.clone(), job.clone()))).collect()
    }

    /// An announcement's deliveries.
    pub fn deliveries_of(&self, id: &JobId) -> impl Iterator<Item = (u32, &Delivery)> {
        self.deliveries.get(id).into_iter().flatten().map(|(number, delivery)| (*number, delivery))
    }

    /// Makes a change so.
    pub(super) fn apply(&mut self, change: JobChange) {
        match change {
            JobChange::Job(id, job) => {
                self.next = self.next.max(id.number().saturating_add(1));
                if job.is_none() {
                    self.deliveries.remove(&id);
                }
                put(&mut self.kept, id, job.map(|boxed| *boxed));
            }
            JobChange::Delivery(id, number, delivery) => {
                put_within(&mut self.deliveries, id, number, delivery.map(|boxed| *boxed));
            }
        }
    }
}
