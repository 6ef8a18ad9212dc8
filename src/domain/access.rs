//! Who may ask over HTTP: the keys of programs, and people at the pages.

use std::{collections::BTreeMap, fmt};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    audit::Actor,
    map::put,
    sign_in::{SignIn, SignInChange},
};

/// Names a key in lists and in the audit log. It says nothing about the secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(String);

impl KeyId {
    /// The id that these random bytes make: `k` and eight hexadecimal digits.
    pub fn of(random: [u8; 4]) -> Self {
        Self(format!("k{:08x}", u32::from_be_bytes(random)))
    }

    /// The id that somebody wrote; whether there is such a key shows when it is looked for.
    pub fn named(text: &str) -> Self {
        Self(text.trim().to_lowercase())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a key may do. Each may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Look at everything.
    Read,
    /// Also send messages.
    Send,
    /// Also change the register.
    Admin,
}

impl Scope {
    /// All, the weakest first.
    pub const ALL: [Scope; 3] = [Scope::Read, Scope::Send, Scope::Admin];

    /// As people write it.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Send => "send",
            Scope::Admin => "admin",
        }
    }

    /// Whether who has this may do what asks for `needed`.
    pub fn allows(self, needed: Scope) -> bool {
        self >= needed
    }
}

/// What is kept of a key. The secret itself is nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// What it is for, in its maker's words.
    pub name: String,
    /// SHA-256 of the secret, in hexadecimal. The secret is 256 random bits: no dictionary holds it, so a slow hash would
    /// protect nothing and cost time at every request.
    pub hash: String,
    /// What it may do.
    pub scope: Scope,
    /// Since when there is it.
    pub created: DateTime<Utc>,
    /// Until when it works; `None`: until it is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<DateTime<Utc>>,
    /// Since when it no longer works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<DateTime<Utc>>,
    /// Who made it.
    pub made_by: Actor,
}

/// Whether a key works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It does.
    Works,
    /// Its time is over.
    Expired,
    /// Somebody took it back.
    Revoked,
}

impl KeyState {
    /// As lists have it.
    pub fn name(self) -> &'static str {
        match self {
            KeyState::Works => "works",
            KeyState::Expired => "expired",
            KeyState::Revoked => "revoked",
        }
    }
}

impl ApiKey {
    /// Whether it works at this moment.
    pub fn state(&self, now: DateTime<Utc>) -> KeyState {
        if self.revoked.is_some() {
            KeyState::Revoked
        } else if self.expires.is_some_and(|end| end <= now) {
            KeyState::Expired
        } else {
            KeyState::Works
        }
    }
}

/// Everything about who may ask over HTTP.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Access {
    /// The keys of programs.
    pub keys: BTreeMap<KeyId, ApiKey>,
    /// People at the pages.
    pub sign_in: SignIn,
}

/// A new value of one thing; `None`: it is no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum AccessChange {
    /// A program's key.
    Key(KeyId, Option<Box<ApiKey>>),
    /// Somebody at the pages.
    SignIn(SignInChange),
}

impl Access {
    /// Makes a change so.
    pub(super) fn apply(&mut self, change: AccessChange) {
        match change {
            AccessChange::Key(id, key) => put(&mut self.keys, id, key.map(|boxed| *boxed)),
            AccessChange::SignIn(change) => self.sign_in.apply(change),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_key_works_until_its_end_and_not_at_it() {
        let now = DateTime::<Utc>::default();
        let mut key = ApiKey {
            name: "sync".into(),
            hash: String::new(),
            scope: Scope::Read,
            created: now,
            expires: Some(now + TimeDelta::seconds(1)),
            revoked: None,
            made_by: Actor::Terminal,
        };
        assert_eq!(key.state(now), KeyState::Works);
        assert_eq!(key.state(now + TimeDelta::seconds(1)), KeyState::Expired);
        key.revoked = Some(now);
        assert_eq!(key.state(now), KeyState::Revoked);
    }

    #[test]
    fn stronger_scopes_hold_the_weaker_ones() {
        let allowed = Scope::ALL.map(|has| Scope::ALL.map(|needed| has.allows(needed)));
        assert_eq!(allowed, [[true, false, false], [true, true, false], [true, true, true]]);
    }
}
