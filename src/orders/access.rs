//! Orders about who may ask over HTTP.

use chrono::{DateTime, Utc};

use super::Refusal;
use crate::domain::{
    access::{AccessChange, ApiKey, KeyId, Scope},
    audit::Actor,
    change::{Change, Outcome},
    ids::tidy,
    state::State,
};

/// The longest name of a key, in characters.
const LONGEST_NAME: usize = 64;

/// A key as it was asked for.
pub(super) struct Made<'a> {
    pub(super) key: &'a KeyId,
    pub(super) name: &'a str,
    pub(super) hash: &'a str,
    pub(super) scope: Scope,
    pub(super) expires: Option<DateTime<Utc>>,
}

/// A program has a key.
pub(super) fn make_key(
    state: &State,
    now: DateTime<Utc>,
    actor: &Actor,
    made: Made<'_>,
    outcome: &mut Outcome,
) -> Result<String, Refusal> {
    let name = tidy(made.name);
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Refusal::NoKeyName);
    }
    if made.expires.is_some_and(|end| end <= now) {
        return Err(Refusal::AlreadyExpired);
    }
    let text = format!("The key {} ({name}) may {}.", made.key, made.scope.name());
    if let Some(there) = state.access.keys.get(made.key) {
        // The same order again, after a crash between its commit and its answer.
        return if there.hash == made.hash { Ok(text) } else { Err(Refusal::KeyTaken(made.key.clone())) };
    }
    let key = ApiKey {
        name,
        hash: made.hash.to_owned(),
        scope: made.scope,
        created: now,
        expires: made.expires,
        revoked: None,
        made_by: actor.clone(),
    };
    outcome.set(Change::Access(AccessChange::Key(made.key.clone(), Some(Box::new(key)))));
    Ok(text)
}

/// A key doesn't work any more; it stays in the list, for whoever looks into the log later.
pub(super) fn revoke_key(state: &State, now: DateTime<Utc>, id: &KeyId, outcome: &mut Outcome) -> Result<String, Refusal> {
    let key = state.access.keys.get(id).ok_or_else(|| Refusal::UnknownKey(id.clone()))?;
    if key.revoked.is_none() {
        let revoked = ApiKey { revoked: Some(now), ..key.clone() };
        outcome.set(Change::Access(AccessChange::Key(id.clone(), Some(Box::new(revoked)))));
    }
    Ok(format!("The key {id} ({}) doesn't work any more.", key.name))
}
