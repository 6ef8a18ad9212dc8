//! A run: one channel after the other, each from where the last run stopped.

use std::time::Duration;

use super::{
    asker::Asker,
    assemble::assemble,
    comments::{self, Reading},
    folder::{ChannelState, Folder, FolderFault, Names, Wanted},
    media::{Files, Media},
    publish::publish,
    snowball,
    source::{ChannelKey, Found, Source, Stop, Told, Trouble, Why, stop},
};
use crate::{
    channels::{Answer, Bounds, ChannelName, Head, Whither, named_chats},
    domain::collection::Along,
};

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
    /// What is attached to messages as well, up to so many bytes each.
    pub media: Option<u64>,
    /// From channel to channel so many times.
    pub depth: u32,
    /// Along what.
    pub along: Along,
    /// Only to channels that so many messages refer to.
    pub min_references: u64,
    /// Names that are resolved at most to get there.
    pub most_names: usize,
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
    /// What was attached to messages.
    pub files: Files,
    /// What couldn't be read, and why.
    pub failed: Vec<(String, Why)>,
    /// Why nothing more could be read, if so.
    pub cut_short: Option<String>,
}

/// Collects.
pub(crate) struct Collector<'a, S> {
    folder: &'a Folder,
    asker: Asker<'a, S>,
    wish: &'a Wish,
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
        let asker = Asker::new(source, wish.patience, tell);
        Ok(Self { folder, asker, wish, names: folder.names()?, ended: Ended::default() })
    }

    /// Does it all; what can't be read is noted, and ends nothing.
    pub(crate) async fn run(mut self) -> Result<Ended, FolderFault> {
        let asked: Vec<usize> = self.wish.names.iter().map(|name| self.asked_for(name)).collect();
        let mut is_cut_short = self.take_turn(&asked).await?;
        let mut most_names = self.wish.most_names;
        for step in 1..=self.wish.depth {
            if is_cut_short {
                break;
            }
            let turn = snowball::next(self.folder, &mut self.names, self.wish, step, &mut most_names)?;
            is_cut_short = self.take_turn(&turn).await?;
        }
        self.folder.save_names(&self.names)?;
        publish(self.folder, &self.names, self.wish.is_compatible)?;
        Ok(self.ended)
    }

    /// The channel's place in the folder's list, where it is put if it is new.
    fn asked_for(&mut self, name: &ChannelName) -> usize {
        let place = self.names.place_of(name).unwrap_or_else(|| {
            self.names.channels.push(Wanted::new(name));
            self.names.channels.len() - 1
        });
        let wanted = &mut self.names.channels[place];
        (wanted.depth, wanted.is_open) = (0, false);
        place
    }

    /// Whether nothing more can be read.
    async fn take_turn(&mut self, turn: &[usize]) -> Result<bool, FolderFault> {
        for (done, place) in turn.iter().enumerate() {
            let name = self.names.channels[*place].name.clone();
            self.asker.tell(Told::Begins { name: name.clone(), place: done + 1, of: turn.len() });
            match self.channel(*place).await {
                Ok((new, messages)) => {
                    let known = &mut self.names.channels[*place];
                    (known.failed, known.is_open) = (None, false);
                    self.ended.done += 1;
                    self.asker.tell(Told::Done { name, new, messages });
                }
                Err(Stop::Channel(why)) => {
                    let known = &mut self.names.channels[*place];
                    known.failed = Some(why.clone());
                    known.is_open &= why == Why::Waiting;
                    self.ended.failed.push((name.clone(), why.clone()));
                    self.asker.tell(Told::Failed { name, why });
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
        let full = match self.asker.ask(async |source| source.full(channel).await).await {
            Err(Trouble::Stale) => {
                // Another account collected this folder before.
                channel = self.resolve(place).await?;
                self.asker.ask(async |source| source.full(channel).await).await
            }
            answered => answered,
        };
        let full = full.map_err(stop)?;
        let name = &self.names.channels[place].name;
        let mut state = self.folder.state(channel.id)?.unwrap_or_else(|| Folder::new_state(name));
        let own = named_chats(&full);
        if known.depth > 0 && own.iter().any(|chat| chat.id == channel.id && !chat.is_channel) {
            // A name that somebody mentioned; groups are collected only where they are asked for.
            return Err(Stop::Channel(Why::NoChannel));
        }
        self.folder.publish(&self.folder.of_channel(&state.name, ".json"), full.to_json().as_bytes())?;
        state.own = own;
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
            self.comments(channel, &mut state).await?;
        }
        if let Some(limit) = self.wish.media {
            Media { folder: self.folder, channel, state: &state, limit }.fetch(&mut self.asker, &mut self.ended.files).await?;
        }
        Ok((new, state.coverage.messages()))
    }

    /// Reads what was written below posts, and puts it into a file of its own.
    async fn comments(&mut self, channel: ChannelKey, state: &mut ChannelState) -> Result<(), Stop> {
        let posts = comments::talked_about(self.folder, channel.id, state)?;
        let mut due = Vec::new();
        for (post, replies) in posts.iter().filter(|(_, replies)| *replies > 0) {
            let known = comments::known(self.folder, channel.id, *post)?;
            if known.is_none_or(|known| known.replies < *replies) {
                due.push((*post, *replies));
            }
        }
        let mut reading = Reading { folder: self.folder, channel, state };
        reading.read(&mut self.asker, &due).await?;
        Ok(reading.publish(&posts)?)
    }

    async fn resolve(&mut self, place: usize) -> Result<ChannelKey, Stop> {
        let name = ChannelName::parse(&self.names.channels[place].name).map_err(|_| Stop::Channel(Why::NotFound))?;
        match self.asker.ask(async |source| source.resolve(&name).await).await.map_err(stop)? {
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
            let value = self.asker.ask(async |source| source.history(channel, &ask).await).await.map_err(stop)?;
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
            self.asker.tell(Told::Messages { here, of });
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
