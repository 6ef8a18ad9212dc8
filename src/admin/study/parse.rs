//! What people type about study time: times of the day, zones, dates, lengths, chats.

use chrono::{Datelike, NaiveDate, NaiveTime};
use chrono_tz::{TZ_VARIANTS, Tz};

use crate::{
    admin::press::Choice,
    domain::ids::{ChatId, TopicId, tidy},
};

/// As many hints as help.
const MOST_HINTS: usize = 4;

/// `21:30, 08:00`, `8.00 21.30`, `-` (never): ascending, each once.
pub(super) fn times(typed: &str) -> Option<Vec<NaiveTime>> {
    let typed = typed.trim();
    if typed == "-" {
        return Some(Vec::new());
    }
    let parts = typed.split(|c: char| c == ',' || c == ';' || c.is_whitespace()).filter(|part| !part.is_empty());
    let time = |part: &str| {
        let (hour, minute) = part.split_once([':', '.'])?;
        let is_number = |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        (is_number(hour, 2) && is_number(minute, 2) && minute.len() == 2)
            .then(|| NaiveTime::from_hms_opt(hour.parse().ok()?, minute.parse().ok()?, 0))
            .flatten()
    };
    let mut times = parts.map(time).collect::<Option<Vec<_>>>()?;
    times.sort_unstable();
    times.dedup();
    (1..=Choice::MOST_TIMES).contains(&times.len()).then_some(times)
}

/// A zone by its name, whatever the case, or by its city; otherwise those that were perhaps meant.
pub(super) fn zone(typed: &str) -> Result<Tz, Vec<&'static str>> {
    let wanted = tidy(typed).replace(' ', "_").to_lowercase();
    let named = |tz: &&Tz| tz.name().to_lowercase() == wanted;
    if let Some(zone) = TZ_VARIANTS.iter().find(named) {
        return Ok(*zone);
    }
    let city = |tz: &Tz| tz.name().rsplit('/').next().unwrap_or_default().to_lowercase();
    // Names without a region are old ones, such as `Singapore`; they were looked for above.
    let here: Vec<&Tz> = TZ_VARIANTS.iter().filter(|tz| tz.name().contains('/') && city(tz) == wanted).collect();
    if let [only] = here[..] {
        return Ok(*only);
    }
    if wanted.chars().count() < 3 {
        return Err(Vec::new());
    }
    let near = |tz: &&Tz| tz.name().to_lowercase().contains(&wanted) || distance(&city(tz), &wanted) <= 2;
    Err(TZ_VARIANTS.iter().filter(|tz| tz.name().contains('/')).filter(near).map(|tz| tz.name()).take(MOST_HINTS).collect())
}

/// How many letters differ (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(40).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// `2026-01-28`, `28.01.2026`, `28.01` (the last one that was).
pub(super) fn date(typed: &str, today: NaiveDate) -> Option<NaiveDate> {
    let typed = typed.trim();
    let numbers = |separator| typed.split(separator).map(|part| part.trim().parse::<u32>().ok()).collect::<Option<Vec<_>>>();
    let of = |year: u32, month, day| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
    let found = match (numbers('-').as_deref(), numbers('.').as_deref()) {
        (Some(&[year, month, day]), _) => of(year, month, day),
        (_, Some(&[day, month, year])) => of(if year < 100 { 2_000 + year } else { year }, month, day),
        (_, Some(&[day, month])) => {
            let this_year = u32::try_from(today.year()).ok()?;
            of(this_year, month, day).filter(|day| *day <= today).or_else(|| of(this_year - 1, month, day))
        }
        _ => None,
    };
    found.filter(|day| (2000..=9999).contains(&day.year()))
}

/// Seconds: `30` (minutes), `+30`, `-1h15m`, `90s`, `1:15` (hours and minutes), in the letters of all languages.
pub(super) fn length(typed: &str) -> Option<i32> {
    let typed = typed.trim().to_lowercase();
    let (sign, rest) = match typed.strip_prefix(['-', '−', '–']) {
        Some(rest) => (-1, rest),
        None => (1, typed.strip_prefix('+').unwrap_or(&typed)),
    };
    let seconds = match rest.split_once(':') {
        Some((hours, minutes)) if minutes.len() == 2 => {
            let minutes = minutes.parse::<i32>().ok().filter(|minutes| (0..60).contains(minutes))?;
            digits(hours)?.checked_mul(3_600)?.checked_add(minutes * 60)?
        }
        Some(_) => return None,
        None => units(rest)?,
    };
    Some(sign * seconds)
}

