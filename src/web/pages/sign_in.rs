//! Coming in: by a link that the bot sent, or as a Mini App with Telegram's proof.

use std::sync::Arc;

use askama::Template as _;
use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header::SET_COOKIE},
    response::{IntoResponse as _, Response},
    routing::{MethodRouter, get},
};

use super::{
    Dashboard,
    look::Trouble,
    query::Query,
    secret,
    serve::{cookie, cookie_of, html, is_own_origin, read_form, said, theme_of, to, visitor},
    template::{Plain, home},
};
use crate::{
    admin::lang_of,
    domain::{
        access::AccessChange,
        change::{Change, Outcome},
        ids::UserId,
        lang::Lang,
        registry::Person,
        sign_in::{Digest, Role, SignIn, SignInChange, Way, role},
        state::State as Known,
    },
    store::StoreFault,
    text::{
        name::in_text,
        pages::{Notice, Words},
    },
};

/// Ties the form of somebody who isn't signed in yet to their browser.
const BEFORE: &str = "rollcall-before";

/// How to come in.
pub(super) fn how() -> MethodRouter<Arc<Dashboard>> {
    get(|State(dashboard): State<Arc<Dashboard>>, uri: Uri, headers: HeaderMap| async move {
        if let Some(visitor) = visitor(&dashboard, &headers, dashboard.now()) {
            return to(home(visitor.role));
        }
        let (lang, theme) = (guess(&dashboard, &headers), theme_of(&headers));
        let words = Words(lang);
        let query = Query::parse(uri.query().unwrap_or(""));
        let notice = Notice::from_key(query.get("said")).map(|notice| format!("{} ", notice.text(lang)));
        let more = format!("{}{}", notice.unwrap_or_default(), words.sign_in_how());
        plain(&Plain::new(lang, theme, words.sign_in(), &more))
    })
}

/// An address that nobody knows.
pub(super) async fn nowhere(State(dashboard): State<Arc<Dashboard>>, headers: HeaderMap) -> Response {
    let known = visitor(&dashboard, &headers, dashboard.now());
    let (lang, home) = known.map_or_else(|| (guess(&dashboard, &headers), "/sign-in"), |known| (known.lang, home(known.role)));
    said(&Trouble::Missing, lang, theme_of(&headers), home)
}

/// The link in the chat: looking at it uses nothing up, its button does. Telegram looks at links before people do.
pub(super) fn link() -> MethodRouter<Arc<Dashboard>> {
    get(show_link).post(use_link)
}

/// The Mini App.
pub(super) fn app() -> MethodRouter<Arc<Dashboard>> {
    get(show_app).post(use_app)
}

async fn show_link(State(dashboard): State<Arc<Dashboard>>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let (digest, now, theme) = (secret::digest(&token), dashboard.now(), theme_of(&headers));
    let known = dashboard.store().read(|state| {
        let user = state.access.sign_in.link(&digest, now)?.user;
        let (role, lang) = (role(state, dashboard.rules(), user)?, lang_of(state, dashboard.rules(), user));
        Some((lang, super::settings::announced(state, user, role, Words(lang))))
    });
    let Some((lang, name)) = known else { return over(&dashboard, &headers) };
    let words = Words(lang);
    let more = format!("{} {}", words.sign_in_as(&in_text(&name)), words.sign_in_ready());
    let Ok((before, form)) = before(&headers) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let action = format!("/sign-in/{token}");
    let page = Plain { form: Some((&action, &form)), ..Plain::new(lang, theme, words.sign_in(), &more) };
    with_cookie(plain(&page), cookie(&dashboard, BEFORE, &before, Way::Link))
}

async fn use_link(
    State(dashboard): State<Arc<Dashboard>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if !is_ours(&dashboard, &headers, body).await.0 {
        return said(&Trouble::Form, guess(&dashboard, &headers), theme_of(&headers), "/sign-in");
    }
    let (digest, now) = (secret::digest(&token), dashboard.now());
    let came = come(&dashboard, Way::Link, |state, cookie| {
        let user = state.access.sign_in.link(&digest, now)?.user;
        let role = role(state, dashboard.rules(), user)?;
        Some((role, state.access.sign_in.came_by_link(&digest, cookie, now)?, Vec::new()))
    });
    match came.await {
        Ok(Some(response)) => response,
        Ok(None) => over(&dashboard, &headers),
        Err(fault) => said(&Trouble::Fault(fault), dashboard.rules().lang, theme_of(&headers), "/sign-in"),
    }
}

async fn show_app(State(dashboard): State<Arc<Dashboard>>, headers: HeaderMap) -> Response {
    let (lang, theme) = (guess(&dashboard, &headers), theme_of(&headers));
    let words = Words(lang);
    // In a frame no cookie of before is there: the form is tied to Telegram's proof alone, which nobody else has.
    let page = Plain { app: true, in_app: true, ..Plain::new(lang, theme, "Rollcall", words.app_opening()) };
    plain(&page)
}

