//! A counter cell: how many messages of each kind somebody wrote in one group on one day.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess},
    ser::SerializeMap,
};
use serde_json::Value;

use super::kind::Kind;

/// The counters of one cell. In files: an object with the six counters always, others where not 0,
/// and whatever keys another program added.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// The six counters, in the order of [`Kind::COUNTED`].
    counted: [u64; 6],
    /// Absent in most cells, of which there are many.
    rest: Option<Box<Rest>>,
}

/// What few cells have. Never all empty.
#[derive(Clone, Debug, Default, PartialEq)]
struct Rest {
    /// Further kinds that are not 0.
    extra: BTreeMap<Kind, u64>,
    /// Messages that belong to an album of which another item is counted already: items minus posts.
    album: u64,
    /// Keys that this release doesn't know; they survive a rewrite.
    unknown: BTreeMap<String, Value>,
}

/// The file key of [`Rest::album`].
const ALBUM_REST: &str = "album_rest";

impl Tally {
    /// Counts one more message of `kind`.
    pub fn add(&mut self, kind: Kind) {
        self.add_many(kind, 1);
    }

    /// Counts `n` more messages of `kind`.
    pub fn add_many(&mut self, kind: Kind, n: u64) {
        match Kind::COUNTED.iter().position(|counted| *counted == kind) {
            Some(index) => raise(&mut self.counted[index], n),
            None if n > 0 => raise(self.rest_mut().extra.entry(kind).or_default(), n),
            None => {}
        }
    }

    /// Notes that a message just counted is a further item of an album: not a post of its own.
    pub fn add_album_rest(&mut self) {
        raise(&mut self.rest_mut().album, 1);
    }

    /// Messages of `kind`.
    pub fn get(&self, kind: Kind) -> u64 {
        match Kind::COUNTED.iter().position(|counted| *counted == kind) {
            Some(index) => self.counted[index],
            None => self.extra().find(|(extra, _)| *extra == kind).map_or(0, |(_, n)| n),
        }
    }

    /// The six counters, in the order of [`Kind::COUNTED`].
    pub fn counted(&self) -> [u64; 6] {
        self.counted
    }

    /// What a teacher is measured by: the sum of the six counters.
    pub fn total(&self) -> u64 {
        self.counted.iter().sum()
    }

    /// The further kinds that are not 0.
    pub fn extra(&self) -> impl Iterator<Item = (Kind, u64)> + '_ {
        self.rest.iter().flat_map(|rest| &rest.extra).map(|(kind, n)| (*kind, *n))
    }

    /// The sum of the further kinds.
    pub fn extra_total(&self) -> u64 {
        self.extra().map(|(_, n)| n).sum()
    }

    /// [`Tally::total`] with each album counted once.
    pub fn posts(&self) -> u64 {
        self.total().saturating_sub(self.rest.as_ref().map_or(0, |rest| rest.album))
    }

    /// Whether nothing at all was counted.
    pub fn is_empty(&self) -> bool {
        self.total() == 0 && self.rest.as_ref().is_none_or(|rest| rest.extra.is_empty() && rest.unknown.is_empty())
    }

    /// Adds another cell's counters to this one; unknown keys of `self` win.
    pub fn merge(&mut self, other: &Tally) {
        for (mine, theirs) in self.counted.iter_mut().zip(other.counted) {
            raise(mine, theirs);
        }
        let Some(theirs) = &other.rest else { return };
        let mine = self.rest_mut();
        for (kind, n) in &theirs.extra {
            raise(mine.extra.entry(*kind).or_default(), *n);
        }
        raise(&mut mine.album, theirs.album);
        for (key, value) in &theirs.unknown {
            mine.unknown.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }

    fn rest_mut(&mut self) -> &mut Rest {
        self.rest.get_or_insert_default()
    }
}

/// The largest counter there is, far above what anybody could write in a day: sums of any number of cells stay exact, in
/// spreadsheets too. A file that says more is mistaken and is refused.
pub const LARGEST: u64 = 1_000_000_000_000;

