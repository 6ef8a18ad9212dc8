//! A small CSV table, as the collection or pandas wrote it.

use std::path::Path;

use crate::fault::Fault;

/// All of it: such a table has a row a chat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    /// Reads it; `None` where there is none.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, Fault> {
        if !path.exists() {
            return Ok(None);
        }
        let table = |why: csv::Error| Fault::Table { path: path.to_owned(), why: why.to_string() };
        let mut reader = csv::Reader::from_path(path).map_err(table)?;
        let header = reader.headers().map_err(table)?.iter().map(str::to_owned).collect();
        let rows = reader.records().map(|row| row.map(|row| row.iter().map(str::to_owned).collect()));
        Ok(Some(Self { header, rows: rows.collect::<Result<_, _>>().map_err(table)? }))
    }

    /// Where a column stands.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// A cell, if there is such a column.
    pub(crate) fn cell<'a>(&self, row: &'a [String], column: &str) -> Option<&'a str> {
        row.get(self.column(column)?).map(String::as_str)
    }

    /// It as CSV: quoted where needed, lines end in LF.
    pub(crate) fn to_csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in std::iter::once(&self.header).chain(&self.rows) {
            writer.write_record(row).expect("writing to memory succeeds");
        }
        writer.into_inner().expect("writing to memory succeeds")
    }
}
