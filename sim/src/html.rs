//! Telegram's HTML: what it means, and in which words it is refused.

/// Text without markup, or Telegram's words of refusal.
pub(crate) fn parse(html: &str) -> Result<String, String> {
    let mut text = String::with_capacity(html.len());
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        let offset = html.len() - rest.len() + at;
        rest = &rest[at..];
        if rest.starts_with('&') {
            let (character, used) = entity(rest);
            text.push_str(&character);
            rest = &rest[used..];
            continue;
        }
        let Some(end) = rest.find('>') else {
            return Err(format!("Unclosed start tag at byte offset {offset}"));
        };
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let name = name.trim().to_ascii_lowercase();
            match open.pop() {
                Some(expected) if expected == name || name.is_empty() => {}
                Some(expected) => {
                    return Err(format!(
                        "Unmatched end tag at byte offset {offset}, expected \"</{expected}>\", found \"</{name}>\""
                    ));
                }
                None => return Err(format!("Unexpected end tag at byte offset {offset}")),
            }
        } else {
            let name = tag.split_whitespace().next().unwrap_or("").to_ascii_lowercase();
            if !is_known(&name) {
                return Err(format!("Unsupported start tag \"{name}\" at byte offset {offset}"));
            }
            open.push(name);
        }
    }
    text.push_str(rest);
    match open.pop() {
        Some(name) => Err(format!("Can't find end tag corresponding to start tag \"{name}\"")),
        None => Ok(text),
    }
}

fn is_known(tag: &str) -> bool {
    [
        "b",
        "strong",
        "i",
        "em",
        "u",
        "ins",
        "s",
        "strike",
        "del",
        "span",
        "tg-spoiler",
        "a",
        "tg-emoji",
        "code",
        "pre",
        "blockquote",
    ]
    .contains(&tag)
}

/// One character reference, and how many bytes it took. An unknown one is text.
fn entity(rest: &str) -> (String, usize) {
    let Some(end) = rest.find(';').filter(|end| *end <= 10) else { return ("&".to_owned(), 1) };
    let character = match &rest[1..end] {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        numeric => numeric
            .strip_prefix("#x")
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .or_else(|| numeric.strip_prefix('#').and_then(|decimal| decimal.parse().ok()))
            .and_then(char::from_u32),
    };
    character.map_or_else(|| ("&".to_owned(), 1), |character| (character.to_string(), end + 1))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn markup_disappears_and_entities_become_characters() {
        assert_eq!(parse("<b>1 &lt; 2</b> &amp; <a href=\"x\">3</a> &#33;").as_deref(), Ok("1 < 2 & 3 !"));
        assert_eq!(parse("AT&T").as_deref(), Ok("AT&T"));
    }

    #[test]
    fn what_telegram_refuses_is_refused_in_its_words() {
        assert_eq!(parse("<b>x").unwrap_err(), "Can't find end tag corresponding to start tag \"b\"");
        assert_eq!(parse("<h1>x</h1>").unwrap_err(), "Unsupported start tag \"h1\" at byte offset 0");
        assert_eq!(
            parse("<b><i>x</b></i>").unwrap_err(),
            "Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\""
        );
        assert_eq!(parse("x</b>").unwrap_err(), "Unexpected end tag at byte offset 1");
    }
}
