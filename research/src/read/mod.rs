//! Reads a channel's posts one after another: however many there are, one is in memory.

pub(crate) mod post;

use std::{
    cell::Cell,
    fmt,
    fs::File,
    io::{BufReader, Read},
    path::Path,
    rc::Rc,
};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::{fault::Fault, json::Json};

pub(crate) use self::post::Post;

/// A file is read in pieces of this size.
const PIECE: usize = 256 * 1024;

/// What a file of posts says beside them.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// How many posts the server has.
    pub(crate) count: Option<i64>,
    /// The channels and groups that are named in them.
    pub(crate) chats: Vec<Json>,
    /// The people and bots that are named in them, by username.
    pub(crate) users: Vec<User>,
}

/// Someone who isn't a channel.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct User {
    /// `@name`, without the sign.
    pub(crate) username: Option<String>,
}

/// What is beside the posts; they themselves are passed over.
pub(crate) fn beside(path: &Path) -> Result<Beside, Fault> {
    read(path, None)
}

/// Every post with its place in the file, and what the reader says of it: how many bytes are behind.
pub(crate) fn posts(path: &Path, mut each: impl FnMut(u64, Post, u64) -> Result<(), Fault>) -> Result<(), Fault> {
    read(path, Some(&mut each)).map(drop)
}

/// What wants every post.
type Each<'a> = &'a mut dyn FnMut(u64, Post, u64) -> Result<(), Fault>;

fn read(path: &Path, each: Option<Each<'_>>) -> Result<Beside, Fault> {
    let file = File::open(path).map_err(Fault::disk("open", path))?;
    let done = Rc::new(Cell::new(0));
    let input = BufReader::with_capacity(PIECE, Counted { file, done: done.clone() });
    let mut json = serde_json::Deserializer::from_reader(input);
    let mut stopped = None;
    let top = TopLevel { each, done, stopped: &mut stopped };
    match json.deserialize_map(top).and_then(|beside| json.end().map(|()| beside)) {
        Ok(beside) => Ok(beside),
        Err(why) => Err(stopped.unwrap_or_else(|| Fault::json(path, why))),
    }
}

/// A whole small file, such as a channel's own.
pub(crate) fn whole(path: &Path) -> Result<Json, Fault> {
    let text = std::fs::read(path).map_err(Fault::disk("read", path))?;
    serde_json::from_slice(&text).map_err(|why| Fault::json(path, why))
}

/// A file that knows how much of it was read.
struct Counted {
    file: File,
    done: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, piece: &mut [u8]) -> std::io::Result<usize> {
        let length = self.file.read(piece)?;
        self.done.set(self.done.get() + length as u64);
        Ok(length)
    }
}

struct TopLevel<'a, 'b> {
    each: Option<Each<'a>>,
    done: Rc<Cell<u64>>,
    /// Why the one who wants the posts wants no more.
    stopped: &'b mut Option<Fault>,
}

impl<'de> Visitor<'de> for TopLevel<'_, '_> {
    type Value = Beside;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with \"messages\"")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<Beside, A::Error> {
        let (mut beside, mut has_messages) = (Beside::default(), false);
        while let Some(key) = object.next_key::<String>()? {
            match key.as_str() {
                "messages" => {
                    has_messages = true;
                    match self.each.take() {
                        Some(each) => object.next_value_seed(Messages { each, done: &self.done, stopped: self.stopped })?,
                        None => drop(object.next_value::<IgnoredAny>()?),
                    }
                }
                "count" => beside.count = object.next_value()?,
                "chats" => beside.chats = object.next_value::<Option<_>>()?.unwrap_or_default(),
                "users" => beside.users = object.next_value::<Option<_>>()?.unwrap_or_default(),
                _ => drop(object.next_value::<IgnoredAny>()?),
            }
        }
        if !has_messages {
            return Err(A::Error::custom("there are no \"messages\" in it"));
        }
        Ok(beside)
    }
}

struct Messages<'a, 'b> {
    each: Each<'a>,
    done: &'b Cell<u64>,
    stopped: &'b mut Option<Fault>,
}

impl<'de> DeserializeSeed<'de> for Messages<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Messages<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of posts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(post) = list.next_element()? {
            if let Err(why) = (self.each)(index, post, self.done.get()) {
                *self.stopped = Some(why);
                return Err(A::Error::custom("stopped"));
            }
            index += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn told(content: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alpha_messages.json");
        fs::write(&path, content).unwrap();
        let why = posts(&path, |_, _, _| Ok(())).unwrap_err().to_string();
        why.replace(&path.display().to_string(), "FILE")
    }

    /// Who reads such a sentence knows which file, where in it, and what to do.
    #[test]
    fn broken_files_are_told_about_in_sentences() {
        let cases = [
            r#"{"_":"ChannelMessages","messages":[{"_":"Message","id":1},{"_":"Mess"#,
            r#"{"messages":[{"_":"Message","id":"one"}]}"#,
            "{\"messages\":[],\n \"chats\":oops}",
            r#"{"_":"ChannelMessages","count":1}"#,
            "[]",
            "",
            r#"{"messages":[]} and more"#,
        ];
        let told: Vec<_> = cases.iter().map(|case| format!("{case}\n=> {}", told(case))).collect();
        insta::assert_snapshot!(told.join("\n\n"));
    }

    /// What wants the posts may say that it is enough, and is asked who it was.
    #[test]
    fn who_wants_no_more_posts_gives_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alpha_messages.json");
        fs::write(&path, r#"{"messages":[{"id":1},{"id":2},{"id":3}]}"#).unwrap();
        let mut seen = Vec::new();
        let outcome = posts(&path, |index, post, _| {
            seen.push((index, post.id));
            if post.id == 2 { Err(Fault::NothingCollected("here".into())) } else { Ok(()) }
        });
        assert!(matches!(outcome, Err(Fault::NothingCollected(_))));
        assert_eq!(seen, [(0, 1), (1, 2)]);
    }
}
