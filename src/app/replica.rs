//! Which of several replicas works: the one that has the database's lease. The others stand by: they take what Telegram delivers and
//! hand it on, and pass on what people ask.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet, spawn_blocking},
    time::sleep,
};

use super::{RunError, bot::who_am_i, service};
use crate::{
    clock::{ProcessStart, SharedClock},
    config::{BotConfig, Config},
    context::Context,
    domain::rules::Rules,
    store::{
        Store, StoreFault,
        postgres::{self, Database, DatabaseFault, Holder, Lease, Taken},
    },
    telegram::{self, HandOnTo, OurBot},
    web::{
        self,
        standby::{Shown, Waiting},
        webhook::Doors,
    },
};

/// Between two attempts to take over. With the lease's term this bounds how long nobody works.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Opens the store, as soon as it is ours to write; `None` where it is time to stop before.
pub(super) async fn open(
    config: &Config,
    clock: &SharedClock,
    began: ProcessStart,
    stop: watch::Receiver<bool>,
) -> Result<Option<Store>, RunError> {
    let Some(database) = &config.database else {
        // Reading everything leaves holes where its texts were. On a thread of its own they are in that thread's part of the memory, and
        // what each update needs for a moment lies close together.
        let (dir, clock) = (config.data_dir.clone(), clock.clone());
        let store = spawn_blocking(move || Store::open(&dir, clock)).await.expect("opening doesn't panic")?;
        tracing::info!(data_dir = %config.data_dir.display(), "the data directory is ours");
        return Ok(Some(store));
    };
    let (waiting, seen) = watch::channel(Waiting::default());
    // Until this is done: whoever opens a large store is alive meanwhile.
    let mut telling = JoinSet::new();
    telling.spawn(service::tell_of_waiting(seen));
    loop {
        let Some(lease) = stand_by(config, database, clock, began, &waiting, stop.clone()).await? else { return Ok(None) };
        let (home, clock) = (config.home(), clock.clone());
        match spawn_blocking(move || Store::open_with(&home, lease, clock)).await.expect("opening doesn't panic") {
            Ok(store) => {
                tracing::info!(database = database.name(), "this replica is the one that works");
                return Ok(Some(store));
            }
            // Before it is open nothing is lost by waiting, nor by letting another one try.
            Err(fault) if fault.of_database().is_some_and(|why| why.may_pass() || *why == DatabaseFault::Fenced) => {
                let now = Waiting { is_well: false, why: format!("can't begin to work: {fault}") };
                if is_news(&waiting, &now) {
                    tracing::error!("{}", now.why);
                }
                sleep(LOOK_EVERY).await;
            }
            Err(fault) => return Err(fault.into()),
        }
    }
}

