//! Text as Telegram's HTML: whatever comes from outside is escaped on the way in, so that it can't be forgotten.

use std::fmt;

/// A piece of Telegram HTML. Built from our own literals and escaped foreign text only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Markup that we wrote ourselves.
    pub fn literal(markup: &'static str) -> Self {
        Self(markup.to_owned())
    }

    /// Markup that was an [`Html`] before it was kept as text.
    pub fn from_markup(markup: String) -> Self {
        Self(markup)
    }

    /// Foreign text: names, titles, numbers, anything that is not markup.
    pub fn text(text: impl fmt::Display) -> Self {
        let mut html = Self::new();
        html.push_text(text);
        html
    }

    /// Foreign text in bold.
    pub fn bold(text: impl fmt::Display) -> Self {
        Self::wrapped("b", text)
    }

    /// Somebody's name or a group's title, in bold: bounded, and harmless to the line that it stands in.
    pub fn name(name: impl AsRef<str>) -> Self {
        Self::bold(super::name::in_text(name.as_ref()))
    }

    /// Foreign text in italics.
    pub fn italic(text: impl fmt::Display) -> Self {
        Self::wrapped("i", text)
    }

    /// Foreign text in a fixed-width font; tapping copies it.
    pub fn code(text: impl fmt::Display) -> Self {
        Self::wrapped("code", text)
    }

    /// Foreign text in a block of fixed width, where columns stay aligned.
    pub fn pre(text: impl fmt::Display) -> Self {
        Self::wrapped("pre", text)
    }

    /// Adds foreign text, escaped.
    pub fn push_text(&mut self, text: impl fmt::Display) {
        use fmt::Write as _;
        write!(Escaping(&mut self.0), "{text}").expect("writing to a string succeeds");
    }

    /// Adds another piece.
    pub fn push(&mut self, other: &Html) {
        self.0.push_str(&other.0);
    }

    /// Adds a line break and another piece.
    pub fn push_line(&mut self, other: &Html) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.push(other);
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The markup, owned.
    pub fn into_string(self) -> String {
        self.0
    }

    fn wrapped(tag: &str, text: impl fmt::Display) -> Self {
        let mut html = Self(format!("<{tag}>"));
        html.push_text(text);
        html.0.push_str("</");
        html.0.push_str(tag);
        html.0.push('>');
        html
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Like `format!`, for [`Html`]: the template is our own markup, each `{}` argument has to be `Html` already.
/// `html!("<b>{}</b> is assigned to {}", Html::text(name), Html::text(title))`
#[macro_export]
macro_rules! html {
    ($template:literal $(, $piece:expr)* $(,)?) => {
        $crate::text::html::compose(::std::format_args!($template $(, $crate::text::html::only_html(&$piece))*))
    };
}

/// Used by [`html!`]: accepts nothing but [`Html`], so that unescaped text doesn't compile.
#[doc(hidden)]
pub fn only_html(piece: &Html) -> &Html {
    piece
}

/// Used by [`html!`].
#[doc(hidden)]
pub fn compose(arguments: fmt::Arguments<'_>) -> Html {
    Html(arguments.to_string())
}

struct Escaping<'a>(&'a mut String);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                c => self.0.push(c),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_can_not_become_markup() {
        let name = "<b>Bob</b> & \"Co\"";
        assert_eq!(html!("<i>{}</i>", Html::text(name)).as_str(), "<i>&lt;b&gt;Bob&lt;/b&gt; &amp; &quot;Co&quot;</i>");
        assert_eq!(Html::code(7).as_str(), "<code>7</code>");
    }
}
