//! A message object → what somebody did.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize,
    de::{self, Deserializer, IgnoredAny, MapAccess},
};
use serde_json::value::RawValue;

use super::{
    ChatKind, RawChat, RawUser, full_name,
    keys::{ENVELOPE, KINDS, OTHER_BIT, SERVICE},
};
use crate::domain::{
    event::{
        Author, Command, CustomCommand, Event, GroupCommand, GroupMessage, Ignored, Place, PrivateMessage, Said, SharedPerson,
        ToUs,
    },
    ids::{ChatId, MessageId, TopicId, UserId},
    kind::Kind,
    rules::Rules,
};

/// A message, by its keys. Kinds are noted as they come and the first of [`KINDS`] wins.
#[derive(Default)]
pub(super) struct RawMessage {
    id: i64,
    date: i64,
    chat: Option<RawChat>,
    from: Option<RawUser>,
    sender_chat: Option<RawId>,
    author_signature: Option<String>,
    topic: Option<TopicId>,
    is_topic_message: bool,
    is_automatic_forward: bool,
    album: Option<String>,
    text: Option<String>,
    reply_to: Option<RawReply>,
    forward_origin: Option<RawOrigin>,
    contact: Option<RawContact>,
    users_shared: Option<RawUsersShared>,
    /// Kind bits by the index in [`KINDS`].
    kinds: u32,
    service: bool,
    new_title: Option<String>,
    migrate_to: Option<ChatId>,
    migrate_from: Option<ChatId>,
}

#[derive(Deserialize)]
struct RawId {
    id: ChatId,
}

#[derive(Deserialize)]
struct RawReply {
    #[serde(default)]
    message_id: Option<MessageId>,
    from: Option<RawReplyFrom>,
}

