//! Changes that an operator asks for from a terminal. One pure decision serves both ways: the command line takes the data
//! directory itself, or hands the order to the daemon that owns it (see [`dropbox`]).

mod access;
mod chats;
pub mod commands;
mod decide;
pub mod dropbox;
mod history;
mod jobs;
mod refusal;
mod study;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

pub use self::{commands::about_command, decide::decide, jobs::about_job, refusal::Refusal};
use crate::{
    counter::history::History,
    domain::{
        access::{KeyId, Scope},
        commands::CommandName,
        event::Place,
        ids::{BotId, ChatId, FullName, TeacherId, UserId},
        jobs::{Announcement, JobId, Task},
    },
    study::tracker::Import,
};

/// A change that is asked for. Each states the wanted end, so that one that is carried out twice does no harm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// A teacher is registered.
    AddTeacher {
        /// Own id.
        teacher: TeacherId,
        /// Full name.
        name: FullName,
        /// Telegram account, if it is known.
        account: Option<UserId>,
    },
    /// A teacher has this name.
    RenameTeacher {
        /// Whose.
        teacher: TeacherId,
        /// The name from now on.
        name: FullName,
    },
    /// A teacher writes under this account, or a further one, or no longer.
    Account {
        /// Whose.
        teacher: TeacherId,
        /// The account.
        account: UserId,
        /// What about it.
        place: AccountPlace,
    },
    /// A teacher's messages count, or don't.
    SetActive {
        /// Whose.
        teacher: TeacherId,
        /// Whether they count.
        active: bool,
    },
    /// A teacher is no longer registered; what was counted stays.
    DeleteTeacher {
        /// Who.
        teacher: TeacherId,
    },
    /// A teacher is counted in a group, or isn't.
    Assign {
        /// Who.
        teacher: TeacherId,
        /// Where; `None`: in every registered group.
        group: Option<ChatId>,
        /// Whether they are counted there.
        on: bool,
    },
    /// A group is registered.
    AddGroup {
        /// The chat.
        group: ChatId,
        /// Its title, until Telegram says another.
        title: String,
    },
    /// A group's messages count, or don't.
    SetEnabled {
        /// Which.
        group: ChatId,
        /// Whether they count.
        enabled: bool,
    },
    /// A group has this title in reports, whatever Telegram says.
    RenameGroup {
        /// Which.
        group: ChatId,
        /// The title.
        title: String,
    },
    /// A group is no longer registered; what was counted stays.
    RemoveGroup {
        /// Which.
        group: ChatId,
    },
    /// A board is posted now, beside the schedule.
    PostNow {
        /// Of which community; `None`: of every watched one.
        community: Option<ChatId>,
        /// Names the wish (Unix milliseconds): one wish is one post.
        asked: i64,
        /// Makes repeated sending safe.
        random_id: i64,
    },
    /// What the Python study tracker knows is taken over.
    ImportTracker {
        /// All of it.
        #[serde(with = "as_text")]
        import: Box<Import>,
    },
    /// What of a chat's history was never counted is counted.
    CountHistory {
        /// A part of it.
        #[serde(with = "as_text")]
        history: Box<History>,
    },
    /// Snapshots are sent to the web dashboard.
    Export {
        /// Of which community.
        community: ChatId,
        /// By local day, as they are sent.
        snapshots: BTreeMap<NaiveDate, String>,
    },
    /// Another bot counts in a group.
    CountBy {
        /// Which group.
        group: ChatId,
        /// Which bot.
        bot: BotId,
        /// The main one, as whoever asks has it in the settings.
        main: BotId,
    },
    /// A program has a key. Whoever asks made the secret, and alone knows it.
    MakeKey {
        /// Names it.
        key: KeyId,
        /// What it is for.
        name: String,
        /// SHA-256 of the secret, in hexadecimal.
        hash: String,
        /// What it may do.
        scope: Scope,
        /// Until when it works; `None`: until it is revoked.
        expires: Option<DateTime<Utc>>,
    },
    /// A key doesn't work any more.
    RevokeKey {
        /// Which.
        key: KeyId,
    },
    /// Telegram is asked how a chat is now.
    RefreshChats {
        /// Which; `None`: all.
        chat: Option<ChatId>,
    },
    /// Nothing is known of a chat that no bot is in any more.
    ForgetChat {
        /// Which.
        chat: ChatId,
    },
    /// There is such a digest or backup.
    MakeJob {
        /// What it does.
        task: Task,
        /// When; `None`: when somebody starts it.
        timing: Option<Timing>,
        /// Names the wish by chance: one wish is one job.
        asked: i64,
    },
    /// A message goes to these.
    Announce {
        /// What and how.
        #[serde(with = "as_text")]
        announcement: Box<Announcement>,
        /// To whom.
        to: Audience,
        /// Not before; `None`: now.
        at: Option<DateTime<Utc>>,
        /// Names the wish by chance: one wish is sent once.
        asked: i64,
    },
    /// A job runs at these times.
    ScheduleJob {
        /// Which.
        job: JobId,
        /// When; `None`: when somebody starts it.
        timing: Option<Timing>,
    },
    /// A job begins now.
    StartJob {
        /// Which.
        job: JobId,
    },
    /// A job ends, and doesn't begin by itself; what of an announcement isn't sent yet is cancelled.
    StopJob {
        /// Which.
        job: JobId,
    },
    /// A job is no more.
    RemoveJob {
        /// Which.
        job: JobId,
    },
    /// What failed of an announcement is sent again.
    SendAgain {
        /// Which.
        job: JobId,
        /// Also where it may have arrived.
        unsure_too: bool,
    },
    /// There is such a command.
    AddCommand {
        /// Its word.
        command: CommandName,
        /// What it is.
        definition: Box<commands::Definition>,
    },
    /// A command is different in these points.
    EditCommand {
        /// Which.
        command: CommandName,
        /// What is different.
        edit: Box<commands::Edit>,
    },
    /// A command answers, or doesn't.
    EnableCommand {
        /// Which.
        command: CommandName,
        /// Whether it answers.
        enabled: bool,
    },
    /// A command stands at this place in lists.
    MoveCommand {
        /// Which.
        command: CommandName,
        /// From 0.
        place: u32,
    },
    /// A command is no more.
    RemoveCommand {
        /// Which.
        command: CommandName,
    },
    /// `/contact` says this.
    SetContact {
        /// What; `None`: the usual words.
        text: Option<String>,
    },
}

