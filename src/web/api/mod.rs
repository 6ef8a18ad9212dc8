//! REST: the register, figures, boards and the log of changes for other programs, under `/api/v1/`; and what the platform
//! before this one had under `/telegram/`.
//!
//! Every request goes the same way: its route is looked up in [`ROUTES`], its key is checked, its turn is counted, its query is
//! compared with what the route knows, its body is read within limits; then a handler answers. No handler is reached otherwise.

mod answers;
mod call;
pub(crate) mod chat_answers;
mod chats;
mod command_answers;
mod commands;
mod document;
mod figures;
mod gate;
pub(crate) mod job_answers;
mod jobs;
mod log;
mod page;
mod paging;
mod problem;
mod register;
mod register_change;
mod route;
mod study;
mod table;
mod telegram;

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{FromRequestParts, Query, RawPathParams, Request, State},
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header},
    routing::any,
};
use tokio::sync::Semaphore;

use self::{
    call::{Answer, Call, acceptable},
    gate::{Caller, Rates, Standing},
    problem::Problem,
    route::Good,
};
pub use self::{
    gate::{SECRET_PREFIX, hash_of},
    route::Route,
    table::ROUTES,
};
use super::site::Site;

/// The longest changes are a few hundred bytes.
const LARGEST_BODY: usize = 64 * 1024;
/// One with a file in it: 9 MB in Base64, and what is around it.
const LARGEST_WITH_FILE: usize = 12 * 1024 * 1024 + LARGEST_BODY;
/// For one with a file to arrive.
const FILE_PATIENCE: Duration = Duration::from_secs(60);
/// For a body to arrive.
const BODY_PATIENCE: Duration = Duration::from_secs(10);
/// For an answer, a report over years among them.
const ANSWER_PATIENCE: Duration = Duration::from_secs(60);
/// Answers that are read from files at the same time: more would only share the processor and add up their memory.
const TURNS: usize = 2;

/// What all requests share.
#[derive(Debug)]
struct Api {
    site: Arc<Site>,
    rates: Rates,
    turns: Arc<Semaphore>,
}

/// The routes.
pub fn routes(site: Arc<Site>) -> Router {
    let rates = Rates::new(site.requests_a_minute);
    let api = Arc::new(Api { site, rates, turns: Arc::new(Semaphore::new(TURNS)) });
    let mut by_path: BTreeMap<&'static str, Vec<&'static Route>> = BTreeMap::new();
    for route in ROUTES {
        by_path.entry(route.path).or_default().push(route);
    }
    let mut router = Router::new();
    for (path, routes) in by_path {
        let here: Arc<[&'static Route]> = routes.into();
        router = router.route(path, any(move |state, request| serve(state, request, here.clone())));
    }
    router.route("/api/{*rest}", any(nowhere)).with_state(api)
}

/// 404, for paths that nobody knows.
async fn nowhere() -> Response<Body> {
    dressed(Err(Problem::not_found("There is nothing here; GET /api/openapi.json says what there is.")))
}

async fn serve(State(api): State<Arc<Api>>, request: Request, here: Arc<[&'static Route]>) -> Response<Body> {
    let mut standing = None;
    let answer = match tokio::time::timeout(ANSWER_PATIENCE, answer(&api, request, &here, &mut standing)).await {
        Ok(answer) => answer,
        Err(_) => Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "This takes too long now; ask for fewer days, or later.")
            .with(header::RETRY_AFTER, "30")),
    };
    let mut response = dressed(answer);
    if let Some(standing) = standing {
        standing.tell(response.headers_mut());
    }
    response
}

