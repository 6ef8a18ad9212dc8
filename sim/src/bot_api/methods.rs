//! What each method does to the model, with Telegram's own limits and words.

use serde_json::{Value, json};

use super::{Refusal, media, parameters::Parameters, relay, send};
use crate::model::{
    ChatKey, PressAnswer, Webhook, World,
    chat::{ChatKind, Rights},
    member,
};

pub(super) fn run(world: &mut World, bot: i64, method: &str, given: &Parameters) -> Result<Value, Refusal> {
    match method {
        "getMe" => Ok(get_me(world, bot)),
        "setWebhook" => set_webhook(world, bot, given),
        "deleteWebhook" => delete_webhook(world, bot, given),
        "getWebhookInfo" => Ok(webhook_info(world, bot)),
        "sendMessage" => send::message(world, bot, given),
        "forwardMessage" => relay::forward(world, bot, given),
        "copyMessage" => relay::copy(world, bot, given),
        "sendPhoto" => media::send(world, bot, given, "photo"),
        "sendDocument" => media::send(world, bot, given, "document"),
        "sendMediaGroup" => media::send_group(world, bot, given),
        "editMessageMedia" => media::edit(world, bot, given),
        "setChatMenuButton" | "getChatMenuButton" | "setMyDefaultAdministratorRights" | "getMyDefaultAdministratorRights" => {
            kept(world, bot, method, given)
        }
        "editMessageText" => send::edit_text(world, bot, given),
        "editMessageCaption" => send::edit_caption(world, bot, given),
        "editMessageReplyMarkup" => send::edit_markup(world, bot, given),
        "deleteMessage" => send::delete(world, bot, given),
        "answerCallbackQuery" => answer_press(world, bot, given),
        "sendChatAction" => {
            let action = given.text("action").unwrap_or_default();
            if !ACTIONS.contains(&action.as_str()) {
                return Err(Refusal::new(400, "wrong parameter action in request"));
            }
            // Telegram looks at the chat here, and not at the topic.
            send::target(world, bot, given).map(|_| json!(true))
        }
        "getFile" => get_file(world, given),
        "getChat" => get_chat(world, bot, given),
        "getChatMember" => get_chat_member(world, bot, given),
        "getChatMemberCount" => {
            let key = readable_chat(world, bot, given)?;
            Ok(json!(world.chat(key).count()))
        }
        "getChatAdministrators" => get_chat_administrators(world, bot, given),
        "leaveChat" => {
            let key = readable_chat(world, bot, given)?;
            world.set_rights(key.chat, bot, bot, Rights::Left);
            Ok(json!(true))
        }
        "setMyCommands" => set_my_commands(world, bot, given),
        "getMyCommands" => {
            let key = commands_key(given)?;
            Ok(bot_mut(world, bot).commands.get(&key).cloned().unwrap_or_else(|| json!([])))
        }
        "deleteMyCommands" => {
            let key = commands_key(given)?;
            bot_mut(world, bot).commands.remove(&key);
            Ok(json!(true))
        }
        "setMyName" | "setMyDescription" | "setMyShortDescription" => {
            let field = own_text_field(method);
            let key = format!("{field}/{}", given.text("language_code").unwrap_or_default());
            bot_mut(world, bot).texts.insert(key, given.text(field).unwrap_or_default());
            Ok(json!(true))
        }
        "getMyName" | "getMyDescription" | "getMyShortDescription" => {
            let field = own_text_field(method);
            let key = format!("{field}/{}", given.text("language_code").unwrap_or_default());
            Ok(json!({ field: bot_mut(world, bot).texts.get(&key).cloned().unwrap_or_default() }))
        }
        "logOut" | "close" => Ok(json!(true)),
        other => Err(Refusal::new(400, format!("simulator: {other} is listed but not served"))),
    }
}

/// Settings that are only kept and given back.
fn kept(world: &mut World, bot: i64, method: &str, given: &Parameters) -> Result<Value, Refusal> {
    let is_button = method.ends_with("MenuButton");
    let (field, key, default) = if is_button {
        let chat = given.int("chat_id")?.unwrap_or(0);
        ("menu_button", format!("menu button/{chat}"), json!({ "type": "default" }))
    } else {
        let key = format!("rights/{}", given.flag("for_channels")?);
        ("rights", key, member::no_rights())
    };
    let settings = &mut bot_mut(world, bot).settings;
    if method.starts_with("set") {
        match given.object::<Value>(field)? {
            Some(value) => settings.insert(key, value),
            None => settings.remove(&key),
        };
        return Ok(json!(true));
    }
    Ok(settings.get(&key).cloned().unwrap_or(default))
}

