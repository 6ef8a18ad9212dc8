//! The updates that wait for a bot. Each is serialised once.

use std::{
    collections::{HashSet, VecDeque},
    fmt,
    sync::Arc,
};

/// One update in its queue.
#[derive(Clone, Debug)]
pub(crate) struct Queued {
    pub(crate) id: i64,
    /// Milliseconds of the simulator's clock.
    at: i64,
    /// What webhooks keep in order: a chat's updates of one sort.
    lane: Lane,
    pub(crate) json: Arc<str>,
}

/// Telegram's server delivers to webhooks in order within a chat, messages and changes of membership apart; between chats it
/// keeps none. (As its `WebhookActor` does it.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Lane {
    Messages(i64),
    Membership(i64),
    Presses(i64),
}

impl Lane {
    fn of(kind: &str, chat: i64) -> Self {
        match kind {
            "my_chat_member" | "chat_member" => Self::Membership(chat),
            "callback_query" => Self::Presses(chat),
            _ => Self::Messages(chat),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Queue {
    waiting: VecDeque<Queued>,
    /// Confirmed lately, for redelivery.
    confirmed: VecDeque<Queued>,
    next_id: i64,
    /// The list that was last asked for; `None` is Telegram's default.
    allowed: Option<Vec<String>>,
    /// Confirmed long ago, and handed out once more with the next batch, whatever its offset.
    again: Vec<Queued>,
    /// Every third update of a batch comes twice.
    pub(crate) duplicate: bool,
    /// The seed of the order within batches.
    pub(crate) shuffle: Option<u64>,
    /// Hears of every confirmation.
    pub(crate) witness: Witness,
}

/// Somebody who hears of each confirmation before the bot gets its answer.
#[derive(Clone, Default)]
pub(crate) struct Witness(Option<Arc<Hears>>);

type Hears = dyn Fn(&[i64]) + Send + Sync;

impl Witness {
    pub(crate) fn new(hears: impl Fn(&[i64]) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hears)))
    }

    fn hears(&self, confirmed: &[i64]) {
        if let Some(hears) = &self.0 {
            hears(confirmed);
        }
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Witness")
    }
}

/// Telegram forgets after a day.
const KEPT_MS: i64 = 24 * 3600 * 1000;
/// How many confirmed updates can be redelivered.
const REMEMBERED: usize = 10_000;
/// An offset further ahead than this comes from another numbering: Telegram's queue takes no notice of it.
const OFFSET_SLACK: i64 = 10;
/// What the default leaves out.
const ON_REQUEST: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

impl Queue {
    pub(crate) fn new(first_id: i64) -> Self {
        Self {
            waiting: VecDeque::new(),
            confirmed: VecDeque::new(),
            next_id: first_id,
            allowed: None,
            again: Vec::new(),
            duplicate: false,
            shuffle: None,
            witness: Witness::default(),
        }
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

    /// Adds an update of this kind from this chat with this body, if the bot asked for such.
    pub(crate) fn push(&mut self, kind: &str, chat: i64, body: &str, now: i64) {
        if self.wants(kind) {
            let id = self.next_id;
            self.next_id += 1;
            let json = format!("{{\"update_id\":{id},\"{kind}\":{body}}}").into();
            self.waiting.push_back(Queued { id, at: now, lane: Lane::of(kind, chat), json });
        }
    }

    /// Confirms all below `offset` (or leaves the last `-offset`) and forgets what is too old.
    pub(crate) fn settle(&mut self, offset: i64, now: i64) {
        self.forget(now);
        let confirmed: Vec<Queued> = self.waiting.drain(..self.below(offset)).collect();
        if !confirmed.is_empty() {
            self.witness.hears(&confirmed.iter().map(|update| update.id).collect::<Vec<_>>());
        }
        self.confirmed.extend(confirmed);
        while self.confirmed.len() > REMEMBERED {
            self.confirmed.pop_front();
        }
    }

    fn forget(&mut self, now: i64) {
        while self.waiting.front().is_some_and(|update| update.at + KEPT_MS < now) {
            self.waiting.pop_front();
        }
    }

    /// How many waiting updates an offset confirms.
    fn below(&self, offset: i64) -> usize {
        match offset {
            0 => 0,
            1.. if offset > self.next_id + OFFSET_SLACK => 0,
            1.. => self.waiting.iter().take_while(|update| update.id < offset).count(),
            _ => self.waiting.len().saturating_sub(offset.unsigned_abs() as usize),
        }
    }

    /// Up to `limit` updates, in the order in which a bot gets them.
    pub(crate) fn batch(&mut self, limit: usize) -> Vec<Queued> {
        let again = std::mem::take(&mut self.again);
        let room = limit.saturating_sub(again.len());
        let batch = again.into_iter().chain(self.waiting.iter().take(room).cloned()).collect();
        self.disordered(batch)
    }

    /// Up to `limit` updates that may be delivered to a webhook now: the first of each lane, unless `is_busy` says that it is on
    /// its way or rests after a failure. A shuffled queue keeps no order even within a lane.
    pub(crate) fn deliverable(&mut self, limit: usize, now: i64, is_busy: impl Fn(i64) -> bool) -> Vec<Queued> {
        self.forget(now);
        let again = std::mem::take(&mut self.again);
        let mut lanes = HashSet::new();
        let is_shuffled = self.shuffle.is_some();
        let next = self.waiting.iter().filter(|update| lanes.insert(update.lane) || is_shuffled);
        let ready = next.filter(|update| !is_busy(update.id)).take(limit.saturating_sub(again.len())).cloned();
        let batch = again.into_iter().chain(ready).collect();
        self.disordered(batch)
    }

    fn disordered(&mut self, mut batch: Vec<Queued>) -> Vec<Queued> {
        if self.duplicate {
            let twice: Vec<Queued> = batch.iter().step_by(3).cloned().collect();
            batch.extend(twice);
        }
        if let Some(seed) = &mut self.shuffle {
            shuffle(&mut batch, seed);
        }
        batch
    }

    /// Removes one update that a webhook took.
    pub(crate) fn confirm(&mut self, id: i64) {
        if let Some(index) = self.waiting.iter().position(|update| update.id == id)
            && let Some(update) = self.waiting.remove(index)
        {
            self.witness.hears(&[id]);
            self.confirmed.push_back(update);
        }
    }

    /// Hands the last `n` confirmed updates out once more.
    pub(crate) fn redeliver(&mut self, n: usize) {
        let from = self.confirmed.len().saturating_sub(n);
        self.again.extend(self.confirmed.iter().skip(from).cloned());
    }

    /// Hands `n` of the remembered confirmed updates out once more, however old, as the seed says.
    pub(crate) fn redeliver_any(&mut self, n: usize, mut seed: u64) {
        for _ in 0..n.min(self.confirmed.len()) {
            let at = next_random(&mut seed) as usize % self.confirmed.len();
            self.again.push(self.confirmed[at].clone());
        }
    }

    /// Numbers updates from here on, as after a quiet week.
    pub(crate) fn restart_numbering(&mut self, next_id: i64) {
        self.next_id = next_id;
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len() + self.again.len()
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
        self.again.clear();
    }
}

/// Fisher–Yates with a small generator, so that the seed says everything.
fn shuffle<T>(items: &mut [T], seed: &mut u64) {
    for at in (1..items.len()).rev() {
        let other = usize::try_from(next_random(seed) % (at as u64 + 1)).unwrap_or(0);
        items.swap(at, other);
    }
}

/// SplitMix64.
pub(crate) fn next_random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(count: i64) -> Queue {
        let mut queue = Queue::new(100);
        for n in 0..count {
            queue.push("message", n % 2, &n.to_string(), n);
        }
        queue
    }

