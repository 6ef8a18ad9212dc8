//! What the daemon says in its log, for tests that wait for a sentence.

use std::{
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

use tokio::sync::watch;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

const PATIENCE: Duration = Duration::from_secs(20);

/// A log in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogBook(Arc<watch::Sender<String>>);

impl LogBook {
    /// What is logged on this thread goes here, until the guard is dropped.
    pub(crate) fn written_here(&self) -> DefaultGuard {
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(self.clone()).finish();
        tracing::subscriber::set_default(subscriber)
    }

    /// All of it.
    pub(crate) fn everything(&self) -> String {
        self.0.borrow().clone()
    }

    /// Waits until these words are in the log, from `from` on (bytes). Where they end.
    pub(crate) async fn says(&self, words: &str, from: usize) -> usize {
        let mut log = self.0.subscribe();
        let said = log.wait_for(|log| log[from..].contains(words));
        let found = tokio::time::timeout(PATIENCE, said).await.map(|log| log.is_ok());
        let log = self.0.borrow();
        assert_eq!(found, Ok(true), "waited in vain for {words:?}; the log: {}", &log[from..]);
        from + log[from..].find(words).expect("it was just there") + words.len()
    }
}

impl<'a> MakeWriter<'a> for LogBook {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Write for LogBook {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send_modify(|log| log.push_str(&String::from_utf8_lossy(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
