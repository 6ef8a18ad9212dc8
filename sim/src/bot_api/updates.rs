//! `getUpdates`: the long poll.

use std::{sync::Arc, time::Duration};

use axum::body::Bytes;

use super::{Refusal, parameters::Parameters};
use crate::sim::Shared;

/// How long two polls may overlap before the older one is told of the other.
pub(super) async fn get_updates(shared: &Arc<Shared>, bot: i64, parameters: &Parameters) -> Result<Bytes, Refusal> {
    let offset = parameters.int("offset")?.unwrap_or(0);
    let limit = parameters.int("limit")?.unwrap_or(100).clamp(1, 100) as usize;
    let timeout = parameters.int("timeout")?.unwrap_or(0).clamp(0, 50) as u64;
    let allowed = parameters.object::<Vec<String>>("allowed_updates")?;
    let deadline = tokio::time::Instant::now() + Duration::from_secs(timeout);
    let mine = {
        let mut world = shared.world();
        let now = world.now;
        let bot = world.bots.get_mut(&bot).expect("the bot was looked up");
        if bot.webhook.is_some() {
            let words = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
            return Err(Refusal::new(409, words));
        }
        if let Some(kinds) = allowed {
            bot.queue.allow(kinds);
        }
        // Confirming happens once, by asking: an update that comes meanwhile is never below what was asked for.
        // And before the bell rings: whoever waits for it must find it done.
        bot.queue.settle(offset, now);
        bot.poller += 1;
        bot.poller
    };
    shared.changed();
    loop {
        let changed = shared.change();
        {
            let mut world = shared.world();
            let now = world.now;
            let bot = world.bots.get_mut(&bot).expect("the bot was looked up");
            if bot.poller != mine {
                let words = "terminated by other getUpdates request; make sure that only one bot instance is running";
                return Err(Refusal::new(409, words));
            }
            bot.queue.settle(0, now);
            let batch = bot.queue.batch(limit);
            if !batch.is_empty() || tokio::time::Instant::now() >= deadline {
                let length = batch.iter().map(|update| update.json.len() + 1).sum::<usize>();
                let mut body = String::with_capacity(length + 32);
                body.push_str("{\"ok\":true,\"result\":[");
                for (index, update) in batch.iter().enumerate() {
                    if index > 0 {
                        body.push(',');
                    }
                    body.push_str(&update.json);
                }
                body.push_str("]}");
                return Ok(Bytes::from(body));
            }
        }
        let _ = tokio::time::timeout_at(deadline, changed).await;
    }
}
