//! Counts that are kept for a while only.

use chrono::{Datelike, Months, NaiveDate};

use super::{Store, StoreFault, chats, files::DataFile, load, lock::CheckpointLock, month_sums};
use crate::domain::period::Month;

impl Store {
    /// Deletes what was counted before the last `months` whole months: files of days, and of months made of them. The register,
    /// and who changed what, stay. How many files that were.
    pub async fn forget_all_but(&self, months: u32) -> Result<usize, StoreFault> {
        let store = self.clone();
        // Where checkpoints run: none of them writes meanwhile.
        self.shared.checkpointer.run(move || store.forget(months)).await
    }

    fn forget(&self, months: u32) -> Result<usize, StoreFault> {
        let (disk, dir) = (self.shared.disk.as_ref(), self.shared.dir.as_path());
        // By the newest day that was counted, which is by Telegram's clock: ours may be years ahead for a moment.
        let Some(newest) = load::days_on_disk(disk, dir)?.pop() else { return Ok(0) };
        let this_month = newest.min(self.shared.clock.now().date_naive()).with_day(1).expect("each month has a first");
        let Some(first) = this_month.checked_sub_months(Months::new(months)) else { return Ok(0) };
        // What is in memory isn't in its files yet, or would be written again.
        if self.read(|state| state.days.keys().next().is_some_and(|day| *day < first)) {
            return Ok(0);
        }
        self.in_place()?;
        let _lock = CheckpointLock::exclusive(dir)?;
        let folders = DataFile::OF_DAYS.map(|folder| dir.join(folder));
        let mut removed = disk.remove_days(&folders, first).map_err(|why| StoreFault::io("delete old days in", dir, why))?;
        for folder in [chats::FOLDER, month_sums::FOLDER] {
            removed += self.forget_months(folder, first)?;
        }
        Ok(removed)
    }

    fn forget_months(&self, folder: &str, first: NaiveDate) -> Result<usize, StoreFault> {
        let (disk, folder) = (self.shared.disk.as_ref(), self.shared.dir.join(folder));
        let mut removed = 0;
        for month in load::months_in(disk, &folder, ".json")?.into_iter().filter(|month| *month < Month::of_day(first)) {
            let path = folder.join(format!("{month}.json"));
            disk.remove(&path).map_err(|why| StoreFault::io("delete", &path, why))?;
            removed += 1;
        }
        Ok(removed)
    }
}
