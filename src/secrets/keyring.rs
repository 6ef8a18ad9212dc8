//! The system's own store of secrets: Windows Credential Manager, the macOS keychain, the Secret Service of a Linux desktop.

use std::{path::Path, thread};

use secrecy::{ExposeSecret, SecretString};

/// Under which name everything of ours lies there.
const SERVICE: &str = "rollcall";

/// A store of secrets by name.
pub trait Keyring: Send + Sync {
    /// A secret, if it is there.
    fn get(&self, name: &str) -> Result<Option<SecretString>, KeyringFault>;
    /// Puts one there, over an older one.
    fn set(&self, name: &str, value: &SecretString) -> Result<(), KeyringFault>;
    /// Takes one away; whether it was there.
    fn remove(&self, name: &str) -> Result<bool, KeyringFault>;
}

/// The keyring can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system's keyring can't be used: {0}; on a machine without a desktop use the sealed file instead")]
pub struct KeyringFault(pub String);

/// The keyring of this system, with a drawer for each data directory.
#[derive(Clone, Debug)]
pub struct SystemKeyring {
    drawer: String,
}

impl SystemKeyring {
    /// The drawer of this data directory.
    pub fn of(data_dir: &Path) -> Self {
        let dir = data_dir.canonicalize().unwrap_or_else(|_| data_dir.to_owned());
        Self { drawer: dir.display().to_string() }
    }

    fn with_entry<T: Send>(
        &self,
        name: &str,
        work: impl FnOnce(&keyring::v1::Entry) -> keyring::v1::Result<T> + Send,
    ) -> Result<Option<T>, KeyringFault> {
        let account = format!("{name} of {}", self.drawer);
        // On a thread of its own: on Linux the library waits for D-Bus in a way that a runtime's thread doesn't allow.
        let done = thread::scope(|scope| {
            scope.spawn(|| keyring::v1::Entry::new(SERVICE, &account).and_then(|entry| work(&entry))).join()
        });
        match done {
            Ok(Ok(value)) => Ok(Some(value)),
            Ok(Err(keyring::v1::Error::NoEntry)) => Ok(None),
            Ok(Err(why)) => Err(KeyringFault(explain(&why))),
            Err(_) => Err(KeyringFault("its library failed".to_owned())),
        }
    }
}

impl Keyring for SystemKeyring {
    fn get(&self, name: &str) -> Result<Option<SecretString>, KeyringFault> {
        Ok(self.with_entry(name, keyring::v1::Entry::get_password)?.map(SecretString::from))
    }

    fn set(&self, name: &str, value: &SecretString) -> Result<(), KeyringFault> {
        self.with_entry(name, |entry| entry.set_password(value.expose_secret())).map(drop)
    }

    fn remove(&self, name: &str) -> Result<bool, KeyringFault> {
        Ok(self.with_entry(name, keyring::v1::Entry::delete_credential)?.is_some())
    }
}

/// Never the entry itself: some of the library's errors carry what they were about.
fn explain(why: &keyring::v1::Error) -> String {
    match why {
        keyring::v1::Error::NoDefaultStore => "there is none (no desktop session, no D-Bus)".to_owned(),
        keyring::v1::Error::NoStorageAccess(_) => "it is locked or may not be opened".to_owned(),
        keyring::v1::Error::PlatformFailure(_) => "the system refused".to_owned(),
        keyring::v1::Error::TooLong(..) => "the value is too long for it".to_owned(),
        _ => "it answered in a way that isn't understood".to_owned(),
    }
}
