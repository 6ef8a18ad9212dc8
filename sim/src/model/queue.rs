//! The updates that wait for a bot. Each is serialised once.

use std::{collections::VecDeque, sync::Arc};

/// One update in its queue.
#[derive(Clone, Debug)]
pub(crate) struct Queued {
    pub(crate) id: i64,
    /// Milliseconds of the simulator's clock.
    at: i64,
    pub(crate) json: Arc<str>,
}

#[derive(Debug)]
pub(crate) struct Queue {
    waiting: VecDeque<Queued>,
    /// Confirmed lately, for redelivery.
    confirmed: VecDeque<Queued>,
    next_id: i64,
    /// The list that was last asked for; `None` is Telegram's default.
    allowed: Option<Vec<String>>,
}

/// Telegram forgets after a day.
const KEPT_MS: i64 = 24 * 3600 * 1000;
/// How many confirmed updates can be redelivered.
const REMEMBERED: usize = 2_000;
/// What the default leaves out.
const ON_REQUEST: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

impl Queue {
    pub(crate) fn new(first_id: i64) -> Self {
        Self { waiting: VecDeque::new(), confirmed: VecDeque::new(), next_id: first_id, allowed: None }
    }

    pub(crate) fn wants(&self, kind: &str) -> bool {
        match &self.allowed {
            Some(list) if !list.is_empty() => list.iter().any(|allowed| allowed == kind),
            Some(_) | None => !ON_REQUEST.contains(&kind),
        }
    }

    pub(crate) fn allow(&mut self, kinds: Vec<String>) {
        self.allowed = Some(kinds);
    }

    pub(crate) fn allowed(&self) -> Option<&[String]> {
        self.allowed.as_deref()
    }

    /// Adds an update of this kind with this body, if the bot asked for such.
    pub(crate) fn push(&mut self, kind: &str, body: &str, now: i64) {
        if self.wants(kind) {
            let id = self.next_id;
            self.next_id += 1;
            let json = format!("{{\"update_id\":{id},\"{kind}\":{body}}}").into();
            self.waiting.push_back(Queued { id, at: now, json });
        }
    }

    /// Confirms all below `offset` (or leaves the last `-offset`), forgets what is too old, and gives up to `limit`.
    pub(crate) fn take(&mut self, offset: i64, limit: usize, now: i64) -> Vec<Queued> {
        while self.waiting.front().is_some_and(|update| update.at + KEPT_MS < now) {
            self.waiting.pop_front();
        }
        let confirmed = match offset {
            0 => 0,
            1.. => self.waiting.iter().take_while(|update| update.id < offset).count(),
            _ => self.waiting.len().saturating_sub(offset.unsigned_abs() as usize),
        };
        for update in self.waiting.drain(..confirmed) {
            self.confirmed.push_back(update);
        }
        while self.confirmed.len() > REMEMBERED {
            self.confirmed.pop_front();
        }
        self.waiting.iter().take(limit).cloned().collect()
    }

    /// Removes one update that a webhook took.
    pub(crate) fn confirm(&mut self, id: i64) {
        if let Some(index) = self.waiting.iter().position(|update| update.id == id)
            && let Some(update) = self.waiting.remove(index)
        {
            self.confirmed.push_back(update);
        }
    }

    /// Delivers the last `n` confirmed updates again, before the others.
    pub(crate) fn redeliver(&mut self, n: usize) {
        let from = self.confirmed.len().saturating_sub(n);
        for update in self.confirmed.split_off(from).into_iter().rev() {
            self.waiting.push_front(update);
        }
    }

    /// Numbers updates from here on, as after a quiet week.
    pub(crate) fn restart_numbering(&mut self, next_id: i64) {
        self.next_id = next_id;
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }
}
