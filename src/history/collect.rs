//! What of an export is kept: who wrote what sort of message, when; for those who count in the group. The rest is told in numbers.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::{
    export::{Head, Sink},
    message::Message,
    written::{Album, Uncountable, Written},
};
use crate::{
    counter::{self, history::Past},
    domain::{
        counted::Mark,
        event::Author,
        ids::{ChatId, MessageId, UserId, tidy},
        kind::Kind,
        period::local_hour,
        state::State,
    },
};

/// What is asked of an export.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The group, as it is called now.
    pub group: ChatId,
    /// Whose days.
    pub zone: Tz,
    /// No day before this one.
    pub since: Option<NaiveDate>,
    /// No day after this one.
    pub until: Option<NaiveDate>,
    /// What is later isn't believed.
    pub now: DateTime<Utc>,
}

/// Why a message is left out, whatever was counted before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skipped {
    /// Nobody's message counts like this.
    Uncountable(Uncountable),
    /// Outside the days that were asked for.
    OtherDay,
    /// Of somebody who isn't registered.
    Unregistered,
    /// Of somebody who is, but isn't active, or isn't counted in this group.
    NotCountedHere,
    /// Of nobody who is named.
    Unnamed,
}

/// What an export came to.
#[derive(Debug, Default)]
pub struct Collected {
    /// To be counted, if it wasn't before; in the order of the file.
    pub messages: Vec<Past>,
    /// How many were left out, and why.
    pub skipped: BTreeMap<Skipped, u64>,
    /// Accounts that nobody is registered with, with a name and how many messages they wrote.
    pub unregistered: BTreeMap<UserId, (String, u64)>,
    /// Chats that the file has and that are others.
    pub other_chats: Vec<Head>,
    /// Whether the group is in the file.
    pub found: bool,
}

/// Takes what is wanted of an export.
#[derive(Debug)]
pub struct Collector<'a> {
    state: &'a State,
    wanted: Wanted,
    /// The chat whose messages come: the group, or the basic group that it was.
    chat: ChatId,
    second: Second,
    /// The albums that messages belonged to.
    albums: BTreeSet<i64>,
    collected: Collected,
}

/// The messages of one second, as far as they have come.
#[derive(Debug, Default)]
struct Second {
    unix: i64,
    /// By sender: how many, and whether one could be the first item of an album with photos and videos, audio or files.
    of: BTreeMap<Author, (u64, [bool; 3])>,
}

/// So many chats are remembered by name, to say what the file has instead.
const OTHER_CHATS: usize = 20;

/// Telegram began in August 2013.
const BEGAN: i64 = 1_375_000_000;

impl<'a> Collector<'a> {
    /// For messages of a group.
    pub fn new(state: &'a State, wanted: Wanted) -> Self {
        Self {
            state,
            wanted,
            chat: wanted.group,
            second: Second::default(),
            albums: BTreeSet::new(),
            collected: Collected::default(),
        }
    }

    /// What it came to.
    pub fn finish(self) -> Collected {
        self.collected
    }

    /// A message of the group. In whatever order pages come, messages come from the oldest on.
    pub fn add(&mut self, message: &Written) {
        match self.keep(message) {
            Ok(past) => self.collected.messages.push(past),
            Err(why) => *self.collected.skipped.entry(why).or_default() += 1,
        }
    }

    fn keep(&mut self, message: &Written) -> Result<Past, Skipped> {
        let kind = message.kind.map_err(Skipped::Uncountable)?;
        let later = self.wanted.now.timestamp() + 86_400;
        let date = message.date.filter(|date| (BEGAN..later).contains(date));
        let date = date.ok_or(Skipped::Uncountable(Uncountable::Undated))?;
        let author = message.author.clone();
        // Before anybody is left out: a message's place in its second must not depend on who is registered.
        let (place, guess) = self.second.place(date, &author, kind);
        let album_rest = match message.album {
            Album::Untold => guess,
            Album::None => false,
            Album::Of(album) => !self.albums.insert(album),
        };
        let mark = if message.id > 0 && self.chat.is_supergroup() {
            Mark::numbered(MessageId(message.id))
        } else {
            Mark::of_moment(date, &author, place)
        };
        let (day, _) = local_hour(self.wanted.zone, date).ok_or(Skipped::Uncountable(Uncountable::Undated))?;
        if self.wanted.since.is_some_and(|since| day < since) || self.wanted.until.is_some_and(|until| day > until) {
            return Err(Skipped::OtherDay);
        }
        if counter::counts_now(self.state, self.wanted.group, &author) {
            return Ok(Past { mark, date, author, kind, album_rest });
        }
        Err(self.why_nobody(&author, message))
    }

    fn why_nobody(&mut self, author: &Author, message: &Written) -> Skipped {
        let Author::User(user) = author else {
            return if *author == Author::Nobody { Skipped::Unnamed } else { Skipped::NotCountedHere };
        };
        let is_bot = self.state.bots.keys().any(|bot| bot.account() == *user);
        if is_bot || self.state.teacher_of(*user).is_some() {
            return Skipped::NotCountedHere;
        }
        let (name, messages) = self.collected.unregistered.entry(*user).or_default();
        *messages += 1;
        if let Some(written) = &message.name {
            *name = tidy(written);
        }
        Skipped::Unregistered
    }
}

impl Sink for Collector<'_> {
    fn wants(&mut self, chat: &Head) -> bool {
        let Some(number) = chat.id else { return false };
        let is_basic = chat.kind.as_deref().map(|kind| kind == "private_group");
        let basic = Some(ChatId::basic_group(number)).filter(|_| is_basic != Some(false));
        let larger = Some(ChatId::supergroup(number)).filter(|_| is_basic != Some(true));
        let its = [larger, basic].into_iter().flatten().find(|id| self.state.current_id(*id) == self.wanted.group);
        match its {
            Some(id) => {
                self.chat = id;
                self.second = Second::default();
                self.collected.found = true;
            }
            None if self.collected.other_chats.len() < OTHER_CHATS => self.collected.other_chats.push(chat.clone()),
            None => {}
        }
        its.is_some()
    }

    fn take(&mut self, message: Message) {
        self.add(&message.written(self.chat));
    }
}

impl Second {
    /// The place of a message among its sender's of that second, and whether it goes on with an album: the file doesn't say so, but items of
    /// an album have one second, one sender, and go together.
    fn place(&mut self, unix: i64, author: &Author, kind: Kind) -> (u64, bool) {
        if self.unix != unix {
            *self = Self { unix, of: BTreeMap::new() };
        }
        let (messages, albums) = self.of.entry(author.clone()).or_default();
        let place = *messages;
        *messages += 1;
        let sort = match kind {
            Kind::Photo | Kind::Video | Kind::LivePhoto => 0,
            Kind::Audio => 1,
            Kind::Document => 2,
            _ => return (place, false),
        };
        (place, std::mem::replace(&mut albums[sort], true))
    }
}
