//! Putting a channel's pages together into the file that notebooks read. One page is in memory at a time.

use std::{
    collections::HashSet,
    io::{self, Write},
};

use super::folder::{ChannelState, Folder, FolderFault};
use crate::channels::{Answer, Item, PageTally};

/// Where a channel's tally is kept.
pub(super) const TALLY: &str = "chats.json";

/// Writes `<name>_messages.json`, and counts who is named in it.
pub(super) fn assemble(folder: &Folder, id: i64, state: &ChannelState) -> Result<(), FolderFault> {
    let mut tally = PageTally::default();
    let mut fault = None;
    let path = folder.of_channel(&state.name, "_messages.json");
    let written = folder.publish_by(&path, |out| {
        let mut separator = "{";
        for (key, json) in &state.head.0 {
            write!(out, "{separator}\"{key}\":")?;
            separator = ",";
            match (json, key.as_str()) {
                (Some(json), _) => out.write_all(json.as_bytes())?,
                (None, "messages") => list(out, folder, id, state, &mut fault, |page| {
                    tally.add(&page);
                    page.messages
                })?,
                (None, "chats") => list(out, folder, id, state, &mut fault, once(|page| page.chats))?,
                (None, _) => list(out, folder, id, state, &mut fault, once(|page| page.users))?,
            }
        }
        out.write_all(b"}")
    });
    if let Some(fault) = fault {
        return Err(fault);
    }
    written?;
    folder.save_note(id, TALLY, &tally)
}

/// Each chat or user the first time only, as the collector that notebooks come from does it: within a page they may be there twice.
fn once(of: impl Fn(Answer) -> Vec<Item>) -> impl FnMut(Answer) -> Vec<Item> {
    let mut seen = HashSet::new();
    move |page| {
        let mut items = of(page);
        items.retain(|item| !seen.contains(&item.id));
        seen.extend(items.iter().map(|item| item.id));
        items
    }
}

fn list(
    out: &mut dyn Write,
    folder: &Folder,
    id: i64,
    state: &ChannelState,
    fault: &mut Option<FolderFault>,
    mut items: impl FnMut(Answer) -> Vec<Item>,
) -> io::Result<()> {
    out.write_all(b"[")?;
    let mut is_first = true;
    for place in Folder::places(state) {
        let page = folder.page(id, place).map_err(|why| {
            *fault = Some(why);
            io::Error::other("a page can't be read")
        })?;
        for item in items(page) {
            if !std::mem::take(&mut is_first) {
                out.write_all(b",")?;
            }
            out.write_all(item.json.as_bytes())?;
        }
    }
    out.write_all(b"]")
}
