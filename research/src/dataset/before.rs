//! What must be known before the first row: all chats, and with `compat` the tables as the original has them.

use std::{collections::BTreeSet, fs};

use super::{
    CHATS, COLLECTED, COUNTER, Surveyed,
    counter::Counter,
    known,
    legacy::{self, Meeting},
};
use crate::{fault::Fault, json::Json, known::Known, read, table::Table, tables::Tables};

/// What must be known before the first row.
pub(super) struct Before {
    pub(super) known: Known,
    /// With `compat`, the three tables as the original has them.
    pub(super) legacy: Option<Legacy>,
}

pub(super) struct Legacy {
    pub(super) collected: Table,
    pub(super) files: SmallFiles,
}

/// Names and contents.
pub(super) type SmallFiles = Vec<(&'static str, Vec<u8>)>;

impl Before {
    pub(super) fn of(surveyed: &[Surveyed], tables: &Tables, compat: bool) -> Result<Self, Fault> {
        let collected = match tables.of_collection(COLLECTED)? {
            Some(path) => Table::read(&path)?,
            None => None,
        };
        if !compat {
            return Ok(Self { known: known(surveyed, collected.as_ref()), legacy: None });
        }
        let mut files = Vec::new();
        for name in [COLLECTED, COUNTER, CHATS] {
            if let Some(path) = tables.of_collection(name)? {
                files.push((name, fs::read(&path).map_err(Fault::disk("read", &path))?));
            }
        }
        let (collected, files) = match collected {
            // Counting means reading all posts once more.
            Some(collected) if files.len() == 3 => (collected, files),
            collected => made_up(collected, files, surveyed)?,
        };
        let mut known = Known::default();
        known.add_table(&collected);
        Ok(Self { known, legacy: Some(Legacy { collected, files }) })
    }
}

/// Tables that the collection lacks, as the original would have written them.
fn made_up(collected: Option<Table>, files: SmallFiles, surveyed: &[Surveyed]) -> Result<(Table, SmallFiles), Fault> {
    let (counter, made) = recounted(surveyed)?;
    let collected = collected.unwrap_or(made);
    let made = [(COLLECTED, collected.to_csv()), (COUNTER, counter.csv()), (CHATS, counter.ids().into_bytes())];
    let there = |name: &str| files.iter().find(|(known, _)| *known == name).map(|(_, content)| content.clone());
    let files = made.map(|(name, content)| (name, there(name).unwrap_or(content)));
    Ok((collected, files.into()))
}

/// `collected_chats.csv` as the original would have written it.
pub(crate) fn legacy_collected(surveyed: &[Surveyed]) -> Result<Table, Fault> {
    recounted(surveyed).map(|(_, collected)| collected)
}

fn recounted(surveyed: &[Surveyed]) -> Result<(Counter, Table), Fault> {
    let (counter, rows) = recount(surveyed)?;
    // A chat may have several rows there.
    let cells = rows.iter().flat_map(|row| {
        let mut one = Known::default();
        one.add(std::slice::from_ref(row));
        one.chats.into_iter().map(|chat| chat.cells)
    });
    let collected = counter.collected(cells);
    Ok((counter, collected))
}

/// What the original would have counted, by pages.
fn recount(surveyed: &[Surveyed]) -> Result<(Counter, Vec<Json>), Fault> {
    recount_by(surveyed, legacy::PAGE)
}

pub(super) fn recount_by(surveyed: &[Surveyed], posts_of_a_page: u64) -> Result<(Counter, Vec<Json>), Fault> {
    let mut meeting = Meeting::of(surveyed.iter().map(|one| &one.full));
    for one in surveyed {
        let name = one.channel.name.as_str();
        meeting.full_answer(name, &one.full);
        let Some(path) = &one.channel.posts else { continue };
        let (mut page, mut named) = (0, BTreeSet::new());
        read::posts(path, |index, post, _| {
            let of = index / posts_of_a_page;
            if of != page {
                if page > 0 {
                    meeting.page(name, &one.beside.chats, &named);
                }
                page = of;
                named.clear();
            }
            named.extend(legacy::sent_along(&post));
            Ok(())
        })?;
        if page > 0 {
            meeting.page(name, &one.beside.chats, &named);
        }
    }
    Ok(meeting.end())
}
