//! Names for things: each id is a type of its own, parsed once at the border.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

macro_rules! telegram_id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

telegram_id!(
    /// A Telegram chat: 64-bit, negative for groups, `-100…` for supergroups and channels.
    ChatId(i64)
);
telegram_id!(
    /// A Telegram account: 64-bit, positive. A private chat with a person has the same number.
    UserId(i64)
);
telegram_id!(
    /// A message within its chat.
    MessageId(i64)
);
telegram_id!(
    /// A forum topic within its chat (`message_thread_id`).
    TopicId(i64)
);
telegram_id!(
    /// One delivery of the Bot API. Not monotonic for ever: it restarts at random after a quiet week.
    UpdateId(i64)
);

telegram_id!(
    /// A bot: the part of its token before the colon, which is its account's number too.
    BotId(i64)
);

impl BotId {
    /// The bot's own account.
    pub fn account(self) -> UserId {
        UserId(self.0)
    }
}

impl ChatId {
    /// Supergroups and channels are numbered from here downwards in the Bot API.
    pub const SUPERGROUPS: i64 = -1_000_000_000_000;

    /// Whether messages have the same numbers for everybody here: so in supergroups and channels. In a basic group each account counts
    /// for itself.
    pub fn is_supergroup(self) -> bool {
        self.0 < Self::SUPERGROUPS
    }

    /// The supergroup or channel that Telegram's own programs know by this number.
    pub fn supergroup(number: i64) -> Self {
        Self(Self::SUPERGROUPS.saturating_sub(number))
    }

    /// The basic group that they know by this number.
    pub fn basic_group(number: i64) -> Self {
        Self(number.saturating_neg())
    }

    /// The private chat with `user`.
    pub fn private(user: UserId) -> Self {
        Self(user.0)
    }
}

/// A teacher's own id: 3 to 16 of `A-Z a-z 0-9`. Copied freely, hence stored inline.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TeacherId {
    /// 0 behind the last character.
    bytes: [u8; Self::MAX],
}

/// Why a text is no [`TeacherId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TeacherIdError {
    /// Shorter than 3 or longer than 16 characters.
    #[error("a teacher id has 3 to 16 characters")]
    Length,
    /// Something else than `A-Z a-z 0-9`.
    #[error("a teacher id consists of A-Z, a-z and 0-9 only")]
    Character,
}

impl TeacherId {
    const MIN: usize = 3;
    const MAX: usize = 16;

    /// Reads an id as a person or a file wrote it.
    pub fn parse(text: &str) -> Result<Self, TeacherIdError> {
        if !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(TeacherIdError::Character);
        }
        if !(Self::MIN..=Self::MAX).contains(&text.len()) {
            return Err(TeacherIdError::Length);
        }
        let mut bytes = [0; Self::MAX];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self { bytes })
    }

    /// An id made from `seed`: eight upper-case hex digits. The caller tries further seeds while it is taken.
    pub fn generated(seed: impl AsRef<[u8]>) -> Self {
        Self::parse(&format!("{:08X}", crc32fast::hash(seed.as_ref()))).expect("eight hex digits are an id")
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        let len = self.bytes.iter().position(|byte| *byte == 0).unwrap_or(Self::MAX);
        std::str::from_utf8(&self.bytes[..len]).expect("an id is ASCII")
    }
}

impl Ord for TeacherId {
    /// As texts compare (0 sorts before every allowed character), in one step: every count looks for several of them.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        u128::from_be_bytes(self.bytes).cmp(&u128::from_be_bytes(other.bytes))
    }
}

impl std::hash::Hash for TeacherId {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        state.write_u128(u128::from_be_bytes(self.bytes));
    }
}

impl PartialOrd for TeacherId {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for TeacherId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for TeacherId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TeacherId({self})")
    }
}

impl FromStr for TeacherId {
    type Err = TeacherIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for TeacherId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for TeacherId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = TeacherId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a teacher id (3 to 16 of A-Z a-z 0-9)")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<TeacherId, E> {
                TeacherId::parse(text).map_err(|why| E::custom(format!("{text:?}: {why}")))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// A person's full name as an admin or the person typed it: 2 to 64 characters, white space collapsed,
/// no control or direction-changing characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct FullName(String);

/// Why a text is no [`FullName`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FullNameError {
    /// Fewer than two characters are left after trimming.
    #[error("a name has at least 2 characters")]
    TooShort,
    /// More than [`FullName::MAX`] characters.
    #[error("a name has at most 64 characters")]
    TooLong,
}

impl FullName {
    /// Longest name, in characters.
    pub const MAX: usize = 64;

    /// Reads a name that a person typed.
    pub fn parse(text: &str) -> Result<Self, FullNameError> {
        let clean = tidy(text);
        match clean.chars().count() {
            0..2 => Err(FullNameError::TooShort),
            2..=Self::MAX => Ok(Self(clean)),
            _ => Err(FullNameError::TooLong),
        }
    }

    /// A name from a file of another program, taken as it is: refusing it there would refuse the start.
    pub fn from_file(text: String) -> Self {
        Self(text)
    }

    /// The name as text; not escaped for any format.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FullName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for FullName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from_file)
    }
}

/// One line of text without what could disturb its neighbours: control characters and bidirectional overrides
/// are dropped, white space is collapsed.
pub fn tidy(text: &str) -> String {
    let harmless = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| {
        !c.is_control() && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    });
    harmless.collect::<String>().split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn teacher_ids_are_three_to_sixteen_letters_and_digits() {
        assert_eq!(TeacherId::parse("T001").map(|id| id.to_string()), Ok("T001".into()));
        assert_eq!(TeacherId::parse("T0"), Err(TeacherIdError::Length));
        assert_eq!(TeacherId::parse("12345678901234567"), Err(TeacherIdError::Length));
        assert_eq!(TeacherId::parse("T-01"), Err(TeacherIdError::Character));
        assert_eq!(TeacherId::parse("../x"), Err(TeacherIdError::Character));
    }

    #[test]
    fn teacher_ids_sort_as_their_text_does() {
        let mut ids = ["T10", "T1000", "A999", "T1001", "t10"].map(|id| TeacherId::parse(id).expect("valid"));
        ids.sort();
        assert_eq!(ids.map(|id| id.to_string()), ["A999", "T10", "T1000", "T1001", "t10"]);
    }

    #[test]
    fn names_are_tidied_and_bounded() {
        assert_eq!(FullName::parse("  Ann \n Lee\u{202e} ").map(|n| n.0), Ok("Ann Lee".into()));
        assert_eq!(FullName::parse(" x "), Err(FullNameError::TooShort));
        assert_eq!(FullName::parse(&"😀".repeat(65)), Err(FullNameError::TooLong));
        assert!(FullName::parse(&"😀".repeat(64)).is_ok());
    }
}
