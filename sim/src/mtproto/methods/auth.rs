//! Logging in and out: by phone and code, by password, by QR code.

use grammers_tl_types::{enums, functions as f, types};

use crate::{
    model::account::Login,
    mtproto::{RpcError, crypto, invoke::Context, least, peers, srp},
};

/// Digits of a login code.
const CODE_LENGTH: i32 = 5;

pub(super) fn send_code(context: &mut Context<'_>, request: f::auth::SendCode) -> Result<enums::auth::SentCode, RpcError> {
    check_api(request.api_id, &request.api_hash)?;
    let user = context.world.owner_of_phone(&request.phone_number).ok_or_else(|| RpcError::bad("PHONE_NUMBER_INVALID"))?;
    let home = context.world.accounts.of(user).centre;
    if home != context.caller.centre {
        return Err(RpcError::new(303, format!("PHONE_MIGRATE_{home}")));
    }
    Ok(sent_code(context, user))
}

pub(super) fn resend_code(context: &mut Context<'_>, request: f::auth::ResendCode) -> Result<enums::auth::SentCode, RpcError> {
    let user = code_of(context, &request.phone_code_hash)?;
    Ok(sent_code(context, user))
}

pub(super) fn cancel_code(context: &mut Context<'_>, request: f::auth::CancelCode) -> Result<bool, RpcError> {
    code_of(context, &request.phone_code_hash)?;
    context.world.accounts.keys.entry(context.caller.key).and_modify(|key| key.code = None);
    Ok(true)
}

fn sent_code(context: &mut Context<'_>, user: i64) -> enums::auth::SentCode {
    types::auth::SentCode {
        r#type: types::auth::SentCodeTypeApp { length: CODE_LENGTH }.into(),
        phone_code_hash: context.world.send_code(context.caller.key, user),
        next_type: None,
        timeout: Some(60),
    }
    .into()
}

/// Whose account the caller's code is for.
fn code_of(context: &Context<'_>, hash: &str) -> Result<i64, RpcError> {
    let key = context.world.accounts.keys.get(&context.caller.key);
    let code = key.and_then(|key| key.code.as_ref()).filter(|code| code.hash == hash);
    code.map(|code| code.user).ok_or_else(|| RpcError::bad("PHONE_CODE_EXPIRED"))
}

pub(super) fn sign_in(context: &mut Context<'_>, request: f::auth::SignIn) -> Result<enums::auth::Authorization, RpcError> {
    let digits = request.phone_code.unwrap_or_default();
    let user = context.world.take_code(context.caller.key, &request.phone_code_hash, &digits).map_err(RpcError::bad)?;
    logged_in(context, user)
}

/// Logs the caller in, unless the password is missing.
fn logged_in(context: &mut Context<'_>, user: i64) -> Result<enums::auth::Authorization, RpcError> {
    match context.world.log_in(context.caller.key, user) {
        Login::User(_) => authorization(context, user),
        Login::NeedsPassword(_) | Login::Nobody => Err(RpcError::new(401, "SESSION_PASSWORD_NEEDED")),
    }
}

fn authorization(context: &Context<'_>, user: i64) -> Result<enums::auth::Authorization, RpcError> {
    let user = peers::user(context.world, user, user).ok_or_else(|| RpcError::new(401, "USER_DEACTIVATED"))?;
    let authorization = types::auth::Authorization {
        setup_password_required: false,
        otherwise_relogin_days: None,
        tmp_sessions: None,
        future_auth_token: None,
        user,
    };
    Ok(authorization.into())
}

pub(super) fn get_password(context: &mut Context<'_>, _: f::account::GetPassword) -> Result<enums::account::Password, RpcError> {
    let user = match context.login() {
        Login::User(user) | Login::NeedsPassword(user) => user,
        Login::Nobody => return Err(RpcError::new(401, "AUTH_KEY_UNREGISTERED")),
    };
    let new_algo = algorithm(crypto::random::<8>().to_vec(), crypto::random::<16>().to_vec());
    let mut answer = least!(types::account::Password;
        0i32, new_algo, enums::SecurePasswordKdfAlgo::Unknown, crypto::random::<256>().to_vec());
    let password = context.world.accounts.of(user).password.clone();
    if let Some(password) = password {
        let challenge = password.challenge();
        answer.has_password = true;
        answer.current_algo = Some(algorithm(password.salt1, password.salt2));
        answer.srp_b = Some(challenge.public.to_vec());
        answer.srp_id = Some(challenge.id);
        answer.hint = Some(password.hint);
        context.world.accounts.keys.entry(context.caller.key).and_modify(|key| key.challenge = Some(challenge));
    }
    Ok(answer.into())
}

fn algorithm(salt1: Vec<u8>, salt2: Vec<u8>) -> enums::PasswordKdfAlgo {
    types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow { salt1, salt2, g: srp::G, p: srp::prime() }.into()
}

