//! Telling Telegram where to deliver, and noticing when it doesn't.

use std::{
    collections::BTreeMap,
    fs::OpenOptions,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{errors::CallError, errors::Reaction, link::Link, methods::WebhookInfo, wire::Wire};
use crate::domain::ids::BotId;

/// The most connections that Telegram may open, and that it allows: those that wait at the same moment share a commit.
const CONNECTIONS: u8 = 100;
/// Between looks at what Telegram says of its deliveries.
const LOOK: Duration = Duration::from_secs(60);
/// Nothing arrived for so long.
const QUIET: TimeDelta = TimeDelta::seconds(90);
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// What is remembered from run to run, below the data directory.
pub const FILE: &str = "webhook.json";

/// Where Telegram delivers one bot's updates, and how it proves itself.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The address for Telegram.
    pub url: String,
    /// What it sends along.
    pub secret: SecretString,
}

/// The webhook can't be remembered.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}; give the directory to the user that rollcall runs as, or delete the file: a new one is made", path.display())]
pub struct KeepFault {
    path: PathBuf,
    #[source]
    why: io::Error,
}

/// The webhook can't be set.
#[derive(Debug, thiserror::Error)]
pub enum SetFault {
    /// It can't be remembered.
    #[error(transparent)]
    Keep(#[from] KeepFault),
    /// Telegram doesn't take it.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// What is remembered: the addresses tell our webhooks from those of another program.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    #[serde(default)]
    urls: BTreeMap<BotId, String>,
    secret: Option<String>,
}

impl Webhook {
    /// The webhook for `bot` below this public address. Without a `secret` the kept one is used, or a new one is kept.
    pub fn open(base: &str, bot: BotId, secret: Option<SecretString>, data_dir: &Path) -> Result<Self, KeepFault> {
        let url = address(base, bot);
        let path = data_dir.join(FILE);
        let mut kept = recall(&path)?;
        let secret = secret.unwrap_or_else(|| kept.secret.get_or_insert_with(new_secret).clone().into());
        kept.urls.insert(bot, url.clone());
        remember(&path, &kept)?;
        Ok(Self { url, secret })
    }
}

/// The address for `bot` below this public address.
pub fn address(base: &str, bot: BotId) -> String {
    format!("{}/telegram/webhook/{bot}/", base.trim_end_matches('/'))
}

/// The address that an earlier run set, if it wasn't given back.
pub fn kept_address(data_dir: &Path, bot: BotId) -> Option<String> {
    recall(&data_dir.join(FILE)).ok()?.urls.remove(&bot)
}

/// 32 bytes from the system's generator, in letters that Telegram takes.
fn new_secret() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("every system that we run on has a random generator");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn recall(path: &Path) -> Result<Kept, KeepFault> {
    let fault = |why: io::Error| KeepFault { path: path.to_owned(), why };
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|why| fault(why.into())),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(Kept::default()),
        Err(why) => Err(fault(why)),
    }
}

/// Nobody else may read it: whoever has the secret can make up messages.
fn remember(path: &Path, kept: &Kept) -> Result<(), KeepFault> {
    let temporary = path.with_extension("json.tmp");
    let write = || {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&temporary)?;
        file.write_all(&serde_json::to_vec_pretty(kept).expect("two texts are JSON"))?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)
    };
    write().map_err(|why| KeepFault { path: path.to_owned(), why })
}

/// Sets the webhook, and goes on looking whether Telegram can deliver to it. Ends when dropped.
pub async fn keep(link: Arc<Link>, webhook: Webhook) {
    set(&link, &webhook).await;
    loop {
        tokio::time::sleep(LOOK).await;
        let asked = link.wire.get_webhook_info().await;
        let last_delivery = link.vitals.receiving.borrow().last_answer;
        let info = match asked {
            Ok(info) => info,
            Err(error) => {
                // As long as something arrives, a bad line from here to there is no trouble.
                let is_quiet = last_delivery.is_none_or(|at| (link.clock.now() - at).abs() > QUIET);
                if is_quiet {
                    note(&link, Some(error.to_string()));
                }
                continue;
            }
        };
        match judge(&info, &webhook.url, last_delivery) {
            Verdict::Works => note(&link, None),
            Verdict::Undelivered(why) => note(&link, Some(format!("Telegram can't deliver to the webhook: {why}"))),
            Verdict::Gone => {
                tracing::warn!("another program has changed the webhook; it is set again");
                set(&link, &webhook).await;
            }
        }
    }
}

