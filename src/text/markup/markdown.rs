//! Telegram's older Markdown: bold, italic, code and links, none within another.

use super::{Mark, Piece, Pieces, Unreadable, link};

/// What a backslash takes its meaning from.
const ESCAPED: [char; 4] = ['_', '*', '`', '['];

pub(super) fn read(text: &str) -> Result<Vec<Piece>, Unreadable> {
    let mut pieces = Pieces::default();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        if first == '\\'
            && let Some(next) = rest[1..].chars().next().filter(|next| ESCAPED.contains(next))
        {
            pieces.letter(next);
            at += 2;
            continue;
        }
        if !ESCAPED.contains(&first) {
            pieces.letter(first);
            at += first.len_utf8();
            continue;
        }
        let (mark, inside, used) = marked(rest, first).ok_or(Unreadable { at })?;
        // Marks around nothing are nothing.
        if !inside.is_empty() {
            pieces.begin(mark);
            inside.chars().for_each(|letter| pieces.letter(letter));
            pieces.end();
        }
        at += used;
    }
    Ok(pieces.0)
}

/// What begins here: its mark, what it marks, and how long it is. `None`: it never ends.
fn marked(rest: &str, first: char) -> Option<(Mark, &str, usize)> {
    if let Some(block) = rest.strip_prefix("```") {
        let end = block.find("```")?;
        return Some((Mark::Pre, without_language(&block[..end]), end + 6));
    }
    if first != '[' {
        let end = rest[1..].find(first)?;
        let mark = match first {
            '*' => Mark::Bold,
            '_' => Mark::Italic,
            _ => Mark::Code,
        };
        return Some((mark, &rest[1..=end], end + 2));
    }
    let end = rest.find(']')?;
    let label = &rest[1..end];
    match rest[end + 1..].strip_prefix('(') {
        None => Some((link(label), label, end + 1)),
        Some(address) => {
            let length = address.find(')')?;
            Some((link(&address[..length]), label, end + 2 + length + 1))
        }
    }
}

/// A block without the name of the language in its first line.
pub(super) fn without_language(block: &str) -> &str {
    match block.split_once('\n') {
        Some((language, code)) if !language.contains(char::is_whitespace) => code,
        _ => block,
    }
}
