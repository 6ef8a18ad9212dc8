//! A run: one channel after the other, each from where the last run stopped.

use std::{collections::BTreeMap, time::Duration};

use super::{
    assemble::{self, assemble},
    comments,
    folder::{ChannelState, Folder, FolderFault, Names, Wanted},
    source::{ChannelKey, Found, Source, Told, Trouble, Why},
};
use crate::channels::{Answer, Ask, Bounds, ChannelName, Counter, Head, PAGE, PageTally, Whither, named_chats};

/// What to collect.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The channels.
    pub names: Vec<ChannelName>,
    /// Which part of their history.
    pub bounds: Bounds,
    /// No messages at all.
    pub is_metadata_only: bool,
    /// What was written below posts as well.
    pub has_comments: bool,
    /// From channel to channel so many times, along forwards.
    pub depth: u32,
    /// Only to channels that so many messages were forwarded from.
    pub min_references: u64,
    /// Counted as the original does, with its mistakes.
    pub is_compatible: bool,
    /// Longer waits are left to the next run.
    pub patience: Duration,
}

/// How a run ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Channels of which everything that was wanted is here.
    pub done: usize,
    /// Messages that are new.
    pub new: u64,
    /// What couldn't be read, and why.
    pub failed: Vec<(String, Why)>,
    /// Why nothing more could be read, if so.
    pub cut_short: Option<String>,
}

/// Why a channel isn't done.
enum Stop {
    Channel(Why),
    Line(String),
    Folder(FolderFault),
}

impl From<FolderFault> for Stop {
    fn from(fault: FolderFault) -> Self {
        Self::Folder(fault)
    }
}

/// Collects.
pub(crate) struct Collector<'a, S> {
    folder: &'a Folder,
    source: &'a S,
    wish: &'a Wish,
    tell: &'a mut dyn FnMut(Told),
    names: Names,
    ended: Ended,
}

impl<'a, S: Source> Collector<'a, S> {
    /// Reads what earlier runs left.
    pub(crate) fn new(
        folder: &'a Folder,
        source: &'a S,
        wish: &'a Wish,
        tell: &'a mut dyn FnMut(Told),
    ) -> Result<Self, FolderFault> {
        Ok(Self { folder, source, wish, tell, names: folder.names()?, ended: Ended::default() })
    }

    /// Does it all; what can't be read is noted, and ends nothing.
    pub(crate) async fn run(mut self) -> Result<Ended, FolderFault> {
        let mut turn: Vec<usize> = self.wish.names.iter().map(|name| self.place_of(name)).collect();
        for depth in 0..=self.wish.depth {
            let is_cut_short = self.take_turn(&turn).await?;
            if is_cut_short || depth == self.wish.depth {
                break;
            }
            turn = self.referenced()?;
        }
        self.publish()?;
        Ok(self.ended)
    }

    /// The channel's place in the folder's list, where it is put if it is new.
    fn place_of(&mut self, name: &ChannelName) -> usize {
        let is_it = |known: &Wanted| known.name.eq_ignore_ascii_case(name.as_str());
        self.names.channels.iter().position(is_it).unwrap_or_else(|| {
            self.names.channels.push(Wanted::new(name));
            self.names.channels.len() - 1
        })
    }

    /// Whether nothing more can be read.
    async fn take_turn(&mut self, turn: &[usize]) -> Result<bool, FolderFault> {
        for (done, place) in turn.iter().enumerate() {
            let name = self.names.channels[*place].name.clone();
            (self.tell)(Told::Begins { name: name.clone(), place: done + 1, of: turn.len() });
            match self.channel(*place).await {
                Ok((new, messages)) => {
                    self.names.channels[*place].failed = None;
                    self.ended.done += 1;
                    (self.tell)(Told::Done { name, new, messages });
                }
                Err(Stop::Channel(why)) => {
                    self.names.channels[*place].failed = Some(why.clone());
                    self.ended.failed.push((name.clone(), why.clone()));
                    (self.tell)(Told::Failed { name, why });
                }
                Err(Stop::Line(why)) => {
                    self.ended.cut_short = Some(why);
                    return Ok(true);
                }
                Err(Stop::Folder(fault)) => return Err(fault),
            }
            self.folder.save_names(&self.names)?;
        }
        Ok(false)
    }

