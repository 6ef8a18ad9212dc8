//! A page to play all parts in, and the JSON interface that it (and anybody else) plays through.

mod act;
mod view;

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{get, post},
};
use futures::Stream;
use serde_json::{Value, json};

use self::act::Action;
use crate::sim::Shared;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// How long the page waits for the answer to a press.
const PRESS_PATIENCE: Duration = Duration::from_secs(15);

/// The page and what it calls.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(|| asset(HTML, include_str!("index.html"))))
        .route("/sim/style.css", get(|| asset(CSS, include_str!("style.css"))))
        .route("/sim/messages.css", get(|| asset(CSS, include_str!("messages.css"))))
        .route("/sim/call.css", get(|| asset(CSS, include_str!("call.css"))))
        .route("/sim/call.js", get(|| asset(SCRIPT, include_str!("call.js"))))
        .route("/sim/app.js", get(|| asset(SCRIPT, include_str!("app.js"))))
        .route("/sim/pane.js", get(|| asset(SCRIPT, include_str!("pane.js"))))
        .route("/sim/message.js", get(|| asset(SCRIPT, include_str!("message.js"))))
        .route("/sim/menu.js", get(|| asset(SCRIPT, include_str!("menu.js"))))
        .route("/sim/state", get(state))
        .route("/sim/events", get(events))
        .route("/sim/act", post(act))
        .route("/sim/file/{id}", get(file))
}

async fn asset(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}

async fn state(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(view::world(&shared.world()))
}

/// One event for each change, with the world's version: the page then asks for the state.
async fn events(State(shared): State<Arc<Shared>>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = futures::stream::unfold((shared, true), async |(shared, first)| {
        let changed = shared.change();
        if !first {
            changed.await;
        }
        let version = shared.world().version;
        Some((Ok(Event::default().data(version.to_string())), (shared, false)))
    });
    Sse::new(changes).keep_alive(KeepAlive::default())
}

/// Does what somebody does. What can't be done is told in a sentence.
async fn act(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let action: Action = match serde_json::from_slice(&body) {
        Ok(action) => action,
        Err(why) => return refusal(&why.to_string()),
    };
    if let Action::Advance { seconds } = action {
        shared.clock.advance(chrono::TimeDelta::seconds(seconds));
        shared.act(|world| world.version += 1);
        return Json(json!({})).into_response();
    }
    let done = shared.act(|world| act::perform(world, action));
    match done {
        Ok(act::Done::Now(result)) => Json(result).into_response(),
        Ok(act::Done::Pressed { bot, query }) => Json(answer(&shared, bot, &query).await).into_response(),
        Err(why) => refusal(&why),
    }
}

/// What the bot answers to a press; `answered: false` when it doesn't.
async fn answer(shared: &Shared, bot: i64, query: &str) -> Value {
    let waiting = async {
        loop {
            let changed = shared.change();
            let answer = shared.world().bots.get(&bot).and_then(|bot| bot.open_presses.get(query).cloned().flatten());
            if let Some(answer) = answer {
                return json!({ "answered": true, "text": answer.text, "alert": answer.alert });
            }
            changed.await;
        }
    };
    tokio::time::timeout(PRESS_PATIENCE, waiting).await.unwrap_or_else(|_| json!({ "answered": false }))
}

fn refusal(why: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": why }))).into_response()
}

async fn file(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let world = shared.world();
    let Some(file) = world.files.get(&id) else { return StatusCode::NOT_FOUND.into_response() };
    let plain: String = file.name.chars().filter(|c| c.is_ascii_graphic() && *c != '"').collect();
    let kind = match file.name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some(_) | None => "application/octet-stream",
    };
    let headers =
        [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, format!("inline; filename=\"{plain}\""))];
    (headers, file.bytes.clone()).into_response()
}
