//! Boards: who studied how long on a day, in its week and in its month.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};

use super::{DaySeconds, local, people::People};
use crate::domain::{
    ids::ChatId,
    period::Period,
    presence::Who,
    study::{Periods, Study},
};

/// How many places a board shows.
pub const PLACES: usize = 10;

/// What a block of a board is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// One day.
    Day,
    /// Seven days.
    Week,
    /// Thirty days, or a calendar month.
    Month,
}

impl Scope {
    /// All of them, as a board has them from top to bottom.
    pub const ALL: [Scope; 3] = [Scope::Day, Scope::Week, Scope::Month];

    /// Its name in files and snapshots.
    pub fn key(self) -> &'static str {
        match self {
            Scope::Day => "day",
            Scope::Week => "week",
            Scope::Month => "month",
        }
    }
}

/// Which one of its sort a stretch of days is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbered {
    /// Counted from the community's first day, from 1; 0 and below before it. Calendar weeks and months as the calendar has them.
    As(i64),
    /// The last 7 or 30 days have no number.
    Rolling,
}

/// The day, week or month that holds a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Of what sort.
    pub scope: Scope,
    /// From its first day to its last, which may be still to come.
    pub days: Period,
    /// Which one.
    pub number: Numbered,
}

impl Span {
    /// The one of a sort that holds `day`.
    pub fn of(periods: Periods, scope: Scope, day: NaiveDate) -> Self {
        let first = match periods {
            Periods::Anchored(first) | Periods::Calendar(first) | Periods::Rolling(first) => first,
        };
        let since = (day - first).num_days();
        if scope == Scope::Day {
            return Self { scope, days: Period { from: day, to: day }, number: Numbered::As(since + 1) };
        }
        let length = if scope == Scope::Week { 7 } else { 30 };
        let (from, to, number) = match periods {
            Periods::Anchored(_) => {
                let block = since.div_euclid(length);
                (shifted(first, block * length), shifted(first, block * length + length - 1), Numbered::As(block + 1))
            }
            Periods::Rolling(_) => (shifted(day, 1 - length), day, Numbered::Rolling),
            Periods::Calendar(_) if scope == Scope::Week => {
                let monday = shifted(day, -i64::from(day.weekday().num_days_from_monday()));
                (monday, shifted(monday, 6), Numbered::As(i64::from(day.iso_week().week())))
            }
            Periods::Calendar(_) => {
                let first = shifted(day, -i64::from(day.day0()));
                let next = first.checked_add_months(chrono::Months::new(1)).unwrap_or(NaiveDate::MAX);
                (first, shifted(next, -1), Numbered::As(i64::from(day.month())))
            }
        };
        Self { scope, days: Period { from, to }, number }
    }

    /// The one before it, which ends on the day before it begins.
    pub fn before(self, periods: Periods) -> Self {
        Self::of(periods, self.scope, shifted(self.days.from, -1))
    }

    /// Names it where compliments are kept: `week:2026-01-08`.
    pub fn key(self) -> String {
        format!("{}:{}", self.scope.key(), self.days.from)
    }
}

/// A day so many days later, as far as the calendar goes.
pub fn shifted(day: NaiveDate, days: i64) -> NaiveDate {
    let end = if days < 0 { NaiveDate::MIN } else { NaiveDate::MAX };
    TimeDelta::try_days(days).and_then(|by| day.checked_add_signed(by)).unwrap_or(end)
}

/// A board as it is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// The local day that it is about.
    pub day: NaiveDate,
    /// Which day that is, counted from the community's first one, from 1.
    pub number: i64,
    /// Day, week and month.
    pub blocks: [Block; 3],
}

/// One of a board's three lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// About which days.
    pub span: Span,
    /// The first places, best first.
    pub rows: Vec<Row>,
}

/// A place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// From 1. Equal times have different places, by name.
    pub rank: usize,
    /// Who.
    pub who: Who,
    /// How they are called.
    pub display: Display,
    /// How long.
    pub seconds: u64,
    /// Something nice.
    pub compliment: Option<String>,
}

/// How somebody is called in a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Display {
    /// Without the `@`.
    Username(String),
    /// First and last name.
    Name(String),
    /// They don't want to be named: the place stays, the name goes.
    Hidden,
    /// Telegram never told how they are called.
    Unknown(Who),
}

