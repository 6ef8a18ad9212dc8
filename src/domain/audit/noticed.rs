//! What an outcome changes, by comparison with what is so: no order can forget to say what it did.

use std::collections::BTreeSet;

use super::Action;
use crate::domain::{
    access::AccessChange,
    change::{Change, Outcome},
    chats::ChatChange,
    commands::{CommandChange, CommandName, Custom},
    ids::{ChatId, TeacherId},
    jobs::{Job, JobChange, JobId, JobState},
    registry::{Group, Teacher},
    sign_in::{SignIn, SignInChange},
    state::State,
    study::{Community, PresenceChange, StudyChange},
    work::Work,
};

/// In the order of the outcome, each once.
pub(super) fn actions(state: &State, outcome: &Outcome) -> Vec<Action> {
    let mut seen = BTreeSet::new();
    let of_changes = outcome.changes.iter().flat_map(|change| of_change(state, outcome, change));
    let of_work = outcome.work.iter().filter_map(of_work);
    of_changes.chain(of_work).filter(|action| seen.insert(action.clone())).collect()
}

fn of_change(state: &State, outcome: &Outcome, change: &Change) -> Vec<Action> {
    match change {
        Change::Teacher(id, after) => of_teacher(*id, state.teachers.get(id), after.as_deref()),
        Change::Group(chat, after) => of_group(*chat, state.groups.get(chat), after.as_deref()),
        // Whoever is deleted is assigned nowhere: that goes without saying.
        Change::Assignments(id, _) if outcome.changes.contains(&Change::Teacher(*id, None)) => Vec::new(),
        Change::Assignments(id, after) => of_assignments(state, *id, after),
        Change::Request(user, None) if state.requests.contains_key(user) => vec![Action::RequestSettled { user: *user }],
        Change::Voice(chat, voice, teacher) => {
            let before = state.voices.get(chat).and_then(|voices| voices.get(voice)).copied().flatten();
            let is_changed = before != *teacher && !outcome.changes.iter().any(|other| deletes(other, before));
            is_changed.then_some(Action::VoiceMapped { group: *chat, teacher: *teacher }).into_iter().collect()
        }
        Change::Study(change) => of_study(state, change),
        Change::Presence(_, chat, PresenceChange::Imported(..)) => vec![Action::Imported { community: *chat }],
        Change::Access(AccessChange::Key(id, after)) => {
            let before = state.access.keys.get(id);
            let name = |key: &crate::domain::access::ApiKey| key.name.clone();
            match (before, after.as_deref()) {
                (None, Some(key)) => vec![Action::KeyMade { key: id.clone(), name: name(key), scope: key.scope }],
                (Some(before), Some(after)) if before.revoked.is_none() && after.revoked.is_some() => {
                    vec![Action::KeyRevoked { key: id.clone(), name: name(after) }]
                }
                (Some(before), None) => vec![Action::KeyRevoked { key: id.clone(), name: name(before) }],
                (_, _) => Vec::new(),
            }
        }
        Change::Access(AccessChange::SignIn(change)) => of_sign_in(&state.access.sign_in, change),
        Change::Chat(ChatChange::Known(chat, None)) => {
            let known = state.chats.known.get(chat);
            known.map(|known| Action::ChatForgotten { chat: *chat, title: known.title.clone() }).into_iter().collect()
        }
        Change::Command(CommandChange::Custom(name, after)) => {
            of_command(moved(state, outcome) == Some(name), name, state.commands.custom.get(name), after.as_deref())
        }
        Change::Command(CommandChange::Contact(after)) => {
            (state.commands.contact != *after).then_some(Action::ContactSet).into_iter().collect()
        }
        Change::Job(JobChange::Job(id, after)) => of_job(outcome, id, state.jobs.get(id).as_ref(), after.as_deref()),
        Change::Counted(_, chat, Some(_)) => of_history(outcome, *chat).into_iter().collect(),
        // What follows from the others, what was counted, and what somebody has for themselves.
        Change::Parked(..)
        | Change::Candidate(..)
        | Change::Request(..)
        | Change::Cell(..)
        | Change::Hour(..)
        | Change::Counted(_, _, None)
        | Change::CountedLive(..)
        | Change::Unattributed(..)
        | Change::Album(..)
        | Change::Standing(..)
        | Change::AlsoIn(..)
        | Change::Bot(..)
        | Change::Moved(..)
        | Change::Person(..)
        | Change::Form(..)
        | Change::Work(..)
        | Change::Warned(..)
        | Change::LastUpdate(..)
        | Change::Presence(_, _, PresenceChange::Stay(..))
        | Change::Chat(..)
        | Change::Job(JobChange::Delivery(..))
        | Change::Audit(..)
        | Change::Command(..)
        | Change::Spent(..) => Vec::new(),
    }
}

