//! Every method of the Bot API that the product calls, with what it needs and nothing else.

use std::collections::BTreeMap;

use reqwest::multipart::{Form, Part};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{errors::CallError, listener::ALLOWED_UPDATES, wire::Wire};
use crate::domain::{
    chats::{Right, Rights},
    event::Place,
    ids::{ChatId, MessageId, UserId},
    work::{Button, ButtonAction, Buttons},
};

/// What `getMe` says of the bot.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Me {
    /// Its account.
    pub id: UserId,
    /// Its name, without the `@`.
    pub username: String,
    /// Whether privacy mode is off.
    #[serde(default)]
    pub can_read_all_group_messages: bool,
}

/// A sent message, as far as it is of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Sent {
    /// The message.
    pub message_id: MessageId,
}

/// What `getWebhookInfo` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct WebhookInfo {
    /// Where updates are sent; empty without a webhook.
    #[serde(default)]
    pub url: String,
    /// How many wait.
    #[serde(default)]
    pub pending_update_count: u64,
    /// When a delivery last failed, in seconds since 1970.
    pub last_error_date: Option<i64>,
    /// Why.
    pub last_error_message: Option<String>,
}

/// Somebody's place in a chat.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Member {
    /// `creator`, `administrator`, `member`, `restricted`, `left` or `kicked`.
    pub status: String,
    /// Said of restricted ones only.
    pub is_member: Option<bool>,
    /// Said of restricted ones only.
    pub can_send_messages: Option<bool>,
    /// Said of administrators of channels only.
    pub can_post_messages: Option<bool>,
}

/// A chat, as far as it is of use.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ChatInfo {
    /// Empty for private chats.
    #[serde(default)]
    pub title: String,
    /// `private`, `group`, `supergroup` or `channel`.
    #[serde(default, rename = "type")]
    pub kind: String,
    /// Without the `@`.
    pub username: Option<String>,
    /// Whether a supergroup has topics.
    #[serde(default)]
    pub is_forum: bool,
    /// What ordinary members may do.
    #[serde(default)]
    pub permissions: Permissions,
}

/// What ordinary members may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Permissions {
    /// Write; not said of channels.
    pub can_send_messages: Option<bool>,
}

/// A bot's own place in a chat.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct OwnPlace {
    /// As in [`Member`].
    pub(super) status: String,
    /// `can_…` and the like.
    #[serde(flatten)]
    pub(super) more: BTreeMap<String, Value>,
}

impl OwnPlace {
    /// What it may do as an administrator.
    pub(super) fn rights(&self) -> Rights {
        let is_administrator = matches!(self.status.as_str(), "creator" | "administrator");
        if is_administrator { rights(&self.more) } else { Rights::default() }
    }
}

fn rights(fields: &BTreeMap<String, Value>) -> Rights {
    let has = |right: &Right| fields.get(&format!("can_{}", right.key())).and_then(Value::as_bool) == Some(true);
    Right::ALL.iter().copied().filter(has).collect()
}

/// Somebody who administers a chat.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct RawAdministrator {
    pub(super) user: RawAccount,
    /// `creator` or `administrator`.
    pub(super) status: String,
    pub(super) custom_title: Option<String>,
    #[serde(default)]
    pub(super) is_anonymous: bool,
    /// `can_…` and the like.
    #[serde(flatten)]
    pub(super) more: BTreeMap<String, Value>,
}

impl RawAdministrator {
    /// What they may do.
    pub(super) fn rights(&self) -> Rights {
        rights(&self.more)
    }
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct RawAccount {
    pub(super) id: UserId,
    #[serde(default)]
    pub(super) is_bot: bool,
    #[serde(default)]
    pub(super) first_name: String,
    pub(super) last_name: Option<String>,
    pub(super) username: Option<String>,
}

impl Member {
    /// Whether they are in the chat.
    pub fn is_present(&self) -> bool {
        match self.status.as_str() {
            "left" | "kicked" => false,
            "restricted" => self.is_member.unwrap_or(true),
            _ => true,
        }
    }

