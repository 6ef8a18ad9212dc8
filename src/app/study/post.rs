//! Posts boards when they are due. Each step of a post is safe on disk before what it stands for is done, so that a crash at any
//! moment leaves behind what is known, and nothing is posted twice.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::{task::spawn_blocking, time::MissedTickBehavior};

use crate::{
    admin::{Desk, study::post as asks},
    context::Context,
    domain::{
        change::{Change, Outcome},
        event::Place,
        ids::{ChatId, MessageId},
        lang::Lang,
        line::LineState,
        registry,
        state::State,
        study::{Call, Community, Post, PostKey, PostState, Poster, StudyChange},
    },
    membership::tell_admins,
    mtproto::{self, CallFault, Line},
    orders::dropbox::random_id,
    report::picture::board_png,
    store::{StoreFault, words::words},
    study::{
        audit, board,
        compose::{Composed, compose},
        export,
        post::{self, Ended, Notice},
        schedule, seconds, snapshot,
    },
    telegram::{self, Fleet},
    text::{board as text, html::Html},
};

/// Between looks at what is due.
const TICK: Duration = Duration::from_secs(1);
/// Old posts and compliments are taken out so often.
const PRUNE_EVERY: Duration = Duration::from_secs(3_600);
/// A board waits so long for a look into the calls that go on.
const LOOKED_AT_WITHIN: TimeDelta = TimeDelta::seconds(75);
/// How many messages of the group are looked at for a board of which nobody knows whether it arrived.
const LAST_MESSAGES: u8 = 50;
/// A message may carry a time a little before the one at which we began to send it.
const SLACK: TimeDelta = TimeDelta::seconds(60);
/// A board whose answer got lost may be on its way for so long; only then is it looked for.
const ON_ITS_WAY: TimeDelta = TimeDelta::seconds(10);
/// For so long it is tried to look for it, before admins are asked.
const LOOKED_FOR_WITHIN: TimeDelta = TimeDelta::seconds(60);

/// Posts what is due, until dropped.
pub(in crate::app) async fn post(context: Arc<Context>, fleet: Arc<Fleet>, line: Line, tick: Duration, exports: bool) {
    let started = context.clock.now();
    let poster = BoardPoster { context, fleet, line, exports, started };
    let mut tick = tokio::time::interval(TICK.min(tick));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut prune = tokio::time::interval(PRUNE_EVERY);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            _ = prune.tick() => poster.prune(),
        }
        if let Err(fault) = poster.turn().await {
            if !fault.may_heal() {
                return poster.context.give_up(&fault);
            }
            tracing::error!(%fault, "boards wait");
        }
    }
}

struct BoardPoster {
    context: Arc<Context>,
    fleet: Arc<Fleet>,
    line: Line,
    /// A web dashboard wants to know what is posted.
    exports: bool,
    started: DateTime<Utc>,
}

/// A board ready to be sent.
struct Ready {
    html: Html,
    composed: Composed,
    community: Community,
}

impl BoardPoster {
    async fn turn(&self) -> Result<(), StoreFault> {
        let now = self.context.clock.now();
        self.context.store.decide(&[], |state| Outcome {
            changes: schedule::due(&state.study, now, &mut random_id).into_iter().map(Change::Study).collect(),
            work: Vec::new(),
        })?;
        self.context.store.flush().await?;
        // Attempts are made one by one: what is on its way here is one whose answer got lost, perhaps with the process.
        for (chat, key) in self.context.store.read(|state| schedule::on_their_way(&state.study)) {
            self.look_after(chat, key).await?;
        }
        for (chat, key) in self.context.store.read(|state| schedule::ready(&state.study, now)) {
            self.attempt(chat, key).await?;
        }
        for (chat, key) in self.context.store.read(|state| schedule::without_snapshot(&state.study)) {
            self.export(chat, key).await?;
        }
        Ok(())
    }

    fn prune(&self) {
        let now = self.context.clock.now();
        let pruned = self.context.store.decide(&[], |state| Outcome {
            changes: schedule::prune(&state.study, now).into_iter().map(Change::Study).collect(),
            work: Vec::new(),
        });
        if let Err(fault) = pruned {
            tracing::error!(%fault, "old posts stay");
        }
    }

