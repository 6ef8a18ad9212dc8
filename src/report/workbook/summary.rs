//! The sheet with totals and native charts.

use rust_xlsxwriter::{
    Chart, ChartDataLabel, ChartFont, ChartFormat, ChartLine, ChartMarker, ChartMarkerType, ChartSolidFill, ChartType,
    ConditionalFormatDataBar, Worksheet, XlsxError,
};

use super::{
    cell_text, excel_date,
    style::{ACCENT, GRID, MUTED, Style, TINT},
};
use crate::{
    domain::lang::Lang,
    report::{
        files::Sheet,
        rows::{self, Row},
    },
    text::{self, kind::extras, workbook as words},
};

/// The sheet's name, also within the charts' references.
const NAME: &str = "Summary";
/// Teachers in the chart; all of them are in the table.
const CHARTED: u32 = 15;
/// The first row below the charts.
const BELOW_CHARTS: u32 = 20;
/// Where the tables begin.
const TEACHERS: u16 = 0;
const GROUPS: u16 = 4;
const DAYS: u16 = 8;

pub(super) fn sheet(of: &Sheet<'_>, style: &Style) -> Result<Worksheet, XlsxError> {
    let (activity, lang) = (of.activity, of.lang);
    let mut sheet = Worksheet::new();
    sheet.set_name(NAME)?;
    sheet.set_screen_gridlines(false);
    for (column, width) in (0..).zip([34.0, 24.0, 9.0, 3.0, 34.0, 12.0, 9.0, 3.0, 14.0, 12.0]) {
        sheet.set_column_width(column, width)?;
    }
    let period = activity.scope.period;
    let title = format!("{} · {}", words::report(lang), text::period(period, lang));
    sheet.set_row_height(0, 26)?;
    sheet.write_string_with_format(0, 0, title, &style.title)?;

    let teachers = rows::counted(rows::by_teacher(activity, of.state));
    let groups = rows::counted(rows::by_group(activity, of.state));
    let below_facts = facts(&mut sheet, of, teachers.len(), groups.len(), style)?;
    let top = BELOW_CHARTS.max(below_facts + 1);
    shares(&mut sheet, (top, TEACHERS), words::chart_by_teacher(lang), &teachers, of, style)?;
    shares(&mut sheet, (top, GROUPS), words::chart_by_group(lang), &groups, of, style)?;
    sheet.write_string_with_format(top, DAYS, words::chart_by_day(lang), &style.header)?;
    sheet.write_string_with_format(top, DAYS + 1, words::total(lang), &style.header_right)?;
    for (row, day) in (top + 1..).zip(period.days()) {
        let n = activity.by_day.get(&day).copied().unwrap_or(0);
        sheet.write_datetime_with_format(row, DAYS, excel_date(day)?, &style.date)?;
        sheet.write_number_with_format(row, DAYS + 1, n as f64, &style.count)?;
    }
    if !teachers.is_empty() {
        let last = top + (teachers.len() as u32).min(CHARTED);
        sheet.insert_chart_with_offset(1, GROUPS, &bars(top, last, lang), 0, 8)?;
        let last = top + period.len_days() as u32;
        sheet.insert_chart_with_offset(1, DAYS, &line(top, last, lang), 0, 8)?;
    }
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    Ok(sheet)
}

/// Single numbers, one below the other. Gives the first free row.
fn facts(sheet: &mut Worksheet, of: &Sheet<'_>, teachers: usize, groups: usize, style: &Style) -> Result<u32, XlsxError> {
    let (activity, lang) = (of.activity, of.lang);
    let totals = activity.totals();
    let mut row = 2;
    let mut fact = |label: &str, value: Fact| -> Result<(), XlsxError> {
        sheet.write_string_with_format(row, 0, label, &style.label)?;
        match value {
            Fact::Text(text) => sheet.write_string_with_format(row, 1, cell_text(&text), &style.value)?,
            Fact::Count(n) => sheet.write_number_with_format(row, 1, n as f64, &style.total)?,
        };
        row += 1;
        Ok(())
    };
    if let Some(teacher) = activity.scope.teacher {
        fact(words::teacher(lang), Fact::Text(rows::teacher_name(of.state, teacher)))?;
    }
    if let Some(chat) = activity.scope.group {
        fact(words::group(lang), Fact::Text(rows::group_title(of.state, chat)))?;
    }
    fact(words::zone(lang), Fact::Text(of.zone.to_string()))?;
    if let Some(at) = of.last_commit {
        fact(words::as_of(lang), Fact::Text(text::report::moment(at, of.zone)))?;
    }
    fact(words::total(lang), Fact::Count(totals.total()))?;
    if totals.posts() != totals.total() {
        fact(words::posts(lang), Fact::Count(totals.posts()))?;
    }
    fact(words::wrote(lang), Fact::Count(teachers as u64))?;
    fact(words::wrote_nothing(lang), Fact::Count(rows::silent(activity, of.state).len() as u64))?;
    fact(words::groups(lang), Fact::Count(groups as u64))?;
    let unattributed = rows::unattributed(activity);
    if unattributed > 0 {
        fact(words::unattributed(lang), Fact::Count(unattributed))?;
    }
    if totals.extra_total() > 0 {
        fact(words::other_kinds(lang), Fact::Text(extras(&totals, lang)))?;
    }
    Ok(row)
}

