//! The only wiring: opens the store, runs the bots and what works beside them, stops them in order.

mod alive;
mod bot;
mod dashboard;
mod housekeeping;
mod jobs;
mod reception;
mod replica;
mod service;
mod site;
mod study;

use std::sync::Arc;

use tokio::{
    sync::{mpsc, watch},
    task::{JoinHandle, JoinSet, LocalSet},
};

use self::{
    alive::Alive,
    bot::{Common, End},
    housekeeping::keep,
};
use crate::{
    alerts::Limits,
    clock::{ProcessStart, SharedClock},
    config::{BotConfig, Config},
    context::Context,
    feeds::Reader,
    mtproto::{Line, LineEvent, LineSetup},
    researchers::Researchers,
    store::StoreFault,
    telegram::{self, Assistants, CallError, Feeds, Fleet, KeepFault, OurBot, Services, Vitals, Wire},
    web::{self, ListenFault, status::Watched, webhook::Doors},
};

/// How a run can fail.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The data directory.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// No token is valid.
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

/// Runs until `stop` says so. Everything received by then is counted and in the files.
pub async fn run(config: Config, clock: SharedClock, stop: watch::Receiver<bool>) -> Result<(), RunError> {
    let began = ProcessStart::now(clock.as_ref());
    let Some(store) = replica::open(&config, &clock, began, stop.clone()).await? else { return Ok(()) };
    // Whoever watches voice chats reads its events.
    let (line, supervisor, events) = Line::new(line_setup(&config, clock.clone()));
    let context = Arc::new(Context::new(store.clone(), config.rules(), clock.clone()));
    let watched = watch(&config, &context, line, began)?;
    // The figures can be looked at until the end, so the server is not told to stop, only dropped.
    let (_on, always) = watch::channel(false);
    if let Some(address) = config.metrics {
        let listener = web::listen("METRICS_ADDR", address).await?;
        tracing::info!(%address, "serving /metrics and /healthz");
        web::serve(listener, web::status::routes(watched.clone()), always);
    }
    dashboard::receive(&config, clock, stop.clone()).await?;
    let reporting = tokio::spawn(service::report(watched.clone(), stop.clone()));
    let guarding = tokio::spawn(replica::guard(context.clone()));
    let supervising = tokio::spawn(supervisor.run());
    // The outbox's calls borrow across awaits in ways that only one thread allows, and one thread is all that we use.
    let ran = LocalSet::new().run_until(serve(config, &watched, events, stop)).await;
    reporting.abort();
    guarding.abort();
    supervising.abort();
    let closed = store.close().await;
    ran?;
    closed?;
    tracing::info!("stopped; everything is in the files");
    Ok(())
}

/// How the settings want the user session's line.
pub(crate) fn line_setup(config: &Config, clock: SharedClock) -> LineSetup {
    let session = &config.session;
    let setup = LineSetup::new(&config.data_dir, config.access(), session.seal, session.passphrase.clone(), clock);
    LineSetup { channels_per_minute: session.channels_per_minute, ..setup }
}

/// One of the bots, not yet connected.
fn our_bot(bot: &BotConfig, config: &Config) -> Result<OurBot, RunError> {
    let poll_wait = config.webhook.is_none().then_some(config.poll_timeout);
    let wire = Wire::new(bot.token.clone(), config.api_url.clone(), &config.proxy, config.call_timeout);
    Ok(OurBot { name: bot.name.clone(), wire: wire.map_err(RunError::Wire)?, vitals: Arc::new(Vitals::new(poll_wait)) })
}

/// What is looked at from outside.
fn watch(config: &Config, context: &Arc<Context>, line: Line, began: ProcessStart) -> Result<Arc<Watched>, RunError> {
    let bots = config.bots.iter().map(|bot| our_bot(bot, config));
    Ok(Arc::new(Watched {
        context: context.clone(),
        bots: bots.collect::<Result<_, _>>()?,
        doors: Arc::new(Doors::of_bots(config.bots.iter().map(BotConfig::id))),
        began,
        exports: config.export.is_some(),
        assistants: Arc::default(),
        line,
    }))
}