const ACTIONS: [&str; 11] = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

fn own_text_field(method: &str) -> &'static str {
    if method.ends_with("Name") {
        "name"
    } else if method.ends_with("ShortDescription") {
        "short_description"
    } else {
        "description"
    }
}

fn bot_mut(world: &mut World, bot: i64) -> &mut crate::model::BotData {
    world.bots.get_mut(&bot).expect("the bot was looked up")
}

fn get_me(world: &World, bot: i64) -> Value {
    let bot = &world.bots[&bot];
    let mut me = bot.value();
    me["can_join_groups"] = json!(true);
    me["can_read_all_group_messages"] = json!(!bot.privacy);
    me["supports_inline_queries"] = json!(false);
    me["can_connect_to_business"] = json!(false);
    me["has_main_web_app"] = json!(false);
    me
}

fn set_webhook(world: &mut World, bot: i64, given: &Parameters) -> Result<Value, Refusal> {
    let url = given.text("url").unwrap_or_default();
    if url.is_empty() {
        return delete_webhook(world, bot, given);
    }
    let secret = given.text("secret_token");
    if secret.as_deref().is_some_and(|secret| !is_secret(secret)) {
        return Err(Refusal::new(400, "secret token contains unallowed characters"));
    }
    let max_connections = given.int("max_connections")?.unwrap_or(40).clamp(1, 100) as usize;
    let allowed = given.object::<Vec<String>>("allowed_updates")?;
    let drop_pending = given.flag("drop_pending_updates")?;
    let bot = bot_mut(world, bot);
    bot.webhook = Some(Webhook { url, secret, max_connections, last_error: None });
    if let Some(kinds) = allowed {
        bot.queue.allow(kinds);
    }
    if drop_pending {
        bot.queue.clear();
    }
    Ok(json!(true))
}

