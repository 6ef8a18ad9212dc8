//! Communities: channels that refer to each other more than to the rest. Louvain's method, on weights without direction; afterwards a
//! community that falls apart is split, which Louvain alone doesn't promise. The seed decides the order in which nodes are tried.

use rustc_hash::FxHashMap;

use super::random::Random;

/// Improvements below this are noise of the arithmetic.
const WORTH_IT: f64 = 1e-9;

/// A graph as neighbours and weights.
struct Level {
    neighbours: Vec<Vec<(usize, f64)>>,
    /// The weight of edges within a node that stands for several.
    inner: Vec<f64>,
    /// Twice the weight of all edges.
    total: f64,
}

impl Level {
    fn new(size: usize, edges: &[(usize, usize, f64)]) -> Self {
        let mut level = Self { neighbours: vec![Vec::new(); size], inner: vec![0.0; size], total: 0.0 };
        for &(a, b, weight) in edges {
            level.total += 2.0 * weight;
            if a == b {
                level.inner[a] += 2.0 * weight;
            } else {
                level.neighbours[a].push((b, weight));
                level.neighbours[b].push((a, weight));
            }
        }
        level
    }

    fn strength(&self, node: usize) -> f64 {
        self.inner[node] + self.neighbours[node].iter().map(|(_, weight)| weight).sum::<f64>()
    }

    /// Moves single nodes while that improves modularity. Whether any was moved.
    fn improve(&self, of: &mut [usize], random: &mut Random) -> bool {
        let size = self.neighbours.len();
        let strengths: Vec<_> = (0..size).map(|node| self.strength(node)).collect();
        let mut sums = vec![0.0; size];
        (0..size).for_each(|node| sums[of[node]] += strengths[node]);
        let mut order: Vec<_> = (0..size).collect();
        random.shuffle(&mut order);
        let (mut moved_any, mut to, mut touched) = (false, vec![0.0; size], Vec::new());
        loop {
            let mut moved = false;
            for &node in &order {
                let own = of[node];
                for &(other, weight) in &self.neighbours[node] {
                    if to[of[other]] == 0.0 {
                        touched.push(of[other]);
                    }
                    to[of[other]] += weight;
                }
                sums[own] -= strengths[node];
                let gain = |community: usize| to[community] - strengths[node] * sums[community] / self.total;
                let (mut best, mut most) = (own, gain(own) + WORTH_IT);
                for &community in &touched {
                    if gain(community) > most {
                        (best, most) = (community, gain(community));
                    }
                }
                sums[best] += strengths[node];
                of[node] = best;
                moved |= best != own;
                touched.drain(..).for_each(|community| to[community] = 0.0);
            }
            if !moved {
                return moved_any;
            }
            moved_any = true;
        }
    }
}

/// The community of each node, numbered from 0 by size.
pub(crate) fn communities(size: usize, edges: &[(usize, usize, f64)], seed: u64) -> Vec<usize> {
    let mut random = Random::new(seed);
    let mut of: Vec<usize> = (0..size).collect();
    let (mut level, mut current) = (Level::new(size, edges), edges.to_vec());
    loop {
        let mut moved: Vec<usize> = (0..level.neighbours.len()).collect();
        if level.total == 0.0 || !level.improve(&mut moved, &mut random) {
            break;
        }
        let count = renumber(&mut moved);
        of.iter_mut().for_each(|community| *community = moved[*community]);
        current = merged(&current, &moved);
        level = Level::new(count, &current);
    }
    split(&mut of, edges);
    by_size(&of)
}

/// Numbers without gaps, in the order of first appearance. How many there are.
fn renumber(of: &mut [usize]) -> usize {
    let mut numbers = FxHashMap::default();
    for community in of {
        let next = numbers.len();
        *community = *numbers.entry(*community).or_insert(next);
    }
    numbers.len()
}

/// Communities become nodes.
fn merged(edges: &[(usize, usize, f64)], of: &[usize]) -> Vec<(usize, usize, f64)> {
    let mut sums: FxHashMap<(usize, usize), f64> = FxHashMap::default();
    for &(a, b, weight) in edges {
        let (a, b) = (of[a], of[b]);
        *sums.entry((a.min(b), a.max(b))).or_default() += weight;
    }
    let mut merged: Vec<_> = sums.into_iter().map(|((a, b), weight)| (a, b, weight)).collect();
    merged.sort_by_key(|(a, b, _)| (*a, *b));
    merged
}

