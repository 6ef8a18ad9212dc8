//! The session's file: `session.json` in the data directory, readable for its owner only, sealed where that is asked for,
//! and one process's at a time.
//!
//! A sealed file holds its own key, which the passphrase opens (once: that takes a while), or whose place is in the
//! system's keyring. With it the rest is sealed anew at each change.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use age::x25519::Identity;
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{access::SealChoice, record::Record};
use crate::{
    private_file,
    secrets::{
        keyring::{Keyring, KeyringFault},
        seal::{self, SealFault},
    },
    store::{DirectoryLock, Owner, StoreFault},
};

/// What the file is called.
pub const FILE: &str = "session.json";
const LOCK: &str = "session.lock";
const FORMAT: u32 = 1;
/// Under which name the keyring has a sealed file's key.
const IN_KEYRING: &str = "the session file's key";

/// What is wrong with the session's file, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// Another process has it.
    #[error("{}", in_use(.0.as_ref()))]
    InUse(Option<Owner>),
    /// It needs a passphrase that nobody gave.
    #[error("the session file is sealed with a passphrase: set SECRETS_PASSPHRASE_FILE or SECRETS_PASSPHRASE")]
    NoPassphrase,
    /// It can't be opened.
    #[error("the session file can't be opened: {0}")]
    Sealed(#[from] SealFault),
    /// Its key isn't in the keyring.
    #[error("the session file's key is not in the system's keyring any more; delete {} and log in again", .0.display())]
    KeyGone(PathBuf),
    /// The keyring.
    #[error(transparent)]
    Keyring(#[from] KeyringFault),
    /// It isn't what we wrote.
    #[error("{} can't be read: {why}; put a copy in its place, or delete it and log in again", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Where and why, without content.
        why: String,
    },
    /// A newer release wrote it.
    #[error("{} was written by a newer rollcall; use that one", .0.display())]
    Newer(PathBuf),
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
    /// The lock.
    #[error(transparent)]
    Lock(StoreFault),
}

fn in_use(owner: Option<&Owner>) -> String {
    let who =
        owner.map_or_else(|| "another process".to_owned(), |owner| format!("process {} (since {})", owner.pid, owner.since));
    format!("{who} uses the session; stop it first: Telegram ends a session that two programs use")
}

/// The file's outside.
#[derive(Serialize, Deserialize)]
struct Envelope {
    format: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<Record>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<Sealed>,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    /// The key, sealed by the passphrase; without it the keyring has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    content: String,
}

/// How the file is closed.
enum Seal {
    Open,
    Sealed { identity: Box<Identity>, key: Option<String> },
}

/// How it is to be closed, and what opens it.
pub struct Sealing<'a> {
    /// `SESSION_SEAL`
    pub choice: SealChoice,
    /// The passphrase, if there is one.
    pub passphrase: Option<&'a SecretString>,
    /// The system's keyring.
    pub keyring: &'a dyn Keyring,
}

/// The session's file, ours until dropped.
pub(super) struct SessionFile {
    path: PathBuf,
    seal: Seal,
    _lock: DirectoryLock,
}

impl SessionFile {
    /// Takes the file, with what it holds.
    pub(super) fn open(dir: &Path, sealing: &Sealing<'_>, now: DateTime<Utc>) -> Result<(Self, Option<Record>), FileFault> {
        std::fs::create_dir_all(dir).map_err(|why| io_fault("create", dir, why))?;
        let owner = Owner { pid: std::process::id(), since: now.to_rfc3339() };
        let lock = take_lock(dir, &owner)?;
        let path = dir.join(FILE);
        let (seal, record) = match read(&path, sealing)? {
            Some((seal, record)) => (seal, Some(record)),
            None => (Seal::Open, None),
        };
        let mut file = Self { path, seal, _lock: lock };
        let is_right = file.is_closed_as(sealing);
        if !is_right {
            file.seal = Seal::make(sealing)?;
        }
        if let Some(record) = &record
            && (!is_right || private_file::is_open_to_others(&file.path))
        {
            file.save(record)?;
        }
        Ok((file, record))
    }

    /// What the file holds, without taking it: another process may write it meanwhile.
    pub(super) fn peek(dir: &Path, sealing: &Sealing<'_>) -> Result<Option<Record>, FileFault> {
        Ok(read(&dir.join(FILE), sealing)?.map(|(_, record)| record))
    }

    /// Who has the file.
    pub(super) fn owner(dir: &Path) -> Option<Owner> {
        DirectoryLock::owner_of_file(dir, LOCK).ok().flatten()
    }

    /// Writes the session, whole.
    pub(super) fn save(&self, record: &Record) -> Result<(), FileFault> {
        let envelope = match &self.seal {
            Seal::Open => Envelope { format: FORMAT, session: Some(record.clone()), sealed: None },
            Seal::Sealed { identity, key } => {
                let plain = serde_json::to_vec(record).expect("a session is JSON");
                let content = age::encrypt(&identity.to_public(), &plain).expect("memory can be written to");
                let sealed = Sealed { key: key.clone(), content: STANDARD.encode(content) };
                Envelope { format: FORMAT, session: None, sealed: Some(sealed) }
            }
        };
        let text = serde_json::to_vec_pretty(&envelope).expect("a session is JSON");
        private_file::replace(&self.path, &text).map_err(|why| io_fault("write", &self.path, why))
    }

    /// Deletes it.
    pub(super) fn delete(&self, keyring: &dyn Keyring) -> Result<(), FileFault> {
        private_file::remove(&self.path).map_err(|why| io_fault("delete", &self.path, why))?;
        if matches!(self.seal, Seal::Sealed { key: None, .. }) {
            keyring.remove(IN_KEYRING)?;
        }
        Ok(())
    }

