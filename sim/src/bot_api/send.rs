//! Sending and changing messages.

use serde_json::{Value, json};

use super::{Refusal, parameters::Parameters};
use crate::{
    autolink,
    html::{self, Formatted},
    markdown,
    model::{
        ChatKey, World,
        chat::{ChatKind, Rights, Topic},
    },
    reading::OutgoingKind,
};

/// In UTF-16 units, after parsing.
const LONGEST_TEXT: usize = 4096;
const LONGEST_CAPTION: usize = 1024;

/// The chat that a bot wants to write to, if it may.
pub(super) fn target(world: &World, bot: i64, given: &Parameters) -> Result<ChatKey, Refusal> {
    let chat = given.int("chat_id")?.ok_or_else(|| Refusal::new(400, "chat_id is empty"))?;
    if chat > 0 {
        let key = ChatKey::private(bot, chat);
        if !world.chats.contains_key(&key) {
            // Whoever never started the bot is unknown to it, unless they met in a group.
            let met = world
                .chats
                .iter()
                .any(|(key, known)| key.bot == 0 && known.rights(chat).is_present() && known.rights(bot).is_present());
            if met {
                return Err(Refusal::new(403, "bot can't initiate conversation with a user"));
            }
            return Err(Refusal::new(400, "chat not found"));
        }
        if !world.bots[&bot].reachable.contains(&chat) {
            return Err(Refusal::new(403, "bot was blocked by the user"));
        }
        return Ok(key);
    }
    let key = ChatKey::public(chat);
    let known = world.chats.get(&key).ok_or_else(|| Refusal::new(400, "chat not found"))?;
    if let Some(new) = known.migrated_to {
        return Err(Refusal::migrated(new));
    }
    match known.rights(bot) {
        Rights::Kicked => Err(Refusal::new(403, format!("bot was kicked from the {} chat", known.kind.name()))),
        Rights::Left if known.members.contains_key(&bot) => {
            Err(Refusal::new(403, format!("bot is not a member of the {} chat", known.kind.name())))
        }
        Rights::Left => Err(Refusal::new(400, "chat not found")),
        Rights::Restricted => Err(Refusal::new(400, "not enough rights to send text messages to the chat")),
        Rights::Member if known.kind == ChatKind::Channel => {
            Err(Refusal::new(400, "need administrator rights in the channel chat"))
        }
        Rights::Creator | Rights::Administrator | Rights::Member => Ok(key),
    }
}

pub(super) fn within_limits(world: &mut World, key: ChatKey) -> Result<(), Refusal> {
    let now = world.now;
    match world.flood.note(key.chat, now) {
        Some(seconds) => Err(Refusal::too_many(seconds)),
        None => Ok(()),
    }
}

/// Text as it will be seen: without its markup, with the entities that Telegram finds by itself, trimmed.
pub(super) fn parsed(text: &str, parse_mode: &str, entities: Option<Vec<Value>>) -> Result<Formatted, Refusal> {
    let mut formatted = match parse_mode.to_lowercase().as_str() {
        "" => html::trimmed(Formatted { text: text.to_owned(), entities: entities.unwrap_or_default() }),
        "html" => html::parse(text).map_err(|why| Refusal::new(400, format!("can't parse entities: {why}")))?,
        "markdown" => markdown::parse(text, false).map_err(|why| Refusal::new(400, format!("can't parse entities: {why}")))?,
        "markdownv2" => markdown::parse(text, true).map_err(|why| Refusal::new(400, format!("can't parse entities: {why}")))?,
        _ => return Err(Refusal::new(400, "unsupported parse_mode")),
    };
    autolink::add(&mut formatted);
    Ok(formatted)
}

fn given_text(given: &Parameters, field: &str, entities: &str) -> Result<Formatted, Refusal> {
    let text = given.text(field).unwrap_or_default();
    parsed(&text, &given.text("parse_mode").unwrap_or_default(), given.object(entities)?)
}

/// A message's text; `too_long` is what Telegram says of one that is.
fn message_text(given: &Parameters, too_long: &str) -> Result<Formatted, Refusal> {
    let text = given_text(given, "text", "entities")?;
    if text.text.is_empty() {
        return Err(Refusal::new(400, "message text is empty"));
    }
    if html::units(&text.text) > LONGEST_TEXT {
        return Err(Refusal::new(400, too_long));
    }
    Ok(text)
}

