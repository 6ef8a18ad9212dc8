//! What all parts of the running program share, whichever bot they work for.

use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::{
    admin::Desk,
    clock::SharedClock,
    domain::{change::Outcome, ids::ChatId, rules::Rules},
    pulse::Pulse,
    store::{Store, StoreFault},
};

/// The running program.
#[derive(Debug)]
pub struct Context {
    /// Where everything is kept.
    pub store: Store,
    /// The operator's settings. What comes from no bot is decided as if it came to the main one.
    pub rules: Rules,
    /// The time.
    pub clock: SharedClock,
    /// The loop that keeps house.
    pub keeper: Pulse,
    /// Rung when somebody wants to know how chats are.
    pub chats_wanted: Notify,
    /// Rung when a chat was asked about.
    pub chats_learnt: Notify,
    /// The first fault that the process can't live with.
    fault: watch::Sender<Option<String>>,
}

impl Context {
    /// A program that begins.
    pub fn new(store: Store, rules: Rules, clock: SharedClock) -> Self {
        let (chats_wanted, chats_learnt) = (Notify::new(), Notify::new());
        Self { store, rules, clock, keeper: Pulse::default(), chats_wanted, chats_learnt, fault: watch::Sender::default() }
    }

    /// Watches for the fault that ends the process.
    pub fn faults(&self) -> watch::Receiver<Option<String>> {
        self.fault.subscribe()
    }

    /// The fault that the process ends with, if there is one.
    pub fn fault(&self) -> Option<String> {
        self.fault.borrow().clone()
    }

    /// Ends the process with this fault.
    pub fn give_up(&self, fault: &StoreFault) {
        tracing::error!(fault = %fault, "giving up");
        self.fault.send_if_modified(|first| {
            let is_first = first.is_none();
            if is_first {
                *first = Some(fault.to_string());
            }
            is_first
        });
    }

    /// Waits until Telegram was asked about a chat that somebody wants to know about, or about all (`None`); whether it was.
    pub async fn chats_are_learnt(&self, chat: Option<ChatId>, patience: Duration) -> bool {
        let is_over = || {
            self.store.read(|state| match chat {
                Some(chat) => !state.chats.wanted.chats.contains_key(&state.current_id(chat)),
                None => state.chats.wanted.all.is_none(),
            })
        };
        self.chats_wanted.notify_one();
        let waiting = async {
            loop {
                let learnt = self.chats_learnt.notified();
                tokio::pin!(learnt);
                learnt.as_mut().enable();
                if is_over() {
                    return;
                }
                learnt.await;
            }
        };
        tokio::time::timeout(patience, waiting).await.is_ok()
    }

    /// Decides about something that no update is the cause of.
    pub fn decide(&self, decide: impl FnOnce(&Desk<'_>) -> Outcome) -> Result<(), StoreFault> {
        let now = self.clock.now();
        self.store.decide(&[], |state| decide(&Desk { state, rules: &self.rules, now }))
    }
}
