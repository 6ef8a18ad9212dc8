//! What is attached to messages: each photo and document a file of its own. Where one was cut short, the next run goes on within it.

use std::{collections::BTreeSet, io::Write, path::Path};

use serde::Deserialize;
use tl_dict::Value;

use super::{
    asker::Asker,
    folder::{ChannelState, Folder, io_fault},
    source::{ChannelKey, Source, Stop, Told, Trouble, Why, stop},
};
use crate::{
    channels::{Item, PAGE},
    mtproto::{FILE_PART, FilePlace},
};

/// Messages whose files nobody gets any more.
const GONE: &str = "media-gone.json";
/// A file that comes short is fetched so often in a run.
const TRIES: usize = 2;

/// What came of the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// New ones.
    pub new: u64,
    /// Those that are larger than what was asked for.
    pub too_large: u64,
    /// Those that Telegram doesn't give any more.
    pub gone: u64,
    /// Those that came shorter than Telegram says; the next run asks for them again.
    pub short: u64,
}

/// A channel whose files are wanted.
pub(super) struct Media<'a> {
    pub(super) folder: &'a Folder,
    pub(super) channel: ChannelKey,
    pub(super) state: &'a ChannelState,
    /// In bytes.
    pub(super) limit: u64,
}

/// A file that a message has.
struct Attached {
    place: FilePlace,
    /// Its length, as Telegram declares it.
    length: Option<u64>,
    /// What its name ends in.
    ending: String,
}

/// What came of a file.
enum Came {
    Whole,
    /// Less than was declared.
    Short,
    /// Nobody gets it any more.
    Not,
}

