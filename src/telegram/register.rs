//! The register as a replica that stands by knows it: read beside the one that works, to see of which messages nothing counts.
//!
//! A copy says nothing by itself, as it may be old. What was decided by it is written together with a look at its version, and is refused
//! where the register was changed since; whoever works tells the database of a change before anybody hears that it was made.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::{
    sync::{Notify, watch},
    task::spawn_blocking,
    time::sleep,
};

use super::dispatcher;
use crate::{
    domain::{
        change::{Change, Outcome},
        event::GroupMessage,
        rules::Rules,
        state::State,
    },
    store::{Home, Reader, StoreFault, postgres::Version},
};

/// Between two readings: who changes a whole school keeps nobody busy with reading it.
const REST: Duration = Duration::from_secs(1);

/// The register at a moment.
#[derive(Debug)]
pub(super) struct Register {
    state: RwLock<State>,
    version: Version,
}

/// What comes of a message, by a copy of the register.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Weight {
    /// Nothing.
    None,
    /// It says that its group is heard, which is noted once an hour.
    Heard(Vec<Change>),
    /// Whoever works has to see.
    Unknown,
}

impl Register {
    pub(super) fn version(&self) -> Version {
        self.version
    }

    /// What comes of a message.
    pub(super) fn weigh(&self, rules: &Rules, message: &GroupMessage, now: DateTime<Utc>) -> Weight {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        // What panics does so where it is put aside.
        let decided = catch_unwind(AssertUnwindSafe(|| dispatcher::decide_message(&state, rules, message, now)));
        let Ok(Outcome { changes, work }) = decided else { return Weight::Unknown };
        match changes.as_slice() {
            _ if !work.is_empty() => Weight::Unknown,
            [] => Weight::None,
            [Change::Standing(..)] => Weight::Heard(changes),
            _ => Weight::Unknown,
        }
    }

    /// Whoever works will note this.
    pub(super) fn note(&self, changes: Vec<Change>) {
        if !changes.is_empty() {
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            changes.into_iter().for_each(|change| state.apply(change));
        }
    }
}

/// The newest copy, for all bots.
#[derive(Clone, Debug)]
pub struct RegisterCopy {
    newest: watch::Receiver<Option<Arc<Register>>>,
    wanted: Arc<Notify>,
}

impl RegisterCopy {
    /// The register, unless it is the one that was refused: that one is read anew.
    pub(super) fn newest_but(&self, refused: Option<Version>) -> Option<Arc<Register>> {
        let newest = self.newest.borrow().clone().filter(|register| refused != Some(register.version));
        if newest.is_none() {
            self.wanted.notify_one();
        }
        newest
    }
}

/// A copy, and what reads it for as long as it is run.
pub fn follow_register(home: Home) -> (RegisterCopy, impl Future<Output = ()> + Send) {
    let (newest, copy) = watch::channel(None);
    let wanted = Arc::new(Notify::new());
    let copy = RegisterCopy { newest: copy, wanted: wanted.clone() };
    wanted.notify_one();
    let follow = async move {
        let mut is_troubled = false;
        loop {
            wanted.notified().await;
            let home = home.clone();
            match spawn_blocking(move || read(&home)).await.expect("reading doesn't panic") {
                Ok(register) => {
                    is_troubled = false;
                    if let Some(Register { version, .. }) = &register {
                        tracing::debug!(?version, "the register was read");
                    }
                    newest.send_replace(register.map(Arc::new));
                }
                Err(why) => {
                    if !std::mem::replace(&mut is_troubled, true) {
                        tracing::warn!(%why, "the register can't be read; the replica that works decides about every message");
                    }
                }
            }
            sleep(REST).await;
        }
    };
    (copy, follow)
}

/// Nothing while no replica works: then somebody may be filling the database.
fn read(home: &Home) -> Result<Option<Register>, StoreFault> {
    let Some(database) = home.in_database() else { return Ok(None) };
    // First: what is changed while the rest is read makes this copy an old one.
    let Some(version) = database.version()? else { return Ok(None) };
    let state = Reader::open_at(home)?.into_register();
    Ok(Some(Register { state: RwLock::new(state), version }))
}
