//! What the site asks of the bots, however many there are.

use std::{fmt::Debug, sync::Arc};

use futures::future::BoxFuture;

use crate::{
    domain::ids::BotId,
    telegram::{CallError, WebhookInfo, webhook::SetFault},
};

/// The bots at work.
pub trait Bots: Debug + Send + Sync {
    /// All, in the order of the settings.
    fn all(&self) -> Vec<Arc<dyn Bot>>;

    /// The one with this id.
    fn find(&self, bot: BotId) -> Option<Arc<dyn Bot>> {
        self.all().into_iter().find(|known| known.id() == bot)
    }
}

/// Why a webhook isn't changed.
#[derive(Debug, thiserror::Error)]
pub enum NotChanged {
    /// It would be of no use, with what to do instead.
    #[error("{0}")]
    OfNoUse(String),
    /// Telegram didn't do it.
    #[error(transparent)]
    Call(#[from] CallError),
    /// It can't be set.
    #[error(transparent)]
    Set(#[from] SetFault),
}

/// One bot at work.
pub trait Bot: Debug + Send + Sync {
    /// Its id at Telegram.
    fn id(&self) -> BotId;
    /// Whether Telegram delivers its updates here (instead of being asked for them).
    fn uses_webhook(&self) -> bool;
    /// All is well with it, or why not, in a sentence.
    fn health(&self) -> Result<&'static str, String>;
    /// What Telegram says of its webhook.
    fn webhook_info(&self) -> BoxFuture<'_, Result<WebhookInfo, CallError>>;
    /// Has Telegram deliver here; where to.
    fn set_webhook(&self) -> BoxFuture<'_, Result<String, NotChanged>>;
    /// Ends deliveries to whatever address is set; what waits goes on waiting.
    fn delete_webhook(&self) -> BoxFuture<'_, Result<(), NotChanged>>;
}
