//! Whether what a program acknowledges is on disk already: looked up in its files at the very moment of acknowledging,
//! while the simulated Telegram (and so the program) waits.
//!
//! An update is safe once its number is in a whole line of the journal or, after a checkpoint, in `state/progress.json`.
//! Numbers only ever move on: from `journal.jsonl` to `journal.before.jsonl` to `state/progress.json`; whoever looks in this
//! order can't miss one on its way. What another process reads here outlives `kill -9`; that it was synced, hence outlives
//! a power cut too, can't be seen from outside.

use std::{
    collections::{BTreeMap, HashSet},
    fs::File,
    io::{Read, Seek, SeekFrom},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
};

use serde::Deserialize;

/// What was acknowledged, and whether it was safe.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    data: PathBuf,
    bot: i64,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    /// Numbers that were found in a whole line.
    safe: HashSet<i64>,
    /// Which file was read as `journal.jsonl` lately, and how far.
    journal: (u64, u64),
    acknowledged: u64,
    unsafe_ones: Vec<i64>,
}

/// Of a line of the journal, what this is about.
#[derive(Deserialize)]
struct Line {
    ids: Vec<(i64, i64)>,
}

/// Of `state/progress.json`, the same: runs of numbers by bot.
#[derive(Deserialize)]
struct Progress {
    #[serde(default)]
    seen: BTreeMap<i64, Vec<(i64, i64, i64)>>,
}

impl Evidence {
    pub(super) fn new(data: &Path, bot: i64) -> Self {
        Self { data: data.to_owned(), bot, seen: Arc::default() }
    }

    /// These are being acknowledged.
    pub(super) fn acknowledged(&self, ids: &[i64]) {
        let mut seen = self.seen();
        seen.acknowledged += ids.len() as u64;
        let mut missing: Vec<i64> = ids.iter().copied().filter(|id| !seen.safe.contains(id)).collect();
        if !missing.is_empty() {
            seen.read_journal(&self.data.join("journal.jsonl"), self.bot);
            missing.retain(|id| !seen.safe.contains(id));
        }
        if !missing.is_empty() {
            // A new journal may have got the number of one that was deleted: then it isn't known how far it was read.
            seen.journal = (0, 0);
            seen.read_journal(&self.data.join("journal.jsonl"), self.bot);
            missing.retain(|id| !seen.safe.contains(id));
        }
        if !missing.is_empty() {
            seen.note_lines(&std::fs::read(self.data.join("journal.before.jsonl")).unwrap_or_default(), self.bot);
            missing.retain(|id| !seen.safe.contains(id));
        }
        if !missing.is_empty() {
            let runs = self.runs();
            missing.retain(|id| !runs.iter().any(|(first, last, _)| (first..=last).contains(&id)));
        }
        seen.unsafe_ones.extend(missing);
    }

    /// How many were acknowledged.
    pub(super) fn count(&self) -> u64 {
        self.seen().acknowledged
    }

    /// Those that were not on disk at that moment.
    pub(super) fn unsafe_ones(&self) -> Vec<i64> {
        self.seen().unsafe_ones.clone()
    }

    fn runs(&self) -> Vec<(i64, i64, i64)> {
        let bytes = std::fs::read(self.data.join("state/progress.json")).unwrap_or_default();
        let progress = serde_json::from_slice::<Progress>(&bytes).ok();
        progress.and_then(|mut progress| progress.seen.remove(&self.bot)).unwrap_or_default()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("nothing panics while holding it")
    }
}

impl Seen {
    /// Reads what is new in the journal.
    fn read_journal(&mut self, path: &Path, bot: i64) {
        let Ok(mut file) = File::open(path) else { return };
        let Ok(metadata) = file.metadata() else { return };
        let (inode, at) = self.journal;
        let from = if inode == metadata.ino() && at <= metadata.len() { at } else { 0 };
        let mut bytes = Vec::new();
        if file.seek(SeekFrom::Start(from)).and_then(|_| file.read_to_end(&mut bytes)).is_ok() {
            let read = self.note_lines(&bytes, bot);
            self.journal = (metadata.ino(), from + read);
        }
    }

    /// Notes the numbers of whole lines; how many bytes those are.
    fn note_lines(&mut self, bytes: &[u8], bot: i64) -> u64 {
        let mut read = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let Some(whole) = whole(line) else { break };
            self.safe.extend(whole.ids.iter().filter(|(of, _)| *of == bot).map(|(_, id)| *id));
            read += line.len() as u64;
        }
        read
    }
}

/// A line as a start would accept it: `<crc32> <json>` and its end.
fn whole(line: &[u8]) -> Option<Line> {
    let (stated, json) = line.strip_suffix(b"\n")?.split_at_checked(9)?;
    let stated = std::str::from_utf8(&stated[..8]).ok().and_then(|hex| u32::from_str_radix(hex, 16).ok())?;
    serde_json::from_slice(json).ok().filter(|_| stated == crc32(json))
}

/// The usual one (IEEE 802.3), bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn line(json: &str) -> String {
        format!("{:08x} {json}\n", crc32(json.as_bytes()))
    }

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn only_what_is_in_a_whole_line_is_safe() {
        let dir = tempfile::tempdir().expect("a directory");
        let evidence = Evidence::new(dir.path(), 7);
        let write = |file: &str, text: &str| fs::write(dir.path().join(file), text).expect("writes");
        fs::create_dir(dir.path().join("state")).expect("writes");
        let first = line(r#"{"seq":1,"ids":[[7,100],[8,101]]}"#);
        write("journal.jsonl", &format!("{first}{}", &line(r#"{"seq":2,"ids":[[7,102]]}"#)[..30]));
        evidence.acknowledged(&[100]);
        assert!(evidence.unsafe_ones().is_empty());
        evidence.acknowledged(&[101, 102]);
        assert_eq!(evidence.unsafe_ones(), [101, 102], "of another bot; in half a line");
        write("journal.jsonl", &format!("{first}{}", line(r#"{"seq":2,"ids":[[7,104]]}"#).replace("104", "105")));
        evidence.acknowledged(&[105]);
        assert_eq!(evidence.unsafe_ones(), [101, 102, 105], "the checksum is wrong");
        write("journal.jsonl", &format!("{first}{}", line(r#"{"seq":2,"ids":[[7,104]]}"#)));
        evidence.acknowledged(&[104]);
        let longer =
            format!("{}{}", line(r#"{"seq":1,"ids":[[7,106],[7,107],[7,108],[7,109]]}"#), line(r#"{"seq":2,"ids":[[7,110]]}"#));
        write("journal.jsonl", &longer);
        evidence.acknowledged(&[106, 110]);
        assert_eq!(evidence.unsafe_ones().len(), 3, "another file under the same number");
        write("journal.jsonl", &first);
        fs::rename(dir.path().join("journal.jsonl"), dir.path().join("journal.before.jsonl")).expect("renames");
        write("journal.jsonl", &line(r#"{"seq":3,"ids":[[7,103]]}"#));
        write("state/progress.json", r#"{"seen":{"7":[[90,99,0]]}}"#);
        evidence.acknowledged(&[90, 99, 100, 103]);
        assert_eq!((evidence.unsafe_ones().len(), evidence.count()), (3, 11));
    }
}
