//! `collected_chats.xlsx`: a row a chat, with what was collected of it.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use super::row::is_missing;
use crate::{fault::Fault, table::Table};

/// Columns that come from `collected_chats.csv`.
const OF_CHAT: [&str; 25] = [
    "_",
    "id",
    "username",
    "title",
    "date",
    "left",
    "broadcast",
    "verified",
    "megagroup",
    "restricted",
    "signatures",
    "min",
    "scam",
    "has_link",
    "has_geo",
    "slowmode_enabled",
    "call_active",
    "call_not_empty",
    "fake",
    "gigagroup",
    "restriction_reason",
    "admin_rights",
    "banned_rights",
    "default_banned_rights",
    "participants_count",
];

const OF_POSTS: [&str; 7] =
    ["collected_actions", "collected_posts", "replies", "other_actions", "number_views", "forwards", "replies_received"];

/// Columns that are text whatever stands in them.
const TEXT: [&str; 9] =
    ["_", "username", "title", "date", "restriction_reason", "admin_rights", "banned_rights", "default_banned_rights", "photo"];

/// Sums over a channel's posts, in the order of the sheet's last columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// As the server counts.
    pub(super) actions: u64,
    pub(super) posts: u64,
    pub(super) replies: u64,
    pub(super) other: u64,
    pub(super) views: i64,
    pub(super) forwards: i64,
    pub(super) replies_received: i64,
}

impl Tally {
    /// The sums of two files of the same channel; the server's number is of the channel as a whole.
    pub(super) fn add(&mut self, other: Self) {
        self.actions = self.actions.max(other.actions);
        self.posts += other.posts;
        self.replies += other.replies;
        self.other += other.other;
        self.views += other.views;
        self.forwards += other.forwards;
        self.replies_received += other.replies_received;
    }

    fn cells(self) -> [f64; 7] {
        let [actions, posts, replies, other] = [self.actions, self.posts, self.replies, self.other].map(|n| n as f64);
        [actions, posts, replies, other, self.views as f64, self.forwards as f64, self.replies_received as f64]
    }
}

/// What a column's cells become.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Truth,
}

/// The workbook. With `compat`, what looks like a number in all cells of a column is one, titles included, as pandas reads it.
pub(super) fn workbook(table: &Table, tallies: &[Tally], compat: bool) -> Result<Vec<u8>, Fault> {
    made(table, tallies, compat).map_err(|why| Fault::Made { what: "collected_chats.xlsx", why: why.to_string() })
}

fn made(table: &Table, tallies: &[Tally], compat: bool) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Sheet1")?;
    let head = Format::new().set_bold().set_border(FormatBorder::Thin).set_align(FormatAlign::Center).set_align(FormatAlign::Top);
    for (column, name) in OF_CHAT.iter().chain(&OF_POSTS).enumerate() {
        sheet.write_string_with_format(0, column as u16, *name, &head)?;
    }
    if !compat {
        sheet.set_freeze_panes(1, 4)?;
        for (column, width) in [(0, 9.0), (1, 13.0), (2, 22.0), (3, 32.0), (4, 26.0)] {
            sheet.set_column_width(column, width)?;
        }
    }
    let kinds: Vec<_> = OF_CHAT.iter().map(|name| kind(table, name, compat)).collect();
    for (index, (row, tally)) in table.rows.iter().zip(tallies).enumerate() {
        let line = index as u32 + 1;
        for (column, (name, kind)) in OF_CHAT.iter().zip(&kinds).enumerate() {
            let cell = table.cell(row, name).unwrap_or_default();
            let (column, is_empty) = (column as u16, if compat { is_missing(cell) } else { cell.is_empty() });
            match kind {
                _ if is_empty => continue,
                Kind::Text => sheet.write_string(line, column, cell)?,
                Kind::Number => sheet.write_number(line, column, cell.parse().unwrap_or(f64::NAN))?,
                Kind::Truth => sheet.write_boolean(line, column, cell.eq_ignore_ascii_case("true"))?,
            };
        }
        for (column, number) in tally.cells().into_iter().enumerate() {
            sheet.write_number(line, (OF_CHAT.len() + column) as u16, number)?;
        }
    }
    workbook.save_to_buffer()
}

fn kind(table: &Table, name: &str, compat: bool) -> Kind {
    if !compat && TEXT.contains(&name) {
        return Kind::Text;
    }
    let cells = || table.rows.iter().filter_map(|row| table.cell(row, name)).filter(|cell| !is_missing(cell));
    // Pandas knows these three ways of writing it.
    let is_truth = |cell: &str| matches!(cell, "True" | "TRUE" | "true" | "False" | "FALSE" | "false");
    if cells().all(is_truth) {
        Kind::Truth
    } else if cells().all(|cell| cell.trim().parse::<f64>().is_ok_and(f64::is_finite)) {
        Kind::Number
    } else {
        Kind::Text
    }
}
