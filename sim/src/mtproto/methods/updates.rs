//! How far a client is, and what it missed.

use grammers_tl_types::{enums, functions as f, types};

use crate::{
    model::ChatKey,
    mtproto::{
        RpcError,
        invoke::Context,
        messages,
        peers::{self, Cast},
        pushes,
    },
};

/// How many seconds a client may wait before it asks for a channel's news again.
const CHANNEL_TIMEOUT: i32 = 30;

fn state(context: &Context<'_>, viewer: i64) -> types::updates::State {
    let pts = 1 + context.world.accounts.log_of(viewer).len() as i32;
    types::updates::State { pts, qts: 0, date: context.date(), seq: 1, unread_count: 0 }
}

pub(super) fn get_state(context: &mut Context<'_>, _: f::updates::GetState) -> Result<enums::updates::State, RpcError> {
    let viewer = context.user()?;
    Ok(state(context, viewer).into())
}

/// What happened in private chats and basic groups. Voice chats are not made up for: clients ask for them anew.
pub(super) fn get_difference(
    context: &mut Context<'_>,
    request: f::updates::GetDifference,
) -> Result<enums::updates::Difference, RpcError> {
    let viewer = context.user()?;
    let world = &*context.world;
    let from = usize::try_from(request.pts - 1).map_err(|_| RpcError::bad("PERSISTENT_TIMESTAMP_INVALID"))?;
    let missed = world.accounts.log_of(viewer).get(from..).unwrap_or_default();
    let now = state(context, viewer);
    if missed.is_empty() {
        return Ok(types::updates::DifferenceEmpty { date: now.date, seq: now.seq }.into());
    }
    let mut cast = Cast::default();
    let (mut new_messages, mut other_updates) = (Vec::new(), Vec::new());
    for (index, (key, id, edited)) in missed.iter().enumerate() {
        if *edited {
            let pts = (from + index + 2) as i32;
            other_updates.extend(pushes::message_update(world, viewer, *key, *id, true, pts, &mut cast));
        } else {
            new_messages.extend(messages::message(world, viewer, *key, *id, &mut cast));
        }
    }
    let (users, chats) = (cast.users(world, viewer), cast.chats(world, viewer));
    let new_encrypted_messages = Vec::new();
    Ok(types::updates::Difference { new_messages, new_encrypted_messages, other_updates, chats, users, state: now.into() }.into())
}

pub(super) fn get_channel_difference(
    context: &mut Context<'_>,
    request: f::updates::GetChannelDifference,
) -> Result<enums::updates::ChannelDifference, RpcError> {
    let viewer = context.user()?;
    let world = &*context.world;
    let key = ChatKey::public(peers::named_channel(world, viewer, &request.channel)?);
    let from = usize::try_from(request.pts - 1).map_err(|_| RpcError::bad("PERSISTENT_TIMESTAMP_INVALID"))?;
    let log = &world.chat(key).log;
    let limit = request.limit.clamp(1, 100) as usize;
    let missed: Vec<(i64, bool)> = log.get(from..).unwrap_or_default().iter().take(limit).copied().collect();
    let is_final = from + missed.len() >= log.len();
    let pts = 1 + (from + missed.len()) as i32;
    let timeout = Some(CHANNEL_TIMEOUT);
    if missed.is_empty() {
        return Ok(types::updates::ChannelDifferenceEmpty { r#final: is_final, pts, timeout }.into());
    }
    let mut cast = Cast::default();
    let fresh: Vec<i64> = missed.iter().filter(|(_, edited)| !edited).map(|(id, _)| *id).collect();
    let new_messages = messages::all(world, viewer, key, &fresh, &mut cast);
    let edits = missed.iter().enumerate().filter(|(_, (_, edited))| *edited);
    let other_updates = edits
        .filter_map(|(index, (id, _))| {
            pushes::message_update(world, viewer, key, *id, true, (from + index + 2) as i32, &mut cast)
        })
        .collect();
    let (users, chats) = (cast.users(world, viewer), cast.chats(world, viewer));
    Ok(types::updates::ChannelDifference { r#final: is_final, pts, timeout, new_messages, other_updates, chats, users }.into())
}
