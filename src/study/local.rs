//! Local days and times of a zone as instants, also where clocks change.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The instant of a local time. One that comes twice: the first; one that a clock change leaves out: the first moment after it.
pub fn instant(zone: Tz, day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    first_from(zone, day.and_time(time))
}

/// When a local day begins: its midnight, or what comes in its place.
pub fn start_of(zone: Tz, day: NaiveDate) -> DateTime<Utc> {
    instant(zone, day, NaiveTime::MIN)
}

/// When a local day is over: the next one's beginning.
pub fn end_of(zone: Tz, day: NaiveDate) -> DateTime<Utc> {
    start_of(zone, day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX))
}

/// Whether a zone has this day at all: those that crossed the date line left one out.
pub fn exists(zone: Tz, day: NaiveDate) -> bool {
    start_of(zone, day) < end_of(zone, day)
}

fn first_from(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    // The longest gap is the day that a zone leaves out when it crosses the date line.
    let candidates = (0..=26 * 60).filter_map(|minutes| local.checked_add_signed(TimeDelta::minutes(minutes)));
    let found = candidates.filter_map(|local| zone.from_local_datetime(&local).earliest()).next();
    found.map_or_else(|| local.and_utc(), |at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use chrono_tz::{America::Havana, Asia::Tashkent, Europe::Berlin, Pacific::Apia};

    use super::*;

    fn at(zone: Tz, day: &str, time: &str) -> String {
        instant(zone, day.parse().expect("a day"), time.parse().expect("a time")).to_rfc3339()
    }

    #[test]
    fn times_are_instants() {
        assert_eq!(at(Tashkent, "2026-01-09", "21:30:00"), "2026-01-09T16:30:00+00:00");
    }

    #[test]
    fn clock_changes_leave_no_time_without_an_instant() {
        assert_eq!(at(Berlin, "2026-03-29", "02:30:00"), "2026-03-29T01:00:00+00:00", "left out: 03:00 comes in its place");
        assert_eq!(at(Berlin, "2026-10-25", "02:30:00"), "2026-10-25T00:30:00+00:00", "twice: the first");
        assert_eq!(at(Havana, "2026-03-08", "00:00:00"), "2026-03-08T05:00:00+00:00", "this day begins at 01:00");
    }

    #[test]
    fn a_day_that_is_left_out_is_none() {
        let day = |text: &str| text.parse().expect("a day");
        assert!(!exists(Apia, day("2011-12-30")));
        assert!(exists(Apia, day("2011-12-31")) && exists(Apia, day("2011-12-29")));
        assert_eq!(end_of(Berlin, day("2026-03-29")) - start_of(Berlin, day("2026-03-29")), TimeDelta::hours(23));
    }
}
