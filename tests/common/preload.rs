//! Libraries that stand between a program and the system's calls.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Makes one of `tests/data/<name>.c`, in this directory.
pub(crate) fn library(name: &str, dir: &Path) -> PathBuf {
    let library = dir.join(name).with_extension("so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name).with_extension("c");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).arg("-ldl").status();
    assert!(built.expect("there is a C compiler").success());
    library
}
