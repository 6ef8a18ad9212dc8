//! The kinds of messages, in words and signs.

use crate::domain::{kind::Kind, lang::Lang, tally::Tally};

use super::number;

/// The extra kinds of a tally: "stickers: 3, polls: 1". Empty where there are none.
pub fn extras(tally: &Tally, lang: Lang) -> String {
    let named = tally.extra().map(|(extra, n)| format!("{}: {}", kind(extra, lang), number(n)));
    named.collect::<Vec<_>>().join(", ")
}

/// A kind, to stand before a number: "stickers: 3".
pub fn kind(kind: Kind, lang: Lang) -> &'static str {
    let [en, uz, ru] = match kind {
        Kind::Text => ["text", "matn", "текст"],
        Kind::Photo => ["photos", "suratlar", "фото"],
        Kind::Video => ["videos", "videolar", "видео"],
        Kind::Audio => ["audio", "audio", "аудио"],
        Kind::Voice => ["voice messages", "ovozli xabarlar", "голосовые"],
        Kind::Document => ["documents", "hujjatlar", "документы"],
        Kind::Animation => ["GIFs", "GIFlar", "GIF"],
        Kind::LivePhoto => ["live photos", "jonli suratlar", "живые фото"],
        Kind::PaidMedia => ["paid media", "pullik media", "платные медиа"],
        Kind::Sticker => ["stickers", "stikerlar", "стикеры"],
        Kind::Story => ["stories", "hikoyalar", "истории"],
        Kind::Poll => ["polls", "soʻrovnomalar", "опросы"],
        Kind::Venue => ["places", "manzillar", "места"],
        Kind::Location => ["locations", "joylashuvlar", "геопозиции"],
        Kind::Contact => ["contacts", "kontaktlar", "контакты"],
        Kind::Dice => ["dice", "zarlar", "кубики"],
        Kind::Game => ["games", "oʻyinlar", "игры"],
        Kind::Checklist => ["checklists", "vazifalar roʻyxatlari", "списки задач"],
        Kind::Invoice => ["invoices", "hisob-fakturalar", "счета"],
        Kind::Giveaway => ["giveaways", "sovgʻa oʻyinlari", "розыгрыши"],
        Kind::RichMessage => ["articles", "maqolalar", "статьи"],
        Kind::Other => ["other", "boshqalar", "прочее"],
    };
    crate::say!(lang; en, uz, ru)
}

/// A sign for a kind; the extra kinds are named in words instead.
pub fn icon(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Text => Some("💬"),
        Kind::Photo => Some("🖼"),
        Kind::Video => Some("🎬"),
        Kind::Audio => Some("🎵"),
        Kind::Voice => Some("🎤"),
        Kind::Document => Some("📎"),
        Kind::Animation
        | Kind::LivePhoto
        | Kind::PaidMedia
        | Kind::Sticker
        | Kind::Story
        | Kind::Poll
        | Kind::Venue
        | Kind::Location
        | Kind::Contact
        | Kind::Dice
        | Kind::Game
        | Kind::Checklist
        | Kind::Invoice
        | Kind::Giveaway
        | Kind::RichMessage
        | Kind::Other => None,
    }
}

/// With a capital first letter.
pub fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
