//! Telegram's three ways to mark a text up, read as Telegram's documentation says it reads them: for whoever wants to see a message
//! before it is sent. What Telegram does in the end is Telegram's.

mod html;
mod markdown;
mod markdown_v2;

use crate::domain::jobs::Markup;

/// What a part of a text is shown as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// **Bold**
    Bold,
    /// *Italic*
    Italic,
    /// Underlined
    Underline,
    /// Struck through
    Strike,
    /// Covered until somebody taps it
    Spoiler,
    /// `Code`
    Code,
    /// A block of code
    Pre,
    /// A quotation
    Quote,
    /// A link to this address
    Link(String),
    /// Nothing that is seen here: another emoji, or a link that leads nowhere
    Plain,
}

/// A piece of a text. Marks are well nested: every one that begins ends, the last begun first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Letters as they are seen.
    Text(String),
    /// From here on.
    Begin(Mark),
    /// The last one that began ends here.
    End,
}

/// Telegram refuses it, from about this byte on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Where, in the source.
    pub at: usize,
}

/// What a text with this markup is shown as.
pub fn read(text: &str, markup: Markup) -> Result<Vec<Piece>, Unreadable> {
    match markup {
        Markup::Plain => Ok(vec![Piece::Text(text.to_owned())]),
        Markup::Html => html::read(text),
        Markup::Markdown => markdown::read(text),
        Markup::MarkdownV2 => markdown_v2::read(text),
    }
}

/// Pieces as they come.
#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn letter(&mut self, letter: char) {
        match self.0.last_mut() {
            Some(Piece::Text(text)) => text.push(letter),
            _ => self.0.push(Piece::Text(letter.into())),
        }
    }

    fn begin(&mut self, mark: Mark) {
        self.0.push(Piece::Begin(mark));
    }

    fn end(&mut self) {
        self.0.push(Piece::End);
    }
}

/// What an address becomes: Telegram drops links that lead nowhere.
fn link(address: &str) -> Mark {
    let leads = address.contains("://") || address.contains('.');
    if leads { Mark::Link(address.to_owned()) } else { Mark::Plain }
}

#[cfg(test)]
mod tests;
