//! What was sampled, added to the files of samples: once, whatever happens in between.

use std::{
    collections::BTreeMap,
    io::{self, Read},
};

use serde::{Deserialize, Serialize};

use super::folder::{ChannelState, Folder, FolderFault};
use crate::channels::SAMPLE_COLUMNS;

/// Where it is kept what posts became after they were collected.
const VERSIONS: &str = "versions.json";
/// What is on its way into the files.
const PENDING: &str = "sampled.json";

const COUNTERS: &str = "_counters.csv";
const CHANGES: &str = "_changes.jsonl";

/// What became of a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Version {
    Edited(String),
    Deleted,
}

/// By post.
pub(super) type Versions = BTreeMap<i64, Version>;

/// What a look at a channel brought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Samples {
    /// Lines for the counters.
    pub(super) rows: String,
    /// Lines for the changes.
    pub(super) changes: String,
    /// Everything that posts became.
    pub(super) versions: Versions,
    /// How long the two files were before.
    lengths: (u64, u64),
}

/// Finishes what an earlier run had begun to write; what posts became until then.
pub(super) fn resume(folder: &Folder, id: i64, state: &ChannelState) -> Result<Versions, FolderFault> {
    if let Some(begun) = folder.note::<Samples>(id, PENDING)? {
        begun.write(folder, id, state)?;
    }
    Ok(folder.note(id, VERSIONS)?.unwrap_or_default())
}

impl Samples {
    /// None yet, after all that posts became until now.
    pub(super) fn after(versions: Versions) -> Self {
        Self { versions, ..Self::default() }
    }

    /// Adds them to the files. Once it is kept what is to be added, and to what, repeating it does no harm.
    pub(super) fn add(mut self, folder: &Folder, id: i64, state: &ChannelState) -> Result<(), FolderFault> {
        let length = |ending| folder.length(&folder.of_channel(&state.name, ending));
        self.lengths = (length(COUNTERS)?, length(CHANGES)?);
        folder.save_note(id, PENDING, &self)?;
        self.write(folder, id, state)
    }

    fn write(&self, folder: &Folder, id: i64, state: &ChannelState) -> Result<(), FolderFault> {
        let (counters, changes) = self.lengths;
        let heading = format!("{SAMPLE_COLUMNS}\n");
        append(folder, state, COUNTERS, counters, if counters == 0 { &heading } else { "" }, &self.rows)?;
        if !self.changes.is_empty() {
            append(folder, state, CHANGES, changes, "", &self.changes)?;
            folder.save_note(id, VERSIONS, &self.versions)?;
        }
        folder.forget_note(id, PENDING)
    }
}

/// Puts lines behind what a file held, as a whole.
fn append(
    folder: &Folder,
    state: &ChannelState,
    ending: &str,
    length: u64,
    heading: &str,
    lines: &str,
) -> Result<(), FolderFault> {
    let path = folder.of_channel(&state.name, ending);
    let before = folder.open_public(&path)?;
    folder.publish_by(&path, |out| {
        if let Some(before) = before {
            io::copy(&mut before.take(length), out)?;
        }
        out.write_all(heading.as_bytes())?;
        out.write_all(lines.as_bytes())
    })
}
