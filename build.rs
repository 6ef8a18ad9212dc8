//! Where the C library can load them, relocations are packed: the program is 1.3 MB smaller, and so is what it keeps in memory.

#![expect(clippy::disallowed_methods, reason = "a build script is told by its environment")]

use std::{env, process::Command};

/// The first glibc that can load packed relocations.
const GLIBC: (u32, u32) = (2, 36);

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let of_target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    let is_native = env::var("HOST") == env::var("TARGET");
    if is_native && of_target("OS") == "linux" && of_target("ENV") == "gnu" && glibc().is_some_and(|found| found >= GLIBC) {
        println!("cargo:rustc-link-arg-bin=rollcall=-Wl,-z,pack-relative-relocs");
    }
}

/// This machine's version, of "glibc 2.41".
fn glibc() -> Option<(u32, u32)> {
    let answer = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let (major, minor) = std::str::from_utf8(&answer.stdout).ok()?.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
