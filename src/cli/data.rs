//! `rollcall backup` and `rollcall restore`.

use std::path::PathBuf;

use super::{Session, bar::Bar, failure::Failure, out};
use crate::backup;

/// Where to.
#[derive(Debug, clap::Args)]
pub(super) struct BackupArgs {
    /// The file to write, such as monday.tar.zst
    file: PathBuf,
}

/// Where from.
#[derive(Debug, clap::Args)]
pub(super) struct RestoreArgs {
    /// A file that `rollcall backup` wrote
    file: PathBuf,
}

/// Writes a backup.
pub(super) fn backup(session: &Session, args: &BackupArgs) -> Result<(), Failure> {
    let bar = Bar::new("Packing");
    let manifest = backup::create(&session.config.data_dir, &args.file, session.now(), &mut |done, all| bar.reach(done, all))?;
    drop(bar);
    out::data(&format!("{} files of {} are in {}.", manifest.files, session.config.data_dir.display(), args.file.display()))?;
    Ok(())
}

/// Restores a backup.
pub(super) fn restore(session: &Session, args: &RestoreArgs) -> Result<(), Failure> {
    let dir = &session.config.data_dir;
    let bar = Bar::new("Unpacking");
    let manifest = backup::restore(&args.file, dir, session.now(), &mut |done, all| bar.reach(done, all))?;
    drop(bar);
    let written = manifest.created_at.with_timezone(&session.config.zone).format("%Y-%m-%d %H:%M");
    out::data(&format!("{} files, as they were on {written}, are in {} and can be read.", manifest.files, dir.display()))?;
    Ok(())
}
