//! The library alone, without the program around it, for measuring and comparing:
//! `cargo run --release -p rollcall-research --example research -- dataset DIR [--compat] [--parquet] [--no-jsonl]`.

use std::{env, path::PathBuf, process::ExitCode};

use rollcall_research::{DatasetOptions, Kind, NetworkOptions, Theme, dataset, network};

#[expect(clippy::print_stderr, reason = "it is a program for a terminal")]
fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let (Some(command), Some(dir)) = (arguments.first(), arguments.get(1).map(PathBuf::from)) else {
        eprintln!("research dataset DIR [--compat] [--parquet] [--no-jsonl]");
        return ExitCode::from(2);
    };
    let done = match command.as_str() {
        "dataset" => {
            let compat = has("--compat");
            let options = DatasetOptions {
                dir,
                compat,
                parquet: has("--parquet"),
                lines: !compat && !has("--no-jsonl"),
                ..DatasetOptions::default()
            };
            dataset(&options, &mut |_, _| {}).map(|outcome| format!("{} posts, {} files", outcome.posts, outcome.files.len()))
        }
        "network" => {
            let options = NetworkOptions {
                dir,
                out: None,
                compat: has("--compat"),
                kinds: Kind::ALL.to_vec(),
                min_weight: 1,
                unknown: true,
                seed: 1,
                theme: if has("--dark") { Theme::Dark } else { Theme::Light },
                skip_broken: false,
                today: chrono::NaiveDate::MIN,
            };
            network(&options, &mut |_, _| {}).map(|done| {
                format!(
                    "{} nodes, {} edges, {} communities, modularity {:.3}",
                    done.nodes, done.edges, done.communities, done.modularity
                )
            })
        }
        _ => Ok(format!("there is no {command}")),
    };
    match done {
        Ok(said) => eprintln!("{said}"),
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
