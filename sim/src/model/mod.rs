//! The model: who is where, what was said, who sees it. Pure and synchronous.

pub(crate) mod account;
pub(crate) mod chat;
pub(crate) mod clock;
mod deliver;
pub(crate) mod files;
mod forward;
pub(crate) mod member;
pub(crate) mod news;
pub(crate) mod queue;
pub(crate) mod voice;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};

use self::{
    account::Accounts,
    chat::{Chat, ChatKind, Message, Rights},
    files::StoredFile,
    news::News,
    queue::Queue,
    voice::VoiceChat,
};
use crate::{
    autolink,
    content::{CommandFor, Content},
    faults::Faults,
    flood::FloodLimits,
    reading::{Outgoing, OutgoingKind},
};

/// Stands for every anonymous administrator.
pub(crate) const ANONYMOUS_ADMIN: i64 = 1_087_968_824;
/// Stands for everybody who writes as a channel.
pub(crate) const CHANNEL_BOT: i64 = 136_817_688;
/// Telegram itself: copies of a channel's posts in its discussion group.
pub(crate) const TELEGRAM: i64 = 777_000;

/// A private chat has the person's number for its bot; a bot's own number tells whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ChatKey {
    /// 0 for groups and channels.
    pub(crate) bot: i64,
    pub(crate) chat: i64,
}

impl ChatKey {
    pub(crate) fn public(chat: i64) -> Self {
        Self { bot: 0, chat }
    }

    pub(crate) fn private(bot: i64, user: i64) -> Self {
        Self { bot, chat: user }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct UserData {
    pub(crate) id: i64,
    pub(crate) first_name: String,
    pub(crate) username: Option<String>,
    pub(crate) lang: String,
    /// Forwards of their messages show a name only.
    pub(crate) hides_forwards: bool,
    /// Who they are in the story, e.g. "Head of studies"; only the page shows it.
    pub(crate) note: String,
}

impl UserData {
    pub(crate) fn value(&self) -> Value {
        let mut value = json!({ "id": self.id, "is_bot": false, "first_name": self.first_name, "language_code": self.lang });
        if let Some(username) = &self.username {
            value["username"] = json!(username);
        }
        value
    }
}

#[derive(Debug)]
pub(crate) struct BotData {
    pub(crate) id: i64,
    pub(crate) username: String,
    pub(crate) privacy: bool,
    pub(crate) queue: Queue,
    pub(crate) webhook: Option<Webhook>,
    /// Rises with every poller: the older one is told of the conflict.
    pub(crate) poller: u64,
    /// People who started it and didn't block it.
    pub(crate) reachable: BTreeSet<i64>,
    pub(crate) commands: BTreeMap<String, Value>,
    pub(crate) texts: BTreeMap<String, String>,
    /// Presses that wait for their answer.
    pub(crate) open_presses: HashMap<String, Option<PressAnswer>>,
    /// When each press was, in milliseconds.
    pub(crate) pressed_at: HashMap<String, i64>,
    /// What is only kept and given back: the menu button, rights to ask for.
    pub(crate) settings: BTreeMap<String, Value>,
    pub(crate) revoked: bool,
}

impl BotData {
    pub(crate) fn value(&self) -> Value {
        json!({ "id": self.id, "is_bot": true, "first_name": self.username, "username": self.username })
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    pub(crate) url: String,
    pub(crate) secret: Option<String>,
    pub(crate) max_connections: usize,
    pub(crate) last_error: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PressAnswer {
    pub(crate) text: String,
    pub(crate) alert: bool,
}

/// One call of the Bot API, for those who ask what was called.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) parameters: Value,
}

/// Everything there is.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) users: BTreeMap<i64, UserData>,
    pub(crate) bots: BTreeMap<i64, BotData>,
    pub(crate) tokens: HashMap<String, i64>,
    pub(crate) accounts: Accounts,
    /// Voice chats, also those that ended.
    pub(crate) voice: BTreeMap<i64, VoiceChat>,
    /// When the next of those in voice chats who fell off the network times out, Unix milliseconds.
    pub(crate) next_timeout: Option<i64>,
    /// What programs of people hear of, in order.
    pub(crate) news: Vec<News>,
    /// Key and session of the program whose call is carried out.
    pub(crate) acting: Option<(i64, i64)>,
    pub(crate) chats: BTreeMap<ChatKey, Chat>,
    pub(crate) files: BTreeMap<String, StoredFile>,
    /// What bots sent, in order.
    pub(crate) outgoing: Vec<Outgoing>,
    /// How far each chat was read.
    pub(crate) read: HashMap<ChatKey, usize>,
    pub(crate) calls: Vec<Call>,
    pub(crate) violations: Vec<String>,
    pub(crate) faults: Faults,
    pub(crate) flood: FloodLimits,
    /// The clock's reading, Unix milliseconds; set before each operation.
    pub(crate) now: i64,
    /// The time zone of the page's clock, by its IANA name; the browser's own unless told.
    pub(crate) zone: Option<String>,
    /// Rises with everything that a page shows.
    pub(crate) version: u64,
    next_id: i64,
    next_press: u64,
}

/// Who speaks in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Speaker {
    User(i64),
    Anonymous { admin: i64, signature: Option<String> },
    Channel(i64),
    LinkedChannel(i64),
}

impl World {
    pub(crate) fn take_id(&mut self) -> i64 {
        self.next_id += 1;
        self.next_id
    }

