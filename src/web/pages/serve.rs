//! Requests and answers: who comes, what they may, and the headers around everything.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts as _, RawPathParams, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN,
            RETRY_AFTER, SET_COOKIE,
        },
    },
    middleware::Next,
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use chrono::{DateTime, Utc};
use futures::StreamExt as _;
use tokio::task::spawn_blocking;

use super::{
    Dashboard, Does, Route, THEME, Who,
    look::{Done, Look, Trouble, Visitor},
    page::{Page, Section},
    query::Query,
    secret, template, upload,
};
use crate::{
    admin::lang_of,
    announcement_files::{FileFault, LARGEST},
    domain::{
        access::AccessChange,
        change::{Change, Outcome},
        lang::Lang,
        sign_in::{SESSION_LIFE, Way, may_research, role},
    },
    report::grid::GridFormat,
};

/// A form is a few fields.
const LARGEST_FORM: usize = 64 * 1024;
/// For it to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// Failed attempts to come in within a minute, by everybody together; beyond them nobody is told any more what was wrong.
const MOST_ATTEMPTS: u32 = 30;
/// Where Telegram's own web clients show the Mini App.
pub(super) const TELEGRAM_WEB: &str = "https://web.telegram.org https://weba.telegram.org https://webk.telegram.org";

/// Failed attempts in the minute that goes on. Only those that fail are held back: a secret can't be guessed, and nobody should be able
/// to lock others out.
#[derive(Debug, Default)]
pub(super) struct Attempts(Mutex<(i64, u32)>);

impl Attempts {
    /// Notes one more; whether it is too many.
    pub(super) fn failed(&self, now: DateTime<Utc>) -> bool {
        let minute = now.timestamp().div_euclid(60);
        let mut count = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *count = if count.0 == minute { (minute, count.1.saturating_add(1)) } else { (minute, 1) };
        count.1 > MOST_ATTEMPTS
    }
}

/// What a form says. Nothing, where it is too large or doesn't arrive: a slow client must not hold a connection.
pub(super) async fn read_form(body: Body) -> Query {
    match tokio::time::timeout(PATIENCE, to_bytes(body, LARGEST_FORM)).await {
        Ok(Ok(body)) => Query::parse(&String::from_utf8_lossy(&body)),
        Ok(Err(_)) | Err(_) => Query::default(),
    }
}

/// Reads what is left of a request, and forgets it: a browser listens only when it has said everything.
async fn hear_out(body: Body, most: usize, patience: Duration) {
    let mut pieces = body.into_data_stream();
    let mut left = most;
    let listening = async {
        while let Some(Ok(piece)) = pieces.next().await {
            left = left.saturating_sub(piece.len());
            if left == 0 {
                return;
            }
        }
    };
    // A slow client must not hold a connection.
    let _ = tokio::time::timeout(patience, listening).await;
}

/// The route for axum.
pub(super) fn method(route: &'static Route) -> MethodRouter<Arc<Dashboard>> {
    let serve = move |State(dashboard): State<Arc<Dashboard>>, request: Request| async move {
        let theme = theme_of(request.headers());
        let lang = dashboard.rules().lang;
        match answer(route, dashboard, request).await {
            Ok(response) => response,
            Err(trouble) => said(&trouble, lang, theme, "/sign-in"),
        }
    };
    match route.does {
        Does::Shows(_) => get(serve),
        Does::Acts(_) | Does::Asks(_) => post(serve),
        Does::Own(own) => own(),
    }
}

