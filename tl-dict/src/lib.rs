//! Telegram's answers, as they come over the wire, as the JSON that Telethon's `to_dict()` makes of them.
//!
//! Nothing is lost in types of our own: [`decode`] reads any answer by Telegram's schema into a [`Value`], and
//! [`Value::write_json`] writes it as Python's `json.dumps(…, ensure_ascii=False, separators=(',', ':'))` writes what
//! Telethon has, dates and bytes as Python's `str()` shows them. Researchers' notebooks read that form.

mod python;
mod read;
mod schema;
mod value;

pub use self::{
    read::{DecodeError, decode},
    schema::LAYER,
    value::{Object, Value},
};
