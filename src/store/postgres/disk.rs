//! The tables as a disk: what the store asks of files, asked of rows.
//!
//! Content is written where a disk would be asked to sync it, as one statement: what was written is safe, and a write whose outcome
//! nobody learnt is done again with the same outcome.

use std::{
    collections::{BTreeMap, HashMap},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use chrono::{Datelike, Months, NaiveDate};
use postgres::{
    Client, Transaction,
    types::{ToSql, Type},
};

use super::{
    Database,
    fault::DatabaseFault,
    path::{Row, text},
    pieces::{self, Pieces},
    snapshot::Snapshot,
};
use crate::store::{
    DataFile,
    disk::{Disk, DiskFile},
};

/// Refuses whoever isn't the one to write. Locked until the statement is safe, so nobody takes over meanwhile.
const FENCE: &str = "WITH fence AS (SELECT 1 FROM lease WHERE name = 'writer' AND epoch = $1 FOR SHARE)";

/// A database in the place of a data directory.
#[derive(Clone, Debug)]
pub struct DatabaseDisk {
    database: Database,
    dir: PathBuf,
    /// Written under a temporary name, and not yet in their place.
    staged: Arc<Mutex<HashMap<PathBuf, Vec<u8>>>>,
}

impl DatabaseDisk {
    /// `dir` is what paths begin with.
    pub fn new(database: Database, dir: &Path) -> Self {
        Self { database, dir: dir.to_owned(), staged: Arc::default() }
    }

    fn row(&self, path: &Path) -> Row {
        Row::of(self.relative(path))
    }

    fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.dir).unwrap_or(path)
    }

    fn staged(&self) -> MutexGuard<'_, HashMap<PathBuf, Vec<u8>>> {
        self.staged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pieces(&self, path: &Path) -> Option<Pieces<'_>> {
        Pieces::at(&self.database, self.relative(path))
    }

    fn put(&self, row: Row, content: Vec<u8>) -> Result<(), DatabaseFault> {
        self.database.write(move |client, epoch| match &row {
            Row::Document(path) if is_mail(path) => {
                let sql = "INSERT INTO document (path, content) VALUES ($1, $2)
                           ON CONFLICT (path) DO UPDATE SET content = excluded.content, written = excluded.written";
                client.execute(sql, &[path, &content])?;
                Ok(())
            }
            Row::Document(path) => fenced(
                client,
                "INSERT INTO document (path, content) SELECT $2, $3 FROM fence
                 ON CONFLICT (path) DO UPDATE SET content = excluded.content, written = excluded.written",
                &[(&epoch, Type::INT8), (path, Type::TEXT), (&content, Type::BYTEA)],
            ),
            Row::Day(folder, day) => {
                make_partition(client, *day)?;
                fenced(
                    client,
                    "INSERT INTO day_document (day, folder, content) SELECT $2, $3, $4 FROM fence
                     ON CONFLICT (day, folder) DO UPDATE SET content = excluded.content, written = excluded.written",
                    &[(&epoch, Type::INT8), (day, Type::DATE), (folder, Type::TEXT), (&content, Type::BYTEA)],
                )
            }
            Row::Journal(path) => together(client, epoch, |writing| {
                drop_journal(writing, path)?;
                let part = new_part(writing, path)?;
                if !content.is_empty() {
                    writing.execute("INSERT INTO journal (part, at, lines) VALUES ($1, 0, $2)", &[&part, &content])?;
                }
                Ok(())
            }),
        })
    }
}

