//! One person's own study time: how much, which place, how it goes on.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{
    DaySeconds,
    board::{Scope, Span, by_day, ranked, shifted, totals},
    people::People,
};
use crate::domain::{
    ids::ChatId,
    period::Period,
    presence::Who,
    study::{Periods, Study},
};

/// How far back a streak is followed, today included.
pub const LONGEST_LOOK: i64 = 366;
/// How many days the chart shows.
pub const CHART_DAYS: i64 = 30;
/// A day with less doesn't count for a streak: a glance is no studying.
const LEAST_SECONDS: u64 = 60;

/// All that somebody is shown about themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Personal {
    /// Today, this week, this month.
    pub lines: [Line; 3],
    /// Days in a row.
    pub streak: Streak,
    /// Seconds on each of the last days, today last.
    pub chart: BTreeMap<NaiveDate, u64>,
    /// How their goal is doing, where they have one.
    pub goal: Option<Goal>,
    /// Whether posts don't name them.
    pub is_hidden: bool,
}

/// One period of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub span: Span,
    /// So far.
    pub now: Standing,
    /// In the whole period before it.
    pub before: Standing,
}

/// How somebody stands in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// How long.
    pub seconds: u64,
    /// From 1; `None`: no time, no place.
    pub rank: Option<usize>,
    /// How many have one.
    pub of: usize,
}

/// How a place changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// There is nothing to compare.
    Unknown,
    /// The same.
    Same,
    /// Better by so many.
    Up(usize),
    /// Worse by so many.
    Down(usize),
}

impl Line {
    /// Against the period before.
    pub fn moved(&self) -> Move {
        match (self.now.rank, self.before.rank) {
            (Some(now), Some(before)) if now < before => Move::Up(before - now),
            (Some(now), Some(before)) if now > before => Move::Down(now - before),
            (Some(_), Some(_)) => Move::Same,
            (None, _) | (_, None) => Move::Unknown,
        }
    }
}

/// Days in a row with at least a minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Streak {
    /// Up to today, or up to yesterday where today has none yet.
    pub days: u64,
    /// The longest one known.
    pub longest: u64,
    /// Whether today is in it: otherwise it ends tonight.
    pub has_today: bool,
}

/// How a daily goal is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goal {
    /// What was set, in seconds.
    pub seconds: u64,
    /// Today so far.
    pub today: u64,
    /// On how many of the last seven days, today included, it was reached.
    pub reached: u64,
}

impl Goal {
    /// In hundredths, 100 at most.
    pub fn percent(&self) -> u64 {
        (self.today * 100).checked_div(self.seconds).map_or(100, |percent| percent.min(100))
    }
}

/// Which days have to be known.
pub fn days_needed(periods: Periods, today: NaiveDate) -> Period {
    let before = Scope::ALL.map(|scope| Span::of(periods, scope, today).before(periods).days.from);
    let streak = shifted(today, 1 - LONGEST_LOOK);
    Period { from: before.into_iter().chain([streak]).min().unwrap_or(today), to: today }
}

/// What `who` is shown. `seconds` covers [`days_needed`]; `who` is a person's canonical account. `None`: no such community.
pub fn personal(study: &Study, chat: ChatId, who: Who, today: NaiveDate, seconds: &DaySeconds) -> Option<Personal> {
    let periods = study.communities.get(&chat)?.periods;
    let people = People::of(study, chat);
    let lines = Scope::ALL.map(|scope| {
        let span = Span::of(periods, scope, today);
        let so_far = Period { from: span.days.from, to: span.days.to.min(today) };
        let before = span.before(periods).days;
        Line { span, now: standing(seconds, so_far, who, &people), before: standing(seconds, before, who, &people) }
    });
    let chart = by_day(seconds, who, Period { from: shifted(today, 1 - CHART_DAYS), to: today });
    let minutes = study.members.get(&chat).and_then(|members| members.get(&who)).and_then(|member| member.goal_minutes);
    let goal = minutes.map(|minutes| {
        let goal = u64::from(minutes) * 60;
        let week = chart.values().rev().take(7);
        Goal { seconds: goal, today: lines[0].now.seconds, reached: week.filter(|seconds| **seconds >= goal).count() as u64 }
    });
    Some(Personal { lines, streak: streak(seconds, who, today), chart, goal, is_hidden: people.is_hidden(who) })
}

fn standing(seconds: &DaySeconds, days: Period, who: Who, people: &People<'_>) -> Standing {
    let rows = ranked(&totals(seconds, days), people);
    let own = rows.iter().find(|row| row.who == who);
    Standing { seconds: own.map_or(0, |row| row.seconds), rank: own.map(|row| row.rank), of: rows.len() }
}

