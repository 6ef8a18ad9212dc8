//! Calls to the Bot API. The client is teloxide's; the reading of answers is ours, because teloxide sleeps ten seconds
//! inside a call on a server error, and loses the text of errors that are newer than its list.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use reqwest::{Client, Proxy, RequestBuilder, Response, Url, header::DATE, multipart};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};
use teloxide::Bot;

use super::errors::CallError;
use crate::{domain::ids::BotId, metrics::ApiFigures};

/// An ordinary call takes longer than this only when something is wrong.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// Fifty megabytes over a slow line.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(300);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// One bot's line to the Bot API. Cheap to clone. Its `Debug` shows no token.
#[derive(Clone)]
pub struct Wire {
    client: Client,
    api_url: Url,
    token: SecretString,
    figures: Arc<ApiFigures>,
    /// [`CALL_TIMEOUT`], but for tests.
    patience: Duration,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").field("bot", &self.bot_id()).finish_non_exhaustive()
    }
}

/// How to reach Telegram.
#[derive(Clone, Debug, Default)]
pub enum ProxyChoice {
    /// Straight.
    #[default]
    Direct,
    /// As `HTTPS_PROXY` and its relatives say.
    Environment,
    /// Through this proxy; its address may hold a password.
    Url(SecretString),
}

/// The envelope of every answer.
#[derive(Deserialize)]
pub(super) struct Answer<T> {
    ok: bool,
    result: Option<T>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    error_code: u16,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Default, Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

impl Wire {
    /// A line for the bot with this token, on which a call may take so long.
    pub fn new(token: SecretString, api_url: Url, proxy: &ProxyChoice, patience: Duration) -> Result<Self, CallError> {
        let builder = Client::builder().connect_timeout(CONNECT_TIMEOUT).timeout(patience).tcp_nodelay(true);
        let builder = match proxy {
            ProxyChoice::Direct => builder.no_proxy(),
            ProxyChoice::Environment => builder,
            ProxyChoice::Url(url) => builder.no_proxy().proxy(Proxy::all(url.expose_secret()).map_err(CallError::network)?),
        };
        Ok(Self { client: builder.build().map_err(CallError::network)?, api_url, token, figures: Arc::default(), patience })
    }

    /// The bot's number: the part of its token before the colon; 0 if there is none.
    pub fn bot_id(&self) -> BotId {
        self.token.expose_secret().split(':').next().and_then(|id| id.parse().ok()).unwrap_or(BotId(0))
    }

    /// teloxide's handle on the same bot, over the same client. Never log it: it prints its token.
    pub(super) fn teloxide(&self) -> Bot {
        Bot::with_client(self.token.expose_secret(), self.client.clone()).set_api_url(self.api_url.clone())
    }

    /// Calls a method with JSON parameters.
    pub async fn call<T: DeserializeOwned>(&self, method: &str, parameters: &Value) -> Result<T, CallError> {
        let request = self.client.post(self.method_url(method)).json_body(parameters);
        self.noted(method, read(request).await)
    }

    /// Calls a method with a file.
    pub async fn upload<T: DeserializeOwned>(&self, method: &str, form: multipart::Form) -> Result<T, CallError> {
        let request = self.client.post(self.method_url(method)).timeout(UPLOAD_TIMEOUT).multipart(form);
        self.noted(method, read(request).await)
    }

    /// The content of a file that `getFile` told the path of.
    pub(super) async fn fetch(&self, path: &str) -> Result<Vec<u8>, CallError> {
        let mut url = self.api_url.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/file/bot{}/{path}", self.token.expose_secret()));
        let answer = read_whole(self.client.get(url).timeout(UPLOAD_TIMEOUT)).await;
        self.noted("getFile", answer).map(|bytes| bytes.to_vec())
    }

    /// `getUpdates`: the answer's bytes, checked to be an answer. Cut it up with [`raw_updates`].
    pub(super) async fn poll(&self, parameters: &Value, wait: Duration) -> Result<bytes::Bytes, CallError> {
        let request = self.client.post(self.method_url("getUpdates")).timeout(wait + self.patience).json_body(parameters);
        self.noted("getUpdates", read_whole(request).await)
    }

