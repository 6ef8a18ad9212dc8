//! Settings: the environment and `.env` become a [`Config`], or a list of everything that is wrong with them.

mod assistant;
mod bots;
mod gathered;
mod reading;
mod session;
mod settings;

use std::{
    collections::BTreeMap,
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use chrono_tz::Tz;
use reqwest::Url;
use secrecy::SecretString;

use self::reading::Reading;
pub use self::{
    assistant::AssistantConfig,
    bots::{BotConfig, MAIN, bot_of_setting, is_name, looks_like_a_token, token_setting},
    gathered::Gathered,
    session::SessionConfig,
    settings::{SETTINGS, Setting},
};
use crate::{
    alerts::silence::Silence,
    clock::SharedClock,
    domain::{
        ids::UserId,
        lang::Lang,
        rules::{Marks, Rules},
    },
    leaderboard_export::ExportConfig,
    mtproto::{Access, ApiKey},
    researchers,
    secrets::Origin,
    store::{Home, postgres::Database},
    telegram::{CALL_TIMEOUT, ProxyChoice},
};

/// What an operator decided.
#[derive(Clone, Debug)]
pub struct Config {
    /// `BOT_TOKEN` and its relatives, the main bot first; none where no bot is needed.
    pub bots: Vec<BotConfig>,
    /// `ADMIN_IDS`
    pub admins: Vec<UserId>,
    /// `RESEARCHER_IDS`
    pub researchers: Vec<UserId>,
    /// `DATA_DIR`
    pub data_dir: PathBuf,
    /// `STORE_URL`: where the counts are, unless in `DATA_DIR`.
    pub database: Option<Database>,
    /// `STORE_CA_FILE`
    pub store_authorities: Option<PathBuf>,
    /// `EXPORT_DIR`
    pub export_dir: PathBuf,
    /// `EXPORT_KEEP_DAYS`; 0 keeps all.
    pub export_keep_days: u64,
    /// `KEEP_MONTHS`; 0 keeps all.
    pub keep_months: u32,
    /// `TZ`
    pub zone: Tz,
    /// `DEFAULT_LANG`
    pub lang: Lang,
    /// `PROXY_URL`
    pub proxy: ProxyChoice,
    /// `TELEGRAM_API_URL`
    pub api_url: Url,
    /// `POLL_TIMEOUT`
    pub poll_timeout: Duration,
    /// `RUN_MODE` is `webhook`, and how.
    pub webhook: Option<WebhookConfig>,
    /// `WEB_ADDR`: where the site is served, if anywhere; in webhook mode Telegram's deliveries arrive there too.
    pub web: Option<SocketAddr>,
    /// `API_REQUESTS_PER_MINUTE`
    pub api_requests_per_minute: u32,
    /// `WEB_URL`
    pub web_url: Option<Url>,
    /// `METRICS_ADDR`
    pub metrics: Option<SocketAddr>,
    /// `WARN_OFFLINE_HOURS`
    pub warn_offline_hours: i64,
    /// `WARN_DISK_MB`
    pub warn_disk_mb: u64,
    /// `WARN_SILENT_HOURS`
    pub warn_silent_hours: i64,
    /// `ALARM_SILENCE` within `WORKING_HOURS`
    pub silence: Option<Silence>,
    /// Where snapshots of boards go, if anywhere.
    pub export: Option<ExportConfig>,
    /// `LEADERBOARD_RECEIVER_ADDR`, and whom it believes.
    pub receiver: Option<ReceiverConfig>,
    /// The assistants, if any bot has one.
    pub assistants: Option<AssistantConfig>,
    /// `CHECKPOINT_SECONDS`
    pub checkpoint_every: Duration,
    /// Whether to keep to Telegram's pace; only tests against a simulator without limits don't.
    pub paced: bool,
    /// How long a job may take before its progress is shown; only tests are less patient.
    pub patience: Duration,
    /// How often voice chats are looked at; only tests don't wait.
    pub look_every: Duration,
    /// What the watchdog over looks takes for a minute; only tests have shorter ones.
    pub blind_minute: Duration,
    /// How long a call may take before something is wrong; only tests of that have less.
    pub call_timeout: Duration,
    /// The user session.
    pub session: SessionConfig,
    /// Where each secret setting came from.
    pub origins: BTreeMap<String, Origin>,
    /// How to log.
    pub log: LogConfig,
}

/// How Telegram's deliveries reach us.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// `WEBHOOK_URL`
    pub base: Url,
    /// `WEBHOOK_SECRET`; without it one is made and kept.
    pub secret: Option<SecretString>,
}