    /// Collects one channel: messages that are new, and all that are here.
    async fn channel(&mut self, place: usize) -> Result<(u64, u64), Stop> {
        let known = self.names.channels[place].clone();
        let mut channel = match (known.id, known.hash) {
            (Some(id), Some(hash)) => ChannelKey { id, hash },
            _ => self.resolve(place).await?,
        };
        let full = match self.patiently(|source| source.full(channel)).await {
            Err(Trouble::Stale) => {
                // Another account collected this folder before.
                channel = self.resolve(place).await?;
                self.patiently(|source| source.full(channel)).await
            }
            answered => answered,
        };
        let full = full.map_err(stop)?;
        let name = &self.names.channels[place].name;
        let mut state = self.folder.state(channel.id)?.unwrap_or_else(|| Folder::new_state(name));
        self.folder.publish(&self.folder.of_channel(&state.name, ".json"), full.to_json().as_bytes())?;
        state.own = named_chats(&full);
        self.folder.save_state(channel.id, &state)?;
        if self.wish.is_metadata_only {
            return Ok((0, state.coverage.messages()));
        }
        let before = state.coverage.messages();
        let walked = self.walk(channel, &mut state).await;
        if state.is_dirty || !self.folder.has(&self.folder.of_channel(&state.name, "_messages.json")) {
            // Also what was cut short is in the file: a run that goes on later writes it anew.
            assemble(self.folder, channel.id, &state)?;
            state.is_dirty = false;
            self.folder.save_state(channel.id, &state)?;
        }
        let new = state.coverage.messages() - before;
        self.ended.new += new;
        walked?;
        if self.wish.has_comments {
            self.comments(channel, &state).await?;
        }
        Ok((new, state.coverage.messages()))
    }

    /// Reads what was written below posts since the last look, and puts it into a file of its own.
    async fn comments(&mut self, channel: ChannelKey, state: &ChannelState) -> Result<(), Stop> {
        let posts = comments::talked_about(self.folder, channel.id, state)?;
        let of = posts.len() as u64;
        let mut is_new = false;
        for (done, (post, replies)) in posts.iter().enumerate() {
            (self.tell)(Told::Comments { done: done as u64, of });
            let known = comments::known(self.folder, channel.id, *post)?;
            if known.is_some_and(|known| known.replies == *replies) {
                continue;
            }
            let (mut pages, mut offset_id) = (0, 0);
            loop {
                let ask = Ask { whither: Whither::Top, offset_id, offset_date: 0, limit: PAGE, min_id: 0 };
                let value = match self.patiently(|source| source.comments(channel, *post, &ask)).await {
                    // The post, or what was below it, is gone: what is here stays.
                    Err(Trouble::Channel(Why::Refused(_))) => break,
                    answered => answered.map_err(stop)?,
                };
                let Some(page) = Answer::read(&value) else { break };
                if let Some(last) = page.messages.last() {
                    offset_id = last.id;
                    self.folder.save_comments(channel.id, *post, pages, &page)?;
                    pages += 1;
                }
                if page.messages.len() < PAGE as usize {
                    break;
                }
            }
            comments::note(self.folder, channel.id, *post, *replies, pages)?;
            is_new = true;
        }
        if is_new || !self.folder.has(&self.folder.of_channel(&state.name, comments::ENDING)) {
            comments::assemble(self.folder, channel.id, state, &posts)?;
        }
        Ok(())
    }

    async fn resolve(&mut self, place: usize) -> Result<ChannelKey, Stop> {
        let name = ChannelName::parse(&self.names.channels[place].name).map_err(|_| Stop::Channel(Why::NotFound))?;
        match self.patiently(|source| source.resolve(&name)).await.map_err(stop)? {
            Found::Somebody => Err(Stop::Channel(Why::NoChannel)),
            Found::Channel(channel) => {
                let known = &mut self.names.channels[place];
                (known.id, known.hash) = (Some(channel.id), Some(channel.hash));
                self.folder.save_names(&self.names)?;
                Ok(channel)
            }
        }
    }

    /// Reads page after page, until everything that is wanted is here.
    async fn walk(&mut self, channel: ChannelKey, state: &mut ChannelState) -> Result<(), Stop> {
        while let Some(ask) = state.coverage.next(&self.wish.bounds) {
            let value = self.patiently(|source| source.history(channel, &ask)).await.map_err(stop)?;
            let unreadable = || Stop::Channel(Why::Unreadable("it holds no messages".to_owned()));
            let mut answer = Answer::read(&value).ok_or_else(unreadable)?;
            let took = answer.trim(&self.wish.bounds);
            let before = state.clone();
            if ask.whither == Whither::Top {
                renew(&mut state.head, std::mem::take(&mut answer.head), took.range.is_some());
            }
            if took.range.is_some() {
                self.folder.save_page(channel.id, state.coverage.place(&ask), &answer)?;
            }
            state.coverage.took(&ask, &took);
            state.is_dirty |= took.range.is_some() || state.head != before.head;
            if *state != before {
                self.folder.save_state(channel.id, state)?;
            }
            let here = state.coverage.messages();
            let of = self.wish.bounds.limit.unwrap_or(u64::MAX).min(answer.total.unwrap_or(here)).max(here);
            (self.tell)(Told::Messages { here, of });
        }
        Ok(())
    }