fn is_secret(secret: &str) -> bool {
    (1..=256).contains(&secret.len()) && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn delete_webhook(world: &mut World, bot: i64, given: &Parameters) -> Result<Value, Refusal> {
    let drop_pending = given.flag("drop_pending_updates")?;
    let bot = bot_mut(world, bot);
    bot.webhook = None;
    if drop_pending {
        bot.queue.clear();
    }
    Ok(json!(true))
}

fn webhook_info(world: &World, bot: i64) -> Value {
    let bot = &world.bots[&bot];
    let mut info = json!({
        "url": bot.webhook.as_ref().map_or("", |hook| &hook.url),
        "has_custom_certificate": false,
        "pending_update_count": bot.queue.len(),
    });
    if let Some(hook) = &bot.webhook {
        info["max_connections"] = json!(hook.max_connections);
        if let Some(error) = &hook.last_error {
            info["last_error_message"] = json!(error);
            info["last_error_date"] = json!(world.now / 1000);
        }
    }
    if let Some(kinds) = bot.queue.allowed() {
        info["allowed_updates"] = json!(kinds);
    }
    info
}

/// A press waits this long for its answer.
const ANSWERABLE_MS: i64 = 15 * 60 * 1000;

fn answer_press(world: &mut World, bot: i64, given: &Parameters) -> Result<Value, Refusal> {
    let query = given.text("callback_query_id").unwrap_or_default();
    let answer = PressAnswer { text: given.text("text").unwrap_or_default(), alert: given.flag("show_alert")? };
    if answer.text.encode_utf16().count() > 200 {
        return Err(Refusal::new(400, "MESSAGE_TOO_LONG"));
    }
    let now = world.now;
    let bot = bot_mut(world, bot);
    let is_late = bot.pressed_at.get(&query).is_some_and(|at| at + ANSWERABLE_MS < now);
    match bot.open_presses.get_mut(&query).filter(|_| !is_late) {
        Some(open @ None) => *open = Some(answer),
        Some(Some(_)) | None => {
            return Err(Refusal::new(400, "query is too old and response timeout expired or query ID is invalid"));
        }
    }
    world.version += 1;
    Ok(json!(true))
}

fn get_file(world: &World, given: &Parameters) -> Result<Value, Refusal> {
    let id = given.text("file_id").unwrap_or_default();
    let file = world.files.get(&id).ok_or_else(|| Refusal::new(400, "invalid file_id"))?;
    Ok(json!({ "file_id": id, "file_unique_id": format!("u-{id}"), "file_size": file.bytes.len(), "file_path": id }))
}

/// A chat that the bot may ask about.
fn readable_chat(world: &World, bot: i64, given: &Parameters) -> Result<ChatKey, Refusal> {
    let chat = given.int("chat_id")?.ok_or_else(|| Refusal::new(400, "chat_id is empty"))?;
    if chat > 0 {
        let key = ChatKey::private(bot, chat);
        return if world.chats.contains_key(&key) { Ok(key) } else { Err(Refusal::new(400, "chat not found")) };
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
        Rights::Creator | Rights::Administrator | Rights::Member | Rights::Restricted => Ok(key),
    }
}

fn get_chat(world: &World, bot: i64, given: &Parameters) -> Result<Value, Refusal> {
    let key = readable_chat(world, bot, given)?;
    let mut value = world.chat(key).value();
    value["accent_color_id"] = json!(1);
    value["max_reaction_count"] = json!(11);
    value["accepted_gift_types"] = json!({ "unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false, "premium_subscription": false, "gifts_from_channels": false });
    Ok(value)
}

fn member_value(world: &World, key: ChatKey, user: i64) -> Value {
    let person = world.bots.get(&user).map_or_else(|| world.users[&user].value(), crate::model::BotData::value);
    world.chat(key).member(&person)
}

fn get_chat_member(world: &World, bot: i64, given: &Parameters) -> Result<Value, Refusal> {
    let key = readable_chat(world, bot, given)?;
    let user = given.int("user_id")?.unwrap_or(0);
    if !world.users.contains_key(&user) && !world.bots.contains_key(&user) {
        return Err(Refusal::new(400, "PARTICIPANT_ID_INVALID"));
    }
    Ok(member_value(world, key, user))
}

fn get_chat_administrators(world: &World, bot: i64, given: &Parameters) -> Result<Value, Refusal> {
    let key = readable_chat(world, bot, given)?;
    let chat = world.chat(key);
    if chat.kind == ChatKind::Channel && !chat.rights(bot).is_administrator() {
        return Err(Refusal::new(400, "member list is inaccessible"));
    }
    // Other bots are named to those alone who ask for them.
    let names_bots = given.flag("return_bots")?;
    let is_named = |user: i64| user == bot || names_bots || !world.bots.contains_key(&user);
    let administrators = chat.members.iter().filter(|(user, rights)| rights.is_administrator() && is_named(**user));
    Ok(administrators.map(|(user, _)| member_value(world, key, *user)).collect())
}

fn set_my_commands(world: &mut World, bot: i64, given: &Parameters) -> Result<Value, Refusal> {
    let commands: Vec<Value> =
        given.object("commands")?.ok_or_else(|| Refusal::new(400, "parameter \"commands\" is required"))?;
    if commands.len() > 100 {
        return Err(Refusal::new(400, "BOT_COMMANDS_TOO_MUCH"));
    }
    for command in &commands {
        let word = command["command"].as_str().unwrap_or("");
        let described = command["description"].as_str().unwrap_or("").chars().count();
        let is_word =
            (1..=32).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !is_word {
            return Err(Refusal::new(400, "BOT_COMMAND_INVALID"));
        }
        if !(1..=256).contains(&described) {
            return Err(Refusal::new(400, "BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    let scope: Value = given.object("scope")?.unwrap_or_else(|| json!({ "type": "default" }));
    if scope["type"] == "chat" {
        let chat = scope["chat_id"].as_i64().unwrap_or(0);
        let exists = world.chats.contains_key(&ChatKey::private(bot, chat)) || world.chats.contains_key(&ChatKey::public(chat));
        if !exists {
            return Err(Refusal::new(400, "chat not found"));
        }
    }
    let key = commands_key(given)?;
    bot_mut(world, bot).commands.insert(key, json!(commands));
    Ok(json!(true))
}

fn commands_key(given: &Parameters) -> Result<String, Refusal> {
    let scope: Value = given.object("scope")?.unwrap_or_else(|| json!({ "type": "default" }));
    let kind = scope["type"].as_str().unwrap_or("default");
    let known = [
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    ];
    if !known.contains(&kind) {
        return Err(Refusal::new(400, "can't parse BotCommandScope: Unsupported type specified"));
    }
    Ok(format!("{kind}/{}/{}", scope["chat_id"], given.text("language_code").unwrap_or_default()))
}
