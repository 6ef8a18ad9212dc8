//! Notices that nothing can be seen in the voice chats, and tells.

use std::time::Instant;

use chrono::TimeDelta;

use crate::{admin::Desk, alerts::blind, context::Context, domain::line::LineState, text::line as words};

/// Since when nothing was seen.
#[derive(Debug)]
pub(super) struct Blind {
    since: Instant,
    /// Whether anything was seen since the program started.
    saw: bool,
}

impl Default for Blind {
    fn default() -> Self {
        Self { since: Instant::now(), saw: false }
    }
}

impl Blind {
    /// A look went well.
    pub(super) fn saw(&mut self) {
        *self = Self { since: Instant::now(), saw: true };
    }

    /// Tells admins what there is to tell.
    pub(super) fn look(&mut self, context: &Context, is_watching: bool, state: &LineState) {
        if !is_watching {
            self.since = Instant::now();
        }
        let since = TimeDelta::from_std(self.since.elapsed()).unwrap_or(TimeDelta::MAX);
        let decided = context.store.decide(&[], |known| {
            let desk = Desk { state: known, rules: &context.rules, now: context.clock.now() };
            blind::judge(&desk, since, self.saw, is_watching, |lang| words::sentence(state, context.rules.zone, lang))
        });
        if let Err(fault) = decided {
            tracing::error!(%fault, "a warning can't be kept");
        }
    }
}
