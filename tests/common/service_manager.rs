//! What a service manager is told over its socket.

use std::{os::unix::net::UnixDatagram, path::PathBuf, time::Duration};

use tempfile::TempDir;

/// A service manager that listens.
pub(crate) struct Manager {
    dir: TempDir,
    socket: UnixDatagram,
}

impl Manager {
    pub(crate) fn new() -> Self {
        let dir = TempDir::new().expect("a directory");
        let socket = UnixDatagram::bind(dir.path().join("notify")).expect("a socket");
        socket.set_read_timeout(Some(Duration::from_secs(30))).expect("a time");
        Self { dir, socket }
    }

    /// What a process finds in its environment that is to tell this one, and to be alive every 300 ms.
    pub(crate) fn settings(&self) -> [(&'static str, PathBuf); 2] {
        [("NOTIFY_SOCKET", self.dir.path().join("notify")), ("WATCHDOG_USEC", PathBuf::from("300000"))]
    }

    /// Whether nobody has said anything so far.
    pub(crate) fn heard_nothing(&self) -> bool {
        self.socket.set_nonblocking(true).expect("works");
        self.socket.recv(&mut [0; 100]).is_err()
    }

    /// Everything up to the message that is waited for.
    pub(crate) fn hears(&self, wanted: &str) -> Vec<String> {
        let mut heard = Vec::new();
        loop {
            let mut bytes = [0; 4096];
            let n = self.socket.recv(&mut bytes).unwrap_or_else(|why| panic!("{why}; waited for {wanted}, heard {heard:?}"));
            heard.extend(String::from_utf8_lossy(&bytes[..n]).lines().map(str::to_owned));
            if heard.iter().any(|line| line == wanted) {
                return heard;
            }
        }
    }
}
