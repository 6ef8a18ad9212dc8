//! Where nodes stand: linked ones draw each other near, all push each other away (after ForceAtlas2, with Barnes and Hut's tree for what
//! is far). The seed decides the start; the rest is arithmetic, so the same graph always looks the same.

use super::{random::Random, tree::Tree};

/// How hard nodes push each other.
const PUSH: f64 = 8.0;
/// How hard all are drawn to the middle, the harder the further out they are: what isn't linked fills a disc instead of fleeing.
const GRAVITY: f64 = 0.15;

/// A place.
pub(crate) type Point = [f64; 2];

/// A place for each node, around the middle.
pub(crate) fn layout(of: &[usize], edges: &[(usize, usize, f64)], seed: u64) -> Vec<Point> {
    let size = of.len();
    // Who has few edges needs room, too.
    let mut masses = vec![2.0; size];
    for &(a, b, _) in edges {
        masses[a] += 1.0;
        masses[b] += 1.0;
    }
    // About where pushing and pulling are in balance.
    let reach = (PUSH * masses.iter().sum::<f64>()).sqrt();
    let mut places = start(of, reach * 0.5, seed);
    let heaviest = edges.iter().map(|edge| edge.2).fold(1.0, f64::max).ln_1p();
    let rounds = rounds(size);
    for round in 0..rounds {
        let forces = forces(&places, &masses, edges, of, heaviest);
        // What a step may be at most falls until nothing moves any more.
        let left = 1.0 - round as f64 / rounds as f64;
        let longest = reach * 0.1 * left * left + 0.01;
        for ((place, force), mass) in places.iter_mut().zip(forces).zip(&masses) {
            let step = [force[0] / mass, force[1] / mass];
            let length = step[0].hypot(step[1]);
            let scale = if length > longest { longest / length } else { 1.0 };
            place[0] += step[0] * scale;
            place[1] += step[1] * scale;
        }
    }
    places
}

/// Small graphs get what they need to come to rest, large ones what is done in seconds.
fn rounds(size: usize) -> usize {
    (2_000_000 / (size + 1)).clamp(120, 600)
}

/// Communities stand around a circle at first.
fn start(of: &[usize], radius: f64, seed: u64) -> Vec<Point> {
    let mut random = Random::new(seed);
    let count = of.iter().max().map_or(1, |most| most + 1) as f64;
    let place = |community: &usize| {
        // The golden angle keeps neighbours in number apart from each other.
        let (turn, out) = (*community as f64 * 2.399_963_229_728_653, ((*community as f64 + 0.5) / count).sqrt() * radius);
        let around = radius * 0.2 + 1.0;
        [out * turn.cos() + around * (random.fraction() - 0.5), out * turn.sin() + around * (random.fraction() - 0.5)]
    };
    of.iter().map(place).collect()
}

fn forces(places: &[Point], masses: &[f64], edges: &[(usize, usize, f64)], of: &[usize], heaviest: f64) -> Vec<Point> {
    let tree = Tree::new(places, masses);
    let mut forces: Vec<_> = places.iter().zip(masses).map(|(place, mass)| tree.push(*place, *mass, PUSH)).collect();
    for (force, (place, mass)) in forces.iter_mut().zip(places.iter().zip(masses)) {
        force[0] -= GRAVITY * mass * place[0];
        force[1] -= GRAVITY * mass * place[1];
    }
    for &(a, b, weight) in edges {
        // A hundred references aren't a hundred times as near; within a community everyone stands closer. More than a half would
        // make two that draw each other swap their places.
        let pull = weight.ln_1p() / heaviest * if of[a] == of[b] { 0.5 } else { 0.15 };
        let (x, y) = (places[b][0] - places[a][0], places[b][1] - places[a][1]);
        forces[a][0] += x * pull;
        forces[a][1] += y * pull;
        forces[b][0] -= x * pull;
        forces[b][1] -= y * pull;
    }
    forces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn distance(a: Point, b: Point) -> f64 {
        (a[0] - b[0]).hypot(a[1] - b[1])
    }

    #[test]
    fn friends_stand_nearer_than_strangers() {
        let clique = |first: usize| (0..6).flat_map(move |a| (a + 1..6).map(move |b| (first + a, first + b, 3.0)));
        let edges: Vec<_> = clique(0).chain(clique(6)).chain([(0, 6, 1.0)]).collect();
        let of: Vec<_> = (0..12).map(|node| node / 6).collect();
        let places = layout(&of, &edges, 3);
        let mean = |pairs: Vec<(usize, usize)>| {
            let count = pairs.len() as f64;
            pairs.into_iter().map(|(a, b)| distance(places[a], places[b])).sum::<f64>() / count
        };
        let friends = mean(edges.iter().filter(|edge| of[edge.0] == of[edge.1]).map(|edge| (edge.0, edge.1)).collect());
        let strangers = mean((0..6).flat_map(|a| (6..12).map(move |b| (a, b))).collect());
        assert!(friends * 1.5 < strangers, "{friends} {strangers}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn every_node_has_a_place_of_its_own(
            size in 0..30_usize,
            ends in proptest::collection::vec((0..30_usize, 0..30_usize, 1..1_000_000_u32), 0..60),
            seed in any::<u64>(),
        ) {
            let edges: Vec<_> = ends.into_iter().filter(|(a, b, _)| a < b && *b < size).map(|(a, b, w)| (a, b, f64::from(w))).collect();
            let of = vec![0; size];
            let places = layout(&of, &edges, seed);
            prop_assert_eq!(&places, &layout(&of, &edges, seed), "the same seed, the same places");
            for (index, place) in places.iter().enumerate() {
                prop_assert!(place[0].is_finite() && place[1].is_finite());
                prop_assert!(places[..index].iter().all(|other| distance(*other, *place) > 1e-9), "two in one place: {:?}", places);
            }
        }
    }
}
