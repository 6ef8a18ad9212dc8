//! Lines to language models: asks one, and the next one where that one can't. What is asked and how answers read is decided in
//! `assistant`.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures::future::LocalBoxFuture;
use reqwest::{
    Client, RequestBuilder, Response, StatusCode, Url,
    header::{CONTENT_TYPE, RETRY_AFTER},
    redirect::Policy,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;

use crate::{
    assistant::{
        gemini::{self, GeminiReader},
        openai::{self, OpenAiReader},
        sse::Events,
        talk::{Reader, Request, Turn},
    },
    config::AssistantConfig,
    domain::assistant::ModelFault,
    metrics::AssistantFigures,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// An answer may take so many times as long as a silence in it.
const WHOLE: u32 = 5;
/// No answer is longer, in bytes.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;
/// A provider whose quota is used up is asked last for so long, where it doesn't say itself.
const REST: Duration = Duration::from_secs(60);
/// And never for longer.
const LONGEST_REST: Duration = Duration::from_secs(3600);

/// Which wire format a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    /// OpenAI's, and that of most local servers.
    OpenAi,
    /// Google's.
    Gemini,
}

impl ProviderKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::OpenAi, Self::Gemini];

    /// Its name in settings and in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Gemini => "gemini",
        }
    }
}

/// Where a model is.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// What it speaks.
    pub kind: ProviderKind,
    /// `ASSISTANT_…_URL`
    pub url: Url,
    /// `ASSISTANT_…_KEY`; local servers need none.
    pub key: Option<SecretString>,
    /// `ASSISTANT_…_MODEL`
    pub model: String,
}

/// Why a provider gave no answer. Never with words of the conversation or the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Its quota is used up.
    #[error("its quota is used up")]
    Quota(Option<Duration>),
    /// It doesn't take our key.
    #[error("it doesn't accept the key ({0})")]
    Key(u16),
    /// It refuses the request.
    #[error("it refuses the request ({0}): check the model and the address")]
    Refused(u16),
    /// It is broken.
    #[error("it has trouble of its own ({0})")]
    Server(u16),
    /// It is silent.
    #[error("it doesn't answer in time")]
    Slow,
    /// It can't be reached.
    #[error("it can't be reached: {0}")]
    Network(String),
    /// What it says isn't what it should be.
    #[error("its answer can't be read: {0}")]
    Malformed(String),
}

impl Fault {
    /// What sort of fault it is.
    fn kind(&self) -> ModelFault {
        match self {
            Self::Quota(_) => ModelFault::Quota,
            Self::Key(_) => ModelFault::Key,
            Self::Refused(_) => ModelFault::Refused,
            Self::Server(_) => ModelFault::Server,
            Self::Slow => ModelFault::Slow,
            Self::Network(_) => ModelFault::Network,
            Self::Malformed(_) => ModelFault::Malformed,
        }
    }
}

/// Somebody who answers.
pub trait Model: Send + Sync + fmt::Debug {
    /// Asks. Words are `heard` as they come: each attempt begins with [`Heard::Anew`].
    fn ask<'a>(&'a self, request: Request<'a>, heard: &'a mut dyn FnMut(Heard<'_>)) -> LocalBoxFuture<'a, Result<Turn, Fault>>;
}

/// What is heard while a model answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard<'a> {
    /// It begins, perhaps again: forget what was heard.
    Anew,
    /// So much more.
    Words(&'a str),
}

/// One provider.
#[derive(Debug)]
struct Line {
    config: ProviderConfig,
    client: Client,
    patience: Duration,
    /// Until when others are asked first.
    rests_until: Mutex<Option<Instant>>,
}

/// All that are set, each asked where those before it can't answer.
#[derive(Debug)]
pub struct Providers {
    lines: Vec<Line>,
    figures: Arc<AssistantFigures>,
}

impl Providers {
    /// Lines to those that the operator named, in that order.
    pub fn new(config: &AssistantConfig, figures: Arc<AssistantFigures>) -> Result<Self, String> {
        let builder = Client::builder().connect_timeout(CONNECT_TIMEOUT).redirect(Policy::none());
        let builder = if config.environment_proxy { builder } else { builder.no_proxy() };
        let client = builder.build().map_err(|why| why.to_string())?;
        let line = |provider: &ProviderConfig| Line {
            config: provider.clone(),
            client: client.clone(),
            patience: config.timeout,
            rests_until: Mutex::default(),
        };
        Ok(Self { lines: config.providers.iter().map(line).collect(), figures })
    }

    /// Whether each answers and knows its model. No model is asked anything, so it costs nothing.
    pub async fn check(&self) -> Vec<(ProviderConfig, Result<bool, Fault>)> {
        let each = self.lines.iter().map(async |line| (line.config.clone(), line.knows_its_model().await));
        futures::future::join_all(each).await
    }
}

impl Model for Providers {
    fn ask<'a>(&'a self, request: Request<'a>, heard: &'a mut dyn FnMut(Heard<'_>)) -> LocalBoxFuture<'a, Result<Turn, Fault>> {
        Box::pin(async move {
            let mut lines: Vec<&Line> = self.lines.iter().collect();
            lines.sort_by_key(|line| line.rests());
            let mut last = Fault::Network("there is no provider".to_owned());
            for line in lines {
                heard(Heard::Anew);
                let provider = line.config.kind.name();
                let answer = line.ask(request.clone(), heard).await;
                self.figures.note_call(provider, answer.as_ref().err().map(Fault::kind));
                match answer {
                    Ok(turn) => return Ok(turn),
                    Err(fault) => {
                        tracing::warn!(provider, %fault, "an assistant's model gave no answer");
                        line.rest_after(&fault);
                        last = fault;
                    }
                }
            }
            Err(last)
        })
    }
}

impl Line {
    fn rests(&self) -> bool {
        let until = self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn rest_after(&self, fault: &Fault) {
        let rest = match fault {
            Fault::Quota(asked) => asked.unwrap_or(REST).min(LONGEST_REST),
            Fault::Key(_) | Fault::Refused(_) | Fault::Server(_) | Fault::Slow | Fault::Network(_) => REST,
            // The next answer may read well.
            Fault::Malformed(_) => return,
        };
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now().checked_add(rest);
    }

    async fn ask(&self, request: Request<'_>, heard: &mut dyn FnMut(Heard<'_>)) -> Result<Turn, Fault> {
        let whole = self.patience.saturating_mul(WHOLE);
        timeout(whole, self.answer(request, heard)).await.unwrap_or(Err(Fault::Slow))
    }

