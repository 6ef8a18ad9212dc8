//! How one bot is doing, for those who look from outside.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use crate::{health, metrics::UpdateFigures, pulse::Pulse, store::Store};

/// What can be looked at while everything runs.
#[derive(Debug)]
pub struct Vitals {
    /// How receiving goes.
    pub receiving: watch::Sender<Receiving>,
    /// The loop that receives.
    pub receiver: Pulse,
    /// The loop that keeps house.
    pub keeper: Pulse,
    /// What was received.
    pub updates: UpdateFigures,
    /// The first fault that the process can't live with.
    pub(super) fault: watch::Sender<Option<String>>,
    /// An answer is due so often, in polling mode.
    answers_every: Option<TimeDelta>,
}

/// How receiving goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receiving {
    /// When Telegram last answered a poll, or delivered something.
    pub last_answer: Option<DateTime<Utc>>,
    /// Why nothing arrives, if that is so.
    pub trouble: Option<String>,
    /// Whether receiving has begun: a poll was answered, or the webhook is set.
    pub is_open: bool,
}

/// Beyond the longest poll.
const SLACK: Duration = Duration::from_secs(90);

impl Vitals {
    /// Of a bot that begins; `poll_wait` is how long a poll waits at Telegram, `None` in webhook mode.
    pub fn new(poll_wait: Option<Duration>) -> Self {
        Self {
            receiving: watch::Sender::default(),
            receiver: Pulse::default(),
            keeper: Pulse::default(),
            updates: UpdateFigures::default(),
            fault: watch::Sender::default(),
            answers_every: poll_wait.and_then(|wait| TimeDelta::from_std(wait + SLACK).ok()),
        }
    }

    /// Whether the loops go round.
    pub fn is_alive(&self) -> bool {
        !self.receiver.is_late() && !self.keeper.is_late()
    }

    /// Everything that health is judged by.
    pub fn facts(&self, store: &Store, now: DateTime<Utc>) -> health::Facts {
        let receiving = self.receiving.borrow().clone();
        health::Facts {
            fault: self.fault.borrow().clone(),
            is_stuck: !self.is_alive(),
            disk_fails: store.figures().is_failing(),
            trouble: receiving.trouble,
            is_open: receiving.is_open,
            last_answer: receiving.last_answer,
            answers_every: self.answers_every,
            now,
        }
    }
}
