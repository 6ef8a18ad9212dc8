//! What the parts of one bot share: its line, the store, the rules, and the updates under way.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use rustc_hash::FxHashMap;
use tokio::sync::Notify;

use super::{
    errors::{CallError, Reaction},
    quarantine,
    vitals::Vitals,
    wire::Wire,
};
use crate::{
    admin::Desk,
    clock::SharedClock,
    context::Context,
    domain::{
        change::Outcome,
        event::Event,
        ids::{BotId, ChatId, UpdateId},
        rules::Rules,
        state::State,
    },
    membership,
    store::{Handled, Store, StoreFault},
};

/// One bot at work.
#[derive(Debug)]
pub struct Link {
    /// Its line to Telegram.
    pub wire: Wire,
    /// Where everything is kept.
    pub store: Store,
    /// The operator's settings.
    pub rules: Rules,
    /// The time.
    pub clock: SharedClock,
    /// How it is doing, for those who look from outside.
    pub vitals: Arc<Vitals>,
    /// Its `@username`, without the `@`.
    pub username: String,
    context: Arc<Context>,
    under_way: Mutex<UnderWay>,
    all_settled: Notify,
}

/// An update that was received and isn't settled yet.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) id: UpdateId,
    pub(super) event: Event,
    /// As it came, for the quarantine.
    pub(super) raw: Bytes,
}

/// What stands for a received update on its way through the dispatcher.
pub(super) type Ticket = u32;

/// Updates between Telegram and the store.
#[derive(Debug, Default)]
struct UnderWay {
    last_ticket: Ticket,
    dispatched: FxHashMap<Ticket, Received>,
    unsettled: usize,
}

impl Link {
    /// A bot at work in this program.
    pub fn new(wire: Wire, context: Arc<Context>, username: String, vitals: Arc<Vitals>) -> Self {
        Self {
            rules: Rules { bot: wire.bot_id(), ..context.rules.clone() },
            wire,
            store: context.store.clone(),
            clock: context.clock.clone(),
            vitals,
            username,
            context,
            under_way: Mutex::default(),
            all_settled: Notify::new(),
        }
    }

    /// Which bot it is.
    pub fn bot(&self) -> BotId {
        self.rules.bot
    }

    /// What all bots share.
    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// How receiving goes now: nothing stands in the way, or this. Whether that is news.
    pub(super) fn note_trouble(&self, error: Option<&CallError>) -> bool {
        let trouble = error.map(ToString::to_string);
        let is_revoked = error.is_some_and(|error| error.reaction() == Reaction::Unauthorized);
        self.vitals.receiving.send_if_modified(|receiving| {
            let is_news = receiving.trouble != trouble || receiving.is_revoked != is_revoked;
            receiving.trouble = trouble;
            receiving.is_revoked = is_revoked;
            is_news
        })
    }

    /// Whether the process is about to end.
    pub(super) fn has_fault(&self) -> bool {
        self.context.fault().is_some()
    }

    /// Ends the process with this fault.
    pub fn give_up(&self, fault: &StoreFault) {
        self.context.give_up(fault);
    }

    /// A call told that a group has another id now: what an update may tell later, or never.
    pub(super) async fn learn_migration(&self, from: ChatId, to: ChatId) {
        let now = self.clock.now();
        let learnt = self.store.recall_chats().and_then(|()| self.store.days()).and_then(|days| {
            self.store.decide(&days, |state| membership::migrated(&Desk { state, rules: &self.rules, now }, from, to))
        });
        let durable = match learnt {
            Ok(()) => self.store.flush().await,
            Err(fault) => Err(fault),
        };
        if let Err(fault) = durable {
            self.give_up(&fault);
        }
    }

    /// Keeps an update that was received and is about to be dispatched.
    pub(super) fn expect(&self, received: Received) -> Ticket {
        let mut under_way = self.under_way();
        under_way.last_ticket = under_way.last_ticket.wrapping_add(1);
        under_way.unsettled += 1;
        let ticket = under_way.last_ticket;
        under_way.dispatched.insert(ticket, received);
        ticket
    }

    /// Settles an update of which nothing comes, without a way through the dispatcher.
    pub(super) fn settle_as_nothing(&self, received: &Received) {
        self.under_way().unsettled += 1;
        self.settle(received, &[], |_, _, _| Outcome::nothing());
    }

    /// The update behind a ticket, to be settled.
    pub(super) fn redeem(&self, ticket: Ticket) -> Option<Received> {
        self.under_way().dispatched.remove(&ticket)
    }