    async fn answer(&self, request: Request<'_>, heard: &mut dyn FnMut(Heard<'_>)) -> Result<Turn, Fault> {
        let (url, body, reader): (Url, _, Box<dyn Reader>) = match self.config.kind {
            ProviderKind::OpenAi => {
                let body = openai::body(&request, &self.config.model);
                (self.below(openai::PATH), body, Box::new(OpenAiReader::default()))
            }
            ProviderKind::Gemini => {
                let mut url = self.below(&gemini::path(&self.config.model));
                url.query_pairs_mut().append_pair("alt", "sse");
                (url, gemini::body(&request), Box::new(GeminiReader::default()))
            }
        };
        let asked = self.client.post(url).header(CONTENT_TYPE, "application/json").body(body.to_string());
        let response = self.send(asked).await?;
        self.listen(response, reader, heard).await
    }

    /// Whether the model is among those that the provider lists.
    async fn knows_its_model(&self) -> Result<bool, Fault> {
        let path = match self.config.kind {
            ProviderKind::OpenAi => openai::LIST.to_owned(),
            ProviderKind::Gemini => gemini::path_of(&self.config.model),
        };
        let asked = self.send(self.client.get(self.below(&path))).await;
        match (self.config.kind, asked) {
            (ProviderKind::Gemini, Err(Fault::Refused(404))) => Ok(false),
            (ProviderKind::Gemini, answer) => answer.map(|_| true),
            (ProviderKind::OpenAi, answer) => {
                let list = timeout(self.patience, answer?.bytes()).await.map_err(|_| Fault::Slow)?.map_err(unreachable)?;
                openai::lists(&list, &self.config.model).map_err(Fault::Malformed)
            }
        }
    }

    /// With our key; a refusal is a fault.
    async fn send(&self, asked: RequestBuilder) -> Result<Response, Fault> {
        let asked = match (&self.config.key, self.config.kind) {
            (None, _) => asked,
            (Some(key), ProviderKind::OpenAi) => asked.bearer_auth(key.expose_secret()),
            (Some(key), ProviderKind::Gemini) => asked.header("x-goog-api-key", key.expose_secret()),
        };
        let response = timeout(self.patience, asked.send()).await.map_err(|_| Fault::Slow)?.map_err(unreachable)?;
        refusal(&response).map_or(Ok(response), Err)
    }

    fn below(&self, path: &str) -> Url {
        let mut url = self.config.url.clone();
        url.set_path(&format!("{}/{path}", self.config.url.path().trim_end_matches('/')));
        url
    }

    async fn listen(
        &self,
        mut response: Response,
        mut reader: Box<dyn Reader>,
        heard: &mut dyn FnMut(Heard<'_>),
    ) -> Result<Turn, Fault> {
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
        let is_stream = kind.starts_with("text/event-stream");
        let (mut events, mut whole, mut length) = (Events::default(), Vec::new(), 0);
        let mut words = |text: &str| heard(Heard::Words(text));
        loop {
            let more = timeout(self.patience, response.chunk()).await.map_err(|_| Fault::Slow)?.map_err(unreachable)?;
            let Some(more) = more else { break };
            length += more.len();
            if length > LONGEST_ANSWER {
                return Err(Fault::Malformed("it doesn't end".to_owned()));
            }
            if is_stream {
                for data in events.take(&more).map_err(Fault::Malformed)? {
                    reader.take(&data, &mut words).map_err(Fault::Malformed)?;
                }
            } else {
                whole.extend_from_slice(&more);
            }
        }
        let rest = if is_stream { events.finish() } else { Some(String::from_utf8_lossy(&whole).into_owned()) };
        if let Some(data) = rest {
            reader.take(&data, &mut words).map_err(Fault::Malformed)?;
        }
        let turn = reader.finish().map_err(Fault::Malformed)?;
        if turn.text.trim().is_empty() && turn.calls.is_empty() {
            return Err(Fault::Malformed("it says nothing".to_owned()));
        }
        Ok(turn)
    }
}

fn refusal(response: &Response) -> Option<Fault> {
    let status = response.status();
    let code = status.as_u16();
    match status {
        _ if status.is_success() => None,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::PAYMENT_REQUIRED => {
            let asked = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
            Some(Fault::Quota(asked.map(Duration::from_secs)))
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Some(Fault::Key(code)),
        StatusCode::REQUEST_TIMEOUT => Some(Fault::Slow),
        _ if status.is_server_error() => Some(Fault::Server(code)),
        _ => Some(Fault::Refused(code)),
    }
}

/// Without the address, which is the operator's own affair.
fn unreachable(why: reqwest::Error) -> Fault {
    if why.is_timeout() {
        return Fault::Slow;
    }
    let why = why.without_url();
    let cause = std::error::Error::source(&why).map_or_else(String::new, |cause| format!(": {cause}"));
    Fault::Network(format!("{why}{cause}"))
}
