//! From stays to seconds that count, by local day and person. The rules, in the order in which they are applied:
//!
//! 1. Stays that were muted from beginning to end, and bots, don't count where the community's filters say so.
//! 2. What happened after `until` doesn't count. Open stays count as far as they are confirmed.
//! 3. **Gate**: a person's time within one call counts once it comes to `gate_seconds`, then all of it. Several accounts at the same
//!    moment are one person there once. The whole call decides, also where it goes on over midnight: six minutes from 23:58
//!    on pass a gate of five, and give two minutes to one day and four to the next.
//! 4. Overlapping times of one person are a union, in different calls too.
//! 5. What is left is split at local midnights, which are instants, however long a day is.
//! 6. Seconds that another program counted on a local day hold for that day unless ours are more: both may have watched the same, so
//!    they are never added up; nor are those of several accounts.
//! 7. The daily cap.
//! 8. Corrections of admins, down to 0. They hold whenever they were made: they say what is true of the day.
//!
//! Times are half open, whole seconds.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::{DaySeconds, local, persons::Persons};
use crate::domain::{
    ids::ChatId,
    period::Period,
    presence::{CallId, Who},
    study::{Call, Community, PresenceSink, Sat, Study},
};

/// Which days' files (UTC) know of stays that count on these local days.
pub fn days_to_read(community: &Community, days: Period) -> Period {
    let reach = Days::new(u64::from(community.reach_days.clamp(1, 3660)));
    let from = local::start_of(community.zone, days.from).date_naive();
    let to = local::end_of(community.zone, days.to).date_naive();
    Period { from: from.checked_sub_days(reach).unwrap_or(from), to: to.checked_add_days(reach).unwrap_or(to) }
}

/// Counts some local days with what had happened by `until`; `show` shows what the files of days (UTC) know of the community.
/// `None`: there is no such community.
pub fn count<E>(
    study: &Study,
    chat: ChatId,
    days: Period,
    until: DateTime<Utc>,
    show: impl FnOnce(Period, &mut dyn PresenceSink) -> Result<(), E>,
) -> Result<Option<DaySeconds>, E> {
    let (Some(community), Some(mut counter)) = (study.communities.get(&chat), Counter::new(study, chat, days, until)) else {
        return Ok(None);
    };
    show(days_to_read(community, days), &mut counter)?;
    Ok(Some(counter.finish()))
}

/// Takes stays, day by day in any order, and comes to seconds.
#[derive(Debug)]
pub struct Counter<'a> {
    study: &'a Study,
    chat: ChatId,
    community: &'a Community,
    persons: Persons,
    /// The local days that are asked for, each with the Unix second at which it begins; one more at the end.
    days: Vec<(NaiveDate, i64)>,
    until: i64,
    segments: Vec<Segment>,
    imported: BTreeMap<(NaiveDate, Who), u32>,
}

/// Somebody's time in a call, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Segment {
    person: Who,
    call: CallId,
    from: i64,
    to: i64,
}

impl<'a> Counter<'a> {
    /// Of some local days, with what had happened by `until`. Who sits in a call now is counted already.
    /// `None`: there is no such community.
    pub fn new(study: &'a Study, chat: ChatId, days: Period, until: DateTime<Utc>) -> Option<Self> {
        let community = study.communities.get(&chat)?;
        let mut counter = Self {
            study,
            chat,
            community,
            persons: Persons::of(study, chat),
            days: starts(community.zone, days),
            until: until.timestamp(),
            segments: Vec::new(),
            imported: BTreeMap::new(),
        };
        for (id, call) in study.calls.iter().filter(|(_, call)| call.chat == chat) {
            counter.open(*id, call);
        }
        Some(counter)
    }

    fn open(&mut self, id: CallId, call: &Call) {
        for (who, seat) in &call.seats {
            let (from, to) = (seat.joined.timestamp(), call.confirmed(seat).timestamp());
            self.sat(Sat { who: *who, call: id, from, to, muted: seat.muted });
        }
    }

    /// The seconds.
    pub fn finish(mut self) -> DaySeconds {
        // A file has the stays of a call in order, and this sort makes use of what is in order already.
        self.segments.sort();
        let mut by_day: Vec<Vec<(Who, u32)>> = vec![Vec::new(); self.days.len().saturating_sub(1)];
        let gate = i64::from(self.community.gate_seconds);
        let mut counted = Vec::new();
        for of_person in self.segments.chunk_by(|a, b| a.person == b.person) {
            counted.clear();
            for of_call in of_person.chunk_by(|a, b| a.call == b.call) {
                let first = counted.len();
                merge_into(&mut counted, first, of_call.iter().map(|segment| (segment.from, segment.to)));
                if length(&counted[first..]) < gate {
                    counted.truncate(first);
                }
            }
            counted.sort_unstable();
            let mut united = Vec::with_capacity(counted.len());
            merge_into(&mut united, 0, counted.iter().copied());
            split(&united, &self.days, |day, seconds| add(&mut by_day[day], of_person[0].person, seconds));
        }
        let mut found: Vec<BTreeMap<Who, u32>> = by_day.into_iter().map(|people| people.into_iter().collect()).collect();
        for ((day, who), seconds) in &self.imported {
            if let Ok(at) = self.days.binary_search_by_key(day, |(known, _)| *known) {
                let there = found[at].entry(*who).or_default();
                *there = (*seconds).max(*there);
            }
        }
        if let Some(cap) = cap(self.community) {
            found.iter_mut().flat_map(BTreeMap::values_mut).for_each(|seconds| *seconds = cap.min(*seconds));
        }
        for ((at, who), by) in self.corrections() {
            let there = found[at].entry(who).or_default();
            *there = corrected(*there, by);
        }
        found.iter_mut().for_each(|people| people.retain(|_, seconds| *seconds > 0));
        let days = self.days.into_iter().map(|(day, _)| day).zip(found);
        days.filter(|(_, people)| !people.is_empty()).collect()
    }

