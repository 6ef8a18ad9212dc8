//! What happened in a period, added up day by day.

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, NaiveDate};

use crate::domain::{
    day::{Day, Hours},
    dayfile,
    ids::{ChatId, TeacherId},
    registry::Voice,
    tally::Tally,
    work::ReportScope,
};

/// The sums of a period, within the teacher and group that were asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// What it covers.
    pub scope: ReportScope,
    /// By teacher and group.
    pub cells: BTreeMap<(TeacherId, ChatId), Tally>,
    /// Totals by day; days without a counted message are absent.
    pub by_day: BTreeMap<NaiveDate, u64>,
    /// Totals by weekday (Monday first) and local hour. May be less than the total: days that another program
    /// counted have no hours.
    pub by_hour: [[u64; 24]; 7],
    /// Messages of voices that nobody is mapped to; empty when one teacher was asked for.
    pub unattributed: BTreeMap<(ChatId, Voice), Tally>,
    /// How many cells with counted messages the days of the period have: the rows of a table by day.
    pub day_cells: u64,
}

impl Activity {
    /// Nothing yet.
    pub fn new(scope: ReportScope) -> Self {
        Self {
            scope,
            cells: BTreeMap::new(),
            by_day: BTreeMap::new(),
            by_hour: [[0; 24]; 7],
            unattributed: BTreeMap::new(),
            day_cells: 0,
        }
    }

    /// The sum of the six kinds over everything.
    pub fn total(&self) -> u64 {
        self.by_day.values().sum()
    }

    /// Everything in one tally.
    pub fn totals(&self) -> Tally {
        sum(self.cells.values())
    }

    /// A teacher's sum over all groups.
    pub fn of_teacher(&self, teacher: TeacherId) -> Tally {
        let whole = (teacher, ChatId(i64::MIN))..=(teacher, ChatId(i64::MAX));
        sum(self.cells.range(whole).map(|(_, tally)| tally))
    }

    /// A group's sum over all teachers.
    pub fn of_group(&self, chat: ChatId) -> Tally {
        sum(self.cells.iter().filter(|((_, id), _)| *id == chat).map(|(_, tally)| tally))
    }

    /// The totals of all days of the period in order, those without a message too.
    pub fn days(&self) -> impl Iterator<Item = (NaiveDate, u64)> + '_ {
        self.scope.period.days().map(|day| (day, self.by_day.get(&day).copied().unwrap_or(0)))
    }
}

fn sum<'a>(tallies: impl Iterator<Item = &'a Tally>) -> Tally {
    let mut sum = Tally::default();
    tallies.for_each(|tally| sum.merge(tally));
    sum
}

/// The cells of a day that the teacher and group of `scope` ask for. Its period is not looked at.
pub fn cells_within(scope: ReportScope, day: &Day) -> impl Iterator<Item = (ChatId, TeacherId, &Tally)> {
    let chats = day.cells.iter().filter(move |(chat, _)| wants_chat(scope, **chat));
    let cells = chats.flat_map(|(chat, teachers)| teachers.iter().map(|(teacher, tally)| (*chat, *teacher, tally)));
    cells.filter(move |(_, id, _)| wants_teacher(scope, *id))
}

/// Adds up days to an [`Activity`]. Days may come in any order, each once.
///
/// A year of 10,000 cells a day passes through here: consecutive days hold mostly the same cells in the same order, so
/// the place of a cell is guessed from that of its predecessor before it is looked up.
#[derive(Clone, Debug)]
pub struct Collector {
    activity: Activity,
    sums: Sums,
}

impl Collector {
    /// Nothing yet.
    pub fn new(scope: ReportScope) -> Self {
        Self { activity: Activity::new(scope), sums: Sums::default() }
    }

    /// Adds one day; days outside the period are passed over.
    pub fn add_day(&mut self, date: NaiveDate, day: &Day) {
        let scope = self.activity.scope;
        if !scope.period.contains(date) {
            return;
        }
        let mut total = 0;
        for (chat, teacher, tally) in cells_within(scope, day) {
            total += tally.total();
            self.add_cell(chat, teacher, tally);
        }
        self.add_total(date, total);
        for teachers in day.hours.iter().filter(|(chat, _)| wants_chat(scope, **chat)).map(|(_, teachers)| teachers) {
            for hours in teachers.iter().filter(|(id, _)| wants_teacher(scope, **id)).map(|(_, hours)| hours) {
                self.add_hours(date, hours);
            }
        }
        for (&chat, voices) in day.unattributed.iter().filter(|(chat, _)| wants_voices_of(scope, **chat)) {
            for (voice, tally) in voices {
                self.activity.unattributed.entry((chat, voice.clone())).or_default().merge(tally);
            }
        }
    }

