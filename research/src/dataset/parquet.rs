//! Posts as Parquet: typed columns, compressed, in groups of rows large enough for their readers, while memory stays flat.
//!
//! A group lies in the file column by column, and posts come row by row. So what comes is gathered for a short while (a *piece*), and each
//! column of it goes to a nameless file of that column's own, packed already; when the group is full, those are put behind one another.
//! A thread does it: a writer of a column borrows the file that it writes to, which no struct could hold both.

use std::{
    fs::File,
    path::Path,
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
};

use parquet::{
    basic::Compression,
    column::writer::{ColumnWriter, ColumnWriterImpl, get_column_writer},
    data_type::{ByteArray, ByteArrayType},
    errors::ParquetError,
    file::{
        properties::{EnabledStatistics, WriterProperties},
        writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite},
    },
    schema::{parser::parse_message_type, types::ColumnPath},
};

use super::columns::{COLUMNS, Cell, Type, millis};
use crate::{fault::Fault, output::Output};

/// When something is full.
#[derive(Clone, Copy)]
pub(super) struct Measures {
    /// Of a piece in memory: whatever posts are like, this is what is waiting.
    pub(super) bytes_of_a_piece: usize,
    /// Of a group: what the file's last part says of each group stays in memory until the end.
    pub(super) rows_of_a_group: usize,
    /// The same of long posts: whoever reads the file may have a group in memory. Before packing.
    pub(super) bytes_of_a_group: usize,
}

const MEASURES: Measures = Measures { bytes_of_a_piece: 2 << 20, rows_of_a_group: 250_000, bytes_of_a_group: 512 << 20 };

/// Of a page, and of the list of a column's values, in memory for each column.
const BYTES_OF_A_PAGE: usize = 64 << 10;
/// Texts that are handed on at once.
const BATCH: usize = 1_024;

/// `messages.parquet`.
pub(super) struct ParquetWriter {
    piece: Piece,
    full: usize,
    thread: Option<Writing>,
}

/// The thread that writes, and the way to it. It ends the file when that way is closed.
struct Writing {
    pieces: SyncSender<Piece>,
    thread: JoinHandle<Result<Output, Fault>>,
}

/// Some posts, by columns.
struct Piece {
    columns: Vec<Values>,
    rows: usize,
    bytes: usize,
}

/// What a piece has of a column: which rows have something, and what. Texts lie one behind another, with their ends.
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
        Self::with_measures(dir, MEASURES)
    }

    pub(super) fn with_measures(dir: &Path, measures: Measures) -> Result<Self, Fault> {
        let writer = file_writer(Output::begin(dir, "messages.parquet")?)?;
        let (pieces, come) = sync_channel(0);
        let dir = dir.to_owned();
        let thread = thread::Builder::new()
            .name("parquet".to_owned())
            .spawn(move || write(writer, &dir, measures, &come))
            .map_err(|why| Fault::Made { what: "messages.parquet", why: why.to_string() })?;
        Ok(Self { piece: Piece::new(), full: measures.bytes_of_a_piece, thread: Some(Writing { pieces, thread }) })
    }

    pub(super) fn row(&mut self, row: &[Cell<'_>]) -> Result<(), Fault> {
        self.piece.push(row);
        if self.piece.bytes >= self.full { self.hand_on() } else { Ok(()) }
    }

    fn hand_on(&mut self) -> Result<(), Fault> {
        let piece = std::mem::replace(&mut self.piece, Piece::new());
        let writing = self.thread.as_ref().expect("a writer that has failed or finished is asked for nothing more");
        // It takes no more only when something went wrong, which it says at its end.
        if writing.pieces.send(piece).is_ok() { Ok(()) } else { self.end().map(drop) }
    }

    pub(super) fn finish(mut self) -> Result<Output, Fault> {
        self.hand_on()?;
        self.end()
    }

    fn end(&mut self) -> Result<Output, Fault> {
        let Writing { pieces, thread } = self.thread.take().expect("it ends once");
        drop(pieces);
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Drop for ParquetWriter {
    /// Whoever gives up waits until the thread has taken its half a file away.
    fn drop(&mut self) {
        if let Some(Writing { pieces, thread }) = self.thread.take() {
            drop(pieces);
            drop(thread.join());
        }
    }
}

fn file_writer(output: Output) -> Result<SerializedFileWriter<Output>, Fault> {
    let schema = Arc::new(parse_message_type(&schema()).map_err(fault)?);
    // The least and the greatest of a column help whoever looks for days or counts, not for texts; and nobody needs an index of pages.
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_data_page_size_limit(BYTES_OF_A_PAGE)
        .set_dictionary_page_size_limit(BYTES_OF_A_PAGE)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true);
    for (name, _) in COLUMNS.iter().filter(|(_, kind)| matches!(kind, Type::Int | Type::Time)) {
        properties = properties.set_column_statistics_enabled(ColumnPath::from(*name), EnabledStatistics::Chunk);
    }
    SerializedFileWriter::new(output, schema, Arc::new(properties.build())).map_err(fault)
}

/// The thread: group by group, until no more pieces come.
fn write(
    mut writer: SerializedFileWriter<Output>,
    dir: &Path,
    measures: Measures,
    pieces: &Receiver<Piece>,
) -> Result<Output, Fault> {
    while let Ok(first) = pieces.recv() {
        write_group(&mut writer, dir, measures, first, pieces)?;
    }
    writer.into_inner().map_err(fault)
}

fn write_group(
    writer: &mut SerializedFileWriter<Output>,
    dir: &Path,
    measures: Measures,
    first: Piece,
    pieces: &Receiver<Piece>,
) -> Result<(), Fault> {
    if first.rows == 0 {
        return Ok(());
    }
    let nameless = |_| tempfile::tempfile_in(dir).map(TrackedWrite::new).map_err(Fault::disk("write in", dir));
    let mut files = (0..COLUMNS.len()).map(nameless).collect::<Result<Vec<TrackedWrite<File>>, _>>()?;
    let mut columns: Vec<ColumnWriter<'_>> = files
        .iter_mut()
        .zip(writer.schema_descr().columns())
        .map(|(file, column)| {
            let pages = Box::new(SerializedPageWriter::new(file));
            get_column_writer(Arc::clone(column), Arc::clone(writer.properties()), pages)
        })
        .collect();
    let (mut rows, mut bytes, mut next) = (0, 0, Some(first));
    while let Some(piece) = next {
        rows += piece.rows;
        bytes += piece.bytes;
        for (values, column) in piece.columns.into_iter().zip(&mut columns) {
            values.write(column).map_err(fault)?;
        }
        let is_full = rows >= measures.rows_of_a_group || bytes >= measures.bytes_of_a_group;
        next = if is_full { None } else { pieces.recv().ok() };
    }
    let packed = columns.into_iter().map(ColumnWriter::close).collect::<Result<Vec<_>, _>>().map_err(fault)?;
    let mut group = writer.next_row_group().map_err(fault)?;
    for (file, packed) in files.into_iter().zip(packed) {
        group.append_column(&file.into_inner().map_err(fault)?, packed).map_err(fault)?;
    }
    group.close().map(drop).map_err(fault)
}

impl Piece {
    fn new() -> Self {
        Self { columns: COLUMNS.iter().map(|_| Values::default()).collect(), rows: 0, bytes: 0 }
    }

    fn push(&mut self, row: &[Cell<'_>]) {
        for ((values, (_, kind)), cell) in self.columns.iter_mut().zip(COLUMNS).zip(row) {
            self.bytes += values.push(*kind, cell);
        }
        self.rows += 1;
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
