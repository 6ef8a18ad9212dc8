//! The first sheet. Its columns are a contract: other people's scripts read them.

use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

use super::{MAX_ROWS, WorkbookFault, cell_text, sheet_for, style::Style};
use crate::report::{
    files::{COLUMNS, COUNTERS, Sheet},
    rows,
};

const WIDTHS: [f64; COLUMNS.len()] = [12.0, 28.0, 17.0, 30.0, 9.0, 9.0, 9.0, 9.0, 9.0, 11.0, 10.0, 12.0, 12.0];

/// One row for each teacher and group with counted messages.
pub(super) fn sheet(book: &mut Workbook, of: &Sheet<'_>, style: &Style) -> Result<Worksheet, WorkbookFault> {
    let rows = of.activity.cells.values().filter(|tally| tally.total() > 0).count() as u64;
    if rows >= MAX_ROWS {
        return Err(WorkbookFault::TooManyRows(rows));
    }
    let mut sheet = sheet_for(book, rows)?;
    sheet.set_name("Report")?;
    head(&mut sheet, style)?;
    let period = of.activity.scope.period;
    let (from, to) = (period.from.to_string(), period.to.to_string());
    for (at, row) in (1..).zip(rows::cells(of.activity, of.state)) {
        sheet.write_string(at, 0, row.teacher.as_str())?;
        sheet.write_string(at, 1, cell_text(&row.name))?;
        sheet.write_string(at, 2, row.chat.to_string())?;
        sheet.write_string(at, 3, cell_text(&row.title))?;
        for (column, n) in (4..).zip(row.tally.counted()) {
            sheet.write_number(at, column, n as f64)?;
        }
        sheet.write_number(at, 10, row.tally.total() as f64)?;
        sheet.write_string(at, 11, from.as_str())?;
        sheet.write_string(at, 12, to.as_str())?;
    }
    sheet.autofilter(0, 0, rows as u32, COLUMNS.len() as u16 - 1)?;
    Ok(sheet)
}

fn head(sheet: &mut Worksheet, style: &Style) -> Result<(), XlsxError> {
    for (column, width) in (0..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
        let format = match usize::from(column) {
            10 => &style.total,
            n if COUNTERS.contains(&n) => &style.count,
            _ => &style.text,
        };
        sheet.set_column_format(column, format)?;
    }
    sheet.set_row_height(0, 20)?;
    for (column, name) in COLUMNS.into_iter().enumerate() {
        let format = if COUNTERS.contains(&column) { &style.header_right } else { &style.header };
        sheet.write_string_with_format(0, column as u16, name, format)?;
    }
    sheet.set_freeze_panes(1, 2)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    Ok(())
}