async fn answer(route: &'static Route, dashboard: Arc<Dashboard>, request: Request) -> Result<Response, Trouble> {
    let (mut parts, body) = request.into_parts();
    let now = dashboard.now();
    let query = Query::parse(parts.uri.query().unwrap_or(""));
    let Some(visitor) = visitor(&dashboard, &parts.headers, now) else {
        let wants_page = parts.method == Method::GET && query.get("format").is_empty();
        hear_out(body, LARGEST_FORM, PATIENCE).await;
        return Ok(if wants_page { to("/sign-in") } else { StatusCode::UNAUTHORIZED.into_response() });
    };
    let theme = theme_of(&parts.headers);
    let (lang, home) = (visitor.lang, template::home(visitor.role));
    if !route.who.includes(&visitor) {
        // Whoever follows the way to the front door is shown to their own.
        let own = route.path == "/" && parts.method == Method::GET;
        hear_out(body, LARGEST, PATIENCE).await;
        return Ok(if own { to(home) } else { said(&Trouble::Forbidden, lang, theme, home) });
    }
    let form = match route.does {
        Does::Acts(_) => {
            let form = read_form(body).await;
            if !is_own_origin(&parts.headers, &dashboard.address) || !secret::is_same(form.get("csrf"), &visitor.csrf) {
                return Ok(said(&Trouble::Form, lang, theme, home));
            }
            form
        }
        Does::Asks(_) => {
            if !is_own_origin(&parts.headers, &dashboard.address) {
                hear_out(body, LARGEST, PATIENCE).await;
                return Ok(said(&Trouble::Form, lang, theme, home));
            }
            if let Some(declared) = upload::too_large(&parts.headers) {
                // What nobody would wait for isn't heard out: its browser says that the connection broke.
                if declared <= upload::HEARD_OUT {
                    hear_out(body, declared, upload::PATIENCE).await;
                }
                return Ok(said(&upload::refused(&FileFault::TooLarge(LARGEST / 1_000_000), lang), lang, theme, home));
            }
            let request = Request::from_parts(parts.clone(), body);
            let read = if upload::is_one(&request) {
                upload::read(&dashboard, request, &visitor.csrf, lang).await
            } else {
                Ok(upload::read_plain(request).await)
            };
            match read {
                Ok(form) if secret::is_same(form.get("csrf"), &visitor.csrf) => form,
                Ok(_) => return Ok(said(&Trouble::Form, lang, theme, home)),
                Err(trouble) => return Ok(said(&trouble, lang, theme, home)),
            }
        }
        Does::Shows(_) | Does::Own(_) => Query::default(),
    };
    let params = RawPathParams::from_request_parts(&mut parts, &()).await.map_err(|why| Trouble::Broken(why.to_string()))?;
    let id = params.iter().next().map_or_else(String::new, |(_, value)| value.to_owned());
    note_seen(&dashboard, &visitor, now);
    let path = parts.uri.path().to_owned();
    // However many look: counting goes on beside them.
    let _turn = dashboard.drawing.acquire().await.map_err(|why| Trouble::Broken(why.to_string()))?;
    let drawn = spawn_blocking({
        let dashboard = dashboard.clone();
        move || {
            let look = Look { dashboard: &dashboard, visitor: &visitor, now, path: &path, id: &id, query: &query, theme };
            let answered = respond(route, &look, &form);
            answered.unwrap_or_else(|trouble| said(&trouble, lang, theme, home))
        }
    });
    let response = drawn.await.map_err(|why| Trouble::Broken(why.to_string()))?;
    // What was changed is safe before anybody is told so. A look changes nothing that somebody would wait for.
    if matches!(route.does, Does::Acts(_)) {
        dashboard.store().flush().await?;
    }
    Ok(response)
}

fn respond(route: &Route, look: &Look<'_>, form: &Query) -> Result<Response, Trouble> {
    match route.does {
        Does::Shows(draw) => {
            let page = draw(look)?;
            match GridFormat::from_ending(look.query.get("format")) {
                Some(format) => file(look, &page, format),
                None => html(template::framed(look, &page)),
            }
        }
        Does::Acts(act) => Ok(done(look, act(look, form)?)),
        Does::Asks(ask) => html(template::framed(look, &ask(look, form)?)),
        Does::Own(_) => Err(Trouble::Missing),
    }
}

/// A table of a page as a file.
fn file(look: &Look<'_>, page: &Page, format: GridFormat) -> Result<Response, Trouble> {
    let wanted = look.query.get("table");
    let table = page.sections.iter().find_map(|section| match section {
        Section::Table(table) if table.name == wanted => Some(table),
        _ => None,
    });
    let table = table.ok_or(Trouble::Missing)?;
    let bytes = table.grid(look.query).file(format, &table.title).map_err(|why| Trouble::Broken(why.to_string()))?;
    let day = look.now.with_timezone(&look.dashboard.rules().zone).format("%Y-%m-%d");
    let name = format!("attachment; filename=\"rollcall-{}-{day}.{}\"", table.name, format.ending());
    Ok(([(CONTENT_TYPE, format.media_type().to_owned()), (CONTENT_DISPOSITION, name)], bytes).into_response())
}

