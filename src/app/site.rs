//! The site, and what it sees of the bot.

use std::{path::PathBuf, sync::Arc};

use futures::{FutureExt, future::BoxFuture};
use secrecy::ExposeSecret as _;

use crate::{
    config::{Config, WebhookConfig},
    domain::{
        collection::OwnCollection,
        ids::{BotId, UserId},
    },
    researchers::Researchers,
    telegram::{self, CallError, Collections, OurBot, WebhookInfo, webhook},
    web::{
        bots::{Bot, Bots, NotChanged},
        pages::AppKey,
        site::Site,
        status::Watched,
    },
};

/// What the site's answers are made from.
pub(super) fn site(config: &Config, watched: &Arc<Watched>, researchers: &Arc<Researchers>) -> Arc<Site> {
    let bots = AllBots { watched: watched.clone(), webhook: config.webhook.clone(), data_dir: config.data_dir.clone() };
    Arc::new(Site {
        watched: watched.clone(),
        bots: Arc::new(bots),
        zone: config.zone,
        lang: config.lang,
        admins: config.admins.iter().copied().collect(),
        requests_a_minute: config.api_requests_per_minute,
        export_dir: config.export_dir.clone(),
        address: config.web_address().unwrap_or_default(),
        researchers: researchers.clone(),
        app_keys: config.bots.iter().map(|bot| AppKey::of(bot.token.expose_secret())).collect(),
    })
}

/// What people collected, for the chat with the bot.
#[derive(Debug)]
pub(super) struct OwnCollections(pub(super) Arc<Researchers>);

impl Collections for OwnCollections {
    fn of(&self, user: UserId) -> Option<OwnCollection> {
        self.0.kept(user)
    }

    fn forget(&self, user: UserId) -> BoxFuture<'_, Result<bool, String>> {
        self.0.forget(user).boxed()
    }
}

/// The bots of this process.
#[derive(Clone, Debug)]
struct AllBots {
    watched: Arc<Watched>,
    webhook: Option<WebhookConfig>,
    data_dir: PathBuf,
}

impl Bots for AllBots {
    fn all(&self) -> Vec<Arc<dyn Bot>> {
        let each = self.watched.bots.iter().map(|bot| OneBot { bot: bot.clone(), desk: self.clone() });
        each.map(|bot| Arc::new(bot) as Arc<dyn Bot>).collect()
    }
}

#[derive(Debug)]
struct OneBot {
    bot: OurBot,
    desk: AllBots,
}

impl Bot for OneBot {
    fn id(&self) -> BotId {
        self.bot.id()
    }

    fn uses_webhook(&self) -> bool {
        self.desk.webhook.is_some()
    }

    fn health(&self) -> Result<&'static str, String> {
        telegram::judge(std::slice::from_ref(&self.bot), &self.desk.watched.context)
    }

    fn webhook_info(&self) -> BoxFuture<'_, Result<WebhookInfo, CallError>> {
        self.bot.wire.get_webhook_info().boxed()
    }

    fn set_webhook(&self) -> BoxFuture<'_, Result<String, NotChanged>> {
        async {
            let settings = self.desk.webhook.as_ref().ok_or_else(|| {
                NotChanged::OfNoUse(
                    "This bot polls, and a webhook would stop that. Set RUN_MODE=webhook and WEBHOOK_URL, and restart: the \
                     webhook is set then."
                        .to_owned(),
                )
            })?;
            Ok(webhook::set_again(&self.bot.wire, settings.base.as_str(), settings.secret.clone(), &self.desk.data_dir).await?)
        }
        .boxed()
    }

    fn delete_webhook(&self) -> BoxFuture<'_, Result<(), NotChanged>> {
        async {
            if self.uses_webhook() {
                return Err(NotChanged::OfNoUse(
                    "This bot receives by its webhook and would set it again within a minute. Set RUN_MODE=polling and \
                     restart: the webhook is deleted then, and nothing is lost."
                        .to_owned(),
                ));
            }
            Ok(webhook::delete(&self.bot.wire).await?)
        }
        .boxed()
    }
}
