//! `rollcall doctor`: what could be wrong, and what to do about it. Looking ([`local`], [`remote`]) is apart from judging
//! ([`judge`]), which is pure.

pub mod dashboard;
pub mod judge;
mod judge_dashboard;
pub mod local;
pub mod models;
pub mod remote;
pub mod user_session;

use serde::Serialize;

pub use crate::admin::diagnosis::Level;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What was looked at, in a word or two.
    pub subject: &'static str,
    /// What is so.
    pub text: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

impl Finding {
    /// It is as it should be.
    pub fn ok(subject: &'static str, text: impl Into<String>) -> Self {
        Self { level: Level::Ok, subject, text: text.into(), advice: None }
    }

    /// It works, but.
    pub fn warning(subject: &'static str, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { level: Level::Warning, subject, text: text.into(), advice: Some(advice.into()) }
    }

    /// It doesn't work.
    pub fn error(subject: &'static str, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { level: Level::Error, subject, text: text.into(), advice: Some(advice.into()) }
    }
}

/// The worst of it.
pub fn worst(findings: &[Finding]) -> Level {
    findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok)
}
