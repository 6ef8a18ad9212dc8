//! What can go wrong with the database, in words for an operator and without its password.

use std::{error::Error as _, io};

use postgres::error::SqlState;

/// A fault of the database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseFault {
    /// The address in `STORE_URL` means nothing.
    #[error("STORE_URL can't be read: {0}; write postgres://USER:PASSWORD@HOST:5432/DATABASE")]
    Address(String),
    /// The certificates to trust.
    #[error("STORE_CA_FILE can't be read: {0}")]
    Certificates(String),
    /// Nobody answers, or the line broke.
    #[error("the database can't be reached: {0}")]
    Unreachable(String),
    /// The database refuses: its code and words.
    #[error("the database refuses: {message} ({code})")]
    Refused {
        /// SQLSTATE.
        code: String,
        /// Its words.
        message: String,
    },
    /// Another replica works in our place.
    #[error("another replica has taken over: this one was silent for too long")]
    Fenced,
    /// A newer release changed the tables in a way that this one doesn't know.
    #[error(
        "the database was changed by a newer rollcall (migration {found}, this one knows up to {known}); install the newer release"
    )]
    TooNew {
        /// The newest migration in the database.
        found: i32,
        /// The newest that this release knows.
        known: i32,
    },
}

impl DatabaseFault {
    /// Whether the same again may succeed at once: transactions that met, or a line that broke.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Refused { code, .. } => {
                let met = [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED];
                met.iter().any(|state| state.code() == code)
            }
            Self::Address(_) | Self::Certificates(_) | Self::Fenced | Self::TooNew { .. } => false,
        }
    }
}

impl From<postgres::Error> for DatabaseFault {
    fn from(why: postgres::Error) -> Self {
        let Some(refusal) = why.as_db_error() else {
            // The library's own text says only where it happened.
            let cause = why.source().map(ToString::to_string);
            return Self::Unreachable(cause.map_or_else(|| why.to_string(), |cause| format!("{why}: {cause}")));
        };
        let ends =
            [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW, SqlState::IDLE_SESSION_TIMEOUT];
        if ends.contains(refusal.code()) {
            return Self::Unreachable(refusal.message().to_owned());
        }
        Self::Refused { code: refusal.code().code().to_owned(), message: refusal.message().to_owned() }
    }
}

impl From<DatabaseFault> for io::Error {
    fn from(fault: DatabaseFault) -> Self {
        Self::other(fault)
    }
}
