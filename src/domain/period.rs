//! Stretches of local days.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// The local day and hour (0–23) of an instant given as Unix seconds, which is how messages carry it.
/// `None` for instants that no calendar has.
pub fn local_hour(zone: Tz, unix: i64) -> Option<(NaiveDate, usize)> {
    let local = zone.timestamp_opt(unix, 0).single()?;
    Some((local.date_naive(), local.hour() as usize))
}

/// Today in `zone`.
pub fn local_day(zone: Tz, now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&zone).date_naive()
}

/// Whole local days, both ends included. Never empty, at most [`Period::MAX_DAYS`] long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// Why something is no [`Period`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// Neither a number of days nor two dates.
    #[error("expected a number of days from 1 to 365, or two dates like 2026-01-01..2026-01-31")]
    Unreadable,
    /// A number of days outside 1 to 365.
    #[error("the number of days must be from 1 to 365")]
    OutOfRange,
    /// The end lies before the start.
    #[error("the last day lies before the first")]
    Backwards,
    /// More than [`Period::MAX_DAYS`].
    #[error("a period has at most 3660 days")]
    TooLong,
}

impl Period {
    /// The most days that a typed number may ask for.
    pub const MAX_TYPED: u64 = 365;
    /// The longest period, in days: ten years.
    pub const MAX_DAYS: i64 = 3660;

    /// From one day to another, both included.
    pub fn new(from: NaiveDate, to: NaiveDate) -> Result<Self, PeriodError> {
        // Beyond four digits the calendar ends, and with it what can be counted back and forth.
        if !(1..=9999).contains(&from.year()) || !(1..=9999).contains(&to.year()) {
            Err(PeriodError::Unreadable)
        } else if to < from {
            Err(PeriodError::Backwards)
        } else if (to - from).num_days() >= Self::MAX_DAYS {
            Err(PeriodError::TooLong)
        } else {
            Ok(Self { from, to })
        }
    }

    /// The last `days` days, `today` included. At least one.
    pub fn last_days(today: NaiveDate, days: u64) -> Self {
        Self { from: today - Days::new(days.clamp(1, Self::MAX_DAYS as u64) - 1), to: today }
    }

    /// The calendar month of `today`, up to today.
    pub fn this_month(today: NaiveDate) -> Self {
        Self { from: first_of_month(today), to: today }
    }

    /// The whole calendar month before that of `today`.
    pub fn last_month(today: NaiveDate) -> Self {
        let first = first_of_month(today);
        Self { from: first - Months::new(1), to: first - Days::new(1) }
    }

    /// What a person typed: days (`1` to `365`), one date, or two dates with `..` between them.
    pub fn parse(text: &str, today: NaiveDate) -> Result<Self, PeriodError> {
        let text = text.trim();
        if let Ok(days) = text.parse::<u64>() {
            return if (1..=Self::MAX_TYPED).contains(&days) {
                Ok(Self::last_days(today, days))
            } else {
                Err(PeriodError::OutOfRange)
            };
        }
        let date = |part: &str| NaiveDate::from_str(part.trim()).map_err(|_| PeriodError::Unreadable);
        match text.split_once("..") {
            Some((from, to)) => Self::new(date(from)?, date(to)?),
            None => date(text).and_then(|day| Self::new(day, day)),
        }
    }

    /// How many days it has.
    pub fn len_days(self) -> u64 {
        (self.to - self.from).num_days() as u64 + 1
    }

    /// Its days in order.
    pub fn days(self) -> impl DoubleEndedIterator<Item = NaiveDate> {
        let from = self.from;
        (0..self.len_days()).map(move |n| from + Days::new(n))
    }

    /// Which of its days `day` is, from 0; 0 also for a day before it.
    pub fn position(self, day: NaiveDate) -> usize {
        usize::try_from((day - self.from).num_days()).unwrap_or(0)
    }

    /// Whether `day` is one of its days.
    pub fn contains(self, day: NaiveDate) -> bool {
        (self.from..=self.to).contains(&day)
    }

