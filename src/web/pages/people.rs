//! Teachers and groups: the lists, and one of them with charts.

use std::collections::BTreeMap;

use super::{
    act,
    chart::{DayChart, HeatChart},
    look::{Look, Trouble},
    overview::{compared, figure},
    page::{Figure, Page, Section},
    table::{Column, Field, Table, Tone},
};
use crate::{
    domain::{
        ids::{ChatId, TeacherId},
        kind::Kind,
        period::Period,
        registry::{Group, Stamp},
        state::State,
        tally::Tally,
    },
    report::{
        activity::Activity,
        rows::{self, Row},
    },
    text::{
        self,
        kind::{capitalized, kind},
        pages::Words,
    },
};

/// All teachers with what they wrote.
pub(super) fn teachers(look: &Look<'_>) -> Result<Page, Trouble> {
    let (words, period) = (look.words(), look.period()?);
    let activity = look.activity(period, None, None)?;
    let sums = sums(activity.cells.iter().map(|((teacher, _), tally)| (*teacher, tally)));
    let most = sums.values().map(Tally::total).max().unwrap_or(0);
    let nothing = Tally::default();
    let mut rows = look.read(|state| {
        let row = |teacher: &crate::domain::registry::Teacher| {
            let id = teacher.teacher_id;
            let tally = sums.get(&id).unwrap_or(&nothing);
            let (status, tone) = if teacher.active { (words.active(), Tone::Good) } else { (words.not_active(), Tone::Quiet) };
            let groups = state.groups_of(id).filter(|group| group.counts()).count() as u64;
            let name = Field::name(teacher.full_name.as_str()).to(format!("/teachers/{id}"));
            let mut row = vec![name, Field::text(id.as_str()), Field::badge(status, tone), Field::count(groups)];
            row.extend(counts(tally, most));
            (tally.total(), row)
        };
        state.teachers.values().map(row).collect::<Vec<_>>()
    });
    rows.sort_by_key(|(total, _)| std::cmp::Reverse(*total));
    let mut columns = vec![
        Column::text("name", words.name()),
        Column::text("teacher_id", words.id()).minor(),
        Column::text("status", words.status()).minor(),
        Column::number("groups", words.groups()).minor(),
    ];
    columns.extend(count_columns(words));
    let table = Table {
        name: "teachers",
        title: words.teachers().to_owned(),
        columns,
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        empty: words.no_teachers().to_owned(),
    };
    let mut sections = vec![Section::Periods(look.periods(period)), Section::Table(table)];
    if look.visitor.admin().is_some() {
        sections.push(act::add_teacher(words));
    }
    Ok(Page { title: words.teachers().to_owned(), lead: Some(text::period(period, look.lang())), sections, ..Page::default() })
}

/// All groups with what was written there.
pub(super) fn groups(look: &Look<'_>) -> Result<Page, Trouble> {
    let (words, period) = (look.words(), look.period()?);
    let activity = look.activity(period, None, None)?;
    let sums = sums(activity.cells.iter().map(|((_, chat), tally)| (*chat, tally)));
    let most = sums.values().map(Tally::total).max().unwrap_or(0);
    let nothing = Tally::default();
    let mut rows = look.read(|state| {
        let mut counted: BTreeMap<ChatId, u64> = BTreeMap::new();
        let active = state.teachers.values().filter(|teacher| teacher.active).map(|teacher| teacher.teacher_id);
        let assigned = active.filter_map(|teacher| state.assignments.get(&teacher)).flatten();
        assigned.for_each(|chat| *counted.entry(*chat).or_default() += 1);
        let row = |group: &Group| {
            let tally = sums.get(&group.chat_id).unwrap_or(&nothing);
            let (status, tone) = status(group, words);
            let teachers = counted.get(&group.chat_id).copied().unwrap_or(0);
            let name = Field::name(&group.title).to(format!("/groups/{}", group.chat_id));
            let mut row = vec![name, Field::text(group.chat_id.to_string()), Field::badge(status, tone), Field::count(teachers)];
            row.extend(counts(tally, most));
            (tally.total(), row)
        };
        state.groups.values().map(row).collect::<Vec<_>>()
    });
    rows.sort_by_key(|(total, _)| std::cmp::Reverse(*total));
    let mut columns = vec![
        Column::text("title", words.title()),
        Column::text("chat_id", words.id()).minor(),
        Column::text("status", words.status()).minor(),
        Column::number("teachers", words.teachers()).minor(),
    ];
    columns.extend(count_columns(words));
    let table = Table {
        name: "groups",
        title: words.groups().to_owned(),
        columns,
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        empty: words.no_groups().to_owned(),
    };
    let sections = vec![Section::Periods(look.periods(period)), Section::Table(table)];
    Ok(Page { title: words.groups().to_owned(), lead: Some(text::period(period, look.lang())), sections, ..Page::default() })
}

