//! What lies in the folder of a collection.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::fault::Fault;

/// Deeper folders hold something else.
const DEEPEST: usize = 12;

/// A collected channel, by the name with which it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Channel {
    pub(crate) name: String,
    /// `<channel>_messages.json`.
    pub(crate) posts: Option<PathBuf>,
    /// `<channel>/<channel>.json`: what the server says of the channel itself.
    pub(crate) full: Option<PathBuf>,
}

/// Where the files of a collection are.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) dir: PathBuf,
    /// By name, then by path: the same on every machine.
    pub(crate) channels: Vec<Channel>,
}

impl Folder {
    /// Looks through the folder and those in it. Hidden ones are passed over, links to folders aren't followed.
    pub(crate) fn open(dir: &Path) -> Result<Self, Fault> {
        let mut files = Vec::new();
        fs::read_dir(dir).map_err(|why| Fault::NoFolder { path: dir.to_owned(), why })?;
        walk(dir, DEEPEST, &mut files)?;
        files.sort();
        let mut channels: Vec<Channel> = Vec::new();
        for path in files {
            let (name, is_posts) = match named(&path) {
                Some(found) => found,
                None => continue,
            };
            let beside = |known: &&mut Channel| {
                let other = if is_posts { &known.full } else { &known.posts };
                known.name == name && other.as_ref().is_some_and(|other| other.parent() == path.parent())
            };
            match channels.iter_mut().rev().find(beside) {
                Some(known) if is_posts => known.posts = Some(path),
                Some(known) => known.full = Some(path),
                None if is_posts => channels.push(Channel { name, posts: Some(path), full: None }),
                None => channels.push(Channel { name, posts: None, full: Some(path) }),
            }
        }
        if channels.is_empty() {
            return Err(Fault::NothingCollected(dir.to_owned()));
        }
        channels.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.posts.cmp(&b.posts)));
        Ok(Self { dir: dir.to_owned(), channels })
    }

    /// How many bytes of posts there are.
    pub(crate) fn size(&self) -> u64 {
        let length = |path: &PathBuf| fs::metadata(path).map_or(0, |file| file.len());
        self.channels.iter().filter_map(|channel| channel.posts.as_ref()).map(length).sum()
    }
}

fn walk(dir: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Fault> {
    for entry in fs::read_dir(dir).map_err(Fault::disk("look into", dir))? {
        let entry = entry.map_err(Fault::disk("look into", dir))?;
        let kind = entry.file_type().map_err(Fault::disk("look at", &entry.path()))?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if kind.is_dir() && depth > 0 {
            walk(&entry.path(), depth - 1, files)?;
        } else if !kind.is_dir() && entry.path().extension().is_some_and(|extension| extension == "json") {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// The channel whose file it is, and whether it has its posts.
fn named(path: &Path) -> Option<(String, bool)> {
    let stem = path.file_stem()?.to_str()?;
    if let Some(name) = stem.strip_suffix("_messages") {
        return Some((name.to_owned(), true));
    }
    let is_full = path.parent()?.file_name()?.to_str()? == stem;
    is_full.then(|| (stem.to_owned(), false))
}
