//! A made-up school with five weeks of activity: for `rollcall init --demo`, the playground and the documentation.
//! The same seed and the same moment give the same school.

mod chats;
mod commands;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc, Weekday};
use chrono_tz::Tz;

pub use self::chats::members;
use crate::domain::{
    change::{Change, Outcome},
    day::Hours,
    ids::{ChatId, FullName, TeacherId, UserId},
    kind::Kind,
    period::{Period, local_day},
    registry::{Group, RegistrationRequest, Stamp, Standing, Teacher, Voice},
    state::State,
    tally::Tally,
};

/// The seed that `rollcall init --demo` takes.
pub const SEED: u64 = 2026;

/// How many days of activity there are, today included.
pub const DAYS: u64 = 35;

/// A teacher of the made-up school.
#[derive(Clone, Copy, Debug)]
pub struct DemoTeacher {
    /// Own id.
    pub id: &'static str,
    /// Full name.
    pub name: &'static str,
    /// Telegram account.
    pub account: UserId,
    /// Indices into [`GROUPS`].
    pub groups: &'static [usize],
    /// How they behave.
    pub manner: Manner,
}

/// How a made-up teacher behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Writes about so many messages on a full school day and group.
    Writes(u64),
    /// Wrote as much, and stopped nine days ago.
    FellSilent(u64),
    /// Never wrote anything.
    Silent,
    /// Left the school: not active any more, with activity from before.
    Left(u64),
}

/// A group of the made-up school.
#[derive(Clone, Copy, Debug)]
pub struct DemoGroup {
    /// The chat.
    pub chat: ChatId,
    /// Its title.
    pub title: &'static str,
    /// Whether messages count.
    pub enabled: bool,
}

/// The groups.
pub const GROUPS: [DemoGroup; 5] = [
    DemoGroup { chat: ChatId(-1_001_700_000_001), title: "5-A sinf · Matematika", enabled: true },
    DemoGroup { chat: ChatId(-1_001_700_000_002), title: "7-B sinf · Ona tili va adabiyot", enabled: true },
    DemoGroup { chat: ChatId(-1_001_700_000_003), title: "9 класс · Физика", enabled: true },
    DemoGroup { chat: ChatId(-1_001_700_000_004), title: "IELTS Evening Group", enabled: true },
    DemoGroup { chat: ChatId(-1_001_700_000_005), title: "Ota-onalar · 5-A", enabled: false },
];

/// The teachers.
pub const TEACHERS: [DemoTeacher; 12] = [
    demo_teacher("T001", "Dilnoza Karimova", 1, &[0, 1], Manner::Writes(11)),
    demo_teacher("T002", "Aziz Rahimov", 2, &[0, 2], Manner::Writes(8)),
    demo_teacher("T003", "Gulnora Yoʻldosheva", 3, &[1], Manner::Writes(14)),
    demo_teacher("T004", "Екатерина Смирнова", 4, &[2, 3], Manner::Writes(9)),
    demo_teacher("T005", "Jasur Toʻrayev", 5, &[0, 1, 2], Manner::Writes(4)),
    demo_teacher("T006", "Nodira Usmonova", 6, &[0], Manner::FellSilent(7)),
    demo_teacher("T007", "Сергей Ким", 7, &[2], Manner::Writes(6)),
    demo_teacher("T008", "Sarah Thompson", 8, &[3], Manner::Writes(16)),
    demo_teacher("T009", "Sherzod Abdullayev", 9, &[1, 3], Manner::Silent),
    demo_teacher("T010", "Malika Ergasheva", 10, &[0, 3], Manner::Writes(2)),
    demo_teacher("T011", "Оксана Пак", 11, &[2], Manner::Left(5)),
    demo_teacher("T012", "James O'Connor", 12, &[3], Manner::Writes(5)),
];

/// Somebody who waits for an admin's approval.
pub const APPLICANT: (UserId, &str) = (UserId(700_000_099), "Kamola Saidova");

/// An administrator who writes anonymously, and whom nobody is mapped to.
pub const ANONYMOUS_SIGNATURE: &str = "Direktor";