    pub(crate) fn add_user(&mut self, id: i64, first_name: &str, lang: &str) {
        let username = first_name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let username = (!username.is_empty()).then(|| format!("{username}_{id}"));
        self.users.insert(
            id,
            UserData {
                id,
                first_name: first_name.to_owned(),
                username,
                lang: lang.to_owned(),
                hides_forwards: false,
                note: String::new(),
            },
        );
    }

    pub(crate) fn add_bot(&mut self, id: i64, username: &str, token: &str) {
        let bot = BotData {
            id,
            username: username.to_owned(),
            privacy: true,
            queue: Queue::new(100_000),
            webhook: None,
            poller: 0,
            reachable: BTreeSet::new(),
            commands: BTreeMap::new(),
            texts: BTreeMap::new(),
            open_presses: HashMap::new(),
            pressed_at: HashMap::new(),
            settings: BTreeMap::new(),
            revoked: false,
        };
        self.bots.insert(id, bot);
        self.tokens.insert(token.to_owned(), id);
    }

    pub(crate) fn chat(&self, key: ChatKey) -> &Chat {
        self.chats.get(&key).expect("handles point at chats that exist")
    }

    pub(crate) fn chat_mut(&mut self, key: ChatKey) -> &mut Chat {
        self.chats.get_mut(&key).expect("handles point at chats that exist")
    }

    /// The private chat of a bot with a person, begun if need be.
    pub(crate) fn private_chat(&mut self, bot: i64, user: i64) -> ChatKey {
        let key = ChatKey::private(bot, user);
        let name = self.users.get(&user).map(|user| user.first_name.clone()).unwrap_or_default();
        self.chats.entry(key).or_insert_with(|| Chat::new(user, ChatKind::Private, &name));
        key
    }

    /// Somebody writes in a group or channel. The message's number.
    pub(crate) fn post(&mut self, chat: i64, speaker: &Speaker, content: Content, date: Option<i64>) -> i64 {
        let key = ChatKey::public(chat);
        self.spoil_codes(speaker, &content);
        let (command, reply_to_bot) = (content.command(), self.replied_bot(key, &content));
        let mut value = Value::Object(content.0);
        self.sign(&mut value, chat, speaker);
        let id = self.store(key, &mut value, None, date);
        let from = match speaker {
            Speaker::User(user) => Some(*user),
            Speaker::Anonymous { .. } | Speaker::Channel(_) | Speaker::LinkedChannel(_) => None,
        };
        let seen = Seen { from, always: false, command, reply_to_bot };
        self.deliver_message(chat, &value, &seen);
        id
    }