    /// Adds the text of a day's stats file without building the day. After an error the sums are of no use.
    pub fn read_cells(&mut self, date: NaiveDate, file: &[u8]) -> Result<(), serde_json::Error> {
        let scope = self.activity.scope;
        if !scope.period.contains(date) {
            return Ok(());
        }
        let mut total = 0;
        dayfile::scan_cells(file, |chat, teacher, tally| {
            if wants_chat(scope, chat) && wants_teacher(scope, teacher) {
                total += tally.total();
                self.add_cell(chat, teacher, &tally);
            }
        })?;
        self.add_total(date, total);
        Ok(())
    }

    /// Adds the text of a day's hours file.
    pub fn read_hours(&mut self, date: NaiveDate, file: &[u8]) -> Result<(), serde_json::Error> {
        let scope = self.activity.scope;
        if !scope.period.contains(date) {
            return Ok(());
        }
        dayfile::scan_hours(file, |chat, teacher, hours| {
            if wants_chat(scope, chat) && wants_teacher(scope, teacher) {
                self.add_hours(date, &hours);
            }
        })
    }

    /// Adds the text of a day's unattributed file.
    pub fn read_unattributed(&mut self, date: NaiveDate, file: &[u8]) -> Result<(), serde_json::Error> {
        let scope = self.activity.scope;
        if !scope.period.contains(date) {
            return Ok(());
        }
        dayfile::scan_unattributed(file, |chat, voice, tally| {
            if wants_voices_of(scope, chat) {
                self.activity.unattributed.entry((chat, voice)).or_default().merge(&tally);
            }
        })
    }

    /// The sums.
    pub fn finish(mut self) -> Activity {
        self.activity.cells = self.sums.into_cells();
        self.activity
    }

    fn add_cell(&mut self, chat: ChatId, teacher: TeacherId, tally: &Tally) {
        self.activity.day_cells += u64::from(tally.total() > 0);
        self.sums.add(chat, teacher, tally);
    }

    fn add_total(&mut self, date: NaiveDate, total: u64) {
        if total > 0 {
            *self.activity.by_day.entry(date).or_default() += total;
        }
    }

    fn add_hours(&mut self, date: NaiveDate, hours: &Hours) {
        let weekday = date.weekday().num_days_from_monday() as usize;
        for (sum, n) in self.activity.by_hour[weekday].iter_mut().zip(hours) {
            *sum += u64::from(*n);
        }
    }
}

fn wants_chat(scope: ReportScope, chat: ChatId) -> bool {
    scope.group.is_none_or(|group| group == chat)
}

fn wants_teacher(scope: ReportScope, id: TeacherId) -> bool {
    scope.teacher.is_none_or(|teacher| teacher == id)
}

/// Nobody's messages are not those of one teacher.
fn wants_voices_of(scope: ReportScope, chat: ChatId) -> bool {
    scope.teacher.is_none() && wants_chat(scope, chat)
}

/// Sums of cells in the order in which they were first seen.
#[derive(Clone, Debug, Default)]
struct Sums {
    slots: Vec<(ChatId, TeacherId, Tally)>,
    index: HashMap<(ChatId, TeacherId), usize>,
    /// Where the next cell probably is.
    guess: usize,
}

impl Sums {
    fn add(&mut self, chat: ChatId, teacher: TeacherId, tally: &Tally) {
        let at = match self.slots.get(self.guess) {
            Some(slot) if slot.1 == teacher && slot.0 == chat => self.guess,
            Some(_) | None => *self.index.entry((chat, teacher)).or_insert_with(|| {
                self.slots.push((chat, teacher, Tally::default()));
                self.slots.len() - 1
            }),
        };
        self.slots[at].2.merge(tally);
        self.guess = if at + 1 < self.slots.len() { at + 1 } else { 0 };
    }

