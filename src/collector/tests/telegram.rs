//! A model of Telegram: channels with numbered posts. Each tenth post is forwarded from another channel.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use tl_dict::{Value, decode};

use crate::{
    channels::{Ask, ChannelName},
    collector::{ChannelKey, Found, Trouble, Why, source::Source},
};

/// Where forwards come from.
const ORIGIN: i64 = 900;
const VECTOR: u32 = 0x1cb5_c415;

#[derive(Default)]
pub(super) struct Telegram(RefCell<World>);

#[derive(Default)]
struct World {
    names: BTreeMap<String, i64>,
    posts: BTreeMap<i64, u32>,
    private: Vec<i64>,
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

    fn chat(&self, id: i64) -> Vec<u8> {
        let name = self.0.borrow().names.iter().find(|(_, known)| **known == id).expect("it has a name").0.clone();
        // broadcast, access_hash, username
        let mut out = words(&[0xd49f_34c6, 1 << 5 | 1 << 13 | 1 << 6, 0]);
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
        let is_asked_for = |id: &i64| {
            (ask.offset_id == 0 || *id < ask.offset_id)
                && (ask.offset_date == 0 || date(*id) < ask.offset_date)
                && *id > ask.min_id
        };
        let ids: Vec<i64> = (1..=i64::from(count)).rev().filter(is_asked_for).take(ask.limit as usize).collect();
        let mut out = words(&[0xc776_ba4e, 0, 7 + count, count]);
        out.extend(vector(&ids.iter().map(|id| message(channel.id, *id)).collect::<Vec<_>>()));
        out.extend(vector(&[]));
        let is_forwarded = ids.iter().any(|id| id % 10 == 0) && channel.id != ORIGIN;
        let chats: Vec<i64> = std::iter::once(channel.id).chain(is_forwarded.then_some(ORIGIN)).collect();
        out.extend(vector(&chats.into_iter().map(|id| self.chat(id)).collect::<Vec<_>>()));
        out.extend(vector(&[]));
        Ok(decode(&out).expect("it is right"))
    }

    async fn comments(&self, _: ChannelKey, _: i64, _: &Ask) -> Result<Value, Trouble> {
        Err(Trouble::Channel(Why::Refused("MSG_ID_INVALID".to_owned())))
    }

    async fn messages(&self, _: ChannelKey, _: &[i64]) -> Result<Value, Trouble> {
        Err(Trouble::Channel(Why::Refused("not modelled".to_owned())))
    }

    async fn pause(&self, time: Duration) {
        self.0.borrow_mut().paused += time;
    }
}

fn message(channel: i64, id: i64) -> Vec<u8> {
    let is_forwarded = id % 10 == 0 && channel != ORIGIN;
    let mut out = words(&[0x7600_b9d3, 1 << 14 | u32::from(is_forwarded) << 2, 0, id as u32, 0xa2a5_371e]);
    out.extend(channel.to_le_bytes());
    if is_forwarded {
        out.extend(words(&[0x4e4d_f4bb, 1, 0xa2a5_371e]));
        out.extend(ORIGIN.to_le_bytes());
        out.extend(words(&[1_600_000_000]));
    }
    out.extend(words(&[date(id) as u32]));
    out.extend(text(&format!("Post {id}, \"news\"")));
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
