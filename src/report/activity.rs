//! What happened in a period, added up day by day.

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, NaiveDate};

use crate::domain::{
    day::{DaySink, Hours},
    ids::{ChatId, TeacherId},
    month_sums::MonthSums,
    period::Month,
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

/// Adds up the days that it is shown to an [`Activity`]; others than those of the period are passed over.
///
/// A year of 10,000 cells a day passes through here: consecutive days hold mostly the same cells in the same order, so
/// the place of a cell is guessed from that of its predecessor before it is looked up.
#[derive(Clone, Debug)]
pub struct Collector {
    activity: Activity,
    sums: Sums,
    /// The day that is being shown, and its total so far.
    today: (NaiveDate, u64),
}

impl Collector {
    /// Nothing yet.
    pub fn new(scope: ReportScope) -> Self {
        Self { activity: Activity::new(scope), sums: Sums::default(), today: (scope.period.from, 0) }
    }

    /// The sums.
    pub fn finish(mut self) -> Activity {
        self.end_day();
        self.activity.cells = self.sums.into_cells();
        self.activity
    }

    fn wants(&self, date: NaiveDate, chat: ChatId, teacher: TeacherId) -> bool {
        let scope = &self.activity.scope;
        wants_cell(scope, chat, teacher) && scope.period.contains(date)
    }

    fn end_day(&mut self) {
        let (date, total) = self.today;
        if total > 0 {
            *self.activity.by_day.entry(date).or_default() += total;
        }
    }
}

impl DaySink for Collector {
    fn takes_months(&self) -> bool {
        true
    }

    fn month(&mut self, month: Month, sums: &MonthSums) {
        let scope = self.activity.scope;
        for cell in sums.cells.iter().filter(|cell| wants_cell(&scope, cell.chat, cell.teacher)) {
            for (date, total) in cell.days(month) {
                *self.activity.by_day.entry(date).or_default() += total;
                self.activity.day_cells += 1;
            }
            if let Some(sum) = &cell.sum {
                self.sums.add(cell.chat, cell.teacher, sum);
            }
            for (weekday, hour, n) in cell.hours() {
                self.activity.by_hour[weekday][hour] += n;
            }
        }
        for voice in sums.voices.iter().filter(|voice| wants_voice(&scope, voice.chat)) {
            self.activity.unattributed.entry((voice.chat, voice.voice.clone())).or_default().merge(&voice.sum);
        }
    }

    fn cell(&mut self, date: NaiveDate, chat: ChatId, teacher: TeacherId, tally: &Tally) {
        if !self.wants(date, chat, teacher) {
            return;
        }
        if self.today.0 != date {
            self.end_day();
            self.today = (date, 0);
        }
        let total = tally.total();
        self.today.1 += total;
        self.activity.day_cells += u64::from(total > 0);
        self.sums.add(chat, teacher, tally);
    }

    fn hours(&mut self, date: NaiveDate, chat: ChatId, teacher: TeacherId, hours: &Hours) {
        if !self.wants(date, chat, teacher) {
            return;
        }
        let weekday = date.weekday().num_days_from_monday() as usize;
        for (sum, n) in self.activity.by_hour[weekday].iter_mut().zip(hours) {
            *sum += u64::from(*n);
        }
    }

    fn voice(&mut self, date: NaiveDate, chat: ChatId, voice: &Voice, tally: &Tally) {
        let scope = &self.activity.scope;
        if wants_voice(scope, chat) && scope.period.contains(date) {
            self.activity.unattributed.entry((chat, voice.clone())).or_default().merge(tally);
        }
    }
}

/// Whether a cell is one of those that the teacher and group of `scope` ask for. Its period is not looked at.
pub fn wants_cell(scope: &ReportScope, chat: ChatId, teacher: TeacherId) -> bool {
    scope.group.is_none_or(|group| group == chat) && scope.teacher.is_none_or(|asked| asked == teacher)
}

/// Nobody's messages are not those of one teacher.
fn wants_voice(scope: &ReportScope, chat: ChatId) -> bool {
    scope.teacher.is_none() && scope.group.is_none_or(|group| group == chat)
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
    use crate::domain::{day::Day, dayfile, kind::Kind, period::Period};

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
            day.cells.entry(ChatId(-chat), teacher(who)).add(kind);
            if kind != Kind::Sticker {
                day.hours.entry(ChatId(-chat), teacher(who))[hour] += 1;
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
                content.show(*day, &mut collector);
            }
            for (&day, content) in early {
                let cells = dayfile::render_cells(&content.cells);
                dayfile::scan_cells(&cells, |chat, who, tally| collector.cell(day, chat, who, &tally)).expect("readable");
                let hours = dayfile::render_hours(&content.hours);
                dayfile::scan_hours(&hours, |chat, who, hours| collector.hours(day, chat, who, &hours)).expect("readable");
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
            day.show(date(0), &mut collector);
            collector.finish().unattributed.len()
        };
        let all = scope(0, 0);
        assert_eq!(collect(all), 1);
        assert_eq!(collect(ReportScope { teacher: Some(teacher(1)), ..all }), 0);
        assert_eq!(collect(ReportScope { group: Some(ChatId(-2)), ..all }), 0);
    }
}
