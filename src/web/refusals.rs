//! Says now and then how much was refused: whoever scans the internet must not fill the log.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Between two lines in the log.
const QUIET: Duration = Duration::from_secs(60);

/// Refused requests.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<Since>);

#[derive(Debug, Default)]
struct Since {
    said_at: Option<Instant>,
    unsaid: u64,
}

impl Refusals {
    /// Counts one, and logs it unless another was logged a moment ago.
    pub(super) fn note(&self, why: &'static str) {
        if let Some(refused) = self.count(Instant::now()) {
            tracing::warn!(refused, why, "requests to the webhook were refused");
        }
    }

    /// How many there were since the last line, when it is time for the next one.
    fn count(&self, now: Instant) -> Option<u64> {
        let mut since = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        since.unsaid += 1;
        if since.said_at.is_some_and(|at| now.duration_since(at) < QUIET) {
            return None;
        }
        since.said_at = Some(now);
        Some(std::mem::take(&mut since.unsaid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_is_two_lines_and_no_flood() {
        let refusals = Refusals::default();
        let start = Instant::now();
        assert_eq!(refusals.count(start), Some(1));
        assert!((1..100).all(|n| refusals.count(start + Duration::from_millis(n)).is_none()));
        assert_eq!(refusals.count(start + QUIET), Some(100));
    }
}
