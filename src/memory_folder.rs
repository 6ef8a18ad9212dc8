//! For tests that begin anew a thousand times: what they leave behind needn't reach a disk.

use std::path::Path;

use tempfile::TempDir;

/// A temporary folder, in memory where the system has a place for that.
pub(crate) fn new() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
    folder.or_else(|_| TempDir::new()).expect("a folder")
}
