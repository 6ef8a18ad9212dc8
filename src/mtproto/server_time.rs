//! Telegram's time: its last word, and what a steady clock says has passed since.

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};

use super::people;

/// Telegram's time, as well as it is known.
#[derive(Debug, Default)]
pub(super) struct ServerTime(Option<(DateTime<Utc>, Instant)>);

impl ServerTime {
    /// What it is now.
    pub(super) fn now(&self, steady: Instant) -> Option<DateTime<Utc>> {
        let (said, at) = self.0?;
        Some(said + TimeDelta::from_std(steady.saturating_duration_since(at)).unwrap_or_default())
    }

    /// Telegram answers with its time, which is right.
    pub(super) fn answer(&mut self, seconds: i32, steady: Instant) {
        self.0 = Some((people::time(seconds), steady));
    }

    /// News carries a time: it can't be later than now, but may have been on its way for long.
    pub(super) fn news(&mut self, seconds: i32, steady: Instant) {
        let said = people::time(seconds);
        if self.now(steady).is_none_or(|known| said > known) {
            self.0 = Some((said, steady));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_goes_on_steadily_and_never_back_because_of_old_news() {
        let (mut time, begin) = (ServerTime::default(), Instant::now());
        let after = |seconds| begin + Duration::from_secs(seconds);
        assert_eq!(time.now(begin), None);
        time.answer(1_000, begin);
        assert_eq!(time.now(after(5)), Some(people::time(1_005)));
        time.news(1_002, after(5));
        assert_eq!(time.now(after(5)), Some(people::time(1_005)));
        time.news(1_009, after(5));
        assert_eq!(time.now(after(6)), Some(people::time(1_010)));
    }
}
