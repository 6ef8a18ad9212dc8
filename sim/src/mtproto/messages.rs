//! Messages of the model as an account reads them.

use grammers_tl_types::{enums, types};
use serde_json::Value;

use super::{
    entities, least,
    media::{media, number_of},
    peers::{self, Cast},
};
use crate::model::{
    ANONYMOUS_ADMIN, CHANNEL_BOT, ChatKey, TELEGRAM, World,
    chat::{Chat, ChatKind},
};

/// A message, if it is there; who is in it joins the cast.
pub(super) fn message(world: &World, viewer: i64, key: ChatKey, id: i64, cast: &mut Cast) -> Option<enums::Message> {
    let chat = world.chats.get(&key)?;
    let value = &chat.messages.get(&id)?.value;
    cast.add(if key.bot == 0 { key.chat } else { key.bot });
    let sender = sender(value).filter(|_| chat.kind != ChatKind::Channel);
    sender.into_iter().for_each(|id| cast.add(id));
    let is_own = value["from"]["id"].as_i64() == Some(viewer) && value["sender_chat"].is_null();
    let (peer_id, date) = (peers::place(key), int(&value["date"]));
    if let Some(action) = action(world, key, value, cast) {
        let mut service = least!(types::MessageService; 0i32, id as i32, peer_id, date, action);
        service.out = is_own;
        service.from_id = sender.map(peers::peer);
        return Some(service.into());
    }
    let (text, marks) = match value["text"].as_str() {
        Some(text) => (text, &value["entities"]),
        None => (value["caption"].as_str().unwrap_or(""), &value["caption_entities"]),
    };
    let mut message = least!(types::Message; 0i32, 0i32, id as i32, peer_id, date, text.to_owned());
    message.out = is_own;
    message.post = chat.kind == ChatKind::Channel;
    message.from_id = sender.map(peers::peer);
    message.entities = Some(entities::from_json(marks)).filter(|entities| !entities.is_empty());
    message.media = media(value);
    message.reply_to = reply(value);
    message.edit_date = value["edit_date"].as_i64().map(|date| date as i32);
    message.post_author = value["author_signature"].as_str().map(str::to_owned);
    message.fwd_from = forwarded(value, cast);
    message.grouped_id = value["media_group_id"].as_str().map(number_of);
    if chat.kind == ChatKind::Channel {
        posted(world, chat, id, &mut message);
    }
    Some(message.into())
}

/// What a channel's posts have beside what is in them: how often they were seen, passed on, answered, and what people felt.
fn posted(world: &World, chat: &Chat, id: i64, message: &mut types::Message) {
    let counters = chat.counters.get(&id).cloned().unwrap_or_default();
    (message.views, message.forwards) = (Some(counters.views), Some(counters.forwards));
    if !counters.reactions.is_empty() {
        let count = |(emoticon, count): (&String, &i32)| {
            let reaction = types::ReactionEmoji { emoticon: emoticon.clone() }.into();
            types::ReactionCount { chosen_order: None, reaction, count: *count }.into()
        };
        let results: Vec<enums::ReactionCount> = counters.reactions.iter().map(count).collect();
        message.reactions = Some(least!(types::MessageReactions; 0i32, results).into());
    }
    let below = chat.discussion.zip(chat.copies.get(&id).copied());
    message.replies = below.map(|(discussion, copy)| {
        let answers = world.chats.get(&ChatKey::public(discussion)).map_or(0, |group| group.answers(copy).count());
        let mut replies = least!(types::MessageReplies; 0i32, answers as i32, 1i32);
        replies.comments = true;
        replies.channel_id = Some(peers::channel_id(discussion));
        replies.into()
    });
}

/// Several of them, those that are there.
pub(super) fn all(world: &World, viewer: i64, key: ChatKey, ids: &[i64], cast: &mut Cast) -> Vec<enums::Message> {
    ids.iter().filter_map(|id| message(world, viewer, key, *id, cast)).collect()
}

