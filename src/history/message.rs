//! A message as Telegram Desktop writes it → what it is and who wrote it. The same questions as of an update, to other keys.

use std::fmt;

use serde::{
    Deserialize,
    de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess},
};

use super::written::{Album, Uncountable, Written};
use crate::domain::{
    event::{Author, Command},
    ids::{ChatId, UserId},
    kind::Kind,
    rules::Rules,
};

/// A message of an export. Keys that say nothing about who wrote what, when, are left out.
#[derive(Debug, Default)]
pub struct Message {
    /// Its number. Negative before a group became a supergroup.
    pub id: i64,
    /// The sender's name.
    pub from: Option<String>,
    /// `message`, `service` or `unsupported`.
    sort: String,
    date_unixtime: Option<Number>,
    from_id: Option<Peer>,
    /// An administrator's title.
    author: Option<String>,
    is_forwarded: bool,
    is_saved: bool,
    media_type: Option<String>,
    /// Bits by the index in [`CONTENT`].
    content: u32,
    text: Text,
}

/// Keys of what a message carries, where `media_type` doesn't say it. The first hit decides.
const CONTENT: [(&str, Kind); 11] = [
    ("paid_stars_amount", Kind::PaidMedia),
    ("file", Kind::Document),
    ("photo", Kind::Photo),
    ("poll", Kind::Poll),
    ("place_name", Kind::Venue),
    ("location_information", Kind::Location),
    ("contact_information", Kind::Contact),
    ("game_title", Kind::Game),
    ("todo_list", Kind::Checklist),
    ("invoice_information", Kind::Invoice),
    ("giveaway_information", Kind::Giveaway),
];

impl<'de> Deserialize<'de> for Message {
    /// By hand: Telegram Desktop writes some keys twice.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Message;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a message")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Message, A::Error> {
                let mut message = Message::default();
                while let Some(key) = map.next_key::<String>()? {
                    message.read_field(&key, &mut map)?;
                }
                Ok(message)
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

impl Message {
    /// What is asked of it, in the group with this id.
    pub fn written(&self, group: ChatId) -> Written {
        Written {
            id: self.id,
            date: self.date(),
            author: self.author(group),
            name: self.from.clone(),
            kind: self.kind(),
            album: Album::Untold,
        }
    }

    fn date(&self) -> Option<i64> {
        self.date_unixtime.as_ref().map(|date| date.0)
    }

    fn kind(&self) -> Result<Kind, Uncountable> {
        match self.sort.as_str() {
            "service" => return Err(Uncountable::Service),
            "message" => {}
            _ => return Err(Uncountable::Unsupported),
        }
        if self.is_saved && self.is_forwarded && matches!(self.from_id, Some(Peer::Channel(_))) {
            return Err(Uncountable::AutomaticForward);
        }
        let kind = self.content();
        if kind == Kind::Text && Command::spoken(&self.text.0).is_some() {
            return Err(Uncountable::Command);
        }
        Ok(kind)
    }

    fn read_field<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "id" => self.id = map.next_value()?,
            "type" => self.sort = map.next_value()?,
            "date_unixtime" => self.date_unixtime = map.next_value()?,
            "from" => self.from = map.next_value()?,
            "from_id" => self.from_id = map.next_value()?,
            "author" => self.author = map.next_value()?,
            "forwarded_from" => {
                // The name may be unknown, hence null.
                map.next_value::<IgnoredAny>()?;
                self.is_forwarded = true;
            }
            "saved_from" => {
                map.next_value::<IgnoredAny>()?;
                self.is_saved = true;
            }
            "media_type" => self.media_type = map.next_value()?,
            "text" => self.text = map.next_value()?,
            _ => {
                let is_there = map.next_value::<Option<IgnoredAny>>()?.is_some();
                if let Some(index) = CONTENT.iter().position(|(known, _)| *known == key).filter(|_| is_there) {
                    self.content |= 1 << index;
                }
            }
        }
        Ok(())
    }

    fn content(&self) -> Kind {
        match self.media_type.as_deref() {
            Some("animation") => Kind::Animation,
            // Round videos count as videos.
            Some("video_file" | "video_message") => Kind::Video,
            Some("audio_file") => Kind::Audio,
            Some("voice_message") => Kind::Voice,
            Some("sticker") => Kind::Sticker,
            Some(_) | None if self.content != 0 => CONTENT[self.content.trailing_zeros() as usize].1,
            // Dice and stories are written as nothing at all.
            Some(_) | None if self.text.0.is_empty() => Kind::Other,
            Some(_) | None => Kind::Text,
        }
    }

    fn author(&self, group: ChatId) -> Author {
        let by_chat = |sender: ChatId| {
            if sender == group { Author::Anonymous(self.author.clone()) } else { Author::Chat(sender) }
        };
        match self.from_id {
            Some(Peer::User(user)) if user == Rules::ANONYMOUS_ADMIN => Author::Anonymous(self.author.clone()),
            Some(Peer::User(user)) => Author::User(user),
            Some(Peer::Channel(id)) => by_chat(ChatId::supergroup(id)),
            Some(Peer::Group(id)) => by_chat(ChatId::basic_group(id)),
            Some(Peer::Unknown) | None => Author::Nobody,
        }
    }
}

/// A number, which Telegram Desktop also writes as text.
#[derive(Debug)]
struct Number(i64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_i64<E: de::Error>(self, n: i64) -> Result<Number, E> {
                Ok(Number(n))
            }

            fn visit_u64<E: de::Error>(self, n: u64) -> Result<Number, E> {
                i64::try_from(n).map(Number).map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
                text.parse().map(Number).map_err(|_| E::custom(format!("{text:?} is no number")))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// Whom a message is from: `user123`, `channel123`, `chat123`.
#[derive(Debug, PartialEq)]
enum Peer {
    User(UserId),
    Channel(i64),
    Group(i64),
    /// Of a sort that is yet to come, or in the way of old releases: a bare number.
    Unknown,
}

impl Peer {
    fn parse(text: &str) -> Self {
        let digits = text.trim_start_matches(|c: char| c.is_ascii_lowercase());
        let Ok(number) = digits.parse::<i64>() else { return Self::Unknown };
        match &text[..text.len() - digits.len()] {
            "user" => Self::User(UserId(number)),
            "channel" => Self::Channel(number),
            "chat" => Self::Group(number),
            _ => Self::Unknown,
        }
    }
}

impl<'de> Deserialize<'de> for Peer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Ok(value.as_str().map_or(Self::Unknown, Self::parse))
    }
}

/// What a message says: a text, or a list of texts and objects with one.
#[derive(Debug, Default)]
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a list of its parts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Text, A::Error> {
                let mut whole = String::new();
                while let Some(Text(part)) = parts.next_element()? {
                    whole.push_str(&part);
                }
                Ok(Text(whole))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut part: A) -> Result<Text, A::Error> {
                let mut text = Text::default();
                while let Some(key) = part.next_key::<String>()? {
                    if key == "text" {
                        text = part.next_value()?;
                    } else {
                        part.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(text)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