    /// Waits until every expected update is settled.
    pub(super) async fn settled(&self) {
        loop {
            let rung = self.all_settled.notified();
            if self.under_way().unsettled == 0 {
                return;
            }
            rung.await;
        }
    }

    /// Decides about an update and makes it so, once; whether it was made so now. A decision that panics changes nothing: the
    /// update goes to the quarantine and is done with.
    pub(super) fn settle(
        &self,
        received: &Received,
        days: &[NaiveDate],
        decide: impl FnOnce(&State, &Rules, DateTime<Utc>) -> Outcome,
    ) -> bool {
        let id = received.id;
        let now = self.clock.now();
        let tried =
            catch_unwind(AssertUnwindSafe(|| self.store.handle(self.bot(), id, days, |state| decide(state, &self.rules, now))));
        let handled = tried.unwrap_or_else(|_| {
            tracing::error!(update.id = %id, "the update can't be handled; it was put into quarantine/");
            quarantine::keep(self.store.dir(), id, &received.raw);
            self.store.handle(self.bot(), id, &[], |_| Outcome::nothing())
        });
        let is_new = matches!(handled, Ok(Handled::New));
        match handled {
            Ok(_) => self.vitals.updates.note(&received.event, is_new, now),
            // It stays unsettled, so that nobody can acknowledge it before the process ends.
            Err(fault) => {
                self.give_up(&fault);
                return false;
            }
        }
        let mut under_way = self.under_way();
        under_way.unsettled -= 1;
        if under_way.unsettled == 0 {
            self.all_settled.notify_one();
        }
        is_new
    }

    fn under_way(&self) -> MutexGuard<'_, UnderWay> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::Arc, time::Duration};

    use secrecy::SecretString;
    use tempfile::TempDir;

    use super::*;
    use crate::{
        clock::SystemClock,
        domain::{bots::Bots, change::Change, event::Ignored, lang::Lang},
        store::Handled,
        telegram::{ProxyChoice, quarantine},
    };

    fn link(dir: &TempDir) -> Link {
        let clock: SharedClock = Arc::new(SystemClock);
        let store = Store::open(dir.path(), clock.clone()).expect("opens");
        let url = "http://telegram.invalid".parse().expect("an address");
        let wire = Wire::new(SecretString::from("7:secret"), url, &ProxyChoice::Direct, Duration::from_secs(1)).expect("a line");
        let (bot, bots) = (BotId(7), Bots::one(BotId(7)));
        let rules = Rules {
            admins: Default::default(),
            researchers: Default::default(),
            zone: chrono_tz::UTC,
            lang: Lang::En,
            bot,
            bots,
            assistants: Default::default(),
            marks: Default::default(),
        };
        let context = Arc::new(Context::new(store, rules, clock));
        Link::new(wire, context, "bot".into(), Arc::new(Vitals::new(None)))
    }

    #[tokio::test]
    async fn a_poisonous_update_is_put_aside_and_the_others_count() {
        let dir = TempDir::new().expect("a directory");
        let link = link(&dir);
        let update = |id: i64| Received {
            id: UpdateId(id),
            event: Event::Ignored(Ignored::OtherUpdate),
            raw: format!(r#"{{"update_id":{id},"message":{{"text":"Ann"}}}}"#).into(),
        };
        let tickets = [1, 2, 3].map(|id| link.expect(update(id)));
        for ticket in tickets {
            let received = link.redeem(ticket).expect("it was expected");
            link.settle(&received, &[], |_, _, now| {
                assert_ne!(received.id, UpdateId(2), "poison");
                Outcome { changes: vec![Change::LastUpdate(now)], work: Vec::new() }
            });
        }
        link.settled().await;
        link.store.flush().await.expect("commits");
        let kept = quarantine::list(dir.path());
        let [file] = kept.as_slice() else { panic!("one update was poison, kept are {kept:?}") };
        assert!(file.ends_with("2.json"));
        let shape = fs::read_to_string(file).expect("a file");
        assert!(shape.contains("xxx") && !shape.contains("Ann"), "{shape}");
        drop(link);
        let store = Store::open(dir.path(), Arc::new(SystemClock)).expect("opens");
        for id in 1..=3 {
            let again = store.handle(BotId(7), UpdateId(id), &[], |_| Outcome::nothing()).expect("handled");
            assert_eq!(again, Handled::Repeated, "update {id} is done with");
        }
    }
}
