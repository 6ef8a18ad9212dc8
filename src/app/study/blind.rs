//! Notices that nothing can be seen in the voice chats, and tells.

use std::time::{Duration, Instant};

use chrono::TimeDelta;

use crate::{admin::Desk, alerts::blind, context::Context, domain::line::LineState, text::line as words};

/// Since when nothing was seen.
#[derive(Debug)]
pub(super) struct Blind {
    since: Instant,
    /// Whether anything was seen since the program started.
    saw: bool,
    minute: Duration,
}

impl Blind {
    /// `minute`: what is taken for one.
    pub(super) fn new(minute: Duration) -> Self {
        Self { since: Instant::now(), saw: false, minute }
    }

    /// A look went well.
    pub(super) fn saw(&mut self) {
        *self = Self { since: Instant::now(), saw: true, ..*self };
    }

    /// Tells admins what there is to tell.
    pub(super) fn look(&mut self, context: &Context, is_watching: bool, state: &LineState) {
        if !is_watching {
            self.since = Instant::now();
        }
        let minutes = self.since.elapsed().as_micros() / self.minute.as_micros();
        let since = i64::try_from(minutes).ok().and_then(TimeDelta::try_minutes).unwrap_or(TimeDelta::MAX);
        let decided = context.store.decide(&[], |known| {
            let desk = Desk { state: known, rules: &context.rules, now: context.clock.now() };
            blind::judge(&desk, since, self.saw, is_watching, |lang| words::sentence(state, context.rules.zone, lang))
        });
        if let Err(fault) = decided {
            tracing::error!(%fault, "a warning can't be kept");
        }
    }
}
