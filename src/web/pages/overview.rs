//! The first page: today, this week, who is missing, what needs somebody.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::Days;

use super::{
    Dashboard,
    chart::DayChart,
    look::{Look, Trouble},
    page::{Figure, Note, Page, Section},
    table::{Column, Field, Table, Tone},
};
use crate::{
    domain::{
        ids::{ChatId, TeacherId},
        period::{Period, local_day},
        state::State,
    },
    report::trend::Trend,
    text::{
        self,
        pages::{Words, warning},
    },
};

/// Groups in the overview's table.
const BUSIEST: usize = 10;
/// Days in its chart.
const CHARTED: u64 = 30;

pub(super) fn draw(look: &Look<'_>) -> Result<Page, Trouble> {
    let (words, lang, today) = (look.words(), look.lang(), look.today());
    let month = Period::last_days(today, CHARTED);
    let days = look.dashboard.sums.of(look.dashboard.store(), month)?;
    let (week, before) = (Period::last_days(today, 7), Period::last_days(today - Days::new(7), 7));
    let in_week = || days.iter().filter(|(day, _)| week.contains(*day)).map(|(_, sum)| sum);
    let week_total: u64 = in_week().map(|sum| sum.total).sum();
    let before_total: u64 = days.iter().filter(|(day, _)| before.contains(*day)).map(|(_, sum)| sum.total).sum();
    let wrote: HashSet<TeacherId> = in_week().flat_map(|sum| sum.teachers.keys().copied()).collect();
    let mut busiest: HashMap<ChatId, u64> = HashMap::new();
    in_week().flat_map(|sum| &sum.groups).for_each(|(chat, n)| *busiest.entry(*chat).or_default() += n);
    let known = look.read(|state| Known::of(state, &wrote, busiest));
    let today_sum = days.iter().find(|(day, _)| *day == today).map(|(_, sum)| sum.clone()).unwrap_or_default();

    let compares = look.compares_with(before, None)?;
    let mut figures = vec![
        figure(words.today_messages(), today_sum.total, "today"),
        Figure {
            beside: words.of(known.expected),
            ..figure(words.today_teachers(), today_sum.teachers.len() as u64, "teachers")
        },
        compared(figure(words.week_messages(), week_total, "week"), compares.then_some(before_total), week_total, words),
        Figure { beside: words.of(known.expected), ..figure(words.week_teachers(), wrote.len() as u64, "") },
        Figure { beside: words.of(known.groups), ..figure(words.groups_counted(), known.counting, "") },
    ];
    if known.watches {
        figures.push(figure(words.in_calls_now(), known.in_calls, "calls"));
    }
    let notes = notes(look, &known);
    let sums: BTreeMap<_, _> = days.iter().map(|(day, sum)| (*day, sum.total)).collect();
    let chart = DayChart {
        title: words.by_day().to_owned(),
        period: text::period(month, lang),
        days: month.days().map(|day| (text::short_date(day, lang), sums.get(&day).copied().unwrap_or(0))).collect(),
        heads: [words.day(), words.messages()],
    };
    let mut sections = vec![Section::Figures(figures)];
    if !notes.is_empty() {
        sections.push(Section::Notes(words.alarms().to_owned(), notes));
    }
    sections.extend([Section::Days(chart), busiest_table(look, &known), silent_table(look, &known)]);
    Ok(Page { title: words.overview().to_owned(), lead: Some(words.overview_lead().to_owned()), sections, ..Page::default() })
}

/// Reads what the overview needs, so that the first look at it is as quick as the others.
pub(super) fn warm_up(dashboard: &Dashboard) {
    let today = local_day(dashboard.rules().zone, dashboard.now());
    if let Err(fault) = dashboard.sums.of(dashboard.store(), Period::last_days(today, CHARTED)) {
        tracing::warn!(%fault, "the days of the overview can't be read");
    }
}

pub(super) fn figure(label: &str, n: u64, live: &'static str) -> Figure {
    Figure { label: label.to_owned(), value: text::number(n), beside: String::new(), trend: None, below: String::new(), live }
}

/// A figure with how it compares; without, where there is nothing to compare it with.
pub(super) fn compared(figure: Figure, before: Option<u64>, now: u64, words: Words) -> Figure {
    let Some(before) = before else { return figure };
    let trend = Trend::of(now, before);
    Figure { trend: Some((words.trend(trend), tone(trend))), below: words.against(before), ..figure }
}

fn tone(trend: Trend) -> Tone {
    match trend {
        Trend::Same => Tone::Plain,
        Trend::Up { .. } => Tone::Good,
        Trend::Down { .. } => Tone::Warning,
    }
}

