//! What somebody does: each action is one change of the model.

use base64::Engine;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    content::Content,
    model::{
        ChatKey, Speaker, World,
        chat::{Chat, ChatKind, Rights},
    },
};

/// An action as JSON: `{"do": "say", "user": 1001, "bot": 0, "chat": -100…, "text": "hello"}`. `bot` is 0 for groups and
/// channels; in a private chat it is the bot, and `chat` is the person.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Action {
    /// Writes. `speaker`: `self`, `anonymous`, or a channel's number.
    Say { user: i64, bot: i64, chat: i64, text: String, speaker: Option<String>, reply_to: Option<i64> },
    /// Sends something of a kind, e.g. `photo`; `album` is three photos.
    Send { user: i64, bot: i64, chat: i64, kind: String, caption: Option<String>, speaker: Option<String> },
    /// Changes a message.
    Edit { bot: i64, chat: i64, message: i64, text: String },
    /// Forwards a message.
    Forward { user: i64, from_bot: i64, from_chat: i64, message: i64, bot: i64, chat: i64 },
    /// Presses an inline button.
    Press { user: i64, bot: i64, chat: i64, message: i64, data: String },
    /// Adds, promotes, demotes, removes: `member`, `administrator`, `left`, `kicked`.
    Place { by: i64, who: i64, chat: i64, rights: String },
    /// Makes a supergroup of a group.
    Migrate { by: i64, chat: i64 },
    /// Gives a chat another title.
    Rename { by: i64, chat: i64, title: String },
    /// Answers a button that asks for people.
    ShareUsers { user: i64, bot: i64, request_id: i64, chosen: Vec<i64> },
    /// Answers a button that asks for the own contact.
    ShareContact { user: i64, bot: i64 },
    /// Blocks or unblocks a bot.
    Block { user: i64, bot: i64, blocked: bool },
    /// Moves the clock.
    Advance { seconds: i64 },
    /// A new person.
    AddUser { name: String, lang: Option<String> },
    /// A new basic group.
    AddGroup { title: String, members: Vec<i64> },
    /// Begins a voice chat in a group.
    StartCall { by: i64, chat: i64 },
    /// Ends it for everybody.
    EndCall { by: i64, chat: i64 },
    /// Does something in it; `user` is a person's number, or a channel's for whoever joins as one.
    InCall { user: i64, chat: i64, what: InCall },
    /// Scans a QR code: the token in it, as in its link.
    Scan { user: i64, token: String },
    /// Privacy mode of a bot.
    Privacy { bot: i64, on: bool },
}

/// What somebody does in a voice chat.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum InCall {
    /// Also anew.
    Join,
    Leave,
    Mute,
    Unmute,
    Speak,
    /// Switches the camera on.
    Show,
    /// Switches it off.
    Hide,
    /// Falls off the network.
    Lose,
}

/// What came of it.
pub(super) enum Done {
    Now(Value),
    /// The answer to the press is still to come.
    Pressed {
        bot: i64,
        query: String,
    },
}