fn done(look: &Look<'_>, done: Done) -> Response {
    let said = done.notice.map_or("", |notice| notice.key());
    let mut response = to(&Query::default().with_some("said", said).href(&done.to));
    if let Some((name, value)) = done.cookie {
        let cookie = cookie(look.dashboard, name, &value, look.visitor.by);
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// Who comes, as what they are at this moment. A cookie says who, and nothing about what they may.
pub(super) fn visitor(dashboard: &Dashboard, headers: &HeaderMap, now: DateTime<Utc>) -> Option<Visitor> {
    let cookie = cookie_of(headers, dashboard.cookie())?;
    let session = secret::digest(&cookie);
    dashboard.store().read(|state| {
        let known = state.access.sign_in.session(&session, now)?;
        let role = role(state, dashboard.rules(), known.user)?;
        Some(Visitor {
            user: known.user,
            role,
            researches: may_research(state, dashboard.rules(), known.user),
            lang: lang_of(state, dashboard.rules(), known.user),
            name: super::settings::called(state, known.user),
            by: known.by,
            session,
            csrf: secret::of_forms(&cookie),
        })
    })
}

fn note_seen(dashboard: &Dashboard, visitor: &Visitor, now: DateTime<Utc>) {
    let noted = dashboard.store().decide(&[], |state| {
        let seen = state.access.sign_in.seen(&visitor.session, now);
        let changes = seen.into_iter().map(|change| Change::Access(AccessChange::SignIn(change)));
        Outcome { changes: changes.collect(), work: Vec::new() }
    });
    if let Err(fault) = noted {
        tracing::warn!(%fault, "that somebody looks at the pages can't be noted");
    }
}

/// A cookie's value.
pub(super) fn cookie_of(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

/// A cookie to set; without a value it is deleted. In Telegram's web clients the Mini App is a frame on a foreign page, where
/// browsers send only cookies that say that they may go there.
pub(super) fn cookie(dashboard: &Dashboard, name: &str, value: &str, by: Way) -> HeaderValue {
    let age = if value.is_empty() { 0 } else { SESSION_LIFE.num_seconds() };
    let scope = match (dashboard.is_secure(), by) {
        (true, Way::App) => "; Secure; SameSite=None; Partitioned",
        (true, Way::Link) => "; Secure; SameSite=Lax",
        (false, _) => "; SameSite=Lax",
    };
    let text = format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly{scope}");
    HeaderValue::from_str(&text).expect("ours are letters and digits")
}

pub(super) fn theme_of(headers: &HeaderMap) -> &'static str {
    super::theme(&cookie_of(headers, THEME).unwrap_or_default())
}

/// Whether a form was sent from our own pages, as far as the browser says.
pub(super) fn is_own_origin(headers: &HeaderMap, address: &str) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    if text(&HeaderName::from_static("sec-fetch-site")).is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return false;
    }
    let Some(origin) = text(&ORIGIN) else { return true };
    let host = origin.split_once("://").map(|(_, host)| host);
    origin == address || (host.is_some() && host == text(&HOST))
}

/// Goes on at another page.
pub(super) fn to(path: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(path) = HeaderValue::from_str(path) {
        response.headers_mut().insert(LOCATION, path);
    }
    response
}

pub(super) fn html(rendered: Result<String, askama::Error>) -> Result<Response, Trouble> {
    let html = rendered.map_err(|why| Trouble::Broken(why.to_string()))?;
    Ok(([(CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response())
}

/// What went wrong, as a page.
pub(super) fn said(trouble: &Trouble, lang: Lang, theme: &'static str, home: &str) -> Response {
    let status = match trouble {
        Trouble::Missing => StatusCode::NOT_FOUND,
        Trouble::Forbidden | Trouble::Form => StatusCode::FORBIDDEN,
        Trouble::Often => StatusCode::TOO_MANY_REQUESTS,
        Trouble::Period => StatusCode::BAD_REQUEST,
        Trouble::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Trouble::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        Trouble::Fault(fault) => {
            tracing::error!(%fault, "a page can't be shown");
            StatusCode::INTERNAL_SERVER_ERROR
        }
        Trouble::Broken(why) => {
            tracing::error!(%why, "a page can't be shown");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    let page = html(template::trouble(trouble, lang, theme, home));
    let mut response = page.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response());
    *response.status_mut() = status;
    if status == StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("60"));
    }
    response
}

/// The page that shows another one of ours in a frame.
const FRAMING: &str = "/research/network";

/// Headers that every answer has. Nothing from elsewhere is loaded, nothing within a page is run, and nobody may put it into a frame
/// but Telegram, for the Mini App. An answer may bring a policy of its own.
pub(super) async fn guard(State(dashboard): State<Arc<Dashboard>>, request: Request, next: Next) -> Response {
    let now = dashboard.now();
    let is_app = request.uri().path() == "/app"
        || visitor(&dashboard, request.headers(), now).is_some_and(|visitor| visitor.by == Way::App);
    let framed = if request.uri().path() == FRAMING { " frame-src 'self';" } else { "" };
    let mut response = next.run(request).await;
    let frames = if is_app && dashboard.is_secure() { TELEGRAM_WEB } else { "'none'" };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self';{framed} \
         form-action 'self'; base-uri 'none'; frame-ancestors {frames}"
    );
    let headers = response.headers_mut();
    let policy = HeaderValue::from_str(&policy).expect("our own letters");
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(policy);
    let fixed = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Whatever a person sees is theirs: no proxy may keep it.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Whether somebody may use a route that answers for itself.
pub(super) fn admitted(dashboard: &Dashboard, headers: &HeaderMap, who: Who) -> Result<Visitor, StatusCode> {
    let visitor = visitor(dashboard, headers, dashboard.now()).ok_or(StatusCode::UNAUTHORIZED)?;
    if who.includes(&visitor) { Ok(visitor) } else { Err(StatusCode::FORBIDDEN) }
}

/// Whether somebody looks who sees only what is theirs.
pub(super) fn sees_own_only(visitor: &Visitor) -> bool {
    visitor.role.sees_own_only()
}
