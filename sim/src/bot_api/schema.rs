//! Which methods and parameters there are, and whether a value fits: from `schema.txt`, the Bot API's own tables.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::parse(include_str!("schema.txt")));

type Fields = BTreeMap<&'static str, Field>;

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) required: bool,
    pub(crate) types: Vec<&'static str>,
}

#[derive(Debug, Default)]
struct Schema {
    /// By lower-case name: Telegram does not care about case.
    methods: BTreeMap<String, (&'static str, Fields)>,
    types: BTreeMap<&'static str, Fields>,
    unions: BTreeMap<&'static str, Vec<&'static str>>,
    others: Vec<&'static str>,
}

/// A method's name as Telegram spells it, and its parameters.
pub(crate) enum Method {
    Modelled(&'static str, &'static Fields),
    /// Telegram has it, the model does not.
    NotModelled(&'static str),
    Unknown,
}

pub(crate) fn method(name: &str) -> Method {
    let lower = name.to_lowercase();
    if let Some((name, fields)) = SCHEMA.methods.get(&lower) {
        return Method::Modelled(name, fields);
    }
    let other = SCHEMA.others.iter().find(|m| m.to_lowercase() == lower);
    other.map_or(Method::Unknown, |name| Method::NotModelled(name))
}

/// What is wrong with a value, as a path and a sentence; `None` if it fits one of the types.
pub(crate) fn misfit(value: &Value, types: &[&str], path: &str) -> Option<String> {
    let mut complaints: Vec<String> = Vec::new();
    for kind in types {
        match misfit_one(value, kind, path) {
            None => return None,
            Some(complaint) => complaints.push(complaint),
        }
    }
    // The complaint that got deepest tells most.
    complaints.into_iter().max_by_key(|c| c.matches('.').count())
}

fn misfit_one(value: &Value, kind: &str, path: &str) -> Option<String> {
    let expected = |what: &str| Some(format!("{path}: expected {what}, got {value}"));
    match kind {
        "Integer" => (!value.is_i64() && !value.is_u64()).then(|| expected("an integer"))?,
        "Float" => (!value.is_number()).then(|| expected("a number"))?,
        "Boolean" | "True" => (!value.is_boolean()).then(|| expected("a boolean"))?,
        "String" | "InputFile" => (!value.is_string()).then(|| expected("a string"))?,
        _ => {
            if let Some(item) = kind.strip_prefix('*') {
                let Some(items) = value.as_array() else {
                    return expected("an array");
                };
                return items.iter().enumerate().find_map(|(n, v)| misfit(v, &[item], &format!("{path}[{n}]")));
            }
            if let Some(members) = SCHEMA.unions.get(kind) {
                return misfit(value, members, path);
            }
            let fields = SCHEMA.types.get(kind)?;
            let Some(object) = value.as_object() else {
                return expected(kind);
            };
            let missing = fields.iter().find(|(name, f)| f.required && !object.contains_key(**name));
            if let Some((name, _)) = missing {
                return Some(format!("{path}.{name}: missing in {kind}"));
            }
            object.iter().filter(|(_, v)| !v.is_null()).find_map(|(name, value)| match fields.get(name.as_str()) {
                Some(field) => misfit(value, &field.types, &format!("{path}.{name}")),
                None => Some(format!("{path}.{name}: unknown in {kind}")),
            })
        }
    }
}

impl Schema {
    fn parse(text: &'static str) -> Self {
        let mut schema = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split(' ');
            let (what, name) = (words.next(), words.next().unwrap_or_default());
            match what {
                Some("method") => {
                    let entry = (name, fields(words));
                    schema.methods.insert(name.to_lowercase(), entry);
                }
                Some("type") => {
                    schema.types.insert(name, fields(words));
                }
                Some("union") => {
                    let members = words.next().unwrap_or_default().split('|').collect();
                    schema.unions.insert(name, members);
                }
                Some("other") => schema.others = std::iter::once(name).chain(words).collect(),
                Some(_) | None => {}
            }
        }
        schema
    }
}

fn fields(words: impl Iterator<Item = &'static str>) -> Fields {
    words
        .filter_map(|word| word.split_once('='))
        .map(|(name, types)| {
            let field = Field { required: name.ends_with('!'), types: types.split('|').collect() };
            (name.trim_end_matches('!'), field)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn methods_are_found_in_any_case() {
        assert!(matches!(method("GETME"), Method::Modelled("getMe", _)));
        assert!(matches!(method("sendPoll"), Method::NotModelled("sendPoll")));
        assert!(matches!(method("sendTelepathy"), Method::Unknown));
    }

    #[test]
    fn a_wrong_value_is_named_by_its_path() {
        let check = |markup: Value| misfit(&markup, &["InlineKeyboardMarkup", "ReplyKeyboardRemove"], "reply_markup");
        assert_eq!(check(json!({"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]})), None);
        assert_eq!(
            check(json!({"inline_keyboard": [[{"text": "a", "colour": "b"}]]})).unwrap(),
            "reply_markup.inline_keyboard[0][0].colour: unknown in InlineKeyboardButton"
        );
    }
}
