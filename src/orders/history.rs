//! Orders about a chat's history.

use chrono_tz::Tz;

use super::{Answer, Refusal, decide::registered};
use crate::{
    counter::history::{self, History},
    domain::{change::Outcome, state::State},
};

/// What of it was never counted is counted. Told twice, it counts nothing more.
pub(super) fn count(state: &State, zone: Tz, history: &History) -> Result<(Outcome, Answer), Refusal> {
    let group = registered(state, history.group)?;
    if group.gone_since.is_some() {
        return Err(Refusal::GroupGone(group.title.clone()));
    }
    let (outcome, told) = history::count(state, zone, history);
    let text = format!("{} counted, {} known already", told.counted(), told.known);
    Ok((outcome, Answer { done: true, text }))
}
