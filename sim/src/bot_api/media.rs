//! Files of bots: uploaded or named by their id, alone, in albums, in place of one another.

use serde_json::{Value, json};

use super::{
    Refusal,
    parameters::Parameters,
    send::{self, Outgoing, put_text},
};
use crate::model::{
    World,
    files::{StoredFile, dimensions},
};

const LARGEST_FILE: usize = 50 * 1024 * 1024;
const LARGEST_PHOTO: usize = 10 * 1024 * 1024;

/// `sendPhoto` and `sendDocument`.
pub(super) fn send(world: &mut World, bot: i64, given: &Parameters, field: &str) -> Result<Value, Refusal> {
    let key = send::target(world, bot, given)?;
    let caption = send::caption(given)?;
    let markup = send::markup(given)?;
    let mut value = send::envelope(world, bot, key, given)?;
    let (media, file) = stored(world, given, field, field, &given.text(field).unwrap_or_default())?;
    send::within_limits(world, key)?;
    value[field] = media;
    put_text(&mut value, "caption", "caption_entities", caption);
    let html = given.text("caption").unwrap_or_default();
    Ok(send::finish(world, bot, key, Outgoing { value, markup, html, file: Some(file) }))
}

/// `sendMediaGroup`.
pub(super) fn send_group(world: &mut World, bot: i64, given: &Parameters) -> Result<Value, Refusal> {
    let key = send::target(world, bot, given)?;
    let items: Vec<Value> = given.object("media")?.unwrap_or_default();
    if !(2..=10).contains(&items.len()) {
        return Err(Refusal::new(400, "wrong number of items in the album: 2 to 10 are expected"));
    }
    let album = world.take_id().to_string();
    let envelope = send::envelope(world, bot, key, given)?;
    let mut sent = Vec::new();
    for item in items {
        send::within_limits(world, key)?;
        let Item { field, media, file, caption, html } = item_of(world, given, &item)?;
        let mut value = envelope.clone();
        value["media_group_id"] = json!(album);
        value[field] = media;
        put_text(&mut value, "caption", "caption_entities", caption);
        sent.push(send::finish(world, bot, key, Outgoing { value, markup: None, html, file: Some(file) }));
    }
    Ok(Value::Array(sent))
}

/// `editMessageMedia`.
pub(super) fn edit(world: &mut World, bot: i64, given: &Parameters) -> Result<Value, Refusal> {
    let (key, message) = send::own_message(world, bot, given)?;
    let markup = send::markup(given)?;
    let item: Value = given.object("media")?.unwrap_or_default();
    let Item { field, media, file, caption, html } = item_of(world, given, &item)?;
    send::within_limits(world, key)?;
    let changed = send::change(world, key, message, Some(html), |value| {
        if let Some(fields) = value.as_object_mut() {
            ["text", "entities", "photo", "document"].iter().for_each(|old| drop(fields.remove(*old)));
        }
        value[field] = media;
        put_text(value, "caption", "caption_entities", caption);
        send::put_markup(value, markup);
    })?;
    if let Some(stored) = world.chat_mut(key).messages.get_mut(&message) {
        stored.file = Some(file);
    }
    Ok(changed)
}

/// An `InputMedia`.
struct Item {
    field: &'static str,
    media: Value,
    file: String,
    caption: crate::html::Formatted,
    html: String,
}

fn item_of(world: &mut World, given: &Parameters, item: &Value) -> Result<Item, Refusal> {
    let field = match item["type"].as_str() {
        Some("photo") => "photo",
        Some("document") => "document",
        Some(other) => return Err(Refusal::new(400, format!("simulator: {other} isn't modelled among media"))),
        None => return Err(Refusal::new(400, "can't parse InputMedia: type must be specified")),
    };
    let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
    let html = text("caption");
    let caption = send::parsed(&html, &text("parse_mode"), item["caption_entities"].as_array().cloned())?;
    send::check_caption(&caption)?;
    let (media, file) = stored(world, given, field, "media", &text("media"))?;
    Ok(Item { field, media, file, caption, html })
}

/// Keeps an upload (under the parameter's own name, or `attach://name`), or finds a file by its id: the message's field,
/// and the file's id.
fn stored(world: &mut World, given: &Parameters, kind: &str, field: &str, told: &str) -> Result<(Value, String), Refusal> {
    let upload = given.files.get(told.strip_prefix("attach://").unwrap_or(field));
    let (name, bytes) = match (upload, world.files.get(told)) {
        (Some(upload), _) => (upload.name.clone(), upload.bytes.clone()),
        (None, Some(known)) => (known.name.clone(), known.bytes.clone()),
        (None, None) if told.contains("://") => return Err(Refusal::new(400, "simulator: files by URL aren't modelled")),
        (None, None) if told.is_empty() => return Err(Refusal::new(400, format!("there is no {kind} in the request"))),
        (None, None) => return Err(Refusal::new(400, "wrong file identifier/HTTP URL specified")),
    };
    if bytes.is_empty() {
        return Err(Refusal::new(400, "file must be non-empty"));
    }
    if bytes.len() > if kind == "photo" { LARGEST_PHOTO } else { LARGEST_FILE } {
        return Err(Refusal { description: "Request Entity Too Large".into(), ..Refusal::new(413, "") });
    }
    let id = format!("file-{}", world.take_id());
    let size = bytes.len();
    let media = if kind == "photo" {
        let (width, height) = dimensions(&bytes).ok_or_else(|| Refusal::new(400, "IMAGE_PROCESS_FAILED"))?;
        if width + height > 10_000 || width.max(height) > 20 * width.min(height).max(1) {
            return Err(Refusal::new(400, "PHOTO_INVALID_DIMENSIONS"));
        }
        json!([{ "file_id": id, "file_unique_id": format!("u-{id}"), "width": width, "height": height, "file_size": size }])
    } else {
        json!({ "file_id": id, "file_unique_id": format!("u-{id}"), "file_name": name, "file_size": size })
    };
    world.files.insert(id.clone(), StoredFile { name, bytes });
    Ok((media, id))
}
