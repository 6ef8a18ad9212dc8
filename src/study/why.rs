//! Why somebody's time on a day is what it is: what counts, what doesn't, and what was done to it. The lines come to the total.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    persons::Persons,
    seconds::{cap, counts, days_to_read, length, merge_into, starts},
};
use crate::domain::{
    ids::ChatId,
    period::Period,
    presence::{CallId, Who},
    study::{Began, Community, DayPresence, End, Outage, Study},
};

/// Somebody's time on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Why {
    /// In the order in which they are applied.
    pub lines: Vec<Line>,
    /// What they come to.
    pub total: u32,
}

/// Something that makes the time longer or shorter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// By how much; 0 for what doesn't count.
    pub seconds: i64,
    /// What it is.
    pub what: What,
}

/// Why a line is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Somebody was in a call.
    Stay(StayLine),
    /// Two accounts, or two calls, at the same time count once.
    Overlap,
    /// Another program counted so much on this day, which is more.
    Imported(u32),
    /// More than so much doesn't count on a day.
    Cap(u32),
    /// What an admin added or took off, with the reason.
    Correction(String),
    /// Less than nothing was left.
    Floor,
}

/// A stay, as far as it lies in the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StayLine {
    /// Which account.
    pub who: Who,
    /// In which call.
    pub call: CallId,
    /// Its beginning, or the day's.
    pub from: DateTime<Utc>,
    /// Its end, or the day's.
    pub to: DateTime<Utc>,
    /// How it began.
    pub began: Began,
    /// How it ended; `None`: it goes on.
    pub end: Option<End>,
    /// So many seconds of it were not watched, and are known all the same: Telegram says that they were there since before.
    pub unwatched: i64,
    /// Whether it counts.
    pub fate: Fate,
}

/// Whether a stay counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It does.
    Counts,
    /// In this call the person's time came to so many seconds only, less than the gate.
    TooShort {
        /// In the whole call.
        seconds: i64,
        /// What would have been enough.
        gate: u32,
    },
    /// Muted from beginning to end.
    Muted,
    /// A program.
    Bot,
}

/// A stay, closed or open, in Unix seconds.
struct Known {
    who: Who,
    call: CallId,
    from: i64,
    to: i64,
    muted: bool,
    began: Began,
    end: Option<End>,
    outages: Vec<Outage>,
}

/// Explains the time of the person behind an account on a day, with what had happened by `until`, as [`super::seconds::Counter`]
/// counts it. `show` shows days of stays. `None`: there is no such community.
pub fn explain<E>(
    study: &Study,
    chat: ChatId,
    who: Who,
    day: NaiveDate,
    until: DateTime<Utc>,
    show: impl FnOnce(Period, &mut dyn FnMut(NaiveDate, &DayPresence)) -> Result<(), E>,
) -> Result<Option<Why>, E> {
    let Some(community) = study.communities.get(&chat) else { return Ok(None) };
    let persons = Persons::of(study, chat);
    let person = persons.person(who);
    let mut stays = open(study, chat, person, &persons);
    let mut imported = 0;
    let one_day = Period { from: day, to: day };
    show(days_to_read(community, one_day), &mut |file, known| {
        for (key, stay) in known.stays.iter().filter(|(key, _)| persons.person(key.who) == person) {
            stays.push(Known {
                who: key.who,
                call: key.call,
                from: key.joined.timestamp(),
                to: stay.left.timestamp(),
                muted: stay.muted,
                began: stay.began,
                end: Some(stay.end),
                outages: stay.outages.clone(),
            });
        }
        let theirs = known.imported.iter().filter(|(who, _)| file == day && persons.person(**who) == person);
        let theirs = theirs.filter(|(who, _)| community.filters.count_bots || !persons.is_bot(**who));
        imported = theirs.map(|(_, seconds)| *seconds).fold(imported, u32::max);
    })?;
    let [(_, start), (_, end)] = starts(community.zone, one_day)[..] else { return Ok(Some(Why::default())) };
    let until = until.timestamp();
    stays.iter_mut().for_each(|stay| stay.to = stay.to.min(until));
    stays.retain(|stay| stay.from < stay.to);
    stays.sort_by_key(|stay| (stay.from, stay.who, stay.call));
    let mut lines = Lines::default();
    lines.stays(community, &persons, &stays, (start, end));
    if start < until {
        lines.rest(study, chat, community, &persons, person, day, imported);
    } else {
        lines.cap(community);
    }
    Ok(Some(Why { total: u32::try_from(lines.sum).unwrap_or(u32::MAX), lines: lines.lines }))
}

