//! Reports as files.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{activity::Activity, rows};
use crate::domain::{ids::tidy, lang::Lang, state::State, tally::Tally, work::ReportFormat};

pub use super::json::render as json;
pub use super::workbook::{ShowDays, WorkbookFault, write as workbook};

/// What a file is made from.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a> {
    /// Names and titles.
    pub state: &'a State,
    /// The numbers.
    pub activity: &'a Activity,
    /// Whose days.
    pub zone: Tz,
    /// The language of what is ours to word.
    pub lang: Lang,
    /// When it is made.
    pub now: DateTime<Utc>,
    /// How far the numbers go; `None` in a directory that no daemon ever wrote to.
    pub last_commit: Option<DateTime<Utc>>,
}

/// The columns of the first sheet and of CSV files: fixed, other programs read them.
pub const COLUMNS: [&str; 13] = [
    "TeacherID",
    "FullName",
    "ChatID",
    "GroupTitle",
    "Text",
    "Photo",
    "Video",
    "Audio",
    "Voice",
    "Document",
    "Total",
    "FromDate",
    "ToDate",
];

/// A report's file name: `report_YYYYmmdd_HHMMSS`, local time.
pub fn name(format: ReportFormat, now: DateTime<Utc>, zone: Tz) -> String {
    let ending = match format {
        ReportFormat::Workbook => "xlsx",
        ReportFormat::Csv => "csv",
        ReportFormat::Picture => "png",
    };
    format!("report_{}.{ending}", now.with_timezone(&zone).format("%Y%m%d_%H%M%S"))
}

/// Which of [`COLUMNS`] are numbers: the six counters and their sum.
pub const COUNTERS: std::ops::RangeInclusive<usize> = 4..=10;

/// The columns of [`COLUMNS`] as CSV for people: with a byte order mark so that Excel reads it as UTF-8, and an apostrophe
/// before names that a spreadsheet would take for a formula.
pub fn csv(sheet: &Sheet<'_>) -> Vec<u8> {
    let mut file = "\u{feff}".as_bytes().to_vec();
    write_csv(sheet, csv::Terminator::CRLF, defused, &mut file);
    file
}

/// The same for programs: nothing before it, names as they are, LF.
pub fn plain_csv(sheet: &Sheet<'_>) -> Vec<u8> {
    let mut file = Vec::new();
    write_csv(sheet, csv::Terminator::Any(b'\n'), str::to_owned, &mut file);
    file
}

fn write_csv(sheet: &Sheet<'_>, line_end: csv::Terminator, name: impl Fn(&str) -> String, to: &mut Vec<u8>) {
    let period = sheet.activity.scope.period;
    let mut writer = csv::WriterBuilder::new().terminator(line_end).from_writer(to);
    writer.write_record(COLUMNS).expect("writing to memory succeeds");
    for row in rows::cells(sheet.activity, sheet.state) {
        let mut record = vec![row.teacher.to_string(), name(&row.name), row.chat.to_string(), name(&row.title)];
        record.extend(row.tally.counted().map(|n| n.to_string()));
        record.extend([row.tally.total().to_string(), period.from.to_string(), period.to.to_string()]);
        writer.write_record(&record).expect("writing to memory succeeds");
    }
    writer.flush().expect("writing to memory succeeds");
}

/// Any rows for people: a byte order mark before them, CRLF, nothing that a spreadsheet takes for a formula.
pub fn csv_of(rows: &[Vec<String>]) -> Vec<u8> {
    let mut file = "\u{feff}".as_bytes().to_vec();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut file);
    for row in rows {
        writer.write_record(row.iter().map(|cell| defused(cell))).expect("writing to memory succeeds");
    }
    writer.flush().expect("writing to memory succeeds");
    drop(writer);
    file
}

/// Text that no spreadsheet takes for a formula. A plain number is none: an unknown group's title is its id.
pub(super) fn defused(text: &str) -> String {
    if text.parse::<i64>().is_err() && text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The same numbers as a table for a terminal, with the sums at its foot.
pub fn table(sheet: &Sheet<'_>) -> String {
    let mut table = comfy_table::Table::new();
    let ruled = comfy_table::presets::UTF8_HORIZONTAL_ONLY;
    table.load_style(ruled.row_separator(comfy_table::LineStyle::none()));
    table.set_header(["Teacher", "Name", "Group", "Text", "Photo", "Video", "Audio", "Voice", "Doc", "Total", "Other"]);
    let counts = |tally: &Tally| {
        let numbers = tally.counted().into_iter().chain([tally.total(), tally.extra_total()]);
        numbers.map(|n| n.to_string()).collect::<Vec<_>>()
    };
    for row in rows::cells(sheet.activity, sheet.state) {
        let mut line = vec![row.teacher.to_string(), tidy(&row.name), tidy(&row.title)];
        line.extend(counts(&row.tally));
        table.add_row(line);
    }
    let mut sums = vec!["Total".to_owned(), String::new(), String::new()];
    sums.extend(counts(&sheet.activity.totals()));
    table.add_row(sums);
    for column in 3..11 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    table.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{change::Change, ids::FullName},
        report::sample::{Sample, moment, teacher},
    };

    fn school() -> Sample {
        let mut sample = Sample::school();
        let mut formula = sample.state.teachers[&teacher("T003")].clone();
        formula.full_name = FullName::from_file("=cmd|' /C calc'!A0, \"x\"".to_owned());
        sample.state.apply(Change::Teacher(formula.teacher_id, Some(Box::new(formula))));
        sample
    }

    #[test]
    fn csv_for_people_is_as_ever() {
        let frozen = include_bytes!("../../tests/data/report.csv");
        assert_eq!(String::from_utf8_lossy(&csv(&school().sheet(Lang::En))), String::from_utf8_lossy(frozen));
    }

    #[test]
    fn csv_for_programs_has_names_as_they_are() {
        let text = String::from_utf8(plain_csv(&school().sheet(Lang::En))).expect("UTF-8");
        assert!(text.starts_with("TeacherID,FullName,"));
        assert!(text.contains("\nT003,\"=cmd|' /C calc'!A0, \"\"x\"\"\",-1001234567890,"));
        assert!(!text.contains('\r'));
        let total: u64 = text.lines().skip(1).filter_map(|line| line.rsplit(',').nth(2)?.parse::<u64>().ok()).sum();
        assert_eq!(total, school().activity.total());
    }

    #[test]
    fn json_is_as_ever() {
        let frozen = include_str!("../../tests/data/report.json");
        assert_eq!(super::super::json::render(&school().sheet(Lang::En)), frozen.trim_end());
    }

    #[test]
    fn tables_have_sums() {
        insta::assert_snapshot!(table(&school().sheet(Lang::En)));
    }

    #[test]
    fn files_are_named_by_local_time() {
        let zone = Tz::Asia__Tashkent;
        assert_eq!(name(ReportFormat::Workbook, moment(), zone), "report_20260201_143000.xlsx");
        assert_eq!(name(ReportFormat::Picture, moment(), zone), "report_20260201_143000.png");
    }
}
