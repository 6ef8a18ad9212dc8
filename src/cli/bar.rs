//! How far long work is, in a terminal: a line on standard error that is gone when the work is done. Elsewhere nothing.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Not before: what is quick needs no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// A bar, taken away when dropped.
#[derive(Debug)]
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// "what ━━━━━━ 120/365 · 2s left"
    pub(super) fn new(what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{prefix} {bar:32} {pos}/{len} · {eta} left").expect("a fixed template");
        bar.set_style(style.progress_chars("━╸─"));
        bar.set_prefix(what);
        Self(bar)
    }

    /// So many steps of so many are done.
    pub(super) fn reach(&self, done: u64, total: u64) {
        if self.0.is_hidden() && self.0.elapsed() > PATIENCE {
            self.0.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.0.set_length(total);
        self.0.set_position(done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
