//! Reading a data directory: the files as the last checkpoint left them, then the journal on top.

use std::{
    collections::BTreeMap,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use chrono::NaiveDate;

use super::{
    chats,
    disk::Disk,
    fault::StoreFault,
    files::{DataFile, FORMAT, Progress, unreadable},
    journal::{self, Batch},
    stays,
};
use crate::domain::{
    change::Change,
    day::DaySink,
    dayfile,
    ids::{ChatId, TeacherId},
    period::Month,
    state::State,
    study::{DayPresence, PresenceSink},
    tally::Tally,
};

/// The journal since the last checkpoint.
pub(super) const JOURNAL: &str = "journal.jsonl";
/// The journal that a checkpoint under way (or cut short) is writing into the files.
pub(super) const JOURNAL_BEFORE: &str = "journal.before.jsonl";

/// What a directory says.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    /// The state, with the days that the journal touches.
    pub(super) state: State,
    /// How far it has come.
    pub(super) progress: Progress,
    /// The files that are behind the journal.
    pub(super) behind: Vec<DataFile>,
    /// The whole lines of the journal; `None` if there is no file.
    pub(super) journal: Option<Vec<u8>>,
    /// Whether a checkpoint was cut short.
    pub(super) before_exists: bool,
}

/// Reads everything but the days that nothing asks for yet.
pub(super) fn load(disk: &dyn Disk, dir: &Path) -> Result<Loaded, StoreFault> {
    let moment = disk.at_one_moment().map_err(|why| StoreFault::io("read", dir, why))?;
    let disk = moment.as_deref().unwrap_or(disk);
    let mut loaded = Loaded::default();
    for file in DataFile::AT_START {
        load_file(disk, dir, file, &mut loaded.state, &mut loaded.progress)?;
    }
    chats::load_newest(disk, dir, &mut loaded.state)?;
    if loaded.progress.format > FORMAT {
        return Err(StoreFault::TooNew { dir: dir.to_owned(), found: loaded.progress.format, known: FORMAT });
    }
    let (before, current) = (dir.join(JOURNAL_BEFORE), dir.join(JOURNAL));
    let mut batches = Vec::new();
    if let Some(bytes) = read(disk, &before)? {
        loaded.before_exists = true;
        batches = journal::replay(&before, &bytes, false)?.batches;
    }
    if let Some(mut bytes) = read(disk, &current)? {
        let replay = journal::replay(&current, &bytes, true)?;
        bytes.truncate(usize::try_from(replay.good_bytes).expect("it was in memory"));
        loaded.journal = Some(bytes);
        if let (Some(last), Some(next)) = (batches.last(), replay.batches.first())
            && last.seq.checked_add(1) != Some(next.seq)
        {
            return Err(unreadable(&current, format!("line 1: batch {} follows batch {}", next.seq, last.seq)));
        }
        batches.extend(replay.batches);
    }
    for batch in batches {
        replay_batch(disk, dir, batch, &mut loaded)?;
    }
    loaded.behind.sort_unstable();
    loaded.behind.dedup();
    Ok(loaded)
}

fn replay_batch(disk: &dyn Disk, dir: &Path, batch: Batch, loaded: &mut Loaded) -> Result<(), StoreFault> {
    for (bot, id) in batch.ids {
        loaded.progress.seen.entry(bot).or_default().insert(id, batch.at / 1000);
    }
    for change in batch.changes {
        let file = DataFile::of(&change);
        if let Some(day) = file.day() {
            load_day(disk, dir, day, &mut loaded.state)?;
        }
        chats::load_for(disk, dir, &change, &mut loaded.state)?;
        if let Change::Work(id, _) = &change {
            loaded.progress.next_work = loaded.progress.next_work.max(id.saturating_add(1));
        }
        loaded.behind.push(file);
        loaded.state.apply(change);
    }
    // A file of a cut-short checkpoint may be ahead of the line being replayed; the last line tells in the end.
    loaded.progress.seq = loaded.progress.seq.max(batch.seq);
    loaded.progress.at = loaded.progress.at.max(batch.at);
    loaded.behind.push(DataFile::Progress);
    Ok(())
}

/// Brings a day into memory unless it is there already.
pub(super) fn load_day(disk: &dyn Disk, dir: &Path, day: NaiveDate, state: &mut State) -> Result<(), StoreFault> {
    if state.days.contains_key(&day) {
        return Ok(());
    }
    // Built aside, so that a file that can't be read leaves no half-empty day behind.
    let mut aside = State::default();
    for file in DataFile::of_day(day) {
        load_file(disk, dir, file, &mut aside, &mut Progress::default())?;
    }
    state.days.insert(day, aside.days.remove(&day).unwrap_or_default());
    Ok(())
}

