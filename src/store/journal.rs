//! The journal: one line a batch, `<crc32 hex> <json>`. One write and one sync commit changes to any number of files.
//!
//! A line without effect on what was acknowledged is a torn last line: it is dropped. A bad line elsewhere means that
//! something else than a crash happened to the file, and refuses the start.

use std::{
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{
    disk::{self, Disk, DiskFile, SharedDisk},
    fault::StoreFault,
};
use crate::domain::{
    change::Change,
    ids::{BotId, UpdateId},
};

/// What one line says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Ascending by one from line to line.
    pub seq: u64,
    /// When it was committed, Unix milliseconds.
    pub at: i64,
    /// The updates that these changes came from.
    pub ids: Vec<(BotId, UpdateId)>,
    /// What is so from now on.
    pub changes: Vec<Change>,
}

/// A line on its way. Changes are written as they are decided: nothing else has to be kept of them until they are safe, and no other thread
/// has to give its memory back.
#[derive(Debug, Default)]
pub struct Draft {
    ids: Vec<(BotId, UpdateId)>,
    /// As JSON, with commas between them.
    changes: Vec<u8>,
    /// Whether the register is another one with them.
    changes_register: bool,
}

impl Draft {
    /// So much room stays for the next line; an import's is given back.
    const ROOM: usize = 1 << 20;

    /// An update that these changes come from.
    pub fn push_id(&mut self, bot: BotId, update: UpdateId) {
        self.ids.push((bot, update));
    }

    /// What is so from now on.
    pub fn push(&mut self, change: &Change) {
        if !self.changes.is_empty() {
            self.changes.push(b',');
        }
        serde_json::to_writer(&mut self.changes, change).expect("a change is JSON");
        self.changes_register |= change.is_of_register();
    }

    /// Whether the register is another one with what was decided so far.
    pub fn changes_register(&self) -> bool {
        self.changes_register
    }

    /// Whether nothing was decided.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.changes.is_empty()
    }

    /// Puts it behind `lines` as a line, and begins the next.
    pub fn end_line(&mut self, seq: u64, at: i64, lines: &mut Vec<u8>) {
        let start = lines.len();
        lines.extend_from_slice(format!("{:9}{{\"seq\":{seq},\"at\":{at},\"ids\":", "").as_bytes());
        serde_json::to_writer(&mut *lines, &self.ids).expect("numbers are JSON");
        lines.extend_from_slice(b",\"changes\":[");
        lines.extend_from_slice(&self.changes);
        lines.extend_from_slice(b"]}");
        let crc = format!("{:08x}", crc32fast::hash(&lines[start + 9..]));
        lines[start..start + 8].copy_from_slice(crc.as_bytes());
        lines.push(b'\n');
        self.ids.clear();
        self.changes_register = false;
        self.changes.clear();
        self.changes.shrink_to(Self::ROOM);
    }
}

/// Writes a batch as its line.
pub fn encode(batch: &Batch) -> Vec<u8> {
    let (mut draft, mut line) = (Draft::default(), Vec::new());
    batch.ids.iter().for_each(|(bot, update)| draft.push_id(*bot, *update));
    batch.changes.iter().for_each(|change| draft.push(change));
    draft.end_line(batch.seq, batch.at, &mut line);
    line
}

/// Reads one line, without its line break.
pub fn decode(line: &[u8]) -> Result<Batch, String> {
    let (crc, json) = line.split_at_checked(9).ok_or("the line is too short")?;
    let stated = std::str::from_utf8(&crc[..8]).ok().and_then(|hex| u32::from_str_radix(hex, 16).ok());
    if crc[8] != b' ' || stated != Some(crc32fast::hash(json)) {
        return Err("the checksum is wrong".to_owned());
    }
    serde_json::from_slice(json).map_err(|why| why.to_string())
}

/// The batches of a journal's bytes.
#[derive(Debug, Default, PartialEq)]
pub struct Replay {
    /// What was committed, in order.
    pub batches: Vec<Batch>,
    /// How many bytes of the file that is; the rest is a torn line.
    pub good_bytes: u64,
}

/// Reads a journal. `may_be_torn`: whether its last line may have been cut by a crash.
pub fn replay(path: &Path, bytes: &[u8], may_be_torn: bool) -> Result<Replay, StoreFault> {
    let mut read = Replay::default();
    let mut start = 0;
    let mut number = 0;
    while start < bytes.len() {
        number += 1;
        let end = bytes[start..].iter().position(|b| *b == b'\n').map(|at| start + at);
        let decoded = end.ok_or_else(|| "the line does not end".to_owned()).and_then(|end| decode(&bytes[start..end]));
        let is_last = end.is_none_or(|end| end + 1 == bytes.len());
        let batch = match decoded {
            Ok(batch) => batch,
            Err(_) if is_last && may_be_torn => break,
            Err(why) => return Err(StoreFault::Unreadable { path: path.to_owned(), why: format!("line {number}: {why}") }),
        };
        if let Some(last) = read.batches.last().filter(|last| last.seq.checked_add(1) != Some(batch.seq)) {
            let why = format!("line {number}: batch {} follows batch {}", batch.seq, last.seq);
            return Err(StoreFault::Unreadable { path: path.to_owned(), why });
        }
        read.batches.push(batch);
        start = end.map_or(bytes.len(), |end| end + 1);
        read.good_bytes = start as u64;
    }
    Ok(read)
}

