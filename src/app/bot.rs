//! The life of one bot: connects, joins the others, receives, leaves.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{RunError, reception};
use crate::{
    config::Config,
    context::Context,
    domain::{
        bots::BotInfo,
        change::{Change, Outcome},
        registry::Notice,
    },
    membership::tell_admins,
    telegram::{self, Fleet, Link, Me, OurBot, Outbox, Reaction, Services},
    text::membership as words,
    web::webhook::Doors,
};

/// Work that is under way when the process stops has so long to end; it is kept and done at the next start otherwise.
const GRACE: Duration = Duration::from_millis(300);

/// What bots share.
#[derive(Clone)]
pub(super) struct Common {
    pub(super) config: Arc<Config>,
    pub(super) context: Arc<Context>,
    pub(super) fleet: Arc<Fleet>,
    pub(super) doors: Arc<Doors>,
    pub(super) services: Services,
}

/// How a bot's life ended, but for faults.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It was asked to stop.
    Stopped,
    /// Telegram doesn't know its token any more.
    Revoked,
}

/// Runs a bot until it is time to stop, or Telegram doesn't know it any more.
pub(super) async fn run(bot: OurBot, common: Common, stop: watch::Receiver<bool>) -> Result<End, RunError> {
    let me = match who_am_i(&bot, stop.clone()).await {
        Connected::As(me) => me,
        Connected::Not(End::Revoked) => {
            revoked(&bot, &common.context)?;
            return Ok(End::Revoked);
        }
        Connected::Not(End::Stopped) => return Ok(End::Stopped),
    };
    let (context, config) = (&common.context, &common.config);
    let sees_all = me.can_read_all_group_messages;
    tracing::info!(bot.id = %me.id, bot.name = bot.name, sees_all_messages = sees_all, "connected to Telegram");
    meet(&bot, &me, context)?;
    let link = Arc::new(Link::new(bot.wire.clone(), context.clone(), me.username, bot.vitals.clone()));
    let webhook = config.webhook.as_ref().map(|webhook| telegram::webhook::address(webhook.base.as_str(), bot.id()));
    let services = Services { webhook, sees_all_messages: sees_all, ..common.services.clone() };
    let (outbox, work) = Outbox::new(link.clone(), services);
    let sending = tokio::task::spawn_local(outbox.clone().run(work));
    common.fleet.join(outbox);
    let commands = tokio::spawn({
        let (link, site) = (link.clone(), config.web_address());
        async move {
            telegram::set_menu_buttons(&link, site.as_deref()).await;
            telegram::keep_commands(&link).await;
        }
    });
    let mut end = Ok(End::Stopped);
    if let Some((source, reception)) = reception::open(&link, config, &common.doors, stop.clone()).await? {
        let mut receiving = tokio::spawn(telegram::receive(link.clone(), source, stop));
        let mut receives = bot.vitals.receiving.subscribe();
        let mut faults = context.faults();
        // A bot that is alone goes on trying: whoever looks sees why nothing comes.
        let is_alone = context.rules.bots.all.len() == 1;
        tokio::select! {
            ended = &mut receiving => {
                if let Err(why) = ended {
                    end = Err(RunError::Fault(format!("receiving ended with a panic: {why}")));
                }
            }
            _ = faults.wait_for(Option::is_some) => {}
            _ = receives.wait_for(|receiving| receiving.is_revoked && !is_alone) => end = Ok(End::Revoked),
        }
        receiving.abort();
        reception.close();
    }
    commands.abort();
    let abort = sending.abort_handle();
    // What was decided last leaves with this commit.
    let committed = context.store.flush().await;
    if end.as_ref().is_ok_and(|end| *end == End::Revoked) {
        abort.abort();
        common.fleet.leave(bot.id());
        revoked(&bot, context)?;
    } else {
        let _ = tokio::time::timeout(GRACE, sending).await;
        abort.abort();
        common.fleet.leave(bot.id());
    }
    committed?;
    end
}

/// What asking came to.
pub(super) enum Connected {
    As(Me),
    Not(End),
}

impl Connected {
    /// Who it is, if Telegram said so.
    pub(super) fn named(self) -> Option<Me> {
        match self {
            Self::As(me) => Some(me),
            Self::Not(_) => None,
        }
    }
}

/// Asks Telegram who the bot is, for as long as it takes.
pub(super) async fn who_am_i(bot: &OurBot, mut stop: watch::Receiver<bool>) -> Connected {
    let mut pause = Duration::from_millis(500);
    loop {
        let asked = tokio::select! {
            asked = bot.wire.get_me() => asked,
            _ = stop.wait_for(|stop| *stop) => return Connected::Not(End::Stopped),
        };
        let error = match asked {
            Ok(me) => {
                bot.vitals.receiving.send_modify(|receiving| receiving.trouble = None);
                return Connected::As(me);
            }
            Err(error) => error,
        };
        match error.reaction() {
            Reaction::Unauthorized => return Connected::Not(End::Revoked),
            Reaction::Wait(asked) => pause = asked,
            _ => {}
        }
        bot.vitals.receiving.send_modify(|receiving| receiving.trouble = Some(error.to_string()));
        tracing::warn!(bot.name = bot.name, %error, retry_in_seconds = pause.as_secs_f32(), "Telegram doesn't answer yet");
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return Connected::Not(End::Stopped),
        }
        pause = (pause * 2).min(Duration::from_secs(30));
    }
}

/// Remembers what Telegram says of a bot.
fn meet(bot: &OurBot, me: &Me, context: &Context) -> Result<(), RunError> {
    let info = BotInfo {
        name: bot.name.clone(),
        username: me.username.clone(),
        sees_all: me.can_read_all_group_messages,
        stopped: None,
    };
    context.decide(|desk| {
        let is_news = desk.state.bots.get(&bot.id()) != Some(&info);
        Outcome { changes: is_news.then_some(Change::Bot(bot.id(), Some(info))).into_iter().collect(), work: Vec::new() }
    })?;
    Ok(())
}

/// Notes that Telegram doesn't know a bot any more, and tells the admins by another one, once.
fn revoked(bot: &OurBot, context: &Context) -> Result<(), RunError> {
    bot.vitals.receiving.send_modify(|receiving| {
        receiving.is_revoked = true;
        receiving.trouble = Some("Telegram doesn't know the token any more".to_owned());
    });
    tracing::error!(bot.name = bot.name, "Telegram doesn't know the token of this bot any more: it stops, the others go on");
    context.decide(|desk| {
        let mut outcome = Outcome::nothing();
        let known = desk.state.bots.get(&bot.id());
        if known.is_some_and(|known| known.stopped.is_some()) {
            return outcome;
        }
        let username = known.map(|known| known.username.clone()).unwrap_or_default();
        let sees_all = known.is_some_and(|known| known.sees_all);
        let info = BotInfo { name: bot.name.clone(), username, sees_all, stopped: Some(desk.now) };
        let called = if info.username.is_empty() { info.name.clone() } else { format!("@{}", info.username) };
        outcome.set(Change::Bot(bot.id(), Some(info)));
        // Where it was the only one, nobody could bring the news before it is old.
        if desk.rules.bots.all.len() > 1 {
            let setting = crate::config::token_setting(&bot.name);
            tell_admins(desk, Notice::Alarms, &mut outcome, |lang| (words::bot_revoked(&called, &setting, lang), Vec::new()));
        }
        outcome
    })?;
    Ok(())
}
