//! `rollcall init`: a directory to begin with.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use super::{Session, failure::Failure, out, session::wait_for};
use crate::{
    backup::is_empty,
    demo,
    store::{Store, StoreFault},
};

/// The settings' explanation, which a new `.env` begins as.
const ENV_EXAMPLE: &str = include_str!("../../.env.example");

/// How to begin.
#[derive(Debug, clap::Args)]
pub(super) struct InitArgs {
    /// Fill it with a made-up school and five weeks of activity
    #[arg(long)]
    demo: bool,
}

/// Creates the directories and `.env`; touches nothing that is there.
pub(super) fn run(session: &Session, args: &InitArgs) -> Result<(), Failure> {
    let dir = &session.config.data_dir;
    if dir.exists() && !is_empty(dir)? {
        return Err(Failure::Refused(format!(
            "{} holds data already and stays as it is; name another directory with --data-dir, or just run `rollcall`",
            dir.display()
        )));
    }
    for dir in [dir, &session.config.export_dir] {
        fs::create_dir_all(dir)?;
    }
    let store = Store::open_at(&session.config.home(), session.clock())?;
    let filled = wait_for(async {
        if args.demo {
            let (school, days) = demo::school(session.now(), session.config.zone, demo::SEED);
            store.decide(&days, |_| school)?;
        }
        store.close().await?;
        Ok::<_, StoreFault>(())
    });
    filled?;
    if args.demo {
        out::data(&format!(
            "{} has {} teachers, {} groups and {} days of activity. Look: rollcall report --days 7",
            dir.display(),
            demo::TEACHERS.len(),
            demo::GROUPS.len(),
            demo::DAYS
        ))?;
    } else {
        out::data(&format!("{} is ready.", dir.display()))?;
    }
    if create_env(Path::new(".env"))? {
        out::data("Put your bot's token and your own Telegram id into .env, then run `rollcall doctor`.")?;
    }
    Ok(())
}

/// Whether a file was made; an existing one stays as it is.
fn create_env(path: &Path) -> io::Result<bool> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    // It will hold a token.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => file.write_all(ENV_EXAMPLE.as_bytes()).map(|()| true),
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(why) => Err(why),
    }
}
