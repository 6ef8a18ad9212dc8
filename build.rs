//! How the program is linked, for less memory.
//!
//! Where the C library can load them, relocations are packed: the program is 1.3 MB smaller, and so is what it keeps in memory. And what
//! a day's work runs lies side by side (`benches/daemon/order.rs`), so that the rest of the program stays on disk.

#![expect(clippy::disallowed_methods, reason = "a build script is told by its environment")]

use std::{env, process::Command};

/// The first glibc that can load packed relocations.
const GLIBC: (u32, u32) = (2, 36);

/// Which functions come first.
const ORDER: &str = "benches/daemon/order.ld";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={ORDER}");
    let of_target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    let is_native = env::var("HOST") == env::var("TARGET");
    if !is_native || of_target("OS") != "linux" || of_target("ENV") != "gnu" {
        return;
    }
    if glibc().is_some_and(|found| found >= GLIBC) {
        println!("cargo:rustc-link-arg-bin=rollcall=-Wl,-z,pack-relative-relocs");
    }
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if is_release && of_target("ARCH") == "x86_64" && has_usual_linker() {
        let here = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        println!("cargo:rustc-link-arg-bin=rollcall=-T{here}/{ORDER}");
    }
}

/// The compiler's own, LLD: others don't read such a file, or lay the rest out worse. Whoever chose one gets the program as that one makes it.
fn has_usual_linker() -> bool {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    env::var_os("RUSTC_LINKER").is_none() && !flags.contains("link")
}

/// This machine's version, of "glibc 2.41".
fn glibc() -> Option<(u32, u32)> {
    let answer = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let (major, minor) = std::str::from_utf8(&answer.stdout).ok()?.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
