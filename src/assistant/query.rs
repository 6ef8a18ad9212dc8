//! A tool's call, understood: what has to be looked up for it, and the table that it comes to.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::{
    table::{About, Cell, Column, Subject, Table},
    tools::By,
};
use crate::{
    admin::study::facts::StudyNeeds,
    domain::{
        ids::{ChatId, TeacherId, UserId},
        kind::Kind,
        period::{Period, local_day},
        presence::Who,
        state::State,
        tally::Tally,
        work::ReportScope,
    },
    report::{
        activity::Activity,
        rows::{self, Row},
    },
    study::{
        DaySeconds,
        board::{self, Display, Scope, Span},
        personal,
        persons::Persons,
    },
};

/// Against how many earlier periods one is compared.
const EARLIER: usize = 3;
/// The longest period that is compared: four times as many days are read.
const LONGEST_COMPARED: u64 = 366;

/// What a model wants to know.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// Teachers by name; of one group, where only that may be seen.
    Teachers {
        /// Part of a name.
        named: Option<String>,
        /// Only those counted here.
        group: Option<ChatId>,
    },
    /// Groups by title; of one teacher, where only theirs may be seen.
    Groups {
        /// Part of a title.
        named: Option<String>,
        /// Only those in which they are counted.
        teacher: Option<TeacherId>,
    },
    /// Sums of a period.
    Activity {
        /// Of what.
        scope: ReportScope,
        /// A row for each.
        by: By,
    },
    /// Who wrote nothing.
    Silent {
        /// Where and when.
        scope: ReportScope,
    },
    /// Sums of a period beside those of the ones before.
    Compare {
        /// Of what.
        scope: ReportScope,
        /// The periods of the same length before it, the latest first.
        earlier: [Period; EARLIER],
        /// A row for each.
        by: By,
    },
    /// A board.
    Board {
        /// Of which community.
        chat: ChatId,
        /// Which list of it.
        scope: Scope,
        /// Of the day, week or month that holds this day.
        day: NaiveDate,
    },
    /// Somebody's own study time.
    OwnTime {
        /// In which community.
        chat: ChatId,
        /// Whose.
        user: UserId,
    },
}

/// What was looked up for a query.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The sums of [`Query::scopes`], in their order.
    pub activities: Vec<Activity>,
    /// Study time on the days of [`Query::study`].
    pub seconds: DaySeconds,
}

impl Query {
    /// A comparison, if the calendar has all of it.
    pub fn compare(scope: ReportScope, by: By) -> Result<Self, String> {
        let days = scope.period.len_days();
        if days > LONGEST_COMPARED {
            return Err(format!("{days} days are too many to compare; at most {LONGEST_COMPARED}"));
        }
        let before = |n: u64| -> Option<Period> {
            let from = scope.period.from.checked_sub_days(Days::new(days * n))?;
            Period::new(from, from.checked_add_days(Days::new(days - 1))?).ok()
        };
        match (before(1), before(2), before(3)) {
            (Some(first), Some(second), Some(third)) => Ok(Self::Compare { scope, earlier: [first, second, third], by }),
            _ => Err("the calendar ends before that".to_owned()),
        }
    }

    /// Which sums it needs.
    pub fn scopes(&self) -> Vec<ReportScope> {
        match self {
            Query::Activity { scope, .. } | Query::Silent { scope } => vec![*scope],
            Query::Compare { scope, earlier, .. } => {
                let before = earlier.iter().map(|period| ReportScope { period: *period, ..*scope });
                std::iter::once(*scope).chain(before).collect()
            }
            Query::Teachers { .. } | Query::Groups { .. } | Query::Board { .. } | Query::OwnTime { .. } => Vec::new(),
        }
    }

    /// Which study time it needs.
    pub fn study(&self, state: &State, now: DateTime<Utc>) -> Option<StudyNeeds> {
        let needs = |chat: ChatId, days: Period| StudyNeeds { chat, days, until: None, why: None, words: None };
        match self {
            Query::Board { chat, day, .. } => {
                let community = state.study.communities.get(chat)?;
                Some(needs(*chat, board::days_needed(community.periods, *day)))
            }
            Query::OwnTime { chat, .. } => {
                let community = state.study.communities.get(chat)?;
                let today = local_day(community.zone, now);
                Some(needs(*chat, personal::days_needed(community.periods, today)))
            }
            Query::Teachers { .. }
            | Query::Groups { .. }
            | Query::Activity { .. }
            | Query::Silent { .. }
            | Query::Compare { .. } => None,
        }
    }

