//! Files: sent in parts, then named by a message.

use grammers_tl_types::{enums, functions as f, types};
use md5::{Digest, Md5};
use serde_json::{Value, json};

use crate::{
    model::{
        World,
        files::{StoredFile, dimensions},
    },
    mtproto::{RpcError, invoke::Context, media::number_of},
};

const LARGEST_PART: usize = 512 * 1024;
/// Files are given in pieces that divide this, and are multiples of the other.
const LARGEST_PIECE: usize = 1024 * 1024;
const PIECES: usize = 4096;
const LARGEST_PHOTO: usize = 10 * 1024 * 1024;
/// The sum of a photo's sides, in pixels.
const LONGEST_SIDES: u32 = 10_000;

pub(super) fn save_file_part(context: &mut Context<'_>, request: f::upload::SaveFilePart) -> Result<bool, RpcError> {
    let user = context.user()?;
    if request.bytes.is_empty() {
        return Err(RpcError::bad("FILE_PART_EMPTY"));
    }
    if request.bytes.len() > LARGEST_PART {
        return Err(RpcError::bad("FILE_PART_TOO_BIG"));
    }
    let part = u32::try_from(request.file_part).map_err(|_| RpcError::bad("FILE_PART_INVALID"))?;
    context.world.accounts.uploads.entry((user, request.file_id)).or_default().insert(part, request.bytes);
    Ok(true)
}

/// A part of a file that some message has.
pub(super) fn get_file(context: &mut Context<'_>, request: f::upload::GetFile) -> Result<enums::upload::File, RpcError> {
    context.user()?;
    if let Some(centre) = context.world.accounts.files_at.filter(|centre| *centre != context.caller.centre) {
        return Err(RpcError::new(303, format!("FILE_MIGRATE_{centre}")));
    }
    let (id, hash) = match &request.location {
        enums::InputFileLocation::InputPhotoFileLocation(photo) => (photo.id, photo.access_hash),
        enums::InputFileLocation::InputDocumentFileLocation(document) => (document.id, document.access_hash),
        _ => {
            context.world.violations.push("data centre: only photos and documents are modelled among locations".to_owned());
            return Err(RpcError::bad("LOCATION_INVALID"));
        }
    };
    let limit =
        usize::try_from(request.limit).ok().filter(|limit| LARGEST_PIECE.is_multiple_of((*limit).max(1)) && limit % PIECES == 0);
    let limit = limit.ok_or_else(|| RpcError::bad("LIMIT_INVALID"))?;
    let offset = usize::try_from(request.offset).ok().filter(|offset| offset % limit == 0);
    let offset = offset.ok_or_else(|| RpcError::bad("OFFSET_INVALID"))?;
    let is_it = |name: &str| number_of(name) == id && id == hash;
    let file = context.world.files.iter().find(|(name, _)| is_it(name)).map(|(_, file)| file);
    let bytes = &file.ok_or_else(|| RpcError::bad("FILE_ID_INVALID"))?.bytes;
    let (start, end) = (offset.min(bytes.len()), (offset + limit).min(bytes.len()));
    let mut bytes = bytes[start..end].to_vec();
    if context.world.accounts.short_parts > 0 {
        context.world.accounts.short_parts -= 1;
        bytes.truncate(bytes.len() / 2);
    }
    Ok(types::upload::File { r#type: enums::storage::FileType::FilePartial, mtime: context.date(), bytes }.into())
}

/// The fields that a message gets from uploaded media, and the file behind it.
pub(super) fn media(world: &mut World, user: i64, media: &enums::InputMedia) -> Result<(Value, String), RpcError> {
    match media {
        enums::InputMedia::UploadedPhoto(photo) => {
            let (_, bytes) = assembled(world, user, &photo.file)?;
            let (width, height) = dimensions(&bytes).ok_or_else(|| RpcError::bad("IMAGE_PROCESS_FAILED"))?;
            if bytes.len() > LARGEST_PHOTO || width + height > LONGEST_SIDES || width.max(height) > 20 * width.min(height).max(1)
            {
                return Err(RpcError::bad("PHOTO_INVALID_DIMENSIONS"));
            }
            let size = bytes.len();
            let id = store(world, "photo.jpg", bytes);
            let photo = json!({
                "file_id": id, "file_unique_id": format!("u-{id}"), "width": width, "height": height, "file_size": size,
            });
            Ok((json!({ "photo": [photo] }), id))
        }
        enums::InputMedia::UploadedDocument(document) => {
            let (sent_as, bytes) = assembled(world, user, &document.file)?;
            let name = document.attributes.iter().find_map(|attribute| match attribute {
                enums::DocumentAttribute::Filename(name) => Some(name.file_name.clone()),
                _ => None,
            });
            let (name, size) = (name.unwrap_or(sent_as), bytes.len());
            let id = store(world, &name, bytes);
            let document = json!({
                "file_id": id, "file_unique_id": format!("u-{id}"), "file_name": name, "mime_type": document.mime_type,
                "file_size": size,
            });
            Ok((json!({ "document": document }), id))
        }
        _ => {
            world.violations.push("data centre: only uploaded photos and documents are modelled among media".to_owned());
            Err(RpcError::bad("MEDIA_INVALID"))
        }
    }
}

/// Keeps a file for downloads: its id.
fn store(world: &mut World, name: &str, bytes: Vec<u8>) -> String {
    let id = format!("file-{}", world.take_id());
    world.files.insert(id.clone(), StoredFile { name: name.to_owned(), bytes });
    id
}

/// The parts of an uploaded file, put together; its name.
fn assembled(world: &mut World, user: i64, file: &enums::InputFile) -> Result<(String, Vec<u8>), RpcError> {
    let enums::InputFile::File(file) = file else { return Err(RpcError::bad("FILE_PARTS_INVALID")) };
    let parts = world.accounts.uploads.get(&(user, file.id)).ok_or_else(|| RpcError::bad("FILE_PARTS_INVALID"))?;
    let mut bytes = Vec::new();
    for part in 0..u32::try_from(file.parts).unwrap_or(0) {
        let part_bytes = parts.get(&part).ok_or_else(|| RpcError::bad(format!("FILE_PART_{part}_MISSING")))?;
        bytes.extend(part_bytes);
    }
    let checksum: String = Md5::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    if !file.md5_checksum.is_empty() && file.md5_checksum.to_lowercase() != checksum {
        return Err(RpcError::bad("MD5_CHECKSUM_INVALID"));
    }
    world.accounts.uploads.remove(&(user, file.id));
    Ok((file.name.clone(), bytes))
}
