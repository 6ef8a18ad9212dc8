//! `rollcall channels network`.

use clap::ValueEnum;
use rollcall_research::{Kind, NetworkOptions, Theme, network};

use super::{FolderArgs, number, progress, told};
use crate::{
    cli::{bar::Bar, failure::Failure},
    clock::SharedClock,
};

/// What to make.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct NetworkArgs {
    #[command(flatten)]
    folder: FolderArgs,
    /// Also write graph.gexf as telegram-tracker does
    #[arg(long)]
    compat: bool,
    /// Which references count
    #[arg(long, value_enum, value_delimiter = ',', value_name = "KIND,…", default_values_t = Way::value_variants().to_vec())]
    kinds: Vec<Way>,
    /// Leave connections with fewer references out
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_weight: u64,
    /// Leave names out of which nothing is known but that somebody wrote them
    #[arg(long)]
    known_only: bool,
    /// Another number, another order of chance: places and communities change a little
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The picture on dark ground; the page has both
    #[arg(long)]
    dark: bool,
}

/// In what way a channel refers to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Way {
    /// It forwards posts
    Forward,
    /// It writes the @name
    Mention,
    /// It links there
    Link,
    /// It is its discussion group
    Linked,
}

impl From<Way> for Kind {
    fn from(way: Way) -> Self {
        match way {
            Way::Forward => Self::Forward,
            Way::Mention => Self::Mention,
            Way::Link => Self::Link,
            Way::Linked => Self::Linked,
        }
    }
}

pub(super) fn run(args: &NetworkArgs, clock: &SharedClock) -> Result<(), Failure> {
    let options = NetworkOptions {
        dir: args.folder.dir.clone(),
        out: args.folder.output.clone(),
        compat: args.compat,
        kinds: args.kinds.iter().map(|way| Kind::from(*way)).collect(),
        min_weight: args.min_weight,
        unknown: !args.known_only,
        seed: args.seed,
        theme: if args.dark { Theme::Dark } else { Theme::Light },
        skip_broken: args.folder.skip_broken,
        today: clock.now().date_naive(),
    };
    let bar = Bar::new("reading");
    let outcome = network(&options, &mut progress(&bar)).map_err(|why| Failure::Refused(why.to_string()))?;
    drop(bar);
    let said = [
        number(outcome.nodes as u64, "channel", "channels"),
        number(outcome.edges as u64, "connection", "connections"),
        number(outcome.communities as u64, "community", "communities"),
    ];
    let said = format!("{} (modularity {:.2})", said.join(", "), outcome.modularity);
    told(&said, &outcome.files, &outcome.broken)
}
