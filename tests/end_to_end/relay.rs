//! A way to Telegram that can be cut and mended: a plain relay, or a SOCKS5 proxy that looks names up itself.

use std::{
    io,
    net::SocketAddr,
    sync::atomic::{AtomicU8, Ordering},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// What a relay does with those who connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Passes everything on.
    Plain,
    /// Speaks SOCKS5 first.
    Socks,
    /// The same, but finds no name.
    SocksWithoutNames,
}

/// A relay. It has an address of its own, at which nobody answers while it is closed.
#[derive(Debug)]
pub(crate) struct Relay {
    pub(crate) address: String,
    to: SocketAddr,
    open: Option<JoinHandle<()>>,
}

impl Relay {
    /// One to this server (`http://ADDRESS`), still closed.
    pub(crate) fn to(server: &str) -> Self {
        static NEXT: AtomicU8 = AtomicU8::new(1);
        let [_, _, high, low] = std::process::id().to_be_bytes();
        // A free port would be somebody else's while it is closed.
        let address = format!("127.{}.{low}.{}:8445", high.max(1), NEXT.fetch_add(1, Ordering::Relaxed));
        let to = server.trim_start_matches("http://").parse().expect("the simulator says its address");
        Self { address, to, open: None }
    }

    pub(crate) async fn open(&mut self, manner: Manner) {
        self.close().await;
        let listener = TcpListener::bind(&self.address).await.expect("nobody else listens here");
        let to = self.to;
        self.open = Some(tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                // Whoever hangs up early has seen enough.
                connections.spawn(async move { pass(client, to, manner).await.ok() });
            }
        }));
    }

    /// Cuts every connection; new ones are refused.
    pub(crate) async fn close(&mut self) {
        if let Some(open) = self.open.take() {
            open.abort();
            let _ = open.await;
        }
    }
}

async fn pass(mut client: TcpStream, to: SocketAddr, manner: Manner) -> io::Result<()> {
    if manner != Manner::Plain && !greet(&mut client, manner).await? {
        return Ok(());
    }
    let mut server = TcpStream::connect(to).await?;
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

/// RFC 1928, as far as it takes: no authentication, CONNECT to a name. Whether to go on.
async fn greet(client: &mut TcpStream, manner: Manner) -> io::Result<bool> {
    let mut hello = [0; 2];
    client.read_exact(&mut hello).await?;
    client.read_exact(&mut vec![0; usize::from(hello[1])]).await?;
    client.write_all(&[5, 0]).await?;
    let mut request = [0; 5];
    client.read_exact(&mut request).await?;
    assert_eq!(request[..4], [5, 1, 0, 3], "CONNECT to a name");
    client.read_exact(&mut vec![0; usize::from(request[4]) + 2]).await?;
    let answer = if manner == Manner::Socks { 0 } else { 4 };
    client.write_all(&[5, answer, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    Ok(answer == 0)
}
