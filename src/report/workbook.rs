//! The Excel workbook. Its first sheet is fixed, other programs read it; the others are for people.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_xlsxwriter::{Chart, ChartType, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::{
    files::{COLUMNS, Sheet},
    rows,
};
use crate::{
    domain::{day::Day, ids::TeacherId, tally::Tally},
    text::workbook as words,
};

/// Visits the days of the report's period.
pub type EachDay<'a> = dyn FnMut(&mut dyn FnMut(NaiveDate, &Day)) + 'a;

/// From so many rows on a sheet is written through a temporary file instead of memory.
const CONSTANT_MEMORY_FROM: usize = 50_000;
/// Excel's last row, less the heading.
const MOST_ROWS: usize = 1_048_575;
/// Rows in the charts.
const CHARTED: usize = 15;

/// The workbook's bytes. The same input gives the same bytes.
pub fn write(sheet: &Sheet<'_>, each_day: &mut EachDay<'_>) -> Result<Vec<u8>, String> {
    try_write(sheet, each_day).map_err(|why| why.to_string())
}

fn try_write(sheet: &Sheet<'_>, each_day: &mut EachDay<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let made = sheet.now.with_timezone(&sheet.zone).naive_local();
    let made = ExcelDateTime::parse_from_str(&made.format("%Y-%m-%dT%H:%M:%S").to_string())?;
    workbook.set_properties(&DocProperties::new().set_title("Rollcall").set_creation_datetime(&made));
    let style = Style::new();
    let cells = sheet.activity.cells.len();
    let report =
        if cells > CONSTANT_MEMORY_FROM { workbook.add_worksheet_with_constant_memory()? } else { workbook.add_worksheet() };
    write_report(report, sheet, &style)?;
    let by_day = workbook.add_worksheet_with_constant_memory()?;
    write_by_day(by_day, sheet, each_day, &style)?;
    write_summary(workbook.add_worksheet(), sheet, &style)?;
    write_silent(workbook.add_worksheet(), sheet, &style)?;
    workbook.save_to_buffer()
}

struct Style {
    heading: Format,
    text: Format,
    number: Format,
    total: Format,
    title: Format,
}

impl Style {
    fn new() -> Self {
        Self {
            heading: Format::new()
                .set_bold()
                .set_background_color(0x1F_4E_79)
                .set_font_color(0xFF_FF_FF)
                .set_align(FormatAlign::VerticalCenter),
            text: Format::new().set_num_format("@"),
            number: Format::new().set_num_format("#,##0"),
            total: Format::new().set_num_format("#,##0").set_bold(),
            title: Format::new().set_bold().set_font_size(14),
        }
    }
}

