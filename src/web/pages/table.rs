//! A table of a page: sorted and filtered as the address asks, and taken along as a file with the same rows in the same order.

use std::cmp::Ordering;

use chrono::NaiveDate;

use super::query::Query;
use crate::{
    domain::lang::Lang,
    report::grid::{Cell, Grid, GridFormat},
    text::{self, name::in_text, pages::Words, study::duration},
};

/// How many rows a page of a table has; its files have all.
const ROWS: usize = 100;

/// A table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// Names it in the address.
    pub(super) name: &'static str,
    pub(super) title: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Field>>,
    /// What stands there instead of no rows.
    pub(super) empty: String,
}

/// A column.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// Names it in the address and in JSON.
    pub(super) key: &'static str,
    pub(super) title: String,
    pub(super) sort: Sort,
    /// Left out where there is little room.
    pub(super) minor: bool,
}

/// What a column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Text,
    Number,
}

impl Column {
    pub(super) fn text(key: &'static str, title: impl Into<String>) -> Self {
        Self { key, title: title.into(), sort: Sort::Text, minor: false }
    }

    pub(super) fn number(key: &'static str, title: impl Into<String>) -> Self {
        Self { key, title: title.into(), sort: Sort::Number, minor: false }
    }

    /// Left out where there is little room.
    pub(super) fn minor(self) -> Self {
        Self { minor: true, ..self }
    }
}

/// How something is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tone {
    #[default]
    Plain,
    Good,
    Warning,
    Quiet,
}

impl Tone {
    /// Its class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Plain => "calm",
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Quiet => "quiet",
        }
    }
}

/// What stands in a cell, and how it is shown.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) cell: Cell,
    pub(super) text: String,
    pub(super) href: Option<String>,
    /// A badge of this tone.
    pub(super) badge: Option<Tone>,
    /// A bar below a number, in percent of the column's largest.
    pub(super) bar: Option<u64>,
    /// A small chart below it, as SVG of ours; empty: none.
    pub(super) line: String,
}

impl Field {
    fn new(cell: Cell, text: String) -> Self {
        Self { cell, text, href: None, badge: None, bar: None, line: String::new() }
    }

    pub(super) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::new(Cell::Text(text.clone()), text)
    }

    /// Somebody's name or a group's title: shown bounded, taken along whole.
    pub(super) fn name(name: &str) -> Self {
        Self::new(Cell::Text(name.to_owned()), in_text(name))
    }

    pub(super) fn nothing() -> Self {
        Self::new(Cell::Nothing, "—".to_owned())
    }

    pub(super) fn count(n: u64) -> Self {
        Self::new(Cell::Count(n), text::number(n))
    }

    /// By how much something grew; nothing where that isn't known.
    pub(super) fn change(by: Option<i64>) -> Self {
        by.map_or_else(Self::nothing, |by| Self::new(Cell::Change(by), text::chats::growth(by)))
    }

    /// With a small chart below it.
    pub(super) fn with_line(self, line: String) -> Self {
        Self { line, ..self }
    }

    pub(super) fn day(day: NaiveDate, lang: Lang) -> Self {
        Self::new(Cell::Day(day), text::short_date(day, lang))
    }

    pub(super) fn seconds(seconds: u64, lang: Lang) -> Self {
        Self::new(Cell::Count(seconds), duration(seconds, lang))
    }

    pub(super) fn badge(text: &str, tone: Tone) -> Self {
        Self { badge: Some(tone), ..Self::text(text) }
    }

    pub(super) fn to(self, href: String) -> Self {
        Self { href: Some(href), ..self }
    }

    /// With a bar below it that shows its share of `most`.
    pub(super) fn of(self, most: u64) -> Self {
        let Cell::Count(n) = self.cell else { return self };
        Self { bar: Some((n * 100).checked_div(most).unwrap_or(0).max(u64::from(n > 0))), ..self }
    }

    fn says(&self, lower: &str) -> bool {
        let whole = match &self.cell {
            Cell::Text(text) => text.to_lowercase().contains(lower),
            Cell::Nothing | Cell::Count(_) | Cell::Change(_) | Cell::Day(_) => false,
        };
        whole || self.text.to_lowercase().contains(lower)
    }
}

