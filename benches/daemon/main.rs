//! The real binary against the simulated Telegram. `cargo bench --bench daemon [-- updates | presses | start | rest] [MESSAGES]`
//!
//! `-- instructions [PROGRAM]` counts what one update costs, and fails when that grew; `-- instructions accept` takes the figure over.
//! `-- order PROGRAM` writes which functions lie side by side. (A program is given by its path, with a `/` in it.)

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

#[cfg(target_os = "linux")]
mod instructions;
#[cfg(target_os = "linux")]
mod order;
#[cfg(target_os = "linux")]
mod presses;
#[cfg(target_os = "linux")]
#[expect(dead_code, reason = "other benches use more of it")]
#[path = "../common/program.rs"]
mod program;
#[cfg(target_os = "linux")]
mod rest;
#[cfg(target_os = "linux")]
#[path = "../common/session.rs"]
mod session;
#[cfg(target_os = "linux")]
mod start;
#[cfg(target_os = "linux")]
mod updates;

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("this bench reads /proc, which only Linux has");
}

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    use std::process::ExitCode;

    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == updates::BARE) {
        updates::bare_dispatcher();
        return ExitCode::SUCCESS;
    }
    let named = |name: &str| arguments.iter().any(|argument| argument == name);
    let program = arguments.iter().find(|argument| argument.contains(std::path::MAIN_SEPARATOR));
    if named("instructions") {
        let program = program.map_or(env!("CARGO_BIN_EXE_rollcall"), String::as_str);
        return if instructions::run(program.as_ref(), named("accept")) { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    if named("order") {
        let Some(program) = program else {
            println!("`-- order PROGRAM`: the path of a program with the names of its functions");
            return ExitCode::FAILURE;
        };
        return order::run(program.as_ref()).map_or_else(
            |why| {
                println!("{why}");
                ExitCode::FAILURE
            },
            |()| ExitCode::SUCCESS,
        );
    }
    let messages = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(200_000);
    let all = !["updates", "presses", "start", "rest"].into_iter().any(named);
    if all || named("updates") {
        updates::run(messages);
    }
    if all || named("presses") {
        presses::run();
    }
    if all || named("start") {
        start::run();
    }
    if all || named("rest") {
        rest::run();
    }
    ExitCode::SUCCESS
}