/// When a job runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// A cron expression.
    pub cron: String,
    /// Whose clocks; `None`: as the settings have it.
    pub zone: Option<Tz>,
}

/// To whom an announcement goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Every registered group that is there.
    All,
    /// Those of them with this in their title.
    Matching(String),
    /// These chats and topics.
    Places(Vec<Place>),
}

/// As a text with JSON in it: within a tagged enum, serde can't read maps whose keys are numbers.
mod as_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned, de::Error as _, ser::Error as _};

    pub(super) fn serialize<T: Serialize, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
        serde_json::to_string(value).map_err(S::Error::custom)?.serialize(to)
    }

    pub(super) fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        serde_json::from_str(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

impl Order {
    /// Days that have to be in memory for a decision about it.
    pub fn days(&self) -> Vec<NaiveDate> {
        match self {
            Order::ImportTracker { import } => import.tracker.days.keys().copied().collect(),
            Order::CountHistory { history } => history.days().into_iter().collect(),
            Order::AddTeacher { .. }
            | Order::RenameTeacher { .. }
            | Order::Account { .. }
            | Order::SetActive { .. }
            | Order::DeleteTeacher { .. }
            | Order::Assign { .. }
            | Order::AddGroup { .. }
            | Order::SetEnabled { .. }
            | Order::CountBy { .. }
            | Order::RenameGroup { .. }
            | Order::RemoveGroup { .. }
            | Order::PostNow { .. }
            | Order::Export { .. }
            | Order::MakeKey { .. }
            | Order::RevokeKey { .. }
            | Order::RefreshChats { .. }
            | Order::ForgetChat { .. }
            | Order::MakeJob { .. }
            | Order::Announce { .. }
            | Order::ScheduleJob { .. }
            | Order::StartJob { .. }
            | Order::StopJob { .. }
            | Order::RemoveJob { .. }
            | Order::SendAgain { .. }
            | Order::AddCommand { .. }
            | Order::EditCommand { .. }
            | Order::EnableCommand { .. }
            | Order::MoveCommand { .. }
            | Order::RemoveCommand { .. }
            | Order::SetContact { .. } => Vec::new(),
        }
    }
}

/// What an account is to a teacher from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountPlace {
    /// The first one, instead of the one before.
    First,
    /// One beside the others.
    Further,
    /// Not theirs.
    Gone,
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Whether it is so now.
    pub done: bool,
    /// A sentence about it.
    pub text: String,
}

impl Answer {
    /// The answer to a refused order.
    pub fn refused(why: &Refusal) -> Self {
        Self { done: false, text: why.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{lang::Lang, presence::Who},
        study::tracker::Tracker,
    };

    #[test]
    fn an_import_reaches_the_running_daemon_whole() {
        let day: NaiveDate = "2026-01-09".parse().expect("a day");
        let tracker = Tracker {
            days: [(day, [(Who(1), 60)].into())].into(),
            names: [(Who(1), ("Ann".to_owned(), None))].into(),
            compliments: [("day:2026-01-09".to_owned(), [(Who(1), "A".to_owned())].into())].into(),
            ..Tracker::default()
        };
        let zone = chrono_tz::Asia::Tashkent;
        let import = Box::new(Import { chat: ChatId(-1), title: None, zone, lang: Lang::En, tracker });
        let export = Order::Export { community: ChatId(-1), snapshots: [(day, "{}".to_owned())].into() };
        let post = Order::PostNow { community: None, asked: 5, random_id: i64::MIN };
        for order in [Order::ImportTracker { import }, export, post] {
            let json = serde_json::to_string(&order).expect("JSON");
            assert_eq!(serde_json::from_str::<Order>(&json).expect("reads"), order);
        }
    }
}
