//! What an error of the Bot API means for us.

use std::time::Duration;

use crate::domain::{
    ids::ChatId,
    job_reason::{Case, Reason},
};

/// A call that didn't succeed. Its text never holds the token.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CallError {
    /// The API refused.
    #[error("Telegram answered {code}: {description}")]
    Api {
        /// HTTP-like code.
        code: u16,
        /// Telegram's words.
        description: String,
        /// Seconds to wait.
        retry_after: Option<u64>,
        /// The group's id from now on.
        migrate_to: Option<i64>,
    },
    /// The server failed, with a page instead of an answer.
    #[error("Telegram's server failed (HTTP {status})")]
    Server {
        /// HTTP status.
        status: u16,
    },
    /// No connection, so that nothing was sent: refused, no name, no proxy.
    #[error("no connection to Telegram: {0}")]
    Unsent(String),
    /// No answer: reset, cut off, too slow. Whether it was done is not known.
    #[error("no connection to Telegram: {0}")]
    Network(String),
    /// An answer that can't be read.
    #[error("Telegram's answer can't be read: {0}")]
    Malformed(String),
    /// It never came to a call.
    #[error("{0}")]
    Ours(Case),
}

/// For lists: Telegram's words as they are.
impl From<CallError> for Reason {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Api { description, .. } => Self::Words(description),
            CallError::Server { status } => Case::ServerFailed { status }.into(),
            CallError::Unsent(why) | CallError::Network(why) => Case::NoConnection { why }.into(),
            CallError::Malformed(why) => Case::AnswerUnreadable { why }.into(),
            CallError::Ours(case) => case.into(),
        }
    }
}

/// What to do about a [`CallError`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// It is as we wanted already.
    Fine,
    /// Wait so long, then try the same again.
    Wait(Duration),
    /// Try again, with growing pauses.
    Retry,
    /// The group has another id now: tell everybody, then try there.
    Migrated(ChatId),
    /// The bot is not in that chat, or may not write there, or the person blocked it.
    Unreachable,
    /// The message to edit is gone or can't be edited: send a new one.
    MessageGone,
    /// The press is too old to answer.
    TooLate,
    /// The token is not valid.
    Unauthorized,
    /// Another program polls with the same token.
    OtherPoller,
    /// A webhook is set.
    WebhookSet,
    /// Trying again would fail again.
    Refused,
}

impl CallError {
    /// From the HTTP client, whose errors carry the address and with it the token.
    pub(super) fn network(why: reqwest::Error) -> Self {
        use std::error::Error as _;
        let is_unsent = why.is_connect();
        let why = why.without_url();
        let mut text = why.to_string();
        let mut source = why.source();
        while let Some(inner) = source {
            text = format!("{text}: {inner}");
            source = inner.source();
        }
        // What the client says of an HTTP proxy with a tunnel through it, and of a SOCKS5 proxy.
        if text.contains("proxy authorization required") || text.contains("credentials not accepted") {
            return Self::proxy_refuses();
        }
        if is_unsent { Self::Unsent(text) } else { Self::Network(text) }
    }

