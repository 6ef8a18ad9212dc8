//! Asking Telegram, and waiting as it says.

use std::time::Duration;

use super::source::{Source, Told, Trouble};

/// Asks, and waits for as long as is bearable.
pub(super) struct Asker<'a, S> {
    source: &'a S,
    /// Longer waits are left to the next run.
    patience: Duration,
    tell: &'a mut dyn FnMut(Told),
}

impl<'a, S: Source> Asker<'a, S> {
    pub(super) fn new(source: &'a S, patience: Duration, tell: &'a mut dyn FnMut(Told)) -> Self {
        Self { source, patience, tell }
    }

    pub(super) fn tell(&mut self, told: Told) {
        (self.tell)(told);
    }

    pub(super) async fn ask<T>(&mut self, ask: impl AsyncFn(&S) -> Result<T, Trouble>) -> Result<T, Trouble> {
        loop {
            match ask(self.source).await {
                Err(Trouble::Wait(time)) if time <= self.patience => {
                    (self.tell)(Told::Waits(time));
                    self.source.pause(time).await;
                }
                answered => return answered,
            }
        }
    }
}
