//! Names and titles that other people chose, made fit to stand in a line of ours.

use super::button::elided;
use crate::domain::ids::tidy;

/// Longest name in a text, in characters. Telegram's titles may have four times as many; our messages have an end.
const LONGEST: usize = 64;

/// A name of at most `most` characters: one line, never nothing, unable to turn the words around it. Not escaped.
pub fn fitted(name: &str, most: usize) -> String {
    let mut short = elided(&tidy(name), most);
    if short.is_empty() {
        short.push('—');
    }
    if short.chars().any(runs_right_to_left) {
        // Isolated, the name keeps its direction and the line around it its own.
        return format!("\u{2068}{short}\u{2069}");
    }
    short
}

/// A name in a text.
pub fn in_text(name: &str) -> String {
    fitted(name, LONGEST)
}

/// Letters of the scripts that run from right to left.
fn runs_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_names_stay_in_their_line() {
        assert_eq!(in_text(" Grade\n2 \u{202e}A "), "Grade 2 A");
        assert_eq!(in_text("\u{200f}\n"), "—");
        assert_eq!(fitted(&"😀".repeat(4096), 40).chars().count(), 40);
        assert_eq!(in_text("סבא 5"), "\u{2068}סבא 5\u{2069}");
    }
}
