//! Why an order is refused.

use crate::{
    commands::check,
    domain::{
        access::KeyId,
        commands::{CommandName, Custom},
        ids::{BotId, ChatId, FullName, TeacherId, UserId},
        jobs::JobId,
    },
    jobs::cron::CronFault,
};

/// The longest text of an announcement, in characters.
pub(super) const LONGEST_TEXT: usize = 20_000;

/// Why an order is refused, with a way on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The id belongs to somebody else.
    #[error("the id {0} belongs to {1}; choose another one, or leave --id out to get one")]
    IdTaken(TeacherId, FullName),
    /// The account belongs to somebody else.
    #[error(
        "the Telegram account {0} belongs to {1} {2}; take it away there first: `rollcall teachers account {1} {0} --remove`"
    )]
    AccountTaken(UserId, TeacherId, FullName),
    /// A number that no person has.
    #[error(
        "{0} is no person's Telegram id: those are positive numbers, and 1087968824 stands for every anonymous administrator"
    )]
    NoAccount(UserId),
    /// Nobody has this id.
    #[error("there is no teacher {0}; `rollcall teachers list` shows all")]
    UnknownTeacher(TeacherId),
    /// No group has this id.
    #[error("there is no registered group {0}; `rollcall groups list` shows all")]
    UnknownGroup(ChatId),
    /// A chat that is no group.
    #[error("{0} is no group: the id of a group is negative, that of a supergroup begins with -100")]
    NoGroup(ChatId),
    /// The assignments of such a group rest, so nothing would be counted.
    #[error("no bot is in {0} any more, and its assignments rest; add the bot to the group again, then import")]
    GroupGone(String),
    /// No study community has this id.
    #[error("{0} is no study community; choose the group in the bot's menu first")]
    UnknownCommunity(ChatId),
    /// There is none at all.
    #[error("no study community is watched; choose a group in the bot's menu first")]
    NoCommunity,
    /// A bot that can't count there.
    #[error("{0} isn't in {1}: add it to the group first; `rollcall bots list` shows all")]
    BotNotThere(String, String),
    /// Nothing is left of the title.
    #[error("a title has at least one letter")]
    NoTitle,
    /// No key has this id.
    #[error("there is no key {0}; `rollcall token list` shows all")]
    UnknownKey(KeyId),
    /// Another key has this id.
    #[error("there is a key {0} already; ask again, and another one is made")]
    KeyTaken(KeyId),
    /// A key that nobody could recognise in a list.
    #[error("a key has a name of 1 to 64 letters: say what it is for, such as --name timetable")]
    NoKeyName,
    /// A key that would never work.
    #[error("the key would never have worked: its end has passed")]
    AlreadyExpired,
    /// No bot was ever in this chat.
    #[error("no bot knows a chat {0}; `rollcall chats` shows all that are known")]
    UnknownChat(ChatId),
    /// It would be learnt again.
    #[error("a bot is still in {0}, and would learn of it again; take it out of the chat first")]
    BotIsThere(String),
    /// Nobody has made such a job.
    #[error("there is no job {0}; `rollcall jobs list` shows all")]
    UnknownJob(JobId),
    /// Nothing to start among all jobs.
    #[error("no job is stopped; `rollcall jobs list` shows all, and one is started by its own id")]
    NothingStopped,
    /// Nothing to stop among all jobs.
    #[error("no job runs, and none would by itself; `rollcall jobs list` shows all")]
    NothingRuns,
    /// An end before its beginning, or a beginning that is yet to come.
    #[error("that is no time in the past; give its first day, and its last one or none")]
    NoSuchTime,
    /// It looks after itself.
    #[error("{0} runs by itself and can only be looked at here; a board is asked for by `rollcall post-now`")]
    OwnMaster(JobId),
    /// It goes on at this moment.
    #[error("{0} runs at this moment; `rollcall jobs status {0}` shows how far it is")]
    RunsAlready(JobId),
    /// There is always such a job.
    #[error("{0} can be stopped, but not removed")]
    NotRemovable(JobId),
    /// No times can be read.
    #[error("{0}")]
    Cron(#[from] CronFault),
    /// An announcement has no times.
    #[error("{0} is sent once; make another one with --at for another time")]
    SentOnce(JobId),
    /// A message without anything in it.
    #[error("there is nothing to send: write a text, or name a file")]
    NothingToSend,
    /// Longer than anybody reads.
    #[error("the text has more than {LONGEST_TEXT} characters; shorten it, or send it as a document")]
    TooLong,
    /// To nobody.
    #[error("there is nobody to send it to: no registered group fits; `rollcall groups list` shows all")]
    NobodyToSendTo,
    /// It can't be sent any more.
    #[error("nothing of {0} can be sent again: nothing failed, or its text is gone")]
    NothingToRepeat(JobId),
    /// A backup into nowhere.
    #[error("{0:?} is no folder for backups: give its whole path, from / on, and keep 1 to 1000")]
    NoBackupFolder(String),
    /// Nothing that could be collected.
    #[error("{0}")]
    NoChannels(String),
    /// A collection into nowhere.
    #[error("{0:?} is no folder for a collection: give its whole path, or a name of a-z, 0-9, - and _")]
    NoCollectionFolder(String),
    /// No word that Telegram takes.
    #[error("{}", crate::domain::commands::NoCommandName)]
    NoCommandName,
    /// Another command has this name.
    #[error("there is a command /{0} already; `rollcall commands list` shows all")]
    CommandTaken(CommandName),
    /// Nobody has defined such a command.
    #[error("there is no command /{0}; `rollcall commands list` shows all")]
    UnknownCommand(CommandName),
    /// More than Telegram lists beside ours.
    #[error("there are {} commands already; remove one first", Custom::MOST)]
    TooManyCommands,
    /// Telegram lists no command without one.
    #[error("/{0} needs a description in one language at least")]
    LastDescription(CommandName),
    /// No bot of ours has this id.
    #[error("there is no bot {0}; `rollcall bots list` shows all")]
    UnknownBot(BotId),
    /// A command can't be so.
    #[error("{0}")]
    Command(#[from] check::Fault),
}
