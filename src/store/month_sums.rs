//! Months added up: `sums/YYYY-MM.json`, made of the days' files when a month is over, so that the sums of a year needn't read
//! 365 days. Nothing depends on them: one that is missing, damaged or older than its days is passed over, and made anew by the
//! running program. They may be deleted at any time, and are in no backup.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    sync::PoisonError,
    time::{Duration, Instant, SystemTime},
};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    Store, StoreFault,
    disk::{self, Disk},
    files::DataFile,
    load,
};
use crate::domain::{
    day::Day,
    month_sums::{Adding, MonthSums},
    period::{Month, Period},
};

/// Where they are, below the data directory.
pub(super) const FOLDER: &str = "sums";
/// The version of their format: others are passed over.
const FORMAT: u32 = 1;
/// A file may be written twice within a step of the file system's clock. One that was left alone for so long has another time
/// when it is written again.
const AT_REST: Duration = Duration::from_secs(5);

/// No more is begun after so long: checkpoints wait meanwhile, and a first run may find ten years.
const AT_ONCE: Duration = Duration::from_secs(1);

/// A month's file.
#[derive(Serialize, Deserialize)]
struct MonthFile {
    head: Head,
    sums: MonthSums,
}

/// What it is.
#[derive(PartialEq, Serialize, Deserialize)]
struct Head {
    format: u32,
    /// Of which files it is the sum.
    made_of: Stamps,
}

/// A month's file for whoever asks only what it is: the sums are passed over.
#[derive(Deserialize)]
struct HeadOfFile {
    head: Head,
}

/// Nanoseconds since 1970 at which a file was written, and its bytes; by its path below the data directory.
type Stamps = BTreeMap<String, (u64, u64)>;

/// What adding up came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AddedUp {
    /// So many months were added up.
    pub months: usize,
    /// So many are for another time: they were written to a moment ago, or it took too long.
    pub waiting: usize,
}

/// The months that may be shown added up.
#[derive(Debug)]
pub(super) struct Months<'a> {
    disk: &'a dyn Disk,
    dir: &'a Path,
    stamps: BTreeMap<Month, Stamps>,
}

impl<'a> Months<'a> {
    /// Those of these `days` that are wholly within a period, and of which nothing is newer in memory.
    pub(super) fn within(
        disk: &'a dyn Disk,
        dir: &'a Path,
        days: &[NaiveDate],
        in_memory: &BTreeMap<NaiveDate, Day>,
        period: Period,
    ) -> Result<Self, StoreFault> {
        let newer: BTreeSet<Month> = in_memory.keys().map(|day| Month::of_day(*day)).collect();
        let is_whole = |month: &Month| period.contains(month.period().from) && period.contains(month.period().to);
        let months: BTreeSet<Month> = days.iter().map(|day| Month::of_day(*day)).collect();
        let wanted = months.into_iter().filter(|month| is_whole(month) && !newer.contains(month));
        Ok(Self { disk, dir, stamps: stamps(disk, dir, wanted)? })
    }

    /// A month's sums, unless they are missing or not those of its files.
    pub(super) fn of(&self, month: Month) -> Option<MonthSums> {
        let stamps = self.stamps.get(&month)?;
        let file: MonthFile = read(self.disk, self.dir, month)?;
        (file.head.format == FORMAT && file.head.made_of == *stamps).then_some(file.sums)
    }
}

impl Store {
    /// Adds up the months before that of `today` of which there are no sums, or old ones.
    pub async fn add_up_months(&self, today: NaiveDate) -> Result<AddedUp, StoreFault> {
        let store = self.clone();
        // Where checkpoints run: none of them writes meanwhile.
        self.shared.checkpointer.run(move || store.add_up(today)).await
    }

