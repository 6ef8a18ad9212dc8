//! The fields of a press: how each is written into callback data, and read from it.

use chrono::{NaiveDate, NaiveTime};

use super::{Back, ReportView, Span, Subject, Tag};
use crate::domain::{
    ids::{BotId, ChatId, TeacherId, UserId},
    jobs::JobId,
    lang::Lang,
    period::Period,
    presence::Who,
    study::PostKey,
    work::ReportFormat,
};

/// One field of a press: how it is written, and read.
pub(super) trait Field: Sized {
    /// Writes it; without a colon.
    fn write(&self) -> String;
    /// Reads what [`Field::write`] wrote.
    fn read(text: &str) -> Option<Self>;
    /// The longest one that there is, for tests.
    fn example() -> Self;
}

impl Field for u16 {
    fn write(&self) -> String {
        self.to_string()
    }
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn example() -> Self {
        999
    }
}

/// Numbers stand as they are, ids too.
macro_rules! number {
    ($($type:ty: $longest:expr),* $(,)?) => {$(
        impl Field for $type {
            fn write(&self) -> String {
                self.to_string()
            }
            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }
            fn example() -> Self {
                $longest
            }
        }
    )*};
}

number!(
    u32: 1_440,
    i32: -1_440,
    u64: 999_999,
    i64: 1_767_225_600_000,
    ChatId: ChatId(-1_001_234_567_890),
    UserId: UserId(4_503_599_627_370_495),
    BotId: BotId(4_503_599_627_370_495),
);

/// `20260131`
pub(super) fn write_date(day: NaiveDate) -> String {
    day.format("%Y%m%d").to_string()
}

pub(super) fn read_date(text: &str) -> Option<NaiveDate> {
    let is_whole = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    is_whole.then(|| NaiveDate::parse_from_str(text, "%Y%m%d").ok()).flatten()
}

/// `2130`
pub(super) fn write_time(time: NaiveTime) -> String {
    time.format("%H%M").to_string()
}

pub(super) fn read_time(text: &str) -> Option<NaiveTime> {
    let is_whole = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    is_whole.then(|| NaiveTime::parse_from_str(text, "%H%M").ok()).flatten()
}

impl Field for NaiveDate {
    fn write(&self) -> String {
        write_date(*self)
    }
    fn read(text: &str) -> Option<Self> {
        read_date(text)
    }
    fn example() -> Self {
        NaiveDate::from_ymd_opt(2026, 12, 31).expect("a date")
    }
}

impl Field for Who {
    fn write(&self) -> String {
        self.0.to_string()
    }
    fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
    fn example() -> Self {
        Self(4_503_599_627_370_495)
    }
}

/// `20260131-2130`, or with the moment at which somebody asked for it, `20260131-212959-1767225600000`.
impl Field for PostKey {
    fn write(&self) -> String {
        match self.asked {
            0 => format!("{}-{}", write_date(self.day), write_time(self.time)),
            asked => format!("{}-{}-{asked}", write_date(self.day), self.time.format("%H%M%S")),
        }
    }
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-');
        let (day, time) = (read_date(parts.next()?)?, parts.next()?);
        let Some(asked) = parts.next() else { return Some(Self { day, time: read_time(time)?, asked: 0 }) };
        let is_whole = time.len() == 6 && time.bytes().all(|b| b.is_ascii_digit());
        let time = is_whole.then(|| NaiveTime::parse_from_str(time, "%H%M%S").ok()).flatten()?;
        Some(Self { day, time, asked: asked.parse().ok().filter(|asked| *asked > 0)? })
    }
    fn example() -> Self {
        let time = NaiveTime::from_hms_opt(21, 30, 0).expect("a time");
        Self { day: Field::example(), time, asked: 1_767_225_600_000 }
    }
}

impl Field for bool {
    fn write(&self) -> String {
        if *self { "1" } else { "0" }.to_owned()
    }
    fn read(text: &str) -> Option<Self> {
        match text {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        }
    }
    fn example() -> Self {
        true
    }
}