    /// Whether they administer it.
    pub fn is_administrator(&self) -> bool {
        matches!(self.status.as_str(), "creator" | "administrator")
    }
}

/// A file to send.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// `sendDocument` or `sendPhoto`.
    pub as_photo: bool,
    /// Its name.
    pub file_name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// HTML under it.
    pub caption: String,
}

/// A file, as Telegram knows it or doesn't yet.
#[derive(Clone, Debug)]
pub(super) enum Upload {
    /// By Telegram's own name for it.
    Known(String),
    /// With its content.
    New {
        /// Its name.
        name: String,
        /// Its content.
        bytes: Vec<u8>,
    },
}

/// A sent file.
#[derive(Clone, Debug)]
pub(super) struct SentFile {
    pub(super) message_id: MessageId,
    /// What Telegram calls the file.
    pub(super) file_id: Option<String>,
}

impl Wire {
    /// Who the bot is.
    pub async fn get_me(&self) -> Result<Me, CallError> {
        self.call("getMe", &json!({})).await
    }

    /// Whether updates are sent elsewhere.
    pub async fn get_webhook_info(&self) -> Result<WebhookInfo, CallError> {
        self.call("getWebhookInfo", &json!({})).await
    }

    /// Has updates delivered to an address.
    pub(super) async fn set_webhook(&self, url: &str, secret: &str, connections: u8) -> Result<bool, CallError> {
        let asked = json!({
            "url": url,
            "secret_token": secret,
            "max_connections": connections,
            "allowed_updates": ALLOWED_UPDATES,
        });
        self.call("setWebhook", &asked).await
    }

    /// Ends deliveries; what waits goes on waiting.
    pub(super) async fn delete_webhook(&self) -> Result<bool, CallError> {
        self.call("deleteWebhook", &json!({ "drop_pending_updates": false })).await
    }

    /// Somebody's place in a chat.
    pub async fn get_chat_member(&self, chat: ChatId, user: UserId) -> Result<Member, CallError> {
        self.call("getChatMember", &json!({ "chat_id": chat, "user_id": user })).await
    }

    /// A chat.
    pub async fn get_chat(&self, chat: ChatId) -> Result<ChatInfo, CallError> {
        self.call("getChat", &json!({ "chat_id": chat })).await
    }

    /// How many are in a chat.
    pub(super) async fn get_chat_member_count(&self, chat: ChatId) -> Result<u32, CallError> {
        self.call("getChatMemberCount", &json!({ "chat_id": chat })).await
    }

    /// Who administers a chat, bots too.
    pub(super) async fn get_chat_administrators(&self, chat: ChatId) -> Result<Vec<RawAdministrator>, CallError> {
        self.call("getChatAdministrators", &json!({ "chat_id": chat, "return_bots": true })).await
    }

    /// The bot's own place in a chat.
    pub(super) async fn get_own_place(&self, chat: ChatId) -> Result<OwnPlace, CallError> {
        self.call("getChatMember", &json!({ "chat_id": chat, "user_id": self.bot_id().account() })).await
    }

    /// Leaves a group.
    pub async fn leave_chat(&self, chat: ChatId) -> Result<bool, CallError> {
        self.call("leaveChat", &json!({ "chat_id": chat })).await
    }

    /// Sends one message of HTML.
    pub async fn send_message(
        &self,
        to: Place,
        reply_to: Option<MessageId>,
        html: &str,
        buttons: &Buttons,
    ) -> Result<Sent, CallError> {
        let mut parameters = json!({
            "chat_id": to.chat,
            "text": html,
            "parse_mode": "HTML",
            "link_preview_options": { "is_disabled": true },
        });
        put(&mut parameters, "message_thread_id", to.topic.map(|topic| json!(topic)));
        put(&mut parameters, "reply_markup", markup(buttons));
        // Whoever deleted the command still gets the answer.
        let reply = reply_to.map(|message| json!({ "message_id": message, "allow_sending_without_reply": true }));
        put(&mut parameters, "reply_parameters", reply);
        self.call("sendMessage", &parameters).await
    }

