//! Settings: the environment and `.env` become a [`Config`], or a list of everything that is wrong with them.

mod reading;

use std::{collections::BTreeMap, fmt, net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use chrono_tz::Tz;
use reqwest::Url;
use secrecy::SecretString;

use self::reading::Reading;
use crate::{
    alerts::silence::Silence,
    domain::{ids::UserId, lang::Lang, rules::Rules},
    telegram::{CALL_TIMEOUT, ProxyChoice},
};

/// One setting: its name, what holds without it, and what it is for. `.env.example` has the same, and a test says so.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The environment variable.
    pub name: &'static str,
    /// Its value where nobody sets it; empty: there is none.
    pub default: &'static str,
    /// One line for `.env.example` and the README.
    pub help: &'static str,
}

/// Every setting there is.
pub const SETTINGS: [Setting; 25] = [
    Setting { name: "BOT_TOKEN", default: "", help: "The bot's token from @BotFather. Needed to run." },
    Setting {
        name: "ADMIN_IDS",
        default: "",
        help: "Telegram ids of the admins, separated by commas. Needed to run. (@userinfobot tells yours.)",
    },
    Setting { name: "DATA_DIR", default: "./data", help: "Where everything is kept." },
    Setting { name: "EXPORT_DIR", default: "./exports", help: "Where workbooks and other reports are kept." },
    Setting { name: "EXPORT_KEEP_DAYS", default: "30", help: "Reports older than so many days are deleted; 0 keeps all." },
    Setting { name: "TZ", default: "Asia/Tashkent", help: "The time zone whose midnight separates the days." },
    Setting { name: "DEFAULT_LANG", default: "en", help: "The language for those whose own one is unknown: en, uz or ru." },
    Setting {
        name: "PROXY_URL",
        default: "",
        help: "A proxy to reach Telegram: http://, https://, socks5:// or socks5h://; `env` uses HTTPS_PROXY and its relatives.",
    },
    Setting {
        name: "TELEGRAM_API_URL",
        default: "https://api.telegram.org",
        help: "Another Bot API server, such as a local one or the simulator.",
    },
    Setting {
        name: "POLL_TIMEOUT",
        default: "30",
        help: "How many seconds a poll waits at Telegram for something to happen: 1 to 50.",
    },
    Setting {
        name: "RUN_MODE",
        default: "polling",
        help: "polling: ask Telegram for messages. webhook: Telegram sends them here.",
    },
    Setting {
        name: "WEBHOOK_URL",
        default: "",
        help: "In webhook mode: the address under which Telegram reaches WEB_ADDR, such as https://bot.example.org.",
    },
    Setting {
        name: "WEB_ADDR",
        default: "127.0.0.1:8080",
        help: "In webhook mode: where to listen, without TLS, for the proxy that has the certificate.",
    },
    Setting {
        name: "WEBHOOK_SECRET",
        default: "",
        help: "What Telegram proves itself with to the webhook: letters, digits, - and _. Without one Rollcall makes its own.",
    },
    Setting {
        name: "WARN_OFFLINE_HOURS",
        default: "20",
        help: "Admins are told when the bot was away for so long: Telegram keeps messages for 24 hours.",
    },
    Setting {
        name: "METRICS_ADDR",
        default: "",
        help: "Serve /metrics for Prometheus and /healthz at this address, such as 127.0.0.1:9464. Without it: nowhere.",
    },
    Setting { name: "WARN_DISK_MB", default: "200", help: "Admins are told when less room than this is left." },
    Setting {
        name: "WARN_SILENT_HOURS",
        default: "72",
        help: "Admins are told when a group shows only commands for so long, as privacy mode makes it.",
    },
    Setting {
        name: "ALARM_SILENCE",
        default: "",
        help: "Admins are told when nothing at all is counted for so much working time, such as 2h or 90m. Without it: never.",
    },
    Setting {
        name: "WORKING_HOURS",
        default: "Mon-Sat 08:00-20:00",
        help: "When that alarm is awake, in the time zone TZ; several are separated by commas: Mon-Fri 08:00-20:00, Sat 09:00-13:00.",
    },
    Setting {
        name: "LOG_LEVEL",
        default: "info",
        help: "error, warn, info, debug or trace; or a filter such as `info,rollcall=debug`.",
    },
    Setting { name: "LOG_FORMAT", default: "text", help: "text for people, json for machines." },
    Setting { name: "LOG_FILE", default: "", help: "Also log to this file, a new one each day." },
    Setting { name: "LOG_KEEP_DAYS", default: "14", help: "How many such files are kept." },
    Setting {
        name: "CHECKPOINT_SECONDS",
        default: "30",
        help: "How often the files are brought up to date under load: 1 to 3600.",
    },
];