    /// One attempt to post one board.
    async fn attempt(&self, chat: ChatId, key: PostKey) -> Result<(), StoreFault> {
        let Some((community, order)) = self.known(chat, key) else { return Ok(()) };
        let by = community.target.by;
        if by == Poster::Session && !matches!(self.line.state(), LineState::Up { .. }) {
            // It waits; that the session is down is told elsewhere.
            return Ok(());
        }
        if by == Poster::Bot && self.fleet.link_for(community.target.chat).is_none() {
            // The bot isn't connected yet.
            return Ok(());
        }
        if self.is_being_looked_at(chat, &order) {
            return Ok(());
        }
        let ready = match self.compose(chat, key, &order).await {
            Ok(Some(ready)) => ready,
            Ok(None) => return Ok(()),
            Err(fault) => {
                tracing::error!(chat.id = %chat, day = %key.day, %fault, "a board can't be drawn up; it is tried again");
                let now = self.context.clock.now();
                let failed = |before: &Post| post::ended(&post::begun(before, by, now)?, Ended::Failed, now);
                return self.step(chat, key, failed).await;
            }
        };
        let now = self.context.clock.now();
        let chosen = ready.composed.changes.clone();
        self.context.store.decide(&[], |state| {
            let mut outcome = Outcome { changes: chosen.into_iter().map(Change::Study).collect(), work: Vec::new() };
            let current = state.study.posts.get(&chat).and_then(|posts| posts.get(&key));
            if let Some(begun) = current.and_then(|current| post::begun(current, by, now)) {
                let begun = Post { shown: Some(Box::new(audit::shown(&ready.composed.board))), ..begun };
                outcome.set(Change::Study(StudyChange::Post(chat, key, Some(Box::new(begun)))));
            }
            outcome
        })?;
        self.context.store.flush().await?;
        let is_begun = self.known(chat, key).is_some_and(|(_, post)| matches!(post.state, PostState::Sending { .. }));
        if !is_begun {
            return Ok(());
        }
        match self.send(&ready, order.random_id).await {
            // It is looked for first.
            Ended::Lost => Ok(()),
            ended => self.finish(chat, key, &ready, ended).await,
        }
    }

    /// What follows an attempt.
    async fn finish(&self, chat: ChatId, key: PostKey, ready: &Ready, ended: Ended) -> Result<(), StoreFault> {
        let now = self.context.clock.now();
        let posted = match &ended {
            Ended::Posted { chat, message } => {
                Some(snapshot::Posted { at: now, message: message.map(|message| (*chat, message)) })
            }
            Ended::Wait(_) | Ended::Failed | Ended::Lost | Ended::Refused(_) => None,
        };
        self.context.store.decide(&[], |state| {
            let mut outcome = self.stepped(state, chat, key, |before| post::ended(before, ended, now));
            if let Some(posted) = posted.filter(|_| self.exports) {
                outcome.changes.extend(exported(state, chat, ready, posted));
            }
            outcome
        })?;
        self.context.store.flush().await?;
        if posted.is_some() {
            tracing::info!(chat.id = %chat, day = %key.day, "a board is posted");
            self.send_picture(ready).await;
        }
        Ok(())
    }

    /// Queues the snapshot of a board that somebody else than we saw in the group.
    async fn export(&self, chat: ChatId, key: PostKey) -> Result<(), StoreFault> {
        let Some((_, order)) = self.known(chat, key) else { return Ok(()) };
        let PostState::Posted { chat: place, message, at } = order.state else { return Ok(()) };
        let ready = if self.exports { self.compose(chat, key, &order).await? } else { None };
        self.context.store.decide(&[], |state| {
            let mut outcome = Outcome::nothing();
            if let Some(ready) = &ready {
                let posted = snapshot::Posted { at, message: message.map(|message| (place, message)) };
                outcome.changes.extend(exported(state, chat, ready, posted));
            }
            if let Some(post) = state.study.posts.get(&chat).and_then(|posts| posts.get(&key)) {
                outcome.set(Change::Study(StudyChange::Post(chat, key, Some(Box::new(post::exported(post))))));
            }
            outcome
        })?;
        self.context.store.flush().await
    }