    /// Asks; waits as Telegram says, for as long as is bearable.
    async fn patiently<T, F: Future<Output = Result<T, Trouble>>>(&mut self, ask: impl Fn(&'a S) -> F) -> Result<T, Trouble> {
        loop {
            match ask(self.source).await {
                Err(Trouble::Wait(time)) if time <= self.wish.patience => {
                    (self.tell)(Told::Waits(time));
                    self.source.pause(time).await;
                }
                answered => return answered,
            }
        }
    }

    /// The channels that are forwarded from often enough, and aren't collected yet.
    fn referenced(&mut self) -> Result<Vec<usize>, FolderFault> {
        let mut forwards: BTreeMap<i64, u64> = BTreeMap::new();
        let mut order = Vec::new();
        for known in self.names.channels.clone() {
            let tally: Option<PageTally> = known.id.map(|id| self.folder.note(id, assemble::TALLY)).transpose()?.flatten();
            for met in tally.into_iter().flat_map(|tally| tally.chats).filter(|met| met.chat.is_channel && met.forwards > 0) {
                *forwards.entry(met.chat.id).or_insert_with(|| {
                    order.push(met.chat.clone());
                    0
                }) += met.forwards;
            }
        }
        let mut turn = Vec::new();
        for chat in order.into_iter().filter(|chat| forwards[&chat.id] >= self.wish.min_references) {
            let is_known = self.names.channels.iter().any(|known| known.id == Some(chat.id));
            if let Ok(name) = ChannelName::parse(&chat.username)
                && !is_known
            {
                let place = self.place_of(&name);
                let wanted = &mut self.names.channels[place];
                (wanted.id, wanted.hash) = (Some(chat.id).filter(|_| chat.hash.is_some()), chat.hash);
                turn.push(place);
            }
        }
        Ok(turn)
    }

    /// Writes the files that are about all channels.
    fn publish(&self) -> Result<(), FolderFault> {
        self.folder.save_names(&self.names)?;
        let mut counter = Counter::new(self.wish.is_compatible);
        let mut counted = Vec::new();
        let (mut not_found, mut others) = (String::new(), String::new());
        for known in &self.names.channels {
            match &known.failed {
                Some(Why::NotFound | Why::NoChannel) => not_found.push_str(&format!("{}\n", known.name)),
                Some(_) => others.push_str(&format!("{}\n", known.name)),
                None => {}
            }
            let Some(id) = known.id.filter(|id| !counted.contains(id)) else { continue };
            counted.push(id);
            if let Some(state) = self.folder.state(id)? {
                let tally: Option<PageTally> = self.folder.note(id, assemble::TALLY)?;
                counter.add(&state.name, id, &state.own, &tally.unwrap_or_default());
            }
        }
        self.folder.publish(&self.folder.public("chats.txt"), counter.chats().as_bytes())?;
        self.folder.publish(&self.folder.public("counter.csv"), counter.csv().as_bytes())?;
        for (file, names) in [("_exceptions-channels-not-found.txt", not_found), ("user_exceptions.txt", others)] {
            let path = self.folder.public(file);
            if names.is_empty() { self.folder.withdraw(&path)? } else { self.folder.publish(&path, names.as_bytes())? }
        }
        Ok(())
    }
}

/// The newest page's head; from an answer without messages only what it says of the whole channel.
fn renew(head: &mut Head, newer: Head, is_page: bool) {
    if is_page || head.0.is_empty() {
        return *head = newer;
    }
    for (key, json) in newer.0.into_iter().filter(|(key, _)| matches!(key.as_str(), "pts" | "count")) {
        if let Some((_, known)) = head.0.iter_mut().find(|(known, _)| *known == key) {
            *known = json;
        }
    }
}

fn stop(trouble: Trouble) -> Stop {
    match trouble {
        Trouble::Channel(why) => Stop::Channel(why),
        Trouble::Stale => Stop::Channel(Why::Private),
        Trouble::Wait(_) => Stop::Channel(Why::Waiting),
        Trouble::Line(why) => Stop::Line(why),
    }
}