fn open(study: &Study, chat: ChatId, person: Who, persons: &Persons) -> Vec<Known> {
    let calls = study.calls.iter().filter(|(_, call)| call.chat == chat);
    let seats = calls.flat_map(|(id, call)| call.seats.iter().map(move |(who, seat)| (*id, call, *who, seat)));
    let theirs = seats.filter(|(_, _, who, _)| persons.person(*who) == person);
    let known = theirs.map(|(id, call, who, seat)| Known {
        who,
        call: id,
        from: seat.joined.timestamp(),
        to: call.confirmed(seat).timestamp(),
        muted: seat.muted,
        began: seat.began,
        end: None,
        outages: call.outages.clone(),
    });
    known.collect()
}

#[derive(Default)]
struct Lines {
    lines: Vec<Line>,
    sum: i64,
}

impl Lines {
    fn add(&mut self, seconds: i64, what: What) {
        self.sum += seconds;
        self.lines.push(Line { seconds, what });
    }

    fn stays(&mut self, community: &Community, persons: &Persons, stays: &[Known], day: (i64, i64)) {
        let mut in_call: BTreeMap<CallId, Vec<(i64, i64)>> = BTreeMap::new();
        for stay in stays.iter().filter(|stay| counts(community, persons, stay.who, stay.muted)) {
            in_call.entry(stay.call).or_default().push((stay.from, stay.to));
        }
        let sums: BTreeMap<CallId, i64> = in_call.into_iter().map(|(call, times)| (call, united(times))).collect();
        let mut counted = Vec::new();
        for stay in stays.iter().filter(|stay| stay.from < day.1 && stay.to > day.0) {
            let (from, to) = (stay.from.max(day.0), stay.to.min(day.1));
            let seconds = sums.get(&stay.call).copied().unwrap_or(0);
            let fate = if persons.is_bot(stay.who) && !community.filters.count_bots {
                Fate::Bot
            } else if stay.muted && community.filters.skip_muted {
                Fate::Muted
            } else if seconds < i64::from(community.gate_seconds) {
                Fate::TooShort { seconds, gate: community.gate_seconds }
            } else {
                counted.push((from, to));
                Fate::Counts
            };
            let overlap = |one: &Outage| (one.to.timestamp().min(to) - one.from.timestamp().max(from)).max(0);
            let unwatched = stay.outages.iter().map(overlap).sum();
            let (who, call, began, end) = (stay.who, stay.call, stay.began, stay.end);
            let line = StayLine { who, call, from: instant(from), to: instant(to), began, end, unwatched, fate };
            self.add(if fate == Fate::Counts { to - from } else { 0 }, What::Stay(line));
        }
        let twice = self.sum - united(counted);
        if twice > 0 {
            self.add(-twice, What::Overlap);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one step each, in the order in which they are applied")]
    fn rest(
        &mut self,
        study: &Study,
        chat: ChatId,
        community: &Community,
        persons: &Persons,
        person: Who,
        day: NaiveDate,
        imported: u32,
    ) {
        if i64::from(imported) > self.sum {
            self.add(i64::from(imported) - self.sum, What::Imported(imported));
        }
        self.cap(community);
        let corrections = study.corrections.get(&chat).into_iter().flat_map(BTreeMap::values);
        for one in corrections.filter(|one| one.day == day && one.withdrawn.is_none() && persons.person(one.who) == person) {
            self.add(i64::from(one.seconds), What::Correction(one.reason.clone()));
        }
        if self.sum < 0 {
            self.add(-self.sum, What::Floor);
        }
    }

    fn cap(&mut self, community: &Community) {
        if let Some(cap) = cap(community)
            && self.sum > i64::from(cap)
        {
            self.add(i64::from(cap) - self.sum, What::Cap(cap));
        }
    }
}

fn united(mut times: Vec<(i64, i64)>) -> i64 {
    times.sort_unstable();
    let mut united = Vec::with_capacity(times.len());
    merge_into(&mut united, 0, times.into_iter());
    length(&united)
}

fn instant(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap_or_default()
}