    fn is_closed_as(&self, sealing: &Sealing<'_>) -> bool {
        match (&self.seal, sealing.choice) {
            (Seal::Open, SealChoice::None) => true,
            (Seal::Open, SealChoice::Auto) => sealing.passphrase.is_none(),
            (Seal::Open, SealChoice::Passphrase | SealChoice::Keyring) => false,
            (Seal::Sealed { key: Some(_), .. }, SealChoice::Auto | SealChoice::Passphrase) => true,
            (Seal::Sealed { key: Some(_), .. }, SealChoice::Keyring | SealChoice::None) => false,
            (Seal::Sealed { key: None, .. }, SealChoice::Auto | SealChoice::Keyring) => true,
            (Seal::Sealed { key: None, .. }, SealChoice::Passphrase | SealChoice::None) => false,
        }
    }
}

impl Seal {
    fn make(sealing: &Sealing<'_>) -> Result<Self, FileFault> {
        let by_passphrase = |passphrase: &SecretString| {
            let identity = Identity::generate();
            let key = STANDARD.encode(seal::seal(identity.to_string().expose_secret().as_bytes(), passphrase));
            Self::Sealed { identity: Box::new(identity), key: Some(key) }
        };
        match (sealing.choice, sealing.passphrase) {
            (SealChoice::None, _) | (SealChoice::Auto, None) => Ok(Self::Open),
            (SealChoice::Auto | SealChoice::Passphrase, Some(passphrase)) => Ok(by_passphrase(passphrase)),
            (SealChoice::Passphrase, None) => Err(FileFault::NoPassphrase),
            (SealChoice::Keyring, _) => {
                let identity = Identity::generate();
                sealing.keyring.set(IN_KEYRING, &identity.to_string())?;
                Ok(Self::Sealed { identity: Box::new(identity), key: None })
            }
        }
    }

    /// Finds the key of a sealed file.
    fn of(sealed: &Sealed, path: &Path, sealing: &Sealing<'_>) -> Result<Self, FileFault> {
        let text = match &sealed.key {
            None => sealing.keyring.get(IN_KEYRING)?.ok_or_else(|| FileFault::KeyGone(path.to_owned()))?,
            Some(key) => {
                let key = STANDARD.decode(key).map_err(|_| SealFault::Damaged)?;
                let plain = seal::open(&key, sealing.passphrase.ok_or(FileFault::NoPassphrase)?)?;
                SecretString::from(String::from_utf8(plain).map_err(|_| SealFault::Damaged)?)
            }
        };
        let identity = Identity::from_str(text.expose_secret()).map_err(|_| SealFault::Damaged)?;
        Ok(Self::Sealed { identity: Box::new(identity), key: sealed.key.clone() })
    }
}

/// Whoever only looks at the lock holds it for a moment too.
fn take_lock(dir: &Path, owner: &Owner) -> Result<DirectoryLock, FileFault> {
    for _ in 0..3 {
        match DirectoryLock::take_file(dir, LOCK, owner) {
            Err(StoreFault::InUse { .. }) => std::thread::sleep(Duration::from_millis(30)),
            taken => return taken.map_err(FileFault::Lock),
        }
    }
    DirectoryLock::take_file(dir, LOCK, owner).map_err(|why| match why {
        StoreFault::InUse { owner, .. } => FileFault::InUse(owner),
        other => FileFault::Lock(other),
    })
}

fn read(path: &Path, sealing: &Sealing<'_>) -> Result<Option<(Seal, Record)>, FileFault> {
    let Some(bytes) = private_file::read(path).map_err(|why| io_fault("read", path, why))? else { return Ok(None) };
    let unreadable = |why: String| FileFault::Unreadable { path: path.to_owned(), why };
    let place = |why: &serde_json::Error| format!("line {} column {} is not as it should be", why.line(), why.column());
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let format: Format = serde_json::from_slice(&bytes).map_err(|why| unreadable(place(&why)))?;
    if format.format > FORMAT {
        return Err(FileFault::Newer(path.to_owned()));
    }
    let envelope: Envelope = serde_json::from_slice(&bytes).map_err(|why| unreadable(place(&why)))?;
    match (envelope.session, envelope.sealed) {
        (Some(record), None) => Ok(Some((Seal::Open, record))),
        (None, Some(sealed)) => {
            let seal = Seal::of(&sealed, path, sealing)?;
            let Seal::Sealed { identity, .. } = &seal else { return Err(SealFault::Damaged.into()) };
            let content = STANDARD.decode(&sealed.content).map_err(|_| SealFault::Damaged)?;
            let plain = age::decrypt(&**identity, &content).map_err(|_| SealFault::Damaged)?;
            let record = serde_json::from_slice(&plain).map_err(|why| unreadable(place(&why)))?;
            Ok(Some((seal, record)))
        }
        (Some(_), Some(_)) | (None, None) => Err(unreadable("it must hold either a session or a sealed one".to_owned())),
    }
}

/// What changes whenever the file does; for noticing a login from elsewhere.
pub(super) fn stamp(dir: &Path) -> Option<std::time::SystemTime> {
    File::open(dir.join(FILE)).and_then(|file| file.metadata()).and_then(|there| there.modified()).ok()
}

fn io_fault(operation: &'static str, path: &Path, why: io::Error) -> FileFault {
    FileFault::Io { operation, path: path.to_owned(), why }
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
