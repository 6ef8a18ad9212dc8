//! A receiver of snapshots, for those who build a dashboard, and for our own tests: what it takes, it has on disk before it
//! answers.

mod judge;
mod shelf;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header::AUTHORIZATION, header::RETRY_AFTER},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

pub use self::shelf::{Shelf, ShelfFault};
use self::{judge::Snapshot, shelf::iso};
use crate::clock::SharedClock;

const SECRET: &str = "x-leaderboard-secret";
const CRON_SECRET: &str = "x-cron-secret";
/// A snapshot is a few kilobytes.
const LARGEST_BODY: usize = 256 * 1024;
/// For a body to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// Snapshots a minute: a community has a few a day, and a year made up for comes one after the other.
const MOST_A_MINUTE: u32 = 120;

/// Whom a receiver believes, and where it keeps what it takes.
#[derive(Debug)]
pub struct Receiver {
    secret: SecretString,
    cron_secret: Option<SecretString>,
    shelf: Arc<Shelf>,
    clock: SharedClock,
    began: DateTime<Utc>,
    /// The minute that is going on, and how many came in it.
    pace: Mutex<(i64, u32)>,
}

impl Receiver {
    /// A receiver.
    pub fn new(secret: SecretString, cron_secret: Option<SecretString>, shelf: Shelf, clock: SharedClock) -> Self {
        let began = clock.now();
        Self { secret, cron_secret, shelf: Arc::new(shelf), clock, began, pace: Mutex::default() }
    }
}

/// Its routes.
pub fn routes(receiver: Receiver) -> Router {
    Router::new()
        .route("/api/leaderboard/ingest", post(ingest))
        .route("/api/leaderboard/latest", get(latest))
        .route("/api/leaderboard/health", get(health))
        .route("/api/admin/state", get(admin_state))
        .with_state(Arc::new(receiver))
}

async fn ingest(State(receiver): State<Arc<Receiver>>, request: Request) -> Response {
    let now = receiver.clock.now();
    if !receiver.has_room(now) {
        let wait = 60 - now.timestamp().rem_euclid(60);
        return (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, wait.to_string())], said("too many in a minute")).into_response();
    }
    if !is_same(request.headers(), SECRET, &receiver.secret) {
        return (StatusCode::FORBIDDEN, said("the secret is missing or wrong")).into_response();
    }
    match body(request.into_body()).await {
        Ok(bytes) => receiver.take(&bytes, now).await,
        Err((status, why)) => (status, said(why)).into_response(),
    }
}

async fn latest(State(receiver): State<Arc<Receiver>>) -> Json<Value> {
    Json(receiver.shelf.latest())
}

async fn health(State(receiver): State<Arc<Receiver>>) -> Json<Value> {
    Json(receiver.shelf.health(receiver.clock.now()))
}

async fn admin_state(State(receiver): State<Arc<Receiver>>, request: Request) -> Response {
    // A secret in an address ends in the logs of every proxy on the way.
    if request.uri().query().is_some_and(|query| !query.is_empty()) {
        return (StatusCode::BAD_REQUEST, said("nothing belongs into the query string")).into_response();
    }
    let Some(secret) = &receiver.cron_secret else {
        return (StatusCode::SERVICE_UNAVAILABLE, said("CRON_SECRET is not set")).into_response();
    };
    if !is_same(request.headers(), CRON_SECRET, secret) && !is_bearer(request.headers(), secret) {
        return (StatusCode::UNAUTHORIZED, said("the secret is missing or wrong")).into_response();
    }
    let updated_at = iso(receiver.shelf.updated_at().unwrap_or(receiver.began));
    Json(json!({ "session_version": 1, "updated_at": updated_at })).into_response()
}

async fn body(body: Body) -> Result<bytes::Bytes, (StatusCode, &'static str)> {
    match tokio::time::timeout(PATIENCE, to_bytes(body, LARGEST_BODY)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err((StatusCode::PAYLOAD_TOO_LARGE, "the body is too large or broke off")),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, "the body didn't arrive")),
    }
}

impl Receiver {
    async fn take(&self, bytes: &[u8], now: DateTime<Utc>) -> Response {
        let read = serde_json::from_slice::<Value>(bytes);
        let Ok(raw) = read else { return (StatusCode::BAD_REQUEST, said("the body is no JSON")).into_response() };
        let (snapshot, issues) = match serde_json::from_value::<Snapshot>(raw.clone()) {
            Ok(snapshot) => {
                let issues = judge::issues(&snapshot);
                (Some(snapshot), issues)
            }
            Err(why) => (None, vec![why.to_string()]),
        };
        let shelf = self.shelf.clone();
        let kept = tokio::task::spawn_blocking(move || match snapshot.filter(|_| issues.is_empty()) {
            Some(snapshot) => shelf
                .take(&snapshot, now)
                .map(|(inserted, updated)| json!({ "status": "ok", "inserted": inserted, "updated": updated })),
            None => shelf.keep_for_review(raw, &issues, now).map(|()| json!({ "status": "stored-for-review", "issues": issues })),
        });
        match kept.await {
            Ok(Ok(answer)) => Json(answer).into_response(),
            Ok(Err(fault)) => {
                tracing::error!(%fault, "a snapshot can't be kept");
                (StatusCode::INTERNAL_SERVER_ERROR, said("it can't be kept now")).into_response()
            }
            Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, said("it can't be kept now")).into_response(),
        }
    }

    /// Whether one more may come in this minute.
    fn has_room(&self, now: DateTime<Utc>) -> bool {
        let minute = now.timestamp().div_euclid(60);
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        *pace = if pace.0 == minute { (minute, pace.1.saturating_add(1)) } else { (minute, 1) };
        pace.1 <= MOST_A_MINUTE
    }
}

fn said(why: &str) -> Json<Value> {
    Json(json!({ "status": "error", "error": why }))
}

/// Without telling by its duration how much of a guess is right.
fn is_same(headers: &HeaderMap, name: &str, secret: &SecretString) -> bool {
    headers.get(name).is_some_and(|given| given.as_bytes().ct_eq(secret.expose_secret().as_bytes()).into())
}

fn is_bearer(headers: &HeaderMap, secret: &SecretString) -> bool {
    let given = headers.get(AUTHORIZATION).and_then(|given| given.as_bytes().strip_prefix(b"Bearer "));
    given.is_some_and(|given| given.ct_eq(secret.expose_secret().as_bytes()).into())
}

#[cfg(test)]
mod tests;
