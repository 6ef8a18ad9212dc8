//! Writing and reading: what a program posts lands in the model, in front of everybody.

use grammers_tl_types::{enums, functions as f, types};
use serde_json::{Value, json};

use super::upload;
use crate::{
    autolink,
    content::Content,
    html::{self, Formatted},
    model::{
        ChatKey, Speaker,
        chat::Topic,
        chat::{ChatKind, Rights},
    },
    mtproto::{
        RpcError, entities,
        invoke::Context,
        messages,
        peers::{self, Cast},
        pushes,
    },
    reading::OutgoingKind,
};

/// In UTF-16 units.
const LONGEST_TEXT: usize = 4096;
const LONGEST_CAPTION: usize = 1024;
/// Messages that are given at once.
const MOST_MESSAGES: i32 = 100;

pub(super) fn send_message(context: &mut Context<'_>, request: f::messages::SendMessage) -> Result<enums::Updates, RpcError> {
    let viewer = context.user()?;
    let key = peers::named_chat(context.world, viewer, &request.peer)?;
    if let Some(again) = repeated(context, viewer, request.random_id)? {
        return Ok(again);
    }
    let text = formatted(&request.message, request.entities.as_deref());
    if text.text.is_empty() {
        return Err(RpcError::bad("MESSAGE_EMPTY"));
    }
    if html::units(&text.text) > LONGEST_TEXT {
        return Err(RpcError::bad("MESSAGE_TOO_LONG"));
    }
    let mut fields = json!({ "text": text.text });
    if !text.entities.is_empty() {
        fields["entities"] = json!(text.entities);
    }
    post(context, viewer, key, Draft { fields, reply: request.reply_to, send_as: request.send_as, file: None }, request.random_id)
}

pub(super) fn send_media(context: &mut Context<'_>, request: f::messages::SendMedia) -> Result<enums::Updates, RpcError> {
    let viewer = context.user()?;
    let key = peers::named_chat(context.world, viewer, &request.peer)?;
    if let Some(again) = repeated(context, viewer, request.random_id)? {
        return Ok(again);
    }
    let caption = formatted(&request.message, request.entities.as_deref());
    if html::units(&caption.text) > LONGEST_CAPTION {
        return Err(RpcError::bad("MEDIA_CAPTION_TOO_LONG"));
    }
    let (mut fields, file) = upload::media(context.world, viewer, &request.media)?;
    if !caption.text.is_empty() {
        fields["caption"] = json!(caption.text);
        fields["caption_entities"] = json!(caption.entities);
    }
    let draft = Draft { fields, reply: request.reply_to, send_as: request.send_as, file: Some(file) };
    post(context, viewer, key, draft, request.random_id)
}

/// Text as it will be seen: trimmed, with the entities that Telegram finds by itself.
fn formatted(text: &str, marks: Option<&[enums::MessageEntity]>) -> Formatted {
    let entities: Vec<Value> = marks.unwrap_or_default().iter().filter_map(entities::to_json).collect();
    let mut formatted = html::trimmed(Formatted { text: text.to_owned(), entities });
    autolink::add(&mut formatted);
    formatted
}

/// What was sent with this number before: it is not sent again, and the answer says what it became.
fn repeated(context: &Context<'_>, viewer: i64, random_id: i64) -> Result<Option<enums::Updates>, RpcError> {
    if random_id == 0 {
        return Err(RpcError::bad("RANDOM_ID_EMPTY"));
    }
    let Some((key, message)) = context.world.accounts.sent.get(&(viewer, random_id)).copied() else { return Ok(None) };
    Ok(Some(answer(context, viewer, key, message, random_id, 0)))
}

/// A message that is about to be posted.
struct Draft {
    fields: Value,
    reply: Option<enums::InputReplyTo>,
    send_as: Option<enums::InputPeer>,
    file: Option<String>,
}

