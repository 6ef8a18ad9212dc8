//! Watches the voice chats of all communities: takes what Telegram tells, looks where that isn't enough, and at everything twice a
//! minute whatever was told. What it sees is decided about, and safe, before the next thing is looked at.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{sync::mpsc, task::JoinSet, time::MissedTickBehavior};

use super::blind::Blind;
use crate::{
    context::Context,
    domain::{
        change::Outcome,
        ids::ChatId,
        line::LineState,
        presence::{CallId, News, Participant, Snapshot},
        state::State,
    },
    mtproto::{CallFault, Line, LineEvent},
    study::{
        call::{CallList, Observation, Wanted},
        observe,
    },
};

/// Between looks at what is due.
const TICK: Duration = Duration::from_secs(1);
/// After a look that failed.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// Looks under way at the same time; each may be several requests.
const LOOKS_AT_ONCE: usize = 8;
/// News that are taken before they are made safe together.
const NEWS_AT_ONCE: usize = 500;

/// Watches until dropped.
pub(in crate::app) async fn watch(
    context: Arc<Context>,
    line: Line,
    mut events: mpsc::Receiver<LineEvent>,
    (look_every, blind_minute): (Duration, Duration),
) {
    let mut tick = tokio::time::interval(TICK.min(look_every));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut watch = Watch::new(context, line, look_every, Blind::new(blind_minute));
    loop {
        tokio::select! {
            event = events.recv() => {
                let Some(event) = event else { return };
                watch.told(event);
                for _ in 1..NEWS_AT_ONCE {
                    let Ok(event) = events.try_recv() else { break };
                    watch.told(event);
                }
            }
            Some(looked) = watch.looks.join_next() => {
                if let Ok(looked) = looked {
                    watch.looked(looked);
                }
            }
            _ = tick.tick() => watch.turn(),
        }
        if let Err(fault) = watch.context.store.flush().await
            && !fault.may_heal()
        {
            watch.context.give_up(&fault);
        }
    }
}

/// A call that is watched.
#[derive(Debug)]
struct Watched {
    chat: ChatId,
    list: CallList,
    due: Instant,
    is_looked_at: bool,
}

/// What a look came to.
#[derive(Debug)]
enum Looked {
    /// Into a call.
    Call(CallId, Result<Option<Snapshot>, CallFault>),
    /// For a call in a chat.
    Chat(ChatId, Result<Option<CallId>, CallFault>),
    /// For chats with calls.
    Chats(BTreeSet<ChatId>, Result<Vec<ChatId>, CallFault>),
}

struct Watch {
    context: Arc<Context>,
    line: Line,
    /// A call is looked at, and a chat asked for a call, so often, whatever is told.
    look_every: Duration,
    calls: BTreeMap<CallId, Watched>,
    /// Chats that are to be asked for their call, since when.
    ask: BTreeMap<ChatId, Instant>,
    /// Chats that are being asked.
    asked: BTreeSet<ChatId>,
    /// When idle chats are asked again, all at once.
    ask_idle: Instant,
    looks: JoinSet<Looked>,
    blind: Blind,
}

impl Watch {
    fn new(context: Arc<Context>, line: Line, look_every: Duration, blind: Blind) -> Self {
        let now = Instant::now();
        // Calls that went on when the process ended: whether they still do, and how to look into them, their chats know.
        let ask = context.store.read(|state| state.study.calls.values().map(|call| (call.chat, now)).collect());
        Self {
            context,
            line,
            look_every,
            calls: BTreeMap::new(),
            ask,
            asked: BTreeSet::new(),
            ask_idle: now,
            looks: JoinSet::new(),
            blind,
        }
    }

    /// Begins the looks that are due.
    fn turn(&mut self) {
        let watched = self.context.store.read(watched_chats);
        self.blind.look(&self.context, !watched.is_empty(), &self.line.state());
        self.calls.retain(|_, call| watched.contains(&call.chat));
        self.ask.retain(|chat, _| watched.contains(chat));
        self.rest();
        if !matches!(self.line.state(), LineState::Up { .. }) || watched.is_empty() {
            return;
        }
        self.ask_idle_chats(&watched);
        self.ask_chats();
        self.look_into_calls();
    }

