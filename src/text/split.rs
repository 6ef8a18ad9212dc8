//! Long text as several messages: cut at line ends, never inside a tag, no longer than Telegram takes.

/// The longest message, in UTF-16 units after markup.
pub const LONGEST: usize = 4096;
/// The longest caption.
pub const LONGEST_CAPTION: usize = 1024;

/// The messages that hold this HTML. Never empty, none longer than [`LONGEST`]; tags open at a cut are closed before it
/// and opened again after it.
pub fn messages(html: &str) -> Vec<String> {
    pieces(html, LONGEST)
}

/// The first caption's worth of this HTML.
pub fn caption(html: &str) -> String {
    pieces(html, LONGEST_CAPTION).swap_remove(0)
}

/// How long a message with this HTML is, as Telegram measures it.
pub fn length(html: &str) -> usize {
    tokens(html).map(|token| token.length()).sum()
}

/// The messages that hold this text as it is: cut at line ends, within a line only where it is too long for one.
pub fn lines(text: &str) -> Vec<String> {
    plain_pieces(text, LONGEST)
}

fn plain_pieces(text: &str, longest: usize) -> Vec<String> {
    let (mut pieces, mut piece, mut length) = (Vec::new(), String::new(), 0);
    let mut cut = |piece: &mut String, length: &mut usize| {
        let done = std::mem::take(piece);
        // Telegram takes no empty message.
        if !done.trim().is_empty() {
            pieces.push(done.trim_end_matches('\n').to_owned());
        }
        *length = 0;
    };
    for line in text.split_inclusive('\n') {
        if length + line.encode_utf16().count() > longest {
            cut(&mut piece, &mut length);
        }
        for letter in line.chars() {
            if length + letter.len_utf16() > longest {
                cut(&mut piece, &mut length);
            }
            piece.push(letter);
            length += letter.len_utf16();
        }
    }
    cut(&mut piece, &mut length);
    pieces
}

fn pieces(html: &str, longest: usize) -> Vec<String> {
    let mut cutter = Cutter { longest, pieces: Vec::new(), piece: String::new(), length: 0, open: Vec::new() };
    for line in html.split_inclusive('\n') {
        cutter.add_line(line);
    }
    cutter.finish()
}

struct Cutter {
    longest: usize,
    pieces: Vec<String>,
    piece: String,
    /// Of `piece`, in UTF-16 units that will be seen.
    length: usize,
    /// Tags that are open at the end of `piece`, as they were written.
    open: Vec<String>,
}

impl Cutter {
    fn add_line(&mut self, line: &str) {
        let length: usize = tokens(line).map(|token| token.length()).sum();
        if self.length + length > self.longest && self.length > 0 {
            self.cut();
        }
        for token in tokens(line) {
            // Only a line that is too long for a message of its own is cut within.
            if self.length + token.length() > self.longest {
                self.cut();
            }
            self.length += token.length();
            match token {
                Token::Open(tag) => self.open.push(tag.to_owned()),
                Token::Close(_) => drop(self.open.pop()),
                Token::Text(_) => {}
            }
            self.piece.push_str(token.as_str());
        }
    }

    fn cut(&mut self) {
        let mut done = std::mem::take(&mut self.piece);
        if done.ends_with('\n') {
            done.pop();
        }
        for tag in self.open.iter().rev() {
            done.push_str(&format!("</{}>", name(tag)));
        }
        self.pieces.push(done);
        self.piece = self.open.concat();
        self.length = 0;
    }

    fn finish(mut self) -> Vec<String> {
        if self.length > 0 || self.pieces.is_empty() {
            self.pieces.push(self.piece);
        }
        self.pieces
    }
}

enum Token<'a> {
    Open(&'a str),
    Close(&'a str),
    /// One character, or the entity that stands for one.
    Text(&'a str),
}

impl<'a> Token<'a> {
    fn as_str(&self) -> &'a str {
        match self {
            Token::Open(text) | Token::Close(text) | Token::Text(text) => text,
        }
    }

    /// UTF-16 units that a reader sees.
    fn length(&self) -> usize {
        match self {
            Token::Open(_) | Token::Close(_) => 0,
            Token::Text(text) if text.starts_with('&') && text.len() > 1 => 1,
            Token::Text(text) => text.encode_utf16().count(),
        }
    }
}

/// Our own HTML is well-formed: every `<` begins a tag, every `&` an entity.
fn tokens(mut html: &str) -> impl Iterator<Item = Token<'_>> {
    std::iter::from_fn(move || {
        let first = html.chars().next()?;
        let end = match first {
            '<' => html.find('>').map(|end| end + 1),
            '&' => html.find(';').map(|end| end + 1),
            _ => None,
        };
        let (token, rest) = html.split_at(end.unwrap_or(first.len_utf8()));
        html = rest;
        Some(match token.as_bytes() {
            [b'<', b'/', ..] => Token::Close(token),
            [b'<', _, ..] => Token::Open(token),
            _ => Token::Text(token),
        })
    })
}

fn name(tag: &str) -> &str {
    tag.trim_start_matches('<').trim_end_matches('>').split_whitespace().next().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::html::Html;

    fn seen(html: &str) -> String {
        tokens(html).filter(|token| token.length() > 0).map(|token| token.as_str().to_owned()).collect()
    }

    fn is_balanced(html: &str) -> bool {
        let mut open = Vec::new();
        tokens(html).all(|token| match token {
            Token::Open(tag) => {
                open.push(name(tag).to_owned());
                true
            }
            Token::Close(tag) => open.pop().as_deref() == Some(tag.trim_start_matches("</").trim_end_matches('>')),
            Token::Text(_) => true,
        }) && open.is_empty()
    }

    #[test]
    fn short_text_is_one_message() {
        assert_eq!(messages("<b>hello</b>"), ["<b>hello</b>"]);
        assert_eq!(messages(""), [""]);
    }

    #[test]
    fn a_cut_closes_what_is_open_and_opens_it_again() {
        assert_eq!(pieces("<b>one\ntwo\nthree</b>", 8), ["<b>one\ntwo</b>", "<b>three</b>"]);
    }

    proptest! {
        #[test]
        fn plain_pieces_fit_and_hold_every_letter(text in "[a-z\n 😀*_]{0,200}", longest in 5usize..60) {
            let pieces = plain_pieces(&text, longest);
            for piece in &pieces {
                prop_assert!(piece.encode_utf16().count() <= longest && !piece.trim().is_empty());
            }
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&pieces.concat()), letters(&text));
        }

        #[test]
        fn every_piece_fits_and_nothing_is_lost(lines in prop::collection::vec("[a-z<&😀 ]{0,30}", 0..30), longest in 5usize..60) {
            let html = lines.iter().map(|line| Html::bold(line).into_string()).collect::<Vec<_>>().join("\n");
            let pieces = pieces(&html, longest);
            for piece in &pieces {
                prop_assert!(tokens(piece).map(|token| token.length()).sum::<usize>() <= longest);
                prop_assert!(is_balanced(piece), "{piece:?}");
            }
            // Line ends at a cut go, everything else stays.
            let joined: String = pieces.iter().map(|piece| seen(piece)).collect();
            prop_assert_eq!(joined.replace('\n', ""), seen(&html).replace('\n', ""));
        }
    }
}
