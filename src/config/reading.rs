//! Reading settings one by one, so that all mistakes are told at once.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    path::PathBuf,
    time::Duration,
};

use chrono::TimeDelta;
use chrono_tz::Tz;
use reqwest::Url;
use secrecy::SecretString;

use super::{ReceiverConfig, SETTINGS, WebhookConfig};
use crate::{
    alerts::silence::Silence,
    domain::{ids::UserId, lang::Lang, rules::Rules, working_hours::WorkingHours},
    leaderboard_export::ExportConfig,
    store::postgres::Database,
    telegram::ProxyChoice,
};

/// Where deliveries are waited for unless `WEB_ADDR` says otherwise.
const USUAL_WEB_ADDR: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8080));
/// Telegram's own Bot API.
const TELEGRAM: &str = "https://api.telegram.org";
/// What it delivers to.
const PORTS: [u16; 4] = [443, 80, 88, 8443];

/// Reads one setting after the other and collects what is wrong.
pub(super) struct Reading<'a> {
    pub(super) given: &'a BTreeMap<String, String>,
    pub(super) mistakes: Vec<String>,
    pub(super) warnings: Vec<String>,
}

impl Reading<'_> {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let value = self.given.get(name).map(|value| value.trim()).filter(|value| !value.is_empty());
        value.or_else(|| {
            SETTINGS
                .iter()
                .find(|setting| setting.name == name)
                .map(|setting| setting.default)
                .filter(|default| !default.is_empty())
        })
    }

    pub(super) fn parsed<T: Fallback>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> T {
        match parse(self.get(name).unwrap_or("")) {
            Ok(value) => value,
            Err(why) => {
                self.mistakes.push(format!("{name}: {why}"));
                T::fallback()
            }
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.get(name).unwrap_or(".").into()
    }

    pub(super) fn number(&mut self, name: &str, range: std::ops::RangeInclusive<u64>) -> u64 {
        self.parsed(name, |text| match text.parse() {
            Ok(number) if range.contains(&number) => Ok(number),
            Ok(_) | Err(_) => Err(format!("{text:?} is no whole number from {} to {}", range.start(), range.end())),
        })
    }

    /// People's ids, as `ADMIN_IDS` has them.
    pub(super) fn people(&mut self, name: &str) -> Vec<UserId> {
        let text = self.get(name).unwrap_or("").to_owned();
        let mut admins = Vec::new();
        for part in text.split([',', ' ', ';']).filter(|part| !part.is_empty()) {
            match part.parse::<i64>() {
                Ok(id) if id > 0 && UserId(id) != Rules::ANONYMOUS_ADMIN => admins.push(UserId(id)),
                Ok(id) if UserId(id) == Rules::ANONYMOUS_ADMIN => {
                    self.mistakes
                        .push(format!("{name}: {id} stands for every anonymous administrator; name the person's own id"));
                }
                Ok(id) => self.mistakes.push(format!("{name}: {id} is a group's id; a person's is a positive number")),
                Err(_) => self
                    .mistakes
                    .push(format!("{name}: {part:?} is no number; a @username doesn't do (@userinfobot tells the number)")),
            }
        }
        admins
    }

    /// The settings of webhook mode; `None` in polling mode.
    pub(super) fn webhook(&mut self) -> Option<WebhookConfig> {
        let is_wanted = self.parsed("RUN_MODE", |text| match text {
            "polling" => Ok(false),
            "webhook" => Ok(true),
            other => Err(format!("{other:?} is neither polling nor webhook")),
        });
        // Telegram's own servers deliver to HTTPS only; a Bot API server of one's own delivers to any address.
        let is_telegram = self.get("TELEGRAM_API_URL").is_some_and(|api| api.starts_with(TELEGRAM));
        let secret = self.webhook_secret();
        let base = match self.get("WEBHOOK_URL") {
            Some(_) => self.parsed("WEBHOOK_URL", |text| public_address(text, is_telegram)),
            None if is_wanted => {
                self.mistakes
                    .push("WEBHOOK_URL is missing: RUN_MODE=webhook needs the address that Telegram delivers to".to_owned());
                return None;
            }
            None => return None,
        };
        if is_wanted && secret.is_none() && self.get("STORE_URL").is_some() {
            self.mistakes
                .push("WEBHOOK_SECRET is missing: with STORE_URL all replicas need the same one, so none is made up".to_owned());
        }
        is_wanted.then_some(WebhookConfig { base, secret })
    }

    /// `WEB_ADDR`; without it nothing is served, but in webhook mode there is a usual place.
    pub(super) fn web(&mut self) -> Option<SocketAddr> {
        match self.get("WEB_ADDR") {
            Some(_) => Some(self.parsed("WEB_ADDR", listen_address)),
            None => (self.get("RUN_MODE") == Some("webhook")).then_some(USUAL_WEB_ADDR),
        }
    }

    /// `WEB_URL`; without it people reach the site where it is served.
    pub(super) fn web_url(&mut self) -> Option<Url> {
        let url = self.get("WEB_URL").is_some().then(|| self.parsed("WEB_URL", site_address));
        let is_open = url.as_ref().is_some_and(|url| url.scheme() == "http" && !is_loopback(url));
        if is_open {
            self.warnings.push(
                "WEB_URL is no https:// address: whoever listens on the way to the dashboard reads along and can sign in"
                    .to_owned(),
            );
        }
        url
    }

    /// `STORE_URL` and what belongs to it; without it everything is in files.
    pub(super) fn database(&mut self) -> Option<Database> {
        let connections = self.number("STORE_CONNECTIONS", 2..=64) as usize;
        let authorities = self.get("STORE_CA_FILE").map(PathBuf::from);
        let term = Duration::from_secs(self.number("STORE_TAKEOVER_SECONDS", 1..=60));
        let url = self.get("STORE_URL")?;
        let made = Database::new(url, authorities.as_deref(), connections, term);
        made.map_err(|why| self.mistakes.push(why.to_string())).ok()
    }

    /// `METRICS_ADDR`; without it nothing is served.
    pub(super) fn metrics(&mut self) -> Option<SocketAddr> {
        self.get("METRICS_ADDR")?;
        Some(self.parsed("METRICS_ADDR", listen_address))
    }

    /// `ALARM_SILENCE` and `WORKING_HOURS`; the latter must be right even while nobody asks for the former.
    pub(super) fn silence(&mut self) -> Option<Silence> {
        let hours = self.parsed("WORKING_HOURS", str::parse);
        self.get("ALARM_SILENCE")?;
        Some(Silence { limit: self.parsed("ALARM_SILENCE", duration), hours })
    }

    /// Where snapshots go: nowhere unless all that it takes is set.
    pub(super) fn export(&mut self) -> Option<ExportConfig> {
        let is_wanted = self.parsed("LEADERBOARD_WEB_EXPORT_ENABLED", yes_or_no);
        let timeout = Duration::from_millis(self.number("LEADERBOARD_EXPORT_TIMEOUT_MS", 100..=120_000));
        let url = self.get("LEADERBOARD_INGEST_URL").is_some().then(|| self.parsed("LEADERBOARD_INGEST_URL", http_address));
        let secret = self.get("LEADERBOARD_INGEST_SECRET").map(|secret| SecretString::from(secret.to_owned()));
        let environment_proxy = self.get("PROXY_URL") == Some("env");
        match (is_wanted, url, secret) {
            (false, _, _) => None,
            (true, Some(url), Some(secret)) => Some(ExportConfig { url, secret, timeout, environment_proxy }),
            (true, url, _) => {
                let missing = if url.is_none() { "LEADERBOARD_INGEST_URL" } else { "LEADERBOARD_INGEST_SECRET" };
                self.warnings.push(format!("{missing} is missing: no board is sent to a dashboard"));
                None
            }
        }
    }

    /// Our own receiver; only with a secret.
    pub(super) fn receiver(&mut self) -> Option<ReceiverConfig> {
        self.get("LEADERBOARD_RECEIVER_ADDR")?;
        let listen = self.parsed("LEADERBOARD_RECEIVER_ADDR", listen_address);
        let secret_of = |name| self.get(name).map(|secret| SecretString::from(secret.to_owned()));
        let cron_secret = secret_of("CRON_SECRET");
        let Some(secret) = secret_of("LEADERBOARD_INGEST_SECRET") else {
            self.mistakes.push("LEADERBOARD_INGEST_SECRET is missing: the receiver believes only who knows it".to_owned());
            return None;
        };
        Some(ReceiverConfig { listen, secret, cron_secret })
    }

    fn webhook_secret(&mut self) -> Option<SecretString> {
        let text = self.get("WEBHOOK_SECRET")?.to_owned();
        let is_valid =
            (16..=256).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        if !is_valid {
            self.mistakes
                .push("WEBHOOK_SECRET: 16 to 256 letters, digits, - and _ are what Telegram takes and nobody guesses".to_owned());
        }
        is_valid.then(|| text.into())
    }
}

