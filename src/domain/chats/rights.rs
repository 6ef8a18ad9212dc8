//! What an administrator may do.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Defines the rights with their keys, in the order in which Telegram lists them.
macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident = $key:literal),* $(,)?) => {
        /// A right of administrators.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Right {
            $($(#[$doc])* $name,)*
        }

        impl Right {
            /// All that this release knows.
            pub const ALL: &[Right] = &[$(Self::$name),*];

            /// As Telegram calls it, without the `can_`.
            pub fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)*
                }
            }
        }
    };
}

rights! {
    /// See everything that administrators see.
    ManageChat = "manage_chat",
    /// Delete messages of others.
    DeleteMessages = "delete_messages",
    /// Begin and end voice chats.
    ManageVideoChats = "manage_video_chats",
    /// Restrict and ban members.
    RestrictMembers = "restrict_members",
    /// Name further administrators.
    PromoteMembers = "promote_members",
    /// Change title, photo and description.
    ChangeInfo = "change_info",
    /// Invite people.
    InviteUsers = "invite_users",
    /// Post in a channel.
    PostMessages = "post_messages",
    /// Edit posts of others in a channel.
    EditMessages = "edit_messages",
    /// Pin messages.
    PinMessages = "pin_messages",
    /// Post stories.
    PostStories = "post_stories",
    /// Edit stories of others.
    EditStories = "edit_stories",
    /// Delete stories of others.
    DeleteStories = "delete_stories",
    /// Make and close topics.
    ManageTopics = "manage_topics",
    /// Answer what people write to a channel.
    ManageDirectMessages = "manage_direct_messages",
}

/// Which rights somebody has; as a list of keys in files. Rights that are newer than this release are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights(u32);

impl Rights {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// All of them, in Telegram's order.
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.iter().copied().filter(move |right| self.0 & bit(*right) != 0)
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<T: IntoIterator<Item = Right>>(rights: T) -> Self {
        Self(rights.into_iter().fold(0, |set, right| set | bit(right)))
    }
}

fn bit(right: Right) -> u32 {
    1 << right as u32
}

impl Serialize for Rights {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Right::key))
    }
}

impl<'de> Deserialize<'de> for Rights {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let keys = Vec::<String>::deserialize(deserializer)?;
        Ok(Right::ALL.iter().copied().filter(|right| keys.iter().any(|key| key == right.key())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_survive_their_file_and_newer_ones_do_no_harm() {
        let rights: Rights = [Right::PinMessages, Right::ManageChat].into_iter().collect();
        let json = serde_json::to_string(&rights).expect("JSON");
        assert_eq!(json, r#"["manage_chat","pin_messages"]"#);
        assert_eq!(serde_json::from_str::<Rights>(&json).expect("reads"), rights);
        let newer: Rights = serde_json::from_str(r#"["pin_messages","fly","manage_chat"]"#).expect("reads");
        assert_eq!(newer, rights);
        assert_eq!(Right::ALL.iter().copied().collect::<Rights>().iter().count(), Right::ALL.len());
    }
}