    /// What time the server has, to compare with ours. Any answer will do.
    pub async fn server_time(&self) -> Result<Option<DateTime<Utc>>, CallError> {
        let response = self.client.get(self.method_url("getMe")).send().await.map_err(CallError::network)?;
        let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
        Ok(date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()).map(|date| date.to_utc()))
    }

    /// How calls go.
    pub fn figures(&self) -> &ApiFigures {
        &self.figures
    }

    fn noted<T>(&self, method: &str, answer: Result<T, CallError>) -> Result<T, CallError> {
        self.figures.note(method, answer.as_ref().err().map(CallError::kind));
        answer
    }

    fn method_url(&self, method: &str) -> Url {
        let mut url = self.api_url.clone();
        let path = format!("{}/bot{}/{method}", url.path().trim_end_matches('/'), self.token.expose_secret());
        url.set_path(&path);
        url
    }
}

trait JsonBody {
    fn json_body(self, parameters: &Value) -> Self;
}

impl JsonBody for RequestBuilder {
    fn json_body(self, parameters: &Value) -> Self {
        self.header(reqwest::header::CONTENT_TYPE, "application/json").body(parameters.to_string())
    }
}

async fn read<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, CallError> {
    let response = request.send().await.map_err(CallError::network)?;
    if response.status().is_server_error() {
        return Err(failure(response).await);
    }
    let status = response.status().as_u16();
    let bytes = response.bytes().await.map_err(CallError::network)?;
    open(&bytes, status)
}

async fn read_whole(request: RequestBuilder) -> Result<bytes::Bytes, CallError> {
    let response = request.send().await.map_err(CallError::network)?;
    if !response.status().is_success() {
        return Err(failure(response).await);
    }
    response.bytes().await.map_err(CallError::network)
}

/// An answer that is no success: the API's own words where it has some.
async fn failure(response: Response) -> CallError {
    let status = response.status().as_u16();
    match response.bytes().await {
        Ok(bytes) => match open::<Value>(&bytes, status) {
            Ok(_) => CallError::Server { status },
            Err(CallError::Malformed(_)) if status >= 500 => CallError::Server { status },
            Err(error) => error,
        },
        Err(why) => CallError::network(why),
    }
}

fn open<T: DeserializeOwned>(bytes: &[u8], status: u16) -> Result<T, CallError> {
    // Telegram never answers so; a proxy in between does.
    if status == 407 {
        return Err(CallError::proxy_refuses());
    }
    let answer: Answer<T> = serde_json::from_slice(bytes).map_err(|why| CallError::Malformed(format!("HTTP {status}: {why}")))?;
    answer.into_result(status)
}

impl<T> Answer<T> {
    fn into_result(self, status: u16) -> Result<T, CallError> {
        match (self.ok, self.result) {
            (true, Some(result)) => Ok(result),
            (true, None) => Err(CallError::Malformed("an answer without a result".to_owned())),
            (false, _) => Err(CallError::Api {
                code: if self.error_code == 0 { status } else { self.error_code },
                description: self.description,
                retry_after: self.parameters.retry_after,
                migrate_to: self.parameters.migrate_to_chat_id,
            }),
        }
    }
}

/// Cuts the body of a `getUpdates` answer into updates without parsing them.
pub(crate) fn raw_updates(body: &[u8]) -> Result<Vec<&RawValue>, CallError> {
    #[derive(Deserialize)]
    struct Batch<'a> {
        ok: bool,
        #[serde(borrow)]
        result: Option<Vec<&'a RawValue>>,
    }
    match serde_json::from_slice::<Batch<'_>>(body) {
        Ok(Batch { ok: true, result: Some(updates) }) => Ok(updates),
        Ok(_) => Err(open::<Value>(body, 200).err().unwrap_or_else(|| CallError::Malformed("no list of updates".to_owned()))),
        Err(why) => Err(CallError::Malformed(why.to_string())),
    }
}
