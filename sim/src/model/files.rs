//! Files behind messages: kept, so that bots can download them.

use std::collections::BTreeMap;

use serde_json::Value;

#[derive(Clone, Debug)]
pub(crate) struct StoredFile {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// What a file holds that nobody gave bytes to.
pub(crate) const SAMPLE: &[u8] = b"simulated";

/// Makes every file of a message downloadable.
pub(crate) fn keep(files: &mut BTreeMap<String, StoredFile>, message: &Value) {
    let objects = message.as_object().into_iter().flat_map(|fields| fields.values());
    for object in objects.flat_map(|value| value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)) {
        let Some(id) = object["file_id"].as_str().filter(|id| !files.contains_key(*id)) else { continue };
        let name = object["file_name"].as_str().unwrap_or(id).to_owned();
        files.insert(id.to_owned(), StoredFile { name, bytes: SAMPLE.to_vec() });
    }
}

/// Width and height of a PNG or JPEG.
pub(crate) fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        return Some((number(16)?, number(20)?));
    }
    if !bytes.starts_with(&[0xFF, 0xD8]) {
        return None;
    }
    let number = |at: usize| Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
    let mut at = 2;
    loop {
        let marker = *bytes.get(at + 1)?;
        // The frame headers SOF0 to SOF15, without the tables DHT, JPG and DAC that are numbered among them.
        if (0xC0..=0xCF).contains(&marker) && ![0xC4, 0xC8, 0xCC].contains(&marker) {
            return Some((number(at + 7)?.into(), number(at + 5)?.into()));
        }
        at += 2 + usize::from(number(at + 2)?);
    }
}
