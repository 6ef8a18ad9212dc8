//! A model of Telegram: channels with numbered posts. Each tenth post is forwarded from another channel.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use tl_dict::{Value, decode};

use crate::{
    channels::{Ask, ChannelName},
    collector::{ChannelKey, Found, Trouble, Why, source::Source},
    mtproto::{FILE_PART, FilePlace},
};

/// Where people write below posts.
const TALK: i64 = 950;
/// Where forwards come from.
pub(super) const ORIGIN: i64 = 900;
/// Where some others come from, if there is such a channel.
const OTHER_ORIGIN: i64 = 901;
const VECTOR: u32 = 0x1cb5_c415;

#[derive(Default)]
pub(super) struct Telegram(RefCell<World>);

#[derive(Default)]
struct World {
    names: BTreeMap<String, i64>,
    posts: BTreeMap<i64, u32>,
    private: Vec<i64>,
    sketched: Option<i64>,
    /// How many comments a channel's post has.
    comments: BTreeMap<(i64, i64), u32>,
    /// What a post says after it was edited; nothing, if it was deleted.
    changes: BTreeMap<(i64, i64), Option<&'static str>>,
    /// The number and size of a post's document.
    files: BTreeMap<(i64, i64), (i64, usize)>,
    /// What has to be shown for a document at the moment.
    reference: u32,
    /// For so many parts it is still good.
    fresh_parts: Option<u32>,
    asked: BTreeMap<&'static str, u32>,
    account: i64,
    /// Calls until the line is lost.
    line: Option<u32>,
    /// Calls until a flood, and how long it lasts.
    flood: Option<(u32, Duration)>,
    paused: Duration,
}

/// When a post was written.
pub(super) fn date(id: i64) -> i64 {
    1_700_000_000 + id * 60
}

impl Telegram {
    pub(super) fn new() -> Self {
        let telegram = Self::default();
        telegram.channel("gamma", ORIGIN, 12);
        telegram
    }

    pub(super) fn channel(&self, name: &str, id: i64, posts: u32) {
        let mut world = self.0.borrow_mut();
        world.names.insert(name.to_owned(), id);
        world.posts.insert(id, posts);
    }

    pub(super) fn posts(&self, id: i64, more: u32) {
        *self.0.borrow_mut().posts.get_mut(&id).expect("the channel is there") += more;
    }

    pub(super) fn has_comments(&self, channel: i64, post: i64, comments: u32) {
        self.0.borrow_mut().comments.insert((channel, post), comments);
    }

    /// Each fifth post that isn't a tenth one is forwarded from another channel.
    pub(super) fn has_another_origin(&self) {
        self.channel("delta", OTHER_ORIGIN, 5);
    }

    /// Answers only have a sketch of this chat, which is good for nothing.
    pub(super) fn is_sketched(&self, id: i64, is_so: bool) {
        self.0.borrow_mut().sketched = is_so.then_some(id);
    }

    pub(super) fn has_file(&self, channel: i64, post: i64, size: usize) {
        self.0.borrow_mut().files.insert((channel, post), (post * 7, size));
    }

    /// What had to be shown for documents is good for nothing after so many parts.
    pub(super) fn changes_references_after(&self, parts: u32) {
        self.0.borrow_mut().fresh_parts = Some(parts);
    }

    pub(super) fn is_edited(&self, channel: i64, post: i64, text: &'static str) {
        self.0.borrow_mut().changes.insert((channel, post), Some(text));
    }

    pub(super) fn is_deleted(&self, channel: i64, post: i64) {
        self.0.borrow_mut().changes.insert((channel, post), None);
    }

    pub(super) fn is_private(&self, id: i64) {
        self.0.borrow_mut().private.push(id);
    }

    pub(super) fn is_public(&self, id: i64) {
        self.0.borrow_mut().private.retain(|known| *known != id);
    }

    pub(super) fn is_another_account(&self) {
        self.0.borrow_mut().account += 1;
    }

    pub(super) fn is_lost_after(&self, calls: u32) {
        self.0.borrow_mut().line = Some(calls);
    }

    pub(super) fn is_back(&self) {
        self.0.borrow_mut().line = None;
    }

    pub(super) fn floods(&self, after: u32, time: Duration) {
        self.0.borrow_mut().flood = Some((after, time));
    }

    pub(super) fn paused(&self) -> Duration {
        self.0.borrow().paused
    }

    /// What was asked so far.
    pub(super) fn asked(&self) -> String {
        let asked = &self.0.borrow().asked;
        let count = |method| format!("{method} {}", asked.get(method).copied().unwrap_or(0));
        ["resolve", "full", "history"].map(count).join(", ")
    }

    /// How often this was asked.
    pub(super) fn asked_for(&self, method: &str) -> u32 {
        self.0.borrow().asked.get(method).copied().unwrap_or(0)
    }

