//! `rollcall run`: the daemon, from the settings to the exit code.

use secrecy::SecretString;
use tokio::sync::watch;

use super::{Session, failure::Failure, session::wait_for};
use crate::{app, config::Config, logging, telegram::ProxyChoice};

/// Runs until a signal says so, or a fault.
pub(super) fn run(session: Session) -> Result<(), Failure> {
    session.config.check_runnable()?;
    logging::start(&session.config.log, secrets(&session.config))?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), zone = session.config.zone.name(), "rollcall starts");
    let clock = session.clock();
    let ran = wait_for(async {
        let (stop, stopped) = watch::channel(false);
        // Listened for before anything else is done: from now on a signal ends it in order.
        let asked = asked_to_stop();
        tokio::spawn(async move {
            asked.await;
            tracing::info!("asked to stop");
            stop.send_replace(true);
        });
        app::run(session.config, clock, stopped).await
    });
    if let Err(fault) = &ran {
        tracing::error!(%fault, "rollcall ends");
    }
    Ok(ran?)
}

/// What must not get into the log.
fn secrets(config: &Config) -> Vec<SecretString> {
    let proxy = match &config.proxy {
        ProxyChoice::Url(url) => Some(url.clone()),
        ProxyChoice::Direct | ProxyChoice::Environment => None,
    };
    let webhook = config.webhook.as_ref().and_then(|webhook| webhook.secret.clone());
    let session = &config.session;
    let api = session.api.as_ref().map(|api| api.hash.clone());
    let ours = [proxy, webhook, api, session.import.clone(), session.passphrase.clone()];
    let ingest = config.export.iter().map(|export| &export.secret);
    let receiver = config.receiver.iter().flat_map(|receiver| std::iter::once(&receiver.secret).chain(&receiver.cron_secret));
    let providers = config.assistants.iter().flat_map(|config| &config.providers).filter_map(|provider| provider.key.clone());
    let tokens = config.bots.iter().map(|bot| bot.token.clone());
    tokens.chain(ours.into_iter().flatten()).chain(providers).chain(ingest.chain(receiver).cloned()).collect()
}

/// SIGTERM from a service manager, or Ctrl+C.
#[cfg(unix)]
fn asked_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("SIGTERM can be listened for");
    let mut interrupt = signal(SignalKind::interrupt()).expect("SIGINT can be listened for");
    async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

/// Ctrl+C.
#[cfg(not(unix))]
async fn asked_to_stop() {
    tokio::signal::ctrl_c().await.expect("Ctrl+C can be listened for");
}
