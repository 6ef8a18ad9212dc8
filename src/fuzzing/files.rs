//! What is read from disk: a journal, and the files of a directory that anybody may have written.

use std::path::Path;

use chrono::NaiveDate;

use crate::{
    domain::{
        change::Change,
        ids::{ChatId, TeacherId},
        kind::Kind,
        state::State,
        tally::{LARGEST, Tally},
    },
    store::{DataFile, Progress, journal},
};

/// A journal. As it is, it is read or refused; with the right checksum before each line it also says something, and what
/// it says survives being written again and being checkpointed.
pub fn journal(bytes: &[u8]) {
    let path = Path::new("journal.jsonl");
    for may_be_torn in [false, true] {
        if let Ok(read) = journal::replay(path, bytes, may_be_torn) {
            assert!(read.good_bytes <= bytes.len() as u64);
            assert_eq!(journal::replay(path, &bytes[..read.good_bytes as usize], false).ok(), Some(read));
        }
    }
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let sealed: Vec<u8> =
        lines.flat_map(|line| [format!("{:08x} ", crc32fast::hash(line)).as_bytes(), line, b"\n"].concat()).collect();
    let Ok(read) = journal::replay(path, &sealed, true) else { return };
    let again: Vec<u8> = read.batches.iter().flat_map(journal::encode).collect();
    assert_eq!(journal::replay(path, &again, false).expect("our own lines are right").batches, read.batches);
    let mut state = State::default();
    let mut files = Vec::new();
    for change in read.batches.into_iter().flat_map(|batch| batch.changes) {
        if !is_ours(&change) {
            return;
        }
        files.push(DataFile::of(&change));
        state.apply(change);
    }
    survives_a_checkpoint(&state, &files);
}

/// Whether a release of ours may have written it: an entry stands under its own number. (A change has a checksum, so that
/// nobody but a release of ours wrote it, unless they took pains.)
fn is_ours(change: &Change) -> bool {
    match change {
        Change::Teacher(id, Some(teacher)) => teacher.teacher_id == *id,
        Change::Group(chat, Some(group)) => group.chat_id == *chat,
        _ => true,
    }
}

/// The files of a directory, each after a line `=== stats/2026-01-29.json`. Refused with a reason, or taken in such a way that
/// writing them changes nothing more, and that one more message makes the sum larger by one.
pub fn directory(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (mut state, mut progress, mut files) = (State::default(), Progress::default(), Vec::new());
    for part in text.split("=== ").skip(1) {
        let (name, content) = part.split_once('\n').unwrap_or((part, ""));
        let Some(file) = file_named(name.trim()) else { continue };
        if let Err(why) = file.load(content.as_bytes(), &mut state, &mut progress) {
            assert!(!why.is_empty());
            return;
        }
        files.push(file);
    }
    survives_a_checkpoint(&state, &files);
    for (_, day) in state.days.iter().take(3) {
        for (_, _, cell) in day.cells.iter() {
            let mut more = cell.clone();
            more.add(Kind::Voice);
            // Nobody can write more than the largest number; a count that stands there stays there.
            assert!(more.total() == cell.total() + 1 || more.get(Kind::Voice) == LARGEST);
        }
    }
}

fn file_named(name: &str) -> Option<DataFile> {
    if let Some(file) = DataFile::AT_START.into_iter().find(|file| file.relative() == Path::new(name)) {
        return Some(file);
    }
    let (folder, file) = name.split_once('/')?;
    let day: NaiveDate = file.strip_suffix(".json")?.parse().ok()?;
    DataFile::of_day(day).into_iter().find(|file| file.relative().starts_with(folder))
}

/// What is written says what was known, and is read by the same release.
fn survives_a_checkpoint(state: &State, files: &[DataFile]) {
    let mut again = State::default();
    for file in files {
        let written = file.render(state, &Progress::default());
        let read = file.load(&written, &mut again, &mut Progress::default());
        read.unwrap_or_else(|why| panic!("{file:?}: {why}: {}", String::from_utf8_lossy(&written)));
    }
    for file in files {
        let (first, second) = (file.render(state, &Progress::default()), file.render(&again, &Progress::default()));
        assert_eq!(String::from_utf8_lossy(&first), String::from_utf8_lossy(&second), "{file:?}");
    }
    assert_eq!(cells(state), cells(&again));
}

type Cells = Vec<(NaiveDate, ChatId, TeacherId, Tally)>;

fn cells(state: &State) -> Cells {
    let days = state.days.iter();
    days.flat_map(|(date, day)| {
        let chats = day.cells.ordered().into_iter();
        chats.flat_map(move |(chat, teachers)| {
            teachers.into_iter().map(move |(teacher, tally)| (*date, chat, teacher, tally.clone()))
        })
    })
    .collect()
}
