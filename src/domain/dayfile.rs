//! The text of a day's files: `stats/`, `hours/` and `unattributed/YYYY-MM-DD.json`. From bytes and to bytes;
//! where they come from is the store's matter.
//!
//! All three are `{ "<chat id>": { "<teacher id or voice>": … } }`, written as Python's
//! `json.dump(…, ensure_ascii=False, indent=2)` would write them with the ids sorted as text, without a line end at the end.
//! Errors carry line and column.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, MapAccess},
    ser::SerializeMap,
};

use super::{
    day::Hours,
    ids::{ChatId, TeacherId},
    registry::Voice,
    table::Table,
    tally::Tally,
};

/// What a stats file holds: cells by group and teacher.
pub type Cells = Table<Tally>;
/// What an hours file holds: messages by group, teacher and local hour.
pub type HourCells = Table<Hours>;
/// What an unattributed file holds: cells by group and voice.
pub type VoiceCells = BTreeMap<ChatId, BTreeMap<Voice, Tally>>;

/// Hands each cell of a stats file to `each` in the file's order, holding one at a time.
pub fn scan_cells(file: &[u8], each: impl FnMut(ChatId, TeacherId, Tally)) -> Result<(), serde_json::Error> {
    scan(file, each)
}

/// Hands each cell of an hours file to `each`.
pub fn scan_hours(file: &[u8], mut each: impl FnMut(ChatId, TeacherId, Hours)) -> Result<(), serde_json::Error> {
    scan(file, |chat, teacher, hours: HoursInFile| each(chat, teacher, hours.0))
}

/// Hands each cell of an unattributed file to `each`.
pub fn scan_unattributed(file: &[u8], each: impl FnMut(ChatId, Voice, Tally)) -> Result<(), serde_json::Error> {
    scan(file, each)
}

/// Reads a stats file.
pub fn parse_cells(file: &[u8]) -> Result<Cells, serde_json::Error> {
    let mut cells = Cells::default();
    scan_cells(file, |chat, teacher, tally| {
        cells.put(chat, teacher, Some(tally));
    })?;
    Ok(cells)
}

/// Reads an hours file.
pub fn parse_hours(file: &[u8]) -> Result<HourCells, serde_json::Error> {
    let mut cells = HourCells::default();
    scan_hours(file, |chat, teacher, hours| {
        cells.put(chat, teacher, Some(hours));
    })?;
    Ok(cells)
}

/// Reads an unattributed file.
pub fn parse_unattributed(file: &[u8]) -> Result<VoiceCells, serde_json::Error> {
    let mut cells = VoiceCells::new();
    scan_unattributed(file, |chat, voice, tally| {
        cells.entry(chat).or_default().insert(voice, tally);
    })?;
    Ok(cells)
}

/// Writes a stats file.
pub fn render_cells(cells: &Cells) -> Vec<u8> {
    // Teacher ids sort as their text does, chat ids do not.
    pretty(&cells.ordered().into_iter().map(|(chat, teachers)| (chat.to_string(), teachers)).collect::<BTreeMap<_, _>>())
}

/// Writes an hours file.
pub fn render_hours(cells: &HourCells) -> Vec<u8> {
    let by_teacher =
        |teachers: BTreeMap<TeacherId, &Hours>| teachers.into_iter().map(|(id, hours)| (id, HoursInFile(*hours))).collect();
    let sorted: BTreeMap<String, BTreeMap<TeacherId, HoursInFile>> =
        cells.ordered().into_iter().map(|(chat, teachers)| (chat.to_string(), by_teacher(teachers))).collect();
    pretty(&sorted)
}

/// Writes an unattributed file.
pub fn render_unattributed(cells: &VoiceCells) -> Vec<u8> {
    let by_key = |voices: &'_ BTreeMap<Voice, Tally>| voices.iter().map(|(voice, tally)| (voice.key(), tally.clone())).collect();
    let sorted: BTreeMap<String, BTreeMap<String, Tally>> =
        cells.iter().map(|(chat, voices)| (chat.to_string(), by_key(voices))).collect();
    pretty(&sorted)
}

fn pretty(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec_pretty(value).expect("maps with text keys are JSON")
}

/// The hours of a cell as the file has them: `{ "08": 3, "19": 12 }`, those that are not 0.
struct HoursInFile(Hours);

impl Serialize for HoursInFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (hour, n) in self.0.iter().enumerate().filter(|(_, n)| **n > 0) {
            map.serialize_entry(&format_args!("{hour:02}"), n)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for HoursInFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = HoursInFile;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of messages by hour")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<HoursInFile, A::Error> {
                let mut hours = Hours::default();
                while let Some(Hour(hour)) = map.next_key()? {
                    hours[hour] = map.next_value()?;
                }
                Ok(HoursInFile(hours))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// The key `00` to `23`.
struct Hour(usize);

impl<'de> Deserialize<'de> for Hour {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Hour;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an hour from 00 to 23")
            }

