//! Half-filled forms: what a dialogue has been told so far. Kept through the journal, so that a restart loses nothing.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::{
    commands::{CommandName, FeedbackId},
    draft::Draft,
    ids::{ChatId, FullName, TeacherId, UserId},
    jobs::JobId,
    lang::Lang,
    study::StudyStep,
};

/// Whose form, where: in private chats both are the same number, in groups they are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FormKey {
    /// The chat.
    pub chat: ChatId,
    /// The person.
    pub user: UserId,
}

impl FormKey {
    /// The form that a person fills in private chat.
    pub fn private(user: UserId) -> Self {
        Self { chat: ChatId::private(user), user }
    }
}

/// A half-filled form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// What is asked next, and what was answered.
    pub step: Step,
    /// The last answer's time.
    pub touched: DateTime<Utc>,
}

impl Form {
    /// A form that nobody touched for so long is given up.
    pub const EXPIRES_AFTER: Duration = Duration::minutes(15);

    /// A message to many takes longer: somebody else is asked about it, perhaps.
    pub const MESSAGE_EXPIRES_AFTER: Duration = Duration::hours(2);

    /// Whether it is given up at `now`.
    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        let lasts = if self.step.draft().is_some() { Self::MESSAGE_EXPIRES_AFTER } else { Self::EXPIRES_AFTER };
        now - self.touched >= lasts
    }
}

/// The question that is open, with the answers before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// New teacher: which id?
    NewTeacherId,
    /// New teacher: which name?
    NewTeacherName {
        /// Answered.
        teacher: TeacherId,
    },
    /// New teacher: which Telegram account?
    NewTeacherAccount {
        /// Answered.
        teacher: TeacherId,
        /// Answered.
        name: FullName,
    },
    /// A teacher's new name.
    RenameTeacher {
        /// Whose.
        teacher: TeacherId,
    },
    /// A teacher's account: instead of the first one, or beside the others.
    TeacherAccount {
        /// Whose.
        teacher: TeacherId,
        /// Replace the first account.
        replace: bool,
    },
    /// A group's own name in reports.
    RenameGroup {
        /// Which.
        chat: ChatId,
    },
    /// A period for reports, typed.
    ReportPeriod,
    /// The period of a teacher's report.
    TeacherPeriod {
        /// Whose.
        teacher: TeacherId,
    },
    /// The period of a group's report.
    GroupPeriod {
        /// Which.
        chat: ChatId,
    },
    /// A period for the workbook, typed.
    WorkbookPeriod,
    /// A part of a name to look for.
    SearchTeacher,
    /// What was looked for, while its findings are looked at.
    Found {
        /// As typed.
        query: String,
    },
    /// Self-registration: which name?
    OwnName,
    /// A message to many.
    Message(Box<Draft>),
    /// When a background job runs.
    JobTimes {
        /// Which.
        job: JobId,
    },
    /// Into which folder a backup is to write itself.
    BackupFolder {
        /// When.
        cron: String,
        /// So many are kept.
        keep: u32,
        /// Names the wish: one wish is one job.
        asked: i64,
    },
    /// Which channels are to be collected.
    CollectChannels {
        /// Names the wish: one wish is one job.
        asked: i64,
    },
    /// About study time.
    Study(StudyStep),
    /// What is to reach the admins?
    Feedback,
    /// What is to be answered?
    AnswerFeedback {
        /// To what.
        feedback: FeedbackId,
    },
    /// About commands.
    Command(CommandStep),
}

/// A question about commands that admins define.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CommandStep {
    /// A new command: which word?
    Name,
    /// A new command: what do lists say of it?
    Description {
        /// Answered.
        name: CommandName,
    },
    /// A new command: which text, or which feed?
    Body {
        /// Answered.
        name: CommandName,
        /// Answered.
        description: String,
    },
    /// What lists say of a command from now on.
    NewDescription {
        /// Which.
        name: CommandName,
        /// In which language.
        lang: Lang,
    },
    /// Its text or feed from now on.
    NewBody {
        /// Which.
        name: CommandName,
    },
    /// What `/contact` says from now on.
    Contact,
}

impl Step {
    /// Whether the answer is somebody's account: then Telegram's keyboard for choosing a person lies open.
    pub fn asks_for_account(&self) -> bool {
        match self {
            Step::NewTeacherAccount { .. } | Step::TeacherAccount { .. } => true,
            Step::NewTeacherId
            | Step::NewTeacherName { .. }
            | Step::RenameTeacher { .. }
            | Step::RenameGroup { .. }
            | Step::ReportPeriod
            | Step::TeacherPeriod { .. }
            | Step::GroupPeriod { .. }
            | Step::WorkbookPeriod
            | Step::SearchTeacher
            | Step::Found { .. }
            | Step::OwnName
            | Step::Message(_)
            | Step::JobTimes { .. }
            | Step::BackupFolder { .. }
            | Step::CollectChannels { .. }
            | Step::Study(_)
            | Step::Feedback
            | Step::AnswerFeedback { .. }
            | Step::Command(_) => false,
        }
    }

    /// Whether it holds what somebody looked for, and asks nothing.
    pub fn is_finding(&self) -> bool {
        matches!(self, Step::Found { .. } | Step::Study(StudyStep::FoundMembers { .. }))
    }

    /// The message that is being written.
    pub fn draft(&self) -> Option<&Draft> {
        match self {
            Step::Message(draft) => Some(draft),
            _ => None,
        }
    }

    /// Whether people who are no admins are asked it.
    pub fn is_everybodys(&self) -> bool {
        matches!(self, Step::OwnName | Step::Feedback | Step::Study(StudyStep::Goal { .. }))
    }
}
