//! What people collected on the dashboard with accounts of their own: it lies beside the store, and goes when they say so in the chat.

use std::fmt::Debug;

use futures::future::BoxFuture;

use super::{errors::CallError, outbox::Outbox};
use crate::{
    admin::lang_of,
    domain::{
        collection::OwnCollection,
        event::Place,
        ids::{ChatId, UserId},
        work::Buttons,
    },
    text::own,
};

/// Everybody's own collections.
pub trait Collections: Debug + Send + Sync {
    /// What somebody has; `None`: nothing.
    fn of(&self, user: UserId) -> Option<OwnCollection>;
    /// Ends somebody's session at Telegram and deletes all that is theirs; whether Telegram knows of it.
    fn forget(&self, user: UserId) -> BoxFuture<'_, Result<bool, String>>;
}

/// Deletes what somebody has, and tells them. Who has nothing hears nothing.
pub(super) async fn forget(outbox: &Outbox, user: UserId) -> Result<(), CallError> {
    let collections = &outbox.services().collections;
    if collections.of(user).is_none() {
        return Ok(());
    }
    let link = outbox.link();
    let lang = link.store.read(|state| lang_of(state, &link.rules, user));
    let said = match collections.forget(user).await {
        Ok(is_told) => own::collected_forgotten(is_told, lang),
        Err(why) => {
            tracing::error!(%why, user.id = %user, "what somebody collected can't be deleted");
            own::not_forgotten(lang)
        }
    };
    outbox.send(Place { chat: ChatId::private(user), topic: None }, None, said.as_str(), &Buttons::None).await
}