impl Field for TeacherId {
    fn write(&self) -> String {
        self.to_string()
    }
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn example() -> Self {
        Self::parse("ABCDEFGH12345678").expect("an id")
    }
}

impl Field for Lang {
    fn write(&self) -> String {
        self.code().to_owned()
    }
    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code() == text)
    }
    fn example() -> Self {
        Self::Uz
    }
}

impl Field for JobId {
    fn write(&self) -> String {
        self.to_string()
    }
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn example() -> Self {
        JobId::numbered("announcement", 999_999)
    }
}

impl Field for Tag {
    fn write(&self) -> String {
        self.0.clone()
    }
    fn read(text: &str) -> Option<Self> {
        (text.len() == 8 && text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| Self(text.to_owned()))
    }
    fn example() -> Self {
        Self("deadbeef".to_owned())
    }
}

impl Field for Back {
    fn write(&self) -> String {
        match self {
            Back::Teacher(page) => format!("t{page}"),
            Back::Group(page) => format!("g{page}"),
            Back::Nowhere => "n".to_owned(),
        }
    }
    fn read(text: &str) -> Option<Self> {
        match text.split_at_checked(1)? {
            ("t", page) => page.parse().ok().map(Self::Teacher),
            ("g", page) => page.parse().ok().map(Self::Group),
            ("n", "") => Some(Self::Nowhere),
            _ => None,
        }
    }
    fn example() -> Self {
        Self::Group(999)
    }
}

impl Field for ReportView {
    fn write(&self) -> String {
        match self {
            Self::Summary => "s",
            Self::ByTeacher => "t",
            Self::ByGroup => "g",
            Self::Silent => "n",
        }
        .to_owned()
    }
    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.write() == text)
    }
    fn example() -> Self {
        Self::Summary
    }
}

impl Field for ReportFormat {
    fn write(&self) -> String {
        match self {
            Self::Workbook => "x",
            Self::Csv => "c",
            Self::Picture => "p",
        }
        .to_owned()
    }
    fn read(text: &str) -> Option<Self> {
        [Self::Workbook, Self::Csv, Self::Picture].into_iter().find(|format| format.write() == text)
    }
    fn example() -> Self {
        Self::Workbook
    }
}

impl Field for Subject {
    fn write(&self) -> String {
        match self {
            Self::All => "a".to_owned(),
            Self::Teacher(teacher) => format!("t{teacher}"),
            Self::Group(chat) => format!("g{chat}"),
        }
    }
    fn read(text: &str) -> Option<Self> {
        match text.split_at_checked(1)? {
            ("a", "") => Some(Self::All),
            ("t", teacher) => teacher.parse().ok().map(Self::Teacher),
            ("g", chat) => chat.parse().ok().map(Self::Group),
            _ => None,
        }
    }
    fn example() -> Self {
        Self::Teacher(Field::example())
    }
}

impl Field for Span {
    fn write(&self) -> String {
        match self {
            Span::Today => "d".to_owned(),
            Span::Last(days) => days.to_string(),
            Span::ThisMonth => "m".to_owned(),
            Span::LastMonth => "p".to_owned(),
            Span::Dates(period) => format!("{}-{}", period.from.format("%Y%m%d"), period.to.format("%Y%m%d")),
        }
    }
    fn read(text: &str) -> Option<Self> {
        match text {
            "d" => return Some(Span::Today),
            "m" => return Some(Span::ThisMonth),
            "p" => return Some(Span::LastMonth),
            _ => {}
        }
        if let Some((from, to)) = text.split_once('-') {
            let date = |text| NaiveDate::parse_from_str(text, "%Y%m%d").ok();
            return Period::new(date(from)?, date(to)?).ok().map(Span::Dates);
        }
        text.parse().ok().filter(|days| (1..=365).contains(days)).map(Span::Last)
    }
    fn example() -> Self {
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).expect("a date");
        Span::Dates(Period { from: day(1, 1), to: day(12, 31) })
    }
}
