//! What a message is. Six kinds are what a teacher is measured by; the others are kept beside them.

use serde::{Deserialize, Serialize};

/// The kind of one message that a person wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Plain text.
    Text,
    /// A photo.
    Photo,
    /// A video, or a round video note.
    Video,
    /// Music or another audio file.
    Audio,
    /// A voice message.
    Voice,
    /// Any other file.
    Document,
    /// A GIF; Telegram sends it as a document too, but it is none.
    Animation,
    /// A photo that moves; Telegram sends it as a photo too.
    LivePhoto,
    /// Photos or videos behind a payment.
    PaidMedia,
    /// A sticker.
    Sticker,
    /// A forwarded story.
    Story,
    /// A poll or quiz.
    Poll,
    /// A place with a name.
    Venue,
    /// A point on the map.
    Location,
    /// Somebody's contact card.
    Contact,
    /// A thrown die.
    Dice,
    /// A game.
    Game,
    /// A checklist.
    Checklist,
    /// A bill.
    Invoice,
    /// A giveaway.
    Giveaway,
    /// A formatted article.
    RichMessage,
    /// Something that this release does not know.
    Other,
}

impl Kind {
    /// The six kinds that make a teacher's total, in the order of every file and report.
    pub const COUNTED: [Kind; 6] = [Kind::Text, Kind::Photo, Kind::Video, Kind::Audio, Kind::Voice, Kind::Document];

    /// Every kind that is kept beside the six.
    pub const EXTRA: [Kind; 16] = [
        Kind::Animation,
        Kind::LivePhoto,
        Kind::PaidMedia,
        Kind::Sticker,
        Kind::Story,
        Kind::Poll,
        Kind::Venue,
        Kind::Location,
        Kind::Contact,
        Kind::Dice,
        Kind::Game,
        Kind::Checklist,
        Kind::Invoice,
        Kind::Giveaway,
        Kind::RichMessage,
        Kind::Other,
    ];

    /// The key in the files.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Photo => "photo",
            Kind::Video => "video",
            Kind::Audio => "audio",
            Kind::Voice => "voice",
            Kind::Document => "document",
            Kind::Animation => "animation",
            Kind::LivePhoto => "live_photo",
            Kind::PaidMedia => "paid_media",
            Kind::Sticker => "sticker",
            Kind::Story => "story",
            Kind::Poll => "poll",
            Kind::Venue => "venue",
            Kind::Location => "location",
            Kind::Contact => "contact",
            Kind::Dice => "dice",
            Kind::Game => "game",
            Kind::Checklist => "checklist",
            Kind::Invoice => "invoice",
            Kind::Giveaway => "giveaway",
            Kind::RichMessage => "rich_message",
            Kind::Other => "other",
        }
    }

    /// The kind with this key in the files.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::COUNTED.into_iter().chain(Self::EXTRA).find(|kind| kind.key() == key)
    }
}