/// What the overview takes from the state.
struct Known {
    /// Active teachers who are counted somewhere.
    expected: u64,
    counting: u64,
    groups: u64,
    watches: bool,
    in_calls: u64,
    requests: u64,
    candidates: u64,
    gone: u64,
    warnings: Vec<crate::domain::change::Warning>,
    /// Id, name, groups.
    silent: Vec<(TeacherId, String, Vec<String>)>,
    busiest: Vec<(ChatId, String, u64)>,
}

impl Known {
    fn of(state: &State, wrote: &HashSet<TeacherId>, busiest: HashMap<ChatId, u64>) -> Self {
        let counts = |chat: &ChatId| state.groups.get(chat).filter(|group| group.counts());
        let active = state.teachers.values().filter(|teacher| teacher.active);
        let (mut expected, mut silent) = (0, Vec::new());
        for teacher in active {
            let chats = state.assignments.get(&teacher.teacher_id);
            if !chats.into_iter().flatten().any(|chat| counts(chat).is_some()) {
                continue;
            }
            expected += 1;
            if !wrote.contains(&teacher.teacher_id) {
                let groups = state.groups_of(teacher.teacher_id).filter(|group| group.counts());
                let mut titles: Vec<_> = groups.map(|group| group.title.clone()).collect();
                titles.sort_by_key(|title| title.to_lowercase());
                silent.push((teacher.teacher_id, teacher.full_name.to_string(), titles));
            }
        }
        silent.sort_by_cached_key(|(id, name, _)| (name.to_lowercase(), *id));
        let mut busiest: Vec<_> = busiest.into_iter().collect();
        busiest.sort_by_key(|(chat, n)| (std::cmp::Reverse(*n), *chat));
        busiest.truncate(BUSIEST);
        let title = |chat: ChatId| crate::report::rows::group_title(state, chat);
        Self {
            expected,
            counting: state.groups.values().filter(|group| group.counts()).count() as u64,
            groups: state.groups.len() as u64,
            watches: !state.study.communities.is_empty(),
            in_calls: state.study.calls.values().map(|call| call.seats.len() as u64).sum(),
            requests: state.requests.len() as u64,
            candidates: state.candidates.len() as u64,
            gone: state.groups.values().filter(|group| group.gone_since.is_some()).count() as u64,
            warnings: state.warned.keys().copied().collect(),
            silent,
            busiest: busiest.into_iter().map(|(chat, n)| (chat, title(chat), n)).collect(),
        }
    }
}

fn notes(look: &Look<'_>, known: &Known) -> Vec<Note> {
    let words = look.words();
    let warn = |text: String| Note { tone: Tone::Warning, text };
    let mut notes: Vec<_> = known.warnings.iter().map(|one| warn(warning(*one, look.lang()).to_owned())).collect();
    if known.gone > 0 {
        notes.push(warn(words.gone(known.gone)));
    }
    let waits = |n: u64, text: String| (n > 0).then_some(Note { tone: Tone::Plain, text });
    notes.extend(waits(known.requests, words.requests(known.requests)));
    notes.extend(waits(known.candidates, words.candidates(known.candidates)));
    notes
}

fn busiest_table(look: &Look<'_>, known: &Known) -> Section {
    let words = look.words();
    let most = known.busiest.first().map_or(0, |(.., n)| *n);
    let rows = known.busiest.iter();
    let rows = rows.map(|(chat, title, n)| vec![Field::name(title).to(format!("/groups/{chat}")), Field::count(*n).of(most)]);
    Section::Table(Table {
        name: "busiest",
        title: words.top_groups().to_owned(),
        columns: vec![Column::text("group", words.group()), Column::number("messages", words.messages())],
        rows: rows.collect(),
        empty: if known.groups == 0 { words.no_groups().to_owned() } else { words.no_activity().to_owned() },
    })
}

fn silent_table(look: &Look<'_>, known: &Known) -> Section {
    let words = look.words();
    let rows = known.silent.iter().map(|(id, name, groups)| {
        vec![Field::name(name).to(format!("/teachers/{id}")), Field::text(id.as_str()), Field::name(&groups.join(", "))]
    });
    Section::Table(Table {
        name: "silent",
        title: words.silent().to_owned(),
        columns: vec![
            Column::text("name", words.name()),
            Column::text("teacher_id", words.id()).minor(),
            Column::text("groups", words.groups()),
        ],
        rows: rows.collect(),
        empty: if known.expected == 0 { words.no_teachers().to_owned() } else { words.silent_none().to_owned() },
    })
}
