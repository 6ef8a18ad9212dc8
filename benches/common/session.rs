//! A user session and what it watches in a data directory, for benches that need the simulated data centre.

use std::{collections::BTreeMap, fs, net::TcpListener, path::Path, sync::Arc};

use rollcall::{
    clock::SystemClock,
    config::Config,
    mtproto::{Login, SealChoice, Sealing},
    secrets::keyring::SystemKeyring,
};
use serde_json::json;
use telegram_sim::{Chat, User};

/// Puts somebody's session into the directory of a daemon with these settings.
pub(crate) fn log_in(settings: &BTreeMap<String, String>, account: &User, dir: &Path) {
    // What a daemon can't do without, and this doesn't use.
    let needed = [("BOT_TOKEN", format!("1:{}", "n".repeat(35))), ("ADMIN_IDS", "1".to_owned())];
    let needed = needed.map(|(name, value)| (name.to_owned(), value));
    let config = Config::from_map(&needed.into_iter().chain(settings.clone()).collect()).expect("valid").0;
    let keyring = SystemKeyring::of(dir);
    let sealing = Sealing { choice: SealChoice::None, passphrase: None, keyring: &keyring };
    let access = config.access().expect("an application's key is set");
    let string = account.session().telethon().into();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(Login::import(dir, &string, access, &sealing, Arc::new(SystemClock))).expect("taken over");
}

/// Has the voice chats of these groups watched.
pub(crate) fn write_communities(dir: &Path, groups: &[Chat]) {
    let community = |group: &Chat| {
        json!({
            "title": "Group", "watched": true, "since": "2026-01-01", "zone": "Asia/Tashkent", "lang": "en", "times": [],
            "target": { "chat": group.id }, "periods": { "anchored": "2026-01-01" }, "gate_seconds": 300,
        })
    };
    let communities: BTreeMap<String, _> = groups.iter().map(|group| (group.id.to_string(), community(group))).collect();
    fs::create_dir_all(dir.join("study")).expect("a folder");
    fs::write(dir.join("study/communities.json"), json!(communities).to_string()).expect("writes");
}

/// An address of this machine that nobody listens at.
pub(crate) fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").to_string()
}