/// Stands in for a setting that couldn't be read, so that the others are still looked at. Never used by anybody.
pub(super) trait Fallback {
    fn fallback() -> Self;
}

macro_rules! fallback {
    ($($type:ty => $value:expr),* $(,)?) => {
        $(impl Fallback for $type {
            fn fallback() -> Self {
                $value
            }
        })*
    };
}

fallback!(
    u64 => 1,
    bool => false,
    String => String::new(),
    Tz => Tz::UTC,
    Lang => Lang::En,
    ProxyChoice => ProxyChoice::Direct,
    TimeDelta => TimeDelta::zero(),
    WorkingHours => WorkingHours::default(),
    SocketAddr => SocketAddr::from(([127, 0, 0, 1], 0)),
    Url => Url::parse("https://api.telegram.org").expect("a constant address"),
);

/// As people write it.
pub(super) fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err(format!("{text:?} is neither yes nor no")),
    }
}

/// `PROXY_URL`
pub(super) fn proxy(text: &str) -> Result<ProxyChoice, String> {
    match text {
        "" => return Ok(ProxyChoice::Direct),
        "env" => return Ok(ProxyChoice::Environment),
        _ => {}
    }
    let hint = "write http://, https://, socks5:// or socks5h://, then [user:password@]host:port; or env";
    let url = Url::parse(text).map_err(|_| format!("this is no address; {hint}"))?;
    if !matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") {
        return Err(format!("{}:// is no kind of proxy that works here; {hint}", url.scheme()));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(format!("the host is missing; {hint}"));
    }
    Ok(ProxyChoice::Url(SecretString::from(text.to_owned())))
}

