//! Cron expressions in a zone, over clock changes.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};

use crate::domain::{
    jobs::{DigestPeriod, Schedule},
    period::{Period, local_day},
};

/// Why an expression is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CronFault {
    /// It can't be read.
    #[error(
        "{0:?} is no cron expression: write minute, hour, day of month, month and day of week, such as \"0 9 * * MON\" for every Monday at 9:00"
    )]
    Unreadable(String),
    /// There is no such day.
    #[error("{0:?} never comes: no calendar has such a day")]
    Never(String),
}

/// A schedule of this expression, if it ever comes.
pub fn schedule(text: &str, zone: Tz, now: DateTime<Utc>) -> Result<Schedule, CronFault> {
    let cron = text.split_whitespace().collect::<Vec<_>>().join(" ");
    parse(&cron).ok_or_else(|| CronFault::Unreadable(text.to_owned()))?;
    let schedule = Schedule { cron, zone };
    next(&schedule, now).ok_or_else(|| CronFault::Never(text.to_owned()))?;
    Ok(schedule)
}

/// The first moment after `after`. A time that a clock change leaves out comes just after it; one that comes twice, once.
pub fn next(schedule: &Schedule, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let local = after.with_timezone(&schedule.zone);
    parse(&schedule.cron)?.find_next_occurrence(&local, false).ok().map(|at| at.to_utc())
}

fn parse(cron: &str) -> Option<Cron> {
    CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build().parse(cron).ok()
}

/// The days of a digest that is due at a moment.
pub fn days(period: DigestPeriod, zone: Tz, due: DateTime<Utc>) -> Period {
    let today = local_day(zone, due);
    let yesterday = today - Days::new(1);
    let back = |n: u64| Period { from: today - Days::new(n), to: yesterday };
    match period {
        DigestPeriod::Yesterday => back(1),
        DigestPeriod::Last7Days => back(7),
        DigestPeriod::Last30Days => back(30),
        DigestPeriod::LastMonth => Period::last_month(today),
        DigestPeriod::LastWeek => {
            let monday: NaiveDate = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
            Period { from: monday - Days::new(7), to: monday - Days::new(1) }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::{America::New_York, Asia::Tashkent, Europe::Berlin};

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn runs(cron: &str, zone: Tz, after: &str, n: usize) -> Vec<String> {
        let schedule = schedule(cron, zone, at(after)).expect("a schedule");
        let mut last = at(after);
        let mut runs = Vec::new();
        for _ in 0..n {
            last = next(&schedule, last).expect("it comes");
            runs.push(last.with_timezone(&zone).format("%m-%d %H:%M %z").to_string());
        }
        runs
    }

    #[test]
    fn mondays_at_nine_are_so_in_their_zone() {
        let mondays = runs("0 9 * * MON", Tashkent, "2026-01-26T04:00:00Z", 2);
        assert_eq!(mondays, ["02-02 09:00 +0500", "02-09 09:00 +0500"], "the moment itself has been");
    }

    #[test]
    fn clock_changes_neither_drop_a_run_nor_double_it() {
        let spring = runs("30 2 * * *", Berlin, "2026-03-28T00:00:00Z", 3);
        assert_eq!(spring, ["03-28 02:30 +0100", "03-29 03:00 +0200", "03-30 02:30 +0200"], "left out: just after");
        let autumn = runs("30 2 * * *", Berlin, "2026-10-24T12:00:00Z", 2);
        assert_eq!(autumn, ["10-25 02:30 +0200", "10-26 02:30 +0100"], "twice: the first");
        let hourly = runs("0 * * * *", New_York, "2026-11-01T04:30:00Z", 3);
        assert_eq!(hourly, ["11-01 01:00 -0400", "11-01 01:00 -0500", "11-01 02:00 -0500"], "every hour is every hour");
    }

    #[test]
    fn what_is_no_expression_is_a_sentence() {
        let now = at("2026-01-26T04:00:00Z");
        for text in ["", "often", "* * * *", "0 0 9 * * MON", "61 * * * *", "0 9 * * MON 2027", "0 9 * * 🙂"] {
            assert!(matches!(schedule(text, Tashkent, now), Err(CronFault::Unreadable(_))), "{text}");
        }
        assert!(matches!(schedule("0 0 30 2 *", Tashkent, now), Err(CronFault::Never(_))));
    }

    #[test]
    fn digests_know_their_days_by_the_day_on_which_they_were_due() {
        let of = |period, due| days(period, Tashkent, at(due)).to_string();
        // Monday, 00:30 in Tashkent.
        let due = "2026-01-25T19:30:00Z";
        assert_eq!(of(DigestPeriod::LastWeek, due), "2026-01-19..2026-01-25");
        assert_eq!(of(DigestPeriod::LastWeek, "2026-01-25T18:00:00Z"), "2026-01-12..2026-01-18", "still Sunday");
        assert_eq!(of(DigestPeriod::LastMonth, due), "2025-12-01..2025-12-31");
        assert_eq!(of(DigestPeriod::Yesterday, due), "2026-01-25");
        assert_eq!(of(DigestPeriod::Last7Days, due), "2026-01-19..2026-01-25");
        assert_eq!(of(DigestPeriod::Last30Days, due), "2025-12-27..2026-01-25");
    }
}
