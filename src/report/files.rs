//! Reports as files.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{activity::Activity, rows};
use crate::domain::{kind::Kind, lang::Lang, state::State, work::ReportFormat};

pub use super::workbook::{EachDay, WorkbookFault, write as workbook};

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

/// The columns of [`COLUMNS`] as CSV, with a byte order mark so that Excel reads it as UTF-8. Cells that a spreadsheet
/// would take for a formula get an apostrophe.
pub fn csv(sheet: &Sheet<'_>) -> Vec<u8> {
    let period = sheet.activity.scope.period;
    let mut file = "\u{feff}".as_bytes().to_vec();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut file);
    let mut write = |record: &[String]| writer.write_record(record).expect("writing to memory succeeds");
    write(&COLUMNS.map(str::to_owned));
    for row in rows::cells(sheet.activity, sheet.state) {
        let mut record = vec![row.teacher.to_string(), defused(&row.name), row.chat.to_string(), defused(&row.title)];
        record.extend(row.tally.counted().map(|n| n.to_string()));
        record.extend([row.tally.total().to_string(), period.from.to_string(), period.to.to_string()]);
        write(&record);
    }
    writer.flush().expect("writing to memory succeeds");
    drop(writer);
    file
}

/// Text that no spreadsheet takes for a formula.
fn defused(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// The same numbers as JSON, for other programs. Kinds beside the six are under `extra`.
pub fn json(sheet: &Sheet<'_>) -> String {
    let period = sheet.activity.scope.period;
    let rows: Vec<_> = rows::cells(sheet.activity, sheet.state)
        .map(|row| {
            let counted: serde_json::Map<_, _> =
                Kind::COUNTED.into_iter().zip(row.tally.counted()).map(|(kind, n)| (kind.key().to_owned(), n.into())).collect();
            let extra: serde_json::Map<_, _> = row.tally.extra().map(|(kind, n)| (kind.key().to_owned(), n.into())).collect();
            serde_json::json!({
                "teacher_id": row.teacher, "full_name": row.name, "chat_id": row.chat, "group_title": row.title,
                "counts": counted, "total": row.tally.total(), "posts": row.tally.posts(), "extra": extra,
            })
        })
        .collect();
    let silent: Vec<_> = rows::silent(sheet.activity, sheet.state)
        .into_iter()
        .map(|silent| serde_json::json!({ "teacher_id": silent.teacher, "full_name": silent.name, "groups": silent.groups }))
        .collect();
    let report = serde_json::json!({
        "from": period.from, "to": period.to, "time_zone": sheet.zone.name(), "as_of": sheet.last_commit,
        "total": sheet.activity.total(), "unattributed": rows::unattributed(sheet.activity), "rows": rows, "silent": silent,
    });
    serde_json::to_string_pretty(&report).expect("a value is JSON")
}

/// The same numbers as a table for a terminal.
pub fn table(sheet: &Sheet<'_>) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(["Teacher", "Name", "Group", "Text", "Photo", "Video", "Audio", "Voice", "Doc", "Total", "Other"]);
    for row in rows::cells(sheet.activity, sheet.state) {
        let mut line = vec![row.teacher.to_string(), row.name, row.title];
        line.extend(row.tally.counted().map(|n| n.to_string()));
        line.extend([row.tally.total().to_string(), row.tally.extra_total().to_string()]);
        table.add_row(line);
    }
    for column in 3..11 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    table.to_string()
}
