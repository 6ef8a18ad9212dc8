//! Orders about study time.

use chrono::{DateTime, Utc};

use super::{Answer, Refusal};
use crate::{
    domain::{
        change::{Change, Outcome},
        ids::ChatId,
        state::State,
    },
    study::schedule,
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
    Ok((outcome, Answer { done: true, text: format!("The board of {} is posted as soon as rollcall runs.", titles.join(", ")) }))
}
