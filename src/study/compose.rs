//! All that goes into a post, in one step.

use super::{
    DaySeconds,
    board::{self, Board},
    words::{self, Words},
};
use crate::domain::{
    ids::ChatId,
    study::{Study, StudyChange},
};

/// A board with everything on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Composed {
    /// The board, each place with a compliment.
    pub board: Board,
    /// The day's quote.
    pub quote: Option<String>,
    /// Compliments that were chosen with it: to be kept, before it is sent.
    pub changes: Vec<StudyChange>,
}

/// The board of a day. `seconds` covers [`board::days_needed`], counted up to the post's `until`. `None`: there is no such
/// community.
pub fn compose(study: &Study, chat: ChatId, day: chrono::NaiveDate, seconds: &DaySeconds, words: &Words) -> Option<Composed> {
    let mut board = board::board(study, chat, day, seconds)?;
    let changes = words::give(&mut board, study, chat, words);
    let quote = words::quote(words, study.communities.get(&chat)?.periods, day).map(ToOwned::to_owned);
    Some(Composed { board, quote, changes })
}