/// Gives each part of a community that hangs together a number of its own.
fn split(of: &mut [usize], edges: &[(usize, usize, f64)]) {
    let mut parent: Vec<usize> = (0..of.len()).collect();
    fn root(parent: &mut [usize], mut node: usize) -> usize {
        while parent[node] != node {
            parent[node] = parent[parent[node]];
            node = parent[node];
        }
        node
    }
    for &(a, b, _) in edges.iter().filter(|(a, b, _)| of[*a] == of[*b]) {
        let (a, b) = (root(&mut parent, a), root(&mut parent, b));
        parent[a.max(b)] = a.min(b);
    }
    of.iter_mut().enumerate().for_each(|(node, community)| *community = root(&mut parent, node));
}

/// The largest is 0; of two with the same size the one with the first node.
fn by_size(of: &[usize]) -> Vec<usize> {
    let mut sizes: FxHashMap<usize, (usize, usize)> = FxHashMap::default();
    for (node, community) in of.iter().enumerate() {
        sizes.entry(*community).or_insert((0, node)).0 += 1;
    }
    let mut order: Vec<_> = sizes.into_iter().collect();
    order.sort_by_key(|(_, (size, first))| (std::cmp::Reverse(*size), *first));
    let numbers: FxHashMap<_, _> = order.into_iter().enumerate().map(|(number, (community, _))| (community, number)).collect();
    of.iter().map(|community| numbers[community]).collect()
}

/// How much more of the weight lies within communities than chance would put there.
pub(crate) fn modularity(edges: &[(usize, usize, f64)], of: &[usize]) -> f64 {
    let (mut inside, mut strengths, mut total) = (0.0, FxHashMap::<usize, f64>::default(), 0.0);
    for &(a, b, weight) in edges {
        total += 2.0 * weight;
        inside += if of[a] == of[b] { 2.0 * weight } else { 0.0 };
        *strengths.entry(of[a]).or_default() += weight;
        *strengths.entry(of[b]).or_default() += weight;
    }
    if total == 0.0 {
        return 0.0;
    }
    let mut strengths: Vec<_> = strengths.into_values().collect();
    strengths.sort_by(f64::total_cmp);
    inside / total - strengths.into_iter().map(|sum| (sum / total).powi(2)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn cliques(count: usize, size: usize) -> Vec<(usize, usize, f64)> {
        let mut edges = Vec::new();
        for clique in 0..count {
            let first = clique * size;
            edges.extend((0..size).flat_map(|a| (a + 1..size).map(move |b| (first + a, first + b, 1.0))));
            edges.push((first, (first + size) % (count * size), 1.0));
        }
        edges
    }

    #[test]
    fn cliques_are_communities() {
        let found = communities(40, &cliques(8, 5), 1);
        let together: BTreeSet<_> = (0..8).map(|clique| found[clique * 5..clique * 5 + 5].to_vec()).collect();
        assert_eq!(together.len(), 8);
        assert!(together.iter().all(|members| members.iter().all(|one| *one == members[0])), "{found:?}");
    }

    #[test]
    fn without_edges_everyone_is_alone() {
        assert_eq!(communities(3, &[], 1), [0, 1, 2]);
        assert_eq!(communities(0, &[], 1), [0; 0]);
    }

    prop_compose! {
        fn graphs()(size in 2..40_usize)(
            size in Just(size),
            edges in proptest::collection::btree_map((0..size, 0..size), 1..50_u32, 0..150),
        ) -> (usize, Vec<(usize, usize, f64)>) {
            (size, edges.into_iter().filter(|((a, b), _)| a < b).map(|((a, b), weight)| (a, b, f64::from(weight))).collect())
        }
    }

    proptest! {
        #[test]
        fn communities_hang_together_and_are_better_than_none((size, edges) in graphs(), seed in 0..5_u64) {
            let found = communities(size, &edges, seed);
            prop_assert_eq!(&found, &communities(size, &edges, seed));
            let alone: Vec<_> = (0..size).collect();
            prop_assert!(modularity(&edges, &found) >= modularity(&edges, &alone) - 1e-9);
            let mut again = found.clone();
            split(&mut again, &edges);
            prop_assert_eq!(by_size(&again), found, "each hangs together, and they are numbered by size");
        }
    }
}