/// A table as it is shown.
#[derive(Clone, Debug)]
pub(super) struct TableView {
    pub(super) name: &'static str,
    pub(super) title: String,
    pub(super) heads: Vec<Head>,
    pub(super) rows: Vec<Vec<Shown>>,
    pub(super) empty: String,
    /// What is looked for.
    pub(super) wanted: String,
    /// Whether there is anything to look through.
    pub(super) can_filter: bool,
    /// What else the address says, to be kept by the filter's form.
    pub(super) kept: Vec<(String, String)>,
    /// "12 rows", or which of them are shown.
    pub(super) count: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    /// Endings and addresses of its files.
    pub(super) files: Vec<(&'static str, String)>,
}

/// A heading that sorts.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) title: String,
    pub(super) href: String,
    /// For `aria-sort`; empty: not by this one.
    pub(super) sorted: &'static str,
    pub(super) class: &'static str,
}

/// A cell as it is shown.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) field: Field,
    pub(super) class: &'static str,
}

impl Table {
    /// Its rows as the address asks for them.
    fn chosen(&self, query: &Query) -> Vec<&Vec<Field>> {
        let mut rows: Vec<_> = self.rows.iter().collect();
        let Some(asked) = self.asked(query) else { return rows };
        let wanted = asked.get("q").to_lowercase();
        if !wanted.trim().is_empty() {
            rows.retain(|row| row.iter().any(|field| field.says(wanted.trim())));
        }
        if let Some(column) = self.columns.iter().position(|column| column.key == asked.get("sort")) {
            let is_down = asked.get("dir") == "desc";
            rows.sort_by(|a, b| compare(&a[column].cell, &b[column].cell, is_down));
        }
        rows
    }

    /// The address, if it speaks of this table.
    fn asked<'q>(&self, query: &'q Query) -> Option<&'q Query> {
        (query.get("table") == self.name).then_some(query)
    }

    /// The table as a file.
    pub(super) fn grid(&self, query: &Query) -> Grid {
        let columns = self.columns.iter().map(|column| (column.key, column.title.clone())).collect();
        let cells = |row: &Vec<Field>| row.iter().map(|field| field.cell.clone()).collect();
        Grid { columns, rows: self.chosen(query).into_iter().map(cells).collect() }
    }

    /// The table for the page at `path`.
    pub(super) fn view(&self, path: &str, query: &Query, words: Words) -> TableView {
        let chosen = self.chosen(query);
        let asked = self.asked(query).cloned().unwrap_or_default();
        let pages = chosen.len().div_ceil(ROWS).max(1);
        let page = asked.get("page").parse::<usize>().unwrap_or(1).clamp(1, pages);
        let first = (page - 1) * ROWS;
        let shown: Vec<_> = chosen.iter().skip(first).take(ROWS).collect();
        let count =
            if pages > 1 { words.page_of(first + 1, first + shown.len(), chosen.len()) } else { words.rows(chosen.len()) };
        // Of another table's wishes nothing is kept.
        let own = query.without(&["table", "q", "sort", "dir", "page", "format", "said"]);
        let own = own.with("table", self.name).with_some("q", asked.get("q"));
        let sorted = own.with_some("sort", asked.get("sort")).with_some("dir", asked.get("dir"));
        let turned = |page: usize| sorted.with("page", &page.to_string()).href(path);
        let class = |column: &Column| match (column.sort, column.minor) {
            (Sort::Text, false) => "",
            (Sort::Text, true) => "minor",
            (Sort::Number, false) => "num",
            (Sort::Number, true) => "num minor",
        };
        let heads = self.columns.iter().map(|column| {
            let now = (asked.get("sort") == column.key).then(|| asked.get("dir"));
            // What is largest is looked for first.
            let next = match (now, column.sort) {
                (Some("desc"), _) => "asc",
                (Some(_), _) | (None, Sort::Number) => "desc",
                (None, Sort::Text) => "asc",
            };
            let sorted = match now {
                Some("desc") => "descending",
                Some(_) => "ascending",
                None => "",
            };
            Head {
                title: column.title.clone(),
                href: own.with("sort", column.key).with("dir", next).href(path),
                sorted,
                class: class(column),
            }
        });
        let rows = shown.iter().map(|row| {
            let cells = row.iter().zip(&self.columns);
            cells.map(|(field, column)| Shown { field: field.clone(), class: class(column) }).collect()
        });
        let wanted = asked.get("q").to_owned();
        TableView {
            name: self.name,
            title: self.title.clone(),
            heads: heads.collect(),
            rows: rows.collect(),
            empty: if self.rows.is_empty() { self.empty.clone() } else { words.nothing_found().to_owned() },
            can_filter: self.rows.len() > 5 || !wanted.is_empty(),
            wanted,
            kept: sorted.without(&["q"]).pairs(),
            count,
            before: (page > 1).then(|| turned(page - 1)),
            after: (page < pages).then(|| turned(page + 1)),
            files: GridFormat::ALL.map(|format| (format.ending(), sorted.with("format", format.ending()).href(path))).into(),
        }
    }
}

