//! Where the settings of this process come from: the environment, then `.env`, then the secrets that are kept elsewhere.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};

use super::{ConfigErrors, without_values};
use crate::secrets::{self, Cupboard, Origin, Shelf, keyring::SystemKeyring};

/// Everything that is set, before anybody looks whether it is right.
pub struct Gathered {
    /// By name.
    pub given: BTreeMap<String, String>,
    /// Where each secret setting came from.
    pub origins: BTreeMap<String, Origin>,
    /// The data directory, in which secrets were looked for.
    pub data_dir: PathBuf,
    /// What kept us from secrets that should be there.
    pub warnings: Vec<String>,
}

impl std::fmt::Debug for Gathered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gathered").field("origins", &self.origins).field("data_dir", &self.data_dir).finish_non_exhaustive()
    }
}

impl Gathered {
    /// Reads the environment, `.env` (in the working directory, or the file named) for what it leaves open, and the shelves.
    pub fn from_env(env_file: Option<&Path>, data_dir: Option<&Path>) -> Result<Self, ConfigErrors> {
        let in_environment = environment();
        let loaded = match env_file {
            Some(path) => dotenvy::from_path(path).map_err(|why| format!("{}: {}", path.display(), without_values(&why))),
            None => match dotenvy::dotenv() {
                Ok(_) => Ok(()),
                Err(why) if why.not_found() => Ok(()),
                Err(why) => Err(format!(".env can't be read: {}", without_values(&why))),
            },
        };
        loaded.map_err(|mistake| ConfigErrors(vec![mistake]))?;
        let given = environment();
        let named = given.get("DATA_DIR").map(|dir| dir.trim()).filter(|dir| !dir.is_empty());
        let data_dir = data_dir.map_or_else(|| PathBuf::from(named.unwrap_or("./data")), Path::to_owned);
        let mut gathered = Self { given, origins: BTreeMap::new(), data_dir, warnings: Vec::new() };
        let is_there = |value: &String| !value.trim().is_empty();
        for name in
            gathered.given.iter().filter(|(name, value)| secrets::is_secret(name) && is_there(value)).map(|(name, _)| name)
        {
            let is_outside = in_environment.get(name).is_some_and(is_there);
            gathered.origins.insert(name.clone(), if is_outside { Origin::Environment } else { Origin::EnvFile });
        }
        gathered.unlock();
        Ok(gathered)
    }

    fn has(&self, name: &str) -> bool {
        self.given.get(name).is_some_and(|value| !value.trim().is_empty())
    }

    /// Adds what lies in the keyring or the sealed file and isn't set elsewhere.
    fn unlock(&mut self) {
        let keyring = SystemKeyring::of(&self.data_dir);
        // The passphrase first: it may lie in the keyring, and opens the file.
        if !self.has(secrets::PASSPHRASE) && !self.has(secrets::PASSPHRASE_FILE) {
            let taken = Cupboard::new(&self.data_dir, None, &keyring).take(|name| name == secrets::PASSPHRASE);
            self.add(taken);
        }
        // What is wrong with it is told with the other settings' mistakes.
        let passphrase = secrets::passphrase(&self.given).unwrap_or(None);
        let cupboard = Cupboard::new(&self.data_dir, passphrase, &keyring);
        let taken = cupboard.take(|name| name != secrets::PASSPHRASE && !self.has(name));
        self.add(taken);
    }

    fn add(&mut self, (found, faults): (Vec<(String, Shelf, SecretString)>, Vec<secrets::SecretsFault>)) {
        self.warnings.extend(faults.iter().map(ToString::to_string));
        for (name, shelf, value) in found {
            self.origins.insert(name.clone(), Origin::Shelf(shelf));
            self.given.insert(name, value.expose_secret().to_owned());
        }
    }
}

fn environment() -> BTreeMap<String, String> {
    // What isn't text is no setting of ours.
    #[expect(clippy::disallowed_methods, reason = "this is the one door to the environment")]
    let variables = std::env::vars_os();
    variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect()
}
