//! Compliments and quotes for boards: read from an admin's lists, given to people once and for all.

use std::collections::{BTreeMap, BTreeSet};

use super::board::{Board, days_since_first};
use crate::domain::{
    ids::ChatId,
    presence::Who,
    study::{Periods, Study, StudyChange},
};

/// What an admin's files offer, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// For places.
    pub compliments: Vec<String>,
    /// For days.
    pub quotes: Vec<String>,
}

/// Why a list can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// Bytes that are no text.
    #[error("it is not UTF-8; save it as UTF-8 text")]
    NotText,
    /// Only comments and empty lines.
    #[error("it has no line but comments; write one a line, or delete the file to get ours back")]
    Empty,
}

/// The lines of a file; those that are empty or begin with `#` don't count, nor does a repeated one.
pub fn parse(bytes: &[u8]) -> Result<Vec<String>, WordsError> {
    let text = std::str::from_utf8(bytes).map_err(|_| WordsError::NotText)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut seen = BTreeSet::new();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines: Vec<_> = lines.filter(|line| seen.insert(*line)).map(ToOwned::to_owned).collect();
    if lines.is_empty() { Err(WordsError::Empty) } else { Ok(lines) }
}

/// The quote of a day: one after the other from the community's first day on.
pub fn quote(words: &Words, periods: Periods, day: chrono::NaiveDate) -> Option<&str> {
    let count = i64::try_from(words.quotes.len()).ok().filter(|count| *count > 0)?;
    let index = days_since_first(periods, day).rem_euclid(count);
    words.quotes.get(usize::try_from(index).ok()?).map(String::as_str)
}

/// Gives everybody on a board who has none yet a compliment, and says what was chosen: it is kept for its period. None comes
/// twice on a board, as far as there are enough.
pub fn give(board: &mut Board, study: &Study, chat: ChatId, words: &Words) -> Vec<StudyChange> {
    let none = BTreeMap::new();
    let chosen = study.compliments.get(&chat);
    let mut changes = Vec::new();
    let mut on_board: BTreeSet<String> =
        board.blocks.iter().flat_map(|block| &block.rows).filter_map(|row| row.compliment.clone()).collect();
    for block in &mut board.blocks {
        let key = block.span.key();
        // Somebody who fell out of the first ten may come back.
        let mut in_block: BTreeSet<String> =
            chosen.and_then(|chosen| chosen.get(&key)).unwrap_or(&none).values().cloned().collect();
        for row in block.rows.iter_mut().filter(|row| row.compliment.is_none()) {
            let taken: [&dyn Fn(&str) -> bool; 3] =
                [&|words| on_board.contains(words) || in_block.contains(words), &|words| in_block.contains(words), &|_| false];
            let Some(found) = taken.iter().find_map(|taken| pick(&words.compliments, chat, &key, row.who, taken)) else {
                continue;
            };
            on_board.insert(found.to_owned());
            in_block.insert(found.to_owned());
            row.compliment = Some(found.to_owned());
            changes.push(StudyChange::Compliment(chat, key.clone(), row.who, Some(found.to_owned())));
        }
    }
    changes
}