impl Disk for DatabaseDisk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if let Some(pieces) = self.pieces(path) {
            return pieces.read()?.ok_or_else(|| io::Error::from(ErrorKind::NotFound));
        }
        let row = self.row(path);
        let found = self.database.beside(move |client| read(client, &row))?;
        found.ok_or_else(|| io::Error::from(ErrorKind::NotFound))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        let names = if pieces::is_their_folder(self.relative(dir)) {
            pieces::list(&self.database)?
        } else {
            let folder = text(self.relative(dir));
            self.database.beside(move |client| list(client, &folder))?
        };
        Ok(names.into_iter().map(|name| self.dir.join(name)).collect())
    }

    fn create_dir_all(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.staged().insert(path.to_owned(), Vec::new());
        Ok(Box::new(Staged { path: path.to_owned(), disk: self.clone() }))
    }

    fn append_private(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let Row::Journal(name) = self.row(path) else {
            return Err(io::Error::new(ErrorKind::Unsupported, "only the journal grows"));
        };
        let (part, len) = self.database.write(move |client, epoch| {
            let known = client.query_opt("SELECT part FROM journal_part WHERE path = $1", &[&name])?;
            let part = match known {
                Some(row) => row.get(0),
                None => together(client, epoch, |writing| new_part(writing, &name))?,
            };
            let sql = "SELECT coalesce(max(at + length(lines)), 0) FROM journal WHERE part = $1";
            Ok((part, client.query_one(sql, &[&part])?.get::<_, i64>(0)))
        })?;
        Ok(Box::new(Lines { database: self.database.clone(), part, len: Mutex::new(len) }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let staged = self.staged().remove(from);
        if let Some(content) = staged {
            if let Some(pieces) = self.pieces(to) {
                return Ok(pieces.put(&content)?);
            }
            return Ok(self.put(self.row(to), content)?);
        }
        match (self.row(from), self.row(to)) {
            (Row::Journal(from), Row::Journal(to)) => Ok(self.database.write(move |client, epoch| {
                together(client, epoch, |writing| {
                    writing.execute("UPDATE journal_part SET path = $2 WHERE path = $1", &[&from, &to])?;
                    Ok(())
                })
            })?),
            (Row::Document(from), Row::Document(to)) if is_mail(&from) => {
                let sql = "UPDATE document SET path = $2 WHERE path = $1";
                let moved = self.database.write(move |client, _| Ok(client.execute(sql, &[&from, &to])?))?;
                if moved == 0 { Err(io::Error::from(ErrorKind::NotFound)) } else { Ok(()) }
            }
            _ => Err(io::Error::from(ErrorKind::NotFound)),
        }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        if self.staged().remove(path).is_some() {
            return Ok(());
        }
        if let Some(pieces) = self.pieces(path) {
            return if pieces.remove()? { Ok(()) } else { Err(io::Error::from(ErrorKind::NotFound)) };
        }
        let row = self.row(path);
        let removed = self.database.write(move |client, epoch| match &row {
            Row::Document(path) if is_mail(path) => Ok(client.execute("DELETE FROM document WHERE path = $1", &[path])?),
            row => together(client, epoch, |writing| match row {
                Row::Document(path) => Ok(writing.execute("DELETE FROM document WHERE path = $1", &[path])?),
                Row::Day(folder, day) => {
                    Ok(writing.execute("DELETE FROM day_document WHERE day = $1 AND folder = $2", &[day, folder])?)
                }
                Row::Journal(path) => drop_journal(writing, path),
            }),
        })?;
        if removed == 0 { Err(io::Error::from(ErrorKind::NotFound)) } else { Ok(()) }
    }

    /// Months go as a whole, with their partitions: however much is in them, that is quick and leaves nothing to tidy up.
    fn remove_days(&self, _: &[PathBuf], before: NaiveDate) -> io::Result<usize> {
        Ok(self.database.write(move |client, epoch| {
            together(client, epoch, |writing| {
                // Whoever reads now is not kept waiting by us while we wait for them: another time, then.
                writing.batch_execute("SET LOCAL lock_timeout = '2s'")?;
                let sql = "SELECT date_trunc('month', day)::date, count(*) FROM day_document WHERE day < $1 GROUP BY 1";
                let mut removed = 0;
                for row in writing.query(sql, &[&before])? {
                    writing.batch_execute(&format!("DROP TABLE {}", partition(row.get(0))))?;
                    removed += usize::try_from(row.get::<_, i64>(1)).unwrap_or(0);
                }
                Ok(removed)
            })
        })?)
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn stamp(&self, path: &Path) -> io::Result<(SystemTime, u64)> {
        if let Some(pieces) = self.pieces(path) {
            return pieces.stamp()?.ok_or_else(|| io::Error::from(ErrorKind::NotFound));
        }
        let row = self.row(path);
        let found = self.database.beside(move |client| {
            Ok(match &row {
                Row::Document(path) => {
                    client.query_opt("SELECT written, length(content) FROM document WHERE path = $1", &[path])?
                }
                Row::Day(folder, day) => client.query_opt(
                    "SELECT written, length(content) FROM day_document WHERE day = $1 AND folder = $2",
                    &[day, folder],
                )?,
                Row::Journal(_) => None,
            })
        })?;
        let found = found.ok_or_else(|| io::Error::from(ErrorKind::NotFound))?;
        Ok((found.get(0), u64::try_from(found.get::<_, i32>(1)).unwrap_or(0)))
    }

    /// Of days, in one round trip: a report asks for those of a year.
    fn stamps(&self, paths: &[PathBuf]) -> io::Result<BTreeMap<PathBuf, (SystemTime, u64)>> {
        let of_days = paths.iter().filter_map(|path| match self.row(path) {
            Row::Day(folder, day) => Some(((folder, day), path.clone())),
            Row::Document(_) | Row::Journal(_) => None,
        });
        let of_days: HashMap<(String, NaiveDate), PathBuf> = of_days.collect();
        let days: Vec<NaiveDate> = of_days.keys().map(|(_, day)| *day).collect();
        let (Some(first), Some(last)) = (days.iter().min().copied(), days.iter().max().copied()) else {
            return Ok(BTreeMap::new());
        };
        let found = self.database.beside(move |client| {
            let sql = "SELECT folder, day, written, length(content) FROM day_document WHERE day BETWEEN $1 AND $2";
            Ok(client.query(sql, &[&first, &last])?)
        })?;
        let stamps = found.iter().filter_map(|row| {
            let path = of_days.get(&(row.get(0), row.get(1)))?;
            Some((path.clone(), (row.get(2), u64::try_from(row.get::<_, i32>(3)).unwrap_or(0))))
        });
        Ok(stamps.collect())
    }

    fn at_one_moment(&self) -> io::Result<Option<Box<dyn Disk>>> {
        let taken = self.database.beside(Snapshot::take)?;
        Ok(Some(Box::new(taken.beside(self.clone(), &self.dir))))
    }
}

/// A file that gets its place by a rename.
#[derive(Debug)]
struct Staged {
    path: PathBuf,
    disk: DatabaseDisk,
}

impl Write for Staged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.staged().entry(self.path.clone()).or_default().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl DiskFile for Staged {
    fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        if let Some(content) = self.disk.staged().get_mut(&self.path) {
            content.truncate(usize::try_from(len).unwrap_or(usize::MAX));
        }
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.disk.staged().get(&self.path).map_or(0, |content| content.len() as u64))
    }
}