/// The teacher that the address names.
pub(super) fn teacher(look: &Look<'_>) -> Result<Page, Trouble> {
    one_teacher(look, look.teacher()?)
}

/// The teacher that the visitor is.
pub(super) fn me(look: &Look<'_>) -> Result<Page, Trouble> {
    let own = look.read(|state| state.teacher_of(look.visitor.user).map(|teacher| teacher.teacher_id));
    one_teacher(look, own.ok_or(Trouble::Missing)?)
}

fn one_teacher(look: &Look<'_>, id: TeacherId) -> Result<Page, Trouble> {
    let (words, period) = (look.words(), look.period()?);
    let state = look.read(|state| of_teacher(state, id)).ok_or(Trouble::Missing)?;
    let teacher = state.teachers.get(&id).cloned().ok_or(Trouble::Missing)?;
    let activity = look.activity(period, Some(id), None)?;
    let before = before(look, period, (Some(id), None), teacher.created_at.as_ref())?;
    let rows = rows::groups_of(id, &activity, &state);
    let others_too = !look.visitor.role.sees_own_only();
    let link = |row: &Row<ChatId>| others_too.then(|| format!("/groups/{}", row.key));
    let table = shares("groups", words.groups_of_teacher(), ("title", words.title()), "chat_id", &rows, &link, words);
    let mut sections = activity_sections(look, period, &activity, before);
    sections.push(kinds(&activity, look));
    sections.push(Section::Table(table));
    if look.visitor.admin().is_some() {
        sections.push(look.read(|state| act::on_teacher(look, state, &teacher)));
    }
    let badge = if teacher.active { (words.active(), Tone::Good) } else { (words.not_active(), Tone::Quiet) };
    Ok(Page {
        title: text::name::in_text(teacher.full_name.as_str()),
        lead: Some(format!("{id} · {}", text::period(period, look.lang()))),
        up: others_too.then(|| ("/teachers".to_owned(), words.teachers())),
        badge: Some((badge.0.to_owned(), badge.1)),
        sections,
        ..Page::default()
    })
}

/// The group that the address names.
pub(super) fn group(look: &Look<'_>) -> Result<Page, Trouble> {
    let (words, period, chat) = (look.words(), look.period()?, look.chat()?);
    let group = look.read(|state| state.groups.get(&chat).cloned()).ok_or(Trouble::Missing)?;
    let activity = look.activity(period, None, Some(chat))?;
    let before = before(look, period, (None, Some(chat)), group.created_at.as_ref())?;
    let rows = look.read(|state| teachers_of(state, chat, &activity));
    let link = |row: &Row<TeacherId>| Some(format!("/teachers/{}", row.key));
    let table = shares("teachers", words.teachers_of_group(), ("name", words.name()), "teacher_id", &rows, &link, words);
    let mut sections = activity_sections(look, period, &activity, before);
    sections.push(kinds(&activity, look));
    sections.push(Section::Table(table));
    if look.visitor.admin().is_some() {
        sections.push(look.read(|state| act::on_group(look, state, &group)));
    }
    let (status, tone) = status(&group, words);
    Ok(Page {
        title: text::name::in_text(&group.title),
        lead: Some(format!("{chat} · {}", text::period(period, look.lang()))),
        up: Some(("/groups".to_owned(), words.groups())),
        badge: Some((status.to_owned(), tone)),
        sections,
        ..Page::default()
    })
}

/// How much there was in the period before; `None` where that says nothing.
fn before(
    look: &Look<'_>,
    period: Period,
    (teacher, group): (Option<TeacherId>, Option<ChatId>),
    known_since: Option<&Stamp>,
) -> Result<Option<u64>, Trouble> {
    let before = period.before();
    if !look.compares_with(before, known_since)? {
        return Ok(None);
    }
    Ok(Some(look.activity(before, teacher, group)?.total()))
}

/// What a teacher's page needs of the state.
fn of_teacher(state: &State, id: TeacherId) -> Option<State> {
    state.teachers.get(&id)?;
    Some(state.without_days())
}

