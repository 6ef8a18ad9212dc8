//! What a job that takes longer than a moment shows whoever waits for it: how far it is, and a button that ends it.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
};

use tokio::sync::Notify;

use super::outbox::Outbox;
use crate::{
    admin::{Order, Press},
    domain::{
        event::Place,
        ids::{ChatId, MessageId, UserId},
        work::{Button, ButtonAction, Buttons},
    },
    text::{
        button::Label,
        task::{self, Task},
    },
};

/// Characters of an answer that grows that are shown. Telegram takes 4096 of its own units, of which one letter may need two.
const LONGEST_WORDS: usize = 1_900;

/// How far a job is. Shared by the job, by what shows it, and by who may stop it.
#[derive(Debug, Default)]
pub(super) struct Progress {
    done: AtomicUsize,
    total: AtomicUsize,
    stopped: AtomicBool,
    stop_asked: Notify,
    finished: Notify,
    /// What there is of an answer.
    words: Mutex<String>,
}

impl Progress {
    /// Of so many steps in all.
    pub(super) fn set_total(&self, total: usize) {
        self.total.store(total, Relaxed);
    }

    /// So many steps are done.
    pub(super) fn reach(&self, done: usize) {
        self.done.store(done, Relaxed);
    }

    /// Asks the job to end early.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Relaxed);
        self.stop_asked.notify_one();
    }

    /// Ends when the job is to end early.
    pub(super) async fn until_stopped(&self) {
        while !self.is_stopped() {
            self.stop_asked.notified().await;
        }
    }

    /// What there is of an answer, as it grows.
    pub(super) fn words(&self) -> MutexGuard<'_, String> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the job is to end early.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Relaxed)
    }

    fn steps(&self) -> (usize, usize) {
        let total = self.total.load(Relaxed);
        (self.done.load(Relaxed).min(total), total)
    }
}

/// Does a job for somebody.
pub(super) async fn watched<T>(outbox: &Outbox, user: UserId, task: Task, job: impl AsyncFnOnce(Arc<Progress>) -> T) -> T {
    let (result, message, progress) = watched_open(outbox, user, task, job).await;
    if let Some(message) = message {
        close(outbox, user, task, message, &progress).await;
    }
    result
}

/// The same, but what was shown stays as it is: the message, where there is one.
pub(super) async fn watched_open<T>(
    outbox: &Outbox,
    user: UserId,
    task: Task,
    job: impl AsyncFnOnce(Arc<Progress>) -> T,
) -> (T, Option<MessageId>, Arc<Progress>) {
    let progress = Arc::new(Progress::default());
    outbox.note_job(user, Some(progress.clone()));
    let done = async {
        let result = job(progress.clone()).await;
        progress.finished.notify_one();
        result
    };
    let (result, message) = futures::join!(done, show(outbox, user, task, &progress));
    outbox.note_job(user, None);
    (result, message, progress)
}

/// One message, changed as the job goes on; none for a job that is quick.
async fn show(outbox: &Outbox, user: UserId, task: Task, progress: &Progress) -> Option<MessageId> {
    let chat = ChatId::private(user);
    let lang = outbox.link().store.read(|state| crate::admin::lang_of(state, &outbox.link().rules, user));
    let mut message: Option<MessageId> = None;
    let mut shown = String::new();
    loop {
        let pause = outbox.services().patience;
        if tokio::time::timeout(pause, progress.finished.notified()).await.is_ok() {
            break;
        }
        let (done, total) = progress.steps();
        let html = match task {
            Task::Answer => task::thinking(&end_of(&progress.words()), lang),
            Task::Groups | Task::Report | Task::Chats => task::under_way(task, done, total, lang),
        };
        let html = html.into_string();
        if html == shown {
            continue;
        }
        let stop = Button { label: Label::Stop.text(lang), action: ButtonAction::Press(Press::Do(Order::StopWork {}).encode()) };
        let buttons = Buttons::Inline(vec![vec![stop]]);
        // What is missed here is shown next time, or not at all: the job doesn't wait for it.
        let tried = match message {
            Some(message) => {
                outbox.try_once(chat, async |wire| wire.edit_message(chat, message, &html, &buttons).await.map(drop)).await
            }
            None => {
                let to = Place { chat, topic: None };
                let sent = outbox.try_once(chat, async |wire| wire.send_message(to, None, &html, &buttons).await).await;
                sent.map(|sent| message = Some(sent.message_id))
            }
        };
        match tried {
            Ok(()) => shown = html,
            Err(error) => tracing::debug!(%error, "progress couldn't be shown"),
        }
    }
    message
}

/// What fits into a message of an answer that grows: its end.
fn end_of(words: &str) -> String {
    let from = words.char_indices().rev().nth(LONGEST_WORDS).map_or(0, |(at, _)| at);
    words[from..].trim().to_owned()
}

/// The last word on a job that was shown.
pub(super) async fn close(outbox: &Outbox, user: UserId, task: Task, message: MessageId, progress: &Progress) {
    let chat = ChatId::private(user);
    let lang = outbox.link().store.read(|state| crate::admin::lang_of(state, &outbox.link().rules, user));
    let (done, total) = progress.steps();
    let html = if progress.is_stopped() { task::stopped(task, done, total, lang) } else { task::finished(lang) };
    let last = outbox.try_once(chat, async |wire| {
        wire.edit_message(chat, message, html.as_str(), &Buttons::Inline(Vec::new())).await.map(drop)
    });
    if let Err(error) = last.await {
        tracing::debug!(%error, "the end of a job couldn't be shown");
    }
}
