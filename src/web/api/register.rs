//! Teachers, groups and assignments, to look at.

use std::ops::Bound;

use chrono_tz::Tz;

use super::{
    answers::{Assignment, Group, Teacher},
    call::{Answer, Call, ok},
    problem::Problem,
};
use crate::domain::{
    ids::{ChatId, TeacherId},
    registry,
    state::State,
};

/// A teacher as others see them.
pub(super) fn shown_teacher(state: &State, zone: Tz, teacher: &registry::Teacher) -> Teacher {
    Teacher {
        teacher_id: teacher.teacher_id.to_string(),
        full_name: teacher.full_name.to_string(),
        accounts: teacher.accounts().map(|account| account.0).collect(),
        active: teacher.active,
        created_at: teacher.created_at.as_ref().and_then(|stamp| stamp.instant(zone)),
        groups: state.groups_of(teacher.teacher_id).map(|group| group.chat_id.0).collect(),
    }
}

/// A group as others see it.
pub(super) fn shown_group(state: &State, zone: Tz, group: &registry::Group) -> Group {
    Group {
        chat_id: group.chat_id.0,
        title: group.title.clone(),
        enabled: group.enabled,
        counts: group.counts(),
        renamed: group.renamed,
        created_at: group.created_at.as_ref().and_then(|stamp| stamp.instant(zone)),
        gone_since: group.gone_since,
        teachers: state.teachers_in(group.chat_id).count(),
    }
}

/// What lies after the cursor.
fn after<T>(cursor: Option<T>) -> (Bound<T>, Bound<T>) {
    (cursor.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded)
}

/// Whether a text holds what is looked for, whatever the case.
fn holds(text: &str, wanted: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| text.to_lowercase().contains(&wanted.to_lowercase()))
}

/// `GET /api/v1/teachers`
pub(super) async fn teachers(call: Call) -> Answer {
    let (limit, group, search) = (call.limit()?, call.group()?, call.asked("q"));
    let active = call.parsed::<bool>("active", "true or false")?;
    let cursor = call.parsed::<TeacherId>("after", "the `next` of a page of teachers")?;
    let zone = call.api.site.zone;
    let found = call.read(|state| {
        let wanted = |teacher: &&registry::Teacher| {
            active.is_none_or(|active| teacher.active == active)
                && group.is_none_or(|group| state.is_assigned(teacher.teacher_id, group))
                && holds(teacher.full_name.as_str(), search)
        };
        let found = state.teachers.range(after(cursor)).map(|(_, teacher)| teacher).filter(wanted).take(limit + 1);
        found.map(|teacher| shown_teacher(state, zone, teacher)).collect::<Vec<_>>()
    });
    call.page(limit, found, |teacher| teacher.teacher_id.clone())
}

/// `GET /api/v1/teachers/{teacher}`
pub(super) async fn teacher(call: Call) -> Answer {
    ok(&one_teacher(&call, call.id("teacher")?)?)
}

/// A teacher by their id.
pub(super) fn one_teacher(call: &Call, id: TeacherId) -> Result<Teacher, Problem> {
    let zone = call.api.site.zone;
    let found = call.read(|state| state.teachers.get(&id).map(|teacher| shown_teacher(state, zone, teacher)));
    found.ok_or_else(|| crate::orders::Refusal::UnknownTeacher(id).into())
}

/// `GET /api/v1/groups`
pub(super) async fn groups(call: Call) -> Answer {
    let (limit, teacher, search) = (call.limit()?, call.teacher()?, call.asked("q"));
    let active = call.parsed::<bool>("active", "true or false")?;
    let cursor = call.parsed::<ChatId>("after", "the `next` of a page of groups")?;
    let zone = call.api.site.zone;
    let found = call.read(|state| {
        let wanted = |group: &&registry::Group| {
            active.is_none_or(|active| group.counts() == active)
                && teacher.is_none_or(|teacher| state.is_assigned(teacher, group.chat_id))
                && holds(&group.title, search)
        };
        let found = state.groups.range(after(cursor)).map(|(_, group)| group).filter(wanted).take(limit + 1);
        found.map(|group| shown_group(state, zone, group)).collect::<Vec<_>>()
    });
    call.page(limit, found, |group| group.chat_id.to_string())
}

/// `GET /api/v1/groups/{group}`
pub(super) async fn group(call: Call) -> Answer {
    ok(&one_group(&call, call.id("group")?)?)
}

/// A group by its id, or by the one that it had before.
pub(super) fn one_group(call: &Call, id: ChatId) -> Result<Group, Problem> {
    let zone = call.api.site.zone;
    let found = call.read(|state| state.groups.get(&state.current_id(id)).map(|group| shown_group(state, zone, group)));
    found.ok_or_else(|| crate::orders::Refusal::UnknownGroup(id).into())
}

/// `GET /api/v1/assignments`
pub(super) async fn assignments(call: Call) -> Answer {
    let (limit, teacher, group) = (call.limit()?, call.teacher()?, call.group()?);
    let cursor = call.asked("after").map(assignment_cursor).transpose()?;
    let found = call.read(|state| {
        let all = state.assignments.iter().flat_map(|(teacher, chats)| chats.iter().map(move |chat| (*teacher, *chat)));
        let wanted = all.filter(|(id, chat)| {
            cursor.is_none_or(|cursor| (*id, *chat) > cursor)
                && teacher.is_none_or(|teacher| teacher == *id)
                && group.is_none_or(|group| group == *chat)
        });
        let shown = wanted.map(|(teacher, chat)| Assignment { teacher_id: teacher.to_string(), chat_id: chat.0 });
        shown.take(limit + 1).collect::<Vec<_>>()
    });
    call.page(limit, found, |one| format!("{}:{}", one.teacher_id, one.chat_id))
}

fn assignment_cursor(text: &str) -> Result<(TeacherId, ChatId), Problem> {
    let read = || {
        let (teacher, chat) = text.split_once(':')?;
        Some((teacher.parse().ok()?, chat.parse().ok()?))
    };
    read().ok_or_else(|| Problem::unreadable(format!("after={text:?} isn't the `next` of a page of assignments.")))
}
