//! `counter.csv`, `chats.txt` and `collected_chats.csv`: which chats a collection met, where, and how often.

use std::collections::BTreeMap;

use crate::{
    json::Json,
    known::{COLUMNS, Known},
    python,
    table::Table,
};

const COUNTED: [&str; 7] = ["id", "username", "counter", "from_messages", "channel_request", "channel_req_targeted_by", "source"];

/// How often a chat was met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Met {
    /// Its name.
    pub username: String,
    /// In posts, or pages of them.
    pub from_messages: u64,
    /// In what the server says of collected channels.
    pub channel_request: u64,
    /// By which channels' own answers; `self` where it is one of them.
    pub targeted_by: Vec<String>,
    /// In the posts or answers of which channels.
    pub source: Vec<String>,
}

impl Met {
    fn cells(&self, id: i64) -> Vec<String> {
        let list = |names: &[String]| Json::List(names.iter().cloned().map(Json::Text).collect());
        let targeted_by = Json::Object(vec![("channels".to_owned(), list(&self.targeted_by))]);
        let counter = self.from_messages + self.channel_request;
        let mut cells = vec![id.to_string(), self.username.clone()];
        cells.extend([counter, self.from_messages, self.channel_request].map(|count| count.to_string()));
        cells.extend([python::repr(&targeted_by), python::repr(&list(&self.source))]);
        cells
    }
}

/// All chats that were met, in the order in which they were.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    pub(super) met: Vec<(i64, Met)>,
    places: BTreeMap<i64, usize>,
}

impl Counter {
    /// What was counted of a chat; nothing, if it wasn't met before.
    pub fn at(&mut self, id: i64, username: &str) -> &mut Met {
        let place = *self.places.entry(id).or_insert_with(|| {
            self.met.push((id, Met { username: username.to_owned(), ..Met::default() }));
            self.met.len() - 1
        });
        &mut self.met[place].1
    }

    /// Whether a chat was met.
    pub fn has(&self, id: i64) -> bool {
        self.places.contains_key(&id)
    }

    /// A channel's own answer names these chats.
    pub(super) fn full_answer(&mut self, channel: &str, full: &Json, known: &Known) {
        let own = full.at("full_chat").at("id").int();
        let named = full.at("chats").items().iter().filter_map(|chat| chat.at("id").int());
        for chat in named.filter_map(|id| known.by_id(id)) {
            let Some(username) = &chat.username else { continue };
            let met = self.at(chat.id, username);
            met.channel_request += 1;
            add(&mut met.targeted_by, if Some(chat.id) == own { "self" } else { channel });
            add(&mut met.source, channel);
        }
    }

    /// One post of a channel names the chat.
    pub(super) fn post(&mut self, channel: &str, id: i64, username: &str) {
        let met = self.at(id, username);
        met.from_messages += 1;
        add(&mut met.source, channel);
    }

    pub(super) fn table(&self) -> Table {
        let header = COUNTED.map(str::to_owned).to_vec();
        Table { header, rows: self.met.iter().map(|(id, met)| met.cells(*id)).collect() }
    }

    /// `counter.csv`
    pub fn csv(&self) -> Vec<u8> {
        self.table().to_csv()
    }

    /// `chats.txt`: the ids, one a line.
    pub fn ids(&self) -> String {
        self.met.iter().map(|(id, _)| format!("{id}\n")).collect()
    }

    /// The chats with what was counted of them.
    pub(super) fn collected(&self, rows: impl Iterator<Item = Vec<String>>) -> Table {
        let header = COLUMNS.iter().chain(&COUNTED[2..]).map(|column| (*column).to_owned()).collect();
        let id = COLUMNS.iter().position(|column| *column == "id").expect("a column of the table");
        let with_counts = |mut row: Vec<String>| {
            let met = row[id].parse().ok().and_then(|id: i64| self.places.get(&id)).map(|place| &self.met[*place]);
            row.extend(met.map_or_else(|| vec![String::new(); COUNTED.len() - 2], |(id, met)| met.cells(*id).split_off(2)));
            row
        };
        Table { header, rows: rows.map(with_counts).collect() }
    }
}

/// Adds a name once.
fn add(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}
