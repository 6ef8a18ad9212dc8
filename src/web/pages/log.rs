//! Who changed what.

use super::{
    look::{Look, Trouble},
    page::{Page, Section},
    table::{Column, Field, Table},
};
use crate::text::{
    pages::{action, actor},
    report::moment,
};

/// Entries that are looked at. Older ones are in the files of their months.
const NEWEST: usize = 2_000;

pub(super) fn draw(look: &Look<'_>) -> Result<Page, Trouble> {
    let (words, lang) = (look.words(), look.lang());
    let entries = look.dashboard.store().audit(u64::MAX, NEWEST, |_| true)?;
    let zone = look.dashboard.rules().zone;
    let rows = look.read(|state| {
        let row = |entry: &crate::domain::audit::Entry| {
            vec![
                Field::text(moment(entry.at, zone)),
                Field::name(&actor(&entry.by, state, lang)),
                Field::text(action(&entry.did, state, lang)),
            ]
        };
        entries.iter().map(|(_, entry)| row(entry)).collect::<Vec<_>>()
    });
    let table = Table {
        name: "audit",
        title: words.audit().to_owned(),
        columns: vec![Column::text("when", words.when()), Column::text("who", words.who()), Column::text("what", words.what())],
        rows,
        empty: words.audit_empty().to_owned(),
    };
    let sections = vec![Section::Table(table)];
    Ok(Page { title: words.audit().to_owned(), lead: Some(words.audit_lead().to_owned()), sections, ..Page::default() })
}
