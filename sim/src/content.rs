//! What a message can hold, as fields of the message object.

use serde_json::{Map, Value, json};

use crate::{autolink, model::files::SAMPLE};

/// The content of a message: fields that the message object gets.
#[derive(Clone, Debug, PartialEq)]
pub struct Content(pub(crate) Map<String, Value>);

impl Content {
    /// Any fields: for kinds of messages that are newer than this crate.
    pub fn raw(fields: Value) -> Self {
        match fields {
            Value::Object(fields) => Self(fields),
            other => panic!("content is an object of fields, not {other}"),
        }
    }

    /// Plain text. Commands, mentions, hashtags and links get their entities, as Telegram does.
    pub fn text(text: &str) -> Self {
        let mut fields = json!({ "text": text });
        let entities = autolink::entities(text);
        if !entities.is_empty() {
            fields["entities"] = json!(entities);
        }
        Self::raw(fields)
    }

    /// A photo.
    pub fn photo() -> Self {
        Self::raw(json!({ "photo": [
            { "file_id": "photo-s", "file_unique_id": "ps", "width": 90, "height": 67, "file_size": SAMPLE.len() },
            { "file_id": "photo-x", "file_unique_id": "px", "width": 1280, "height": 960, "file_size": SAMPLE.len() },
        ]}))
    }

    /// A video.
    pub fn video() -> Self {
        Self::raw(
            json!({ "video": with(file("video"), json!({ "width": 640, "height": 360, "duration": 12, "mime_type": "video/mp4" })) }),
        )
    }

    /// A round video.
    pub fn video_note() -> Self {
        Self::raw(json!({ "video_note": with(file("round"), json!({ "length": 384, "duration": 7 })) }))
    }

    /// Music.
    pub fn audio() -> Self {
        Self::raw(json!({ "audio": with(file("audio"), json!({ "duration": 180, "title": "Song", "mime_type": "audio/mpeg" })) }))
    }

    /// A voice message.
    pub fn voice() -> Self {
        Self::raw(json!({ "voice": with(file("voice"), json!({ "duration": 9, "mime_type": "audio/ogg" })) }))
    }

    /// A file.
    pub fn document(name: &str) -> Self {
        Self::raw(json!({ "document": with(file("document"), json!({ "file_name": name, "mime_type": "application/pdf" })) }))
    }

    /// A GIF, which comes as a document too.
    pub fn animation() -> Self {
        let animation = with(file("gif"), json!({ "width": 320, "height": 240, "duration": 3, "mime_type": "video/mp4" }));
        Self::raw(json!({ "animation": animation, "document": file("gif") }))
    }

    /// A sticker.
    pub fn sticker() -> Self {
        let sticker = with(
            file("sticker"),
            json!({ "type": "regular", "width": 512, "height": 512, "is_animated": false, "is_video": false, "emoji": "👍" }),
        );
        Self::raw(json!({ "sticker": sticker }))
    }

    /// A poll.
    pub fn poll(question: &str) -> Self {
        Self::raw(json!({ "poll": {
            "id": "1", "question": question, "total_voter_count": 0, "is_closed": false, "is_anonymous": true,
            "type": "regular", "allows_multiple_answers": false, "allows_revoting": false, "members_only": false,
            "options": [{ "persistent_id": "a", "text": "Yes", "voter_count": 0 }, { "persistent_id": "b", "text": "No", "voter_count": 0 }],
        }}))
    }

    /// A point on the map.
    pub fn location() -> Self {
        Self::raw(json!({ "location": { "latitude": 41.3, "longitude": 69.2 } }))
    }

    /// A contact card; with an account where `user` is known.
    pub fn contact(name: &str, user: Option<i64>) -> Self {
        let mut contact = json!({ "phone_number": "+998901234567", "first_name": name });
        if let Some(user) = user {
            contact["user_id"] = json!(user);
        }
        Self::raw(json!({ "contact": contact }))
    }

    /// A thrown die.
    pub fn dice() -> Self {
        Self::raw(json!({ "dice": { "emoji": "🎲", "value": 4 } }))
    }

