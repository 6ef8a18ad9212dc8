//! The sheet of those who were expected to write and did not.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::{cell_text, style::Style};
use crate::{
    report::{files::Sheet, rows},
    text::{kind::extras, workbook as words},
};

pub(super) fn sheet(of: &Sheet<'_>, style: &Style) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name("Silent")?;
    for ((column, heading), width) in (0..).zip(words::silent_columns(of.lang)).zip([18.0, 32.0, 60.0, 40.0]) {
        sheet.set_column_width(column, width)?;
        sheet.set_column_format(column, &style.text)?;
        sheet.write_string_with_format(0, column, heading, &style.header)?;
    }
    sheet.set_row_height(0, 20)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    let silent = rows::silent(of.activity, of.state);
    if silent.is_empty() {
        sheet.write_string_with_format(1, 0, words::nobody_silent(of.lang), &style.note)?;
        return Ok(sheet);
    }
    for (row, teacher) in (1..).zip(&silent) {
        sheet.write_string(row, 0, teacher.teacher.as_str())?;
        sheet.write_string(row, 1, cell_text(&teacher.name))?;
        sheet.write_string(row, 2, cell_text(&teacher.groups.join(", ")))?;
        sheet.write_string(row, 3, extras(&teacher.tally, of.lang))?;
    }
    sheet.autofilter(0, 0, silent.len() as u32, 3)?;
    Ok(sheet)
}
