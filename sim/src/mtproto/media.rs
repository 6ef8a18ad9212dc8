//! What is attached to messages, as an account reads it.

use grammers_tl_types::{enums, types};
use serde_json::Value;

use super::least;

/// A number for a name, the same each time.
pub(super) fn number_of(name: &str) -> i64 {
    i64::from_le_bytes(super::crypto::part(&super::crypto::sha256(&[name.as_bytes()]), 0))
}

/// Kinds of files: the field of the Bot API.
const DOCUMENTS: &[&str] = &["animation", "video", "video_note", "voice", "audio", "sticker", "document"];

/// Fields of a message that are no content.
const NO_MEDIA: &[&str] = &[
    "message_id",
    "from",
    "sender_chat",
    "chat",
    "date",
    "edit_date",
    "text",
    "entities",
    "reply_to_message",
    "reply_markup",
    "message_thread_id",
    "is_topic_message",
    "author_signature",
    "forward_origin",
    "is_automatic_forward",
    "link_preview_options",
];

/// What is attached to a message, if anything is.
pub(super) fn media(value: &Value) -> Option<enums::MessageMedia> {
    if let Some(sizes) = value["photo"].as_array() {
        return Some(photo(sizes, int(&value["date"])));
    }
    if let Some(kind) = DOCUMENTS.iter().find(|kind| value[**kind].is_object()) {
        return Some(document(kind, &value[*kind], int(&value["date"])));
    }
    if value["location"].is_object() {
        return Some(location(value));
    }
    if value["poll"].is_object() {
        return Some(poll(&value["poll"]));
    }
    if value["web_page"].is_object() {
        return Some(web_page(&value["web_page"]));
    }
    if value["paid_media"].is_object() {
        let preview = least!(types::MessageExtendedMediaPreview; 0i32);
        let stars_amount = value["paid_media"]["star_count"].as_i64().unwrap_or(0);
        return Some(types::MessageMediaPaidMedia { stars_amount, extended_media: vec![preview.into()] }.into());
    }
    if value["contact"].is_object() {
        let text = |name: &str| value["contact"][name].as_str().unwrap_or("").to_owned();
        let user_id = value["contact"]["user_id"].as_i64().unwrap_or(0);
        let (phone_number, first_name, last_name) = (text("phone_number"), text("first_name"), text("last_name"));
        return Some(types::MessageMediaContact { phone_number, first_name, last_name, vcard: text("vcard"), user_id }.into());
    }
    if value["dice"].is_object() {
        let emoticon = value["dice"]["emoji"].as_str().unwrap_or("").to_owned();
        return Some(types::MessageMediaDice { value: int(&value["dice"]["value"]), emoticon, game_outcome: None }.into());
    }
    let is_more = value.as_object()?.keys().any(|field| !NO_MEDIA.contains(&field.as_str()));
    is_more.then_some(enums::MessageMedia::Unsupported)
}