/// What stands beside a label.
enum Fact {
    Text(String),
    Count(u64),
}

fn shares<K>(
    sheet: &mut Worksheet,
    (top, left): (u32, u16),
    heading: &str,
    rows: &[Row<K>],
    of: &Sheet<'_>,
    style: &Style,
) -> Result<(), XlsxError> {
    sheet.write_string_with_format(top, left, heading, &style.header)?;
    sheet.write_string_with_format(top, left + 1, words::total(of.lang), &style.header_right)?;
    sheet.write_string_with_format(top, left + 2, "%", &style.header_right)?;
    let total = of.activity.total() as f64;
    for (row, share) in (top + 1..).zip(rows) {
        let n = share.tally.total() as f64;
        sheet.write_string(row, left, cell_text(&share.name))?;
        sheet.write_number_with_format(row, left + 1, n, &style.count)?;
        sheet.write_number_with_format(row, left + 2, n / total, &style.share)?;
    }
    if !rows.is_empty() {
        let bar = ConditionalFormatDataBar::new().set_fill_color(TINT).set_solid_fill(true).set_border_off(true);
        sheet.add_conditional_format(top + 1, left + 1, top + rows.len() as u32, left + 1, &bar)?;
    }
    Ok(())
}

/// Bars by teacher, the first at the top.
fn bars(top: u32, last: u32, lang: Lang) -> Chart {
    let mut chart = Chart::new(ChartType::Bar);
    let mut font = ChartFont::new();
    font.set_color(MUTED).set_size(9);
    chart
        .add_series()
        .set_categories((NAME, top + 1, TEACHERS, last, TEACHERS))
        .set_values((NAME, top + 1, TEACHERS + 1, last, TEACHERS + 1))
        .set_name(words::total(lang))
        .set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(ACCENT)))
        .set_gap(45)
        .set_data_label(ChartDataLabel::new().show_value().set_font(&font));
    // The library's y axis is that of the names here. Reversed, it puts the first name on top.
    chart.y_axis().set_reverse().set_font(&font).set_major_gridlines(false);
    chart.x_axis().set_hidden(true).set_major_gridlines(false);
    framed(&mut chart, words::chart_by_teacher(lang));
    chart.set_width(430).set_height(350);
    chart
}

/// A line by day.
fn line(top: u32, last: u32, lang: Lang) -> Chart {
    let mut chart = Chart::new(ChartType::Line);
    let mut font = ChartFont::new();
    font.set_color(MUTED).set_size(9);
    let marker = if last - top > 45 { ChartMarker::new().set_none().clone() } else { dot() };
    chart
        .add_series()
        .set_categories((NAME, top + 1, DAYS, last, DAYS))
        .set_values((NAME, top + 1, DAYS + 1, last, DAYS + 1))
        .set_name(words::total(lang))
        .set_format(ChartFormat::new().set_line(ChartLine::new().set_color(ACCENT).set_width(2.25)))
        .set_marker(&marker);
    chart.x_axis().set_date_axis(true).set_num_format("dd.mm").set_font(&font);
    chart.y_axis().set_font(&font).set_min(0).set_major_gridlines_line(ChartLine::new().set_color(GRID));
    framed(&mut chart, words::chart_by_day(lang));
    chart.set_width(700).set_height(350);
    chart
}

fn dot() -> ChartMarker {
    let mut fill = ChartFormat::new();
    fill.set_solid_fill(ChartSolidFill::new().set_color(ACCENT));
    let mut dot = ChartMarker::new();
    dot.set_type(ChartMarkerType::Circle).set_size(5).set_format(&mut fill);
    dot
}

fn framed(chart: &mut Chart, title: &str) {
    chart.title().set_name(title).set_font(ChartFont::new().set_size(12).set_bold());
    chart.legend().set_hidden();
    chart.chart_area().set_format(ChartFormat::new().set_no_border());
}
