//! Telegram's newer Markdown: marks may stand within marks, and whatever could be one has to be escaped.

use super::{Mark, Piece, Pieces, Unreadable, link, markdown::without_language};

/// What has to stand behind a backslash where it is no mark.
const RESERVED: &str = "_*[]()~`>#+-=|{}.!";

/// A mark that began: how it is written at its end, and where its beginning stands among the pieces.
struct Open {
    end: &'static str,
    piece: usize,
    /// Another emoji, which is written like a link.
    is_emoji: bool,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    pieces: Pieces,
    open: Vec<Open>,
    /// A line that begins with `>` is within a quotation.
    quotes: bool,
}

pub(super) fn read(text: &str) -> Result<Vec<Piece>, Unreadable> {
    let mut reader = Reader { text, at: 0, pieces: Pieces::default(), open: Vec::new(), quotes: false };
    while reader.at < text.len() {
        reader.step()?;
    }
    reader.end_quote()?;
    if reader.open.is_empty() { Ok(reader.pieces.0) } else { Err(Unreadable { at: text.len() }) }
}

impl Reader<'_> {
    fn step(&mut self) -> Result<(), Unreadable> {
        let rest = &self.text[self.at..];
        let is_line = self.at == 0 || self.text[..self.at].ends_with('\n');
        if is_line && self.begin_line(rest)? {
            return Ok(());
        }
        let Some(first) = rest.chars().next() else { return Ok(()) };
        let next = rest[first.len_utf8()..].chars().next();
        if first == '\\'
            && let Some(next) = next.filter(char::is_ascii)
        {
            self.pieces.letter(next);
            self.at += 2;
        } else if self.open.last().is_some_and(|last| ends(last.end, rest)) {
            self.end(rest)?;
        } else if !RESERVED.contains(first) {
            if first == '\n' && !rest[1..].starts_with('>') && !rest[1..].starts_with("**>") {
                self.end_quote()?;
            }
            self.pieces.letter(first);
            self.at += first.len_utf8();
        } else {
            self.begin(rest, first)?;
        }
        Ok(())
    }

    /// At the beginning of a line a quotation goes on, begins or ends. Whether something of the line was read.
    fn begin_line(&mut self, rest: &str) -> Result<bool, Unreadable> {
        // `**>` parts two quotations.
        let parted = rest.starts_with("**>");
        if !parted && !rest.starts_with('>') {
            self.end_quote()?;
            return Ok(false);
        }
        if parted {
            self.end_quote()?;
        }
        if !self.quotes {
            if !self.open.is_empty() {
                return Err(Unreadable { at: self.at });
            }
            self.pieces.begin(Mark::Quote);
            self.quotes = true;
        }
        self.at += if parted { 3 } else { 1 };
        Ok(true)
    }

    fn end_quote(&mut self) -> Result<(), Unreadable> {
        if !self.quotes {
            return Ok(());
        }
        // `||` at the end of a quotation folds it.
        if let Some(fold) = self.open.pop_if(|last| last.end == "||" && last.piece + 1 == self.pieces.0.len()) {
            self.pieces.0.truncate(fold.piece);
        }
        if !self.open.is_empty() {
            return Err(Unreadable { at: self.at });
        }
        self.pieces.end();
        self.quotes = false;
        Ok(())
    }

    /// Code and blocks of it are read to their end at once: nothing within them is a mark.
    fn begin(&mut self, rest: &str, first: char) -> Result<(), Unreadable> {
        let unreadable = Unreadable { at: self.at };
        let is_emoji = rest.starts_with("![");
        let (mark, begins, end) = match first {
            '`' => return self.code(rest),
            '_' if rest.starts_with("__") => (Mark::Underline, 2, "__"),
            '_' => (Mark::Italic, 1, "_"),
            '*' => (Mark::Bold, 1, "*"),
            '~' => (Mark::Strike, 1, "~"),
            '|' if rest.starts_with("||") => (Mark::Spoiler, 2, "||"),
            // Where it leads is known at its end.
            '[' => (Mark::Plain, 1, "]"),
            '!' if is_emoji => (Mark::Plain, 2, "]"),
            _ => return Err(unreadable),
        };
        // No mark stands within one of its own kind.
        if self.open.iter().any(|open| open.end == end && open.is_emoji == is_emoji) {
            return Err(unreadable);
        }
        self.open.push(Open { end, piece: self.pieces.0.len(), is_emoji });
        self.pieces.begin(mark);
        self.at += begins;
        Ok(())
    }

    fn end(&mut self, rest: &str) -> Result<(), Unreadable> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        self.at += open.end.len();
        if open.end == "]" {
            let (address, used) = address(&rest[1..]).ok_or(Unreadable { at: self.at })?;
            self.at += used;
            let address = address.unwrap_or_else(|| self.label(open.piece));
            self.pieces.0[open.piece] = Piece::Begin(if open.is_emoji { Mark::Plain } else { link(&address) });
        }
        self.pieces.end();
        Ok(())
    }

    /// What is read since a piece.
    fn label(&self, piece: usize) -> String {
        let texts =
            self.pieces.0[piece..].iter().filter_map(|piece| if let Piece::Text(text) = piece { Some(text) } else { None });
        texts.map(String::as_str).collect()
    }

    fn code(&mut self, rest: &str) -> Result<(), Unreadable> {
        let (mark, fence) = if rest.starts_with("```") { (Mark::Pre, "```") } else { (Mark::Code, "`") };
        let (mut inside, mut is_escaped, mut used) = (String::new(), false, None);
        for (at, letter) in rest.char_indices().skip(fence.len()) {
            if is_escaped {
                inside.push(letter);
                is_escaped = false;
            } else if letter == '\\' {
                is_escaped = true;
            } else if rest[at..].starts_with(fence) {
                used = Some(at + fence.len());
                break;
            } else if letter == '`' {
                return Err(Unreadable { at: self.at + at });
            } else {
                inside.push(letter);
            }
        }
        let used = used.ok_or(Unreadable { at: self.at })?;
        let shown = if fence.len() == 3 { without_language(&inside) } else { &inside };
        if !shown.is_empty() {
            self.pieces.begin(mark);
            shown.chars().for_each(|letter| self.pieces.letter(letter));
            self.pieces.end();
        }
        self.at += used;
        Ok(())
    }
}

/// Whether a mark ends here. Two lines under something are never one that ends and one that begins.
fn ends(end: &str, rest: &str) -> bool {
    rest.starts_with(end) && (end != "_" || !rest.starts_with("__"))
}

/// The address behind a label, and how long it is with what is around it; no address where there is none. `None`: it never ends.
fn address(rest: &str) -> Option<(Option<String>, usize)> {
    if !rest.starts_with('(') {
        return Some((None, 0));
    }
    let (mut address, mut is_escaped) = (String::new(), false);
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if is_escaped => {
                address.push(letter);
                is_escaped = false;
            }
            '\\' => is_escaped = true,
            ')' => return Some((Some(address), at + 1)),
            letter => address.push(letter),
        }
    }
    None
}
