//! How fast we ask, and what Telegram forbids for a while. Staying below its limits is friendlier than being told to wait;
//! when told, we wait for that long, through restarts too.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Requests that Telegram counts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Looking into calls.
    Calls,
    /// Looking at chats.
    Chats,
    /// Reading messages.
    History,
    /// Posting.
    Posts,
    /// Asking what names stand for.
    Names,
    /// Collecting public channels.
    Channels,
    /// Fetching what is attached to messages of public channels.
    Files,
    /// Everything else.
    Other,
}

/// Requests a minute for collecting, unless the settings say otherwise.
const CHANNELS_PER_MINUTE: f64 = 40.0;

impl Class {
    const ALL: [Self; 8] =
        [Self::Calls, Self::Chats, Self::History, Self::Posts, Self::Names, Self::Channels, Self::Files, Self::Other];
    /// What is asked so seldom that a restart may not begin anew with a full bucket.
    const LASTING: [Self; 2] = [Self::Names, Self::Channels];

    /// As it is written down.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Chats => "chats",
            Self::History => "history",
            Self::Posts => "posts",
            Self::Names => "names",
            Self::Channels => "channels",
            Self::Files => "files",
            Self::Other => "other",
        }
    }

    /// Whether its pace is kept through restarts.
    pub(super) fn is_lasting(self) -> bool {
        Self::LASTING.contains(&self)
    }

    /// At once, and in each second after that. 200 calls of 500 people each are 34 requests a second.
    fn rate(self, channels_per_minute: f64) -> (f64, f64) {
        match self {
            Self::Calls => (80.0, 40.0),
            Self::Chats => (20.0, 4.0),
            Self::History => (10.0, 2.0),
            Self::Posts => (5.0, 1.0),
            // Telegram forbids this one for hours after some hundreds: a tenth as many.
            Self::Names => ((channels_per_minute / 4.0).max(1.0), channels_per_minute / 600.0),
            Self::Channels => ((channels_per_minute / 4.0).max(1.0), channels_per_minute / 60.0),
            // Parts of half a megabyte.
            Self::Files => (10.0, 4.0),
            Self::Other => (20.0, 5.0),
        }
    }
}

/// The permits of one account.
#[derive(Debug)]
pub(super) struct Pace {
    buckets: BTreeMap<Class, (f64, Duration)>,
    forbidden: BTreeMap<Class, DateTime<Utc>>,
    channels_per_minute: f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { buckets: BTreeMap::new(), forbidden: BTreeMap::new(), channels_per_minute: CHANNELS_PER_MINUTE }
    }
}

/// What is left in a bucket at some time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Level {
    left: f64,
    at: DateTime<Utc>,
}

impl Pace {
    /// One that collects channels at this speed.
    pub(super) fn collecting(channels_per_minute: u32) -> Self {
        Self { channels_per_minute: f64::from(channels_per_minute), ..Self::default() }
    }

    /// What is left of what lasts, to be written down.
    pub(super) fn levels(&self, now: DateTime<Utc>) -> BTreeMap<String, Level> {
        let lasting = self.buckets.iter().filter(|(class, _)| class.is_lasting());
        lasting.map(|(class, (left, _))| (class.key().to_owned(), Level { left: *left, at: now })).collect()
    }

    /// Goes on from what an earlier run wrote down.
    pub(super) fn resume_levels(&mut self, levels: &BTreeMap<String, Level>, steady: Duration, now: DateTime<Utc>) {
        for class in Class::LASTING {
            if let Some(level) = levels.get(class.key()) {
                let (size, per_second) = class.rate(self.channels_per_minute);
                let passed = (now - level.at).to_std().unwrap_or_default().as_secs_f64();
                let left = (level.left.clamp(0.0, size) + passed * per_second).min(size);
                self.buckets.entry(class).or_insert((left, steady));
            }
        }
    }

    /// What an earlier run was told.
    pub(super) fn resume(&mut self, waits: &BTreeMap<String, DateTime<Utc>>) {
        for class in Class::ALL {
            if let Some(until) = waits.get(class.key()) {
                self.forbidden.insert(class, *until);
            }
        }
    }

