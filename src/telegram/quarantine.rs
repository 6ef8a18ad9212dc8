//! Updates that a decision could not digest, kept for whoever mends it: their shape, not their content.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{
    domain::ids::UpdateId,
    store::disk::{Disk, RealDisk, replace},
};

/// The directory below the data directory.
pub const DIRECTORY: &str = "quarantine";

/// Strings that say what something is, not what somebody wrote.
const TELLING: [&str; 6] = ["type", "status", "language_code", "data", "media_group_id", "mime_type"];

/// Keeps an update. A disk that refuses even that is reported by the next commit.
pub(super) fn keep(data_dir: &Path, id: UpdateId, raw: &[u8]) {
    let shape = match serde_json::from_slice(raw) {
        Ok(mut update) => {
            blank(&mut update, "");
            serde_json::to_vec_pretty(&update).expect("a value is JSON")
        }
        Err(why) => format!("not JSON: {why}, {} bytes", raw.len()).into_bytes(),
    };
    let dir = data_dir.join(DIRECTORY);
    let kept = RealDisk.create_dir_all(&dir).and_then(|()| replace(&RealDisk, &dir.join(format!("{id}.json")), &shape));
    if let Err(why) = kept {
        tracing::error!(update.id = %id, %why, "the update can't be kept in quarantine/");
    }
}

/// The quarantined updates.
pub fn list(data_dir: &Path) -> Vec<PathBuf> {
    RealDisk.list(&data_dir.join(DIRECTORY)).unwrap_or_default()
}

/// Replaces what people wrote by as many `x` and `0`: length and sort of characters may matter, words don't.
fn blank(value: &mut Value, key: &str) {
    match value {
        Value::String(text) if !TELLING.contains(&key) => {
            let blanked = text.chars().map(|c| match c {
                c if c.is_alphabetic() => 'x',
                c if c.is_numeric() => '0',
                c => c,
            });
            *text = blanked.collect();
        }
        Value::Array(items) => items.iter_mut().for_each(|item| blank(item, key)),
        Value::Object(fields) => fields.iter_mut().for_each(|(key, field)| blank(field, key)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_shape_is_kept_and_the_words_are_not() {
        let mut update = json!({"message": {"text": "Ann, 7 <b>", "chat": {"type": "private", "id": 5}}});
        blank(&mut update, "");
        assert_eq!(update, json!({"message": {"text": "xxx, 0 <x>", "chat": {"type": "private", "id": 5}}}));
    }
}
