//! The presses of messages to many.

use super::field::Field;
use crate::domain::{
    ids::{BotId, ChatId},
    jobs::JobId,
};

presses! {
    /// A screen of messages to many.
    SendingScreen {
        /// To whom?
        Receivers = "wl" { /** From 0. */ page: u16 },
        /// What will be sent, to whom and when: right so?
        Ready = "wr" {},
        /// What became of a message, chat by chat.
        Chats = "wc" { /** Which. */ job: JobId, /** From 0. */ page: u16 },
    }
}

presses! {
    /// A wish about messages to many: the wanted end.
    SendingOrder {
        /// Begin a message.
        Begin = "ws" {},
        /// Say anew what is to be sent.
        AskContent = "wt" {},
        /// It goes to a group, or not.
        Tick = "wk" { /** Which. */ chat: ChatId, /** It goes there. */ on: bool, /** What to show then. */ page: u16 },
        /// To a topic.
        Topic = "wu" { /** Whose. */ chat: ChatId, /** Which. */ topic: i64, /** It goes there. */ on: bool, /** What to show then. */ page: u16 },
        /// To all groups that are listed.
        All = "wa" { /** It goes there. */ on: bool },
        /// To all groups that a bot counts in.
        OfBot = "wb" { /** Which. */ bot: BotId, /** It goes there. */ on: bool },
        /// List all groups again.
        ListAll = "wx" {},
        /// Without a sound.
        Silent = "wq" { /** Without. */ on: bool },
        /// Type a time.
        AskTime = "ww" {},
        /// Not later, but now.
        Now = "wn" {},
        /// Show it as it will arrive.
        Preview = "wp" {},
        /// Send it. The draft names the message, so that pressing twice sends once.
        Send = "wg" { /** Which draft. */ draft: i64 },
    }
}

impl SendingScreen {
    /// Whether it shows the message that is being written: then that stays.
    pub fn is_of_draft(&self) -> bool {
        match self {
            Self::Receivers { .. } | Self::Ready {} => true,
            Self::Chats { .. } => false,
        }
    }
}
