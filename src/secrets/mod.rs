//! Secret settings outside `.env`: in the system's keyring, or in `secrets.age`, a file sealed with a passphrase.
//!
//! `secrets.json` says which name lies where (names are no secrets), so that nothing is unlocked that nobody needs, and
//! because no keyring can be asked for a list.

pub mod keyring;
pub mod seal;
pub mod token;

use std::{
    collections::BTreeMap,
    fmt, io,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use self::{
    keyring::{Keyring, KeyringFault},
    seal::SealFault,
};
use crate::private_file;

/// The settings whose values nobody may see.
pub const SECRETS: [&str; 11] = [
    "BOT_TOKEN",
    "WEBHOOK_SECRET",
    "TELEGRAM_API_HASH",
    "TG_STRING_SESSION",
    "SECRETS_PASSPHRASE",
    "LEADERBOARD_INGEST_SECRET",
    "CRON_SECRET",
    "PROXY_URL",
    "STORE_URL",
    "ASSISTANT_OPENAI_KEY",
    "ASSISTANT_GEMINI_KEY",
];
/// Whether nobody may see the value of a setting.
pub fn is_secret(name: &str) -> bool {
    SECRETS.contains(&name) || crate::config::bot_of_setting(name).is_some()
}

/// What opens the rest, so it can't lie in the sealed file.
pub const PASSPHRASE: &str = "SECRETS_PASSPHRASE";
/// The same, in a file.
pub const PASSPHRASE_FILE: &str = "SECRETS_PASSPHRASE_FILE";
/// The same, as a credential of systemd: `LoadCredential=rollcall-passphrase:/path`.
const CREDENTIAL: &str = "rollcall-passphrase";

const INDEX: &str = "secrets.json";
const SEALED: &str = "secrets.age";

/// Where a secret is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shelf {
    /// In the system's keyring.
    Keyring,
    /// In `secrets.age`.
    File,
}

impl fmt::Display for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keyring => "the system's keyring",
            Self::File => SEALED,
        })
    }
}

/// Where a secret setting came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The process's environment.
    Environment,
    /// `.env`, or the file named instead.
    EnvFile,
    /// A shelf.
    Shelf(Shelf),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("the environment"),
            Self::EnvFile => f.write_str(".env"),
            Self::Shelf(shelf) => shelf.fmt(f),
        }
    }
}

/// What can go wrong, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum SecretsFault {
    /// A name that is none of ours.
    #[error("{_0} is no secret setting; these are: {names}", names = SECRETS.join(", "))]
    Unknown(String),
    /// The passphrase can't lie in what it opens.
    #[error("SECRETS_PASSPHRASE opens secrets.age, so it can't lie in it: use --keyring, or SECRETS_PASSPHRASE_FILE")]
    KeyInItsOwnBox,
    /// Nothing opens the file.
    #[error(
        "{} needs a passphrase: set SECRETS_PASSPHRASE, or put it into a file and set SECRETS_PASSPHRASE_FILE (or have systemd load the credential {CREDENTIAL})",
        .0.display()
    )]
    NoPassphrase(PathBuf),
    /// The file can't be opened.
    #[error("{} can't be opened: {why}", path.display())]
    Sealed {
        /// The file.
        path: PathBuf,
        /// Why.
        why: SealFault,
    },
    /// The keyring.
    #[error(transparent)]
    Keyring(#[from] KeyringFault),
    /// An operation of the disk.
    #[error("can't {operation} {}: {why}", path.display())]
    Io {
        /// What was tried.
        operation: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's reason.
        #[source]
        why: io::Error,
    },
    /// A file isn't what we wrote.
    #[error("{} can't be read: {why}; mend it, or delete it and set the secrets anew", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Where and why.
        why: String,
    },
}

/// The secrets of one data directory.
pub struct Cupboard<'a> {
    dir: PathBuf,
    passphrase: Option<SecretString>,
    keyring: &'a dyn Keyring,
}

impl fmt::Debug for Cupboard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cupboard").field("dir", &self.dir).finish_non_exhaustive()
    }
}

type Contents = BTreeMap<String, String>;

impl<'a> Cupboard<'a> {
    /// The cupboard in `dir`.
    pub fn new(dir: &Path, passphrase: Option<SecretString>, keyring: &'a dyn Keyring) -> Self {
        Self { dir: dir.to_owned(), passphrase, keyring }
    }

    /// Which names lie where.
    pub fn names(&self) -> Result<BTreeMap<String, Shelf>, SecretsFault> {
        let path = self.dir.join(INDEX);
        match private_file::read(&path).map_err(|why| io_fault("read", &path, why))? {
            None => Ok(BTreeMap::new()),
            Some(bytes) => serde_json::from_slice(&bytes).map_err(|why| SecretsFault::Unreadable { path, why: why.to_string() }),
        }
    }

