//! Keeps house beside the receiving: checkpoints, orders from a terminal, warnings, old exports.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::time::MissedTickBehavior;

use crate::{
    admin::Desk,
    alerts::{self, Limits},
    config::Config,
    domain::change::Outcome,
    exports,
    orders::dropbox,
    store::StoreFault,
    telegram::Link,
};

/// Between looks at what should be written, warned of, or handed in from a terminal.
const TICK: Duration = Duration::from_secs(1);
/// Quiet for so long: time for a checkpoint.
const QUIET: Duration = Duration::from_secs(2);
/// Between looks at the disk and at silent groups, and at old exports.
const ROUND: Duration = Duration::from_secs(600);
/// For one turn of the loop, with a checkpoint of a large directory on a slow disk.
const PATIENCE: Duration = Duration::from_secs(600);

/// Keeps house: checkpoints, orders from a terminal, warnings, old exports.
pub(super) async fn keep(link: Arc<Link>, config: Config, limits: Limits, sees_all: bool) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last_checkpoint = Instant::now();
    let mut last_commit = link.store.last_commit();
    let mut quiet_since = Instant::now();
    let mut last_round: Option<Instant> = None;
    loop {
        link.vitals.keeper.promise(PATIENCE);
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

/// Decides about something that no update is the cause of.
pub(super) fn decide(link: &Link, decide: impl FnOnce(&Desk<'_>) -> Outcome) -> Result<(), StoreFault> {
    let now = link.clock.now();
    link.store.decide(&[], |state| decide(&Desk { state, rules: &link.rules, now }))
}
