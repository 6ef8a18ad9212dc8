//! What isn't a page: news while channels are collected, the network's picture and its page to explore, files to take along.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

use axum::{
    body::Body,
    extract::{Path, State},
    http::{
        HeaderMap, StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{MethodRouter, get},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use rollcall_research::page_blocks;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::{sync::mpsc, task::spawn_blocking};

use super::{LIVE, said_progress};
use crate::{
    domain::sign_in::Way,
    researchers::{Phase, Sent, Stand, Workspace},
    web::pages::{Dashboard, Who, look::Visitor, serve},
};

/// Between signs of life, which also find out that nobody listens any more.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Between news at least.
const PAUSE: Duration = Duration::from_millis(500);
/// Pieces of a file on their way.
const AHEAD: usize = 8;
const PIECE: usize = 64 * 1024;

/// `/research/events`
pub(in crate::web::pages) fn events() -> MethodRouter<Arc<Dashboard>> {
    get(listen)
}

/// `/research/network.svg`
pub(in crate::web::pages) fn picture() -> MethodRouter<Arc<Dashboard>> {
    get(async |State(dashboard): State<Arc<Dashboard>>, headers: HeaderMap| {
        let (_, workspace) = match workspace_of(dashboard, &headers).await {
            Ok(found) => found,
            Err(status) => return status.into_response(),
        };
        match spawn_blocking(move || workspace.picture()).await {
            Ok(Some(svg)) => ([(CONTENT_TYPE, "image/svg+xml")], svg).into_response(),
            Ok(None) | Err(_) => StatusCode::NOT_FOUND.into_response(),
        }
    })
}

/// `/research/network.html`: the network to explore, for a frame on the page of it.
pub(in crate::web::pages) fn explorer() -> MethodRouter<Arc<Dashboard>> {
    get(async |State(dashboard): State<Arc<Dashboard>>, headers: HeaderMap| {
        let is_secure = dashboard.is_secure();
        let (visitor, workspace) = match workspace_of(dashboard, &headers).await {
            Ok(found) => found,
            Err(status) => return status.into_response(),
        };
        let policy = explorer_policy(is_secure && visitor.by == Way::App);
        match spawn_blocking(move || workspace.network_page()).await {
            Ok(Some(page)) => {
                let kind = "text/html; charset=utf-8".to_owned();
                ([(CONTENT_TYPE, kind), (CONTENT_SECURITY_POLICY, policy)], page).into_response()
            }
            Ok(None) | Err(_) => StatusCode::NOT_FOUND.into_response(),
        }
    })
}

/// Nothing runs and nothing is loaded but our own style and script, which stand within it. Only our own pages show it in a frame; as
/// the Mini App they are in one themselves.
fn explorer_policy(is_app: bool) -> String {
    let [style, script] = page_blocks().map(|block| STANDARD.encode(Sha256::digest(block.as_bytes())));
    let around = if is_app { format!(" {}", serve::TELEGRAM_WEB) } else { String::new() };
    format!(
        "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'self'{around}"
    )
}

/// `/research/files/{id}`: a file, or all of them.
pub(in crate::web::pages) fn take() -> MethodRouter<Arc<Dashboard>> {
    get(async |State(dashboard): State<Arc<Dashboard>>, Path(key): Path<String>, headers: HeaderMap| {
        let (_, workspace) = match workspace_of(dashboard, &headers).await {
            Ok(found) => found,
            Err(status) => return status.into_response(),
        };
        let found = spawn_blocking(move || match key.as_str() {
            "all.zip" => Some(("research.zip".to_owned(), Sent::All(workspace.files()))),
            key => workspace.file(key).map(|file| (file.key.clone(), Sent::One(file))),
        });
        match found.await {
            Ok(Some((name, sent))) => streamed(&name, sent),
            Ok(None) | Err(_) => StatusCode::NOT_FOUND.into_response(),
        }
    })
}

/// Who comes, and their workspace; never another one.
async fn workspace_of(dashboard: Arc<Dashboard>, headers: &HeaderMap) -> Result<(Visitor, Arc<Workspace>), StatusCode> {
    let visitor = serve::admitted(&dashboard, headers, Who::Researcher)?;
    let user = visitor.user;
    // Opening a sealed session takes a moment.
    let workspace = spawn_blocking(move || dashboard.researchers.workspace(user)).await;
    Ok((visitor, workspace.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?))
}

/// Hands a file on as it is read: none is ever in memory as a whole.
fn streamed(name: &str, sent: Sent) -> Response {
    let (pieces, arriving) = mpsc::channel(AHEAD);
    spawn_blocking(move || {
        let out = io::BufWriter::with_capacity(PIECE, Pieces(pieces.clone()));
        if let Err(why) = sent.write(out) {
            // The answer breaks off, so nobody takes a half for the whole. Whoever went away doesn't hear it.
            drop(pieces.blocking_send(Err(why)));
        }
    });
    let body = stream::unfold(arriving, async |mut arriving| Some((arriving.recv().await?, arriving)));
    // Names are made of channels' names and ours: letters that need no quoting.
    let named = format!("attachment; filename=\"{name}\"");
    let kind = [(CONTENT_TYPE, "application/octet-stream".to_owned()), (CONTENT_DISPOSITION, named)];
    (kind, Body::from_stream(body.boxed())).into_response()
}

/// Writes into a channel; waits where nobody takes anything.
struct Pieces(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Ok(Bytes::copy_from_slice(piece)));
        sent.map(|()| piece.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn listen(State(dashboard): State<Arc<Dashboard>>, headers: HeaderMap) -> Response {
    let (visitor, workspace) = match workspace_of(dashboard.clone(), &headers).await {
        Ok(found) => found,
        Err(status) => return status.into_response(),
    };
    let Some((news, seat)) = workspace.listen() else {
        return (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "60")]).into_response();
    };
    let first = (dashboard, headers, news, seat, true);
    let lang = visitor.lang;
    let stream = stream::unfold(first, move |(dashboard, headers, mut news, seat, is_first)| async move {
        if !is_first {
            tokio::time::sleep(PAUSE).await;
            // Without news a sign of life is said.
            drop(tokio::time::timeout(HEARTBEAT, news.changed()).await);
        }
        // Whoever signed out, or may no longer look, hears nothing more.
        serve::admitted(&dashboard, &headers, Who::Researcher).ok()?;
        let stand = news.borrow_and_update().clone();
        let values: BTreeMap<_, _> = LIVE.into_iter().zip(said_progress(&stand, dashboard.now(), lang)).collect();
        let said = json!({ "values": values, "version": "", "page": page_of(&stand) });
        let event = Event::default().event("figures").json_data(said).unwrap_or_default();
        Some((Ok::<_, Infallible>(event), (dashboard, headers, news, seat, false)))
    });
    Sse::new(stream.boxed()).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response()
}

/// Changes when the page looks otherwise.
pub(super) fn page_of(stand: &Stand) -> String {
    let phase = match stand.phase {
        Phase::Out => "out",
        Phase::Code(_) => "code",
        Phase::Password(_) => "password",
        Phase::In(_) => "in",
    };
    format!("{phase} {} {} {}", stand.is_asking, stand.is_running, stand.failed.len())
}
