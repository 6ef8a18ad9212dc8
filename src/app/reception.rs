//! How updates arrive: by polling, or by a webhook with its server.

use std::sync::Arc;

use tokio::{sync::watch, task::JoinHandle};

use super::{RunError, site};
use crate::{
    config::Config,
    researchers::Researchers,
    store::postgres,
    telegram::{
        Link, Source,
        webhook::{self, Webhook},
    },
    web::{self, status::Watched, webhook::Doors},
};

/// Beside the source, in webhook mode.
#[derive(Debug)]
pub(super) struct Reception {
    keeper: Option<JoinHandle<()>>,
}

/// Serves the site, and in webhook mode takes deliveries, if there is an address for it. Before anything else is done: a mistake
/// in the address should be told at once.
pub(super) async fn serve(
    config: &Config,
    watched: &Arc<Watched>,
    researchers: &Arc<Researchers>,
    stop: watch::Receiver<bool>,
) -> Result<Option<JoinHandle<()>>, RunError> {
    let Some(address) = config.web else { return Ok(None) };
    let listener = web::listen("WEB_ADDR", address).await?;
    let site = web::site::routes(&site::site(config, watched, researchers));
    let routes = if config.webhook.is_some() { site.merge(web::webhook::routes(watched.doors.clone())) } else { site };
    tracing::info!(%address, deliveries = config.webhook.is_some(), "serving the site");
    Ok(Some(web::serve(listener, routes, stop)))
}

/// Makes ready to receive for a bot; `None` when it is time to stop.
pub(super) async fn open(
    link: &Arc<Link>,
    config: &Config,
    doors: &Doors,
    stop: watch::Receiver<bool>,
) -> Result<Option<(Source, Reception)>, RunError> {
    let Some(settings) = &config.webhook else {
        let Some(given_back) = webhook::give_back(&link.wire, &config.data_dir, stop).await else { return Ok(None) };
        given_back?;
        return Ok(Some((Source::polling(config.poll_timeout), Reception { keeper: None })));
    };
    let ours = Webhook::open(settings.base.as_str(), link.bot(), settings.secret.clone(), &config.data_dir)?;
    let (source, inbox) = match &config.database {
        Some(database) => Source::webhook_of_many(link.bot(), link.username.clone(), postgres::Inbox::new(database.clone())),
        None => Source::webhook(link.username.clone()),
    };
    doors.open(link.bot(), ours.secret.clone(), inbox);
    let keeper = tokio::spawn(webhook::keep(link.clone(), ours));
    Ok(Some((source, Reception { keeper: Some(keeper) })))
}

impl Reception {
    /// Looks after the webhook no more.
    pub(super) fn close(self) {
        if let Some(keeper) = self.keeper {
            keeper.abort();
        }
    }
}
