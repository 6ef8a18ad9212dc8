//! What a route is: one entry says how it is asked for, who may, what answers, and what the document says of it.

use axum::http::{Method, StatusCode};
use futures::future::BoxFuture;

use super::call::{Answer, Call};
use crate::domain::access::Scope;

/// What does it.
pub(super) type Handler = fn(Call) -> BoxFuture<'static, Answer>;

/// One way to ask.
#[derive(Debug)]
pub struct Route {
    /// GET is HEAD too.
    pub method: Method,
    /// With `{names}` of its parts.
    pub path: &'static str,
    /// What a key has to be good for; `None`: everybody may.
    pub scope: Option<Scope>,
    /// In which chapter of the document.
    pub(super) chapter: &'static str,
    /// One line for the document.
    pub(super) summary: &'static str,
    /// What the query may hold.
    pub(super) query: &'static [Query],
    /// The schema of the body.
    pub(super) body: Option<&'static str>,
    /// Whether a file may be in it.
    pub(super) takes_file: bool,
    /// How it is answered when all is well.
    pub(super) answer: Good,
    /// Which refusals there may be beside those that every route has.
    pub(super) refusals: &'static [StatusCode],
    pub(super) run: Handler,
}

/// A good answer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Good {
    /// JSON of this schema.
    Json(StatusCode, &'static str),
    /// A page of a list of this schema.
    Page(&'static str),
    /// A report: JSON, CSV or XLSX.
    Report,
    /// Nothing but 204.
    Nothing,
    /// A page for people.
    Html,
    /// The document.
    Document,
}

/// A part of the query.
#[derive(Clone, Copy, Debug)]
pub(super) struct Query {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) sort: Sort,
    pub(super) example: &'static str,
}

/// What a part of the query or path looks like.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sort {
    Text,
    Date,
    /// From, to.
    Number(i64, i64),
    OneOf(&'static [&'static str]),
    Flag,
    TeacherId,
    GroupId,
}

impl Route {
    /// A route that only looks.
    pub(super) const fn get(
        path: &'static str,
        scope: Option<Scope>,
        chapter: &'static str,
        summary: &'static str,
        query: &'static [Query],
        answer: Good,
        run: Handler,
    ) -> Self {
        Self {
            method: Method::GET,
            path,
            scope,
            chapter,
            summary,
            query,
            body: None,
            takes_file: false,
            answer,
            refusals: &[],
            run,
        }
    }

    /// A route that changes something.
    pub(super) const fn change(
        method: Method,
        path: &'static str,
        chapter: &'static str,
        summary: &'static str,
        body: Option<&'static str>,
        answer: Good,
        run: Handler,
    ) -> Self {
        let scope = Some(Scope::Admin);
        Self { method, path, scope, chapter, summary, query: &[], body, takes_file: false, answer, refusals: &[], run }
    }

    /// The same, which may be refused so too.
    pub(super) const fn or(mut self, refusals: &'static [StatusCode]) -> Self {
        self.refusals = refusals;
        self
    }

    /// The same, for those who may send.
    pub(super) const fn sends(mut self) -> Self {
        self.scope = Some(Scope::Send);
        self.takes_file = true;
        self
    }

    /// The names in the path.
    pub(super) fn parts(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}

/// What a part of a path looks like, and what it is.
pub(super) fn part(name: &str) -> (Sort, &'static str, &'static str) {
    match name {
        "teacher" => (Sort::TeacherId, "The teacher's own id.", "T001"),
        "group" => (Sort::GroupId, "The group's chat id at Telegram.", "-1001234567890"),
        "community" => (Sort::GroupId, "The chat id of the group whose voice chats are watched.", "-1001234567890"),
        "account" => (Sort::Number(1, i64::MAX), "A person's Telegram id.", "123456789"),
        "chat_id" => (Sort::GroupId, "The chat's id at Telegram.", "-1001234567890"),
        "command" => (Sort::Text, "The command's name, without the slash.", "news"),
        "task_id" => (Sort::Text, "The job's id, as lists have it.", "groups"),
        "bot_id" => {
            (Sort::Number(1, i64::MAX), "The bot's id at Telegram: the digits before the colon of its token.", "110201543")
        }
        _ => (Sort::Text, "", ""),
    }
}
