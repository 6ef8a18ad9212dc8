//! Who asks, whether they may, and how often.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::problem::Problem;
use crate::domain::{
    access::{Access, ApiKey, KeyId, KeyState, Scope},
    audit::Actor,
};

/// What every secret begins with: a scanner of other people's code finds one that was left there.
pub const SECRET_PREFIX: &str = "rc_";

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// SHA-256 in hexadecimal, as [`ApiKey::hash`] has it.
pub fn hash_of(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whoever asks with a key that works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) id: KeyId,
    pub(super) name: String,
    scope: Scope,
}

impl Caller {
    /// As the audit log names them.
    pub(super) fn actor(&self) -> Actor {
        Actor::Key { id: self.id.clone(), name: self.name.clone() }
    }
}

/// The key's owner, if the request shows one that works and may do what `needed` asks for.
pub(super) fn admit(access: &Access, headers: &HeaderMap, needed: Scope, now: DateTime<Utc>) -> Result<Caller, Problem> {
    let secret = bearer(headers).ok_or_else(|| {
        stranger(
            "Bearer realm=\"rollcall\"",
            "This needs a key: send the header `Authorization: Bearer rc_…`. \
             `rollcall token create --name … --scope read` makes one.",
        )
    })?;
    let (id, key) = find(access, secret).ok_or_else(|| unknown("Nobody has this key. `rollcall token create` makes one."))?;
    match key.state(now) {
        KeyState::Works => {}
        KeyState::Expired => return Err(unknown("This key's time is over. `rollcall token create` makes a new one.")),
        KeyState::Revoked => return Err(unknown("This key was taken back. `rollcall token create` makes a new one.")),
    }
    if !key.scope.allows(needed) {
        let detail = format!(
            "The key {id} may {}, and this asks for {needed}. `rollcall token create --scope {needed}` makes one that may.",
            key.scope.name(),
            needed = needed.name(),
        );
        let challenge = "Bearer realm=\"rollcall\", error=\"insufficient_scope\"";
        return Err(Problem::new(StatusCode::FORBIDDEN, detail).with(header::WWW_AUTHENTICATE, challenge));
    }
    Ok(Caller { id: id.clone(), name: key.name.clone(), scope: key.scope })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(secret.trim())
}

/// Looks at all keys, and at all of each hash, so that the time it takes says nothing about any of them.
fn find<'a>(access: &'a Access, secret: &str) -> Option<(&'a KeyId, &'a ApiKey)> {
    let hash = hash_of(secret);
    let mut found = None;
    for (id, key) in &access.keys {
        if bool::from(key.hash.as_bytes().ct_eq(hash.as_bytes())) {
            found = Some((id, key));
        }
    }
    found
}

fn stranger(challenge: &'static str, detail: &'static str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, detail).with(header::WWW_AUTHENTICATE, challenge)
}

fn unknown(detail: &'static str) -> Problem {
    stranger("Bearer realm=\"rollcall\", error=\"invalid_token\"", detail)
}

/// How often each key may ask.
#[derive(Debug)]
pub(super) struct Rates {
    a_minute: u32,
    buckets: Mutex<BTreeMap<Option<KeyId>, Bucket>>,
}

/// Fills evenly; each request takes one. A full one is a minute's worth.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// Where a key stands after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    limit: u32,
    remaining: u32,
    /// Seconds until the bucket is full again.
    reset: u32,
    /// Seconds until one more request is possible; 0: it is.
    wait: u32,
}

impl Rates {
    pub(super) fn new(a_minute: u32) -> Self {
        Self { a_minute, buckets: Mutex::default() }
    }

    /// Takes one request off what `who` has left; those without a key that works share one bucket.
    pub(super) fn take(&self, who: Option<&KeyId>, now: Instant) -> Standing {
        let full = f64::from(self.a_minute);
        let a_second = full / 60.0;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(who.cloned()).or_insert(Bucket { left: full, at: now });
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        *bucket = Bucket { left: (bucket.left + passed * a_second).min(full), at: now };
        let wait = if bucket.left >= 1.0 { 0 } else { seconds((1.0 - bucket.left) / a_second).max(1) };
        if wait == 0 {
            bucket.left -= 1.0;
        }
        Standing {
            limit: self.a_minute,
            remaining: seconds(bucket.left.floor()),
            reset: seconds((full - bucket.left) / a_second),
            wait,
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a minute's worth")]
fn seconds(exact: f64) -> u32 {
    exact.ceil() as u32
}

impl Standing {
    /// Whether the request may go on.
    pub(super) fn admit(self) -> Result<(), Problem> {
        if self.wait == 0 {
            return Ok(());
        }
        let detail = format!("More than {} requests a minute; go on in {} seconds.", self.limit, self.wait);
        Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, detail).with(header::RETRY_AFTER, self.wait))
    }

    /// Tells the caller.
    pub(super) fn tell(self, headers: &mut HeaderMap) {
        for (name, value) in [(LIMIT, self.limit), (REMAINING, self.remaining), (RESET, self.reset)] {
            headers.insert(name, HeaderValue::from(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_evenly() {
        let rates = Rates::new(60);
        let start = Instant::now();
        let key = KeyId::of([0; 4]);
        let take = |seconds| rates.take(Some(&key), start + Duration::from_secs(seconds));
        assert!((0..60).all(|_| take(0).wait == 0));
        let empty = take(0);
        assert_eq!((empty.wait, empty.remaining, empty.reset), (1, 0, 60));
        assert!(empty.admit().is_err());
        assert_eq!(take(10).remaining, 9);
        assert_eq!(rates.take(None, start).remaining, 59, "others have their own");
    }
}
