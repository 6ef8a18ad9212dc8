//! Long polling that acknowledges only what is safe on disk.
//!
//! Telegram forgets an update when the next poll asks for a higher number. So the next poll waits until every update of
//! the last batch is settled and the store has committed. A process starts with offset 0, which confirms nothing:
//! whatever the last one didn't confirm comes again, and the store knows what it has handled.

use std::{pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::DateTime;
use futures::{FutureExt, Stream, StreamExt, future::Either, stream};
use serde_json::{Value, json};
use teloxide::{
    stop::{StopFlag, StopToken, mk_stop_token},
    types::{AllowedUpdate, Chat, ChatKind, ChatPrivate, MessageId, MessageReactionCountUpdated, Update, UpdateId, UpdateKind},
    update_listeners::{AsUpdateStream, UpdateListener},
};

use super::{
    errors::{CallError, Reaction},
    intake,
    link::{Link, Received, Ticket},
    wire::raw_updates,
};

/// Sent with every poll: left out, Telegram keeps what another program asked for.
const ALLOWED_UPDATES: [&str; 4] = ["message", "my_chat_member", "chat_member", "callback_query"];
/// The most that Telegram gives at once.
const BATCH: u32 = 100;
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The listener of one bot.
pub(super) struct DurablePolling {
    link: Arc<Link>,
    wait: Duration,
    token: StopToken,
    flag: StopFlag,
}

impl DurablePolling {
    /// Polls for `link`, each poll waiting up to `wait` at the server.
    pub(super) fn new(link: Arc<Link>, wait: Duration) -> Self {
        let (token, flag) = mk_stop_token();
        Self { link, wait, token, flag }
    }
}

impl UpdateListener for DurablePolling {
    type Err = CallError;

    fn stop_token(&mut self) -> StopToken {
        self.token.clone()
    }

    /// The list is ours: the dispatcher's guess leaves out what is counted without a handler of its own.
    fn hint_allowed_updates(&mut self, _: &mut dyn Iterator<Item = AllowedUpdate>) {}
}

impl<'a> AsUpdateStream<'a> for DurablePolling {
    type StreamErr = CallError;
    type Stream = Pin<Box<dyn Stream<Item = Result<Update, CallError>> + Send + 'a>>;

    fn as_stream(&'a mut self) -> Self::Stream {
        let poller = Poller {
            link: self.link.clone(),
            wait: self.wait,
            stop: self.flag.clone(),
            offset: 0,
            batch: Vec::new().into_iter(),
            pause: FIRST_PAUSE,
        };
        stream::unfold(poller, |mut poller| async move { poller.next().await.map(|update| (Ok(update), poller)) }).boxed()
    }
}

struct Poller {
    link: Arc<Link>,
    wait: Duration,
    stop: StopFlag,
    /// The first update that the next poll asks for; all below it are confirmed by asking.
    offset: i64,
    /// The rest of the last batch.
    batch: std::vec::IntoIter<Update>,
    /// Before the next try, while something is wrong.
    pause: Duration,
}

impl Poller {
    /// The next update; `None` when it is time to stop.
    async fn next(&mut self) -> Option<Update> {
        loop {
            if let Some(update) = self.batch.next() {
                return Some(update);
            }
            self.settled().await?;
            self.commit().await?;
            let polled = self.poll().await?;
            match polled.and_then(|body| self.take(&body)) {
                Ok(()) => self.note_success(),
                Err(error) => self.pause_after(&error).await?,
            }
        }
    }

    /// Waits until the whole batch is decided about; `None` when it is time to stop and some of it isn't.
    async fn settled(&self) -> Option<()> {
        let settled = Box::pin(self.link.settled());
        match futures::future::select(settled, self.stop.clone()).await {
            Either::Left(_) => Some(()),
            Either::Right(_) => None,
        }
    }

    /// Makes the batch safe. As long as that fails nothing is acknowledged and nothing more is fetched.
    async fn commit(&mut self) -> Option<()> {
        loop {
            match self.link.store.flush().await {
                Ok(()) => return Some(()),
                Err(fault) if fault.may_heal() => {
                    if self.pause == FIRST_PAUSE {
                        tracing::error!(%fault, "can't write; nothing is lost: Telegram keeps the updates until there is room");
                    }
                    self.rest().await?;
                }
                Err(fault) => {
                    self.link.give_up(&fault);
                    return None;
                }
            }
        }
    }

    async fn poll(&mut self) -> Option<Result<Bytes, CallError>> {
        if self.stop.is_stopped() {
            return None;
        }
        let parameters = json!({
            "offset": self.offset,
            "limit": BATCH,
            "timeout": self.wait.as_secs(),
            "allowed_updates": ALLOWED_UPDATES,
        });
        let poll = self.link.wire.poll(&parameters, self.wait).boxed();
        match futures::future::select(poll, self.stop.clone()).await {
            Either::Left((polled, _)) => Some(polled),
            Either::Right(((), _)) => None,
        }
    }

    /// Takes over a batch: reads what each update says, and sends an envelope for it on its way.
    fn take(&mut self, body: &Bytes) -> Result<(), CallError> {
        let raw_updates = raw_updates(body)?;
        // Everything below the offset is confirmed now. The next one is this batch's own: numbers may have restarted below it,
        // and Telegram answers an offset that is too far ahead from the head of its queue, again and again.
        self.offset = 0;
        let mut batch = Vec::with_capacity(raw_updates.len());
        for raw in raw_updates {
            let Some((id, event)) = intake::read(raw.get(), &self.link.rules.bot_username) else {
                tracing::error!(bytes = raw.get().len(), "an update without a number can't be handled");
                continue;
            };
            self.offset = self.offset.max(id.0 + 1);
            batch.push(envelope(self.link.expect(Received { id, event, raw: body.slice_ref(raw.get().as_bytes()) })));
        }
        self.batch = batch.into_iter();
        Ok(())
    }

    fn note_success(&mut self) {
        let now = self.link.clock.now();
        self.link.receiving.send_modify(|receiving| {
            if receiving.trouble.take().is_some() {
                tracing::info!("receiving from Telegram again");
            }
            receiving.last_answer = Some(now);
        });
        self.pause = FIRST_PAUSE;
    }

    async fn pause_after(&mut self, error: &CallError) -> Option<()> {
        let what_to_do = match error.reaction() {
            Reaction::OtherPoller => "another program receives for the same bot: stop it, or make a new token with @BotFather",
            Reaction::WebhookSet => "a webhook is set for this bot: `rollcall doctor` says where to, and how to clear it",
            Reaction::Unauthorized => "the token is not valid (any more): take the current one from @BotFather into BOT_TOKEN",
            Reaction::Wait(_) => "Telegram asks for a pause",
            Reaction::Retry
            | Reaction::Fine
            | Reaction::Migrated(_)
            | Reaction::Unreachable
            | Reaction::MessageGone
            | Reaction::TooLate
            | Reaction::Refused => "trying again",
        };
        let is_news = self.link.receiving.send_if_modified(|receiving| {
            let trouble = Some(error.to_string());
            let is_news = receiving.trouble != trouble;
            receiving.trouble = trouble;
            is_news
        });
        if is_news {
            tracing::warn!(%error, what_to_do, "can't receive from Telegram");
        }
        if let Reaction::Wait(asked) = error.reaction() {
            self.pause = asked.max(FIRST_PAUSE);
        }
        self.rest().await
    }

    /// Pauses, longer each time; `None` when it is time to stop.
    async fn rest(&mut self) -> Option<()> {
        let pause = self.pause;
        self.pause = (pause * 2).min(LONGEST_PAUSE);
        let slept = Box::pin(tokio::time::sleep(pause));
        match futures::future::select(slept, self.stop.clone()).await {
            Either::Left(_) => Some(()),
            Either::Right(_) => None,
        }
    }
}

/// What goes through the dispatcher for a received update: its ticket, in the smallest thing that the library takes for an
/// update. The library's own reading of the update would be the larger part of all work, and would lose what is newer than
/// the library.
fn envelope(ticket: Ticket) -> Update {
    let nowhere = Chat {
        id: teloxide::types::ChatId(0),
        kind: ChatKind::Private(ChatPrivate { username: None, first_name: None, last_name: None }),
    };
    let nothing = MessageReactionCountUpdated {
        chat: nowhere,
        message_id: MessageId(0),
        date: DateTime::UNIX_EPOCH,
        reactions: Vec::new(),
    };
    Update { id: UpdateId(ticket), kind: UpdateKind::MessageReactionCount(nothing) }
}

/// The ticket in an [`envelope`].
pub(super) fn ticket(envelope: &Update) -> Ticket {
    envelope.id.0
}

/// The parameters of a poll, for those who look from outside (`rollcall doctor`).
pub fn harmless_poll() -> Value {
    json!({ "offset": 0, "limit": 1, "timeout": 0, "allowed_updates": ALLOWED_UPDATES })
}
