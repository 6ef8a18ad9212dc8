//! Reading an export as it streams by: a file of gigabytes needs the memory of one message.

use std::{
    fmt,
    io::{self, BufReader, Read},
};

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess};

pub use super::message::Message;

/// The chat that messages are of, as the file has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Its number, without the `-100` of the Bot API.
    pub id: Option<i64>,
    /// What it is, such as `private_supergroup`.
    pub kind: Option<String>,
    /// Its title.
    pub name: Option<String>,
}

/// Who is shown what a file has.
pub trait Sink {
    /// Whether the messages of a chat are wanted.
    fn wants(&mut self, chat: &Head) -> bool;

    /// A message of the chat that was wanted last.
    fn take(&mut self, message: Message);
}

/// Why a file is no export that can be read, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ExportFault {
    /// The disk.
    #[error("the file can't be read: {0}")]
    Io(#[from] io::Error),
    /// Nothing in it.
    #[error("the file is empty; export the chat again")]
    Empty,
    /// The other format that Telegram Desktop offers.
    #[error(
        "this is an export as HTML, which doesn't say who wrote what: in Telegram Desktop choose ⋮ → Export chat history → \
         Format: Machine-readable JSON, and import its result.json"
    )]
    Html,
    /// Something else.
    #[error(
        "this is no JSON; import the result.json that Telegram Desktop writes (⋮ → Export chat history → Format: Machine-readable JSON)"
    )]
    NoJson,
    /// The end is missing.
    #[error(
        "the file ends in the middle (line {0}): the export or the copy of it was cut short. Nothing was counted; export the chat again"
    )]
    CutShort(usize),
    /// It is JSON, but not Telegram Desktop's; or spoilt.
    #[error(
        "the file isn't as Telegram Desktop writes it: {0}. Nothing was counted; export the chat again, and import its result.json unchanged"
    )]
    Spoilt(serde_json::Error),
    /// Some other JSON.
    #[error("there is no chat with messages in this file; import the result.json of Telegram Desktop's “Export chat history”")]
    NoChat,
}

/// Reads a file from its first byte to its last, and shows what it has.
pub fn read(file: impl Read, sink: &mut dyn Sink) -> Result<(), ExportFault> {
    let mut file = BufReader::with_capacity(1 << 16, file);
    sniff(&mut file)?;
    let mut json = serde_json::Deserializer::from_reader(Escapes { file, after_backslash: false });
    let mut seen = Seen { sink, chats: 0 };
    ChatSeed(&mut seen).deserialize(&mut json).and_then(|()| json.end()).map_err(explain)?;
    if seen.chats == 0 { Err(ExportFault::NoChat) } else { Ok(()) }
}

/// The first byte tells the likeliest mistakes apart.
fn sniff(file: &mut impl io::BufRead) -> Result<(), ExportFault> {
    loop {
        let bytes = file.fill_buf()?;
        let Some(first) = bytes.first() else { return Err(ExportFault::Empty) };
        match first {
            // White space, and the byte order mark of Windows editors.
            b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf => file.consume(1),
            b'{' => return Ok(()),
            b'<' => return Err(ExportFault::Html),
            _ => return Err(ExportFault::NoJson),
        }
    }
}

fn explain(why: serde_json::Error) -> ExportFault {
    match why.classify() {
        serde_json::error::Category::Io => ExportFault::Io(why.into()),
        serde_json::error::Category::Eof => ExportFault::CutShort(why.line()),
        serde_json::error::Category::Syntax | serde_json::error::Category::Data => ExportFault::Spoilt(why),
    }
}

/// Telegram Desktop writes control characters as `\x1F`, which JSON doesn't know: the `x` becomes an `n`. Nobody looks at the text
/// but at how it begins.
struct Escapes<R> {
    file: R,
    after_backslash: bool,
}

impl<R: Read> Read for Escapes<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(to)?;
        for byte in &mut to[..read] {
            if self.after_backslash && *byte == b'x' {
                *byte = b'n';
            }
            self.after_backslash = !self.after_backslash && *byte == b'\\';
        }
        Ok(read)
    }
}

struct Seen<'a> {
    sink: &'a mut dyn Sink,
    chats: usize,
}

/// A chat, or the whole of an account with chats in it.
struct ChatSeed<'a, 'b>(&'a mut Seen<'b>);

impl<'de> DeserializeSeed<'de> for ChatSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> de::Visitor<'de> for ChatSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a chat, or an account with chats")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut head = Head::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "id" => head.id = map.next_value()?,
                "type" => head.kind = map.next_value()?,
                "name" => head.name = map.next_value()?,
                "messages" if head.id.is_some() => {
                    self.0.chats += 1;
                    let wanted = self.0.sink.wants(&head);
                    map.next_value_seed(ListSeed { seen: self.0, of: if wanted { Of::Messages } else { Of::Nothing } })?;
                }
                // The contents of an account: an object with a list of chats.
                "chats" | "left_chats" => map.next_value_seed(ChatsSeed(self.0))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

struct ChatsSeed<'a, 'b>(&'a mut Seen<'b>);

impl<'de> DeserializeSeed<'de> for ChatsSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> de::Visitor<'de> for ChatsSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a list of chats")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "list" => map.next_value_seed(ListSeed { seen: self.0, of: Of::Chats })?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// What a list has.
enum Of {
    Messages,
    Chats,
    Nothing,
}

struct ListSeed<'a, 'b> {
    seen: &'a mut Seen<'b>,
    of: Of,
}

impl<'de> DeserializeSeed<'de> for ListSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> de::Visitor<'de> for ListSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        match self.of {
            Of::Messages => {
                while let Some(message) = list.next_element()? {
                    self.seen.sink.take(message);
                }
            }
            Of::Chats => while list.next_element_seed(ChatSeed(self.seen))?.is_some() {},
            Of::Nothing => while list.next_element::<IgnoredAny>()?.is_some() {},
        }
        Ok(())
    }
}