fn photo(sizes: &[Value], date: i32) -> enums::MessageMedia {
    let size = |(index, size): (usize, &Value)| {
        let (w, h, bytes) = (int(&size["width"]), int(&size["height"]), int(&size["file_size"]));
        types::PhotoSize { r#type: ["s", "m", "x", "y", "w"][index.min(4)].to_owned(), w, h, size: bytes }.into()
    };
    let id = number_of(sizes.last().and_then(|size| size["file_id"].as_str()).unwrap_or(""));
    let sizes: Vec<enums::PhotoSize> = sizes.iter().enumerate().map(size).collect();
    let photo = least!(types::Photo; 0i32, id, id, vec![1u8], date, sizes, super::USUAL_CENTRE);
    let mut media = least!(types::MessageMediaPhoto; 0i32);
    media.photo = Some(photo.into());
    media.into()
}

fn document(kind: &str, file: &Value, date: i32) -> enums::MessageMedia {
    let id = number_of(file["file_id"].as_str().unwrap_or(""));
    let mime = file["mime_type"].as_str().unwrap_or("application/octet-stream").to_owned();
    let size = file["file_size"].as_i64().unwrap_or(0);
    let mut attributes: Vec<enums::DocumentAttribute> = Vec::new();
    if let Some(name) = file["file_name"].as_str() {
        attributes.push(types::DocumentAttributeFilename { file_name: name.to_owned() }.into());
    }
    let seconds = file["duration"].as_f64().unwrap_or(0.0);
    if ["video", "video_note", "animation"].contains(&kind) {
        let (w, h) = (int(&file["width"]).max(int(&file["length"])), int(&file["height"]).max(int(&file["length"])));
        let mut video = least!(types::DocumentAttributeVideo; 0i32, seconds, w, h);
        video.round_message = kind == "video_note";
        attributes.push(video.into());
    }
    if kind == "animation" {
        attributes.push(enums::DocumentAttribute::Animated);
    }
    if kind == "sticker" {
        let alt = file["emoji"].as_str().unwrap_or("").to_owned();
        attributes.push(least!(types::DocumentAttributeSticker; 0i32, alt, enums::InputStickerSet::Empty).into());
    }
    if ["voice", "audio"].contains(&kind) {
        let mut audio = least!(types::DocumentAttributeAudio; 0i32, seconds as i32);
        audio.voice = kind == "voice";
        attributes.push(audio.into());
    }
    let document = least!(types::Document; 0i32, id, id, vec![1u8], date, mime, size, super::USUAL_CENTRE, attributes);
    let mut media = least!(types::MessageMediaDocument; 0i32);
    (media.voice, media.round, media.video) = (kind == "voice", kind == "video_note", kind == "video");
    media.document = Some(document.into());
    media.into()
}

/// A point on the map, with a name where it has one.
fn location(value: &Value) -> enums::MessageMedia {
    let degrees = |name: &str| value["location"][name].as_f64().unwrap_or(0.0);
    let geo = types::GeoPoint { long: degrees("longitude"), lat: degrees("latitude"), access_hash: 1, accuracy_radius: None };
    let text = |name: &str| value["venue"][name].as_str().unwrap_or("").to_owned();
    if value["venue"].is_object() {
        let (venue_id, venue_type) = (text("foursquare_id"), text("foursquare_type"));
        let provider = if venue_id.is_empty() { "" } else { "foursquare" }.to_owned();
        let (title, address) = (text("title"), text("address"));
        return types::MessageMediaVenue { geo: geo.into(), title, address, provider, venue_id, venue_type }.into();
    }
    types::MessageMediaGeo { geo: geo.into() }.into()
}

fn poll(poll: &Value) -> enums::MessageMedia {
    let words = |text: &Value| -> enums::TextWithEntities {
        types::TextWithEntities { text: text.as_str().unwrap_or("").to_owned(), entities: Vec::new() }.into()
    };
    let options = poll["options"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mark = |index: usize| vec![b'0' + index as u8];
    let answers: Vec<enums::PollAnswer> = options
        .iter()
        .enumerate()
        .map(|(index, option)| least!(types::PollAnswer; 0i32, words(&option["text"]), mark(index)).into())
        .collect();
    let voters = |(index, option): (usize, &Value)| {
        let mut voters = least!(types::PollAnswerVoters; 0i32, mark(index));
        voters.voters = Some(int(&option["voter_count"]));
        voters.recent_voters = Some(Vec::new());
        voters.into()
    };
    let mut results = least!(types::PollResults; 0i32);
    results.results = Some(options.iter().enumerate().map(voters).collect());
    results.total_voters = Some(int(&poll["total_voter_count"]));
    let id = number_of(poll["id"].as_str().unwrap_or(""));
    let mut shown = least!(types::Poll; id, 0i32, words(&poll["question"]), answers, 0i64);
    shown.closed = poll["is_closed"] == true;
    shown.multiple_choice = poll["allows_multiple_answers"] == true;
    shown.quiz = poll["type"] == "quiz";
    types::MessageMediaPoll { poll: shown.into(), results: results.into(), attached_media: None }.into()
}

fn web_page(page: &Value) -> enums::MessageMedia {
    let url = page["url"].as_str().unwrap_or("").to_owned();
    let display_url = url.trim_start_matches("https://").to_owned();
    let mut shown = least!(types::WebPage; 0i32, number_of(&url), url, display_url, 0i32);
    let text = |name: &str| page[name].as_str().map(str::to_owned);
    (shown.title, shown.description, shown.site_name) = (text("title"), text("description"), text("site_name"));
    let mut media = least!(types::MessageMediaWebPage; 0i32, enums::WebPage::Page(shown));
    media.safe = true;
    media.into()
}

fn int(value: &Value) -> i32 {
    value.as_i64().unwrap_or(0) as i32
}