async fn serve(
    config: Config,
    watched: &Arc<Watched>,
    events: mpsc::Receiver<LineEvent>,
    stop: watch::Receiver<bool>,
) -> Result<(), RunError> {
    let (context, line) = (&watched.context, &watched.line);
    let store = &context.store;
    let alive = Alive::open(&config.data_dir, store.read(|state| state.last_update).max(store.last_commit()));
    let (server_stop, server_stopped) = watch::channel(false);
    let researchers = Arc::new(Researchers::new(config.research(context.clock.clone())));
    let server = reception::serve(&config, watched, &researchers, server_stopped).await?;
    let limits =
        Limits { away_hours: config.warn_offline_hours, disk_mb: config.warn_disk_mb, silent_hours: config.warn_silent_hours };
    let fleet = Fleet::new(context.clone());
    let assistants = config.assistants.as_ref().map(|config| Assistants::open(config, watched.assistants.clone()));
    let services = Services {
        export_dir: config.export_dir.clone(),
        least_disk_mb: config.warn_disk_mb,
        paced: config.paced,
        patience: config.patience,
        began: watched.began,
        fleet: Arc::downgrade(&fleet),
        webhook: None,
        sees_all_messages: false,
        site: config.web_address(),
        session: line.states(),
        feeds: Feeds::new(Reader::new(&config.proxy, config.call_timeout).map_err(RunError::Fault)?),
        collections: Arc::new(site::OwnCollections(researchers)),
        assistants: assistants.transpose().map_err(RunError::Fault)?,
    };
    let config = Arc::new(config);
    let beside = [
        Some(tokio::task::spawn_local(fleet.clone().hand_out())),
        Some(tokio::spawn(keep(watched.clone(), config.clone(), limits, alive))),
        Some(tokio::spawn(study::watch(context.clone(), line.clone(), events, (config.look_every, config.blind_minute)))),
        Some(tokio::task::spawn_local(study::post(
            context.clone(),
            fleet.clone(),
            line.clone(),
            config.look_every,
            config.export.is_some(),
        ))),
        Some(tokio::task::spawn_local(telegram::keep_statistics(context.clone(), fleet.clone(), config.paced))),
        Some(tokio::task::spawn_local(jobs::run(context.clone(), fleet.clone(), line.clone(), config.export_dir.clone()))),
        config.export.clone().map(|export| tokio::spawn(dashboard::export(context.clone(), export))),
    ];
    let common = Common { config, context: context.clone(), fleet, doors: watched.doors.clone(), services };
    // A fault ends all bots, also those that are still connecting.
    let (end, ends) = watch::channel(false);
    let ending = tokio::spawn(tell_the_end(context.faults(), stop, end));
    let mut lives = JoinSet::new();
    for bot in watched.bots.iter().cloned() {
        lives.spawn_local(bot::run(bot, common.clone(), ends.clone()));
    }
    let ended = all(lives).await;
    ending.abort();
    beside.iter().flatten().for_each(JoinHandle::abort);
    server_stop.send_replace(true);
    if let Some(server) = server {
        web::finish(server).await;
    }
    match context.fault() {
        Some(fault) => Err(RunError::Fault(fault)),
        None => ended,
    }
}

/// Tells that it is time to stop: somebody asks for it, or nothing can go on.
async fn tell_the_end(mut faults: watch::Receiver<Option<String>>, mut stop: watch::Receiver<bool>, end: watch::Sender<bool>) {
    tokio::select! {
        _ = faults.wait_for(Option::is_some) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
    end.send_replace(true);
}

/// Waits for the end of all bots. A program without any that Telegram knows has nothing to do.
async fn all(mut lives: JoinSet<Result<End, RunError>>) -> Result<(), RunError> {
    let mut ended = Err(RunError::BadToken);
    while let Some(life) = lives.join_next().await {
        match life.unwrap_or_else(|why| Err(RunError::Fault(format!("a bot ended with a panic: {why}")))) {
            Ok(End::Stopped) => ended = Ok(()),
            Ok(End::Revoked) => {}
            Err(fault) => return Err(fault),
        }
    }
    ended
}
