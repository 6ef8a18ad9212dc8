//! The files of who may ask over HTTP: `web/`. Nobody else may read them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::files::{parse, pretty};
use crate::domain::{
    access::{Access, AccessChange},
    sign_in::{Digest, SignInChange, SignInLink, WebSession},
};

/// A file in `web/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessFile {
    /// `web/keys.json`
    Keys,
    /// `web/sessions.json`
    Sessions,
    /// `web/viewers.json`
    Viewers,
    /// `web/researchers.json`
    Researchers,
}

/// What `web/sessions.json` holds.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Sessions {
    sessions: BTreeMap<Digest, WebSession>,
    links: BTreeMap<Digest, SignInLink>,
    proofs: BTreeMap<Digest, DateTime<Utc>>,
}

impl AccessFile {
    /// The file that a change concerns.
    pub(super) fn of(change: &AccessChange) -> Self {
        match change {
            AccessChange::Key(..) => Self::Keys,
            AccessChange::SignIn(SignInChange::Viewer(..)) => Self::Viewers,
            AccessChange::SignIn(SignInChange::Researcher(..)) => Self::Researchers,
            AccessChange::SignIn(SignInChange::Session(..) | SignInChange::Link(..) | SignInChange::Proof(..)) => Self::Sessions,
        }
    }

    /// Where it is, below the data directory.
    pub(super) fn relative(self) -> &'static str {
        match self {
            Self::Keys => "web/keys.json",
            Self::Sessions => "web/sessions.json",
            Self::Viewers => "web/viewers.json",
            Self::Researchers => "web/researchers.json",
        }
    }

    /// Copies what it holds.
    pub(super) fn copy(self, from: &Access, to: &mut Access) {
        match self {
            Self::Keys => to.keys = from.keys.clone(),
            Self::Sessions => {
                to.sign_in.sessions = from.sign_in.sessions.clone();
                to.sign_in.links = from.sign_in.links.clone();
                to.sign_in.proofs = from.sign_in.proofs.clone();
            }
            Self::Viewers => to.sign_in.viewers = from.sign_in.viewers.clone(),
            Self::Researchers => to.sign_in.researchers = from.sign_in.researchers.clone(),
        }
    }

    /// Its content now.
    pub(super) fn render(self, access: &Access) -> Vec<u8> {
        match self {
            Self::Keys => pretty(&access.keys),
            Self::Sessions => pretty(&Sessions {
                sessions: access.sign_in.sessions.clone(),
                links: access.sign_in.links.clone(),
                proofs: access.sign_in.proofs.clone(),
            }),
            Self::Viewers => pretty(&access.sign_in.viewers),
            Self::Researchers => pretty(&access.sign_in.researchers),
        }
    }

    /// Takes its content.
    pub(super) fn load(self, bytes: &[u8], access: &mut Access) -> Result<(), String> {
        match self {
            Self::Keys => access.keys = parse(bytes)?,
            Self::Sessions => {
                let Sessions { sessions, links, proofs } = parse(bytes)?;
                (access.sign_in.sessions, access.sign_in.links, access.sign_in.proofs) = (sessions, links, proofs);
            }
            Self::Viewers => access.sign_in.viewers = parse(bytes)?,
            Self::Researchers => access.sign_in.researchers = parse(bytes)?,
        }
        Ok(())
    }
}
