//! The only place that reads the time. Everything else is told.

use std::{fmt::Debug, sync::Arc};

use chrono::{DateTime, Utc};

/// A source of the time of day.
pub trait Clock: Debug + Send + Sync + 'static {
    /// Now.
    fn now(&self) -> DateTime<Utc>;
}

/// A shared clock.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one door to the time")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}
