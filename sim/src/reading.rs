//! What a person sees of a bot: its messages, keyboards, toasts and files.

use serde_json::Value;

use crate::model::{ChatKey, World, chat::Message};

/// Something that a bot sent or changed.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub(crate) key: ChatKey,
    pub(crate) message: i64,
    pub(crate) kind: OutgoingKind,
    /// The message as it stood then.
    pub(crate) shown: Message,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutgoingKind {
    Sent,
    Edited,
}

/// A message of a bot as a person sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Screen {
    /// The message's number in its chat.
    pub message: i64,
    /// Whether an earlier message was changed into this.
    pub edited: bool,
    /// Text or caption without markup.
    pub text: String,
    /// Text or caption as the bot wrote it.
    pub html: String,
    /// Inline buttons, row by row: label and callback data (or address).
    pub buttons: Vec<Vec<(String, String)>>,
    /// Buttons in place of the letters.
    pub reply_keyboard: Vec<String>,
    /// The forum topic.
    pub topic: Option<i64>,
    /// The message that it replies to.
    pub reply_to: Option<i64>,
    /// The file or picture in it.
    pub document: Option<Document>,
}

/// A file that a bot sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its name.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Sent as a picture.
    pub is_photo: bool,
}

/// The answer to a press.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Toast {
    /// What it says; empty when the spinner just stopped.
    pub text: String,
    /// Whether it has to be closed.
    pub alert: bool,
}

impl Screen {
    pub(crate) fn of(world: &World, outgoing: &Outgoing) -> Self {
        let value = &outgoing.shown.value;
        let words = value.get("text").or_else(|| value.get("caption")).and_then(Value::as_str).unwrap_or("");
        let file = outgoing.shown.file.as_ref().and_then(|id| world.files.get(id));
        Self {
            message: outgoing.message,
            edited: outgoing.kind == OutgoingKind::Edited,
            text: words.to_owned(),
            html: outgoing.shown.html.clone(),
            buttons: inline_buttons(value),
            reply_keyboard: reply_buttons(value),
            topic: value["message_thread_id"].as_i64(),
            reply_to: value["reply_to_message"]["message_id"].as_i64(),
            document: file.map(|file| Document {
                name: file.name.clone(),
                bytes: file.bytes.clone(),
                is_photo: value.get("photo").is_some(),
            }),
        }
    }

    /// The labels of all inline buttons, in reading order.
    pub fn labels(&self) -> Vec<&str> {
        self.buttons.iter().flatten().map(|(label, _)| label.as_str()).collect()
    }

    /// The callback data of the first button whose label contains `label`.
    pub fn data_of(&self, label: &str) -> Option<&str> {
        self.buttons.iter().flatten().find(|(known, _)| known.contains(label)).map(|(_, data)| data.as_str())
    }
}

pub(crate) fn inline_buttons(value: &Value) -> Vec<Vec<(String, String)>> {
    let button = |button: &Value| {
        let action = button.get("callback_data").or_else(|| button.get("url")).and_then(Value::as_str).unwrap_or("");
        (button["text"].as_str().unwrap_or("").to_owned(), action.to_owned())
    };
    let rows = value["reply_markup"]["inline_keyboard"].as_array();
    rows.into_iter().flatten().filter_map(Value::as_array).map(|row| row.iter().map(button).collect()).collect()
}

fn reply_buttons(value: &Value) -> Vec<String> {
    let rows = value["reply_markup"]["keyboard"].as_array();
    let buttons = rows.into_iter().flatten().filter_map(Value::as_array).flatten();
    buttons.map(|button| button["text"].as_str().or(button.as_str()).unwrap_or("").to_owned()).collect()
}
