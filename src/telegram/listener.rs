//! Receiving that acknowledges only what is safe on disk.
//!
//! Telegram forgets an update once it is told that the update arrived. So a batch is acknowledged only when each of its
//! updates is settled and the store has committed; only then is the next one fetched. Where batches come from, and how
//! Telegram is told, is the [`Source`]'s.

use std::{pin::Pin, sync::Arc, time::Duration};

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
    link::{Link, Received, Ticket},
    source::Source,
};
use crate::domain::event::{Event, Ignored};

/// Asked for with every poll and webhook: left out, Telegram keeps what another program asked for.
pub(super) const ALLOWED_UPDATES: [&str; 4] = ["message", "my_chat_member", "chat_member", "callback_query"];
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// To Telegram, which asks for patience.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// To our own disk or database: asking them often costs nobody anything, and each second of it is one without counts.
const LONGEST_PAUSE_TO_WRITE: Duration = Duration::from_secs(5);
/// For a batch to be decided about: a day long ago may have to be read from a slow disk.
const DECIDING: Duration = Duration::from_secs(60);
/// For a commit on a disk that is busy.
const WRITING: Duration = Duration::from_secs(120);
/// Whatever is waited for, it may take a little longer.
const SLACK: Duration = Duration::from_secs(30);
/// When it is time to stop, the batch under way has so long to be decided about.
const SETTLING: Duration = Duration::from_secs(1);

/// The listener of one bot.
pub(super) struct DurableListener {
    link: Arc<Link>,
    source: Source,
    token: StopToken,
    flag: StopFlag,
}

impl DurableListener {
    /// Receives for `link` from `source`.
    pub(super) fn new(link: Arc<Link>, source: Source) -> Self {
        let (token, flag) = mk_stop_token();
        Self { link, source, token, flag }
    }
}

impl UpdateListener for DurableListener {
    type Err = CallError;

    fn stop_token(&mut self) -> StopToken {
        self.token.clone()
    }

    /// The list is ours: the dispatcher's guess leaves out what is counted without a handler of its own.
    fn hint_allowed_updates(&mut self, _: &mut dyn Iterator<Item = AllowedUpdate>) {}
}

impl<'a> AsUpdateStream<'a> for DurableListener {
    type StreamErr = CallError;
    type Stream = Pin<Box<dyn Stream<Item = Result<Update, CallError>> + Send + 'a>>;

    fn as_stream(&'a mut self) -> Self::Stream {
        let receiver =
            Receiver { link: self.link.clone(), source: self.source.clone(), stop: self.flag.clone(), pause: FIRST_PAUSE };
        let batches =
            stream::unfold(receiver, |mut receiver| async move { receiver.next().await.map(|batch| (batch, receiver)) });
        // An envelope is two thousand bytes large: it is made when the dispatcher takes it, and not a hundred at a time.
        batches.flat_map(|tickets| stream::iter(tickets).map(|ticket| Ok(envelope(ticket)))).boxed()
    }
}

struct Receiver {
    link: Arc<Link>,
    source: Source,
    stop: StopFlag,
    /// Before the next try, while something is wrong.
    pause: Duration,
}

impl Receiver {
    /// Settles the last batch, and takes over the next; `None` when it is time to stop.
    async fn next(&mut self) -> Option<Vec<Ticket>> {
        loop {
            self.link.vitals.receiver.promise(DECIDING);
            self.settled().await?;
            if !cfg!(feature = "sabotage-ack-first") {
                self.commit().await?;
            }
            // An update that could not be decided about is settled too, but not handled: it must come again.
            if self.link.has_fault() {
                return None;
            }
            self.source.acknowledge();
            match self.fetch().await? {
                Ok(batch) => {
                    self.pause = FIRST_PAUSE;
                    if self.source.is_sign_of_life(&batch) {
                        self.note_success();
                    }
                    self.link.vitals.receiver.promise(DECIDING);
                    return Some(batch.into_iter().filter_map(|received| self.begin(received)).collect());
                }
                Err(error) => self.pause_after(&error).await?,
            }
        }
    }

    /// What the dispatcher is to ask for; nothing, where it was decided elsewhere that nothing comes of it.
    fn begin(&self, received: Received) -> Option<Ticket> {
        if received.event == Event::Ignored(Ignored::CountsForNobody) {
            self.link.settle_as_nothing(&received);
            return None;
        }
        Some(self.link.expect(received))
    }

    /// Waits until the whole batch is decided about; `None` when it is time to stop and some of it isn't.
    async fn settled(&self) -> Option<()> {
        let settled = Box::pin(self.link.settled());
        let stop = self.stop.clone();
        let stopped = Box::pin(async move {
            stop.await;
            tokio::time::sleep(SETTLING).await;
        });
        match futures::future::select(settled, stopped).await {
            Either::Left(_) => Some(()),
            Either::Right(_) => None,
        }
    }

    /// Makes the batch safe. As long as that fails nothing is acknowledged and nothing more is fetched.
    async fn commit(&mut self) -> Option<()> {
        let mut failed = false;
        loop {
            self.link.vitals.receiver.promise(WRITING);
            match self.link.store.flush().await {
                Ok(()) if failed => {
                    tracing::info!("the data can be written again; going on");
                    self.pause = FIRST_PAUSE;
                    return Some(());
                }
                Ok(()) => return Some(()),
                Err(fault) if fault.may_heal() => {
                    if !std::mem::replace(&mut failed, true) {
                        tracing::error!(%fault, "can't write; nothing is lost: Telegram keeps the updates until it works again");
                    }
                    self.rest(LONGEST_PAUSE_TO_WRITE).await?;
                }
                Err(fault) => {
                    self.link.give_up(&fault);
                    return None;
                }
            }
        }
    }

    async fn fetch(&mut self) -> Option<Result<Vec<Received>, CallError>> {
        if self.stop.is_stopped() {
            return None;
        }
        self.link.vitals.receiver.promise(self.source.patience() + SLACK);
        let fetch = self.source.fetch(&self.link).boxed();
        match futures::future::select(fetch, self.stop.clone()).await {
            Either::Left((fetched, _)) => Some(fetched),
            Either::Right(((), _)) => None,
        }
    }

    fn note_success(&mut self) {
        let now = self.link.clock.now();
        self.link.vitals.receiving.send_modify(|receiving| {
            if receiving.trouble.take().is_some() {
                tracing::info!("receiving from Telegram again");
            }
            receiving.last_answer = Some(now);
            receiving.is_open = true;
            receiving.is_revoked = false;
        });
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
        if self.link.note_trouble(Some(error)) {
            tracing::warn!(%error, what_to_do, "can't receive from Telegram");
        }
        if let Reaction::Wait(asked) = error.reaction() {
            self.pause = asked.max(FIRST_PAUSE);
        }
        self.rest(LONGEST_PAUSE).await
    }

    /// Pauses, longer each time up to the longest; `None` when it is time to stop.
    async fn rest(&mut self, longest: Duration) -> Option<()> {
        let pause = self.pause;
        self.pause = (pause * 2).min(longest);
        self.link.vitals.receiver.promise(pause + SLACK);
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
