//! Why a command ends without success, and with which exit code.

use std::{io, process::ExitCode};

use crate::{
    app::RunError,
    backup::BackupFault,
    config::ConfigErrors,
    domain::{
        ids::{FullNameError, TeacherIdError},
        period::PeriodError,
    },
    history::ExportFault,
    logging::LogFault,
    mtproto::{CallFault, FileFault, LoginFault},
    orders::{Refusal, dropbox::DropboxFault},
    secrets::SecretsFault,
    store::{StoreFault, tracker::TrackerFault},
};

/// What was asked for can't be done, or failed.
pub(super) const FAILED: u8 = 1;
/// The settings are wrong (`EX_CONFIG` of `sysexits.h`).
pub(super) const CONFIGURATION: u8 = 78;

/// Why a command ends without success. Its text says what to do next.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// Every mistake in the settings.
    #[error("The settings have mistakes:\n{0}")]
    Config(#[from] ConfigErrors),
    /// Something can't be done, in words for the person.
    #[error("{0}")]
    Refused(String),
    /// The findings were printed already.
    #[error("")]
    Unhealthy,
    /// The data directory.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The way to the running daemon.
    #[error(transparent)]
    Dropbox(#[from] DropboxFault),
    /// A backup or restore.
    #[error(transparent)]
    Backup(#[from] BackupFault),
    /// The daemon.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The log.
    #[error(transparent)]
    Log(#[from] LogFault),
    /// Standard output, or a file that was named.
    #[error("can't write: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    /// The process's exit code.
    pub(super) fn code(&self) -> ExitCode {
        match self {
            Failure::Config(_) | Failure::Log(_) | Failure::Run(RunError::BadToken) => ExitCode::from(CONFIGURATION),
            Failure::Refused(_)
            | Failure::Unhealthy
            | Failure::Store(_)
            | Failure::Dropbox(_)
            | Failure::Backup(_)
            | Failure::Run(
                RunError::Store(_)
                | RunError::Wire(_)
                | RunError::Listen(_)
                | RunError::Webhook(_)
                | RunError::Shelf(_)
                | RunError::Fault(_),
            )
            | Failure::Output(_) => ExitCode::from(FAILED),
        }
    }
}

macro_rules! refusal_from {
    ($($type:ty),*) => {
        $(impl From<$type> for Failure {
            fn from(why: $type) -> Self {
                Self::Refused(why.to_string())
            }
        })*
    };
}

refusal_from!(
    ExportFault,
    FullNameError,
    TeacherIdError,
    PeriodError,
    Refusal,
    LoginFault,
    CallFault,
    FileFault,
    SecretsFault,
    TrackerFault
);
