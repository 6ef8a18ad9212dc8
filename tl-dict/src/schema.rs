//! Telegram's schema as a table: what follows each constructor's number on the wire, and how Telethon shows it.

use std::{collections::HashMap, sync::LazyLock};

use grammers_tl_parser::{
    parse_tl_file,
    tl::{Definition, Parameter, ParameterType, Type},
};

/// The layer of the schema.
pub const LAYER: i32 = 230;

static TEXT: &str = include_str!("../schema/api.tl");
static TABLE: LazyLock<HashMap<u32, Constructor>> = LazyLock::new(table);

/// One of the forms that a type can have.
#[derive(Debug)]
pub(crate) struct Constructor {
    /// Its name as Telethon's class has it.
    pub(crate) name: String,
    /// What is on the wire, in its order.
    pub(crate) fields: Vec<Field>,
    /// Which of these are shown, in Telethon's order.
    pub(crate) shown: Vec<usize>,
}

/// A part of it.
#[derive(Debug)]
pub(crate) struct Field {
    /// The key under which it is shown.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The set of flags (counted from 0) and the bit that say whether it is there.
    pub(crate) flag: Option<(usize, usize)>,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Flags,
    /// Nothing on the wire: the flag is all.
    True,
    Bool,
    Int,
    /// An `int` that Telethon shows as a time.
    Date,
    Long,
    Double,
    Text,
    Bytes,
    Object,
    Vector(Box<Kind>),
}

/// The constructor with this number.
pub(crate) fn constructor(id: u32) -> Option<&'static Constructor> {
    TABLE.get(&id)
}

fn table() -> HashMap<u32, Constructor> {
    // Templates (`vector`) aren't constructors of anything that can be read by itself.
    parse_tl_file(TEXT).flatten().map(|definition| (definition.id, Constructor::of(&definition))).collect()
}

impl Constructor {
    fn of(definition: &Definition) -> Self {
        let mut sets = Vec::new();
        let fields: Vec<Field> = definition.params.iter().map(|parameter| Field::of(parameter, &mut sets)).collect();
        let mut shown: Vec<usize> = (0..fields.len()).filter(|at| fields[*at].kind != Kind::Flags).collect();
        // Telethon makes its arguments optional that may be absent, and the number that it can choose itself.
        shown.sort_by_key(|at| fields[*at].flag.is_some() || fields[*at].name == "random_id");
        Self { name: class(&definition.name), fields, shown }
    }
}

impl Field {
    /// `sets` are the names of the flags that were met so far.
    fn of(parameter: &Parameter, sets: &mut Vec<String>) -> Self {
        let (kind, flag) = match &parameter.ty {
            ParameterType::Flags => {
                sets.push(parameter.name.clone());
                (Kind::Flags, None)
            }
            ParameterType::Normal { ty, flag } => {
                let place = |name: &str| sets.iter().position(|set| set == name).expect("flags come before what they are about");
                let flag = flag.as_ref().map(|flag| (place(&flag.name), flag.index));
                (kind(ty, &parameter.name), flag)
            }
        };
        Self { name: key(&parameter.name), kind, flag }
    }
}

fn kind(ty: &Type, name: &str) -> Kind {
    match (ty.name.as_str(), &ty.generic_arg) {
        ("Vector" | "vector", Some(of)) => Kind::Vector(Box::new(kind(of, name))),
        ("true", _) => Kind::True,
        ("Bool", _) => Kind::Bool,
        ("int", _) if is_date(name) => Kind::Date,
        ("int", _) => Kind::Int,
        ("long", _) => Kind::Long,
        ("double", _) => Kind::Double,
        ("string", _) => Kind::Text,
        ("bytes", _) => Kind::Bytes,
        _ => Kind::Object,
    }
}

/// Whether Telethon takes an `int` of this name for a time: it goes by the name alone.
fn is_date(name: &str) -> bool {
    matches!(name, "expires" | "expires_at" | "was_online")
        || name.split('_').any(|word| matches!(word, "date" | "until" | "since"))
}

/// What Python can't call an argument.
fn key(name: &str) -> String {
    match name {
        "self" => "is_self".to_owned(),
        "from" => "from_".to_owned(),
        other => other.to_owned(),
    }
}

/// `channelFull` → `ChannelFull`, `some_name` → `SomeName`.
fn class(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
    };
    name.split('_').map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_schema_is_understood() {
        let lines = TEXT.lines().filter(|line| line.contains(" = ") && !line.starts_with("vector#")).count();
        assert_eq!(TABLE.len(), lines);
        assert!(TEXT.starts_with(&format!("// LAYER {LAYER}\n")));
        assert_eq!(LAYER, grammers_tl_types::LAYER, "the layer that is announced to Telegram");
    }

    #[test]
    fn times_are_told_by_their_names() {
        for name in ["date", "edit_date", "date_active", "until_date", "mute_until", "valid_since", "expires", "was_online"] {
            assert!(is_date(name), "{name}");
        }
        for name in ["server_time", "next_round_at", "expires_in", "video_timestamp", "update", "dates"] {
            assert!(!is_date(name), "{name}");
        }
    }
}
