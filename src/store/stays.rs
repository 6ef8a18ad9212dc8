//! Reading a day's file of stays without holding them, and of each no more than counting needs: a board reads more than half a million.

use std::{fmt, marker::PhantomData};

use chrono::NaiveDate;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::own_rows;
use crate::domain::{
    ids::ChatId,
    presence::{CallId, Who},
    study::{PresenceSink, Sat},
};

/// Shows what `presence/YYYY-MM-DD.json` has of a community, in the file's order, one thing at a time.
pub(super) fn scan(bytes: &[u8], day: NaiveDate, chat: ChatId, to: &mut dyn PresenceSink) -> Result<(), String> {
    if let Some(found) = own_rows::read(bytes, chat) {
        found.stays.into_iter().for_each(|stay| to.sat(stay));
        found.imported.into_iter().for_each(|(who, seconds)| to.imported(day, who, seconds));
        return Ok(());
    }
    scan_json(bytes, day, chat, to)
}

fn scan_json(bytes: &[u8], day: NaiveDate, chat: ChatId, to: &mut dyn PresenceSink) -> Result<(), String> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let communities = Communities(Part { day, chat, to });
    deserializer.deserialize_map(communities).and_then(|()| deserializer.end()).map_err(|why| why.to_string())
}

/// Whose stays are wanted, and who wants them.
struct Part<'a> {
    day: NaiveDate,
    chat: ChatId,
    to: &'a mut dyn PresenceSink,
}

/// `{ "<chat id>": { … } }`
struct Communities<'a>(Part<'a>);