    /// One of the kinds by its name in the message object, e.g. `video_note`.
    pub fn of_kind(kind: &str) -> Option<Self> {
        Some(match kind {
            "text" => Self::text("hello"),
            "photo" => Self::photo(),
            "video" => Self::video(),
            "video_note" => Self::video_note(),
            "audio" => Self::audio(),
            "voice" => Self::voice(),
            "document" => Self::document("homework.pdf"),
            "animation" => Self::animation(),
            "sticker" => Self::sticker(),
            "poll" => Self::poll("Who is coming tomorrow?"),
            "location" => Self::location(),
            "contact" => Self::contact("Ann", None),
            "dice" => Self::dice(),
            _ => Self::raw(RARE_KINDS.iter().find(|(name, _)| *name == kind).map(|(_, json)| parse(json))?),
        })
    }

    /// All kinds that [`Content::of_kind`] knows.
    pub fn kinds() -> impl Iterator<Item = &'static str> {
        let common = [
            "text",
            "photo",
            "video",
            "video_note",
            "audio",
            "voice",
            "document",
            "animation",
            "sticker",
            "poll",
            "location",
            "contact",
            "dice",
        ];
        common.into_iter().chain(RARE_KINDS.iter().map(|(name, _)| *name))
    }

    /// The same with words under it.
    pub fn captioned(mut self, caption: &str) -> Self {
        self.0.insert("caption".into(), json!(caption));
        self
    }

    /// The same as an item of an album.
    pub fn in_album(mut self, album: &str) -> Self {
        self.0.insert("media_group_id".into(), json!(album));
        self
    }

    /// The same in reply to another message of the chat.
    pub(crate) fn with(mut self, key: &str, value: Value) -> Self {
        self.0.insert(key.into(), value);
        self
    }

    /// The command that it begins with: for the bot that it names, or for any.
    pub(crate) fn command(&self) -> Option<CommandFor> {
        let word = self.0.get("text")?.as_str()?.strip_prefix('/')?.split_whitespace().next()?;
        Some(word.split_once('@').map_or(CommandFor::Anybody, |(_, bot)| CommandFor::Bot(bot.to_lowercase())))
    }
}

/// Whom a command is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CommandFor {
    Anybody,
    /// The bot's name in small letters.
    Bot(String),
}

/// Kinds that need no builder of their own. A live photo comes as a photo too, a venue as a location.
const RARE_KINDS: &[(&str, &str)] = &[
    (
        "live_photo",
        r#"{"live_photo":{"file_id":"live","file_unique_id":"u-live","width":1280,"height":960,"duration":3},
            "photo":[{"file_id":"photo-x","file_unique_id":"px","width":1280,"height":960}]}"#,
    ),
    ("paid_media", r#"{"paid_media":{"star_count":5,"paid_media":[{"type":"preview"}]}}"#),
    ("story", r#"{"story":{"chat":{"id":1,"type":"private","first_name":"Story"},"id":3}}"#),
    (
        "venue",
        r#"{"location":{"latitude":41.3,"longitude":69.2},
            "venue":{"location":{"latitude":41.3,"longitude":69.2},"title":"School 5","address":"Tashkent"}}"#,
    ),
    ("game", r#"{"game":{"title":"Chess","description":"A game","photo":[]}}"#),
    ("checklist", r#"{"checklist":{"title":"Homework","tasks":[{"id":1,"text":"Read"}]}}"#),
    (
        "invoice",
        r#"{"invoice":{"title":"Book","description":"A book","start_parameter":"b","currency":"UZS","total_amount":100}}"#,
    ),
    ("giveaway", r#"{"giveaway":{"chats":[],"winners_selection_date":1900000000,"winner_count":1}}"#),
    ("rich_message", r#"{"rich_message":{"blocks":[]}}"#),
];

fn parse(json: &str) -> Value {
    serde_json::from_str(json).expect("the samples are JSON")
}

fn file(id: &str) -> Value {
    json!({ "file_id": id, "file_unique_id": format!("u-{id}"), "file_size": SAMPLE.len() })
}

fn with(mut value: Value, more: Value) -> Value {
    if let (Some(fields), Value::Object(more)) = (value.as_object_mut(), more) {
        fields.extend(more);
    }
    value
}