    /// Sends a message of another chat on, as it is, with its author's name.
    pub(super) async fn forward_message(&self, to: ChatId, from: ChatId, message: MessageId) -> Result<Sent, CallError> {
        self.call("forwardMessage", &json!({ "chat_id": to, "from_chat_id": from, "message_id": message })).await
    }

    /// Sends a message of another chat as our own, as a reply where that still stands.
    pub(super) async fn copy_message(
        &self,
        to: ChatId,
        from: ChatId,
        message: MessageId,
        reply_to: MessageId,
        buttons: &Buttons,
    ) -> Result<Sent, CallError> {
        let mut parameters = json!({
            "chat_id": to,
            "from_chat_id": from,
            "message_id": message,
            "reply_parameters": { "message_id": reply_to, "allow_sending_without_reply": true },
        });
        put(&mut parameters, "reply_markup", markup(buttons));
        self.call("copyMessage", &parameters).await
    }

    /// Replaces a message's text and buttons.
    pub async fn edit_message(
        &self,
        chat: ChatId,
        message: MessageId,
        html: &str,
        buttons: &Buttons,
    ) -> Result<Value, CallError> {
        let mut parameters = json!({
            "chat_id": chat,
            "message_id": message,
            "text": html,
            "parse_mode": "HTML",
            "link_preview_options": { "is_disabled": true },
        });
        put(&mut parameters, "reply_markup", markup(buttons));
        self.call("editMessageText", &parameters).await
    }

    /// Deletes a message.
    pub(super) async fn delete_message(&self, chat: ChatId, message: MessageId) -> Result<bool, CallError> {
        self.call("deleteMessage", &json!({ "chat_id": chat, "message_id": message })).await
    }

    /// Stops the spinner of a pressed button, with a toast if there is a text.
    pub async fn answer_callback_query(&self, query: &str, text: Option<&str>, alert: bool) -> Result<bool, CallError> {
        let mut parameters = json!({ "callback_query_id": query });
        put(&mut parameters, "text", text.map(|text| json!(text)));
        put(&mut parameters, "show_alert", alert.then_some(json!(true)));
        self.call("answerCallbackQuery", &parameters).await
    }

    /// Shows that something is being made.
    pub async fn send_chat_action(&self, chat: ChatId, action: &str) -> Result<bool, CallError> {
        self.call("sendChatAction", &json!({ "chat_id": chat, "action": action })).await
    }

    /// Shows in a place that the bot is about to write: Telegram refuses it where it can't.
    pub async fn send_typing(&self, to: Place) -> Result<bool, CallError> {
        let mut parameters = json!({ "chat_id": to.chat, "action": "typing" });
        put(&mut parameters, "message_thread_id", to.topic.map(|topic| json!(topic)));
        self.call("sendChatAction", &parameters).await
    }

    /// Sends a file.
    pub async fn send_file(&self, chat: ChatId, file: &Attachment) -> Result<Sent, CallError> {
        let (method, field) = if file.as_photo { ("sendPhoto", "photo") } else { ("sendDocument", "document") };
        let part = Part::bytes(file.bytes.clone()).file_name(file.file_name.clone());
        let form = Form::new()
            .text("chat_id", chat.to_string())
            .text("caption", file.caption.clone())
            .text("parse_mode", "HTML")
            .part(field, part);
        self.upload(method, form).await
    }

    /// Sends one message as somebody wrote it. Links show what they lead to.
    pub(super) async fn send_text(
        &self,
        to: Place,
        text: &str,
        parse_mode: Option<&str>,
        silent: bool,
    ) -> Result<Sent, CallError> {
        let mut parameters = json!({ "chat_id": to.chat, "text": text });
        put(&mut parameters, "message_thread_id", to.topic.map(|topic| json!(topic)));
        put(&mut parameters, "parse_mode", parse_mode.map(|mode| json!(mode)));
        put(&mut parameters, "disable_notification", silent.then_some(json!(true)));
        self.call("sendMessage", &parameters).await
    }

