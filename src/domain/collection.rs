//! Public channels that the running program collects: what is wished, and how far it is.

use std::{path::PathBuf, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// What is to be done with public channels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    /// Collect what is new.
    #[default]
    Collect,
    /// Sample the counters of so many posts of each channel again, the newest; no names: of all that are here.
    Sample {
        /// How many.
        last: u64,
    },
    /// Only say what collecting would take.
    Estimate,
}

impl Errand {
    fn is_to_collect(&self) -> bool {
        *self == Self::Collect
    }
}

/// What a run brought beside files, for whoever asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Brought {
    /// Posts were sampled again.
    Sampled(Samples),
    /// What collecting would take, by channel.
    Estimated(Vec<Estimated>),
}

/// What sampling again brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Samples {
    /// Posts that were looked at.
    pub posts: u64,
    /// Those that were edited since the last look.
    pub edited: u64,
    /// Those that were deleted since.
    pub deleted: u64,
    /// Comments that are new; `None`: nobody asked for them.
    pub comments: Option<u64>,
}

/// What collecting a channel would take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimated {
    /// Its name.
    pub name: String,
    /// Messages that it has, and those of them that are here; or why it can't be read.
    pub messages: Result<(u64, u64), String>,
    /// Requests that it would take at most.
    pub calls: u64,
}

/// What is collected, and into which folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// What is done.
    #[serde(default, skip_serializing_if = "Errand::is_to_collect")]
    pub errand: Errand,
    /// The channels' names.
    pub names: Vec<String>,
    /// The folder: a whole path, or a name below the folder of collections.
    pub dir: PathBuf,
    /// Only messages of this moment and later, in Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// Only messages before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<i64>,
    /// Only so many of each channel, the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Only messages with a higher number.
    #[serde(default)]
    pub min_id: i64,
    /// No messages at all.
    #[serde(default)]
    pub is_metadata_only: bool,
    /// What was written below posts as well.
    #[serde(default)]
    pub has_comments: bool,
    /// What is attached to messages as well, up to so many bytes each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<u64>,
    /// From channel to channel so many times.
    #[serde(default)]
    pub depth: u32,
    /// Along what.
    #[serde(default)]
    pub along: Along,
    /// Only to channels that so many messages refer to.
    #[serde(default)]
    pub min_references: u64,
    /// Names that are resolved at most to get there.
    #[serde(default)]
    pub most_names: usize,
    /// Counted as the original does, with its mistakes.
    #[serde(default)]
    pub is_compatible: bool,
}

/// Along what a snowball goes from channel to channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Along {
    /// Forwarded messages, which name the other channel's number.
    pub forwards: bool,
    /// `@name` in a text: the name has to be resolved.
    pub mentions: bool,
    /// Links to a channel or its posts: likewise.
    pub links: bool,
}

impl Along {
    /// Whether names may have to be resolved, of which Telegram bears few.
    pub fn names(self) -> bool {
        self.mentions || self.links
    }
}

impl Default for Along {
    fn default() -> Self {
        Self { forwards: true, mentions: false, links: false }
    }
}

/// What somebody collected on the dashboard with an account of their own. It is no part of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnCollection {
    /// So many channels.
    pub channels: u64,
    /// Whether the session of their account is kept here.
    pub has_session: bool,
}

/// Where a collection is that goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionStep {
    /// The channel that is read.
    pub channel: String,
    /// Its place among all, from 1.
    pub place: u64,
    /// How many there are.
    pub of: u64,
    /// What is measured began then, with so much done.
    pub since: DateTime<Utc>,
    /// What had been done at that moment.
    pub before: u64,
    /// Telegram wants nothing before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_until: Option<DateTime<Utc>>,
}

impl CollectionStep {
    /// A channel that is begun: the so-manyth of so many.
    pub fn begin(channel: String, place: usize, of: usize, now: DateTime<Utc>) -> Self {
        Self { channel, place: place as u64, of: of as u64, since: now, before: u64::MAX, waits_until: None }
    }

    /// So much of it is done. What earlier runs brought says nothing about the rate, and comments are counted anew.
    pub fn reach(&mut self, done: u64, now: DateTime<Utc>) {
        self.waits_until = None;
        if done < self.before {
            (self.since, self.before) = (now, done);
        }
    }

    /// Telegram wants nothing for this time.
    pub fn wait(&mut self, time: Duration, now: DateTime<Utc>) {
        self.waits_until = TimeDelta::from_std(time).ok().and_then(|time| now.checked_add_signed(time));
    }

    /// Messages a minute, and the time that is left for this channel at this rate; `None` as long as nobody can tell.
    pub fn pace(&self, done: u64, total: u64, now: DateTime<Utc>) -> Option<(u64, TimeDelta)> {
        let (new, seconds) = (done.checked_sub(self.before)?, u64::try_from((now - self.since).num_seconds()).ok()?);
        if new == 0 || seconds == 0 {
            return None;
        }
        let left = total.saturating_sub(done).saturating_mul(seconds).div_ceil(new);
        Some((new.saturating_mul(60).div_ceil(seconds), TimeDelta::seconds(i64::try_from(left).ok()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_and_time_left_are_measured_from_where_the_run_began() {
        let since: DateTime<Utc> = "2026-01-26T05:00:00Z".parse().expect("a time");
        let step = CollectionStep { channel: "alpha".to_owned(), place: 1, of: 1, since, before: 1_000, waits_until: None };
        let at = |seconds, done| step.pace(done, 4_000, since + TimeDelta::seconds(seconds));
        assert_eq!(at(0, 1_100), None);
        assert_eq!(at(60, 1_000), None, "nothing came yet");
        assert_eq!(at(60, 2_000), Some((1_000, TimeDelta::seconds(120))));
        assert_eq!(at(90, 4_000), Some((2_000, TimeDelta::zero())));
        assert_eq!(at(60, 500), None, "it began anew elsewhere");
    }
}
