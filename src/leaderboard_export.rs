//! Sends snapshots of boards to a web dashboard. The only part that speaks to that web, and it speaks to nothing else: what is
//! sent and when is decided in `study::export`, and lies in the store.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{
    Client, Response, StatusCode, Url,
    header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER},
    redirect::Policy,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::{
    domain::{
        change::{Change, Outcome},
        ids::ChatId,
        state::State,
    },
    store::{Store, StoreFault},
    study::export::{self, Reply},
};

/// How we prove ourselves.
const SECRET: HeaderName = HeaderName::from_static("x-leaderboard-secret");
/// Answers are a few hundred bytes.
const LONGEST_ANSWER: usize = 64 * 1024;
/// As much of a dashboard's words as is kept.
const LONGEST_WHY: usize = 500;

/// Where snapshots go.
#[derive(Clone, Debug)]
pub struct ExportConfig {
    /// `LEADERBOARD_INGEST_URL`
    pub url: Url,
    /// `LEADERBOARD_INGEST_SECRET`
    pub secret: SecretString,
    /// `LEADERBOARD_EXPORT_TIMEOUT_MS`
    pub timeout: Duration,
    /// Whether `HTTPS_PROXY` and its relatives are heeded.
    pub environment_proxy: bool,
}

/// The line to the dashboard.
#[derive(Debug)]
pub struct Exporter {
    client: Client,
    url: Url,
    secret: HeaderValue,
}

/// No line can be made with these settings.
#[derive(Debug, thiserror::Error)]
pub enum ExportFault {
    /// The secret has characters that no header has.
    #[error("LEADERBOARD_INGEST_SECRET has characters that can't be sent: use letters, digits and punctuation")]
    Secret,
    /// The HTTP client can't be made.
    #[error("the dashboard's line can't be opened: {0}")]
    Client(#[source] reqwest::Error),
}

/// A snapshot that the dashboard refused: admins are to be told, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedSnapshot {
    /// Whose.
    pub community: ChatId,
    /// Of which local day.
    pub day: chrono::NaiveDate,
    /// In the dashboard's words.
    pub why: String,
}

/// What a turn came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing is to be sent before this moment; `None`: before another snapshot comes.
    Idle(Option<DateTime<Utc>>),
    /// One was sent; there may be more.
    Sent,
    /// It can't be sent now: in a word for the log.
    Later(String),
    /// It was refused.
    Refused(RefusedSnapshot),
}

/// What a dashboard answers with 200.
#[derive(Deserialize)]
struct Answer {
    status: String,
    #[serde(default)]
    issues: serde_json::Value,
}

impl Exporter {
    /// A line.
    pub fn new(config: &ExportConfig) -> Result<Self, ExportFault> {
        let mut secret = HeaderValue::from_str(config.secret.expose_secret()).map_err(|_| ExportFault::Secret)?;
        secret.set_sensitive(true);
        // A redirected POST becomes a GET: it would seem to be answered, and nothing was taken.
        let builder = Client::builder().timeout(config.timeout).redirect(Policy::none());
        let builder = if config.environment_proxy { builder } else { builder.no_proxy() };
        Ok(Self { client: builder.build().map_err(ExportFault::Client)?, url: config.url.clone(), secret })
    }

    /// Sends the snapshot whose turn it is, if any, and keeps what became of it. `now` tells the time, `tell` what is done in
    /// the same step about one that is refused.
    pub async fn turn(
        &self,
        store: &Store,
        now: impl Fn() -> DateTime<Utc>,
        tell: impl Fn(&State, &RefusedSnapshot) -> Outcome,
    ) -> Result<Turn, StoreFault> {
        let next = store.read(|state| {
            let found = export::ready(&state.study, now()).map(|(id, export)| (id, export.clone()));
            found.ok_or_else(|| export::wake(&state.study))
        });
        let (id, snapshot) = match next {
            Ok(found) => found,
            Err(wake) => return Ok(Turn::Idle(wake)),
        };
        let reply = self.send(&snapshot.body, now()).await;
        let turn = match &reply {
            Reply::Taken => Turn::Sent,
            Reply::Later(why, _) => Turn::Later(why.clone()),
            Reply::Refused(why) => {
                Turn::Refused(RefusedSnapshot { community: snapshot.community, day: snapshot.day, why: why.clone() })
            }
        };
        store.decide(&[], |state| {
            let mut outcome = Outcome::nothing();
            let Some(changes) = export::answered(&state.study, id, &snapshot.body, &reply, now()) else { return outcome };
            changes.into_iter().for_each(|change| outcome.set(Change::Study(change)));
            if let Turn::Refused(refused) = &turn {
                outcome.append(tell(state, refused));
            }
            outcome
        })?;
        store.flush().await?;
        Ok(turn)
    }

    /// Whether anybody answers at the dashboard's address, whatever they say: nothing is sent.
    pub async fn reach(&self) -> Result<(), String> {
        self.client.head(self.url.clone()).send().await.map(drop).map_err(unreachable)
    }

    /// Sends one body, within the time that is set.
    pub async fn send(&self, body: &str, now: DateTime<Utc>) -> Reply {
        let request = self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/json");
        let sent = request.header(SECRET, self.secret.clone()).body(body.to_owned()).send().await;
        match sent {
            Ok(response) => read(response, now).await,
            Err(why) => Reply::Later(unreachable(why), None),
        }
    }
}

