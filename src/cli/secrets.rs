//! `rollcall secrets`: secret settings outside `.env`.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::{ask, failure::Failure, out, session::wait_for};
use crate::{
    config::Gathered,
    secrets::{Cupboard, Origin, PASSPHRASE, SECRETS, Shelf, keyring::SystemKeyring},
};

/// What to do with secrets.
#[derive(Debug, clap::Subcommand)]
pub(super) enum SecretsCommand {
    /// Keep the value of a setting sealed; it is asked for, or read from standard input
    Set(SetArgs),
    /// Show where each secret setting comes from, never its value
    List,
    /// Forget the value of a setting
    Remove {
        /// The setting, such as BOT_TOKEN
        name: String,
    },
}

/// What to keep, and where.
#[derive(Debug, clap::Args)]
pub(super) struct SetArgs {
    /// The setting, such as BOT_TOKEN
    name: String,
    /// In the system's keyring instead of the file that a passphrase seals
    #[arg(long)]
    keyring: bool,
}

/// Does it, also while other settings have mistakes: a secret may be one.
pub(super) fn run(env_file: Option<&Path>, data_dir: Option<&Path>, command: &SecretsCommand) -> Result<(), Failure> {
    let gathered = Gathered::from_env(env_file, data_dir)?;
    for warning in &gathered.warnings {
        out::talk(&format!("rollcall: warning: {warning}"));
    }
    let dir = &gathered.data_dir;
    let keyring = SystemKeyring::of(dir);
    let passphrase = crate::secrets::passphrase(&gathered.given).map_err(Failure::Refused)?;
    match command {
        SecretsCommand::Set(args) => {
            let shelf = if args.keyring { Shelf::Keyring } else { Shelf::File };
            keep(&gathered, &args.name, shelf, || wait_for(ask::hidden(&format!("The value of {}:", args.name))))
        }
        SecretsCommand::List => {
            let kept = Cupboard::new(dir, passphrase, &keyring).names()?;
            let mut text = String::new();
            let others = gathered.origins.keys().chain(kept.keys()).map(String::as_str).filter(|name| !SECRETS.contains(name));
            let others: std::collections::BTreeSet<&str> = others.collect();
            for name in SECRETS.into_iter().chain(others) {
                let place = match (gathered.origins.get(name), kept.get(name)) {
                    (Some(origin), _) => origin.to_string(),
                    (None, Some(shelf)) => format!("{shelf}, which can't be opened"),
                    (None, None) => "not set".to_owned(),
                };
                text += &format!("{name:<26}  {place}\n");
            }
            Ok(out::data(&text)?)
        }
        SecretsCommand::Remove { name } => {
            let was_there = Cupboard::new(dir, passphrase, &keyring).remove(name)?;
            Ok(out::data(&if was_there { format!("{name} is forgotten.") } else { format!("{name} was not kept.") })?)
        }
    }
}

/// Keeps a secret setting on a shelf. Whoever has no passphrase yet is asked for one before anything is lost.
pub(super) fn keep(
    gathered: &Gathered,
    name: &str,
    shelf: Shelf,
    value: impl FnOnce() -> Result<SecretString, Failure>,
) -> Result<(), Failure> {
    crate::secrets::known(name)?;
    let dir = &gathered.data_dir;
    let keyring = SystemKeyring::of(dir);
    let passphrase = crate::secrets::passphrase(&gathered.given).map_err(Failure::Refused)?;
    std::fs::create_dir_all(dir)?;
    let cupboard = match passphrase {
        None if shelf == Shelf::File && name != PASSPHRASE && ask::is_somebody_there() => {
            Cupboard::new(dir, Some(new_passphrase()?), &keyring)
        }
        known => Cupboard::new(dir, known, &keyring),
    };
    let value = value()?;
    if value.expose_secret().is_empty() {
        return Err(Failure::Refused("there is no value; nothing was changed".to_owned()));
    }
    cupboard.set(name, &value, shelf)?;
    out::data(&format!("{name} is kept in {shelf}."))?;
    if gathered.origins.get(name).is_some_and(|origin| !matches!(origin, Origin::Shelf(_))) {
        out::talk(&format!("{name} is also set in the environment or in .env, which wins: delete it there."));
    }
    Ok(())
}

/// From somebody who has none in the settings yet: typed each time, or put there afterwards.
fn new_passphrase() -> Result<SecretString, Failure> {
    let (first, second) = wait_for(async {
        let first = ask::hidden("The passphrase that seals secrets.age:").await?;
        let second = ask::hidden("The same again:").await?;
        Ok::<_, Failure>((first, second))
    })?;
    if first.expose_secret() != second.expose_secret() || first.expose_secret().is_empty() {
        return Err(Failure::Refused("the two are not the same; nothing was changed".to_owned()));
    }
    out::talk("Put it into a file that only rollcall's user can read, and set SECRETS_PASSPHRASE_FILE to that file.");
    Ok(first)
}