fn streak(seconds: &DaySeconds, who: Who, today: NaiveDate) -> Streak {
    let days = by_day(seconds, who, Period { from: shifted(today, 1 - LONGEST_LOOK), to: today });
    let studied = |seconds: &&u64| **seconds >= LEAST_SECONDS;
    let has_today = days.values().next_back().as_ref().is_some_and(studied);
    let up_to_now = days.values().rev().skip(usize::from(!has_today)).take_while(studied).count() as u64;
    let (mut longest, mut row) = (0, 0);
    for day in days.values() {
        row = if studied(&day) { row + 1 } else { 0 };
        longest = longest.max(row);
    }
    Streak { days: up_to_now, longest, has_today }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::sample::{ANN, BOB, CHAT, EVE, day, seconds, study};

    fn of(who: Who, on: &str, days: &[(&str, &[(Who, u32)])]) -> Personal {
        personal(&study(), CHAT, who, day(on), &seconds(days)).expect("a community")
    }

    #[test]
    fn places_are_compared_with_the_period_before() {
        let found = of(
            ANN,
            "2026-01-09",
            &[
                ("2026-01-07", &[(ANN, 100), (BOB, 300), (EVE, 200)]),
                ("2026-01-08", &[(BOB, 900)]),
                ("2026-01-09", &[(ANN, 600), (EVE, 500)]),
                ("2026-01-10", &[(EVE, 5_000)]),
            ],
        );
        let [today, week, month] = found.lines;
        assert_eq!(today.now, Standing { seconds: 600, rank: Some(1), of: 2 });
        assert_eq!((today.before, today.moved()), (Standing { seconds: 0, rank: None, of: 1 }, Move::Unknown));
        assert_eq!((week.now.rank, week.before.rank, week.moved()), (Some(2), Some(3), Move::Up(1)));
        assert_eq!((month.now.seconds, month.moved()), (700, Move::Unknown));
        let bob = of(BOB, "2026-01-09", &[("2026-01-08", &[(BOB, 60)]), ("2026-01-09", &[(ANN, 61), (BOB, 60)])]);
        assert_eq!(bob.lines[0].moved(), Move::Down(1));
    }

    #[test]
    fn a_streak_waits_for_tonight() {
        let days: &[(&str, &[(Who, u32)])] = &[
            ("2025-12-20", &[(ANN, 60)]),
            ("2025-12-21", &[(ANN, 60)]),
            ("2025-12-22", &[(ANN, 60)]),
            ("2025-12-23", &[(ANN, 59)]),
            ("2026-01-07", &[(ANN, 60)]),
            ("2026-01-08", &[(ANN, 3_600)]),
        ];
        assert_eq!(of(ANN, "2026-01-08", days).streak, Streak { days: 2, longest: 3, has_today: true });
        assert_eq!(of(ANN, "2026-01-09", days).streak, Streak { days: 2, longest: 3, has_today: false });
        assert_eq!(of(ANN, "2026-01-10", days).streak, Streak { days: 0, longest: 3, has_today: false });
        assert_eq!(of(BOB, "2026-01-10", days).streak, Streak::default());
    }

    #[test]
    fn a_goal_is_for_each_day() {
        let mut study = study();
        study.members.get_mut(&CHAT).expect("there").get_mut(&ANN).expect("there").goal_minutes = Some(60);
        let days = seconds(&[
            ("2026-01-02", &[(ANN, 9_000)]),
            ("2026-01-03", &[(ANN, 3_600)]),
            ("2026-01-08", &[(ANN, 3_599)]),
            ("2026-01-09", &[(ANN, 900)]),
        ]);
        let goal = personal(&study, CHAT, ANN, day("2026-01-09"), &days).expect("a community").goal.expect("a goal");
        assert_eq!(goal, Goal { seconds: 3_600, today: 900, reached: 1 });
        assert_eq!(goal.percent(), 25);
        assert_eq!(Goal { today: 9_000, ..goal }.percent(), 100);
    }

    #[test]
    fn the_chart_has_a_number_for_every_day() {
        let found = of(ANN, "2026-01-09", &[("2026-01-09", &[(ANN, 60)]), ("2025-12-11", &[(ANN, 7)])]);
        assert_eq!(found.chart.len(), 30);
        assert_eq!((found.chart[&day("2025-12-11")], found.chart[&day("2026-01-09")]), (7, 60));
    }

    #[test]
    fn a_year_and_the_month_before_have_to_be_known() {
        let periods = Periods::Anchored(day("2026-01-01"));
        assert_eq!(days_needed(periods, day("2026-06-01")), Period { from: day("2025-06-01"), to: day("2026-06-01") });
    }
}