async fn use_app(State(dashboard): State<Arc<Dashboard>>, headers: HeaderMap, body: Body) -> Response {
    let (lang, theme, now) = (guess(&dashboard, &headers), theme_of(&headers), dashboard.now());
    let form = read_form(body).await;
    if !is_own_origin(&headers, &dashboard.address) {
        return said(&Trouble::Form, lang, theme, "/app");
    }
    let opened = dashboard.app_keys.iter().find_map(|key| key.opened(form.get("init_data"), now));
    let Some(opened) = opened else { return refused(&dashboard, lang, theme) };
    let came = come(&dashboard, Way::App, |state, cookie| {
        let role = role(state, dashboard.rules(), opened.user)?;
        let sign_in: &SignIn = &state.access.sign_in;
        let changes = sign_in.came_by_app(opened.proof, opened.until, opened.user, cookie, now)?;
        Some((role, changes, met(state, opened.user, opened.lang)))
    });
    match came.await {
        Ok(Some(response)) => response,
        Ok(None) => refused(&dashboard, lang, theme),
        Err(fault) => said(&Trouble::Fault(fault), lang, theme, "/app"),
    }
}

/// Their Telegram's language, where nothing was known of them.
fn met(state: &Known, user: UserId, lang: Option<Lang>) -> Vec<Change> {
    let known = state.people.get(&user).cloned().unwrap_or_default();
    if known.telegram_lang.is_some() || lang.is_none() {
        return Vec::new();
    }
    vec![Change::Person(user, Some(Person { telegram_lang: lang, ..known }))]
}

/// Begins a session if `decide` finds that somebody may come in. It is safe on disk before the cookie leaves.
async fn come(
    dashboard: &Dashboard,
    by: Way,
    decide: impl FnOnce(&Known, Digest) -> Option<(Role, Vec<SignInChange>, Vec<Change>)>,
) -> Result<Option<Response>, StoreFault> {
    let Ok((secret, digest)) = secret::new() else {
        tracing::error!("the system has no random numbers");
        return Ok(None);
    };
    let mut came = None;
    dashboard.store().decide(&[], |state| {
        let Some((role, changes, others)) = decide(state, digest) else { return Outcome::nothing() };
        came = Some(role);
        let changes = changes.into_iter().map(|change| Change::Access(AccessChange::SignIn(change))).chain(others).collect();
        Outcome { changes, work: Vec::new() }
    })?;
    let Some(role) = came else { return Ok(None) };
    dashboard.store().flush().await?;
    Ok(Some(with_cookie(to(home(role)), cookie(dashboard, dashboard.cookie(), &secret, by))))
}

/// A link that doesn't work (any more).
fn over(dashboard: &Dashboard, headers: &HeaderMap) -> Response {
    let (lang, theme) = (guess(dashboard, headers), theme_of(headers));
    if dashboard.attempts.failed(dashboard.now()) {
        return said(&Trouble::Often, lang, theme, "/sign-in");
    }
    let words = Words(lang);
    let mut response = plain(&Plain::new(lang, theme, words.link_over(), words.link_over_more()));
    *response.status_mut() = StatusCode::GONE;
    response
}

fn refused(dashboard: &Dashboard, lang: Lang, theme: &'static str) -> Response {
    if dashboard.attempts.failed(dashboard.now()) {
        return said(&Trouble::Often, lang, theme, "/app");
    }
    let words = Words(lang);
    let mut response = plain(&Plain::new(lang, theme, words.sign_in(), words.app_failed()));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}

/// A secret for the browser of somebody who isn't signed in yet, and what their form carries.
fn before(headers: &HeaderMap) -> Result<(String, String), getrandom::Error> {
    let secret = match cookie_of(headers, BEFORE).filter(|secret| secret.len() == 43) {
        Some(secret) if secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') => secret,
        Some(_) | None => secret::new()?.0,
    };
    let form = secret::of_forms(&secret);
    Ok((secret, form))
}

/// Whether a form came from our own page in the same browser.
async fn is_ours(dashboard: &Dashboard, headers: &HeaderMap, body: Body) -> (bool, Query) {
    let form = read_form(body).await;
    let expected = cookie_of(headers, BEFORE).map(|before| secret::of_forms(&before));
    let is_tied = expected.is_some_and(|expected| secret::is_same(&expected, form.get("csrf")));
    (is_tied && is_own_origin(headers, &dashboard.address), form)
}

fn plain(page: &Plain<'_>) -> Response {
    html(page.render()).unwrap_or_else(|trouble| said(&trouble, page.w.0, page.theme, "/sign-in"))
}

fn with_cookie(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}

/// The language of somebody who isn't known yet: the first of their browser's that is ours.
fn guess(dashboard: &Dashboard, headers: &HeaderMap) -> Lang {
    let wanted = headers.get("accept-language").and_then(|value| value.to_str().ok()).unwrap_or("");
    let tags = wanted.split(',').map(|tag| tag.split(';').next().unwrap_or("").trim());
    tags.filter_map(Lang::from_tag).next().unwrap_or(dashboard.rules().lang)
}
