//! A report as an Excel workbook: the fixed first sheet, then by day, a summary with charts, and who wrote nothing.
//!
//! Days are streamed, one at a time. The same input, with its time, gives the same bytes.

mod days;
mod first;
mod silent;
mod style;
mod summary;

use std::io::{Cursor, Seek, Write};

use chrono::{Datelike, NaiveDate, Timelike};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::files::Sheet;
use crate::{domain::day::DaySink, text::workbook as words};

use self::{days::DaySheet, style::Style};

/// The rows of an Excel sheet.
const MAX_ROWS: u64 = 1_048_576;
/// From this many rows on a sheet goes through a temporary file row by row. In memory a row takes about 3 KB.
const STREAMED_FROM: u64 = 2_000;
/// The most characters (UTF-16 units) in a cell.
const MAX_CELL: usize = 32_767;

/// Why a workbook can't be made.
#[derive(Debug, thiserror::Error)]
pub enum WorkbookFault {
    /// The first sheet has a row for each teacher and group, and they are too many.
    #[error("{0} rows do not fit into an Excel sheet; ask for one group or one teacher")]
    TooManyRows(u64),
    /// Usually the temporary directory is full or can't be written to.
    #[error("cannot write the workbook: {0}")]
    Write(#[from] XlsxError),
}

/// Visits the days of the report's period in order.
pub type ShowDays<'a> = dyn FnMut(&mut dyn DaySink) + 'a;

/// The workbook's bytes. `show_days` is asked once.
pub fn write(sheet: &Sheet<'_>, show_days: &mut ShowDays<'_>) -> Result<Vec<u8>, WorkbookFault> {
    let mut bytes = Cursor::new(Vec::new());
    write_to(sheet, show_days, &mut bytes)?;
    Ok(bytes.into_inner())
}

fn write_to(sheet: &Sheet<'_>, show_days: &mut ShowDays<'_>, to: impl Write + Seek + Send) -> Result<(), WorkbookFault> {
    let mut book = Workbook::new();
    let style = Style::new();
    book.set_properties(&properties(sheet)?);
    let first = first::sheet(&mut book, sheet, &style)?;
    book.push_worksheet(first);
    let mut days = DaySheet::new(&mut book, sheet, &style)?;
    show_days(&mut days);
    book.push_worksheet(days.finish()?);
    book.push_worksheet(summary::sheet(sheet, &style)?);
    book.push_worksheet(silent::sheet(sheet, &style)?);
    Ok(book.save_to_writer(to)?)
}

fn properties(sheet: &Sheet<'_>) -> Result<DocProperties, XlsxError> {
    let day = excel_date(sheet.now.date_naive())?;
    let at = day.and_hms(sheet.now.hour() as u16, sheet.now.minute() as u8, sheet.now.second())?;
    let title = format!("{} {}", words::report(sheet.lang), sheet.activity.scope.period);
    Ok(DocProperties::new().set_title(title).set_author("Rollcall").set_creation_datetime(&at))
}

pub(super) fn excel_date(date: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(date.year().try_into().unwrap_or(1900), date.month() as u8, date.day() as u8)
}

/// A sheet that suits so many rows.
fn sheet_for(book: &mut Workbook, rows: u64) -> Result<Worksheet, XlsxError> {
    if rows > STREAMED_FROM { book.new_worksheet_with_constant_memory() } else { Ok(Worksheet::new()) }
}

/// Foreign text as a cell may hold it: not too long, and without what no XML file may hold.
pub(super) fn cell_text(text: &str) -> String {
    let mut room = MAX_CELL;
    let fits = |c: &char| {
        let units = c.len_utf16();
        let fits = units <= room;
        room -= units.min(room);
        fits
    };
    text.chars().filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')).take_while(fits).collect()
}

#[cfg(test)]
mod tests;
