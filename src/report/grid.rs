//! Any table of the pages as a file: the same rows in the same order, as CSV, workbook or JSON.

use std::io::Cursor;

use chrono::NaiveDate;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde_json::{Map, Value};

use super::{
    files::defused,
    workbook::{cell_text, excel_date},
};

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// Nothing is known.
    Nothing,
    /// A number of things, or of seconds.
    Count(u64),
    /// By how many something grew.
    Change(i64),
    /// A local day.
    Day(NaiveDate),
    /// Foreign or own text, as it is.
    Text(String),
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    /// For each column its key in JSON, and its heading.
    pub columns: Vec<(&'static str, String)>,
    /// As many cells in each as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

/// As what a table is taken along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GridFormat {
    /// For people with a spreadsheet: with a byte order mark, and without formulas.
    Csv,
    /// An Excel workbook.
    Xlsx,
    /// For programs.
    Json,
}

impl GridFormat {
    /// All of them.
    pub const ALL: [GridFormat; 3] = [Self::Csv, Self::Xlsx, Self::Json];

    /// The ending of its file, which also names it in an address.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
        }
    }

    /// The one with this ending.
    pub fn from_ending(ending: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.ending() == ending)
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
        }
    }
}

impl Grid {
    /// The file's bytes.
    pub fn file(&self, format: GridFormat, title: &str) -> Result<Vec<u8>, XlsxError> {
        match format {
            GridFormat::Csv => Ok(self.csv()),
            GridFormat::Xlsx => self.xlsx(title),
            GridFormat::Json => Ok(self.json()),
        }
    }

    fn csv(&self) -> Vec<u8> {
        let mut file = "\u{feff}".as_bytes().to_vec();
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut file);
        writer.write_record(self.columns.iter().map(|(_, heading)| heading)).expect("writing to memory succeeds");
        for row in &self.rows {
            let record = row.iter().map(|cell| match cell {
                Cell::Nothing => String::new(),
                Cell::Count(n) => n.to_string(),
                Cell::Change(by) => by.to_string(),
                Cell::Day(day) => day.to_string(),
                Cell::Text(text) => defused(text),
            });
            writer.write_record(record).expect("writing to memory succeeds");
        }
        writer.flush().expect("writing to memory succeeds");
        drop(writer);
        file
    }

    fn json(&self) -> Vec<u8> {
        let rows = self.rows.iter().map(|row| {
            let fields = self.columns.iter().zip(row).map(|((key, _), cell)| {
                let value = match cell {
                    Cell::Nothing => Value::Null,
                    Cell::Count(n) => (*n).into(),
                    Cell::Change(by) => (*by).into(),
                    Cell::Day(day) => day.to_string().into(),
                    Cell::Text(text) => text.clone().into(),
                };
                ((*key).to_owned(), value)
            });
            Value::Object(fields.collect::<Map<_, _>>())
        });
        serde_json::to_vec_pretty(&rows.collect::<Vec<_>>()).expect("a table is JSON")
    }

    fn xlsx(&self, title: &str) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let (bold, day) = (Format::new().set_bold(), Format::new().set_num_format("yyyy-mm-dd"));
        let sheet = book.add_worksheet();
        sheet.set_name(sheet_name(title))?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, (_, heading)) in (0..).zip(&self.columns) {
            sheet.write_string_with_format(0, column, cell_text(heading), &bold)?;
            let widest = self.rows.iter().take(200).filter_map(|row| row.get(usize::from(column))).map(width_of).max();
            sheet.set_column_width(column, widest.unwrap_or(0).max(heading.chars().count()).clamp(8, 48) as f64 + 2.0)?;
        }
        for (number, row) in (1..).zip(&self.rows) {
            for (column, cell) in (0..).zip(row) {
                match cell {
                    Cell::Nothing => continue,
                    Cell::Count(n) => sheet.write_number(number, column, *n as f64)?,
                    Cell::Change(by) => sheet.write_number(number, column, *by as f64)?,
                    Cell::Day(date) => sheet.write_datetime_with_format(number, column, excel_date(*date)?, &day)?,
                    // A string is never taken for a formula here.
                    Cell::Text(text) => sheet.write_string(number, column, cell_text(text))?,
                };
            }
        }
        let mut bytes = Cursor::new(Vec::new());
        book.save_to_writer(&mut bytes)?;
        Ok(bytes.into_inner())
    }
}

fn width_of(cell: &Cell) -> usize {
    match cell {
        Cell::Nothing => 0,
        Cell::Count(n) => n.to_string().len(),
        Cell::Change(by) => by.to_string().len(),
        Cell::Day(_) => 10,
        Cell::Text(text) => text.chars().count(),
    }
}

/// At most 31 characters, without those that a sheet's name may not have.
fn sheet_name(title: &str) -> String {
    let name: String = title.chars().filter(|c| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'')).collect();
    let mut room = 31;
    let fits = |c: &char| {
        let fits = c.len_utf16() <= room;
        room -= c.len_utf16().min(room);
        fits
    };
    let short: String = name.chars().take_while(fits).collect();
    if short.trim().is_empty() { "Rollcall".to_owned() } else { short }
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader as _, Xlsx};

    use super::*;

    fn grid() -> Grid {
        Grid {
            columns: vec![("name", "Name".into()), ("total", "Total".into()), ("day", "Day".into())],
            rows: vec![
                vec![Cell::Text("=cmd()|' <b>\u{202e}".into()), Cell::Count(12), Cell::Day("2026-01-26".parse().expect("a day"))],
                vec![Cell::Text("😀".repeat(4096)), Cell::Nothing, Cell::Nothing],
            ],
        }
    }

    #[test]
    fn every_format_has_the_same_rows() {
        let csv = String::from_utf8(grid().file(GridFormat::Csv, "x").expect("CSV")).expect("UTF-8");
        assert!(csv.starts_with("\u{feff}Name,Total,Day\r\n'=cmd()|' <b>\u{202e},12,2026-01-26\r\n😀"), "{csv}");
        let json: Value = serde_json::from_slice(&grid().file(GridFormat::Json, "x").expect("JSON")).expect("JSON");
        assert_eq!(json[0], serde_json::json!({ "name": "=cmd()|' <b>\u{202e}", "total": 12, "day": "2026-01-26" }));
        assert_eq!(json[1]["total"], Value::Null);
        let xlsx = grid().file(GridFormat::Xlsx, "Groups [today]: 7/7").expect("a workbook");
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(xlsx)).expect("opens");
        let sheet = book.worksheet_range("Groups today 77").expect("the sheet");
        assert_eq!(sheet.get((1, 0)), Some(&Data::String("=cmd()|' <b>\u{202e}".into())));
        assert_eq!(sheet.get((1, 1)), Some(&Data::Float(12.0)));
        assert_eq!(sheet.height(), 3);
    }

    #[test]
    fn sheets_have_names_whatever_the_title() {
        assert_eq!(sheet_name("[]'?"), "Rollcall");
        assert_eq!(sheet_name(&"😀".repeat(40)).chars().count(), 15);
    }
}
