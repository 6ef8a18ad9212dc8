//! How a change becomes so.

use super::{DayPresence, PresenceChange, Study, StudyChange};
use crate::domain::map::{put, put_within};

impl Study {
    /// Makes a change so.
    pub(in crate::domain) fn apply(&mut self, change: StudyChange) {
        match change {
            StudyChange::Community(chat, community) => put(&mut self.communities, chat, community.map(|boxed| *boxed)),
            StudyChange::Member(chat, who, member) => put_within(&mut self.members, chat, who, member.map(|boxed| *boxed)),
            StudyChange::Alias(chat, alias, canonical) => put_within(&mut self.aliases, chat, alias, canonical),
            StudyChange::Correction(chat, id, correction) => {
                put_within(&mut self.corrections, chat, id, correction.map(|boxed| *boxed));
            }
            StudyChange::Call(id, Some(mut call)) => {
                // Its seats have changes of their own: a look at a call of 500 people is one short line in the journal.
                call.seats = self.calls.remove(&id).map(|before| before.seats).unwrap_or_default();
                self.calls.insert(id, *call);
            }
            StudyChange::Call(id, None) => drop(self.calls.remove(&id)),
            StudyChange::Seat(call, who, seat) => {
                if let Some(call) = self.calls.get_mut(&call) {
                    put(&mut call.seats, who, seat);
                }
            }
            StudyChange::Post(chat, key, post) => put_within(&mut self.posts, chat, key, post.map(|boxed| *boxed)),
            StudyChange::Compliment(chat, period, who, words) => {
                put_within(self.compliments.entry(chat).or_default(), period, who, words);
            }
            StudyChange::Exported(at) => self.exported = Some(at),
            StudyChange::Export(id, export) => put(&mut self.exports, id, export.map(|boxed| *boxed)),
        }
    }
}

impl DayPresence {
    /// Makes a change so.
    pub(in crate::domain) fn apply(&mut self, change: PresenceChange) {
        match change {
            PresenceChange::Stay(key, stay) => put(&mut self.stays, key, stay),
            PresenceChange::Imported(who, seconds) => put(&mut self.imported, who, seconds),
        }
    }
}
