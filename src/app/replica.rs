//! Which of several replicas works: the one that has the database's lease. The others stand by.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, task::spawn_blocking, time::sleep};

use super::RunError;
use crate::{
    clock::SharedClock,
    config::Config,
    context::Context,
    store::{
        Store, StoreFault,
        postgres::{Database, DatabaseFault, Holder, Lease, Taken},
    },
};

/// Between two attempts to take over. With the lease's term this bounds how long nobody works.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Opens the store, as soon as it is ours to write; `None` where it is time to stop before.
pub(super) async fn open(config: &Config, clock: &SharedClock, stop: watch::Receiver<bool>) -> Result<Option<Store>, RunError> {
    let Some(database) = &config.database else {
        let store = Store::open(&config.data_dir, clock.clone())?;
        tracing::info!(data_dir = %config.data_dir.display(), "the data directory is ours");
        return Ok(Some(store));
    };
    let Some(lease) = stand_by(database, &holder(config), stop).await? else { return Ok(None) };
    let (home, clock) = (config.home(), clock.clone());
    let store = spawn_blocking(move || Store::open_with(&home, lease, clock)).await.expect("opening doesn't panic")?;
    tracing::info!(database = database.name(), "this replica is the one that works");
    Ok(Some(store))
}

/// Waits until nobody else works.
async fn stand_by(database: &Database, holder: &Holder, mut stop: watch::Receiver<bool>) -> Result<Option<Lease>, RunError> {
    let mut told = None;
    loop {
        let (asked, ours) = (database.clone(), holder.clone());
        let taken = spawn_blocking(move || asked.prepare().and_then(|()| Lease::take(&asked, &ours))).await;
        let news = match taken.expect("asking doesn't panic") {
            Ok(Taken::Ours(lease)) => return Ok(Some(lease)),
            Ok(Taken::Theirs(other)) => format!("standing by: {} works", other.name),
            Err(why @ DatabaseFault::Unreachable(_)) => format!("waiting for the database: {why}"),
            Err(why) => return Err(StoreFault::from(why).into()),
        };
        if told.as_ref() != Some(&news) {
            tracing::info!("{news}");
            told = Some(news);
        }
        tokio::select! {
            () = sleep(LOOK_EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => return Ok(None),
        }
    }
}

/// Ends the process once another replica may work in its place.
pub(super) async fn guard(context: Arc<Context>) {
    context.store.is_taken_over().await;
    context.give_up(&DatabaseFault::Fenced.into());
}

/// A name that no other process has, and where others reach it.
fn holder(config: &Config) -> Holder {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).expect("every system that we run on has a random generator");
    let address = config.web.map(|address| address.to_string()).unwrap_or_default();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    Holder { name: format!("{}-{}-{:08x}", host.trim(), std::process::id(), u64::from_ne_bytes(bytes)), address }
}
