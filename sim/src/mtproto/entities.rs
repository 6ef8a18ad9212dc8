//! Formatting within text, from and to the Bot API's.

use grammers_tl_types::{enums, types};
use serde_json::{Value, json};

/// From the Bot API's; what has no counterpart is left out.
pub(super) fn from_json(entities: &Value) -> Vec<enums::MessageEntity> {
    entities.as_array().into_iter().flatten().filter_map(one_from_json).collect()
}

fn one_from_json(entity: &Value) -> Option<enums::MessageEntity> {
    let int = |name: &str| i32::try_from(entity[name].as_i64()?).ok();
    let (offset, length) = (int("offset")?, int("length")?);
    let text = |name: &str| entity[name].as_str().unwrap_or("").to_owned();
    Some(match entity["type"].as_str()? {
        "mention" => types::MessageEntityMention { offset, length }.into(),
        "hashtag" => types::MessageEntityHashtag { offset, length }.into(),
        "cashtag" => types::MessageEntityCashtag { offset, length }.into(),
        "bot_command" => types::MessageEntityBotCommand { offset, length }.into(),
        "url" => types::MessageEntityUrl { offset, length }.into(),
        "email" => types::MessageEntityEmail { offset, length }.into(),
        "phone_number" => types::MessageEntityPhone { offset, length }.into(),
        "bold" => types::MessageEntityBold { offset, length }.into(),
        "italic" => types::MessageEntityItalic { offset, length }.into(),
        "underline" => types::MessageEntityUnderline { offset, length }.into(),
        "strikethrough" => types::MessageEntityStrike { offset, length }.into(),
        "spoiler" => types::MessageEntitySpoiler { offset, length }.into(),
        "code" => types::MessageEntityCode { offset, length }.into(),
        "pre" => types::MessageEntityPre { offset, length, language: text("language") }.into(),
        "text_link" => types::MessageEntityTextUrl { offset, length, url: text("url") }.into(),
        "text_mention" => types::MessageEntityMentionName { offset, length, user_id: entity["user"]["id"].as_i64()? }.into(),
        "blockquote" => types::MessageEntityBlockquote { collapsed: false, offset, length }.into(),
        "expandable_blockquote" => types::MessageEntityBlockquote { collapsed: true, offset, length }.into(),
        "custom_emoji" => {
            let document_id = entity["custom_emoji_id"].as_str()?.parse().ok()?;
            types::MessageEntityCustomEmoji { offset, length, document_id }.into()
        }
        _ => return None,
    })
}

/// To the Bot API's; `None` for what clients can't ask for.
pub(super) fn to_json(entity: &enums::MessageEntity) -> Option<Value> {
    use enums::MessageEntity as E;
    let plain = |kind: &str, offset: i32, length: i32| json!({ "type": kind, "offset": offset, "length": length });
    Some(match entity {
        E::Mention(e) => plain("mention", e.offset, e.length),
        E::Hashtag(e) => plain("hashtag", e.offset, e.length),
        E::Cashtag(e) => plain("cashtag", e.offset, e.length),
        E::BotCommand(e) => plain("bot_command", e.offset, e.length),
        E::Url(e) => plain("url", e.offset, e.length),
        E::Email(e) => plain("email", e.offset, e.length),
        E::Phone(e) => plain("phone_number", e.offset, e.length),
        E::Bold(e) => plain("bold", e.offset, e.length),
        E::Italic(e) => plain("italic", e.offset, e.length),
        E::Underline(e) => plain("underline", e.offset, e.length),
        E::Strike(e) => plain("strikethrough", e.offset, e.length),
        E::Spoiler(e) => plain("spoiler", e.offset, e.length),
        E::Code(e) => plain("code", e.offset, e.length),
        E::Blockquote(e) => plain(if e.collapsed { "expandable_blockquote" } else { "blockquote" }, e.offset, e.length),
        E::Pre(e) => {
            let mut pre = plain("pre", e.offset, e.length);
            if !e.language.is_empty() {
                pre["language"] = json!(e.language);
            }
            pre
        }
        E::TextUrl(e) => json!({ "type": "text_link", "offset": e.offset, "length": e.length, "url": e.url }),
        E::CustomEmoji(e) => {
            let id = e.document_id.to_string();
            json!({ "type": "custom_emoji", "offset": e.offset, "length": e.length, "custom_emoji_id": id })
        }
        E::InputMessageEntityMentionName(e) => {
            let enums::InputUser::User(user) = &e.user_id else { return None };
            json!({ "type": "text_mention", "offset": e.offset, "length": e.length, "user": { "id": user.user_id } })
        }
        _ => return None,
    })
}
