//! The only wiring: opens the store, connects the bot, runs the tasks, stops them in order.

mod alive;
mod dashboard;
mod housekeeping;
mod reception;
mod service;
mod study;

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use secrecy::SecretString;
use tokio::{
    sync::{mpsc, watch},
    task::{JoinHandle, LocalSet},
};

use self::{alive::Alive, housekeeping::keep};
use crate::{
    alerts::Limits,
    clock::SharedClock,
    config::Config,
    mtproto::{Line, LineEvent, LineSetup},
    store::{Store, StoreFault},
    telegram::{self, CallError, KeepFault, Link, Me, Outbox, Reaction, Services, Vitals, Wire},
    web::{self, ListenFault, status::Watched, webhook::Requests},
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
    /// What was received from dashboards' senders.
    #[error(transparent)]
    Shelf(#[from] web::receiver::ShelfFault),
    /// Something that only a restart mends.
    #[error("{0}")]
    Fault(String),
}

/// Work that is under way when the process stops has so long to end; it is kept and done at the next start otherwise.
const GRACE: Duration = Duration::from_millis(300);

/// Runs until `stop` says so. Everything received by then is counted and in the files.
pub async fn run(config: Config, clock: SharedClock, stop: watch::Receiver<bool>) -> Result<(), RunError> {
    let token = config.bot_token.clone().ok_or(RunError::BadToken)?;
    let store = Store::open(&config.data_dir, clock.clone())?;
    tracing::info!(data_dir = %config.data_dir.display(), "the data directory is ours");
    // Whoever watches voice chats reads its events.
    let (line, supervisor, events) = Line::new(line_setup(&config, clock.clone()));
    let watched = watch(&config, &store, clock.clone(), line);
    // The figures can be looked at until the end, so the server is not told to stop, only dropped.
    let (_on, always) = watch::channel(false);
    if let Some(address) = config.metrics {
        let listener = web::listen("METRICS_ADDR", address).await?;
        tracing::info!(%address, "serving /metrics and /healthz");
        web::serve(listener, web::status::routes(watched.clone()), always);
    }
    dashboard::receive(&config, clock.clone(), stop.clone()).await?;
    let reporting = tokio::spawn(service::report(watched.vitals.clone(), store.clone(), clock.clone(), stop.clone()));
    // The outbox's calls borrow across awaits in ways that only one thread allows, and one thread is all that we use.
    let supervising = tokio::spawn(supervisor.run());
    let ran = LocalSet::new().run_until(serve(&config, token, &watched, events, clock, stop)).await;
    reporting.abort();
    supervising.abort();
    let closed = store.close().await;
    ran?;
    closed?;
    tracing::info!("stopped; everything is in the files");
    Ok(())
}

fn line_setup(config: &Config, clock: SharedClock) -> LineSetup {
    let session = &config.session;
    LineSetup::new(&config.data_dir, config.access(), session.seal, session.passphrase.clone(), clock)
}

/// What is looked at from outside.
fn watch(config: &Config, store: &Store, clock: SharedClock, line: Line) -> Arc<Watched> {
    let poll_wait = config.webhook.is_none().then_some(config.poll_timeout);
    Arc::new(Watched {
        store: store.clone(),
        wire: OnceLock::new(),
        vitals: Arc::new(Vitals::new(poll_wait)),
        requests: Arc::new(Requests::default()),
        began: Instant::now(),
        began_at: clock.now(),
        clock,
        line,
    })
}

async fn serve(
    config: &Config,
    token: SecretString,
    watched: &Watched,
    events: mpsc::Receiver<LineEvent>,
    clock: SharedClock,
    stop: watch::Receiver<bool>,
) -> Result<(), RunError> {
    let store = &watched.store;
    let alive = Alive::open(&config.data_dir, store.read(|state| state.last_update).max(store.last_commit()));
    let listener = reception::listen(config).await?;
    let wire = Wire::new(token, config.api_url.clone(), &config.proxy, config.call_timeout).map_err(RunError::Wire)?;
    watched.wire.get_or_init(|| wire.clone());
    let Some(me) = who_am_i(&wire, &watched.vitals, stop.clone()).await? else { return Ok(()) };
    tracing::info!(bot.id = %me.id, sees_all_messages = me.can_read_all_group_messages, "connected to Telegram");
    let link = Arc::new(Link::new(wire, store.clone(), config.rules(&me.username), clock, watched.vitals.clone()));
    let services = Services {
        export_dir: config.export_dir.clone(),
        least_disk_mb: config.warn_disk_mb,
        paced: config.paced,
        patience: config.patience,
        began: watched.began,
        bot: me.id,
        webhook: config.webhook.as_ref().map(|webhook| telegram::webhook::address(webhook.base.as_str(), link.wire.bot_id())),
        sees_all_messages: me.can_read_all_group_messages,
        session: watched.line.states(),
    };
    let limits =
        Limits { away_hours: config.warn_offline_hours, disk_mb: config.warn_disk_mb, silent_hours: config.warn_silent_hours };

    let outbox = tokio::task::spawn_local(Outbox::new(link.clone(), services).run());
    let commands = tokio::spawn({
        let link = link.clone();
        async move { telegram::set_commands(&link).await }
    });
    let line = watched.line.clone();
    let keeper = tokio::spawn(keep(link.clone(), config.clone(), limits, alive, me.can_read_all_group_messages, line));

    let watching = tokio::spawn(study::watch(link.clone(), watched.line.clone(), events, config.look_every));
    let posting = tokio::spawn(study::post(link.clone(), watched.line.clone(), config.look_every, config.export.is_some()));
    let exporting = config.export.clone().map(|config| tokio::spawn(dashboard::export(link.clone(), config)));

    let mut faults = link.faults();
    let fault = match reception::open(&link, config, listener, &watched.requests, stop.clone()).await? {
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
    watching.abort();
    posting.abort();
    exporting.iter().for_each(JoinHandle::abort);
    match fault.or_else(|| link.faults().borrow().clone()) {
        Some(fault) => Err(RunError::Fault(fault)),
        None => Ok(committed?),
    }
}

/// Asks Telegram who the bot is, for as long as it takes; `None` when it is time to stop.
async fn who_am_i(wire: &Wire, vitals: &Vitals, mut stop: watch::Receiver<bool>) -> Result<Option<Me>, RunError> {
    let mut pause = Duration::from_millis(500);
    loop {
        let asked = tokio::select! {
            asked = wire.get_me() => asked,
            _ = stop.wait_for(|stop| *stop) => return Ok(None),
        };
        let error = match asked {
            Ok(me) => {
                vitals.receiving.send_modify(|receiving| receiving.trouble = None);
                return Ok(Some(me));
            }
            Err(error) => error,
        };
        match error.reaction() {
            Reaction::Unauthorized => return Err(RunError::BadToken),
            Reaction::Wait(asked) => pause = asked,
            _ => {}
        }
        vitals.receiving.send_modify(|receiving| receiving.trouble = Some(error.to_string()));
        tracing::warn!(%error, retry_in_seconds = pause.as_secs_f32(), "Telegram doesn't answer yet");
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return Ok(None),
        }
        pause = (pause * 2).min(Duration::from_secs(30));
    }
}

/// Gives work under way a moment; what isn't done by then is kept.
async fn finish(outbox: JoinHandle<()>) {
    let abort = outbox.abort_handle();
    let _ = tokio::time::timeout(GRACE, outbox).await;
    abort.abort();
}
