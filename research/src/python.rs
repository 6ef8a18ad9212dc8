//! How Python writes values: notebooks read these cells back with `ast.literal_eval`.

use std::fmt::Write as _;

use crate::json::Json;

/// `repr()` of a value.
pub(crate) fn repr(value: &Json) -> String {
    let mut out = String::new();
    write_repr(value, &mut out);
    out
}

fn write_repr(value: &Json, out: &mut String) {
    match value {
        Json::Null => out.push_str("None"),
        Json::Bool(true) => out.push_str("True"),
        Json::Bool(false) => out.push_str("False"),
        Json::Int(number) => out.push_str(&number.to_string()),
        Json::Float(number) => out.push_str(&float(*number)),
        Json::Text(text) => quoted(text, out),
        Json::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                write_repr(item, out);
            }
            out.push(']');
        }
        Json::Object(fields) => {
            out.push('{');
            for (index, (key, item)) in fields.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                quoted(key, out);
                out.push_str(": ");
                write_repr(item, out);
            }
            out.push('}');
        }
    }
}

/// Single quotes, unless there are only such in it.
fn quoted(text: &str, out: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if c == quote => out.extend(['\\', c]),
            _ if is_printable(c) => out.push(c),
            _ => escaped(c, out),
        }
    }
    out.push(quote);
}

fn escaped(c: char, out: &mut String) {
    let code = u32::from(c);
    let done = match code {
        0..=0xff => write!(out, "\\x{code:02x}"),
        0x100..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
    done.expect("writing to a string succeeds");
}

/// Python's and Rust's ideas of what can be printed are the same; only Rust's is reached through `escape_debug`, which also escapes
/// combining marks, though not behind another character.
fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return matches!(c, ' '..='~');
    }
    let mut pair = [0; 5];
    pair[0] = b'a';
    let end = 1 + c.encode_utf8(&mut pair[1..]).len();
    let pair = std::str::from_utf8(&pair[..end]).expect("two characters");
    pair.escape_debug().count() == 2
}

/// `repr()` of a float: the shortest digits that read back, an exponent below 1e-4 and from 1e16.
pub(crate) fn float(number: f64) -> String {
    if !number.is_finite() {
        return if number.is_nan() {
            "nan"
        } else if number > 0.0 {
            "inf"
        } else {
            "-inf"
        }
        .to_owned();
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').expect("an exponent");
    let exponent: i32 = exponent.parse().expect("a number");
    if number != 0.0 && !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    let plain = number.to_string();
    if plain.contains('.') { plain } else { plain + ".0" }
}

/// `' '.join(text.split())`: Python also splits at the four separators of ASCII.
pub(crate) fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// `urlparse(url).netloc`: what stands between `//` and the path.
pub(crate) fn netloc(url: &str) -> String {
    let url: String = url.trim_start_matches(|c: char| c <= ' ').chars().filter(|c| !matches!(c, '\t' | '\r' | '\n')).collect();
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    };
    let rest = match url.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => rest,
        _ => &url,
    };
    let Some(rest) = rest.strip_prefix("//") else { return String::new() };
    rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Python 3.11 prints for the same.
    #[test]
    fn values_read_as_python_writes_them() {
        let value: Json = serde_json::from_str(
            r#"{"_":"PollAnswerVoters","option":"b'0'","n":3,"f":12.0,"t":true,"x":null,"l":["a\"b","a'b\"c","é\u200d\u00a0\u0000\n\\"]}"#,
        )
        .unwrap();
        let expected = r#"{'_': 'PollAnswerVoters', 'option': "b'0'", 'n': 3, 'f': 12.0, 't': True, 'x': None, 'l': ['a"b', 'a\'b"c', 'é\u200d\xa0\x00\n\\']}"#;
        assert_eq!(repr(&value), expected);
        let emoji = Json::Text("👩\u{200d}🎓 ❤\u{fe0f} e\u{301} \u{e000} \u{e0001}".to_owned());
        assert_eq!(repr(&emoji), "'👩\\u200d🎓 ❤\u{fe0f} e\u{301} \\ue000 \\U000e0001'");
    }

    #[test]
    fn floats_read_as_python_writes_them() {
        let cases = [
            (12.0, "12.0"),
            (1.5, "1.5"),
            (0.1, "0.1"),
            (-0.0, "-0.0"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (1.25e-7, "1.25e-07"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (-1.5e300, "-1.5e+300"),
        ];
        for (number, text) in cases {
            assert_eq!(float(number), text);
        }
    }

    #[test]
    fn hosts_read_as_python_finds_them() {
        let cases = [
            ("https://www.example.com/a?b=1", "www.example.com"),
            ("http://user:pw@example.com:8080#x", "user:pw@example.com:8080"),
            ("example.com/a", ""),
            ("//example.com", "example.com"),
            ("  https://exa\nmple.com", "example.com"),
            ("mailto:ann@example.com", ""),
            ("1a://example.com/", ""),
        ];
        for (url, host) in cases {
            assert_eq!(netloc(url), host, "{url}");
        }
    }

    #[test]
    fn white_space_collapses_as_in_python() {
        assert_eq!(collapsed(" a\u{a0}\n b\x1cc\u{2003} "), "a b c");
        assert_eq!(collapsed("\u{200b}"), "\u{200b}");
    }
}