fn post(context: &mut Context<'_>, viewer: i64, key: ChatKey, draft: Draft, random_id: i64) -> Result<enums::Updates, RpcError> {
    let speaker = speaker(context, viewer, key, draft.send_as.as_ref())?;
    let mut content = Content::raw(draft.fields);
    let now = context.world.now;
    if let Some(seconds) = context.world.flood.note(key.chat, now) {
        return Err(RpcError::new(420, format!("FLOOD_WAIT_{seconds}")));
    }
    if let Some(reply) = &draft.reply {
        content = replying(context, key, content, reply)?;
    }
    let world = &mut *context.world;
    let is_plain = content.0.contains_key("text");
    let message =
        if key.bot == 0 { world.post(key.chat, &speaker, content, None) } else { world.post_private(key.bot, viewer, content) };
    if let Some(stored) = world.chat_mut(key).messages.get_mut(&message) {
        stored.file = draft.file;
    }
    if key.bot == 0 {
        world.note_outgoing(key, message, OutgoingKind::Sent);
    }
    world.accounts.sent.insert((viewer, random_id), (key, message));
    let is_channel = matches!(world.chat(key).kind, ChatKind::Supergroup | ChatKind::Channel);
    if is_plain && !is_channel {
        return Ok(short_answer(context, viewer, key, message));
    }
    Ok(answer(context, viewer, key, message, random_id, 1))
}

/// In whose name the caller writes, if they may.
fn speaker(context: &Context<'_>, viewer: i64, key: ChatKey, send_as: Option<&enums::InputPeer>) -> Result<Speaker, RpcError> {
    if key.bot != 0 {
        return Ok(Speaker::User(viewer));
    }
    let chat = context.world.chat(key);
    if chat.migrated_to.is_some() {
        return Err(RpcError::bad("CHAT_ID_INVALID"));
    }
    match chat.rights(viewer) {
        Rights::Left | Rights::Kicked | Rights::Restricted => return Err(RpcError::new(403, "CHAT_WRITE_FORBIDDEN")),
        Rights::Member if chat.kind == ChatKind::Channel => return Err(RpcError::bad("CHAT_ADMIN_REQUIRED")),
        Rights::Member | Rights::Administrator | Rights::Creator => {}
    }
    if chat.kind == ChatKind::Channel {
        return Ok(Speaker::Channel(key.chat));
    }
    match send_as {
        None | Some(enums::InputPeer::PeerSelf) => Ok(Speaker::User(viewer)),
        Some(enums::InputPeer::User(named)) if named.user_id == viewer => Ok(Speaker::User(viewer)),
        Some(named) => {
            let channel = peers::named_chat(context.world, viewer, named)?.chat;
            let owns = context.world.chat(ChatKey::public(channel)).rights(viewer).is_administrator();
            if !owns {
                return Err(RpcError::bad("SEND_AS_PEER_INVALID"));
            }
            Ok(if channel == key.chat {
                Speaker::Anonymous { admin: viewer, signature: None }
            } else {
                Speaker::Channel(channel)
            })
        }
    }
}

/// Puts a message into a topic, or under the one that it replies to.
fn replying(context: &Context<'_>, key: ChatKey, content: Content, reply: &enums::InputReplyTo) -> Result<Content, RpcError> {
    let enums::InputReplyTo::Message(reply) = reply else { return Err(RpcError::bad("REPLY_TO_INVALID")) };
    let chat = context.world.chat(key);
    let id = i64::from(reply.reply_to_msg_id);
    let replied = chat.messages.get(&id).map(|message| message.value.clone());
    let mut content = content;
    if chat.is_forum {
        let topic_of_replied = replied.as_ref().and_then(|value| value["message_thread_id"].as_i64());
        let topic = reply.top_msg_id.map(i64::from).or(topic_of_replied).unwrap_or(id);
        match chat.topic(topic, context.user()?) {
            Topic::Open => {}
            Topic::Closed => return Err(RpcError::bad("TOPIC_CLOSED")),
            Topic::Unknown => return Err(RpcError::bad("TOPIC_DELETED")),
        }
        content = content.with("message_thread_id", json!(topic)).with("is_topic_message", json!(true));
        if topic == id {
            return Ok(content);
        }
    }
    let replied = replied.ok_or_else(|| RpcError::bad("REPLY_MESSAGE_ID_INVALID"))?;
    Ok(content.with("reply_to_message", replied))
}

