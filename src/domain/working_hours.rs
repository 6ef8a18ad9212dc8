//! When people are expected to work: `Mon-Fri 08:00-20:00, Sat 09:00-13:00`.

use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;

/// Spans of the days of a week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingHours([Vec<Span>; 7]);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    from: NaiveTime,
    to: NaiveTime,
}

/// Longer is not looked back: whoever waits for hours doesn't count in fortnights.
const LONGEST: TimeDelta = TimeDelta::days(14);

const DAYS: [Weekday; 7] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

impl WorkingHours {
    /// Whether it is working time.
    pub fn contain(&self, at: DateTime<Utc>, zone: Tz) -> bool {
        self.spans_on(at.with_timezone(&zone).date_naive(), zone).any(|(from, to)| (from..to).contains(&at))
    }

    /// How much of the time between two moments is working time.
    pub fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>, zone: Tz) -> TimeDelta {
        let from = from.max(to - LONGEST);
        let first = from.with_timezone(&zone).date_naive();
        let last = to.with_timezone(&zone).date_naive();
        let days = first.iter_days().take_while(|day| *day <= last);
        let spans = days.flat_map(|day| self.spans_on(day, zone));
        let shared = spans.map(|(begin, end)| end.min(to) - begin.max(from));
        shared.filter(|span| *span > TimeDelta::zero()).fold(TimeDelta::zero(), |sum, span| sum + span)
    }

    fn spans_on(&self, day: NaiveDate, zone: Tz) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
        let spans = &self.0[day.weekday().num_days_from_monday() as usize];
        spans.iter().filter_map(move |span| Some((moment(day, span.from, zone)?, moment(day, span.to, zone)?)))
    }
}

/// A local time on a day; the first of two where a clock change repeats it, the end of the gap where it leaves it out.
fn moment(day: NaiveDate, time: NaiveTime, zone: Tz) -> Option<DateTime<Utc>> {
    let local = if time == END_OF_DAY { (day + Days::new(1)).and_time(NaiveTime::MIN) } else { day.and_time(time) };
    let known = zone.from_local_datetime(&local).earliest();
    known.or_else(|| zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest()).map(|at| at.to_utc())
}

/// Stands for 24:00.
const END_OF_DAY: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 59) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

impl FromStr for WorkingHours {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut hours = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (days, span) = part.rsplit_once(' ').unwrap_or(("Mon-Sun", part));
            let span = read_span(span).ok_or_else(|| wrong(part))?;
            for day in read_days(days.trim()).ok_or_else(|| wrong(part))? {
                hours.0[day.num_days_from_monday() as usize].push(span);
            }
        }
        if hours == Self::default() { Err(wrong(text)) } else { Ok(hours) }
    }
}

fn wrong(part: &str) -> String {
    format!("{part:?} is not of the form Mon-Sat 08:00-20:00; several are separated by commas, and none goes past midnight")
}

fn read_days(text: &str) -> Option<Vec<Weekday>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let place = |name: &str| name.trim().parse::<Weekday>().ok().map(|day| day.num_days_from_monday() as usize);
    let (first, last) = (place(first)?, place(last)?);
    // Sat-Mon goes round the week's end.
    let count = (last + 7 - first) % 7 + 1;
    Some(DAYS.into_iter().cycle().skip(first).take(count).collect())
}

fn read_span(text: &str) -> Option<Span> {
    let (from, to) = text.split_once('-')?;
    let time = |text: &str| match text.trim() {
        "24:00" => Some(END_OF_DAY),
        text => NaiveTime::parse_from_str(text, "%H:%M").ok(),
    };
    let span = Span { from: time(from)?, to: time(to)? };
    (span.from < span.to).then_some(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(text: &str) -> WorkingHours {
        text.parse().expect("working hours")
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn days_and_spans_are_read_as_people_write_them() {
        for text in [
            "Mon-Sat 08:00-20:00",
            "mon-fri 8:00-12:00, Mon-Fri 13:00-17:00",
            "Sat-Mon 00:00-24:00",
            "09:00-17:00",
            "Tue 1:00-2:00",
        ] {
            assert!(text.parse::<WorkingHours>().is_ok(), "{text}");
        }
        for text in ["", "always", "Mon-Sat", "Mon-Sat 20:00-08:00", "Mon-Sat 8-20", "Mo-Sa 08:00-20:00", "Mon 25:00-26:00", ","]
        {
            assert!(text.parse::<WorkingHours>().is_err(), "{text}");
        }
        assert_eq!(hours("09:00-17:00"), hours("Mon-Sun 09:00-17:00"));
        assert_eq!(hours("Sat-Mon 00:00-24:00"), hours("Sun 00:00-24:00, Mon 00:00-24:00, Sat 00:00-24:00"));
    }

    #[test]
    fn only_working_time_passes() {
        let hours = hours("Mon-Sat 08:00-20:00");
        // Tashkent is five hours ahead; 2026-01-24 is a Saturday.
        let zone = Tz::Asia__Tashkent;
        let between = |from, to| hours.between(at(from), at(to), zone).num_minutes();
        assert_eq!(between("2026-01-24T14:00:00Z", "2026-01-24T14:30:00Z"), 30);
        assert_eq!(between("2026-01-24T14:30:00Z", "2026-01-26T04:00:00Z"), 30 + 60, "Sunday doesn't count");
        assert_eq!(between("2026-01-26T04:00:00Z", "2026-01-26T04:00:00Z"), 0);
        assert_eq!(between("2020-01-01T00:00:00Z", "2026-01-26T04:00:00Z"), 12 * 12 * 60, "a fortnight is looked back");
        assert!(hours.contain(at("2026-01-24T14:59:59Z"), zone) && !hours.contain(at("2026-01-24T15:00:00Z"), zone));
        assert!(!hours.contain(at("2026-01-25T09:00:00Z"), zone));
    }

    #[test]
    fn clock_changes_are_no_working_time() {
        let hours = hours("Sun 00:00-24:00");
        let zone = Tz::Europe__Berlin;
        let day = |from, to| hours.between(at(from), at(to), zone).num_hours();
        assert_eq!(day("2026-03-28T20:00:00Z", "2026-03-30T20:00:00Z"), 23);
        assert_eq!(day("2026-10-24T20:00:00Z", "2026-10-26T20:00:00Z"), 25);
    }
}
