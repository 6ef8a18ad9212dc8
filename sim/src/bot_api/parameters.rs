//! Parameters of a call, however they were sent: query, form, multipart or JSON.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{
    Refusal,
    schema::{self, Field, Method},
};

/// A method's proper name, and why a call of it is a mistake, if it is: of the caller, or a gap of this crate.
pub(super) fn check(method: &str, given: &Parameters) -> (Option<&'static str>, Option<String>) {
    match schema::method(method) {
        Method::Modelled(name, fields) => (Some(name), given.misfit(fields).map(|why| format!("{name}: {why}"))),
        Method::NotModelled(name) => (None, Some(format!("{name} is not modelled"))),
        Method::Unknown => (None, Some(format!("unknown method {method}"))),
    }
}

/// An uploaded file.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// What a call was given.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters {
    pub(super) fields: Map<String, Value>,
    pub(super) files: BTreeMap<String, Upload>,
}

impl Parameters {
    /// What no parameter, or no value of its type, is.
    fn misfit(&self, fields: &BTreeMap<&'static str, Field>) -> Option<String> {
        let unknown = |name: &str| Some(format!("there is no parameter {name}"));
        for (name, value) in self.fields.iter().filter(|(_, value)| !value.is_null()) {
            let Some(field) = fields.get(name.as_str()) else { return unknown(name) };
            let better = value.as_str().and_then(|text| coerced(text, &field.types));
            if let Some(why) = schema::misfit(better.as_ref().unwrap_or(value), &field.types, name) {
                return Some(why);
            }
        }
        // Other files may be referred to by attach://name.
        let told = serde_json::to_string(&self.fields).unwrap_or_default();
        let strange = |name: &&String| {
            let is_parameter = fields.get(name.as_str()).is_some_and(|field| field.types.contains(&"InputFile"));
            !is_parameter && !told.contains(&format!("attach://{name}"))
        };
        self.files.keys().find(strange).and_then(|name| unknown(name))
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.fields.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            other => Some(other.to_string()),
        }
    }

    pub(super) fn int(&self, name: &str) -> Result<Option<i64>, Refusal> {
        match self.fields.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Number(number)) if number.is_i64() => Ok(number.as_i64()),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => text.trim().parse().map(Some).map_err(|_| wrong_type(name)),
            Some(_) => Err(wrong_type(name)),
        }
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.fields.get(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(Value::String(text)) => match text.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" => Ok(true),
                "" | "false" | "0" | "no" => Ok(false),
                _ => Err(wrong_type(name)),
            },
            Some(_) => Err(wrong_type(name)),
        }
    }

    /// An object or list: as JSON, or as text that is JSON.
    pub(super) fn object<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Refusal> {
        let value = match self.fields.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) if text.is_empty() => return Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text).map_err(|_| cant_parse(name))?,
            Some(value) => value.clone(),
        };
        serde_json::from_value(value).map(Some).map_err(|_| cant_parse(name))
    }
}

/// Text of a form in the type that the method wants; `None` leaves it text.
fn coerced(text: &str, types: &[&str]) -> Option<Value> {
    types.iter().find_map(|kind| match *kind {
        "Integer" => text.trim().parse::<i64>().ok().map(Value::from),
        "Float" => text.trim().parse::<f64>().ok().map(Value::from),
        "Boolean" | "True" => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Some(Value::Bool(true)),
            "" | "false" | "0" | "no" => Some(Value::Bool(false)),
            _ => None,
        },
        "String" | "InputFile" => None,
        _ => serde_json::from_str(text).ok(),
    })
}

fn wrong_type(name: &str) -> Refusal {
    Refusal::new(400, format!("invalid {name} specified"))
}

fn cant_parse(name: &str) -> Refusal {
    Refusal::new(400, format!("can't parse {name} JSON object"))
}
