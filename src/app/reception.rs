//! How updates arrive: by polling, or by a webhook with its server.

use std::sync::Arc;

use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use super::RunError;
use crate::{
    config::Config,
    telegram::{
        Link, Source,
        webhook::{self, Webhook},
    },
    web::{self, webhook::Requests},
};

/// Beside the source, in webhook mode.
#[derive(Debug)]
pub(super) struct Reception {
    server: Option<JoinHandle<()>>,
    keeper: Option<JoinHandle<()>>,
}

/// Takes the address to listen on before anything else: a mistake in it should be told at once.
pub(super) async fn listen(config: &Config) -> Result<Option<TcpListener>, RunError> {
    match &config.webhook {
        Some(webhook) => Ok(Some(web::listen("WEB_ADDR", webhook.listen).await?)),
        None => Ok(None),
    }
}

/// Makes ready to receive; `None` when it is time to stop.
pub(super) async fn open(
    link: &Arc<Link>,
    config: &Config,
    listener: Option<TcpListener>,
    requests: &Arc<Requests>,
    stop: watch::Receiver<bool>,
) -> Result<Option<(Source, Reception)>, RunError> {
    let bot = link.wire.bot_id();
    let (Some(settings), Some(listener)) = (&config.webhook, listener) else {
        let Some(given_back) = webhook::give_back(&link.wire, &config.data_dir, stop).await else { return Ok(None) };
        given_back?;
        return Ok(Some((Source::polling(config.poll_timeout), Reception { server: None, keeper: None })));
    };
    let ours = Webhook::open(settings.base.as_str(), bot, settings.secret.clone(), &config.data_dir)?;
    let (source, inbox) = Source::webhook(link.rules.bot_username.clone());
    let router = web::webhook::routes(bot, ours.secret.clone(), inbox, requests.clone());
    tracing::info!(address = %settings.listen, "waiting for deliveries");
    let server = web::serve(listener, router, stop);
    let keeper = tokio::spawn(webhook::keep(link.clone(), ours));
    Ok(Some((source, Reception { server: Some(server), keeper: Some(keeper) })))
}

impl Reception {
    /// Gives the last answers.
    pub(super) async fn close(self) {
        if let Some(keeper) = self.keeper {
            keeper.abort();
        }
        if let Some(server) = self.server {
            web::finish(server).await;
        }
    }
}
