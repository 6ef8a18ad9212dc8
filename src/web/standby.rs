//! What a replica serves that stands by: Telegram's deliveries, which it hands on; everything else goes to the replica that works.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::{sync::watch, task::spawn_blocking};

use super::{
    status::{self, Standing},
    webhook::{self, Doors},
};
use crate::{
    clock::ProcessStart,
    metrics::{Exposition, content_type},
    store::postgres::{Database, Lease},
};

/// How a replica does that stands by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Whether it could begin to work at any moment.
    pub is_well: bool,
    /// What it waits for.
    pub why: String,
}

/// What it shows to whoever watches it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// How it does now.
    pub waiting: watch::Receiver<Waiting>,
    /// The webhook.
    pub doors: Arc<Doors>,
    /// When the process began.
    pub began: ProcessStart,
}

/// Says that another replica has passed it on already.
const PASSED_ON: HeaderName = HeaderName::from_static("x-rollcall-passed-on");
/// Who works is looked up anew after so long.
const KNOWN_FOR: Duration = Duration::from_secs(1);
/// For the other replica to answer at all.
const CONNECT: Duration = Duration::from_secs(2);
/// Headers that are about one connection.
const OF_A_CONNECTION: [HeaderName; 5] =
    [header::CONNECTION, header::TRANSFER_ENCODING, header::UPGRADE, header::TE, header::CONTENT_LENGTH];

/// The replica that works, as others see it.
#[derive(Debug)]
struct Ahead {
    database: Database,
    client: reqwest::Client,
    known: Mutex<Option<(Instant, Option<String>)>>,
}

/// The routes of a replica that stands by.
pub fn routes(doors: Arc<Doors>, database: Database) -> Router {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).connect_timeout(CONNECT);
    let client = client.build().expect("a client without a proxy can be made");
    let ahead = Arc::new(Ahead { database, client, known: Mutex::default() });
    Router::new().fallback(pass_on).with_state(ahead).merge(webhook::routes(doors))
}

/// `/metrics` and `/healthz` of a replica that stands by.
pub fn status_routes(shown: Shown) -> Router {
    Router::new().route("/metrics", get(metrics)).route("/healthz", get(healthz)).with_state(shown)
}

async fn healthz(State(shown): State<Shown>) -> (StatusCode, String) {
    let Waiting { is_well, why } = &*shown.waiting.borrow();
    (if *is_well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, format!("{why}\n"))
}

async fn metrics(State(shown): State<Shown>) -> impl IntoResponse {
    let mut text = Exposition::default();
    let standing = Standing { works: false, is_well: shown.waiting.borrow().is_well };
    status::of_process(&mut text, &shown.began, standing);
    status::of_requests(&mut text, &shown.doors);
    ([(header::CONTENT_TYPE, content_type())], text.finish())
}

async fn pass_on(State(ahead): State<Arc<Ahead>>, request: Request) -> Response {
    let is_passed_on = request.headers().contains_key(PASSED_ON);
    match ahead.address().await {
        Some(address) if !is_passed_on => ahead.ask(&address, request).await.unwrap_or_else(|_| nobody()),
        _ => nobody(),
    }
}

/// The replicas are changing over.
fn nobody() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "2")], "another replica is just taking over; try again")
        .into_response()
}

impl Ahead {
    /// Where the replica that works is reached.
    async fn address(&self) -> Option<String> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, address)) = known.filter(|(since, _)| since.elapsed() < KNOWN_FOR) {
            return address;
        }
        let database = self.database.clone();
        let holder = spawn_blocking(move || Lease::holder(&database)).await.expect("looking doesn't panic").ok().flatten();
        let address = holder.map(|holder| holder.address).filter(|address| !address.is_empty());
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), address.clone()));
        address
    }

    async fn ask(&self, address: &str, request: Request) -> Result<Response, reqwest::Error> {
        let (head, body) = request.into_parts();
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let asked = self
            .client
            .request(head.method, format!("http://{address}{path}"))
            .headers(of_the_message(head.headers))
            .header(PASSED_ON, "1")
            .body(reqwest::Body::wrap_stream(body.into_data_stream()));
        let answer = asked.send().await?;
        let (status, headers) = (answer.status(), of_the_message(answer.headers().clone()));
        Ok((status, headers, Body::from_stream(answer.bytes_stream())).into_response())
    }
}

fn of_the_message(mut headers: HeaderMap) -> HeaderMap {
    for name in OF_A_CONNECTION {
        headers.remove(name);
    }
    headers
}
