//! Orders about the chats that bots are in.

use chrono::{DateTime, Utc};

use super::Refusal;
use crate::{
    chats::{self, NotForgotten},
    domain::{change::Outcome, ids::ChatId, state::State},
};

/// Telegram is asked how a chat is, or all of them.
pub(super) fn refresh(state: &State, now: DateTime<Utc>, chat: Option<ChatId>, outcome: &mut Outcome) -> Result<String, Refusal> {
    outcome.append(chats::want(state, now, chat).map_err(Refusal::UnknownChat)?);
    Ok(match chat {
        Some(chat) => format!("Telegram is asked about {chat}."),
        None => "Telegram is asked about all chats.".to_owned(),
    })
}

/// What is known of a chat is deleted.
pub(super) fn forget(state: &State, chat: ChatId, outcome: &mut Outcome) -> Result<String, Refusal> {
    let title = || state.chats.known.get(&chat).map_or_else(|| chat.to_string(), |known| known.title.clone());
    match chats::forget(state, chat) {
        Ok(forgotten) => {
            outcome.append(forgotten);
            Ok(format!("{} is forgotten. What was counted there stays: `rollcall groups remove` is about the register.", title()))
        }
        Err(NotForgotten::Unknown) => Err(Refusal::UnknownChat(chat)),
        Err(NotForgotten::BotIsThere) => Err(Refusal::BotIsThere(title())),
    }
}