/// The school as changes to an empty directory, with the days that they touch.
pub fn school(now: DateTime<Utc>, zone: Tz, seed: u64) -> (Outcome, Vec<NaiveDate>) {
    let period = Period::last_days(local_day(zone, now), DAYS);
    let founded = Stamp::new(now - TimeDelta::days(DAYS as i64), zone);
    let mut school = Outcome::nothing();
    for group in GROUPS {
        add_group(&mut school, group, &founded, now);
    }
    for teacher in TEACHERS {
        add_teacher(&mut school, teacher, &founded);
    }
    let (applicant, name) = APPLICANT;
    let request = RegistrationRequest {
        telegram_user_id: applicant,
        full_name: FullName::parse(name).expect("a fixed name is one"),
        created_at: Stamp::new(now - TimeDelta::hours(3), zone),
        unknown: BTreeMap::new(),
    };
    school.set(Change::Request(applicant, Some(request)));
    school.set(Change::Voice(GROUPS[0].chat, anonymous(), None));
    let mut dice = Dice(seed);
    let local_now = now.with_timezone(&zone);
    for day in period.days() {
        let hours_over = if day == period.to { local_now.hour() as usize } else { 24 };
        add_day(&mut school, day, (period.to - day).num_days(), hours_over, &mut dice);
    }
    chats::add(&mut school, period, now);
    commands::add(&mut school, period, now);
    school.set(Change::LastUpdate(now));
    (school, period.days().collect())
}

/// The school as a state that nothing was ever stored of.
pub fn state(now: DateTime<Utc>, zone: Tz, seed: u64) -> State {
    let mut state = State::default();
    for change in school(now, zone, seed).0.changes {
        state.apply(change);
    }
    state
}

const fn demo_teacher(
    id: &'static str,
    name: &'static str,
    account: i64,
    groups: &'static [usize],
    manner: Manner,
) -> DemoTeacher {
    DemoTeacher { id, name, account: UserId(700_000_000 + account), groups, manner }
}

fn anonymous() -> Voice {
    Voice::Anonymous(ANONYMOUS_SIGNATURE.to_owned())
}

fn add_group(school: &mut Outcome, group: DemoGroup, founded: &Stamp, now: DateTime<Utc>) {
    let entry = Group {
        chat_id: group.chat,
        title: group.title.to_owned(),
        enabled: group.enabled,
        created_at: Some(founded.clone()),
        renamed: false,
        gone_since: None,
        bot: None,
        unknown: BTreeMap::new(),
    };
    let standing = Standing {
        administrator: true,
        since: Some(now - TimeDelta::days(DAYS as i64)),
        last_message: Some(now),
        last_plain: Some(now),
        warned_silent: None,
    };
    school.set(Change::Group(group.chat, Some(Box::new(entry))));
    school.set(Change::Standing(group.chat, Some(standing)));
}

fn add_teacher(school: &mut Outcome, teacher: DemoTeacher, founded: &Stamp) {
    let id = teacher_id(teacher);
    let entry = Teacher {
        teacher_id: id,
        full_name: FullName::parse(teacher.name).expect("a fixed name is one"),
        telegram_user_id: Some(teacher.account),
        other_accounts: BTreeSet::new(),
        active: !matches!(teacher.manner, Manner::Left(_)),
        created_at: Some(founded.clone()),
        unknown: BTreeMap::new(),
    };
    school.set(Change::Teacher(id, Some(Box::new(entry))));
    school.set(Change::Assignments(id, teacher.groups.iter().map(|index| GROUPS[*index].chat).collect()));
}

fn add_day(school: &mut Outcome, day: NaiveDate, days_ago: i64, hours_over: usize, dice: &mut Dice) {
    for teacher in TEACHERS {
        for index in teacher.groups {
            let group = GROUPS[*index];
            let (tally, hours) = write_messages(expected(teacher.manner, days_ago), day.weekday(), hours_over, dice);
            if !group.enabled || tally.is_empty() {
                continue;
            }
            school.set(Change::Cell(day, group.chat, teacher_id(teacher), Some(tally)));
            for (hour, n) in hours.into_iter().enumerate().filter(|(_, n)| *n > 0) {
                school.set(Change::Hour(day, group.chat, teacher_id(teacher), hour, n));
            }
        }
    }
    let (tally, _) = write_messages(1, day.weekday(), hours_over, dice);
    if !tally.is_empty() {
        school.set(Change::Unattributed(day, GROUPS[0].chat, anonymous(), Some(tally)));
    }
}

