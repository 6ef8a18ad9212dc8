//! Setting and removing in maps, one level or two deep.

use std::collections::BTreeMap;

/// Sets an entry; `None` removes it.
pub(super) fn put<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: Option<V>) {
    match value {
        Some(value) => drop(map.insert(key, value)),
        None => drop(map.remove(&key)),
    }
}

/// Like [`put`] one level down; an inner map that became empty goes.
pub(super) fn put_within<A: Ord + Clone, B: Ord, V>(map: &mut BTreeMap<A, BTreeMap<B, V>>, outer: A, inner: B, value: Option<V>) {
    match value {
        Some(value) => drop(map.entry(outer).or_default().insert(inner, value)),
        None => {
            if let Some(entries) = map.get_mut(&outer) {
                entries.remove(&inner);
                if entries.is_empty() {
                    map.remove(&outer);
                }
            }
        }
    }
}
