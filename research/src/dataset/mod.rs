//! Tables of the posts: for spreadsheets and notebooks. Two passes over the files, one post in memory.

mod before;
mod columns;
mod counter;
mod legacy;
mod making;
mod parquet;
mod row;
mod seen;
mod sheet;
mod writers;

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    fault::Fault,
    folder::{Channel, Folder},
    json::Json,
    known::Known,
    output::Output,
    read::{self, Beside},
    table::Table,
    tables::Tables,
};

pub use self::counter::{Counter, Met};
use self::{before::Before, making::Making};
pub(crate) use self::{before::legacy_collected, columns::millis};

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

/// Writes `collected_chats.csv` beside the channels, as the original's collector does. One that somebody else wrote there is kept in
/// `original/`.
pub fn collected_chats(dir: &Path) -> Result<(), Fault> {
    let (surveyed, _) = survey(Folder::open(dir)?, true, &mut |_| {})?;
    let table = before::legacy_collected(&surveyed)?.to_csv();
    Tables::open(dir)?.make_room(&[(COLLECTED, &table)])?;
    Output::whole(dir, COLLECTED, &table)?.finish().map(drop)
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

pub(crate) const COLLECTED: &str = "collected_chats.csv";
const COUNTER: &str = "counter.csv";
const CHATS: &str = "chats.txt";

#[cfg(test)]
mod tests;
