//! Where channels are collected from, and what the collecting tells.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tl_dict::Value;

use super::folder::FolderFault;
use crate::{
    channels::{Ask, ChannelName},
    mtproto::FilePlace,
};

/// What a channel is addressed with. The hash is good for one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelKey {
    /// Its number.
    pub id: i64,
    /// What the account has to show.
    pub hash: i64,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A channel or a public group.
    Channel(ChannelKey),
    /// A person or a bot.
    Somebody,
}

/// Why a channel can't be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Nobody has this name.
    NotFound,
    /// A person or a bot has it; or a group, where only channels are wanted.
    NoChannel,
    /// It is private, or whoever asks is banned there.
    Private,
    /// Telegram asks to wait for longer than anybody wants to.
    Waiting,
    /// Telegram refuses, with this word.
    Refused(String),
    /// What came can't be read.
    Unreadable(String),
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFound => f.write_str("nobody has this name"),
            Self::NoChannel => f.write_str("a person, a bot or a group has this name, no channel"),
            Self::Private => f.write_str("it is private, or this account is banned there"),
            Self::Waiting => f.write_str("Telegram wants no more requests of this sort for a while; run it again later"),
            Self::Refused(word) => write!(f, "Telegram refuses ({word})"),
            Self::Unreadable(why) => write!(f, "Telegram's answer can't be read: {why}"),
        }
    }
}

/// Why a request brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// This channel can't be read.
    Channel(Why),
    /// What is known of the channel, or of a file, isn't valid for this account, or any more.
    Stale,
    /// Telegram asks to wait.
    Wait(Duration),
    /// Nothing can be read any more; said in words for a person.
    Line(String),
}

/// Why a channel isn't done.
pub(super) enum Stop {
    Channel(Why),
    Line(String),
    Folder(FolderFault),
}

impl From<FolderFault> for Stop {
    fn from(fault: FolderFault) -> Self {
        Self::Folder(fault)
    }
}

pub(super) fn stop(trouble: Trouble) -> Stop {
    match trouble {
        Trouble::Channel(why) => Stop::Channel(why),
        Trouble::Stale => Stop::Channel(Why::Private),
        Trouble::Wait(_) => Stop::Channel(Why::Waiting),
        Trouble::Line(why) => Stop::Line(why),
    }
}

/// Telegram, as far as channels go.
pub(crate) trait Source {
    /// What a name stands for.
    async fn resolve(&self, name: &ChannelName) -> Result<Found, Trouble>;
    /// `channels.getFullChannel`
    async fn full(&self, channel: ChannelKey) -> Result<Value, Trouble>;
    /// `messages.getHistory`
    async fn history(&self, channel: ChannelKey, ask: &Ask) -> Result<Value, Trouble>;
    /// `messages.getReplies`: what was written below a post.
    async fn comments(&self, channel: ChannelKey, post: i64, ask: &Ask) -> Result<Value, Trouble>;
    /// `channels.getMessages`: these messages as they are now.
    async fn messages(&self, channel: ChannelKey, ids: &[i64]) -> Result<Value, Trouble>;
    /// `upload.getFile`: a part of a file.
    async fn file(&self, place: &FilePlace, offset: u64) -> Result<Vec<u8>, Trouble>;
    /// Lets time pass.
    async fn pause(&self, time: Duration);
}

/// What the collecting tells while it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A channel is begun.
    Begins {
        /// Its name.
        name: String,
        /// Its place among all, from 1.
        place: usize,
        /// How many there are.
        of: usize,
    },
    /// Some of its messages are kept.
    Messages {
        /// So many.
        here: u64,
        /// Of so many, as far as is known.
        of: u64,
    },
    /// What was written below its posts is read.
    Comments {
        /// Below so many of them.
        done: u64,
        /// Of so many.
        of: u64,
    },
    /// Its photos and documents are fetched.
    Media {
        /// So many.
        done: u64,
        /// Of so many.
        of: u64,
    },
    /// Telegram wants us to wait.
    Waits(Duration),
    /// Everything that was wanted of it is in its files.
    Done {
        /// Its name.
        name: String,
        /// Messages that are new.
        new: u64,
        /// All that are here.
        messages: u64,
    },
    /// It can't be read, or no further.
    Failed {
        /// Its name.
        name: String,
        /// Why.
        why: Why,
    },
}
