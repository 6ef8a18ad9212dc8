//! The world as the page shows it.

use serde_json::{Value, json};

use crate::{
    html,
    model::{
        BotData, ChatKey, UserData, World,
        chat::{Chat, Message},
        voice::{Participant, VoiceChat},
    },
};

/// How many messages of each chat are shown.
const SHOWN: usize = 80;

/// Everything: bots, people, chats with their newest messages.
pub(super) fn world(world: &World) -> Value {
    json!({
        "version": world.version,
        "now": world.now,
        "zone": world.zone,
        "bots": world.bots.values().map(bot).collect::<Vec<_>>(),
        "people": world.users.values().map(|user| person(world, user)).collect::<Vec<_>>(),
        "chats": world.chats.iter().map(|(key, value)| chat(world, *key, value)).collect::<Vec<_>>(),
        "violations": world.violations,
    })
}

fn bot(bot: &BotData) -> Value {
    json!({
        "id": bot.id,
        "username": bot.username,
        "name": bot.texts.get("name/").unwrap_or(&bot.username),
        "description": bot.texts.get("description/"),
        "pending": bot.queue.len(),
        "privacy": bot.privacy,
        "webhook": bot.webhook.as_ref().map(|hook| &hook.url),
        "polls": bot.poller,
        "commands": bot.commands,
    })
}

fn person(world: &World, user: &UserData) -> Value {
    json!({
        "id": user.id,
        "name": user.first_name,
        "username": user.username,
        "note": user.note,
        "phone": world.accounts.phone_of(user.id),
        "login_code": world.code_for(user.id),
        "lang": user.lang,
        "phone": world.accounts.phone_of(user.id),
        "login_code": world.code_for(user.id),
    })
}

/// The voice chat that runs in a group.
fn voice(call: &VoiceChat) -> Value {
    let participant = |one: &Participant| {
        json!({
            "peer": one.peer, "joined": one.joined, "muted": one.muted, "video": one.video, "active": one.active,
            "lost": one.lost.is_some(),
        })
    };
    let mut there: Vec<&Participant> = call.participants.values().collect();
    there.sort_by_key(|one| (one.joined, one.peer));
    let participants: Vec<Value> = there.into_iter().map(participant).collect();
    json!({ "id": call.id, "started": call.started, "version": call.version, "participants": participants })
}

fn chat(world: &World, key: ChatKey, chat: &Chat) -> Value {
    let skip = chat.messages.len().saturating_sub(SHOWN);
    let reachable = world.bots.get(&key.bot).is_some_and(|bot| bot.reachable.contains(&key.chat));
    json!({
        "bot": key.bot,
        "chat": key.chat,
        "kind": chat.kind.name(),
        "title": chat.title,
        "migrated_to": chat.migrated_to,
        "reachable": reachable,
        "voice": chat.voice.and_then(|call| world.voice.get(&call)).map(voice),
        "members": chat.members.iter().map(|(id, rights)| json!({ "id": id, "rights": rights.status() })).collect::<Vec<_>>(),
        "messages": chat.messages.values().skip(skip).map(message).collect::<Vec<_>>(),
    })
}

fn message(message: &Message) -> Value {
    let value = &message.value;
    let (text, entities) = match value["text"].as_str() {
        Some(text) => (text, &value["entities"]),
        None => (value["caption"].as_str().unwrap_or_default(), &value["caption_entities"]),
    };
    let entities = entities.as_array().map_or(&[][..], Vec::as_slice);
    json!({ "value": value, "html": html::write(text, entities), "by_bot": message.by_bot })
}
