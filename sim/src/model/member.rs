//! The Bot API's `ChatMember`, with every field that clients insist on.

use serde_json::{Value, json};

use super::chat::{ChatKind, Rights};

/// Somebody's place in a chat; `user` is the `User` object.
pub(crate) fn value(user: &Value, rights: Rights, chat: ChatKind) -> Value {
    let mut value = json!({ "user": user, "status": rights.status() });
    match rights {
        Rights::Creator => value["is_anonymous"] = json!(false),
        Rights::Administrator => {
            value["can_be_edited"] = json!(false);
            value["is_anonymous"] = json!(false);
            for right in ADMINISTRATOR_RIGHTS {
                value[right] = json!(*right != "can_promote_members");
            }
            let more = if chat == ChatKind::Channel {
                ["can_post_messages", "can_edit_messages"]
            } else {
                ["can_pin_messages", "can_manage_topics"]
            };
            more.into_iter().for_each(|right| value[right] = json!(true));
        }
        Rights::Restricted => {
            value["is_member"] = json!(true);
            value["until_date"] = json!(0);
            for right in MEMBER_RIGHTS {
                value[right] = json!(false);
            }
        }
        // A basic group keeps no list of the banned: whoever was removed has simply left.
        Rights::Kicked if chat == ChatKind::Group => value["status"] = json!("left"),
        Rights::Kicked => value["until_date"] = json!(0),
        Rights::Member | Rights::Left => {}
    }
    value
}

/// `ChatAdministratorRights` of somebody who has none.
pub(crate) fn no_rights() -> Value {
    let mut value = json!({ "is_anonymous": false });
    for right in ADMINISTRATOR_RIGHTS {
        value[right] = json!(false);
    }
    value
}

const ADMINISTRATOR_RIGHTS: &[&str] = &[
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
];

const MEMBER_RIGHTS: &[&str] = &[
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
];
