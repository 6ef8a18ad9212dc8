//! What the original program counted, defects included, for collections that it didn't make itself: it counts *pages* of a hundred
//! posts whose answer had the chat, leaves the newest page out, and stops at a chat that it met before within another's answer.

use std::collections::{BTreeMap, BTreeSet};

use super::counter::Counter;
use crate::{json::Json, read::Post};

/// As many posts as Telegram sends at once.
pub(super) const PAGE: u64 = 100;

/// The chats that the server sends along with a post.
pub(super) fn sent_along(post: &Post) -> impl Iterator<Item = i64> + use<> {
    let forward = post.fwd_from.as_ref().and_then(|forward| forward.from_id.clone());
    let reply = post.reply_to.as_ref().and_then(|reply| reply.reply_to_peer_id.clone().or_else(|| reply.peer.clone()));
    let story = post.media.as_ref().and_then(|media| media.peer.clone());
    let peers = [post.peer_id.clone(), post.from_id.clone(), forward, reply, story];
    peers.into_iter().flatten().filter_map(|peer| peer.channel_id)
}

#[derive(Clone, Copy)]
enum Way {
    Request,
    Posts,
}

/// The original's counter, and the rows of its `collected_chats.csv` as the server's chats: told what the channels' files say, in the order in
/// which the original met it.
pub(super) struct Meeting<'a> {
    /// Full answers by the channel's id.
    answers: BTreeMap<i64, &'a Json>,
    counter: Counter,
    rows: Vec<Json>,
}

impl<'a> Meeting<'a> {
    /// Of channels that the server said this of.
    pub(super) fn of(answers: impl Iterator<Item = &'a Json>) -> Self {
        let answers = answers.filter_map(|full| full.at("full_chat").at("id").int().map(|id| (id, full))).collect();
        Self { answers, counter: Counter::default(), rows: Vec::new() }
    }

    /// What the server says of a channel; its posts come next.
    pub(super) fn full_answer(&mut self, channel: &str, full: &Json) {
        for chat in full.at("chats").items() {
            self.meet(chat, channel, Way::Request);
        }
    }

    /// A page of its posts, which names these of the `chats` beside them. The newest page isn't told.
    pub(super) fn page(&mut self, channel: &str, chats: &[Json], named: &BTreeSet<i64>) {
        for chat in chats.iter().filter(|chat| chat.at("id").int().is_some_and(|id| named.contains(&id))) {
            self.meet(chat, channel, Way::Posts);
        }
    }

    /// The counter, and the rows.
    pub(super) fn end(self) -> (Counter, Vec<Json>) {
        (self.counter, self.rows)
    }

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
        let (alpha, beta) = (full(1, "alpha"), full(2, "beta"));
        let mut meeting = Meeting::of([&alpha, &beta].into_iter());
        meeting.full_answer("alpha", &alpha);
        meeting.full_answer("beta", &beta);
        let (counter, rows) = meeting.end();
        let counts: Vec<_> = counter.met.iter().map(|(id, met)| (*id, met.channel_request)).collect();
        assert_eq!(counts, [(1, 1), (9, 4), (2, 1)]);
        let rows: Vec<_> = rows.iter().map(|row| row.at("id").int().unwrap()).collect();
        assert_eq!(rows, [1, 9], "beta has no row");
    }
}
