//! The only wiring: opens the store, connects the bot, runs the tasks, stops them in order.

mod reception;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use secrecy::SecretString;
use tokio::{
    sync::watch,
    task::{JoinHandle, LocalSet},
    time::MissedTickBehavior,
};

use crate::{
    admin::Desk,
    alerts::{self, Limits},
    clock::SharedClock,
    config::Config,
    exports,
    orders::dropbox,
    store::{Store, StoreFault},
    telegram::{self, CallError, KeepFault, Link, Me, Outbox, Reaction, Services, Wire},
    web::ListenFault,
};

/// How a run can fail.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The data directory.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The token isn't valid.
    #[error("Telegram does not accept BOT_TOKEN: take the current token from @BotFather")]
    BadToken,
    /// The HTTP client can't be made.
    #[error("{0}")]
    Wire(CallError),
    /// The address to listen on.
    #[error(transparent)]
    Listen(#[from] ListenFault),
    /// The webhook can't be remembered.
    #[error(transparent)]
    Webhook(#[from] KeepFault),
    /// Something that only a restart mends.
    #[error("{0}")]
    Fault(String),
}

/// Between looks at what should be written, warned of, or handed in from a terminal.
const TICK: Duration = Duration::from_secs(1);
/// Quiet for so long: time for a checkpoint.
const QUIET: Duration = Duration::from_secs(2);
/// Between looks at the disk and at silent groups, and at old exports.
const ROUND: Duration = Duration::from_secs(600);
/// Work that is under way when the process stops has so long to end; it is kept and done at the next start otherwise.
const GRACE: Duration = Duration::from_millis(300);

/// Runs until `stop` says so. Everything received by then is counted and in the files.
pub async fn run(config: Config, clock: SharedClock, stop: watch::Receiver<bool>) -> Result<(), RunError> {
    let token = config.bot_token.clone().ok_or(RunError::BadToken)?;
    let store = Store::open(&config.data_dir, clock.clone())?;
    tracing::info!(data_dir = %config.data_dir.display(), "the data directory is ours");
    // The outbox's calls borrow across awaits in ways that only one thread allows, and one thread is all that we use.
    let ran = LocalSet::new().run_until(serve(&config, token, &store, clock, stop)).await;
    let closed = store.close().await;
    ran?;
    closed?;
    tracing::info!("stopped; everything is in the files");
    Ok(())
}

async fn serve(
    config: &Config,
    token: SecretString,
    store: &Store,
    clock: SharedClock,
    stop: watch::Receiver<bool>,
) -> Result<(), RunError> {
    let last_alive = store.read(|state| state.last_update).max(store.last_commit());
    let listener = reception::listen(config).await?;
    let wire = Wire::new(token, config.api_url.clone(), &config.proxy).map_err(RunError::Wire)?;
    let Some(me) = who_am_i(&wire, stop.clone()).await? else { return Ok(()) };
    tracing::info!(bot.id = %me.id, sees_all_messages = me.can_read_all_group_messages, "connected to Telegram");
    let link = Arc::new(Link::new(wire, store.clone(), config.rules(&me.username), clock));
    let services = Services {
        export_dir: config.export_dir.clone(),
        least_disk_mb: config.warn_disk_mb,
        paced: config.paced,
        patience: config.patience,
        began: Instant::now(),
        bot: me.id,
        webhook: config.webhook.as_ref().map(|webhook| telegram::webhook::address(webhook.base.as_str(), link.wire.bot_id())),
        sees_all_messages: me.can_read_all_group_messages,
    };
    let limits =
        Limits { away_hours: config.warn_offline_hours, disk_mb: config.warn_disk_mb, silent_hours: config.warn_silent_hours };
    decide(&link, |desk| alerts::at_start(desk, &limits, last_alive))?;
    store.flush().await?;

    let outbox = tokio::task::spawn_local(Outbox::new(link.clone(), services).run());
    let commands = tokio::spawn({
        let link = link.clone();
        async move { telegram::set_commands(&link).await }
    });
    let keeper = tokio::spawn(keep(link.clone(), config.clone(), limits, me.can_read_all_group_messages));

    let mut faults = link.faults();
    let fault = match reception::open(&link, config, listener, stop.clone()).await? {
        Some((source, reception)) => {
            let mut receiving = tokio::spawn(telegram::receive(link.clone(), source, stop));
            let fault = tokio::select! {
                ended = &mut receiving => ended.err().map(|why| format!("receiving ended with a panic: {why}")),
                fault = faults.wait_for(Option::is_some) => fault.ok().and_then(|fault| fault.clone()),
            };
            receiving.abort();
            reception.close().await;
            fault
        }
        None => None,
    };
    let committed = store.flush().await;
    finish(outbox).await;
    commands.abort();
    keeper.abort();
    match fault.or_else(|| link.faults().borrow().clone()) {
        Some(fault) => Err(RunError::Fault(fault)),
        None => Ok(committed?),
    }
}

/// Asks Telegram who the bot is, for as long as it takes; `None` when it is time to stop.
async fn who_am_i(wire: &Wire, mut stop: watch::Receiver<bool>) -> Result<Option<Me>, RunError> {
    let mut pause = Duration::from_millis(500);
    loop {
        let asked = tokio::select! {
            asked = wire.get_me() => asked,
            _ = stop.wait_for(|stop| *stop) => return Ok(None),
        };
        let error = match asked {
            Ok(me) => return Ok(Some(me)),
            Err(error) => error,
        };
        match error.reaction() {
            Reaction::Unauthorized => return Err(RunError::BadToken),
            Reaction::Wait(asked) => pause = asked,
            _ => {}
        }
        tracing::warn!(%error, retry_in_seconds = pause.as_secs_f32(), "Telegram doesn't answer yet");
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return Ok(None),
        }
        pause = (pause * 2).min(Duration::from_secs(30));
    }
}