fn int(value: &Value) -> i32 {
    value.as_i64().unwrap_or(0) as i32
}

/// Who wrote, or the chat in whose name: the stand-ins of the Bot API don't exist here.
fn sender(value: &Value) -> Option<i64> {
    let from = value["from"]["id"].as_i64();
    let stands_in = from.is_none_or(|from| [ANONYMOUS_ADMIN, CHANNEL_BOT, TELEGRAM].contains(&from));
    if stands_in { value["sender_chat"]["id"].as_i64() } else { from }
}

fn reply(value: &Value) -> Option<enums::MessageReplyHeader> {
    let replied = value["reply_to_message"]["message_id"].as_i64();
    let topic = value["message_thread_id"].as_i64().filter(|_| value["is_topic_message"] == true);
    if replied.is_none() && topic.is_none() {
        return None;
    }
    let mut header = least!(types::MessageReplyHeader; 0i32);
    header.forum_topic = topic.is_some();
    header.reply_to_msg_id = replied.or(topic).map(|id| id as i32);
    header.reply_to_top_id = topic.filter(|_| replied.is_some()).map(|id| id as i32);
    Some(header.into())
}

fn forwarded(value: &Value, cast: &mut Cast) -> Option<enums::MessageFwdHeader> {
    let origin = value.get("forward_origin")?;
    let mut header = least!(types::MessageFwdHeader; 0i32, int(&origin["date"]));
    let from = ["sender_user", "sender_chat", "chat"].iter().find_map(|field| origin[*field]["id"].as_i64());
    from.into_iter().for_each(|id| cast.add(id));
    header.from_id = from.map(peers::peer);
    header.from_name = origin["sender_user_name"].as_str().map(str::to_owned);
    header.channel_post = origin["message_id"].as_i64().map(|id| id as i32);
    header.post_author = origin["author_signature"].as_str().map(str::to_owned);
    Some(header.into())
}

/// What a service message says; those without a counterpart come with their field's name.
fn action(world: &World, key: ChatKey, value: &Value, cast: &mut Cast) -> Option<enums::MessageAction> {
    let fields = value.as_object()?;
    if let Some(people) = value["new_chat_members"].as_array() {
        let users: Vec<i64> = people.iter().filter_map(|person| person["id"].as_i64()).collect();
        users.iter().for_each(|id| cast.add(*id));
        return Some(types::MessageActionChatAddUser { users }.into());
    }
    if let Some(user_id) = value["left_chat_member"]["id"].as_i64() {
        cast.add(user_id);
        return Some(types::MessageActionChatDeleteUser { user_id }.into());
    }
    if let Some(title) = value["new_chat_title"].as_str() {
        return Some(types::MessageActionChatEditTitle { title: title.to_owned() }.into());
    }
    if let Some(new) = value["migrate_to_chat_id"].as_i64() {
        cast.add(new);
        return Some(types::MessageActionChatMigrateTo { channel_id: peers::channel_id(new) }.into());
    }
    if let Some(old) = value["migrate_from_chat_id"].as_i64() {
        let title = world.chats.get(&key)?.title.clone();
        return Some(types::MessageActionChannelMigrateFrom { title, chat_id: -old }.into());
    }
    if let Some(call) = call_of(world, key, fields) {
        let duration = value["video_chat_ended"]["duration"].as_i64().map(|seconds| seconds as i32);
        return Some(types::MessageActionGroupCall { call: super::calls::input(call), duration }.into());
    }
    None
}

/// The voice chat that began or ended at the moment of this message.
fn call_of(world: &World, key: ChatKey, fields: &serde_json::Map<String, Value>) -> Option<i64> {
    let (began, ended) = (fields.contains_key("video_chat_started"), fields.contains_key("video_chat_ended"));
    let date = fields.get("date")?.as_i64()?;
    let fits = |call: &&crate::model::voice::VoiceChat| {
        call.chat == key.chat && ((began && call.started == date) || (ended && call.ended == Some(date)))
    };
    world.voice.values().rev().find(fits).map(|call| call.id)
}