fn digits(text: &str) -> Option<i32> {
    (!text.is_empty() && text.len() <= 6 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// Numbers with units, larger ones first; a last number without one is minutes.
fn units(text: &str) -> Option<i32> {
    let mut rest: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (mut total, mut last) = (0_i32, i32::MAX);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number = digits(&rest[..end])?;
        let after = rest.split_off(end);
        let letters = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let unit = match after[..letters].trim_end_matches('.') {
            "h" | "ч" | "час" | "часа" | "часов" | "hour" | "hours" | "soat" => 3_600,
            "" | "m" | "min" | "м" | "мин" | "daq" | "daqiqa" | "minutes" | "минут" => 60,
            "s" | "sec" | "с" | "сек" | "son" | "soniya" => 1,
            _ => return None,
        };
        if unit >= last {
            return None;
        }
        last = unit;
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = after[letters..].to_owned();
    }
    (last != i32::MAX).then_some(total)
}

/// A chat by its number, with a topic behind a slash, or by a link to a message there; `None` where it is neither.
pub(crate) fn target(typed: &str) -> Option<(ChatId, Option<TopicId>)> {
    let typed = typed.trim();
    let link = typed.trim_start_matches("https://").trim_start_matches("http://");
    if let Some(path) = link.strip_prefix("t.me/c/").or_else(|| link.strip_prefix("telegram.me/c/")) {
        let path = path.split(['?', '#']).next().unwrap_or(path);
        let numbers = path.trim_end_matches('/').split('/').map(|part| part.parse::<i64>().ok()).collect::<Option<Vec<_>>>()?;
        let (chat, topic) = match numbers[..] {
            // A link to a topic itself, or to a message in the whole group, look the same: the group is meant.
            [chat] | [chat, _] => (chat, None),
            [chat, topic, _] => (chat, Some(topic)),
            _ => return None,
        };
        let is_one = (1..=999_999_999_999).contains(&chat) && topic.is_none_or(|topic| topic > 0);
        return is_one.then(|| (ChatId::supergroup(chat), topic.map(TopicId)));
    }
    let (chat, topic) = match typed.split_once('/') {
        Some((chat, topic)) => (chat, Some(topic.parse().ok().filter(|topic| *topic > 0)?)),
        None => (typed, None),
    };
    let chat = chat.replace('−', "-").parse().ok().filter(|chat| *chat != 0)?;
    Some((ChatId(chat), topic.map(TopicId)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: u32, minute: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, minute, 0).expect("a time")
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        assert_eq!(times("21:30, 08:00"), Some(vec![at(8, 0), at(21, 30)]));
        assert_eq!(times("8.00 21.30;8:00"), Some(vec![at(8, 0), at(21, 30)]));
        assert_eq!(times(" - "), Some(Vec::new()));
        for wrong in ["", "25:00", "8", "8:5", "08:00:00", "+8:00", "1:00 2:00 3:00 4:00 5:00 6:00 7:00"] {
            assert_eq!(times(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn zones_are_found_by_name_and_city_or_hinted_at() {
        assert_eq!(zone("asia/tashkent"), Ok(Tz::Asia__Tashkent));
        assert_eq!(zone("New York"), Ok(Tz::America__New_York));
        assert_eq!(zone("berlin"), Ok(Tz::Europe__Berlin));
        assert!(zone("Tashkend").is_err_and(|hints| hints.contains(&"Asia/Tashkent")));
        assert_eq!(zone("Olympus Mons"), Err(Vec::new()));
        assert_eq!(zone("x"), Err(Vec::new()));
    }

    #[test]
    fn dates_without_a_year_are_the_last_ones_that_were() {
        let today = NaiveDate::from_ymd_opt(2026, 1, 29).expect("a date");
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
        assert_eq!(date("2026-01-28", today), day(2026, 1, 28));
        assert_eq!(date("28.01.26", today), day(2026, 1, 28));
        assert_eq!(date("28.1", today), day(2026, 1, 28));
        assert_eq!(date("30.01", today), day(2025, 1, 30));
        assert_eq!([date("31.02.2026", today), date("x", today), date("1.1.1", today).filter(|_| false)], [None; 3]);
    }

    #[test]
    fn lengths_are_read_with_units_of_all_languages() {
        assert_eq!(length("+30"), Some(1_800));
        assert_eq!(length("-1h15m"), Some(-4_500));
        assert_eq!(length("− 1 ч 15 мин"), Some(-4_500));
        assert_eq!(length("1 soat 30 daq."), Some(5_400));
        assert_eq!((length("1:05"), length("90s"), length("1h15")), (Some(3_900), Some(90), Some(4_500)));
        for wrong in ["", "+", "h", "1x", "1m1h", "1:5", "1:60", "99999999", "--5"] {
            assert_eq!(length(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn chats_are_read_from_numbers_and_links() {
        let chat = ChatId(-1_001_234_567_890);
        assert_eq!(target("-1001234567890"), Some((chat, None)));
        assert_eq!(target("-1001234567890/5"), Some((chat, Some(TopicId(5)))));
        assert_eq!(target("https://t.me/c/1234567890/77"), Some((chat, None)));
        assert_eq!(target("t.me/c/1234567890/5/77?single"), Some((chat, Some(TopicId(5)))));
        for wrong in ["", "0", "t.me/c/", "https://t.me/c/x/5", "t.me/c/1/2/3/4", "-100/0", "t.me/c/-5/1"] {
            assert_eq!(target(wrong), None, "{wrong}");
        }
    }
}
