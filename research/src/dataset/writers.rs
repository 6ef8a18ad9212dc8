//! Posts as CSV and as JSON lines.

use std::{borrow::Cow, path::Path};

use chrono::{DateTime, SecondsFormat};

use super::columns::{COLUMNS, Cell, LEGACY, millis};
use crate::{fault::Fault, output::Output};

/// `msgs_dataset.csv`.
pub(super) struct CsvWriter {
    writer: csv::Writer<Output>,
    record: csv::ByteRecord,
    cell: Vec<u8>,
    defuse: bool,
}

impl CsvWriter {
    pub(super) fn begin(dir: &Path, defuse: bool) -> Result<Self, Fault> {
        let writer = csv::WriterBuilder::new().from_writer(Output::begin(dir, "msgs_dataset.csv")?);
        let mut begun = Self { writer, record: csv::ByteRecord::new(), cell: Vec::new(), defuse };
        for (name, _) in &COLUMNS[..LEGACY] {
            begun.record.push_field(name.as_bytes());
        }
        begun.end_of_row()?;
        Ok(begun)
    }

    pub(super) fn row(&mut self, row: &[Cell<'_>]) -> Result<(), Fault> {
        for cell in &row[..LEGACY] {
            self.cell.clear();
            match cell {
                Cell::Text(text) if self.defuse => self.cell.extend(defused(text).as_bytes()),
                _ => cell.write(&mut self.cell),
            }
            self.record.push_field(&self.cell);
        }
        self.end_of_row()
    }

    fn end_of_row(&mut self) -> Result<(), Fault> {
        let written = self.writer.write_byte_record(&self.record);
        self.record.clear();
        written.map_err(|why| self.writer.get_ref().fault(why.into()))
    }

    pub(super) fn finish(self) -> Result<Output, Fault> {
        self.writer.into_inner().map_err(|why| {
            let said = std::io::Error::new(why.error().kind(), why.error().to_string());
            Fault::Disk { what: "write", path: "msgs_dataset.csv".into(), why: said }
        })
    }
}

/// Text that no spreadsheet takes for a formula. A plain number is none.
pub(super) fn defused(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && text.parse::<f64>().is_err() {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// `messages.jsonl`: a post a line, with types; what isn't there is left out.
pub(super) struct LinesWriter(Output);

impl LinesWriter {
    pub(super) fn begin(dir: &Path) -> Result<Self, Fault> {
        Output::begin(dir, "messages.jsonl").map(Self)
    }

    pub(super) fn row(&mut self, row: &[Cell<'_>]) -> Result<(), Fault> {
        let mut line = Vec::with_capacity(1024);
        line.push(b'{');
        for ((name, _), cell) in COLUMNS.iter().zip(row) {
            if !matches!(cell, Cell::Empty) {
                line.extend_from_slice(if line.len() == 1 { b"\"" } else { b",\"" });
                line.extend_from_slice(name.as_bytes());
                line.extend_from_slice(b"\":");
                put_value(name, cell, &mut line);
            }
        }
        line.extend_from_slice(b"}\n");
        self.0.put(&line)
    }

    pub(super) fn finish(self) -> Output {
        self.0
    }
}

fn put_value(name: &str, cell: &Cell<'_>, line: &mut Vec<u8>) {
    let text = |text: &str, line: &mut Vec<u8>| serde_json::to_writer(line, text).expect("text becomes JSON");
    match cell {
        Cell::Empty => line.extend_from_slice(b"null"),
        // A list already.
        Cell::Text(list) if name == "poll_answers" => line.extend_from_slice(list.as_bytes()),
        Cell::Text(words) => text(words, line),
        Cell::Int(_) => cell.write(line),
        Cell::Float(number) => serde_json::to_writer(line, number).expect("a number becomes JSON"),
        Cell::Flag(is_so) => line.extend_from_slice(if *is_so { b"true" } else { b"false" }),
        Cell::Time(time) => match millis(time).and_then(DateTime::from_timestamp_millis) {
            Some(time) => text(&time.to_rfc3339_opts(SecondsFormat::Secs, true), line),
            None => text(time, line),
        },
    }
}
