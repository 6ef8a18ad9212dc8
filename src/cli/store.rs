//! The counts moved to another place: from files into a database, back, or from one database to another.

use std::path::Path;

use super::{bar::Bar, failure::Failure, out, session::Session};
use crate::store::{
    DirectoryLock, Home, Owner, Reader, StoreFault,
    copy::{self, Copied},
    postgres::{Database, Holder, Lease, Taken},
};

/// What to do with where the counts are.
#[derive(Debug, clap::Subcommand)]
pub(super) enum StoreCommand {
    /// Copy everything to another place, most of it while the bot still runs; compare both value by value
    Copy(CopyArgs),
}

/// From where to where.
#[derive(Debug, clap::Args)]
pub(super) struct CopyArgs {
    /// A data directory, postgres://…, or the word STORE_URL for the database in the settings
    #[arg(long)]
    from: String,
    /// Likewise; files and rows there that differ are replaced
    #[arg(long)]
    to: String,
}

/// What makes sure that nobody else writes.
#[derive(Debug)]
pub(super) enum Held {
    Directory { _lock: DirectoryLock },
    Database { _lease: Lease },
}

/// Does it.
pub(super) fn run(session: &Session, command: &StoreCommand) -> Result<(), Failure> {
    match command {
        StoreCommand::Copy(args) => copy(session, args),
    }
}

fn copy(session: &Session, args: &CopyArgs) -> Result<(), Failure> {
    let (from, to) = (home(session, &args.from)?, home(session, &args.to)?);
    if from.in_database().is_none() && !from.dir().is_dir() {
        return Err(StoreFault::Missing(from.dir().to_owned()).into());
    }
    if to.in_database().is_none() {
        std::fs::create_dir_all(to.dir())?;
    }
    for home in [&from, &to] {
        home.in_database().map_or(Ok(()), |database| database.prepare().map_err(StoreFault::from))?;
    }
    let _theirs = hold(session, &to)?;
    refuse_older(&from, &to)?;
    let ours = match hold(session, &from) {
        Ok(held) => Some(held),
        Err(why) if why.is_taken() => None,
        Err(why) => return Err(why.into()),
    };
    let bar = Bar::new("Copying");
    let Copied { files, written, bytes } = copy::copy(&from, &to, &mut |done, all| bar.reach(done as u64, all as u64))?;
    drop(bar);
    let megabytes = bytes as f64 / 1e6;
    if ours.is_none() {
        out::data(&format!(
            "{written} of {files} files were written ({megabytes:.1} MB), while the bot goes on. Stop it, then run the same again: only what \
             has changed since is left, and both are compared."
        ))?;
        return Ok(());
    }
    let compared = copy::compare(&from, &to)?.map_err(|difference| {
        Failure::Refused(format!("the copy isn't the same: {difference}. Nothing was changed in the source; run it again"))
    })?;
    out::data(&format!(
        "{written} of {files} files were written ({megabytes:.1} MB). Both were read and compared: the register, {} days, {} counters are the same.",
        compared.days, compared.cells
    ))?;
    Ok(())
}

/// A place as somebody names it.
fn home(session: &Session, place: &str) -> Result<Home, Failure> {
    if place == "STORE_URL" {
        let here = session.config.home();
        return if here.in_database().is_some() { Ok(here) } else { Err(Failure::Refused("STORE_URL is not set".to_owned())) };
    }
    if place.starts_with("postgres://") || place.starts_with("postgresql://") {
        let made = Database::new(place, session.config.store_authorities.as_deref(), 2, Database::USUAL_TERM);
        return Ok(Home::database(made.map_err(StoreFault::from)?, &session.config.data_dir));
    }
    Ok(Home::directory(Path::new(place)))
}

/// Sees to it that nobody else writes there meanwhile.
pub(super) fn hold(session: &Session, home: &Home) -> Result<Held, StoreFault> {
    let since = session.now().to_rfc3339();
    let Some(database) = home.in_database() else {
        let owner = Owner { pid: std::process::id(), since };
        return Ok(Held::Directory { _lock: DirectoryLock::take(home.dir(), &owner)? });
    };
    match Lease::take(database, &Holder::command(std::process::id(), &since))? {
        Taken::Ours(lease) => Ok(Held::Database { _lease: lease }),
        Taken::Theirs(holder) => Err(StoreFault::Held { database: database.name(), holder }),
    }
}

/// Refuses to replace what has come further than what would replace it.
fn refuse_older(from: &Home, to: &Home) -> Result<(), Failure> {
    let (ours, theirs) = (Reader::open_at(from)?.last_commit(), Reader::open_at(to)?.last_commit());
    if theirs > ours {
        return Err(Failure::Refused(
            "there is something newer at --to than at --from, which would be lost: look whether they are the right way round"
                .to_owned(),
        ));
    }
    Ok(())
}
