//! `rollcall channels dataset`.

use rollcall_research::{DatasetOptions, dataset};

use super::{FolderArgs, number, progress, told};
use crate::cli::{bar::Bar, failure::Failure};

/// What to make.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct DatasetArgs {
    #[command(flatten)]
    folder: FolderArgs,
    /// Byte for byte what telegram-tracker writes, with its mistakes
    #[arg(long)]
    compat: bool,
    /// Put an apostrophe before cells that a spreadsheet would take for formulas
    #[arg(long, conflicts_with = "compat")]
    defuse: bool,
    /// Also write messages.parquet
    #[arg(long)]
    parquet: bool,
    /// Don't write messages.jsonl, which is about as long as what was collected
    #[arg(long)]
    no_jsonl: bool,
}

pub(super) fn run(args: &DatasetArgs) -> Result<(), Failure> {
    let options = DatasetOptions {
        dir: args.folder.dir.clone(),
        out: args.folder.output.clone(),
        compat: args.compat,
        defuse: args.defuse,
        lines: !args.compat && !args.no_jsonl,
        parquet: args.parquet,
        skip_broken: args.folder.skip_broken,
    };
    let bar = Bar::new("reading");
    let outcome = dataset(&options, &mut progress(&bar)).map_err(|why| Failure::Refused(why.to_string()))?;
    drop(bar);
    let twice = match outcome.twice {
        0 => String::new(),
        count => format!("; {count} stood twice in the files and stand once here"),
    };
    let (posts, channels) = (number(outcome.posts, "post", "posts"), number(outcome.channels as u64, "channel", "channels"));
    let said = format!("{posts} of {channels}{twice}");
    told(&said, &outcome.files, &outcome.broken)
}