    fn add_up(&self, today: NaiveDate) -> Result<AddedUp, StoreFault> {
        let (disk, dir) = (self.shared.disk.as_ref(), self.shared.dir.as_path());
        let mut days = load::days_on_disk(disk, dir)?;
        days.retain(|day| Month::of_day(*day) < Month::of_day(today));
        let newer: BTreeSet<Month> = self.read(|state| state.days.keys().map(|day| Month::of_day(*day)).collect());
        let months: BTreeSet<Month> = days.iter().map(|day| Month::of_day(*day)).collect();
        let mut known = self.shared.added_up.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut done, began) = (AddedUp::default(), Instant::now());
        for (month, made_of) in stamps(disk, dir, months.difference(&newer).copied())? {
            let (digest, head) = (digest(&made_of), Head { format: FORMAT, made_of });
            if known.get(&month) == Some(&digest) {
                continue;
            }
            if began.elapsed() > AT_ONCE {
                done.waiting += 1;
                continue;
            }
            if read(disk, dir, month).is_some_and(|file: HeadOfFile| file.head == head) {
                known.insert(month, digest);
                continue;
            }
            if head.made_of.values().any(|(written, _)| !is_at_rest(*written)) {
                done.waiting += 1;
                continue;
            }
            let mut adding = Adding::default();
            for day in days.iter().filter(|day| Month::of_day(**day) == month) {
                load::show_day(disk, dir, *day, &mut adding)?;
            }
            let file = MonthFile { head, sums: adding.finish() };
            // Somebody else's program may have written meanwhile.
            if stamps(disk, dir, [month].into_iter())?.get(&month) == Some(&file.head.made_of) {
                self.in_place()?;
                write(disk, dir, month, &file)?;
                known.insert(month, digest);
                done.months += 1;
            }
        }
        Ok(done)
    }
}

#[expect(clippy::disallowed_methods, reason = "files have their times from the machine's clock, whatever ours says")]
fn is_at_rest(written: u64) -> bool {
    let written = SystemTime::UNIX_EPOCH + Duration::from_nanos(written);
    SystemTime::now().duration_since(written).is_ok_and(|since| since >= AT_REST)
}

fn path(dir: &Path, month: Month) -> PathBuf {
    dir.join(FOLDER).join(format!("{month}.json"))
}

/// How the files of these months' days are.
fn stamps(disk: &dyn Disk, dir: &Path, months: impl Iterator<Item = Month>) -> Result<BTreeMap<Month, Stamps>, StoreFault> {
    let files = |day: NaiveDate| [DataFile::Stats(day), DataFile::Hours(day), DataFile::Unattributed(day)];
    let paths: Vec<(Month, PathBuf)> =
        months.flat_map(|month| month.period().days().flat_map(files).map(move |file| (month, file.relative()))).collect();
    let all: Vec<PathBuf> = paths.iter().map(|(_, relative)| dir.join(relative)).collect();
    let found = disk.stamps(&all).map_err(|why| StoreFault::io("look at the files in", dir, why))?;
    let mut stamps: BTreeMap<Month, Stamps> = BTreeMap::new();
    for ((month, relative), path) in paths.into_iter().zip(&all) {
        if let Some((written, bytes)) = found.get(path) {
            let since = written.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let written = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
            stamps.entry(month).or_default().insert(relative.to_string_lossy().into_owned(), (written, *bytes));
        }
    }
    Ok(stamps)
}

/// A month's file, unless it is missing or no such file.
fn read<T: DeserializeOwned>(disk: &dyn Disk, dir: &Path, month: Month) -> Option<T> {
    let bytes = disk.read(&path(dir, month)).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Tells stamps apart within one run.
fn digest(stamps: &Stamps) -> u64 {
    let mut hasher = DefaultHasher::new();
    stamps.hash(&mut hasher);
    hasher.finish()
}

fn write(disk: &dyn Disk, dir: &Path, month: Month, file: &MonthFile) -> Result<(), StoreFault> {
    let (path, folder) = (path(dir, month), dir.join(FOLDER));
    let content = serde_json::to_vec(file).expect("sums are JSON");
    let written = disk.create_dir_all(&folder).and_then(|()| disk::replace(disk, &path, &content));
    written.map_err(|why| StoreFault::io("write", &path, why))
}
