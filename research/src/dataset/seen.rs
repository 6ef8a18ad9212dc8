//! Which posts were there already: one bit a post.

use rustc_hash::FxHashMap;

/// Posts of a channel whose numbers share this many low bits lie together.
const BITS: u32 = 12;
const WORDS: usize = (1 << BITS) / 64;

/// By chat and number.
#[derive(Debug, Default)]
pub(super) struct Seen(FxHashMap<(i64, i64), Box<[u64; WORDS]>>);

impl Seen {
    /// Whether this is the first time.
    pub(super) fn is_new(&mut self, chat: i64, post: i64) -> bool {
        let stretch = self.0.entry((chat, post >> BITS)).or_insert_with(|| Box::new([0; WORDS]));
        let bit = (post & ((1 << BITS) - 1)) as usize;
        let (word, mask) = (&mut stretch[bit / 64], 1 << (bit % 64));
        let is_new = *word & mask == 0;
        *word |= mask;
        is_new
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_remembers_like_a_set(posts in proptest::collection::vec((-2..3_i64, prop_oneof![-3..9000_i64, any::<i64>()]), 0..400)) {
            let (mut seen, mut set) = (Seen::default(), BTreeSet::new());
            for (chat, post) in posts {
                prop_assert_eq!(seen.is_new(chat, post), set.insert((chat, post)));
            }
        }
    }
}
