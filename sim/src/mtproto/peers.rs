//! People, groups and channels of the model as an account sees them.

use std::collections::BTreeSet;

use grammers_tl_types::{enums, types};

use super::{RpcError, crypto::part, least};
use crate::model::{
    ChatKey, World,
    chat::{Chat, ChatKind, Rights},
};

/// A channel's number in the Bot API is this much below zero.
const CHANNELS: i64 = 1_000_000_000_000;

/// What an account has to show to speak of somebody: every account has its own.
pub(crate) fn access_hash(viewer: i64, id: i64) -> i64 {
    let hash = super::crypto::sha256(&[b"access", &viewer.to_le_bytes(), &id.to_le_bytes()]);
    i64::from_le_bytes(part(&hash, 0))
}

/// The number of a channel or supergroup, from the Bot API's.
pub(crate) fn channel_id(chat: i64) -> i64 {
    -chat - CHANNELS
}

/// The same backwards.
pub(crate) fn channel(id: i64) -> i64 {
    -id - CHANNELS
}

/// Somebody or some place, from the Bot API's number.
pub(crate) fn peer(id: i64) -> enums::Peer {
    if id > 0 {
        types::PeerUser { user_id: id }.into()
    } else if id > -CHANNELS {
        types::PeerChat { chat_id: -id }.into()
    } else {
        types::PeerChannel { channel_id: channel_id(id) }.into()
    }
}

/// Where a message is, for its reader.
pub(crate) fn place(key: ChatKey) -> enums::Peer {
    peer(if key.bot == 0 { key.chat } else { key.bot })
}

/// A person or bot.
pub(crate) fn user(world: &World, viewer: i64, id: i64) -> Option<enums::User> {
    let mut user = least!(types::User; 0i32, 0i32, id);
    user.access_hash = Some(access_hash(viewer, id));
    if let Some(known) = world.users.get(&id) {
        user.is_self = id == viewer;
        user.first_name = Some(known.first_name.clone());
        user.username.clone_from(&known.username);
        user.phone = (id == viewer).then(|| world.accounts.phone_of(id));
    } else {
        let known = world.bots.get(&id)?;
        user.bot = true;
        user.bot_info_version = Some(1);
        user.first_name = Some(known.username.clone());
        user.username = Some(known.username.clone());
    }
    Some(user.into())
}

/// A group or channel, from the Bot API's number.
pub(crate) fn chat(world: &World, viewer: i64, id: i64) -> Option<enums::Chat> {
    let known = world.chats.get(&ChatKey::public(id))?;
    let call = known.voice.and_then(|call| world.voice.get(&call));
    let rights = known.rights(viewer);
    let (call_active, call_not_empty) = (call.is_some(), call.is_some_and(|call| !call.participants.is_empty()));
    let photo = enums::ChatPhoto::Empty;
    let present = known.members.values().filter(|rights| rights.is_present()).count() as i32;
    match known.kind {
        ChatKind::Private => None,
        ChatKind::Group if rights == Rights::Kicked => Some(types::ChatForbidden { id: -id, title: known.title.clone() }.into()),
        ChatKind::Supergroup | ChatKind::Channel if rights == Rights::Kicked => {
            let hash = access_hash(viewer, id);
            let mut chat = least!(types::ChannelForbidden; 0i32, channel_id(id), hash, known.title.clone());
            chat.broadcast = known.kind == ChatKind::Channel;
            chat.megagroup = known.kind == ChatKind::Supergroup;
            Some(chat.into())
        }
        ChatKind::Group => {
            let mut chat = least!(types::Chat; 0i32, -id, known.title.clone(), photo, present, 0i32, 1i32);
            chat.creator = rights == Rights::Creator;
            chat.left = !rights.is_present();
            chat.admin_rights = admin_rights(rights);
            (chat.call_active, chat.call_not_empty) = (call_active, call_not_empty);
            if let Some(new) = known.migrated_to {
                chat.deactivated = true;
                chat.migrated_to = Some(input_channel(viewer, new));
            }
            Some(chat.into())
        }
        ChatKind::Supergroup | ChatKind::Channel => {
            let mut chat = least!(types::Channel; 0i32, 0i32, channel_id(id), known.title.clone(), photo, 0i32);
            chat.access_hash = Some(access_hash(viewer, id));
            chat.username.clone_from(&known.username);
            chat.creator = rights == Rights::Creator;
            chat.left = !rights.is_present();
            chat.broadcast = known.kind == ChatKind::Channel;
            chat.megagroup = known.kind == ChatKind::Supergroup;
            chat.forum = known.is_forum;
            chat.admin_rights = admin_rights(rights);
            chat.participants_count = Some(present);
            (chat.call_active, chat.call_not_empty) = (call_active, call_not_empty);
            Some(chat.into())
        }
    }
}

