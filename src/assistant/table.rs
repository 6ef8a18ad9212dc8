//! What was looked up, as a table: JSON for the model, words for people.

use serde_json::{Value, json};

use crate::domain::period::Period;

/// So many rows are shown to a model; what is more, it is told the number of.
const ROWS_FOR_MODEL: usize = 100;
/// As much of a name as a model gets.
const LONGEST_NAME: usize = 80;

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What it shows.
    pub about: About,
    /// From left to right.
    pub columns: Vec<Column>,
    /// From top to bottom; each has a cell for each column.
    pub rows: Vec<Vec<Cell>>,
    /// The sum of the first column of numbers, where that means something.
    pub total: Option<u64>,
}

/// What a table shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// In a word.
    pub subject: Subject,
    /// Of which days.
    pub period: Option<Period>,
    /// Of which group or community only.
    pub group: Option<String>,
    /// Of which teacher only.
    pub teacher: Option<String>,
}

/// What a table is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Teachers.
    Teachers,
    /// Groups.
    Groups,
    /// Counted messages.
    Activity,
    /// Those who wrote nothing.
    Silent,
    /// Counted messages beside those of before.
    Compared,
    /// Study time of a community.
    Board,
    /// One's own study time.
    OwnTime,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// A teacher's or group's id.
    Id,
    /// A teacher's name.
    Teacher,
    /// A group's title; a list of them in [`Column::Groups`].
    Group,
    /// A kind of message.
    Kind,
    /// A day.
    Day,
    /// Counted messages.
    Messages,
    /// In the period before.
    Before,
    /// The average of the three periods before.
    Usual,
    /// How much more than usual.
    Change,
    /// The same in percent.
    Percent,
    /// Whether somebody counts now.
    Counts,
    /// Groups: how many, or which.
    Groups,
    /// How many teachers.
    Teachers,
    /// A place on a board.
    Place,
    /// How many have one.
    Of,
    /// Somebody on a board.
    Person,
    /// Study time.
    Time,
    /// In the whole period before.
    TimeBefore,
    /// A stretch of days.
    Period,
}

impl Column {
    /// What a model is told that it is.
    pub fn key(self) -> &'static str {
        match self {
            Column::Id => "id",
            Column::Teacher => "teacher",
            Column::Group => "group",
            Column::Kind => "kind",
            Column::Day => "day",
            Column::Messages => "messages",
            Column::Before => "messages_in_the_period_before",
            Column::Usual => "usual_messages",
            Column::Change => "difference_to_usual",
            Column::Percent => "difference_to_usual_percent",
            Column::Counts => "counts_now",
            Column::Groups => "groups",
            Column::Teachers => "teachers",
            Column::Place => "place",
            Column::Of => "of_how_many",
            Column::Person => "person",
            Column::Time => "study_time",
            Column::TimeBefore => "study_time_in_the_period_before",
            Column::Period => "period",
        }
    }
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A name, a title: what other people chose.
    Text(String),
    /// How many.
    Number(u64),
    /// To one digit.
    Average(f64),
    /// To one digit, with its sign.
    Change(f64),
    /// With its sign; `None`: of nothing.
    Percent(Option<i64>),
    /// Yes or no.
    YesNo(bool),
    /// Seconds.
    Time(u64),
}

impl Cell {
    /// As it is written in a table, whatever the language.
    pub fn shown(&self) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Number(n) => n.to_string(),
            Cell::Average(n) => tenths(*n),
            Cell::Change(n) if *n > 0.0 => format!("+{}", tenths(*n)),
            Cell::Change(n) => tenths(*n),
            Cell::Percent(Some(n)) => format!("{n:+} %"),
            Cell::Percent(None) => "—".to_owned(),
            Cell::YesNo(yes) => if *yes { "✓" } else { "✗" }.to_owned(),
            Cell::Time(seconds) => format!("{}:{:02}", seconds / 3600, seconds % 3600 / 60),
        }
    }

    /// Whether it stands at the right of its column.
    pub fn is_number(&self) -> bool {
        !matches!(self, Cell::Text(_) | Cell::YesNo(_))
    }

    fn for_model(&self) -> Value {
        match self {
            Cell::Text(text) => json!(text.chars().take(LONGEST_NAME).collect::<String>()),
            Cell::Number(n) => json!(n),
            // Rounded, so that what it says is what the table says.
            Cell::Average(n) | Cell::Change(n) => json!((n * 10.0).round() / 10.0),
            Cell::Percent(percent) => json!(percent),
            Cell::YesNo(yes) => json!(yes),
            Cell::Time(seconds) => json!(format!("{} h {} min", seconds / 3600, seconds % 3600 / 60)),
        }
    }
}

/// One digit after the point, none where it is 0.
fn tenths(n: f64) -> String {
    let rounded = (n * 10.0).round() / 10.0;
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}

impl Table {
    /// What the model gets: data, nothing that could pass for words of ours.
    pub fn for_model(&self) -> Value {
        let rows: Vec<Vec<Value>> =
            self.rows.iter().take(ROWS_FOR_MODEL).map(|row| row.iter().map(Cell::for_model).collect()).collect();
        let mut json = json!({
            "columns": self.columns.iter().map(|column| column.key()).collect::<Vec<_>>(),
            "rows": rows,
            "number_of_rows": self.rows.len(),
        });
        if self.rows.len() > ROWS_FOR_MODEL {
            json["rows_left_out"] = json!(self.rows.len() - ROWS_FOR_MODEL);
        }
        if let Some(period) = self.about.period {
            json["period"] = json!({ "from": period.from, "to": period.to, "days": period.len_days() });
        }
        if let Some(total) = self.total {
            json["total_messages"] = json!(total);
        }
        if let Some(group) = &self.about.group {
            json["only_group"] = json!(group.chars().take(LONGEST_NAME).collect::<String>());
        }
        if let Some(teacher) = &self.about.teacher {
            json["only_teacher"] = json!(teacher.chars().take(LONGEST_NAME).collect::<String>());
        }
        json
    }
}