    fn ask(&self, method: &'static str) -> Result<(), Trouble> {
        let mut world = self.0.borrow_mut();
        if let Some(left) = &mut world.line {
            *left = left.checked_sub(1).ok_or_else(|| Trouble::Line("no connection".to_owned()))?;
        }
        *world.asked.entry(method).or_insert(0) += 1;
        match &mut world.flood {
            Some((0, time)) => {
                let time = *time;
                world.flood = None;
                Err(Trouble::Wait(time))
            }
            Some((left, _)) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn hash(&self, id: i64) -> i64 {
        id * 1_000 + self.0.borrow().account
    }

    fn open(&self, channel: ChannelKey) -> Result<(), Trouble> {
        if channel.hash != self.hash(channel.id) {
            return Err(Trouble::Stale);
        }
        if self.0.borrow().private.contains(&channel.id) { Err(Trouble::Channel(Why::Private)) } else { Ok(()) }
    }

    fn origin(&self, channel: i64, id: i64) -> Option<i64> {
        let origin = match id % 10 {
            0 => ORIGIN,
            5 => OTHER_ORIGIN,
            _ => return None,
        };
        (channel < ORIGIN && self.0.borrow().posts.contains_key(&origin)).then_some(origin)
    }

    fn post(&self, channel: i64, id: i64) -> Vec<u8> {
        let origin = self.origin(channel, id);
        let world = self.0.borrow();
        let comments = world.comments.get(&(channel, id)).copied();
        let media = world.files.get(&(channel, id)).map(|(file, size)| document(*file, *size, world.reference));
        match world.changes.get(&(channel, id)) {
            None => message(channel, id, &format!("Post {id}, \"news\""), origin, comments, media),
            Some(Some(edited)) => message(channel, id, edited, origin, comments, media),
            Some(None) => words(&[0x90a6_ca84, 0, id as u32]),
        }
    }

    fn chat(&self, id: i64) -> Vec<u8> {
        let name = self.0.borrow().names.iter().find(|(_, known)| **known == id).expect("it has a name").0.clone();
        // broadcast, access_hash, username
        let is_sketch = self.0.borrow().sketched == Some(id);
        let mut out = words(&[0xd49f_34c6, 1 << 5 | 1 << 13 | 1 << 6 | u32::from(is_sketch) << 12, 0]);
        out.extend(id.to_le_bytes());
        out.extend(self.hash(id).to_le_bytes());
        out.extend(text(&format!("Title of {name}")));
        out.extend(text(&name));
        out.extend(words(&[0x37c1_011c, 1_500_000_000]));
        out
    }
}

impl Source for Telegram {
    async fn resolve(&self, name: &ChannelName) -> Result<Found, Trouble> {
        self.ask("resolve")?;
        if name.as_str() == "somebody" {
            return Ok(Found::Somebody);
        }
        let id = self.0.borrow().names.get(&name.key()).copied().ok_or(Trouble::Channel(Why::NotFound))?;
        Ok(Found::Channel(ChannelKey { id, hash: self.hash(id) }))
    }

    async fn full(&self, channel: ChannelKey) -> Result<Value, Trouble> {
        self.ask("full")?;
        self.open(channel)?;
        // A full answer without anything but its chats.
        let mut out = words(&[0xe5d7_d19c]);
        out.extend(full_chat(channel.id));
        out.extend(vector(&[self.chat(channel.id)]));
        out.extend(vector(&[]));
        Ok(decode(&out).expect("it is right"))
    }

    async fn history(&self, channel: ChannelKey, ask: &Ask) -> Result<Value, Trouble> {
        self.ask("history")?;
        self.open(channel)?;
        let count = self.0.borrow().posts[&channel.id];
        let ids = asked_for(ask, 1..=i64::from(count));
        let mut out = words(&[0xc776_ba4e, 0, 7 + count, count]);
        out.extend(vector(&ids.iter().map(|id| self.post(channel.id, *id)).collect::<Vec<_>>()));
        out.extend(vector(&[]));
        let mut chats = vec![channel.id];
        for origin in ids.iter().filter_map(|id| self.origin(channel.id, *id)) {
            if !chats.contains(&origin) {
                chats.push(origin);
            }
        }
        out.extend(vector(&chats.into_iter().map(|id| self.chat(id)).collect::<Vec<_>>()));
        out.extend(vector(&[]));
        Ok(decode(&out).expect("it is right"))
    }

    async fn comments(&self, channel: ChannelKey, post: i64, ask: &Ask) -> Result<Value, Trouble> {
        self.ask("comments")?;
        self.open(channel)?;
        let count = self.0.borrow().comments.get(&(channel.id, post)).copied();
        let count = count.ok_or(Trouble::Channel(Why::Refused("MSG_ID_INVALID".to_owned())))?;
        let first = post * 1_000 + 1;
        let ids = asked_for(ask, first..=first + i64::from(count) - 1);
        let mut out = words(&[0xc776_ba4e, 0, 7 + count, count]);
        out.extend(vector(
            &ids.iter().map(|id| message(TALK, *id, &format!("Comment {id}"), None, None, None)).collect::<Vec<_>>(),
        ));
        out.extend([vector(&[]), vector(&[self.chat(channel.id)]), vector(&[])].concat());
        Ok(decode(&out).expect("it is right"))
    }

    async fn messages(&self, channel: ChannelKey, ids: &[i64]) -> Result<Value, Trouble> {
        self.ask("messages")?;
        self.open(channel)?;
        let mut out = words(&[0xc776_ba4e, 0, 7, ids.len() as u32]);
        out.extend(vector(&ids.iter().map(|id| self.post(channel.id, *id)).collect::<Vec<_>>()));
        out.extend([vector(&[]), vector(&[self.chat(channel.id)]), vector(&[])].concat());
        Ok(decode(&out).expect("it is right"))
    }

    async fn file(&self, place: &FilePlace, offset: u64) -> Result<Vec<u8>, Trouble> {
        self.ask("file")?;
        let mut world = self.0.borrow_mut();
        if let Some(0) = world.fresh_parts {
            world.reference += 1;
        }
        world.fresh_parts = world.fresh_parts.and_then(|parts| parts.checked_sub(1));
        if place.reference != world.reference.to_le_bytes() {
            return Err(Trouble::Stale);
        }
        let size = world.files.values().find(|(id, _)| *id == place.id).map(|(_, size)| *size);
        let size = size.ok_or(Trouble::Channel(Why::Refused("LOCATION_INVALID".to_owned())))?;
        Ok(content(place.id, size)[offset as usize..].iter().copied().take(FILE_PART as usize).collect())
    }

    async fn pause(&self, time: Duration) {
        self.0.borrow_mut().paused += time;
    }
}

/// The newest first.
fn asked_for(ask: &Ask, all: std::ops::RangeInclusive<i64>) -> Vec<i64> {
    let is_asked_for = |id: &i64| {
        (ask.offset_id == 0 || *id < ask.offset_id) && (ask.offset_date == 0 || date(*id) < ask.offset_date) && *id > ask.min_id
    };
    all.rev().filter(is_asked_for).take(ask.limit as usize).collect()
}

/// What is in a file.
pub(super) fn content(file: i64, size: usize) -> Vec<u8> {
    (0..size).map(|at| (at as i64 * file % 251) as u8).collect()
}

/// A document with this number and so many bytes.
fn document(file: i64, size: usize, reference: u32) -> Vec<u8> {
    let mut out = words(&[0x52d8_ccd9, 1, 0x8fd4_c4d8, 0]);
    out.extend(file.to_le_bytes());
    out.extend(file.to_le_bytes());
    out.extend([4]);
    out.extend(reference.to_le_bytes());
    out.extend([0, 0, 0]);
    out.extend(words(&[1_600_000_000]));
    out.extend(text("application/pdf"));
    out.extend((size as i64).to_le_bytes());
    out.extend(words(&[2, VECTOR, 0]));
    out
}

fn message(
    channel: i64,
    id: i64,
    words_of_it: &str,
    origin: Option<i64>,
    comments: Option<u32>,
    media: Option<Vec<u8>>,
) -> Vec<u8> {
    let flag = |is_there: bool, bit: u32| u32::from(is_there) << bit;
    let flags = 1 << 14 | flag(origin.is_some(), 2) | flag(comments.is_some(), 23) | flag(media.is_some(), 9);
    let mut out = words(&[0x7600_b9d3, flags, 0, id as u32, 0xa2a5_371e]);
    out.extend(channel.to_le_bytes());
    if let Some(origin) = origin {
        out.extend(words(&[0x4e4d_f4bb, 1, 0xa2a5_371e]));
        out.extend(origin.to_le_bytes());
        out.extend(words(&[1_600_000_000]));
    }
    out.extend(words(&[date(id) as u32]));
    out.extend(text(words_of_it));
    out.extend(media.unwrap_or_default());
    if let Some(comments) = comments {
        out.extend(words(&[0x83d6_0fc2, 1, comments, 7]));
        out.extend(TALK.to_le_bytes());
    }
    out
}

fn full_chat(id: i64) -> Vec<u8> {
    let mut out = words(&[0xa04e_8d3a, 0, 0]);
    out.extend(id.to_le_bytes());
    out.extend(text("about"));
    // Three counters, a photo, settings, no bots, pts.
    out.extend(words(&[0, 0, 0, 0x2331_b22d, 0, 0, 0x9962_2c0c, 0, VECTOR, 0, 1]));
    out
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn vector(items: &[Vec<u8>]) -> Vec<u8> {
    let mut out = words(&[VECTOR, items.len() as u32]);
    out.extend(items.concat());
    out
}

fn text(text: &str) -> Vec<u8> {
    let mut out = vec![u8::try_from(text.len()).expect("a short text")];
    out.extend(text.as_bytes());
    out.resize(out.len().next_multiple_of(4), 0);
    out
}
