//! Reading by the schema. Whatever comes, nothing panics, and nothing takes more memory than an answer may.

use crate::{
    schema::{Constructor, Kind, constructor},
    value::{Object, Value},
};

const VECTOR: u32 = 0x1cb5_c415;
const TRUE: u32 = 0x9972_75b5;
const FALSE: u32 = 0xbc79_9737;
/// Objects in one another. The deepest of Telegram's own are rich texts, which its apps bound to a dozen.
const DEEPEST: usize = 100;
/// Values in one answer. A hundred long posts with media, reactions and entities are some 30,000.
const MOST: usize = 2_000_000;

/// Why an answer can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// It ends too early.
    #[error("it ends after {0} bytes, in the midst of something")]
    Ended(usize),
    /// The schema doesn't have it.
    #[error("constructor {id:#010x} at byte {at} isn't of layer {}", crate::LAYER)]
    Unknown {
        /// The constructor's number.
        id: u32,
        /// Where.
        at: usize,
    },
    /// Not what the schema says should be there.
    #[error("{id:#010x} at byte {at} is neither what belongs there nor nothing")]
    Unexpected {
        /// What is there.
        id: u32,
        /// Where.
        at: usize,
    },
    /// Something follows.
    #[error("{0} bytes follow its end")]
    Trailing(usize),
    /// Objects in objects.
    #[error("it is nested more than {DEEPEST} deep")]
    TooDeep,
    /// It holds too much.
    #[error("it holds more than {MOST} values")]
    TooMuch,
}

/// Reads an answer: an object, or a vector of objects.
pub fn decode(bytes: &[u8]) -> Result<Value, DecodeError> {
    let mut reader = Reader { bytes, at: 0, values: 0 };
    let value = reader.object(0)?;
    if reader.at < bytes.len() { Err(DecodeError::Trailing(bytes.len() - reader.at)) } else { Ok(value) }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    values: usize,
}

impl<'a> Reader<'a> {
    fn object(&mut self, depth: usize) -> Result<Value, DecodeError> {
        if depth > DEEPEST {
            return Err(DecodeError::TooDeep);
        }
        let at = self.at;
        match self.id()? {
            VECTOR => self.vector(&Kind::Object, depth),
            TRUE => Ok(Value::Bool(true)),
            FALSE => Ok(Value::Bool(false)),
            id => {
                let constructor = constructor(id).ok_or(DecodeError::Unknown { id, at })?;
                let mut object = self.fields(constructor, depth)?;
                forget_empty_media(&mut object);
                Ok(Value::Object(object))
            }
        }
    }

    fn fields(&mut self, constructor: &'static Constructor, depth: usize) -> Result<Object, DecodeError> {
        self.values += constructor.fields.len();
        if self.values > MOST {
            return Err(DecodeError::TooMuch);
        }
        let (mut sets, mut read) = (Vec::new(), Vec::with_capacity(constructor.fields.len()));
        for field in &constructor.fields {
            let is_there = field.flag.is_none_or(|(set, bit)| sets.get(set).is_some_and(|flags: &u32| flags >> bit & 1 == 1));
            read.push(match &field.kind {
                Kind::Flags => {
                    sets.push(self.id()?);
                    Value::Null
                }
                Kind::True => Value::Bool(is_there),
                kind if is_there => self.value(kind, depth)?,
                // As Telethon shows lists that aren't there.
                Kind::Vector(_) => Value::List(Vec::new()),
                _ => Value::Null,
            });
        }
        let shown = constructor.shown.iter().map(|at| std::mem::replace(&mut read[*at], Value::Null)).collect();
        Ok(Object::new(constructor, shown))
    }

    fn value(&mut self, kind: &Kind, depth: usize) -> Result<Value, DecodeError> {
        let at = self.at;
        Ok(match kind {
            Kind::Flags | Kind::True => Value::Null,
            Kind::Bool => match self.id()? {
                TRUE => Value::Bool(true),
                FALSE => Value::Bool(false),
                id => return Err(DecodeError::Unexpected { id, at }),
            },
            Kind::Int => Value::Int(i64::from(i32::from_le_bytes(self.array()?))),
            Kind::Date => Value::Date(i32::from_le_bytes(self.array()?)),
            Kind::Long => Value::Int(i64::from_le_bytes(self.array()?)),
            Kind::Double => Value::Double(f64::from_le_bytes(self.array()?)),
            Kind::Text => Value::Text(String::from_utf8_lossy(self.blob()?).into_owned()),
            Kind::Bytes => Value::Bytes(self.blob()?.to_vec()),
            Kind::Object => self.object(depth + 1)?,
            Kind::Vector(of) => match self.id()? {
                VECTOR => self.vector(of, depth + 1)?,
                id => return Err(DecodeError::Unexpected { id, at }),
            },
        })
    }

    fn vector(&mut self, of: &Kind, depth: usize) -> Result<Value, DecodeError> {
        let count = self.id()? as usize;
        // Whatever is in it takes a word at least.
        if count > (self.bytes.len() - self.at) / 4 {
            return Err(DecodeError::Ended(self.bytes.len()));
        }
        self.values += count;
        if self.values > MOST || depth > DEEPEST {
            return Err(if depth > DEEPEST { DecodeError::TooDeep } else { DecodeError::TooMuch });
        }
        (0..count).map(|_| self.value(of, depth)).collect::<Result<_, _>>().map(Value::List)
    }

    /// A length, so many bytes, and what fills up the word.
    fn blob(&mut self) -> Result<&'a [u8], DecodeError> {
        let [first] = self.array()?;
        let (length, head) = if first == 254 {
            let [low, middle, high] = self.array()?;
            (u32::from_le_bytes([low, middle, high, 0]) as usize, 4)
        } else {
            (usize::from(first), 1)
        };
        let blob = self.take(length)?;
        self.take((4 - (head + length) % 4) % 4)?;
        Ok(blob)
    }

    fn id(&mut self) -> Result<u32, DecodeError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        Ok(self.take(N)?.try_into().expect("as many bytes as were asked for"))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.bytes.len());
        let taken = &self.bytes[self.at..end.ok_or(DecodeError::Ended(self.bytes.len()))?];
        self.at += length;
        Ok(taken)
    }
}

/// Telethon takes "no media" in a message for nothing.
fn forget_empty_media(object: &mut Object) {
    if object.name() == "Message"
        && let Some(media) = object.get_mut("media").filter(|media| media.is("MessageMediaEmpty"))
    {
        *media = Value::Null;
    }
}
