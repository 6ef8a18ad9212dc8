//! Bars by teacher; by group too, where there is room.

use std::fmt::Display;

use super::{
    canvas::{self, ACCENT, Anchor, Canvas, FAINT, Frame, INK, Label, shown},
    rows,
};
use crate::{
    domain::kind::Kind,
    report::{files::Sheet, rows::Row},
    text::{
        self,
        kind::{capitalized, kind},
        workbook as words,
    },
};

/// The most bars in a single card.
const MOST: usize = 13;
/// Between one bar and the next, in pixels, at most.
const STEP: f32 = 66.0;
/// The heading of a card.
const HEAD: f32 = 84.0;
const FOOT: f32 = 18.0;
const GAP: f32 = 32.0;
/// For the names.
const NAMES: f32 = 320.0;

/// Cards one below the other: teachers, groups, and kinds where these leave room.
pub(super) fn draw(canvas: &mut Canvas, frame: Frame, sheet: &Sheet<'_>) {
    let (activity, state, lang) = (sheet.activity, sheet.state, sheet.lang);
    let by_teacher = (words::chart_by_teacher(lang), named(&rows::counted(rows::by_teacher(activity, state))));
    let by_group = (words::chart_by_group(lang), named(&rows::counted(rows::by_group(activity, state))));
    let mut cards = Vec::new();
    if activity.scope.teacher.is_none() {
        cards.push(by_teacher);
    }
    if activity.scope.group.is_none() {
        cards.push(by_group);
    }
    let kinds = kinds(sheet);
    let used: usize = cards.iter().map(|card| card.1.len()).sum();
    if cards.len() < 2 || used + kinds.len() <= most_of(3) {
        cards.push((words::chart_by_kind(lang), kinds));
    }
    // An empty card says so once.
    if activity.total() == 0 {
        cards.truncate(1);
    }
    stack(canvas, frame, &cards, sheet);
}

/// The six kinds, most first; for one teacher or group those that were not written too.
fn kinds(sheet: &Sheet<'_>) -> Vec<(String, u64)> {
    let (totals, scope) = (sheet.activity.totals(), sheet.activity.scope);
    let is_narrow = scope.teacher.is_some() || scope.group.is_some();
    let named = |(counted, n)| (capitalized(kind(counted, sheet.lang)), n);
    let mut kinds: Vec<_> =
        Kind::COUNTED.into_iter().zip(totals.counted()).filter(|(_, n)| is_narrow || *n > 0).map(named).collect();
    kinds.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    kinds
}

/// How many bars fit into so many cards.
fn most_of(cards: usize) -> usize {
    (MOST + 2).saturating_sub(cards * 2)
}

fn named<K: Display>(rows: &[Row<K>]) -> Vec<(String, u64)> {
    rows.iter().map(|row| (shown(&row.name, &row.key.to_string()), row.tally.total())).collect()
}

/// A card's heading, and names with numbers.
type Bars = (&'static str, Vec<(String, u64)>);

fn stack(canvas: &mut Canvas, frame: Frame, cards: &[Bars], sheet: &Sheet<'_>) {
    // Each card may have what those below it leave; they are left a third.
    let mut left = most_of(cards.len());
    let mut counts = Vec::new();
    for (index, (_, bars)) in cards.iter().enumerate() {
        let below = cards.iter().skip(index + 1).map(|card| card.1.len().max(1)).sum::<usize>().min(left / 3);
        let count = bars.len().min(left - below).max(1);
        left = left.saturating_sub(count);
        counts.push(count);
    }
    let cards_height = cards.len() as f32 * (HEAD + FOOT + GAP) - GAP;
    let step = ((frame.height - cards_height) / counts.iter().sum::<usize>() as f32).min(STEP);
    let mut y = frame.y;
    for (index, ((heading, bars), count)) in cards.iter().zip(counts).enumerate() {
        let is_last = index + 1 == cards.len();
        let height = if is_last { frame.bottom() - y } else { HEAD + FOOT + count as f32 * step };
        card(canvas, Frame { y, height, ..frame }, heading, bars, count, step, sheet);
        y += height + GAP;
    }
}

fn card(canvas: &mut Canvas, frame: Frame, heading: &str, bars: &[(String, u64)], count: usize, step: f32, sheet: &Sheet<'_>) {
    canvas.card(frame, heading);
    let rest = bars.len().saturating_sub(count);
    if rest > 0 {
        let look = Label { size: 24.0, color: FAINT, is_bold: false, anchor: Anchor::End };
        canvas.label(frame.right() - 30.0, frame.y + 52.0, &format!("+{}", text::number(rest as u64)), look);
    }
    if bars.is_empty() {
        let look = Label { size: 26.0, color: FAINT, is_bold: false, anchor: Anchor::Middle };
        canvas.label(frame.x + frame.width / 2.0, frame.y + frame.height / 2.0, words::nothing(sheet.lang), look);
        return;
    }
    let inside = frame.inside([30.0, HEAD, 30.0, FOOT]);
    let most = bars.iter().map(|(_, n)| *n).max().unwrap_or(0).max(1);
    let numbers = canvas::width(&text::number(most), 26.0) + 18.0;
    let (left, long) = (inside.x + NAMES, inside.width - NAMES - numbers);
    for (index, (name, n)) in bars.iter().take(count).enumerate() {
        let middle = inside.y + step * (index as f32 + 0.5);
        let base = middle + 9.0;
        let name = canvas::fitting(name, 26.0, NAMES - 22.0);
        canvas.label(inside.x, base, &name, Label { size: 26.0, color: INK, is_bold: false, anchor: Anchor::Start });
        let length = if *n == 0 { 0.0 } else { (long * *n as f32 / most as f32).max(6.0) };
        if *n > 0 {
            canvas.rect(Frame { x: left, y: middle - 15.0, width: length, height: 30.0 }, 7.0, ACCENT, 1.0);
        }
        let look = Label { size: 26.0, color: INK, is_bold: true, anchor: Anchor::Start };
        canvas.label(left + length + 12.0, base, &text::number(*n), look);
    }
}