/// A free one, beginning at a place that follows from who it is for: the same again should the choice get lost.
fn pick<'a>(words: &'a [String], chat: ChatId, key: &str, who: Who, taken: &dyn Fn(&str) -> bool) -> Option<&'a str> {
    let first = crc32fast::hash(format!("{chat} {key} {}", who.0).as_bytes()) as usize;
    let from_there = (0..words.len()).map(|n| words[(first % words.len() + n) % words.len()].as_str());
    from_there.into_iter().find(|words| !taken(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::lang::Lang,
        study::{
            board::board,
            sample::{ANN, BOB, CHAT, applied, day, seconds, study},
        },
        text::words::WordList,
    };

    fn words(compliments: usize) -> Words {
        let numbered = |n| (0..n).map(|n| format!("word {n}")).collect();
        Words { compliments: numbered(compliments), quotes: numbered(3) }
    }

    fn given(board: &Board) -> Vec<Vec<&str>> {
        board.blocks.iter().map(|block| block.rows.iter().filter_map(|row| row.compliment.as_deref()).collect()).collect()
    }

    fn crowd(n: i64) -> Vec<(Who, u32)> {
        (1..=n).map(|n| (Who(n), 600)).collect()
    }

    #[test]
    fn lists_are_lines_without_comments() {
        assert_eq!(parse("\u{feff}# how\n\n one \r\ntwo\none\n".as_bytes()), Ok(vec!["one".into(), "two".into()]));
        assert_eq!(parse(b"# only this\n\n"), Err(WordsError::Empty));
        assert_eq!(parse(b"\xff\xfe1"), Err(WordsError::NotText));
        for (list, lang) in WordList::ALL.into_iter().flat_map(|list| Lang::ALL.map(|lang| (list, lang))) {
            let built_in = parse(list.built_in(lang).as_bytes());
            assert_eq!(parse(list.file_content(lang).as_bytes()), built_in, "the explanation is no word");
            assert!(built_in.is_ok());
        }
    }

    #[test]
    fn quotes_go_round_from_the_first_day_on() {
        let quote = |on| quote(&words(0), Periods::Anchored(day("2026-01-01")), day(on)).map(ToOwned::to_owned).expect("one");
        assert_eq!(["2026-01-01", "2026-01-03", "2026-01-04", "2025-12-31"].map(quote), ["word 0", "word 2", "word 0", "word 2"]);
    }

    #[test]
    fn compliments_stay_and_do_not_repeat_on_a_board() {
        let seconds = seconds(&[("2026-01-09", &crowd(12))]);
        let mut first = board(&study(), CHAT, day("2026-01-09"), &seconds).expect("a board");
        let changes = give(&mut first, &study(), CHAT, &words(60));
        assert_eq!(changes.len(), 30);
        let all: BTreeSet<_> = given(&first).concat().into_iter().collect();
        assert_eq!(all.len(), 30, "none comes twice");
        let later = applied(study(), changes);
        let mut again = board(&later, CHAT, day("2026-01-09"), &seconds).expect("a board");
        assert_eq!(give(&mut again, &later, CHAT, &words(7)), [], "whatever the list is by then");
        assert_eq!(again, first);
    }

    #[test]
    fn a_week_keeps_its_compliments_while_days_get_new_ones() {
        let seconds = seconds(&[("2026-01-09", &[(ANN, 600), (BOB, 500)]), ("2026-01-10", &[(ANN, 600), (BOB, 500)])]);
        let mut friday = board(&study(), CHAT, day("2026-01-09"), &seconds).expect("a board");
        let later = applied(study(), give(&mut friday, &study(), CHAT, &words(60)));
        let mut saturday = board(&later, CHAT, day("2026-01-10"), &seconds).expect("a board");
        assert_eq!(give(&mut saturday, &later, CHAT, &words(60)).len(), 2, "only those of the day");
        assert_eq!(given(&friday)[1..], given(&saturday)[1..]);
    }

    #[test]
    fn short_lists_repeat_as_late_as_they_can() {
        let seconds = seconds(&[("2026-01-09", &crowd(10))]);
        let with = |compliments| {
            let mut board = board(&study(), CHAT, day("2026-01-09"), &seconds).expect("a board");
            give(&mut board, &study(), CHAT, &words(compliments));
            given(&board).into_iter().map(|block| block.into_iter().collect::<BTreeSet<_>>().len()).collect::<Vec<_>>()
        };
        assert_eq!(with(10), [10, 10, 10], "none twice in a block");
        assert_eq!(with(3), [3, 3, 3]);
        let mut bare = board(&study(), CHAT, day("2026-01-09"), &seconds).expect("a board");
        assert_eq!(give(&mut bare, &study(), CHAT, &words(0)), []);
    }
}