/// What an import counted, as one. (Counters that move with their group are no import.)
fn of_history(outcome: &Outcome, group: ChatId) -> Option<Action> {
    if outcome.changes.iter().any(|change| matches!(change, Change::Moved(..))) {
        return None;
    }
    let of_day = |change: &Change| match change {
        Change::Counted(day, chat, Some(counted)) if *chat == group => Some((*day, counted.imported.len())),
        _ => None,
    };
    let days = || outcome.changes.iter().filter_map(of_day);
    let (from, to) = (days().map(|(day, _)| day).min()?, days().map(|(day, _)| day).max()?);
    Some(Action::HistoryCounted { group, from, to, messages: days().map(|(_, messages)| messages).sum() })
}

/// Coming in and going out changes nothing that others see.
fn of_sign_in(sign_in: &SignIn, change: &SignInChange) -> Vec<Action> {
    let (user, before, after, is_viewer) = match change {
        SignInChange::Viewer(user, after) => (*user, sign_in.viewers.get(user), after, true),
        SignInChange::Researcher(user, after) => (*user, sign_in.researchers.get(user), after, false),
        SignInChange::Session(..) | SignInChange::Link(..) | SignInChange::Proof(..) => return Vec::new(),
    };
    match (before.map(|named| named.name.clone()), after.as_ref().map(|named| named.name.clone())) {
        (_, Some(name)) if is_viewer => vec![Action::ViewerNamed { user, name }],
        (_, Some(name)) => vec![Action::ResearcherNamed { user, name }],
        (Some(name), None) if is_viewer => vec![Action::ViewerRemoved { user, name }],
        (Some(name), None) => vec![Action::ResearcherRemoved { user, name }],
        (None, None) => Vec::new(),
    }
}

fn deletes(change: &Change, teacher: Option<TeacherId>) -> bool {
    matches!(change, Change::Teacher(id, None) if Some(*id) == teacher)
}

fn of_teacher(teacher: TeacherId, before: Option<&Teacher>, after: Option<&Teacher>) -> Vec<Action> {
    let name = |of: &Teacher| of.full_name.to_string();
    let (before, after) = match (before, after) {
        (None, Some(after)) => return vec![Action::TeacherAdded { teacher, name: name(after) }],
        (Some(before), None) => return vec![Action::TeacherDeleted { teacher, name: name(before) }],
        (None, None) => return Vec::new(),
        (Some(before), Some(after)) => (before, after),
    };
    let mut actions = Vec::new();
    if before.full_name != after.full_name {
        actions.push(Action::TeacherRenamed { teacher, name: name(after) });
    }
    if before.active != after.active {
        actions.push(if after.active { Action::TeacherActivated { teacher } } else { Action::TeacherDeactivated { teacher } });
    }
    let accounts: BTreeSet<_> = after.accounts().collect();
    if accounts != before.accounts().collect() {
        actions.push(Action::AccountsSet { teacher, accounts });
    }
    actions
}

fn of_group(group: ChatId, before: Option<&Group>, after: Option<&Group>) -> Vec<Action> {
    let (before, after) = match (before, after) {
        (None, Some(after)) => return vec![Action::GroupAdded { group, title: after.title.clone() }],
        (Some(before), None) => return vec![Action::GroupRemoved { group, title: before.title.clone() }],
        (None, None) => return Vec::new(),
        (Some(before), Some(after)) => (before, after),
    };
    let mut actions = Vec::new();
    if before.enabled != after.enabled {
        actions.push(if after.enabled { Action::GroupEnabled { group } } else { Action::GroupDisabled { group } });
    }
    if before.title != after.title {
        actions.push(Action::GroupRenamed { group, title: after.title.clone() });
    }
    if before.bot != after.bot {
        actions.push(Action::GroupCountedBy { group, bot: after.bot });
    }
    actions
}

