//! What is in an answer, taken apart for keeping: each message, chat and user as the JSON that will stand in the file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tl_dict::Value;

use super::coverage::{Bounds, Took};

/// The lists of an answer; everything else is its head.
const LISTS: [&str; 3] = ["messages", "chats", "users"];

/// An answer's fields in order, each with its JSON; the lists without.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head(pub Vec<(String, Option<String>)>);

/// Something with a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its number.
    pub id: i64,
    /// Its date in seconds since 1970, if it has one.
    pub date: Option<i64>,
    /// What stands in the file.
    pub json: String,
}

/// A chat with a name that everybody can find.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub username: String,
    /// What it has to be addressed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<i64>,
    /// Whether it is a channel, rather than a group.
    #[serde(default)]
    pub is_channel: bool,
}

/// A page of messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// All but the lists.
    pub head: Head,
    /// The newest first.
    pub messages: Vec<Item>,
    /// As they came.
    pub chats: Vec<Item>,
    /// As they came.
    pub users: Vec<Item>,
    /// The chats among them that have a name.
    pub named: Vec<Named>,
    /// How often messages here were forwarded from each channel.
    pub forwards: BTreeMap<i64, u32>,
    /// Messages that the server has.
    pub total: Option<u64>,
    /// What came, before anything was left out.
    came: (u64, Option<i64>),
}

impl Answer {
    /// Takes an answer of `messages.getHistory` or its like apart; `None` if it is something else.
    pub fn read(value: &Value) -> Option<Self> {
        let object = value.object()?;
        if !matches!(object.name(), "ChannelMessages" | "Messages" | "MessagesSlice") {
            return None;
        }
        let mut head = vec![("_".to_owned(), Some(format!("\"{}\"", object.name())))];
        head.extend(object.fields().map(|(key, field)| (key.to_owned(), (!LISTS.contains(&key)).then(|| field.to_json()))));
        let messages: Vec<Item> = value.list_of("messages").iter().filter_map(item).collect();
        let mut forwards = BTreeMap::new();
        for message in value.list_of("messages") {
            if let Some(channel) = origin(message) {
                *forwards.entry(channel).or_insert(0) += 1;
            }
        }
        let came = (messages.len() as u64, messages.iter().filter_map(|message| message.date).min());
        Some(Self {
            head: Head(head),
            chats: value.list_of("chats").iter().filter_map(item).collect(),
            users: value.list_of("users").iter().filter_map(item).collect(),
            named: named_chats(value),
            total: value.get("count").and_then(Value::int).and_then(|count| u64::try_from(count).ok()),
            messages,
            forwards,
            came,
        })
    }

    /// Leaves out what isn't wanted, and says what came of it.
    pub fn trim(&mut self, bounds: &Bounds) -> Took {
        let is_wanted = |message: &Item| {
            message.id > bounds.min_id
                && message.date.is_none_or(|date| bounds.from.is_none_or(|from| date >= from))
                && message.date.is_none_or(|date| bounds.to.is_none_or(|to| date < to))
        };
        self.messages.retain(is_wanted);
        let numbers = self.messages.iter().map(|message| message.id);
        Took {
            came: self.came.0,
            kept: self.messages.len() as u64,
            range: numbers.clone().max().zip(numbers.min()),
            seen: self.came.1,
            total: self.total,
        }
    }
}

fn item(value: &Value) -> Option<Item> {
    let date = if let Some(Value::Date(date)) = value.get("date") { Some(i64::from(*date)) } else { None };
    Some(Item { id: value.get("id")?.int()?, date, json: value.to_json() })
}

/// The channel that a message was forwarded from.
fn origin(message: &Value) -> Option<i64> {
    message.get("fwd_from")?.get("from_id")?.get("channel_id")?.int()
}

/// The chats of an answer that everybody can find by name.
pub fn named_chats(answer: &Value) -> Vec<Named> {
    answer.list_of("chats").iter().filter_map(named).collect()
}

fn named(chat: &Value) -> Option<Named> {
    let is_active = |name: &&Value| name.get("active").is_some_and(Value::is_true);
    let several = || chat.list_of("usernames").iter().find(is_active)?.get("username");
    let username = chat.get("username").filter(|name| name.text().is_some()).or_else(several)?.text()?.to_owned();
    let is_whole = !chat.get("min").is_some_and(Value::is_true);
    Some(Named {
        id: chat.get("id")?.int()?,
        username,
        hash: chat.get("access_hash").and_then(Value::int).filter(|_| is_whole),
        is_channel: chat.get("broadcast").is_some_and(Value::is_true),
    })
}
