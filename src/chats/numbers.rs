//! What the numbers come to: rows, growth, sums by type.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::learn::entry;
use crate::domain::{
    chats::{ChatKind, Chats, DayCount, KnownChat},
    ids::{BotId, ChatId},
    rules::Rules,
    state::State,
};

/// What became of a chat over some days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// By how many it grew; negative: it shrank. `None` where nobody counted back then.
    pub growth: Option<i64>,
    /// How many joined, as far as a bot could see.
    pub joined: u64,
    /// How many left.
    pub left: u64,
}

/// A chat with its numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which.
    pub chat: ChatId,
    /// What is known of it.
    pub known: KnownChat,
    /// Whether it is in the register.
    pub is_registered: bool,
    /// Over the last 7 days.
    pub week: Moved,
    /// Over the last 30 days.
    pub month: Moved,
}

/// Which chats are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those in which this bot is or was.
    pub bot: Option<BotId>,
    /// Those of this type.
    pub kind: Option<ChatKind>,
    /// This one.
    pub chat: Option<ChatId>,
}

/// The chats with their numbers: those that a bot is in first, the largest first.
pub fn rows(state: &State, rules: &Rules, today: NaiveDate, filter: &Filter) -> Vec<Row> {
    let unknown = state.groups.keys().chain(state.candidates.keys()).filter(|chat| !state.chats.known.contains_key(chat));
    let chats = state.chats.known.keys().chain(unknown).copied().filter(|chat| filter.chat.is_none_or(|only| only == *chat));
    let row = |chat: ChatId| {
        let known = entry(state, rules, chat)?;
        let is_wanted =
            filter.bot.is_none_or(|bot| known.place(bot).is_some()) && filter.kind.is_none_or(|kind| known.kind == kind);
        is_wanted.then(|| {
            let over = |days| moved(&state.chats, chat, known.members, today, days);
            let (week, month, is_registered) = (over(7), over(30), state.groups.contains_key(&chat));
            Row { chat, known, is_registered, week, month }
        })
    };
    let mut rows: Vec<Row> = chats.filter_map(row).collect();
    rows.sort_by(|a, b| {
        let key = |row: &Row| (row.known.left().is_some(), std::cmp::Reverse(row.known.members));
        key(a)
            .cmp(&key(b))
            .then_with(|| a.known.title.to_lowercase().cmp(&b.known.title.to_lowercase()))
            .then(a.chat.cmp(&b.chat))
    });
    rows
}

/// What became of a chat over the last so many days.
fn moved(chats: &Chats, chat: ChatId, members: Option<u32>, today: NaiveDate, days: u64) -> Moved {
    let mut moved = Moved::default();
    let began = today - Days::new(days);
    for (day, count) in chats.days_of(chat).rev() {
        if day > began {
            moved.joined += u64::from(count.joined);
            moved.left += u64::from(count.left);
        } else if let (Some(now), Some(then)) = (members, count.members()) {
            // A day or a few without a number are bridged; a number of long before says nothing of these days.
            if day + Days::new(days) >= began {
                moved.growth = Some(i64::from(now) - i64::from(then));
            }
            break;
        }
    }
    moved
}

/// The last so many days of a chat, today included; days without any number too.
pub fn series(chats: &Chats, chat: ChatId, today: NaiveDate, days: u64) -> Vec<(NaiveDate, DayCount)> {
    let known: BTreeMap<NaiveDate, DayCount> = chats.days_of(chat).collect();
    let all = (0..days).rev().map(|back| today - Days::new(back));
    all.map(|day| (day, known.get(&day).copied().unwrap_or_default())).collect()
}

/// Sums over chats that a bot is in. Somebody who is in several is counted in each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many chats.
    pub chats: u64,
    /// Of how many of them the members are known.
    pub counted: u64,
    /// Their members.
    pub members: u64,
    /// Those of the largest.
    pub largest: u32,
    /// By how many they grew over 7 days, as far as that is known.
    pub week: Option<i64>,
    /// Over 30 days.
    pub month: Option<i64>,
    /// How many joined over 7 days.
    pub joined: u64,
    /// How many left.
    pub left: u64,
    /// Of how many the last look failed.
    pub failed: u64,
    /// Which were left by every bot; in no other number.
    pub gone: u64,
}

impl Sums {
    /// Of all of these.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let mut sums = Self::default();
        rows.into_iter().for_each(|row| sums.add(row));
        sums
    }

    /// By type, those that there are.
    pub fn by_kind(rows: &[Row]) -> Vec<(ChatKind, Self)> {
        let of = |kind| (kind, Self::of(rows.iter().filter(|row| row.known.kind == kind)));
        ChatKind::ALL.into_iter().map(of).filter(|(_, sums)| sums.chats + sums.gone > 0).collect()
    }

    /// Members of a chat on average; `None` where none are known.
    pub fn average(&self) -> Option<u64> {
        self.members.checked_div(self.counted)
    }

    fn add(&mut self, row: &Row) {
        if row.known.left().is_some() {
            self.gone += 1;
            return;
        }
        self.chats += 1;
        if let Some(members) = row.known.members {
            self.counted += 1;
            self.members += u64::from(members);
            self.largest = self.largest.max(members);
        }
        let add = |sum: &mut Option<i64>, growth: Option<i64>| {
            if let Some(growth) = growth {
                *sum = Some(sum.unwrap_or(0) + growth);
            }
        };
        add(&mut self.week, row.week.growth);
        add(&mut self.month, row.month.growth);
        self.joined += row.week.joined;
        self.left += row.week.left;
        self.failed += u64::from(row.known.failed.is_some());
    }
}
