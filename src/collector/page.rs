//! A page as it is kept: a line for each thing, packed.

use std::io::{self, BufRead, BufReader, Read};

use crate::channels::{Answer, Item};

/// What it is, its number, its JSON, between tabs.
pub(super) fn written(page: &Answer) -> String {
    let mut text = String::new();
    for (kind, items) in [('m', &page.messages), ('c', &page.chats), ('u', &page.users)] {
        for item in items {
            text.push_str(&format!("{kind}\t{}\t{}\n", item.id, item.json));
        }
    }
    for named in &page.named {
        text.push_str(&format!("n\t{}\t{}\n", named.id, serde_json::to_string(named).expect("it is JSON")));
    }
    for (id, count) in &page.forwards {
        text.push_str(&format!("f\t{id}\t{count}\n"));
    }
    text
}

pub(super) fn read(page: impl Read) -> io::Result<Answer> {
    let wrong = || io::Error::new(io::ErrorKind::InvalidData, "a line that isn't ours");
    let mut answer = Answer::default();
    for line in BufReader::new(page).lines() {
        let line = line?;
        let mut parts = line.splitn(3, '\t');
        let (Some(kind), Some(id), Some(rest)) = (parts.next(), parts.next(), parts.next()) else { return Err(wrong()) };
        let id: i64 = id.parse().map_err(|_| wrong())?;
        let item = || Item { id, date: None, json: rest.to_owned() };
        match kind {
            "m" => answer.messages.push(item()),
            "c" => answer.chats.push(item()),
            "u" => answer.users.push(item()),
            "n" => answer.named.push(serde_json::from_str(rest)?),
            "f" => drop(answer.forwards.insert(id, rest.parse().map_err(|_| wrong())?)),
            _ => return Err(wrong()),
        }
    }
    Ok(answer)
}