impl Media<'_> {
    /// Fetches what isn't here yet.
    pub(super) async fn fetch<S: Source>(&self, asker: &mut Asker<'_, S>, files: &mut Files) -> Result<(), Stop> {
        let mut gone: BTreeSet<i64> = self.folder.note(self.channel.id, GONE)?.unwrap_or_default();
        let here = self.folder.media_here(&self.state.name)?;
        let (mut due, mut of) = (Vec::new(), 0);
        for place in Folder::places(self.state) {
            for (message, size) in self.folder.page(self.channel.id, place)?.messages.iter().filter_map(attached_size) {
                if size > self.limit {
                    files.too_large += 1;
                } else {
                    of += 1;
                    due.extend(Some(message).filter(|message| !here.contains(message) && !gone.contains(message)));
                }
            }
        }
        let mut done = of - due.len() as u64;
        for some in due.chunks(PAGE as usize) {
            // What has to be shown for a file is good for some hours, so it is asked for anew.
            let value = asker.ask(async |source| source.messages(self.channel, some).await).await.map_err(stop)?;
            for message in some {
                asker.tell(Told::Media { done, of });
                done += 1;
                let found = value.list_of("messages").iter().find(|one| one.get("id").and_then(Value::int) == Some(*message));
                let came = match found.and_then(attached) {
                    Some(attached) => self.one(asker, *message, attached).await?,
                    None => Came::Not,
                };
                match came {
                    Came::Whole => files.new += 1,
                    Came::Short => files.short += 1,
                    Came::Not => {
                        files.gone += 1;
                        gone.insert(*message);
                        self.folder.save_note(self.channel.id, GONE, &gone)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Fetches one file. One that comes short is fetched anew, for nobody knows which of its parts is the short one.
    async fn one<S: Source>(&self, asker: &mut Asker<'_, S>, message: i64, mut file: Attached) -> Result<Came, Stop> {
        let part = format!("{message}-{}.part", file.place.id);
        for _ in 0..TRIES {
            let Some(came) = self.read(asker, message, &part, &mut file).await? else { return Ok(Came::Not) };
            if file.length.is_none_or(|declared| came >= declared) {
                let name = format!("{message}{}", file.ending);
                self.folder.publish_part(self.channel.id, &part, &self.state.name, &name)?;
                return Ok(Came::Whole);
            }
            self.folder.drop_part(self.channel.id, &part)?;
        }
        Ok(Came::Short)
    }

    /// Reads a file to its end; how many bytes it has, or that it can't be had any more.
    async fn read<S: Source>(
        &self,
        asker: &mut Asker<'_, S>,
        message: i64,
        part: &str,
        file: &mut Attached,
    ) -> Result<Option<u64>, Stop> {
        let (mut out, mut offset) = self.folder.open_part(self.channel.id, part, FILE_PART)?;
        let mut is_fresh = false;
        loop {
            let bytes = match asker.ask(async |source| source.file(&file.place, offset).await).await {
                Err(Trouble::Stale) if !is_fresh => {
                    let value = asker.ask(async |source| source.messages(self.channel, &[message]).await).await.map_err(stop)?;
                    match value.list_of("messages").first().and_then(attached) {
                        // Another file by now is another day's.
                        Some(now) if now.place.id == file.place.id => *file = now,
                        Some(_) | None => return Ok(None),
                    }
                    is_fresh = true;
                    continue;
                }
                Err(Trouble::Stale | Trouble::Channel(Why::Refused(_))) => return Ok(None),
                answered => answered.map_err(stop)?,
            };
            is_fresh = false;
            let is_last = (bytes.len() as u64) < FILE_PART;
            offset += bytes.len() as u64;
            let path = Path::new(part);
            out.write_all(&bytes).and_then(|()| out.sync()).map_err(io_fault("write", path))?;
            if is_last {
                return Ok(Some(offset));
            }
        }
    }
}

/// A message with a photo or a document, and how many bytes that has; of photos Telegram says so only by size, and they are small.
fn attached_size(message: &Item) -> Option<(i64, u64)> {
    #[derive(Deserialize)]
    struct Post {
        #[serde(default)]
        media: Option<OfPost>,
    }
    #[derive(Deserialize)]
    struct OfPost {
        #[serde(default)]
        photo: Option<Thing>,
        #[serde(default)]
        document: Option<Thing>,
    }
    #[derive(Deserialize)]
    struct Thing {
        #[serde(rename = "_")]
        kind: String,
        #[serde(default)]
        size: u64,
    }
    let media = serde_json::from_str::<Post>(&message.json).ok()?.media?;
    let thing = media.photo.or(media.document).filter(|thing| matches!(thing.kind.as_str(), "Photo" | "Document"))?;
    Some((message.id, thing.size))
}

fn attached(message: &Value) -> Option<Attached> {
    let media = message.get("media")?;
    let (thing, is_photo) = match (media.get("photo"), media.get("document")) {
        (Some(photo), _) if photo.is("Photo") => (photo, true),
        (_, Some(document)) if document.is("Document") => (document, false),
        _ => return None,
    };
    let number = |key: &str| thing.get(key).and_then(Value::int);
    let Some(Value::Bytes(reference)) = thing.get("file_reference") else { return None };
    let (size, length) = match is_photo {
        true => largest(thing).map(|(letter, length)| (Some(letter), length))?,
        false => (None, number("size")),
    };
    let place = FilePlace {
        dc: i32::try_from(number("dc_id")?).ok()?,
        id: number("id")?,
        hash: number("access_hash")?,
        reference: reference.clone(),
        size,
    };
    Some(Attached {
        place,
        length: length.and_then(|length| u64::try_from(length).ok()),
        ending: if is_photo { ".jpg".to_owned() } else { ending(thing) },
    })
}

/// The letter of the photo's largest size, and its length. Of one that comes in steps the last is the whole.
fn largest(photo: &Value) -> Option<(String, Option<i64>)> {
    let area = |size: &&Value| Some(size.get("w")?.int()? * size.get("h")?.int()?);
    let sizes = photo.list_of("sizes").iter().filter(|size| size.is("PhotoSize") || size.is("PhotoSizeProgressive"));
    let size = sizes.max_by_key(area)?;
    let length = size.get("size").or_else(|| size.list_of("sizes").last()).and_then(Value::int);
    Some((size.get("type")?.text()?.to_owned(), length))
}

/// From the name that its author gave it; else from its type. Nothing else of what others wrote gets into a file's name.
fn ending(document: &Value) -> String {
    let names = document.list_of("attributes").iter().filter_map(|one| one.get("file_name")?.text());
    let of_name = names.filter_map(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase()).next_back();
    let is_plain = |ending: &str| (1..=8).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if let Some(ending) = of_name.filter(|ending| is_plain(ending)) {
        return format!(".{ending}");
    }
    let of_type = match document.get("mime_type").and_then(Value::text).unwrap_or_default() {
        "video/mp4" => ".mp4",
        "video/webm" => ".webm",
        "audio/ogg" => ".ogg",
        "audio/mpeg" => ".mp3",
        "image/webp" => ".webp",
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "application/x-tgsticker" => ".tgs",
        "application/pdf" => ".pdf",
        _ => ".bin",
    };
    of_type.to_owned()
}
