//! What happened, as updates for an account.

use grammers_tl_types::{Serializable, enums, types};

use super::{
    calls, messages,
    peers::{self, Cast},
};
use crate::model::{ChatKey, World, chat::ChatKind, news::News};

/// For whom news are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader {
    pub(super) key: i64,
    pub(super) session: i64,
    /// Who is logged in with the key.
    pub(super) user: Option<i64>,
}

/// The updates for this reader, serialised; `None` if it is none of their business.
pub(super) fn updates(world: &World, reader: Reader, news: &News) -> Option<Vec<u8>> {
    if let News::Token { key } = news {
        let update = types::UpdateShort { update: enums::Update::LoginToken, date: date(world) };
        return (*key == reader.key).then(|| enums::Updates::UpdateShort(update).to_bytes());
    }
    let viewer = reader.user?;
    let mut cast = Cast::default();
    let update = update(world, viewer, reader, news, &mut cast)?;
    Some(envelope(world, viewer, vec![update], &cast).to_bytes())
}

/// Updates with everybody whom they name.
pub(super) fn envelope(world: &World, viewer: i64, updates: Vec<enums::Update>, cast: &Cast) -> enums::Updates {
    let (users, chats) = (cast.users(world, viewer), cast.chats(world, viewer));
    types::Updates { updates, users, chats, date: date(world), seq: 0 }.into()
}

fn date(world: &World) -> i32 {
    (world.now / 1000) as i32
}

fn update(world: &World, viewer: i64, reader: Reader, news: &News, cast: &mut Cast) -> Option<enums::Update> {
    let is_member = |chat: i64| world.chats.get(&ChatKey::public(chat)).is_some_and(|chat| chat.rights(viewer).is_present());
    match news {
        News::Message { key, message, edited, pts, by } => {
            let is_theirs = if key.bot == 0 { is_member(key.chat) } else { key.chat == viewer };
            if !is_theirs || *by == Some((reader.key, reader.session)) {
                return None;
            }
            message_update(world, viewer, *key, *message, *edited, *pts, cast)
        }
        News::Call { call } => {
            let call = world.voice.get(call).filter(|call| is_member(call.chat))?;
            cast.add(call.chat);
            let (peer, call) = (Some(peers::peer(call.chat)), calls::group_call(call));
            Some(types::UpdateGroupCall { live_story: false, peer, call }.into())
        }
        News::Participant { call, version, change } => {
            let known = world.voice.get(call).filter(|call| is_member(call.chat))?;
            if known.discreet && !known.participants.contains_key(&viewer) {
                return None;
            }
            cast.add(change.participant.peer);
            let participants = vec![calls::changed(viewer, change)];
            Some(types::UpdateGroupCallParticipants { call: calls::input(known.id), participants, version: *version }.into())
        }
        News::Chat { chat, to } => {
            if to.map_or(!is_member(*chat), |to| to != viewer) {
                return None;
            }
            cast.add(*chat);
            Some(match world.chats[&ChatKey::public(*chat)].kind {
                ChatKind::Supergroup | ChatKind::Channel => types::UpdateChannel { channel_id: peers::channel_id(*chat) }.into(),
                ChatKind::Group | ChatKind::Private => types::UpdateChat { chat_id: -chat }.into(),
            })
        }
        News::Token { .. } => None,
    }
}

/// A new or changed message with its place in the order of things.
pub(super) fn message_update(
    world: &World,
    viewer: i64,
    key: ChatKey,
    id: i64,
    edited: bool,
    pts: i32,
    cast: &mut Cast,
) -> Option<enums::Update> {
    let message = messages::message(world, viewer, key, id, cast)?;
    let pts_count = 1;
    let is_channel = matches!(world.chats.get(&key)?.kind, ChatKind::Supergroup | ChatKind::Channel);
    // In private chats and basic groups each account counts for itself.
    let pts = if is_channel { pts } else { account_pts(world, viewer, key, id, edited) };
    Some(match (is_channel, edited) {
        (true, false) => types::UpdateNewChannelMessage { message, pts, pts_count }.into(),
        (true, true) => types::UpdateEditChannelMessage { message, pts, pts_count }.into(),
        (false, false) => types::UpdateNewMessage { message, pts, pts_count }.into(),
        (false, true) => types::UpdateEditMessage { message, pts, pts_count }.into(),
    })
}

fn account_pts(world: &World, viewer: i64, key: ChatKey, id: i64, edited: bool) -> i32 {
    let log = world.accounts.log_of(viewer);
    let place = log.iter().rposition(|entry| *entry == (key, id, edited)).unwrap_or(log.len());
    2 + place as i32
}
