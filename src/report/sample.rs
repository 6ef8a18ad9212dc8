//! A small school that the tests of reports share.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;

use crate::domain::{
    change::Change,
    day::{Day, DaySink},
    ids::{ChatId, FullName, TeacherId},
    kind::Kind,
    lang::Lang,
    period::Period,
    registry::{Group, Teacher, Voice},
    state::State,
    work::ReportScope,
};

use super::{
    activity::{Activity, Collector},
    files::Sheet,
};
use crate::text::report::Frame;

/// Registry, days and the sums of January 2026.
pub(crate) struct Sample {
    pub(crate) state: State,
    pub(crate) days: BTreeMap<NaiveDate, Day>,
    pub(crate) activity: Activity,
}

pub(crate) const SUN: ChatId = ChatId(-1_001_234_567_890);
pub(crate) const SEVEN_A: ChatId = ChatId(-1_009_876_543_210);
const CLOSED: ChatId = ChatId(-1_005_555_555_555);
const FORGOTTEN: ChatId = ChatId(-1_009_999_999_999);

pub(crate) fn teacher(id: &str) -> TeacherId {
    TeacherId::parse(id).expect("a teacher id")
}

impl Sample {
    /// Seven teachers, three groups, messages in January and a few in December.
    pub(crate) fn school() -> Self {
        let mut state = State::default();
        let teachers = [
            ("T001", "Aziza Karimova", true),
            ("T002", "John <Smith> & Co", true),
            ("T003", "Оксана Петренко", true),
            ("T004", "Zuhra Oʻktamova", true),
            ("T005", "Only Stickers", true),
            ("T006", "Left Long Ago", false),
            ("T007", "Waits For A Group", true),
        ];
        for (id, name, active) in teachers {
            state.apply(Change::Teacher(teacher(id), Some(Box::new(person(id, name, active)))));
        }
        for (chat, title, enabled) in [(SUN, "Grade 2 “Sun”", true), (SEVEN_A, "7-А класс", true), (CLOSED, "Closed", false)]
        {
            state.apply(Change::Group(chat, Some(Box::new(group(chat, title, enabled)))));
        }
        for (id, chats) in [
            ("T001", vec![SUN]),
            ("T002", vec![SEVEN_A]),
            ("T003", vec![SUN]),
            ("T004", vec![SUN, SEVEN_A]),
            ("T005", vec![SUN]),
            ("T006", vec![SUN]),
            ("T007", vec![CLOSED]),
        ] {
            state.apply(Change::Assignments(teacher(id), chats.into_iter().collect()));
        }
        let days = month();
        let (from, to) = (date(2026, 1, 1), date(2026, 1, 31));
        let activity = collect(&days, ReportScope { period: Period { from, to }, teacher: None, group: None });
        Self { state, days, activity }
    }

    /// Nobody registered, nothing written.
    pub(crate) fn empty() -> Self {
        let period = Period { from: date(2026, 1, 1), to: date(2026, 1, 1) };
        let activity = collect(&BTreeMap::new(), ReportScope { period, teacher: None, group: None });
        Self { state: State::default(), days: BTreeMap::new(), activity }
    }

    /// `n` teachers with the longest names, each with a message in one of as many groups, half of them silent.
    pub(crate) fn crowd(n: usize) -> Self {
        let mut sample = Self::school();
        for i in 0..n {
            let (id, chat) = (teacher(&format!("X{i:05}")), ChatId(-1_002_000_000_000 - i as i64));
            sample.state.apply(Change::Teacher(id, Some(Box::new(person(id.as_str(), &"👩‍🏫 <Ẁ>".repeat(10), true)))));
            sample.state.apply(Change::Group(chat, Some(Box::new(group(chat, &"Ж&".repeat(64), true)))));
            sample.state.apply(Change::Assignments(id, [chat].into()));
            if i % 2 == 0 {
                sample.days.entry(date(2026, 1, 3)).or_default().cells.entry(chat, id).add(Kind::Text);
            }
        }
        sample.within(|_| ())
    }

    /// The same within another scope.
    pub(crate) fn within(mut self, change: impl FnOnce(&mut ReportScope)) -> Self {
        let mut scope = self.activity.scope;
        change(&mut scope);
        self.activity = collect(&self.days, scope);
        self
    }

