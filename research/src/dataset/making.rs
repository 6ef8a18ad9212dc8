//! The files on their way: every post goes through here once.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{
    CHATS, COLLECTED, COUNTER, DatasetOptions, Surveyed,
    before::Legacy,
    columns,
    counter::Counter,
    parquet::ParquetWriter,
    row::Reader,
    seen::Seen,
    sheet::{self, Tally},
    writers::{CsvWriter, LinesWriter, defused},
};
use crate::{
    fault::Fault,
    known::Known,
    output::Output,
    read::{self, Post},
    references::{Target, references},
    table::Table,
    tables::Tables,
};

/// The files on their way.
pub(super) struct Making<'a> {
    options: &'a DatasetOptions,
    out: &'a Path,
    known: &'a Known,
    csv: CsvWriter,
    lines: Option<LinesWriter>,
    parquet: Option<ParquetWriter>,
    seen: Seen,
    counter: Counter,
    by_id: BTreeMap<i64, Tally>,
    by_name: BTreeMap<String, Tally>,
    pub(super) channels: usize,
    pub(super) posts: u64,
    pub(super) twice: u64,
}

impl<'a> Making<'a> {
    pub(super) fn begin(options: &'a DatasetOptions, out: &'a Path, known: &'a Known) -> Result<Self, Fault> {
        Ok(Self {
            options,
            out,
            known,
            csv: CsvWriter::begin(out, options.defuse)?,
            lines: options.lines.then(|| LinesWriter::begin(out)).transpose()?,
            parquet: options.parquet.then(|| ParquetWriter::begin(out)).transpose()?,
            seen: Seen::default(),
            counter: Counter::default(),
            by_id: BTreeMap::new(),
            by_name: BTreeMap::new(),
            channels: 0,
            posts: 0,
            twice: 0,
        })
    }

    pub(super) fn channel(&mut self, one: &Surveyed, progress: &mut dyn FnMut(u64)) -> Result<(), Fault> {
        let (name, compat) = (one.channel.name.as_str(), self.options.compat);
        let known = self.known;
        self.counter.full_answer(name, &one.full, known);
        let Some(path) = &one.channel.posts else { return Ok(()) };
        self.channels += 1;
        // The original takes these letters out wherever they stand.
        let name = if compat { name.replace("_messages", "") } else { name.to_owned() };
        let chat = one.full.at("full_chat").at("id").int().and_then(|id| known.by_id(id)).or_else(|| known.by_name(&name));
        let reader = Reader { channel: &name, chat, known, compat };
        let (mut tally, mut own_id, mut in_file) = (Tally::default(), chat.map(|chat| chat.id), 0);
        read::posts(path, |index, post, done| {
            progress(done);
            in_file += 1;
            let chat = post.peer_id.as_ref().and_then(|peer| peer.channel_id);
            own_id = own_id.or(chat);
            if !compat && !self.seen.is_new(chat.unwrap_or_default(), post.id) {
                self.twice += 1;
                return Ok(());
            }
            count(&post, &mut tally);
            self.refer(&name, own_id, &post);
            if post.kind == "Message" { self.row(&reader.row(index, &post)) } else { Ok(()) }
        })?;
        tally.actions = one.beside.count.map_or(in_file, |count| count.max(0) as u64);
        if let Some(id) = own_id {
            self.by_id.entry(id).or_default().add(tally);
        }
        self.by_name.insert(name, tally);
        Ok(())
    }

    fn row(&mut self, row: &columns::Row<'_>) -> Result<(), Fault> {
        self.posts += 1;
        self.csv.row(row)?;
        self.lines.as_mut().map_or(Ok(()), |lines| lines.row(row))?;
        self.parquet.as_mut().map_or(Ok(()), |parquet| parquet.row(row))
    }

    /// Counts a post for each other chat that it names, in whatever ways.
    fn refer(&mut self, channel: &str, own_id: Option<i64>, post: &Post) {
        let mut named = Vec::new();
        for (_, target) in references(post) {
            let chat = match &target {
                Target::Id(id) => self.known.by_id(*id),
                Target::Name(name) => self.known.by_name(name),
            };
            if let Some(chat) = chat.filter(|chat| Some(chat.id) != own_id && !named.contains(&chat.id)) {
                named.push(chat.id);
                if let Some(username) = &chat.username {
                    self.counter.post(channel, chat.id, username);
                }
            }
        }
    }

    pub(super) fn finish(self, legacy: Option<Legacy>, mut tables: Tables, is_in_place: bool) -> Result<Vec<PathBuf>, Fault> {
        let compat = legacy.is_some();
        let (collected, small) = match legacy {
            Some(legacy) => (legacy.collected, legacy.files),
            None => {
                let rows = self.known.chats.iter().filter(|chat| chat.username.is_some()).map(|chat| chat.row());
                let collected = self.counter.collected(rows);
                let files = vec![
                    (COLLECTED, guarded(&collected, self.options.defuse).to_csv()),
                    (COUNTER, self.counter.csv()),
                    (CHATS, self.counter.ids().into_bytes()),
                ];
                (collected, files)
            }
        };
        let tallies: Vec<_> =
            collected.rows.iter().map(|row| tally(&collected, row, &self.by_id, &self.by_name, compat)).collect();
        let workbook = sheet::workbook(&collected, &tallies, compat)?;
        let mut outputs = vec![self.csv.finish()?];
        outputs.extend(self.lines.map(LinesWriter::finish));
        outputs.extend(self.parquet.map(ParquetWriter::finish).transpose()?);
        outputs.push(Output::whole(self.out, "collected_chats.xlsx", &workbook)?);
        let small: Vec<_> = small.iter().map(|(name, content)| (*name, content.as_slice())).collect();
        for (name, content) in &small {
            outputs.push(Output::whole(self.out, name, content)?);
        }
        if is_in_place {
            tables.make_room(&small)?;
        }
        outputs.into_iter().map(Output::finish).collect()
    }
}

/// With cells that no spreadsheet takes for formulas, if asked.
fn guarded(table: &Table, defuse: bool) -> Table {
    let mut table = table.clone();
    if defuse {
        table.rows.iter_mut().flatten().for_each(|cell| *cell = defused(cell).into_owned());
    }
    table
}

fn tally(table: &Table, row: &[String], by_id: &BTreeMap<i64, Tally>, by_name: &BTreeMap<String, Tally>, compat: bool) -> Tally {
    let found = if compat {
        by_name.get(table.cell(row, "username").unwrap_or_default())
    } else {
        table.cell(row, "id").and_then(|id| id.parse().ok()).and_then(|id: i64| by_id.get(&id))
    };
    found.copied().unwrap_or_default()
}

fn count(post: &Post, tally: &mut Tally) {
    let is_message = post.kind == "Message" || post.message.is_some();
    tally.posts += u64::from(is_message && post.reply_to.is_none());
    tally.replies += u64::from(is_message && post.reply_to.is_some());
    tally.other += u64::from(post.action.is_some());
    tally.views += post.views.unwrap_or(0);
    tally.forwards += post.forwards.unwrap_or(0);
    tally.replies_received += post.replies.as_ref().and_then(|replies| replies.replies).unwrap_or(0);
}