/// The journal, open at its end. What one call writes is one row, and one commit.
#[derive(Debug)]
struct Lines {
    database: Database,
    part: i64,
    len: Mutex<i64>,
}

impl Lines {
    fn len(&self) -> MutexGuard<'_, i64> {
        self.len.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (part, lines) = (self.part, bytes.to_vec());
        let mut len = self.len();
        let at = *len;
        self.database.write(move |client, epoch| {
            fenced(
                client,
                "INSERT INTO journal (part, at, lines) SELECT $2, $3, $4 FROM fence
                 ON CONFLICT (part, at) DO UPDATE SET lines = excluded.lines",
                &[(&epoch, Type::INT8), (&part, Type::INT8), (&at, Type::INT8), (&lines, Type::BYTEA)],
            )
        })?;
        *len += i64::try_from(bytes.len()).expect("it is in memory");
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl DiskFile for Lines {
    fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        let (part, to) = (self.part, i64::try_from(len).unwrap_or(i64::MAX));
        let mut known = self.len();
        if *known > to {
            self.database.write(move |client, epoch| {
                together(client, epoch, |writing| {
                    writing.execute("DELETE FROM journal WHERE part = $1 AND at >= $2", &[&part, &to])?;
                    Ok(())
                })
            })?;
            *known = to;
        }
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        Ok(u64::try_from(*self.len()).unwrap_or(0))
    }
}

