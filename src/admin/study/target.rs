//! Whether boards can go where an admin wants them.

use super::super::{Desk, lang_of};
use crate::{
    domain::{
        change::Outcome,
        event::Place,
        ids::{ChatId, UserId},
        work::{Buttons, Work},
    },
    text::study::setting as words,
};

/// What asking Telegram about a place for boards came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The bot can write there.
    Fine {
        /// The chat's title.
        title: String,
    },
    /// The bot isn't there, or there is no such chat: Telegram doesn't say which.
    NotThere {
        /// The chat's number.
        place: ChatId,
    },
    /// The bot is there, and may not write.
    MayNotWrite {
        /// The chat's title.
        title: String,
        /// A channel: only administrators who may post can write there.
        is_channel: bool,
    },
    /// A topic is named, and the chat has none.
    NoTopics {
        /// The chat's title.
        title: String,
    },
    /// It may, but Telegram refuses the topic, or has another reason.
    Refused {
        /// The chat's title.
        title: String,
        /// In Telegram's words.
        why: String,
    },
    /// The user session posts, whose rights the first board shows.
    BySession,
    /// Telegram didn't answer.
    CouldNotTell,
}

/// Tells the admin.
pub fn target_checked(desk: &Desk<'_>, user: UserId, reach: &Reach) -> Outcome {
    let html = words::reach(reach, lang_of(desk.state, desk.rules, user));
    let to = Place::private(user);
    Outcome {
        changes: Vec::new(),
        work: vec![Work::Send { to, reply_to: None, html: html.into_string(), buttons: Buttons::None }],
    }
}

/// Asks, where the place is another one than before.
pub(super) fn to_check(user: UserId, chat: ChatId, is_new: bool) -> Option<Work> {
    is_new.then_some(Work::CheckTarget { user, chat })
}