    /// The secrets among `wanted` that lie here, and what kept us from others. Nothing is unlocked without need.
    pub fn take(&self, wanted: impl Fn(&str) -> bool) -> (Vec<(String, Shelf, SecretString)>, Vec<SecretsFault>) {
        let (mut found, mut faults) = (Vec::new(), Vec::new());
        let names = self.names().unwrap_or_else(|why| {
            faults.push(why);
            BTreeMap::new()
        });
        let mut sealed = None;
        for (name, shelf) in names.into_iter().filter(|(name, _)| wanted(name)) {
            let value = match shelf {
                Shelf::Keyring => self.keyring.get(&name).map_err(SecretsFault::from),
                Shelf::File => {
                    let contents = sealed.get_or_insert_with(|| {
                        // Said once, not for each name.
                        self.contents().map_err(|why| faults.push(why)).unwrap_or_default()
                    });
                    Ok(contents.get(&name).map(|value| SecretString::from(value.clone())))
                }
            };
            match value {
                Ok(Some(value)) => found.push((name, shelf, value)),
                Ok(None) => {}
                Err(why) => faults.push(why),
            }
        }
        (found, faults)
    }

    /// Keeps a secret, and nowhere else.
    pub fn set(&self, name: &str, value: &SecretString, shelf: Shelf) -> Result<(), SecretsFault> {
        known(name)?;
        let mut names = self.names()?;
        match shelf {
            Shelf::Keyring => self.keyring.set(name, value)?,
            Shelf::File if name == PASSPHRASE => return Err(SecretsFault::KeyInItsOwnBox),
            Shelf::File => {
                let mut contents = self.contents()?;
                contents.insert(name.to_owned(), value.expose_secret().to_owned());
                self.write(&contents)?;
            }
        }
        let before = names.insert(name.to_owned(), shelf);
        self.write_index(&names)?;
        match before {
            Some(other) if other != shelf => self.clear(name, other),
            Some(_) | None => Ok(()),
        }
    }

    /// Forgets a secret; whether it was here.
    pub fn remove(&self, name: &str) -> Result<bool, SecretsFault> {
        known(name)?;
        let mut names = self.names()?;
        let Some(shelf) = names.get(name).copied() else { return Ok(false) };
        self.clear(name, shelf)?;
        names.remove(name);
        self.write_index(&names)?;
        Ok(true)
    }

    fn clear(&self, name: &str, shelf: Shelf) -> Result<(), SecretsFault> {
        match shelf {
            Shelf::Keyring => self.keyring.remove(name).map(drop)?,
            Shelf::File => {
                let mut contents = self.contents()?;
                contents.remove(name);
                self.write(&contents)?;
            }
        }
        Ok(())
    }

    fn contents(&self) -> Result<Contents, SecretsFault> {
        let path = self.dir.join(SEALED);
        let Some(sealed) = private_file::read(&path).map_err(|why| io_fault("read", &path, why))? else {
            return Ok(Contents::new());
        };
        let plain = match seal::open(&sealed, self.passphrase()?) {
            Ok(plain) => plain,
            Err(why) => return Err(SecretsFault::Sealed { path, why }),
        };
        // What is wrong with the content isn't told: it would be quoted.
        serde_json::from_slice(&plain)
            .map_err(|_| SecretsFault::Unreadable { path, why: "its content isn't an object of texts".to_owned() })
    }

    fn write(&self, contents: &Contents) -> Result<(), SecretsFault> {
        let path = self.dir.join(SEALED);
        if contents.is_empty() {
            return private_file::remove(&path).map_err(|why| io_fault("remove", &path, why));
        }
        let plain = serde_json::to_vec_pretty(contents).expect("texts are JSON");
        private_file::replace(&path, &seal::seal(&plain, self.passphrase()?)).map_err(|why| io_fault("write", &path, why))
    }

    fn write_index(&self, names: &BTreeMap<String, Shelf>) -> Result<(), SecretsFault> {
        let path = self.dir.join(INDEX);
        let written = if names.is_empty() {
            private_file::remove(&path)
        } else {
            private_file::replace(&path, &serde_json::to_vec_pretty(names).expect("names are JSON"))
        };
        written.map_err(|why| io_fault("write", &path, why))
    }

    fn passphrase(&self) -> Result<&SecretString, SecretsFault> {
        self.passphrase.as_ref().ok_or_else(|| SecretsFault::NoPassphrase(self.dir.join(SEALED)))
    }
}

/// The passphrase that the settings give: itself, its file, or systemd's credential.
pub fn passphrase(given: &BTreeMap<String, String>) -> Result<Option<SecretString>, String> {
    let set = |name: &str| given.get(name).map(|value| value.trim()).filter(|value| !value.is_empty());
    if let Some(text) = set(PASSPHRASE) {
        return Ok(Some(text.into()));
    }
    let credential = set("CREDENTIALS_DIRECTORY").map(|dir| Path::new(dir).join(CREDENTIAL)).filter(|path| path.exists());
    let Some(path) = set(PASSPHRASE_FILE).map(PathBuf::from).or(credential) else { return Ok(None) };
    match std::fs::read_to_string(&path).map(|text| text.trim().to_owned()) {
        Ok(text) if text.is_empty() => Err(format!("{PASSPHRASE_FILE}: {} is empty", path.display())),
        Ok(text) => Ok(Some(text.into())),
        Err(why) => Err(format!("{PASSPHRASE_FILE}: {} can't be read: {why}", path.display())),
    }
}

/// Refuses what is no secret setting.
pub fn known(name: &str) -> Result<(), SecretsFault> {
    if is_secret(name) { Ok(()) } else { Err(SecretsFault::Unknown(name.to_owned())) }
}

fn io_fault(operation: &'static str, path: &Path, why: io::Error) -> SecretsFault {
    SecretsFault::Io { operation, path: path.to_owned(), why }
}

#[cfg(test)]
mod tests;
