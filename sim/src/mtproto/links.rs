//! What a data centre knows of its connections, and the switches that tests turn.

use std::{
    collections::HashSet,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering},
    },
};

use tokio::sync::mpsc::UnboundedSender;

use super::crypto;

/// What a connection is told to do.
#[derive(Clone, Debug)]
pub(super) enum Order {
    /// An answer that had to wait: message number of the request, body.
    Answer(i64, Vec<u8>),
    /// Bytes in place of updates.
    Push(Vec<u8>),
    /// A packet under a session number that is not the client's.
    ForeignSession,
    /// The socket is reset.
    Reset,
}

/// A connection that has shown a key.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) id: u64,
    pub(super) key: i64,
    pub(super) orders: UnboundedSender<Order>,
}

/// State of one data centre beside the model.
#[derive(Debug)]
pub(super) struct Links {
    all: Mutex<Vec<Link>>,
    next: AtomicI64,
    last_msg_id: AtomicI64,
    salt: AtomicI64,
    /// Sessions that were announced, by key and number: once, however many connections carry one.
    announced: Mutex<HashSet<(i64, i64)>>,
    acknowledged: AtomicUsize,
    /// Answers longer than this many bytes are compressed.
    pub(super) gzip_over: AtomicUsize,
    /// Answers come in containers.
    pub(super) in_containers: AtomicBool,
    /// Accepts connections and never answers.
    pub(super) silent: AtomicBool,
    /// By how many seconds message numbers are ahead of the machine's clock.
    pub(super) skew: AtomicI64,
    /// Resets whoever connects.
    pub(super) down: AtomicBool,
    /// How many connections there ever were.
    pub(super) accepted: AtomicUsize,
    /// So many updates to come are lost on each connection.
    pub(super) lose: AtomicUsize,
    /// Updates come twice.
    pub(super) twice: AtomicBool,
    /// Each two updates come in the other order.
    pub(super) swap: AtomicBool,
}

impl Default for Links {
    fn default() -> Self {
        Self {
            all: Mutex::default(),
            next: AtomicI64::new(1),
            last_msg_id: AtomicI64::new(0),
            salt: AtomicI64::new(i64::from_le_bytes(crypto::random())),
            announced: Mutex::default(),
            acknowledged: AtomicUsize::new(0),
            gzip_over: AtomicUsize::new(usize::MAX),
            in_containers: AtomicBool::new(false),
            silent: AtomicBool::new(false),
            skew: AtomicI64::new(0),
            down: AtomicBool::new(false),
            accepted: AtomicUsize::new(0),
            lose: AtomicUsize::new(0),
            twice: AtomicBool::new(false),
            swap: AtomicBool::new(false),
        }
    }
}

impl Links {
    pub(super) fn all(&self) -> MutexGuard<'_, Vec<Link>> {
        self.all.lock().expect("nothing panics while holding the list of connections")
    }

    pub(super) fn take_number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed).unsigned_abs()
    }

    pub(super) fn leave(&self, id: u64) {
        self.all().retain(|link| link.id != id);
    }

    /// Tells every connection, or those with this key.
    pub(super) fn order(&self, key: Option<i64>, order: &Order) -> usize {
        let all = self.all();
        let meant = all.iter().filter(|link| key.is_none_or(|key| link.key == key));
        meant.filter(|link| link.orders.send(order.clone()).is_ok()).count()
    }

    /// Whether a session is new: then it is announced.
    pub(super) fn is_new(&self, key: i64, session: i64) -> bool {
        self.announced.lock().expect("nothing panics while holding the sessions").insert((key, session))
    }

    pub(super) fn salt(&self) -> i64 {
        self.salt.load(Ordering::Relaxed)
    }

    pub(super) fn rotate_salt(&self) {
        self.salt.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn acknowledge(&self, messages: usize) {
        self.acknowledged.fetch_add(messages, Ordering::Relaxed);
    }

    pub(super) fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Unix time as message numbers have it: seconds in the upper half. Clients compare it with their own clock, so it is the
    /// machine's, or as far off as was ordered; dates within answers are the simulated clock's.
    pub(super) fn machine_msg_id(&self) -> i64 {
        let now = crate::model::clock::machine_time();
        let seconds = now.timestamp() + self.skew.load(Ordering::Relaxed);
        (seconds << 32) | (i64::from(now.timestamp_subsec_nanos()) << 2)
    }

    /// The next message number: the machine's time, always rising. 1 at the end for answers, 3 for everything else.
    pub(super) fn msg_id(&self, is_answer: bool) -> i64 {
        let fresh = self.machine_msg_id();
        let next = |last: i64| Some(fresh.max(last + 4));
        let (Ok(last) | Err(last)) = self.last_msg_id.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        fresh.max(last + 4) | if is_answer { 1 } else { 3 }
    }
}