/// Messages on a full school day in one group.
fn expected(manner: Manner, days_ago: i64) -> u64 {
    match manner {
        Manner::Writes(n) => n,
        Manner::FellSilent(n) if days_ago >= 9 => n,
        Manner::Left(n) if days_ago >= 20 => n,
        Manner::FellSilent(_) | Manner::Left(_) | Manner::Silent => 0,
    }
}

/// What somebody writes on one day, up to the hour that it is now.
fn write_messages(full_day: u64, weekday: Weekday, hours_over: usize, dice: &mut Dice) -> (Tally, Hours) {
    let percent = match weekday {
        Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu => 100,
        Weekday::Fri => 85,
        Weekday::Sat => 55,
        Weekday::Sun => 12,
    };
    // From nothing to twice the usual: people have better and worse days.
    let messages = (full_day * percent * dice.below(201)).div_ceil(10_000).saturating_sub(1);
    let mut tally = Tally::default();
    let mut hours = Hours::default();
    for _ in 0..messages {
        let hour = dice.pick(&BY_HOUR);
        let kind = KINDS[dice.pick(&KIND_WEIGHTS)];
        if hour >= hours_over {
            continue;
        }
        tally.add(kind);
        if Kind::COUNTED.contains(&kind) {
            hours[hour] += 1;
        }
        if kind == Kind::Photo && dice.below(3) == 0 {
            tally.add(kind);
            tally.add_album_rest();
            hours[hour] += 1;
        }
    }
    (tally, hours)
}

/// How lively each hour of a school day is: lessons, a lull in the afternoon, homework in the evening.
const BY_HOUR: [u64; 24] = [0, 0, 0, 0, 0, 1, 3, 8, 16, 20, 22, 20, 14, 10, 12, 14, 10, 8, 9, 13, 15, 10, 4, 1];

const KINDS: [Kind; 9] =
    [Kind::Text, Kind::Photo, Kind::Video, Kind::Audio, Kind::Voice, Kind::Document, Kind::Sticker, Kind::Animation, Kind::Poll];
const KIND_WEIGHTS: [u64; 9] = [66, 11, 3, 2, 8, 6, 5, 1, 1];

fn teacher_id(teacher: DemoTeacher) -> TeacherId {
    TeacherId::parse(teacher.id).expect("a fixed id is one")
}

/// SplitMix64: small, and the same on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `end`, `end` excluded. The bias of the remainder doesn't matter here.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// An index, as often as its weight says.
    fn pick(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return index,
            }
        }
        unreachable!("the rest is below the sum of the weights")
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 4, 9, 30, 0).single().expect("a time")
    }

    const ZONE: Tz = chrono_tz::Asia::Tashkent;

    #[test]
    fn the_same_seed_gives_the_same_school() {
        assert_eq!(state(now(), ZONE, SEED), state(now(), ZONE, SEED));
        assert_ne!(state(now(), ZONE, SEED), state(now(), ZONE, SEED + 1));
    }

    #[test]
    fn it_has_everything_that_a_screen_can_show() {
        let state = state(now(), ZONE, SEED);
        assert_eq!((state.teachers.len(), state.groups.len(), state.requests.len()), (12, 5, 1));
        assert_eq!(state.days.len() as u64, DAYS);
        assert!(state.days.values().any(|day| !day.unattributed.is_empty()));
        let total = |id: &str| -> u64 {
            let id = TeacherId::parse(id).expect("an id");
            state
                .days
                .values()
                .flat_map(|day| day.cells.iter())
                .filter(|(_, of, _)| *of == id)
                .map(|(.., tally)| tally.total())
                .sum()
        };
        assert_eq!(total("T009"), 0, "one is silent");
        assert!(total("T008") > 300, "one is busy: {}", total("T008"));
        assert!(total("T011") > 0 && state.teacher_of(UserId(700_000_011)).is_some_and(|teacher| !teacher.active));
    }

    #[test]
    fn hours_add_up_to_the_cells_and_none_lies_ahead() {
        let state = state(now(), ZONE, SEED);
        for (date, day) in &state.days {
            for (chat, teacher, tally) in day.cells.iter() {
                let hours = day.hours.get(chat, teacher).copied().unwrap_or_default();
                assert_eq!(u64::from(hours.iter().sum::<u32>()), tally.total(), "{date} {chat} {teacher}");
                // 09:30 in UTC is 14:30 in Tashkent.
                assert!(*date != local_day(ZONE, now()) || hours[14..].iter().all(|n| *n == 0));
            }
        }
    }
}