    /// What admins added or took off, by day asked for and person.
    fn corrections(&self) -> HashMap<(usize, Who), i64> {
        let mut sums = HashMap::new();
        for correction in self.study.corrections.get(&self.chat).into_iter().flat_map(BTreeMap::values) {
            let asked = self.days.binary_search_by_key(&correction.day, |(known, _)| *known);
            let Some(at) = asked.ok().filter(|at| at + 1 < self.days.len() && self.days[*at].1 < self.until) else { continue };
            if correction.withdrawn.is_none() {
                *sums.entry((at, self.persons.person(correction.who))).or_default() += i64::from(correction.seconds);
            }
        }
        sums
    }
}

impl PresenceSink for Counter<'_> {
    fn sat(&mut self, stay: Sat) {
        let (from, to) = (stay.from, stay.to.min(self.until));
        if from < to && counts(self.community, &self.persons, stay.who, stay.muted) {
            self.segments.push(Segment { person: self.persons.person(stay.who), call: stay.call, from, to });
        }
    }

    fn imported(&mut self, day: NaiveDate, who: Who, seconds: u32) {
        let asked = self.days.binary_search_by_key(&day, |(known, _)| *known);
        let begun = asked.is_ok_and(|at| at + 1 < self.days.len() && self.days[at].1 < self.until);
        if begun && (self.community.filters.count_bots || !self.persons.is_bot(who)) {
            let there = self.imported.entry((day, self.persons.person(who))).or_default();
            *there = seconds.max(*there);
        }
    }
}

/// Adds to the seconds of a person, who is the last one in the list or comes after all others.
fn add(people: &mut Vec<(Who, u32)>, person: Who, seconds: u32) {
    match people.last_mut() {
        Some((last, there)) if *last == person => *there += seconds,
        _ => people.push((person, seconds)),
    }
}

/// Whether stays of an account, muted or not, count at all.
pub(super) fn counts(community: &Community, persons: &Persons, who: Who, muted: bool) -> bool {
    !(muted && community.filters.skip_muted) && (community.filters.count_bots || !persons.is_bot(who))
}

/// The most seconds of a day that count.
pub(super) fn cap(community: &Community) -> Option<u32> {
    community.filters.daily_cap_minutes.map(|minutes| minutes.saturating_mul(60))
}

/// Seconds with a correction.
pub(super) fn corrected(seconds: u32, by: i64) -> u32 {
    (i64::from(seconds).saturating_add(by)).clamp(0, i64::from(u32::MAX)) as u32
}

/// The local days of a period with the Unix seconds at which they begin, and the end of the last one.
pub(super) fn starts(zone: chrono_tz::Tz, days: Period) -> Vec<(NaiveDate, i64)> {
    let after = days.to.checked_add_days(Days::new(1)).unwrap_or(days.to);
    days.from.iter_days().take_while(|day| *day <= after).map(|day| (day, local::start_of(zone, day).timestamp())).collect()
}

/// Appends times, ascending by their beginning, from `first` on united where they touch.
pub(super) fn merge_into(united: &mut Vec<(i64, i64)>, first: usize, times: impl Iterator<Item = (i64, i64)>) {
    for (from, to) in times {
        match united[first..].last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => united.push((from, to)),
        }
    }
}

pub(super) fn length(times: &[(i64, i64)]) -> i64 {
    times.iter().map(|(from, to)| to - from).sum()
}

/// Shows how many seconds of ascending times lie in each day: its place in `days`, and the seconds.
fn split(times: &[(i64, i64)], days: &[(NaiveDate, i64)], mut to: impl FnMut(usize, u32)) {
    for (from, until) in times {
        let mut day = days.partition_point(|(_, start)| start <= from).saturating_sub(1);
        while day + 1 < days.len() && days[day].1 < *until {
            let seconds = (*until).min(days[day + 1].1) - (*from).max(days[day].1);
            if seconds > 0 {
                to(day, u32::try_from(seconds).unwrap_or(u32::MAX));
            }
            day += 1;
        }
    }
}

#[cfg(test)]
#[path = "seconds_tests.rs"]
mod tests;
