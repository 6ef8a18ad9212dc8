//! The files that are about all channels.

use std::collections::BTreeMap;

use rollcall_research::{Counter, Fault, collected_chats};

use super::{
    assemble,
    folder::{Folder, FolderFault, Names},
    source::Why,
};
use crate::channels::{Named, PageTally, count};

/// Writes them.
pub(super) fn publish(folder: &Folder, names: &Names, is_compatible: bool) -> Result<(), FolderFault> {
    let (mut counter, mut met, mut counted) = (Counter::default(), Met::default(), Vec::new());
    let (mut not_found, mut others) = (String::new(), String::new());
    for known in &names.channels {
        match &known.failed {
            Some(Why::NotFound | Why::NoChannel) => not_found.push_str(&format!("{}\n", known.name)),
            Some(_) => others.push_str(&format!("{}\n", known.name)),
            None => {}
        }
        let Some(id) = known.id.filter(|id| !counted.contains(id)) else { continue };
        counted.push(id);
        if let Some(state) = folder.state(id)? {
            let tally: PageTally = folder.note(id, assemble::TALLY)?.unwrap_or_default();
            count(&mut counter, is_compatible, &state.name, id, &state.own, &tally);
            state.own.iter().chain(tally.chats.iter().map(|named| &named.chat)).for_each(|chat| met.add(chat));
        }
    }
    folder.publish(&folder.public("chats.txt"), counter.ids().as_bytes())?;
    folder.publish(&folder.public("counter.csv"), &counter.csv())?;
    if is_compatible {
        collected(folder)?;
    }
    let exceptions = [
        ("_exceptions-channels-not-found.txt", not_found),
        ("_exceptions-users-not-found.txt", met.unaddressable(&counter)),
        ("user_exceptions.txt", others),
    ];
    for (file, names) in exceptions {
        let path = folder.public(file);
        if names.is_empty() { folder.withdraw(&path)? } else { folder.publish(&path, names.as_bytes())? }
    }
    Ok(())
}

/// The chats that were met, as the original writes them while it collects. Where nothing is collected yet there is nothing to say.
fn collected(folder: &Folder) -> Result<(), FolderFault> {
    match collected_chats(&folder.public("")) {
        Ok(()) | Err(Fault::NothingCollected(_)) => Ok(()),
        Err(why) => Err(FolderFault::Unreadable { path: folder.public("collected_chats.csv"), why: why.to_string() }),
    }
}

/// Whether the chats that were met could be asked about.
#[derive(Default)]
struct Met(Vec<i64>, BTreeMap<i64, bool>);

impl Met {
    fn add(&mut self, chat: &Named) {
        let is_addressable = self.1.entry(chat.id).or_insert_with(|| {
            self.0.push(chat.id);
            false
        });
        *is_addressable |= chat.hash.is_some();
    }

    /// Those that Telegram never named in full: nobody can ask about them by their number, which is what the original does with every
    /// chat that it meets, and writes down where it can't.
    fn unaddressable(&self, counter: &Counter) -> String {
        let lines = self.0.iter().filter(|id| counter.has(**id) && !self.1[*id]).map(|id| format!("ID - {id}\n"));
        lines.collect()
    }
}
