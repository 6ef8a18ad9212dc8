//! Whether the figures in an answer come from what was looked up. A model that makes one up is told so once; what it makes up
//! all the same is marked.

use std::collections::BTreeSet;

use serde_json::Value;

/// Figures that an answer may have.
#[derive(Clone, Debug, Default)]
pub struct Figures(BTreeSet<String>);

impl Figures {
    /// Those in a text: the question, an answer of before.
    pub fn allow_text(&mut self, text: &str) {
        for figure in figures(text) {
            self.0.extend(readings(&figure));
        }
    }

    /// Those in a tool's result, in names and dates too.
    pub fn allow(&mut self, result: &Value) {
        match result {
            Value::Number(number) => self.allow_text(&number.to_string()),
            Value::String(text) => self.allow_text(text),
            Value::Array(items) => items.iter().for_each(|item| self.allow(item)),
            Value::Object(fields) => fields.values().for_each(|field| self.allow(field)),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// Figures of an answer that come from nowhere, in its order, each once.
    pub fn strange(&self, answer: &str) -> Vec<String> {
        let mut strange: Vec<String> = Vec::new();
        for line in answer.lines() {
            for figure in figures(without_ordinal(line)) {
                if !readings(&figure).iter().any(|reading| self.0.contains(reading)) && !strange.contains(&figure) {
                    strange.push(figure);
                }
            }
        }
        strange
    }
}

/// "1. Ann", "2) Bob": numbers of a list.
fn without_ordinal(line: &str) -> &str {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || "*-•#>".contains(c));
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    match line.len() - rest.len() {
        1..=3 => rest.strip_prefix(['.', ')']).filter(|rest| rest.starts_with([' ', '*'])).unwrap_or(line),
        _ => line,
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}')
}

/// The figures of a text as they are written: digits, with what groups them or parts off fractions.
fn figures(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let is_digit = |at: usize| chars.get(at).is_some_and(|c| c.is_numeric());
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !is_digit(at) {
            at += 1;
            continue;
        }
        let start = at;
        while is_digit(at) || goes_on(&chars, at) {
            at += 1;
        }
        found.push(chars[start..at].iter().collect());
    }
    found
}

/// Whether what stands between two digits holds them together: a point or comma; a space before exactly three digits.
fn goes_on(chars: &[char], at: usize) -> bool {
    let is_digit = |at: usize| chars.get(at).is_some_and(|c| c.is_numeric());
    let Some(between) = chars.get(at) else { return false };
    let is_group = (1..=3).all(|n| is_digit(at + n)) && !is_digit(at + 4);
    (matches!(between, '.' | ',' | '\'' | '’') && is_digit(at + 1)) || (is_space(*between) && is_group)
}

/// What a figure may mean: with its separators as groups, or the last one as the decimal point; a row of several, or a date.
fn readings(figure: &str) -> Vec<String> {
    let whole: String = figure.chars().filter(|c| c.is_numeric()).collect();
    let mut readings = vec![plain(&whole)];
    if let Some(last) = figure.rfind(['.', ',']) {
        let (before, after) = figure.split_at(last);
        let before: String = before.chars().filter(|c| c.is_numeric()).collect();
        let fraction = after[1..].trim_end_matches('0');
        readings = vec![if fraction.is_empty() { plain(&before) } else { format!("{}.{fraction}", plain(&before)) }];
        // "1,234" and "1.234" are a thousand in one place and one and a bit in another.
        if after.len() == 4 {
            readings.push(plain(&whole));
        }
    }
    readings
}

fn plain(digits: &str) -> String {
    let short = digits.trim_start_matches('0');
    if short.is_empty() { "0".to_owned() } else { short.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn figures() -> Figures {
        let mut figures = Figures::default();
        figures.allow(&json!({ "rows": [["7-A", 12_345, -66.7, "2026-01-05"], ["Ann", 0, null, "1 h 5 min"]] }));
        figures.allow_text("the last 30 days?");
        figures
    }

    #[test]
    fn figures_of_the_results_are_known_however_they_are_written() {
        let answer =
            "1. **Ann** wrote 12 345 (12,345; 12.345; 12\u{202f}345), −66,7 % since 5 January 2026.\n2) 7-A: 0, 1:05, in 30 days";
        assert_eq!(figures().strange(answer), Vec::<String>::new());
    }

    #[test]
    fn what_was_made_up_is_found() {
        assert_eq!(figures().strange("Ann wrote 57, Bob 57 and 66.8; ٣ of them, 12 346 in all"), ["57", "66.8", "٣", "12 346"]);
        assert_eq!(figures().strange("In 2025. Then 1234 too"), ["2025", "1234"]);
    }
}
