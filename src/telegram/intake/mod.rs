//! Raw update → [`Event`]. Reads only what decisions need, straight from the JSON: typed parsing would turn messages
//! that are newer than the library into empty ones.

mod keys;
mod material;
mod message;
#[cfg(test)]
mod tests;

use serde::{Deserialize, de::IgnoredAny};

use self::message::RawMessage;
use crate::domain::{
    chats,
    event::{Event, Ignored, MemberStanding, OwnStanding, Presence, PressEvent, PressedMessage, Sender, SharedPerson},
    ids::{ChatId, MessageId, UpdateId, UserId},
    lang::Lang,
};

/// Reads one raw update: its number and what it says. `None` only if it has no number that Telegram could have given it,
/// hence can't even be acknowledged by itself.
pub(crate) fn read(raw: &str, bot_username: &str) -> Option<(UpdateId, Event)> {
    read_any(raw, bot_username).filter(|(id, _)| u32::try_from(id.0).is_ok())
}

fn read_any(raw: &str, bot_username: &str) -> Option<(UpdateId, Event)> {
    match serde_json::from_str::<RawUpdate>(raw) {
        Ok(update) => {
            let (id, mut event) = (update.update_id, update.into_event(bot_username));
            if let Event::PrivateMessage(message) = &mut event {
                message.material = material::of(raw);
            }
            Some((id, event))
        }
        Err(_) => {
            #[derive(Deserialize)]
            struct Numbered {
                update_id: UpdateId,
            }
            let id = serde_json::from_str::<Numbered>(raw).ok()?.update_id;
            Some((id, Event::Ignored(Ignored::Unreadable)))
        }
    }
}

#[derive(Deserialize)]
struct RawUpdate {
    update_id: UpdateId,
    message: Option<RawMessage>,
    edited_message: Option<IgnoredAny>,
    channel_post: Option<IgnoredAny>,
    edited_channel_post: Option<IgnoredAny>,
    my_chat_member: Option<RawMemberUpdate>,
    chat_member: Option<RawMemberUpdate>,
    callback_query: Option<RawPress>,
}

impl RawUpdate {
    fn into_event(self, bot_username: &str) -> Event {
        if let Some(message) = self.message {
            return message.into_event(bot_username);
        }
        if let Some(change) = self.my_chat_member {
            return change.into_own_standing();
        }
        if let Some(change) = self.chat_member {
            return change.into_member_standing();
        }
        if let Some(press) = self.callback_query {
            return press.into_event();
        }
        Event::Ignored(if self.edited_message.is_some() {
            Ignored::Edit
        } else if self.channel_post.is_some() || self.edited_channel_post.is_some() {
            Ignored::ChannelPost
        } else {
            Ignored::OtherUpdate
        })
    }
}

#[derive(Deserialize)]
struct RawChat {
    id: ChatId,
    #[serde(rename = "type")]
    kind: ChatKind,
    #[serde(default)]
    title: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ChatKind {
    Private,
    Group,
    Supergroup,
    Channel,
}

#[derive(Deserialize)]
struct RawUser {
    id: UserId,
    #[serde(default)]
    is_bot: bool,
    #[serde(default)]
    first_name: String,
    last_name: Option<String>,
    language_code: Option<String>,
}

impl RawUser {
    fn sender(&self) -> Sender {
        Sender { id: self.id, lang: self.language_code.as_deref().and_then(Lang::from_tag) }
    }

    fn name(self) -> Option<String> {
        full_name(Some(self.first_name), self.last_name)
    }

    fn into_person(self) -> SharedPerson {
        SharedPerson { id: self.id, name: full_name(Some(self.first_name), self.last_name), is_bot: self.is_bot }
    }
}

fn full_name(first: Option<String>, last: Option<String>) -> Option<String> {
    let name = [first, last].into_iter().flatten().collect::<Vec<_>>().join(" ");
    (!name.trim().is_empty()).then(|| name.trim().to_owned())
}

/// A chat whose members change: more of it is of use than of one in which somebody writes.
#[derive(Deserialize)]
struct RawPlace {
    #[serde(flatten)]
    chat: RawChat,
    username: Option<String>,
    #[serde(default)]
    is_forum: bool,
}

impl RawPlace {
    fn kind(&self) -> chats::ChatKind {
        match self.chat.kind {
            ChatKind::Channel => chats::ChatKind::Channel,
            ChatKind::Private | ChatKind::Group => chats::ChatKind::Group,
            ChatKind::Supergroup if self.is_forum => chats::ChatKind::Forum,
            ChatKind::Supergroup => chats::ChatKind::Supergroup,
        }
    }
}

#[derive(Deserialize)]
struct RawMemberUpdate {
    chat: RawPlace,
    from: RawUser,
    #[serde(default)]
    date: i64,
    old_chat_member: RawMember,
    new_chat_member: RawMember,
}

#[derive(Deserialize)]
struct RawMember {
    status: String,
    user: RawUser,
    /// Only restricted members may be outside.
    is_member: Option<bool>,
}

impl RawMember {
    fn presence(&self) -> Presence {
        match self.status.as_str() {
            "creator" | "administrator" => Presence::Administrator,
            "left" | "kicked" => Presence::Gone,
            "restricted" if self.is_member == Some(false) => Presence::Gone,
            _ => Presence::Member,
        }
    }
}

impl RawMemberUpdate {
    fn into_own_standing(self) -> Event {
        let presence = self.new_chat_member.presence();
        let kind = self.chat.kind();
        let RawPlace { chat, username, .. } = self.chat;
        match chat.kind {
            ChatKind::Private => Event::PrivateStanding { user: self.from.id, reachable: presence != Presence::Gone },
            ChatKind::Group | ChatKind::Supergroup | ChatKind::Channel => {
                let (title, by) = (chat.title, self.from.id);
                Event::OwnStanding(OwnStanding { chat: chat.id, title, username, kind, by, presence })
            }
        }
    }

    fn into_member_standing(self) -> Event {
        if self.chat.chat.kind == ChatKind::Private {
            return Event::Ignored(Ignored::OtherUpdate);
        }
        Event::MemberStanding(MemberStanding {
            chat: self.chat.chat.id,
            date: self.date,
            user: self.new_chat_member.user.id,
            present: self.new_chat_member.presence() != Presence::Gone,
            was_present: self.old_chat_member.presence() != Presence::Gone,
        })
    }
}

#[derive(Deserialize)]
struct RawPress {
    id: String,
    from: RawUser,
    #[serde(default)]
    data: String,
    message: Option<RawPressed>,
}

#[derive(Deserialize)]
struct RawPressed {
    message_id: MessageId,
    chat: RawChat,
    text: Option<IgnoredAny>,
}

impl RawPress {
    fn into_event(self) -> Event {
        Event::Press(PressEvent {
            query: self.id,
            from: self.from.sender(),
            data: self.data,
            on: self.message.map(|on| PressedMessage { chat: on.chat.id, id: on.message_id, is_text: on.text.is_some() }),
        })
    }
}