/// What every answer has.
fn dressed(answer: Answer) -> Response<Body> {
    let mut response = answer.unwrap_or_else(Problem::into_response);
    let always = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    for (name, value) in always {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

async fn answer(api: &Arc<Api>, request: Request, here: &[&'static Route], standing: &mut Option<Standing>) -> Answer {
    let (mut parts, body) = request.into_parts();
    let method = if parts.method == Method::HEAD { &Method::GET } else { &parts.method };
    let route = here.iter().find(|route| route.method == method).ok_or_else(|| not_allowed(here))?;
    let caller = admit(api, route, &parts.headers, standing)?;
    let path = RawPathParams::from_request_parts(&mut parts, &()).await;
    let path = path.map_err(|_| Problem::unreadable("A part of the path isn't UTF-8."))?;
    let path = path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
    let Query(query) = query.map_err(|why| Problem::unreadable(format!("The query can't be read: {why}.")))?;
    know(route, &query)?;
    negotiate(route, &parts.headers)?;
    let body = if route.body.is_some() { read(route, &parts.headers, body).await? } else { axum::body::Bytes::new() };
    let call = Call { api: api.clone(), caller, path, query, headers: parts.headers, body, place: parts.uri.path().to_owned() };
    (route.run)(call).await
}

fn not_allowed(here: &[&'static Route]) -> Problem {
    let mut methods: Vec<&str> = here.iter().map(|route| route.method.as_str()).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    let allowed = methods.join(", ");
    let detail = format!("Here one can ask by {allowed}; GET /api/openapi.json says what for.");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail).with(header::ALLOW, allowed)
}

/// Who asks, where a key is needed; counts the request.
fn admit(api: &Api, route: &Route, headers: &HeaderMap, standing: &mut Option<Standing>) -> Result<Option<Caller>, Problem> {
    let Some(scope) = route.scope else { return Ok(None) };
    let now = api.site.now();
    let admitted = api.site.store().read(|state| gate::admit(&state.access, headers, scope, now));
    let taken = api.rates.take(admitted.as_ref().ok().map(|caller| &caller.id), Instant::now());
    *standing = Some(taken);
    taken.admit()?;
    admitted.map(Some)
}

/// A mistyped name would otherwise be an answer to another question.
fn know(route: &Route, query: &[(String, String)]) -> Result<(), Problem> {
    for (index, (name, _)) in query.iter().enumerate() {
        let known = || route.query.iter().map(|query| query.name).collect::<Vec<_>>();
        if !known().contains(&name.as_str()) {
            let known = if known().is_empty() { "nothing".to_owned() } else { known().join(", ") };
            return Err(Problem::unreadable(format!("Nothing is known of {name:?}; the query may hold {known}.")));
        }
        if query[..index].iter().any(|(before, _)| before == name) {
            return Err(Problem::unreadable(format!("{name:?} is there twice; say it once.")));
        }
    }
    Ok(())
}

fn negotiate(route: &Route, headers: &HeaderMap) -> Result<(), Problem> {
    let offered = match route.answer {
        Good::Json(..) | Good::Page(_) | Good::Document => "application/json",
        Good::Html => "text/html",
        // A report has more to choose from, and nothing has no type.
        Good::Report | Good::Nothing => return Ok(()),
    };
    let detail = || format!("This is answered with {offered}; send `Accept: {offered}`, or none.");
    acceptable(headers, &[offered]).map(drop).ok_or_else(|| Problem::new(StatusCode::NOT_ACCEPTABLE, detail()))
}

async fn read(route: &Route, headers: &HeaderMap, body: Body) -> Result<axum::body::Bytes, Problem> {
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(';').next().is_some_and(|mime| mime.trim().eq_ignore_ascii_case("application/json")));
    if !is_json {
        let detail = "The body has to be JSON; send `Content-Type: application/json`.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let (patience, most) = if route.takes_file { (FILE_PATIENCE, LARGEST_WITH_FILE) } else { (BODY_PATIENCE, LARGEST_BODY) };
    match tokio::time::timeout(patience, to_bytes(body, most)).await {
        Ok(Ok(body)) => Ok(body),
        // A connection that breaks gets no answer, so what is left is the limit.
        Ok(Err(_)) => {
            let most = if route.takes_file { "12 MiB; a file may have 9 MB" } else { "64 KiB; one change is far below" };
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("The body is larger than {most}.")))
        }
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "The body didn't arrive in time; send it at once.")),
    }
}
