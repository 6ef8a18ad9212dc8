//! Entities that Telegram finds in plain text by itself: commands, mentions, hashtags, links.

use serde_json::{Value, json};

use crate::html::Formatted;

/// Adds what Telegram finds, outside of code and links.
pub(crate) fn add(formatted: &mut Formatted) {
    let span = |e: &Value| Some((e["offset"].as_u64()?, e["offset"].as_u64()? + e["length"].as_u64()?));
    let closed = |e: &&Value| ["code", "pre", "text_link", "text_mention"].contains(&e["type"].as_str().unwrap_or_default());
    let closed: Vec<(u64, u64)> = formatted.entities.iter().filter(closed).filter_map(span).collect();
    for found in entities(&formatted.text) {
        let start = found["offset"].as_u64().unwrap_or_default();
        let known = formatted.entities.iter().any(|e| e["offset"] == found["offset"] && e["type"] == found["type"]);
        if !known && !closed.iter().any(|(from, to)| (*from..*to).contains(&start)) {
            formatted.entities.push(found);
        }
    }
    formatted.entities.sort_by_key(|e| (e["offset"].as_u64(), std::cmp::Reverse(e["length"].as_u64())));
}

/// Entities with offsets and lengths in UTF-16 units.
pub(crate) fn entities(text: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let bare = bare.trim_end_matches(['.', ',', '!', '?', ')', ':', ';']);
        if let Some(kind) = kind(bare) {
            let length: usize = bare.chars().map(char::len_utf16).sum();
            found.push(json!({"type": kind, "offset": at, "length": length}));
        }
        at += word.chars().map(char::len_utf16).sum::<usize>();
    }
    found
}

fn kind(word: &str) -> Option<&'static str> {
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if let Some(command) = word.strip_prefix('/') {
        let mut parts = command.splitn(2, '@');
        let name = parts.next().is_some_and(|n| is_name(n) && n.len() <= 64);
        return (name && parts.next().is_none_or(is_name)).then_some("bot_command");
    }
    if let Some(name) = word.strip_prefix('@') {
        return (is_name(name) && name.len() >= 3).then_some("mention");
    }
    if let Some(tag) = word.strip_prefix('#') {
        return (!tag.is_empty() && tag.chars().all(|c| c.is_alphanumeric() || c == '_')).then_some("hashtag");
    }
    let scheme = ["https://", "http://", "tg://"].iter().any(|s| word.len() > s.len() && word.starts_with(s));
    scheme.then_some("url")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_recognised() {
        let found = entities("/start@bot 👑 @anna #tag, https://a.uz a/b @x");
        let kinds: Vec<_> = found.iter().map(|e| (e["type"].as_str().unwrap(), e["offset"].as_u64().unwrap())).collect();
        assert_eq!(kinds, [("bot_command", 0), ("mention", 14), ("hashtag", 20), ("url", 26)]);
    }
}