/// A journal open for appending.
#[derive(Debug)]
pub struct Journal {
    disk: SharedDisk,
    path: PathBuf,
    file: Option<Box<dyn DiskFile>>,
    /// Bytes that are known to be whole lines.
    len: u64,
    /// Whether bytes after `len` may exist, left by a write that failed.
    dirty_tail: bool,
}

impl Journal {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens `path`, of which the first `len` bytes are good; the rest is cut off before the next line.
    pub fn open(disk: SharedDisk, path: PathBuf, len: u64) -> Self {
        Self { disk, path, file: None, len, dirty_tail: true }
    }

    /// Bytes of whole lines.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends whole lines and makes them durable. After an error that may heal, the file is as before (at the latest when
    /// the next append begins) and the same lines may be appended again.
    pub fn append(&mut self, lines: &[u8]) -> Result<(), StoreFault> {
        let path = self.path.clone();
        let failed = |operation: &'static str| move |why: io::Error| StoreFault::io(operation, &path, why);
        let mut file = match self.file.take() {
            Some(file) => file,
            None => self.open_file()?,
        };
        if self.dirty_tail {
            file.truncate(self.len).map_err(failed.clone()("cut the torn end of"))?;
            self.dirty_tail = false;
        }
        self.dirty_tail = true;
        file.write_all(lines).map_err(failed("append to"))?;
        file.sync().map_err(|why| StoreFault::SyncFailed { path: self.path.clone(), why })?;
        self.dirty_tail = false;
        self.len += lines.len() as u64;
        self.file = Some(file);
        Ok(())
    }

    /// The lines appended last, so many bytes, don't count as written: they are cut off before the next ones.
    pub fn take_back(&mut self, bytes: usize) {
        self.file = None;
        self.len -= bytes as u64;
        self.dirty_tail = true;
    }

    /// Moves what is there to `old`. Nothing is there then; [`Journal::begin`] makes it an empty file.
    pub fn rotate(&mut self, old: &Path) -> Result<(), StoreFault> {
        if self.dirty_tail {
            self.cut_torn_end()?;
        }
        self.file = None;
        self.disk.rename(&self.path, old).map_err(|why| StoreFault::io("rename", &self.path, why))?;
        self.len = 0;
        self.dirty_tail = true;
        Ok(())
    }

    /// Makes sure that the file is there, by a name that is safe.
    pub fn begin(&mut self) -> Result<(), StoreFault> {
        if self.file.is_none() {
            self.file = Some(self.open_file()?);
        }
        Ok(())
    }

    /// In a journal that was set aside nothing may be torn: a start would refuse it.
    fn cut_torn_end(&mut self) -> Result<(), StoreFault> {
        let file = self.open_file()?;
        file.truncate(self.len).map_err(|why| StoreFault::io("cut the torn end of", &self.path, why))?;
        file.sync().map_err(|why| StoreFault::SyncFailed { path: self.path.clone(), why })
    }

    /// A new file's name must be as durable as its lines will be.
    fn open_file(&self) -> Result<Box<dyn DiskFile>, StoreFault> {
        let file = self.disk.append_private(&self.path).map_err(|why| StoreFault::io("open", &self.path, why))?;
        let dir = self.path.parent().unwrap_or(Path::new("."));
        sync_dir(self.disk.as_ref(), dir)?;
        Ok(file)
    }
}

/// Makes safe what was read from a journal, as a file without a torn end. A process that died between writing and syncing
/// leaves lines that can be read and are not safe; so does a sync that failed, and syncing again would not help there.
pub fn make_safe(disk: &dyn Disk, path: &Path, good: &[u8]) -> Result<(), StoreFault> {
    disk::replace_private(disk, path, good).map_err(|why| StoreFault::io("write", path, why))?;
    sync_dir(disk, path.parent().unwrap_or(Path::new(".")))
}

/// Makes the names in `dir` durable.
pub fn sync_dir(disk: &dyn Disk, dir: &Path) -> Result<(), StoreFault> {
    disk.sync_dir(dir).map_err(|why| StoreFault::SyncFailed { path: dir.to_owned(), why })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};

    use super::*;
    use crate::domain::ids::ChatId;

    #[test]
    fn lines_are_what_a_batch_says() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 26).expect("a day");
        let changes = vec![Change::LastUpdate(DateTime::UNIX_EPOCH), Change::Album(ChatId(-5), "a \"b\"".into(), Some(day))];
        let nothing = Batch { seq: 8, at: 1_769_403_600_001, ..Batch::default() };
        let some = Batch { seq: 7, at: -3, ids: vec![(BotId(7), UpdateId(9)), (BotId(7), UpdateId(10))], changes };
        let (mut draft, mut lines) = (Draft::default(), Vec::new());
        for batch in [&some, &nothing, &some] {
            assert!(draft.is_empty());
            batch.ids.iter().for_each(|(bot, update)| draft.push_id(*bot, *update));
            batch.changes.iter().for_each(|change| draft.push(change));
            draft.end_line(batch.seq, batch.at, &mut lines);
        }
        let lines = String::from_utf8(lines).expect("JSON");
        for (line, batch) in lines.lines().zip([&some, &nothing, &some]) {
            assert_eq!(line[9..], serde_json::to_string(batch).expect("JSON"));
            assert_eq!(decode(line.as_bytes()).as_ref(), Ok(batch));
        }
        assert_eq!(lines.lines().count(), 3);
    }
}
