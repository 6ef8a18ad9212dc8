//! Telegram's users, chats and channels in our words.

use chrono::{DateTime, Utc};
use grammers_session::updates::UpdatesLike;
use grammers_tl_types as tl;

use crate::domain::{
    ids::ChatId,
    presence::{Profile, Who},
};

/// Which kind of chat a Bot API number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    User(i64),
    BasicGroup(i64),
    Channel(i64),
}

impl Peer {
    pub(super) fn of(chat: ChatId) -> Self {
        match chat.0 {
            id if id > 0 => Self::User(id),
            id if id > ChatId::SUPERGROUPS => Self::BasicGroup(-id),
            id => Self::Channel(ChatId::SUPERGROUPS - id),
        }
    }
}

/// Who a peer is.
pub(super) fn who(peer: &tl::enums::Peer) -> Who {
    match peer {
        tl::enums::Peer::User(user) => Who(user.user_id),
        tl::enums::Peer::Chat(chat) => Who(ChatId::basic_group(chat.chat_id).0),
        tl::enums::Peer::Channel(peer) => Who(ChatId::supergroup(peer.channel_id).0),
    }
}

/// The chat that a peer is.
pub(super) fn chat(peer: &tl::enums::Peer) -> ChatId {
    ChatId(who(peer).0)
}

/// How a user is called; `None` for one that Telegram has emptied.
pub(super) fn profile_of_user(user: &tl::enums::User) -> Option<Profile> {
    let tl::enums::User::User(user) = user else { return None };
    let parts = [user.first_name.as_deref(), user.last_name.as_deref()];
    let name = parts.into_iter().flatten().map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let username = user.username.clone().or_else(|| active(user.usernames.as_deref()));
    Some(Profile { who: Who(user.id), name, username, bot: user.bot })
}

/// How a chat or channel is called.
pub(super) fn profile_of_chat(chat: &tl::enums::Chat) -> Option<Profile> {
    match chat {
        tl::enums::Chat::Chat(chat) => {
            Some(Profile { who: Who(ChatId::basic_group(chat.id).0), name: chat.title.clone(), username: None, bot: false })
        }
        tl::enums::Chat::Channel(chat) => {
            let username = chat.username.clone().or_else(|| active(chat.usernames.as_deref()));
            Some(Profile { who: Who(ChatId::supergroup(chat.id).0), name: chat.title.clone(), username, bot: false })
        }
        _ => None,
    }
}

/// What a chat has to be addressed with; `None` for one that can't be: a part of another, or one that was left.
pub(super) fn address(chat: &tl::enums::Chat) -> Option<Option<i64>> {
    match chat {
        tl::enums::Chat::Chat(chat) if !chat.left && !chat.deactivated => Some(None),
        // What is known in part only has a key that doesn't fit.
        tl::enums::Chat::Channel(chat) if !chat.left && !chat.min => chat.access_hash.map(Some),
        _ => None,
    }
}

fn active(names: Option<&[tl::enums::Username]>) -> Option<String> {
    names?.iter().map(|tl::enums::Username::Username(name)| name).find(|name| name.active).map(|name| name.username.clone())
}

/// Telegram's seconds since 1970.
pub(super) fn time(seconds: i32) -> DateTime<Utc> {
    DateTime::from_timestamp(i64::from(seconds), 0).expect("32 bits of seconds are a time")
}

/// The single updates in a batch.
pub(super) fn updates_in(news: &UpdatesLike) -> impl Iterator<Item = &tl::enums::Update> {
    let (many, one): (&[tl::enums::Update], _) = match news {
        UpdatesLike::Updates(tl::enums::Updates::Updates(batch)) => (&batch.updates, None),
        UpdatesLike::Updates(tl::enums::Updates::Combined(batch)) => (&batch.updates, None),
        UpdatesLike::Updates(tl::enums::Updates::UpdateShort(short)) => (&[], Some(&short.update)),
        _ => (&[], None),
    };
    many.iter().chain(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chats_are_numbered_as_in_the_bot_api() {
        for (chat, peer) in [
            (ChatId(777), Peer::User(777)),
            (ChatId(-12), Peer::BasicGroup(12)),
            (ChatId(-999_999_999_999), Peer::BasicGroup(999_999_999_999)),
            (ChatId(-1_001_234_567_890), Peer::Channel(1_234_567_890)),
        ] {
            assert_eq!(Peer::of(chat), peer);
            let back = match peer {
                Peer::User(id) => ChatId(id),
                Peer::BasicGroup(id) => ChatId::basic_group(id),
                Peer::Channel(id) => ChatId::supergroup(id),
            };
            assert_eq!(back, chat);
        }
    }
}
