//! The library's connections, on a leash: every request has a time limit, and what panics is noticed.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use grammers_mtsender::{ConnectionParams, NoRetries, SenderPool, SenderPoolHandle};
use grammers_session::{Session, updates::UpdatesLike};
use grammers_tl_types::{self as tl, RemoteCall};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinHandle},
};

use super::{access::Access, fault::CallFault, storage::Storage};

/// What doesn't fit is lost, and noticed only by gaps in versions.
const NEWS_THAT_WAIT: NonZeroUsize = NonZeroUsize::new(16_384).expect("a positive number");

/// The pool, the task that drives it, and what Telegram tells by itself.
pub(super) type Opened = (Pool, JoinHandle<()>, mpsc::Receiver<UpdatesLike>);

/// Connections to Telegram's data centres with one session.
pub(super) struct Pool {
    handle: SenderPoolHandle,
    runner: AbortHandle,
    storage: Arc<Storage>,
    limit: Duration,
}

impl Pool {
    /// Nothing is connected until something is asked. The receiver gets what Telegram tells by itself; the task ends by a
    /// panic of the library only, or with the pool.
    pub(super) async fn open(access: &Access, storage: Arc<Storage>) -> Result<Opened, CallFault> {
        let parameters = ConnectionParams {
            device_model: "Rollcall".to_owned(),
            system_version: std::env::consts::OS.to_owned(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            system_lang_code: "en".to_owned(),
            lang_code: "en".to_owned(),
            proxy_url: access.proxy().await?,
            retry_policy: Box::new(NoRetries),
            updates_channel_capacity: NEWS_THAT_WAIT,
            ..ConnectionParams::default()
        };
        let SenderPool { runner, handle, updates } = SenderPool::with_configuration(storage.clone(), access.api.id, parameters);
        let task = tokio::spawn(runner.run());
        let pool = Self { handle: handle.thin, runner: task.abort_handle(), storage, limit: access.call_timeout };
        Ok((pool, task, updates))
    }

    /// The session that this uses.
    pub(super) fn storage(&self) -> &Storage {
        &self.storage
    }

    /// Asks the account's own data centre.
    pub(super) async fn invoke<R: RemoteCall>(&self, request: &R) -> Result<R::Return, CallFault> {
        self.invoke_in(self.storage.home_dc_id()?, request).await
    }

    /// Asks this data centre.
    pub(super) async fn invoke_in<R: RemoteCall>(&self, dc: i32, request: &R) -> Result<R::Return, CallFault> {
        let asked = tokio::time::timeout(self.limit, self.handle.invoke_in_dc(dc, request)).await;
        match asked {
            Err(_) => Err(CallFault::Silent(self.limit)),
            Ok(Ok(_)) if self.storage.is_revoked() => Err(CallFault::LoggedOut("AUTH_KEY_UNREGISTERED".to_owned())),
            Ok(Ok(answer)) => Ok(answer),
            // With a key that the library made anew, everything is refused in one way or another.
            Ok(Err(_)) if self.storage.is_revoked() => Err(CallFault::LoggedOut("AUTH_KEY_UNREGISTERED".to_owned())),
            Ok(Err(why)) => Err(why.into()),
        }
    }

    /// Asks this data centre as the account; where it isn't the account's own, with its login.
    pub(super) async fn invoke_at<R: RemoteCall>(&self, dc: i32, request: &R) -> Result<R::Return, CallFault> {
        if dc == self.storage.home_dc_id()? {
            return self.invoke(request).await;
        }
        if !self.storage.record().centres.contains_key(&dc) {
            return Err(CallFault::Refused(format!("data centre {dc} isn't known")));
        }
        match self.invoke_in(dc, request).await {
            Err(CallFault::LoggedOut(_)) if !self.storage.is_revoked() => {
                self.log_in_at(dc).await?;
                self.invoke_in(dc, request).await
            }
            answer => answer,
        }
    }

    /// Ends all connections; the session can be used anew.
    pub(super) fn close(self) -> Arc<Storage> {
        self.storage.clone()
    }

    /// From now on the account is looked for at this data centre.
    pub(super) async fn move_to(&self, dc: i32) -> Result<(), CallFault> {
        let old = self.storage.home_dc_id()?;
        if !self.storage.record().centres.contains_key(&dc) {
            return Err(CallFault::Line(format!("Telegram names data centre {dc}, which isn't known")));
        }
        self.storage.set_home_dc_id(dc).await?;
        self.handle.disconnect_from_dc(old);
        Ok(())
    }

    /// Follows the account to the data centre that it was moved to, with its login.
    pub(super) async fn migrate(&self, dc: i32) -> Result<(), CallFault> {
        self.log_in_at(dc).await?;
        self.move_to(dc).await
    }

    async fn log_in_at(&self, dc: i32) -> Result<(), CallFault> {
        let tl::enums::auth::ExportedAuthorization::Authorization(exported) =
            self.invoke(&tl::functions::auth::ExportAuthorization { dc_id: dc }).await?;
        self.invoke_in(dc, &tl::functions::auth::ImportAuthorization { id: exported.id, bytes: exported.bytes }).await?;
        Ok(())
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.runner.abort();
    }
}
