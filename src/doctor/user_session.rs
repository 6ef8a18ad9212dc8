//! A look at the user session: its file, who uses it, what Telegram says of it.

use crate::{
    clock::SharedClock,
    config::Config,
    domain::line::LineState,
    mtproto::{CallFault, Login, LoginFault, Sealing, called, look as look_here},
    secrets::keyring::SystemKeyring,
    store::Owner,
};

/// What was seen.
#[derive(Debug)]
pub struct SessionFacts {
    /// Who is logged in as the file says, or why it can't be read.
    pub account: Result<Option<String>, String>,
    /// The process that uses it.
    pub owner: Option<Owner>,
    /// What that process says of the line.
    pub state: Option<LineState>,
    /// What Telegram says; `None` where it wasn't asked.
    pub remote: Option<Result<(), CallFault>>,
}

/// Looks. Telegram is asked only where nobody else uses the session: it would end a session that two programs use.
pub async fn look(config: &Config, clock: &SharedClock, may_ask: bool) -> SessionFacts {
    let dir = &config.data_dir;
    let keyring = SystemKeyring::of(dir);
    let session = &config.session;
    let sealing = Sealing { choice: session.seal, passphrase: session.passphrase.as_ref(), keyring: &keyring };
    let here = look_here(dir, &sealing);
    let account = here.account.map(|account| account.as_ref().map(called)).map_err(|why| why.to_string());
    let is_logged_in = matches!(account, Ok(Some(_)));
    let remote = match config.access() {
        Some(access) if may_ask && is_logged_in && here.owner.is_none() => {
            Some(match Login::open(dir, access, &sealing, clock.clone()).await {
                Ok(mut login) => login.check().await.map(drop),
                Err(LoginFault::Call(why)) => Err(why),
                Err(why) => Err(CallFault::Refused(why.to_string())),
            })
        }
        Some(_) | None => None,
    };
    SessionFacts { account, state: here.state.filter(|_| here.owner.is_some()), owner: here.owner, remote }
}
