//! Groups and channels: the list of chats, what is known of each, names.

use grammers_tl_types::{enums, functions as f, types};

use crate::{
    model::{
        ChatKey,
        chat::{Chat, ChatKind, Rights},
    },
    mtproto::{
        RpcError, calls,
        invoke::Context,
        least, messages,
        peers::{self, Cast},
    },
};

/// Chats on a page of the list, at most.
const LARGEST_PAGE: i32 = 100;

fn no_settings() -> enums::PeerNotifySettings {
    least!(types::PeerNotifySettings; 0i32).into()
}

/// The caller's chats, the newest message first.
pub(super) fn get_dialogs(
    context: &mut Context<'_>,
    request: f::messages::GetDialogs,
) -> Result<enums::messages::Dialogs, RpcError> {
    let viewer = context.user()?;
    let world = &*context.world;
    let is_theirs = |(key, chat): &(&ChatKey, &Chat)| match key.bot {
        0 => chat.rights(viewer).is_present() && chat.migrated_to.is_none(),
        _ => key.chat == viewer,
    };
    let newest =
        |chat: &Chat| chat.messages.iter().next_back().map_or((0, 0), |(id, m)| (m.value["date"].as_i64().unwrap_or(0), *id));
    let mut all: Vec<(&ChatKey, &Chat)> = world.chats.iter().filter(is_theirs).collect();
    all.sort_by_key(|(key, chat)| (std::cmp::Reverse(newest(chat)), key.chat));
    // Nothing is ever archived.
    if request.folder_id.is_some_and(|folder| folder != 0) {
        all.clear();
    }
    let total = all.len() as i32;
    let last = peers::named_chat(world, viewer, &request.offset_peer).ok();
    let is_next_page = last.is_some() || request.offset_date > 0;
    match last.and_then(|last| all.iter().position(|(key, _)| **key == last)) {
        Some(last) => drop(all.drain(..=last)),
        None if request.offset_date > 0 => all.retain(|(_, chat)| newest(chat).0 < i64::from(request.offset_date)),
        None => {}
    }
    let limit = request.limit.clamp(1, LARGEST_PAGE) as usize;
    let is_slice = all.len() > limit || is_next_page;
    all.truncate(limit);
    let mut cast = Cast::default();
    let mut shown = Vec::new();
    let mut dialogs = Vec::new();
    for (key, chat) in all {
        cast.add(if key.bot == 0 { key.chat } else { key.bot });
        let top = newest(chat).1;
        shown.extend(messages::message(world, viewer, *key, top, &mut cast));
        let mut dialog =
            least!(types::Dialog; 0i32, peers::place(*key), top as i32, 0i32, 0i32, 0i32, 0i32, 0i32, 0i32, no_settings());
        dialog.pts = matches!(chat.kind, ChatKind::Supergroup | ChatKind::Channel).then_some(1 + chat.log.len() as i32);
        dialogs.push(dialog.into());
    }
    let (users, chats) = (cast.users(world, viewer), cast.chats(world, viewer));
    Ok(if is_slice {
        types::messages::DialogsSlice { count: total, dialogs, messages: shown, chats, users }.into()
    } else {
        types::messages::Dialogs { dialogs, messages: shown, chats, users }.into()
    })
}

pub(super) fn get_channels(
    context: &mut Context<'_>,
    request: f::channels::GetChannels,
) -> Result<enums::messages::Chats, RpcError> {
    let viewer = context.user()?;
    let ids = request.id.iter().map(|named| peers::named_channel(context.world, viewer, named));
    let ids = ids.collect::<Result<Vec<i64>, RpcError>>()?;
    let chats = ids.into_iter().filter_map(|id| peers::chat(context.world, viewer, id)).collect();
    Ok(types::messages::Chats { chats }.into())
}

pub(super) fn get_chats(context: &mut Context<'_>, request: f::messages::GetChats) -> Result<enums::messages::Chats, RpcError> {
    let viewer = context.user()?;
    for id in &request.id {
        peers::basic_group(context.world, viewer, *id)?;
    }
    let chats = request.id.iter().filter_map(|id| peers::chat(context.world, viewer, -id)).collect();
    Ok(types::messages::Chats { chats }.into())
}