pub(super) fn check_password(
    context: &mut Context<'_>,
    request: f::auth::CheckPassword,
) -> Result<enums::auth::Authorization, RpcError> {
    let user = match context.login() {
        Login::NeedsPassword(user) => user,
        Login::User(user) => return authorization(context, user),
        Login::Nobody => return Err(RpcError::new(401, "AUTH_KEY_UNREGISTERED")),
    };
    let wrong = || RpcError::bad("PASSWORD_HASH_INVALID");
    let enums::InputCheckPasswordSrp::Srp(proof) = request.password else { return Err(wrong()) };
    let key = context.world.accounts.keys.get_mut(&context.caller.key);
    let challenge = key.and_then(|key| key.challenge.clone()).filter(|challenge| challenge.id == proof.srp_id);
    let challenge = challenge.ok_or_else(|| RpcError::bad("SRP_ID_INVALID"))?;
    let password = context.world.accounts.of(user).password.clone();
    if !password.is_some_and(|password| password.proves(&challenge, &proof.a, &proof.m1)) {
        return Err(wrong());
    }
    context.world.accounts.keys.entry(context.caller.key).and_modify(|key| {
        key.challenge = None;
        key.login = Login::User(user);
    });
    authorization(context, user)
}

pub(super) fn log_out(context: &mut Context<'_>, _: f::auth::LogOut) -> Result<enums::auth::LoggedOut, RpcError> {
    context.user()?;
    context.world.accounts.keys.entry(context.caller.key).and_modify(|key| key.login = Login::Nobody);
    Ok(types::auth::LoggedOut { future_auth_token: None }.into())
}

pub(super) fn export_login_token(
    context: &mut Context<'_>,
    request: f::auth::ExportLoginToken,
) -> Result<enums::auth::LoginToken, RpcError> {
    check_api(request.api_id, &request.api_hash)?;
    if let Login::NeedsPassword(_) = context.login() {
        return Err(RpcError::new(401, "SESSION_PASSWORD_NEEDED"));
    }
    let accepted = context.world.accounts.tokens.iter().find_map(|(token, state)| {
        let user = state.accepted_by.filter(|_| state.key == context.caller.key)?;
        Some((token.clone(), user))
    });
    let Some((token, user)) = accepted else {
        let (token, until) = context.world.new_token(context.caller.key);
        return Ok(types::auth::LoginToken { expires: (until / 1000) as i32, token }.into());
    };
    let home = context.world.accounts.of(user).centre;
    if home != context.caller.centre {
        return Ok(types::auth::LoginTokenMigrateTo { dc_id: home, token }.into());
    }
    context.world.accounts.tokens.remove(&token);
    let authorization = logged_in(context, user)?;
    Ok(types::auth::LoginTokenSuccess { authorization }.into())
}

pub(super) fn import_login_token(
    context: &mut Context<'_>,
    request: f::auth::ImportLoginToken,
) -> Result<enums::auth::LoginToken, RpcError> {
    let known = context.world.accounts.tokens.get(&request.token).copied();
    let known = known.ok_or_else(|| RpcError::bad("AUTH_TOKEN_INVALID"))?;
    let user = known.accepted_by.ok_or_else(|| RpcError::bad("AUTH_TOKEN_INVALID"))?;
    context.world.accounts.tokens.remove(&request.token);
    let authorization = logged_in(context, user)?;
    Ok(types::auth::LoginTokenSuccess { authorization }.into())
}

fn check_api(id: i32, hash: &str) -> Result<(), RpcError> {
    if id <= 0 || hash.is_empty() { Err(RpcError::bad("API_ID_INVALID")) } else { Ok(()) }
}

/// A voucher with which another data centre knows the caller.
pub(super) fn export_authorization(
    context: &mut Context<'_>,
    request: f::auth::ExportAuthorization,
) -> Result<enums::auth::ExportedAuthorization, RpcError> {
    let user = context.user()?;
    if !context.world.accounts.centres.contains_key(&request.dc_id) || request.dc_id == context.caller.centre {
        return Err(RpcError::bad("DC_ID_INVALID"));
    }
    let bytes = crypto::random::<64>().to_vec();
    context.world.accounts.vouchers.insert(bytes.clone(), (request.dc_id, user));
    Ok(types::auth::ExportedAuthorization { id: user, bytes }.into())
}

pub(super) fn import_authorization(
    context: &mut Context<'_>,
    request: f::auth::ImportAuthorization,
) -> Result<enums::auth::Authorization, RpcError> {
    let meant = (context.caller.centre, request.id);
    if context.world.accounts.vouchers.remove(&request.bytes) != Some(meant) {
        return Err(RpcError::bad("AUTH_BYTES_INVALID"));
    }
    context.world.accounts.keys.entry(context.caller.key).and_modify(|key| key.login = Login::User(request.id));
    authorization(context, request.id)
}