async fn read(mut response: Response, now: DateTime<Utc>) -> Reply {
    let status = response.status();
    let until = retry_after(&response, now);
    let moved = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).map(ToOwned::to_owned);
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(more)) if body.len() + more.len() <= LONGEST_ANSWER => body.extend_from_slice(&more),
            Ok(Some(_) | None) => break,
            // It may have been taken; sending it again replaces it.
            Err(why) => return Reply::Later(unreachable(why), None),
        }
    }
    let said = String::from_utf8_lossy(&body);
    let why = |what: &str| Reply::Refused(clipped(&format!("{what}: {said}")));
    match status {
        StatusCode::OK => understood(&body, &said),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
            Reply::Later(status.to_string(), until)
        }
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => why("LEADERBOARD_INGEST_SECRET isn't the dashboard's"),
        _ if status.is_server_error() => Reply::Later(status.to_string(), until),
        _ if status.is_redirection() => {
            let to = moved.unwrap_or_else(|| "another address".to_owned());
            Reply::Refused(clipped(&format!("LEADERBOARD_INGEST_URL has moved to {to}; set it to that")))
        }
        _ => why(&status.to_string()),
    }
}

/// 200 is not yet a yes: the body says it.
fn understood(body: &[u8], said: &str) -> Reply {
    match serde_json::from_slice::<Answer>(body) {
        Ok(answer) if answer.status == "ok" => Reply::Taken,
        Ok(answer) => {
            let issues = if answer.issues.is_null() { String::new() } else { format!(": {}", answer.issues) };
            Reply::Refused(clipped(&format!("{}{issues}", answer.status)))
        }
        Err(_) => Reply::Refused(clipped(&format!("LEADERBOARD_INGEST_URL leads to no dashboard: it answered {said:?}"))),
    }
}

/// In seconds, or as a date.
fn retry_after(response: &Response, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse::<u32>() {
        Ok(seconds) => Some(now + TimeDelta::seconds(i64::from(seconds))),
        Err(_) => DateTime::parse_from_rfc2822(text).ok().map(|at| at.to_utc()),
    }
}

/// Without the address, which is the operator's own affair.
fn unreachable(why: reqwest::Error) -> String {
    if why.is_timeout() {
        "no answer in time".to_owned()
    } else {
        let why = why.without_url();
        let cause = std::error::Error::source(&why).map_or_else(String::new, |cause| format!(": {cause}"));
        format!("{why}{cause}")
    }
}

fn clipped(text: &str) -> String {
    text.chars().take(LONGEST_WHY).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-01-09T16:30:00Z".parse().expect("an instant")
    }

    /// What becomes of a snapshot to which this is the answer.
    async fn reply(status: u16, header: Option<(HeaderName, &'static str)>, body: &'static str) -> Reply {
        let mut response = axum::http::Response::new(body);
        *response.status_mut() = StatusCode::from_u16(status).expect("a status");
        if let Some((name, value)) = header {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        read(Response::from(response), now()).await
    }

    fn refused(reply: Reply) -> String {
        match reply {
            Reply::Refused(why) => why,
            other => panic!("it is not refused: {other:?}"),
        }
    }

    #[tokio::test]
    async fn only_a_body_that_says_so_means_taken() {
        assert_eq!(reply(200, None, r#"{"status":"ok","inserted":1,"updated":2}"#).await, Reply::Taken);
        let why = refused(reply(200, None, r#"{"status":"stored-for-review","issues":["boards: two"]}"#).await);
        assert_eq!(why, r#"stored-for-review: ["boards: two"]"#);
        assert!(refused(reply(200, None, "<html>").await).contains("no dashboard"));
        assert!(refused(reply(204, None, "").await).contains("204"));
    }

    #[tokio::test]
    async fn what_is_worth_it_is_repeated_and_nothing_else() {
        let later = |status: &str, until| Reply::Later(status.to_owned(), until);
        assert_eq!(reply(500, None, "").await, later("500 Internal Server Error", None));
        let wait = Some((RETRY_AFTER, "90"));
        assert_eq!(reply(503, wait, "").await, later("503 Service Unavailable", Some(now() + TimeDelta::seconds(90))));
        let date = Some((RETRY_AFTER, "Fri, 09 Jan 2026 17:30:00 GMT"));
        assert_eq!(reply(429, date, "").await, later("429 Too Many Requests", Some(now() + TimeDelta::hours(1))));
        for status in [400, 401, 403, 404, 410, 413, 422] {
            assert!(refused(reply(status, None, "no").await).ends_with(": no"), "{status}");
        }
        assert!(refused(reply(403, None, "").await).contains("LEADERBOARD_INGEST_SECRET"));
        let moved = refused(reply(301, Some((LOCATION, "https://new.example.org/")), "").await);
        assert!(moved.contains("moved to https://new.example.org/"), "{moved}");
    }

    #[tokio::test]
    async fn an_address_at_which_nobody_is_can_be_tried_again() {
        let config = ExportConfig {
            url: Url::parse("http://127.0.0.1:1/secret-path").expect("an address"),
            secret: "hush".to_owned().into(),
            timeout: Duration::from_secs(5),
            environment_proxy: false,
        };
        let exporter = Exporter::new(&config).expect("a line");
        let Reply::Later(why, None) = exporter.send("{}", now()).await else { panic!("it is tried again") };
        assert!(!why.contains("secret-path"), "{why}");
        assert!(!format!("{exporter:?} {config:?}").contains("hush"));
        assert!(Exporter::new(&ExportConfig { secret: "two\nlines".to_owned().into(), ..config }).is_err());
    }
}
