//! Voice chats: the call and who is in it, page by page.

use grammers_tl_types::{enums, functions as f, types};

use crate::{
    model::{ChatKey, voice::VoiceChat},
    mtproto::{
        RpcError, calls,
        invoke::Context,
        peers::{self, Cast},
    },
};

/// Pages begin some entries before the end of the one before: people move while one reads.
const OVERLAP: usize = 2;
/// More are not given at once.
const LARGEST_PAGE: usize = 500;

/// The call that a request means, if the caller may see it.
fn named<'a>(context: &'a Context<'_>, viewer: i64, named: &enums::InputGroupCall) -> Result<&'a VoiceChat, RpcError> {
    let invalid = || RpcError::bad("GROUPCALL_INVALID");
    let enums::InputGroupCall::Call(named) = named else { return Err(invalid()) };
    let is_right = named.access_hash == calls::call_hash(named.id);
    let call = context.world.voice.get(&named.id).filter(|_| is_right).ok_or_else(invalid)?;
    let chat = context.world.chats.get(&ChatKey::public(call.chat)).ok_or_else(invalid)?;
    // The same word for a call that is over and for one that is none of the caller's business.
    if call.ended.is_some() || (!chat.rights(viewer).is_present() && chat.username.is_none()) {
        return Err(RpcError::new(403, "GROUPCALL_FORBIDDEN"));
    }
    Ok(call)
}

/// People from `start` on, and the offset of the next page.
fn page(call: &VoiceChat, viewer: i64, start: usize, limit: i32) -> (Vec<enums::GroupCallParticipant>, String, Cast) {
    let listed = call.listed();
    let limit = usize::try_from(limit).unwrap_or(0).clamp(OVERLAP + 1, LARGEST_PAGE);
    let start = start.min(listed.len());
    let end = (start + limit).min(listed.len());
    let mut cast = Cast::default();
    listed[start..end].iter().for_each(|one| cast.add(one.peer));
    let people = listed[start..end].iter().map(|one| calls::participant(viewer, one).into()).collect();
    let next = if end < listed.len() { (end - OVERLAP).to_string() } else { String::new() };
    (people, next, cast)
}

pub(super) fn get_group_call(
    context: &mut Context<'_>,
    request: f::phone::GetGroupCall,
) -> Result<enums::phone::GroupCall, RpcError> {
    let viewer = context.user()?;
    let call = named(context, viewer, &request.call)?;
    let (participants, participants_next_offset, mut cast) = page(call, viewer, 0, request.limit);
    cast.add(call.chat);
    let (users, chats) = (cast.users(context.world, viewer), cast.chats(context.world, viewer));
    Ok(types::phone::GroupCall { call: calls::group_call(call), participants, participants_next_offset, chats, users }.into())
}

pub(super) fn get_group_participants(
    context: &mut Context<'_>,
    request: f::phone::GetGroupParticipants,
) -> Result<enums::phone::GroupParticipants, RpcError> {
    let viewer = context.user()?;
    let call = named(context, viewer, &request.call)?;
    let is_asked = |one: &&crate::model::voice::Participant| {
        request.sources.contains(&one.source) || request.ids.iter().any(|id| means(viewer, id, one.peer))
    };
    let (participants, next_offset, cast) = if request.ids.is_empty() && request.sources.is_empty() {
        let start = match request.offset.as_str() {
            "" => 0,
            offset => offset.parse().map_err(|_| RpcError::bad("OFFSET_INVALID"))?,
        };
        page(call, viewer, start, request.limit)
    } else {
        let mut cast = Cast::default();
        let asked: Vec<_> = call.participants.values().filter(is_asked).collect();
        asked.iter().for_each(|one| cast.add(one.peer));
        (asked.into_iter().map(|one| calls::participant(viewer, one).into()).collect(), String::new(), cast)
    };
    let (users, chats) = (cast.users(context.world, viewer), cast.chats(context.world, viewer));
    let (count, version) = (call.participants.len() as i32, call.version);
    Ok(types::phone::GroupParticipants { count, participants, next_offset, chats, users, version }.into())
}

fn means(viewer: i64, named: &enums::InputPeer, peer: i64) -> bool {
    match named {
        enums::InputPeer::PeerSelf => peer == viewer,
        enums::InputPeer::User(named) => peer == named.user_id,
        enums::InputPeer::Channel(named) => peer == peers::channel(named.channel_id),
        enums::InputPeer::Chat(named) => peer == -named.chat_id,
        enums::InputPeer::UserFromMessage(named) => peer == named.user_id,
        enums::InputPeer::ChannelFromMessage(named) => peer == peers::channel(named.channel_id),
        enums::InputPeer::Empty => false,
    }
}