/// Waits until nobody else works.
async fn stand_by(
    config: &Config,
    database: &Database,
    clock: &SharedClock,
    began: ProcessStart,
    waiting: &watch::Sender<Waiting>,
    mut stop: watch::Receiver<bool>,
) -> Result<Option<Lease>, RunError> {
    let holder = holder(config);
    let mut serving = None;
    let taken = loop {
        let (asked, ours) = (database.clone(), holder.clone());
        let taken = spawn_blocking(move || asked.prepare().and_then(|()| Lease::take(&asked, &ours))).await;
        let now = match taken.expect("asking doesn't panic") {
            Ok(Taken::Ours(lease)) => break Some(lease),
            Ok(Taken::Theirs(other)) => Waiting { is_well: true, why: format!("standing by: {} works", other.name) },
            Err(why) if why.may_pass() => Waiting { is_well: false, why: format!("waiting for the database: {why}") },
            Err(why) => return Err(StoreFault::from(why).into()),
        };
        if is_news(waiting, &now) {
            tracing::info!("{}", now.why);
        }
        if serving.is_none() {
            let doors = Arc::new(Doors::of_bots(config.bots.iter().map(BotConfig::id)));
            let shown = Shown { waiting: waiting.subscribe(), doors, began };
            serving = Some(Serving::begin(config, database, clock, shown, stop.clone()).await?);
        }
        tokio::select! {
            () = sleep(LOOK_EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => {
                service::stops();
                break None;
            }
        }
    };
    // The addresses are needed by what comes now.
    if let Some(serving) = serving {
        serving.end().await;
    }
    Ok(taken)
}

/// Notes what is waited for, and whether it was something else before.
fn is_news(waiting: &watch::Sender<Waiting>, now: &Waiting) -> bool {
    waiting.send_if_modified(|before| {
        let is_news = before != now;
        before.clone_from(now);
        is_news
    })
}

/// What a replica does for the one that works, and shows of itself.
struct Serving {
    servers: Vec<JoinHandle<()>>,
    stop: watch::Sender<bool>,
    /// Handing on, a task for each bot, and one that follows the register.
    carrying: JoinSet<()>,
}

impl Serving {
    /// Serves at the addresses that there are.
    async fn begin(
        config: &Config,
        database: &Database,
        clock: &SharedClock,
        shown: Shown,
        stop: watch::Receiver<bool>,
    ) -> Result<Self, RunError> {
        let doors = shown.doors.clone();
        let (end, ended) = watch::channel(false);
        let mut serving = Self { servers: Vec::new(), stop: end, carrying: JoinSet::new() };
        if let Some(address) = config.metrics {
            let listener = web::listen("METRICS_ADDR", address).await?;
            serving.servers.push(web::serve(listener, web::standby::status_routes(shown), ended.clone()));
        }
        let Some(address) = config.web else { return Ok(serving) };
        let listener = web::listen("WEB_ADDR", address).await?;
        if let Some(secret) = config.webhook.as_ref().and_then(|webhook| webhook.secret.clone()) {
            let (register, follow) = telegram::follow_register(config.home());
            serving.carrying.spawn(follow);
            let to = HandOnTo { inbox: postgres::Inbox::new(database.clone()), register, clock: clock.clone() };
            for bot in config.bots.iter().map(|bot| super::our_bot(bot, config)) {
                let (bot, rules) = (bot?, config.rules());
                let rules = Rules { bot: bot.id(), ..rules };
                serving.carrying.spawn(carry(bot, rules, doors.clone(), secret.clone(), to.clone(), stop.clone()));
            }
        }
        serving.servers.push(web::serve(listener, web::standby::routes(doors, database.clone()), ended));
        tracing::info!(%address, "serving for the replica that works");
        Ok(serving)
    }

    /// Requests that came before are answered.
    async fn end(mut self) {
        self.stop.send_replace(true);
        for server in self.servers {
            web::finish(server).await;
        }
        self.carrying.shutdown().await;
    }
}

/// Takes a bot's deliveries and hands them on.
async fn carry(
    bot: OurBot,
    rules: Rules,
    doors: Arc<Doors>,
    secret: secrecy::SecretString,
    to: HandOnTo,
    stop: watch::Receiver<bool>,
) {
    let Some(me) = who_am_i(&bot, stop).await.named() else { return };
    let (door, carrying) = telegram::hand_on(rules, me.username, to);
    doors.open(bot.id(), secret, door);
    carrying.await;
}

/// Ends the process once another replica may work in its place.
pub(super) async fn guard(context: Arc<Context>) {
    context.store.is_taken_over().await;
    context.give_up(&DatabaseFault::Fenced.into());
}

/// A name that no other process has, and where others reach it.
fn holder(config: &Config) -> Holder {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).expect("every system that we run on has a random generator");
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = host.trim();
    let address = config.web.map(|address| reachable(address, host)).unwrap_or_default();
    Holder { name: format!("{host}-{}-{:08x}", std::process::id(), u64::from_ne_bytes(bytes)), address }
}

/// What is served everywhere is reached by the machine's name.
fn reachable(address: SocketAddr, host: &str) -> String {
    let is_everywhere = match address.ip() {
        IpAddr::V4(ip) => ip.is_unspecified(),
        IpAddr::V6(ip) => ip.is_unspecified(),
    };
    if is_everywhere { format!("{host}:{}", address.port()) } else { address.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_served_everywhere_is_reached_by_name() {
        let of = |address: &str| reachable(address.parse().expect("an address"), "north");
        assert_eq!(of("0.0.0.0:8080"), "north:8080");
        assert_eq!(of("[::]:80"), "north:80");
        assert_eq!(of("10.0.0.5:8080"), "10.0.0.5:8080");
    }
}