            fn visit_str<E: de::Error>(self, key: &str) -> Result<Hour, E> {
                key.parse()
                    .ok()
                    .filter(|hour| *hour < 24)
                    .map(Hour)
                    .ok_or_else(|| E::custom(format!("{key:?} is not an hour from 00 to 23")))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// Walks `{ chat: { key: value } }` without building it.
fn scan<'de, K, V>(file: &'de [u8], each: impl FnMut(ChatId, K, V)) -> Result<(), serde_json::Error>
where
    K: Deserialize<'de>,
    V: Deserialize<'de>,
{
    let mut json = serde_json::Deserializer::from_slice(file);
    json.deserialize_map(Chats { each, cell: PhantomData })?;
    json.end()
}

struct Chats<F, K, V> {
    each: F,
    cell: PhantomData<(K, V)>,
}

impl<'de, F: FnMut(ChatId, K, V), K: Deserialize<'de>, V: Deserialize<'de>> de::Visitor<'de> for Chats<F, K, V> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object by chat id")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(chat) = map.next_key()? {
            map.next_value_seed(CellsOfChat { chat, each: &mut self.each, cell: PhantomData })?;
        }
        Ok(())
    }
}

struct CellsOfChat<'a, F, K, V> {
    chat: ChatId,
    each: &'a mut F,
    cell: PhantomData<(K, V)>,
}

impl<'de, F: FnMut(ChatId, K, V), K: Deserialize<'de>, V: Deserialize<'de>> DeserializeSeed<'de> for CellsOfChat<'_, F, K, V> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: FnMut(ChatId, K, V), K: Deserialize<'de>, V: Deserialize<'de>> de::Visitor<'de> for CellsOfChat<'_, F, K, V> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object by teacher id or voice")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key()? {
            (self.each)(self.chat, key, map.next_value()?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by Python's `json.dump(…, ensure_ascii=False, indent=2)`.
    const PYTHON: &str = r#"{
  "-1001234567890": {
    "T001": {
      "text": 45,
      "photo": 3,
      "video": 2,
      "audio": 0,
      "voice": 1,
      "document": 5
    }
  },
  "-9": {
    "T001": {
      "text": 1,
      "photo": 0,
      "video": 0,
      "audio": 0,
      "voice": 0,
      "document": 0,
      "sticker": 2,
      "album_rest": 1,
      "комната": "oʻn"
    },
    "T0010": {
      "text": 0,
      "photo": 0,
      "video": 0,
      "audio": 0,
      "voice": 0,
      "document": 7
    }
  }
}"#;

    #[test]
    fn a_stats_file_is_rewritten_to_the_byte() {
        let cells = parse_cells(PYTHON.as_bytes()).expect("loads");
        assert_eq!(String::from_utf8(render_cells(&cells)).expect("UTF-8"), PYTHON);
        assert_eq!(render_cells(&Cells::default()), b"{}");
    }

    #[test]
    fn hours_are_sparse_and_survive() {
        let mut hours = Hours::default();
        (hours[8], hours[23]) = (3, 12);
        let mut cells = HourCells::default();
        cells.put(ChatId(-5), TeacherId::parse("T001").expect("valid"), Some(hours));
        let file = render_hours(&cells);
        let text = std::str::from_utf8(&file).expect("UTF-8");
        assert_eq!(text, "{\n  \"-5\": {\n    \"T001\": {\n      \"08\": 3,\n      \"23\": 12\n    }\n  }\n}");
        assert_eq!(parse_hours(&file).expect("loads"), cells);
        assert!(parse_hours(br#"{"-5":{"T001":{"24":1}}}"#).is_err());
    }

    #[test]
    fn unattributed_voices_survive_sorted_as_text() {
        let mut tally = Tally::default();
        tally.add(crate::domain::kind::Kind::Voice);
        let voices = BTreeMap::from([(Voice::Chat(ChatId(-7)), tally.clone()), (Voice::Anonymous("Häd".into()), tally)]);
        let cells = VoiceCells::from([(ChatId(-5), voices)]);
        let file = render_unattributed(&cells);
        assert_eq!(parse_unattributed(&file).expect("loads"), cells);
        let text = std::str::from_utf8(&file).expect("UTF-8");
        assert!(text.find("anon:Häd").expect("is there") < text.find("chat:-7").expect("is there"));
    }

    #[test]
    fn mistakes_are_placed() {
        let place =
            |file: &str| parse_cells(file.as_bytes()).map_err(|error| (error.line(), error.column())).expect_err("refused");
        assert_eq!(place("{\n  \"-1\": {\n    \"T001\": {\"text\": -4}\n  }\n}"), (3, 23));
        assert_eq!(place("{} x"), (1, 4));
        assert_eq!(place("{\n \"-1\": {\"../etc\": {}}}").0, 2);
        assert_eq!(place("").0, 1);
        assert_eq!(place("[]").0, 1);
    }
}
