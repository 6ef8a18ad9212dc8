//! Why a request isn't done, as RFC 9457 has it: every one says what to do next.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Response, StatusCode, header},
};
use serde_json::json;

use crate::{
    domain::commands::{Custom, NoCommandName},
    orders::Refusal,
    store::StoreFault,
};

/// The answer to a request that isn't done.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// `detail` is a sentence that says what to do.
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), headers: Vec::new() }
    }

    /// 400: the request can't be read.
    pub(super) fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 404
    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 422: it can be read, and can't be so.
    pub(super) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// The same with a header.
    pub(super) fn with(mut self, name: HeaderName, value: impl TryInto<HeaderValue>) -> Self {
        if let Ok(value) = value.try_into() {
            self.headers.push((name, value));
        }
        self
    }

    /// What the program itself is to blame for; the log has the reason.
    pub(super) fn ours() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here; the log says what. Try again later.")
    }

    /// The answer.
    pub(super) fn into_response(self) -> Response<Body> {
        let body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("Problem"),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = self.status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response.headers_mut().extend(self.headers.into_iter().map(|(name, value)| (Some(name), value)));
        response
    }
}

impl From<StoreFault> for Problem {
    fn from(fault: StoreFault) -> Self {
        tracing::error!(%fault, "a request can't be answered");
        if fault.may_heal() {
            let detail = "The data directory can't be used now. A change that was asked for may still come about once it can; look before you ask again.";
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).with(header::RETRY_AFTER, "10");
        }
        Self::ours()
    }
}

/// As the terminal refuses, in words for a program's maker.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let conflict = |detail| Self::new(StatusCode::CONFLICT, detail);
        match refusal {
            Refusal::IdTaken(id, name) => {
                conflict(format!("The id {id} belongs to {name}; choose another one, or leave teacher_id out to get one."))
            }
            Refusal::AccountTaken(account, id, name) => conflict(format!(
                "The Telegram account {account} belongs to {id} {name}; DELETE /api/v1/teachers/{id}/accounts/{account} first."
            )),
            Refusal::NoAccount(account) => Self::invalid(format!(
                "{account} is no person's Telegram id: those are positive, and 1087968824 stands for anonymous administrators."
            )),
            Refusal::UnknownTeacher(id) => Self::not_found(format!("There is no teacher {id}; GET /api/v1/teachers lists all.")),
            Refusal::UnknownGroup(id) => {
                Self::not_found(format!("There is no registered group {id}; GET /api/v1/groups lists all."))
            }
            Refusal::NoGroup(id) => {
                Self::invalid(format!("{id} is no group: a group's id is negative, that of a supergroup begins with -100."))
            }
            Refusal::GroupGone(title) => conflict(format!("No bot is in {title} any more; add one to the group again.")),
            Refusal::UnknownCommunity(id) => {
                Self::not_found(format!("{id} is no study community; GET /api/v1/boards lists all."))
            }
            Refusal::NoCommunity => Self::not_found("No study community is watched; choose a group in the bot's menu first."),
            Refusal::NoTitle => Self::invalid("A title has at least one letter."),
            Refusal::UnknownKey(id) => Self::not_found(format!("There is no key {id}.")),
            Refusal::KeyTaken(id) => conflict(format!("There is a key {id} already.")),
            Refusal::NoKeyName => Self::invalid("A key has a name of 1 to 64 letters."),
            Refusal::UnknownChat(id) => {
                Self::not_found(format!("No bot knows a chat {id}; GET /telegram/channel-stats/ has all."))
            }
            Refusal::BotIsThere(title) => {
                conflict(format!("A bot is still in {title}, and would learn of it again; take it out first."))
            }
            Refusal::BotNotThere(bot, title) => conflict(format!("{bot} isn't in {title}; add it to the group first.")),
            Refusal::AlreadyExpired => Self::invalid("The key would never have worked: its end has passed."),
            Refusal::UnknownJob(id) => Self::not_found(format!("There is no job {id}; GET /api/v1/jobs lists all.")),
            Refusal::OwnMaster(id) => conflict(format!("{id} runs by itself and can only be looked at here.")),
            Refusal::NoSuchTime => {
                Self::invalid("since, until: that is no time in the past; give its first day, and its last one or none.")
            }
            Refusal::NothingStopped => conflict("No job is stopped; GET /api/v1/jobs lists all.".to_owned()),
            Refusal::NothingRuns => conflict("No job runs, and none would by itself.".to_owned()),
            Refusal::RunsAlready(id) => conflict(format!("{id} runs at this moment; GET /api/v1/jobs/{id} shows how far it is.")),
            Refusal::NotRemovable(id) => conflict(format!("{id} can be stopped, but not removed.")),
            Refusal::SentOnce(id) => conflict(format!("{id} is sent once; make another one with send_at for another time.")),
            Refusal::NothingToRepeat(id) => {
                conflict(format!("Nothing of {id} can be sent again: nothing failed, or its text is gone."))
            }
            Refusal::Cron(why) => Self::invalid(format!("{why}.")),
            Refusal::NothingToSend => Self::invalid("There is nothing to send: give a text, or a file."),
            Refusal::TooLong => Self::invalid("The text is longer than 20000 characters; send it as a document."),
            Refusal::NobodyToSendTo => Self::invalid("There is nobody to send it to: GET /api/v1/groups lists all groups."),
            Refusal::UnknownCommand(name) => {
                Self::not_found(format!("There is no command /{name}; GET /api/v1/commands lists all."))
            }
            Refusal::CommandTaken(name) => {
                conflict(format!("There is a command /{name} already; PATCH /api/v1/commands/{name} changes it."))
            }
            Refusal::TooManyCommands => conflict(format!("There are {} commands already; delete one first.", Custom::MOST)),
            Refusal::LastDescription(name) => Self::invalid(format!("/{name} needs a description in one language at least.")),
            Refusal::UnknownBot(bot) => Self::invalid(format!("There is no bot {bot}; GET /telegram/channel-stats/ shows all.")),
            Refusal::NoCommandName => Self::invalid(format!("{NoCommandName}.")),
            Refusal::Command(why) => Self::invalid(format!("{why}.")),
            Refusal::NoChannels(why) => Self::invalid(format!("{why}.")),
            Refusal::NoCollectionFolder(_) => Self::invalid(format!("{refusal}.")),
            Refusal::NoBackupFolder(dir) => {
                Self::invalid(format!("{dir:?} is no folder for backups: give its whole path, and keep 1 to 1000."))
            }
        }
    }
}
