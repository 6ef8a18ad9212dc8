//! Posts as Parquet: typed columns, compressed, in groups of rows so that memory stays flat.

use std::{path::Path, sync::Arc};

use parquet::{
    basic::Compression,
    column::writer::{ColumnWriter, ColumnWriterImpl},
    data_type::{ByteArray, ByteArrayType},
    errors::ParquetError,
    file::{
        properties::{EnabledStatistics, WriterProperties},
        writer::SerializedFileWriter,
    },
    schema::{parser::parse_message_type, types::ColumnPath},
};

use super::columns::{COLUMNS, Cell, Type, millis};
use crate::{fault::Fault, output::Output};

/// Of a group in memory, before it is written: whatever posts are like, this is what is waiting.
const BYTES_OF_A_GROUP: usize = 16 << 20;
/// Texts that are handed on at once.
const BATCH: usize = 1_024;

/// `messages.parquet`.
pub(super) struct ParquetWriter {
    writer: SerializedFileWriter<Output>,
    columns: Vec<Values>,
    rows: usize,
    bytes: usize,
}

/// What a group has so far of a column: which rows have something, and what. Texts lie one behind another, with their ends.
#[derive(Default)]
struct Values {
    is_there: Vec<i16>,
    ints: Vec<i64>,
    floats: Vec<f64>,
    flags: Vec<bool>,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl ParquetWriter {
    pub(super) fn begin(dir: &Path) -> Result<Self, Fault> {
        let output = Output::begin(dir, "messages.parquet")?;
        let schema = Arc::new(parse_message_type(&schema()).map_err(fault)?);
        // What is kept of each group until the end, for the file's last part, is kept short: the least and the greatest of a column
        // help whoever looks for days or counts, not for texts; and nobody needs an index of pages.
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_statistics_enabled(EnabledStatistics::None)
            .set_offset_index_disabled(true);
        for (name, _) in COLUMNS.iter().filter(|(_, kind)| matches!(kind, Type::Int | Type::Time)) {
            properties = properties.set_column_statistics_enabled(ColumnPath::from(*name), EnabledStatistics::Chunk);
        }
        let properties = Arc::new(properties.build());
        let writer = SerializedFileWriter::new(output, schema, properties).map_err(fault)?;
        Ok(Self { writer, columns: COLUMNS.iter().map(|_| Values::default()).collect(), rows: 0, bytes: 0 })
    }

    pub(super) fn row(&mut self, row: &[Cell<'_>]) -> Result<(), Fault> {
        for ((values, (_, kind)), cell) in self.columns.iter_mut().zip(COLUMNS).zip(row) {
            self.bytes += values.push(*kind, cell);
        }
        self.rows += 1;
        if self.bytes >= BYTES_OF_A_GROUP { self.end_of_group() } else { Ok(()) }
    }

    fn end_of_group(&mut self) -> Result<(), Fault> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group().map_err(fault)?;
        for values in &mut self.columns {
            let mut column = group.next_column().map_err(fault)?.expect("the schema has a column for each");
            // What is written makes room before the next column is packed.
            std::mem::take(values).write(column.untyped()).map_err(fault)?;
            column.close().map_err(fault)?;
        }
        group.close().map_err(fault)?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Output, Fault> {
        self.end_of_group()?;
        self.writer.into_inner().map_err(fault)
    }
}

impl Values {
    /// Adds a cell, and says how much memory it takes.
    fn push(&mut self, kind: Type, cell: &Cell<'_>) -> usize {
        let is_there = match (kind, cell) {
            (Type::Text, Cell::Text(text)) => {
                self.text.extend_from_slice(text.as_bytes());
                self.ends.push(self.text.len());
                true
            }
            (Type::Int, Cell::Int(number)) => {
                self.ints.push(*number);
                true
            }
            (Type::Float, Cell::Float(number)) => {
                self.floats.push(*number);
                true
            }
            (Type::Float, Cell::Int(number)) => {
                self.floats.push(*number as f64);
                true
            }
            (Type::Flag, Cell::Flag(is_so)) => {
                self.flags.push(*is_so);
                true
            }
            (Type::Time, Cell::Time(time)) => match millis(time) {
                Some(time) => {
                    self.ints.push(time);
                    true
                }
                None => false,
            },
            _ => false,
        };
        self.is_there.push(i16::from(is_there));
        let value = match (is_there, cell) {
            (true, Cell::Text(text)) => text.len() + size_of::<usize>(),
            (true, _) => size_of::<i64>(),
            (false, _) => 0,
        };
        value + size_of::<i16>()
    }

    fn write(self, column: &mut ColumnWriter<'_>) -> Result<(), ParquetError> {
        let is_there = Some(self.is_there.as_slice());
        match column {
            ColumnWriter::Int64ColumnWriter(writer) => writer.write_batch(&self.ints, is_there, None),
            ColumnWriter::DoubleColumnWriter(writer) => writer.write_batch(&self.floats, is_there, None),
            ColumnWriter::BoolColumnWriter(writer) => writer.write_batch(&self.flags, is_there, None),
            ColumnWriter::ByteArrayColumnWriter(writer) => return self.write_texts(writer),
            _ => unreachable!("the schema has no other types"),
        }
        .map(drop)
    }

    /// Batch by batch: texts are named where they lie, and not copied.
    fn write_texts(self, writer: &mut ColumnWriterImpl<'_, ByteArrayType>) -> Result<(), ParquetError> {
        let text = ByteArray::from(self.text);
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        let mut texts = begins.zip(&self.ends).map(|(begin, end)| text.slice(begin, end - begin));
        for rows in self.is_there.chunks(BATCH) {
            let there = rows.iter().filter(|is_there| **is_there == 1).count();
            writer.write_batch(&texts.by_ref().take(there).collect::<Vec<_>>(), Some(rows), None)?;
        }
        Ok(())
    }
}

fn schema() -> String {
    let of = |(name, kind): &(&str, Type)| match kind {
        Type::Text => format!("OPTIONAL BYTE_ARRAY {name} (STRING);"),
        Type::Int => format!("OPTIONAL INT64 {name};"),
        Type::Float => format!("OPTIONAL DOUBLE {name};"),
        Type::Flag => format!("OPTIONAL BOOLEAN {name};"),
        Type::Time => format!("OPTIONAL INT64 {name} (TIMESTAMP(MILLIS,true));"),
    };
    format!("message posts {{ {} }}", COLUMNS.iter().map(of).collect::<String>())
}

fn fault(why: ParquetError) -> Fault {
    match why {
        ParquetError::External(inner) => Fault::Made { what: "messages.parquet", why: inner.to_string() },
        other => Fault::Made { what: "messages.parquet", why: other.to_string() },
    }
}
