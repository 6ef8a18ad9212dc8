//! What stands before several replicas: each connection goes to the next one that takes it.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::net::{TcpListener, TcpStream};

/// Takes connections at an address of its own for these replicas.
pub(crate) async fn before(replicas: Vec<SocketAddr>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free address");
    let address = listener.local_addr().expect("bound");
    let next = Arc::new(AtomicUsize::new(0));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (replicas, next) = (replicas.clone(), next.clone());
            tokio::spawn(async move { pass(client, &replicas, &next).await });
        }
    });
    address
}

async fn pass(mut client: TcpStream, replicas: &[SocketAddr], next: &AtomicUsize) {
    let first = next.fetch_add(1, Ordering::Relaxed);
    for turn in 0..replicas.len() {
        if let Ok(mut replica) = TcpStream::connect(replicas[(first + turn) % replicas.len()]).await {
            // Either side may break off: then the connection is over.
            drop(tokio::io::copy_bidirectional(&mut client, &mut replica).await);
            return;
        }
    }
}