/// Hours and minutes: 2h, 90m, 1h30m.
fn duration(text: &str) -> Result<TimeDelta, String> {
    let wrong = || format!("{text:?} is no duration; write hours and minutes such as 2h, 90m or 1h30m");
    let (hours, minutes) = text.split_once('h').unwrap_or(("0", text));
    let minutes = if minutes.is_empty() { "0" } else { minutes.strip_suffix('m').ok_or_else(wrong)? };
    let (hours, minutes): (u16, u16) = (hours.parse().map_err(|_| wrong())?, minutes.parse().map_err(|_| wrong())?);
    let whole = TimeDelta::minutes(i64::from(hours) * 60 + i64::from(minutes));
    if whole < TimeDelta::minutes(10) {
        Err("ten minutes are the least: it is no alarm for every pause".to_owned())
    } else {
        Ok(whole)
    }
}

/// An address of this machine.
fn listen_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("{text:?} is no address to listen on; write one such as 127.0.0.1:8080"))
}

/// An address that can be called.
pub(super) fn http_address(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        Ok(_) | Err(_) => Err("expected an address that starts with http:// or https://".to_owned()),
    }
}

/// `WEB_URL`
fn site_address(text: &str) -> Result<Url, String> {
    let url = http_address(text)?;
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err("the site needs an address of its own, without a path: https://rollcall.example.org".to_owned());
    }
    Ok(url)
}

/// Whether an address is on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or("").trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// `WEBHOOK_URL`
fn public_address(text: &str, is_telegram: bool) -> Result<Url, String> {
    let url = http_address(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err("the address must end with its path: Rollcall adds to it".to_owned());
    }
    if is_telegram && url.scheme() != "https" {
        return Err("Telegram delivers to https:// only".to_owned());
    }
    if is_telegram && !url.port_or_known_default().is_some_and(|port| PORTS.contains(&port)) {
        return Err("Telegram delivers to the ports 443, 80, 88 and 8443 only".to_owned());
    }
    Ok(url)
}
