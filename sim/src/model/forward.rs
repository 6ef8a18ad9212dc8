//! Forwarding: the content again, and where it came from.

use serde_json::{Map, Value, json};

use super::{ANONYMOUS_ADMIN, CHANNEL_BOT, ChatKey, World};
use crate::content::Content;

/// Fields that belong to a message's place, not to its content.
const ENVELOPE: &[&str] = &[
    "message_id",
    "from",
    "sender_chat",
    "author_signature",
    "chat",
    "date",
    "edit_date",
    "reply_to_message",
    "reply_markup",
    "message_thread_id",
    "is_topic_message",
    "is_automatic_forward",
    "media_group_id",
];

impl World {
    /// The content of a forward of this message, with its origin; `None` if there is no such message.
    pub(crate) fn forwarded(&self, key: ChatKey, message: i64) -> Option<Content> {
        let value = &self.chats.get(&key)?.messages.get(&message)?.value;
        let mut fields: Map<String, Value> = value.as_object()?.clone();
        fields.retain(|name, _| !ENVELOPE.contains(&name.as_str()));
        fields.entry("forward_origin").or_insert_with(|| self.origin(value));
        Some(Content(fields))
    }

    fn origin(&self, value: &Value) -> Value {
        let from = value["from"]["id"].as_i64().unwrap_or(0);
        let mut origin = json!({ "date": value["date"] });
        let chat_spoke = from == ANONYMOUS_ADMIN || from == CHANNEL_BOT;
        if value["is_automatic_forward"] == true || from == 0 {
            origin["type"] = json!("channel");
            origin["chat"] = value["sender_chat"].clone();
            origin["message_id"] = value["message_id"].clone();
        } else if chat_spoke {
            origin["type"] = json!("chat");
            origin["sender_chat"] = value["sender_chat"].clone();
        } else if let Some(user) = self.users.get(&from).filter(|user| user.hides_forwards) {
            origin["type"] = json!("hidden_user");
            origin["sender_user_name"] = json!(user.first_name);
        } else {
            origin["type"] = json!("user");
            origin["sender_user"] = value["from"].clone();
        }
        if chat_spoke && let Some(signature) = value.get("author_signature") {
            origin["author_signature"] = signature.clone();
        }
        origin
    }
}
