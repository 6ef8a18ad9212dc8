//! Chats, their members and messages.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// What sort of chat it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatKind {
    /// Between a bot and a person.
    Private,
    /// A basic group.
    Group,
    /// A supergroup.
    Supergroup,
    /// A channel.
    Channel,
}

impl ChatKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Group => "group",
            Self::Supergroup => "supergroup",
            Self::Channel => "channel",
        }
    }

    pub(crate) fn is_group(self) -> bool {
        matches!(self, Self::Group | Self::Supergroup)
    }
}

/// Somebody's place in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    /// The owner.
    Creator,
    /// An administrator.
    Administrator,
    /// An ordinary member.
    Member,
    /// There, without the right to send.
    Restricted,
    /// No longer there.
    Left,
    /// Thrown out.
    Kicked,
}

impl Rights {
    pub(crate) fn status(self) -> &'static str {
        match self {
            Self::Creator => "creator",
            Self::Administrator => "administrator",
            Self::Member => "member",
            Self::Restricted => "restricted",
            Self::Left => "left",
            Self::Kicked => "kicked",
        }
    }

    /// As the Bot API calls it.
    pub(crate) fn named(status: &str) -> Option<Self> {
        let all = [Self::Creator, Self::Administrator, Self::Member, Self::Restricted, Self::Left, Self::Kicked];
        all.into_iter().find(|rights| rights.status() == status)
    }

    pub(crate) fn is_present(self) -> bool {
        matches!(self, Self::Creator | Self::Administrator | Self::Member | Self::Restricted)
    }

    pub(crate) fn is_administrator(self) -> bool {
        matches!(self, Self::Creator | Self::Administrator)
    }
}

#[derive(Debug)]
pub(crate) struct Chat {
    pub(crate) id: i64,
    pub(crate) kind: ChatKind,
    pub(crate) title: String,
    pub(crate) members: BTreeMap<i64, Rights>,
    pub(crate) messages: BTreeMap<i64, Message>,
    pub(crate) next_message: i64,
    pub(crate) migrated_to: Option<i64>,
    pub(crate) is_forum: bool,
    /// Bots that joined while their privacy mode was off: the mode counts from joining.
    pub(crate) open_to: BTreeSet<i64>,
    /// The name under which everybody finds it.
    pub(crate) username: Option<String>,
    /// The voice chat that runs.
    pub(crate) voice: Option<i64>,
    /// What happened in a supergroup or channel, for programs that missed it: message, and whether it was changed.
    pub(crate) log: Vec<(i64, bool)>,
}

/// A message as it stands now.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// The message object that bots see.
    pub(crate) value: Value,
    /// The bot that sent it.
    pub(crate) by_bot: Option<i64>,
    /// Markup as it was sent, for the page.
    pub(crate) html: String,
    /// The file in it.
    pub(crate) file: Option<String>,
}

impl Chat {
    pub(crate) fn new(id: i64, kind: ChatKind, title: &str) -> Self {
        Self {
            id,
            kind,
            title: title.to_owned(),
            members: BTreeMap::new(),
            messages: BTreeMap::new(),
            next_message: 1,
            migrated_to: None,
            is_forum: false,
            open_to: BTreeSet::new(),
            username: None,
            voice: None,
            log: Vec::new(),
        }
    }

    /// The chat object within updates.
    pub(crate) fn value(&self) -> Value {
        match self.kind {
            ChatKind::Private => json!({ "id": self.id, "type": "private", "first_name": self.title }),
            ChatKind::Group | ChatKind::Supergroup | ChatKind::Channel => {
                let mut value = json!({ "id": self.id, "type": self.kind.name(), "title": self.title });
                if self.is_forum {
                    value["is_forum"] = json!(true);
                }
                if let Some(username) = &self.username {
                    value["username"] = json!(username);
                }
                value
            }
        }
    }

    pub(crate) fn rights(&self, user: i64) -> Rights {
        self.members.get(&user).copied().unwrap_or(Rights::Left)
    }

    pub(crate) fn take_message_id(&mut self) -> i64 {
        let id = self.next_message;
        self.next_message += 1;
        id
    }
}
