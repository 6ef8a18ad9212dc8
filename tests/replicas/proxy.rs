//! What stands between replicas and their database: slow, or a trickle, or it takes everything and says nothing.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
};

use crate::{postgres::Server, school::own_address};

/// How it passes on what comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// At once.
    Quick,
    /// Each answer so much later.
    Late(Duration),
    /// A few bytes at a time.
    Trickle,
    /// It takes everything and passes on nothing, until its pace is another one.
    Wedged,
}

/// A way to a database. It has a thread of its own, so that a test that blocks its runtime doesn't hold it up.
pub(crate) struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    server: PathBuf,
    pace: watch::Sender<Pace>,
    /// The connection that asks for this next is held, with what it asks.
    snare: std::sync::Mutex<Option<&'static [u8]>>,
    holds: watch::Sender<bool>,
    /// What was held has been answered.
    is_answered: AtomicBool,
}

impl Proxy {
    /// A way to this server.
    pub(crate) fn to(server: &Server) -> Self {
        let address = own_address();
        let shared = Arc::new(Shared {
            server: server.dir.path().join(".s.PGSQL.5432"),
            pace: watch::Sender::new(Pace::Quick),
            snare: std::sync::Mutex::default(),
            holds: watch::Sender::new(false),
            is_answered: AtomicBool::new(false),
        });
        let serving = shared.clone();
        let listener = std::net::TcpListener::bind(address).expect("an address of our own");
        listener.set_nonblocking(true).expect("a socket can be made non-blocking");
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).expect("a listener");
                while let Ok((client, _)) = listener.accept().await {
                    tokio::spawn(pass(client, serving.clone()));
                }
            });
        });
        Self { address, shared }
    }

    /// The address of the same schema through here, with a limit for statements.
    pub(crate) fn instead_of(&self, store: &str, statement: Duration) -> String {
        let (_, schema) = store.split_once("search_path%3D").expect("an address of a schema");
        let Self { address, .. } = self;
        let limit = statement.as_millis();
        format!(
            "postgres://rollcall@{address}/postgres?sslmode=disable&options=-csearch_path%3D{schema}%20-cstatement_timeout%3D{limit}"
        )
    }

    pub(crate) fn is(&self, pace: Pace) {
        self.shared.pace.send_replace(pace);
    }

    /// Holds the next connection that asks for this, from there on.
    pub(crate) fn snares(&self, asked: &'static str) {
        *self.shared.snare.lock().expect("nothing panics") = Some(asked.as_bytes());
    }

    /// Waits until it holds one.
    pub(crate) async fn has_snared(&self) {
        let mut holds = self.shared.holds.subscribe();
        let held = tokio::time::timeout(Duration::from_secs(30), holds.wait_for(|holds| *holds)).await;
        drop(held.expect("it is asked in time").expect("the proxy lives"));
    }

    /// Lets go what it holds, and waits until that was answered.
    pub(crate) async fn lets_go(&self) {
        self.shared.holds.send_replace(false);
        let began = Instant::now();
        while !self.shared.is_answered.load(Ordering::Acquire) {
            assert!(began.elapsed() < Duration::from_secs(30), "what was held is never answered");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Shared {
    /// Whether this is what is waited for. What is asked comes in one piece: it is short.
    fn is_snared(&self, asked: &[u8]) -> bool {
        let mut snare = self.snare.lock().expect("nothing panics");
        let is_it = snare.is_some_and(|words| asked.windows(words.len()).any(|part| part == words));
        if is_it {
            *snare = None;
        }
        is_it
    }
}

async fn pass(client: TcpStream, shared: Arc<Shared>) {
    let Ok(server) = UnixStream::connect(&shared.server).await else { return };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let was_held = Arc::new(AtomicBool::new(false));
    tokio::spawn(carry(from_client, to_server, shared.clone(), was_held.clone(), true));
    carry(from_server, to_client, shared, was_held, false).await;
}

/// One direction.
async fn carry(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    shared: Arc<Shared>,
    was_held: Arc<AtomicBool>,
    asks: bool,
) {
    let mut pace = shared.pace.subscribe();
    let mut part = vec![0; 65_536];
    while let Ok(len @ 1..) = from.read(&mut part).await {
        if asks && shared.is_snared(&part[..len]) {
            let mut holds = shared.holds.subscribe();
            shared.holds.send_replace(true);
            was_held.store(true, Ordering::Release);
            drop(holds.wait_for(|holds| !holds).await);
        }
        let now = *pace.borrow_and_update();
        let written = match now {
            Pace::Quick => to.write_all(&part[..len]).await,
            Pace::Late(by) => {
                if !asks {
                    tokio::time::sleep(by).await;
                }
                to.write_all(&part[..len]).await
            }
            Pace::Trickle => trickle(&part[..len], &mut to, &mut pace).await,
            Pace::Wedged => {
                drop(pace.wait_for(|pace| *pace != Pace::Wedged).await);
                to.write_all(&part[..len]).await
            }
        };
        if written.is_err() {
            return;
        }
        if !asks && was_held.load(Ordering::Acquire) {
            shared.is_answered.store(true, Ordering::Release);
        }
    }
}

/// Some bytes each millisecond, until the pace is another one.
async fn trickle(
    mut rest: &[u8],
    to: &mut (impl AsyncWriteExt + Unpin),
    pace: &mut watch::Receiver<Pace>,
) -> std::io::Result<()> {
    while !rest.is_empty() {
        let len = if *pace.borrow() == Pace::Trickle { rest.len().min(64) } else { rest.len() };
        to.write_all(&rest[..len]).await?;
        rest = &rest[len..];
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}
