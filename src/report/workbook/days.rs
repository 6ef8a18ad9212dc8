//! The sheet by day: as detailed as Excel's rows allow.

use std::{collections::BTreeMap, ops::ControlFlow};

use chrono::NaiveDate;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::{MAX_ROWS, cell_text, excel_date, sheet_for, style::Style};
use crate::{
    domain::{
        day::DaySink,
        ids::{ChatId, TeacherId},
        tally::Tally,
    },
    report::{activity::wants_cell, files::Sheet, rows},
    text::workbook as words,
};

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// A day, a teacher and a group.
    Cell,
    /// A day and a teacher.
    Teacher,
    /// A day.
    Day,
}

impl Detail {
    /// The finest that fits into `max` rows.
    fn fitting(cells: u64, days: u64, teachers: u64, max: u64) -> Self {
        if cells <= max {
            Detail::Cell
        } else if days * teachers <= max {
            Detail::Teacher
        } else {
            Detail::Day
        }
    }
}

/// The sheet while days are shown to it.
pub(super) struct DaySheet<'a> {
    sheet: Worksheet,
    of: &'a Sheet<'a>,
    detail: Detail,
    /// The row of the headings.
    head: u32,
    next: u32,
    /// The rows of the day that is being shown.
    today: BTreeMap<(Option<TeacherId>, Option<ChatId>), Tally>,
    date: Option<NaiveDate>,
    failed: Option<XlsxError>,
}

impl<'a> DaySheet<'a> {
    pub(super) fn new(book: &mut Workbook, of: &'a Sheet<'a>, style: &Style) -> Result<Self, XlsxError> {
        let activity = of.activity;
        let (days, teachers) = (activity.by_day.len() as u64, rows::by_teacher(activity, of.state).len() as u64);
        // Two rows are for the headings and for saying what was left out.
        let detail = Detail::fitting(activity.day_cells, days, teachers, MAX_ROWS - 2);
        Self::with(detail, book, of, style)
    }

    /// With these details, whether they fit or not.
    pub(super) fn with(detail: Detail, book: &mut Workbook, of: &'a Sheet<'a>, style: &Style) -> Result<Self, XlsxError> {
        // As many at most.
        let mut sheet = sheet_for(book, of.activity.day_cells)?;
        sheet.set_name("By day")?;
        let columns = columns(detail, of, style);
        for (at, column) in (0..).zip(&columns) {
            sheet.set_column_width(at, column.width)?;
            sheet.set_column_format(at, column.format)?;
        }
        let note = match detail {
            Detail::Cell => None,
            Detail::Teacher => Some(words::fewer_details(of.lang, true)),
            Detail::Day => Some(words::fewer_details(of.lang, false)),
        };
        if let Some(note) = note {
            sheet.write_string_with_format(0, 0, note, &style.note)?;
        }
        let head = u32::from(note.is_some());
        for (at, column) in (0..).zip(&columns) {
            let format = if column.is_count { &style.header_right } else { &style.header };
            sheet.write_string_with_format(head, at, column.name, format)?;
        }
        sheet.set_freeze_panes(head + 1, 1)?;
        sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(head, head)?;
        Ok(Self { sheet, of, detail, head, next: head + 1, today: BTreeMap::new(), date: None, failed: None })
    }

    pub(super) fn finish(mut self) -> Result<Worksheet, XlsxError> {
        self.end_day();
        if let Some(failed) = self.failed {
            return Err(failed);
        }
        let last = self.next.saturating_sub(1).max(self.head);
        let width = match self.detail {
            Detail::Cell => 12,
            Detail::Teacher => 10,
            Detail::Day => 8,
        };
        self.sheet.autofilter(self.head, 0, last, width - 1)?;
        Ok(self.sheet)
    }

    /// Writes the rows of the day.
    fn end_day(&mut self) {
        let (Some(date), None) = (self.date, &self.failed) else { return };
        for ((teacher, chat), tally) in std::mem::take(&mut self.today) {
            if let Err(fault) = self.row(date, teacher, chat, &tally) {
                self.failed = Some(fault);
                return;
            }
        }
    }

    fn row(&mut self, date: NaiveDate, teacher: Option<TeacherId>, chat: Option<ChatId>, tally: &Tally) -> Result<(), XlsxError> {
        let (sheet, of, row) = (&mut self.sheet, self.of, self.next);
        sheet.write_datetime(row, 0, excel_date(date)?)?;
        let mut columns = 1_u16..;
        let mut next = || columns.next().expect("a row has few columns");
        if let Some(teacher) = teacher {
            sheet.write_string(row, next(), teacher.as_str())?;
            sheet.write_string(row, next(), cell_text(&rows::teacher_name(of.state, teacher)))?;
        }
        if let Some(chat) = chat {
            sheet.write_string(row, next(), chat.to_string())?;
            sheet.write_string(row, next(), cell_text(&rows::group_title(of.state, chat)))?;
        }
        for n in tally.counted() {
            sheet.write_number(row, next(), n as f64)?;
        }
        sheet.write_number(row, next(), tally.total() as f64)?;
        self.next += 1;
        Ok(())
    }
}

impl DaySink for DaySheet<'_> {
    fn begin(&mut self, date: NaiveDate) -> ControlFlow<()> {
        self.end_day();
        self.date = Some(date);
        if self.failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn cell(&mut self, date: NaiveDate, chat: ChatId, teacher: TeacherId, tally: &Tally) {
        let scope = &self.of.activity.scope;
        if !scope.period.contains(date) || !wants_cell(scope, chat, teacher) || tally.total() == 0 {
            return;
        }
        let row = match self.detail {
            Detail::Cell => (Some(teacher), Some(chat)),
            Detail::Teacher => (Some(teacher), None),
            Detail::Day => (None, None),
        };
        self.today.entry(row).or_default().merge(tally);
    }
}

struct Column<'a> {
    name: &'static str,
    width: f64,
    format: &'a Format,
    is_count: bool,
}

fn columns<'a>(detail: Detail, of: &Sheet<'_>, style: &'a Style) -> Vec<Column<'a>> {
    let [date, teacher, name, chat, group, counters @ .., total] = words::by_day_columns(of.lang);
    let text = |name: &'static str, width| Column { name, width, format: &style.text, is_count: false };
    let mut columns = vec![Column { format: &style.date, ..text(date, 12.0) }];
    if detail != Detail::Day {
        columns.extend([text(teacher, 12.0), text(name, 28.0)]);
    }
    if detail == Detail::Cell {
        columns.extend([text(chat, 17.0), text(group, 30.0)]);
    }
    let count = |name, format| Column { name, width: 11.0, format, is_count: true };
    columns.extend(counters.map(|name| count(name, &style.count)));
    columns.push(count(total, &style.total));
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_go_as_far_as_the_rows() {
        assert_eq!(Detail::fitting(100, 10, 5, 100), Detail::Cell);
        assert_eq!(Detail::fitting(101, 10, 5, 100), Detail::Teacher);
        assert_eq!(Detail::fitting(101, 30, 5, 100), Detail::Day);
    }
}
