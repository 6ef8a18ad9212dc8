//! What the original program counted, defects included, for collections that it didn't make itself: it counts *pages* of a hundred
//! posts whose answer had the chat, leaves the newest page out, and stops at a chat that it met before within another's answer.

use std::collections::{BTreeMap, BTreeSet};

use super::counter::Counter;
use crate::{folder::Channel, json::Json, read::Post};

/// As many posts as Telegram sends at once.
pub(super) const PAGE: u64 = 100;

/// What one channel's files say, in the order in which the original met it.
#[derive(Debug)]
pub(super) struct Collected {
    pub(super) channel: Channel,
    /// What the server says of the channel.
    pub(super) full: Json,
    /// `chats` of the posts.
    pub(super) chats: Vec<Json>,
    /// The ids of the chats that each page's posts name, the newest page first.
    pub(super) pages: Vec<BTreeSet<i64>>,
}

/// The chats that the server sends along with a post.
pub(super) fn sent_along(post: &Post) -> impl Iterator<Item = i64> + use<> {
    let forward = post.fwd_from.as_ref().and_then(|forward| forward.from_id.clone());
    let reply = post.reply_to.as_ref().and_then(|reply| reply.reply_to_peer_id.clone().or_else(|| reply.peer.clone()));
    let story = post.media.as_ref().and_then(|media| media.peer.clone());
    let peers = [post.peer_id.clone(), post.from_id.clone(), forward, reply, story];
    peers.into_iter().flatten().filter_map(|peer| peer.channel_id)
}

/// The original's counter, and the rows of its `collected_chats.csv` as the server's chats.
pub(super) fn count(all: &[Collected]) -> (Counter, Vec<Json>) {
    let answers: BTreeMap<i64, &Json> =
        all.iter().filter_map(|one| one.full.at("full_chat").at("id").int().map(|id| (id, &one.full))).collect();
    let mut meeting = Meeting { answers, counter: Counter::default(), rows: Vec::new() };
    for one in all {
        for chat in one.full.at("chats").items() {
            meeting.meet(chat, &one.channel.name, Way::Request);
        }
        for page in one.pages.iter().skip(1) {
            for chat in one.chats.iter().filter(|chat| chat.at("id").int().is_some_and(|id| page.contains(&id))) {
                meeting.meet(chat, &one.channel.name, Way::Posts);
            }
        }
    }
    (meeting.counter, meeting.rows)
}

#[derive(Clone, Copy)]
enum Way {
    Request,
    Posts,
}

struct Meeting<'a> {
    /// Full answers by the channel's id.
    answers: BTreeMap<i64, &'a Json>,
    counter: Counter,
    rows: Vec<Json>,
}

impl Meeting<'_> {
    fn meet(&mut self, chat: &Json, source: &str, way: Way) {
        let (Some(id), Some(username)) = (chat.at("id").int(), chat.at("username").text()) else { return };
        let is_new = !self.counter.has(id);
        let met = self.counter.at(id, username);
        match way {
            Way::Request => met.channel_request += 1,
            Way::Posts => met.from_messages += 1,
        }
        if !met.source.iter().any(|known| known == source) {
            met.source.push(source.to_owned());
        }
        if is_new {
            met.targeted_by.push("self".to_owned());
            self.ask(id, chat, username, source);
        }
    }

    /// The original asked the server about each new chat; the answers of those that were collected are there.
    fn ask(&mut self, id: i64, chat: &Json, username: &str, source: &str) {
        let Some(full) = self.answers.get(&id).copied() else {
            self.rows.push(chat.clone());
            return;
        };
        let mut named = Vec::new();
        for other in full.at("chats").items() {
            let (Some(other_id), name) = (other.at("id").int(), other.at("username").text()) else { continue };
            if let Some(name) = name {
                if other_id != id {
                    let is_new = !self.counter.has(other_id);
                    let met = self.counter.at(other_id, name);
                    met.channel_request += 1;
                    if !is_new {
                        return;
                    }
                    met.targeted_by.push(username.to_owned());
                    met.source.push(source.to_owned());
                }
                named.push(with_participants(other, full, other_id == id));
            }
        }
        self.rows.extend(named);
    }
}

/// The number of members stands beside the chat in a full answer.
fn with_participants(chat: &Json, full: &Json, is_own: bool) -> Json {
    let mut chat = chat.clone();
    if let (true, Json::Object(fields)) = (is_own, &mut chat) {
        fields.retain(|(key, _)| key != "participants_count");
        fields.push(("participants_count".to_owned(), full.at("full_chat").at("participants_count").clone()));
    }
    chat
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Json {
        serde_json::from_str(text).unwrap()
    }

    /// The original's typing error: within another chat's answer, a chat that was met before costs the whole answer its rows.
    #[test]
    fn a_chat_that_was_met_before_ends_an_answer() {
        let full = |id: i64, name: &str| {
            let shared = r#"{"id":9,"username":"shared"}"#;
            object(&format!(
                r#"{{"full_chat":{{"id":{id},"participants_count":5}},"chats":[{{"id":{id},"username":"{name}"}},{shared}]}}"#
            ))
        };
        let collected = |id, name: &str| Collected {
            channel: Channel { name: name.to_owned(), ..Channel::default() },
            full: full(id, name),
            chats: Vec::new(),
            pages: Vec::new(),
        };
        let (counter, rows) = count(&[collected(1, "alpha"), collected(2, "beta")]);
        let counts: Vec<_> = counter.met.iter().map(|(id, met)| (*id, met.channel_request)).collect();
        assert_eq!(counts, [(1, 1), (9, 4), (2, 1)]);
        let rows: Vec<_> = rows.iter().map(|row| row.at("id").int().unwrap()).collect();
        assert_eq!(rows, [1, 9], "beta has no row");
    }
}
