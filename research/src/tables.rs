//! The three tables that a collection itself writes (`collected_chats.csv`, `counter.csv`, `chats.txt`) and that are written right here.
//! What a collection wrote can't be made anew in full, so it is kept in `original/` when ours takes its place.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{fault::Fault, output::Output};

/// Where the collection's own tables are kept.
const ORIGINAL: &str = "original";
/// Which contents of tables are ours, by checksum.
const OURS: &str = ".rollcall-tables.json";

/// Tells the collection's tables from ours.
#[derive(Debug)]
pub(crate) struct Tables {
    dir: PathBuf,
    ours: BTreeMap<String, u32>,
}

impl Tables {
    pub(crate) fn open(dir: &Path) -> Result<Self, Fault> {
        let path = dir.join(OURS);
        let ours = match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|why| Fault::json(&path, why))?,
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(why) => return Err(Fault::disk("read", &path)(why)),
        };
        Ok(Self { dir: dir.to_owned(), ours })
    }

    /// The table as the collection wrote it last, if it did.
    pub(crate) fn of_collection(&self, name: &str) -> Result<Option<PathBuf>, Fault> {
        let (here, kept) = (self.dir.join(name), self.dir.join(ORIGINAL).join(name));
        if here.exists() && !self.is_ours(name)? {
            return Ok(Some(here));
        }
        Ok(kept.exists().then_some(kept))
    }

    fn is_ours(&self, name: &str) -> Result<bool, Fault> {
        let path = self.dir.join(name);
        let content = fs::read(&path).map_err(Fault::disk("read", &path))?;
        Ok(self.ours.get(name) == Some(&crc32fast::hash(&content)))
    }

    /// Makes room for ours: the collection's tables go to `original/`, and ours are known for ours before they are there.
    pub(crate) fn make_room(&mut self, ours: &[(&str, &[u8])]) -> Result<(), Fault> {
        for (name, content) in ours {
            let here = self.dir.join(name);
            if here.exists() && !self.is_ours(name)? {
                if fs::read(&here).map_err(Fault::disk("read", &here))? == *content {
                    // It stays the collection's.
                    continue;
                }
                let kept = self.dir.join(ORIGINAL);
                fs::create_dir_all(&kept).map_err(Fault::disk("create", &kept))?;
                fs::rename(&here, kept.join(name)).map_err(Fault::disk("keep a copy of", &here))?;
            }
            self.ours.insert((*name).to_owned(), crc32fast::hash(content));
        }
        let text = serde_json::to_vec_pretty(&self.ours).expect("checksums become JSON");
        Output::whole(&self.dir, OURS, &text)?.finish().map(drop)
    }
}