pub(super) fn caption(given: &Parameters) -> Result<Formatted, Refusal> {
    let caption = given_text(given, "caption", "caption_entities")?;
    check_caption(&caption)?;
    Ok(caption)
}

pub(super) fn check_caption(caption: &Formatted) -> Result<(), Refusal> {
    if html::units(&caption.text) > LONGEST_CAPTION {
        return Err(Refusal::new(400, "message caption is too long"));
    }
    Ok(())
}

/// The keyboard under a message, checked.
pub(super) fn markup(given: &Parameters) -> Result<Option<Value>, Refusal> {
    let Some(markup) = given.object::<Value>("reply_markup")? else { return Ok(None) };
    let Some(rows) = markup.get("inline_keyboard") else { return Ok(Some(markup)) };
    let rows = rows
        .as_array()
        .ok_or_else(|| Refusal::new(400, "field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array"))?;
    let mut buttons = 0;
    for button in rows.iter().filter_map(Value::as_array).flatten() {
        buttons += 1;
        if button["text"].as_str().is_none_or(|label| label.trim().is_empty()) {
            return Err(Refusal::new(
                400,
                "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
            ));
        }
        if let Some(data) = button.get("callback_data") {
            if !data.as_str().is_some_and(|data| (1..=64).contains(&data.len())) {
                return Err(Refusal::new(400, "BUTTON_DATA_INVALID"));
            }
        } else if button.get("url").is_none() {
            return Err(Refusal::new(
                400,
                "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
            ));
        } else if button["url"].as_str().is_none_or(|url| !url.contains("://") && !url.starts_with("tg:")) {
            return Err(Refusal::new(400, "BUTTON_URL_INVALID"));
        }
    }
    if buttons > 100 {
        return Err(Refusal::new(400, "reply markup is too long"));
    }
    Ok(Some(markup))
}

/// The fields that every sent message has.
pub(super) fn envelope(world: &World, bot: i64, key: ChatKey, given: &Parameters) -> Result<Value, Refusal> {
    let mut value = json!({ "from": world.bots[&bot].value() });
    if let Some(topic) = given.int("message_thread_id")? {
        match world.chat(key).topic(topic, bot) {
            Topic::Open => {}
            Topic::Closed => return Err(Refusal::new(400, "TOPIC_CLOSED")),
            Topic::Unknown => return Err(Refusal::new(400, "message thread not found")),
        }
        value["message_thread_id"] = json!(topic);
        value["is_topic_message"] = json!(true);
    }
    if let Some(reply) = given.object::<Value>("reply_parameters")? {
        let message = reply["message_id"].as_i64().unwrap_or(0);
        match world.chat(key).messages.get(&message) {
            Some(replied) => value["reply_to_message"] = replied.value.clone(),
            None if reply["allow_sending_without_reply"] == json!(true) => {}
            None => return Err(Refusal::new(400, "message to be replied not found")),
        }
    }
    Ok(value)
}

pub(super) fn message(world: &mut World, bot: i64, given: &Parameters) -> Result<Value, Refusal> {
    let key = target(world, bot, given)?;
    let text = message_text(given, "message is too long")?;
    let markup = markup(given)?;
    let mut value = envelope(world, bot, key, given)?;
    within_limits(world, key)?;
    put_text(&mut value, "text", "entities", text);
    let html = given.text("text").unwrap_or_default();
    Ok(finish(world, bot, key, Outgoing { value, markup, html, file: None }))
}

/// A message that is ready to be stored.
pub(super) struct Outgoing {
    pub(super) value: Value,
    pub(super) markup: Option<Value>,
    /// Text or caption as the bot wrote it.
    pub(super) html: String,
    pub(super) file: Option<String>,
}

/// Stores a message and shows it to whoever reads there: what the bot is answered.
pub(super) fn finish(world: &mut World, bot: i64, key: ChatKey, outgoing: Outgoing) -> Value {
    let Outgoing { mut value, markup, html, file } = outgoing;
    if let Some(markup) = markup {
        value["reply_markup"] = markup;
    }
    let id = world.store(key, &mut value, Some(bot), None);
    let stored = world.chat_mut(key).messages.get_mut(&id).expect("it was just stored");
    stored.html = html;
    stored.file = file;
    world.note_outgoing(key, id, OutgoingKind::Sent);
    shown_to_bots(value)
}

