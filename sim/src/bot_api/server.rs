//! HTTP: from a request to a call and back, with accidents on the way.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Multipart, Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{
    Refusal,
    connection::{Accept, Switch},
    methods,
    parameters::{Parameters, Upload, check},
    updates,
};
use crate::{faults::Fault, model::Call, sim::Shared};

/// Fifty megabytes and some envelope.
const LARGEST_BODY: usize = 52 * 1024 * 1024;

/// Serves until the process ends.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let router = Router::new()
        .route("/file/{bot}/{file}", get(download))
        .route("/{bot}/{method}", any(call))
        .merge(crate::page::routes())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(shared);
    let service = router.into_make_service_with_connect_info::<Switch>();
    axum::serve(Accept(listener), service)
        .await
        .unwrap_or_else(|never: std::io::Error| panic!("the simulator can't serve: {never}"));
}

async fn download(State(shared): State<Arc<Shared>>, Path((bot, file)): Path<(String, String)>) -> Response {
    let world = shared.world();
    let known = bot.strip_prefix("bot").is_some_and(|token| world.tokens.contains_key(token));
    match world.files.get(&file).filter(|_| known) {
        Some(file) => file.bytes.clone().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn call(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(switch): ConnectInfo<Switch>,
    Path((bot, method)): Path<(String, String)>,
    request: Request,
) -> Response {
    let date = shared.clock.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let mut response = answer(&shared, &switch, &bot, &method, request).await;
    if let Ok(date) = date.parse() {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

async fn answer(shared: &Arc<Shared>, switch: &Switch, bot: &str, method: &str, request: Request) -> Response {
    let Some(bot) = known_bot(shared, bot) else {
        return refuse(&Refusal { description: "Unauthorized".into(), ..Refusal::new(401, "") });
    };
    // The body is read before anything goes wrong only where an accident asks what it says.
    let asks_for_chats = shared.world().faults.ask_for_chats();
    let (given, request) = if asks_for_chats { (Some(read(request).await), None) } else { (None, Some(request)) };
    let chat = given.as_ref().and_then(|given| given.as_ref().ok()?.int("chat_id").ok()?);
    let fault = shared.world().faults.strike_in(method, None, chat);
    match &fault {
        Some(Fault::TooMany(seconds)) => return refuse(&Refusal::too_many(*seconds)),
        Some(Fault::ServerErrorPage(status)) => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY);
            return (status, [(header::CONTENT_TYPE, "text/html")], "<html><body><h1>502 Bad Gateway</h1></body></html>")
                .into_response();
        }
        Some(Fault::ServerError(status)) => {
            return refuse(&Refusal { description: "Internal Server Error".into(), ..Refusal::new(*status, "") });
        }
        Some(Fault::Refuse(code, words)) => return refuse(&Refusal { description: words.clone(), ..Refusal::new(*code, "") }),
        Some(Fault::ResetBefore) => return switch.cut(),
        Some(Fault::Stall) => shared.released().await,
        Some(Fault::LoseAnswer | Fault::TruncateAnswer | Fault::HoldAnswer | Fault::Slow(_)) | None => {}
    }
    let release = shared.released();
    let given = match (given, request) {
        (Some(given), _) => given,
        (None, Some(request)) => read(request).await,
        (None, None) => Ok(Parameters::default()),
    };
    let done = match given {
        Ok(parameters) => run(shared, bot, method, parameters).await,
        Err(refusal) => Err(refusal),
    };
    match fault {
        Some(Fault::HoldAnswer) => release.await,
        Some(Fault::Slow(millis)) => tokio::time::sleep(Duration::from_millis(millis)).await,
        _ => {}
    }
    match fault {
        Some(Fault::LoseAnswer) => switch.cut(),
        Some(Fault::TruncateAnswer) => truncate(&body_of(&done)),
        _ => match done {
            Ok(body) => json_response(StatusCode::OK, body),
            Err(refusal) => refuse(&refusal),
        },
    }
}

/// Calls a method: its answer's body.
async fn run(shared: &Arc<Shared>, bot: i64, method: &str, parameters: Parameters) -> Result<Bytes, Refusal> {
    let (name, mistake) = check(method, &parameters);
    if let Some(mistake) = mistake {
        shared.world().violations.push(mistake.clone());
        return Err(match name {
            Some(_) => Refusal::new(400, format!("simulator: {mistake}")),
            None => Refusal { description: "Not Found".into(), ..Refusal::new(404, "") },
        });
    }
    let name = name.expect("without a mistake there is a name");
    if name == "getUpdates" {
        return updates::get_updates(shared, bot, &parameters).await;
    }
    let mut world = shared.world();
    world.calls.push(Call { method: name.to_owned(), parameters: Value::Object(parameters.fields.clone()) });
    let result = methods::run(&mut world, bot, name, &parameters);
    if let Err(refusal) = &result
        && refusal.description.contains("simulator: ")
    {
        world.violations.push(format!("{name}: {}", refusal.description));
    }
    drop(world);
    shared.changed();
    result.map(|result| Bytes::from(json!({ "ok": true, "result": result }).to_string()))
}

fn known_bot(shared: &Shared, segment: &str) -> Option<i64> {
    let world = shared.world();
    let bot = *world.tokens.get(segment.strip_prefix("bot")?)?;
    world.bots.get(&bot).filter(|bot| !bot.revoked).map(|bot| bot.id)
}

/// Query, form, multipart and JSON, all in one.
async fn read(request: Request) -> Result<Parameters, Refusal> {
    let mut parameters = Parameters::default();
    if let Some(query) = request.uri().query() {
        read_form(query.as_bytes(), &mut parameters)?;
    }
    let kind = content_type(request.headers());
    if kind.starts_with("multipart/form-data") {
        read_multipart(request, &mut parameters).await?;
        return Ok(parameters);
    }
    let body = axum::body::to_bytes(request.into_body(), LARGEST_BODY).await.map_err(|_| too_large())?;
    if kind.starts_with("application/json") && !body.is_empty() {
        match serde_json::from_slice(&body) {
            Ok(Value::Object(fields)) => parameters.fields.extend(fields),
            Ok(_) | Err(_) => return Err(Refusal::new(400, "can't parse JSON object")),
        }
    } else if kind.starts_with("application/x-www-form-urlencoded") {
        read_form(&body, &mut parameters)?;
    }
    Ok(parameters)
}

fn read_form(bytes: &[u8], parameters: &mut Parameters) -> Result<(), Refusal> {
    let fields: Vec<(String, String)> =
        serde_urlencoded::from_bytes(bytes).map_err(|_| Refusal::new(400, "can't parse the parameters"))?;
    parameters.fields.extend(fields.into_iter().map(|(name, value)| (name, Value::String(value))));
    Ok(())
}

async fn read_multipart(request: Request, parameters: &mut Parameters) -> Result<(), Refusal> {
    let broken = || Refusal::new(400, "can't parse multipart/form-data");
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
    while let Some(field) = form.next_field().await.map_err(|_| broken())? {
        let name = field.name().unwrap_or("").to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let bytes = field.bytes().await.map_err(|_| too_large())?;
        match file_name {
            Some(file_name) => drop(parameters.files.insert(name, Upload { name: file_name, bytes: bytes.to_vec() })),
            None => drop(parameters.fields.insert(name, Value::String(String::from_utf8_lossy(&bytes).into_owned()))),
        }
    }
    Ok(())
}

fn content_type(headers: &HeaderMap) -> String {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("").to_ascii_lowercase()
}

fn too_large() -> Refusal {
    Refusal { description: "Request Entity Too Large".into(), ..Refusal::new(413, "") }
}

fn refuse(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.code).unwrap_or(StatusCode::BAD_REQUEST);
    json_response(status, Bytes::from(refusal.body().to_string()))
}

fn json_response(status: StatusCode, body: Bytes) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn body_of(done: &Result<Bytes, Refusal>) -> Bytes {
    match done {
        Ok(body) => body.clone(),
        Err(refusal) => Bytes::from(refusal.body().to_string()),
    }
}

/// The connection breaks in the middle of the answer: it promises the whole and ends early.
fn truncate(body: &Bytes) -> Response {
    let half = body.slice(..body.len() / 2);
    let chunks = futures::stream::unfold(0, move |turn| {
        let half = half.clone();
        async move {
            if turn == 0 {
                return Some((Ok(half), 1));
            }
            // What was said so far is on its way before the line goes dead.
            tokio::task::yield_now().await;
            Some((Err(std::io::Error::other("the simulator breaks the connection")), 2))
        }
    });
    let mut response = Response::new(Body::from_stream(chunks));
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CONTENT_LENGTH, body.len().into());
    response
}

/// How long a stalled call waits at most, so that a forgotten one ends with its test.
pub(crate) const LONGEST_STALL: Duration = Duration::from_secs(120);