pub(super) fn get_full_channel(
    context: &mut Context<'_>,
    request: f::channels::GetFullChannel,
) -> Result<enums::messages::ChatFull, RpcError> {
    let viewer = context.user()?;
    let id = peers::named_channel(context.world, viewer, &request.channel)?;
    let chat = context.world.chat(ChatKey::public(id));
    let photo: enums::Photo = types::PhotoEmpty { id: 0 }.into();
    let mut full = least!(types::ChannelFull; 0i32, 0i32, peers::channel_id(id), String::new(), 0i32, 0i32, 0i32,
        photo, no_settings(), Vec::<enums::BotInfo>::new(), 1 + chat.log.len() as i32);
    full.participants_count = Some(chat.count() as i32);
    full.about.clone_from(&chat.about);
    full.linked_chat_id = chat.discussion.map(peers::channel_id);
    full.migrated_from_chat_id = chat.migrated_from.map(|old| -old);
    full.migrated_from_max_id = chat.migrated_from.map(|old| context.world.chat(ChatKey::public(old)).next_message as i32 - 1);
    full.call = chat.voice.map(calls::input);
    let linked = chat.discussion;
    Ok(full_answer(context, viewer, &[Some(id), linked], full.into()))
}

pub(super) fn get_full_chat(
    context: &mut Context<'_>,
    request: f::messages::GetFullChat,
) -> Result<enums::messages::ChatFull, RpcError> {
    let viewer = context.user()?;
    let chat = peers::basic_group(context.world, viewer, request.chat_id)?;
    let list: Vec<enums::ChatParticipant> = chat.members.iter().filter_map(|(id, rights)| member(*id, *rights)).collect();
    let members: enums::ChatParticipants =
        types::ChatParticipants { chat_id: request.chat_id, participants: list, version: 1 }.into();
    let mut full = least!(types::ChatFull; 0i32, request.chat_id, String::new(), members, no_settings());
    full.call = chat.voice.map(calls::input);
    Ok(full_answer(context, viewer, &[Some(-request.chat_id)], full.into()))
}

fn full_answer(context: &Context<'_>, viewer: i64, ids: &[Option<i64>], full_chat: enums::ChatFull) -> enums::messages::ChatFull {
    let mut cast = Cast::default();
    ids.iter().flatten().for_each(|id| cast.add(*id));
    let (users, chats) = (cast.users(context.world, viewer), cast.chats(context.world, viewer));
    types::messages::ChatFull { full_chat, chats, users }.into()
}

fn member(user_id: i64, rights: Rights) -> Option<enums::ChatParticipant> {
    Some(match rights {
        Rights::Creator => types::ChatParticipantCreator { user_id, rank: None }.into(),
        Rights::Administrator => types::ChatParticipantAdmin { user_id, inviter_id: user_id, date: 0, rank: None }.into(),
        Rights::Member | Rights::Restricted => {
            types::ChatParticipant { user_id, inviter_id: user_id, date: 0, rank: None }.into()
        }
        Rights::Left | Rights::Kicked => return None,
    })
}

pub(super) fn resolve_username(
    context: &mut Context<'_>,
    request: f::contacts::ResolveUsername,
) -> Result<enums::contacts::ResolvedPeer, RpcError> {
    let viewer = context.user()?;
    let name = request.username.trim_start_matches('@').to_lowercase();
    if name.len() < 4 || !name.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_') {
        return Err(RpcError::bad("USERNAME_INVALID"));
    }
    let is_it = |username: Option<&str>| username.is_some_and(|username| username.to_lowercase() == name);
    let world = &*context.world;
    let person = world.users.values().find(|user| is_it(user.username.as_deref())).map(|user| user.id);
    let bot = || world.bots.values().find(|bot| is_it(Some(&bot.username))).map(|bot| bot.id);
    let chat = || world.chats.values().find(|chat| is_it(chat.username.as_deref())).map(|chat| chat.id);
    let id = person.or_else(bot).or_else(chat).ok_or_else(|| RpcError::bad("USERNAME_NOT_OCCUPIED"))?;
    let mut cast = Cast::default();
    cast.add(id);
    let (users, chats) = (cast.users(world, viewer), cast.chats(world, viewer));
    Ok(types::contacts::ResolvedPeer { peer: peers::peer(id), chats, users }.into())
}
