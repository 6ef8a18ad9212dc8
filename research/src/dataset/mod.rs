//! Tables of the posts: for spreadsheets and notebooks. Two passes over the files, one post in memory.

mod columns;
mod counter;
mod legacy;
mod parquet;
mod row;
mod seen;
mod sheet;
mod writers;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    fault::Fault,
    folder::{Channel, Folder},
    json::Json,
    known::Known,
    output::Output,
    read::{self, Beside, Post},
    references::{Target, references},
    table::Table,
    tables::Tables,
};

pub(crate) use self::columns::millis;
use self::{
    counter::Counter,
    parquet::ParquetWriter,
    row::Reader,
    seen::Seen,
    sheet::Tally,
    writers::{CsvWriter, LinesWriter, defused},
};

/// What to make of a folder.
#[derive(Clone, Debug, Default)]
pub struct DatasetOptions {
    /// Where the collection lies.
    pub dir: PathBuf,
    /// Where the files go; the same folder if nothing is said.
    pub out: Option<PathBuf>,
    /// Byte for byte what the original program made, defects included.
    pub compat: bool,
    /// Cells that a spreadsheet would take for formulas begin with an apostrophe.
    pub defuse: bool,
    /// Also `messages.jsonl`.
    pub lines: bool,
    /// Also `messages.parquet`.
    pub parquet: bool,
    /// Channels whose files are broken are left out and told about, instead of being the end.
    pub skip_broken: bool,
}

/// What was made.
#[derive(Debug, Default)]
pub struct DatasetOutcome {
    /// Channels with posts.
    pub channels: usize,
    /// Rows.
    pub posts: u64,
    /// Posts that stood twice in the files and once in the dataset.
    pub twice: u64,
    /// The files, in the order in which they were made.
    pub files: Vec<PathBuf>,
    /// What was left out.
    pub broken: Vec<Fault>,
}

/// How far it is: bytes done, bytes in all.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// Makes the dataset of a folder. Either all files appear, or none.
pub fn dataset(options: &DatasetOptions, progress: Progress<'_>) -> Result<DatasetOutcome, Fault> {
    let folder = Folder::open(&options.dir)?;
    let out = options.out.clone().unwrap_or_else(|| folder.dir.clone());
    fs::create_dir_all(&out).map_err(Fault::disk("create", &out))?;
    let total = folder.size() * 2;
    let (surveyed, broken) = survey(folder, options.skip_broken, &mut |done| progress(done, total))?;
    let tables = Tables::open(&options.dir)?;
    let Before { known, legacy } = Before::of(&surveyed, &tables, options.compat)?;
    let mut making = Making::begin(options, &out, &known)?;
    let mut done = total / 2;
    for one in &surveyed {
        making.channel(one, &mut |more| progress(done + more, total))?;
        done += size(&one.channel);
    }
    let outcome =
        DatasetOutcome { channels: making.channels, posts: making.posts, twice: making.twice, files: Vec::new(), broken };
    let files = making.finish(legacy, tables, out == options.dir)?;
    Ok(DatasetOutcome { files, ..outcome })
}

/// A channel and what its files say beside the posts.
#[derive(Debug)]
pub(crate) struct Surveyed {
    pub(crate) channel: Channel,
    pub(crate) full: Json,
    pub(crate) beside: Beside,
}

/// Looks at all files before anything is made: each is sound, or is left out.
pub(crate) fn survey(
    folder: Folder,
    skip_broken: bool,
    progress: &mut dyn FnMut(u64),
) -> Result<(Vec<Surveyed>, Vec<Fault>), Fault> {
    let (mut surveyed, mut broken, mut done) = (Vec::new(), Vec::new(), 0);
    for channel in folder.channels {
        done += size(&channel);
        match look(channel) {
            Ok(found) => surveyed.push(found),
            Err(why) if skip_broken => broken.push(why),
            Err(why) => return Err(why),
        }
        progress(done);
    }
    Ok((surveyed, broken))
}

fn look(channel: Channel) -> Result<Surveyed, Fault> {
    let full = channel.full.as_deref().map(read::whole).transpose()?.unwrap_or_default();
    let beside = channel.posts.as_deref().map(read::beside).transpose()?.unwrap_or_default();
    Ok(Surveyed { channel, full, beside })
}

fn size(channel: &Channel) -> u64 {
    channel.posts.as_ref().and_then(|path| fs::metadata(path).ok()).map_or(0, |file| file.len())
}

