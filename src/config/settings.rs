//! The settings that there are.

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
pub const SETTINGS: [Setting; 61] = [
    Setting { name: "BOT_TOKEN", default: "", help: "The bot's token from @BotFather. Needed to run." },
    Setting {
        name: "BOTS",
        default: "",
        help: "Several bots, the main one first: main,north. Each has its token in BOT_NORTH_TOKEN and so on, main in BOT_TOKEN. Without it: all that have a token.",
    },
    Setting {
        name: "ADMIN_IDS",
        default: "",
        help: "Telegram ids of the admins, separated by commas. Needed to run. (@userinfobot tells yours.)",
    },
    Setting {
        name: "RESEARCHER_IDS",
        default: "",
        help: "Telegram ids of people who may collect public channels on the dashboard's page Research, each with their own account. Admins may anyway.",
    },
    Setting { name: "DATA_DIR", default: "./data", help: "Where everything is kept." },
    Setting {
        name: "STORE_URL",
        default: "",
        help: "Keep the counts in PostgreSQL: postgres://USER:PASSWORD@HOST:5432/DATABASE. Without it: in files in DATA_DIR.",
    },
    Setting {
        name: "STORE_CA_FILE",
        default: "",
        help: "Also believe databases whose certificates these authorities (PEM) have signed.",
    },
    Setting {
        name: "STORE_TAKEOVER_SECONDS",
        default: "6",
        help: "Another replica takes over from one that was silent for so long: 1 to 60.",
    },
    Setting {
        name: "STORE_CONNECTIONS",
        default: "4",
        help: "How many connections to the database this process opens at most: 2 to 64.",
    },
    Setting { name: "EXPORT_DIR", default: "./exports", help: "Where workbooks and other reports are kept." },
    Setting { name: "EXPORT_KEEP_DAYS", default: "30", help: "Reports older than so many days are deleted; 0 keeps all." },
    Setting {
        name: "KEEP_MONTHS",
        default: "0",
        help: "What was counted is deleted after so many whole months, 3 or more; 0 keeps all.",
    },
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
        default: "",
        help: "Serve the site (REST, dashboard) here, such as 127.0.0.1:8080, without TLS, for the proxy that has the certificate. Without it: nowhere, but in webhook mode, where deliveries arrive here too, at 127.0.0.1:8080.",
    },
    Setting {
        name: "API_REQUESTS_PER_MINUTE",
        default: "600",
        help: "How many requests a minute one key of the REST interface may make: 1 to 1000000.",
    },
    Setting {
        name: "WEB_URL",
        default: "",
        help: "The address under which people reach the site, such as https://rollcall.example.org. Without it: http:// and WEB_ADDR.",
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
        name: "LEADERBOARD_WEB_EXPORT_ENABLED",
        default: "no",
        help: "Send each posted board to a web dashboard: yes or no.",
    },
    Setting { name: "LEADERBOARD_INGEST_URL", default: "", help: "Where the dashboard takes them." },
    Setting {
        name: "LEADERBOARD_INGEST_SECRET",
        default: "",
        help: "What we prove ourselves with to the dashboard, and others to our receiver.",
    },
    Setting {
        name: "LEADERBOARD_EXPORT_TIMEOUT_MS",
        default: "8000",
        help: "How many milliseconds the dashboard has for an answer: 100 to 120000.",
    },
    Setting {
        name: "LEADERBOARD_RECEIVER_ADDR",
        default: "",
        help: "Be such a dashboard's receiver at this address, such as 127.0.0.1:8090. Without it: nowhere.",
    },
    Setting {
        name: "CRON_SECRET",
        default: "",
        help: "What others prove themselves with to the receiver's /api/admin/state. Without it nobody can.",
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
    Setting {
        name: "TELEGRAM_API_ID",
        default: "",
        help: "Study time needs a user session: the api_id from https://my.telegram.org (API development tools).",
    },
    Setting { name: "TELEGRAM_API_HASH", default: "", help: "The api_hash from the same page." },
    Setting {
        name: "TG_STRING_SESSION",
        default: "",
        help: "A Telethon StringSession, read once by `rollcall session import-telethon`; delete it here afterwards.",
    },
    Setting {
        name: "SESSION_SEAL",
        default: "auto",
        help: "How the session file is sealed: passphrase, keyring or none. auto: by the passphrase if there is one.",
    },
    Setting {
        name: "SECRETS_PASSPHRASE",
        default: "",
        help: "Opens secrets.age and the session file. Better in a file of its own (below), or in the keyring.",
    },
    Setting { name: "SECRETS_PASSPHRASE_FILE", default: "", help: "The file that holds it." },
    Setting {
        name: "TELEGRAM_DC",
        default: "",
        help: "Another data centre than Telegram's, for tests: 2@127.0.0.1:4430, or a simulator's session strings, separated by commas.",
    },
    Setting {
        name: "CHANNELS_PER_MINUTE",
        default: "40",
        help: "How many requests a minute collecting public channels may take: 1 to 6000. Telegram bans accounts that ask too fast.",
    },
    Setting {
        name: "ASSISTANT_FOR",
        default: "nobody",
        help: "Who may ask an assistant in their own words: nobody, admins or members. Another value for one bot: admins, north=members.",
    },
    Setting {
        name: "ASSISTANT_IN_GROUPS",
        default: "no",
        help: "Whether it answers in groups where it is named (@bot …), yes or no; by bot: no, north=yes.",
    },
    Setting {
        name: "ASSISTANT_DAILY_TOKENS",
        default: "200000",
        help: "How many tokens a bot's assistant may use in a day: 1000 to 1000000000; by bot: 200000, north=50000.",
    },
    Setting {
        name: "ASSISTANT_PROMPT_FILE",
        default: "",
        help: "A file with what it is told beside its rules, such as what your groups are called; by bot: all.txt, north=north.txt.",
    },
    Setting {
        name: "ASSISTANT_ORDER",
        default: "openai,gemini",
        help: "Which provider is asked first; the next one where that can't answer.",
    },
    Setting {
        name: "ASSISTANT_OPENAI_URL",
        default: "https://api.openai.com/v1",
        help: "OpenAI, or any server that speaks its format, such as http://127.0.0.1:11434/v1.",
    },
    Setting { name: "ASSISTANT_OPENAI_KEY", default: "", help: "Its key; local servers need none." },
    Setting { name: "ASSISTANT_OPENAI_MODEL", default: "", help: "Which of its models answers. Without it: none." },
    Setting {
        name: "ASSISTANT_GEMINI_URL",
        default: "https://generativelanguage.googleapis.com/v1beta",
        help: "Google's Gemini.",
    },
    Setting { name: "ASSISTANT_GEMINI_KEY", default: "", help: "Its key, from https://aistudio.google.com/apikey." },
    Setting { name: "ASSISTANT_GEMINI_MODEL", default: "", help: "Which of its models answers. Without it: none." },
    Setting {
        name: "ASSISTANT_TIMEOUT_SECONDS",
        default: "60",
        help: "How many seconds a provider may be silent before the next one is asked: 1 to 600.",
    },
    Setting {
        name: "ASSISTANT_MEMORY_MINUTES",
        default: "30",
        help: "How many minutes a conversation is remembered, in memory only: 0 (not at all) to 1440.",
    },
];
