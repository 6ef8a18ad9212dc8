//! Why a job failed, or what is to be known of its last run: a case of its own where it is ours to say, so that everybody reads it in
//! their language; words where somebody else says it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ids::ChatId;

/// What is to be known of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Reason {
    /// A case that we know.
    Known(Case),
    /// In the words of Telegram, of the disk, or of an earlier release.
    Words(String),
}

/// A case that we know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "case", rename_all = "snake_case")]
pub enum Case {
    /// The program stopped while it ran.
    Interrupted {},
    /// It came back from a backup, and waits until somebody starts it.
    Restored {},
    /// An announcement didn't reach everybody.
    Missing {
        /// Of so many chats.
        chats: u64,
        /// So many refused it.
        failed: u64,
        /// Of so many nobody knows.
        unsure: u64,
    },
    /// Telegram didn't tell about some groups.
    GroupsUntold {
        /// Of so many.
        groups: u64,
        /// About so many.
        untold: u64,
    },
    /// Telegram doesn't tell about some chats.
    ChatsUntold {
        /// Of so many.
        chats: u64,
        /// About so many.
        untold: u64,
    },
    /// A report didn't reach somebody.
    NotReached {
        /// Whom.
        chat: ChatId,
        /// Why.
        why: Box<Reason>,
    },
    /// The bot whose chat it is isn't connected.
    BotNotConnected {},
    /// The days can't be read.
    DaysUnreadable {},
    /// Somebody stopped it.
    WasStopped {},
    /// Nobody knows about the last board.
    BoardUnsure {},
    /// The folder of backups lies in the data.
    BackupInData {},
    /// There is no user session to read with.
    NoSession {},
    /// The user session can't read some groups.
    GroupsUnread {
        /// Of so many.
        groups: u64,
        /// So many.
        unread: u64,
        /// One of them.
        first: String,
        /// Why that one.
        why: String,
    },
    /// Something of ours broke.
    Broke {},
    /// A message has neither a text nor a file.
    NothingToSend {},
    /// A message's file can't be read.
    FileUnreadable {
        /// In the disk's words.
        why: String,
    },
    /// The bot that was given a message's file isn't connected.
    FileBotNotConnected {},
    /// The bot that was given a message's file doesn't get it.
    FileNotFetched {
        /// Why.
        why: Box<Reason>,
    },
    /// Nothing gets to Telegram, or nothing from there.
    NoConnection {
        /// In the connection's words.
        why: String,
    },
    /// Telegram's server fell over.
    ServerFailed {
        /// HTTP status.
        status: u16,
    },
    /// What Telegram answered can't be read.
    AnswerUnreadable {
        /// Where not.
        why: String,
    },
    /// What became of it can't be kept.
    NotKept {
        /// In the disk's words.
        why: String,
    },
    /// A report can't be made.
    ReportNotMade {
        /// In the words of whatever failed.
        why: String,
    },
    /// A folder can't be made.
    FolderNotMade {
        /// Which.
        folder: String,
        /// In the disk's words.
        why: String,
    },
    /// Some channels couldn't be read.
    ChannelsUnread {
        /// Of so many.
        channels: u64,
        /// So many weren't.
        unread: u64,
        /// The first of them.
        first: String,
        /// And why not.
        why: String,
    },
    /// Some files came shorter than Telegram says, so they weren't kept.
    FilesShort {
        /// How many.
        files: u64,
    },
    /// A backup can't be written.
    BackupNotWritten {
        /// In the disk's words.
        why: String,
    },
}

impl From<Case> for Reason {
    fn from(case: Case) -> Self {
        Self::Known(case)
    }
}

impl From<String> for Reason {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

/// For operators and programs.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(case) => case.fmt(f),
            Self::Words(words) => f.write_str(words),
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interrupted {} => f.write_str("the program stopped while it ran; it was taken up again"),
            Self::Restored {} => {
                f.write_str("it came back from a backup: perhaps it was sent since; start it if it is still to be sent")
            }
            Self::Missing { chats, failed, unsure } => {
                write!(f, "of {chats} chats {failed} refused it, and of {unsure} nobody knows whether it arrived")
            }
            Self::GroupsUntold { groups, untold } => write!(f, "of {groups} groups Telegram didn't tell about {untold}"),
            Self::ChatsUntold { chats, untold } => {
                write!(f, "Telegram doesn't tell about {untold} of {chats} chats; `rollcall chats` says why")
            }
            Self::NotReached { chat, why } => write!(f, "{chat} didn't get it: {why}"),
            Self::BotNotConnected {} => f.write_str("the bot of this chat isn't connected to Telegram"),
            Self::DaysUnreadable {} => f.write_str("the days can't be read; the log says why"),
            Self::WasStopped {} => f.write_str("it was stopped"),
            Self::BoardUnsure {} => f.write_str("nobody knows whether the last board arrived"),
            Self::BackupInData {} => f.write_str("backups can't lie within what they are a copy of; choose another folder"),
            Self::NoSession {} => f.write_str("there is no user session that could read it; `rollcall session login` makes one"),
            Self::GroupsUnread { groups, unread, first, why } => {
                write!(f, "the user session can't read {unread} of {groups} groups; {first}: {why}")
            }
            Self::Broke {} => f.write_str("something broke; the log says what"),
            Self::NothingToSend {} => f.write_str("there was nothing to send"),
            Self::FileUnreadable { why } => write!(f, "its file can't be read: {why}"),
            Self::FileBotNotConnected {} => f.write_str("the bot that was given the file isn't connected to Telegram"),
            Self::FileNotFetched { why } => write!(f, "the bot that was given the file doesn't get it: {why}"),
            Self::NoConnection { why } => write!(f, "no connection to Telegram: {why}"),
            Self::ServerFailed { status } => write!(f, "Telegram's server failed (HTTP {status})"),
            Self::AnswerUnreadable { why } => write!(f, "Telegram's answer can't be read: {why}"),
            Self::NotKept { why } => write!(f, "what became of it can't be kept: {why}"),
            Self::ReportNotMade { why } => write!(f, "the report can't be made: {why}"),
            Self::FolderNotMade { folder, why } => write!(f, "can't create {folder}: {why}"),
            Self::ChannelsUnread { channels, unread, first, why } => {
                write!(f, "{unread} of {channels} channels couldn't be read; {first}: {why}")
            }
            Self::FilesShort { files } => write!(f, "{files} files came shorter than Telegram says and weren't kept"),
            Self::BackupNotWritten { why } => write!(f, "the backup can't be written: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_release_wrote_is_read_as_words() {
        let read: Reason = serde_json::from_str(r#""the program stopped while it ran""#).expect("a reason");
        assert_eq!(read, Reason::Words("the program stopped while it ran".into()));
        let why = Box::new(Reason::Words("Forbidden".into()));
        let known = Reason::from(Case::NotReached { chat: ChatId(-5), why });
        let json = serde_json::to_string(&known).expect("JSON");
        assert_eq!(json, r#"{"case":"not_reached","chat":-5,"why":"Forbidden"}"#);
        assert_eq!(serde_json::from_str::<Reason>(&json).expect("a reason"), known);
        assert_eq!(known.to_string(), "-5 didn't get it: Forbidden");
    }
}