#[derive(Deserialize)]
struct RawReplyFrom {
    #[serde(default)]
    username: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum RawOrigin {
    User {
        sender_user: RawUser,
    },
    HiddenUser {
        sender_user_name: String,
    },
    Chat {
        sender_chat: RawId,
    },
    Channel {
        chat: RawId,
    },
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
struct RawContact {
    user_id: Option<UserId>,
    #[serde(default)]
    first_name: Option<String>,
    last_name: Option<String>,
}

#[derive(Deserialize)]
struct RawUsersShared {
    #[serde(default)]
    users: Vec<RawSharedUser>,
}

#[derive(Deserialize)]
struct RawSharedUser {
    user_id: UserId,
    first_name: Option<String>,
    last_name: Option<String>,
}

/// A key, borrowed from the update where it needs no unescaping.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for RawMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = RawMessage;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a message")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawMessage, A::Error> {
                let mut message = RawMessage::default();
                while let Some(Key(key)) = map.next_key()? {
                    message.read_field(&key, &mut map)?;
                }
                Ok(message)
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// A field that says nothing about who wrote where and when: what can't be read of it must not cost the message.
fn if_readable<'de, T: Deserialize<'de>, A: MapAccess<'de>>(map: &mut A) -> Result<Option<T>, A::Error> {
    let raw: &'de RawValue = map.next_value()?;
    Ok(serde_json::from_str(raw.get()).ok())
}

impl RawMessage {
    fn read_field<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "message_id" => self.id = map.next_value()?,
            "date" => self.date = map.next_value()?,
            "chat" => self.chat = Some(map.next_value()?),
            "from" => self.from = Some(map.next_value()?),
            "sender_chat" => self.sender_chat = Some(map.next_value()?),
            "author_signature" => self.author_signature = if_readable(map)?,
            "message_thread_id" => self.topic = if_readable(map)?,
            "is_topic_message" => self.is_topic_message = map.next_value()?,
            "is_automatic_forward" => self.is_automatic_forward = map.next_value()?,
            "media_group_id" => self.album = if_readable(map)?,
            "reply_to_message" => self.reply_to = if_readable(map)?,
            // A forward of a sort that is yet to come is a forward all the same.
            "forward_origin" => self.forward_origin = Some(if_readable(map)?.unwrap_or(RawOrigin::Unknown)),
            "text" => {
                self.text = Some(map.next_value()?);
                self.note_kind(key);
            }
            "contact" => {
                self.contact = if_readable(map)?;
                self.note_kind(key);
            }
            "users_shared" => {
                self.users_shared = if_readable(map)?;
                self.service = true;
            }
            "new_chat_title" => {
                self.new_title = Some(map.next_value()?);
                self.service = true;
            }
            "migrate_to_chat_id" => self.migrate_to = Some(map.next_value()?),
            "migrate_from_chat_id" => self.migrate_from = Some(map.next_value()?),
            _ => {
                map.next_value::<IgnoredAny>()?;
                self.note_kind(key);
            }
        }
        Ok(())
    }

    fn note_kind(&mut self, key: &str) {
        if let Some(index) = KINDS.iter().position(|(kind, _)| *kind == key) {
            self.kinds |= 1 << index;
        } else if SERVICE.contains(&key) {
            self.service = true;
        } else if !ENVELOPE.contains(&key) {
            self.kinds |= OTHER_BIT;
        }
    }

    /// What it is; `None` for Telegram's own messages about what happened.
    fn kind(&self) -> Option<Kind> {
        if self.service {
            return None;
        }
        // A message without any content is of a sort that the server didn't put into words for us.
        let first = if self.kinds == 0 { KINDS.len() - 1 } else { self.kinds.trailing_zeros() as usize };
        Some(KINDS[first].1)
    }

    pub(super) fn into_event(mut self, bot_username: &str) -> Event {
        let Some(chat) = self.chat.take() else { return Event::Ignored(Ignored::Unreadable) };
        match chat.kind {
            ChatKind::Private => self.into_private(bot_username),
            ChatKind::Group | ChatKind::Supergroup => self.into_group(chat, bot_username),
            ChatKind::Channel => Event::Ignored(Ignored::ChannelPost),
        }
    }

    fn into_group(self, chat: RawChat, bot_username: &str) -> Event {
        if let Some(to) = self.migrate_to {
            return Event::Migrated { from: chat.id, to };
        }
        if let Some(from) = self.migrate_from {
            return Event::Migrated { from, to: chat.id };
        }
        if let Some(title) = self.new_title {
            return Event::Renamed { chat: chat.id, title };
        }
        if self.is_automatic_forward {
            return Event::Ignored(Ignored::AutomaticForward);
        }
        let Some(kind) = self.kind() else { return Event::Ignored(Ignored::Service) };
        let author = match (&self.sender_chat, &self.from) {
            (Some(sender), _) if sender.id == chat.id => Author::Anonymous(self.author_signature),
            (Some(sender), _) => Author::Chat(sender.id),
            (None, Some(from)) if from.id == Rules::ANONYMOUS_ADMIN => Author::Anonymous(self.author_signature),
            (None, Some(from)) => Author::User(from.id),
            (None, None) => Author::Nobody,
        };
        let spoken = self.text.as_deref().filter(|_| kind == Kind::Text).and_then(|text| spoken_command(text, bot_username));
        match spoken {
            Some(Spoken::Ours { command, by_name, .. }) => {
                let topic = self.topic.filter(|_| self.is_topic_message);
                return Event::GroupCommand(GroupCommand {
                    place: Place { chat: chat.id, topic },
                    title: chat.title,
                    author,
                    command,
                    message: MessageId(self.id),
                    by_name,
                });
            }
            Some(Spoken::Custom { word, by_name }) => {
                let topic = self.topic.filter(|_| self.is_topic_message);
                return Event::CustomCommand(CustomCommand {
                    place: Place { chat: chat.id, topic },
                    title: chat.title,
                    name: self.from.filter(|_| matches!(author, Author::User(_))).and_then(RawUser::name).unwrap_or_default(),
                    author,
                    word,
                    message: MessageId(self.id),
                    by_name,
                });
            }
            Some(Spoken::Anothers) => return Event::Ignored(Ignored::OtherCommand),
            None => {}
        }
        // Privacy mode lets replies to the bot through, and nothing else that gets here.
        let is_reply_to_us = self
            .reply_to
            .and_then(|reply| reply.from)
            .and_then(|from| from.username)
            .is_some_and(|username| username.eq_ignore_ascii_case(bot_username));
        let names_us = self.text.as_deref().filter(|_| kind == Kind::Text).and_then(|text| without_name(text, bot_username));
        let topic = self.topic.filter(|_| self.is_topic_message);
        Event::GroupMessage(GroupMessage {
            to_us: names_us.map(|text| Box::new(ToUs { text, message: MessageId(self.id), topic })),
            chat: chat.id,
            id: MessageId(self.id),
            title: chat.title,
            author,
            kind,
            album: self.album,
            date: self.date,
            plain: !is_reply_to_us,
        })
    }

    fn into_private(self, bot_username: &str) -> Event {
        let Some(from) = &self.from else { return Event::Ignored(Ignored::Unreadable) };
        let (sender, message) = (from.sender(), MessageId(self.id));
        let reply_to = self.reply_to.as_ref().and_then(|reply| reply.message_id);
        let said = if let Some(shared) = self.users_shared {
            shared.users.into_iter().next().map_or(Said::NoAccount, |user| {
                Said::Person(SharedPerson { id: user.user_id, name: full_name(user.first_name, user.last_name), is_bot: false })
            })
        } else if self.service {
            return Event::Ignored(Ignored::Service);
        } else if let Some(origin) = self.forward_origin {
            match origin {
                RawOrigin::User { sender_user } => Said::Person(sender_user.into_person()),
                RawOrigin::HiddenUser { sender_user_name } => Said::HiddenAuthor(sender_user_name),
                RawOrigin::Chat { sender_chat: from } | RawOrigin::Channel { chat: from } => Said::Chat(from.id),
                RawOrigin::Unknown => Said::NoAccount,
            }
        } else if let Some(contact) = self.contact {
            match contact.user_id {
                Some(id) => {
                    Said::Person(SharedPerson { id, name: full_name(contact.first_name, contact.last_name), is_bot: false })
                }
                None => Said::NoAccount,
            }
        } else if let Some(text) = self.text {
            match spoken_command(&text, bot_username) {
                Some(Spoken::Ours { command, payload, .. }) => Said::Command(command, payload),
                Some(Spoken::Custom { word, .. }) => {
                    Said::OtherCommand { word, name: self.from.and_then(RawUser::name).unwrap_or_default() }
                }
                Some(Spoken::Anothers) => Said::OtherCommand { word: String::new(), name: String::new() },
                None => Said::Text(text),
            }
        } else {
            Said::Something
        };
        Event::PrivateMessage(PrivateMessage { from: sender, said, message, reply_to, material: None })
    }
}

