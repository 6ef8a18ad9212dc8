//! The graph for other programs: GEXF 1.3 (Gephi), GraphML (everything else).

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, SecondsFormat};

use super::{Drawn, palette};
use crate::references::Kind;

/// Attributes of nodes: name, type, value.
fn node_values(drawn: &Drawn, at: usize) -> [(&'static str, &'static str, String); 11] {
    let (node, degree) = (&drawn.graph.nodes[at], drawn.degrees[at]);
    let number = |count: u64| count.to_string();
    [
        ("title", "string", node.title.clone()),
        ("username", "string", node.username.clone().unwrap_or_default()),
        ("type", "string", node.sort.name().to_owned()),
        ("collected", "boolean", node.is_collected.to_string()),
        ("participants", "long", node.participants.map(|count| count.to_string()).unwrap_or_default()),
        ("posts", "long", number(node.posts)),
        ("community", "integer", drawn.communities[at].to_string()),
        ("in_degree", "long", number(degree.incoming)),
        ("out_degree", "long", number(degree.outgoing)),
        ("weighted_in_degree", "long", number(degree.weight_in)),
        ("weighted_out_degree", "long", number(degree.weight_out)),
    ]
}

fn edge_values(drawn: &Drawn, at: usize) -> [(&'static str, &'static str, String); 6] {
    let edge = &drawn.graph.edges[at];
    let count = |kind: Kind| (kind.name(), "long", edge.counts[kind as usize].to_string());
    let [forwards, mentions, links, linked] = Kind::ALL.map(count);
    let (first, last) = edge.seen.map_or_else(Default::default, |(first, last)| (moment(first), moment(last)));
    [forwards, mentions, links, linked, ("first_seen", "string", first), ("last_seen", "string", last)]
}

/// A time as all tables of the network show it.
pub(super) fn moment(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default()
}

/// Text within XML, without the characters that XML can't hold.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(c),
        }
    }
    out
}

macro_rules! put {
    ($out:expr, $($format:tt)*) => { writeln!($out, $($format)*).expect("writing to a string succeeds") };
}

/// GEXF 1.3, with weights, communities, places, sizes and colours.
pub(super) fn gexf(drawn: &Drawn, today: NaiveDate) -> String {
    let mut out = String::new();
    put!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    put!(out, r#"<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">"#);
    put!(
        out,
        r#"  <meta lastmodifieddate="{today}"><creator>Rollcall</creator><description>References between Telegram channels</description></meta>"#
    );
    put!(out, r#"  <graph defaultedgetype="directed" mode="static">"#);
    let declared = |out: &mut String, class: &str, values: &[(&str, &str, String)]| {
        put!(out, r#"    <attributes class="{class}" mode="static">"#);
        for (name, kind, _) in values {
            put!(out, r#"      <attribute id="{name}" title="{name}" type="{kind}"/>"#);
        }
        put!(out, "    </attributes>");
    };
    let values = |out: &mut String, values: &[(&str, &str, String)]| {
        put!(out, "        <attvalues>");
        for (name, _, value) in values.iter().filter(|(_, _, value)| !value.is_empty()) {
            put!(out, r#"          <attvalue for="{name}" value="{}"/>"#, escaped(value));
        }
        put!(out, "        </attvalues>");
    };
    if !drawn.graph.nodes.is_empty() {
        declared(&mut out, "node", &node_values(drawn, 0));
    }
    if !drawn.graph.edges.is_empty() {
        declared(&mut out, "edge", &edge_values(drawn, 0));
    }
    put!(out, "    <nodes>");
    for (at, node) in drawn.graph.nodes.iter().enumerate() {
        put!(out, r#"      <node id="{}" label="{}">"#, escaped(&node.id), escaped(node.label()));
        values(&mut out, &node_values(drawn, at));
        let ([x, y], (r, g, b)) = (drawn.places[at], palette::rgb(drawn.communities[at]));
        put!(out, r#"        <viz:size value="{:.2}"/>"#, drawn.radius(at));
        put!(out, r#"        <viz:position x="{x:.3}" y="{:.3}" z="0"/>"#, -y);
        put!(out, r#"        <viz:color r="{r}" g="{g}" b="{b}"/>"#);
        put!(out, "      </node>");
    }
    put!(out, "    </nodes>\n    <edges>");
    for (at, edge) in drawn.graph.edges.iter().enumerate() {
        let [source, target] = [edge.source, edge.target].map(|end| escaped(&drawn.graph.nodes[end].id));
        put!(out, r#"      <edge id="{at}" source="{source}" target="{target}" weight="{}">"#, edge.weight());
        values(&mut out, &edge_values(drawn, at));
        put!(out, "      </edge>");
    }
    put!(out, "    </edges>\n  </graph>\n</gexf>");
    out
}

/// GraphML with the same values; places are `x` and `y`.
pub(super) fn graphml(drawn: &Drawn) -> String {
    let mut out = String::new();
    put!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    put!(out, r#"<graphml xmlns="http://graphml.graphdrawing.org/xmlns">"#);
    let key = |out: &mut String, of: &str, name: &str, kind: &str| {
        let kind = if kind == "integer" { "int" } else { kind };
        put!(out, r#"  <key id="{of}_{name}" for="{of}" attr.name="{name}" attr.type="{kind}"/>"#);
    };
    key(&mut out, "node", "label", "string");
    if !drawn.graph.nodes.is_empty() {
        node_values(drawn, 0).iter().for_each(|(name, kind, _)| key(&mut out, "node", name, kind));
    }
    ["x", "y"].iter().for_each(|name| key(&mut out, "node", name, "double"));
    key(&mut out, "edge", "weight", "double");
    if !drawn.graph.edges.is_empty() {
        edge_values(drawn, 0).iter().for_each(|(name, kind, _)| key(&mut out, "edge", name, kind));
    }
    let data = |out: &mut String, of: &str, name: &str, value: &str| {
        if !value.is_empty() {
            put!(out, r#"      <data key="{of}_{name}">{}</data>"#, escaped(value));
        }
    };
    put!(out, r#"  <graph id="channels" edgedefault="directed">"#);
    for (at, node) in drawn.graph.nodes.iter().enumerate() {
        put!(out, r#"    <node id="{}">"#, escaped(&node.id));
        data(&mut out, "node", "label", node.label());
        node_values(drawn, at).iter().for_each(|(name, _, value)| data(&mut out, "node", name, value));
        let [x, y] = drawn.places[at];
        data(&mut out, "node", "x", &format!("{x:.3}"));
        data(&mut out, "node", "y", &format!("{:.3}", -y));
        put!(out, "    </node>");
    }
    for (at, edge) in drawn.graph.edges.iter().enumerate() {
        let [source, target] = [edge.source, edge.target].map(|end| escaped(&drawn.graph.nodes[end].id));
        put!(out, r#"    <edge id="e{at}" source="{source}" target="{target}">"#);
        data(&mut out, "edge", "weight", &edge.weight().to_string());
        edge_values(drawn, at).iter().for_each(|(name, _, value)| data(&mut out, "edge", name, value));
        put!(out, "    </edge>");
    }
    put!(out, "  </graph>\n</graphml>");
    out
}
