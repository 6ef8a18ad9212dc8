//! A report as JSON, for other programs. Fields may be added; none is renamed or removed.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::{files::Sheet, rows};
use crate::domain::{
    ids::{ChatId, TeacherId},
    kind::Kind,
    tally::Tally,
};

/// Rises when a reader that knows the version before could be misled.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    schema: u32,
    /// The first and the last local day.
    from: NaiveDate,
    to: NaiveDate,
    time_zone: &'a str,
    /// How far the numbers go; null where no daemon ever wrote.
    as_of: Option<DateTime<Utc>>,
    /// Only this teacher, only this group; null where all were asked for.
    teacher_id: Option<TeacherId>,
    chat_id: Option<ChatId>,
    /// The sum of the six kinds over everything.
    total: u64,
    /// The same with each album counted once.
    posts: u64,
    /// Messages of anonymous voices that nobody is mapped to; not in the total.
    unattributed: u64,
    /// Every day of the period.
    by_day: Vec<DayTotal>,
    /// By teacher id, then by chat id.
    rows: Vec<Row>,
    /// Teachers who are counted somewhere in the scope and wrote nothing that counts, by name.
    silent: Vec<Silent>,
}

#[derive(Serialize)]
struct DayTotal {
    date: NaiveDate,
    total: u64,
}

#[derive(Serialize)]
struct Row {
    teacher_id: TeacherId,
    full_name: String,
    chat_id: ChatId,
    group_title: String,
    #[serde(flatten)]
    numbers: Numbers,
}

#[derive(Serialize)]
struct Silent {
    teacher_id: TeacherId,
    full_name: String,
    groups: Vec<String>,
    /// Kinds beside the six, where not 0.
    other: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct Numbers {
    text: u64,
    photo: u64,
    video: u64,
    audio: u64,
    voice: u64,
    document: u64,
    /// The sum of these six.
    total: u64,
    /// The same with each album counted once.
    posts: u64,
    /// Kinds beside the six, where not 0.
    other: BTreeMap<&'static str, u64>,
}

/// The text, indented by two spaces.
pub fn render(sheet: &Sheet<'_>) -> String {
    let (activity, state) = (sheet.activity, sheet.state);
    let scope = activity.scope;
    let totals = activity.totals();
    let row = |cell: rows::CellRow| Row {
        teacher_id: cell.teacher,
        full_name: cell.name,
        chat_id: cell.chat,
        group_title: cell.title,
        numbers: numbers(&cell.tally),
    };
    let silent =
        |row: rows::Silent| Silent { teacher_id: row.teacher, full_name: row.name, groups: row.groups, other: other(&row.tally) };
    let report = Report {
        schema: SCHEMA,
        from: scope.period.from,
        to: scope.period.to,
        time_zone: sheet.zone.name(),
        as_of: sheet.last_commit,
        teacher_id: scope.teacher,
        chat_id: scope.group,
        total: totals.total(),
        posts: totals.posts(),
        unattributed: rows::unattributed(activity),
        by_day: activity.days().map(|(date, total)| DayTotal { date, total }).collect(),
        rows: rows::cells(activity, state).map(row).collect(),
        silent: rows::silent(activity, state).into_iter().map(silent).collect(),
    };
    serde_json::to_string_pretty(&report).expect("text keys and numbers are JSON")
}

fn numbers(tally: &Tally) -> Numbers {
    let [text, photo, video, audio, voice, document] = tally.counted();
    let (total, posts) = (tally.total(), tally.posts());
    Numbers { text, photo, video, audio, voice, document, total, posts, other: other(tally) }
}

fn other(tally: &Tally) -> BTreeMap<&'static str, u64> {
    tally.extra().map(|(kind, n): (Kind, u64)| (kind.key(), n)).collect()
}
