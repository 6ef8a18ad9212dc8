//! Whether a loop still goes round. A loop says before each wait how long that may take at most; a loop that is not back by
//! then is stuck, and only a restart helps.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// One loop's promise.
#[derive(Debug)]
pub struct Pulse {
    began: Instant,
    /// Milliseconds since then at which the loop is late.
    due: AtomicU64,
}

impl Default for Pulse {
    /// A loop that has promised nothing yet.
    fn default() -> Self {
        Self { began: Instant::now(), due: AtomicU64::new(u64::MAX) }
    }
}

impl Pulse {
    /// The loop goes on, and comes by here again within this time.
    pub fn promise(&self, within: Duration) {
        self.promise_at(self.began.elapsed(), within);
    }

    /// Whether it hasn't come by in time.
    pub fn is_late(&self) -> bool {
        self.is_late_at(self.began.elapsed())
    }

    fn promise_at(&self, now: Duration, within: Duration) {
        let due = u64::try_from((now + within).as_millis()).unwrap_or(u64::MAX);
        self.due.store(due, Ordering::Relaxed);
    }

    fn is_late_at(&self, now: Duration) -> bool {
        now.as_millis() > u128::from(self.due.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_is_who_promised_and_does_not_come() {
        let pulse = Pulse::default();
        let at = Duration::from_secs;
        assert!(!pulse.is_late_at(at(1_000_000)), "nothing was promised");
        pulse.promise_at(at(10), at(5));
        assert!(!pulse.is_late_at(at(15)));
        assert!(pulse.is_late_at(at(16)));
        pulse.promise_at(at(16), at(60));
        assert!(!pulse.is_late_at(at(76)), "it came after all");
    }
}
