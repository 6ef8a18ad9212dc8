//! Orders about study time.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::{Answer, Refusal};
use crate::{
    domain::{
        change::{Change, Outcome},
        ids::ChatId,
        state::State,
    },
    study::{
        export, schedule,
        tracker::{self, Import},
    },
};

/// A board of one community, or of each watched one, is posted beside the schedule. `asked` (Unix milliseconds) names the
/// wish: one wish is one post, however often it is told.
pub(super) fn post_now(
    state: &State,
    now: DateTime<Utc>,
    community: Option<ChatId>,
    asked: i64,
    random_id: i64,
) -> Result<(Outcome, Answer), Refusal> {
    let study = &state.study;
    let chats: Vec<ChatId> = match community {
        Some(chat) => {
            let chat = state.current_id(chat);
            study.communities.contains_key(&chat).then(|| vec![chat]).ok_or(Refusal::UnknownCommunity(chat))?
        }
        None => study.communities.iter().filter(|(_, community)| community.watched).map(|(chat, _)| *chat).collect(),
    };
    let mut outcome = Outcome::nothing();
    let mut titles = Vec::new();
    for (number, chat) in (0..).zip(&chats) {
        titles.push(study.communities[chat].title.clone());
        let wish = schedule::Wish { asked, by: None, random_id: random_id.wrapping_add(number) };
        if let Some(change) = schedule::post_now(study, *chat, now, wish) {
            outcome.set(Change::Study(change));
        }
    }
    if titles.is_empty() {
        return Err(Refusal::NoCommunity);
    }
    Ok((
        outcome,
        Answer { done: true, text: format!("The board of {} is ordered: a running rollcall posts it now.", titles.join(", ")) },
    ))
}

/// What the Python study tracker knows is so from now on.
pub(super) fn import(state: &State, now: DateTime<Utc>, import: &Import) -> Result<(Outcome, Answer), Refusal> {
    if import.chat.0 >= 0 {
        return Err(Refusal::NoGroup(import.chat));
    }
    let import = Import { chat: state.current_id(import.chat), ..import.clone() };
    let plan = tracker::plan(state, &import, now);
    Ok((Outcome { changes: plan.changes, work: Vec::new() }, Answer { done: true, text: plan.report.join("\n") }))
}

/// Snapshots wait to be sent, in the order of their days.
pub(super) fn export(
    state: &State,
    now: DateTime<Utc>,
    community: ChatId,
    snapshots: &BTreeMap<NaiveDate, String>,
) -> Result<(Outcome, Answer), Refusal> {
    if !state.study.communities.contains_key(&community) {
        return Err(Refusal::UnknownCommunity(community));
    }
    let queued = export::queued(&state.study, community, snapshots, now);
    let outcome = Outcome { changes: queued.into_iter().map(Change::Study).collect(), work: Vec::new() };
    let text = format!("{} snapshots are queued: a running rollcall sends them now.", snapshots.len());
    Ok((outcome, Answer { done: true, text }))
}