    /// Sends a file with a text under it.
    pub(super) async fn send_upload(
        &self,
        to: Place,
        file: &Upload,
        as_photo: bool,
        caption: &str,
        parse_mode: Option<&str>,
        silent: bool,
    ) -> Result<SentFile, CallError> {
        let (method, field) = if as_photo { ("sendPhoto", "photo") } else { ("sendDocument", "document") };
        let mut form = Form::new().text("chat_id", to.chat.to_string());
        let options = [
            ("message_thread_id", to.topic.map(|topic| topic.to_string())),
            ("caption", Some(caption.to_owned()).filter(|caption| !caption.is_empty())),
            ("parse_mode", parse_mode.map(ToOwned::to_owned)),
            ("disable_notification", silent.then(|| "true".to_owned())),
        ];
        for (name, value) in options {
            if let Some(value) = value {
                form = form.text(name, value);
            }
        }
        let form = match file {
            Upload::Known(id) => form.text(field, id.clone()),
            Upload::New { name, bytes } => form.part(field, Part::bytes(bytes.clone()).file_name(name.clone())),
        };
        let sent: Value = self.upload(method, form).await?;
        let message_id = sent["message_id"].as_i64().map(MessageId);
        let message_id = message_id.ok_or_else(|| CallError::Malformed("a sent file without a message".to_owned()))?;
        // Of a photo there are several sizes, the largest last.
        let media = if as_photo { sent[field].as_array().and_then(|sizes| sizes.last()) } else { sent.get(field) };
        let file_id = media.and_then(|media| media["file_id"].as_str()).map(ToOwned::to_owned);
        Ok(SentFile { message_id, file_id })
    }

    /// A file's content, by what Telegram calls it. Telegram gives bots no more than 20 MB.
    pub(super) async fn download(&self, id: &str) -> Result<Vec<u8>, CallError> {
        let file: Value = self.call("getFile", &json!({ "file_id": id })).await?;
        let path = file["file_path"].as_str().ok_or_else(|| CallError::Malformed("a file without a path".to_owned()))?;
        self.fetch(path).await
    }

    /// Sets the commands that a scope and language sees. `lang` empty: everybody without a list of their own.
    pub async fn set_my_commands(&self, commands: &[(String, String)], scope: Value, lang: &str) -> Result<bool, CallError> {
        let commands: Vec<_> =
            commands.iter().map(|(command, description)| json!({ "command": command, "description": description })).collect();
        let mut parameters = json!({ "commands": commands, "scope": scope });
        put(&mut parameters, "language_code", (!lang.is_empty()).then(|| json!(lang)));
        self.call("setMyCommands", &parameters).await
    }

    /// Sets what stands beside the field for somebody's words, in their private chat.
    pub async fn set_chat_menu_button(&self, user: UserId, button: Value) -> Result<bool, CallError> {
        self.call("setChatMenuButton", &json!({ "chat_id": user, "menu_button": button })).await
    }
}

fn put(parameters: &mut Value, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        parameters[key] = value;
    }
}

fn markup(buttons: &Buttons) -> Option<Value> {
    match buttons {
        Buttons::None => None,
        Buttons::Inline(rows) => {
            let rows: Vec<Vec<Value>> = rows.iter().map(|row| row.iter().map(inline_button).collect()).collect();
            Some(json!({ "inline_keyboard": rows }))
        }
        Buttons::AskPerson { choose, cancel } => Some(json!({
            "keyboard": [
                [{ "text": choose, "request_users": { "request_id": 1, "user_is_bot": false, "max_quantity": 1, "request_name": true } }],
                [{ "text": cancel }],
            ],
            "resize_keyboard": true,
            "one_time_keyboard": true,
        })),
        Buttons::Remove => Some(json!({ "remove_keyboard": true })),
    }
}

fn inline_button(button: &Button) -> Value {
    match &button.action {
        ButtonAction::Press(data) => json!({ "text": button.label, "callback_data": data }),
        ButtonAction::Open(url) => json!({ "text": button.label, "url": url }),
    }
}