fn heading(sheet: &mut Worksheet, row: u32, names: &[&str], widths: &[f64], style: &Style) -> Result<(), XlsxError> {
    for (column, name) in (0u16..).zip(names) {
        sheet.write_string_with_format(row, column, *name, &style.heading)?;
    }
    for (column, width) in (0u16..).zip(widths) {
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_freeze_panes(row + 1, 0)?;
    Ok(())
}

/// The fixed sheet. Ids and dates are text, so that no spreadsheet rounds or reformats them.
fn write_report(out: &mut Worksheet, sheet: &Sheet<'_>, style: &Style) -> Result<(), XlsxError> {
    out.set_name("Report")?;
    let widths = [12.0, 28.0, 17.0, 30.0, 8.0, 8.0, 8.0, 8.0, 8.0, 11.0, 9.0, 12.0, 12.0];
    heading(out, 0, &COLUMNS, &widths, style)?;
    let (from, to) = (sheet.activity.scope.period.from.to_string(), sheet.activity.scope.period.to.to_string());
    let rows = rows::cells(sheet.activity, sheet.state);
    for (line, row) in (1u32..).zip(rows.iter().take(MOST_ROWS)) {
        out.write_string_with_format(line, 0, row.teacher.as_str(), &style.text)?;
        out.write_string_with_format(line, 1, &row.name, &style.text)?;
        out.write_string_with_format(line, 2, row.chat.to_string(), &style.text)?;
        out.write_string_with_format(line, 3, &row.title, &style.text)?;
        write_counts(out, line, 4, &row.tally, style)?;
        out.write_string_with_format(line, 11, &from, &style.text)?;
        out.write_string_with_format(line, 12, &to, &style.text)?;
    }
    if !rows.is_empty() {
        out.autofilter(0, 0, rows.len().min(MOST_ROWS) as u32, 12)?;
    }
    Ok(())
}

/// The six counters and their sum, from this column on.
fn write_counts(out: &mut Worksheet, line: u32, column: u16, tally: &Tally, style: &Style) -> Result<(), XlsxError> {
    for (column, n) in (column..).zip(tally.counted()) {
        out.write_number_with_format(line, column, n as f64, &style.number)?;
    }
    out.write_number_with_format(line, column + 6, tally.total() as f64, &style.total)?;
    Ok(())
}

/// A row for each day, teacher and group; without groups where Excel has no room for that many rows.
fn write_by_day(out: &mut Worksheet, sheet: &Sheet<'_>, each_day: &mut EachDay<'_>, style: &Style) -> Result<(), XlsxError> {
    out.set_name(words::by_day(sheet.lang))?;
    let scope = sheet.activity.scope;
    let mut cells = 0;
    each_day(&mut |_, day| cells += day.cells.values().map(BTreeMap::len).sum::<usize>());
    let with_groups = cells <= MOST_ROWS;
    let names = words::by_day_columns(sheet.lang);
    heading(out, 0, &names, &[12.0, 12.0, 28.0, 30.0, 8.0, 8.0, 8.0, 8.0, 8.0, 11.0, 9.0], style)?;
    let mut line = 1u32;
    let mut failed = None;
    each_day(&mut |date, day| {
        let mut write = |teacher: TeacherId, title: &str, tally: &Tally| -> Result<(), XlsxError> {
            if line as usize > MOST_ROWS {
                return Ok(());
            }
            out.write_string_with_format(line, 0, date.to_string(), &style.text)?;
            out.write_string_with_format(line, 1, teacher.as_str(), &style.text)?;
            out.write_string_with_format(line, 2, rows::teacher_name(sheet.state, teacher), &style.text)?;
            out.write_string_with_format(line, 3, title, &style.text)?;
            write_counts(out, line, 4, tally, style)?;
            line += 1;
            Ok(())
        };
        let mut by_teacher: BTreeMap<TeacherId, Tally> = BTreeMap::new();
        for (chat, teachers) in day.cells.iter().filter(|(chat, _)| scope.group.is_none_or(|only| only == **chat)) {
            for (teacher, tally) in teachers.iter().filter(|(id, _)| scope.teacher.is_none_or(|only| only == **id)) {
                if with_groups {
                    let title = rows::group_title(sheet.state, *chat);
                    failed = failed.take().or(write(*teacher, &title, tally).err());
                } else {
                    by_teacher.entry(*teacher).or_default().merge(tally);
                }
            }
        }
        for (teacher, tally) in &by_teacher {
            failed = failed.take().or(write(*teacher, words::all_groups(sheet.lang), tally).err());
        }
    });
    match failed {
        Some(why) => Err(why),
        None => Ok(()),
    }
}

fn write_summary(out: &mut Worksheet, sheet: &Sheet<'_>, style: &Style) -> Result<(), XlsxError> {
    let (lang, activity) = (sheet.lang, sheet.activity);
    let name = words::summary(lang);
    out.set_name(name)?;
    out.write_string_with_format(0, 0, crate::text::period(activity.scope.period, lang), &style.title)?;
    out.write_string(1, 0, sheet.zone.name())?;
    out.write_string(2, 0, words::total(lang))?;
    out.write_number_with_format(2, 1, activity.total() as f64, &style.total)?;
    let top = 4;
    let teachers = rows::by_teacher(activity, sheet.state);
    let groups = rows::by_group(activity, sheet.state);
    heading(out, top, &words::summary_columns(lang), &[30.0, 10.0, 3.0, 30.0, 10.0, 3.0, 12.0, 10.0], style)?;
    for (line, row) in (top + 1..).zip(&teachers) {
        out.write_string_with_format(line, 0, &row.name, &style.text)?;
        out.write_number_with_format(line, 1, row.tally.total() as f64, &style.number)?;
    }
    for (line, row) in (top + 1..).zip(&groups) {
        out.write_string_with_format(line, 3, &row.name, &style.text)?;
        out.write_number_with_format(line, 4, row.tally.total() as f64, &style.number)?;
    }
    let days: Vec<_> = activity.scope.period.days().collect();
    for (line, day) in (top + 1..).zip(&days) {
        out.write_string_with_format(line, 6, day.to_string(), &style.text)?;
        out.write_number_with_format(line, 7, activity.by_day.get(day).copied().unwrap_or(0) as f64, &style.number)?;
    }
    let mut place = 0;
    let mut chart = |kind: ChartType, title: &str, column: u16, rows: usize| -> Result<(), XlsxError> {
        if rows == 0 {
            return Ok(());
        }
        let last = top + rows as u32;
        let mut chart = Chart::new(kind);
        chart.add_series().set_categories((name, top + 1, column, last, column)).set_values((
            name,
            top + 1,
            column + 1,
            last,
            column + 1,
        ));
        chart.title().set_name(title);
        chart.legend().set_hidden();
        chart.set_width(640).set_height(320);
        if kind == ChartType::Bar {
            chart.x_axis().set_reverse();
        }
        out.insert_chart(top + place, 9, &chart)?;
        place += 17;
        Ok(())
    };
    chart(ChartType::Bar, words::chart_by_teacher(lang), 0, teachers.len().min(CHARTED))?;
    chart(ChartType::Line, words::chart_by_day(lang), 6, days.len())?;
    chart(ChartType::Bar, words::chart_by_group(lang), 3, groups.len().min(CHARTED))
}

fn write_silent(out: &mut Worksheet, sheet: &Sheet<'_>, style: &Style) -> Result<(), XlsxError> {
    out.set_name(words::silent(sheet.lang))?;
    heading(out, 0, &words::silent_columns(sheet.lang), &[12.0, 32.0, 10.0, 14.0], style)?;
    for (line, row) in (1u32..).zip(rows::silent(sheet.activity, sheet.state)) {
        out.write_string_with_format(line, 0, row.teacher.as_str(), &style.text)?;
        out.write_string_with_format(line, 1, &row.name, &style.text)?;
        out.write_number_with_format(line, 2, row.groups as f64, &style.number)?;
        out.write_number_with_format(line, 3, row.extra as f64, &style.number)?;
    }
    Ok(())
}
