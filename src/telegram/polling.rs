//! Long polling. Asking for a higher number is what acknowledges: Telegram forgets everything below it.
//!
//! A process starts with offset 0, which confirms nothing: whatever the last one didn't confirm comes again, and the
//! store knows what it has handled.

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use super::{
    errors::CallError,
    link::{Link, Received},
    listener::ALLOWED_UPDATES,
    source,
    wire::{CALL_TIMEOUT, raw_updates},
};

/// The most that Telegram gives at once.
const BATCH: u32 = 100;

/// The polls of one bot.
#[derive(Clone, Debug)]
pub(super) struct Polling {
    wait: Duration,
    /// The first poll doesn't wait: its answer says at once that receiving works.
    is_first: bool,
    /// The first update that the next poll asks for; all below it are confirmed by asking.
    offset: i64,
    /// The same, once the last batch is safe.
    next_offset: i64,
}

impl Polling {
    pub(super) fn new(wait: Duration) -> Self {
        Self { wait, is_first: true, offset: 0, next_offset: 0 }
    }

    /// How long a poll takes at most.
    pub(super) fn patience(&self) -> Duration {
        self.wait + CALL_TIMEOUT
    }

    pub(super) async fn fetch(&mut self, link: &Link) -> Result<Vec<Received>, CallError> {
        let wait = if self.is_first { Duration::ZERO } else { self.wait };
        let parameters = json!({
            "offset": self.offset,
            "limit": BATCH,
            "timeout": wait.as_secs(),
            "allowed_updates": ALLOWED_UPDATES,
        });
        let body = link.wire.poll(&parameters, wait).await?;
        self.is_first = false;
        self.cut(&body, &link.username)
    }

    /// Everything below the offset is confirmed once it was asked for. The next offset is this batch's own: numbers may have
    /// restarted below the last one, and Telegram answers an offset that is too far ahead from the head of its queue, again
    /// and again.
    fn cut(&mut self, body: &Bytes, bot_username: &str) -> Result<Vec<Received>, CallError> {
        let raw_updates = raw_updates(body)?;
        self.next_offset = 0;
        let some_came = !raw_updates.is_empty();
        let mut batch = Vec::with_capacity(raw_updates.len());
        for raw in raw_updates {
            let Some(received) = source::read(body.slice_ref(raw.get().as_bytes()), bot_username) else {
                tracing::error!(bytes = raw.get().len(), "an update without a number can't be handled");
                continue;
            };
            self.next_offset = self.next_offset.max(received.id.0.saturating_add(1));
            batch.push(received);
        }
        // Asking again at once would bring the same again.
        if batch.is_empty() && some_came {
            return Err(CallError::Malformed("updates without a number".to_owned()));
        }
        Ok(batch)
    }

    pub(super) fn acknowledge(&mut self) {
        self.offset = self.next_offset;
    }
}