/// Which days a board has to know: from the beginning of its week or month to its own day.
pub fn days_needed(periods: Periods, day: NaiveDate) -> Period {
    let from = Scope::ALL.map(|scope| Span::of(periods, scope, day).days.from);
    Period { from: from.into_iter().min().unwrap_or(day), to: day }
}

/// The board of a day. Later days are left out, whatever `seconds` has of them; `None`: there is no such community.
/// Compliments are those that were chosen before.
pub fn board(study: &Study, chat: ChatId, day: NaiveDate, seconds: &DaySeconds) -> Option<Board> {
    let periods = study.communities.get(&chat)?.periods;
    let people = People::of(study, chat);
    let blocks = Scope::ALL.map(|scope| {
        let span = Span::of(periods, scope, day);
        let chosen = study.compliments.get(&chat).and_then(|periods| periods.get(&span.key()));
        let totals = totals(seconds, Period { from: span.days.from, to: span.days.to.min(day) });
        let mut rows = ranked(&totals, &people);
        rows.truncate(PLACES);
        let compliment = |who: Who| chosen.and_then(|chosen| chosen.get(&who)).cloned();
        rows.iter_mut().for_each(|row| row.compliment = compliment(row.who));
        Block { span, rows }
    });
    let Numbered::As(number) = blocks[0].span.number else { unreachable!("days are always numbered") };
    Some(Board { day, number, blocks })
}

/// Seconds by person over some days; those without any are left out.
pub fn totals(seconds: &DaySeconds, days: Period) -> HashMap<Who, u64> {
    let mut totals = HashMap::new();
    if days.from <= days.to {
        for (who, seconds) in seconds.range(days.from..=days.to).flat_map(|(_, people)| people).filter(|(_, n)| **n > 0) {
            *totals.entry(*who).or_default() += u64::from(*seconds);
        }
    }
    totals
}

/// Everybody's place: most seconds first, ties by name.
pub fn ranked(totals: &HashMap<Who, u64>, people: &People<'_>) -> Vec<Row> {
    let mut rows: Vec<_> = totals.iter().map(|(who, seconds)| (*seconds, *who)).collect();
    rows.sort_unstable_by_key(|(seconds, who)| (Reverse(*seconds), *who));
    // Names are looked up only where there is a tie, or a place to show.
    let mut sorted = Vec::with_capacity(rows.len());
    for tied in rows.chunk_by(|a, b| a.0 == b.0) {
        let mut tied: Vec<_> = tied.iter().map(|(seconds, who)| (people.display(*who), *who, *seconds)).collect();
        tied.sort_by_cached_key(|(display, who, _)| (display.sorted_as(), *who));
        sorted.extend(tied);
    }
    let row = |(index, (display, who, seconds))| Row { rank: index + 1, who, display, seconds, compliment: None };
    sorted.into_iter().enumerate().map(row).collect()
}

impl Display {
    /// What ties are ordered by. Nobody's name shows through in the place of one who has none.
    fn sorted_as(&self) -> String {
        match self {
            Display::Username(name) | Display::Name(name) => name.to_lowercase(),
            Display::Hidden | Display::Unknown(_) => "\u{10ffff}".to_owned(),
        }
    }
}

/// Until when what happened is in the board of a day: all of it when it is over, otherwise as much as there is.
pub fn until(zone: chrono_tz::Tz, day: NaiveDate, now: DateTime<Utc>) -> DateTime<Utc> {
    local::end_of(zone, day).min(now)
}

/// How many days lie between a community's first one and `day`; negative before it.
pub fn days_since_first(periods: Periods, day: NaiveDate) -> i64 {
    match Span::of(periods, Scope::Day, day).number {
        Numbered::As(number) => number - 1,
        Numbered::Rolling => 0,
    }
}

/// Totals by day over some days, for charts: one number for each day, 0 where there is none.
pub fn by_day(seconds: &DaySeconds, who: Who, days: Period) -> BTreeMap<NaiveDate, u64> {
    let of = |day: NaiveDate| seconds.get(&day).and_then(|people| people.get(&who)).copied().map_or(0, u64::from);
    let mut day = days.from;
    let mut found = BTreeMap::new();
    while day <= days.to {
        found.insert(day, of(day));
        let Some(next) = day.checked_add_days(Days::new(1)) else { break };
        day = next;
    }
    found
}

#[cfg(test)]
#[path = "board_tests.rs"]
mod tests;
