//! A message as Telegram would show it, on a page. Only what is listed here becomes markup, everything else is letters.

use crate::{
    domain::jobs::Markup,
    jobs::announce::Part,
    text::{
        markup::{self, Mark, Piece},
        pages::Words,
    },
};

/// As much of a text as says where something in it is.
const NEAR: usize = 24;

/// A message on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// Ours and escaped: it goes into the page as it is.
    pub(super) html: String,
    /// What is to be known of it; empty: nothing.
    pub(super) note: String,
}

impl Message {
    /// What a part of an announcement is shown as.
    pub(super) fn of(part: &Part, words: Words) -> Self {
        let (Part::Text(text, markup) | Part::File(text, markup)) = part;
        match markup::read(text, *markup) {
            Ok(pieces) => Self { html: html(&pieces), note: String::new() },
            Err(unreadable) => {
                let rest = text.get(unreadable.at..).filter(|rest| !rest.is_empty());
                let near: String = rest.unwrap_or(text).chars().take(NEAR).collect();
                let note = words.markup_refused(&near, *markup == Markup::Html);
                Self { html: html(&[Piece::Text(text.clone())]), note }
            }
        }
    }
}

fn html(pieces: &[Piece]) -> String {
    let (mut html, mut open, mut is_after_block) = (String::new(), Vec::<Tag>::new(), false);
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                // The line that a block ends is the block's own.
                escape(if is_after_block { text.strip_prefix('\n').unwrap_or(text) } else { text }, &mut html);
                is_after_block = false;
            }
            Piece::Begin(mark) => {
                let tag = Tag::of(mark, &open);
                if tag.is_block() && html.ends_with('\n') {
                    html.pop();
                }
                tag.begin(&mut html);
                open.push(tag);
                is_after_block = false;
            }
            Piece::End => {
                if let Some(tag) = open.pop() {
                    html.push_str("</");
                    html.push_str(tag.name());
                    html.push('>');
                    is_after_block = tag.is_block();
                }
            }
        }
    }
    html
}

/// What a page may hold of a message.
enum Tag {
    Simple(&'static str),
    Classed(&'static str, &'static str),
    /// To an address that a browser may open.
    Link(String),
}

impl Tag {
    fn of(mark: &Mark, open: &[Tag]) -> Self {
        let is_linked = open.iter().any(|tag| matches!(tag, Tag::Link(_)));
        match mark {
            Mark::Bold => Self::Simple("b"),
            Mark::Italic => Self::Simple("i"),
            Mark::Underline => Self::Simple("u"),
            Mark::Strike => Self::Simple("s"),
            Mark::Code => Self::Simple("code"),
            Mark::Pre => Self::Simple("pre"),
            Mark::Quote => Self::Simple("blockquote"),
            Mark::Spoiler => Self::Classed("span", "spoiler"),
            Mark::Link(address) => match web_address(address) {
                Some(address) if !is_linked => Self::Link(address),
                Some(_) | None => Self::Classed("span", "link"),
            },
            Mark::Plain => Self::Simple("span"),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Simple(name) | Self::Classed(name, _) => name,
            Self::Link(_) => "a",
        }
    }

    fn is_block(&self) -> bool {
        matches!(self.name(), "pre" | "blockquote")
    }

    fn begin(&self, html: &mut String) {
        match self {
            Self::Simple(name) => html.push_str(&format!("<{name}>")),
            Self::Classed(name, class) => html.push_str(&format!("<{name} class=\"{class}\">")),
            Self::Link(address) => {
                html.push_str("<a target=\"_blank\" rel=\"noopener noreferrer nofollow\" href=\"");
                escape(address, html);
                html.push_str("\">");
            }
        }
    }
}

/// What a link leads to, where a browser may go: `javascript:` and the like lead nowhere. Telegram takes an address without a scheme for http.
fn web_address(address: &str) -> Option<String> {
    let scheme = address.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("http" | "https") => Some(address.to_owned()),
        Some(_) => None,
        None => (!address.contains(':')).then(|| format!("http://{address}")),
    }
}

