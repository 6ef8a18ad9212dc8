//! A user session in a data directory, for benches that need the simulated data centre.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use rollcall::{
    clock::SystemClock,
    config::Config,
    mtproto::{Login, SealChoice, Sealing},
    secrets::keyring::SystemKeyring,
};
use telegram_sim::User;

/// Puts somebody's session into the directory that these settings name.
pub(crate) fn log_in(settings: &BTreeMap<String, String>, account: &User, dir: &Path) {
    let config = Config::from_map(settings).expect("valid").0;
    let keyring = SystemKeyring::of(dir);
    let sealing = Sealing { choice: SealChoice::None, passphrase: None, keyring: &keyring };
    let access = config.access().expect("an application's key is set");
    let string = account.session().telethon().into();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(Login::import(dir, &string, access, &sealing, Arc::new(SystemClock))).expect("taken over");
}
