//! What should be in the files: the storm's own book, kept apart from everything that the program thinks.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc, Weekday};
use serde_json::Value;

/// The six kinds that hours are kept of.
const COUNTED: [&str; 6] = ["text", "photo", "video", "audio", "voice", "document"];
/// Items of albums beyond the first: no messages of their own.
const ALBUM_REST: &str = "album_rest";

/// A zone, worked out by hand so that a fault in the program's time zone database would be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    Tashkent,
    Berlin,
}

impl Zone {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tashkent => "Asia/Tashkent",
            Self::Berlin => "Europe/Berlin",
        }
    }

    /// The local day and hour.
    fn local(self, at: DateTime<Utc>) -> (NaiveDate, u32) {
        let local = at
            + TimeDelta::hours(match self {
                Self::Tashkent => 5,
                Self::Berlin if is_summer(at) => 2,
                Self::Berlin => 1,
            });
        (local.date_naive(), local.hour())
    }
}

/// Summer time in the European Union: from the last Sunday of March to that of October, 01:00 UTC.
fn is_summer(at: DateTime<Utc>) -> bool {
    let change = |month| last_sunday(at.year(), month).and_hms_opt(1, 0, 0).expect("one o'clock exists").and_utc();
    (change(3)..change(10)).contains(&at)
}

/// The last Sunday of a month that has 31 days.
pub(super) fn last_sunday(year: i32, month: u32) -> NaiveDate {
    let last = NaiveDate::from_ymd_opt(year, month, 31).expect("the month has 31 days");
    last - TimeDelta::days(i64::from(last.weekday().days_since(Weekday::Sun)))
}

/// The folders of daily files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Book {
    Stats,
    Unattributed,
    Hours,
}

impl Book {
    const ALL: [Self; 3] = [Self::Stats, Self::Unattributed, Self::Hours];

    fn folder(self) -> &'static str {
        match self {
            Self::Stats => "stats",
            Self::Unattributed => "unattributed",
            Self::Hours => "hours",
        }
    }
}

/// One number in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cell {
    book: Book,
    day: NaiveDate,
    chat: i64,
    who: String,
    field: String,
}

/// What was posted and has to be counted.
#[derive(Debug)]
pub(super) struct Ledger {
    zone: Zone,
    cells: BTreeMap<Cell, u64>,
    messages: u64,
    /// Groups that became supergroups.
    moved: BTreeMap<i64, i64>,
}

/// How files differ from the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Messages that are missing, by kind, group, teacher and day.
    pub lost: u64,
    /// Messages that are too many.
    pub double: u64,
    /// Wrong numbers that are no messages of their own: hours, posts of albums.
    pub beside: u64,
    /// The first differences, for people.
    pub examples: Vec<String>,
}

impl Ledger {
    pub(super) fn new(zone: Zone) -> Self {
        Self { zone, cells: BTreeMap::new(), messages: 0, moved: BTreeMap::new() }
    }

    /// Messages that have to be counted.
    pub(super) fn messages(&self) -> u64 {
        self.messages
    }

    /// Numbers that have to be in the files.
    pub(super) fn cells(&self) -> usize {
        self.cells.len()
    }

    /// A message of a teacher where it counts.
    pub(super) fn counted(&mut self, chat: i64, teacher: &str, kind: &str, at: DateTime<Utc>) {
        self.messages += 1;
        let (day, hour) = self.zone.local(at);
        self.add(Book::Stats, day, chat, teacher, field_of(kind));
        if COUNTED.contains(&field_of(kind)) {
            self.add(Book::Hours, day, chat, teacher, &format!("{hour:02}"));
        }
    }

    /// A message that nobody is named for.
    pub(super) fn unattributed(&mut self, chat: i64, voice: &str, kind: &str, at: DateTime<Utc>) {
        self.messages += 1;
        let (day, _) = self.zone.local(at);
        self.add(Book::Unattributed, day, chat, voice, field_of(kind));
    }

    /// The message just counted is a further item of an album.
    pub(super) fn album_rest(&mut self, chat: i64, teacher: &str, at: DateTime<Utc>) {
        let (day, _) = self.zone.local(at);
        self.add(Book::Stats, day, chat, teacher, ALBUM_REST);
    }

    /// A group has another number from now on, and so has its history.
    pub(super) fn moves(&mut self, from: i64, to: i64) {
        self.moved.insert(from, to);
    }

    fn add(&mut self, book: Book, day: NaiveDate, chat: i64, who: &str, field: &str) {
        *self.cells.entry(Cell { book, day, chat, who: who.to_owned(), field: field.to_owned() }).or_default() += 1;
    }

    /// Compares every number with the files of a data directory.
    pub(super) fn compare(&self, data: &Path) -> Result<Verdict, String> {
        let found = read(data)?;
        let mut expected: BTreeMap<Cell, u64> = BTreeMap::new();
        for (cell, n) in &self.cells {
            let chat = self.moved.get(&cell.chat).copied().unwrap_or(cell.chat);
            *expected.entry(Cell { chat, ..cell.clone() }).or_default() += n;
        }
        let cells: BTreeSet<&Cell> = expected.keys().chain(found.keys()).collect();
        let mut verdict = Verdict::default();
        for cell in cells {
            let of = |book: &BTreeMap<Cell, u64>| book.get(cell).copied().unwrap_or(0);
            verdict.note(cell, of(&expected), of(&found));
        }
        Ok(verdict)
    }
}

