//! How many are in the demo's groups, day by day.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{DemoGroup, GROUPS};
use crate::domain::{
    change::{Change, Outcome},
    chats::{ChatChange, ChatKind, DayCount, KnownChat},
    period::Period,
};

/// How many are in a group so many days before today.
pub fn members(group: usize, days_ago: u64) -> u32 {
    let (most, weeks) = (24 + 9 * group as u64, days_ago / 6 + u64::from(days_ago % 11 == 4));
    // One of them loses people.
    let size = if group == 3 { most + weeks } else { most.saturating_sub(weeks) };
    u32::try_from(size).unwrap_or(u32::MAX)
}

/// The groups as Telegram described them two hours ago, and their numbers on these days.
pub(super) fn add(school: &mut Outcome, period: Period, now: DateTime<Utc>) {
    for (index, DemoGroup { chat, title, .. }) in GROUPS.iter().enumerate() {
        let known = KnownChat {
            title: (*title).to_owned(),
            kind: ChatKind::Supergroup,
            first_seen: Some(now - TimeDelta::days(90)),
            members: Some(members(index, 0)),
            looked: Some(now - TimeDelta::hours(2)),
            ..KnownChat::default()
        };
        school.set(Change::Chat(ChatChange::Known(*chat, Some(Box::new(known)))));
        for day in period.days() {
            school.set(Change::Chat(ChatChange::Day(*chat, day, Some(count(index, period.to, day)))));
        }
    }
}

fn count(group: usize, today: NaiveDate, day: NaiveDate) -> DayCount {
    let days_ago = (today - day).num_days().unsigned_abs();
    let (here, before) = (members(group, days_ago), members(group, days_ago + 1));
    DayCount { members: here.try_into().ok(), joined: here.saturating_sub(before), left: before.saturating_sub(here) }
}
