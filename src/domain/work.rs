//! What is to be done outside after a change is safe on disk: messages, menus, files, checks.
//! Work waits in the outbox, survives a crash, and is done in order within a chat.

use serde::{Deserialize, Serialize};

use super::{
    assistant::Question,
    commands::{CommandName, FeedbackId},
    event::Place,
    ids::{BotId, ChatId, MessageId, TeacherId, UserId},
    jobs::JobId,
    lang::Lang,
    period::Period,
    presence::Who,
    registry::Voice,
};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Work {
    /// Send a text.
    Send {
        /// Where.
        to: Place,
        /// Reply to this message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<MessageId>,
        /// The text, as Telegram's HTML. Longer than one message is split.
        html: String,
        /// What is under it.
        #[serde(default, skip_serializing_if = "Buttons::is_none")]
        buttons: Buttons,
    },
    /// Draw a screen of the menu with what is true when it is drawn.
    Show {
        /// Whose private chat.
        user: UserId,
        /// Edit this message in place; send a new one where it can't be edited.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edit: Option<MessageId>,
        /// The screen, as its callback data.
        screen: String,
        /// A line on top, as HTML: what just happened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// Answer a press: stops the button's spinner. Not kept across a crash: it is worthless after seconds.
    Answer {
        /// The callback query.
        query: String,
        /// A toast, plain text.
        text: Option<String>,
        /// As a dialog that has to be closed.
        alert: bool,
    },
    /// End the long work that is going on for somebody. Not kept either: after a crash it begins anew.
    StopJob {
        /// Who pressed.
        user: UserId,
        /// The message with the button, for when nothing goes on any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edit: Option<MessageId>,
    },
    /// Make a file of a report and send it.
    SendReport {
        /// To whom.
        user: UserId,
        /// What it covers.
        scope: ReportScope,
        /// As what.
        format: ReportFormat,
    },
    /// Leave a group.
    Leave {
        /// The group.
        chat: ChatId,
    },
    /// Ask for each registered group whether the bot is still there, and tell this admin.
    SyncGroups {
        /// Who asked.
        user: UserId,
    },
    /// Ask for each counted group whether the teacher is a member, assign them there, and tell this admin.
    AssignWhereMember {
        /// Who approved.
        user: UserId,
        /// The new teacher.
        teacher: TeacherId,
    },
    /// Count for a teacher what a voice wrote before it was theirs, day by day, and tell this admin.
    CreditVoice {
        /// Who wished it.
        user: UserId,
        /// Edit this message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edit: Option<MessageId>,
        /// Where.
        chat: ChatId,
        /// Which voice.
        voice: Voice,
        /// For whom.
        teacher: TeacherId,
        /// On which days.
        period: Period,
    },
    /// Delete everything that is known of a person in a community, day by day, and tell them.
    ForgetMember {
        /// Who wished it.
        user: UserId,
        /// Where.
        chat: ChatId,
        /// Their accounts when they wished it.
        accounts: Vec<Who>,
    },
    /// Ask Telegram whether a community's boards can go where they are to go, and tell this admin.
    CheckTarget {
        /// Who chose the place.
        user: UserId,
        /// Whose boards.
        chat: ChatId,
    },
    /// Draw somebody's study time and send them the picture.
    SendStudyChart {
        /// Whose, and to whom.
        user: UserId,
        /// Where.
        chat: ChatId,
    },
    /// Send this person a link into the dashboard. It is made when it is sent.
    SendSignIn {
        /// Who asked.
        user: UserId,
    },
    /// Show chats' statistics as soon as Telegram has answered.
    ShowFreshChats {
        /// To whom.
        user: UserId,
        /// Edit this message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edit: Option<MessageId>,
        /// Which chat; none: the list.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chat: Option<ChatId>,
    },
    /// Look at everything that could be wrong and tell this admin.
    Diagnose {
        /// Where to answer.
        to: Place,
        /// Reply to this message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<MessageId>,
        /// In which language.
        lang: Lang,
    },
    /// Send one chat's share of an announcement.
    Deliver {
        /// Which announcement.
        job: JobId,
        /// Which share.
        number: u32,
        /// Where to, when it was ordered.
        to: ChatId,
        /// By this bot; `None`: by the one that works there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bot: Option<BotId>,
    },
    /// Pass what somebody wrote on to an admin.
    PassOn {
        /// What.
        feedback: FeedbackId,
        /// To whom.
        admin: UserId,
        /// The bot that it was written to: only it can forward the message.
        bot: BotId,
    },
    /// Pass an admin's answer back.
    PassBack {
        /// To what.
        feedback: FeedbackId,
        /// Whose answer.
        admin: UserId,
        /// Their message, in their chat with the bot.
        message: MessageId,
        /// The bot that both talk to.
        bot: BotId,
    },
    /// Answer a command with the newest items of its feed.
    ShowFeed {
        /// Which command.
        command: CommandName,
        /// Where to answer.
        to: Place,
        /// Reply to this message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<MessageId>,
        /// In which language.
        lang: Lang,
    },
    /// Show an admin the message that they are writing, as it will arrive. What it says stands in their form, and nowhere else.
    Preview {
        /// Who writes it.
        user: UserId,
    },
    /// Have an assistant answer.
    Ask(Question),
    /// Forget what was talked about with somebody. Not kept: what is forgotten isn't either.
    ForgetTalk {
        /// Who wished it.
        user: UserId,
    },
    /// Delete what somebody collected with an account of their own, and end its session.
    ForgetCollected {
        /// Whose.
        user: UserId,
    },
}

impl Work {
    /// What it is, in a word for the log.
    pub fn name(&self) -> &'static str {
        match self {
            Work::Send { .. } => "message",
            Work::Show { .. } => "screen",
            Work::Answer { .. } => "answer to a press",
            Work::StopJob { .. } => "stopping a job",
            Work::SendReport { .. } => "report",
            Work::Leave { .. } => "leaving a group",
            Work::SyncGroups { .. } => "check of the groups",
            Work::AssignWhereMember { .. } => "assignment where a member",
            Work::CreditVoice { .. } => "crediting a voice",
            Work::ForgetMember { .. } => "forgetting a member",
            Work::CheckTarget { .. } => "check of a place for boards",
            Work::SendStudyChart { .. } => "picture of study time",
            Work::SendSignIn { .. } => "link into the dashboard",
            Work::ShowFreshChats { .. } => "fresh numbers of chats",
            Work::Diagnose { .. } => "diagnosis",
            Work::Deliver { .. } => "announcement",
            Work::PassOn { .. } => "feedback",
            Work::PassBack { .. } => "answer to feedback",
            Work::ShowFeed { .. } => "items of a feed",
            Work::Preview { .. } => "preview",
            Work::Ask(_) => "assistant's answer",
            Work::ForgetTalk { .. } => "forgetting a conversation",
            Work::ForgetCollected { .. } => "forgetting what somebody collected",
        }
    }

    /// The chat that it is about; 0 where it is about none.
    pub fn chat(&self) -> ChatId {
        match self {
            Work::Send { to, .. } | Work::Diagnose { to, .. } | Work::ShowFeed { to, .. } => to.chat,
            Work::PassOn { admin, .. } | Work::PassBack { admin, .. } => ChatId::private(*admin),
            Work::Leave { chat } => *chat,
            Work::Deliver { to, .. } => *to,
            Work::Ask(question) => question.to.chat,
            Work::Show { user, .. }
            | Work::StopJob { user, .. }
            | Work::SendReport { user, .. }
            | Work::SyncGroups { user }
            | Work::SendSignIn { user }
            | Work::Preview { user }
            | Work::ShowFreshChats { user, .. }
            | Work::AssignWhereMember { user, .. }
            | Work::CreditVoice { user, .. }
            | Work::CheckTarget { user, .. }
            | Work::SendStudyChart { user, .. }
            | Work::ForgetMember { user, .. }
            | Work::ForgetTalk { user }
            | Work::ForgetCollected { user } => ChatId::private(*user),
            Work::Answer { .. } => ChatId(0),
        }
    }

    /// Whether it takes long: then other work for the same chat doesn't wait for it.
    pub fn is_job(&self) -> bool {
        match self {
            Work::SendReport { .. }
            | Work::SyncGroups { .. }
            | Work::AssignWhereMember { .. }
            | Work::CreditVoice { .. }
            | Work::CheckTarget { .. }
            | Work::SendStudyChart { .. }
            | Work::ForgetMember { .. }
            | Work::ForgetCollected { .. }
            | Work::ShowFreshChats { .. }
            | Work::Deliver { .. }
            | Work::Diagnose { .. }
            | Work::ShowFeed { .. }
            | Work::Ask(_) => true,
            Work::Send { .. }
            | Work::Show { .. }
            | Work::Answer { .. }
            | Work::StopJob { .. }
            | Work::Leave { .. }
            | Work::SendSignIn { .. }
            | Work::PassOn { .. }
            | Work::PassBack { .. }
            | Work::Preview { .. }
            | Work::ForgetTalk { .. } => false,
        }
    }

    /// Whether it must be done even if the process dies first.
    pub fn is_kept(&self) -> bool {
        !matches!(self, Work::Answer { .. } | Work::StopJob { .. } | Work::ForgetTalk { .. })
    }
}

/// What a report covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReportScope {
    /// The days.
    pub period: Period,
    /// One teacher only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teacher: Option<TeacherId>,
    /// One group only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<ChatId>,
}

/// As what a report is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportFormat {
    /// An Excel workbook.
    Workbook,
    /// A CSV file.
    Csv,
    /// A picture with charts.
    Picture,
}

/// What is under a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Buttons {
    /// Nothing; an earlier keyboard stays as it is.
    #[default]
    None,
    /// Buttons under the message itself, row by row.
    Inline(Vec<Vec<Button>>),
    /// Buttons that ask Telegram for a person, in place of the letters; with the words on them.
    AskPerson {
        /// "Choose a person"
        choose: String,
        /// "Cancel"
        cancel: String,
    },
    /// Take away such a keyboard.
    Remove,
}

impl Buttons {
    /// Whether there is nothing to send.
    pub fn is_none(&self) -> bool {
        *self == Buttons::None
    }
}

/// An inline button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What is written on it, plain text.
    pub label: String,
    /// What it does.
    pub action: ButtonAction,
}

/// What an inline button does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ButtonAction {
    /// Comes back as a press with this callback data (1 to 64 bytes).
    Press(String),
    /// Opens an address.
    Open(String),
}
