//! Parameters of a call, however they were sent: query, form, multipart or JSON.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Refusal;

/// The methods and their parameters. What isn't here is a mistake of the caller, or a gap of this crate: both are told.
const KNOWN: &[(&str, &[&str])] = &[
    ("getMe", &[]),
    ("getUpdates", &["offset", "limit", "timeout", "allowed_updates"]),
    (
        "setWebhook",
        &["url", "certificate", "ip_address", "max_connections", "allowed_updates", "drop_pending_updates", "secret_token"],
    ),
    ("deleteWebhook", &["drop_pending_updates"]),
    ("getWebhookInfo", &[]),
    (
        "sendMessage",
        &[
            "business_connection_id",
            "chat_id",
            "message_thread_id",
            "direct_messages_topic_id",
            "text",
            "parse_mode",
            "entities",
            "link_preview_options",
            "disable_notification",
            "protect_content",
            "allow_paid_broadcast",
            "message_effect_id",
            "suggested_post_parameters",
            "reply_parameters",
            "reply_markup",
        ],
    ),
    (
        "editMessageText",
        &[
            "business_connection_id",
            "chat_id",
            "message_id",
            "inline_message_id",
            "text",
            "parse_mode",
            "entities",
            "link_preview_options",
            "rich_message",
            "reply_markup",
        ],
    ),
    ("editMessageReplyMarkup", &["business_connection_id", "chat_id", "message_id", "inline_message_id", "reply_markup"]),
    (
        "editMessageCaption",
        &[
            "business_connection_id",
            "chat_id",
            "message_id",
            "inline_message_id",
            "caption",
            "parse_mode",
            "caption_entities",
            "show_caption_above_media",
            "reply_markup",
        ],
    ),
    ("deleteMessage", &["chat_id", "message_id"]),
    ("answerCallbackQuery", &["callback_query_id", "text", "show_alert", "url", "cache_time"]),
    (
        "sendPhoto",
        &[
            "business_connection_id",
            "chat_id",
            "message_thread_id",
            "direct_messages_topic_id",
            "photo",
            "caption",
            "parse_mode",
            "caption_entities",
            "show_caption_above_media",
            "has_spoiler",
            "disable_notification",
            "protect_content",
            "allow_paid_broadcast",
            "message_effect_id",
            "suggested_post_parameters",
            "reply_parameters",
            "reply_markup",
        ],
    ),
    (
        "sendDocument",
        &[
            "business_connection_id",
            "chat_id",
            "message_thread_id",
            "direct_messages_topic_id",
            "document",
            "thumbnail",
            "caption",
            "parse_mode",
            "caption_entities",
            "disable_content_type_detection",
            "disable_notification",
            "protect_content",
            "allow_paid_broadcast",
            "message_effect_id",
            "suggested_post_parameters",
            "reply_parameters",
            "reply_markup",
        ],
    ),
    ("sendChatAction", &["business_connection_id", "chat_id", "message_thread_id", "action"]),
    ("getFile", &["file_id"]),
    ("getChat", &["chat_id"]),
    ("getChatMember", &["chat_id", "user_id"]),
    ("getChatMemberCount", &["chat_id"]),
    ("getChatAdministrators", &["chat_id", "return_bots"]),
    ("leaveChat", &["chat_id"]),
    ("setMyCommands", &["commands", "scope", "language_code"]),
    ("getMyCommands", &["scope", "language_code"]),
    ("deleteMyCommands", &["scope", "language_code"]),
    ("logOut", &[]),
    ("close", &[]),
    ("setMyName", &["name", "language_code"]),
    ("getMyName", &["language_code"]),
    ("setMyDescription", &["description", "language_code"]),
    ("getMyDescription", &["language_code"]),
    ("setMyShortDescription", &["short_description", "language_code"]),
    ("getMyShortDescription", &["language_code"]),
];

/// A method's proper name, and why a call of it is a mistake, if it is.
pub(super) fn check(method: &str, given: &Parameters) -> (Option<&'static str>, Option<String>) {
    let Some((name, known)) = KNOWN.iter().find(|(name, _)| name.eq_ignore_ascii_case(method)) else {
        return (None, Some(format!("unknown method {method}")));
    };
    let names = given.fields.keys().chain(given.files.keys());
    let unknown: Vec<_> = names.filter(|name| !known.contains(&name.as_str())).map(String::as_str).collect();
    let mistake = (!unknown.is_empty()).then(|| format!("{name} has no parameter {}", unknown.join(", ")));
    (Some(name), mistake)
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

fn wrong_type(name: &str) -> Refusal {
    Refusal::new(400, format!("invalid {name} specified"))
}

fn cant_parse(name: &str) -> Refusal {
    Refusal::new(400, format!("can't parse {name} JSON object"))
}