    /// Ends the stays in calls of communities that rest.
    fn rest(&self) {
        let at = self.line.server_time().unwrap_or_else(|| self.context.clock.now());
        for call in self.context.store.read(observe::unwatched) {
            let over = [Observation::Over { at, exact: false }];
            let days = self.context.store.read(|state| observe::days_touched(state, call, &over));
            self.decide(&days, |state| observe::rested(state, call, at));
        }
    }

    /// Which chats without a known call have one? One request for a hundred.
    fn ask_idle_chats(&mut self, watched: &BTreeSet<ChatId>) {
        let now = Instant::now();
        if self.ask_idle > now || self.looks.len() >= LOOKS_AT_ONCE {
            return;
        }
        self.ask_idle = now + self.look_every;
        let busy: BTreeSet<ChatId> = self.calls.values().map(|call| call.chat).collect();
        let idle: BTreeSet<ChatId> = watched.iter().copied().filter(|chat| !busy.contains(chat)).collect();
        if idle.is_empty() {
            return;
        }
        let line = self.line.clone();
        self.looks.spawn(async move {
            let chats: Vec<ChatId> = idle.iter().copied().collect();
            let found = line.with_calls(&chats).await;
            Looked::Chats(idle, found)
        });
    }

    fn ask_chats(&mut self) {
        let now = Instant::now();
        let due: Vec<ChatId> = self.ask.iter().filter(|(_, at)| **at <= now).map(|(chat, _)| *chat).collect();
        for chat in due {
            if self.looks.len() >= LOOKS_AT_ONCE {
                return;
            }
            self.ask.remove(&chat);
            if self.asked.insert(chat) {
                let line = self.line.clone();
                self.looks.spawn(async move { Looked::Chat(chat, line.discover(chat).await) });
            }
        }
    }

    fn look_into_calls(&mut self) {
        let now = Instant::now();
        let telegrams = self.line.server_time();
        for (id, call) in &mut self.calls {
            if self.looks.len() >= LOOKS_AT_ONCE {
                return;
            }
            let is_wanted = match call.list.wanted() {
                Wanted::Look => call.due <= now,
                Wanted::LookAt(at) => telegrams.is_some_and(|now| at <= now),
                Wanted::Nothing => call.due <= now,
                Wanted::Over => false,
            };
            if is_wanted && !call.is_looked_at {
                call.is_looked_at = true;
                let (id, line) = (*id, self.line.clone());
                self.looks.spawn(async move { Looked::Call(id, line.snapshot(id).await) });
            }
        }
    }

    fn looked(&mut self, looked: Looked) {
        match looked {
            Looked::Call(id, look) => self.looked_into(id, look),
            Looked::Chat(chat, Ok(call)) => {
                self.asked.remove(&chat);
                self.blind.saw();
                self.found(chat, call);
            }
            Looked::Chat(chat, Err(fault)) => {
                self.asked.remove(&chat);
                self.failed(chat, &fault);
            }
            Looked::Chats(asked, Ok(with_calls)) => {
                self.blind.saw();
                let known =
                    self.context.store.read(|state| state.study.calls.values().map(|call| call.chat).collect::<BTreeSet<_>>());
                // Where a call was and none is said to be, the chat itself is asked: the list may be behind.
                let ask = asked.into_iter().filter(|chat| with_calls.contains(chat) || known.contains(chat));
                let now = Instant::now();
                self.ask.extend(ask.map(|chat| (chat, now)));
            }
            Looked::Chats(_, Err(fault)) => {
                tracing::warn!(%fault, "can't see which groups have a voice chat; looking again");
                self.ask_idle = Instant::now() + LOOK_AGAIN;
            }
        }
    }

    /// Which call goes on in a chat, if any: other ones there are over.
    fn found(&mut self, chat: ChatId, call: Option<CallId>) {
        let Some(at) = self.line.server_time() else { return };
        self.calls.retain(|id, known| known.chat != chat || Some(*id) == call);
        if let Some(id) = call {
            self.calls.entry(id).or_insert_with(|| Watched {
                chat,
                list: CallList::default(),
                due: Instant::now(),
                is_looked_at: false,
            });
        }
        let over = [Observation::Over { at, exact: false }];
        let days = self.context.store.read(|state| {
            let others = observe::calls_of(state, chat).filter(|id| Some(*id) != call);
            others.flat_map(|id| observe::days_touched(state, id, &over)).collect::<Vec<_>>()
        });
        self.decide(&days, |state| observe::found(state, chat, call, at));
    }

