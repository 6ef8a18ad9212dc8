//! Chance that a seed decides.

use crate::model::queue::next_random;

/// A small generator: the same seed rolls the same.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub(super) fn any(&mut self) -> u64 {
        next_random(&mut self.0)
    }

    /// 0 to `sides - 1`; 0 where there are no sides.
    pub(super) fn below(&mut self, sides: u64) -> u64 {
        self.any() % sides.max(1)
    }

    /// So many times out of a hundred.
    pub(super) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// One of them.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }
}