/// Keeps house: checkpoints, orders from a terminal, warnings, old exports.
async fn keep(link: Arc<Link>, config: Config, limits: Limits, sees_all: bool) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last_checkpoint = Instant::now();
    let mut last_commit = link.store.last_commit();
    let mut quiet_since = Instant::now();
    let mut last_round: Option<Instant> = None;
    loop {
        tick.tick().await;
        if link.store.last_commit() != last_commit {
            last_commit = link.store.last_commit();
            quiet_since = Instant::now();
        }
        let is_due = quiet_since.elapsed() >= QUIET || last_checkpoint.elapsed() >= config.checkpoint_every;
        if link.store.is_dirty() && is_due {
            last_checkpoint = Instant::now();
            if let Err(fault) = link.store.checkpoint().await {
                tracing::error!(%fault, "a checkpoint failed; the journal keeps everything");
                if !fault.may_heal() {
                    link.give_up(&fault);
                }
            }
        }
        if let Err(fault) = dropbox::serve(&link.store, link.rules.zone, link.clock.now()).await {
            tracing::error!(%fault, "an order from the terminal waits");
        }
        if last_round.is_none_or(|at| at.elapsed() >= ROUND) {
            last_round = Some(Instant::now());
            let free = exports::free_megabytes(link.store.dir());
            if let Err(fault) = decide(&link, |desk| alerts::now_and_then(desk, &limits, free, sees_all)) {
                link.give_up(&fault);
            }
            let pruned = exports::prune(&config.export_dir, config.export_keep_days, link.clock.now());
            if pruned > 0 {
                tracing::info!(pruned, "old reports were deleted");
            }
        }
        // Whoever decided something outside an update waits for it to leave.
        if let Err(fault) = link.store.flush().await
            && !fault.may_heal()
        {
            link.give_up(&fault);
        }
    }
}

fn decide(link: &Link, decide: impl FnOnce(&Desk<'_>) -> crate::domain::change::Outcome) -> Result<(), StoreFault> {
    let now = link.clock.now();
    link.store.decide(&[], |state| decide(&Desk { state, rules: &link.rules, now }))
}

/// Gives work under way a moment; what isn't done by then is kept.
async fn finish(outbox: JoinHandle<()>) {
    let abort = outbox.abort_handle();
    let _ = tokio::time::timeout(GRACE, outbox).await;
    abort.abort();
}
