//! How the database is reached: `STORE_URL`, and whose certificates are believed.

use std::{fmt, path::Path, sync::Arc, time::Duration};

use postgres::{Client, Config, NoTls, config::SslMode};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::fault::DatabaseFault;

/// For a connection to come about.
const CONNECT: Duration = Duration::from_secs(5);
/// Nothing that we ask takes longer; what does is given up by the database. `options=-c statement_timeout=…` in the address says otherwise.
const STATEMENT_MS: u64 = 30_000;
/// Between two statements of a transaction: one that sleeps in between would keep the lease's row, and nobody could take over.
const IDLE_MS: u64 = 3_000;
/// Bytes that nobody confirms for so long: the line is dead.
const SILENCE: Duration = Duration::from_secs(10);

/// How the database is reached.
#[derive(Clone)]
pub(super) struct Settings {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    patience: Duration,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The library's own output leaves out the password.
        f.debug_struct("Settings").field("name", &self.name()).finish_non_exhaustive()
    }
}

impl Settings {
    /// Reads an address; `authorities` is a PEM file of certificates to believe beside the well-known ones.
    pub(super) fn new(url: &str, authorities: Option<&Path>) -> Result<Self, DatabaseFault> {
        let mut config: Config = url.parse().map_err(|why: postgres::Error| {
            // Its text says what is wrong with which part, and not what the part is.
            DatabaseFault::Address(std::error::Error::source(&why).map_or_else(|| why.to_string(), ToString::to_string))
        })?;
        if config.get_hosts().is_empty() {
            return Err(DatabaseFault::Address("it names no host".to_owned()));
        }
        let own = format!("-c statement_timeout={STATEMENT_MS} -c idle_in_transaction_session_timeout={IDLE_MS}");
        let options = config.get_options().map_or_else(|| own.clone(), |given| format!("{own} {given}"));
        config.options(&options).application_name("rollcall").connect_timeout(CONNECT).tcp_user_timeout(SILENCE);
        config.keepalives_idle(SILENCE);
        let tls = (config.get_ssl_mode() != SslMode::Disable).then(|| trust(authorities)).transpose()?;
        // What is asked has several statements at most, one of which takes long.
        let patience = Duration::from_millis(2 * statement_ms(&options).unwrap_or(STATEMENT_MS));
        Ok(Self { config, tls, patience })
    }

    /// A connection on which nothing comes for so long, though something was asked, is no good any more.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// Host and database, for people.
    pub(super) fn name(&self) -> String {
        let hosts = self.config.get_hosts().iter().map(|host| match host {
            postgres::config::Host::Tcp(host) => host.clone(),
            #[cfg(unix)]
            postgres::config::Host::Unix(path) => path.display().to_string(),
        });
        format!("{}/{}", hosts.collect::<Vec<_>>().join(","), self.config.get_dbname().unwrap_or_default())
    }

    pub(super) fn connect(&self) -> Result<Client, DatabaseFault> {
        let connected = match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        };
        Ok(connected?)
    }
}

/// The last limit of a statement in a session's options, in milliseconds; `None` where there is none.
fn statement_ms(options: &str) -> Option<u64> {
    let (_, said) = options.rsplit_once("statement_timeout=")?;
    let digits = said.find(|c: char| !c.is_ascii_digit()).unwrap_or(said.len());
    said[..digits].parse().ok().filter(|ms| *ms > 0)
}

fn trust(authorities: Option<&Path>) -> Result<MakeRustlsConnect, DatabaseFault> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = authorities {
        let wrong = |why: String| DatabaseFault::Certificates(format!("{}: {why}", path.display()));
        for certificate in CertificateDer::pem_file_iter(path).map_err(|why| wrong(why.to_string()))? {
            let certificate = certificate.map_err(|why| wrong(why.to_string()))?;
            roots.add(certificate).map_err(|why| wrong(why.to_string()))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider knows current versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_named_without_its_password() {
        let settings = Settings::new("postgres://rollcall:secret@db.example:5433/school?sslmode=disable", None).expect("valid");
        assert_eq!(settings.name(), "db.example/school");
        assert!(!format!("{settings:?}").contains("secret"));
    }

    #[test]
    fn a_silent_line_is_given_up_after_twice_the_time_of_a_statement() {
        let patience = |address: &str| Settings::new(address, None).expect("valid").patience().as_millis();
        assert_eq!(patience("postgres://h/d"), 60_000);
        assert_eq!(patience("postgres://h/d?options=-csearch_path%3Dx%20-cstatement_timeout%3D2500"), 5_000);
    }

    #[test]
    fn what_is_no_address_is_told_without_repeating_it() {
        for wrong in ["postgres://a:secret@:x/y", "school", "postgres://", "postgres://h/d?sslmode=secret"] {
            let said = Settings::new(wrong, None).expect_err("no address").to_string();
            assert!(said.starts_with("STORE_URL can't be read") && !said.contains("secret"), "{said}");
        }
    }
}
