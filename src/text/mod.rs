//! Every word that a person reads, in every language. A sentence stands in all languages side by side, so that one that
//! is missing doesn't compile.

pub mod assistant;
pub mod backfill;
pub mod backups;
pub mod board;
pub mod button;
pub mod chart;
pub mod chats;
pub mod collections;
pub mod commands;
pub mod custom;
pub mod diagnosis;
pub mod dialogue;
pub mod digests;
pub mod feedback;
pub mod html;
mod job_reason;
pub mod jobs;
pub mod kind;
pub mod line;
pub mod markup;
pub mod membership;
pub mod name;
pub mod own;
pub mod own_button;
mod page;
pub mod pages;
pub mod report;
pub mod research;
pub mod screen;
pub mod sending;
pub mod split;
pub mod study;
pub mod study_personal;
pub mod study_post;
pub mod study_why;
pub mod task;
pub mod toast;
pub mod words;
pub mod workbook;

use chrono::{Datelike, NaiveDate};

use crate::domain::{lang::Lang, period::Period};

/// Chooses by language: `say!(lang; english, uzbek, russian)`.
#[macro_export]
macro_rules! say {
    ($lang:expr; $en:expr, $uz:expr, $ru:expr $(,)?) => {
        match $lang {
            $crate::domain::lang::Lang::En => $en,
            $crate::domain::lang::Lang::Uz => $uz,
            $crate::domain::lang::Lang::Ru => $ru,
        }
    };
}

/// Russian counts in three forms (1 сообщение, 2 сообщения, 5 сообщений); CLDR's *one*, *few* and *many*.
pub fn russian<'a>(n: u64, one: &'a str, few: &'a str, many: &'a str) -> &'a str {
    match (n % 10, n % 100) {
        (1, rest) if rest != 11 => one,
        (2..=4, rest) if !(12..=14).contains(&rest) => few,
        _ => many,
    }
}

/// English counts in two.
pub fn english<'a>(n: u64, one: &'a str, many: &'a str) -> &'a str {
    if n == 1 { one } else { many }
}

/// "3 messages"
pub fn messages(n: u64, lang: Lang) -> String {
    let counted = number(n);
    say!(lang;
        format!("{counted} {}", english(n, "message", "messages")),
        format!("{counted} ta xabar"),
        format!("{counted} {}", russian(n, "сообщение", "сообщения", "сообщений")))
}

/// "3 groups"
pub fn groups(n: u64, lang: Lang) -> String {
    say!(lang;
        format!("{n} {}", english(n, "group", "groups")),
        format!("{n} ta guruh"),
        format!("{n} {}", russian(n, "группа", "группы", "групп")))
}

/// "3 teachers"
pub fn teachers(n: u64, lang: Lang) -> String {
    say!(lang;
        format!("{n} {}", english(n, "teacher", "teachers")),
        format!("{n} ta oʻqituvchi"),
        format!("{n} {}", russian(n, "учитель", "учителя", "учителей")))
}

/// "3 days"
pub fn days(n: u64, lang: Lang) -> String {
    say!(lang;
        format!("{n} {}", english(n, "day", "days")),
        format!("{n} kun"),
        format!("{n} {}", russian(n, "день", "дня", "дней")))
}

/// 12 345, with a narrow space that doesn't break.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// "29 Jan"
pub fn short_date(day: NaiveDate, lang: Lang) -> String {
    let month = day.month0() as usize;
    let name = say!(lang;
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month],
        ["yan", "fev", "mar", "apr", "may", "iyn", "iyl", "avg", "sen", "okt", "noy", "dek"][month],
        ["янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"][month]);
    format!("{} {name}", day.day())
}

/// "Mon"; 0 is Monday.
pub fn weekday(index: usize, lang: Lang) -> &'static str {
    say!(lang;
        ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][index % 7],
        ["Du", "Se", "Ch", "Pa", "Ju", "Sh", "Ya"][index % 7],
        ["Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс"][index % 7])
}

/// "23 Jan – 29 Jan 2026"
pub fn period(period: Period, lang: Lang) -> String {
    let to = format!("{} {}", short_date(period.to, lang), period.to.year());
    if period.from == period.to {
        to
    } else if period.from.year() == period.to.year() {
        format!("{} – {to}", short_date(period.from, lang))
    } else {
        format!("{} {} – {to}", short_date(period.from, lang), period.from.year())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_follow_cldr() {
        let ru = |n| messages(n, Lang::Ru);
        assert_eq!(
            [0, 1, 2, 5, 11, 12, 21, 104, 111, 1_001].map(ru),
            [
                "0 сообщений",
                "1 сообщение",
                "2 сообщения",
                "5 сообщений",
                "11 сообщений",
                "12 сообщений",
                "21 сообщение",
                "104 сообщения",
                "111 сообщений",
                "1\u{202f}001 сообщение"
            ]
        );
        assert_eq!((messages(1, Lang::En), messages(2, Lang::En)), ("1 message".into(), "2 messages".into()));
    }
}