    /// As a file is made from it.
    pub(crate) fn sheet(&self, lang: Lang) -> Sheet<'_> {
        let (state, activity, zone) = (&self.state, &self.activity, Tz::Asia__Tashkent);
        Sheet { state, activity, zone, lang, now: moment(), last_commit: Some(moment()) }
    }

    /// As a message is made from it.
    pub(crate) fn frame(&self, lang: Lang) -> Frame<'_> {
        Frame { state: &self.state, zone: Tz::Asia__Tashkent, last_commit: Some(moment()), lang }
    }

    /// The period before, within the same scope.
    pub(crate) fn before(&self) -> Activity {
        let scope = self.activity.scope;
        collect(&self.days, ReportScope { period: scope.period.before(), ..scope })
    }

    /// As the store shows them.
    pub(crate) fn show_days(&self, to: &mut dyn DaySink) {
        for (date, day) in &self.days {
            if to.begin(*date).is_continue() {
                day.show(*date, to);
            }
        }
    }
}

/// 2026-02-01 14:30 in Tashkent.
pub(crate) fn moment() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 2, 1, 9, 30, 0).single().expect("an instant")
}

fn collect(days: &BTreeMap<NaiveDate, Day>, scope: ReportScope) -> Activity {
    let mut collector = Collector::new(scope);
    days.iter().for_each(|(date, day)| day.show(*date, &mut collector));
    collector.finish()
}

/// Seven teachers' messages: Aziza daily and with albums, John on weekdays, Oksana once.
fn month() -> BTreeMap<NaiveDate, Day> {
    let mut days: BTreeMap<NaiveDate, Day> = BTreeMap::new();
    let mut write = |on: NaiveDate, chat: ChatId, id: &str, hour: usize, kind: Kind, n: u32| {
        let day = days.entry(on).or_default();
        let cell = day.cells.entry(chat, teacher(id));
        cell.add_many(kind, u64::from(n));
        if kind == Kind::Photo {
            (1..n).for_each(|_| cell.add_album_rest());
        }
        if Kind::COUNTED.contains(&kind) {
            day.hours.entry(chat, teacher(id))[hour] += n;
        }
    };
    for n in 0..31_u32 {
        let on = date(2026, 1, 1) + Days::new(u64::from(n));
        write(on, SUN, "T001", 9, Kind::Text, 1 + n % 7);
        if n % 5 == 0 {
            write(on, SUN, "T001", 15, Kind::Photo, 4);
        }
        if n % 7 < 5 {
            write(on, SEVEN_A, "T002", 19, Kind::Voice, 1 + n % 4);
            write(on, SEVEN_A, "T002", 20, Kind::Document, 1);
        }
    }
    for n in 0..15 {
        write(date(2025, 12, 10) + Days::new(n), SUN, "T001", 9, Kind::Text, 14);
    }
    write(date(2026, 1, 14), SEVEN_A, "T002", 18, Kind::Audio, 11);
    write(date(2026, 1, 14), SUN, "T003", 8, Kind::Video, 7);
    write(date(2026, 1, 15), FORGOTTEN, "gone99", 23, Kind::Text, 7);
    write(date(2026, 1, 16), SUN, "T005", 12, Kind::Sticker, 3);
    write(date(2026, 1, 16), SUN, "T001", 12, Kind::Poll, 1);
    let mut anonymous = crate::domain::tally::Tally::default();
    anonymous.add_many(Kind::Text, 5);
    let voices = days.entry(date(2026, 1, 16)).or_default().unattributed.entry(SUN).or_default();
    voices.insert(Voice::Anonymous("Head <of> studies".into()), anonymous);
    days
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

fn person(id: &str, name: &str, active: bool) -> Teacher {
    Teacher {
        teacher_id: teacher(id),
        full_name: FullName::from_file(name.to_owned()),
        telegram_user_id: None,
        other_accounts: Default::default(),
        active,
        created_at: None,
        unknown: Default::default(),
    }
}

fn group(chat: ChatId, title: &str, enabled: bool) -> Group {
    Group {
        chat_id: chat,
        title: title.to_owned(),
        enabled,
        created_at: None,
        renamed: false,
        gone_since: None,
        bot: None,
        unknown: Default::default(),
    }
}
