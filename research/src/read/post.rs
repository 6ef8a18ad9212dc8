//! A post as a collected file has it: the fields that datasets and networks need, of all layers. What isn't named here is passed over.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};

use crate::json::Json;

/// One item of `messages`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Post {
    /// `Message`, `MessageService` or `MessageEmpty`.
    #[serde(rename = "_")]
    pub(crate) kind: String,
    /// Its number within the channel.
    pub(crate) id: i64,
    /// Where it stands.
    pub(crate) peer_id: Option<Peer>,
    /// `2023-04-20 10:11:12+00:00`.
    pub(crate) date: Option<String>,
    /// Its text, also that of a picture.
    pub(crate) message: Option<String>,
    /// Who wrote it, where that is known.
    pub(crate) from_id: Option<Peer>,
    /// Where it was forwarded from.
    pub(crate) fwd_from: Option<Forward>,
    /// What it answers.
    pub(crate) reply_to: Option<Reply>,
    /// What it shows.
    pub(crate) media: Option<Media>,
    /// How often it was seen.
    pub(crate) views: Option<i64>,
    /// How often it was forwarded.
    pub(crate) forwards: Option<i64>,
    /// How many answered.
    pub(crate) replies: Option<Replies>,
    /// Links and mentions in its text.
    pub(crate) entities: Option<Vec<Entity>>,
    /// When it was last changed.
    pub(crate) edit_date: Option<String>,
    /// The name under it.
    pub(crate) post_author: Option<String>,
    /// The same for all parts of an album.
    pub(crate) grouped_id: Option<i64>,
    /// What people thought of it.
    pub(crate) reactions: Option<Reactions>,
    /// Its buttons.
    pub(crate) reply_markup: Option<Markup>,
    /// A text with headings, lists and tables.
    pub(crate) rich_message: Option<Json>,
    /// What was paid for posting it.
    pub(crate) paid_message_stars: Option<i64>,
    /// What happened, in a service message.
    pub(crate) action: Option<IgnoredAny>,
}

/// A user, a small group, or a channel.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Peer {
    #[serde(rename = "_")]
    pub(crate) kind: String,
    pub(crate) user_id: Option<i64>,
    pub(crate) chat_id: Option<i64>,
    pub(crate) channel_id: Option<i64>,
}

impl Peer {
    /// Its id, whatever it is.
    pub(crate) fn id(&self) -> Option<i64> {
        self.channel_id.or(self.user_id).or(self.chat_id)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Forward {
    pub(crate) date: Option<String>,
    pub(crate) from_id: Option<Peer>,
    pub(crate) from_name: Option<String>,
    pub(crate) channel_post: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Reply {
    pub(crate) reply_to_msg_id: Option<i64>,
    /// Another chat, where it isn't this one.
    pub(crate) reply_to_peer_id: Option<Peer>,
    /// Whose story, where it answers one.
    pub(crate) peer: Option<Peer>,
    pub(crate) story_id: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Replies {
    pub(crate) replies: Option<i64>,
}

/// A stretch of the text, counted in UTF-16.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entity {
    #[serde(rename = "_")]
    pub(crate) kind: String,
    pub(crate) offset: usize,
    pub(crate) length: usize,
    pub(crate) url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Reactions {
    pub(crate) results: Option<Vec<Reaction>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Reaction {
    pub(crate) count: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Markup {
    pub(crate) rows: Option<Vec<Row>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Row {
    pub(crate) buttons: Option<Vec<Button>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Button {
    pub(crate) url: Option<String>,
}

/// Any medium; `kind` says which of the fields mean something.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Media {
    #[serde(rename = "_")]
    pub(crate) kind: String,
    pub(crate) webpage: Option<WebPage>,
    pub(crate) document: Option<Document>,
    pub(crate) poll: Option<Poll>,
    pub(crate) results: Option<PollResults>,
    pub(crate) geo: Option<Geo>,
    pub(crate) title: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) provider: Option<String>,
    pub(crate) venue_id: Option<String>,
    pub(crate) venue_type: Option<String>,
    pub(crate) phone_number: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) user_id: Option<i64>,
    /// What a paid medium costs.
    pub(crate) stars_amount: Option<i64>,
    /// The pictures that are paid for; one thing in an invoice.
    pub(crate) extended_media: Option<Json>,
    /// Whose story it is.
    pub(crate) peer: Option<Peer>,
    /// A story's number.
    pub(crate) id: Option<i64>,
    /// A list of things to do.
    pub(crate) todo: Option<Json>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WebPage {
    #[serde(rename = "_")]
    pub(crate) kind: String,
    pub(crate) url: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Document {
    pub(crate) id: Option<i64>,
    pub(crate) mime_type: Option<String>,
    pub(crate) attributes: Option<Vec<Attribute>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Attribute {
    #[serde(rename = "_")]
    pub(crate) kind: String,
    /// Whole seconds in old layers, with a fraction in new ones.
    pub(crate) duration: Json,
    pub(crate) file_name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Poll {
    pub(crate) id: Option<i64>,
    pub(crate) question: Option<Styled>,
    pub(crate) answers: Option<Vec<PollAnswer>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PollAnswer {
    pub(crate) text: Option<Styled>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PollResults {
    pub(crate) total_voters: Option<i64>,
    pub(crate) results: Option<Json>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Geo {
    pub(crate) lat: Option<f64>,
    pub(crate) long: Option<f64>,
}

/// Text that is a plain string in old layers, and an object with entities in new ones.
#[derive(Debug)]
pub(crate) struct Styled {
    /// The words.
    pub(crate) text: String,
    /// The whole object, where it is one.
    pub(crate) object: Option<Json>,
}

impl<'de> Deserialize<'de> for Styled {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct PlainOrStyled;
        impl<'de> Visitor<'de> for PlainOrStyled {
            type Value = Styled;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, or text with entities")
            }

            fn visit_str<E>(self, text: &str) -> Result<Styled, E> {
                Ok(Styled { text: text.to_owned(), object: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Styled, A::Error> {
                let object = Json::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(Styled { text: object.at("text").text().unwrap_or_default().to_owned(), object: Some(object) })
            }
        }
        from.deserialize_any(PlainOrStyled)
    }
}
