//! The rows of every report, in the order in which they are shown.

use std::{cmp::Reverse, collections::BTreeMap};

use super::activity::Activity;
use crate::domain::{
    ids::{ChatId, TeacherId},
    registry::Teacher,
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
#[derive(Clone, Debug, PartialEq)]
pub struct Silent {
    /// Who.
    pub teacher: TeacherId,
    /// Their name.
    pub name: String,
    /// The groups in which they are counted, by title.
    pub groups: Vec<String>,
    /// Stickers, polls and the like, which don't make the total.
    pub tally: Tally,
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

/// Those of a ranking who wrote something that counts; others only sent stickers, polls and the like.
pub fn counted<K>(rows: Vec<Row<K>>) -> Vec<Row<K>> {
    rows.into_iter().filter(|row| row.tally.total() > 0).collect()
}

/// Every cell with counted messages, by teacher's id and then by group's id.
pub fn cells<'a>(activity: &'a Activity, state: &'a State) -> impl Iterator<Item = CellRow> {
    let cells = activity.cells.iter().filter(|(_, tally)| tally.total() > 0);
    cells.map(|((teacher, chat), tally)| CellRow {
        teacher: *teacher,
        name: teacher_name(state, *teacher),
        chat: *chat,
        title: group_title(state, *chat),
        tally: tally.clone(),
    })
}

/// A teacher's groups by total: where they wrote, and where they are counted without having written.
pub fn groups_of(teacher: TeacherId, activity: &Activity, state: &State) -> Vec<Row<ChatId>> {
    let nothing = Tally::default();
    let counted = state.groups_of(teacher).filter(|group| group.counts() && is_wanted(activity, group.chat_id));
    let mut cells: Vec<_> = counted.map(|group| (group.chat_id, &nothing)).collect();
    cells.extend(activity.cells.iter().filter(|((id, _), _)| *id == teacher).map(|((_, chat), tally)| (*chat, tally)));
    ranked(cells.into_iter(), |chat| group_title(state, chat))
}

/// The teachers who are counted somewhere within the scope, with the titles of those groups.
pub fn expected<'a>(activity: &'a Activity, state: &'a State) -> impl Iterator<Item = (&'a Teacher, Vec<String>)> {
    let wanted = |teacher: &&Teacher| activity.scope.teacher.is_none_or(|only| only == teacher.teacher_id);
    let groups = |teacher: &'a Teacher| {
        let counted = state.groups_of(teacher.teacher_id).filter(|group| group.counts() && is_wanted(activity, group.chat_id));
        let mut titles: Vec<_> = counted.map(|group| group.title.clone()).collect();
        titles.sort_by_cached_key(|title| title.to_lowercase());
        (teacher, titles)
    };
    let active = state.teachers.values().filter(|teacher| teacher.active).filter(wanted);
    active.map(groups).filter(|(_, titles)| !titles.is_empty())
}

/// Those of [`expected`] who wrote nothing that counts, by name.
pub fn silent(activity: &Activity, state: &State) -> Vec<Silent> {
    let mut silent: Vec<Silent> = Vec::new();
    for (teacher, groups) in expected(activity, state) {
        let tally = activity.of_teacher(teacher.teacher_id);
        if tally.total() == 0 {
            let name = teacher.full_name.to_string();
            silent.push(Silent { teacher: teacher.teacher_id, name, groups, tally });
        }
    }
    silent.sort_by_cached_key(|row| (row.name.to_lowercase(), row.teacher));
    silent
}

/// Messages of voices that nobody is mapped to.
pub fn unattributed(activity: &Activity) -> u64 {
    activity.unattributed.values().map(Tally::total).sum()
}

fn is_wanted(activity: &Activity, chat: ChatId) -> bool {
    activity.scope.group.is_none_or(|only| only == chat)
}

fn ranked<'a, K: Ord + Copy>(cells: impl Iterator<Item = (K, &'a Tally)>, name: impl Fn(K) -> String) -> Vec<Row<K>> {
    let mut sums: BTreeMap<K, Tally> = BTreeMap::new();
    for (key, tally) in cells {
        sums.entry(key).or_default().merge(tally);
    }
    let mut rows: Vec<_> = sums.into_iter().map(|(key, tally)| Row { key, name: name(key), tally }).collect();
    rows.sort_by_cached_key(|row| (Reverse(row.tally.total()), row.name.to_lowercase(), row.key));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::kind::Kind,
        report::sample::{Sample, teacher},
    };

    fn shown<K>(rows: Vec<Row<K>>) -> Vec<(String, u64)> {
        rows.into_iter().map(|row| (row.name, row.tally.total())).collect()
    }

    #[test]
    fn most_come_first_and_equals_by_name() {
        let sample = Sample::school();
        let rows = |total: &[(&str, u64)]| total.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect::<Vec<_>>();
        let teachers = shown(counted(by_teacher(&sample.activity, &sample.state)));
        assert_eq!(teachers, rows(&[("Aziza Karimova", 146), ("John <Smith> & Co", 90), ("gone99", 7), ("Оксана Петренко", 7)]));
        let groups = shown(by_group(&sample.activity, &sample.state));
        assert_eq!(groups, rows(&[("Grade 2 “Sun”", 153), ("7-А класс", 90), ("-1009999999999", 7)]));
    }

    #[test]
    fn by_teacher_by_group_and_by_cell_are_the_same_sum() {
        let Sample { state, activity, .. } = Sample::school();
        let total = activity.total();
        assert_eq!(by_teacher(&activity, &state).iter().map(|row| row.tally.total()).sum::<u64>(), total);
        assert_eq!(by_group(&activity, &state).iter().map(|row| row.tally.total()).sum::<u64>(), total);
        assert_eq!(cells(&activity, &state).map(|row| row.tally.total()).sum::<u64>(), total);
    }

    #[test]
    fn silent_are_those_who_were_expected() {
        let Sample { state, activity, .. } = Sample::school();
        let silent = silent(&activity, &state);
        // Not the inactive one, nor the one whose only group is disabled.
        assert_eq!(silent.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["Only Stickers", "Zuhra Oʻktamova"]);
        assert_eq!(silent[0].tally.get(Kind::Sticker), 3);
        assert_eq!(silent[1].groups, ["7-А класс", "Grade 2 “Sun”"]);
        assert_eq!(expected(&activity, &state).count(), 5);
    }

    #[test]
    fn ones_own_groups_are_listed_even_without_a_message() {
        let Sample { state, activity, .. } = Sample::school();
        let own = shown(groups_of(teacher("T004"), &activity, &state));
        assert_eq!(own, [("7-А класс".to_owned(), 0), ("Grade 2 “Sun”".to_owned(), 0)]);
    }
}
