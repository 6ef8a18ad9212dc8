//! `POST /telegram/webhook/{bot_id}/`: one update each, answered with 200 when it is safe on disk and not before.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::to_bytes,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::refusals::Refusals;
use crate::{
    domain::ids::BotId,
    telegram::{Inbox, NotTaken},
};

/// How Telegram proves itself.
const SECRET_HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";
/// An update is a few kilobytes; the longest texts with all their entities are far below this.
const LARGEST_BODY: usize = 1 << 20;
/// For a body to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// The doors of all bots.
#[derive(Debug)]
pub struct Doors {
    /// Closed until the bot is connected.
    doors: Mutex<BTreeMap<BotId, Option<Arc<Door>>>>,
    refusals: Refusals,
    /// How requests were answered.
    pub requests: Requests,
}

/// One bot's door.
#[derive(Debug)]
struct Door {
    secret: SecretString,
    inbox: Inbox,
}

/// How many requests were answered how.
#[derive(Debug, Default)]
pub struct Requests(Mutex<BTreeMap<u16, u64>>);

impl Requests {
    fn note(&self, status: StatusCode) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(status.as_u16()).or_default() += 1;
    }

    /// By status.
    pub fn by_status(&self) -> Vec<(String, u64)> {
        let by_status = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        by_status.iter().map(|(status, n)| (status.to_string(), *n)).collect()
    }
}

/// The routes for all bots.
pub fn routes(doors: Arc<Doors>) -> Router {
    Router::new().route("/telegram/webhook/{bot_id}/", post(deliver)).with_state(doors)
}

async fn deliver(State(doors): State<Arc<Doors>>, Path(bot): Path<String>, request: Request) -> StatusCode {
    let taken = match doors.of(&bot) {
        Some(Some(door)) => door.take(request).await,
        Some(None) => Err((StatusCode::SERVICE_UNAVAILABLE, "the bot isn't connected yet")),
        None => Err((StatusCode::NOT_FOUND, "there is no such bot")),
    };
    let status = match taken {
        Ok(()) => StatusCode::OK,
        Err((status, why)) => {
            doors.refusals.note(why);
            status
        }
    };
    doors.requests.note(status);
    status
}

impl Doors {
    /// Of these bots, all closed.
    pub fn of_bots(bots: impl IntoIterator<Item = BotId>) -> Self {
        let doors = bots.into_iter().map(|bot| (bot, None)).collect();
        Self { doors: Mutex::new(doors), refusals: Refusals::default(), requests: Requests::default() }
    }

    /// Opens a bot's door: its deliveries, with this secret, go to its inbox from now on.
    pub fn open(&self, bot: BotId, secret: SecretString, inbox: Inbox) {
        self.doors().insert(bot, Some(Arc::new(Door { secret, inbox })));
    }

    /// Written exactly as Telegram has it.
    fn of(&self, bot: &str) -> Option<Option<Arc<Door>>> {
        let id = bot.parse::<BotId>().ok().filter(|id| id.to_string() == bot)?;
        self.doors().get(&id).cloned()
    }

    fn doors(&self) -> MutexGuard<'_, BTreeMap<BotId, Option<Arc<Door>>>> {
        self.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Door {
    async fn take(&self, request: Request) -> Result<(), (StatusCode, &'static str)> {
        if !self.is_telegram(request.headers()) {
            return Err((StatusCode::FORBIDDEN, "the secret is missing or wrong"));
        }
        let body = match tokio::time::timeout(PATIENCE, to_bytes(request.into_body(), LARGEST_BODY)).await {
            Ok(Ok(body)) => body,
            // A connection that breaks gets no answer, so what is left is the limit.
            Ok(Err(_)) => return Err((StatusCode::PAYLOAD_TOO_LARGE, "the body is too large or broke off")),
            Err(_) => return Err((StatusCode::REQUEST_TIMEOUT, "the body didn't arrive")),
        };
        self.inbox.take(body).await.map_err(|why| match why {
            NotTaken::Unreadable => (StatusCode::BAD_REQUEST, "the body is no update"),
            NotTaken::NotNow => (StatusCode::SERVICE_UNAVAILABLE, "stopping, or the disk can't keep up"),
        })
    }

    /// Without telling by its duration how much of a guess is right.
    fn is_telegram(&self, headers: &HeaderMap) -> bool {
        let Some(given) = headers.get(SECRET_HEADER) else { return false };
        given.as_bytes().ct_eq(self.secret.expose_secret().as_bytes()).into()
    }
}
