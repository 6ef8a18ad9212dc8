//! Keeps house beside the receiving: checkpoints, orders from a terminal, warnings, old exports.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, NaiveDate, TimeDelta, Timelike, Utc};
use tokio::time::MissedTickBehavior;

use super::alive::Alive;
use crate::{
    admin::Desk,
    alerts::{self, Limits},
    config::Config,
    domain::{
        change::Outcome,
        day::{DaySink, Hours},
        ids::{ChatId, TeacherId},
        period::Period,
        tally::Tally,
    },
    exports, health,
    mtproto::{Line, called},
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
/// After the start: what waited at Telegram is counted before silence is spoken of.
const CATCHING_UP: TimeDelta = TimeDelta::minutes(15);
/// For one turn of the loop, with a checkpoint of a large directory on a slow disk.
const PATIENCE: Duration = Duration::from_secs(600);

/// Keeps house: checkpoints, orders from a terminal, warnings, old exports.
pub(super) async fn keep(link: Arc<Link>, config: Config, limits: Limits, alive: Alive, sees_all: bool, line: Line) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut files = Files::new(&link);
    let mut watch = Watch::new(&link, &config, limits, alive, sees_all, line);
    loop {
        link.vitals.keeper.promise(PATIENCE);
        tick.tick().await;
        files.look(&link, config.checkpoint_every).await;
        if let Err(fault) = dropbox::serve(&link.store, link.rules.zone, link.clock.now()).await {
            tracing::error!(%fault, "an order from the terminal waits");
        }
        if let Err(fault) = watch.look(&link) {
            link.give_up(&fault);
        }
        // Whoever decided something outside an update waits for it to leave.
        if let Err(fault) = link.store.flush().await
            && !fault.may_heal()
        {
            link.give_up(&fault);
        }
    }
}

/// Brings the files up to date when it is quiet, or after a while.
struct Files {
    last_checkpoint: Instant,
    last_commit: Option<DateTime<Utc>>,
    quiet_since: Instant,
}

impl Files {
    fn new(link: &Link) -> Self {
        Self { last_checkpoint: Instant::now(), last_commit: link.store.last_commit(), quiet_since: Instant::now() }
    }

    async fn look(&mut self, link: &Link, at_least_every: Duration) {
        let last_commit = link.store.last_commit();
        if last_commit != self.last_commit {
            self.last_commit = last_commit;
            self.quiet_since = Instant::now();
        }
        let is_due = self.quiet_since.elapsed() >= QUIET || self.last_checkpoint.elapsed() >= at_least_every;
        if !link.store.is_dirty() || !is_due {
            return;
        }
        self.last_checkpoint = Instant::now();
        if let Err(fault) = link.store.checkpoint().await {
            tracing::error!(%fault, "a checkpoint failed; the journal keeps everything");
            if !fault.may_heal() {
                link.give_up(&fault);
            }
        }
    }
}

/// Looks out for what admins are to be told, and for old exports.
struct Watch<'a> {
    config: &'a Config,
    limits: Limits,
    sees_all: bool,
    alive: Alive,
    line: Line,
    began: DateTime<Utc>,
    /// Until when something may have been counted before this run.
    counted_before: DateTime<Utc>,
    last_round: Option<Instant>,
}

impl<'a> Watch<'a> {
    fn new(link: &Link, config: &'a Config, limits: Limits, alive: Alive, sees_all: bool, line: Line) -> Self {
        let (began, counted_before) = (link.clock.now(), counted_before(link));
        Self { config, limits, sees_all, alive, line, began, counted_before, last_round: None }
    }

    fn look(&mut self, link: &Link) -> Result<(), StoreFault> {
        let now = link.clock.now();
        if health::judge(&link.vitals.facts(&link.store, now)).is_ok() {
            let worked_before = self.alive.note(now);
            decide(link, |desk| alerts::back(desk, &self.limits, worked_before))?;
        }
        let (state, account) = (self.line.state(), self.line.account());
        decide(link, |desk| alerts::session::judge(desk, &state, account.as_ref().map(called).as_deref()))?;
        if let Some(silence) = &self.config.silence {
            let counted = link.vitals.updates.last_counted();
            let before = if now - self.began < CATCHING_UP { now } else { self.counted_before };
            decide(link, |desk| alerts::silence::judge(desk, silence, counted, before))?;
        }
        if self.last_round.is_some_and(|at| at.elapsed() < ROUND) {
            return Ok(());
        }
        self.last_round = Some(Instant::now());
        let free = exports::free_megabytes(link.store.dir());
        decide(link, |desk| alerts::now_and_then(desk, &self.limits, free, self.sees_all))?;
        let pruned = exports::prune(&self.config.export_dir, self.config.export_keep_days, now);
        if pruned > 0 {
            tracing::info!(pruned, "old reports were deleted");
        }
        Ok(())
    }
}

/// The end of the last hour of today in which something was counted, or the day's beginning.
fn counted_before(link: &Link) -> DateTime<Utc> {
    let now = link.clock.now();
    let local = now.with_timezone(&link.rules.zone);
    let today = local.date_naive();
    let mut newest = NewestHour(None);
    let shown = Period::new(today, today).map(|today| link.store.show_days(today, &mut newest));
    if !matches!(shown, Ok(Ok(()))) {
        tracing::warn!("what was counted today can't be read; silence is measured from now on");
        return now;
    }
    let hours = newest.0.map_or(0, |hour| hour + 1);
    let into_the_day = TimeDelta::seconds(i64::from(local.num_seconds_from_midnight()));
    (now - into_the_day + TimeDelta::hours(hours)).min(now)
}

struct NewestHour(Option<i64>);

impl DaySink for NewestHour {
    fn cell(&mut self, _: NaiveDate, _: ChatId, _: TeacherId, _: &Tally) {}

    fn hours(&mut self, _: NaiveDate, _: ChatId, _: TeacherId, hours: &Hours) {
        let newest = hours.iter().rposition(|n| *n > 0).and_then(|hour| i64::try_from(hour).ok());
        self.0 = self.0.max(newest);
    }
}

/// Decides about something that no update is the cause of.
fn decide(link: &Link, decide: impl FnOnce(&Desk<'_>) -> Outcome) -> Result<(), StoreFault> {
    let now = link.clock.now();
    link.store.decide(&[], |state| decide(&Desk { state, rules: &link.rules, now }))
}