/// What an operator decided.
#[derive(Clone, Debug)]
pub struct Config {
    /// `BOT_TOKEN`; `None` where no bot is needed.
    pub bot_token: Option<SecretString>,
    /// `ADMIN_IDS`
    pub admins: Vec<UserId>,
    /// `DATA_DIR`
    pub data_dir: PathBuf,
    /// `EXPORT_DIR`
    pub export_dir: PathBuf,
    /// `EXPORT_KEEP_DAYS`; 0 keeps all.
    pub export_keep_days: u64,
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
    /// `CHECKPOINT_SECONDS`
    pub checkpoint_every: Duration,
    /// Whether to keep to Telegram's pace; only tests against a simulator without limits don't.
    pub paced: bool,
    /// How long a job may take before its progress is shown; only tests are less patient.
    pub patience: Duration,
    /// How long a call may take before something is wrong; only tests of that have less.
    pub call_timeout: Duration,
    /// How to log.
    pub log: LogConfig,
}

/// How Telegram's deliveries reach us.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// `WEBHOOK_URL`
    pub base: Url,
    /// `WEB_ADDR`
    pub listen: SocketAddr,
    /// `WEBHOOK_SECRET`; without it one is made and kept.
    pub secret: Option<SecretString>,
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
    /// The settings of this process: the environment, and `.env` (in the working directory, or the file named) for what
    /// the environment leaves open.
    pub fn from_env(env_file: Option<&std::path::Path>) -> Result<(Self, Vec<String>), ConfigErrors> {
        let loaded = match env_file {
            Some(path) => dotenvy::from_path(path).map_err(|why| format!("{}: {why}", path.display())),
            None => match dotenvy::dotenv() {
                Ok(_) => Ok(()),
                Err(why) if why.not_found() => Ok(()),
                Err(why) => Err(format!(".env can't be read: {}", without_values(&why))),
            },
        };
        if let Err(mistake) = loaded {
            return Err(ConfigErrors(vec![mistake]));
        }
        #[expect(clippy::disallowed_methods, reason = "this is the one door to the environment")]
        let given = std::env::vars().collect();
        Self::from_map(&given)
    }

    /// The settings in `given`, with warnings about what looks like a mistyped name.
    pub fn from_map(given: &BTreeMap<String, String>) -> Result<(Self, Vec<String>), ConfigErrors> {
        let mut read = Reading { given, mistakes: Vec::new() };
        let config = Self {
            bot_token: read.token(),
            admins: read.admins(),
            data_dir: read.path("DATA_DIR"),
            export_dir: read.path("EXPORT_DIR"),
            export_keep_days: read.number("EXPORT_KEEP_DAYS", 0..=36_500),
            zone: read.parsed("TZ", |text| {
                text.parse().map_err(|_| format!("{text:?} is no time zone; write one such as Asia/Tashkent or Europe/Berlin"))
            }),
            lang: read.parsed("DEFAULT_LANG", |text| Lang::from_tag(text).ok_or_else(|| format!("{text:?} is not en, uz or ru"))),
            proxy: read.parsed("PROXY_URL", reading::proxy),
            api_url: read.parsed("TELEGRAM_API_URL", reading::http_address),
            poll_timeout: Duration::from_secs(read.number("POLL_TIMEOUT", 1..=50)),
            webhook: read.webhook(),
            metrics: read.metrics(),
            warn_offline_hours: read.number("WARN_OFFLINE_HOURS", 1..=24) as i64,
            warn_disk_mb: read.number("WARN_DISK_MB", 0..=1_000_000),
            warn_silent_hours: read.number("WARN_SILENT_HOURS", 1..=10_000) as i64,
            silence: read.silence(),
            checkpoint_every: Duration::from_secs(read.number("CHECKPOINT_SECONDS", 1..=3600)),
            paced: true,
            patience: Duration::from_secs(2),
            call_timeout: CALL_TIMEOUT,
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
        if read.mistakes.is_empty() { Ok((config, mistyped(given))) } else { Err(ConfigErrors(read.mistakes)) }
    }

    /// The mistakes that only matter for a bot that runs: no token, no admins.
    pub fn check_runnable(&self) -> Result<(), ConfigErrors> {
        let mut mistakes = Vec::new();
        if self.bot_token.is_none() {
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

    /// What decisions need of it.
    pub fn rules(&self, bot_username: &str) -> Rules {
        Rules {
            admins: self.admins.iter().copied().collect(),
            zone: self.zone,
            lang: self.lang,
            bot_username: bot_username.to_owned(),
        }
    }
}

/// Names that are one or two letters away from a setting's.
fn mistyped(given: &BTreeMap<String, String>) -> Vec<String> {
    let is_known = |name: &str| SETTINGS.iter().any(|setting| setting.name == name);
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
        assert!(config.bot_token.is_some() && !format!("{config:?}").contains(TOKEN), "Debug shows the token");
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