/// A row's content.
fn read(client: &mut Client, row: &Row) -> Result<Option<Vec<u8>>, DatabaseFault> {
    let found = match row {
        Row::Document(path) => client.query_opt("SELECT content FROM document WHERE path = $1", &[path])?,
        Row::Day(folder, day) => {
            client.query_opt("SELECT content FROM day_document WHERE day = $1 AND folder = $2", &[day, folder])?
        }
        Row::Journal(path) => client.query_opt(
            "SELECT coalesce(string_agg(lines, ''::bytea ORDER BY at), ''::bytea)
             FROM journal_part LEFT JOIN journal USING (part) WHERE path = $1 GROUP BY part",
            &[path],
        )?,
    };
    Ok(found.map(|row| row.get(0)))
}

/// The paths directly in a folder.
fn list(client: &mut Client, folder: &str) -> Result<Vec<String>, DatabaseFault> {
    if DataFile::OF_DAYS.contains(&folder) {
        let days = client.query("SELECT day FROM day_document WHERE folder = $1", &[&folder])?;
        return Ok(days.iter().map(|row| format!("{folder}/{}.json", row.get::<_, NaiveDate>(0))).collect());
    }
    let paths = client.query("SELECT path FROM document WHERE starts_with(path, $1)", &[&format!("{folder}/")])?;
    let paths = paths.iter().map(|row| row.get::<_, String>(0));
    Ok(paths.filter(|path| !path[folder.len() + 1..].contains('/')).collect())
}

/// One statement that begins after [`FENCE`] and changes one row, in one round trip.
fn fenced(client: &mut Client, sql: &str, parameters: &[(&(dyn ToSql + Sync), Type)]) -> Result<(), DatabaseFault> {
    let counted = format!("{FENCE} {sql} RETURNING 1");
    if client.query_typed(&counted, parameters)?.is_empty() { Err(DatabaseFault::Fenced) } else { Ok(()) }
}

/// Several statements as one, unless somebody else writes by now.
pub(super) fn together<T>(
    client: &mut Client,
    epoch: i64,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<T, DatabaseFault>,
) -> Result<T, DatabaseFault> {
    let mut writing = client.transaction()?;
    let is_ours = writing.query_opt("SELECT 1 FROM lease WHERE name = 'writer' AND epoch = $1 FOR SHARE", &[&epoch])?;
    is_ours.ok_or(DatabaseFault::Fenced)?;
    let done = work(&mut writing)?;
    writing.commit()?;
    Ok(done)
}

/// Whether it is an order of a terminal, or the answer: both sides write there.
fn is_mail(path: &str) -> bool {
    path.starts_with("orders/")
}

/// How many there were.
fn drop_journal(writing: &mut Transaction<'_>, path: &str) -> Result<u64, DatabaseFault> {
    writing.execute("DELETE FROM journal WHERE part IN (SELECT part FROM journal_part WHERE path = $1)", &[&path])?;
    Ok(writing.execute("DELETE FROM journal_part WHERE path = $1", &[&path])?)
}

/// Begins a part. One writes, so nobody else counts.
fn new_part(writing: &mut Transaction<'_>, path: &str) -> Result<i64, DatabaseFault> {
    let sql = "INSERT INTO journal_part (path, part) SELECT $1, coalesce(max(part), 0) + 1 FROM journal_part RETURNING part";
    Ok(writing.query_one(sql, &[&path])?.get(0))
}

/// The name of a month's partition.
fn partition(first: NaiveDate) -> String {
    format!("day_document_{}", first.format("%Y_%m"))
}

/// Makes a month's partition where there is none.
fn make_partition(client: &mut Client, day: NaiveDate) -> Result<(), DatabaseFault> {
    let first = day.with_day(1).expect("each month has a first");
    let Some(next) = first.checked_add_months(Months::new(1)) else { return Ok(()) };
    let name = partition(first);
    if client.query_one("SELECT to_regclass($1) IS NOT NULL", &[&name])?.get(0) {
        return Ok(());
    }
    let sql = format!("CREATE TABLE IF NOT EXISTS {name} PARTITION OF day_document FOR VALUES FROM ('{first}') TO ('{next}')");
    Ok(client.batch_execute(&sql)?)
}
