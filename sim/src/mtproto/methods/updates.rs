//! How far a client is.

use grammers_tl_types::{enums, functions, types};

use crate::mtproto::{RpcError, invoke::Context};

pub(super) fn get_state(context: &mut Context<'_>, _: functions::updates::GetState) -> Result<enums::updates::State, RpcError> {
    context.user()?;
    Ok(types::updates::State { pts: 1, qts: 0, date: context.date(), seq: 1, unread_count: 0 }.into())
}
