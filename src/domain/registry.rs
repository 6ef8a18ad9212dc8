//! Who is counted, where: teachers, groups and what is remembered about both.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::{DateTime, NaiveDateTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ids::{BotId, ChatId, FullName, TeacherId, UserId},
    lang::Lang,
};

/// An instant as a file has it: RFC 3339, or without an offset (then local to `TZ`) where the Python bot wrote it.
/// Kept as text so that a rewrite changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stamp(String);

impl Stamp {
    /// `now`, with the offset of `zone` and whole seconds.
    pub fn new(now: DateTime<Utc>, zone: Tz) -> Self {
        Self(now.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false))
    }

    /// The instant; `None` where another program wrote something else.
    pub fn instant(&self, zone: Tz) -> Option<DateTime<Utc>> {
        if let Ok(exact) = DateTime::parse_from_rfc3339(&self.0) {
            return Some(exact.to_utc());
        }
        let naive: NaiveDateTime = self.0.replacen(' ', "T", 1).parse().ok()?;
        zone.from_local_datetime(&naive).earliest().map(|local| local.to_utc())
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Fields of a file that this release doesn't know; they survive a rewrite.
pub type Unknown = BTreeMap<String, Value>;

/// A registered person whose messages are counted (an entry of `teachers.json`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Teacher {
    /// Own id, also the key of the file.
    pub teacher_id: TeacherId,
    /// Full name.
    pub full_name: FullName,
    /// The Telegram account; `None` until it is known.
    #[serde(default)]
    pub telegram_user_id: Option<UserId>,
    /// Further accounts of the same person.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub other_accounts: BTreeSet<UserId>,
    /// Whether messages count now.
    #[serde(default = "yes")]
    pub active: bool,
    /// When registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Stamp>,
    /// Fields of other programs.
    #[serde(flatten)]
    pub unknown: Unknown,
}

impl Teacher {
    /// All accounts, the first one first.
    pub fn accounts(&self) -> impl Iterator<Item = UserId> + '_ {
        self.telegram_user_id.into_iter().chain(self.other_accounts.iter().copied())
    }
}

/// A group whose messages are counted (an entry of `groups.json`): an admin registered it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The chat, also the key of the file.
    pub chat_id: ChatId,
    /// The title, as last seen or as an admin named it.
    pub title: String,
    /// Whether messages count now.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// When registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Stamp>,
    /// An admin chose the title: Telegram's is not followed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub renamed: bool,
    /// Since when the bot is no longer there; assignments rest meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_since: Option<DateTime<Utc>>,
    /// The bot that counts here, where it isn't the main one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<BotId>,
    /// Fields of other programs.
    #[serde(flatten)]
    pub unknown: Unknown,
}

impl Group {
    /// Whether messages here count: enabled, and the bot is there.
    pub fn counts(&self) -> bool {
        self.enabled && self.gone_since.is_none()
    }
}

/// The group under the title that Telegram shows now; `None` if that is no news, or an admin chose the title.
pub fn retitled(group: &Group, title: &str) -> Option<Group> {
    if group.renamed || group.title == title || title.is_empty() {
        return None;
    }
    let title = super::ids::tidy(title);
    (group.title != title && !title.is_empty()).then(|| Group { title, ..group.clone() })
}

/// A group that somebody added the bot to and no admin confirmed yet. Nothing is counted there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The title when the bot was added.
    pub title: String,
    /// Who added it.
    pub added_by: UserId,
    /// When.
    pub added_at: DateTime<Utc>,
    /// Which bot, where it isn't the main one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<BotId>,
}

