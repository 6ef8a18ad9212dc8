//! Messages of one chat in another: forwarded with their origin, or copied without.

use serde_json::{Value, json};

use super::{
    Refusal,
    parameters::Parameters,
    send::{self, Outgoing},
};
use crate::{
    content::Content,
    model::{ChatKey, World},
};

/// `forwardMessage`
pub(super) fn forward(world: &mut World, bot: i64, given: &Parameters) -> Result<Value, Refusal> {
    let key = send::target(world, bot, given)?;
    let (content, html) = source(world, bot, given, "message to forward not found", true)?;
    let mut value = send::envelope(world, bot, key, given)?;
    send::within_limits(world, key)?;
    put(&mut value, content);
    Ok(send::finish(world, bot, key, Outgoing { value, markup: None, html, file: None }))
}

/// `copyMessage`: the answer is the number alone.
pub(super) fn copy(world: &mut World, bot: i64, given: &Parameters) -> Result<Value, Refusal> {
    let key = send::target(world, bot, given)?;
    let (content, html) = source(world, bot, given, "message to copy not found", false)?;
    let markup = send::markup(given)?;
    let mut value = send::envelope(world, bot, key, given)?;
    send::within_limits(world, key)?;
    put(&mut value, content);
    let sent = send::finish(world, bot, key, Outgoing { value, markup, html, file: None });
    Ok(json!({ "message_id": sent["message_id"] }))
}

/// What a message of a chat that the bot is in holds.
fn source(world: &World, bot: i64, given: &Parameters, missing: &str, with_origin: bool) -> Result<(Content, String), Refusal> {
    let chat = given.int("from_chat_id")?.ok_or_else(|| Refusal::new(400, "from_chat_id is empty"))?;
    let key = if chat > 0 { ChatKey::private(bot, chat) } else { ChatKey::public(chat) };
    if !world.chats.contains_key(&key) {
        return Err(Refusal::new(400, "chat not found"));
    }
    let message = given.int("message_id")?.unwrap_or(0);
    let mut content = world.forwarded(key, message).ok_or_else(|| Refusal::new(400, missing))?;
    if !with_origin {
        content.0.remove("forward_origin");
    }
    Ok((content, world.chat(key).messages[&message].html.clone()))
}

fn put(value: &mut Value, content: Content) {
    for (name, field) in content.0 {
        value[name] = field;
    }
}
