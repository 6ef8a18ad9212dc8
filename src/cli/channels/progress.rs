//! How far collecting is, in a terminal: what is new a second, and the time that is left.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::collector::Told;

/// How far it is, on a terminal; elsewhere nothing.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Nothing is shown yet.
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{prefix} {bar:24} {pos}/{len} · {per_sec} · {eta} left {msg}");
        bar.set_style(style.expect("a fixed template").progress_chars("━╸─"));
        Self(bar)
    }

    /// Shows news.
    pub(super) fn tell(&self, told: Told) {
        match told {
            Told::Begins { name, place, of } => {
                self.0.reset();
                self.0.set_prefix(if of == 1 { name } else { format!("{name} ({place} of {of})") });
            }
            Told::Messages { here, of } => {
                self.0.set_message("");
                self.0.set_length(of);
                if self.0.position() == 0 {
                    // What earlier runs brought says nothing about the rate.
                    self.0.reset_eta();
                }
                self.0.set_position(here);
            }
            Told::Comments { done, of } => {
                self.0.set_length(of);
                self.0.set_position(done);
                self.0.set_message("· comments");
            }
            Told::Media { done, of } => {
                self.0.set_length(of);
                self.0.set_position(done);
                self.0.set_message("· files");
            }
            Told::Waits(time) => self.0.set_message(format!("· Telegram asks to wait {} s", time.as_secs())),
            Told::Done { name, new, messages } => self.0.println(format!("{name}: {messages} messages, {new} new")),
            Told::Failed { name, why } => self.0.println(format!("{name}: {why}")),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
