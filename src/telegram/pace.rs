//! How fast Telegram lets a bot speak: 30 messages a second in all, about one a second in a chat (with short bursts),
//! 20 a minute in a group. Staying below is friendlier than being told to wait.

use std::{collections::HashMap, time::Duration};

use crate::domain::ids::ChatId;

/// A bucket of permits that fills steadily. Times are durations since any fixed moment.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    size: f64,
    per_second: f64,
    level: f64,
    at: Duration,
}

impl Bucket {
    fn full(size: f64, per_second: f64) -> Self {
        Self { size, per_second, level: size, at: Duration::ZERO }
    }

    fn fill(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.level = (self.level + passed * self.per_second).min(self.size);
        self.at = now;
    }

    /// How long until a permit is there.
    fn wait(&self) -> Duration {
        if self.level >= 1.0 { Duration::ZERO } else { Duration::from_secs_f64((1.0 - self.level) / self.per_second) }
    }
}

/// The permits of one bot.
#[derive(Debug)]
pub(super) struct Pace {
    all: Bucket,
    chats: HashMap<ChatId, Bucket>,
}

impl Pace {
    /// Chats with full buckets are forgotten beyond this number.
    const REMEMBERED: usize = 1_000;

    pub(super) fn new() -> Self {
        Self { all: Bucket::full(25.0, 25.0), chats: HashMap::new() }
    }

    /// Takes a permit for a call that writes in no chat, or says how long to wait before asking again.
    pub(super) fn take_any(&mut self, now: Duration) -> Result<(), Duration> {
        self.all.fill(now);
        match self.all.wait() {
            Duration::ZERO => {
                self.all.level -= 1.0;
                Ok(())
            }
            wait => Err(wait),
        }
    }

    /// Takes a permit for `chat`, or says how long to wait before asking again.
    pub(super) fn take(&mut self, chat: ChatId, now: Duration) -> Result<(), Duration> {
        if self.chats.len() > Self::REMEMBERED {
            self.chats.retain(|_, bucket| {
                bucket.fill(now);
                bucket.level < bucket.size
            });
        }
        let is_group = chat.0 < 0;
        let bucket = self.chats.entry(chat).or_insert_with(|| {
            // Refills that stay below the limit even after a burst: 10 + 60/6 = 20 in the first minute.
            if is_group { Bucket::full(10.0, 1.0 / 6.0) } else { Bucket::full(20.0, 1.0) }
        });
        bucket.fill(now);
        self.all.fill(now);
        let wait = bucket.wait().max(self.all.wait());
        if wait > Duration::ZERO {
            return Err(wait);
        }
        bucket.level -= 1.0;
        self.all.level -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many permits are given in `seconds` to somebody who asks all the time.
    fn given(pace: &mut Pace, chat: ChatId, seconds: u64) -> usize {
        (0..seconds * 100).filter(|tick| pace.take(chat, Duration::from_millis(tick * 10)).is_ok()).count()
    }

    #[test]
    fn a_group_gets_at_most_twenty_a_minute() {
        assert!((15..=20).contains(&given(&mut Pace::new(), ChatId(-5), 60)));
    }

    #[test]
    fn a_person_gets_a_short_burst_and_then_one_a_second() {
        assert_eq!(given(&mut Pace::new(), ChatId(5), 1), 20);
        assert!((78..=80).contains(&given(&mut Pace::new(), ChatId(5), 60)));
    }

    #[test]
    fn everybody_together_gets_less_than_thirty_a_second() {
        let mut pace = Pace::new();
        let given = (0..1_000).filter(|chat| pace.take(ChatId(*chat), Duration::from_millis(500)).is_ok()).count();
        assert_eq!(given, 25);
    }
}