/// What a program is told of its own message in a private chat or basic group.
fn short_answer(context: &Context<'_>, viewer: i64, key: ChatKey, message: i64) -> enums::Updates {
    let mut cast = Cast::default();
    let pts = 1 + context.world.accounts.log_of(viewer).len() as i32;
    let entities = match messages::message(context.world, viewer, key, message, &mut cast) {
        Some(enums::Message::Message(message)) => message.entities,
        Some(enums::Message::Service(_) | enums::Message::Empty(_)) | None => None,
    };
    let (id, pts_count, date) = (message as i32, 1, context.date());
    types::UpdateShortSentMessage { out: true, id, pts, pts_count, date, media: None, entities, ttl_period: None }.into()
}

/// What a program is told of its own message; `pts_count` is 0 when it was sent before.
fn answer(context: &Context<'_>, viewer: i64, key: ChatKey, message: i64, random_id: i64, pts_count: i32) -> enums::Updates {
    let world = &*context.world;
    let mut cast = Cast::default();
    let pts = 1 + world.chat(key).log.iter().position(|entry| *entry == (message, false)).map_or(0, |place| place as i32 + 1);
    let mut update = pushes::message_update(world, viewer, key, message, false, pts, &mut cast);
    match &mut update {
        Some(enums::Update::NewChannelMessage(update)) => update.pts_count = pts_count,
        Some(enums::Update::NewMessage(update)) => update.pts_count = pts_count,
        _ => {}
    }
    let number = types::UpdateMessageId { id: message as i32, random_id };
    let updates = std::iter::once(number.into()).chain(update).collect();
    pushes::envelope(world, viewer, updates, &cast)
}

/// Which messages a program asks for.
struct Page {
    offset_id: i32,
    offset_date: i32,
    add_offset: i32,
    limit: i32,
    min_id: i32,
    max_id: i32,
}

impl Page {
    /// Of numbers and dates, the newest first: those that are asked for.
    fn of(&self, newest_first: &[(i64, i64)]) -> Vec<i64> {
        let is_before = |(id, date): &(i64, i64)| {
            (self.offset_id == 0 || *id < i64::from(self.offset_id))
                && (self.offset_date == 0 || *date < i64::from(self.offset_date))
        };
        let first = newest_first.iter().position(is_before).unwrap_or(newest_first.len());
        let limit = i64::from(self.limit.clamp(1, MOST_MESSAGES));
        let shifted = first as i64 + i64::from(self.add_offset);
        let (start, end) = (shifted.max(0) as usize, (shifted + limit).max(0) as usize);
        let page = newest_first.get(start..end.min(newest_first.len())).unwrap_or_default();
        let is_wanted = |id: &i64| *id > i64::from(self.min_id) && (self.max_id == 0 || *id < i64::from(self.max_id));
        page.iter().map(|(id, _)| *id).filter(is_wanted).collect()
    }
}

/// Numbers and dates of a chat's messages that are wanted, the newest first.
fn newest_first(context: &Context<'_>, key: ChatKey, is_wanted: impl Fn(&Value) -> bool) -> Vec<(i64, i64)> {
    let messages = context.world.chats.get(&key).into_iter().flat_map(|chat| chat.messages.iter().rev());
    let wanted = messages.filter(|(_, message)| is_wanted(&message.value));
    wanted.map(|(id, message)| (*id, message.value["date"].as_i64().unwrap_or(0))).collect()
}

