//! `graph.gexf` as the original made it of `collected_chats.csv`: who named whom, without weights, places or dates.

use std::{collections::BTreeSet, fmt::Write as _, path::Path};

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use super::xml::escaped;
use crate::{fault::Fault, table::Table};

/// The file.
pub(super) fn gexf(table: &Table, path: &Path, today: NaiveDate) -> Result<String, Fault> {
    let (nodes, edges) = edges(table).map_err(|why| Fault::Table { path: path.to_owned(), why })?;
    let mut out = String::new();
    let mut put = |line: String| writeln!(out, "{line}").expect("writing to a string succeeds");
    put("<?xml version='1.0' encoding='utf-8'?>".to_owned());
    let schema = "http://www.gexf.net/1.2draft";
    put(format!(
        r#"<gexf xmlns="{schema}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{schema} {schema}/gexf.xsd" version="1.2">"#
    ));
    put(format!(r#"  <meta lastmodifieddate="{today}">"#));
    // What the original's library says of itself: the file is the same to the byte.
    put("    <creator>NetworkX 3.0</creator>\n  </meta>".to_owned());
    put(r#"  <graph defaultedgetype="directed" mode="static" name="">"#.to_owned());
    put("    <nodes>".to_owned());
    for node in &nodes {
        let node = escaped(node);
        put(format!(r#"      <node id="{node}" label="{node}" />"#));
    }
    put("    </nodes>\n    <edges>".to_owned());
    for (id, (source, target)) in edges.iter().enumerate() {
        put(format!(r#"      <edge source="{}" target="{}" id="{id}" />"#, escaped(&nodes[*source]), escaped(&nodes[*target])));
    }
    put("    </edges>\n  </graph>\n</gexf>".to_owned());
    Ok(out)
}

type Edges = (Vec<String>, Vec<(usize, usize)>);

/// Nodes in the order in which edges name them; edges by their source's place, each once.
fn edges(table: &Table) -> Result<Edges, String> {
    let column = |name: &str| table.column(name).ok_or_else(|| format!("there is no column {name}"));
    let (username, source) = (column("username")?, column("source")?);
    let mut targets: Vec<(String, Vec<String>)> = Vec::new();
    for row in &table.rows {
        let names = list(&row[source]).ok_or_else(|| format!("{} is no list of channels", row[source]))?;
        for name in names.into_iter().filter(|name| *name != row[username]) {
            let at = targets.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
                targets.push((name, Vec::new()));
                targets.len() - 1
            });
            targets[at].1.push(row[username].clone());
        }
    }
    let (mut nodes, mut places) = (Vec::new(), FxHashMap::default());
    let mut place = |name: &String| {
        *places.entry(name.clone()).or_insert_with(|| {
            nodes.push(name.clone());
            nodes.len() - 1
        })
    };
    let (mut edges, mut known) = (Vec::new(), BTreeSet::new());
    for (source, of) in &targets {
        for target in of {
            let edge = (place(source), place(target));
            if known.insert(edge) {
                edges.push(edge);
            }
        }
    }
    edges.sort_by_key(|(source, _)| *source);
    Ok((nodes, edges))
}

/// A list of names as Python writes it; usernames need no escapes.
fn list(cell: &str) -> Option<Vec<String>> {
    if cell.is_empty() {
        return Some(Vec::new());
    }
    let inside = cell.trim().strip_prefix('[')?.strip_suffix(']')?.trim();
    let name = |item: &str| {
        let item = item.trim();
        let bare = item.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        bare.or_else(|| item.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'))).map(str::to_owned)
    };
    let mut names = Vec::new();
    for item in inside.split(',').filter(|item| !item.trim().is_empty()) {
        let name = name(item)?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Some(names)
}
