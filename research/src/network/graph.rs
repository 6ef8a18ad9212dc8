//! Who refers to whom: a graph of channels, counted post by post.

use rustc_hash::FxHashMap;

use crate::{
    dataset::{Surveyed, millis},
    fault::Fault,
    known::{Chat, Known},
    read::{self, Post},
    references::{Kind, Target, references},
};

/// A channel or group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Node {
    /// The chat's number, or `@name` where nothing else is known.
    pub(crate) id: String,
    pub(crate) username: Option<String>,
    pub(crate) title: String,
    pub(crate) sort: Sort,
    pub(crate) participants: Option<i64>,
    /// Collected posts.
    pub(crate) posts: u64,
    /// Whether its own posts were collected: only then it refers to others.
    pub(crate) is_collected: bool,
}

impl Node {
    /// What is written beside it.
    pub(crate) fn label(&self) -> &str {
        let title = Some(self.title.as_str()).filter(|title| !title.is_empty());
        self.username.as_deref().or(title).unwrap_or(&self.id)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    Channel,
    Group,
    /// A name in a text: it may be a channel, a person, a bot, or nobody any more.
    #[default]
    Unknown,
}

impl Sort {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::Group => "group",
            Self::Unknown => "unknown",
        }
    }
}

/// All references of one channel to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) source: usize,
    pub(crate) target: usize,
    /// Posts, in the order of [`Kind::ALL`].
    pub(crate) counts: [u64; 4],
    /// Of the oldest and the newest of these posts, in seconds since 1970.
    pub(crate) seen: Option<(i64, i64)>,
}

impl Edge {
    pub(crate) fn weight(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// The graph. Nodes and edges are in the order of ids: the same folder gives the same graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
}

/// Incoming and outgoing edges of a node, and their weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Degree {
    pub(crate) incoming: u64,
    pub(crate) outgoing: u64,
    pub(crate) weight_in: u64,
    pub(crate) weight_out: u64,
}

impl Graph {
    pub(crate) fn degrees(&self) -> Vec<Degree> {
        let mut degrees = vec![Degree::default(); self.nodes.len()];
        for edge in &self.edges {
            let (source, weight) = (&mut degrees[edge.source], edge.weight());
            source.outgoing += 1;
            source.weight_out += weight;
            degrees[edge.target].incoming += 1;
            degrees[edge.target].weight_in += weight;
        }
        degrees
    }

    /// The edges without their direction, each pair once: what communities and places are made of.
    pub(crate) fn undirected(&self) -> Vec<(usize, usize, f64)> {
        let mut pairs: FxHashMap<(usize, usize), f64> = FxHashMap::default();
        for edge in &self.edges {
            let pair = (edge.source.min(edge.target), edge.source.max(edge.target));
            *pairs.entry(pair).or_default() += edge.weight() as f64;
        }
        let mut pairs: Vec<_> = pairs.into_iter().map(|((a, b), weight)| (a, b, weight)).collect();
        pairs.sort_by_key(|(a, b, _)| (*a, *b));
        pairs
    }
}

/// What of the references to keep.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sieve {
    pub(crate) kinds: [bool; 4],
    pub(crate) min_weight: u64,
    /// Also names of which nothing is known.
    pub(crate) unknown: bool,
}

/// Reads all posts and makes the graph.
pub(crate) fn build(surveyed: &[Surveyed], known: &Known, sieve: Sieve, progress: &mut dyn FnMut(u64)) -> Result<Graph, Fault> {
    let mut building = Building { known, sieve, nodes: Vec::new(), places: FxHashMap::default(), edges: FxHashMap::default() };
    for one in surveyed {
        building.channel(one, progress)?;
    }
    Ok(building.finish())
}

struct Building<'a> {
    known: &'a Known,
    sieve: Sieve,
    nodes: Vec<Node>,
    places: FxHashMap<String, usize>,
    edges: FxHashMap<(usize, usize), Edge>,
}

