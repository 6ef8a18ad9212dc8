//! Telegram's limits on sending, in seconds of the simulator's clock: 20 a minute in a group, about one a second in a chat
//! with short bursts, 30 a second in all.

use std::collections::{HashMap, VecDeque};

#[derive(Debug, Default)]
pub(crate) struct FloodLimits {
    pub(crate) enabled: bool,
    all: VecDeque<i64>,
    chats: HashMap<i64, VecDeque<i64>>,
}

impl FloodLimits {
    /// Notes a message to `chat` at `now` (milliseconds); how many seconds to wait if that is too fast.
    pub(crate) fn note(&mut self, chat: i64, now: i64) -> Option<u64> {
        if !self.enabled {
            return None;
        }
        let (most, window) = if chat < 0 { (20, 60_000) } else { (60, 60_000) };
        let of_chat = self.chats.entry(chat).or_default();
        let wait = full(of_chat, most, window, now).or_else(|| full(&mut self.all, 30, 1_000, now));
        if wait.is_none() {
            of_chat.push_back(now);
            self.all.push_back(now);
        }
        wait
    }
}

fn full(sent: &mut VecDeque<i64>, most: usize, window: i64, now: i64) -> Option<u64> {
    while sent.front().is_some_and(|at| *at <= now - window) {
        sent.pop_front();
    }
    let oldest = sent.front().filter(|_| sent.len() >= most)?;
    Some(((oldest + window - now) as u64).div_ceil(1000).max(1))
}
