//! People.

use grammers_tl_types::{enums, functions};

use crate::mtproto::{RpcError, invoke::Context, peers};

pub(super) fn get_users(context: &mut Context<'_>, request: functions::users::GetUsers) -> Result<Vec<enums::User>, RpcError> {
    let viewer = context.user()?;
    let named = request.id.iter().filter_map(|id| peers::named_user(viewer, id));
    Ok(named.filter_map(|id| peers::user(context.world, viewer, id)).collect())
}
