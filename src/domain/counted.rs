//! Which messages were counted: what keeps an import from counting again what a bot counted, and a bot from counting what
//! an import did.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::Error as _};

use super::{
    event::Author,
    ids::{ChatId, MessageId},
};

/// Stands for one message of a group, whoever tells of it. In a supergroup that is its number, which is the same for all. In a basic
/// group each account numbers messages for itself, so there it is made of the moment, the sender, and the place among this sender's
/// messages of that second; such marks are negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mark(i64);

impl Mark {
    /// The mark of a message of a supergroup.
    pub fn numbered(message: MessageId) -> Self {
        Self(message.0)
    }

    /// The mark of a message of a basic group, sent at `unix` seconds; `place` counts from 0.
    pub fn of_moment(unix: i64, author: &Author, place: u64) -> Self {
        let author = match author {
            Author::User(user) => user.0,
            Author::Chat(chat) => chat.0,
            Author::Anonymous(_) | Author::Nobody => 0,
        };
        let mixed = mix(unix.cast_unsigned() ^ mix(author.cast_unsigned() ^ mix(place)));
        // 62 bits and a sign, so that the difference of two marks is a number too.
        Self(-1 - (mixed >> 2).cast_signed())
    }
}

/// The finalizer of SplitMix64. It is in files: it stays as it is.
fn mix(n: u64) -> u64 {
    let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

/// A set of marks, as runs: neighbours cost nothing. In files: the first, how many follow it, the step to the next run, …
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<i64>", into = "Vec<i64>")]
pub struct Marks {
    /// First → last, of all runs but the greatest. Runs never touch.
    lower: BTreeMap<i64, i64>,
    /// The greatest run, at hand: a group's next message belongs to it.
    greatest: Option<(i64, i64)>,
}

impl Marks {
    /// Whether it is among them.
    pub fn contains(&self, mark: Mark) -> bool {
        match self.greatest {
            Some((first, last)) if first <= mark.0 => mark.0 <= last,
            _ => self.lower.range(..=mark.0).next_back().is_some_and(|(_, last)| *last >= mark.0),
        }
    }

    /// Adds one.
    pub fn insert(&mut self, mark: Mark) {
        self.insert_run(mark.0, mark.0);
    }

    /// Adds all of another set.
    pub fn extend(&mut self, other: &Marks) {
        for (first, last) in other.runs() {
            self.insert_run(first, last);
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.greatest.is_none()
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.runs().map(|(first, last)| first.abs_diff(last).saturating_add(1)).fold(0, u64::saturating_add)
    }

    /// First and last of each run, ascending.
    fn runs(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.lower.iter().map(|(first, last)| (*first, *last)).chain(self.greatest)
    }

    fn insert_run(&mut self, mut first: i64, mut last: i64) {
        if let Some((start, end)) = &mut self.greatest
            && *start <= first
            && first <= end.saturating_add(1)
        {
            *end = last.max(*end);
            return;
        }
        self.lower.extend(self.greatest.take());
        if let Some((&before, &end)) = self.lower.range(..=first).next_back()
            && end.saturating_add(1) >= first
        {
            first = before;
            last = last.max(end);
        }
        while let Some((&next, &end)) = self.lower.range(first..=last.saturating_add(1)).next() {
            self.lower.remove(&next);
            last = last.max(end);
        }
        self.lower.insert(first, last);
        self.greatest = self.lower.pop_last();
    }
}

impl From<Marks> for Vec<i64> {
    fn from(marks: Marks) -> Self {
        let mut flat = Vec::with_capacity(marks.lower.len() * 2 + 2);
        let mut end = 0_i64;
        for (first, last) in marks.runs() {
            flat.push(first.wrapping_sub(end));
            flat.push(last.wrapping_sub(first));
            end = last;
        }
        flat
    }
}

impl TryFrom<Vec<i64>> for Marks {
    type Error = serde::de::value::Error;

    fn try_from(flat: Vec<i64>) -> Result<Self, Self::Error> {
        let wrong = || Self::Error::custom("these are no runs of messages: a start and how many follow, then steps");
        let mut runs = BTreeMap::new();
        let mut end: Option<i64> = None;
        for run in flat.chunks(2) {
            let &[step, more] = run else { return Err(wrong()) };
            let first = end.unwrap_or(0).checked_add(step).ok_or_else(wrong)?;
            let last = first.checked_add(more).ok_or_else(wrong)?;
            if more < 0 || end.is_some() && step < 2 {
                return Err(wrong());
            }
            runs.insert(first, last);
            end = Some(last);
        }
        let greatest = runs.pop_last();
        Ok(Self { lower: runs, greatest })
    }
}

/// What is known of a group's messages of one day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// What the bot came by itself. (An import may have counted it before.)
    #[serde(default, skip_serializing_if = "Marks::is_empty")]
    pub live: Marks,
    /// What imports counted. (The bot may have come by it later.)
    #[serde(default, skip_serializing_if = "Marks::is_empty")]
    pub imported: Marks,
}

impl Counted {
    /// Whether it was counted.
    pub fn contains(&self, mark: Mark) -> bool {
        self.live.contains(mark) || self.imported.contains(mark)
    }

    /// How many were counted.
    pub fn len(&self) -> u64 {
        let mut all = self.live.clone();
        all.extend(&self.imported);
        all.len()
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.live.is_empty() && self.imported.is_empty()
    }

    /// Adds what another record says.
    pub fn extend(&mut self, other: &Counted) {
        self.live.extend(&other.live);
        self.imported.extend(&other.imported);
    }
}

/// The mark of a message that the bot gets now, by what is known of the day: Telegram delivers each once.
pub fn live_mark(known: Option<&Counted>, chat: ChatId, message: MessageId, unix: i64, author: &Author) -> Mark {
    if chat.is_supergroup() {
        return Mark::numbered(message);
    }
    let is_new = |mark: &Mark| known.is_none_or(|known| !known.live.contains(*mark));
    let mut marks = (0..).map(|place| Mark::of_moment(unix, author, place));
    marks.find(is_new).expect("there is no end of places")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::ids::UserId;

    #[test]
    fn runs_are_told_by_their_steps() {
        let mut marks = Marks::default();
        for id in [12_345, 12_346, 12_350, 12_348, 12_349, -7] {
            marks.insert(Mark(id));
        }
        let json = serde_json::to_string(&marks).expect("JSON");
        assert_eq!(json, "[-7,0,12352,1,2,2]");
        assert_eq!(serde_json::from_str::<Marks>(&json).expect("loads"), marks);
        for spoilt in ["[1]", "[1,-1]", "[1,0,1,0]", "[1,0,-5,0]", "[9223372036854775807,1]", "[1,\"x\"]"] {
            assert!(serde_json::from_str::<Marks>(spoilt).is_err(), "{spoilt}");
        }
    }

    #[test]
    fn marks_of_moments_are_what_files_have() {
        let ann = Author::User(UserId(7));
        assert_eq!(Mark::of_moment(1_700_000_000, &ann, 0), Mark::of_moment(1_700_000_000, &ann, 0));
        insta::assert_snapshot!(format!(
            "{} {}",
            Mark::of_moment(1_700_000_000, &ann, 0).0,
            Mark::of_moment(1_700_000_000, &ann, 1).0
        ));
    }

    #[test]
    fn two_messages_of_a_second_are_two_in_a_basic_group() {
        let ann = Author::User(UserId(7));
        let mut known = Counted::default();
        let first = live_mark(Some(&known), ChatId(-5), MessageId(1), 9, &ann);
        known.live.insert(first);
        let second = live_mark(Some(&known), ChatId(-5), MessageId(2), 9, &ann);
        assert_ne!(first, second);
        let super_group = ChatId(-1_001_234_567_890);
        assert_eq!(live_mark(None, super_group, MessageId(2), 9, &ann), Mark(2));
    }

    proptest! {
        #[test]
        fn it_is_a_set(ids in prop::collection::vec(-40_i64..40, 0..60), more in prop::collection::vec(-40_i64..40, 0..60)) {
            let (mut marks, mut others) = (Marks::default(), Marks::default());
            ids.iter().for_each(|id| marks.insert(Mark(*id)));
            more.iter().for_each(|id| others.insert(Mark(*id)));
            marks.extend(&others);
            let model: BTreeSet<_> = ids.into_iter().chain(more).collect();
            prop_assert_eq!(marks.len(), model.len() as u64);
            for id in -42..42 {
                prop_assert_eq!(marks.contains(Mark(id)), model.contains(&id));
            }
            let again: Marks = serde_json::from_str(&serde_json::to_string(&marks).expect("JSON")).expect("loads");
            prop_assert_eq!(again, marks);
        }
    }
}
