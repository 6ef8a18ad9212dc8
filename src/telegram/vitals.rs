//! How one bot is doing, for those who look from outside.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use super::wire::Wire;
use crate::{context::Context, domain::ids::BotId, health, metrics::UpdateFigures, pulse::Pulse};

/// A bot of this program: known from its token on, connected or not.
#[derive(Clone, Debug)]
pub struct OurBot {
    /// What the operator calls it.
    pub name: String,
    /// Its line to Telegram.
    pub wire: Wire,
    /// How it is doing.
    pub vitals: Arc<Vitals>,
}

impl OurBot {
    /// Which one it is.
    pub fn id(&self) -> BotId {
        self.wire.bot_id()
    }
}

/// What can be looked at while everything runs.
#[derive(Debug)]
pub struct Vitals {
    /// How receiving goes.
    pub receiving: watch::Sender<Receiving>,
    /// The loop that receives.
    pub receiver: Pulse,
    /// What was received.
    pub updates: UpdateFigures,
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
    /// Telegram doesn't know the token any more.
    pub is_revoked: bool,
}

/// Beyond the longest poll.
const SLACK: Duration = Duration::from_secs(90);

impl Vitals {
    /// Of a bot that begins; `poll_wait` is how long a poll waits at Telegram, `None` in webhook mode.
    pub fn new(poll_wait: Option<Duration>) -> Self {
        Self {
            receiving: watch::Sender::default(),
            receiver: Pulse::default(),
            updates: UpdateFigures::default(),
            answers_every: poll_wait.and_then(|wait| TimeDelta::from_std(wait + SLACK).ok()),
        }
    }

    /// Whether nothing will come any more.
    pub fn is_revoked(&self) -> bool {
        self.receiving.borrow().is_revoked
    }

    fn facts(&self, context: &Context) -> health::Facts {
        let receiving = self.receiving.borrow().clone();
        health::Facts {
            fault: context.fault(),
            is_stuck: self.receiver.is_late() || context.keeper.is_late(),
            writing_fails: context.store.figures().is_failing().then(|| context.store.home().kind()),
            trouble: receiving.trouble,
            is_open: receiving.is_open,
            last_answer: receiving.last_answer,
            answers_every: self.answers_every,
            now: context.clock.now(),
        }
    }
}

/// Whether the loops go round.
pub fn are_alive(bots: &[OurBot], context: &Context) -> bool {
    !context.keeper.is_late() && working(bots).all(|bot| !bot.vitals.receiver.is_late())
}

/// All is well, or why not. A bot that Telegram doesn't know any more is no illness: a restart wouldn't mend it, and its admins
/// were told.
pub fn judge(bots: &[OurBot], context: &Context) -> Result<&'static str, String> {
    let mut well = Err("no bot has a valid token".to_owned());
    for bot in working(bots) {
        let named = |why| if bots.len() > 1 { format!("{}: {why}", bot.name) } else { why };
        well = Ok(health::judge(&bot.vitals.facts(context)).map_err(named)?);
    }
    well
}

fn working(bots: &[OurBot]) -> impl Iterator<Item = &OurBot> {
    bots.iter().filter(|bot| !bot.vitals.is_revoked())
}
