//! What a page shows, before it is HTML.

use super::{
    chart::{DayChart, HeatChart},
    message::Message,
    table::{Table, TableView, Tone},
};

/// A page without what is around every page.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    pub(super) title: String,
    /// A line below it.
    pub(super) lead: Option<String>,
    /// Where it belongs: an address and its name.
    pub(super) up: Option<(String, &'static str)>,
    /// Something beside the title.
    pub(super) badge: Option<(String, Tone)>,
    pub(super) sections: Vec<Section>,
    /// Where it hears news of its own; empty: as its address says.
    pub(super) live: String,
}

/// A part of a page.
#[derive(Clone, Debug)]
pub(super) enum Section {
    /// Numbers side by side.
    Figures(Vec<Figure>),
    /// Sentences about what needs somebody.
    Notes(String, Vec<Note>),
    /// A choice of days.
    Periods(Periods),
    /// Links that narrow what is shown.
    Choices(Vec<Choice>),
    /// A line by day.
    Days(DayChart),
    /// Weekday by hour.
    Heat(HeatChart),
    /// Rows and columns.
    Table(Table),
    /// The same, ready to be shown.
    Shown(TableView),
    /// Names and values.
    Facts(String, Vec<(String, String)>),
    /// What arrives, message by message.
    Messages(String, Vec<Message>),
    /// A picture of ours: its heading, where it is, and what it shows.
    Picture(String, &'static str, String),
    /// A page of ours within this one: its heading, where it is, and what it shows.
    Frame(String, String, &'static str),
    /// Forms under one heading.
    Forms(String, Vec<Form>),
}

/// A number with its name.
#[derive(Clone, Debug)]
pub(super) struct Figure {
    pub(super) label: String,
    pub(super) value: String,
    /// Smaller, beside the number.
    pub(super) beside: String,
    /// How it compares, with a tone.
    pub(super) trend: Option<(String, Tone)>,
    /// A line below.
    pub(super) below: String,
    /// Its name in live news; empty: it stays.
    pub(super) live: &'static str,
}

/// A sentence that needs somebody.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) tone: Tone,
    pub(super) text: String,
}

/// The days that a page is about, and others to choose from.
#[derive(Clone, Debug)]
pub(super) struct Periods {
    /// Names, addresses, and whether it is this one.
    pub(super) links: Vec<(&'static str, String, bool)>,
    pub(super) path: String,
    pub(super) from: String,
    pub(super) to: String,
}

/// Links of which one is chosen.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// What is chosen by them.
    pub(super) label: &'static str,
    /// Names, addresses, and whether it is this one.
    pub(super) links: Vec<(String, String, bool)>,
}

/// A form.
#[derive(Clone, Debug, Default)]
pub(super) struct Form {
    pub(super) action: String,
    /// What it does; also on its button unless `button` says otherwise.
    pub(super) title: &'static str,
    pub(super) more: &'static str,
    pub(super) fields: Vec<Input>,
    /// What few need: its heading, and fields that are shown when it is pressed.
    pub(super) folded: Option<(&'static str, Vec<Input>)>,
    pub(super) button: &'static str,
    /// It takes something away.
    pub(super) is_grave: bool,
}

/// A field of a form.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) kind: InputKind,
}

/// What is typed or chosen.
#[derive(Clone, Debug)]
pub(super) enum InputKind {
    /// Always the same.
    Hidden(String),
    /// A line: what stands there, and the most characters. `true`: it may be empty.
    Text(String, usize, bool),
    /// What nobody should read over the shoulder; the most characters.
    Secret(usize),
    /// A number.
    Number(bool),
    /// Several lines: what stands there, and the most characters.
    Long(String, usize),
    /// A local time; it may be empty.
    Moment,
    /// A day; it may be empty.
    Day,
    /// Any of these: value, name, whether it is ticked.
    Ticks(Vec<(String, String, bool)>),
    /// A file from the visitor's device; it may be missing. The most bytes, and the most where it is shown as a photo.
    File(usize, usize),
    /// One of these: value, name, whether it is chosen.
    Choice(Vec<(String, String, bool)>),
}

impl Form {
    /// A form that does something.
    pub(super) fn new(action: impl Into<String>, title: &'static str) -> Self {
        Self { action: action.into(), title, button: title, ..Self::default() }
    }

    pub(super) fn more(self, more: &'static str) -> Self {
        Self { more, ..self }
    }

    pub(super) fn button(self, button: &'static str) -> Self {
        Self { button, ..self }
    }

    pub(super) fn grave(self) -> Self {
        Self { is_grave: true, ..self }
    }

    /// With further fields.
    pub(super) fn and(mut self, fields: Vec<Input>) -> Self {
        self.fields.extend(fields);
        self
    }

    /// With fields that few need, below a heading.
    pub(super) fn folding(self, heading: &'static str, fields: Vec<Input>) -> Self {
        Self { folded: Some((heading, fields)), ..self }
    }

    /// Whether a file may come with it.
    pub(super) fn has_file(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.kind, InputKind::File(..)))
    }

    pub(super) fn with(mut self, name: &'static str, label: &'static str, kind: InputKind) -> Self {
        self.fields.push(Input::new(name, label, kind));
        self
    }
}

impl Input {
    pub(super) fn new(name: &'static str, label: &'static str, kind: InputKind) -> Self {
        Self { name, label, kind }
    }
}
