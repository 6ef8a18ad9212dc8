//! The channels and groups that a collection knows of, by id and by every username.

use rustc_hash::FxHashMap;

use crate::{json::Json, python, table::Table};

/// The columns of `collected_chats.csv` that come from the chat itself.
pub(crate) const COLUMNS: [&str; 33] = [
    "_",
    "id",
    "title",
    "photo",
    "date",
    "creator",
    "left",
    "broadcast",
    "verified",
    "megagroup",
    "restricted",
    "signatures",
    "min",
    "scam",
    "has_link",
    "has_geo",
    "slowmode_enabled",
    "call_active",
    "call_not_empty",
    "fake",
    "gigagroup",
    "noforwards",
    "join_to_send",
    "join_request",
    "forum",
    "access_hash",
    "username",
    "restriction_reason",
    "admin_rights",
    "banned_rights",
    "default_banned_rights",
    "participants_count",
    "usernames",
];

/// A channel or group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chat {
    pub(crate) id: i64,
    /// The first of its usernames that works.
    pub(crate) username: Option<String>,
    /// All of them.
    pub(crate) usernames: Vec<String>,
    pub(crate) title: String,
    /// Where people talk to each other.
    pub(crate) is_group: bool,
    pub(crate) participants: Option<i64>,
    /// As `collected_chats.csv` shows it, in the order of [`COLUMNS`].
    pub(crate) cells: Vec<String>,
}

impl Chat {
    fn of(json: &Json) -> Option<Self> {
        let id = json.at("id").int()?;
        let several = json.at("usernames").items().iter();
        let active = several.filter(|one| one.at("active") == &Json::Bool(true) && one.at("expired") != &Json::Bool(true));
        let mut usernames: Vec<_> = json.at("username").text().map(str::to_owned).into_iter().collect();
        for name in active.filter_map(|one| one.at("username").text()) {
            if !usernames.iter().any(|known| known == name) {
                usernames.push(name.to_owned());
            }
        }
        let is_group = json.at("megagroup") == &Json::Bool(true) || json.at("_").text() == Some("Chat");
        Some(Self {
            id,
            username: usernames.first().cloned(),
            usernames,
            title: json.at("title").text().unwrap_or_default().to_owned(),
            is_group,
            participants: json.at("participants_count").int(),
            cells: COLUMNS.iter().map(|column| cell(json.at(column))).collect(),
        })
    }

    /// A row of `collected_chats.csv`.
    fn of_row(table: &Table, row: &[String]) -> Option<Self> {
        let text = |column: &str| table.cell(row, column).filter(|cell| !cell.is_empty());
        let username = text("username").map(str::to_owned);
        Some(Self {
            id: text("id")?.parse().ok()?,
            usernames: username.iter().cloned().collect(),
            username,
            title: text("title").unwrap_or_default().to_owned(),
            is_group: text("megagroup") == Some("True") || text("_") == Some("Chat"),
            participants: text("participants_count").and_then(whole_number),
            cells: COLUMNS.iter().map(|column| text(column).unwrap_or_default().to_owned()).collect(),
        })
    }

    /// Takes from another view of the same chat what this one lacks.
    fn complete(&mut self, other: Self) {
        if self.participants.is_none() && other.participants.is_some() {
            self.set_participants(other.participants);
        }
        for name in other.usernames {
            if !self.usernames.contains(&name) {
                self.usernames.push(name);
            }
        }
        if self.username.is_none() {
            self.username = self.usernames.first().cloned();
        }
        if self.title.is_empty() {
            self.title = other.title;
        }
        for (mine, theirs) in self.cells.iter_mut().zip(other.cells).filter(|(mine, _)| mine.is_empty()) {
            *mine = theirs;
        }
    }

    pub(crate) fn set_participants(&mut self, count: Option<i64>) {
        self.participants = count;
        *self.cell_mut("participants_count") = count.map(|count| count.to_string()).unwrap_or_default();
    }

    /// The row as it should be: with the username that works.
    pub(crate) fn row(&self) -> Vec<String> {
        let mut row = self.clone();
        *row.cell_mut("username") = self.username.clone().unwrap_or_default();
        row.cells
    }

    fn cell_mut(&mut self, column: &str) -> &mut String {
        let at = COLUMNS.iter().position(|known| *known == column).expect("a column of the table");
        &mut self.cells[at]
    }
}

/// Pandas turns whole numbers into `1000.0` where others are missing.
fn whole_number(text: &str) -> Option<i64> {
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}

/// A value as pandas writes it into CSV.
fn cell(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Text(text) => text.clone(),
        other => python::repr(other),
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) chats: Vec<Chat>,
    by_id: FxHashMap<i64, usize>,
    /// In lower case: Telegram doesn't tell them apart either.
    by_name: FxHashMap<String, usize>,
    /// People and bots: an `@name` may be one.
    people: rustc_hash::FxHashSet<String>,
}

impl Known {
    /// Adds a list of chats, as an answer of the server has it.
    pub(crate) fn add(&mut self, chats: &[Json]) {
        for chat in chats.iter().filter_map(Chat::of) {
            self.put(chat);
        }
    }

    /// Adds what a full answer says of its channel.
    pub(crate) fn add_full(&mut self, full: &Json) {
        self.add(full.at("chats").items());
        let about = full.at("full_chat");
        if let Some(chat) = about.at("id").int().and_then(|id| self.by_id.get(&id).copied())
            && let Some(count) = about.at("participants_count").int()
        {
            self.chats[chat].set_participants(Some(count));
        }
    }

    /// Adds the rows of a table that a collection wrote.
    pub(crate) fn add_table(&mut self, table: &Table) {
        for chat in table.rows.iter().filter_map(|row| Chat::of_row(table, row)) {
            self.put(chat);
        }
    }

    pub(crate) fn add_person(&mut self, username: &str) {
        self.people.insert(username.to_lowercase());
    }

    fn put(&mut self, chat: Chat) {
        let at = match self.by_id.get(&chat.id) {
            Some(&at) => {
                self.chats[at].complete(chat);
                at
            }
            None => {
                self.by_id.insert(chat.id, self.chats.len());
                self.chats.push(chat);
                self.chats.len() - 1
            }
        };
        for name in &self.chats[at].usernames {
            self.by_name.entry(name.to_lowercase()).or_insert(at);
        }
    }

    pub(crate) fn by_id(&self, id: i64) -> Option<&Chat> {
        self.by_id.get(&id).map(|&at| &self.chats[at])
    }

    /// By any of its usernames, in whatever case.
    pub(crate) fn by_name(&self, name: &str) -> Option<&Chat> {
        self.by_name.get(&name.to_lowercase()).map(|&at| &self.chats[at])
    }

    pub(crate) fn is_person(&self, name: &str) -> bool {
        self.people.contains(&name.to_lowercase())
    }
}
