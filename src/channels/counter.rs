//! Who was met how often: `counter.csv` and `chats.txt`.

use std::collections::BTreeMap;

use rollcall_research::{Counter, Met};
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

/// Counts what a channel's own answer and its pages name. `source` is the channel as it was asked for; `is_compatible` counts as the
/// original does: without the newest page, and the chats that a channel is linked to twice.
pub fn count(counter: &mut Counter, is_compatible: bool, source: &str, channel: i64, own: &[Named], pages: &PageTally) {
    let username = own.iter().find(|chat| chat.id == channel).map_or(source, |chat| chat.username.as_str()).to_owned();
    for chat in own {
        let is_new = !counter.has(chat.id);
        let by = if chat.id == channel { "self" } else { &username };
        let met = meet(counter, chat, by, source);
        met.channel_request += if is_compatible && is_new && chat.id != channel { 2 } else { 1 };
    }
    for named in &pages.chats {
        let pages = if is_compatible { named.older_pages } else { named.pages };
        if pages > 0 {
            meet(counter, &named.chat, "self", source).from_messages += pages;
        }
    }
}

fn meet<'a>(counter: &'a mut Counter, chat: &Named, by: &str, source: &str) -> &'a mut Met {
    let met = counter.at(chat.id, &chat.username);
    // A chat that posts name targets itself, unless another channel's own answer named it first.
    if met.targeted_by.is_empty() || by != "self" {
        add(&mut met.targeted_by, by);
    }
    add(&mut met.source, source);
    met
}

/// Adds a name once.
fn add(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
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
            let mut counter = Counter::default();
            super::count(&mut counter, is_compatible, "alpha", 101, &[alpha.clone(), talk.clone()], &pages);
            (String::from_utf8(counter.csv()).expect("UTF-8"), counter.ids())
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
