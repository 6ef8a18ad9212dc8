//! The simulator's own clock: runs with the machine's, shifted, or stands still until it is moved.

use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};

/// What time it is in the simulated Telegram.
#[derive(Debug)]
pub struct SimClock(Mutex<Mode>);

#[derive(Debug)]
enum Mode {
    Running(TimeDelta),
    Standing(DateTime<Utc>),
}

impl SimClock {
    pub(crate) fn running() -> Self {
        Self(Mutex::new(Mode::Running(TimeDelta::zero())))
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        match *self.mode() {
            Mode::Running(shift) => machine_time() + shift,
            Mode::Standing(at) => at,
        }
    }

    /// Stands still at this moment.
    pub fn set(&self, at: DateTime<Utc>) {
        *self.mode() = Mode::Standing(at);
    }

    /// Moves on.
    pub fn advance(&self, by: TimeDelta) {
        match &mut *self.mode() {
            Mode::Running(shift) => *shift += by,
            Mode::Standing(at) => *at += by,
        }
    }

    fn mode(&self) -> std::sync::MutexGuard<'_, Mode> {
        self.0.lock().expect("nothing panics while holding the clock")
    }
}

#[expect(clippy::disallowed_methods, reason = "the simulator's one door to the machine's time")]
pub(crate) fn machine_time() -> DateTime<Utc> {
    Utc::now()
}
