//! The methods that are modelled: each takes its request and answers with the type that the schema says.

mod auth;
mod calls;
mod chats;
mod help;
mod messages;
mod updates;
mod upload;
mod users;

use grammers_tl_types::{self as tl, Deserializable, Identifiable, RemoteCall, Serializable, functions as f};

use super::{
    RpcError,
    invoke::{Context, note},
};

macro_rules! methods {
    ($context:ident, $id:ident, $body:ident; $($request:ty => $answer:expr,)*) => {
        match $id {
            $(<$request>::CONSTRUCTOR_ID => run_one::<$request>($context, $body, $answer),)*
            _ => Err(unknown($context, $id)),
        }
    };
}

/// Calls the method with this number: its answer, serialised.
pub(super) fn run(context: &mut Context<'_>, id: u32, body: &[u8]) -> Result<Vec<u8>, RpcError> {
    methods! { context, id, body;
        f::auth::SendCode => auth::send_code,
        f::auth::ResendCode => auth::resend_code,
        f::auth::CancelCode => auth::cancel_code,
        f::auth::SignIn => auth::sign_in,
        f::auth::CheckPassword => auth::check_password,
        f::auth::LogOut => auth::log_out,
        f::auth::ExportLoginToken => auth::export_login_token,
        f::auth::ImportLoginToken => auth::import_login_token,
        f::auth::ExportAuthorization => auth::export_authorization,
        f::auth::ImportAuthorization => auth::import_authorization,
        f::account::GetPassword => auth::get_password,
        f::help::GetConfig => help::get_config,
        f::help::GetNearestDc => help::get_nearest_dc,
        f::updates::GetState => updates::get_state,
        f::updates::GetDifference => updates::get_difference,
        f::updates::GetChannelDifference => updates::get_channel_difference,
        f::messages::GetDialogs => chats::get_dialogs,
        f::messages::GetHistory => messages::get_history,
        f::messages::GetReplies => messages::get_replies,
        f::messages::SendMessage => messages::send_message,
        f::messages::SendMedia => messages::send_media,
        f::channels::GetMessages => messages::get_channel_messages,
        f::upload::GetFile => upload::get_file,
        f::upload::SaveFilePart => upload::save_file_part,
        f::messages::GetChats => chats::get_chats,
        f::messages::GetFullChat => chats::get_full_chat,
        f::channels::GetChannels => chats::get_channels,
        f::channels::GetFullChannel => chats::get_full_channel,
        f::contacts::ResolveUsername => chats::resolve_username,
        f::phone::GetGroupCall => calls::get_group_call,
        f::phone::GetGroupParticipants => calls::get_group_participants,
        f::users::GetUsers => users::get_users,
    }
}

fn run_one<R>(
    context: &mut Context<'_>,
    body: &[u8],
    answer: impl Fn(&mut Context<'_>, R) -> Result<R::Return, RpcError>,
) -> Result<Vec<u8>, RpcError>
where
    R: RemoteCall + Identifiable + Deserializable + std::fmt::Debug,
    R::Return: Serializable,
{
    let name = tl::name_for_id(R::CONSTRUCTOR_ID);
    let request = R::from_bytes(body).map_err(|why| {
        context.world.violations.push(format!("{name}: can't be read: {why}"));
        RpcError::bad("INPUT_REQUEST_INVALID")
    })?;
    note(context, name, body.len(), &request);
    answer(context, request).map(|answer| answer.to_bytes())
}

/// What isn't modelled fails the test that caused it.
fn unknown(context: &mut Context<'_>, id: u32) -> RpcError {
    let name = tl::name_for_id(id);
    context.world.violations.push(format!("data centre: the method {name} ({id:#010x}) isn't modelled"));
    RpcError::bad(format!("INPUT_METHOD_INVALID_{id}"))
}
