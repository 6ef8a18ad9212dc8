//! The model, served as a Bot API over HTTP.

mod connection;
mod media;
mod methods;
mod parameters;
mod relay;
mod schema;
mod send;
mod server;
mod updates;
mod webhook;

pub(crate) use self::{
    server::{LONGEST_STALL, serve},
    webhook::deliver,
};

use serde_json::{Value, json};

/// A refusal in Telegram's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: u16,
    pub(crate) description: String,
    pub(crate) retry_after: Option<u64>,
    pub(crate) migrate_to: Option<i64>,
}

impl Refusal {
    pub(crate) fn new(code: u16, words: impl AsRef<str>) -> Self {
        let kind = match code {
            400 => "Bad Request: ",
            403 => "Forbidden: ",
            409 => "Conflict: ",
            _ => "",
        };
        Self { code, description: format!("{kind}{}", words.as_ref()), retry_after: None, migrate_to: None }
    }

    pub(crate) fn too_many(seconds: u64) -> Self {
        let description = format!("Too Many Requests: retry after {seconds}");
        Self { code: 429, description, retry_after: Some(seconds), migrate_to: None }
    }

    pub(crate) fn migrated(to: i64) -> Self {
        Self { migrate_to: Some(to), ..Self::new(400, "group chat was upgraded to a supergroup chat") }
    }

    pub(crate) fn body(&self) -> Value {
        let mut body = json!({ "ok": false, "error_code": self.code, "description": self.description });
        if let Some(seconds) = self.retry_after {
            body["parameters"] = json!({ "retry_after": seconds });
        }
        if let Some(chat) = self.migrate_to {
            body["parameters"] = json!({ "migrate_to_chat_id": chat });
        }
        body
    }
}
