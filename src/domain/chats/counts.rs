//! How many were in each chat on each day of a month, how many came and how many went: packed, because there may be thousands
//! of chats, and a number for each of them every day.

use std::{collections::BTreeMap, num::NonZeroU32};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::domain::{ids::ChatId, period::Month};

/// A chat's numbers on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayCount {
    /// How many were in it when it was last looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<NonZeroU32>,
    /// How many joined while a bot of ours could see it.
    #[serde(default)]
    pub joined: u32,
    /// How many left.
    #[serde(default)]
    pub left: u32,
}

impl DayCount {
    /// How many were in it.
    pub fn members(self) -> Option<u32> {
        self.members.map(NonZeroU32::get)
    }
}

/// A day within its month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Packed", into = "Packed")]
pub struct OneDay {
    day: u8,
    count: DayCount,
}

/// As the file has it: day, members, joined, left.
type Packed = (u8, Option<NonZeroU32>, u32, u32);

impl From<Packed> for OneDay {
    fn from((day, members, joined, left): Packed) -> Self {
        Self { day, count: DayCount { members, joined, left } }
    }
}

impl From<OneDay> for Packed {
    fn from(OneDay { day, count: DayCount { members, joined, left } }: OneDay) -> Self {
        (day, members, joined, left)
    }
}

impl OneDay {
    /// With its date; `None` where a file has a day that the month hasn't.
    pub(super) fn dated(self, month: Month) -> Option<(NaiveDate, DayCount)> {
        Some((month.day(self.day)?, self.count))
    }
}

/// The numbers of a month: by chat, by day.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct MonthCounts(BTreeMap<ChatId, Vec<OneDay>>);

impl<'de> Deserialize<'de> for MonthCounts {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut chats = BTreeMap::<ChatId, Vec<OneDay>>::deserialize(deserializer)?;
        for days in chats.values_mut() {
            // Whoever edits a file may do so in any order.
            days.sort_by_key(|one| one.day);
            days.dedup_by_key(|one| one.day);
            days.shrink_to_fit();
        }
        chats.retain(|_, days| !days.is_empty());
        Ok(Self(chats))
    }
}

impl MonthCounts {
    /// A chat's days, ascending.
    pub fn of(&self, chat: ChatId) -> &[OneDay] {
        self.0.get(&chat).map_or(&[], Vec::as_slice)
    }

    /// The chats that have a day in it.
    pub fn chats(&self) -> impl Iterator<Item = ChatId> {
        self.0.keys().copied()
    }

    /// A chat's numbers on a day of this month.
    pub(super) fn on(&self, chat: ChatId, day: NaiveDate) -> Option<DayCount> {
        let days = self.of(chat);
        let at = days.binary_search_by_key(&number(day), |one| one.day).ok()?;
        Some(days[at].count)
    }

    /// Sets them.
    pub(super) fn put(&mut self, chat: ChatId, day: NaiveDate, count: Option<DayCount>) {
        let day = number(day);
        let days = self.0.entry(chat).or_default();
        match (days.binary_search_by_key(&day, |one| one.day), count) {
            (Ok(at), Some(count)) => days[at].count = count,
            (Ok(at), None) => drop(days.remove(at)),
            (Err(at), Some(count)) => {
                // One more each day: doubling would leave half of it empty.
                days.reserve_exact(1);
                days.insert(at, OneDay { day, count });
            }
            (Err(_), None) => {}
        }
        if days.is_empty() {
            self.0.remove(&chat);
        }
    }
}

fn number(day: NaiveDate) -> u8 {
    u8::try_from(day.day()).expect("a month has at most 31 days")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn days_are_set_changed_and_taken_away() {
        let mut month = MonthCounts::default();
        let count = |members| DayCount { members: NonZeroU32::new(members), joined: 1, left: 0 };
        for (date, members) in [("2026-01-26", 30), ("2026-01-02", 28), ("2026-01-26", 31)] {
            month.put(ChatId(-1), day(date), Some(count(members)));
        }
        assert_eq!(month.on(ChatId(-1), day("2026-01-26")).and_then(DayCount::members), Some(31));
        let dated: Vec<_> = month.of(ChatId(-1)).iter().filter_map(|one| one.dated(Month::of_day(day("2026-01-01")))).collect();
        assert_eq!(dated.iter().map(|(date, _)| date.to_string()).collect::<Vec<_>>(), ["2026-01-02", "2026-01-26"]);
        month.put(ChatId(-1), day("2026-01-26"), None);
        month.put(ChatId(-1), day("2026-01-02"), None);
        assert_eq!(month, MonthCounts::default());
    }

    #[test]
    fn a_file_may_be_in_any_order() {
        let month: MonthCounts = serde_json::from_str(r#"{"-1":[[26,31,0,1],[2,null,3,0]],"-2":[]}"#).expect("reads");
        assert_eq!(serde_json::to_string(&month).expect("JSON"), r#"{"-1":[[2,null,3,0],[26,31,0,1]]}"#);
        assert_eq!(month.chats().count(), 1);
    }
}
