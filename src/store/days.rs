//! Looking at days, whether they are in memory or in their files. Reads directories and files: not for the hot path.

use chrono::NaiveDate;

use super::{Store, StoreFault, load, reader};
use crate::domain::{
    day::DaySink,
    dayfile,
    ids::{ChatId, TeacherId},
    period::Period,
    registry::Voice,
    tally::Tally,
};

impl Store {
    /// The days on which anything was counted or a stay ended, ascending.
    pub fn days(&self) -> Result<Vec<NaiveDate>, StoreFault> {
        let mut days = load::days_on_disk(self.shared.disk.as_ref(), &self.shared.dir)?;
        days.extend(load::days_of_presence(self.shared.disk.as_ref(), &self.shared.dir)?);
        self.in_place()?;
        days.extend(self.read(|state| state.days.keys().copied().collect::<Vec<_>>()));
        days.sort_unstable();
        days.dedup();
        Ok(days)
    }

    /// The days of a period on which a voice wrote something that counts for nobody.
    pub fn days_of_voice(&self, chat: ChatId, voice: &Voice, period: Period) -> Result<Vec<NaiveDate>, StoreFault> {
        let wrote = |voices: &dayfile::VoiceCells| voices.get(&chat).is_some_and(|voices| voices.contains_key(voice));
        let mut found = Vec::new();
        for day in self.days()?.into_iter().filter(|day| period.contains(*day)) {
            let known = self.read(|state| state.days.get(&day).map(|day| wrote(&day.unattributed)));
            let wrote = match known {
                Some(known) => known,
                None => wrote(&load::unattributed(self.shared.disk.as_ref(), &self.shared.dir, day)?),
            };
            if wrote {
                found.push(day);
            }
        }
        Ok(found)
    }

    /// Shows what was counted on a day whose file is up to date, but not when: quicker than [`Store::show_days`].
    pub fn show_cells(&self, day: NaiveDate, each: impl FnMut(ChatId, TeacherId, Tally)) -> Result<(), StoreFault> {
        load::show_cells(self.shared.disk.as_ref(), &self.shared.dir, day, each)?;
        self.in_place()
    }

    /// Shows what was counted on the days of a period, in order.
    pub fn show_days(&self, period: Period, to: &mut dyn DaySink) -> Result<(), StoreFault> {
        let in_memory =
            self.read(|state| state.days.range(period.from..=period.to).map(|(date, day)| (*date, day.clone())).collect());
        reader::show_days(&self.shared.disk, &self.shared.dir, &in_memory, period, to)?;
        self.in_place()
    }
}