    /// Takes a permit, or says how long to wait before asking again. `steady` is the time since any fixed moment.
    pub(super) fn take(&mut self, class: Class, steady: Duration, now: DateTime<Utc>) -> Result<(), Duration> {
        if let Some(until) = self.forbidden.get(&class) {
            match (*until - now).to_std() {
                Ok(wait) if wait > Duration::ZERO => return Err(wait),
                _ => drop(self.forbidden.remove(&class)),
            }
        }
        let (size, per_second) = class.rate(self.channels_per_minute);
        let (level, at) = self.buckets.entry(class).or_insert((size, steady));
        *level = (*level + steady.saturating_sub(*at).as_secs_f64() * per_second).min(size);
        *at = steady;
        if *level < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - *level) / per_second));
        }
        *level -= 1.0;
        Ok(())
    }

    /// Telegram forbids a class for a while. What to write down: everything that is still forbidden.
    pub(super) fn forbid(&mut self, class: Class, wait: Duration, now: DateTime<Utc>) -> BTreeMap<String, DateTime<Utc>> {
        let until = now + chrono::TimeDelta::from_std(wait).unwrap_or(chrono::TimeDelta::days(1));
        let known = self.forbidden.entry(class).or_insert(until);
        *known = (*known).max(until);
        self.forbidden.retain(|_, until| *until > now);
        self.forbidden.iter().map(|(class, until)| (class.key().to_owned(), *until)).collect()
    }

    /// The last moment until which something is forbidden.
    pub(super) fn forbidden_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.forbidden.values().copied().filter(|until| *until > now).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("a time")
    }

    #[test]
    fn a_burst_is_followed_by_a_steady_pace() {
        let mut pace = Pace::default();
        let mut given = |from: u64, to: u64| {
            (from..to).filter(|tick| pace.take(Class::Posts, Duration::from_millis(tick * 10), at(0)).is_ok()).count()
        };
        assert_eq!(given(0, 100), 5);
        assert_eq!(given(100, 6_100), 60);
    }

    #[test]
    fn a_restart_gives_no_new_burst_of_what_telegram_bears_seldom() {
        let mut pace = Pace::default();
        let used = (0..100).filter(|_| pace.take(Class::Names, Duration::ZERO, at(0)).is_ok()).count();
        assert_eq!(used, 10);
        let mut after = Pace::default();
        after.resume_levels(&pace.levels(at(0)), Duration::from_secs(5), at(15));
        assert_eq!(after.take(Class::Names, Duration::from_secs(5), at(15)), Ok(()));
        assert_eq!(after.take(Class::Names, Duration::from_secs(5), at(15)), Err(Duration::from_secs(15)));
        assert_eq!(after.take(Class::Channels, Duration::from_secs(5), at(15)), Ok(()), "nothing was noted of it");
        let mut slow = Pace::collecting(4);
        assert_eq!(slow.take(Class::Channels, Duration::ZERO, at(0)), Ok(()));
        assert_eq!(slow.take(Class::Channels, Duration::ZERO, at(0)), Err(Duration::from_secs(15)));
    }

    #[test]
    fn what_telegram_forbids_is_forbidden_through_restarts() {
        let mut pace = Pace::default();
        pace.forbid(Class::Posts, Duration::from_secs(30), at(0));
        let noted = pace.forbid(Class::Posts, Duration::from_secs(10), at(5));
        let mut after = Pace::default();
        after.resume(&noted);
        assert_eq!(after.take(Class::Posts, Duration::ZERO, at(10)), Err(Duration::from_secs(20)));
        assert_eq!(after.forbidden_until(at(10)), Some(at(30)));
        assert_eq!(after.take(Class::Calls, Duration::ZERO, at(10)), Ok(()), "another class goes on");
        assert_eq!(after.take(Class::Posts, Duration::ZERO, at(30)), Ok(()));
    }
}
