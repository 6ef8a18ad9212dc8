//! Who was met how often: `counter.csv` and `chats.txt`.

use std::{collections::BTreeMap, fmt::Write};

use serde::{Deserialize, Serialize};

use super::answer::{Answer, Named};

/// A chat that pages of a channel's messages name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referenced {
    /// Who it is.
    #[serde(flatten)]
    pub chat: Named,
    /// Pages whose chats name it.
    pub pages: u64,
    /// The same without the newest page.
    pub older_pages: u64,
    /// Messages that were forwarded from it.
    pub forwards: u64,
}

/// Everybody whom a channel's pages name, in the order in which they turn up, the newest page first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageTally {
    /// In that order.
    pub chats: Vec<Referenced>,
    #[serde(skip)]
    places: BTreeMap<i64, usize>,
    #[serde(skip)]
    is_begun: bool,
}

impl PageTally {
    /// Counts a page.
    pub fn add(&mut self, page: &Answer) {
        for chat in &page.named {
            let place = *self.places.entry(chat.id).or_insert_with(|| {
                self.chats.push(Referenced { chat: chat.clone(), pages: 0, older_pages: 0, forwards: 0 });
                self.chats.len() - 1
            });
            let known = &mut self.chats[place];
            known.pages += 1;
            known.older_pages += u64::from(self.is_begun);
            known.forwards += u64::from(page.forwards.get(&chat.id).copied().unwrap_or(0));
            known.chat.hash = known.chat.hash.or(chat.hash);
        }
        self.is_begun = true;
    }
}

/// How often a chat was met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    username: String,
    from_messages: u64,
    channel_request: u64,
    targeted_by: Vec<String>,
    source: Vec<String>,
}

/// Everybody who was met, in the order in which they turned up.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    order: Vec<i64>,
    hits: BTreeMap<i64, Hits>,
    /// As the original counts: without the newest page, and the chats that a channel is linked to twice.
    is_compatible: bool,
}

impl Counter {
    /// An empty one.
    pub fn new(is_compatible: bool) -> Self {
        Self { is_compatible, ..Self::default() }
    }

    /// Counts what a channel's own answer and its pages name. `source` is the channel as it was asked for.
    pub fn add(&mut self, source: &str, channel: i64, own: &[Named], pages: &PageTally) {
        let username = own.iter().find(|chat| chat.id == channel).map_or(source, |chat| chat.username.as_str()).to_owned();
        for chat in own {
            let is_new = !self.hits.contains_key(&chat.id);
            let by = if chat.id == channel { "self" } else { &username };
            let hits = self.hits(chat, by, source);
            hits.channel_request += 1;
            if self.is_compatible && is_new && chat.id != channel {
                self.hits(chat, &username, source).channel_request += 1;
            }
        }
        for named in &pages.chats {
            let pages = if self.is_compatible { named.older_pages } else { named.pages };
            if pages > 0 {
                self.hits(&named.chat, "self", source).from_messages += pages;
            }
        }
    }

    fn hits(&mut self, chat: &Named, by: &str, source: &str) -> &mut Hits {
        let hits = self.hits.entry(chat.id).or_insert_with(|| {
            self.order.push(chat.id);
            Hits { username: chat.username.clone(), targeted_by: vec![by.to_owned()], ..Hits::default() }
        });
        if by != "self" && !hits.targeted_by.iter().any(|known| known == by) {
            hits.targeted_by.push(by.to_owned());
        }
        if !hits.source.iter().any(|known| known == source) {
            hits.source.push(source.to_owned());
        }
        hits
    }

    /// `chats.txt`
    pub fn chats(&self) -> String {
        self.order.iter().fold(String::new(), |mut text, id| {
            append(&mut text, format_args!("{id}\n"));
            text
        })
    }

    /// `counter.csv`
    pub fn csv(&self) -> String {
        let mut text = "id,username,counter,from_messages,channel_request,channel_req_targeted_by,source\n".to_owned();
        for id in &self.order {
            let hits = &self.hits[id];
            let targeted_by = format!("{{'channels': {}}}", python_list(&hits.targeted_by));
            let (total, from, own) = (hits.from_messages + hits.channel_request, hits.from_messages, hits.channel_request);
            append(
                &mut text,
                format_args!(
                    "{id},{},{total},{from},{own},{},{}\n",
                    hits.username,
                    quoted(&targeted_by),
                    quoted(&python_list(&hits.source))
                ),
            );
        }
        text
    }
}

/// Names have letters, digits and underscores only.
fn python_list(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    format!("[{}]", shown.join(", "))
}

fn quoted(cell: &str) -> String {
    if cell.contains(',') { format!("\"{cell}\"") } else { cell.to_owned() }
}

fn append(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more).expect("a string takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(id: i64, username: &str) -> Named {
        Named { id, username: username.to_owned(), hash: None, is_channel: true }
    }

    /// What telegram-tracker writes of a channel with a group below it, a forward from `beta` on the newest page and one from
    /// `gamma` on the next.
    #[test]
    fn compatible_counts_have_the_mistakes_of_the_original() {
        let (alpha, talk) = (named(101, "alpha"), named(105, "alpha_chat"));
        let mut pages = PageTally::default();
        for other in [named(102, "beta"), named(103, "gamma")] {
            let mut page = Answer::default();
            page.named = vec![alpha.clone(), other];
            pages.add(&page);
        }
        let count = |is_compatible| {
            let mut counter = Counter::new(is_compatible);
            counter.add("alpha", 101, &[alpha.clone(), talk.clone()], &pages);
            (counter.csv(), counter.chats())
        };
        let (csv, chats) = count(true);
        assert_eq!(chats, "101\n105\n103\n");
        assert_eq!(
            csv,
            "id,username,counter,from_messages,channel_request,channel_req_targeted_by,source\n\
             101,alpha,2,1,1,{'channels': ['self']},['alpha']\n\
             105,alpha_chat,2,0,2,{'channels': ['alpha']},['alpha']\n\
             103,gamma,1,1,0,{'channels': ['self']},['alpha']\n"
        );
        assert_eq!(count(false).1, "101\n105\n102\n103\n");
    }
}
