//! Telegram's HTML: parsed into text and entities with Telegram's own complaints, and written back.

use serde_json::{Map, Value, json};

/// Text with its entities; offsets and lengths are UTF-16 units.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Formatted {
    pub(crate) text: String,
    pub(crate) entities: Vec<Value>,
}

struct Open {
    tag: String,
    /// Where the tag stood: byte offset for complaints.
    entity: Option<Map<String, Value>>,
    start: usize,
}

/// Parses `parse_mode=HTML`. The error is Telegram's sentence after "can't parse entities: ".
pub(crate) fn parse(html: &str) -> Result<Formatted, String> {
    let mut out = Formatted::default();
    let mut units = 0;
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while at < html.len() {
        let rest = &html[at..];
        if rest.starts_with('&') {
            let (char, used) = reference(rest).unwrap_or(('&', 1));
            out.text.push(char);
            units += char.len_utf16();
            at += used;
        } else if let Some(name) = rest.strip_prefix("</") {
            let end = name.find('>').ok_or_else(|| format!("Unclosed end tag at byte offset {at}"))?;
            let tag = name[..end].trim().to_lowercase();
            let last = open.pop().ok_or_else(|| format!("Unexpected end tag at byte offset {at}"))?;
            if tag != last.tag && !tag.is_empty() {
                return Err(format!("Unmatched end tag at byte offset {at}, expected \"</{}>\", found \"</{tag}>\"", last.tag));
            }
            close(&mut out, last, units);
            at += end + 3;
        } else if rest.starts_with('<') {
            let end = tag_end(rest).ok_or_else(|| format!("Unclosed start tag at byte offset {at}"))?;
            let (tag, attributes) = tag_parts(&rest[1..end], at)?;
            let inside_pre = open.last().is_some_and(|o| o.tag == "pre");
            let entity = entity(&tag, &attributes, at, inside_pre)?;
            open.push(Open { tag, entity, start: units });
            at += end + 1;
        } else {
            let char = rest.chars().next().expect("at is inside the text");
            out.text.push(char);
            units += char.len_utf16();
            at += char.len_utf8();
        }
    }
    if let Some(last) = open.last() {
        return Err(format!("Can't find end tag corresponding to start tag \"{}\"", last.tag));
    }
    out.entities.sort_by_key(|e| (e["offset"].as_u64(), std::cmp::Reverse(e["length"].as_u64())));
    Ok(trimmed(out))
}

/// Where a start tag ends; a `>` inside quotes does not end it.
fn tag_end(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, char) in rest.char_indices() {
        match (quote, char) {
            (Some(q), c) if q == c => quote = None,
            (None, '"' | '\'') => quote = Some(char),
            (None, '>') => return Some(at),
            (Some(_) | None, _) => {}
        }
    }
    None
}

type Attributes = Vec<(String, String)>;

fn tag_parts(inside: &str, at: usize) -> Result<(String, Attributes), String> {
    let name_end = inside.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(inside.len());
    let tag = inside[..name_end].to_lowercase();
    let mut attributes = Vec::new();
    let mut rest = inside[name_end..].trim_start();
    while !rest.is_empty() && rest != "/" {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let name = rest[..end].to_lowercase();
        if name.is_empty() {
            return Err(format!("Empty attribute name in the tag \"{tag}\" at byte offset {at}"));
        }
        rest = rest[end..].trim_start();
        let Some(value) = rest.strip_prefix('=') else {
            attributes.push((name, String::new()));
            continue;
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                value[1..].split_once(quote).ok_or_else(|| format!("Unclosed start tag \"{tag}\" at byte offset {at}"))?
            }
            Some(_) => value.split_once(char::is_whitespace).unwrap_or((value, "")),
            None => ("", ""),
        };
        attributes.push((name, unescape(value)));
        rest = after.trim_start();
    }
    Ok((tag, attributes))
}

/// The entity that a tag opens; `None` for a `code` inside `pre`, which only names the language.
fn entity(tag: &str, attributes: &[(String, String)], at: usize, inside_pre: bool) -> Result<Option<Map<String, Value>>, String> {
    let attribute = |name: &str| attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let mut entity = Map::new();
    let kind = match tag {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "u" | "ins" => "underline",
        "s" | "strike" | "del" => "strikethrough",
        "tg-spoiler" => "spoiler",
        "span" if attribute("class") == Some("tg-spoiler") => "spoiler",
        "span" => {
            return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {at}"));
        }
        "code" if inside_pre => return Ok(None),
        "code" => "code",
        "pre" => "pre",
        "blockquote" if attribute("expandable").is_some() => "expandable_blockquote",
        "blockquote" => "blockquote",
        "a" => {
            let url = attribute("href").unwrap_or_default();
            if let Some(id) = url.strip_prefix("tg://user?id=") {
                let id: i64 = id.parse().unwrap_or_default();
                entity.insert("user".into(), json!({"id": id, "is_bot": false, "first_name": ""}));
                "text_mention"
            } else {
                if !url.contains('.') && !url.contains("://") {
                    return Ok(None); // Telegram drops links that lead nowhere
                }
                entity.insert("url".into(), url.into());
                "text_link"
            }
        }
        "tg-emoji" => {
            entity.insert("custom_emoji_id".into(), attribute("emoji-id").unwrap_or_default().into());
            "custom_emoji"
        }
        other => {
            return Err(format!("Unsupported start tag \"{other}\" at byte offset {at}"));
        }
    };
    entity.insert("type".into(), kind.into());
    Ok(Some(entity))
}

fn close(out: &mut Formatted, open: Open, units: usize) {
    if let Some(mut entity) = open.entity
        && units > open.start
    {
        entity.insert("offset".into(), open.start.into());
        entity.insert("length".into(), (units - open.start).into());
        out.entities.push(Value::Object(entity));
    }
}

