//! Webhook deliveries. Each is a request that waits for its answer: those that wait become one batch with one commit, and
//! are answered when it is safe. What isn't answered well is delivered again.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::{link::Received, source};

/// More than the connections that we let Telegram open, so that repeated deliveries find room too.
const ROOM: usize = 256;
/// The most that is taken at once.
const BATCH: usize = 100;
/// Looking up now and then shows that the source is alive.
pub(super) const LOOK_UP: Duration = Duration::from_secs(10);
/// Telegram gives up after about a minute; an answer before that says that the update must come again.
const PATIENCE: Duration = Duration::from_secs(40);

#[derive(Debug)]
struct Delivery {
    received: Received,
    safe: oneshot::Sender<()>,
}

/// Where a web server puts deliveries.
#[derive(Clone, Debug)]
pub struct Inbox {
    to: mpsc::Sender<Delivery>,
    bot_username: Arc<str>,
}

/// Why a delivery was not taken: it has to come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// It is no update.
    #[error("this is no update")]
    Unreadable,
    /// Stopping, or the disk can't keep up or is full.
    #[error("not now; deliver it again later")]
    NotNow,
}

/// What arrived and waits.
#[derive(Clone, Debug)]
pub(super) struct Deliveries {
    /// Shared by clones: one of them receives at a time.
    from: Arc<Mutex<mpsc::Receiver<Delivery>>>,
    /// Whom to tell that the last batch is safe.
    waiting: Waiting,
}

#[derive(Debug, Default)]
struct Waiting(Vec<oneshot::Sender<()>>);

impl Clone for Waiting {
    /// Nobody waits for two.
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// Both ends.
pub(super) fn channel(bot_username: String) -> (Deliveries, Inbox) {
    let (to, from) = mpsc::channel(ROOM);
    let deliveries = Deliveries { from: Arc::new(Mutex::new(from)), waiting: Waiting::default() };
    (deliveries, Inbox { to, bot_username: bot_username.into() })
}

impl Inbox {
    /// Hands a delivery in. On success it is safe on disk.
    pub async fn take(&self, raw: Bytes) -> Result<(), NotTaken> {
        let received = source::read(raw, &self.bot_username).ok_or(NotTaken::Unreadable)?;
        let (safe, told) = oneshot::channel();
        self.to.try_send(Delivery { received, safe }).map_err(|_| NotTaken::NotNow)?;
        match tokio::time::timeout(PATIENCE, told).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(NotTaken::NotNow),
        }
    }
}

impl Deliveries {
    /// What waits, in the order of its numbers: deliveries overtake each other on the way.
    pub(super) async fn fetch(&mut self) -> Vec<Received> {
        self.fetch_within(LOOK_UP).await
    }

    /// The same; nothing where nothing comes within this time.
    pub(super) async fn fetch_within(&mut self, patience: Duration) -> Vec<Received> {
        let mut deliveries = Vec::new();
        let mut from = self.from.lock().await;
        match tokio::time::timeout(patience, from.recv_many(&mut deliveries, BATCH)).await {
            Ok(1..) => {}
            // The server has ended; so will we in a moment.
            Ok(0) => tokio::time::sleep(patience).await,
            Err(_) => {}
        }
        drop(from);
        self.begin(deliveries)
    }

    /// The same without waiting.
    pub(super) fn take_waiting(&mut self) -> Vec<Received> {
        let mut deliveries = Vec::new();
        if let Ok(mut from) = self.from.try_lock() {
            while deliveries.len() < BATCH
                && let Ok(delivery) = from.try_recv()
            {
                deliveries.push(delivery);
            }
        }
        self.begin(deliveries)
    }

    fn begin(&mut self, mut deliveries: Vec<Delivery>) -> Vec<Received> {
        deliveries.sort_by_key(|delivery| delivery.received.id);
        let (batch, waiting) = deliveries.into_iter().map(|delivery| (delivery.received, delivery.safe)).unzip();
        self.waiting = Waiting(waiting);
        batch
    }

    /// Tells those who wait that it has to come again.
    pub(super) fn refuse(&mut self) {
        self.waiting.0.clear();
    }

    /// Tells those who wait. Nobody may be there any more: then it comes again, and is known.
    pub(super) fn acknowledge(&mut self) {
        for safe in self.waiting.0.drain(..) {
            let _ = safe.send(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(id: i64) -> Bytes {
        format!(r#"{{"update_id":{id}}}"#).into()
    }

    #[tokio::test]
    async fn those_who_wait_become_one_batch_in_order_and_are_answered_together() {
        let (mut deliveries, inbox) = channel("bot".into());
        let handed_in = [7, 5, 9, 7].map(|id| {
            let inbox = inbox.clone();
            tokio::spawn(async move { inbox.take(update(id)).await })
        });
        tokio::task::yield_now().await;
        let ids: Vec<_> = deliveries.fetch().await.iter().map(|received| received.id.0).collect();
        assert_eq!(ids, [5, 7, 7, 9]);
        assert!(handed_in.iter().all(|waiting| !waiting.is_finished()), "answered before it is safe");
        deliveries.acknowledge();
        for waiting in handed_in {
            assert_eq!(waiting.await.expect("no panic"), Ok(()));
        }
    }

    #[tokio::test]
    async fn what_has_arrived_is_taken_without_waiting() {
        let (mut deliveries, inbox) = channel("bot".into());
        assert_eq!(deliveries.take_waiting().len(), 0);
        let handed_in = [2, 1].map(|id| {
            let inbox = inbox.clone();
            tokio::spawn(async move { inbox.take(update(id)).await })
        });
        tokio::task::yield_now().await;
        let ids: Vec<_> = deliveries.take_waiting().iter().map(|received| received.id.0).collect();
        assert_eq!(ids, [1, 2]);
        deliveries.acknowledge();
        for waiting in handed_in {
            assert_eq!(waiting.await.expect("no panic"), Ok(()));
        }
    }

    #[tokio::test]
    async fn what_is_not_safe_at_the_end_has_to_come_again() {
        let (mut deliveries, inbox) = channel("bot".into());
        let handed_in = [1, 2].map(|id| {
            let inbox = inbox.clone();
            tokio::spawn(async move { inbox.take(update(id)).await })
        });
        tokio::task::yield_now().await;
        assert_eq!(deliveries.fetch().await.len(), 2);
        drop(deliveries);
        for waiting in handed_in {
            assert_eq!(waiting.await.expect("no panic"), Err(NotTaken::NotNow));
        }
        assert_eq!(inbox.take(update(3)).await, Err(NotTaken::NotNow));
    }

    #[tokio::test]
    async fn what_has_no_number_is_not_taken() {
        let (_deliveries, inbox) = channel("bot".into());
        for junk in [&b"{\"message\":{}}"[..], b"[]", b"", b"\xff\xfe", b"{\"update_id\":1"] {
            assert_eq!(inbox.take(Bytes::from_static(junk)).await, Err(NotTaken::Unreadable));
        }
    }

    #[tokio::test]
    async fn more_than_there_is_room_for_has_to_come_again() {
        let (_deliveries, inbox) = channel("bot".into());
        for id in 0..ROOM as i64 {
            let inbox = inbox.clone();
            tokio::spawn(async move { inbox.take(update(id)).await });
        }
        while inbox.to.capacity() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(inbox.take(update(ROOM as i64)).await, Err(NotTaken::NotNow));
    }
}
