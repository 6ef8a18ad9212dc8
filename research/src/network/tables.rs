//! `nodes.csv` and `edges.csv`.

use super::{Drawn, xml::moment};
use crate::{references::Kind, table::Table};

const NODES: [&str; 15] = [
    "Id",
    "Label",
    "Title",
    "Participants",
    "Posts",
    "Community",
    "InDegree",
    "OutDegree",
    "WeightedInDegree",
    "WeightedOutDegree",
    "Username",
    "Type",
    "Collected",
    "X",
    "Y",
];

pub(super) fn nodes(drawn: &Drawn) -> Table {
    let row = |at: usize| {
        let (node, degree, [x, y]) = (&drawn.graph.nodes[at], drawn.degrees[at], drawn.places[at]);
        let participants = node.participants.map(|count| count.to_string()).unwrap_or_default();
        let mut row = vec![node.id.clone(), node.label().to_owned(), node.title.clone(), participants, node.posts.to_string()];
        row.push(drawn.communities[at].to_string());
        row.extend([degree.incoming, degree.outgoing, degree.weight_in, degree.weight_out].map(|count| count.to_string()));
        let collected = if node.is_collected { "True" } else { "False" };
        row.extend([node.username.clone().unwrap_or_default(), node.sort.name().to_owned(), collected.to_owned()]);
        row.extend([format!("{x:.3}"), format!("{y:.3}")]);
        row
    };
    Table { header: NODES.map(str::to_owned).to_vec(), rows: (0..drawn.graph.nodes.len()).map(row).collect() }
}

pub(super) fn edges(drawn: &Drawn) -> Table {
    let header =
        ["Source", "Target", "Type", "Weight"].into_iter().chain(Kind::ALL.map(Kind::name)).chain(["first_seen", "last_seen"]);
    let rows = drawn.graph.edges.iter().map(|edge| {
        let id = |at: usize| drawn.graph.nodes[at].id.clone();
        let mut row = vec![id(edge.source), id(edge.target), "Directed".to_owned(), edge.weight().to_string()];
        row.extend(edge.counts.map(|count| count.to_string()));
        let (first, last) = edge.seen.map_or_else(Default::default, |(first, last)| (moment(first), moment(last)));
        row.extend([first, last]);
        row
    });
    Table { header: header.map(str::to_owned).collect(), rows: rows.collect() }
}
