//! Large files that are written once: those of announcements. They go beside the line that writes, a piece at a time, so that neither
//! counting nor the lease waits for them; and unfenced, for a terminal brings some, and each has a name that nobody else gives.

use std::{path::Path, time::SystemTime};

use super::{Database, fault::DatabaseFault, path::text};
use crate::store::ANNOUNCEMENTS;

/// Bytes of a piece: some milliseconds on a fast line, seconds on a slow one.
const PIECE: usize = 256 * 1024;

/// A file in pieces.
pub(super) struct Pieces<'a> {
    database: &'a Database,
    path: String,
}

impl<'a> Pieces<'a> {
    /// The file at a path below the data directory, if files there lie in pieces.
    pub(super) fn at(database: &'a Database, relative: &Path) -> Option<Self> {
        (is_their_folder(relative.parent()?)).then(|| Self { database, path: text(relative) })
    }

    /// Writes it. Whoever dies meanwhile leaves a file that nobody names.
    pub(super) fn put(&self, content: &[u8]) -> Result<(), DatabaseFault> {
        for (number, piece) in (0_i32..).zip(content.chunks(PIECE)) {
            let (path, piece) = (self.path.clone(), piece.to_vec());
            self.database.beside(move |client| {
                let sql = "INSERT INTO announcement_piece (path, piece, content) VALUES ($1, $2, $3)
                           ON CONFLICT (path, piece) DO UPDATE SET content = excluded.content, written = excluded.written";
                Ok(client.execute(sql, &[&path, &number, &piece])?)
            })?;
        }
        Ok(())
    }

    /// All of it.
    pub(super) fn read(&self) -> Result<Option<Vec<u8>>, DatabaseFault> {
        let mut content = None;
        for number in 0_i32.. {
            let path = self.path.clone();
            let piece = self.database.beside(move |client| {
                let sql = "SELECT content FROM announcement_piece WHERE path = $1 AND piece = $2";
                Ok(client.query_opt(sql, &[&path, &number])?)
            })?;
            let Some(piece) = piece else { break };
            content.get_or_insert_with(Vec::new).extend_from_slice(piece.get(0));
        }
        Ok(content)
    }

    /// Deletes it; whether it was there.
    pub(super) fn remove(&self) -> Result<bool, DatabaseFault> {
        let path = self.path.clone();
        let sql = "DELETE FROM announcement_piece WHERE path = $1";
        Ok(self.database.beside(move |client| Ok(client.execute(sql, &[&path])?))? > 0)
    }

    /// When it was written, and how many bytes it has.
    pub(super) fn stamp(&self) -> Result<Option<(SystemTime, u64)>, DatabaseFault> {
        let path = self.path.clone();
        let row = self.database.beside(move |client| {
            let sql = "SELECT max(written), sum(length(content)) FROM announcement_piece WHERE path = $1";
            Ok(client.query_one(sql, &[&path])?)
        })?;
        let written: Option<SystemTime> = row.get(0);
        Ok(written.map(|written| (written, u64::try_from(row.get::<_, i64>(1)).unwrap_or(0))))
    }
}

/// Whether files in this folder lie in pieces.
pub(super) fn is_their_folder(relative: &Path) -> bool {
    relative == Path::new(ANNOUNCEMENTS)
}

/// The paths of all of them.
pub(super) fn list(database: &Database) -> Result<Vec<String>, DatabaseFault> {
    let sql = "SELECT path FROM announcement_piece WHERE piece = 0";
    let rows = database.beside(move |client| Ok(client.query(sql, &[])?))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
