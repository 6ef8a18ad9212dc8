//! The site: what programs ask for and what people look at, at one address.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use axum::Router;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{
    api,
    bots::Bots,
    pages::{self, AppKey, Dashboard},
    status::Watched,
};
use crate::{
    domain::{ids::UserId, lang::Lang},
    researchers::Researchers,
    store::Store,
};

/// What the site's answers are made from.
#[derive(Debug)]
pub struct Site {
    /// The store, the clock, the lines, and how they are doing.
    pub watched: Arc<Watched>,
    /// The bots at work.
    pub bots: Arc<dyn Bots>,
    /// `TZ`: whose midnight separates the days.
    pub zone: Tz,
    /// `DEFAULT_LANG`
    pub lang: Lang,
    /// `ADMIN_IDS`
    pub admins: BTreeSet<UserId>,
    /// `API_REQUESTS_PER_MINUTE`: how often one key may ask.
    pub requests_a_minute: u32,
    /// `EXPORT_DIR`: where files that people take away are kept.
    pub export_dir: PathBuf,
    /// Where people reach it.
    pub address: String,
    /// People who research, each with an account of their own.
    pub researchers: Arc<Researchers>,
    /// What Telegram signs with for the Mini Apps that lead here.
    pub app_keys: Vec<AppKey>,
}

impl Site {
    /// Where everything is kept.
    pub fn store(&self) -> &Store {
        &self.watched.context.store
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        self.watched.context.clock.now()
    }
}

/// All routes of the site.
pub fn routes(site: &Arc<Site>) -> Router {
    let dashboard =
        Dashboard::new(site.watched.clone(), site.bots.clone(), &site.address, site.app_keys.clone(), site.researchers.clone());
    let all = api::routes(site.clone()).merge(pages::routes(&dashboard));
    // Before it is known where a request goes: an address of programs may be a page for people.
    Router::new().fallback_service(all).layer(axum::middleware::from_fn_with_state(dashboard, pages::lead))
}
