//! What happened in a period, added up day by day.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use crate::domain::{
    day::Day,
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
    /// Totals by day; days without a message are absent.
    pub by_day: BTreeMap<NaiveDate, u64>,
    /// Totals by weekday (Monday first) and local hour.
    pub by_hour: [[u64; 24]; 7],
    /// Messages of voices that nobody is mapped to; empty when one teacher was asked for.
    pub unattributed: BTreeMap<(ChatId, Voice), Tally>,
}

impl Activity {
    /// Nothing yet.
    pub fn new(scope: ReportScope) -> Self {
        Self { scope, cells: BTreeMap::new(), by_day: BTreeMap::new(), by_hour: [[0; 24]; 7], unattributed: BTreeMap::new() }
    }

    /// Adds one day; days outside the period are passed over.
    pub fn add_day(&mut self, date: NaiveDate, day: &Day) {
        if !self.scope.period.contains(date) {
            return;
        }
        let wanted_chat = |chat: ChatId| self.scope.group.is_none_or(|group| group == chat);
        let wanted_teacher = |id: TeacherId| self.scope.teacher.is_none_or(|teacher| teacher == id);
        let mut total = 0;
        for (&chat, teachers) in day.cells.iter().filter(|(chat, _)| wanted_chat(**chat)) {
            for (&teacher, tally) in teachers.iter().filter(|(id, _)| wanted_teacher(**id)) {
                total += tally.total();
                self.cells.entry((teacher, chat)).or_default().merge(tally);
            }
        }
        if total > 0 {
            *self.by_day.entry(date).or_default() += total;
        }
        let weekday = date.weekday().num_days_from_monday() as usize;
        for teachers in day.hours.iter().filter(|(chat, _)| wanted_chat(**chat)).map(|(_, teachers)| teachers) {
            for hours in teachers.iter().filter(|(id, _)| wanted_teacher(**id)).map(|(_, hours)| hours) {
                for (sum, n) in self.by_hour[weekday].iter_mut().zip(hours) {
                    *sum += u64::from(*n);
                }
            }
        }
        if self.scope.teacher.is_none() {
            for (&chat, voices) in day.unattributed.iter().filter(|(chat, _)| wanted_chat(**chat)) {
                for (voice, tally) in voices {
                    self.unattributed.entry((chat, voice.clone())).or_default().merge(tally);
                }
            }
        }
    }

    /// The sum of the six kinds over everything.
    pub fn total(&self) -> u64 {
        self.by_day.values().sum()
    }

    /// A teacher's sum over all groups.
    pub fn of_teacher(&self, teacher: TeacherId) -> Tally {
        let mut sum = Tally::default();
        for (_, tally) in self.cells.iter().filter(|((id, _), _)| *id == teacher) {
            sum.merge(tally);
        }
        sum
    }

    /// A group's sum over all teachers.
    pub fn of_group(&self, chat: ChatId) -> Tally {
        let mut sum = Tally::default();
        for (_, tally) in self.cells.iter().filter(|((_, id), _)| *id == chat) {
            sum.merge(tally);
        }
        sum
    }
}