/// Sets the webhook, for as long as it takes.
async fn set(link: &Link, webhook: &Webhook) {
    let mut pause = FIRST_PAUSE;
    loop {
        let error = match link.wire.set_webhook(&webhook.url, webhook.secret.expose_secret(), CONNECTIONS).await {
            Ok(_) => {
                note(link, None);
                link.vitals.receiving.send_modify(|receiving| receiving.is_open = true);
                tracing::info!("Telegram delivers to the webhook");
                return;
            }
            Err(error) => error,
        };
        if let Reaction::Wait(asked) = error.reaction() {
            pause = pause.max(asked);
        }
        note(link, Some(format!("the webhook can't be set: {error}")));
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Sets the webhook once more, with the secret that deliveries are known by. Where it leads.
pub async fn set_again(wire: &Wire, base: &str, secret: Option<SecretString>, data_dir: &Path) -> Result<String, SetFault> {
    let webhook = Webhook::open(base, wire.bot_id(), secret, data_dir)?;
    wire.set_webhook(&webhook.url, webhook.secret.expose_secret(), CONNECTIONS).await?;
    Ok(webhook.url)
}

/// Ends deliveries, whoever asked for them; what waits goes on waiting.
pub async fn delete(wire: &Wire) -> Result<(), CallError> {
    wire.delete_webhook().await.map(drop)
}

/// Notes a trouble, or its end; logs what is new.
fn note(link: &Link, trouble: Option<String>) {
    link.vitals.receiving.send_if_modified(|receiving| {
        let is_news = receiving.trouble != trouble;
        if is_news {
            match &trouble {
                Some(trouble) => tracing::warn!(trouble, "can't receive from Telegram"),
                None => tracing::info!("receiving from Telegram again"),
            }
            receiving.trouble = trouble;
        }
        is_news
    });
}

#[derive(Debug, PartialEq)]
enum Verdict {
    Works,
    /// With Telegram's words.
    Undelivered(String),
    /// Deleted, or set elsewhere.
    Gone,
}

/// Telegram remembers its last error for ever: it matters while updates wait and none came since.
fn judge(info: &WebhookInfo, url: &str, last_delivery: Option<DateTime<Utc>>) -> Verdict {
    if info.url != url {
        return Verdict::Gone;
    }
    let failed_at = info.last_error_date.and_then(|at| DateTime::from_timestamp(at, 0));
    let is_recent = failed_at.is_some_and(|at| last_delivery.is_none_or(|delivery| delivery < at + TimeDelta::seconds(1)));
    match &info.last_error_message {
        Some(why) if is_recent && info.pending_update_count > 0 => Verdict::Undelivered(why.clone()),
        Some(_) | None => Verdict::Works,
    }
}

/// Takes back a webhook that an earlier run set, so that polling can begin; leaves that of another program alone.
/// Nothing that waits is dropped. `None` when it is time to stop.
pub async fn give_back(wire: &Wire, data_dir: &Path, mut stop: watch::Receiver<bool>) -> Option<Result<(), KeepFault>> {
    let path = data_dir.join(FILE);
    let kept = match recall(&path) {
        Ok(kept) => kept,
        Err(fault) => return Some(Err(fault)),
    };
    let Some(url) = kept.urls.get(&wire.bot_id()) else { return Some(Ok(())) };
    let mut pause = FIRST_PAUSE;
    loop {
        let Err(error) = delete_if_ours(wire, url).await else {
            // Anew: another bot's may have been given back meanwhile.
            return Some(recall(&path).and_then(|mut kept| {
                kept.urls.remove(&wire.bot_id());
                remember(&path, &kept)
            }));
        };
        tracing::warn!(%error, "the webhook of an earlier run can't be deleted yet");
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return None,
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn delete_if_ours(wire: &Wire, url: &str) -> Result<(), CallError> {
    if wire.get_webhook_info().await?.url == url {
        wire.delete_webhook().await?;
        tracing::info!("the webhook of an earlier run is deleted; polling begins");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_secret_is_made_once_and_nobody_else_reads_it() {
        let dir = TempDir::new().expect("a directory");
        let open = |secret| Webhook::open("https://bot.example.org/", BotId(7), secret, dir.path()).expect("kept");
        let first = open(None);
        assert_eq!(first.url, "https://bot.example.org/telegram/webhook/7/");
        assert_eq!(first.secret.expose_secret().len(), 64);
        assert_eq!(open(Some("given-by-the-operator".into())).secret.expose_secret(), "given-by-the-operator");
        assert_eq!(open(None).secret.expose_secret(), first.secret.expose_secret());
        assert!(!format!("{first:?}").contains(first.secret.expose_secret()), "Debug shows the secret");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(dir.path().join(FILE)).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_not_replaced() {
        let dir = TempDir::new().expect("a directory");
        std::fs::write(dir.path().join(FILE), "{").expect("written");
        let fault = Webhook::open("https://bot.example.org", BotId(7), None, dir.path()).expect_err("refused");
        assert!(fault.to_string().contains("webhook.json"), "{fault}");
        assert_eq!(std::fs::read(dir.path().join(FILE)).expect("there"), b"{");
    }

    #[test]
    fn an_old_error_is_no_trouble() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0);
        let info = |url: &str, waiting, failed: Option<i64>| WebhookInfo {
            url: url.to_owned(),
            pending_update_count: waiting,
            last_error_date: failed,
            last_error_message: failed.map(|_| "Connection refused".to_owned()),
        };
        assert_eq!(judge(&info("us", 0, None), "us", None), Verdict::Works);
        assert_eq!(judge(&info("us", 3, Some(100)), "us", at(50)), Verdict::Undelivered("Connection refused".to_owned()));
        assert_eq!(judge(&info("us", 3, Some(100)), "us", None), Verdict::Undelivered("Connection refused".to_owned()));
        assert_eq!(judge(&info("us", 3, Some(100)), "us", at(150)), Verdict::Works);
        assert_eq!(judge(&info("us", 0, Some(100)), "us", at(50)), Verdict::Works);
        assert_eq!(judge(&info("", 0, None), "us", None), Verdict::Gone);
        assert_eq!(judge(&info("them", 0, None), "us", None), Verdict::Gone);
    }
}
