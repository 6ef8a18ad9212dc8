//! Files behind messages: kept, so that bots can download them.

use std::collections::BTreeMap;

use serde_json::Value;

#[derive(Clone, Debug)]
pub(crate) struct StoredFile {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// What a file holds that nobody gave bytes to.
const SAMPLE: &[u8] = b"simulated";

/// Makes every file of a message downloadable.
pub(crate) fn keep(files: &mut BTreeMap<String, StoredFile>, message: &Value) {
    let objects = message.as_object().into_iter().flat_map(|fields| fields.values());
    for object in objects.flat_map(|value| value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)) {
        let Some(id) = object["file_id"].as_str().filter(|id| !files.contains_key(*id)) else { continue };
        let name = object["file_name"].as_str().unwrap_or(id).to_owned();
        files.insert(id.to_owned(), StoredFile { name, bytes: SAMPLE.to_vec() });
    }
}
