//! The graph as a page to explore: one file, nothing from elsewhere, works from a disk.

use serde_json::{Value, json};

use super::{Drawn, palette};

const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = concat!(include_str!("page/words.js"), include_str!("page/page.js"));
const DAY: i64 = 86_400;

/// The page. What channels call themselves is in it as data only.
pub(super) fn page(drawn: &Drawn) -> String {
    let data = data(drawn).to_string();
    // Nothing in a title may end the script or begin a comment.
    let data = data.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    let (before, rest) = PAGE.split_once("/*STYLE*/").expect("the page has a place for its style");
    let (between, rest) = rest.split_once("/*DATA*/").expect("the page has a place for its data");
    let (middle, after) = rest.split_once("/*SCRIPT*/").expect("the page has a place for its script");
    [before, STYLE, between, &data, middle, SCRIPT, after].concat()
}

/// The style and the script that stand in every page of this release, to the byte: a policy that names their hashes lets nothing
/// else in.
pub fn page_blocks() -> [String; 2] {
    [format!("\n{STYLE}\n"), format!("\n{SCRIPT}\n")]
}

/// Short rows: a graph may have hundreds of thousands.
fn data(drawn: &Drawn) -> Value {
    let node = |at: usize| {
        let (node, [x, y]) = (&drawn.graph.nodes[at], drawn.places[at]);
        let round = |at: f64| (at * 10.0).round() / 10.0;
        json!([
            node.id,
            node.label(),
            node.title,
            node.sort.name(),
            node.participants,
            node.posts,
            drawn.communities[at],
            round(x),
            round(y),
            round(drawn.radius(at)),
            u8::from(node.is_collected),
            node.username
        ])
    };
    let edge = |at: usize| {
        let edge = &drawn.graph.edges[at];
        let (first, last) =
            edge.seen.map_or((None, None), |(first, last)| (Some(first.div_euclid(DAY)), Some(last.div_euclid(DAY))));
        let [forwards, mentions, links, linked] = edge.counts;
        json!([edge.source, edge.target, forwards, mentions, links, linked, first, last])
    };
    json!({
        "nodes": (0..drawn.graph.nodes.len()).map(node).collect::<Vec<_>>(),
        "edges": (0..drawn.graph.edges.len()).map(edge).collect::<Vec<_>>(),
        "colours": (0..=palette::COUNT).map(palette::hex).collect::<Vec<_>>(),
    })
}
