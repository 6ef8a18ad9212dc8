//! The thread that checkpoints run on, one after the other.
//!
//! The C library's allocator keeps freed memory apart by threads. On the runtime's pool each thread would come, in the course
//! of days, to hold the copy and the text of a checkpoint of its own.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{OnceLock, mpsc},
    thread,
};

use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// Begins with the first checkpoint: who only reads needs none.
#[derive(Debug, Default)]
pub(super) struct Checkpointer {
    jobs: OnceLock<mpsc::Sender<Job>>,
}

impl Checkpointer {
    /// Does it there. It is done to its end also when nobody waits for it any more.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let (done, answer) = oneshot::channel();
        let job = move || {
            // Nobody may wait any more.
            drop(done.send(catch_unwind(AssertUnwindSafe(work))));
        };
        self.jobs.get_or_init(begin).send(Box::new(job)).expect("the thread lives as long as the store");
        answer.await.expect("each job answers").unwrap_or_else(|panic| resume_unwind(panic))
    }
}

fn begin() -> mpsc::Sender<Job> {
    let (jobs, ahead) = mpsc::channel::<Job>();
    // It ends when the store is dropped, which is the only one to hold the sender.
    let work = move || ahead.into_iter().for_each(|job| job());
    thread::Builder::new().name("checkpoints".to_owned()).spawn(work).expect("a thread can be started");
    jobs
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn one_thread_does_everything_and_outlives_a_panic() {
        let checkpointer = Checkpointer::default();
        let first = checkpointer.run(|| thread::current().id()).await;
        assert_ne!(first, thread::current().id());
        let failing = checkpointer.run(|| -> u8 { panic!("as a test") });
        assert!(AssertUnwindSafe(failing).catch_unwind().await.is_err());
        assert_eq!(checkpointer.run(|| thread::current().id()).await, first);
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_done_all_the_same() {
        let checkpointer = Checkpointer::default();
        let (told, hears) = mpsc::channel();
        let mut unwanted = Box::pin(checkpointer.run(move || told.send("done")));
        // Begun, and then given up.
        let _ = futures::poll!(unwanted.as_mut());
        drop(unwanted);
        checkpointer.run(|| ()).await;
        assert_eq!(hears.recv(), Ok("done"));
    }
}