impl<'de> Visitor<'de> for Communities<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of communities")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(chat) = map.next_key::<ChatId>()? {
            if chat == self.0.chat {
                map.next_value_seed(Fields(&mut self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// `{ "stays": [[key, stay], …], "imported": { "<who>": seconds } }`
struct Fields<'a, 'b>(&'a mut Part<'b>);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Field {
    Stays,
    Imported,
}

impl<'de> DeserializeSeed<'de> for Fields<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a community's stays and imported times")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Part { day, to, .. } = self.0;
        while let Some(field) = map.next_key::<Field>()? {
            match field {
                Field::Stays => map.next_value_seed(Pairs::new(|key: Key, stay: Stay| to.sat(sat(&key, &stay))))?,
                Field::Imported => map.next_value_seed(Pairs::new(|who: Who, seconds: u32| to.imported(*day, who, seconds)))?,
            }
        }
        Ok(())
    }
}

/// Of a stay's key, all; in Unix seconds as the file has it.
#[derive(Deserialize)]
struct Key {
    call: CallId,
    who: Who,
    joined: i64,
}

/// Of a stay, what counts. The rest is passed over, not looked at.
#[derive(Deserialize)]
struct Stay {
    left: i64,
    #[serde(default)]
    muted: bool,
}

fn sat(key: &Key, stay: &Stay) -> Sat {
    Sat { who: key.who, call: key.call, from: key.joined, to: stay.left, muted: stay.muted }
}

/// `[[key, value], …]` or `{ "key": value, … }`
struct Pairs<K, V, F> {
    each: F,
    pair: PhantomData<(K, V)>,
}

impl<K, V, F: FnMut(K, V)> Pairs<K, V, F> {
    fn new(each: F) -> Self {
        Self { each, pair: PhantomData }
    }
}

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>, F: FnMut(K, V)> DeserializeSeed<'de> for Pairs<K, V, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>, F: FnMut(K, V)> Visitor<'de> for Pairs<K, V, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or an object of pairs")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut pairs: A) -> Result<(), A::Error> {
        while let Some((key, value)) = pairs.next_element()? {
            (self.each)(key, value);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut pairs: A) -> Result<(), A::Error> {
        while let Some((key, value)) = pairs.next_entry()? {
            (self.each)(key, value);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::DateTime;

    use super::*;
    use crate::{
        domain::study::{Began, DayPresence, End, Outage, Stay, StayKey},
        store::study::{parse_presence, render_presence},
    };

    /// Gathers what it is shown.
    #[derive(Debug, Default, PartialEq)]
    struct Gathered(Vec<Sat>, BTreeMap<Who, u32>);

    impl PresenceSink for Gathered {
        fn sat(&mut self, stay: Sat) {
            self.0.push(stay);
        }

        fn imported(&mut self, _: NaiveDate, who: Who, seconds: u32) {
            self.1.insert(who, seconds);
        }
    }

    const DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 1, 9).expect("a day");

    fn shown(day: &DayPresence) -> Gathered {
        let mut gathered = Gathered::default();
        day.show(DAY, &mut gathered);
        gathered
    }

    fn day_of(first: i64) -> DayPresence {
        let at = |second: i64| DateTime::from_timestamp(1_768_000_000 + second, 0).expect("an instant");
        let stay = |who: i64| {
            let mark = |from: i64| Outage { from: at(who + from), to: at(who + from + 4) };
            let outages = (0..who % 3).map(|n| mark(10 * n)).collect();
            let stay = Stay {
                began: Began::Polled,
                seen: at(who),
                left: at(who + 60),
                end: End::Inferred,
                noticed: at(99),
                muted: who % 2 == 0,
                outages,
            };
            (StayKey { call: CallId(7), who: Who(who), joined: at(who) }, stay)
        };
        DayPresence { stays: (first..first + 3).map(stay).collect(), imported: BTreeMap::from([(Who(first), 600), (Who(-5), 1)]) }
    }

    fn scanned(bytes: &[u8], chat: ChatId) -> Result<Gathered, String> {
        let mut gathered = Gathered::default();
        let scanned = scan(bytes, DAY, chat, &mut gathered).map(|()| gathered);
        let mut other = Gathered::default();
        let json = scan_json(bytes, DAY, chat, &mut other).map(|()| other);
        assert_eq!(scanned, json, "both ways of reading");
        scanned
    }

    #[test]
    fn what_is_scanned_is_what_is_read() {
        let days = BTreeMap::from([(ChatId(-2), day_of(10)), (ChatId(-1), day_of(20))]);
        let bytes = render_presence(&days);
        assert_eq!(parse_presence(&bytes).expect("our own file"), days);
        for (chat, known) in &days {
            assert_eq!(scanned(&bytes, *chat).expect("our own file"), shown(known));
            assert!(own_rows::read(&bytes, *chat).is_some(), "as we write it, it is read the quick way");
        }
        assert_eq!(scanned(&bytes, ChatId(-3)).expect("our own file"), Gathered::default());
    }

    #[test]
    fn a_file_that_somebody_else_wrote_is_read_too() {
        let days = BTreeMap::from([(ChatId(-1), day_of(20))]);
        let value: serde_json::Value = serde_json::from_slice(&render_presence(&days)).expect("JSON");
        let bytes = serde_json::to_vec_pretty(&value).expect("JSON");
        assert!(own_rows::read(&bytes, ChatId(-1)).is_none());
        assert_eq!(scanned(&bytes, ChatId(-1)).expect("the same"), shown(&days[&ChatId(-1)]));
        let empty = render_presence(&BTreeMap::new());
        assert_eq!(scanned(&empty, ChatId(-1)).expect("nothing"), Gathered::default());
    }

    #[test]
    fn a_file_that_is_spoilt_is_refused_with_the_place() {
        let whole = render_presence(&BTreeMap::from([(ChatId(-1), day_of(10))]));
        let spoilt = |bytes: &[u8]| {
            assert!(parse_presence(bytes).is_err());
            scanned(bytes, ChatId(-1)).expect_err("it is spoilt")
        };
        assert!(spoilt(&whole[..whole.len() - 9]).contains("line 1 column"));
        assert!(spoilt(&[&whole[..], b"x"].concat()).contains("trailing characters"));
        let other = String::from_utf8(whole).expect("text").replace("imported", "exported");
        assert!(spoilt(other.as_bytes()).contains("unknown field"));
    }
}
