//! Keeps house beside the receiving: checkpoints, orders from a terminal, warnings, old exports.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, NaiveDate, TimeDelta, Timelike, Utc};
use tokio::time::MissedTickBehavior;

use super::alive::Alive;
use crate::{
    alerts::{self, Limits},
    config::Config,
    context::Context,
    domain::{
        change::{Change, Outcome},
        day::{DaySink, Hours},
        ids::{ChatId, TeacherId},
        period::{Period, local_day},
        tally::Tally,
    },
    exports,
    mtproto::called,
    orders::dropbox,
    store::{AddedUp, StoreFault},
    telegram::judge,
    web::status::Watched,
};

/// Between looks at what should be written, warned of, or handed in from a terminal.
const TICK: Duration = Duration::from_secs(1);
/// Quiet for so long: time for a checkpoint.
const QUIET: Duration = Duration::from_secs(2);
/// Files of study time with so many bytes aren't written each time: it would be most of all writing.
const LARGE: u64 = 1_000_000;
/// Between looks at the disk and at silent groups, and at old exports.
const ROUND: Duration = Duration::from_secs(600);
/// Until months are added up that had to wait.
const SOON: Duration = Duration::from_secs(5);
/// After the start: what waited at Telegram is counted before silence is spoken of.
const CATCHING_UP: TimeDelta = TimeDelta::minutes(15);
/// For one turn of the loop, with a checkpoint of a large directory on a slow disk.
const PATIENCE: Duration = Duration::from_secs(600);

/// Keeps house: checkpoints, orders from a terminal, warnings, old exports.
pub(super) async fn keep(watched: Arc<Watched>, config: Arc<Config>, limits: Limits, alive: Alive) {
    let context = watched.context.clone();
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut files = Files::new(&context);
    let mut months = Months::default();
    let mut watch = Watch::new(&watched, &config, limits, alive);
    loop {
        context.keeper.promise(PATIENCE);
        tick.tick().await;
        files.look(&context, config.checkpoint_every).await;
        months.look(&context, config.keep_months).await;
        if let Err(fault) = dropbox::serve(&context.store, context.rules.zone, context.clock.now()).await {
            tracing::error!(%fault, "an order from the terminal waits");
        }
        if let Err(fault) = watch.look() {
            context.give_up(&fault);
        }
        // Whoever decided something outside an update waits for it to leave.
        if let Err(fault) = context.store.flush().await
            && !fault.may_heal()
        {
            context.give_up(&fault);
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
    fn new(context: &Context) -> Self {
        Self { last_checkpoint: Instant::now(), last_commit: context.store.last_commit(), quiet_since: Instant::now() }
    }

    async fn look(&mut self, context: &Context, at_least_every: Duration) {
        let last_commit = context.store.last_commit();
        if last_commit != self.last_commit {
            self.last_commit = last_commit;
            self.quiet_since = Instant::now();
        }
        let is_due = self.quiet_since.elapsed() >= QUIET || self.last_checkpoint.elapsed() >= at_least_every;
        if !is_due || !context.store.is_dirty(LARGE) {
            return;
        }
        self.last_checkpoint = Instant::now();
        if let Err(fault) = context.store.checkpoint_without(LARGE).await {
            tracing::error!(%fault, "a checkpoint failed; the journal keeps everything");
            if !fault.may_heal() {
                context.give_up(&fault);
            }
        }
    }
}

/// Adds up months that are over, and forgets those that nobody wants any more.
#[derive(Default)]
struct Months {
    next_look: Option<Instant>,
}

impl Months {
    async fn look(&mut self, context: &Context, keep: u32) {
        if self.next_look.is_some_and(|at| Instant::now() < at) {
            return;
        }
        let mut pause = ROUND;
        if keep > 0 {
            match context.store.forget_all_but(keep).await {
                Ok(0) => {}
                Ok(files) => tracing::info!(files, months = keep, "what was counted before these months was deleted"),
                Err(fault) => tracing::warn!(%fault, "old counts can't be deleted; they are tried again"),
            }
        }
        match context.store.add_up_months(local_day(context.rules.zone, context.clock.now())).await {
            Ok(AddedUp { months, waiting }) => {
                if months > 0 {
                    tracing::info!(months, "months were added up for reports");
                }
                if waiting > 0 {
                    pause = SOON;
                }
            }
            Err(fault) => tracing::warn!(%fault, "months can't be added up; reports over them take longer"),
        }
        self.next_look = Some(Instant::now() + pause);
    }
}

/// Looks out for what admins are to be told, and for old exports.
struct Watch<'a> {
    watched: &'a Watched,
    config: &'a Config,
    limits: Limits,
    alive: Alive,
    began: DateTime<Utc>,
    /// Until when something may have been counted before this run.
    counted_before: DateTime<Utc>,
    last_round: Option<Instant>,
}

impl<'a> Watch<'a> {
    fn new(watched: &'a Watched, config: &'a Config, limits: Limits, alive: Alive) -> Self {
        let (began, counted_before) = (watched.context.clock.now(), counted_before(&watched.context));
        Self { watched, config, limits, alive, began, counted_before, last_round: None }
    }

    fn look(&mut self) -> Result<(), StoreFault> {
        let Watched { context, bots, line, .. } = self.watched;
        let now = context.clock.now();
        if judge(bots, context).is_ok() {
            let worked_before = self.alive.note(now);
            context.decide(|desk| alerts::back(desk, &self.limits, worked_before))?;
        }
        let (state, account) = (line.state(), line.account());
        context.decide(|desk| alerts::session::judge(desk, &state, account.as_ref().map(called).as_deref()))?;
        if let Some(silence) = &self.config.silence {
            let counted = bots.iter().filter_map(|bot| bot.vitals.updates.last_counted()).max();
            let before = if now - self.began < CATCHING_UP { now } else { self.counted_before };
            context.decide(|desk| alerts::silence::judge(desk, silence, counted, before))?;
        }
        if self.last_round.is_some_and(|at| at.elapsed() < ROUND) {
            return Ok(());
        }
        self.last_round = Some(Instant::now());
        let free = exports::free_megabytes(context.store.dir());
        context.decide(|desk| alerts::now_and_then(desk, &self.limits, free))?;
        context.decide(|desk| Outcome {
            changes: desk.state.commands.outdated(now, desk.today()).into_iter().map(Change::from).collect(),
            work: Vec::new(),
        })?;
        let pruned = exports::prune(&self.config.export_dir, self.config.export_keep_days, now);
        if pruned > 0 {
            tracing::info!(pruned, "old reports were deleted");
        }
        Ok(())
    }
}

/// The end of the last hour of today in which something was counted, or the day's beginning.
fn counted_before(context: &Context) -> DateTime<Utc> {
    let now = context.clock.now();
    let local = now.with_timezone(&context.rules.zone);
    let today = local.date_naive();
    let mut newest = NewestHour(None);
    let shown = Period::new(today, today).map(|today| context.store.show_days(today, &mut newest));
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
