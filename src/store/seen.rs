//! Which updates were handled: a set of ids, not "greater than the last", because Telegram restarts its numbering
//! at random after a quiet week.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::ids::UpdateId;

/// The handled updates of one bot, as runs of ids with the hour in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(i64, i64, i64)>", into = "Vec<(i64, i64, i64)>")]
pub struct Seen {
    /// First id → (last id, hours since 1970). Runs never overlap.
    runs: BTreeMap<i64, (i64, i64)>,
}

impl Seen {
    /// Telegram keeps updates for 24 hours; twice that is remembered.
    const KEEP_HOURS: i64 = 48;
    /// So many ids are remembered however old they are.
    const KEEP_IDS: i64 = 20_000;

    /// Whether this update was handled.
    pub fn contains(&self, id: UpdateId) -> bool {
        self.runs.range(..=id.0).next_back().is_some_and(|(_, (last, _))| *last >= id.0)
    }

    /// Notes that it was handled at `unix` seconds. False if it had been already.
    pub fn insert(&mut self, id: UpdateId, unix: i64) -> bool {
        if self.contains(id) {
            return false;
        }
        let hour = unix.div_euclid(3600);
        // Webhook deliveries overtake each other: what comes late joins the runs on both sides.
        let next = id.0.saturating_add(1);
        let last_id = match self.runs.get(&next) {
            Some(&(last, run_hour)) if run_hour == hour => {
                self.runs.remove(&next);
                last
            }
            Some(_) | None => id.0,
        };
        if let Some((_, (last, run_hour))) = self.runs.range_mut(..id.0).next_back()
            && last.checked_add(1) == Some(id.0)
            && *run_hour == hour
        {
            *last = last_id;
            return true;
        }
        self.runs.insert(id.0, (last_id, hour));
        true
    }

    /// Forgets what can't come again.
    pub fn forget_before(&mut self, unix: i64) {
        let oldest = unix.div_euclid(3600) - Self::KEEP_HOURS;
        let mut by_age: Vec<_> = self
            .runs
            .iter()
            .map(|(first, (last, hour))| (*hour, *first, last.saturating_sub(*first).saturating_add(1)))
            .collect();
        by_age.sort_unstable();
        let mut left = by_age.iter().fold(0i64, |sum, (_, _, len)| sum.saturating_add(*len));
        for (hour, first, len) in by_age {
            if hour >= oldest || left - len < Self::KEEP_IDS {
                break;
            }
            self.runs.remove(&first);
            left -= len;
        }
    }

    /// How many runs there are: what it costs.
    pub fn runs(&self) -> usize {
        self.runs.len()
    }
}

impl From<Vec<(i64, i64, i64)>> for Seen {
    fn from(runs: Vec<(i64, i64, i64)>) -> Self {
        Self { runs: runs.into_iter().map(|(first, last, hour)| (first, (last, hour))).collect() }
    }
}

impl From<Seen> for Vec<(i64, i64, i64)> {
    fn from(seen: Seen) -> Self {
        seen.runs.into_iter().map(|(first, (last, hour))| (first, last, hour)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = 3600;

    #[test]
    fn a_restart_of_the_numbering_is_no_repetition() {
        let mut seen = Seen::default();
        assert!(seen.insert(UpdateId(900_000), 0));
        assert!(seen.insert(UpdateId(17), 0), "a smaller number is new");
        assert!(!seen.insert(UpdateId(900_000), HOUR), "a repetition is one");
    }

    #[test]
    fn a_steady_stream_costs_one_run_an_hour() {
        let mut seen = Seen::default();
        for id in 0..600_000 {
            seen.insert(UpdateId(id), id);
            if id % 10_000 == 0 {
                seen.forget_before(id);
            }
        }
        assert!(seen.runs() <= 60, "{} runs", seen.runs());
        assert!(!seen.contains(UpdateId(10)) && seen.contains(UpdateId(599_999)));
    }

    #[test]
    fn deliveries_that_overtake_each_other_cost_no_more() {
        let mut seen = Seen::default();
        for hundred in 0..600 {
            for n in 0..100 {
                // 37 and 100 have no common divisor: each number comes once, in disorder.
                seen.insert(UpdateId(hundred * 100 + n * 37 % 100), 0);
            }
        }
        assert_eq!(seen.runs(), 1);
    }

    #[test]
    fn the_last_twenty_thousand_stay_however_old() {
        let mut seen = Seen::default();
        for id in 0..30_000 {
            seen.insert(UpdateId(id), id / 10_000 * HOUR);
        }
        seen.forget_before(1_000 * HOUR);
        assert!(!seen.contains(UpdateId(9_999)));
        assert!(seen.contains(UpdateId(10_000)));
    }

    proptest! {
        #[test]
        fn it_is_a_set(ids in prop::collection::vec((0i64..300, 0i64..3 * HOUR), 0..400)) {
            let mut seen = Seen::default();
            let mut model = BTreeSet::new();
            for (id, unix) in ids {
                prop_assert_eq!(seen.insert(UpdateId(id), unix), model.insert(id));
            }
            for id in 0..300 {
                prop_assert_eq!(seen.contains(UpdateId(id)), model.contains(&id));
            }
            let copy: Seen = serde_json::from_str(&serde_json::to_string(&seen).expect("JSON")).expect("loads");
            prop_assert_eq!(copy, seen);
        }
    }
}
