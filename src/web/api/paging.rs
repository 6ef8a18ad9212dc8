//! Long lists come in pages.

use axum::{
    body::Body,
    http::{HeaderValue, Response, header},
};
use serde::Serialize;
use serde_json::json;

use super::{
    call::{Answer, Call, ok},
    problem::Problem,
};

const USUAL: usize = 100;
const MOST: usize = 500;

impl Call {
    /// How many are wanted at most.
    pub(super) fn limit(&self) -> Result<usize, Problem> {
        let expected = "a whole number from 1 to 500";
        match self.parsed("limit", expected)? {
            None => Ok(USUAL),
            Some(limit) if (1..=MOST).contains(&limit) => Ok(limit),
            Some(limit) => Err(Problem::unreadable(format!("limit={limit} isn't {expected}."))),
        }
    }

    /// A page of `items`, which are at most one more than wanted: then there is a next page, after the last one that is shown.
    pub(super) fn page<T: Serialize>(&self, limit: usize, mut items: Vec<T>, name: impl Fn(&T) -> String) -> Answer {
        let is_last = items.len() <= limit;
        items.truncate(limit);
        let next = items.last().filter(|_| !is_last).map(name);
        let mut response = ok(&json!({ "items": items, "next": next }))?;
        if let Some(next) = &next {
            self.link(&mut response, next);
        }
        Ok(response)
    }

    /// Where to go on, as RFC 8288 has it.
    fn link(&self, response: &mut Response<Body>, next: &str) {
        let kept = self.query.iter().filter(|(name, _)| name != "after");
        let pairs = kept.map(|(name, value)| (name.as_str(), value.as_str())).chain([("after", next)]);
        let query = pairs.map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("&");
        if let Ok(value) = HeaderValue::try_from(format!("<{}?{query}>; rel=\"next\"", self.place)) {
            response.headers_mut().insert(header::LINK, value);
        }
    }
}

/// As a query has it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}
