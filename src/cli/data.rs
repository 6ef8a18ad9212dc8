//! `rollcall backup` and `rollcall restore`.

use std::path::{Path, PathBuf};

use super::{Session, bar::Bar, failure::Failure, out, session};
use crate::{
    backup,
    domain::{change::Outcome, jobs::JobId},
    jobs::restored,
    store::{Reader, Store, StoreFault},
};

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
    let manifest = backup::create(&session.config.home(), &args.file, session.now(), &mut |done, all| bar.reach(done, all))?;
    drop(bar);
    out::data(&format!("{} files of {} are in {}.", manifest.files, session.config.data_dir.display(), args.file.display()))?;
    Ok(())
}

/// Restores a backup.
pub(super) fn restore(session: &Session, args: &RestoreArgs) -> Result<(), Failure> {
    let dir = &session.config.data_dir;
    let bar = Bar::new("Unpacking");
    let mut stopped = Vec::new();
    let mut prepare = |data: &Path| {
        stopped = hold_back(session, data)?;
        Ok(())
    };
    let manifest = backup::restore(&args.file, dir, session.now(), &mut prepare, &mut |done, all| bar.reach(done, all))?;
    drop(bar);
    let written = manifest.created_at.with_timezone(&session.config.zone).format("%Y-%m-%d %H:%M");
    out::data(&format!("{} files, as they were on {written}, are in {} and can be read.", manifest.files, dir.display()))?;
    for job in stopped {
        out::data(&format!(
            "{job} was still to be sent then, and perhaps was sent since: it is stopped. `rollcall jobs start {job}` sends it."
        ))?;
    }
    Ok(())
}

/// What a backup was about to send was perhaps sent since. The messages that are stopped for that.
fn hold_back(session: &Session, data: &Path) -> Result<Vec<JobId>, StoreFault> {
    let (stopped, changes) = restored::held_back(Reader::open(data)?.state(), session.now());
    if !changes.is_empty() {
        let store = Store::open(data, session.clock())?;
        store.decide(&[], |_| Outcome { changes, work: Vec::new() })?;
        session::wait_for(store.close())?;
    }
    Ok(stopped)
}
