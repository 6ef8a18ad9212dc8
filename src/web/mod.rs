//! HTTP for others: Telegram's deliveries, figures and health. The only place that names axum.

pub mod api;
pub mod bots;
pub mod pages;
mod patient;
pub mod receiver;
mod refusals;
pub mod site;
pub mod standby;
pub mod status;
pub mod webhook;

use std::{
    io,
    net::{Shutdown, SocketAddr},
    sync::Arc,
    time::Duration,
};

pub use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinHandle,
};

use self::patient::Patient;

/// Telegram opens a hundred; the rest is for repeated ones and for strangers.
const MOST_CONNECTIONS: usize = 400;
/// For the head of a request to arrive, and between two requests of a connection.
const HEAD_PATIENCE: Duration = Duration::from_secs(60);
/// For the other side to take some more of its answer.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);
/// A request's head and what follows it at once.
const LARGEST_HEAD: usize = 64 * 1024;
/// When the system has no more room for connections.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
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
        let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let connections = GracefulShutdown::new();
        loop {
            let accepted = tokio::select! {
                accepted = accept(&listener, &room) => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            let (stream, place) = match accepted {
                Ok(accepted) => accepted,
                Err(why) => {
                    tracing::warn!(%why, "a connection can't be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE).max_buf_size(LARGEST_HEAD);
            let serving = http
                .serve_connection(TokioIo::new(Patient::new(stream, WRITE_PATIENCE)), TowerToHyperService::new(router.clone()));
            let serving = connections.watch(serving);
            tokio::spawn(async move {
                // A connection that breaks is the other side's to notice.
                drop(serving.await);
                drop(place);
            });
        }
        // Not only dropped: a child process that is just being started holds it open, and the address would stay taken.
        let _ = SockRef::from(&listener).shutdown(Shutdown::Both);
        drop(listener);
        connections.shutdown().await;
    })
}

/// The next connection. Those beyond the most wait in the system's queue.
async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let place = room.clone().acquire_owned().await.expect("nobody closes it");
    let (stream, _) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, place))
}

/// Waits for the last answers.
pub async fn finish(server: JoinHandle<()>) {
    let abort = server.abort_handle();
    let _ = tokio::time::timeout(GRACE, server).await;
    abort.abort();
}
