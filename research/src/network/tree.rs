//! A tree of squares: what is far away pushes as one.

use super::layout::Point;

/// A square whose side is less than this part of its distance counts as one.
const FAR: f64 = 1.1;
/// Deeper squares hold nodes that stand in the same place.
const DEEPEST: u32 = 32;
const NONE: u32 = u32::MAX;

/// One square: where its weight is, how large it is, and its four quarters.
#[derive(Clone, Copy)]
struct Square {
    mass: f64,
    /// The middle of its weight, times the weight.
    sum: Point,
    side: f64,
    quarters: [u32; 4],
}

pub(super) struct Tree {
    squares: Vec<Square>,
}

impl Tree {
    pub(super) fn new(places: &[Point], masses: &[f64]) -> Self {
        let span = |axis: usize| {
            let ends = places.iter().map(|place| place[axis]);
            ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)))
        };
        let (x, y) = (span(0), span(1));
        let side = (x.1 - x.0).max(y.1 - y.0).max(1e-6);
        let mut tree = Self { squares: vec![Square::empty(side)] };
        for (place, mass) in places.iter().zip(masses) {
            tree.add(*place, *mass, [x.0, y.0]);
        }
        tree
    }

    /// Adds a node: down to a square that it has for itself.
    fn add(&mut self, place: Point, mass: f64, mut corner: Point) {
        let mut at = 0;
        for _ in 0..DEEPEST {
            let square = &mut self.squares[at];
            let (was, before) = (square.mass, [square.sum[0] / square.mass.max(1e-300), square.sum[1] / square.mass.max(1e-300)]);
            square.put(place, mass);
            if was == 0.0 {
                return;
            }
            if square.is_leaf() {
                // Who was alone here moves down, too.
                let (side, quarter) = (square.side / 2.0, quarter(before, corner, square.side / 2.0));
                let child = self.child(at, quarter, side);
                self.squares[child].put(before, was);
            }
            let side = self.squares[at].side / 2.0;
            let quarter = quarter(place, corner, side);
            corner = [corner[0] + side * (quarter & 1) as f64, corner[1] + side * (quarter >> 1) as f64];
            at = self.child(at, quarter, side);
        }
        self.squares[at].put(place, mass);
    }

    fn child(&mut self, at: usize, quarter: usize, side: f64) -> usize {
        if self.squares[at].quarters[quarter] == NONE {
            self.squares[at].quarters[quarter] = self.squares.len() as u32;
            self.squares.push(Square::empty(side));
        }
        self.squares[at].quarters[quarter] as usize
    }

    /// The force on a node of this mass: `strength` times both masses, over the distance.
    pub(super) fn push(&self, place: Point, mass: f64, strength: f64) -> Point {
        let (mut force, mut waiting) = ([0.0, 0.0], vec![0_u32]);
        while let Some(at) = waiting.pop() {
            let square = &self.squares[at as usize];
            let (x, y) = (place[0] - square.sum[0] / square.mass, place[1] - square.sum[1] / square.mass);
            let squared = x * x + y * y;
            if square.is_leaf() || square.side * square.side < FAR * FAR * squared {
                // A node doesn't push itself: its distance is nothing.
                if squared > 1e-12 {
                    let push = strength * mass * square.mass / squared.max(1e-4);
                    force[0] += x * push;
                    force[1] += y * push;
                }
            } else {
                waiting.extend(square.quarters.into_iter().filter(|quarter| *quarter != NONE));
            }
        }
        force
    }
}

impl Square {
    fn empty(side: f64) -> Self {
        Self { mass: 0.0, sum: [0.0; 2], side, quarters: [NONE; 4] }
    }

    fn is_leaf(&self) -> bool {
        self.quarters == [NONE; 4]
    }

    fn put(&mut self, place: Point, mass: f64) {
        self.sum[0] += place[0] * mass;
        self.sum[1] += place[1] * mass;
        self.mass += mass;
    }
}

fn quarter(place: Point, corner: Point, side: f64) -> usize {
    usize::from(place[0] >= corner[0] + side) + 2 * usize::from(place[1] >= corner[1] + side)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What is near is exact, what is far is nearly so.
        #[test]
        fn it_pushes_like_all_nodes_together(
            places in proptest::collection::vec((-100.0..100.0_f64, -100.0..100.0_f64), 2..60),
        ) {
            let places: Vec<_> = places.into_iter().map(|(x, y)| [x, y]).collect();
            let masses: Vec<_> = (0..places.len()).map(|index| 1.0 + index as f64 % 3.0).collect();
            let tree = Tree::new(&places, &masses);
            let far = [1000.0, 500.0];
            let exact = places.iter().zip(&masses).fold([0.0, 0.0], |sum, (place, mass)| {
                let (x, y) = (far[0] - place[0], far[1] - place[1]);
                [sum[0] + x * mass / (x * x + y * y), sum[1] + y * mass / (x * x + y * y)]
            });
            let found = tree.push(far, 1.0, 1.0);
            for axis in 0..2 {
                prop_assert!((found[axis] - exact[axis]).abs() < 0.02 * exact[axis].abs(), "{found:?} {exact:?}");
            }
            let mass: f64 = masses.iter().sum();
            prop_assert!((tree.squares[0].mass - mass).abs() < 1e-9);
        }
    }
}