    fn looked_into(&mut self, id: CallId, look: Result<Option<Snapshot>, CallFault>) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.is_looked_at = false;
        let chat = call.chat;
        match look {
            Ok(Some(snapshot)) => {
                call.due = Instant::now() + self.look_every;
                self.blind.saw();
                let seen = call.list.looked(snapshot);
                self.observed(chat, id, &seen);
            }
            // It is over, or we were thrown out: the chat knows which.
            Ok(None) => drop(self.ask.insert(chat, Instant::now())),
            Err(fault) => {
                call.due = Instant::now() + pause(&fault);
                self.failed_look(id, &fault);
            }
        }
    }

    fn failed_look(&self, call: CallId, fault: &CallFault) {
        tracing::warn!(call.id = call.0, %fault, "couldn't look into a voice chat; nobody's time ends by that");
    }

    fn failed(&mut self, chat: ChatId, fault: &CallFault) {
        tracing::warn!(chat.id = %chat, %fault, "couldn't ask a group for its voice chat");
        self.ask.insert(chat, Instant::now() + pause(fault));
    }

    fn told(&mut self, event: LineEvent) {
        match event {
            LineEvent::News(news) => self.news(&news),
            LineEvent::Changed(chat) => self.ask_soon(chat),
            LineEvent::WasDown { from, to } => {
                tracing::info!(%from, %to, "nothing could be seen in between; looking at every voice chat again");
                self.news(&News::Gap);
            }
        }
    }

    fn news(&mut self, news: &News) {
        let call = match news {
            News::Started { chat, .. } => return self.ask_soon(*chat),
            News::Gap => {
                self.ask_idle = Instant::now();
                let ids: Vec<CallId> = self.calls.keys().copied().collect();
                return ids.into_iter().for_each(|id| self.tell(id, news));
            }
            News::Participants { call, .. } | News::Version { call, .. } | News::Ended { call, .. } => *call,
        };
        if self.calls.contains_key(&call) {
            self.tell(call, news);
        } else if let Some(chat) = self.line.chat_of(call) {
            self.ask_soon(chat);
        }
    }

    fn tell(&mut self, id: CallId, news: &News) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let chat = call.chat;
        let seen = call.list.told(news);
        if call.list.wanted() == Wanted::Look {
            call.due = Instant::now();
        }
        if call.list.wanted() == Wanted::Over {
            self.calls.remove(&id);
        }
        self.observed(chat, id, &seen);
    }

    fn ask_soon(&mut self, chat: ChatId) {
        if self.context.store.read(|state| watched_chats(state).contains(&chat)) {
            self.ask.insert(chat, Instant::now());
        }
    }

    fn observed(&self, chat: ChatId, call: CallId, seen: &[Observation]) {
        if seen.is_empty() {
            return;
        }
        let profiles: Vec<_> = seen.iter().flat_map(people).filter_map(|person| self.line.profile(person.who)).collect();
        let days = self.context.store.read(|state| observe::days_touched(state, call, seen));
        self.decide(&days, |state| {
            let mut outcome = observe::observe(state, chat, call, seen);
            outcome.append(observe::named(state, chat, &profiles));
            outcome
        });
    }

    fn decide(&self, days: &[chrono::NaiveDate], decide: impl FnOnce(&State) -> Outcome) {
        if let Err(fault) = self.context.store.decide(days, decide) {
            tracing::error!(%fault, "what was seen in a voice chat can't be kept; the next look says it again");
        }
    }
}

/// The groups whose calls are watched.
fn watched_chats(state: &State) -> BTreeSet<ChatId> {
    state.study.communities.iter().filter(|(_, community)| community.watched).map(|(chat, _)| *chat).collect()
}

fn people(seen: &Observation) -> Vec<Participant> {
    match seen {
        Observation::Looked { participants, .. } => participants.clone(),
        Observation::Came { participant, .. } => vec![*participant],
        Observation::Left { .. } | Observation::InStep { .. } | Observation::Over { .. } => Vec::new(),
    }
}

fn pause(fault: &CallFault) -> Duration {
    match fault {
        CallFault::Wait(wait) => *wait,
        _ => LOOK_AGAIN,
    }
}
