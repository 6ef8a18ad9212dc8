//! A Python with Telethon, for the tests of all crates: by `#[path]`, as none of them may use another's tests.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Command,
};

/// The Python, below the target folder; made once, whoever comes first.
pub(crate) fn python() -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("telethon");
    let python = home.join("bin/python");
    let lock = File::create(home.with_extension("lock")).expect("a lock below the target folder");
    lock.lock().expect("it can be locked");
    let has_library = Command::new(&python).args(["-c", "import telethon"]).status().is_ok_and(|status| status.success());
    if !has_library {
        succeeds(Command::new("python3").arg("-m").arg("venv").arg(&home));
        succeeds(Command::new(&python).args(["-m", "pip", "install", "--quiet", "telethon>=1.45,<2"]));
    }
    python
}

/// Runs something that has to succeed.
pub(crate) fn succeeds(command: &mut Command) {
    let status = command.status().unwrap_or_else(|why| panic!("{command:?}: {why}"));
    assert!(status.success(), "{command:?}: {status}");
}