/// Shows a day as its files have it.
pub(super) fn show_day(disk: &dyn Disk, dir: &Path, day: NaiveDate, to: &mut dyn DaySink) -> Result<(), StoreFault> {
    for file in [DataFile::Stats(day), DataFile::Hours(day), DataFile::Unattributed(day)] {
        let path = dir.join(file.relative());
        let Some(bytes) = read(disk, &path)? else { continue };
        let shown = match file {
            DataFile::Stats(_) => dayfile::scan_cells(&bytes, |chat, teacher, tally| to.cell(day, chat, teacher, &tally)),
            DataFile::Hours(_) => dayfile::scan_hours(&bytes, |chat, teacher, hours| to.hours(day, chat, teacher, &hours)),
            _ => dayfile::scan_unattributed(&bytes, |chat, voice, tally| to.voice(day, chat, &voice, &tally)),
        };
        shown.map_err(|why| unreadable(&path, why.to_string()))?;
    }
    Ok(())
}

/// Shows only a day's messages: the file that says when they came is larger than this one.
pub(super) fn show_cells(
    disk: &dyn Disk,
    dir: &Path,
    day: NaiveDate,
    each: impl FnMut(ChatId, TeacherId, Tally),
) -> Result<(), StoreFault> {
    let path = dir.join(DataFile::Stats(day).relative());
    let Some(bytes) = read(disk, &path)? else { return Ok(()) };
    dayfile::scan_cells(&bytes, each).map_err(|why| unreadable(&path, why.to_string()))
}

/// What a day's file says of voices without a person.
pub(super) fn unattributed(disk: &dyn Disk, dir: &Path, day: NaiveDate) -> Result<dayfile::VoiceCells, StoreFault> {
    let path = dir.join(DataFile::Unattributed(day).relative());
    match read(disk, &path)? {
        Some(bytes) => dayfile::parse_unattributed(&bytes).map_err(|why| unreadable(&path, why.to_string())),
        None => Ok(dayfile::VoiceCells::new()),
    }
}

/// What a day's file says of stays.
pub(super) fn presence(disk: &dyn Disk, dir: &Path, day: NaiveDate) -> Result<BTreeMap<ChatId, DayPresence>, StoreFault> {
    let path = dir.join(DataFile::Presence(day).relative());
    match read(disk, &path)? {
        Some(bytes) => super::study::parse_presence(&bytes).map_err(|why| unreadable(&path, why)),
        None => Ok(BTreeMap::new()),
    }
}

/// Shows what a day's file has of a community's stays.
pub(super) fn scan_presence(
    disk: &dyn Disk,
    dir: &Path,
    day: NaiveDate,
    chat: ChatId,
    to: &mut dyn PresenceSink,
) -> Result<(), StoreFault> {
    let path = dir.join(DataFile::Presence(day).relative());
    match read(disk, &path)? {
        Some(bytes) => stays::scan(&bytes, day, chat, to).map_err(|why| unreadable(&path, why)),
        None => Ok(()),
    }
}

/// Takes a file's content; nothing where there is none.
pub(super) fn load_file(
    disk: &dyn Disk,
    dir: &Path,
    file: DataFile,
    state: &mut State,
    progress: &mut Progress,
) -> Result<(), StoreFault> {
    let path = dir.join(file.relative());
    match read(disk, &path)? {
        Some(bytes) => file.load(&bytes, state, progress).map_err(|why| unreadable(&path, why)),
        None => Ok(()),
    }
}

/// A file's bytes; `None` if there is none.
fn read(disk: &dyn Disk, path: &Path) -> Result<Option<Vec<u8>>, StoreFault> {
    match disk.read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(why) if why.kind() == ErrorKind::NotFound => Ok(None),
        Err(why) => Err(StoreFault::io("read", path, why)),
    }
}

/// The days on which something was counted, by their files; ascending.
pub(super) fn days_on_disk(disk: &dyn Disk, dir: &Path) -> Result<Vec<NaiveDate>, StoreFault> {
    days_in(disk, dir, &["stats", "hours", "unattributed"])
}

/// The days that have a file of stays, ascending.
pub(super) fn days_of_presence(disk: &dyn Disk, dir: &Path) -> Result<Vec<NaiveDate>, StoreFault> {
    days_in(disk, dir, &["presence"])
}

fn days_in(disk: &dyn Disk, dir: &Path, folders: &[&str]) -> Result<Vec<NaiveDate>, StoreFault> {
    let mut days = Vec::new();
    for sub in folders {
        let sub: PathBuf = dir.join(sub);
        match disk.list(&sub) {
            Ok(paths) => days.extend(paths.iter().filter_map(|path| super::files::day_of_file(path))),
            Err(why) if why.kind() == ErrorKind::NotFound => {}
            Err(why) => return Err(StoreFault::io("list", &sub, why)),
        }
    }
    days.sort_unstable();
    days.dedup();
    Ok(days)
}

/// The months that have a file in a folder, ascending.
pub(super) fn months_in(disk: &dyn Disk, folder: &Path, extension: &str) -> Result<Vec<Month>, StoreFault> {
    let paths = match disk.list(folder) {
        Ok(paths) => paths,
        Err(why) if why.kind() == ErrorKind::NotFound => Vec::new(),
        Err(why) => return Err(StoreFault::io("list", folder, why)),
    };
    let month = |path: &PathBuf| path.file_name()?.to_str()?.strip_suffix(extension)?.parse().ok();
    let mut months: Vec<Month> = paths.iter().filter_map(month).collect();
    months.sort_unstable();
    Ok(months)
}
