//! A test that made a bot call what Telegram doesn't know fails, even if it forgets to ask.

use std::sync::{Arc, atomic::Ordering};

use crate::{Sim, sim::Shared};

/// Lives as long as any handle of its simulator.
#[derive(Debug)]
pub(crate) struct Judge(Arc<Shared>);

impl Judge {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        if std::thread::panicking() || self.0.lenient.load(Ordering::Relaxed) {
            return;
        }
        let violations = self.0.world().violations.clone();
        assert!(violations.is_empty(), "calls that Telegram doesn't know: {violations:#?}");
    }
}

impl Sim {
    /// Calls that Telegram doesn't know won't fail this test when its last handle goes.
    pub fn allow_violations(&self) {
        self.shared.lenient.store(true, Ordering::Relaxed);
    }
}