    /// The equally long period just before this one; a whole calendar month is preceded by the whole month before.
    pub fn before(self) -> Self {
        let whole_month = self.from.day() == 1 && self.to == first_of_month(self.from) + Months::new(1) - Days::new(1);
        if whole_month {
            return Self { from: self.from - Months::new(1), to: self.from - Days::new(1) };
        }
        Self { from: self.from - Days::new(self.len_days()), to: self.from - Days::new(1) }
    }
}

impl fmt::Display for Period {
    /// `2026-01-29` or `2026-01-01..2026-01-31`, as it can be typed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to { write!(f, "{}", self.from) } else { write!(f, "{}..{}", self.from, self.to) }
    }
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).expect("every month has a first day")
}

/// A calendar month: what grows for ever has a file for each. Of the log (UTC), and of chats' numbers and sums (local).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

impl Month {
    /// The month of a moment.
    pub fn of(at: DateTime<Utc>) -> Self {
        Self::of_day(at.date_naive())
    }

    /// The month of a day.
    pub fn of_day(day: NaiveDate) -> Self {
        Self { year: day.year(), month: day.month() }
    }

    /// Its days.
    pub fn period(self) -> Period {
        let from = NaiveDate::from_ymd_opt(self.year, self.month, 1).expect("each month has a first");
        Period { from, to: from + Months::new(1) - Days::new(1) }
    }

    /// A day of it, from 1; `None` beyond its end.
    pub fn day(self, number: u8) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.year, self.month, u32::from(number))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let first: NaiveDate = format!("{text}-01").parse()?;
        Ok(Self { year: first.year(), month: first.month() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn typed_periods_are_days_or_dates() {
        let today = day("2026-03-01");
        assert_eq!(Period::parse(" 7 ", today).map(|p| p.to_string()), Ok("2026-02-23..2026-03-01".into()));
        assert_eq!(Period::parse("2026-01-01..2026-01-31", today).map(Period::len_days), Ok(31));
        assert_eq!(Period::parse("2026-01-01", today).map(Period::len_days), Ok(1));
        assert_eq!(Period::parse("0", today), Err(PeriodError::OutOfRange));
        assert_eq!(Period::parse("366", today), Err(PeriodError::OutOfRange));
        assert_eq!(Period::parse("2026-02-30", today), Err(PeriodError::Unreadable));
        assert_eq!(Period::parse("2026-02-02..2026-02-01", today), Err(PeriodError::Backwards));
        assert_eq!(Period::parse("0001-01-01..2026-02-01", today), Err(PeriodError::TooLong));
        assert_eq!(Period::parse("yesterday", today), Err(PeriodError::Unreadable));
        assert_eq!(Period::parse("+262142-12-01..+262142-12-31", today), Err(PeriodError::Unreadable));
    }

    #[test]
    fn months_end_where_the_calendar_says() {
        let today = day("2028-03-31");
        assert_eq!(Period::last_month(today).to_string(), "2028-02-01..2028-02-29");
        assert_eq!(Period::last_month(today).before().to_string(), "2028-01-01..2028-01-31");
        assert_eq!(Period::this_month(today).to_string(), "2028-03-01..2028-03-31");
    }

    #[test]
    fn the_day_of_a_message_is_local() {
        // 2026-01-28T19:00:00Z is midnight of the 29th in Tashkent.
        let midnight = 1_769_626_800;
        assert_eq!(local_hour(chrono_tz::Asia::Tashkent, midnight - 1), Some((day("2026-01-28"), 23)));
        assert_eq!(local_hour(chrono_tz::Asia::Tashkent, midnight), Some((day("2026-01-29"), 0)));
    }

    proptest! {
        #[test]
        fn the_period_before_touches_and_never_overlaps(start in 0i64..20_000, len in 1u64..800) {
            let from = NaiveDate::default() + Days::new(start as u64);
            let period = Period { from, to: from + Days::new(len - 1) };
            let before = period.before();
            prop_assert_eq!(before.to + Days::new(1), period.from);
            prop_assert!(before.len_days() == period.len_days() || period.from.day() == 1);
            prop_assert_eq!(period.days().count() as u64, period.len_days());
            prop_assert_eq!(Period::parse(&period.to_string(), from), Ok(period));
        }
    }
}
