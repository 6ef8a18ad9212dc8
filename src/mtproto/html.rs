//! Telegram's HTML, as our words are written in it, as text with marks: the user session's protocol takes no HTML. Pure.

use grammers_tl_types as tl;

/// Text and its marks; positions are counted in UTF-16, as Telegram does.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Marked {
    pub(super) text: String,
    pub(super) marks: Vec<tl::enums::MessageEntity>,
}

/// The text as people read it.
pub fn plain_text(html: &crate::text::html::Html) -> String {
    read(html.as_str()).text
}

/// Reads HTML that [`crate::text::html::Html`] made. Anything that isn't understood stays as it is.
pub(super) fn read(html: &str) -> Marked {
    let mut marked = Marked::default();
    let mut open: Vec<(String, Option<String>, usize)> = Vec::new();
    let mut at = 0;
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        let (piece, length) = match c {
            '<' => match tag(rest) {
                Some((Tag::Open(name, link), length)) => {
                    open.push((name, link, at));
                    rest = &rest[length..];
                    continue;
                }
                Some((Tag::Close(name), length)) => {
                    if let Some(index) = open.iter().rposition(|(opened, ..)| *opened == name) {
                        let (name, link, from) = open.remove(index);
                        marked.marks.extend(mark(&name, link, from, at));
                    }
                    rest = &rest[length..];
                    continue;
                }
                None => ('<', 1),
            },
            '&' => character(rest),
            other => (other, other.len_utf8()),
        };
        marked.text.push(piece);
        at += piece.len_utf16();
        rest = &rest[length..];
    }
    marked.marks.sort_by_key(|mark| (mark.offset(), -mark.length()));
    marked
}

enum Tag {
    Open(String, Option<String>),
    Close(String),
}

fn tag(text: &str) -> Option<(Tag, usize)> {
    let end = text.find('>')?;
    let inner = &text[1..end];
    if let Some(name) = inner.strip_prefix('/') {
        return Some((Tag::Close(name.trim().to_ascii_lowercase()), end + 1));
    }
    let (name, attributes) = inner.split_once(' ').unwrap_or((inner, ""));
    let name = name.to_ascii_lowercase();
    let is_known = matches!(
        name.as_str(),
        "b" | "strong" | "i" | "em" | "u" | "ins" | "s" | "strike" | "del" | "code" | "pre" | "a" | "blockquote" | "tg-spoiler"
    );
    let link = attributes.trim().strip_prefix("href=\"").and_then(|rest| rest.split_once('"')).map(|(link, _)| unescaped(link));
    is_known.then_some((Tag::Open(name, link), end + 1))
}

/// What a text stands for that begins with `&`.
fn character(text: &str) -> (char, usize) {
    for (name, stands_for) in [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&quot;", '"'), ("&#39;", '\''), ("&#x27;", '\'')] {
        if text.starts_with(name) {
            return (stands_for, name.len());
        }
    }
    ('&', 1)
}

fn unescaped(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some(c) = rest.chars().next() {
        let (piece, length) = if c == '&' { character(rest) } else { (c, c.len_utf8()) };
        plain.push(piece);
        rest = &rest[length..];
    }
    plain
}

fn mark(name: &str, link: Option<String>, from: usize, to: usize) -> Option<tl::enums::MessageEntity> {
    let (offset, length) = (i32::try_from(from).ok()?, i32::try_from(to - from).ok()?);
    if length == 0 {
        return None;
    }
    Some(match name {
        "b" | "strong" => tl::types::MessageEntityBold { offset, length }.into(),
        "i" | "em" => tl::types::MessageEntityItalic { offset, length }.into(),
        "u" | "ins" => tl::types::MessageEntityUnderline { offset, length }.into(),
        "s" | "strike" | "del" => tl::types::MessageEntityStrike { offset, length }.into(),
        "code" => tl::types::MessageEntityCode { offset, length }.into(),
        "pre" => tl::types::MessageEntityPre { offset, length, language: String::new() }.into(),
        "blockquote" => tl::types::MessageEntityBlockquote { collapsed: false, offset, length }.into(),
        "tg-spoiler" => tl::types::MessageEntitySpoiler { offset, length }.into(),
        "a" => tl::types::MessageEntityTextUrl { offset, length, url: link? }.into(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{html, text::html::Html};

    #[test]
    fn marks_are_counted_as_telegram_counts() {
        let marked = read("🥇 <b>Ann &amp; <i>Bo</i></b>\n<a href=\"https://t.me/x?a=1&amp;b=2\">here</a> 1 < 2");
        assert_eq!(marked.text, "🥇 Ann & Bo\nhere 1 < 2");
        let spans: Vec<_> = marked.marks.iter().map(|mark| (mark.offset(), mark.length())).collect();
        assert_eq!(spans, [(3, 8), (9, 2), (12, 4)]);
        let tl::enums::MessageEntity::TextUrl(link) = &marked.marks[2] else { panic!("no link: {:?}", marked.marks) };
        assert_eq!(link.url, "https://t.me/x?a=1&b=2");
    }

    proptest! {
        #[test]
        fn whatever_a_name_is_it_arrives_as_it_is(name: String) {
            let name = name.replace('\0', "");
            let marked = read(html!("<b>{}</b>", Html::text(&name)).as_str());
            prop_assert_eq!(marked.text, name);
        }

        #[test]
        fn nothing_makes_it_fail(text in "[<>&/a-b;\"= \u{1f947}]{0,40}") {
            let marked = read(&text);
            let length = i32::try_from(marked.text.encode_utf16().count()).expect("short");
            for mark in marked.marks {
                prop_assert!(mark.offset() >= 0 && mark.length() > 0 && mark.offset() + mark.length() <= length);
            }
        }
    }
}
