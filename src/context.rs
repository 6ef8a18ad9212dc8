//! What all parts of the running program share, whichever bot they work for.

use tokio::sync::watch;

use crate::{
    admin::Desk,
    clock::SharedClock,
    domain::{change::Outcome, rules::Rules},
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
    /// The first fault that the process can't live with.
    fault: watch::Sender<Option<String>>,
}

impl Context {
    /// A program that begins.
    pub fn new(store: Store, rules: Rules, clock: SharedClock) -> Self {
        Self { store, rules, clock, keeper: Pulse::default(), fault: watch::Sender::default() }
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

    /// Decides about something that no update is the cause of.
    pub fn decide(&self, decide: impl FnOnce(&Desk<'_>) -> Outcome) -> Result<(), StoreFault> {
        let now = self.clock.now();
        self.store.decide(&[], |state| decide(&Desk { state, rules: &self.rules, now }))
    }
}
