//! What a session needs besides its file: who we are to Telegram, where it is, and how to get there.

use std::{fmt, net::SocketAddr, time::Duration};

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::data_centre::DataCentre;
use crate::telegram::ProxyChoice;

/// What Telegram knows this program by.
#[derive(Clone)]
pub struct ApiKey {
    /// The `api_id`.
    pub id: i32,
    /// The `api_hash`.
    pub hash: SecretString,
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

/// How the session file is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SealChoice {
    /// Sealed with the passphrase if there is one, else readable for its owner.
    #[default]
    Auto,
    /// Sealed with the passphrase.
    Passphrase,
    /// Sealed with a key that lies in the system's keyring.
    Keyring,
    /// Readable for its owner.
    None,
}

/// How to reach Telegram as a user.
#[derive(Clone, Debug)]
pub struct Access {
    /// Who we are.
    pub api: ApiKey,
    /// Other data centres than Telegram's own.
    pub data_centres: Vec<DataCentre>,
    /// The way there.
    pub proxy: ProxyChoice,
    /// How long an answer may take.
    pub call_timeout: Duration,
}

/// The way that the settings name can't be gone by a user session. It isn't gone round: straight might be forbidden.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyFault {
    /// Not SOCKS5.
    #[error("the user session can go through SOCKS5 proxies only: set PROXY_URL=socks5://… (the bot takes that too)")]
    NotSocks,
    /// No address.
    #[error("the proxy's host {0} isn't found")]
    NotFound(String),
}

impl Access {
    /// The same for somebody's own session. Where a data centre was given with several keys, as tests do, each person gets another one; the first is the program's.
    pub fn of_person(&self, api: ApiKey, person: usize) -> Self {
        let mut centres: Vec<DataCentre> = Vec::new();
        for centre in &self.data_centres {
            let same: Vec<_> = self.data_centres.iter().filter(|other| other.id == centre.id).collect();
            if !centres.iter().any(|known| known.id == centre.id) {
                let place = if same.len() > 1 { 1 + person % (same.len() - 1) } else { 0 };
                centres.push(same[place].clone());
            }
        }
        Self { api, data_centres: centres, ..self.clone() }
    }

    /// The proxy as the library takes it: SOCKS5, by number, so that the library needn't look up names.
    pub(super) async fn proxy(&self) -> Result<Option<String>, ProxyFault> {
        let url = match &self.proxy {
            ProxyChoice::Direct => return Ok(None),
            ProxyChoice::Environment => return Err(ProxyFault::NotSocks),
            ProxyChoice::Url(url) => url.expose_secret(),
        };
        let mut url = Url::parse(url).map_err(|_| ProxyFault::NotSocks)?;
        if !matches!(url.scheme(), "socks5" | "socks5h") {
            return Err(ProxyFault::NotSocks);
        }
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = url.port().unwrap_or(1080);
        let found = tokio::net::lookup_host((host.as_str(), port)).await;
        let address: SocketAddr = found.ok().and_then(|mut found| found.next()).ok_or(ProxyFault::NotFound(host))?;
        // Data centres are addressed by number, so it makes no difference who looks up names.
        url = Url::parse(&url.as_str().replacen("socks5h://", "socks5://", 1)).map_err(|_| ProxyFault::NotSocks)?;
        url.set_ip_host(address.ip()).and_then(|()| url.set_port(Some(port))).map_err(|()| ProxyFault::NotSocks)?;
        Ok(Some(url.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(proxy: ProxyChoice) -> Result<Option<String>, ProxyFault> {
        let api = ApiKey { id: 1, hash: "x".into() };
        let access = Access { api, data_centres: Vec::new(), proxy, call_timeout: Duration::from_secs(1) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(access.proxy())
    }

    #[test]
    fn only_socks_proxies_are_gone_through_and_none_is_gone_round() {
        let url = |text: &str| through(ProxyChoice::Url(text.into()));
        assert_eq!(through(ProxyChoice::Direct), Ok(None));
        assert_eq!(through(ProxyChoice::Environment), Err(ProxyFault::NotSocks));
        assert_eq!(url("http://127.0.0.1:3128"), Err(ProxyFault::NotSocks));
        for text in ["socks5://ann:sesame@127.0.0.1:1081", "socks5h://ann:sesame@127.0.0.1:1081"] {
            assert_eq!(url(text), Ok(Some("socks5://ann:sesame@127.0.0.1:1081".to_owned())));
        }
        assert_eq!(url("socks5://[::1]"), Ok(Some("socks5://[::1]:1080".to_owned())));
    }
}