    /// The table that answers it.
    pub fn table(&self, state: &State, found: &Found, now: DateTime<Utc>) -> Result<Table, String> {
        let nothing = || "it can't be looked up now".to_owned();
        match self {
            Query::Teachers { named, group } => Ok(teachers(state, named.as_deref(), *group)),
            Query::Groups { named, teacher } => Ok(groups(state, named.as_deref(), *teacher)),
            Query::Activity { scope, by } => Ok(activity(state, found.activities.first().ok_or_else(nothing)?, *scope, *by)),
            Query::Silent { scope } => Ok(silent(state, found.activities.first().ok_or_else(nothing)?, *scope)),
            Query::Compare { scope, by, .. } => match &found.activities[..] {
                [now, before @ ..] if before.len() == EARLIER => Ok(compared(state, *scope, *by, now, before)),
                _ => Err(nothing()),
            },
            Query::Board { chat, scope, day } => study_board(state, *chat, *scope, *day, &found.seconds).ok_or_else(nothing),
            Query::OwnTime { chat, user } => own_time(state, *chat, *user, &found.seconds, now).ok_or_else(nothing),
        }
    }
}

fn about(state: &State, subject: Subject, scope: Option<ReportScope>) -> About {
    About {
        subject,
        period: scope.map(|scope| scope.period),
        group: scope.and_then(|scope| scope.group).map(|chat| rows::group_title(state, chat)),
        teacher: scope.and_then(|scope| scope.teacher).map(|teacher| rows::teacher_name(state, teacher)),
    }
}

fn has(text: &str, named: Option<&str>) -> bool {
    named.is_none_or(|named| text.to_lowercase().contains(&named.trim().to_lowercase()))
}

fn teachers(state: &State, named: Option<&str>, group: Option<ChatId>) -> Table {
    let here = |teacher: TeacherId| group.is_none_or(|chat| state.is_assigned(teacher, chat));
    let known = state.teachers.values().filter(|teacher| here(teacher.teacher_id));
    let known = known.filter(|teacher| has(teacher.full_name.as_str(), named) || has(teacher.teacher_id.as_str(), named));
    let row = |teacher: &crate::domain::registry::Teacher| {
        vec![
            Cell::Text(teacher.teacher_id.to_string()),
            Cell::Text(teacher.full_name.to_string()),
            Cell::YesNo(teacher.active),
            Cell::Number(state.groups_of(teacher.teacher_id).count() as u64),
        ]
    };
    Table {
        about: About { group: group.map(|chat| rows::group_title(state, chat)), ..about(state, Subject::Teachers, None) },
        columns: vec![Column::Id, Column::Teacher, Column::Counts, Column::Groups],
        rows: known.map(row).collect(),
        total: None,
    }
}

fn groups(state: &State, named: Option<&str>, teacher: Option<TeacherId>) -> Table {
    let theirs = |chat: ChatId| teacher.is_none_or(|teacher| state.is_assigned(teacher, chat));
    let known = state.groups.values().filter(|group| theirs(group.chat_id) && has(&group.title, named));
    let row = |group: &crate::domain::registry::Group| {
        let teachers = state.teachers_in(group.chat_id).filter(|teacher| teacher.active).count();
        vec![
            Cell::Text(group.chat_id.to_string()),
            Cell::Text(group.title.clone()),
            Cell::YesNo(group.counts()),
            Cell::Number(teachers as u64),
        ]
    };
    Table {
        about: about(state, Subject::Groups, None),
        columns: vec![Column::Id, Column::Group, Column::Counts, Column::Teachers],
        rows: known.map(row).collect(),
        total: None,
    }
}

/// Totals by what a table has rows for: how each is called, and how much.
fn totals(state: &State, activity: &Activity, by: By) -> Vec<(String, u64)> {
    fn of<K: ToString>(rows: Vec<Row<K>>) -> Vec<(String, u64)> {
        let names = distinct(&rows);
        names.into_iter().zip(rows).map(|(name, row)| (name, row.tally.total())).collect()
    }
    match by {
        By::Teacher => of(rows::by_teacher(activity, state)),
        By::Group => of(rows::by_group(activity, state)),
        By::Kind => kinds(&activity.totals()),
        By::Day => activity.days().map(|(day, total)| (day.to_string(), total)).collect(),
    }
}

/// Names of which no two are the same: those who share one are told apart by their ids.
fn distinct<K: ToString>(rows: &[Row<K>]) -> Vec<String> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    rows.iter().for_each(|row| *times.entry(&row.name).or_default() += 1);
    let name = |row: &Row<K>| {
        if times[row.name.as_str()] > 1 { format!("{} ({})", row.name, row.key.to_string()) } else { row.name.clone() }
    };
    rows.iter().map(name).collect()
}

fn kinds(tally: &Tally) -> Vec<(String, u64)> {
    Kind::COUNTED.into_iter().zip(tally.counted()).map(|(kind, n)| (kind.key().to_owned(), n)).collect()
}

fn key_column(by: By) -> Column {
    match by {
        By::Teacher => Column::Teacher,
        By::Group => Column::Group,
        By::Kind => Column::Kind,
        By::Day => Column::Day,
    }
}

fn activity(state: &State, activity: &Activity, scope: ReportScope, by: By) -> Table {
    let rows = totals(state, activity, by).into_iter().map(|(name, total)| vec![Cell::Text(name), Cell::Number(total)]);
    Table {
        about: about(state, Subject::Activity, Some(scope)),
        columns: vec![key_column(by), Column::Messages],
        rows: rows.collect(),
        total: Some(activity.total()),
    }
}

