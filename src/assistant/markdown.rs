//! A model's Markdown as Telegram's HTML. Whatever isn't the little that is understood here stays as it was written.

use crate::text::html::Html;

/// The HTML of a Markdown text. Everything foreign in it is escaped; links go to http and https only.
pub fn html(markdown: &str) -> Html {
    let mut html = Html::new();
    let mut code: Option<String> = None;
    for line in markdown.trim().lines() {
        let is_fence = line.trim_start().starts_with("```");
        match (&mut code, is_fence) {
            (Some(lines), false) => {
                lines.push_str(line);
                lines.push('\n');
            }
            (Some(_), true) => add(&mut html, &Html::pre(code.take().unwrap_or_default().trim_end())),
            (None, true) => code = Some(String::new()),
            (None, false) => add(&mut html, &block(line)),
        }
    }
    if let Some(rest) = code {
        add(&mut html, &Html::pre(rest.trim_end()));
    }
    html
}

/// A line more; an empty one parts paragraphs.
fn add(html: &mut Html, line: &Html) {
    if !html.as_str().is_empty() {
        html.push_text('\n');
    }
    html.push(line);
}

fn block(line: &str) -> Html {
    let trimmed = line.trim_start();
    let indent = &line[..line.len() - trimmed.len()];
    let hashes = trimmed.len() - trimmed.trim_start_matches('#').len();
    if (1..=6).contains(&hashes)
        && let Some(heading) = trimmed[hashes..].strip_prefix(' ')
    {
        return Html::bold(heading.trim().trim_matches('*'));
    }
    let mut html = Html::text(indent);
    match trimmed.strip_prefix("- ").or_else(|| trimmed.strip_prefix("* ")).or_else(|| trimmed.strip_prefix("+ ")) {
        Some(item) => {
            html.push_text("• ");
            html.push(&inline(item));
        }
        None => html.push(&inline(trimmed)),
    }
    html
}

/// Bold, italics, code and links within a line. Marks without a counterpart are letters.
fn inline(mut text: &str) -> Html {
    let mut html = Html::new();
    let mut before: Option<char> = None;
    while let Some(first) = text.chars().next() {
        if let Some((piece, rest)) = marked(text, before) {
            html.push(&piece);
            before = Some('*');
            text = rest;
            continue;
        }
        let is_escape = first == '\\' && text[1..].starts_with(|c: char| c.is_ascii_punctuation());
        let letter = if is_escape { text[1..].chars().next().unwrap_or(first) } else { first };
        html.push_text(letter);
        before = Some(letter);
        text = &text[if is_escape { 1 } else { 0 } + letter.len_utf8()..];
    }
    html
}

/// Something marked at the beginning of `text`, and what follows it.
fn marked(text: &str, before: Option<char>) -> Option<(Html, &str)> {
    let within = |mark: &str| {
        let (inside, rest) = text.strip_prefix(mark)?.split_once(mark)?;
        let is_tight = !inside.is_empty() && !inside.starts_with(' ') && !inside.ends_with(' ');
        is_tight.then_some((inside, rest))
    };
    if let Some((inside, rest)) = within("`") {
        return Some((Html::code(inside), rest));
    }
    for mark in ["**", "__"] {
        if let Some((inside, rest)) = within(mark) {
            return Some((Html::bold(inside), rest));
        }
    }
    // An underscore or asterisk within a word is one of its letters: user_name, 3*4.
    if !before.is_some_and(char::is_alphanumeric) {
        for mark in ["*", "_"] {
            if let Some((inside, rest)) = within(mark)
                && !rest.starts_with(char::is_alphanumeric)
            {
                return Some((Html::italic(inside), rest));
            }
        }
    }
    let (label, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (address, rest) = rest.split_once(')')?;
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    // The address is shown: a label that lies about it would lead people elsewhere.
    is_web.then(|| (Html::text(format!("{label} ({address})")), rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::split;

    #[test]
    fn the_usual_marks_become_html() {
        let markdown = "# Silent\n\n- **Ann <Lee>** wrote *nothing* in `7-A`\n* see [this](https://x.org/?a=1&b=2)\n```rust\nlet a = 1 < 2;\n```\nend";
        let html = html(markdown).into_string();
        insta::assert_snapshot!(html);
    }

    #[test]
    fn what_is_no_markup_stays() {
        for text in ["2 * 3 * 4", "user_name_x", "a ** b", "[no](javascript:alert)", "*open", "`", "**", "[x](", "#tag"] {
            assert_eq!(html(text).into_string(), Html::text(text).into_string(), "{text}");
        }
        assert_eq!(html("1\\. a\\*b").into_string(), "1. a*b");
        assert_eq!(html("```\nopen <").into_string(), "<pre>open &lt;</pre>");
    }

    proptest! {
        #[test]
        fn whatever_comes_is_well_formed(text in "[a-z*_`#<&>\\[\\]()\\\\ \n-]{0,80}") {
            let html = html(&text).into_string();
            for part in split::messages(&html) {
                prop_assert_eq!(part.matches('<').count(), part.matches('>').count());
                prop_assert!(split::length(&part) <= split::LONGEST);
            }
        }
    }
}