    /// Whether a look that is about to come says who still sat in a call at the board's time. Without it, the time since the
    /// last look would be missing.
    fn is_being_looked_at(&self, chat: ChatId, order: &Post) -> bool {
        let waited = self.context.clock.now() - order.due;
        let is_behind = |call: &Call| call.chat == chat && call.confirmed < order.until;
        waited < LOOKED_AT_WITHIN
            && matches!(self.line.state(), LineState::Up { .. })
            && self.context.store.read(|state| state.study.calls.values().any(is_behind))
    }

    async fn send(&self, ready: &Ready, random_id: i64) -> Ended {
        let target = ready.community.target;
        match target.by {
            Poster::Bot => {
                let to = Place { chat: target.chat, topic: target.topic };
                telegram::boards::post(&self.fleet, to, ready.html.as_str(), self.context.clock.now()).await
            }
            Poster::Session => {
                let topic = target.topic.and_then(|topic| i32::try_from(topic.0).ok());
                let what = mtproto::Post { chat: target.chat, topic, text: &ready.html, random_id, picture: None };
                by_session(self.line.send(&what).await, target.chat, self.context.clock.now())
            }
        }
    }

    /// The picture follows the text, once: Telegram lets far less text stand under a picture than a board has.
    async fn send_picture(&self, ready: &Ready) {
        if !ready.community.picture {
            return;
        }
        let (board, lang, target) = (ready.composed.board.clone(), ready.community.lang, ready.community.target);
        match spawn_blocking(move || board_png(&board, lang)).await {
            Ok(Ok(png)) => telegram::boards::picture(&self.fleet, Place { chat: target.chat, topic: target.topic }, png).await,
            Ok(Err(why)) => tracing::error!(why, "a board can't be drawn"),
            Err(why) => tracing::error!(%why, "a board can't be drawn"),
        }
    }

    /// Draws a board up as it was at its time. Beside the runtime: old days are read from their files.
    async fn compose(&self, chat: ChatId, key: PostKey, order: &Post) -> Result<Option<Ready>, StoreFault> {
        let (store, until) = (self.context.store.clone(), order.until);
        let composed = spawn_blocking(move || {
            let study = store.read(|state| state.study.clone());
            let Some(community) = study.communities.get(&chat).cloned() else { return Ok(None) };
            let days = board::days_needed(community.periods, key.day);
            let counted = seconds::count(&study, chat, days, until, |days, to| store.scan_presence(chat, days, to))?;
            let (lexicon, faults) = words(store.dir(), community.lang);
            faults.iter().for_each(|fault| tracing::warn!(%fault, "words for boards"));
            let Some(composed) = compose(&study, chat, key.day, &counted.unwrap_or_default(), &lexicon) else { return Ok(None) };
            let html = text::post(&composed.board, composed.quote.as_deref(), community.lang);
            Ok(Some(Ready { html, composed, community }))
        });
        composed.await.expect("drawing a board up doesn't panic")
    }

    /// An attempt whose answer got lost: the user session looks into the group. Where it can't, or finds nothing, it sends its own boards
    /// again: Telegram takes the same number of the same account once, and another replica's account doesn't send what it sees there.
    /// The bot may not send again: admins are asked.
    async fn look_after(&self, chat: ChatId, key: PostKey) -> Result<(), StoreFault> {
        let Some((community, order)) = self.known(chat, key) else { return Ok(()) };
        let PostState::Sending { since, by, .. } = order.state else { return Ok(()) };
        let now = self.context.clock.now();
        let waited = now - since.max(self.started);
        match (by, self.line.state()) {
            (_, LineState::NotConfigured | LineState::NotLoggedIn | LineState::Dead { .. }) => {}
            (_, LineState::Up { .. }) if waited >= ON_ITS_WAY => match self.find(chat, key, &community, &order, since).await {
                Ok(Some((ready, found))) => return self.finish(chat, key, &ready, found).await,
                Ok(None) => {}
                Err(why) => {
                    tracing::warn!(chat.id = %community.target.chat, why, "can't look whether a board arrived");
                    if waited < LOOKED_FOR_WITHIN {
                        return Ok(());
                    }
                }
            },
            // Nobody else could send it.
            (Poster::Session, LineState::Connecting { .. } | LineState::Waiting { .. }) => return Ok(()),
            (_, LineState::Up { .. } | LineState::Connecting { .. } | LineState::Waiting { .. }) => {
                if waited < LOOKED_FOR_WITHIN {
                    return Ok(());
                }
            }
        }
        self.step(chat, key, |before| post::interrupted(before, now)).await
    }

