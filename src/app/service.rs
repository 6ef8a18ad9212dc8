//! What a service manager is told (`sd_notify`): that we are ready, how it goes, that we are alive, that we stop.
//! Without one, or on another system, all of this does nothing.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{
    telegram::{are_alive, judge},
    web::{standby::Waiting, status::Watched},
};

/// Whoever starts us waits for "ready". A wrong token is found out before; that Telegram can't be reached is no failure of
/// ours, and no restart mends it: then we are ready, and go on trying.
const READY_AFTER: Duration = Duration::from_secs(15);
/// Between looks.
const LOOK: Duration = Duration::from_secs(5);

/// Tells how it goes until it is time to stop.
pub(super) async fn report(watched: Arc<Watched>, mut stop: watch::Receiver<bool>) {
    tokio::select! {
        () = go_on_reporting(&watched) => {}
        _ = stop.wait_for(|stop| *stop) => notify::stopping(),
    }
}

/// Tells what a replica waits for that stands by, from the first news of it on, until it is given up.
pub(super) async fn tell_of_waiting(mut waiting: watch::Receiver<Waiting>) {
    if waiting.changed().await.is_ok() {
        // It does all that there is to do for it.
        notify::ready();
        // A database that says nothing for a minute keeps it waiting, and no restart mends that.
        go_on_telling(|| (true, waiting.borrow().why.clone())).await;
    }
}

/// It is time to stop before there was anything else to do.
pub(super) fn stops() {
    notify::stopping();
}

async fn go_on_reporting(watched: &Watched) {
    let all_receive = async {
        for bot in &watched.bots {
            let mut receiving = bot.vitals.receiving.subscribe();
            let _ = receiving.wait_for(|receiving| receiving.is_open || receiving.is_revoked).await;
        }
    };
    let _ = tokio::time::timeout(READY_AFTER, all_receive).await;
    if watched.bots.iter().all(|bot| bot.vitals.is_revoked()) {
        // Ending.
        return;
    }
    notify::ready();
    let (bots, context) = (&watched.bots, &watched.context);
    go_on_telling(|| (are_alive(bots, context), judge(bots, context).map_or_else(|why| why, str::to_owned))).await;
}

/// Tells whether it is alive, and what it does where that is news.
async fn go_on_telling(how: impl Fn() -> (bool, String)) {
    // Three times in the time that is given, so that one late turn does no harm.
    let watchdog = notify::watchdog().map(|time| time / 3);
    let mut tick = tokio::time::interval(watchdog.map_or(LOOK, |time| time.min(LOOK)));
    let mut said = String::new();
    loop {
        tick.tick().await;
        let (is_alive, status) = how();
        if status != said {
            notify::status(&status);
            said = status;
        }
        if watchdog.is_some() && is_alive {
            notify::alive();
        }
    }
}

#[cfg(unix)]
mod notify {
    use std::time::Duration;

    use sd_notify::NotifyState;

    pub(super) fn ready() {
        send(NotifyState::Ready);
    }

    pub(super) fn alive() {
        send(NotifyState::Watchdog);
    }

    pub(super) fn status(text: &str) {
        send(NotifyState::Status(text));
    }

    pub(super) fn stopping() {
        send(NotifyState::Stopping);
    }

    /// How long the service manager waits for a sign of life.
    pub(super) fn watchdog() -> Option<Duration> {
        sd_notify::watchdog_enabled()
    }

    fn send(state: NotifyState<'_>) {
        if let Err(why) = sd_notify::notify(&[state]) {
            tracing::debug!(%why, "the service manager can't be told");
        }
    }
}

#[cfg(not(unix))]
mod notify {
    use std::time::Duration;

    pub(super) fn ready() {}
    pub(super) fn alive() {}
    pub(super) fn status(_: &str) {}
    pub(super) fn stopping() {}
    pub(super) fn watchdog() -> Option<Duration> {
        None
    }
}
