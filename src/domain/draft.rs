//! A message to many while an admin writes it in their chat: what is sent, to whom, when. It is a half-filled form like any other, so
//! it survives a restart, and goes once it is sent, cancelled or given up.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{event::Place, jobs::Content};

/// A message that isn't sent yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Names it: one draft becomes one message, however often its button is pressed.
    pub id: i64,
    /// What the next answer is.
    pub asks: Asks,
    /// What is sent; `None`: nobody said so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// To whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Place>,
    /// Not before; `None`: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// Without a sound.
    #[serde(default)]
    pub silent: bool,
    /// Only groups with this in their title are listed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub query: String,
}

/// What an answer is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// What is to be sent, or something else in its place.
    Content,
    /// A part of a title to look for, or a topic's link.
    Receivers,
    /// A time.
    Time,
}

impl Draft {
    /// Nothing yet.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            id: now.timestamp_micros(),
            asks: Asks::Content,
            content: None,
            to: Vec::new(),
            at: None,
            silent: false,
            query: String::new(),
        }
    }

    /// Whether it goes to a place.
    pub fn goes_to(&self, place: Place) -> bool {
        self.to.contains(&place)
    }

    /// Beyond so many places it would weigh too much in the journal; "all groups" of a terminal or page knows no limit.
    pub const MOST_PLACES: usize = 2_000;

    /// Lets it go to a place, or not. Whether there was room for it.
    pub fn send_to(&mut self, place: Place, on: bool) -> bool {
        if !on {
            self.to.retain(|known| *known != place);
        } else if !self.goes_to(place) {
            if self.to.len() >= Self::MOST_PLACES {
                return false;
            }
            self.to.push(place);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ChatId;

    #[test]
    fn a_draft_that_is_full_keeps_what_it_has() {
        let place = |n: usize| Place { chat: ChatId(-(n as i64) - 1), topic: None };
        let mut draft = Draft::new(DateTime::UNIX_EPOCH);
        assert!((0..Draft::MOST_PLACES).all(|n| draft.send_to(place(n), true)));
        assert!(!draft.send_to(place(Draft::MOST_PLACES), true));
        assert!(draft.send_to(place(7), true) && draft.goes_to(place(7)), "ticked twice it stays");
        assert!(draft.send_to(place(7), false) && draft.send_to(place(Draft::MOST_PLACES), true));
        assert_eq!(draft.to.len(), Draft::MOST_PLACES);
    }
}
