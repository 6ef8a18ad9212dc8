//! Where updates come from: asked for, or delivered.

use std::time::Duration;

use bytes::Bytes;

use super::{
    deliveries::{self, Deliveries, Inbox},
    errors::CallError,
    handing_on::HandedOn,
    intake,
    link::{Link, Received},
    polling::Polling,
};
use crate::{domain::ids::BotId, store::postgres};

/// Reads an update as it came. `None` if it has no number.
pub(super) fn read(raw: Bytes, bot_username: &str) -> Option<Received> {
    let (id, event) = intake::read(std::str::from_utf8(&raw).ok()?, bot_username)?;
    Some(Received { id, event, raw })
}

/// A source of batches. A clone begins anew, and nothing is lost by that: what wasn't acknowledged comes again.
#[derive(Clone, Debug)]
pub struct Source(Way);

#[derive(Clone, Debug)]
enum Way {
    Polling(Polling),
    Webhook(Deliveries, Option<HandedOn>),
}

impl Source {
    /// Asks Telegram, each poll waiting up to `wait` there.
    pub fn polling(wait: Duration) -> Self {
        Self(Way::Polling(Polling::new(wait)))
    }

    /// Takes what arrives in the inbox.
    pub fn webhook(bot_username: String) -> (Self, Inbox) {
        let (deliveries, inbox) = deliveries::channel(bot_username);
        (Self(Way::Webhook(deliveries, None)), inbox)
    }

    /// The same, and also takes what other replicas took for this bot.
    pub fn webhook_of_many(bot: BotId, bot_username: String, others: postgres::Inbox) -> (Self, Inbox) {
        let (deliveries, inbox) = deliveries::channel(bot_username.clone());
        (Self(Way::Webhook(deliveries, Some(HandedOn::new(others, bot, bot_username)))), inbox)
    }

    /// Waits for the next batch, for a while. May be dropped at any moment.
    pub(super) async fn fetch(&mut self, link: &Link) -> Result<Vec<Received>, CallError> {
        match &mut self.0 {
            Way::Polling(polling) => polling.fetch(link).await,
            Way::Webhook(deliveries, None) => Ok(deliveries.fetch().await),
            Way::Webhook(deliveries, Some(others)) => Ok(others.fetch(deliveries).await),
        }
    }

    /// How long [`Source::fetch`] takes at most.
    pub(super) fn patience(&self) -> Duration {
        match &self.0 {
            Way::Polling(polling) => polling.patience(),
            Way::Webhook(..) => deliveries::LOOK_UP,
        }
    }

    /// Whether a batch shows that Telegram reaches us: a poll's answer always does, a delivery only if there is one.
    pub(super) fn is_sign_of_life(&self, batch: &[Received]) -> bool {
        matches!(self.0, Way::Polling(_)) || !batch.is_empty()
    }

    /// The last batch is safe.
    pub(super) fn acknowledge(&mut self) {
        match &mut self.0 {
            Way::Polling(polling) => polling.acknowledge(),
            Way::Webhook(deliveries, others) => {
                deliveries.acknowledge();
                if let Some(others) = others {
                    others.acknowledge();
                }
            }
        }
    }
}
