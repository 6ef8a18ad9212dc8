//! The dashboard: pages for people, made on the server, that work without scripts and are quicker with them.
//!
//! A page is drawn in two steps: a function of `Look` makes a `Page` of plain values, and one template makes HTML of that. What
//! a page's tables show is what their files hold, because both come from the same page. Who may see what is in `ROUTES`.

mod act;
mod assets;
mod bots;
mod chart;
mod chats;
mod collecting;
mod commands;
mod events;
mod jobs;
mod log;
mod look;
mod message;
mod overview;
mod page;
mod people;
mod query;
mod research;
mod secret;
mod send;
mod serve;
mod settings;
mod sign_in;
mod study;
mod sums;
mod table;
mod template;
mod upload;

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::State};
use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;

pub use self::secret::AppKey;
use self::{
    events::Hub,
    look::{Done, Look, Trouble, Visitor},
    page::Page,
    query::Query,
    serve::Attempts,
    sums::Sums,
};
use super::{bots::Bots, status::Watched};
use crate::{
    domain::{rules::Rules, sign_in::Role},
    researchers::Researchers,
    store::Store,
};

/// The cookie that says how pages look in a browser.
const THEME: &str = "rollcall-theme";

/// Where programs send.
const SENDING: &str = "/telegram/send-message/";

/// A page over years reads for seconds: so many are drawn at the same time, the others wait.
const AT_ONCE: usize = 4;

/// After the start: nobody is at a page sooner.
const WARM_UP_AFTER: Duration = Duration::from_millis(500);

/// What the pages are made from.
#[derive(Debug)]
pub struct Dashboard {
    watched: Arc<Watched>,
    bots: Arc<dyn Bots>,
    /// Where people reach it, without a slash at the end.
    address: String,
    app_keys: Vec<AppKey>,
    sums: Sums,
    hub: Arc<Hub>,
    researchers: Arc<Researchers>,
    attempts: Attempts,
    /// Pages that are drawn at the same time.
    drawing: Semaphore,
}

impl Dashboard {
    /// The pages at `address` (`https://…` or `http://…`), with the keys of the bots whose Mini App leads here.
    pub fn new(
        watched: Arc<Watched>,
        bots: Arc<dyn Bots>,
        address: &str,
        app_keys: Vec<AppKey>,
        researchers: Arc<Researchers>,
    ) -> Arc<Self> {
        let address = address.trim_end_matches('/').to_owned();
        let (sums, attempts) = (Sums::default(), Attempts::default());
        Arc::new(Self {
            watched,
            bots,
            address,
            app_keys,
            sums,
            hub: Arc::default(),
            researchers,
            attempts,
            drawing: Semaphore::new(AT_ONCE),
        })
    }

    fn store(&self) -> &Store {
        &self.watched.context.store
    }

    fn rules(&self) -> &Rules {
        &self.watched.context.rules
    }

    fn now(&self) -> DateTime<Utc> {
        self.watched.context.clock.now()
    }

    /// Whether people reach it by https: cookies are marked so that they go no other way.
    fn is_secure(&self) -> bool {
        self.address.starts_with("https://")
    }

    /// The name of the cookie that people are known by.
    fn cookie(&self) -> &'static str {
        if self.is_secure() { "__Host-rollcall" } else { "rollcall-session" }
    }
}

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whoever comes.
    Anybody,
    /// Whoever is signed in.
    SignedIn,
    /// Teachers: what is their own.
    Teacher,
    /// Admins and viewers.
    Viewer,
    /// Whoever may collect public channels, with an account of their own.
    Researcher,
    /// Admins.
    Admin,
}

impl Who {
    fn includes(self, visitor: &Visitor) -> bool {
        match self {
            Self::Anybody | Self::SignedIn => true,
            Self::Teacher => matches!(visitor.role, Role::Teacher(_)),
            Self::Viewer => matches!(visitor.role, Role::Admin(_) | Role::Viewer),
            Self::Researcher => visitor.researches,
            Self::Admin => matches!(visitor.role, Role::Admin(_)),
        }
    }
}