impl Verdict {
    /// Whether every number is right.
    pub fn is_exact(&self) -> bool {
        (self.lost, self.double, self.beside) == (0, 0, 0)
    }

    fn note(&mut self, cell: &Cell, expected: u64, found: u64) {
        if expected == found {
            return;
        }
        if cell.book == Book::Hours || cell.field == ALBUM_REST {
            self.beside += expected.abs_diff(found);
        } else {
            self.lost += expected.saturating_sub(found);
            self.double += found.saturating_sub(expected);
        }
        if self.examples.len() < 20 {
            let Cell { book, day, chat, who, field } = cell;
            self.examples.push(format!("{}/{day}.json {chat} {who} {field}: {found} instead of {expected}", book.folder()));
        }
    }
}

/// The counter that a kind of content is counted in.
fn field_of(kind: &str) -> &str {
    if kind == "video_note" { "video" } else { kind }
}

/// Every number of the daily files that is not 0.
fn read(data: &Path) -> Result<BTreeMap<Cell, u64>, String> {
    let mut cells = BTreeMap::new();
    for book in Book::ALL {
        let Ok(entries) = fs::read_dir(data.join(book.folder())) else { continue };
        for entry in entries {
            let path = entry.map_err(|why| why.to_string())?.path();
            let day = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".json"));
            let Some(day) = day.and_then(|day| day.parse().ok()) else { continue };
            let bytes = fs::read(&path).map_err(|why| format!("{}: {why}", path.display()))?;
            let value: Value = serde_json::from_slice(&bytes).map_err(|why| format!("{}: {why}", path.display()))?;
            flatten(book, day, &value, &mut cells).ok_or_else(|| format!("{} has another shape", path.display()))?;
        }
    }
    Ok(cells)
}

fn flatten(book: Book, day: NaiveDate, file: &Value, cells: &mut BTreeMap<Cell, u64>) -> Option<()> {
    for (chat, people) in file.as_object()? {
        let chat: i64 = chat.parse().ok()?;
        for (who, fields) in people.as_object()? {
            for (field, n) in fields.as_object()? {
                let n = n.as_u64()?;
                if n > 0 {
                    cells.insert(Cell { book, day, chat, who: who.clone(), field: field.clone() }, n);
                }
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn berlin_changes_its_clock_on_the_last_sunday_of_october() {
        let hour = |text| Zone::Berlin.local(at(text)).1;
        assert_eq!((hour("2026-10-25T00:59:59Z"), hour("2026-10-25T01:00:00Z")), (2, 2), "this hour comes twice");
        assert_eq!((hour("2026-03-29T00:59:59Z"), hour("2026-03-29T01:00:00Z")), (1, 3), "this one doesn't come");
        assert_eq!(Zone::Berlin.local(at("2026-10-31T23:00:00Z")).0.to_string(), "2026-11-01");
        assert_eq!(Zone::Tashkent.local(at("2026-10-31T19:00:00Z")), (NaiveDate::from_ymd_opt(2026, 11, 1).expect("a day"), 0));
    }

    #[test]
    fn a_doctored_directory_is_seen_through() {
        let dir = tempfile::tempdir().expect("a directory");
        for folder in ["stats", "hours"] {
            fs::create_dir(dir.path().join(folder)).expect("writes");
        }
        let write = |file: &str, json: &str| fs::write(dir.path().join(file), json).expect("writes");
        let noon = at("2026-01-29T07:00:00Z");
        let mut ledger = Ledger::new(Zone::Tashkent);
        for kind in ["text", "text", "video_note", "sticker"] {
            ledger.counted(-5, "T001", kind, noon);
        }
        ledger.moves(-5, -1005);
        write("hours/2026-01-29.json", r#"{"-1005":{"T001":{"12":3}}}"#);
        write("stats/2026-01-29.json", r#"{"-1005":{"T001":{"text":2,"photo":0,"video":1,"sticker":1}}}"#);
        assert_eq!(ledger.compare(dir.path()), Ok(Verdict::default()));
        write("stats/2026-01-29.json", r#"{"-1005":{"T001":{"text":1,"photo":0,"video":3,"sticker":1}}}"#);
        let verdict = ledger.compare(dir.path()).expect("readable");
        assert_eq!((verdict.lost, verdict.double, verdict.beside), (1, 2, 0), "{verdict:?}");
        assert_eq!(verdict.examples[0], "stats/2026-01-29.json -1005 T001 text: 1 instead of 2");
        write("hours/2026-01-29.json", r#"{"-1005":{"T001":{"13":3}}}"#);
        assert_eq!(ledger.compare(dir.path()).expect("readable").beside, 6);
        write("stats/2026-01-29.json", r#"{"-1005":{"T001":{"text":-1}}}"#);
        ledger.compare(dir.path()).expect_err("no counter is negative");
    }
}
