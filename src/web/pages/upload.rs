//! A form with a file. The file goes to the disk as it arrives; what isn't a form of ours, or is too large, is refused before it is kept.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request, multipart::Field},
    http::{
        HeaderMap,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
    },
};
use bytes::Bytes;
use tokio::{sync::mpsc, task::spawn_blocking};

use super::{Dashboard, look::Trouble, query::Query, secret, serve};
use crate::{
    announcement_files::{AnnouncementFiles, FileFault, LARGEST},
    domain::lang::Lang,
    text::pages::Words,
};

/// Beside the file.
const LARGEST_FIELD: usize = 64 * 1024;
/// More fields are nobody's form.
const MOST_FIELDS: usize = 2_000;
/// A form with the largest file.
const LARGEST_FORM: usize = LARGEST + MOST_FIELDS * 128 + LARGEST_FIELD;
/// As much of a form that is too large is heard out, so that a browser listens to the answer.
pub(super) const HEARD_OUT: usize = 4 * LARGEST;
/// For fifty megabytes over a slow line.
pub(super) const PATIENCE: Duration = Duration::from_secs(600);
/// Pieces of a file on their way to the disk.
const AHEAD: usize = 4;

/// Whether a request brings a form with a file.
pub(super) fn is_one(request: &Request) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

/// How much a request says that it brings, where that is too much.
pub(super) fn too_large(headers: &HeaderMap) -> Option<usize> {
    let declared = headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()?;
    (declared > LARGEST_FORM).then_some(declared)
}

/// What the form says; of a file that came along the name under which it is kept (`kept`) and its own (`name`).
pub(super) async fn read(dashboard: &Arc<Dashboard>, request: Request, csrf: &str, lang: Lang) -> Result<Query, Trouble> {
    let reading = tokio::time::timeout(PATIENCE, read_fields(dashboard, request, csrf, lang));
    reading.await.map_err(|_| Trouble::Form)?
}

async fn read_fields(dashboard: &Arc<Dashboard>, mut request: Request, csrf: &str, lang: Lang) -> Result<Query, Trouble> {
    // What didn't say how much it brings is measured as it arrives.
    DefaultBodyLimit::max(HEARD_OUT).apply(&mut request);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| Trouble::Form)?;
    let mut read = Query::default();
    for _ in 0..MOST_FIELDS {
        // What breaks off within a file is too large, or gone.
        let Some(mut field) = form.next_field().await.map_err(|_| Trouble::Form)? else { return Ok(read) };
        let name = field.name().unwrap_or_default().to_owned();
        if name != "file" {
            read.add(&name, &words_of(&mut field).await?);
            continue;
        }
        // Nothing of a form that isn't ours gets to the disk: what says that it is ours stands before the file.
        if !secret::is_same(read.get("csrf"), csrf) {
            // A browser listens only when it has said everything.
            while field.chunk().await.is_ok_and(|piece| piece.is_some()) {}
            return Err(Trouble::Form);
        }
        let own_name = field.file_name().unwrap_or_default().to_owned();
        if own_name.is_empty() {
            continue;
        }
        let as_photo = read.get("as") == "photo";
        let kept = keep(AnnouncementFiles::of(dashboard.store()), field, as_photo).await.map_err(|why| refused(&why, lang))?;
        read.add("kept", &kept);
        read.add("name", &own_name);
    }
    Err(Trouble::Form)
}

async fn words_of(field: &mut Field<'_>) -> Result<String, Trouble> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|_| Trouble::Form)? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LARGEST_FIELD {
            return Err(Trouble::Form);
        }
    }
    String::from_utf8(bytes).map_err(|_| Trouble::Form)
}

/// Writes a file as it arrives, beside the runtime; its name there.
async fn keep(files: AnnouncementFiles, mut field: Field<'_>, as_photo: bool) -> Result<String, FileFault> {
    let (pieces, mut arriving) = mpsc::channel::<Option<Bytes>>(AHEAD);
    let writing = spawn_blocking(move || {
        let mut file = files.begin(as_photo)?;
        loop {
            match arriving.blocking_recv() {
                Some(Some(piece)) => file.add(&piece)?,
                Some(None) => return file.finish(),
                // Whoever sent it went away.
                None => return Err(FileFault::BrokenOff),
            }
        }
    });
    // A writer that failed says why below.
    loop {
        match field.chunk().await {
            // The rest of a file that is refused is read all the same: a browser listens only when it has said everything.
            Ok(Some(piece)) => drop(pieces.send(Some(piece)).await),
            Ok(None) => {
                let _ = pieces.send(None).await;
                break;
            }
            Err(_) => break,
        }
    }
    drop(pieces);
    writing.await.unwrap_or(Err(FileFault::BrokenOff))
}

pub(super) fn refused(why: &FileFault, lang: Lang) -> Trouble {
    let words = Words(lang);
    match why {
        FileFault::Empty => Trouble::Refused(words.file_empty().to_owned()),
        FileFault::TooLarge(most) => Trouble::TooLarge(words.file_too_large(*most)),
        FileFault::BrokenOff => Trouble::Refused(words.file_broken_off().to_owned()),
        FileFault::Io(why) => Trouble::Broken(why.to_string()),
    }
}

/// A plain form.
pub(super) async fn read_plain(request: Request) -> Query {
    serve::read_form(request.into_body()).await
}