/// Who wrote in a group, and who is counted there without having written; most first.
fn teachers_of(state: &State, chat: ChatId, activity: &Activity) -> Vec<Row<TeacherId>> {
    let mut tallies = sums(activity.cells.iter().map(|((teacher, _), tally)| (*teacher, tally)));
    for teacher in state.teachers_in(chat).filter(|teacher| teacher.active) {
        tallies.entry(teacher.teacher_id).or_default();
    }
    let named = |(key, tally): (TeacherId, Tally)| Row { key, name: rows::teacher_name(state, key), tally };
    let mut rows: Vec<_> = tallies.into_iter().map(named).collect();
    rows.sort_by_cached_key(|row| (std::cmp::Reverse(row.tally.total()), row.name.to_lowercase(), row.key));
    rows
}

/// The choice of days, the sums, and both charts.
fn activity_sections(look: &Look<'_>, period: Period, activity: &Activity, before: Option<u64>) -> Vec<Section> {
    let (words, lang) = (look.words(), look.lang());
    let totals = activity.totals();
    let active_days = activity.days().filter(|(_, n)| *n > 0).count() as u64;
    let figures = vec![
        compared(figure(words.messages(), activity.total(), ""), before, activity.total(), words),
        figure(words.text(), totals.get(Kind::Text), ""),
        figure(words.media(), totals.total() - totals.get(Kind::Text), ""),
        Figure { beside: words.of(period.len_days()), ..figure(words.active_days(), active_days, "") },
    ];
    let chart = DayChart {
        title: words.by_day().to_owned(),
        period: text::period(period, lang),
        days: activity.days().map(|(day, n)| (text::short_date(day, lang), n)).collect(),
        heads: [words.day(), words.messages()],
    };
    let heat = HeatChart {
        title: words.by_hour().to_owned(),
        weekday: words.weekday(),
        rows: activity.by_hour.iter().enumerate().map(|(index, hours)| (text::weekday(index, lang), *hours)).collect(),
    };
    let mut sections = vec![Section::Periods(look.periods(period)), Section::Figures(figures), Section::Days(chart)];
    if !heat.is_empty() {
        sections.push(Section::Heat(heat));
    }
    sections
}

fn kinds(activity: &Activity, look: &Look<'_>) -> Section {
    let totals = activity.totals();
    let named = |(of, n): (Kind, u64)| (capitalized(kind(of, look.lang())), text::number(n));
    let counted = Kind::COUNTED.into_iter().zip(totals.counted());
    Section::Facts(look.words().by_kind().to_owned(), counted.chain(totals.extra()).map(named).collect())
}

/// Names with their sums.
fn shares<K: std::fmt::Display>(
    name: &'static str,
    title: &str,
    (key, heading): (&'static str, &str),
    id: &'static str,
    rows: &[Row<K>],
    link: &dyn Fn(&Row<K>) -> Option<String>,
    words: Words,
) -> Table {
    let most = rows.iter().map(|row| row.tally.total()).max().unwrap_or(0);
    let mut columns = vec![Column::text(key, heading), Column::text(id, words.id()).minor()];
    columns.extend(count_columns(words));
    let row = |row: &Row<K>| {
        let name = Field::name(&row.name);
        let name = match link(row) {
            Some(href) => name.to(href),
            None => name,
        };
        let mut fields = vec![name, Field::text(row.key.to_string())];
        fields.extend(counts(&row.tally, most));
        fields
    };
    let rows = rows.iter().map(row).collect();
    Table { name, title: title.to_owned(), columns, rows, empty: words.no_activity().to_owned() }
}

fn count_columns(words: Words) -> [Column; 3] {
    [
        Column::number("text", words.text()).minor(),
        Column::number("media", words.media()).minor(),
        Column::number("total", words.total()),
    ]
}

fn counts(tally: &Tally, most: u64) -> [Field; 3] {
    let text = tally.get(Kind::Text);
    [Field::count(text), Field::count(tally.total() - text), Field::count(tally.total()).of(most)]
}

fn sums<'a, K: Ord>(cells: impl Iterator<Item = (K, &'a Tally)>) -> BTreeMap<K, Tally> {
    let mut sums: BTreeMap<K, Tally> = BTreeMap::new();
    cells.for_each(|(key, tally)| sums.entry(key).or_default().merge(tally));
    sums
}

fn status(group: &Group, words: Words) -> (&'static str, Tone) {
    if group.gone_since.is_some() {
        (words.bot_gone(), Tone::Warning)
    } else if group.enabled {
        (words.counted(), Tone::Good)
    } else {
        (words.switched_off(), Tone::Quiet)
    }
}
