//! A private message as the bot could send it on: Telegram's entities become Telegram's HTML, and a photo or file keeps the name that
//! Telegram gave it. Only private messages are read so, a second time: what is written in groups goes no further than counting needs.

use std::fmt::Write as _;

use serde::Deserialize;

use crate::{
    domain::{
        event::{Material, SharedFile},
        ids::UserId,
    },
    text::html::Html,
};

/// Telegram's own limit is lower; more is nobody's message.
const MOST_ENTITIES: usize = 500;

#[derive(Deserialize)]
struct RawUpdate {
    message: Option<RawMessage>,
}

#[derive(Deserialize)]
struct RawMessage {
    text: Option<String>,
    #[serde(default)]
    entities: Vec<RawEntity>,
    caption: Option<String>,
    #[serde(default)]
    caption_entities: Vec<RawEntity>,
    #[serde(default)]
    photo: Vec<RawFile>,
    document: Option<RawFile>,
    /// Each photo of an album comes by itself, and none of them is the message that was meant.
    media_group_id: Option<serde::de::IgnoredAny>,
    /// It comes as a document too, but can't be sent on as one.
    animation: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct RawFile {
    file_id: String,
    #[serde(default)]
    file_name: String,
}

/// A piece of formatting; counted in UTF-16 units.
#[derive(Deserialize)]
struct RawEntity {
    #[serde(rename = "type")]
    kind: String,
    offset: usize,
    length: usize,
    url: Option<String>,
    user: Option<RawUser>,
    language: Option<String>,
}

#[derive(Deserialize)]
struct RawUser {
    id: UserId,
}

/// What could be sent on of a private message; `None` where it is of another kind.
pub(super) fn of(raw: &str) -> Option<Box<Material>> {
    let message = serde_json::from_str::<RawUpdate>(raw).ok()?.message?;
    if let Some(text) = message.text {
        return Some(Box::new(Material { html: html(&text, &message.entities), file: None }));
    }
    if message.media_group_id.is_some() {
        return None;
    }
    let shared = |file: RawFile, as_photo| SharedFile { id: file.file_id, name: file.file_name, as_photo };
    let file = match (message.photo.into_iter().last(), message.document, message.animation) {
        // The largest size comes last.
        (Some(photo), ..) => shared(photo, true),
        (None, Some(document), None) => shared(document, false),
        (None, ..) => return None,
    };
    let html = html(&message.caption.unwrap_or_default(), &message.caption_entities);
    Some(Box::new(Material { html, file: Some(file) }))
}

/// The tags of a piece of formatting; `None`: Telegram finds it by itself, or a bot can't send it.
fn tags(entity: &RawEntity) -> Option<(String, &'static str)> {
    let plain = |open: &str, close| Some((open.to_owned(), close));
    match entity.kind.as_str() {
        "bold" => plain("<b>", "</b>"),
        "italic" => plain("<i>", "</i>"),
        "underline" => plain("<u>", "</u>"),
        "strikethrough" => plain("<s>", "</s>"),
        "spoiler" => plain("<tg-spoiler>", "</tg-spoiler>"),
        "code" => plain("<code>", "</code>"),
        "blockquote" => plain("<blockquote>", "</blockquote>"),
        "expandable_blockquote" => plain("<blockquote expandable>", "</blockquote>"),
        "pre" => match entity.language.as_deref().filter(|language| !language.is_empty()) {
            Some(language) => Some((format!("<pre><code class=\"language-{}\">", attribute(language)), "</code></pre>")),
            None => plain("<pre>", "</pre>"),
        },
        "text_link" => Some((format!("<a href=\"{}\">", attribute(entity.url.as_deref()?)), "</a>")),
        "text_mention" => Some((format!("<a href=\"tg://user?id={}\">", entity.user.as_ref()?.id), "</a>")),
        _ => None,
    }
}

fn attribute(text: &str) -> String {
    Html::text(text).into_string().replace('"', "&quot;")
}

/// The text with its formatting. Pieces that overlap are cut, so that tags always nest.
fn html(text: &str, entities: &[RawEntity]) -> String {
    let mut pieces: Vec<_> = entities
        .iter()
        .take(MOST_ENTITIES)
        .filter_map(|entity| Some((entity.offset, entity.offset.checked_add(entity.length)?, tags(entity)?)))
        .filter(|(from, to, _)| from < to)
        .collect();
    // The longer one is around the shorter one.
    pieces.sort_by_key(|(from, to, _)| (*from, std::cmp::Reverse(*to)));
    let (mut html, mut open, mut ahead) =
        (String::new(), Vec::<(usize, (String, &'static str))>::new(), pieces.into_iter().peekable());
    let mut at = 0;
    let close = |html: &mut String, open: &mut Vec<(usize, (String, &'static str))>, at: usize| {
        // What ends here may lie around what goes on: that is closed too, and opened again.
        let Some(first) = open.iter().position(|(to, _)| *to <= at) else { return };
        open[first..].iter().rev().for_each(|(_, (_, end))| html.push_str(end));
        let again: Vec<_> = open.drain(first..).filter(|(to, _)| *to > at).collect();
        again.iter().for_each(|(_, (begin, _))| html.push_str(begin));
        open.extend(again);
    };
    for letter in text.chars() {
        close(&mut html, &mut open, at);
        while let Some((_, to, tag)) = ahead.next_if(|(from, ..)| *from <= at) {
            if to > at {
                html.push_str(&tag.0);
                open.push((to, tag));
            }
        }
        write!(html, "{}", Html::text(letter)).expect("writing to a string succeeds");
        at += letter.len_utf16();
    }
    open.iter().rev().for_each(|(_, (_, end))| html.push_str(end));
    html
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn material(fields: &serde_json::Value) -> Option<Material> {
        of(&json!({ "update_id": 1, "message": fields }).to_string()).map(|material| *material)
    }

    fn marked(text: &str, entities: &serde_json::Value) -> String {
        material(&json!({ "text": text, "entities": entities })).expect("a text").html
    }

    #[test]
    fn formatting_is_kept_as_telegram_gave_it() {
        let entities = json!([
            { "type": "bold", "offset": 0, "length": 10 },
            { "type": "italic", "offset": 3, "length": 4 },
            { "type": "text_link", "offset": 11, "length": 4, "url": "https://a.uz/?x=\"1\"&y=<2>" },
            { "type": "hashtag", "offset": 16, "length": 2 },
        ]);
        assert_eq!(
            marked("🙂 <one> two here #x", &entities),
            "<b>🙂 <i>&lt;one</i>&gt; t</b>w<a href=\"https://a.uz/?x=&quot;1&quot;&amp;y=&lt;2&gt;\">o he</a>re #x"
        );
        let code = json!([{ "type": "pre", "offset": 0, "length": 5, "language": "rust" }]);
        assert_eq!(marked("a < b", &code), "<pre><code class=\"language-rust\">a &lt; b</code></pre>");
        let both = json!([{ "type": "underline", "offset": 0, "length": 2 }, { "type": "spoiler", "offset": 0, "length": 2 }]);
        assert_eq!(marked("ab", &both), "<u><tg-spoiler>ab</tg-spoiler></u>");
    }

    #[test]
    fn files_keep_the_name_that_telegram_gave_them() {
        let photo = json!({ "photo": [{ "file_id": "small" }, { "file_id": "large" }], "caption": "a & b" });
        let photo = material(&photo).expect("a photo");
        assert_eq!(photo.html, "a &amp; b");
        assert_eq!(photo.file, Some(SharedFile { id: "large".into(), name: String::new(), as_photo: true }));
        let document = material(&json!({ "document": { "file_id": "d", "file_name": "plan.pdf" } })).expect("a file");
        assert_eq!(document.file, Some(SharedFile { id: "d".into(), name: "plan.pdf".into(), as_photo: false }));
        assert_eq!(material(&json!({ "animation": {}, "document": { "file_id": "d" } })), None);
        assert_eq!(material(&json!({ "photo": [{ "file_id": "p" }], "media_group_id": "7" })), None);
        assert_eq!(material(&json!({ "voice": { "file_id": "v" } })), None);
    }

    proptest! {
        #[test]
        fn whatever_formatting_comes_its_tags_nest(
            text in "[a-z<&😀\n]{0,20}",
            pieces in prop::collection::vec((0usize..24, 0usize..12, prop::sample::select(vec!["bold", "italic", "code", "spoiler"])), 0..8),
        ) {
            let entities: Vec<_> = pieces.iter().map(|(offset, length, kind)| json!({ "type": kind, "offset": offset, "length": length })).collect();
            let html = marked(&text, &json!(entities));
            let mut open = Vec::new();
            for tag in html.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
                match tag.strip_prefix('/') {
                    Some(name) => prop_assert_eq!(open.pop(), Some(name), "{}", html),
                    None => open.push(tag),
                }
            }
            prop_assert!(open.is_empty(), "{}", html);
            let bare: String = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, rest)| rest)).collect();
            prop_assert_eq!(bare, Html::text(&text).into_string());
        }
    }
}
