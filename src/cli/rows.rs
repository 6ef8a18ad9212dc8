//! Lists for people (aligned), for programs (JSON) and for spreadsheets (CSV).

use std::io;

use clap::ValueEnum;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde_json::{Map, Value};

use super::out;

/// As what a list is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// Aligned columns, for people.
    #[default]
    Table,
    /// An array of objects.
    Json,
    /// Comma-separated values with a header.
    Csv,
}

/// A list. Column names are keys in JSON and CSV.
#[derive(Debug)]
pub(super) struct Rows {
    columns: Vec<&'static str>,
    rows: Vec<Vec<Value>>,
}

impl Rows {
    /// An empty list with these columns.
    pub(super) fn new(columns: &[&'static str]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row, one value a column.
    pub(super) fn push<const N: usize>(&mut self, row: [Value; N]) {
        debug_assert_eq!(N, self.columns.len(), "a row has a value for each column");
        self.rows.push(row.into());
    }

    /// Prints the list; people are told when it is empty.
    pub(super) fn print(&self, format: ListFormat, when_empty: &str) -> io::Result<()> {
        match format {
            ListFormat::Table if self.rows.is_empty() => {
                out::talk(when_empty);
                Ok(())
            }
            ListFormat::Table => out::data(&self.table()),
            ListFormat::Json => out::data(&self.json()),
            ListFormat::Csv => out::bytes(&self.csv()),
        }
    }

    fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(self.columns.iter().map(|name| name.replace('_', " ").to_uppercase()));
        for row in &self.rows {
            table.add_row(row.iter().map(for_people));
        }
        for (index, column) in table.column_iter_mut().enumerate() {
            if self.rows.iter().all(|row| row[index].is_number() || row[index].is_null()) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.trim_fmt()
    }

    fn json(&self) -> String {
        let object = |row: &Vec<Value>| -> Map<String, Value> {
            self.columns.iter().map(|name| (*name).to_owned()).zip(row.iter().cloned()).collect()
        };
        serde_json::to_string_pretty(&self.rows.iter().map(object).collect::<Vec<_>>()).expect("values are JSON")
    }

    fn csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let written = std::iter::once(self.columns.iter().map(|name| (*name).to_owned()).collect())
            .chain(self.rows.iter().map(|row| row.iter().map(for_programs).collect::<Vec<_>>()))
            .try_for_each(|record: Vec<String>| writer.write_record(record));
        written.expect("memory takes every record, and all are of one length");
        writer.into_inner().expect("memory can be flushed")
    }
}

fn for_people(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(for_people).collect::<Vec<_>>().join(", "),
        Value::Object(_) => value.to_string(),
    }
}

fn for_programs(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(for_programs).collect::<Vec<_>>().join(" "),
        Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_list_in_three_formats() {
        let mut rows = Rows::new(&["id", "full_name", "account", "groups", "active"]);
        rows.push([json!("T001"), json!("Ann, \"A\" Lee"), json!(12345), json!([1, 2]), json!(true)]);
        rows.push([json!("T002"), json!("Екатерина"), Value::Null, json!([]), json!(false)]);
        insta::assert_snapshot!(format!(
            "{}\n\n{}\n\n{}",
            rows.table(),
            rows.json(),
            String::from_utf8(rows.csv()).expect("UTF-8")
        ));
    }
}
