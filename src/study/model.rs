//! What the seconds have to be, second by second: slow, and too simple to be wrong. For tests.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate};

use super::DaySeconds;
use crate::domain::{
    period::Period,
    presence::{CallId, Who},
    study::Community,
};

/// Somebody's presence, in Unix seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Presence {
    pub(super) call: CallId,
    pub(super) who: Who,
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) muted: bool,
}

/// Looks at every second whether a person was there.
pub(super) fn by_second(
    community: &Community,
    persons: &BTreeMap<Who, Who>,
    bots: &BTreeSet<Who>,
    days: Period,
    until: i64,
    presences: &[Presence],
) -> DaySeconds {
    let mut there: BTreeMap<Who, BTreeMap<CallId, BTreeSet<i64>>> = BTreeMap::new();
    for one in presences {
        let skipped = community.filters.skip_muted && one.muted || bots.contains(&one.who) && !community.filters.count_bots;
        if !skipped {
            let person = persons.get(&one.who).copied().unwrap_or(one.who);
            there.entry(person).or_default().entry(one.call).or_default().extend(one.from..one.to.min(until));
        }
    }
    let mut found = DaySeconds::new();
    for (person, calls) in there {
        let enough = calls.into_values().filter(|seconds| seconds.len() as u64 >= u64::from(community.gate_seconds));
        for second in enough.flatten().collect::<BTreeSet<_>>() {
            let day = local_day(community, second);
            if days.contains(day) {
                *found.entry(day).or_default().entry(person).or_default() += 1;
            }
        }
    }
    let cap = community.filters.daily_cap_minutes.map_or(u32::MAX, |minutes| minutes * 60);
    found.values_mut().flat_map(BTreeMap::values_mut).for_each(|seconds| *seconds = cap.min(*seconds));
    found.retain(|_, people| {
        people.retain(|_, seconds| *seconds > 0);
        !people.is_empty()
    });
    found
}

fn local_day(community: &Community, second: i64) -> NaiveDate {
    DateTime::from_timestamp(second, 0).expect("an instant").with_timezone(&community.zone).date_naive()
}
