//! Answers a command with the newest items of a feed: from what was read lately, and from what was read before where the source is
//! down.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::{errors::CallError, jobs::decide, outbox::Outbox};
use crate::{
    domain::{
        change::Outcome,
        commands::{Body, CommandChange, CommandName, Feed},
        event::Place,
        ids::MessageId,
        lang::Lang,
        work::Buttons,
    },
    feeds::{Fault, Read, Reader},
    text::custom as words,
};

/// What reads feeds for all bots: each by one at a time, so that a class that asks together asks its source once.
#[derive(Clone, Debug)]
pub struct Feeds {
    reader: Reader,
    turns: Arc<Mutex<BTreeMap<CommandName, Arc<tokio::sync::Mutex<()>>>>>,
}

impl Feeds {
    /// Nothing is read yet.
    pub fn new(reader: Reader) -> Self {
        Self { reader, turns: Arc::default() }
    }

    fn turn(&self, command: &CommandName) -> Arc<tokio::sync::Mutex<()>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).entry(command.clone()).or_default().clone()
    }
}

/// Sends the newest items.
pub(super) async fn show(
    outbox: &Outbox,
    command: &CommandName,
    to: Place,
    reply_to: Option<MessageId>,
    lang: Lang,
) -> Result<(), CallError> {
    let link = outbox.link();
    let Some((url, items)) = source(outbox, command) else { return Ok(()) };
    let feeds = &outbox.services().feeds;
    let turn = feeds.turn(command);
    let feed = {
        let _turn = turn.lock().await;
        let before = link.store.read(|state| state.commands.feed_of(command).cloned());
        let now = link.clock.now();
        match before {
            Some(feed) if !feed.is_stale(now) => feed,
            before => {
                let read = feeds.reader.read(&url, before.as_ref()).await;
                if let Err(why) = &read {
                    tracing::warn!(%command, %why, "a feed can't be read");
                }
                let feed = after(before, &url, read, now);
                keep(outbox, command, &feed).await;
                feed
            }
        }
    };
    let html = words::feed(&feed, usize::from(items), link.rules.zone, lang);
    outbox.send(to, reply_to, html.as_str(), &Buttons::None).await
}

/// A command's feed, if it still has one.
fn source(outbox: &Outbox, command: &CommandName) -> Option<(String, u8)> {
    outbox.link().store.read(|state| match &state.commands.custom.get(command)?.body {
        Body::Feed { url, items } => Some((url.clone(), *items)),
        Body::Text(_) => None,
    })
}

/// What is known of a feed after it was asked.
fn after(before: Option<Feed>, url: &str, read: Result<Read, Fault>, now: chrono::DateTime<chrono::Utc>) -> Feed {
    let nothing = || Feed {
        url: url.to_owned(),
        asked: now,
        answered: None,
        fault: None,
        etag: None,
        modified: None,
        title: String::new(),
        items: Vec::new(),
    };
    let known = before.unwrap_or_else(nothing);
    match read {
        Ok(Read::Unchanged) => Feed { asked: now, answered: Some(now), fault: None, ..known },
        Ok(Read::New { title, items, etag, modified }) => {
            Feed { asked: now, answered: Some(now), fault: None, title, items, etag, modified, ..known }
        }
        Err(why) => Feed { asked: now, fault: Some(why.to_string()), ..known },
    }
}

/// Keeps what was read, unless the command has another feed by now.
async fn keep(outbox: &Outbox, command: &CommandName, feed: &Feed) {
    let link = outbox.link();
    decide(link, |desk| {
        let mut outcome = Outcome::nothing();
        let is_its = desk.state.commands.custom.get(command).and_then(|custom| custom.feed()) == Some(feed.url.as_str());
        if is_its {
            outcome.set(CommandChange::Feed(command.clone(), Some(Box::new(feed.clone()))).into());
        }
        outcome
    });
    if let Err(fault) = link.store.flush().await
        && !fault.may_heal()
    {
        link.give_up(&fault);
    }
}
