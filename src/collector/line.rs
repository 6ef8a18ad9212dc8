//! The user session's line as a source of channels: what its faults mean, and how long a lost connection is borne.

use std::time::Duration;

use tl_dict::Value;
use tokio::{sync::watch, time::Instant};

use super::source::{ChannelKey, Found, Source, Trouble, Why};
use crate::{
    channels::{Ask, ChannelName},
    domain::line::LineState,
    mtproto::{CallFault, FilePlace, HistoryPage, Line},
};

/// A connection that is lost for longer ends a run; the next one goes on there.
const LOST: Duration = Duration::from_secs(600);
/// After a request that failed, before the next: the line may not know yet that it is down.
const BREATH: Duration = Duration::from_millis(500);

/// The user session's line.
#[derive(Clone, Debug)]
pub struct LineSource {
    line: Line,
    patience: Duration,
    /// Once nobody holds the other end, nothing more is asked.
    held: Option<watch::Receiver<()>>,
}

impl LineSource {
    /// Over this line.
    pub fn new(line: Line) -> Self {
        Self { line, patience: LOST, held: None }
    }

    /// The same, for as long as somebody holds the other end: a run that is given up so still puts its files together.
    pub fn while_held(self, held: watch::Receiver<()>) -> Self {
        Self { held: Some(held), ..self }
    }

    /// Until nobody holds the other end any more.
    async fn given_up(&self) {
        let Some(held) = &self.held else { return std::future::pending().await };
        let mut held = held.clone();
        while held.changed().await.is_ok() {}
    }

    /// Asks, unless it is given up.
    async fn ask<T>(&self, ask: impl AsyncFn(&Line) -> Result<T, CallFault>) -> Result<T, Trouble> {
        tokio::select! {
            biased;
            () = self.given_up() => Err(Trouble::Line("it was cancelled".to_owned())),
            answered = self.ask_held(ask) => answered,
        }
    }

    /// Asks, again if need be when the line is up again.
    async fn ask_held<T>(&self, ask: impl AsyncFn(&Line) -> Result<T, CallFault>) -> Result<T, Trouble> {
        let deadline = Instant::now() + self.patience;
        loop {
            let fault = match ask(&self.line).await {
                Ok(answer) => return Ok(answer),
                Err(CallFault::Unreadable(why)) => return Err(Trouble::Channel(Why::Unreadable(why))),
                Err(CallFault::Wait(time)) => return Err(Trouble::Wait(time)),
                Err(CallFault::Refused(name)) => return Err(refused(name)),
                Err(fault) => fault,
            };
            if !fault.is_about_the_line() || Instant::now() > deadline {
                return Err(Trouble::Line(fault.to_string()));
            }
            tokio::time::sleep(BREATH).await;
            self.is_up(deadline).await.map_err(|why| Trouble::Line(why.unwrap_or_else(|| fault.to_string())))?;
        }
    }

    /// Waits until the line is up; or says why it never will be, if it says so itself.
    pub async fn is_up(&self, deadline: Instant) -> Result<(), Option<String>> {
        let mut states = self.line.states();
        loop {
            match &*states.borrow_and_update() {
                LineState::Up { .. } => return Ok(()),
                LineState::Connecting { .. } | LineState::Waiting { .. } => {}
                gone @ (LineState::NotConfigured | LineState::NotLoggedIn | LineState::Dead { .. }) => {
                    return Err(Some(gone.in_english(chrono_tz::UTC)));
                }
            }
            let changed = tokio::time::timeout_at(deadline, states.changed()).await;
            if !matches!(changed, Ok(Ok(()))) {
                return Err(None);
            }
        }
    }
}

impl Source for LineSource {
    async fn resolve(&self, name: &ChannelName) -> Result<Found, Trouble> {
        let answer = self.ask(async |line| line.resolve_name(name.as_str()).await).await?;
        let Some(id) = answer.get("peer").and_then(|peer| peer.get("channel_id")?.int()) else { return Ok(Found::Somebody) };
        let chat = answer.list_of("chats").iter().find(|chat| chat.get("id").and_then(Value::int) == Some(id));
        let hash = chat.filter(|chat| chat.is("Channel")).and_then(|chat| chat.get("access_hash")?.int());
        // Without a hash it is one that this account may not see.
        hash.map(|hash| Found::Channel(ChannelKey { id, hash })).ok_or(Trouble::Channel(Why::Private))
    }

    async fn full(&self, channel: ChannelKey) -> Result<Value, Trouble> {
        self.ask(async |line| line.full_channel(channel.id, channel.hash).await).await
    }

    async fn history(&self, channel: ChannelKey, ask: &Ask) -> Result<Value, Trouble> {
        let page = page(ask);
        self.ask(async |line| line.channel_history(channel.id, channel.hash, &page).await).await
    }

    async fn comments(&self, channel: ChannelKey, post: i64, ask: &Ask) -> Result<Value, Trouble> {
        let page = page(ask);
        self.ask(async |line| line.channel_comments(channel.id, channel.hash, post, &page).await).await
    }

    async fn messages(&self, channel: ChannelKey, ids: &[i64]) -> Result<Value, Trouble> {
        self.ask(async |line| line.channel_messages(channel.id, channel.hash, ids).await).await
    }

    async fn file(&self, place: &FilePlace, offset: u64) -> Result<Vec<u8>, Trouble> {
        self.ask(async |line| line.file_part(place, offset).await).await
    }

    async fn pause(&self, time: Duration) {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.given_up() => {}
        }
    }
}

fn page(ask: &Ask) -> HistoryPage {
    HistoryPage { offset_id: ask.offset_id, offset_date: ask.offset_date, limit: ask.limit, min_id: ask.min_id }
}

/// What Telegram's word for it means.
fn refused(name: String) -> Trouble {
    match name.as_str() {
        "USERNAME_NOT_OCCUPIED" | "USERNAME_INVALID" => Trouble::Channel(Why::NotFound),
        "CHANNEL_PRIVATE" | "USER_BANNED_IN_CHANNEL" | "CHAT_FORBIDDEN" => Trouble::Channel(Why::Private),
        "CHANNEL_INVALID" | "PEER_ID_INVALID" | "FILE_REFERENCE_EXPIRED" | "FILE_REFERENCE_INVALID" => Trouble::Stale,
        _ => Trouble::Channel(Why::Refused(name)),
    }
}