    /// Looks for a board in the group.
    async fn find(
        &self,
        chat: ChatId,
        key: PostKey,
        community: &Community,
        order: &Post,
        since: DateTime<Utc>,
    ) -> Result<Option<(Ready, Ended)>, String> {
        let Some(ready) = self.compose(chat, key, order).await.map_err(|fault| fault.to_string())? else { return Ok(None) };
        let target = community.target;
        let topic = target.topic.and_then(|topic| i32::try_from(topic.0).ok());
        let messages = self.line.last_messages(target.chat, topic, LAST_MESSAGES).await.map_err(|fault| fault.to_string())?;
        let plain = mtproto::plain_text(&ready.html);
        let is_it = |message: &&mtproto::Posted| message.at >= since - SLACK && same_words(&message.text, &plain);
        let found = messages.iter().find(is_it).map(|found| MessageId(i64::from(found.id)));
        Ok(found.map(|message| (ready, Ended::Posted { chat: target.chat, message: Some(message) })))
    }

    fn known(&self, chat: ChatId, key: PostKey) -> Option<(Community, Post)> {
        self.context.store.read(|state| {
            let post = state.study.posts.get(&chat)?.get(&key)?.clone();
            Some((state.study.communities.get(&chat)?.clone(), post))
        })
    }

    /// Takes a step in a post's life, and makes it safe.
    async fn step(&self, chat: ChatId, key: PostKey, step: impl FnOnce(&Post) -> Option<Post>) -> Result<(), StoreFault> {
        self.context.store.decide(&[], |state| self.stepped(state, chat, key, step))?;
        self.context.store.flush().await
    }

    /// A step in a post's life, with what admins have to know of it.
    fn stepped(&self, state: &State, chat: ChatId, key: PostKey, step: impl FnOnce(&Post) -> Option<Post>) -> Outcome {
        let mut outcome = Outcome::nothing();
        let Some(before) = state.study.posts.get(&chat).and_then(|posts| posts.get(&key)) else { return outcome };
        let Some(after) = step(before) else { return outcome };
        let desk = Desk { state, rules: &self.context.rules, now: self.context.clock.now() };
        if let (Some(notice), Some(community)) = (post::notice(before, &after), state.study.communities.get(&chat)) {
            tell_admins(&desk, registry::Notice::Boards, &mut outcome, |lang: Lang| match &notice {
                Notice::Unsure => asks::unsure(chat, community, key, lang),
                Notice::Refused(why) => asks::refused(chat, community, key, why, lang),
            });
        }
        outcome.set(Change::Study(StudyChange::Post(chat, key, Some(Box::new(after)))));
        outcome
    }
}

/// A posted board in the queue for a web dashboard.
fn exported(state: &State, chat: ChatId, ready: &Ready, posted: snapshot::Posted) -> Vec<Change> {
    let board = &ready.composed.board;
    let body = snapshot::body(board, posted, ready.community.zone, ready.community.lang);
    let queued = export::queued(&state.study, chat, &BTreeMap::from([(board.day, body)]), posted.at);
    queued.into_iter().map(Change::Study).collect()
}

/// What became of an attempt by the user session.
fn by_session(sent: Result<i32, CallFault>, chat: ChatId, now: DateTime<Utc>) -> Ended {
    match sent {
        Ok(message) => Ended::Posted { chat, message: Some(MessageId(i64::from(message))) },
        Err(fault) if fault.is("RANDOM_ID_DUPLICATE") => Ended::Posted { chat, message: None },
        Err(fault) => {
            tracing::warn!(chat.id = %chat, %fault, "a board wasn't posted");
            match fault {
                CallFault::Wait(pause) => Ended::Wait(now + TimeDelta::from_std(pause).unwrap_or(TimeDelta::MAX)),
                CallFault::Refused(why) => Ended::Refused(why),
                CallFault::LoggedOut(_) | CallFault::Proxy(_) | CallFault::File(_) | CallFault::Elsewhere(_) => Ended::Failed,
                // The same number again: it comes once.
                CallFault::Line(_) | CallFault::Silent(_) | CallFault::Unreadable(_) => Ended::Lost,
            }
        }
    }
}

/// Whether two texts are the same but for white space, which Telegram tidies up.
fn same_words(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}