    fn into_cells(self) -> BTreeMap<(TeacherId, ChatId), Tally> {
        self.slots.into_iter().map(|(chat, teacher, tally)| ((teacher, chat), tally)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{kind::Kind, period::Period};

    fn teacher(n: u8) -> TeacherId {
        TeacherId::parse(&format!("T00{n}")).expect("valid")
    }

    fn date(n: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date") + chrono::Days::new(n)
    }

    fn scope(from: u64, to: u64) -> ReportScope {
        ReportScope { period: Period { from: date(from), to: date(to) }, teacher: None, group: None }
    }

    /// A message: day, group, teacher, hour, which kind.
    type Message = (u64, i64, u8, usize, usize);

    fn days(messages: &[Message]) -> BTreeMap<NaiveDate, Day> {
        let mut days: BTreeMap<NaiveDate, Day> = BTreeMap::new();
        for &(on, chat, who, hour, kind) in messages {
            let day = days.entry(date(on)).or_default();
            let kind = [Kind::Text, Kind::Photo, Kind::Document, Kind::Sticker][kind];
            day.cells.entry(ChatId(-chat)).or_default().entry(teacher(who)).or_default().add(kind);
            if kind != Kind::Sticker {
                day.hours.entry(ChatId(-chat)).or_default().entry(teacher(who)).or_default()[hour] += 1;
            }
        }
        days
    }

    proptest! {
        #[test]
        fn sums_agree_with_counting_by_hand(
            messages in prop::collection::vec((0u64..30, 1i64..4, 0u8..5, 0usize..24, 0usize..4), 0..200),
            from in 0u64..30, len in 0u64..30, cut in 0u64..60,
            only_teacher in prop::option::of(0u8..5), only_group in prop::option::of(1i64..4),
        ) {
            let mut asked = scope(from, from + len);
            asked.teacher = only_teacher.map(teacher);
            asked.group = only_group.map(|chat| ChatId(-chat));
            let wanted = |m: &&Message| only_teacher.is_none_or(|t| t == m.2) && only_group.is_none_or(|g| g == m.1);
            let counted = |m: &&Message| m.4 < 3;
            let within = |m: &&Message| (from..=from + len).contains(&m.0);
            let by_hand = messages.iter().filter(wanted).filter(within).filter(counted).count() as u64;
            // Part of the days as memory has them, the others as files: any partition gives the same.
            let mut collector = Collector::new(asked);
            let all = days(&messages);
            let (early, late): (Vec<_>, Vec<_>) = all.iter().partition(|(day, _)| **day < date(cut));
            for (day, content) in late {
                collector.add_day(*day, content);
            }
            for (day, content) in early {
                collector.read_cells(*day, &dayfile::render_cells(&content.cells)).expect("readable");
                collector.read_hours(*day, &dayfile::render_hours(&content.hours)).expect("readable");
            }
            let activity = collector.finish();

            prop_assert_eq!(activity.total(), by_hand);
            prop_assert_eq!(activity.totals().total(), by_hand);
            prop_assert_eq!((0..5).map(|n| activity.of_teacher(teacher(n)).total()).sum::<u64>(), by_hand);
            prop_assert_eq!((1..4).map(|n| activity.of_group(ChatId(-n)).total()).sum::<u64>(), by_hand);
            prop_assert_eq!(activity.days().map(|(_, n)| n).sum::<u64>(), by_hand);
            prop_assert_eq!(activity.by_hour.iter().flatten().sum::<u64>(), by_hand);
            let extra = messages.iter().filter(wanted).filter(within).filter(|m| m.4 == 3).count() as u64;
            prop_assert_eq!(activity.totals().extra_total(), extra);
        }
    }

    #[test]
    fn nobodys_messages_are_left_out_where_one_teacher_is_asked_for() {
        let mut day = Day::default();
        let mut tally = Tally::default();
        tally.add(Kind::Text);
        day.unattributed.entry(ChatId(-1)).or_default().insert(Voice::Anonymous("Head".into()), tally);
        let collect = |scope| {
            let mut collector = Collector::new(scope);
            collector.add_day(date(0), &day);
            collector.finish().unattributed.len()
        };
        let all = scope(0, 0);
        assert_eq!(collect(all), 1);
        assert_eq!(collect(ReportScope { teacher: Some(teacher(1)), ..all }), 0);
        assert_eq!(collect(ReportScope { group: Some(ChatId(-2)), ..all }), 0);
    }
}
