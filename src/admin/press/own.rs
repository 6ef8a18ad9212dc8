//! The presses of what everybody has for themselves (settings, feedback), and of the commands that admins define.

use super::field::Field;
use crate::domain::{
    commands::{Answers, CommandName},
    ids::BotId,
    lang::Lang,
    registry::Notice,
};

presses! {
    /// A screen of one's own settings, or of commands.
    OwnScreen {
        /// What this bot does.
        Info = "ui" {},
        /// How to reach whoever runs it.
        Contact = "uc" {},
        /// Language, notifications, privacy.
        Settings = "us" {},
        /// What one hears of without having asked.
        Notices = "un" {},
        /// What is stored about oneself.
        Privacy = "up" {},
        /// Really delete it?
        ConfirmForget = "uf" {},
        /// All commands that admins defined.
        Commands = "ul" { /** From 0. */ page: u16 },
        /// One of them.
        Command = "uo" { /** Which. */ name: CommandName },
        /// In which language is it to be described?
        Describe = "ue" { /** Which. */ name: CommandName },
        /// Which bot answers it?
        AnsweredBy = "ub" { /** Which. */ name: CommandName },
        /// Really delete it?
        ConfirmDelete = "ud" { /** Which. */ name: CommandName },
    }
}

presses! {
    /// A wish about one's own settings, or about commands.
    OwnOrder {
        /// Hear of something, or don't.
        Hear = "zh" { /** Of what. */ of: Notice, /** Hear of it. */ on: bool },
        /// Delete what is stored about oneself.
        ForgetMe = "zf" {},
        /// Begin to write to the admins.
        AskFeedback = "zb" {},
        /// Begin an answer to somebody.
        AskAnswer = "za" { /** To what they wrote. */ feedback: u64 },
        /// Begin a new command.
        AskCommand = "zn" {},
        /// Begin a command's other text or feed.
        AskBody = "zt" { /** Which. */ name: CommandName },
        /// Begin its description in a language.
        AskDescription = "zd" { /** Which. */ name: CommandName, /** In which. */ lang: Lang },
        /// Let a command answer, or not.
        EnableCommand = "ze" { /** Which. */ name: CommandName, /** Answer. */ on: bool },
        /// Put a command at this place in lists.
        MoveCommand = "zm" { /** Which. */ name: CommandName, /** From 0. */ place: u16 },
        /// In which chats a command answers.
        SetAnswers = "zw" { /** Which. */ name: CommandName, /** Where. */ answers: Answers },
        /// Show so many items of a feed.
        SetItems = "zi" { /** Which. */ name: CommandName, /** How many. */ items: u16 },
        /// Only this bot answers a command.
        OnlyBot = "zo" { /** Which. */ name: CommandName, /** By which. */ bot: BotId },
        /// Every bot answers it.
        EveryBot = "zv" { /** Which. */ name: CommandName },
        /// See what a command answers.
        TryCommand = "zy" { /** Which. */ name: CommandName },
        /// Delete a command.
        DeleteCommand = "zx" { /** Which. */ name: CommandName },
        /// Begin what `/contact` says.
        AskContact = "zc" {},
        /// Let it say the usual words.
        UsualContact = "zu" {},
    }
}

impl OwnScreen {
    /// Whether people who are no admins may see it.
    pub fn is_everybodys(&self) -> bool {
        match self {
            Self::Info {}
            | Self::Contact {}
            | Self::Settings {}
            | Self::Notices {}
            | Self::Privacy {}
            | Self::ConfirmForget {} => true,
            Self::Commands { .. }
            | Self::Command { .. }
            | Self::Describe { .. }
            | Self::AnsweredBy { .. }
            | Self::ConfirmDelete { .. } => false,
        }
    }
}

impl OwnOrder {
    /// Whether people who are no admins may wish it.
    pub fn is_everybodys(&self) -> bool {
        matches!(self, Self::ForgetMe {} | Self::AskFeedback {})
    }
}

impl Field for CommandName {
    fn write(&self) -> String {
        self.to_string()
    }
    fn read(text: &str) -> Option<Self> {
        text.parse().ok().filter(|name: &Self| name.as_str() == text)
    }
    fn example() -> Self {
        "a".repeat(32).parse().expect("a command's name")
    }
}

impl Field for Notice {
    fn write(&self) -> String {
        match self {
            Notice::Groups => "g",
            Notice::Requests => "r",
            Notice::Alarms => "a",
            Notice::Boards => "b",
            Notice::Digests => "d",
            Notice::Feedback => "f",
        }
        .to_owned()
    }
    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.write() == text)
    }
    fn example() -> Self {
        Self::Alarms
    }
}

impl Field for Answers {
    fn write(&self) -> String {
        self.name().chars().take(1).collect()
    }
    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answers| answers.write() == text)
    }
    fn example() -> Self {
        Self::Both
    }
}
