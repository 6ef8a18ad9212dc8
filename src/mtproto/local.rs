//! What this machine knows of the user session without asking Telegram, also beside a running daemon.

use std::{collections::BTreeMap, path::Path};

use super::{
    access::ApiKey,
    file::{FileFault, Sealing, SessionFile},
    pace::Level,
    record::Account,
};
use crate::{domain::line::LineState, private_file, store::Owner};

/// How the line does, for other processes: nobody waits for it, so it isn't made durable.
const STATE: &str = "session-state.json";

/// How much of what Telegram bears seldom was asked lately: a restart goes on from there.
const PACE: &str = "session-pace.json";

/// What this machine knows.
#[derive(Debug)]
pub struct LocalSession {
    /// Who is logged in, or why the file can't be read.
    pub account: Result<Option<Account>, FileFault>,
    /// The process that uses the session.
    pub owner: Option<Owner>,
    /// What that process says of the line.
    pub state: Option<LineState>,
}

/// The account of a session that somebody logged in with a key of their own, and that key.
pub fn own_session(dir: &Path, sealing: &Sealing<'_>) -> Result<Option<(Account, ApiKey)>, FileFault> {
    let record = SessionFile::peek(dir, sealing)?;
    Ok(record.and_then(|record| {
        let api = record.api?;
        Some((record.account?, ApiKey { id: api.id, hash: api.hash.into() }))
    }))
}

/// Looks; changes nothing.
pub fn look(dir: &Path, sealing: &Sealing<'_>) -> LocalSession {
    LocalSession {
        account: SessionFile::peek(dir, sealing).map(|record| record.and_then(|record| record.account)),
        owner: SessionFile::owner(dir),
        state: private_file::read(&dir.join(STATE)).ok().flatten().and_then(|bytes| serde_json::from_slice(&bytes).ok()),
    }
}

/// Leaves a word for other processes.
pub(super) fn note(dir: &Path, state: &LineState) {
    let text = serde_json::to_vec(state).expect("a state is JSON");
    if let Err(why) = private_file::replace(&dir.join(STATE), &text) {
        tracing::debug!(%why, "how the user session does can't be noted");
    }
}

/// How far the buckets were used up.
pub(super) fn levels(dir: &Path) -> BTreeMap<String, Level> {
    private_file::read(&dir.join(PACE)).ok().flatten().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Notes it for the next run.
pub(super) fn note_levels(dir: &Path, levels: &BTreeMap<String, Level>) {
    let text = serde_json::to_vec(levels).expect("levels are JSON");
    if let Err(why) = private_file::replace(&dir.join(PACE), &text) {
        tracing::debug!(%why, "the pace can't be noted");
    }
}
