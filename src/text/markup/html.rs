//! Telegram's HTML: a few tags, four entities, numbers.

use super::{Mark, Piece, Pieces, Unreadable, link};

struct Open {
    tag: String,
    /// A `code` within `pre` only names a language.
    is_shown: bool,
}

pub(super) fn read(html: &str) -> Result<Vec<Piece>, Unreadable> {
    let mut pieces = Pieces::default();
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while let Some(first) = html[at..].chars().next() {
        let rest = &html[at..];
        if first == '&' {
            let (letter, used) = reference(rest).unwrap_or(('&', 1));
            pieces.letter(letter);
            at += used;
        } else if let Some(closing) = rest.strip_prefix("</") {
            let end = closing.find('>').ok_or(Unreadable { at })?;
            let tag = closing[..end].trim().to_lowercase();
            let last = open.pop().filter(|last| tag.is_empty() || tag == last.tag).ok_or(Unreadable { at })?;
            if last.is_shown {
                pieces.end();
            }
            at += "</".len() + end + 1;
        } else if first == '<' {
            let end = tag_end(rest).ok_or(Unreadable { at })?;
            let (tag, attributes) = parts(&rest[1..end]).ok_or(Unreadable { at })?;
            let is_shown = tag != "code" || open.last().is_none_or(|last| last.tag != "pre");
            let mark = mark(&tag, &attributes).ok_or(Unreadable { at })?;
            if is_shown {
                pieces.begin(mark);
            }
            open.push(Open { tag, is_shown });
            at += end + 1;
        } else {
            pieces.letter(first);
            at += first.len_utf8();
        }
    }
    if open.is_empty() { Ok(pieces.0) } else { Err(Unreadable { at: html.len() }) }
}

/// Where a start tag ends: a `>` within quotes doesn't end it.
fn tag_end(rest: &str) -> Option<usize> {
    let mut quote = None;
    rest.char_indices().find_map(|(at, letter)| {
        match (quote, letter) {
            (Some(before), _) if before == letter => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, '>') => return Some(at),
            (Some(_) | None, _) => {}
        }
        None
    })
}

type Attributes = Vec<(String, String)>;

/// The name of a tag, and what stands behind it.
fn parts(inside: &str) -> Option<(String, Attributes)> {
    let name_end = inside.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(inside.len());
    let mut attributes = Vec::new();
    let mut rest = inside[name_end..].trim_start();
    while !rest.is_empty() && rest != "/" {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let name = rest[..end].to_lowercase();
        if name.is_empty() {
            return None;
        }
        rest = rest[end..].trim_start();
        let Some(value) = rest.strip_prefix('=') else {
            attributes.push((name, String::new()));
            continue;
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote)?,
            Some(_) => value.split_once(char::is_whitespace).unwrap_or((value, "")),
            None => ("", ""),
        };
        attributes.push((name, unescaped(value)));
        rest = after.trim_start();
    }
    Some((inside[..name_end].to_lowercase(), attributes))
}

/// What a tag stands for; `None`: Telegram knows no such tag.
fn mark(tag: &str, attributes: &[(String, String)]) -> Option<Mark> {
    let attribute = |name: &str| attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    Some(match tag {
        "b" | "strong" => Mark::Bold,
        "i" | "em" => Mark::Italic,
        "u" | "ins" => Mark::Underline,
        "s" | "strike" | "del" => Mark::Strike,
        "tg-spoiler" => Mark::Spoiler,
        "span" if attribute("class") == Some("tg-spoiler") => Mark::Spoiler,
        "code" => Mark::Code,
        "pre" => Mark::Pre,
        "blockquote" => Mark::Quote,
        "a" => link(attribute("href").unwrap_or_default()),
        "tg-emoji" => Mark::Plain,
        _ => return None,
    })
}

/// What an entity stands for, and how long it is.
fn reference(rest: &str) -> Option<(char, usize)> {
    let end = rest.find(';').filter(|end| *end <= 10)?;
    let letter = match &rest[1..end] {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        number => {
            let number = number.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|letter| *letter != '\0')?
        }
    };
    Some((letter, end + 1))
}

fn unescaped(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        let (letter, used) = if first == '&' { reference(rest).unwrap_or(('&', 1)) } else { (first, first.len_utf8()) };
        out.push(letter);
        rest = &rest[used..];
    }
    out
}
