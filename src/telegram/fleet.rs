//! The bots at work. Work goes to the one whose chat it is about; what is for a bot that isn't connected yet waits for it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{link::Link, outbox::Outbox};
use crate::{
    context::Context,
    domain::{
        ids::{BotId, ChatId},
        work::Work,
    },
    store::Released,
};

/// The bots at work.
#[derive(Debug)]
pub struct Fleet {
    context: Arc<Context>,
    at_work: Mutex<AtWork>,
}

#[derive(Debug, Default)]
struct AtWork {
    outboxes: BTreeMap<BotId, Arc<Outbox>>,
    /// For those who aren't there yet.
    waiting: BTreeMap<BotId, Vec<Released>>,
}

impl Fleet {
    /// Nobody yet.
    pub fn new(context: Arc<Context>) -> Arc<Self> {
        Arc::new(Self { context, at_work: Mutex::default() })
    }

    /// Hands out work as it is released, until dropped.
    pub async fn hand_out(self: Arc<Self>) {
        loop {
            let released = self.context.store.next_work().await;
            let bot = self.bot_for(&released);
            let mut at_work = self.at_work();
            match at_work.outboxes.get(&bot) {
                Some(outbox) => outbox.take(released),
                None => at_work.waiting.entry(bot).or_default().push(released),
            }
        }
    }

    /// A bot is connected.
    pub fn join(&self, outbox: Arc<Outbox>) {
        let bot = outbox.link().bot();
        let mut at_work = self.at_work();
        for released in at_work.waiting.remove(&bot).unwrap_or_default() {
            outbox.take(released);
        }
        at_work.outboxes.insert(bot, outbox);
    }

    /// A bot works no more.
    pub fn leave(&self, bot: BotId) {
        self.at_work().outboxes.remove(&bot);
    }

    /// The bot that works in a chat, if it is connected.
    pub fn link_for(&self, chat: ChatId) -> Option<Arc<Link>> {
        self.outbox_for(chat).map(|outbox| outbox.link().clone())
    }

    /// The same, as who sends there.
    pub(super) fn outbox_for(&self, chat: ChatId) -> Option<Arc<Outbox>> {
        let bot = self.context.store.read(|state| state.sender(chat, &self.context.rules.bots));
        self.at_work().outboxes.get(&bot).cloned()
    }

    /// A bot, if it is connected.
    pub(super) fn outbox_of(&self, bot: BotId) -> Option<Arc<Outbox>> {
        self.at_work().outboxes.get(&bot).cloned()
    }

    /// All that are connected, the main one first.
    pub(super) fn outboxes(&self) -> Vec<Arc<Outbox>> {
        let main = self.context.rules.bots.main;
        let mut outboxes: Vec<_> = self.at_work().outboxes.values().cloned().collect();
        outboxes.sort_by_key(|outbox| outbox.link().bot() != main);
        outboxes
    }

    fn bot_for(&self, released: &Released) -> BotId {
        let chat = match &released.work {
            // Only the bot that was asked can answer.
            Work::Answer { .. } | Work::StopJob { .. } => return released.bot.unwrap_or(self.context.rules.bots.main),
            // In a group with several bots whoever was asked replies.
            Work::Send { to, reply_to: Some(_), .. } | Work::Diagnose { to, .. } | Work::ShowFeed { to, .. } if to.chat.0 < 0 => {
                if let Some(asked) = released.bot {
                    return asked;
                }
                to.chat
            }
            Work::Deliver { bot: Some(bot), .. } => return *bot,
            // Messages have numbers of their own with each bot.
            Work::PassOn { bot, .. } | Work::PassBack { bot, .. } => return *bot,
            work => work.chat(),
        };
        self.context.store.read(|state| state.sender(chat, &self.context.rules.bots))
    }

    fn at_work(&self) -> MutexGuard<'_, AtWork> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