fn admin_rights(rights: Rights) -> Option<enums::ChatAdminRights> {
    if !rights.is_administrator() {
        return None;
    }
    let mut all = least!(types::ChatAdminRights; 0i32);
    (all.change_info, all.post_messages, all.delete_messages, all.ban_users) = (true, true, true, true);
    (all.invite_users, all.pin_messages, all.manage_call, all.other) = (true, true, true, true);
    Some(all.into())
}

pub(crate) fn input_channel(viewer: i64, id: i64) -> enums::InputChannel {
    types::InputChannel { channel_id: channel_id(id), access_hash: access_hash(viewer, id) }.into()
}

/// Whom a request means, if the access hash is right.
pub(crate) fn named_user(viewer: i64, named: &enums::InputUser) -> Option<i64> {
    match named {
        enums::InputUser::UserSelf => Some(viewer),
        enums::InputUser::User(user) if user.user_id == viewer => Some(viewer),
        enums::InputUser::User(user) => (user.access_hash == access_hash(viewer, user.user_id)).then_some(user.user_id),
        enums::InputUser::FromMessage(user) => Some(user.user_id),
        enums::InputUser::Empty => None,
    }
}

/// The channel or supergroup that a request means, as the Bot API numbers it.
pub(crate) fn named_channel(world: &World, viewer: i64, named: &enums::InputChannel) -> Result<i64, RpcError> {
    match named {
        enums::InputChannel::Channel(named) => known_channel(world, viewer, named.channel_id, Some(named.access_hash)),
        enums::InputChannel::FromMessage(named) => known_channel(world, viewer, named.channel_id, None),
        enums::InputChannel::Empty => Err(RpcError::bad("CHANNEL_INVALID")),
    }
}

fn known_channel(world: &World, viewer: i64, id: i64, hash: Option<i64>) -> Result<i64, RpcError> {
    let chat = channel(id);
    let known = world.chats.get(&ChatKey::public(chat)).filter(|_| hash.is_none_or(|hash| hash == access_hash(viewer, chat)));
    let known = known.ok_or_else(|| RpcError::bad("CHANNEL_INVALID"))?;
    if known.rights(viewer) == Rights::Kicked || (!known.rights(viewer).is_present() && known.username.is_none()) {
        return Err(RpcError::bad("CHANNEL_PRIVATE"));
    }
    Ok(chat)
}

/// The chat that a request means, from the caller's side.
pub(crate) fn named_chat(world: &World, viewer: i64, named: &enums::InputPeer) -> Result<ChatKey, RpcError> {
    let invalid = || RpcError::bad("PEER_ID_INVALID");
    match named {
        enums::InputPeer::Chat(named) => basic_group(world, viewer, named.chat_id).map(|chat| ChatKey::public(chat.id)),
        enums::InputPeer::Channel(named) => {
            known_channel(world, viewer, named.channel_id, Some(named.access_hash)).map(ChatKey::public)
        }
        enums::InputPeer::ChannelFromMessage(named) => known_channel(world, viewer, named.channel_id, None).map(ChatKey::public),
        enums::InputPeer::User(named) => {
            let is_right = named.access_hash == access_hash(viewer, named.user_id) && world.bots.contains_key(&named.user_id);
            is_right.then(|| ChatKey::private(named.user_id, viewer)).ok_or_else(invalid)
        }
        enums::InputPeer::PeerSelf | enums::InputPeer::UserFromMessage(_) | enums::InputPeer::Empty => Err(invalid()),
    }
}

/// The basic group with this number, if the caller is in it.
pub(crate) fn basic_group(world: &World, viewer: i64, id: i64) -> Result<&Chat, RpcError> {
    let known = world.chats.get(&ChatKey::public(-id)).filter(|chat| chat.kind == ChatKind::Group);
    let known = known.filter(|chat| chat.rights(viewer).is_present() || chat.members.contains_key(&viewer));
    known.ok_or_else(|| RpcError::bad("CHAT_ID_INVALID"))
}

/// Everybody and every place that an answer speaks of.
#[derive(Debug, Default)]
pub(crate) struct Cast(BTreeSet<i64>);

impl Cast {
    pub(crate) fn add(&mut self, id: i64) {
        self.0.insert(id);
    }

    pub(crate) fn users(&self, world: &World, viewer: i64) -> Vec<enums::User> {
        self.0.iter().filter(|id| **id > 0).filter_map(|id| user(world, viewer, *id)).collect()
    }

    pub(crate) fn chats(&self, world: &World, viewer: i64) -> Vec<enums::Chat> {
        self.0.iter().filter(|id| **id < 0).filter_map(|id| chat(world, viewer, *id)).collect()
    }
}
