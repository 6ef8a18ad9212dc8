//! `rollcall channels`: public channels, collected for research.

mod collect;
mod dataset;
mod handed;
mod network;
mod progress;

use std::path::PathBuf;

use clap::Subcommand;
use rollcall_research::Fault;

use super::{Session, bar::Bar, failure::Failure, out};
use crate::clock::SharedClock;

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum ChannelsCommand {
    /// Collect public channels into a folder, from where the last run stopped
    Collect(Box<collect::CollectArgs>),
    /// Sample the counters of collected posts again; notice edits and deletions
    Refresh(collect::RefreshArgs),
    /// Make tables of the posts of collected channels, for spreadsheets and notebooks
    Dataset(dataset::DatasetArgs),
    /// Make the network of who refers to whom: tables, files for Gephi, a picture, a page to explore
    Network(network::NetworkArgs),
}

/// Where it is, and what to do with what is broken.
#[derive(Debug, clap::Args)]
struct FolderArgs {
    /// The folder of a collection
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Write into this folder instead
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Leave channels out whose files are broken, and say which
    #[arg(long)]
    skip_broken: bool,
}

/// Carries the command out. What is made of a folder needs neither settings nor a data directory: a researcher may have no bot.
pub(super) fn run(
    settings: impl FnOnce() -> Result<Session, Failure>,
    command: &ChannelsCommand,
    clock: &SharedClock,
) -> Result<(), Failure> {
    match command {
        ChannelsCommand::Collect(args) => collect::collect_all(&settings()?, args),
        ChannelsCommand::Refresh(args) => collect::refresh_all(&settings()?, args),
        ChannelsCommand::Dataset(args) => dataset::run(args),
        ChannelsCommand::Network(args) => network::run(args, clock),
    }
}

/// So many of something.
fn number(n: impl Into<u64>, one: &str, more: &str) -> String {
    let n = n.into();
    format!("{n} {}", if n == 1 { one } else { more })
}

/// Bytes read, as a bar.
fn progress(bar: &Bar) -> impl FnMut(u64, u64) + use<'_> {
    |done, total| bar.reach(done, total)
}

/// The files for the next program, the rest for the person.
fn told(said: &str, files: &[PathBuf], broken: &[Fault]) -> Result<(), Failure> {
    for why in broken {
        out::talk(&format!("left out: {why}"));
    }
    out::talk(said);
    files.iter().try_for_each(|file| out::data(&file.display().to_string())).map_err(Failure::from)
}
