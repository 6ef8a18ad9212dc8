//! The rows of every report, in the order in which they are shown.

use std::collections::{BTreeMap, BTreeSet};

use super::activity::Activity;
use crate::domain::{
    ids::{ChatId, TeacherId},
    state::State,
    tally::Tally,
};

/// One teacher or group with its sum.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<K> {
    /// Who or which.
    pub key: K,
    /// Its name; the id where it is not registered (any more).
    pub name: String,
    /// What was counted.
    pub tally: Tally,
}

/// One teacher in one group.
#[derive(Clone, Debug, PartialEq)]
pub struct CellRow {
    /// Who.
    pub teacher: TeacherId,
    /// Their name.
    pub name: String,
    /// Where.
    pub chat: ChatId,
    /// Its title.
    pub title: String,
    /// What was counted.
    pub tally: Tally,
}

/// Somebody who is counted and wrote nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silent {
    /// Who.
    pub teacher: TeacherId,
    /// Their name.
    pub name: String,
    /// In how many groups they are counted.
    pub groups: usize,
    /// Stickers, polls and the like, which don't make the total.
    pub extra: u64,
}

/// A teacher's name; the id where nobody has it.
pub fn teacher_name(state: &State, teacher: TeacherId) -> String {
    state.teachers.get(&teacher).map_or_else(|| teacher.to_string(), |teacher| teacher.full_name.to_string())
}

/// A group's title; the id where it is not registered.
pub fn group_title(state: &State, chat: ChatId) -> String {
    state.groups.get(&chat).map_or_else(|| chat.to_string(), |group| group.title.clone())
}

/// Teachers by total, most first; equals by name.
pub fn by_teacher(activity: &Activity, state: &State) -> Vec<Row<TeacherId>> {
    ranked(activity.cells.iter().map(|((teacher, _), tally)| (*teacher, tally)), |teacher| teacher_name(state, teacher))
}

/// Groups by total, most first; equals by title.
pub fn by_group(activity: &Activity, state: &State) -> Vec<Row<ChatId>> {
    ranked(activity.cells.iter().map(|((_, chat), tally)| (*chat, tally)), |chat| group_title(state, chat))
}

/// Every cell, by teacher's id and then by group's id as text: the order of the files.
pub fn cells(activity: &Activity, state: &State) -> Vec<CellRow> {
    let mut rows: Vec<_> = activity
        .cells
        .iter()
        .map(|((teacher, chat), tally)| CellRow {
            teacher: *teacher,
            name: teacher_name(state, *teacher),
            chat: *chat,
            title: group_title(state, *chat),
            tally: tally.clone(),
        })
        .collect();
    rows.sort_by_cached_key(|row| (row.teacher, row.chat.to_string()));
    rows
}

/// Those who are counted somewhere within the scope and wrote nothing that counts, by name.
pub fn silent(activity: &Activity, state: &State) -> Vec<Silent> {
    let spoke: BTreeSet<TeacherId> =
        activity.cells.iter().filter(|(_, tally)| tally.total() > 0).map(|((teacher, _), _)| *teacher).collect();
    let wanted = |teacher: &TeacherId| activity.scope.teacher.is_none_or(|only| only == *teacher);
    let mut silent: Vec<Silent> = Vec::new();
    for teacher in state.teachers.values().filter(|teacher| teacher.active && wanted(&teacher.teacher_id)) {
        let id = teacher.teacher_id;
        let here = |chat: ChatId| activity.scope.group.is_none_or(|only| only == chat);
        let groups = state.groups_of(id).filter(|group| group.counts() && here(group.chat_id)).count();
        if groups > 0 && !spoke.contains(&id) {
            silent.push(Silent {
                teacher: id,
                name: teacher.full_name.to_string(),
                groups,
                extra: activity.of_teacher(id).extra_total(),
            });
        }
    }
    silent.sort_by(|a, b| (&a.name, a.teacher).cmp(&(&b.name, b.teacher)));
    silent
}

/// Messages of voices that nobody is mapped to, by group.
pub fn unattributed(activity: &Activity) -> u64 {
    activity.unattributed.values().map(Tally::total).sum()
}

fn ranked<'a, K: Ord + Copy>(cells: impl Iterator<Item = (K, &'a Tally)>, name: impl Fn(K) -> String) -> Vec<Row<K>> {
    let mut sums: BTreeMap<K, Tally> = BTreeMap::new();
    for (key, tally) in cells {
        sums.entry(key).or_default().merge(tally);
    }
    let mut rows: Vec<_> = sums.into_iter().map(|(key, tally)| Row { key, name: name(key), tally }).collect();
    rows.sort_by(|a, b| b.tally.total().cmp(&a.tally.total()).then_with(|| a.name.cmp(&b.name)).then_with(|| a.key.cmp(&b.key)));
    rows
}
