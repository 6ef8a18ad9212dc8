//! The log of who changed what: `audit/YYYY-MM.jsonl`, one line an entry, in the order of their numbers.
//!
//! Nothing of it stays in memory once it is in its file. A checkpoint adds what the file doesn't have yet, so that one that
//! was cut short and comes again adds nothing twice. No file is needed by anything else: old ones may be moved away.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{Reader, Store, StoreFault, disk::SharedDisk, files::unreadable, load};
use crate::domain::{
    audit::{Audit, AuditId, Entry},
    period::Month,
};

/// Where the months are, below the data directory.
const FOLDER: &str = "audit";

/// An entry as its file has it.
#[derive(Serialize, Deserialize)]
struct Line<E> {
    n: AuditId,
    #[serde(flatten)]
    entry: E,
}

/// Just its number.
#[derive(Deserialize)]
struct Number {
    n: AuditId,
}

/// The file of a month, below the data directory.
pub(super) fn relative(month: Month) -> PathBuf {
    Path::new(FOLDER).join(format!("{month}.jsonl"))
}

/// What a month's file is to hold: what it holds already, and the entries after it.
pub(super) fn grown(month: Month, mut content: Vec<u8>, audit: &Audit) -> Result<Vec<u8>, StoreFault> {
    if content.last().is_some_and(|byte| *byte != b'\n') {
        content.push(b'\n');
    }
    let last = match content.split(|byte| *byte == b'\n').rfind(|line| !line.is_empty()) {
        Some(line) => Some(
            serde_json::from_slice::<Number>(line).map_err(|why| unreadable(&relative(month), format!("last line: {why}")))?.n,
        ),
        None => None,
    };
    content.extend(lines(month, audit, last));
    Ok(content)
}

/// The entries of a month that are in memory, those after number `last`.
pub(super) fn lines(month: Month, audit: &Audit, last: Option<AuditId>) -> Vec<u8> {
    let mut lines = Vec::new();
    for (n, entry) in audit.of_month(month).filter(|(n, _)| last.is_none_or(|last| *n > last)) {
        serde_json::to_writer(&mut lines, &Line { n, entry }).expect("an entry is JSON");
        lines.push(b'\n');
    }
    lines
}

/// Entries, the newest first, until `wanted` says that it has enough. Reads files: not for the hot path.
struct Look<'a> {
    disk: &'a SharedDisk,
    dir: &'a Path,
    unwritten: Vec<(AuditId, Entry)>,
}

impl Look<'_> {
    /// Those with numbers below `before`, `most` at most, that `wanted` takes.
    fn newest(
        mut self,
        before: AuditId,
        most: usize,
        wanted: &dyn Fn(&Entry) -> bool,
    ) -> Result<Vec<(AuditId, Entry)>, StoreFault> {
        let mut found = Vec::new();
        self.unwritten.sort_unstable_by_key(|(n, _)| std::cmp::Reverse(*n));
        let mut below = before;
        for (n, entry) in self.unwritten {
            if n < below {
                below = n;
                if wanted(&entry) {
                    found.push((n, entry));
                }
            }
        }
        for month in load::months_in(self.disk.as_ref(), &self.dir.join(FOLDER), ".jsonl")?.into_iter().rev() {
            if found.len() >= most {
                break;
            }
            for (n, entry) in read(self.disk, &self.dir.join(relative(month)))?.into_iter().rev() {
                if n < below && wanted(&entry) {
                    found.push((n, entry));
                }
            }
        }
        found.truncate(most);
        Ok(found)
    }
}

/// A file's entries in order.
fn read(disk: &SharedDisk, path: &Path) -> Result<Vec<(AuditId, Entry)>, StoreFault> {
    let bytes = content(disk, path)?;
    let lines = bytes.split(|byte| *byte == b'\n').zip(1..).filter(|(line, _)| !line.is_empty());
    let parsed = lines.map(|(line, number)| match serde_json::from_slice::<Line<Entry>>(line) {
        Ok(line) => Ok((line.n, line.entry)),
        Err(why) => Err(unreadable(path, format!("line {number}: {why}"))),
    });
    parsed.collect()
}

/// A file's content; nothing where there is none.
pub(super) fn content(disk: &SharedDisk, path: &Path) -> Result<Vec<u8>, StoreFault> {
    match disk.read(path) {
        Ok(bytes) => Ok(bytes),
        Err(why) if why.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(why) => Err(StoreFault::io("read", path, why)),
    }
}

impl Store {
    /// The newest entries of the audit log with numbers below `before`, the newest first: `most` at most that `wanted` takes.
    /// Reads files.
    pub fn audit(
        &self,
        before: AuditId,
        most: usize,
        wanted: impl Fn(&Entry) -> bool,
    ) -> Result<Vec<(AuditId, Entry)>, StoreFault> {
        let unwritten = self.read(|state| state.audit.unwritten.clone().into_iter().collect());
        let look = Look { disk: &self.shared.disk, dir: &self.shared.dir, unwritten };
        look.newest(before, most, &wanted)
    }
}

impl Reader {
    /// As [`Store::audit`].
    pub fn audit(
        &self,
        before: AuditId,
        most: usize,
        wanted: impl Fn(&Entry) -> bool,
    ) -> Result<Vec<(AuditId, Entry)>, StoreFault> {
        let unwritten = self.state().audit.unwritten.clone().into_iter().collect();
        Look { disk: self.disk(), dir: self.dir(), unwritten }.newest(before, most, &wanted)
    }
}
