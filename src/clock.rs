//! The only place that reads the time. Everything else is told.

use std::{
    fmt::Debug,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};

/// A source of the time of day.
pub trait Clock: Debug + Send + Sync + 'static {
    /// Now.
    fn now(&self) -> DateTime<Utc>;
}

/// A shared clock.
pub type SharedClock = Arc<dyn Clock>;

/// When the process began.
#[derive(Clone, Copy, Debug)]
pub struct ProcessStart {
    /// The time of day then.
    pub at: DateTime<Utc>,
    instant: Instant,
}

impl ProcessStart {
    /// Now.
    pub fn now(clock: &dyn Clock) -> Self {
        Self { at: clock.now(), instant: Instant::now() }
    }

    /// How long ago that is, whatever was done to the clock since.
    pub fn elapsed(&self) -> Duration {
        self.instant.elapsed()
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one door to the time")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}