/// Letters that could be taken for markup, in text as well as between quotes.
fn escape(text: &str, html: &mut String) {
    for letter in text.chars() {
        match letter {
            '<' => html.push_str("&#60;"),
            '>' => html.push_str("&#62;"),
            '&' => html.push_str("&#38;"),
            '"' => html.push_str("&#34;"),
            '\'' => html.push_str("&#39;"),
            letter => html.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::lang::Lang;

    fn shown(text: &str, markup: Markup) -> Message {
        Message::of(&Part::Text(text.to_owned(), markup), Words(Lang::En))
    }

    const LINK: &str = "<a target=\"_blank\" rel=\"noopener noreferrer nofollow\" href=\"";
    const TAGS: [&str; 8] = ["b", "i", "u", "s", "code", "pre", "blockquote", "span"];

    /// What is left once everything that may be there is taken away: letters.
    fn leftover(html: &str) -> String {
        let mut rest = html.to_owned();
        for tag in TAGS {
            rest = rest.replace(&format!("<{tag}>"), "").replace(&format!("</{tag}>"), "");
        }
        for class in ["spoiler", "link"] {
            rest = rest.replace(&format!("<span class=\"{class}\">"), "");
        }
        while let Some((before, link)) = rest.split_once(LINK) {
            let (address, after) = link.split_once("\">").expect("an address ends");
            let is_web = ["http://", "https://"].iter().any(|scheme| address.to_ascii_lowercase().starts_with(scheme));
            assert!(is_web && !address.contains(['<', '>', '"', '\'']), "{address}");
            rest = format!("{before}{after}");
        }
        rest.replace("</a>", "")
    }

    #[test]
    fn marks_are_shown_as_what_they_mean() {
        let html =
            "<b>Ertaga</b> <a href=\"https://a.uz/?x=1&amp;y\">here</a> <tg-spoiler>x</tg-spoiler>\n<pre>\ncode</pre>\nend";
        let expected = format!(
            "<b>Ertaga</b> {LINK}https://a.uz/?x=1&#38;y\">here</a> <span class=\"spoiler\">x</span><pre>\ncode</pre>end"
        );
        assert_eq!(shown(html, Markup::Html).html, expected);
        assert_eq!(shown("*b* _i_ [go](a.uz)", Markup::Markdown).html, format!("<b>b</b> <i>i</i> {LINK}http://a.uz\">go</a>"));
        let quoted = shown(">q ~x~\n*after* \\<", Markup::MarkdownV2);
        assert_eq!(quoted.html, "<blockquote>q <s>x</s></blockquote><b>after</b> &#60;");
        assert_eq!(shown("<b> & *x*", Markup::Plain).html, "&#60;b&#62; &#38; *x*");
    }

    #[test]
    fn what_telegram_refuses_is_shown_as_it_is_and_said() {
        let html = shown("fine <img src=x onerror=alert(1)>", Markup::Html);
        assert_eq!(html.html, "fine &#60;img src=x onerror=alert(1)&#62;");
        assert!(html.note.contains("<img src=x onerror") && html.note.contains("nothing"), "{}", html.note);
        let markdown = shown("snake_case", Markup::Markdown);
        assert!(markdown.html == "snake_case" && markdown.note.contains("_case"), "{markdown:?}");
    }

    #[test]
    fn a_hostile_link_leads_nowhere_and_breaks_out_of_nothing() {
        for address in [
            "javascript:alert(1)//.",
            "JavaScript://a.b/%0aalert(1)",
            "data:text/html,x.y",
            "tg://user?id=5",
            "vbscript:a.b",
            "\u{1}javascript:a.b",
        ] {
            let seen = shown(&format!("<a href=\"{address}\">x</a>"), Markup::Html).html;
            assert!(!seen.contains("href"), "{address}: {seen}");
            assert!(!shown(&format!("[x]({address})"), Markup::Markdown).html.contains("href"), "{address}");
        }
        let seen = shown("<a href='https://a.b/\"onmouseover=\"alert(1)'>x</a>", Markup::Html).html;
        assert_eq!(seen, format!("{LINK}https://a.b/&#34;onmouseover=&#34;alert(1)\">x</a>"));
        // A page has no link within a link.
        let nested = shown("<a href='https://a.b'>x<a href='https://c.d'>y</a></a>", Markup::Html).html;
        assert_eq!(nested, format!("{LINK}https://a.b\">x<span class=\"link\">y</span></a>"));
    }

    proptest! {
        #[test]
        fn nothing_but_what_is_listed_becomes_markup(
            words in prop::collection::vec(
                prop::sample::select(vec![
                    "<", ">", "</", "\"", "'", "&", "&lt;", "&#60;", "script", "<script>", "</script>", "<b>", "</b>", "<i onclick=x>", "</i>",
                    "<a href=", "</a>", "javascript:", "https://a.b", "*", "_", "__", "`", "```", "[", "](", ")", "||", "~", "\n>", "**>", "\\", "\n", " ", "x",
                    "<pre>", "</pre>", "<blockquote>", "</blockquote>", "<img src=x>", "<tg-spoiler>", "</tg-spoiler>", "![", "onerror=", "\0",
                ]),
                0..16,
            )
        ) {
            let text = words.concat();
            for markup in [Markup::Plain, Markup::Html, Markup::Markdown, Markup::MarkdownV2] {
                let html = shown(&text, markup).html;
                prop_assert!(!leftover(&html).contains(['<', '>', '"', '\'']), "{text:?} becomes {html:?}");
                for tag in TAGS.iter().chain(&["a"]) {
                    let begun = html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count();
                    prop_assert_eq!(begun, html.matches(&format!("</{tag}>")).count(), "{} in {}", tag, html);
                }
            }
        }
    }
}