/// Our own receiver of snapshots.
#[derive(Clone, Debug)]
pub struct ReceiverConfig {
    /// `LEADERBOARD_RECEIVER_ADDR`
    pub listen: SocketAddr,
    /// `LEADERBOARD_INGEST_SECRET`
    pub secret: SecretString,
    /// `CRON_SECRET`
    pub cron_secret: Option<SecretString>,
}

/// How to log.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// `LOG_LEVEL`
    pub filter: String,
    /// `LOG_FORMAT` is `json`.
    pub json: bool,
    /// `LOG_FILE`
    pub file: Option<PathBuf>,
    /// `LOG_KEEP_DAYS`
    pub keep_days: usize,
}

/// Everything that is wrong with the settings, each with what to do.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<String>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for mistake in &self.0 {
            writeln!(f, "- {mistake}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

impl Config {
    /// Where people reach the site, without a slash at the end; `None`: it isn't served.
    pub fn web_address(&self) -> Option<String> {
        let served = self.web?;
        // What is served everywhere is served here too.
        let here = match served {
            SocketAddr::V4(address) if address.ip().is_unspecified() => format!("127.0.0.1:{}", address.port()),
            SocketAddr::V6(address) if address.ip().is_unspecified() => format!("[::1]:{}", address.port()),
            other => other.to_string(),
        };
        let address = self.web_url.as_ref().map_or_else(|| format!("http://{here}"), ToString::to_string);
        Some(address.trim_end_matches('/').to_owned())
    }

    /// The settings of this process. `data_dir` is used instead of `DATA_DIR`.
    pub fn from_env(env_file: Option<&Path>, data_dir: Option<&Path>) -> Result<(Self, Vec<String>), ConfigErrors> {
        let mut gathered = Gathered::from_env(env_file, data_dir)?;
        let (mut config, warnings) = Self::from_map(&gathered.given)?;
        config.origins = gathered.origins;
        config.data_dir = gathered.data_dir;
        gathered.warnings.extend(warnings);
        Ok((config, gathered.warnings))
    }

    /// The settings in `given`, with warnings about what looks like a mistyped name.
    pub fn from_map(given: &BTreeMap<String, String>) -> Result<(Self, Vec<String>), ConfigErrors> {
        let mut read = Reading { given, mistakes: Vec::new(), warnings: mistyped(given) };
        let bots = read.bots();
        let config = Self {
            assistants: read.assistants(&bots),
            bots,
            admins: read.people("ADMIN_IDS"),
            researchers: read.people("RESEARCHER_IDS"),
            data_dir: read.path("DATA_DIR"),
            database: read.database(),
            store_authorities: read.get("STORE_CA_FILE").map(PathBuf::from),
            export_dir: read.path("EXPORT_DIR"),
            export_keep_days: read.number("EXPORT_KEEP_DAYS", 0..=36_500),
            keep_months: read.parsed("KEEP_MONTHS", |text| match text.parse() {
                Ok(months) if months == 0 || (3..=1_200).contains(&months) => Ok(months),
                Ok(_) | Err(_) => Err(format!("{text:?} is neither 0 nor a number of months from 3 to 1200")),
            }),
            zone: read.parsed("TZ", |text| {
                text.parse().map_err(|_| format!("{text:?} is no time zone; write one such as Asia/Tashkent or Europe/Berlin"))
            }),
            lang: read.parsed("DEFAULT_LANG", |text| Lang::from_tag(text).ok_or_else(|| format!("{text:?} is not en, uz or ru"))),
            proxy: read.parsed("PROXY_URL", reading::proxy),
            api_url: read.parsed("TELEGRAM_API_URL", reading::http_address),
            poll_timeout: Duration::from_secs(read.number("POLL_TIMEOUT", 1..=50)),
            web: read.web(),
            api_requests_per_minute: read.number("API_REQUESTS_PER_MINUTE", 1..=1_000_000) as u32,
            web_url: read.web_url(),
            webhook: read.webhook(),
            metrics: read.metrics(),
            warn_offline_hours: read.number("WARN_OFFLINE_HOURS", 1..=24) as i64,
            warn_disk_mb: read.number("WARN_DISK_MB", 0..=1_000_000),
            warn_silent_hours: read.number("WARN_SILENT_HOURS", 1..=10_000) as i64,
            silence: read.silence(),
            export: read.export(),
            receiver: read.receiver(),
            checkpoint_every: Duration::from_secs(read.number("CHECKPOINT_SECONDS", 1..=3600)),
            paced: true,
            patience: Duration::from_secs(2),
            look_every: Duration::from_secs(30),
            blind_minute: Duration::from_secs(60),
            call_timeout: CALL_TIMEOUT,
            session: read.session(),
            origins: BTreeMap::new(),
            log: LogConfig {
                filter: read.parsed("LOG_LEVEL", |text| {
                    tracing_subscriber::EnvFilter::from_str(text)
                        .map(|_| text.to_owned())
                        .map_err(|_| format!("{text:?} is no level"))
                }),
                json: read.parsed("LOG_FORMAT", |text| match text {
                    "text" => Ok(false),
                    "json" => Ok(true),
                    other => Err(format!("{other:?} is neither text nor json")),
                }),
                file: read.get("LOG_FILE").map(PathBuf::from),
                keep_days: read.number("LOG_KEEP_DAYS", 1..=3_650) as usize,
            },
        };
        if read.mistakes.is_empty() { Ok((config, read.warnings)) } else { Err(ConfigErrors(read.mistakes)) }
    }

    /// The mistakes that only matter for a bot that runs: no token, no admins.
    pub fn check_runnable(&self) -> Result<(), ConfigErrors> {
        let mut mistakes = Vec::new();
        if self.bots.is_empty() {
            mistakes.push(
                "BOT_TOKEN is missing: open @BotFather in Telegram, send /newbot, and put the token that it gives into .env"
                    .to_owned(),
            );
        }
        if self.admins.is_empty() {
            mistakes
                .push("ADMIN_IDS is missing: send /start to @userinfobot, and put the number that it gives into .env".to_owned());
        }
        if mistakes.is_empty() { Ok(()) } else { Err(ConfigErrors(mistakes)) }
    }

    /// How the user session reaches Telegram; `None` where there is to be none.
    pub fn access(&self) -> Option<Access> {
        Some(self.access_with(self.session.api.clone()?))
    }

    /// The same with somebody's own key.
    fn access_with(&self, api: ApiKey) -> Access {
        let (data_centres, proxy) = (self.session.data_centres.clone(), self.proxy.clone());
        Access { api, data_centres, proxy, call_timeout: self.call_timeout }
    }

    /// How people research on the dashboard, each with an account of their own.
    pub fn research(&self, clock: SharedClock) -> researchers::Setup {
        researchers::Setup {
            dir: self.data_dir.join("research"),
            // Everybody brings a key of their own.
            access: self.access_with(ApiKey { id: 0, hash: String::new().into() }),
            seal: self.session.seal,
            passphrase: self.session.passphrase.clone(),
            channels_per_minute: self.session.channels_per_minute,
            clock,
        }
    }

    /// Where the counts are.
    pub fn home(&self) -> Home {
        match &self.database {
            Some(database) => Home::database(database.clone(), &self.data_dir),
            None => Home::directory(&self.data_dir),
        }
    }

    /// What decisions need of it.
    pub fn rules(&self) -> Rules {
        let bots = bots::known(&self.bots);
        let assistants = self.assistants.iter().flat_map(|config| config.bots.clone()).collect();
        Rules {
            admins: self.admins.iter().copied().collect(),
            researchers: self.researchers.iter().copied().collect(),
            zone: self.zone,
            lang: self.lang,
            bot: bots.main,
            bots,
            assistants,
            marks: Marks::default(),
        }
    }
}

/// Names that are one or two letters away from a setting's.
fn mistyped(given: &BTreeMap<String, String>) -> Vec<String> {
    let is_known = |name: &str| SETTINGS.iter().any(|setting| setting.name == name) || bot_of_setting(name).is_some();
    let mut warnings = Vec::new();
    for name in given.keys().filter(|name| !is_known(name) && name.len() > 4) {
        let near = SETTINGS.iter().find(|setting| setting.name.len() > 4 && distance(name, setting.name) <= 2);
        if let Some(setting) = near {
            warnings.push(format!("{name} is no setting; did you mean {}?", setting.name));
        }
    }
    warnings
}

/// Levenshtein's distance of two short words.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let best = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = best;
        }
    }
    row[b.len()]
}

