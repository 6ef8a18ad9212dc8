//! A look at Telegram: the token, the way there, who else receives.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    clock::SharedClock,
    config::Config,
    domain::ids::{BotId, UserId},
    telegram::{CallError, Me, WebhookInfo, Wire, webhook},
};

/// What was seen.
#[derive(Debug)]
pub struct RemoteFacts {
    /// Who the token is for.
    pub me: Result<Me, CallError>,
    /// Where updates go.
    pub webhook: Option<Result<WebhookInfo, CallError>>,
    /// The address that we have updates delivered to, or had.
    pub own_webhook: Option<String>,
    /// Whether receiving works; `None` where it wasn't tried.
    pub receiving: Option<Result<(), CallError>>,
    /// The server's clock and ours, at the same moment.
    pub clocks: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Whether each admin's chat is known to the bot.
    pub admins: Vec<(UserId, Result<(), CallError>)>,
}

/// How long to wait as a poller. Telegram ends the *older* of two polls, so another poller is noticed only by waiting until
/// it comes back and ends ours.
const PROBE: Duration = Duration::from_secs(4);

/// Looks. `may_poll` must be false while a daemon of ours receives: a second poll would interrupt it.
pub async fn look(wire: &Wire, config: &Config, clock: &SharedClock, may_poll: bool) -> RemoteFacts {
    let mut facts = RemoteFacts {
        me: wire.get_me().await,
        webhook: None,
        own_webhook: None,
        receiving: None,
        clocks: None,
        admins: Vec::new(),
    };
    let Ok(me) = &facts.me else { return facts };
    facts.own_webhook = match &config.webhook {
        Some(settings) => Some(webhook::address(settings.base.as_str(), BotId(me.id.0))),
        None => webhook::kept_address(&config.data_dir, wire.bot_id()),
    };
    if let Ok(Some(theirs)) = wire.server_time().await {
        facts.clocks = Some((theirs, clock.now()));
    }
    let webhook = wire.get_webhook_info().await;
    let has_webhook = webhook.as_ref().is_ok_and(|info| !info.url.is_empty());
    facts.webhook = Some(webhook);
    if may_poll && !has_webhook {
        // Without an offset nothing is confirmed, without `allowed_updates` the list stays as it is.
        let asked = json!({ "limit": 1, "timeout": PROBE.as_secs() });
        facts.receiving = Some(wire.call::<Value>("getUpdates", &asked).await.map(drop));
    }
    for admin in &config.admins {
        let answer = wire.call::<Value>("getChat", &json!({ "chat_id": admin })).await;
        facts.admins.push((*admin, answer.map(drop)));
    }
    facts
}