/// What is done at a route.
#[derive(Clone, Copy)]
enum Does {
    /// Shows a page, or one of its tables as a file.
    Shows(fn(&Look<'_>) -> Result<Page, Trouble>),
    /// Changes something, as a form says.
    Acts(fn(&Look<'_>, &Query) -> Result<Done, Trouble>),
    /// Shows a page that a form asks for, which changes nothing; perhaps a file comes along.
    Asks(fn(&Look<'_>, &Query) -> Result<Page, Trouble>),
    /// Something else than these: coming in, live news, files of our own.
    Own(fn() -> axum::routing::MethodRouter<Arc<Dashboard>>),
}

/// A route: where, for whom, what.
struct Route {
    path: &'static str,
    who: Who,
    does: Does,
}

const fn shows(path: &'static str, who: Who, draw: fn(&Look<'_>) -> Result<Page, Trouble>) -> Route {
    Route { path, who, does: Does::Shows(draw) }
}

const fn acts(path: &'static str, who: Who, act: fn(&Look<'_>, &Query) -> Result<Done, Trouble>) -> Route {
    Route { path, who, does: Does::Acts(act) }
}

const fn asks(path: &'static str, who: Who, ask: fn(&Look<'_>, &Query) -> Result<Page, Trouble>) -> Route {
    Route { path, who, does: Does::Asks(ask) }
}

const fn own(path: &'static str, who: Who, route: fn() -> axum::routing::MethodRouter<Arc<Dashboard>>) -> Route {
    Route { path, who, does: Does::Own(route) }
}

/// Every route of the pages. What isn't here isn't served, and the tests try each with everybody.
static ROUTES: [Route; 78] = [
    shows("/", Who::Viewer, overview::draw),
    shows("/groups", Who::Viewer, people::groups),
    shows("/groups/{id}", Who::Viewer, people::group),
    shows("/teachers", Who::Viewer, people::teachers),
    shows("/teachers/{id}", Who::Viewer, people::teacher),
    shows("/study", Who::Viewer, study::all),
    shows("/study/{id}", Who::Viewer, study::one),
    shows("/chats", Who::Viewer, chats::all),
    shows("/chats/{id}", Who::Viewer, chats::one),
    shows("/bots", Who::Viewer, bots::draw),
    shows("/send", Who::Viewer, send::draw),
    shows("/jobs", Who::Viewer, jobs::all),
    shows("/jobs/{id}", Who::Viewer, jobs::one),
    shows("/commands", Who::Viewer, commands::all),
    shows("/commands/{id}", Who::Viewer, commands::one),
    shows("/audit", Who::Viewer, log::draw),
    shows("/me", Who::Teacher, people::me),
    shows("/settings", Who::SignedIn, settings::draw),
    acts("/teachers", Who::Admin, act::new_teacher),
    acts("/teachers/{id}/name", Who::Admin, act::rename_teacher),
    acts("/teachers/{id}/active", Who::Admin, act::set_active),
    acts("/teachers/{id}/assign", Who::Admin, act::assign_teacher),
    acts("/teachers/{id}/unassign", Who::Admin, act::unassign_teacher),
    acts("/groups/{id}/title", Who::Admin, act::rename_group),
    acts("/groups/{id}/enabled", Who::Admin, act::set_enabled),
    acts("/groups/{id}/assign", Who::Admin, act::assign_group),
    acts("/groups/{id}/unassign", Who::Admin, act::unassign_group),
    acts("/chats/refresh", Who::Admin, chats::refresh_all),
    acts("/chats/{id}/refresh", Who::Admin, chats::refresh_one),
    acts("/chats/{id}/forget", Who::Admin, chats::forget),
    acts("/groups/{id}/bot", Who::Admin, act::count_by),
    asks("/send/preview", Who::Admin, send::preview),
    acts("/send", Who::Admin, send::send),
    acts("/jobs", Who::Admin, jobs::make),
    acts("/jobs/{id}/start", Who::Admin, jobs::start),
    acts("/jobs/{id}/stop", Who::Admin, jobs::stop),
    acts("/jobs/{id}/retry", Who::Admin, jobs::retry),
    acts("/jobs/{id}/schedule", Who::Admin, jobs::schedule),
    acts("/jobs/{id}/remove", Who::Admin, jobs::remove),
    acts("/commands", Who::Admin, commands::add),
    acts("/commands/contact", Who::Admin, commands::contact),
    acts("/commands/contact/usual", Who::Admin, commands::usual_contact),
    acts("/commands/{id}/change", Who::Admin, commands::change),
    acts("/commands/{id}/enabled", Who::Admin, commands::enable),
    acts("/commands/{id}/move", Who::Admin, commands::place),
    acts("/commands/{id}/remove", Who::Admin, commands::remove),
    acts("/settings/viewers", Who::Admin, act::name_viewer),
    acts("/settings/viewers/remove", Who::Admin, act::remove_viewer),
    acts("/settings/researchers", Who::Admin, act::name_researcher),
    acts("/settings/researchers/remove", Who::Admin, act::remove_researcher),
    acts("/settings/language", Who::SignedIn, act::set_language),
    acts("/settings/theme", Who::SignedIn, act::set_theme),
    acts("/sign-out", Who::SignedIn, act::sign_out),
    acts("/sign-out-everywhere", Who::SignedIn, act::sign_out_everywhere),
    shows("/research", Who::Researcher, research::workspace),
    shows("/research/overview", Who::Researcher, research::overview),
    shows("/research/posts", Who::Researcher, research::posts),
    shows("/research/network", Who::Researcher, research::network),
    shows("/research/files", Who::Researcher, research::files),
    acts("/research/sign-in", Who::Researcher, research::sign_in),
    acts("/research/answer", Who::Researcher, research::answer),
    acts("/research/anew", Who::Researcher, research::anew),
    acts("/research/collect", Who::Researcher, research::collect),
    acts("/research/cancel", Who::Researcher, research::cancel),
    acts("/research/forget", Who::Researcher, research::forget),
    own("/research/events", Who::Researcher, research::events),
    own("/research/network.svg", Who::Researcher, research::picture),
    own("/research/network.html", Who::Researcher, research::explorer),
    own("/research/files/{id}", Who::Researcher, research::take),
    own("/events", Who::SignedIn, events::route),
    own("/sign-in", Who::Anybody, sign_in::how),
    own("/sign-in/{token}", Who::Anybody, sign_in::link),
    own("/app", Who::Anybody, sign_in::app),
    own("/assets/app.css", Who::Anybody, assets::css),
    own("/assets/app.js", Who::Anybody, assets::js),
    own("/assets/icon.svg", Who::Anybody, assets::icon),
    own("/assets/inter-regular.otf", Who::Anybody, assets::regular),
    own("/assets/inter-semibold.otf", Who::Anybody, assets::semibold),
];

/// Every route with its method and for whom it is, for whoever tests them.
pub fn table() -> Vec<(&'static str, &'static str, Who)> {
    let methods = |route: &Route| match route.does {
        Does::Shows(_) => "GET",
        Does::Acts(_) | Does::Asks(_) => "POST",
        Does::Own(_) => "ANY",
    };
    ROUTES.iter().map(|route| (methods(route), route.path, route.who)).collect()
}

/// The routes of the pages.
pub fn routes(dashboard: &Arc<Dashboard>) -> Router {
    let mut router = Router::new();
    for route in &ROUTES {
        router = router.route(route.path, serve::method(route));
    }
    warm_up(dashboard);
    let guarded = router.fallback(sign_in::nowhere).layer(axum::middleware::from_fn_with_state(dashboard.clone(), serve::guard));
    guarded.with_state(dashboard.clone())
}

/// Where programs send there is a page for people who are signed in: the one that they know.
pub(in crate::web) async fn lead(
    State(dashboard): State<Arc<Dashboard>>,
    mut request: axum::extract::Request,
    next: axum::middleware::Next,
) -> axum::response::Response {
    let is_there = request.method() == axum::http::Method::GET && request.uri().path() == SENDING;
    let now = dashboard.now();
    if is_there && serve::visitor(&dashboard, request.headers(), now).is_some_and(|visitor| Who::Viewer.includes(&visitor)) {
        *request.uri_mut() = axum::http::Uri::from_static("/send");
    }
    next.run(request).await
}

/// Reads the days of the overview once the program has begun its real work.
fn warm_up(dashboard: &Arc<Dashboard>) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    let dashboard = dashboard.clone();
    runtime.spawn(async move {
        tokio::time::sleep(WARM_UP_AFTER).await;
        // Whoever looks before reads them for themselves.
        drop(tokio::task::spawn_blocking(move || overview::warm_up(&dashboard)).await);
    });
}

/// The theme that somebody chose; that of their device where it is none of ours.
fn theme(key: &str) -> &'static str {
    match key {
        "light" => "light",
        "dark" => "dark",
        _ => "auto",
    }
}
