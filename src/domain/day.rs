//! One local day of counting.

use std::collections::BTreeMap;

use super::{
    ids::{ChatId, TeacherId},
    registry::Voice,
    tally::Tally,
};

/// Messages by local hour, 0 to 23. An hour that a clock change repeats is one hour here.
pub type Hours = [u32; 24];

/// Everything counted on one day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Day {
    /// By group and teacher (`stats/YYYY-MM-DD.json`).
    pub cells: BTreeMap<ChatId, BTreeMap<TeacherId, Tally>>,
    /// The same by hour (`hours/YYYY-MM-DD.json`).
    pub hours: BTreeMap<ChatId, BTreeMap<TeacherId, Hours>>,
    /// By group and voice that nobody is mapped to (`unattributed/YYYY-MM-DD.json`).
    pub unattributed: BTreeMap<ChatId, BTreeMap<Voice, Tally>>,
}

impl Day {
    /// A teacher's cell.
    pub fn cell(&self, chat: ChatId, teacher: TeacherId) -> Option<&Tally> {
        self.cells.get(&chat)?.get(&teacher)
    }

    /// Whether anything of `chat` is in it.
    pub fn mentions(&self, chat: ChatId) -> bool {
        self.cells.contains_key(&chat) || self.hours.contains_key(&chat) || self.unattributed.contains_key(&chat)
    }
}