fn reference(rest: &str) -> Option<(char, usize)> {
    let end = rest.find(';').filter(|end| *end <= 10)?;
    let char = match &rest[1..end] {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        number => {
            let number = number.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((char, end + 1))
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let (char, used) = match char {
            '&' => reference(rest).unwrap_or(('&', 1)),
            other => (other, other.len_utf8()),
        };
        out.push(char);
        rest = &rest[used..];
    }
    out
}

/// Telegram trims white space at both ends; entities move and shrink with it.
pub(crate) fn trimmed(formatted: Formatted) -> Formatted {
    let text = formatted.text.trim();
    if text.len() == formatted.text.len() {
        return formatted;
    }
    let lead = formatted.text.len() - formatted.text.trim_start().len();
    let lead = units(&formatted.text[..lead]) as u64;
    let total = units(text) as u64;
    let entities = formatted
        .entities
        .into_iter()
        .filter_map(|mut entity| {
            let start = entity["offset"].as_u64()?.saturating_sub(lead).min(total);
            let end = (entity["offset"].as_u64()? + entity["length"].as_u64()?).saturating_sub(lead).min(total);
            entity["offset"] = start.into();
            entity["length"] = (end - start).into();
            (end > start).then_some(entity)
        })
        .collect();
    Formatted { text: text.to_owned(), entities }
}

/// UTF-16 units of a text: what all of Telegram's lengths count.
pub(crate) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Text and entities as HTML again.
pub(crate) fn write(text: &str, entities: &[Value]) -> String {
    let mut opens: Vec<(usize, usize, String, &str)> = Vec::new();
    for entity in entities {
        let (Some(offset), Some(length)) = (entity["offset"].as_u64(), entity["length"].as_u64()) else {
            continue;
        };
        let (open, close) = match entity["type"].as_str().unwrap_or_default() {
            "bold" => ("<b>".to_owned(), "</b>"),
            "italic" => ("<i>".to_owned(), "</i>"),
            "underline" => ("<u>".to_owned(), "</u>"),
            "strikethrough" => ("<s>".to_owned(), "</s>"),
            "spoiler" => ("<tg-spoiler>".to_owned(), "</tg-spoiler>"),
            "code" => ("<code>".to_owned(), "</code>"),
            "pre" => ("<pre>".to_owned(), "</pre>"),
            "blockquote" => ("<blockquote>".to_owned(), "</blockquote>"),
            "expandable_blockquote" => ("<blockquote expandable>".to_owned(), "</blockquote>"),
            "text_link" => (format!("<a href=\"{}\">", escape(entity["url"].as_str().unwrap_or_default())), "</a>"),
            "text_mention" => (format!("<a href=\"tg://user?id={}\">", entity["user"]["id"]), "</a>"),
            _ => continue, // found in the text itself: mentions, links, commands
        };
        let (start, end) = (offset as usize, (offset + length) as usize);
        opens.push((start, end, open, close));
    }
    opens.sort_by_key(|(start, end, ..)| (*start, std::cmp::Reverse(*end)));
    let mut out = String::new();
    let mut stack: Vec<(usize, &str)> = Vec::new();
    let mut next = opens.iter().peekable();
    let mut at = 0;
    for char in text.chars() {
        while stack.last().is_some_and(|(end, _)| *end <= at) {
            out.push_str(stack.pop().expect("the last was just seen").1);
        }
        while let Some((_, end, open, close)) = next.next_if(|(start, ..)| *start <= at) {
            out.push_str(open);
            stack.push((*end, close));
        }
        push_escaped(&mut out, char);
        at += char.len_utf16();
    }
    while let Some((_, close)) = stack.pop() {
        out.push_str(close);
    }
    out
}

fn push_escaped(out: &mut String, char: char) {
    match char {
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        '"' => out.push_str("&quot;"),
        other => out.push(other),
    }
}

fn escape(text: &str) -> String {
    let mut out = String::new();
    text.chars().for_each(|char| push_escaped(&mut out, char));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_entities_in_utf16_units() {
        let parsed = parse("👑 <b>Ann &lt;3 <i>all</i></b> <a href=\"https://a.uz/?x=1&amp;y\">go</a>").unwrap();
        assert_eq!(parsed.text, "👑 Ann <3 all go");
        assert_eq!(
            parsed.entities,
            vec![
                json!({"type": "bold", "offset": 3, "length": 10}),
                json!({"type": "italic", "offset": 10, "length": 3}),
                json!({"type": "text_link", "url": "https://a.uz/?x=1&y", "offset": 14, "length": 2}),
            ]
        );
        assert_eq!(
            write(&parsed.text, &parsed.entities),
            "👑 <b>Ann &lt;3 <i>all</i></b> <a href=\"https://a.uz/?x=1&amp;y\">go</a>"
        );
    }

    #[test]
    fn mistakes_are_told_in_telegrams_words() {
        for (html, complaint) in [
            ("<b>x", "Can't find end tag corresponding to start tag \"b\""),
            ("x</b>", "Unexpected end tag at byte offset 1"),
            ("<b>x</i>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\""),
            ("a <br> b", "Unsupported start tag \"br\" at byte offset 2"),
            ("a < b", "Unclosed start tag at byte offset 2"),
            ("<span>x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
        ] {
            assert_eq!(parse(html).unwrap_err(), complaint);
        }
    }

    #[test]
    fn white_space_at_the_ends_goes() {
        let parsed = parse("\n <b> x </b>\n").unwrap();
        assert_eq!(parsed.text, "x");
        assert_eq!(parsed.entities[0]["length"], 1);
    }
}
