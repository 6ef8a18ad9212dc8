//! Counters by group and teacher. Every message looks up some, and a large school has so many that each step of a walk
//! through a tree would wait for memory: hence one hash map, which is put in order when somebody wants to see it.

use std::{
    collections::{BTreeMap, HashMap},
    hash::BuildHasherDefault,
};

use rustc_hash::FxHasher;

use super::ids::{ChatId, TeacherId};

/// A hash map whose keys an admin chose, so that nobody outside can make them collide.
pub type QuickMap<K, V> = HashMap<K, V, BuildHasherDefault<FxHasher>>;

/// A value for each teacher in each group.
#[derive(Clone, Debug, PartialEq)]
pub struct Table<V> {
    cells: QuickMap<(ChatId, TeacherId), V>,
}

/// A table in order: what files and reports show.
pub type Ordered<'a, V> = BTreeMap<ChatId, BTreeMap<TeacherId, &'a V>>;

impl<V> Table<V> {
    /// The value of a teacher in a group.
    pub fn get(&self, chat: ChatId, teacher: TeacherId) -> Option<&V> {
        self.cells.get(&(chat, teacher))
    }

    /// Sets it; `None` removes it.
    pub fn put(&mut self, chat: ChatId, teacher: TeacherId, value: Option<V>) {
        match value {
            Some(value) => drop(self.cells.insert((chat, teacher), value)),
            None => drop(self.cells.remove(&(chat, teacher))),
        }
    }

    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (ChatId, TeacherId, &V)> {
        self.cells.iter().map(|((chat, teacher), value)| (*chat, *teacher, value))
    }

    /// All of them, by group and teacher.
    pub fn ordered(&self) -> Ordered<'_, V> {
        let mut ordered = Ordered::new();
        for (chat, teacher, value) in self.iter() {
            ordered.entry(chat).or_default().insert(teacher, value);
        }
        ordered
    }

    /// The teachers of one group, ascending. Looks at every cell.
    pub fn of_chat(&self, chat: ChatId) -> BTreeMap<TeacherId, &V> {
        self.iter().filter(|(of, ..)| *of == chat).map(|(_, teacher, value)| (teacher, value)).collect()
    }

    /// Whether there is anything of a group. Looks at every cell.
    pub fn mentions(&self, chat: ChatId) -> bool {
        self.cells.keys().any(|(of, _)| *of == chat)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
}

impl<V: Default> Table<V> {
    /// The value of a teacher in a group, a new one where there is none.
    pub fn entry(&mut self, chat: ChatId, teacher: TeacherId) -> &mut V {
        self.cells.entry((chat, teacher)).or_default()
    }
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { cells: QuickMap::default() }
    }
}