    fn sign(&self, value: &mut Value, chat: i64, speaker: &Speaker) {
        let group = self.chat(ChatKey::public(chat)).value();
        match speaker {
            Speaker::User(user) => value["from"] = self.users[user].value(),
            Speaker::Anonymous { signature, .. } => {
                value["from"] =
                    json!({ "id": ANONYMOUS_ADMIN, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot" });
                value["sender_chat"] = group;
                if let Some(signature) = signature {
                    value["author_signature"] = json!(signature);
                }
            }
            Speaker::Channel(channel) | Speaker::LinkedChannel(channel) => {
                let is_linked = matches!(speaker, Speaker::LinkedChannel(_));
                let stand_in = if is_linked {
                    json!({ "id": TELEGRAM, "is_bot": false, "first_name": "Telegram" })
                } else {
                    json!({ "id": CHANNEL_BOT, "is_bot": true, "first_name": "Channel", "username": "Channel_Bot" })
                };
                value["from"] = stand_in;
                value["sender_chat"] = self.chat(ChatKey::public(*channel)).value();
                if is_linked {
                    value["is_automatic_forward"] = json!(true);
                }
            }
        }
    }

    /// A service message about what `by` did.
    pub(crate) fn service(&mut self, chat: i64, by: i64, content: Content) -> i64 {
        let mut value = Value::Object(content.0);
        value["from"] = self.users.get(&by).map_or_else(|| self.bots[&by].value(), UserData::value);
        let id = self.store(ChatKey::public(chat), &mut value, None, None);
        self.deliver_message(chat, &value, &Seen { from: Some(by), always: true, command: None, reply_to_bot: None });
        id
    }

    /// Somebody writes to a bot in private.
    pub(crate) fn post_private(&mut self, bot: i64, user: i64, content: Content) -> i64 {
        let key = self.private_chat(bot, user);
        self.spoil_codes(&Speaker::User(user), &content);
        let mut value = Value::Object(content.0);
        value["from"] = self.users[&user].value();
        let id = self.store(key, &mut value, None, None);
        let now = self.now;
        let sender = self.bots.get_mut(&bot).expect("handles point at bots that exist");
        sender.reachable.insert(user);
        sender.queue.push("message", user, &value.to_string(), now);
        id
    }

    /// Numbers, dates and keeps a message.
    pub(crate) fn store(&mut self, key: ChatKey, value: &mut Value, by_bot: Option<i64>, date: Option<i64>) -> i64 {
        let date = date.unwrap_or(self.now / 1000);
        self.version += 1;
        files::keep(&mut self.files, value);
        let chat = self.chat_mut(key);
        let id = chat.take_message_id();
        value["message_id"] = json!(id);
        value["date"] = json!(date);
        value["chat"] = chat.value();
        let html = value.get("text").or_else(|| value.get("caption")).and_then(Value::as_str).unwrap_or("").to_owned();
        chat.messages.insert(id, Message { value: value.clone(), by_bot, html, file: None });
        self.tell_message(key, id, false);
        id
    }

    /// Somebody changes the text (or caption) of their message.
    pub(crate) fn edit(&mut self, key: ChatKey, message: i64, text: &str) {
        let now = self.now;
        let Some(known) = self.chats.get_mut(&key).and_then(|chat| chat.messages.get_mut(&message)) else { return };
        let (field, entities) =
            if known.value.get("text").is_some() { ("text", "entities") } else { ("caption", "caption_entities") };
        known.value[field] = json!(text);
        known.value[entities] = json!(autolink::entities(text));
        known.value["edit_date"] = json!(now / 1000);
        text.clone_into(&mut known.html);
        let body = known.value.to_string();
        let from = known.value["from"]["id"].as_i64();
        self.version += 1;
        self.tell_message(key, message, true);
        if let Some(bot) = self.bots.get_mut(&key.bot) {
            bot.queue.push("edited_message", key.chat, &body, now);
        } else {
            self.deliver("edited_message", key.chat, &body, &Seen { from, always: false, command: None, reply_to_bot: None });
        }
    }

    /// Changes somebody's place, with the service message and the updates that follow from it.
    pub(crate) fn set_rights(&mut self, chat: i64, who: i64, by: i64, rights: Rights) {
        let key = ChatKey::public(chat);
        let before = self.chat(key).rights(who);
        if before == rights {
            return;
        }
        self.version += 1;
        let kind = self.chat(key).kind;
        let person = self.bots.get(&who).map_or_else(|| self.users[&who].value(), BotData::value);
        if !before.is_present() {
            self.note_privacy(key, who);
        }
        self.chat_mut(key).members.insert(who, rights);
        self.deliver_rights(chat, who, by, before, rights);
        self.tell(News::Chat { chat, to: Some(who) });
        if kind.is_group() && !before.is_present() && rights.is_present() {
            self.service(chat, by, Content::raw(json!({ "new_chat_members": [person] })));
        }
        if kind.is_group() && before.is_present() && !rights.is_present() {
            self.service(chat, by, Content::raw(json!({ "left_chat_member": person })));
        }
    }

    /// Somebody has a place already: nobody is told.
    pub(crate) fn place(&mut self, key: ChatKey, who: i64, rights: Rights) {
        self.version += 1;
        self.note_privacy(key, who);
        self.chat_mut(key).members.insert(who, rights);
    }

    /// A bot that joins keeps the privacy mode that it joins with.
    fn note_privacy(&mut self, key: ChatKey, who: i64) {
        let is_open = self.bots.get(&who).is_some_and(|bot| !bot.privacy);
        let open_to = &mut self.chat_mut(key).open_to;
        if is_open {
            open_to.insert(who);
        } else {
            open_to.remove(&who);
        }
    }

    /// Renames a chat.
    pub(crate) fn rename(&mut self, chat: i64, by: i64, title: &str) {
        self.chat_mut(ChatKey::public(chat)).title = title.to_owned();
        self.service(chat, by, Content::raw(json!({ "new_chat_title": title })));
    }

    /// A group becomes a supergroup: its new number. The two service messages come in this order or the other.
    pub(crate) fn migrate(&mut self, chat: i64, by: i64, new_side_first: bool) -> i64 {
        let new = -1_000_000_000_000 - self.take_id();
        let old = self.chat(ChatKey::public(chat));
        let mut moved = Chat::new(new, ChatKind::Supergroup, &old.title);
        moved.migrated_from = Some(chat);
        moved.members = old.members.clone();
        moved.open_to = old.open_to.clone();
        (moved.titles, moved.granted, moved.crowd) = (old.titles.clone(), old.granted.clone(), old.crowd);
        self.chats.insert(ChatKey::public(new), moved);
        let announce = |world: &mut Self, in_new: bool| {
            if in_new {
                world.service(new, by, Content::raw(json!({ "migrate_from_chat_id": chat })));
            } else {
                world.service(chat, by, Content::raw(json!({ "migrate_to_chat_id": new })));
            }
        };
        announce(self, new_side_first);
        announce(self, !new_side_first);
        let old = self.chat_mut(ChatKey::public(chat));
        old.migrated_to = Some(new);
        if let Some(call) = old.voice.take() {
            self.chat_mut(ChatKey::public(new)).voice = Some(call);
            self.voice.entry(call).and_modify(|call| call.chat = new);
            self.tell(News::Call { call });
        }
        self.tell(News::Chat { chat, to: None });
        self.tell(News::Chat { chat: new, to: None });
        new
    }

    /// Somebody presses an inline button: the query's number.
    pub(crate) fn press(&mut self, bot: i64, user: i64, key: ChatKey, message: i64, data: &str) -> String {
        self.next_press += 1;
        let query = format!("{}{:012}", bot, self.next_press);
        let message = self.chat(key).messages.get(&message).map(|message| message.value.clone());
        let mut body = json!({
            "id": query, "from": self.users[&user].value(), "chat_instance": "1", "data": data,
        });
        if let Some(message) = message {
            body["message"] = message;
        }
        let now = self.now;
        let pressed = self.bots.get_mut(&bot).expect("handles point at bots that exist");
        pressed.open_presses.insert(query.clone(), None);
        pressed.pressed_at.insert(query.clone(), now);
        pressed.queue.push("callback_query", user, &body.to_string(), now);
        query
    }

    /// Notes what a bot sent or changed, for those who read.
    pub(crate) fn note_outgoing(&mut self, key: ChatKey, message: i64, kind: OutgoingKind) {
        self.version += 1;
        if kind == OutgoingKind::Edited {
            self.tell_message(key, message, true);
        }
        let shown = self.chat(key).messages[&message].clone();
        self.outgoing.push(Outgoing { key, message, kind, shown });
    }

    fn replied_bot(&self, key: ChatKey, content: &Content) -> Option<i64> {
        let replied = content.0.get("reply_to_message")?.get("message_id")?.as_i64()?;
        self.chat(key).messages.get(&replied)?.by_bot
    }
}

/// What decides whether a bot sees a message.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) from: Option<i64>,
    /// Service messages reach every bot in the chat.
    pub(crate) always: bool,
    pub(crate) command: Option<CommandFor>,
    pub(crate) reply_to_bot: Option<i64>,
}
