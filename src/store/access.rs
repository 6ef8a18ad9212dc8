//! The files of who may ask over HTTP: `web/`. Nobody else may read them.

use super::files::{parse, pretty};
use crate::domain::access::{Access, AccessChange};

/// A file in `web/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessFile {
    /// `web/keys.json`
    Keys,
}

impl AccessFile {
    /// The file that a change concerns.
    pub(super) fn of(change: &AccessChange) -> Self {
        match change {
            AccessChange::Key(..) => Self::Keys,
        }
    }

    /// Where it is, below the data directory.
    pub(super) fn relative(self) -> &'static str {
        match self {
            Self::Keys => "web/keys.json",
        }
    }

    /// Copies what it holds.
    pub(super) fn copy(self, from: &Access, to: &mut Access) {
        match self {
            Self::Keys => to.keys = from.keys.clone(),
        }
    }

    /// Its content now.
    pub(super) fn render(self, access: &Access) -> Vec<u8> {
        match self {
            Self::Keys => pretty(&access.keys),
        }
    }

    /// Takes its content.
    pub(super) fn load(self, bytes: &[u8], access: &mut Access) -> Result<(), String> {
        match self {
            Self::Keys => access.keys = parse(bytes)?,
        }
        Ok(())
    }
}
