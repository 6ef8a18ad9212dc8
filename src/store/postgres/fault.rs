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
    #[error("the database refuses: {message} ({code}){}", hint(code))]
    Refused {
        /// SQLSTATE.
        code: String,
        /// Its words.
        message: String,
    },
    /// Another replica works in our place.
    #[error("another replica has taken over: this one was silent for too long")]
    Fenced,
    /// A change of the tables waits for the release that is at work to stop.
    #[error(
        "the database's tables are an older release's, which may be at work (migration {0} is missing); they are changed when this release \
         begins to work: stop the older one"
    )]
    TooOld(i32),
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
            Self::Address(_) | Self::Certificates(_) | Self::Fenced | Self::TooOld(_) | Self::TooNew { .. } => false,
        }
    }

    /// Whether the line is of no use any more. Whoever is told that a database is read-only may be connected to one that was the
    /// primary before: the address may lead elsewhere by now.
    pub(super) fn ends_the_line(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Refused { code, .. } => code == SqlState::READ_ONLY_SQL_TRANSACTION.code(),
            Self::Address(_) | Self::Certificates(_) | Self::Fenced | Self::TooOld(_) | Self::TooNew { .. } => false,
        }
    }

    /// Whether it passes by itself, or by what people do to the database: then whoever isn't at work yet waits, too.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Refused { code, .. } => {
                let is_short_of_something = code.starts_with("53");
                let is_system_error = code.starts_with("58");
                let single = [SqlState::READ_ONLY_SQL_TRANSACTION, SqlState::QUERY_CANCELED, SqlState::LOCK_NOT_AVAILABLE];
                self.is_passing() || is_short_of_something || is_system_error || single.iter().any(|state| state.code() == code)
            }
            Self::Address(_) | Self::Certificates(_) | Self::Fenced | Self::TooOld(_) | Self::TooNew { .. } => false,
        }
    }
}

/// What an operator can do about a refusal, after a semicolon.
fn hint(code: &str) -> String {
    const TOLD: [(SqlState, &str); 8] = [
        (SqlState::DISK_FULL, "make room on the database's disk; until then nothing is acknowledged, and nothing is lost"),
        (SqlState::OUT_OF_MEMORY, "the database has no memory left; until it has, nothing is acknowledged, and nothing is lost"),
        (SqlState::TOO_MANY_CONNECTIONS, "raise its max_connections, or lower STORE_CONNECTIONS"),
        (
            SqlState::READ_ONLY_SQL_TRANSACTION,
            "it is read-only: STORE_URL has to lead to the primary, and default_transaction_read_only has to be off",
        ),
        (SqlState::INSUFFICIENT_PRIVILEGE, "the role in STORE_URL has to own the tables, or be granted what it lacks"),
        (SqlState::INVALID_PASSWORD, "the password in STORE_URL is not the role's"),
        (SqlState::INVALID_CATALOG_NAME, "create the database first: Rollcall makes the tables, not the database"),
        (SqlState::QUERY_CANCELED, "it took too long; it is tried again"),
    ];
    TOLD.iter().find(|(state, _)| state.code() == code).map_or_else(String::new, |(_, words)| format!("; {words}"))
}

impl From<postgres::Error> for DatabaseFault {
    fn from(why: postgres::Error) -> Self {
        let Some(refusal) = why.as_db_error() else {
            // The library's own text says only where it happened.
            let cause = why.source().map(ToString::to_string);
            return Self::Unreachable(cause.map_or_else(|| why.to_string(), |cause| format!("{why}: {cause}")));
        };
        let ends = [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::IDLE_SESSION_TIMEOUT,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        ];
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
