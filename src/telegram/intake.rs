//! Raw update → [`Event`]. Reads only what decisions need, straight from the JSON: typed parsing would turn messages
//! that are newer than the library into empty ones.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize,
    de::{self, Deserializer, IgnoredAny, MapAccess},
};

use crate::domain::{
    event::{
        Author, Command, Event, GroupCommand, GroupMessage, Ignored, MemberStanding, OwnStanding, Place, Presence, PressEvent,
        PressedMessage, PrivateMessage, Said, Sender, SharedPerson,
    },
    ids::{ChatId, MessageId, TopicId, UpdateId, UserId},
    kind::Kind,
    lang::Lang,
    rules::Rules,
};

/// An update's number and what it says.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) id: UpdateId,
    pub(super) event: Event,
}

/// Reads one raw update. `None` only if it has no number, hence can't even be acknowledged by itself.
pub(super) fn read(raw: &str, bot_username: &str) -> Option<Received> {
    match serde_json::from_str::<RawUpdate>(raw) {
        Ok(update) => Some(Received { id: update.update_id, event: update.into_event(bot_username) }),
        Err(_) => {
            #[derive(Deserialize)]
            struct Numbered {
                update_id: UpdateId,
            }
            let id = serde_json::from_str::<Numbered>(raw).ok()?.update_id;
            Some(Received { id, event: Event::Ignored(Ignored::Unreadable) })
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

impl ChatKind {
    fn is_group(self) -> bool {
        matches!(self, Self::Group | Self::Supergroup)
    }
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

    fn into_person(self) -> SharedPerson {
        SharedPerson { id: self.id, name: full_name(Some(self.first_name), self.last_name), is_bot: self.is_bot }
    }
}

fn full_name(first: Option<String>, last: Option<String>) -> Option<String> {
    let name = [first, last].into_iter().flatten().collect::<Vec<_>>().join(" ");
    (!name.trim().is_empty()).then(|| name.trim().to_owned())
}

/// A message, by its keys. Kinds are noted as they come and the first of [`KINDS`] wins.
#[derive(Default)]
struct RawMessage {
    id: i64,
    date: i64,
    chat: Option<RawChat>,
    from: Option<RawUser>,
    sender_chat: Option<RawId>,
    author_signature: Option<String>,
    topic: Option<TopicId>,
    is_topic_message: bool,
    is_automatic_forward: bool,
    album: Option<String>,
    text: Option<String>,
    reply_to: Option<RawReply>,
    forward_origin: Option<RawOrigin>,
    contact: Option<RawContact>,
    users_shared: Option<RawUsersShared>,
    /// Kind bits by the index in [`KINDS`].
    kinds: u32,
    service: bool,
    new_title: Option<String>,
    migrate_to: Option<ChatId>,
    migrate_from: Option<ChatId>,
}

#[derive(Deserialize)]
struct RawId {
    id: ChatId,
}

#[derive(Deserialize)]
struct RawReply {
    from: Option<RawReplyFrom>,
}

#[derive(Deserialize)]
struct RawReplyFrom {
    #[serde(default)]
    username: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum RawOrigin {
    User {
        sender_user: RawUser,
    },
    HiddenUser {
        sender_user_name: String,
    },
    Chat {},
    Channel {},
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
struct RawContact {
    user_id: Option<UserId>,
    #[serde(default)]
    first_name: Option<String>,
    last_name: Option<String>,
}

#[derive(Deserialize)]
struct RawUsersShared {
    #[serde(default)]
    users: Vec<RawSharedUser>,
}

#[derive(Deserialize)]
struct RawSharedUser {
    user_id: UserId,
    first_name: Option<String>,
    last_name: Option<String>,
}

/// Content keys in the order in which the first hit decides: `animation` comes with `document`, `live_photo` with `photo`,
/// `venue` with `location`.
const KINDS: [(&str, Kind); 23] = [
    ("animation", Kind::Animation),
    ("live_photo", Kind::LivePhoto),
    ("paid_media", Kind::PaidMedia),
    // Round videos count as videos.
    ("video_note", Kind::Video),
    ("video", Kind::Video),
    ("audio", Kind::Audio),
    ("voice", Kind::Voice),
    ("document", Kind::Document),
    ("photo", Kind::Photo),
    ("sticker", Kind::Sticker),
    ("story", Kind::Story),
    ("poll", Kind::Poll),
    ("venue", Kind::Venue),
    ("location", Kind::Location),
    ("contact", Kind::Contact),
    ("dice", Kind::Dice),
    ("game", Kind::Game),
    ("checklist", Kind::Checklist),
    ("invoice", Kind::Invoice),
    ("giveaway", Kind::Giveaway),
    ("rich_message", Kind::RichMessage),
    ("text", Kind::Text),
    // What no release of ours knows; set by keys that are in none of the lists.
    ("", Kind::Other),
];

/// Keys that say how, to whom or from where, but not what.
const ENVELOPE: [&str; 32] = [
    "direct_messages_topic",
    "sender_boost_count",
    "sender_business_bot",
    "sender_tag",
    "guest_query_id",
    "business_connection_id",
    "external_reply",
    "quote",
    "reply_to_story",
    "reply_to_checklist_task_id",
    "reply_to_poll_option_id",
    "via_bot",
    "guest_bot_caller_user",
    "guest_bot_caller_chat",
    "edit_date",
    "has_protected_content",
    "is_from_offline",
    "is_paid_post",
    "paid_star_count",
    "entities",
    "link_preview_options",
    "suggested_post_info",
    "effect_id",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
    "reply_markup",
    // What older servers send beside `forward_origin`.
    "forward_from",
    "forward_from_chat",
    "forward_date",
    "forward_sender_name",
];

/// Keys of messages that Telegram itself writes about what happened.
const SERVICE: [&str; 53] = [
    "new_chat_members",
    "new_chat_member",
    "new_chat_participant",
    "left_chat_member",
    "left_chat_participant",
    "chat_owner_left",
    "chat_owner_changed",
    "new_chat_photo",
    "delete_chat_photo",
    "group_chat_created",
    "supergroup_chat_created",
    "channel_chat_created",
    "message_auto_delete_timer_changed",
    "pinned_message",
    "successful_payment",
    "refunded_payment",
    "chat_shared",
    "gift",
    "unique_gift",
    "gift_upgrade_sent",
    "connected_website",
    "write_access_allowed",
    "passport_data",
    "proximity_alert_triggered",
    "boost_added",
    "chat_background_set",
    "checklist_tasks_done",
    "checklist_tasks_added",
    "direct_message_price_changed",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "giveaway_created",
    "giveaway_winners",
    "giveaway_completed",
    "managed_bot_created",
    "paid_message_price_changed",
    "poll_option_added",
    "poll_option_deleted",
    "suggested_post_approved",
    "suggested_post_approval_failed",
    "suggested_post_declined",
    "suggested_post_paid",
    "suggested_post_refunded",
    "video_chat_scheduled",
    "video_chat_started",
    "video_chat_ended",
    "video_chat_participants_invited",
    "web_app_data",
    "user_shared",
];

const OTHER_BIT: u32 = 1 << (KINDS.len() - 1);

/// A key, borrowed from the update where it needs no unescaping.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for RawMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = RawMessage;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a message")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawMessage, A::Error> {
                let mut message = RawMessage::default();
                while let Some(Key(key)) = map.next_key()? {
                    message.read_field(&key, &mut map)?;
                }
                Ok(message)
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

impl RawMessage {
    fn read_field<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "message_id" => self.id = map.next_value()?,
            "date" => self.date = map.next_value()?,
            "chat" => self.chat = Some(map.next_value()?),
            "from" => self.from = Some(map.next_value()?),
            "sender_chat" => self.sender_chat = Some(map.next_value()?),
            "author_signature" => self.author_signature = Some(map.next_value()?),
            "message_thread_id" => self.topic = Some(map.next_value()?),
            "is_topic_message" => self.is_topic_message = map.next_value()?,
            "is_automatic_forward" => self.is_automatic_forward = map.next_value()?,
            "media_group_id" => self.album = Some(map.next_value()?),
            "reply_to_message" => self.reply_to = Some(map.next_value()?),
            "forward_origin" => self.forward_origin = Some(map.next_value()?),
            "text" => {
                self.text = Some(map.next_value()?);
                self.note_kind(key);
            }
            "contact" => {
                self.contact = Some(map.next_value()?);
                self.note_kind(key);
            }
            "users_shared" => {
                self.users_shared = Some(map.next_value()?);
                self.service = true;
            }
            "new_chat_title" => {
                self.new_title = Some(map.next_value()?);
                self.service = true;
            }
            "migrate_to_chat_id" => self.migrate_to = Some(map.next_value()?),
            "migrate_from_chat_id" => self.migrate_from = Some(map.next_value()?),
            _ => {
                map.next_value::<IgnoredAny>()?;
                self.note_kind(key);
            }
        }
        Ok(())
    }

    fn note_kind(&mut self, key: &str) {
        if let Some(index) = KINDS.iter().position(|(kind, _)| *kind == key) {
            self.kinds |= 1 << index;
        } else if SERVICE.contains(&key) {
            self.service = true;
        } else if !ENVELOPE.contains(&key) {
            self.kinds |= OTHER_BIT;
        }
    }

    /// What it is; `None` for Telegram's own messages about what happened.
    fn kind(&self) -> Option<Kind> {
        if self.service {
            return None;
        }
        // A message without any content is of a sort that the server didn't put into words for us.
        let first = if self.kinds == 0 { KINDS.len() - 1 } else { self.kinds.trailing_zeros() as usize };
        Some(KINDS[first].1)
    }

    fn into_event(mut self, bot_username: &str) -> Event {
        let Some(chat) = self.chat.take() else { return Event::Ignored(Ignored::Unreadable) };
        match chat.kind {
            ChatKind::Private => self.into_private(bot_username),
            ChatKind::Group | ChatKind::Supergroup => self.into_group(chat, bot_username),
            ChatKind::Channel => Event::Ignored(Ignored::ChannelPost),
        }
    }

    fn into_group(self, chat: RawChat, bot_username: &str) -> Event {
        if let Some(to) = self.migrate_to {
            return Event::Migrated { from: chat.id, to };
        }
        if let Some(from) = self.migrate_from {
            return Event::Migrated { from, to: chat.id };
        }
        if let Some(title) = self.new_title {
            return Event::Renamed { chat: chat.id, title };
        }
        if self.is_automatic_forward {
            return Event::Ignored(Ignored::AutomaticForward);
        }
        let Some(kind) = self.kind() else { return Event::Ignored(Ignored::Service) };
        let author = match (&self.sender_chat, &self.from) {
            (Some(sender), _) if sender.id == chat.id => Author::Anonymous(self.author_signature),
            (Some(sender), _) => Author::Chat(sender.id),
            (None, Some(from)) if from.id == Rules::ANONYMOUS_ADMIN => Author::Anonymous(self.author_signature),
            (None, Some(from)) => Author::User(from.id),
            (None, None) => Author::Nobody,
        };
        let spoken = self.text.as_deref().filter(|_| kind == Kind::Text).and_then(|text| spoken_command(text, bot_username));
        match spoken {
            Some(Spoken::Ours(command, _)) => {
                let topic = self.topic.filter(|_| self.is_topic_message);
                return Event::GroupCommand(GroupCommand {
                    place: Place { chat: chat.id, topic },
                    title: chat.title,
                    author,
                    command,
                    message: MessageId(self.id),
                });
            }
            Some(Spoken::Other) => return Event::Ignored(Ignored::OtherCommand),
            None => {}
        }
        // Privacy mode lets replies to the bot through, and nothing else that gets here.
        let is_reply_to_us = self
            .reply_to
            .and_then(|reply| reply.from)
            .and_then(|from| from.username)
            .is_some_and(|username| username.eq_ignore_ascii_case(bot_username));
        Event::GroupMessage(GroupMessage {
            chat: chat.id,
            title: chat.title,
            author,
            kind,
            album: self.album,
            date: self.date,
            plain: !is_reply_to_us,
        })
    }

    fn into_private(self, bot_username: &str) -> Event {
        let Some(from) = &self.from else { return Event::Ignored(Ignored::Unreadable) };
        let (from, message) = (from.sender(), MessageId(self.id));
        let said = if let Some(shared) = self.users_shared {
            shared.users.into_iter().next().map_or(Said::NoAccount, |user| {
                Said::Person(SharedPerson { id: user.user_id, name: full_name(user.first_name, user.last_name), is_bot: false })
            })
        } else if self.service {
            return Event::Ignored(Ignored::Service);
        } else if let Some(origin) = self.forward_origin {
            match origin {
                RawOrigin::User { sender_user } => Said::Person(sender_user.into_person()),
                RawOrigin::HiddenUser { sender_user_name } => Said::HiddenAuthor(sender_user_name),
                RawOrigin::Chat {} | RawOrigin::Channel {} | RawOrigin::Unknown => Said::NoAccount,
            }
        } else if let Some(contact) = self.contact {
            match contact.user_id {
                Some(id) => {
                    Said::Person(SharedPerson { id, name: full_name(contact.first_name, contact.last_name), is_bot: false })
                }
                None => Said::NoAccount,
            }
        } else if let Some(text) = self.text {
            match spoken_command(&text, bot_username) {
                Some(Spoken::Ours(command, payload)) => Said::Command(command, payload),
                Some(Spoken::Other) => Said::UnknownCommand,
                None => Said::Text(text),
            }
        } else {
            Said::Something
        };
        Event::PrivateMessage(PrivateMessage { from, said, message })
    }
}

/// A text that starts with a command.
enum Spoken {
    /// One that we know, addressed to us or to nobody in particular, with the words after it.
    Ours(Command, String),
    /// Another bot's, or one that we don't know.
    Other,
}

fn spoken_command(text: &str, bot_username: &str) -> Option<Spoken> {
    let rest = text.strip_prefix('/')?;
    let (head, payload) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let (word, addressed) = head.split_once('@').map_or((head, None), |(word, to)| (word, Some(to)));
    // "/", "/ 5" or "//" are text.
    if word.is_empty() || !word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    let for_us = addressed.is_none_or(|to| to.eq_ignore_ascii_case(bot_username));
    let ours = Command::from_word(&word.to_ascii_lowercase()).filter(|_| for_us);
    Some(ours.map_or(Spoken::Other, |command| Spoken::Ours(command, payload.trim().to_owned())))
}

#[derive(Deserialize)]
struct RawMemberUpdate {
    chat: RawChat,
    from: RawUser,
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
        match self.chat.kind {
            ChatKind::Private => Event::PrivateStanding { user: self.from.id, reachable: presence != Presence::Gone },
            ChatKind::Channel => Event::Ignored(Ignored::OtherUpdate),
            ChatKind::Group | ChatKind::Supergroup => {
                Event::OwnStanding(OwnStanding { chat: self.chat.id, title: self.chat.title, by: self.from.id, presence })
            }
        }
    }

    fn into_member_standing(self) -> Event {
        if !self.chat.kind.is_group() {
            return Event::Ignored(Ignored::OtherUpdate);
        }
        Event::MemberStanding(MemberStanding {
            chat: self.chat.id,
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

#[cfg(test)]
#[path = "intake_tests.rs"]
mod tests;
