//! A request, read: what the handlers ask of it, and the answers that they give.

use std::{str::FromStr, sync::Arc};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Serialize, de::DeserializeOwned};
use tokio::task::spawn_blocking;

use super::{Api, gate::Caller, problem::Problem};
use crate::{
    domain::{
        audit::Actor,
        ids::{ChatId, TeacherId},
        period::{Period, local_day},
        state::State,
    },
    orders::{Order, dropbox},
};

/// What handlers return.
pub(super) type Answer = Result<Response<Body>, Problem>;

/// A request that may be done.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) api: Arc<Api>,
    /// Whose; `None` where no key is needed.
    pub(super) caller: Option<Caller>,
    pub(super) path: Vec<(String, String)>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// Without the query.
    pub(super) place: String,
}

impl Call {
    /// Now.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.api.site.now()
    }

    /// The local day.
    pub(super) fn today(&self) -> NaiveDate {
        local_day(self.api.site.zone, self.now())
    }

    /// Looks at the state.
    pub(super) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        self.api.site.store().read(look)
    }

    /// A part of the path.
    pub(super) fn part(&self, name: &str) -> &str {
        self.path.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// A part of the path that is an id. What is none names nothing.
    pub(super) fn id<T: FromStr>(&self, name: &str) -> Result<T, Problem> {
        let text = self.part(name);
        text.parse().map_err(|_| Problem::not_found(format!("There is no {name} {text:?}: its id looks otherwise.")))
    }

    /// What the query says of a name.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The same, read.
    pub(super) fn parsed<T: FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, Problem> {
        let read = |text: &str| text.parse().map_err(|_| Problem::unreadable(format!("{name}={text:?} isn't {expected}.")));
        self.asked(name).map(read).transpose()
    }

    /// A teacher that the query names.
    pub(super) fn teacher(&self) -> Result<Option<TeacherId>, Problem> {
        self.parsed("teacher", "a teacher's id, which has 3 to 16 of A-Z a-z 0-9")
    }

    /// A group that the query names, by its id now.
    pub(super) fn group(&self) -> Result<Option<ChatId>, Problem> {
        self.chat("group")
    }

    /// A group that some part of the query names.
    pub(super) fn chat(&self, name: &str) -> Result<Option<ChatId>, Problem> {
        let expected = "a group's id, a negative number";
        match self.parsed::<ChatId>(name, expected)? {
            Some(chat) if chat.0 >= 0 => Err(Problem::unreadable(format!("{name}={chat} isn't {expected}."))),
            chat => Ok(chat.map(|chat| self.read(|state| state.current_id(chat)))),
        }
    }

    /// The days that the query asks for: `days`, or `from` and `to`; the last seven without any of them.
    pub(super) fn period(&self) -> Result<Period, Problem> {
        let date = "a date such as 2026-01-31";
        let (from, to) = (self.parsed("from", date)?, self.parsed("to", date)?);
        let days = self.parsed::<u64>("days", "a number of days from 1 to 365")?;
        let today = self.today();
        let invalid = |why: crate::domain::period::PeriodError| Problem::unreadable(format!("{why}."));
        match (days, from, to) {
            (None, None, None) => Ok(Period::last_days(today, 7)),
            (Some(days), None, None) => Period::parse(&days.to_string(), today).map_err(invalid),
            (None, Some(from), to) => Period::new(from, to.unwrap_or(today)).map_err(invalid),
            (None, None, Some(_)) => Err(Problem::unreadable("`to` needs `from`: name the first day too.")),
            (Some(_), ..) => Err(Problem::unreadable("Ask either for `days` or for `from` and `to`.")),
        }
    }

    /// The body, as JSON.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let read = serde_json::from_slice(&self.body).map_err(|why| match why.classify() {
            serde_json::error::Category::Data => Problem::invalid(format!("The body doesn't say what it should: {why}.")),
            _ => Problem::unreadable(format!("The body is no JSON: {why}. Send an object such as the document's example.")),
        })?;
        // A list of values would be taken for an object's fields in their order.
        if self.body.trim_ascii_start().starts_with(b"{") {
            Ok(read)
        } else {
            Err(Problem::invalid("The body is no JSON object; send one such as the document's example."))
        }
    }

    /// Does what reads files, beside the runtime and a few at a time. The work holds its turn itself: nobody can stop it, also
    /// when whoever asked is gone.
    pub(super) async fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = self.api.turns.clone().acquire_owned().await.expect("nobody closes it");
        let working = spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        working.await.map_err(|_| Problem::ours())?
    }

    /// Carries an order out, in the name of the key; on return it is durable.
    pub(super) async fn order(&self, order: &Order) -> Result<(), Problem> {
        let actor = self.caller.as_ref().map_or(Actor::Terminal, Caller::actor);
        let site = &self.api.site;
        let done = dropbox::try_to(site.store(), site.zone, self.now(), &actor, order).await?;
        Ok(done.map(drop)?)
    }
}

/// 200 with JSON.
pub(super) fn ok(value: &impl Serialize) -> Answer {
    Ok(json(StatusCode::OK, value))
}

/// JSON with a status.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    let mut response = Response::new(Body::from(serde_json::to_vec(value).expect("our answers are JSON")));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// 204
pub(super) fn nothing() -> Answer {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}

/// The first of `offered` that the request takes; `None`: none of them. Without the header: the first.
pub(super) fn acceptable(headers: &HeaderMap, offered: &[&str]) -> Option<usize> {
    let Some(accept) = headers.get(header::ACCEPT) else { return Some(0) };
    let accept = accept.to_str().unwrap_or_default();
    let weight_of = |mime: &str| {
        let family = mime.split_once('/').map_or(mime, |(family, _)| family);
        let matching = accept.split(',').filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let exactness = if name == mime {
                2
            } else if name.strip_suffix("/*") == Some(family) {
                1
            } else if name == "*/*" {
                0
            } else {
                return None;
            };
            let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            Some((exactness, weight))
        });
        // The range that says it most exactly decides.
        matching.max_by_key(|(exactness, _)| *exactness).map_or(0.0, |(_, weight)| weight)
    };
    let weights = offered.iter().map(|mime| weight_of(mime)).enumerate().filter(|(_, weight)| *weight > 0.0);
    weights.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_most_is_sent() {
        let pick = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_str(accept).expect("a header"));
            acceptable(&headers, &["application/json", "text/csv"])
        };
        assert_eq!(acceptable(&HeaderMap::new(), &["application/json"]), Some(0));
        assert_eq!(pick("*/*"), Some(0));
        assert_eq!(pick("text/csv"), Some(1));
        assert_eq!(pick("text/*;q=0.9, application/json;q=0.1"), Some(1));
        assert_eq!(pick("application/json;q=0, */*"), Some(1));
        assert_eq!(pick("text/csv;q=0.5, application/*"), Some(0));
        assert_eq!((pick("image/png"), pick(""), pick("nonsense;;")), (None, None, None));
    }
}