/// A text that names the bot (`@our_bot`), without the name.
fn without_name(text: &str, bot_username: &str) -> Option<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    for (at, _) in text.match_indices('@') {
        let (before, rest) = (&text[..at], &text[at + 1..]);
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        if rest[..end].eq_ignore_ascii_case(bot_username) && !before.ends_with(is_part) {
            return Some(format!("{} {}", before.trim_end(), rest[end..].trim_start()).trim().to_owned());
        }
    }
    None
}

/// A text that starts with a command.
enum Spoken {
    /// One that we know, addressed to us by name or to nobody in particular, with the words after it.
    Ours { command: Command, payload: String, by_name: bool },
    /// One that isn't built in, addressed to us by name or to nobody in particular.
    Custom { word: String, by_name: bool },
    /// Another bot's.
    Anothers,
}

fn spoken_command(text: &str, bot_username: &str) -> Option<Spoken> {
    let (word, addressed) = Command::spoken(text)?;
    let payload = text.split_once(char::is_whitespace).map_or("", |(_, payload)| payload);
    if !addressed.is_none_or(|to| to.eq_ignore_ascii_case(bot_username)) {
        return Some(Spoken::Anothers);
    }
    let (word, by_name) = (word.to_ascii_lowercase(), addressed.is_some());
    Some(match Command::from_word(&word) {
        Some(command) => Spoken::Ours { command, payload: payload.trim().to_owned(), by_name },
        None => Spoken::Custom { word, by_name },
    })
}