fn of_assignments(state: &State, teacher: TeacherId, after: &BTreeSet<ChatId>) -> Vec<Action> {
    let nowhere = BTreeSet::new();
    let before = state.assignments.get(&teacher).unwrap_or(&nowhere);
    let added: BTreeSet<_> = after.difference(before).copied().collect();
    let removed: BTreeSet<_> = before.difference(after).copied().collect();
    let added = (!added.is_empty()).then_some(Action::Assigned { teacher, groups: added });
    let removed = (!removed.is_empty()).then_some(Action::Unassigned { teacher, groups: removed });
    added.into_iter().chain(removed).collect()
}

fn of_study(state: &State, change: &StudyChange) -> Vec<Action> {
    let study = &state.study;
    match change {
        StudyChange::Community(chat, after) => of_community(*chat, study.communities.get(chat), after.as_deref()),
        StudyChange::Member(chat, who, after) => {
            let (community, who) = (*chat, *who);
            let Some(before) = study.members.get(chat).and_then(|members| members.get(&who)) else { return Vec::new() };
            let Some(after) = after else { return vec![Action::MemberForgotten { community, who }] };
            let mut actions = Vec::new();
            if before.same_as != after.same_as {
                actions.push(Action::SamePersonSet { community, who, same_as: after.same_as });
            }
            if (before.opted_out, before.goal_minutes) != (after.opted_out, after.goal_minutes) {
                actions.push(Action::MemberSet { community, who });
            }
            actions
        }
        StudyChange::Alias(chat, alias, after) => {
            let before = study.aliases.get(chat).and_then(|aliases| aliases.get(alias));
            (before != after.as_ref()).then_some(Action::AliasesSet { community: *chat }).into_iter().collect()
        }
        StudyChange::Correction(chat, id, Some(after)) => {
            let (community, correction) = (*chat, *id);
            match study.corrections.get(chat).and_then(|known| known.get(id)) {
                None => vec![Action::CorrectionMade { community, correction, who: after.who, seconds: after.seconds }],
                Some(before) if before.withdrawn.is_none() && after.withdrawn.is_some() => {
                    vec![Action::CorrectionWithdrawn { community, correction }]
                }
                Some(_) => Vec::new(),
            }
        }
        StudyChange::Post(chat, key, Some(after)) => match study.posts.get(chat).and_then(|posts| posts.get(key)) {
            None if key.asked != 0 => vec![Action::BoardAsked { community: *chat }],
            Some(before) if before.state != after.state => vec![Action::BoardSettled { community: *chat, day: key.day }],
            None | Some(_) => Vec::new(),
        },
        StudyChange::Export(id, Some(export)) if !study.exports.contains_key(id) => {
            vec![Action::SnapshotAsked { community: export.community, day: export.day }]
        }
        StudyChange::Correction(..)
        | StudyChange::Post(..)
        | StudyChange::Export(..)
        | StudyChange::Exported(..)
        | StudyChange::Call(..)
        | StudyChange::Seat(..)
        | StudyChange::Compliment(..) => Vec::new(),
    }
}

fn of_community(community: ChatId, before: Option<&Community>, after: Option<&Community>) -> Vec<Action> {
    let was_watched = before.is_some_and(|before| before.watched);
    let mut actions = match (was_watched, after.is_some_and(|after| after.watched)) {
        (false, true) => vec![Action::CommunityWatched { community }],
        (true, false) => vec![Action::CommunityUnwatched { community }],
        (true, true) | (false, false) => Vec::new(),
    };
    if let (Some(before), Some(after)) = (before, after) {
        let settings = [
            ("zone", before.zone != after.zone),
            ("lang", before.lang != after.lang),
            ("times", before.times != after.times),
            ("target", before.target != after.target),
            ("periods", before.periods != after.periods),
            ("gate_seconds", before.gate_seconds != after.gate_seconds),
            ("filters", before.filters != after.filters),
            ("missed", before.missed != after.missed),
            ("picture", before.picture != after.picture),
        ];
        let settings: Vec<_> = settings.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name.to_owned()).collect();
        if !settings.is_empty() {
            actions.push(Action::CommunitySet { community, settings });
        }
    }
    actions
}