/// Bots get inline keyboards back, and no other.
fn shown_to_bots(mut value: Value) -> Value {
    if value["reply_markup"].get("inline_keyboard").is_none()
        && let Some(fields) = value.as_object_mut()
    {
        fields.remove("reply_markup");
    }
    value
}

/// The bot's own message that a call names.
pub(super) fn own_message(world: &World, bot: i64, given: &Parameters) -> Result<(ChatKey, i64), Refusal> {
    let key = target(world, bot, given)?;
    let message = given.int("message_id")?.unwrap_or(0);
    match world.chat(key).messages.get(&message) {
        Some(known) if known.by_bot == Some(bot) => Ok((key, message)),
        Some(_) => Err(Refusal::new(400, "message can't be edited")),
        None => Err(Refusal::new(400, "message to edit not found")),
    }
}

pub(super) fn change(
    world: &mut World,
    key: ChatKey,
    message: i64,
    html: Option<String>,
    change: impl FnOnce(&mut Value),
) -> Result<Value, Refusal> {
    let now = world.now;
    let known = world.chat_mut(key).messages.get_mut(&message).expect("it was just found");
    let before = known.value.clone();
    change(&mut known.value);
    let is_same_markup = html.as_ref().is_none_or(|html| *html == known.html);
    if known.value == before && is_same_markup {
        let words = "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";
        return Err(Refusal::new(400, words));
    }
    known.value["edit_date"] = json!(now / 1000);
    if let Some(html) = html {
        known.html = html;
    }
    let value = known.value.clone();
    world.note_outgoing(key, message, OutgoingKind::Edited);
    Ok(shown_to_bots(value))
}

/// Text or caption with its entities, in place of what was there.
pub(super) fn put_text(value: &mut Value, text: &str, entities: &str, formatted: Formatted) {
    if let Some(fields) = value.as_object_mut() {
        fields.remove(text);
        fields.remove(entities);
    }
    if !formatted.text.is_empty() {
        value[text] = json!(formatted.text);
    }
    if !formatted.entities.is_empty() {
        value[entities] = json!(formatted.entities);
    }
}

pub(super) fn put_markup(value: &mut Value, markup: Option<Value>) {
    match (markup, value.as_object_mut()) {
        (Some(markup), _) => value["reply_markup"] = markup,
        (None, Some(fields)) => drop(fields.remove("reply_markup")),
        (None, None) => {}
    }
}

pub(super) fn edit_text(world: &mut World, bot: i64, given: &Parameters) -> Result<Value, Refusal> {
    let (key, message) = own_message(world, bot, given)?;
    let text = message_text(given, "MESSAGE_TOO_LONG")?;
    let markup = markup(given)?;
    if world.chat(key).messages[&message].value.get("text").is_none() {
        return Err(Refusal::new(400, "there is no text in the message to edit"));
    }
    within_limits(world, key)?;
    change(world, key, message, given.text("text"), |value| {
        put_text(value, "text", "entities", text);
        put_markup(value, markup);
    })
}

pub(super) fn edit_caption(world: &mut World, bot: i64, given: &Parameters) -> Result<Value, Refusal> {
    let (key, message) = own_message(world, bot, given)?;
    let caption = caption(given)?;
    let markup = markup(given)?;
    within_limits(world, key)?;
    change(world, key, message, given.text("caption"), |value| {
        put_text(value, "caption", "caption_entities", caption);
        put_markup(value, markup);
    })
}

pub(super) fn edit_markup(world: &mut World, bot: i64, given: &Parameters) -> Result<Value, Refusal> {
    let (key, message) = own_message(world, bot, given)?;
    let markup = markup(given)?;
    within_limits(world, key)?;
    change(world, key, message, None, |value| put_markup(value, markup))
}

pub(super) fn delete(world: &mut World, bot: i64, given: &Parameters) -> Result<Value, Refusal> {
    let key = target(world, bot, given)?;
    let message = given.int("message_id")?.unwrap_or(0);
    world.version += 1;
    match world.chat_mut(key).messages.remove(&message) {
        Some(_) => Ok(json!(true)),
        None => Err(Refusal::new(400, "message to delete not found")),
    }
}