    impl Queue {
        fn take(&mut self, offset: i64, limit: usize, now: i64) -> Vec<Queued> {
            self.settle(offset, now);
            self.batch(limit)
        }
    }

    fn ids(batch: &[Queued]) -> Vec<i64> {
        batch.iter().map(|update| update.id).collect()
    }

    #[test]
    fn an_offset_confirms_what_is_below_it() {
        let mut queue = queue(3);
        assert_eq!(ids(&queue.take(102, 100, 0)), [102]);
        assert!(queue.take(103, 100, 0).is_empty());
    }

    #[test]
    fn a_negative_offset_keeps_the_last() {
        assert_eq!(ids(&queue(5).take(-1, 100, 0)), [104]);
    }

    #[test]
    fn a_day_later_they_are_gone() {
        assert_eq!(ids(&queue(2).take(0, 100, KEPT_MS + 1)), [101]);
    }

    #[test]
    fn confirmed_updates_come_again_though_they_were_confirmed() {
        let mut queue = queue(3);
        queue.take(103, 100, 0);
        queue.redeliver(2);
        assert_eq!(ids(&queue.take(103, 100, 0)), [101, 102]);
        assert!(queue.take(103, 100, 0).is_empty());
    }

    #[test]
    fn any_of_the_confirmed_can_come_again() {
        let mut queue = queue(50);
        queue.take(150, 100, 0);
        queue.redeliver_any(7, 1);
        let again = ids(&queue.take(150, 100, 0));
        assert_eq!(again.len(), 7);
        assert!(again.iter().all(|id| (100..150).contains(id)) && !again.is_sorted(), "{again:?}");
    }

    #[test]
    fn a_witness_hears_of_each_confirmation_once() {
        let heard = Arc::new(std::sync::Mutex::new(Vec::new()));
        let mut queue = queue(4);
        let noted = heard.clone();
        queue.witness = Witness::new(move |ids| noted.lock().expect("no test panics here").extend_from_slice(ids));
        queue.take(102, 100, 0);
        queue.take(102, 100, 0);
        queue.confirm(103);
        assert_eq!(*heard.lock().expect("no test panics here"), [100, 101, 103]);
    }

    #[test]
    fn an_offset_of_another_numbering_confirms_nothing() {
        let mut queue = queue(3);
        queue.take(103, 100, 0);
        queue.restart_numbering(17);
        queue.push("message", 0, "0", 0);
        assert_eq!(ids(&queue.take(103, 100, 0)), [17]);
    }

    #[test]
    fn webhooks_get_a_chats_updates_one_after_the_other() {
        let mut queue = queue(6);
        assert_eq!(ids(&queue.deliverable(9, 0, |_| false)), [100, 101], "one of each chat");
        assert_eq!(ids(&queue.deliverable(9, 0, |id| id == 100)), [101], "a busy one holds its chat up");
        queue.confirm(100);
        assert_eq!(ids(&queue.deliverable(9, 0, |_| false)), [101, 102]);
        queue.push("my_chat_member", 0, "0", 0);
        assert_eq!(ids(&queue.deliverable(9, 0, |_| false)), [101, 102, 106], "membership goes its own way");
        queue.shuffle = Some(1);
        assert_eq!(queue.deliverable(9, 0, |_| false).len(), 6);
    }

    #[test]
    fn batches_can_be_disordered_and_doubled() {
        let mut queue = queue(6);
        queue.duplicate = true;
        queue.shuffle = Some(7);
        let mut batch = ids(&queue.take(0, 100, 0));
        assert!(!batch.is_sorted());
        batch.sort_unstable();
        assert_eq!(batch, [100, 100, 101, 102, 103, 103, 104, 105]);
    }
}
