//! Posts as Parquet: typed columns, compressed, in groups of rows so that memory stays flat.

use std::{path::Path, sync::Arc};

use parquet::{
    basic::Compression,
    column::writer::ColumnWriter,
    data_type::ByteArray,
    errors::ParquetError,
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::parser::parse_message_type,
};

use super::columns::{COLUMNS, Cell, Type, millis};
use crate::{fault::Fault, output::Output};

const ROWS_OF_A_GROUP: usize = 50_000;
/// Of text in memory, before a group is written.
const BYTES_OF_A_GROUP: usize = 64 << 20;

/// `messages.parquet`.
pub(super) struct ParquetWriter {
    writer: SerializedFileWriter<Output>,
    columns: Vec<Values>,
    rows: usize,
    bytes: usize,
}

/// What a group has so far of a column: which rows have something, and what.
#[derive(Default)]
struct Values {
    is_there: Vec<i16>,
    ints: Vec<i64>,
    floats: Vec<f64>,
    flags: Vec<bool>,
    texts: Vec<ByteArray>,
}

impl ParquetWriter {
    pub(super) fn begin(dir: &Path) -> Result<Self, Fault> {
        let output = Output::begin(dir, "messages.parquet")?;
        let schema = Arc::new(parse_message_type(&schema()).map_err(fault)?);
        let properties = Arc::new(WriterProperties::builder().set_compression(Compression::SNAPPY).build());
        let writer = SerializedFileWriter::new(output, schema, properties).map_err(fault)?;
        Ok(Self { writer, columns: COLUMNS.iter().map(|_| Values::default()).collect(), rows: 0, bytes: 0 })
    }

    pub(super) fn row(&mut self, row: &[Cell<'_>]) -> Result<(), Fault> {
        for ((values, (_, kind)), cell) in self.columns.iter_mut().zip(COLUMNS).zip(row) {
            self.bytes += values.push(*kind, cell);
        }
        self.rows += 1;
        if self.rows >= ROWS_OF_A_GROUP || self.bytes >= BYTES_OF_A_GROUP { self.end_of_group() } else { Ok(()) }
    }

    fn end_of_group(&mut self) -> Result<(), Fault> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group().map_err(fault)?;
        for values in &mut self.columns {
            let mut column = group.next_column().map_err(fault)?.expect("the schema has a column for each");
            values.write(column.untyped()).map_err(fault)?;
            column.close().map_err(fault)?;
            *values = Values::default();
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
                self.texts.push(ByteArray::from(text.as_bytes().to_vec()));
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
        match cell {
            Cell::Text(text) => text.len() + size_of::<ByteArray>(),
            _ => size_of::<i64>(),
        }
    }

    fn write(&self, column: &mut ColumnWriter<'_>) -> Result<(), ParquetError> {
        let is_there = Some(self.is_there.as_slice());
        match column {
            ColumnWriter::Int64ColumnWriter(writer) => writer.write_batch(&self.ints, is_there, None),
            ColumnWriter::DoubleColumnWriter(writer) => writer.write_batch(&self.floats, is_there, None),
            ColumnWriter::BoolColumnWriter(writer) => writer.write_batch(&self.flags, is_there, None),
            ColumnWriter::ByteArrayColumnWriter(writer) => writer.write_batch(&self.texts, is_there, None),
            _ => unreachable!("the schema has no other types"),
        }
        .map(drop)
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
