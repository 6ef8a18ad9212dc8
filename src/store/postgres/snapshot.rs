//! Everything that is read at the start, as of one moment: whoever reads beside a writer must not see half a checkpoint.

use std::{
    collections::{BTreeSet, HashMap},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    time::SystemTime,
};

use chrono::NaiveDate;
use postgres::{Client, IsolationLevel, fallible_iterator::FallibleIterator};

use super::{
    disk::DatabaseDisk,
    fault::DatabaseFault,
    path::{Row, text},
    pieces::is_their_folder,
};
use crate::store::{
    disk::{Disk, DiskFile},
    files::DataFile,
    journal,
};

/// All but the months added up: they are large, read one at a time, and made of the rest.
const DOCUMENTS: &str = "SELECT path, content FROM document WHERE NOT starts_with(path, 'sums/')";

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    content: HashMap<Row, Vec<u8>>,
    /// Days of which nothing but `content` is to be known.
    days: BTreeSet<NaiveDate>,
}

impl Snapshot {
    /// Reads all documents, the journal, and the days that it changes.
    pub(super) fn take(client: &mut Client) -> Result<Self, DatabaseFault> {
        let mut moment = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start()?;
        let mut content = HashMap::new();
        for row in moment.query(DOCUMENTS, &[])? {
            content.insert(Row::Document(row.get(0)), row.get(1));
        }
        let journals = moment.query(
            "SELECT path, coalesce(string_agg(lines, ''::bytea ORDER BY at), ''::bytea)
             FROM journal_part LEFT JOIN journal USING (part) GROUP BY path",
            &[],
        )?;
        let mut days = BTreeSet::new();
        for row in journals {
            let (path, lines): (String, Vec<u8>) = (row.get(0), row.get(1));
            // Lines that can't be read are told of by whoever replays them.
            let batches = lines.split(|byte| *byte == b'\n').filter_map(|line| journal::decode(line).ok());
            days.extend(batches.flat_map(|batch| batch.changes).filter_map(|change| DataFile::of(&change).day()));
            content.insert(Row::Journal(path), lines);
        }
        let changed: Vec<NaiveDate> = days.iter().copied().collect();
        for row in moment.query("SELECT folder, day, content FROM day_document WHERE day = ANY($1)", &[&changed])? {
            content.insert(Row::Day(row.get(0), row.get(1)), row.get(2));
        }
        Ok(Self { content, days })
    }

    /// This moment, with days that it lacks from the disk as it is.
    pub(super) fn beside(self, disk: DatabaseDisk, dir: &Path) -> AtOneMoment {
        AtOneMoment { snapshot: self, disk, dir: dir.to_owned() }
    }
}

/// Shows every file as it is at one moment.
pub(super) fn dump(client: &mut Client, each: &mut dyn FnMut(&str, &[u8])) -> Result<(), DatabaseFault> {
    let mut moment = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start()?;
    // Everything takes as long as it takes.
    moment.batch_execute("SET LOCAL statement_timeout = 0")?;
    let sql = format!(
        "{DOCUMENTS}
         UNION ALL SELECT folder || '/' || day || '.json', content FROM day_document
         UNION ALL SELECT path, coalesce(string_agg(lines, ''::bytea ORDER BY at), ''::bytea)
                   FROM journal_part LEFT JOIN journal USING (part) GROUP BY path
         UNION ALL SELECT path, string_agg(content, ''::bytea ORDER BY piece) FROM announcement_piece GROUP BY path"
    );
    let mut rows = moment.query_raw(&sql, std::iter::empty::<&i64>())?;
    while let Some(row) = rows.next()? {
        each(row.get(0), row.get(1));
    }
    Ok(())
}

/// A disk to read from, as it was.
#[derive(Debug)]
pub(super) struct AtOneMoment {
    snapshot: Snapshot,
    disk: DatabaseDisk,
    dir: PathBuf,
}

impl AtOneMoment {
    fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.dir).unwrap_or(path)
    }
}

impl Disk for AtOneMoment {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let relative = self.relative(path);
        let row = Row::of(relative);
        let is_of_now = match &row {
            Row::Day(_, day) => !self.snapshot.days.contains(day),
            // Written once, and read one at a time.
            Row::Document(_) => relative.parent().is_some_and(is_their_folder),
            Row::Journal(_) => false,
        };
        if is_of_now {
            return self.disk.read(path);
        }
        self.snapshot.content.get(&row).cloned().ok_or_else(|| io::Error::from(ErrorKind::NotFound))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        let folder = text(self.relative(dir));
        if DataFile::OF_DAYS.contains(&folder.as_str()) || is_their_folder(self.relative(dir)) {
            return self.disk.list(dir);
        }
        let direct = |path: &str| {
            path.strip_prefix(&folder).and_then(|name| name.strip_prefix('/')).is_some_and(|name| !name.contains('/'))
        };
        let paths = self.snapshot.content.keys().filter_map(|row| match row {
            Row::Document(path) if direct(path) => Some(self.dir.join(path)),
            _ => None,
        });
        Ok(paths.collect())
    }

    fn create_dir_all(&self, _: &Path) -> io::Result<()> {
        Err(past())
    }

    fn create(&self, _: &Path) -> io::Result<Box<dyn DiskFile>> {
        Err(past())
    }

    fn append_private(&self, _: &Path) -> io::Result<Box<dyn DiskFile>> {
        Err(past())
    }

    fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
        Err(past())
    }

    fn remove(&self, _: &Path) -> io::Result<()> {
        Err(past())
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        Err(past())
    }

    fn stamp(&self, path: &Path) -> io::Result<(SystemTime, u64)> {
        self.disk.stamp(path)
    }
}

/// Nobody changes what was.
fn past() -> io::Error {
    io::Error::from(ErrorKind::ReadOnlyFilesystem)
}
