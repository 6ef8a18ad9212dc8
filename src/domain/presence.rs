//! What the user session sees of voice chats, in our words. All times are Telegram's own, never this machine's clock.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{ChatId, UserId};

/// One voice or video chat, from its beginning to its end. A group has a new one each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(pub i64);

/// Who sits in a call: an account (positive), or a chat or channel in whose name somebody joined (negative), numbered as
/// in the Bot API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Who(pub i64);

impl Who {
    /// The account, unless it is a chat or channel.
    pub fn user(self) -> Option<UserId> {
        (self.0 > 0).then_some(UserId(self.0))
    }
}

impl From<UserId> for Who {
    fn from(user: UserId) -> Self {
        Self(user.0)
    }
}

/// One participant as Telegram describes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Who it is.
    pub who: Who,
    /// When they joined; a new value means that they joined anew.
    pub joined: DateTime<Utc>,
    /// Their audio's number, which changes when they join anew.
    pub source: i32,
    /// Whether they can't be heard.
    pub muted: bool,
    /// Whether their camera or screen is on.
    pub video: bool,
    /// They are gone (in news only).
    pub left: bool,
    /// They have just come (in news only).
    pub just_joined: bool,
    /// Whether the news has a place in the order of versions.
    pub versioned: bool,
}

/// A whole look at a call: all its pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Which list this is; an older one than known is stale.
    pub version: i32,
    /// Everybody on it, each once.
    pub participants: Vec<Participant>,
    /// Whether who is missing from it is gone. Not where listeners are hidden or pages failed.
    pub complete: bool,
    /// When it was true: by Telegram's clock, rather the moment of asking than that of the answer. Nobody on it left before this.
    pub at: DateTime<Utc>,
}

/// How somebody is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Who.
    pub who: Who,
    /// First and last name, or a channel's title.
    pub name: String,
    /// Without the `@`.
    pub username: Option<String>,
    /// A program.
    pub bot: bool,
}

/// What Telegram tells by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A call was started or seen in this chat.
    Started {
        /// Where.
        chat: ChatId,
        /// Which.
        call: CallId,
        /// When it was told.
        at: DateTime<Utc>,
    },
    /// Participants came, left or changed.
    Participants {
        /// In which call.
        call: CallId,
        /// The list's version with this.
        version: i32,
        /// Who.
        participants: Vec<Participant>,
        /// When it was told.
        at: DateTime<Utc>,
    },
    /// The call changed; its list is at this version, though what changed in it may still be on its way.
    Version {
        /// Which call.
        call: CallId,
        /// The list's version.
        version: i32,
        /// When it was told.
        at: DateTime<Utc>,
    },
    /// The call is over.
    Ended {
        /// Which.
        call: CallId,
        /// When it was told.
        at: DateTime<Utc>,
    },
    /// News may have been lost (a new connection, an overflow, something unreadable): look at every call again.
    Gap,
}