/// An error about `.env` without the line's value, which may be the token.
fn without_values(why: &dotenvy::Error) -> &'static str {
    match why {
        dotenvy::Error::LineParse(..) => "a line is not of the form NAME=value",
        dotenvy::Error::Io(_) => "it can't be opened",
        _ => "a value has a bad ${…} in it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(pairs: &[(&str, &str)]) -> Result<(Config, Vec<String>), ConfigErrors> {
        Config::from_map(&pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0";

    #[test]
    fn two_settings_suffice_to_run() {
        let (config, warnings) = config(&[("BOT_TOKEN", TOKEN), ("ADMIN_IDS", "5, 7;9")]).expect("valid");
        assert_eq!(config.admins, [UserId(5), UserId(7), UserId(9)]);
        assert_eq!(config.check_runnable(), Ok(()));
        assert_eq!((config.zone, config.lang, warnings.len()), (Tz::Asia__Tashkent, Lang::En, 0));
        assert!(config.bots.len() == 1 && !format!("{config:?}").contains(TOKEN), "Debug shows the token");
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let mistakes = config(&[
            ("BOT_TOKEN", "hello"),
            ("ADMIN_IDS", "@ann, -100123, 1087968824"),
            ("TZ", "Tashkent"),
            ("DEFAULT_LANG", "fr"),
            ("PROXY_URL", "ftp://proxy:1"),
            ("TELEGRAM_API_URL", "api.telegram.org"),
            ("POLL_TIMEOUT", "90"),
            ("LOG_FORMAT", "xml"),
            ("RUN_MODE", "webhook"),
            ("WEB_ADDR", "localhost"),
            ("WEBHOOK_SECRET", "too short"),
            ("METRICS_ADDR", "9464"),
            ("ALARM_SILENCE", "5m"),
            ("WORKING_HOURS", "always"),
        ])
        .expect_err("invalid");
        insta::assert_snapshot!(mistakes);
    }

    #[test]
    fn telegram_delivers_only_to_addresses_of_a_certain_sort() {
        let webhook = |url: &str, api: &str| {
            let read = config(&[("RUN_MODE", "webhook"), ("WEBHOOK_URL", url), ("TELEGRAM_API_URL", api)]);
            read.map(|(config, _)| config.webhook.expect("webhook mode").base.to_string())
        };
        let telegram = "https://api.telegram.org";
        assert_eq!(webhook("https://bot.example.org:8443/x", telegram), Ok("https://bot.example.org:8443/x".into()));
        for refused in ["http://bot.example.org", "https://bot.example.org:8080", "https://bot.example.org/?x", "bot.example.org"]
        {
            assert!(webhook(refused, telegram).is_err(), "{refused}");
        }
        assert!(webhook("http://127.0.0.1:8080", "http://127.0.0.1:8081").is_ok(), "a server of one's own");
        assert!(
            config(&[("WEBHOOK_URL", "https://bot.example.org")]).expect("valid").0.webhook.is_none(),
            "polling is the default"
        );
    }

    #[test]
    fn silence_is_measured_in_hours_and_minutes() {
        let limit =
            |text: &str| config(&[("ALARM_SILENCE", text)]).map(|(config, _)| config.silence.expect("set").limit.num_minutes());
        for (text, minutes) in [("2h", 120), ("90m", 90), ("1h30m", 90), ("10m", 10)] {
            assert_eq!(limit(text), Ok(minutes), "{text}");
        }
        for refused in ["2", "h", "2h30", "9m", "-2h", "2 hours"] {
            assert!(limit(refused).is_err(), "{refused}");
        }
        assert!(config(&[]).expect("valid").0.silence.is_none());
    }

    #[test]
    fn a_mistyped_name_is_noticed() {
        let (_, warnings) = config(&[("ADMIN_ID", "5"), ("PATH", "/bin"), ("DATADIR", "x")]).expect("valid");
        assert_eq!(
            warnings,
            ["ADMIN_ID is no setting; did you mean ADMIN_IDS?", "DATADIR is no setting; did you mean DATA_DIR?"]
        );
    }

    #[test]
    fn a_proxy_may_hold_a_password_that_nobody_sees() {
        let (config, _) = config(&[("PROXY_URL", "socks5h://ann:sesame@127.0.0.1:1080")]).expect("valid");
        assert!(!format!("{config:?}").contains("sesame"));
    }
}
