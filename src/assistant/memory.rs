//! What was talked about lately. In memory only, bounded, and forgotten after a while: a restart forgets all.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use super::talk::{Message, Turn};
use crate::domain::{
    event::Place,
    ids::{BotId, UserId},
};

/// Questions with their answers that are remembered of one conversation.
const EXCHANGES: usize = 6;
/// Characters that are.
const CHARACTERS: usize = 8_000;
/// Conversations.
const CONVERSATIONS: usize = 500;

/// Whose conversation, with which bot, where.
pub type Key = (BotId, UserId, i64);

/// Names a conversation.
pub fn key(bot: BotId, user: UserId, place: Place) -> Key {
    (bot, user, place.chat.0)
}

/// A moment at which a conversation was looked at; what was forgotten since isn't brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(u64);

/// Conversations.
#[derive(Debug)]
pub struct Memory {
    conversations: HashMap<Key, Conversation>,
    expires_after: TimeDelta,
    /// How often anything was forgotten by wish, and when last by whom.
    wishes: u64,
    forgotten: HashMap<UserId, u64>,
}

#[derive(Debug)]
struct Conversation {
    exchanges: VecDeque<(String, String)>,
    touched: DateTime<Utc>,
}

impl Memory {
    /// Nothing yet; a conversation is forgotten when nobody went on with it for so long.
    pub fn new(expires_after: TimeDelta) -> Self {
        Self { conversations: HashMap::new(), expires_after, wishes: 0, forgotten: HashMap::new() }
    }

    /// What was said before, and the mark to go on with.
    pub fn recall(&mut self, key: Key, now: DateTime<Utc>) -> (Vec<Message>, Mark) {
        self.forget_old(now);
        let exchanges = self.conversations.get(&key).into_iter().flat_map(|known| &known.exchanges);
        let said = exchanges.flat_map(|(question, answer)| {
            [Message::User(question.clone()), Message::Model(Turn { text: answer.clone(), ..Turn::default() })]
        });
        (said.collect(), Mark(self.wishes))
    }

    /// Remembers an answered question, unless its person wished to be forgotten meanwhile.
    pub fn remember(&mut self, key: Key, mark: Mark, question: &str, answer: &str, now: DateTime<Utc>) {
        if self.expires_after <= TimeDelta::zero() || self.forgotten.get(&key.1).is_some_and(|wish| *wish > mark.0) {
            return;
        }
        self.forget_old(now);
        let known = self.conversations.entry(key).or_insert_with(|| Conversation { exchanges: VecDeque::new(), touched: now });
        known.touched = now;
        let clipped = |text: &str| text.chars().take(CHARACTERS / 2).collect();
        known.exchanges.push_back((clipped(question), clipped(answer)));
        let size =
            |known: &Conversation| known.exchanges.iter().map(|(q, a)| q.chars().count() + a.chars().count()).sum::<usize>();
        while known.exchanges.len() > EXCHANGES || size(known) > CHARACTERS {
            known.exchanges.pop_front();
        }
        if self.conversations.len() > CONVERSATIONS {
            let oldest = self.conversations.iter().min_by_key(|(_, known)| known.touched).map(|(key, _)| *key);
            oldest.map(|key| self.conversations.remove(&key));
        }
    }

    /// Forgets every conversation with somebody, also one that is going on.
    pub fn forget(&mut self, user: UserId) {
        self.wishes += 1;
        self.forgotten.insert(user, self.wishes);
        self.conversations.retain(|(_, other, _), _| *other != user);
    }

    fn forget_old(&mut self, now: DateTime<Utc>) {
        let expires_after = self.expires_after;
        self.conversations.retain(|_, known| now - known.touched < expires_after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ChatId;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn ann(chat: i64) -> Key {
        key(BotId(1), UserId(5), Place { chat: ChatId(chat), topic: None })
    }

    fn said(memory: &mut Memory, key: Key, now: DateTime<Utc>) -> usize {
        memory.recall(key, now).0.len()
    }

    #[test]
    fn a_conversation_goes_on_until_nobody_does() {
        let mut memory = Memory::new(TimeDelta::minutes(30));
        let (before, mark) = memory.recall(ann(5), at(0));
        assert!(before.is_empty());
        memory.remember(ann(5), mark, "who?", "Bob", at(1));
        assert_eq!(memory.recall(ann(5), at(30)).0[0], Message::User("who?".into()));
        assert_eq!(said(&mut memory, ann(-7), at(30)), 0, "what is said in private stays there");
        assert_eq!(said(&mut memory, ann(5), at(31)), 0);
    }

    #[test]
    fn it_is_bounded() {
        let mut memory = Memory::new(TimeDelta::minutes(30));
        for n in 0..20 {
            let (_, mark) = memory.recall(ann(5), at(n));
            memory.remember(ann(5), mark, &n.to_string(), "yes", at(n));
        }
        assert_eq!(said(&mut memory, ann(5), at(20)), 2 * EXCHANGES);
        let (_, mark) = memory.recall(ann(5), at(20));
        memory.remember(ann(5), mark, &"x".repeat(90_000), &"y".repeat(90_000), at(20));
        assert_eq!(said(&mut memory, ann(5), at(20)), 2, "one long exchange drives out the others");
        for n in 0..2_000 {
            let (_, mark) = memory.recall(ann(n), at(20));
            memory.remember(ann(n), mark, "a", "b", at(20));
        }
        assert!(memory.conversations.len() <= CONVERSATIONS);
    }

    #[test]
    fn what_is_forgotten_stays_forgotten_though_an_answer_is_on_its_way() {
        let mut memory = Memory::new(TimeDelta::minutes(30));
        let (_, mark) = memory.recall(ann(5), at(0));
        memory.remember(ann(-7), mark, "a", "b", at(0));
        memory.forget(UserId(5));
        memory.remember(ann(5), mark, "who?", "Bob", at(1));
        assert_eq!((said(&mut memory, ann(5), at(1)), said(&mut memory, ann(-7), at(1))), (0, 0));
        let (_, mark) = memory.recall(ann(5), at(1));
        memory.remember(ann(5), mark, "who?", "Bob", at(1));
        assert_eq!(said(&mut memory, ann(5), at(1)), 2);
    }
}
