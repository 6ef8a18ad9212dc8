//! Who refers to whom: tables, files for graph programs, a picture, and a page to explore.

mod community;
mod font;
mod graph;
mod labels;
mod layout;
mod legacy;
mod page;
mod palette;
mod picture;
mod random;
mod tables;
mod tree;
mod xml;

use std::{fs, path::PathBuf};

use chrono::NaiveDate;

use crate::{
    dataset::{self, Progress, survey},
    fault::Fault,
    folder::Folder,
    output::Output,
    references::Kind,
    table::Table,
    tables::Tables,
};

pub use self::page::page_blocks;
use self::{
    graph::{Degree, Graph, Sieve},
    layout::Point,
};

/// Of the picture; the page has both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// For paper.
    #[default]
    Light,
    /// For slides.
    Dark,
}

/// What to make of a folder.
#[derive(Clone, Debug)]
pub struct NetworkOptions {
    /// Where the collection lies.
    pub dir: PathBuf,
    /// Where the files go; the same folder if nothing is said.
    pub out: Option<PathBuf>,
    /// Also `graph.gexf`, as the original program made it.
    pub compat: bool,
    /// Which references count.
    pub kinds: Vec<Kind>,
    /// Connections with fewer references are left out.
    pub min_weight: u64,
    /// Also names in texts of which nothing else is known.
    pub unknown: bool,
    /// The same seed gives the same places and communities.
    pub seed: u64,
    /// Of the picture.
    pub theme: Theme,
    /// Channels whose files are broken are left out and told about.
    pub skip_broken: bool,
    /// The date that files for graph programs bear.
    pub today: NaiveDate,
}

/// What was made.
#[derive(Debug, Default)]
pub struct NetworkOutcome {
    /// Channels.
    pub nodes: usize,
    /// Connections.
    pub edges: usize,
    /// Groups of channels that refer to each other more than to the rest.
    pub communities: usize,
    /// How clear these groups are: 0 is chance, above 0.3 is clear.
    pub modularity: f64,
    /// The files, in the order in which they were made.
    pub files: Vec<PathBuf>,
    /// What was left out.
    pub broken: Vec<Fault>,
}

/// Makes the network of a folder. Either all files appear, or none.
pub fn network(options: &NetworkOptions, progress: Progress<'_>) -> Result<NetworkOutcome, Fault> {
    let folder = Folder::open(&options.dir)?;
    let out = options.out.clone().unwrap_or_else(|| folder.dir.clone());
    fs::create_dir_all(&out).map_err(Fault::disk("create", &out))?;
    let total = folder.size() * 2;
    let (surveyed, broken) = survey(folder, options.skip_broken, &mut |done| progress(done, total))?;
    let tables = Tables::open(&options.dir)?;
    let collected_path = tables.of_collection(dataset::COLLECTED)?;
    let collected = collected_path.as_deref().map(Table::read).transpose()?.flatten();
    let known = dataset::known(&surveyed, collected.as_ref());
    let kinds = Kind::ALL.map(|kind| options.kinds.contains(&kind));
    let sieve = Sieve { kinds, min_weight: options.min_weight, unknown: options.unknown };
    let graph = graph::build(&surveyed, &known, sieve, &mut |done| progress(total / 2 + done, total))?;
    let drawn = Drawn::of(graph, options.seed);
    let svg = picture::svg(&drawn, options.theme);
    let mut outputs = Vec::new();
    let mut put = |name: &str, content: &[u8]| Output::whole(&out, name, content).map(|output| outputs.push(output));
    put("nodes.csv", &tables::nodes(&drawn).to_csv())?;
    put("edges.csv", &tables::edges(&drawn).to_csv())?;
    put("network.gexf", xml::gexf(&drawn, options.today).as_bytes())?;
    put("network.graphml", xml::graphml(&drawn).as_bytes())?;
    put("network.svg", svg.as_bytes())?;
    put("network.png", &picture::png(&svg)?)?;
    put("network.html", page::page(&drawn).as_bytes())?;
    if options.compat {
        let table = match collected {
            Some(table) => table,
            None => dataset::legacy_collected(&surveyed)?,
        };
        let path = collected_path.unwrap_or_else(|| options.dir.join(dataset::COLLECTED));
        put("graph.gexf", legacy::gexf(&table, &path, options.today)?.as_bytes())?;
    }
    Ok(NetworkOutcome {
        nodes: drawn.graph.nodes.len(),
        edges: drawn.graph.edges.len(),
        communities: drawn.community_count(),
        modularity: drawn.modularity,
        files: outputs.into_iter().map(Output::finish).collect::<Result<_, _>>()?,
        broken,
    })
}

/// A graph with everything that is needed to show it.
#[derive(Clone, Debug)]
struct Drawn {
    graph: Graph,
    degrees: Vec<Degree>,
    communities: Vec<usize>,
    places: Vec<Point>,
    modularity: f64,
    /// The weight of the references to whoever has most.
    most: u64,
}

impl Drawn {
    fn of(graph: Graph, seed: u64) -> Self {
        let pairs = graph.undirected();
        let communities = community::communities(graph.nodes.len(), &pairs, seed);
        let places = layout::layout(&communities, &pairs, seed);
        let modularity = community::modularity(&pairs, &communities);
        let degrees = graph.degrees();
        let most = degrees.iter().map(|degree| degree.weight_in).max().unwrap_or(0).max(1);
        Self { degrees, communities, places, modularity, most, graph }
    }

    /// Of a circle: its area grows with the references to it.
    fn radius(&self, at: usize) -> f64 {
        4.0 + 20.0 * (self.degrees[at].weight_in as f64 / self.most as f64).sqrt()
    }

    fn collected(&self) -> usize {
        self.graph.nodes.iter().filter(|node| node.is_collected).count()
    }

    fn community_count(&self) -> usize {
        self.communities.iter().max().map_or(0, |most| most + 1)
    }

    /// Of the communities with a colour of their own: the channel most referred to, and how many there are.
    fn hubs(&self) -> Vec<(String, usize)> {
        let of = |community: usize| {
            let members = (0..self.communities.len()).filter(move |at| self.communities[*at] == community);
            let hub = members.clone().max_by_key(|at| (self.degrees[*at].weight_in, std::cmp::Reverse(*at)))?;
            Some((self.graph.nodes[hub].label().to_owned(), members.count()))
        };
        (0..self.community_count().min(palette::COUNT)).filter_map(of).collect()
    }

    /// The days of the oldest and the newest reference.
    fn span(&self) -> Option<(NaiveDate, NaiveDate)> {
        let seen = || self.graph.edges.iter().filter_map(|edge| edge.seen);
        let day = |seconds: i64| chrono::DateTime::from_timestamp(seconds, 0).map(|time| time.date_naive());
        Some((day(seen().map(|seen| seen.0).min()?)?, day(seen().map(|seen| seen.1).max()?)?))
    }
}

#[cfg(test)]
mod tests;
