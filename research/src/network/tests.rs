use std::{
    fs,
    path::{Path, PathBuf},
};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::network::graph::{Edge, Node};

fn data(sample: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(sample)
}

fn options(dir: &Path) -> NetworkOptions {
    NetworkOptions {
        dir: dir.to_owned(),
        out: None,
        compat: false,
        kinds: Kind::ALL.to_vec(),
        min_weight: 1,
        unknown: true,
        seed: 1,
        theme: Theme::Light,
        skip_broken: false,
        today: NaiveDate::from_ymd_opt(2026, 11, 20).unwrap(),
    }
}

fn make(sample: &str, change: impl FnOnce(&mut NetworkOptions)) -> (TempDir, NetworkOutcome) {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(&data(sample));
    options.out = Some(folder.path().to_owned());
    change(&mut options);
    let outcome = network(&options, &mut |_, _| {}).unwrap();
    (folder, outcome)
}

fn text(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap()
}

/// The original's file is written to the byte.
#[test]
fn compat_writes_the_original_s_graph() {
    let (folder, _) = make("telegramtrac", |options| options.compat = true);
    assert_eq!(text(&folder, "graph.gexf"), fs::read_to_string(data("telegramtrac").join("graph.gexf")).unwrap());
}

#[test]
fn references_become_tables() {
    let (golden, outcome) = make("telegramtrac", |_| {});
    assert_eq!((outcome.nodes, outcome.edges), (3, 2));
    insta::assert_snapshot!("golden_edges", text(&golden, "edges.csv"));
    let (newest, _) = make("layer230", |_| {});
    insta::assert_snapshot!("newest_nodes", text(&newest, "nodes.csv"));
    insta::assert_snapshot!("newest_edges", text(&newest, "edges.csv"));
    insta::assert_snapshot!("newest_gexf", text(&newest, "network.gexf"));
    insta::assert_snapshot!("newest_graphml", text(&newest, "network.graphml"));
}

#[test]
fn the_same_seed_gives_the_same_files() {
    let (first, outcome) = make("layer230", |options| options.seed = 7);
    let (second, _) = make("layer230", |options| options.seed = 7);
    for file in outcome.files {
        let name = file.file_name().unwrap();
        assert_eq!(fs::read(first.path().join(name)).unwrap(), fs::read(second.path().join(name)).unwrap(), "{name:?}");
    }
}

#[test]
fn filters_leave_out() {
    let (_, forwards) = make("layer230", |options| options.kinds = vec![Kind::Forward]);
    assert_eq!((forwards.nodes, forwards.edges), (2, 1));
    let (_, heavy) = make("layer230", |options| options.min_weight = 100);
    assert_eq!((heavy.nodes, heavy.edges), (1, 0), "who was collected stays");
}

#[test]
fn the_picture_has_its_size() {
    let (folder, _) = make("layer230", |options| options.theme = Theme::Dark);
    let png = fs::read(folder.path().join("network.png")).unwrap();
    let length = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((length(16), length(20)), (1600, 1000));
}

fn drawn(title: &str) -> Drawn {
    let node =
        |id: &str| Node { id: id.to_owned(), title: title.to_owned(), username: Some(title.to_owned()), ..Node::default() };
    let edge = Edge { source: 0, target: 1, counts: [1, 0, 0, 0], seen: Some((0, 86_400)) };
    Drawn::of(Graph { nodes: vec![node("1"), node(title)], edges: vec![edge] }, 1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Titles are whatever people type: no file breaks, and none of it becomes markup.
    #[test]
    fn no_title_breaks_a_file(title in prop_oneof!["\\PC{0,12}", Just("</script><script>alert(1)</script>".to_owned()), any::<String>()]) {
        let drawn = drawn(&title);
        let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        for xml in [xml::gexf(&drawn, today), xml::graphml(&drawn), picture::svg(&drawn, Theme::Light)] {
            prop_assert!(resvg::usvg::roxmltree::Document::parse(&xml).is_ok(), "{}", xml);
        }
        let page = page::page(&drawn);
        let data = page.split_once(r#"id="data">"#).unwrap().1.split_once("</script>").unwrap().0;
        let data: serde_json::Value = serde_json::from_str(data).unwrap();
        prop_assert_eq!(data["nodes"][0][2].as_str().unwrap(), title);
        prop_assert_eq!(page.matches("<script").count(), 2);
    }
}
