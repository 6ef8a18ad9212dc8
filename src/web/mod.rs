//! HTTP for others: Telegram's deliveries. The only place that names axum.

mod refusals;
pub mod webhook;

use std::{io, net::SocketAddr, time::Duration};

use axum::Router;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// After the end was asked for, requests under way have so long for their answers.
const GRACE: Duration = Duration::from_secs(1);

/// Nobody can be served at this address.
#[derive(Debug, thiserror::Error)]
#[error("can't listen on {address} ({setting}): {why}")]
pub struct ListenFault {
    setting: &'static str,
    address: SocketAddr,
    #[source]
    why: io::Error,
}

/// Takes the address that `setting` names.
pub async fn listen(setting: &'static str, address: SocketAddr) -> Result<TcpListener, ListenFault> {
    TcpListener::bind(address).await.map_err(|why| ListenFault { setting, address, why })
}

/// Serves until `stop` says so; requests that came before are answered.
pub fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let stopped = async move {
            let _ = stop.wait_for(|stop| *stop).await;
        };
        // An error here is one of accepting, which axum tries again by itself.
        drop(axum::serve(listener, router).with_graceful_shutdown(stopped).await);
    })
}

/// Waits for the last answers.
pub async fn finish(server: JoinHandle<()>) {
    let abort = server.abort_handle();
    let _ = tokio::time::timeout(GRACE, server).await;
    abort.abort();
}
