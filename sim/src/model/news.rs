//! What happens that programs of people hear of; bots have their queues.

use super::{ChatKey, World, chat::ChatKind, voice::Change};

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) enum News {
    /// A message was posted or changed.
    Message {
        key: ChatKey,
        message: i64,
        edited: bool,
        /// How many things happened in a channel or supergroup until then.
        pts: i32,
        /// Key and session of the program that did it: it has its answer.
        by: Option<(i64, i64)>,
    },
    /// A voice chat began or ended, or has other settings.
    Call { call: i64 },
    /// Somebody in a voice chat came, went or changed.
    Participant { call: i64, version: i32, change: Change },
    /// A chat looks different: to its members, and to whoever was there until now.
    Chat { chat: i64, to: Option<i64> },
    /// The QR code that the program with this key shows was accepted.
    Token { key: i64 },
}

impl World {
    /// Notes what happened, if there is anybody who could ask.
    pub(crate) fn tell(&mut self, news: News) {
        self.version += 1;
        if !self.accounts.centres.is_empty() {
            self.news.push(news);
        }
    }

    /// Notes a message in the log of its chat, or of everybody in a basic group or private chat.
    pub(crate) fn tell_message(&mut self, key: ChatKey, message: i64, edited: bool) {
        if self.accounts.centres.is_empty() {
            return;
        }
        let chat = self.chat_mut(key);
        let pts = match chat.kind {
            ChatKind::Supergroup | ChatKind::Channel => {
                chat.log.push((message, edited));
                1 + chat.log.len() as i32
            }
            ChatKind::Group | ChatKind::Private => {
                let people: Vec<i64> = if key.bot == 0 { self.people_in(key) } else { vec![key.chat] };
                people.into_iter().for_each(|user| self.accounts.of(user).log.push((key, message, edited)));
                0
            }
        };
        let by = self.acting;
        self.tell(News::Message { key, message, edited, pts, by });
    }

    /// Everybody in a chat but bots.
    pub(crate) fn people_in(&self, key: ChatKey) -> Vec<i64> {
        let Some(chat) = self.chats.get(&key) else { return Vec::new() };
        let present = chat.members.iter().filter(|(_, rights)| rights.is_present());
        present.map(|(id, _)| *id).filter(|id| self.users.contains_key(id)).collect()
    }
}
