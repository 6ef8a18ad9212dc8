//! People, groups and channels of the model as an account sees them.

use grammers_tl_types::{enums, types};

use super::{crypto::part, least};
use crate::model::World;

/// What an account has to show to speak of somebody: every account has its own.
pub(crate) fn access_hash(viewer: i64, id: i64) -> i64 {
    let hash = super::crypto::sha256(&[b"access", &viewer.to_le_bytes(), &id.to_le_bytes()]);
    i64::from_le_bytes(part(&hash, 0))
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