fn silent(state: &State, activity: &Activity, scope: ReportScope) -> Table {
    let row = |silent: rows::Silent| {
        vec![Cell::Text(silent.teacher.to_string()), Cell::Text(silent.name), Cell::Text(silent.groups.join(", "))]
    };
    Table {
        about: about(state, Subject::Silent, Some(scope)),
        columns: vec![Column::Id, Column::Teacher, Column::Groups],
        rows: rows::silent(activity, state).into_iter().map(row).collect(),
        total: None,
    }
}

/// Rows in the order of what changed most against what is usual, the largest loss first.
fn compared(state: &State, scope: ReportScope, by: By, now: &Activity, before: &[Activity]) -> Table {
    let sums = |activity: &Activity| -> BTreeMap<(String, String), u64> {
        match by {
            By::Teacher => keyed(rows::by_teacher(activity, state)),
            By::Group => keyed(rows::by_group(activity, state)),
            By::Kind | By::Day => totals(state, activity, by).into_iter().map(|(name, n)| ((name.clone(), name), n)).collect(),
        }
    };
    let (now_sums, earlier) = (sums(now), before.iter().map(sums).collect::<Vec<_>>());
    let mut keys: BTreeSet<(String, String)> = now_sums.keys().chain(earlier.iter().flat_map(BTreeMap::keys)).cloned().collect();
    if by == By::Teacher {
        keys.extend(
            rows::expected(now, state).map(|(teacher, _)| (teacher.teacher_id.to_string(), teacher.full_name.to_string())),
        );
    }
    let mut rows: Vec<(f64, Vec<Cell>)> = keys
        .into_iter()
        .map(|key| {
            let of = |sums: &BTreeMap<(String, String), u64>| sums.get(&key).copied().unwrap_or(0);
            let (current, last) = (of(&now_sums), earlier.first().map_or(0, of));
            let usual = earlier.iter().map(of).sum::<u64>() as f64 / EARLIER as f64;
            let difference = current as f64 - usual;
            let percent = (usual > 0.0).then(|| (difference * 100.0 / usual).round() as i64);
            let cells = vec![
                Cell::Text(key.1.clone()),
                Cell::Number(current),
                Cell::Number(last),
                Cell::Average(usual),
                Cell::Change(difference),
                Cell::Percent(percent),
            ];
            (difference, cells)
        })
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    Table {
        about: about(state, Subject::Compared, Some(scope)),
        columns: vec![key_column(by), Column::Messages, Column::Before, Column::Usual, Column::Change, Column::Percent],
        rows: rows.into_iter().map(|(_, cells)| cells).collect(),
        total: Some(now.total()),
    }
}

fn keyed<K: ToString>(rows: Vec<Row<K>>) -> BTreeMap<(String, String), u64> {
    rows.into_iter().map(|row| ((row.key.to_string(), row.name), row.tally.total())).collect()
}

fn study_board(state: &State, chat: ChatId, scope: Scope, day: NaiveDate, seconds: &DaySeconds) -> Option<Table> {
    let community = state.study.communities.get(&chat)?;
    let board = board::board(&state.study, chat, day, seconds)?;
    let block = board.blocks.into_iter().find(|block| block.span.scope == scope)?;
    let row = |row: board::Row| {
        let name = match row.display {
            Display::Username(name) => format!("@{name}"),
            Display::Name(name) => name,
            Display::Hidden | Display::Unknown(_) => "—".to_owned(),
        };
        vec![Cell::Number(row.rank as u64), Cell::Text(name), Cell::Time(row.seconds)]
    };
    let days = Period { from: block.span.days.from, to: block.span.days.to.min(day) };
    Some(Table {
        about: About { subject: Subject::Board, period: Some(days), group: Some(community.title.clone()), teacher: None },
        columns: vec![Column::Place, Column::Person, Column::Time],
        rows: block.rows.into_iter().map(row).collect(),
        total: None,
    })
}

fn own_time(state: &State, chat: ChatId, user: UserId, seconds: &DaySeconds, now: DateTime<Utc>) -> Option<Table> {
    let community = state.study.communities.get(&chat)?;
    let person = Persons::of(&state.study, chat).person(Who::from(user));
    let today = local_day(community.zone, now);
    let time = personal::personal(&state.study, chat, person, today, seconds)?;
    let row = |line: personal::Line| {
        let Span { scope, days, .. } = line.span;
        let place = line.now.rank.map_or_else(|| Cell::Text("—".to_owned()), |rank| Cell::Number(rank as u64));
        vec![
            Cell::Text(format!("{} {}..{}", scope.key(), days.from, days.to)),
            Cell::Time(line.now.seconds),
            place,
            Cell::Number(line.now.of as u64),
            Cell::Time(line.before.seconds),
        ]
    };
    Some(Table {
        about: About { subject: Subject::OwnTime, period: None, group: Some(community.title.clone()), teacher: None },
        columns: vec![Column::Period, Column::Time, Column::Place, Column::Of, Column::TimeBefore],
        rows: time.lines.into_iter().map(row).collect(),
        total: None,
    })
}
