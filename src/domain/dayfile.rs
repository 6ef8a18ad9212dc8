//! The files of one day, as text.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    day::Hours,
    ids::{ChatId, TeacherId},
    registry::Voice,
    tally::Tally,
};

/// By group and teacher.
pub type Cells<T> = BTreeMap<ChatId, BTreeMap<TeacherId, T>>;

/// Reads `stats/…`.
pub fn parse_cells(bytes: &[u8]) -> serde_json::Result<Cells<Tally>> {
    serde_json::from_slice(bytes)
}

/// Reads `hours/…`.
pub fn parse_hours(bytes: &[u8]) -> serde_json::Result<Cells<Hours>> {
    serde_json::from_slice(bytes)
}

/// Reads `unattributed/…`.
pub fn parse_unattributed(bytes: &[u8]) -> serde_json::Result<BTreeMap<ChatId, BTreeMap<Voice, Tally>>> {
    serde_json::from_slice(bytes)
}

/// Writes `stats/…`.
pub fn render_cells(cells: &Cells<Tally>) -> Vec<u8> {
    render(cells)
}

/// Writes `hours/…`.
pub fn render_hours(hours: &Cells<Hours>) -> Vec<u8> {
    render(hours)
}

/// Writes `unattributed/…`.
pub fn render_unattributed(voices: &BTreeMap<ChatId, BTreeMap<Voice, Tally>>) -> Vec<u8> {
    render(voices)
}

fn render<K: Ord + Serialize, V: Serialize>(map: &BTreeMap<ChatId, BTreeMap<K, V>>) -> Vec<u8> {
    let by_text: BTreeMap<String, _> = map.iter().map(|(chat, inner)| (chat.to_string(), inner)).collect();
    serde_json::to_vec_pretty(&by_text).expect("keys are text")
}
