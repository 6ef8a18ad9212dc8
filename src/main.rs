//! The `rollcall` command.

use std::{process::ExitCode, sync::Arc};

fn main() -> ExitCode {
    rollcall::cli::main(std::env::args_os(), Arc::new(rollcall::clock::SystemClock))
}
