//! Boards posted by the bot. Not through the outbox: that repeats what may have arrived, and a board must not come twice.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    errors::{CallError, Reaction},
    fleet::Fleet,
    link::Link,
    methods::Attachment,
};
use crate::{
    domain::{event::Place, ids::ChatId, work::Buttons},
    study::post::Ended,
};

/// Sends a board once; says what became of it.
pub async fn post(fleet: &Fleet, to: Place, html: &str, now: DateTime<Utc>) -> Ended {
    let Some(link) = &fleet.link_for(to.chat) else { return Ended::Failed };
    let chat = link.store.read(|state| state.current_id(to.chat));
    match link.wire.send_message(Place { chat, ..to }, None, html, &Buttons::None).await {
        Ok(sent) => Ended::Posted { chat, message: Some(sent.message_id) },
        Err(error) => {
            tracing::warn!(chat.id = %chat, %error, "a board wasn't posted");
            ended(link, chat, &error, now).await
        }
    }
}

async fn ended(link: &Link, chat: ChatId, error: &CallError, now: DateTime<Utc>) -> Ended {
    match (error, error.reaction()) {
        (CallError::Unsent(_), _) => Ended::Failed,
        (CallError::Ours(why), _) => Ended::Refused(why.to_string()),
        // It may have been done before the answer got lost, or before the server fell over.
        (CallError::Network(_) | CallError::Malformed(_) | CallError::Server { .. }, _) => Ended::Lost,
        (CallError::Api { code: 500.., .. }, _) => Ended::Lost,
        (_, Reaction::Wait(pause)) => Ended::Wait(now + TimeDelta::from_std(pause).unwrap_or(TimeDelta::MAX)),
        (_, Reaction::Migrated(to)) => {
            // The next attempt goes there.
            link.learn_migration(chat, to).await;
            Ended::Failed
        }
        (
            CallError::Api { description, .. },
            Reaction::Fine
            | Reaction::Retry
            | Reaction::Unreachable
            | Reaction::MessageGone
            | Reaction::TooLate
            | Reaction::Unauthorized
            | Reaction::OtherPoller
            | Reaction::WebhookSet
            | Reaction::Refused,
        ) => Ended::Refused(description.clone()),
    }
}

/// Sends the picture of a board that is there already. Once: whoever misses it has the text.
pub async fn picture(fleet: &Fleet, to: Place, png: Vec<u8>) {
    let Some(link) = fleet.link_for(to.chat) else { return };
    let chat = link.store.read(|state| state.current_id(to.chat));
    let file = Attachment { as_photo: true, file_name: "board.png".to_owned(), bytes: png, caption: String::new() };
    if let Err(error) = link.wire.send_file(chat, &file).await {
        tracing::warn!(chat.id = %chat, %error, "the picture of a board wasn't posted");
    }
}