/// Nothing comes last whichever way it is sorted; texts compare as people read them.
fn compare(a: &Cell, b: &Cell, is_down: bool) -> Ordering {
    let order = match (a, b) {
        (Cell::Nothing, Cell::Nothing) => return Ordering::Equal,
        (Cell::Nothing, _) => return Ordering::Greater,
        (_, Cell::Nothing) => return Ordering::Less,
        (Cell::Text(a), Cell::Text(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
        (a, b) => a.cmp(b),
    };
    if is_down { order.reverse() } else { order }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let row = |name: &str, n: Option<u64>| vec![Field::name(name), n.map_or_else(Field::nothing, Field::count)];
        Table {
            name: "people",
            title: "People".into(),
            columns: vec![Column::text("name", "Name"), Column::number("total", "Total")],
            rows: vec![row("bob", Some(2)), row("Ann", None), row("<i>Zed", Some(11)), row("carl", Some(2))],
            empty: "Nobody".into(),
        }
    }

    fn names(query: &str) -> Vec<String> {
        let query = Query::parse(query);
        let view = table().view("/people", &query, Words(Lang::En));
        let shown: Vec<_> = view.rows.iter().map(|row| row[0].field.text.clone()).collect();
        let taken: Vec<_> = table().grid(&query).rows.iter().map(|row| row[0].clone()).collect();
        assert_eq!(shown.iter().cloned().map(Cell::Text).collect::<Vec<_>>(), taken, "a file has what is shown");
        shown
    }

    #[test]
    fn rows_are_sorted_and_filtered_as_the_address_says() {
        assert_eq!(names(""), ["bob", "Ann", "<i>Zed", "carl"]);
        assert_eq!(names("table=people&sort=name&dir=asc"), ["<i>Zed", "Ann", "bob", "carl"]);
        assert_eq!(names("table=people&sort=total&dir=desc"), ["<i>Zed", "bob", "carl", "Ann"]);
        assert_eq!(names("table=people&sort=total&dir=asc"), ["bob", "carl", "<i>Zed", "Ann"], "nothing comes last");
        assert_eq!(names("table=people&q=+B"), ["bob"]);
        assert_eq!(names("table=others&q=nobody"), ["bob", "Ann", "<i>Zed", "carl"], "that was another table");
        assert!(names("table=people&q=nobody").is_empty());
    }

    #[test]
    fn long_tables_have_pages_and_their_files_everything() {
        let mut table = table();
        table.rows = (0..250).map(|n| vec![Field::name(&format!("p{n}")), Field::count(n)]).collect();
        let query = Query::parse("table=people&page=3&sort=total&dir=desc");
        let view = table.view("/people", &query, Words(Lang::En));
        assert_eq!((view.rows.len(), view.after.is_none(), view.before.is_some()), (50, true, true));
        assert_eq!(table.grid(&query).rows.len(), 250);
        let beyond = table.view("/people", &Query::parse("table=people&page=99999999999"), Words(Lang::En));
        assert_eq!(beyond.rows.len(), 50, "beyond the last page is the last page");
    }
}