fn of_job(outcome: &Outcome, id: &JobId, before: Option<&Job>, after: Option<&Job>) -> Vec<Action> {
    let job = id.clone();
    match (before, after) {
        (None, None) => Vec::new(),
        (Some(_), None) => vec![Action::JobRemoved { job }],
        (None, Some(after)) if after.announcement().is_some() => {
            let is_its = |change: &&Change| matches!(change, Change::Job(JobChange::Delivery(of, ..)) if of == id);
            vec![Action::AnnouncementMade { job, chats: outcome.changes.iter().filter(is_its).count() as u64 }]
        }
        (None, Some(_)) => vec![Action::JobMade { job }],
        (Some(before), Some(after)) if before.schedule != after.schedule => vec![Action::JobScheduled { job }],
        (Some(before), Some(after)) if after.state == JobState::Stopped => {
            (before.state != JobState::Stopped).then_some(Action::JobStopped { job }).into_iter().collect()
        }
        (Some(before), Some(after)) => {
            (before.next_run != after.next_run).then_some(Action::JobStarted { job }).into_iter().collect()
        }
    }
}

fn of_command(is_moved: bool, name: &CommandName, before: Option<&Custom>, after: Option<&Custom>) -> Vec<Action> {
    let command = name.clone();
    let (before, after) = match (before, after) {
        (None, None) => return Vec::new(),
        (None, Some(_)) => return vec![Action::CommandAdded { command }],
        (Some(_), None) => return vec![Action::CommandRemoved { command }],
        (Some(before), Some(after)) => (before, after),
    };
    let mut actions = Vec::new();
    if before.enabled != after.enabled {
        actions.push(if after.enabled {
            Action::CommandEnabled { command: command.clone() }
        } else {
            Action::CommandDisabled { command: command.clone() }
        });
    }
    let without = |custom: &Custom| Custom { enabled: true, place: 0, ..custom.clone() };
    if without(before) != without(after) || is_moved {
        actions.push(Action::CommandChanged { command });
    }
    actions
}

/// The command that was moved: of all whose place changes, the one that goes farthest; the others make room by one each.
fn moved<'a>(state: &State, outcome: &'a Outcome) -> Option<&'a CommandName> {
    let moves = outcome.changes.iter().filter_map(|change| match change {
        Change::Command(CommandChange::Custom(name, Some(after))) => {
            let before = state.commands.custom.get(name)?;
            Some((before.place.abs_diff(after.place), name)).filter(|(distance, _)| *distance > 0)
        }
        _ => None,
    });
    moves.reduce(|farthest, next| if next.0 > farthest.0 { next } else { farthest }).map(|(_, name)| name)
}

fn of_work(work: &Work) -> Option<Action> {
    match work {
        Work::Leave { chat } => Some(Action::GroupLeft { group: *chat }),
        Work::CreditVoice { chat, teacher, .. } => Some(Action::EarlierCounted { group: *chat, teacher: *teacher }),
        Work::Send { .. }
        | Work::Show { .. }
        | Work::Answer { .. }
        | Work::StopJob { .. }
        | Work::SendReport { .. }
        | Work::SyncGroups { .. }
        | Work::AssignWhereMember { .. }
        | Work::ForgetMember { .. }
        | Work::CheckTarget { .. }
        | Work::SendStudyChart { .. }
        | Work::SendSignIn { .. }
        | Work::ShowFreshChats { .. }
        | Work::Deliver { .. }
        | Work::Preview { .. }
        | Work::Diagnose { .. }
        | Work::Ask(_)
        | Work::PassOn { .. }
        | Work::PassBack { .. }
        | Work::ShowFeed { .. }
        | Work::ForgetTalk { .. }
        | Work::ForgetCollected { .. } => None,
    }
}
