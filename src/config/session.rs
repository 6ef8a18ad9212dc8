//! The settings of the user session.

use secrecy::SecretString;

use super::reading::{Fallback, Reading};
use crate::mtproto::{ApiKey, DataCentre, SealChoice};

/// What an operator decided about the user session.
#[derive(Clone, Debug, Default)]
pub struct SessionConfig {
    /// `TELEGRAM_API_ID` and `TELEGRAM_API_HASH`; without them there is no user session.
    pub api: Option<ApiKey>,
    /// `TG_STRING_SESSION`
    pub import: Option<SecretString>,
    /// `SESSION_SEAL`
    pub seal: SealChoice,
    /// The passphrase that seals, from `SECRETS_PASSPHRASE` and its relatives.
    pub passphrase: Option<SecretString>,
    /// `CHANNELS_PER_MINUTE`
    pub channels_per_minute: u32,
    /// `TELEGRAM_DC`; empty: Telegram's own.
    pub data_centres: Vec<DataCentre>,
}

impl Fallback for SealChoice {
    fn fallback() -> Self {
        Self::None
    }
}

impl Fallback for u32 {
    fn fallback() -> Self {
        1
    }
}

impl Fallback for Vec<DataCentre> {
    fn fallback() -> Self {
        Vec::new()
    }
}

fn per_minute(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (1..=6000).contains(number));
    number.ok_or_else(|| format!("{text:?} is no number from 1 to 6000"))
}

impl Reading<'_> {
    /// The user session's settings.
    pub(super) fn session(&mut self) -> SessionConfig {
        let passphrase = crate::secrets::passphrase(self.given).unwrap_or_else(|why| {
            self.mistakes.push(why);
            None
        });
        let seal = self.parsed("SESSION_SEAL", |text| match text {
            "auto" => Ok(SealChoice::Auto),
            "passphrase" => Ok(SealChoice::Passphrase),
            "keyring" => Ok(SealChoice::Keyring),
            "none" => Ok(SealChoice::None),
            other => Err(format!("{other:?} is none of auto, passphrase, keyring and none")),
        });
        if seal == SealChoice::Passphrase && passphrase.is_none() {
            self.mistakes.push("SESSION_SEAL=passphrase needs one: set SECRETS_PASSPHRASE_FILE or SECRETS_PASSPHRASE".to_owned());
        }
        SessionConfig {
            api: self.api_key(),
            import: self.get("TG_STRING_SESSION").map(|text| text.to_owned().into()),
            seal,
            passphrase,
            channels_per_minute: self.parsed("CHANNELS_PER_MINUTE", per_minute),
            data_centres: self.parsed("TELEGRAM_DC", DataCentre::parse_list),
        }
    }

    fn api_key(&mut self) -> Option<ApiKey> {
        let (id, hash) = (self.get("TELEGRAM_API_ID").map(str::to_owned), self.get("TELEGRAM_API_HASH").map(str::to_owned));
        let page = "both are shown at https://my.telegram.org under API development tools";
        let (id, hash) = match (id, hash) {
            (Some(id), Some(hash)) => (id, hash),
            (None, None) => return None,
            (Some(_), None) => {
                self.mistakes.push(format!("TELEGRAM_API_HASH is missing beside TELEGRAM_API_ID: {page}"));
                return None;
            }
            (None, Some(_)) => {
                self.mistakes.push(format!("TELEGRAM_API_ID is missing beside TELEGRAM_API_HASH: {page}"));
                return None;
            }
        };
        let Some(id) = id.parse().ok().filter(|id| *id > 0) else {
            self.mistakes.push(format!("TELEGRAM_API_ID: {id:?} is no number such as 1234567; {page}"));
            return None;
        };
        if hash.len() != 32 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
            self.mistakes.push(format!("TELEGRAM_API_HASH doesn't look like one (32 digits and letters a to f); {page}"));
            return None;
        }
        Some(ApiKey { id, hash: hash.into() })
    }
}