/// Everything that the files name.
pub(crate) fn known(surveyed: &[Surveyed], collected: Option<&Table>) -> Known {
    let mut known = Known::default();
    for one in surveyed {
        known.add_full(&one.full);
        known.add(&one.beside.chats);
        one.beside.users.iter().filter_map(|user| user.username.as_deref()).for_each(|name| known.add_person(name));
    }
    if let Some(table) = collected {
        known.add_table(table);
    }
    known
}

/// What must be known before the first row.
struct Before {
    known: Known,
    /// With `compat`, the three tables as the original has them.
    legacy: Option<Legacy>,
}

struct Legacy {
    collected: Table,
    /// Names and contents.
    files: Vec<(&'static str, Vec<u8>)>,
}

pub(crate) const COLLECTED: &str = "collected_chats.csv";
const COUNTER: &str = "counter.csv";
const CHATS: &str = "chats.txt";

impl Before {
    fn of(surveyed: &[Surveyed], tables: &Tables, compat: bool) -> Result<Self, Fault> {
        let collected = match tables.of_collection(COLLECTED)? {
            Some(path) => Table::read(&path)?,
            None => None,
        };
        if !compat {
            return Ok(Self { known: known(surveyed, collected.as_ref()), legacy: None });
        }
        let (counter, made) = recounted(surveyed)?;
        let collected = collected.unwrap_or(made);
        let made = [(COLLECTED, collected.to_csv()), (COUNTER, counter.table().to_csv()), (CHATS, counter.ids().into_bytes())];
        let mut files = Vec::new();
        for (name, content) in made {
            let content = match tables.of_collection(name)? {
                Some(path) => fs::read(&path).map_err(Fault::disk("read", &path))?,
                None => content,
            };
            files.push((name, content));
        }
        let mut known = Known::default();
        known.add_table(&collected);
        Ok(Self { known, legacy: Some(Legacy { collected, files }) })
    }
}

/// `collected_chats.csv` as the original would have written it.
pub(crate) fn legacy_collected(surveyed: &[Surveyed]) -> Result<Table, Fault> {
    recounted(surveyed).map(|(_, collected)| collected)
}

fn recounted(surveyed: &[Surveyed]) -> Result<(Counter, Table), Fault> {
    let (counter, rows) = recount(surveyed)?;
    // A chat may have several rows there.
    let cells = rows.iter().flat_map(|row| {
        let mut one = Known::default();
        one.add(std::slice::from_ref(row));
        one.chats.into_iter().map(|chat| chat.cells)
    });
    let collected = counter.collected(cells);
    Ok((counter, collected))
}

/// What the original would have counted, by pages.
fn recount(surveyed: &[Surveyed]) -> Result<(Counter, Vec<Json>), Fault> {
    recount_by(surveyed, legacy::PAGE)
}

fn recount_by(surveyed: &[Surveyed], page: u64) -> Result<(Counter, Vec<Json>), Fault> {
    let mut all = Vec::new();
    for one in surveyed {
        let mut pages = Vec::new();
        if let Some(path) = &one.channel.posts {
            read::posts(path, |index, post, _| {
                let at = (index / page) as usize;
                pages.resize_with(pages.len().max(at + 1), Default::default);
                Extend::<i64>::extend(&mut pages[at], legacy::sent_along(&post));
                Ok(())
            })?;
        }
        let (channel, full, chats) = (one.channel.clone(), one.full.clone(), one.beside.chats.clone());
        all.push(legacy::Collected { channel, full, chats, pages });
    }
    Ok(legacy::count(&all))
}

/// The files on their way.
struct Making<'a> {
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
    channels: usize,
    posts: u64,
    twice: u64,
}

impl<'a> Making<'a> {
    fn begin(options: &'a DatasetOptions, out: &'a Path, known: &'a Known) -> Result<Self, Fault> {
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

    fn channel(&mut self, one: &Surveyed, progress: &mut dyn FnMut(u64)) -> Result<(), Fault> {
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

    fn finish(self, legacy: Option<Legacy>, mut tables: Tables, is_in_place: bool) -> Result<Vec<PathBuf>, Fault> {
        let compat = legacy.is_some();
        let (collected, small) = match legacy {
            Some(legacy) => (legacy.collected, legacy.files),
            None => {
                let rows = self.known.chats.iter().filter(|chat| chat.username.is_some()).map(|chat| chat.row());
                let collected = self.counter.collected(rows);
                let files = vec![
                    (COLLECTED, guarded(&collected, self.options.defuse).to_csv()),
                    (COUNTER, self.counter.table().to_csv()),
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

#[cfg(test)]
mod tests;