impl Building<'_> {
    fn channel(&mut self, one: &Surveyed, progress: &mut dyn FnMut(u64)) -> Result<(), Fault> {
        let about = one.full.at("full_chat");
        let named = &one.channel.name;
        let own = about.at("id").int().and_then(|id| self.known.by_id(id)).or_else(|| self.known.by_name(named));
        let mut own = own.map(|chat| self.chat(chat));
        if let (Some(own), Some(linked)) = (own, about.at("linked_chat_id").int()) {
            self.refer(own, Kind::Linked, &Target::Id(linked), None);
        }
        let Some(path) = &one.channel.posts else { return Ok(()) };
        read::posts(path, |_, post, done| {
            progress(done);
            let own = *own.get_or_insert_with(|| self.author(&post, named));
            self.nodes[own].is_collected = true;
            self.post(own, &post);
            Ok(())
        })
    }

    /// The node of a channel of which only the posts are there.
    fn author(&mut self, post: &Post, name: &str) -> usize {
        let id = post.peer_id.as_ref().and_then(|peer| peer.id());
        let id = id.map_or_else(|| format!("@{}", name.to_lowercase()), |id| id.to_string());
        self.node(&id, || Node { id: id.clone(), username: Some(name.to_owned()), sort: Sort::Channel, ..Node::default() })
    }

    fn post(&mut self, own: usize, post: &Post) {
        if post.kind != "Message" {
            return;
        }
        self.nodes[own].posts += 1;
        let date = post.date.as_deref().and_then(millis).map(|millis| millis / 1000);
        for (kind, target) in references(post) {
            self.refer(own, kind, &target, date);
        }
    }

    fn refer(&mut self, own: usize, kind: Kind, target: &Target, date: Option<i64>) {
        if !self.sieve.kinds[kind as usize] {
            return;
        }
        let Some(target) = self.target(target) else { return };
        if target == own {
            return;
        }
        let edge = self.edges.entry((own, target)).or_insert_with(|| Edge { source: own, target, ..Edge::default() });
        edge.counts[kind as usize] += 1;
        if let Some(date) = date {
            let (first, last) = edge.seen.unwrap_or((date, date));
            edge.seen = Some((first.min(date), last.max(date)));
        }
    }

    fn target(&mut self, target: &Target) -> Option<usize> {
        let found = match target {
            Target::Id(id) => self.known.by_id(*id),
            Target::Name(name) => self.known.by_name(name),
        };
        match (found, target) {
            (Some(chat), _) => Some(self.chat(chat)),
            // Forwards are from channels, whether the server said more of them or not.
            (None, Target::Id(id)) => {
                let id = id.to_string();
                Some(self.node(&id, || Node { id: id.clone(), sort: Sort::Channel, ..Node::default() }))
            }
            (None, Target::Name(name)) if self.sieve.unknown && !self.known.is_person(name) => {
                let id = format!("@{name}");
                Some(self.node(&id, || Node { id: id.clone(), username: Some(name.clone()), ..Node::default() }))
            }
            (None, Target::Name(_)) => None,
        }
    }

    fn chat(&mut self, chat: &Chat) -> usize {
        self.node(&chat.id.to_string(), || Node {
            id: chat.id.to_string(),
            username: chat.username.clone(),
            title: chat.title.clone(),
            sort: if chat.is_group { Sort::Group } else { Sort::Channel },
            participants: chat.participants,
            ..Node::default()
        })
    }

    fn node(&mut self, id: &str, new: impl FnOnce() -> Node) -> usize {
        if let Some(place) = self.places.get(id) {
            return *place;
        }
        self.places.insert(id.to_owned(), self.nodes.len());
        self.nodes.push(new());
        self.nodes.len() - 1
    }

    /// Drops what is below the weight, and who then is alone and wasn't collected; orders the rest by id.
    fn finish(self) -> Graph {
        let edges: Vec<_> = self.edges.into_values().filter(|edge| edge.weight() >= self.sieve.min_weight).collect();
        let mut stays: Vec<_> = self.nodes.iter().map(|node| node.is_collected).collect();
        for edge in &edges {
            stays[edge.source] = true;
            stays[edge.target] = true;
        }
        let mut order: Vec<_> = (0..self.nodes.len()).filter(|place| stays[*place]).collect();
        order.sort_by_key(|place| order_of(&self.nodes[*place].id));
        let mut moved = vec![0; self.nodes.len()];
        order.iter().enumerate().for_each(|(to, from)| moved[*from] = to);
        let nodes = order.iter().map(|place| self.nodes[*place].clone()).collect();
        let mut edges: Vec<_> =
            edges.into_iter().map(|edge| Edge { source: moved[edge.source], target: moved[edge.target], ..edge }).collect();
        edges.sort_by_key(|edge| (edge.source, edge.target));
        Graph { nodes, edges }
    }
}

/// Numbers by size, then names.
fn order_of(id: &str) -> (i64, String) {
    id.parse().map_or_else(|_| (i64::MAX, id.to_owned()), |number| (number, String::new()))
}
