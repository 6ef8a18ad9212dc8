//! `rollcall backup` and `rollcall restore`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Session, bar::Bar, failure::Failure, out, session, store};
use crate::{
    backup::{self, Manifest},
    domain::{change::Outcome, jobs::JobId},
    jobs::restored,
    store::{Home, Reader, Store, StoreFault, copy, postgres::Database},
};

/// Where a backup is unpacked before it goes into a database, below the data directory.
const ASIDE: &str = "restoring";

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
    /// Put it in the place of what is in the database (STORE_URL); without this, and in a directory, there must be nothing
    #[arg(long)]
    replace: bool,
}

/// Writes a backup.
pub(super) fn backup(session: &Session, args: &BackupArgs) -> Result<(), Failure> {
    let bar = Bar::new("Packing");
    let manifest = backup::create(&session.config.home(), &args.file, session.now(), &mut |done, all| bar.reach(done, all))?;
    drop(bar);
    out::data(&format!("{} files of {} are in {}.", manifest.files, session.config.data_dir.display(), args.file.display()))?;
    Ok(())
}

/// Restores a backup there.
pub(super) fn restore(session: &Session, home: &Home, args: &RestoreArgs) -> Result<(), Failure> {
    let bar = Bar::new("Unpacking");
    let mut stopped = Vec::new();
    let mut prepare = |data: &Path| {
        stopped = hold_back(session, data)?;
        Ok(())
    };
    let mut step = |done, all| bar.reach(done, all);
    let (manifest, place) = match home.in_database() {
        Some(database) => {
            let manifest = into_database(session, home, database, args, &mut prepare, &mut step)?;
            (manifest, format!("the database {}", database.name()))
        }
        None => {
            let dir = home.dir();
            let manifest = backup::restore(&args.file, dir, session.now(), &mut prepare, &mut step)?;
            (manifest, dir.display().to_string())
        }
    };
    drop(bar);
    let written = manifest.created_at.with_timezone(&session.config.zone).format("%Y-%m-%d %H:%M");
    out::data(&format!("{} files, as they were on {written}, are in {place} and can be read.", manifest.files))?;
    for job in stopped {
        out::data(&format!(
            "{job} was still to be sent then, and perhaps was sent since: it is stopped. `rollcall jobs start {job}` sends it."
        ))?;
    }
    Ok(())
}

/// Unpacks beside what stays on this machine, copies that into the database, and compares both.
fn into_database(
    session: &Session,
    home: &Home,
    database: &Database,
    args: &RestoreArgs,
    prepare: &mut backup::Prepare<'_>,
    step: &mut backup::Step<'_>,
) -> Result<Manifest, Failure> {
    database.prepare().map_err(StoreFault::from)?;
    // Nobody counts there meanwhile.
    let _held = store::hold(session, home)?;
    if !args.replace && !copy::is_empty(home)? {
        return Err(Failure::Refused(format!(
            "the database {} isn't empty; `--replace` puts the backup in the place of what is there",
            database.name()
        )));
    }
    let aside = Home::directory(&home.dir().join(ASIDE));
    // What an attempt left that was cut short.
    drop(fs::remove_dir_all(aside.dir()));
    let restored = backup::restore(&args.file, aside.dir(), session.now(), prepare, step).map_err(Failure::from);
    let copied = restored.and_then(|manifest| {
        copy::copy(&aside, home, &mut |_, _| ())?;
        let compared = copy::compare(&aside, home)?;
        compared.map_err(|why| Failure::Refused(format!("what is in the database now isn't the backup: {why}; run it again")))?;
        backup::move_others(aside.dir(), home.dir())?;
        Ok(manifest)
    });
    // Only tidying.
    drop(fs::remove_dir_all(aside.dir()));
    copied
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
