//! Chats, their members and messages.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::member;

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
    /// The basic group that it was.
    pub(crate) migrated_from: Option<i64>,
    pub(crate) is_forum: bool,
    /// Its topics, and whether each is closed.
    pub(crate) topics: BTreeMap<i64, bool>,
    /// Bots that joined while their privacy mode was off: the mode counts from joining.
    pub(crate) open_to: BTreeSet<i64>,
    /// The name under which everybody finds it.
    pub(crate) username: Option<String>,
    /// The voice chat that runs.
    pub(crate) voice: Option<i64>,
    /// Custom titles of administrators.
    pub(crate) titles: BTreeMap<i64, String>,
    /// What administrators may do, without the `can_`; those who aren't named here may do everything but name others.
    pub(crate) granted: BTreeMap<i64, BTreeSet<String>>,
    /// Further members whom nobody knows by name.
    pub(crate) crowd: usize,
    /// What stands about it.
    pub(crate) about: String,
    /// The group below a channel, where its posts are talked about.
    pub(crate) discussion: Option<i64>,
    /// Which message of that group is which post.
    pub(crate) copies: BTreeMap<i64, i64>,
    /// How often a channel's posts were seen and passed on.
    pub(crate) counters: BTreeMap<i64, Counters>,
    /// What happened in a supergroup or channel, for programs that missed it: message, and whether it was changed.
    pub(crate) log: Vec<(i64, bool)>,
}

/// What people did with a post.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counters {
    pub(crate) views: i32,
    pub(crate) forwards: i32,
    /// By emoji.
    pub(crate) reactions: BTreeMap<String, i32>,
}

/// What a topic is to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    Open,
    Closed,
    Unknown,
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
    /// Whether somebody may write in a topic, or in the thread below a message.
    pub(crate) fn topic(&self, topic: i64, who: i64) -> Topic {
        match self.topics.get(&topic) {
            Some(true) if !self.rights(who).is_administrator() => Topic::Closed,
            Some(_) => Topic::Open,
            None if !self.is_forum && self.messages.contains_key(&topic) => Topic::Open,
            None => Topic::Unknown,
        }
    }

    pub(crate) fn new(id: i64, kind: ChatKind, title: &str) -> Self {
        Self {
            id,
            kind,
            title: title.to_owned(),
            members: BTreeMap::new(),
            messages: BTreeMap::new(),
            next_message: 1,
            migrated_to: None,
            migrated_from: None,
            is_forum: false,
            topics: BTreeMap::new(),
            open_to: BTreeSet::new(),
            username: None,
            voice: None,
            titles: BTreeMap::new(),
            granted: BTreeMap::new(),
            crowd: 0,
            about: String::new(),
            discussion: None,
            copies: BTreeMap::new(),
            counters: BTreeMap::new(),
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

    /// Somebody's place as the Bot API describes it; `user` is the `User` object.
    pub(crate) fn member(&self, user: &Value) -> Value {
        let id = user["id"].as_i64().unwrap_or(0);
        let mut value = member::value(user, self.rights(id), self.kind);
        if !self.rights(id).is_administrator() {
            return value;
        }
        if let Some(title) = self.titles.get(&id) {
            value["custom_title"] = json!(title);
        }
        if let Some(granted) = self.granted.get(&id) {
            for (name, right) in value.as_object_mut().into_iter().flatten() {
                if let Some(known) = name.strip_prefix("can_").filter(|known| *known != "be_edited") {
                    *right = json!(granted.contains(known));
                }
            }
        }
        value
    }

    /// The messages below one, in its thread or in reply to it.
    pub(crate) fn answers(&self, message: i64) -> impl Iterator<Item = &Message> {
        let is_below = move |value: &Value| {
            value["message_thread_id"].as_i64() == Some(message)
                || value["reply_to_message"]["message_id"].as_i64() == Some(message)
        };
        self.messages.values().filter(move |known| is_below(&known.value))
    }

    /// How many are in it.
    pub(crate) fn count(&self) -> usize {
        self.crowd + self.members.values().filter(|rights| rights.is_present()).count()
    }

    pub(crate) fn take_message_id(&mut self) -> i64 {
        let id = self.next_message;
        self.next_message += 1;
        id
    }
}
