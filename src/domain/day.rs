//! One local day of counting.

use std::{collections::BTreeMap, ops::ControlFlow};

use chrono::NaiveDate;

use super::{
    counted::Counted,
    ids::{ChatId, TeacherId},
    month_sums::MonthSums,
    period::Month,
    registry::Voice,
    study::DayPresence,
    table::{QuickMap, Table},
    tally::Tally,
};

/// Messages by local hour, 0 to 23. An hour that a clock change repeats is one hour here.
pub type Hours = [u32; 24];

/// Everything counted on one day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Day {
    /// By group and teacher (`stats/YYYY-MM-DD.json`).
    pub cells: Table<Tally>,
    /// The same by hour (`hours/YYYY-MM-DD.json`).
    pub hours: Table<Hours>,
    /// By group and voice that nobody is mapped to (`unattributed/YYYY-MM-DD.json`).
    pub unattributed: BTreeMap<ChatId, BTreeMap<Voice, Tally>>,
    /// Which messages that are, by group (`counted/YYYY-MM-DD.json`).
    pub counted: QuickMap<ChatId, Counted>,
    /// By community (`presence/YYYY-MM-DD.json`).
    pub presence: BTreeMap<ChatId, DayPresence>,
}

impl Day {
    /// A teacher's cell.
    pub fn cell(&self, chat: ChatId, teacher: TeacherId) -> Option<&Tally> {
        self.cells.get(chat, teacher)
    }

    /// Whether anything of `chat` is in it.
    pub fn mentions(&self, chat: ChatId) -> bool {
        let counted = self.cells.mentions(chat) || self.hours.mentions(chat) || self.unattributed.contains_key(&chat);
        counted || self.counted.contains_key(&chat) || self.presence.contains_key(&chat)
    }

    /// Whether it is known of everything that counts in a group which message that was. Earlier releases kept no record.
    pub fn is_recorded(&self, chat: ChatId) -> bool {
        let of = |tally: &Tally| tally.total() + tally.extra_total();
        let of_teachers: u64 = self.cells.of_chat(chat).into_values().map(of).sum();
        let of_voices: u64 = self.unattributed.get(&chat).into_iter().flatten().map(|(_, tally)| of(tally)).sum();
        of_teachers + of_voices == self.counted.get(&chat).map_or(0, Counted::len)
    }

    /// Shows everything in it.
    pub fn show(&self, date: NaiveDate, to: &mut dyn DaySink) {
        for (chat, teachers) in self.cells.ordered() {
            teachers.iter().for_each(|(teacher, tally)| to.cell(date, chat, *teacher, tally));
        }
        for (chat, teachers) in self.hours.ordered() {
            teachers.iter().for_each(|(teacher, hours)| to.hours(date, chat, *teacher, hours));
        }
        for (chat, voices) in &self.unattributed {
            voices.iter().for_each(|(voice, tally)| to.voice(date, *chat, voice, tally));
        }
    }
}

/// Who is shown what was counted, day by day. Days in memory and days in files look the same from here, and of a file no
/// more than one cell is held at a time.
pub trait DaySink {
    /// Another day comes; a break ends the showing.
    fn begin(&mut self, _date: NaiveDate) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// Whether whole months may be shown added up, instead of day by day.
    fn takes_months(&self) -> bool {
        false
    }

    /// All days of a month, which is wholly within what was asked for.
    fn month(&mut self, _month: Month, _sums: &MonthSums) {}

    /// A teacher's messages in a group.
    fn cell(&mut self, date: NaiveDate, chat: ChatId, teacher: TeacherId, tally: &Tally);

    /// The same by hour.
    fn hours(&mut self, _date: NaiveDate, _chat: ChatId, _teacher: TeacherId, _hours: &Hours) {}

    /// Messages in a group of a voice that nobody is mapped to.
    fn voice(&mut self, _date: NaiveDate, _chat: ChatId, _voice: &Voice, _tally: &Tally) {}
}

/// Passes days on, and asks somebody before each whether to go on.
pub struct Announced<'a, F> {
    /// Who wants the days.
    pub to: &'a mut dyn DaySink,
    /// Who is asked.
    pub before: F,
}

impl<F: FnMut(NaiveDate) -> ControlFlow<()>> DaySink for Announced<'_, F> {
    fn begin(&mut self, date: NaiveDate) -> ControlFlow<()> {
        (self.before)(date)?;
        self.to.begin(date)
    }

    fn takes_months(&self) -> bool {
        self.to.takes_months()
    }

    fn month(&mut self, month: Month, sums: &MonthSums) {
        self.to.month(month, sums);
    }

    fn cell(&mut self, date: NaiveDate, chat: ChatId, teacher: TeacherId, tally: &Tally) {
        self.to.cell(date, chat, teacher, tally);
    }

    fn hours(&mut self, date: NaiveDate, chat: ChatId, teacher: TeacherId, hours: &Hours) {
        self.to.hours(date, chat, teacher, hours);
    }

    fn voice(&mut self, date: NaiveDate, chat: ChatId, voice: &Voice, tally: &Tally) {
        self.to.voice(date, chat, voice, tally);
    }
}

/// The days as they were, for tests.
#[cfg(test)]
impl DaySink for BTreeMap<NaiveDate, Day> {
    fn cell(&mut self, date: NaiveDate, chat: ChatId, teacher: TeacherId, tally: &Tally) {
        self.entry(date).or_default().cells.put(chat, teacher, Some(tally.clone()));
    }

    fn hours(&mut self, date: NaiveDate, chat: ChatId, teacher: TeacherId, hours: &Hours) {
        self.entry(date).or_default().hours.put(chat, teacher, Some(*hours));
    }

    fn voice(&mut self, date: NaiveDate, chat: ChatId, voice: &Voice, tally: &Tally) {
        self.entry(date).or_default().unattributed.entry(chat).or_default().insert(voice.clone(), tally.clone());
    }
}