    /// What it is, in a word for figures.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Api { code: 400, .. } => "bad_request",
            Self::Api { code: 401 | 404, .. } => "unauthorized",
            Self::Api { code: 403, .. } => "forbidden",
            Self::Api { code: 409, .. } => "conflict",
            Self::Api { code: 429, .. } => "too_many_requests",
            Self::Api { code: 500.., .. } | Self::Server { .. } => "server",
            Self::Api { .. } => "other",
            Self::Unsent(_) | Self::Network(_) => "network",
            Self::Malformed(_) => "malformed",
            Self::Ours(_) => "ours",
        }
    }

    /// The proxy wants to know who we are.
    pub(super) fn proxy_refuses() -> Self {
        Self::Unsent("the proxy doesn't accept the name and password in PROXY_URL".to_owned())
    }

    /// What to do about it. By Telegram's words, because codes say too little.
    pub fn reaction(&self) -> Reaction {
        let (code, description) = match self {
            Self::Api { migrate_to: Some(chat), .. } => return Reaction::Migrated(ChatId(*chat)),
            Self::Api { retry_after: Some(seconds), .. } => return Reaction::Wait(Duration::from_secs(*seconds)),
            Self::Api { code, description, .. } => (*code, description.to_ascii_lowercase()),
            Self::Server { .. } | Self::Unsent(_) | Self::Network(_) | Self::Malformed(_) => return Reaction::Retry,
            Self::Ours(_) => return Reaction::Refused,
        };
        let says = |words: &[&str]| words.iter().any(|word| description.contains(word));
        match code {
            401 => Reaction::Unauthorized,
            404 if description == "not found" => Reaction::Unauthorized,
            409 if says(&["webhook"]) => Reaction::WebhookSet,
            409 => Reaction::OtherPoller,
            429 => Reaction::Wait(Duration::from_secs(5)),
            500.. => Reaction::Retry,
            403 => Reaction::Unreachable,
            _ if says(&["message is not modified"]) => Reaction::Fine,
            _ if says(&[
                "message to edit not found",
                "message can't be edited",
                "message_id_invalid",
                "there is no text in the message",
            ]) =>
            {
                Reaction::MessageGone
            }
            _ if says(&["query is too old", "query id is invalid"]) => Reaction::TooLate,
            _ if says(&[
                "chat not found",
                "user not found",
                "peer_id_invalid",
                "kicked",
                "not a member",
                "deactivated",
                "have no rights",
                "not enough rights",
            ]) =>
            {
                Reaction::Unreachable
            }
            _ => Reaction::Refused,
        }
    }

    /// Whether it says for certain that the bot is not in the chat any more. A time-out says nothing.
    pub fn says_gone(&self) -> bool {
        let Self::Api { description, .. } = self else { return false };
        let description = description.to_ascii_lowercase();
        ["chat not found", "bot was kicked", "bot is not a member", "group chat was deleted", "chat was deleted"]
            .iter()
            .any(|words| description.contains(words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(code: u16, description: &str) -> CallError {
        CallError::Api { code, description: description.to_owned(), retry_after: None, migrate_to: None }
    }

    #[test]
    fn each_everyday_error_has_its_own_reaction() {
        let cases = [
            (api(400, "Bad Request: message is not modified: specified new message content …"), Reaction::Fine),
            (api(400, "Bad Request: message to edit not found"), Reaction::MessageGone),
            (api(400, "Bad Request: query is too old and response timeout expired or query ID is invalid"), Reaction::TooLate),
            (api(403, "Forbidden: bot was blocked by the user"), Reaction::Unreachable),
            (api(400, "Bad Request: chat not found"), Reaction::Unreachable),
            (api(401, "Unauthorized"), Reaction::Unauthorized),
            (api(404, "Not Found"), Reaction::Unauthorized),
            (
                api(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"),
                Reaction::OtherPoller,
            ),
            (
                api(
                    409,
                    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
                ),
                Reaction::WebhookSet,
            ),
            (api(500, "Internal Server Error"), Reaction::Retry),
            (CallError::Server { status: 502 }, Reaction::Retry),
            (CallError::Network("reset".into()), Reaction::Retry),
            (api(400, "Bad Request: can't parse entities: …"), Reaction::Refused),
        ];
        for (error, reaction) in cases {
            assert_eq!(error.reaction(), reaction, "{error}");
        }
        let flood = CallError::Api {
            code: 429,
            description: "Too Many Requests: retry after 7".into(),
            retry_after: Some(7),
            migrate_to: None,
        };
        assert_eq!(flood.reaction(), Reaction::Wait(Duration::from_secs(7)));
    }

    #[test]
    fn only_certain_words_mean_gone() {
        assert!(api(403, "Forbidden: bot was kicked from the supergroup chat").says_gone());
        assert!(!CallError::Network("operation timed out".into()).says_gone());
        assert!(!api(429, "Too Many Requests: retry after 7").says_gone());
    }
}