/// The messages of a chat, the newest first.
pub(super) fn get_history(
    context: &mut Context<'_>,
    request: f::messages::GetHistory,
) -> Result<enums::messages::Messages, RpcError> {
    let viewer = context.user()?;
    let key = peers::named_chat(context.world, viewer, &request.peer)?;
    let all = newest_first(context, key, |_| true);
    let f::messages::GetHistory { offset_id, offset_date, add_offset, limit, max_id, min_id, .. } = request;
    let ids = Page { offset_id, offset_date, add_offset, limit, min_id, max_id }.of(&all);
    Ok(found(context, viewer, key, &ids, all.len()))
}

/// The messages of a topic, or under a message.
pub(super) fn get_replies(
    context: &mut Context<'_>,
    request: f::messages::GetReplies,
) -> Result<enums::messages::Messages, RpcError> {
    let viewer = context.user()?;
    let key = peers::named_chat(context.world, viewer, &request.peer)?;
    let mut thread = Some(i64::from(request.msg_id));
    let mut key = key;
    // What is below a post stands in the channel's group.
    if let Some(discussion) = context.world.chat(key).discussion {
        thread = context.world.chat(key).copies.get(&i64::from(request.msg_id)).copied();
        key = ChatKey::public(discussion);
        if thread.is_none() {
            return Err(RpcError::bad("MSG_ID_INVALID"));
        }
    }
    let is_within = |value: &Value| {
        let (topic, replied) = (value["message_thread_id"].as_i64(), value["reply_to_message"]["message_id"].as_i64());
        topic == thread || replied == thread
    };
    let all = newest_first(context, key, is_within);
    let f::messages::GetReplies { offset_id, offset_date, add_offset, limit, max_id, min_id, .. } = request;
    let ids = Page { offset_id, offset_date, add_offset, limit, min_id, max_id }.of(&all);
    Ok(found(context, viewer, key, &ids, all.len()))
}

fn found(context: &Context<'_>, viewer: i64, key: ChatKey, ids: &[i64], total: usize) -> enums::messages::Messages {
    let world = &*context.world;
    let mut cast = Cast::default();
    let shown = messages::all(world, viewer, key, ids, &mut cast);
    let (users, chats) = (cast.users(world, viewer), cast.chats(world, viewer));
    let chat = world.chats.get(&key);
    if let Some(chat) = chat.filter(|chat| matches!(chat.kind, ChatKind::Supergroup | ChatKind::Channel)) {
        return types::messages::ChannelMessages {
            inexact: false,
            pts: 1 + chat.log.len() as i32,
            count: total as i32,
            offset_id_offset: None,
            messages: shown,
            topics: Vec::new(),
            chats,
            users,
        }
        .into();
    }
    types::messages::Messages { messages: shown, topics: Vec::new(), chats, users }.into()
}

pub(super) fn get_channel_messages(
    context: &mut Context<'_>,
    request: f::channels::GetMessages,
) -> Result<enums::messages::Messages, RpcError> {
    let viewer = context.user()?;
    let key = ChatKey::public(peers::named_channel(context.world, viewer, &request.channel)?);
    let ids: Vec<i64> = request.id.iter().filter_map(number).collect();
    let mut answer = found(context, viewer, key, &ids, ids.len());
    if let enums::messages::Messages::ChannelMessages(answer) = &mut answer {
        let empty = |id: i64| types::MessageEmpty { id: id as i32, peer_id: None }.into();
        let known = |id: i64, messages: &[enums::Message]| messages.iter().find(|one| i64::from(one.id()) == id).cloned();
        // In the order in which they were asked for; what was deleted is an empty one.
        answer.messages = ids.iter().map(|id| known(*id, &answer.messages).unwrap_or_else(|| empty(*id))).collect();
    }
    Ok(answer)
}

fn number(named: &enums::InputMessage) -> Option<i64> {
    match named {
        enums::InputMessage::Id(named) => Some(i64::from(named.id)),
        enums::InputMessage::ReplyTo(_) | enums::InputMessage::Pinned | enums::InputMessage::CallbackQuery(_) => None,
    }
}