pub(super) fn perform(world: &mut World, action: Action) -> Result<Done, String> {
    world.version += 1;
    let message = |id: i64| Ok(Done::Now(json!({ "message": id })));
    match action {
        Action::Say { user, bot, chat, text, speaker, reply_to } => {
            let mut content = Content::text(&text);
            let key = ChatKey { bot, chat };
            if let Some(replied) = reply_to.and_then(|id| world.chats.get(&key)?.messages.get(&id)) {
                content = content.with("reply_to_message", replied.value.clone());
            }
            message(post(world, user, key, speaker.as_deref(), content)?)
        }
        Action::Send { user, bot, chat, kind, caption, speaker } => {
            let album = kind == "album";
            let content = Content::of_kind(if album { "photo" } else { &kind }).ok_or(format!("no kind {kind:?}"))?;
            let content = if album { content.in_album(&format!("album-{}", world.take_id())) } else { content };
            for _ in 0..if album { 2 } else { 0 } {
                post(world, user, ChatKey { bot, chat }, speaker.as_deref(), content.clone())?;
            }
            let content = match caption {
                Some(caption) if !caption.is_empty() => content.captioned(&caption),
                Some(_) | None => content,
            };
            message(post(world, user, ChatKey { bot, chat }, speaker.as_deref(), content)?)
        }
        Action::Edit { bot, chat, message, text } => {
            world.edit(ChatKey { bot, chat }, message, &text);
            Ok(Done::Now(json!({})))
        }
        Action::Forward { user, from_bot, from_chat, message: id, bot, chat } => {
            let content = world.forwarded(ChatKey { bot: from_bot, chat: from_chat }, id).ok_or("there is no such message")?;
            message(post(world, user, ChatKey { bot, chat }, None, content)?)
        }
        Action::Press { user, bot, chat, message, data } => {
            let key = ChatKey { bot, chat };
            let chat = world.chats.get(&key).ok_or("there is no such chat")?;
            let by = chat.messages.get(&message).and_then(|message| message.by_bot).ok_or("no bot sent this message")?;
            let query = world.press(by, user, key, message, &data);
            Ok(Done::Pressed { bot: by, query })
        }
        Action::Place { by, who, chat, rights } => {
            let rights = Rights::named(&rights).ok_or(format!("no rights {rights:?}"))?;
            known_chat(world, chat)?;
            world.set_rights(chat, who, by, rights);
            Ok(Done::Now(json!({})))
        }
        Action::Migrate { by, chat } => {
            if known_chat(world, chat)?.kind != ChatKind::Group {
                return Err("Only a basic group becomes a supergroup".into());
            }
            Ok(Done::Now(json!({ "chat": world.migrate(chat, by, false) })))
        }
        Action::Rename { by, chat, title } => {
            known_chat(world, chat)?;
            world.rename(chat, by, &title);
            Ok(Done::Now(json!({})))
        }
        Action::ShareUsers { user, bot, request_id, chosen } => {
            let users: Vec<Value> = chosen
                .iter()
                .filter_map(|id| world.users.get(id))
                .map(|chosen| json!({ "user_id": chosen.id, "first_name": chosen.first_name }))
                .collect();
            let content = Content::raw(json!({ "users_shared": { "request_id": request_id, "users": users } }));
            message(post(world, user, ChatKey::private(bot, user), None, content)?)
        }
        Action::ShareContact { user, bot } => {
            let name = world.users.get(&user).ok_or("there is no such person")?.first_name.clone();
            let content = Content::contact(&name, Some(user));
            message(post(world, user, ChatKey::private(bot, user), None, content)?)
        }
        Action::Block { user, bot, blocked } => {
            world.set_reachable(bot, user, !blocked);
            Ok(Done::Now(json!({})))
        }
        Action::Advance { .. } => Ok(Done::Now(json!({}))),
        Action::AddUser { name, lang } => {
            let id = 1_000 + world.take_id();
            world.add_user(id, &name, lang.as_deref().unwrap_or("en"));
            Ok(Done::Now(json!({ "user": id })))
        }
        Action::AddGroup { title, members } => {
            let id = -10_000 - world.take_id();
            let mut chat = Chat::new(id, ChatKind::Group, &title);
            chat.members = members.into_iter().map(|id| (id, Rights::Member)).collect();
            world.chats.insert(ChatKey::public(id), chat);
            Ok(Done::Now(json!({ "chat": id })))
        }
        Action::StartCall { by, chat } => {
            known_chat(world, chat)?;
            Ok(Done::Now(json!({ "call": world.start_call(chat, by) })))
        }
        Action::EndCall { by, chat } => {
            let call = known_call(world, chat)?;
            world.end_call(call, by);
            Ok(Done::Now(json!({})))
        }
        Action::InCall { user, chat, what } => {
            let call = known_call(world, chat)?;
            in_call(world, call, user, what)?;
            Ok(Done::Now(json!({})))
        }
        Action::Scan { user, token } => {
            let token = token.rsplit('=').next().unwrap_or_default();
            let token = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token).map_err(|_| "this is no token")?;
            world.accept_token(user, &token).map_err(str::to_owned)?;
            Ok(Done::Now(json!({})))
        }
        Action::Privacy { bot, on } => {
            world.bots.get_mut(&bot).ok_or("there is no such bot")?.privacy = on;
            Ok(Done::Now(json!({})))
        }
    }
}

fn known_chat(world: &World, chat: i64) -> Result<&Chat, String> {
    world.chats.get(&ChatKey::public(chat)).ok_or_else(|| "there is no such chat".to_owned())
}

fn known_call(world: &World, chat: i64) -> Result<i64, String> {
    known_chat(world, chat)?.voice.ok_or_else(|| "there is no voice chat".to_owned())
}

fn in_call(world: &mut World, call: i64, user: i64, what: InCall) -> Result<(), String> {
    let exists = world.users.contains_key(&user) || world.chats.contains_key(&ChatKey::public(user));
    let is_there = world.voice[&call].participants.contains_key(&user);
    if !exists || (!is_there && !matches!(what, InCall::Join)) {
        return Err("they are not in the voice chat".to_owned());
    }
    match what {
        InCall::Join => world.join_call(call, user),
        InCall::Leave => world.leave_call(call, user),
        InCall::Mute => world.change_participant(call, user, |one| one.muted = true),
        InCall::Unmute => world.change_participant(call, user, |one| one.muted = false),
        InCall::Speak => world.speak_in_call(call, user),
        InCall::Show => world.change_participant(call, user, |one| one.video = true),
        InCall::Hide => world.change_participant(call, user, |one| one.video = false),
        InCall::Lose => world.lose_participant(call, user),
    }
    Ok(())
}

/// Posts as Telegram's apps would allow it.
fn post(world: &mut World, user: i64, key: ChatKey, speaker: Option<&str>, content: Content) -> Result<i64, String> {
    let person = world.users.get(&user).ok_or("there is no such person")?;
    if key.bot != 0 {
        if !world.bots.contains_key(&key.bot) {
            return Err("there is no such bot".into());
        }
        return Ok(world.post_private(key.bot, user, content));
    }
    let chat = known_chat(world, key.chat)?;
    if chat.migrated_to.is_some() {
        return Err(format!("{} has become a supergroup: write there", chat.title));
    }
    let rights = chat.rights(user);
    if !rights.is_present() {
        return Err(format!("{} is not in {}", person.first_name, chat.title));
    }
    let speaker = match speaker {
        None | Some("self") => Speaker::User(user),
        Some("anonymous") if rights.is_administrator() => Speaker::Anonymous { admin: user, signature: None },
        Some("anonymous") => return Err("Only administrators write anonymously".into()),
        Some(channel) => Speaker::Channel(channel.parse().map_err(|_| format!("no channel {channel:?}"))?),
    };
    Ok(world.post(key.chat, &speaker, content, None))
}
