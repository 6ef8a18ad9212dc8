//! Telegram's two Markdowns, as far as bots use them: bold, italic, code, links; and what Telegram says of those it can't read.

use serde_json::{Value, json};

use crate::html::{Formatted, trimmed, units};

/// What the newer one wants a backslash before.
const RESERVED: &str = "_*[]()~`>#+-=|{}.!";

/// Reads a text. `strict`: the newer one.
pub(crate) fn parse(text: &str, strict: bool) -> Result<Formatted, String> {
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let mut parsed = Formatted { text: String::new(), entities: Vec::new() };
    let mut open: Vec<(char, usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some((byte, letter)) = letters.get(at).copied() {
        at += 1;
        let in_code = open.last().is_some_and(|(mark, ..)| *mark == '`');
        match letter {
            '\\' if letters.get(at).is_some_and(|(_, next)| RESERVED.contains(*next) && (strict || "_*`[".contains(*next))) => {
                parsed.text.push(letters[at].1);
                at += 1;
            }
            '*' | '_' | '`' if open.last().is_some_and(|(mark, ..)| *mark == letter) => {
                let (_, offset, _) = open.pop().expect("it was just there");
                let kind = match letter {
                    '*' => "bold",
                    '_' => "italic",
                    _ => "code",
                };
                push(&mut parsed, json!({ "type": kind }), offset);
            }
            '*' | '_' | '`' if !in_code => open.push((letter, units(&parsed.text), byte)),
            '[' if !in_code => match link(text, byte) {
                Some((label, url, end)) => {
                    let offset = units(&parsed.text);
                    parsed.text.push_str(label);
                    push(&mut parsed, json!({ "type": "text_link", "url": url }), offset);
                    at = letters.iter().position(|(byte, _)| *byte >= end).unwrap_or(letters.len());
                }
                None => return Err(format!("can't find end of the entity starting at byte offset {byte}")),
            },
            other if strict && !in_code && RESERVED.contains(other) => {
                return Err(format!("character '{other}' is reserved and must be escaped with the preceding '\\'"));
            }
            other => parsed.text.push(other),
        }
    }
    match open.last() {
        Some((.., byte)) => Err(format!("can't find end of the entity starting at byte offset {byte}")),
        None => Ok(trimmed(parsed)),
    }
}

fn push(parsed: &mut Formatted, mut entity: Value, offset: usize) {
    entity["offset"] = json!(offset);
    entity["length"] = json!(units(&parsed.text) - offset);
    parsed.entities.push(entity);
}

/// `[label](url)` at a byte: both, and where it ends.
fn link(text: &str, byte: usize) -> Option<(&str, &str, usize)> {
    let (label, rest) = text[byte + 1..].split_once("](")?;
    let (url, _) = rest.split_once(')')?;
    Some((label, url, byte + 1 + label.len() + 2 + url.len() + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_entities_and_what_is_open_is_refused() {
        let parsed = parse("*bold* and _it_ [here](http://a.b) `x_y`", false).expect("reads");
        assert_eq!(parsed.text, "bold and it here x_y");
        let kinds: Vec<_> = parsed.entities.iter().map(|entity| entity["type"].as_str().unwrap_or("").to_owned()).collect();
        assert_eq!(kinds, ["bold", "italic", "text_link", "code"]);
        assert!(parse("snake_case", false).is_err_and(|why| why.contains("byte offset 5")));
        assert!(parse("ok.", true).is_err_and(|why| why.contains("reserved")));
        assert_eq!(parse("ok\\.", true).expect("reads").text, "ok.");
    }
}
