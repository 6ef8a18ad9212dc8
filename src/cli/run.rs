//! `rollcall run`: the daemon, until a signal stops it.

use std::fs;

use tokio::sync::watch;

use super::{failure::Failure, session::Session};
use crate::{app, logging, store::StoreFault};

/// Runs the bot in the foreground.
pub(super) fn run(session: &Session) -> Result<(), Failure> {
    let config = session.config.clone();
    config.check_runnable()?;
    logging::start(&config.log, config.bot_token.iter().cloned().collect()).map_err(|why| Failure::Refused(why.to_string()))?;
    fs::create_dir_all(&config.data_dir).map_err(|why| StoreFault::io("create", &config.data_dir, why))?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), zone = %config.zone, "rollcall starts");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ran = runtime.block_on(async {
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(async move {
            wait_for_signal().await;
            tracing::info!("asked to stop");
            stop.send_replace(true);
            // A second signal is for those who can't wait.
            wait_for_signal().await;
            std::process::exit(130);
        });
        app::run(config, session.clock(), stopped).await
    });
    // Whatever still waits for the network is kept, and done at the next start.
    runtime.shutdown_background();
    ran.map_err(|why| match why {
        app::RunError::Store(fault) => Failure::Store(fault),
        app::RunError::BadToken => Failure::Config(crate::config::ConfigErrors(vec![why.to_string()])),
        app::RunError::Wire(_) | app::RunError::Fault(_) => Failure::Refused(why.to_string()),
    })
}

#[cfg(unix)]
async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

#[cfg(not(unix))]
async fn wait_for_signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