fn raise(counter: &mut u64, by: u64) {
    *counter = counter.saturating_add(by).min(LARGEST);
}

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (kind, n) in Kind::COUNTED.into_iter().zip(self.counted) {
            map.serialize_entry(kind.key(), &n)?;
        }
        if let Some(rest) = &self.rest {
            for (kind, n) in &rest.extra {
                map.serialize_entry(kind.key(), n)?;
            }
            if rest.album > 0 {
                map.serialize_entry(ALBUM_REST, &rest.album)?;
            }
            for (key, value) in &rest.unknown {
                map.serialize_entry(key, value)?;
            }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Tally {
    /// By hand: a year of days is read for one report, and serde's `flatten` would buffer every cell.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Tally;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of counters")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tally, A::Error> {
                let mut tally = Tally::default();
                while let Some(key) = map.next_key()? {
                    match key {
                        Key::Counted(index) => tally.counted[index] = map.next_value::<Counter>()?.0,
                        Key::Extra(kind) => tally.add_many(kind, map.next_value::<Counter>()?.0),
                        Key::AlbumRest => match map.next_value::<Counter>()?.0 {
                            0 => {}
                            rest => tally.rest_mut().album = rest,
                        },
                        Key::Unknown(key) => drop(tally.rest_mut().unknown.insert(key, map.next_value()?)),
                    }
                }
                Ok(tally)
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// A counter in a file.
#[derive(Deserialize)]
#[serde(try_from = "u64")]
struct Counter(u64);

impl TryFrom<u64> for Counter {
    type Error = String;

    fn try_from(n: u64) -> Result<Self, String> {
        if n <= LARGEST { Ok(Self(n)) } else { Err(format!("{n} is no number of messages: the largest is {LARGEST}")) }
    }
}

/// A key of a cell; the known ones cost no allocation.
enum Key {
    /// The counter with this index in [`Kind::COUNTED`].
    Counted(usize),
    /// A further kind.
    Extra(Kind),
    /// [`ALBUM_REST`].
    AlbumRest,
    /// Another program's.
    Unknown(String),
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a counter")
            }

            fn visit_str<E: de::Error>(self, key: &str) -> Result<Key, E> {
                // The literals of `Kind::COUNTED`, spelt out: looking for them there took a third of a year's report.
                let counted = match key {
                    "text" => Some(0),
                    "photo" => Some(1),
                    "video" => Some(2),
                    "audio" => Some(3),
                    "voice" => Some(4),
                    "document" => Some(5),
                    _ => None,
                };
                if let Some(index) = counted {
                    return Ok(Key::Counted(index));
                }
                if key == ALBUM_REST {
                    return Ok(Key::AlbumRest);
                }
                Ok(Kind::from_key(key).map_or_else(|| Key::Unknown(key.to_owned()), Key::Extra))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_six_are_always_written_and_others_only_where_not_zero() {
        let mut tally = Tally::default();
        tally.add(Kind::Voice);
        tally.add(Kind::Sticker);
        assert_eq!(
            serde_json::to_string(&tally).expect("serializes"),
            r#"{"text":0,"photo":0,"video":0,"audio":0,"voice":1,"document":0,"sticker":1}"#
        );
    }

    #[test]
    fn every_kind_is_found_again() {
        for kind in Kind::COUNTED.into_iter().chain(Kind::EXTRA) {
            let mut tally = Tally::default();
            tally.add_many(kind, 3);
            let again: Tally = serde_json::from_value(serde_json::to_value(&tally).expect("serializes")).expect("loads");
            assert_eq!(again.get(kind), 3, "{kind:?}");
            assert_eq!(again, tally);
        }
    }

    #[test]
    fn absent_counters_are_zero_and_foreign_keys_survive() {
        let tally: Tally = serde_json::from_str(r#"{"text":4,"note":{"by":"x"}}"#).expect("loads");
        assert_eq!((tally.total(), tally.get(Kind::Photo)), (4, 0));
        assert!(serde_json::to_string(&tally).expect("serializes").ends_with(r#","note":{"by":"x"}}"#));
    }

    #[test]
    fn albums_are_items_in_the_total_and_one_post() {
        let mut tally = Tally::default();
        for item in 0..4 {
            tally.add(Kind::Photo);
            if item > 0 {
                tally.add_album_rest();
            }
        }
        assert_eq!((tally.total(), tally.posts()), (4, 1));
    }
}