/// Somebody who asked to be registered (an entry of `pending_registrations.json`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegistrationRequest {
    /// Who asks, also the key of the file.
    pub telegram_user_id: UserId,
    /// The name that they gave.
    pub full_name: FullName,
    /// When.
    pub created_at: Stamp,
    /// Fields of other programs.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// What a bot knows of its place in a group, and what it saw there; coarse, so that it costs no write a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Whether the bot is an administrator there (then privacy mode hides nothing).
    #[serde(default)]
    pub administrator: bool,
    /// When the bot came (or was found) there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// A message of any sort was seen; exact to the hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message: Option<DateTime<Utc>>,
    /// A message was seen that privacy mode would have hidden; exact to the hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_plain: Option<DateTime<Utc>>,
    /// When the admins were told that privacy mode hides messages here; cleared by the next plain message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warned_silent: Option<DateTime<Utc>>,
}

/// What is remembered about somebody who writes to the bot in private.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// The language that they chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
    /// The language of their Telegram, where it is one of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telegram_lang: Option<Lang>,
    /// They blocked the bot or never started it: nothing can be sent.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unreachable: bool,
    /// The bot that they talk to, where it isn't the main one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<BotId>,
    /// What they don't want to hear of by themselves.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub muted: BTreeSet<Notice>,
}

/// What an admin hears of without having asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Bots that come into groups and leave them, teachers who join.
    Groups,
    /// Somebody wants to be registered.
    Requests,
    /// Something doesn't work, or works again.
    Alarms,
    /// Boards of study time that need somebody's eye.
    Boards,
    /// Reports by schedule.
    Digests,
    /// What people write to the admins.
    Feedback,
}

impl Notice {
    /// All of them, in the order of the menu.
    pub const ALL: [Notice; 6] =
        [Notice::Alarms, Notice::Requests, Notice::Feedback, Notice::Groups, Notice::Boards, Notice::Digests];
}

/// Somebody who writes without an account of their own showing: counted for a teacher only where an admin said so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Voice {
    /// An anonymous administrator with this custom title (empty when there is none).
    Anonymous(String),
    /// A channel or group that writes as itself.
    Chat(ChatId),
}

impl Voice {
    /// The key in files: `anon:<signature>` or `chat:<id>`.
    pub fn key(&self) -> String {
        match self {
            Voice::Anonymous(signature) => format!("anon:{signature}"),
            Voice::Chat(chat) => format!("chat:{chat}"),
        }
    }

    /// Reads a [`Voice::key`].
    pub fn from_key(key: &str) -> Option<Self> {
        match key.split_once(':')? {
            ("anon", signature) => Some(Self::Anonymous(signature.to_owned())),
            ("chat", chat) => chat.parse().ok().map(Self::Chat),
            _ => None,
        }
    }

    /// Eight hex digits that stand for it in a button.
    pub fn tag(&self) -> String {
        format!("{:08x}", crc32fast::hash(self.key().as_bytes()))
    }
}

impl Serialize for Voice {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.key())
    }
}

impl<'de> Deserialize<'de> for Voice {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        Self::from_key(&key).ok_or_else(|| serde::de::Error::custom(format!("{key:?} is neither anon:… nor chat:…")))
    }
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_python_bots_entries_load_and_keep_foreign_fields() {
        let python = r#"{"teacher_id":"T001","full_name":"Ann","telegram_user_id":null,"active":true,"created_at":"2026-01-29T14:30:00.123456","room":7}"#;
        let teacher: Teacher = serde_json::from_str(python).expect("loads");
        assert_eq!(teacher.telegram_user_id, None);
        let again = serde_json::to_value(&teacher).expect("serializes");
        assert_eq!(again, serde_json::from_str::<Value>(python).expect("is JSON"));
        let instant = teacher.created_at.and_then(|stamp| stamp.instant(chrono_tz::Asia::Tashkent)).expect("an instant");
        assert_eq!(instant.to_rfc3339_opts(SecondsFormat::Secs, true), "2026-01-29T09:30:00Z");
    }

    #[test]
    fn voices_survive_their_key() {
        for voice in [Voice::Anonymous("Head: Ann".into()), Voice::Anonymous(String::new()), Voice::Chat(ChatId(-1001))] {
            assert_eq!(Voice::from_key(&voice.key()), Some(voice));
        }
        assert_eq!(Voice::from_key("chat:x"), None);
    }
}
