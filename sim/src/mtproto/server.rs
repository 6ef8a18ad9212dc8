//! Listens, and gives each connection a task of its own.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::net::TcpListener;

use super::{connection, links::Links};
use crate::sim::Shared;

/// How often it is looked whether somebody has fallen off the network for long enough.
const TICK: Duration = Duration::from_millis(200);

/// One data centre: the model it serves and what it keeps itself.
#[derive(Debug)]
pub(crate) struct Centre {
    pub(super) id: i32,
    pub(super) address: SocketAddr,
    pub(super) shared: Arc<Shared>,
    pub(super) links: Links,
}

impl Centre {
    /// What a client did that the protocol forbids: the test fails.
    pub(super) fn violated(&self, what: &str) {
        self.shared.world().violations.push(format!("data centre {}: {what}", self.id));
    }
}

/// Binds to any free port of this machine and serves until the simulator ends.
pub(super) fn start(shared: &Arc<Shared>, id: i32) -> Arc<Centre> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap_or_else(|why| panic!("can't listen: {why}"));
    listener.set_nonblocking(true).expect("a socket can be made non-blocking");
    let address = listener.local_addr().expect("a bound socket has an address");
    let centre = Arc::new(Centre { id, address, shared: shared.clone(), links: Links::default() });
    shared.world().accounts.centres.insert(id, address);
    shared.runtime.spawn(accept(listener, centre.clone()));
    shared.runtime.spawn(tick(shared.clone()));
    centre
}

/// What happens by itself as time goes on reaches clients without anybody doing anything.
async fn tick(shared: Arc<Shared>) {
    let mut told = 0;
    loop {
        tokio::time::sleep(TICK).await;
        let news = shared.world().news.len();
        if news != told {
            told = news;
            shared.changed();
        }
    }
}

async fn accept(listener: std::net::TcpListener, centre: Arc<Centre>) {
    let listener = TcpListener::from_std(listener).expect("the socket is a listener");
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                centre.links.accepted.fetch_add(1, Ordering::Relaxed);
                if centre.links.down.load(Ordering::Relaxed) {
                    // If it fails, the client sees an early end instead of a reset.
                    let _ = stream.set_zero_linger();
                    continue;
                }
                tokio::spawn(connection::serve(centre.clone(), stream));
            }
            // Out of file descriptors, or a connection that ended before it began: let others run, try again.
            Err(_) => tokio::task::yield_now().await,
        }
    }
}
