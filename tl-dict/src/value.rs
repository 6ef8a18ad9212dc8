//! What was read.

use crate::{python, schema::Constructor};

/// Something in an answer.
#[derive(Clone, Debug)]
pub enum Value {
    /// What isn't there.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number of 32 or 64 bits.
    Int(i64),
    /// A fraction.
    Double(f64),
    /// Words.
    Text(String),
    /// A time, in seconds since 1970.
    Date(i32),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Several of one kind.
    List(Vec<Value>),
    /// An object of Telegram's.
    Object(Object),
}

/// One of Telegram's objects: its constructor and what it holds, in Telethon's order.
#[derive(Clone)]
pub struct Object {
    constructor: &'static Constructor,
    values: Vec<Value>,
}

impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entry(&"_", &self.name()).entries(self.fields()).finish()
    }
}

impl Object {
    pub(crate) fn new(constructor: &'static Constructor, values: Vec<Value>) -> Self {
        Self { constructor, values }
    }

    /// What Telethon's class is called.
    pub fn name(&self) -> &'static str {
        &self.constructor.name
    }

    /// Keys and values, in Telethon's order; without the name.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        let constructor = self.constructor;
        constructor.shown.iter().map(|at| constructor.fields[*at].name.as_str()).zip(&self.values)
    }

    /// What is under a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.fields().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        let constructor = self.constructor;
        let at = constructor.shown.iter().position(|at| constructor.fields[*at].name == key)?;
        self.values.get_mut(at)
    }
}

impl Value {
    /// The object that it is.
    pub fn object(&self) -> Option<&Object> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// What is under a key of the object that it is.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.object()?.get(key)
    }

    /// Whether it is an object of this class.
    pub fn is(&self, class: &str) -> bool {
        self.object().is_some_and(|object| object.name() == class)
    }

    /// The number that it is.
    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Date(seconds) => Some(i64::from(*seconds)),
            _ => None,
        }
    }

    /// The words that it is.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Whether it is a yes.
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    /// What is in the list that it is; nothing in anything else.
    pub fn list(&self) -> &[Value] {
        if let Self::List(list) = self { list } else { &[] }
    }

    /// The list under a key.
    pub fn list_of(&self, key: &str) -> &[Value] {
        self.get(key).map(Value::list).unwrap_or_default()
    }

    /// Writes it as Python writes what Telethon has.
    pub fn write_json(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
            Self::Int(number) => out.push_str(&number.to_string()),
            Self::Double(number) => python::float(*number, out),
            Self::Text(text) => python::string(text, out),
            Self::Date(seconds) => python::date(*seconds, out),
            Self::Bytes(bytes) => python::bytes(bytes, out),
            Self::List(list) => {
                out.push('[');
                for (at, value) in list.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    value.write_json(out);
                }
                out.push(']');
            }
            Self::Object(object) => {
                out.push_str("{\"_\":");
                python::string(object.name(), out);
                for (key, value) in object.fields() {
                    out.push(',');
                    python::string(key, out);
                    out.push(':');
                    value.write_json(out);
                }
                out.push('}');
            }
        }
    }

    /// The same by itself.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }
}
