//! What a replica that stands by takes from Telegram, handed on through the database to the one that works.
//!
//! Whether a group's message counts is decided where it was taken. One that counts for nobody goes on as its number alone; any other one as what
//! counting needs of it: its number, its author, its kind; no word that anybody wrote. What is said to the bot itself (commands, presses, private
//! messages) goes on as it came, and is deleted once it is handled.

use std::time::{Duration, Instant};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::task::spawn_blocking;

use super::{
    deliveries::{self, Deliveries, Inbox, LOOK_UP},
    link::Received,
    register::{Register, RegisterCopy, Weight},
    source,
};
use crate::{
    clock::SharedClock,
    domain::{
        event::{Event, GroupMessage, Ignored},
        ids::{BotId, UpdateId},
        rules::Rules,
    },
    store::postgres::{self, Bundle, DatabaseFault, Put, Version},
};

/// The most bundles that are taken over at once; each has a hundred updates at most.
const BUNDLES: i64 = 10;
/// Between two looks at what others took, where the last one found nothing.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// While the database can't be had.
const PAUSE: Duration = Duration::from_millis(500);

/// An update as it lies in the database.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Written {
    /// Somebody wrote in a group.
    GroupMessage(GroupMessage),
    /// Nothing of it counts.
    Ignored(Ignored),
    /// Said to the bot, as it came.
    Raw(String),
}

/// What was taken together. Messages of which `is_nothing` says that nothing comes are numbers.
fn encode(batch: &[Received], mut is_nothing: impl FnMut(&GroupMessage) -> bool) -> Vec<u8> {
    let written: Vec<(UpdateId, Written)> =
        batch.iter().map(|received| (received.id, written(received, &mut is_nothing))).collect();
    serde_json::to_vec(&written).expect("updates are JSON")
}

fn written(received: &Received, is_nothing: &mut impl FnMut(&GroupMessage) -> bool) -> Written {
    match &received.event {
        Event::GroupMessage(message) if is_nothing(message) => Written::Ignored(Ignored::CountsForNobody),
        Event::GroupMessage(message) if message.to_us.is_none() => Written::GroupMessage(message.clone()),
        Event::Ignored(ignored) => Written::Ignored(*ignored),
        _ => Written::Raw(String::from_utf8_lossy(&received.raw).into_owned()),
    }
}

/// The updates of a bundle; `None` where it isn't even known which they are.
fn decode(body: &[u8], bot_username: &str) -> Option<Vec<Received>> {
    let written: Vec<(UpdateId, &RawValue)> = serde_json::from_slice(body).ok()?;
    Some(written.into_iter().map(|(id, update)| read(id, update, bot_username)).collect())
}

/// What isn't ours, or was written by a newer release that means something else by it, is unreadable, and is settled as such.
fn read(id: UpdateId, update: &RawValue, bot_username: &str) -> Received {
    let raw = Bytes::copy_from_slice(update.get().as_bytes());
    let event = match serde_json::from_str(update.get()) {
        Ok(Written::GroupMessage(message)) => Event::GroupMessage(message),
        Ok(Written::Ignored(ignored)) => Event::Ignored(ignored),
        Ok(Written::Raw(text)) => {
            let read = source::read(text.into(), bot_username);
            return read.unwrap_or(Received { id, event: Event::Ignored(Ignored::Unreadable), raw });
        }
        Err(_) => Event::Ignored(Ignored::Unreadable),
    };
    Received { id, event, raw }
}

/// Where a bot's deliveries go while this replica stands by, and what carries them on for as long as it is run.
pub fn hand_on(rules: Rules, bot_username: String, to: HandOnTo) -> (Inbox, impl Future<Output = ()> + Send) {
    let (mut deliveries, door) = deliveries::channel(bot_username);
    let mut handing_on = HandingOn { rules, to, refused: None };
    let carry = async move {
        loop {
            let batch = deliveries.fetch().await;
            if batch.is_empty() {
                continue;
            }
            match handing_on.put(&batch).await {
                Ok(()) => deliveries.acknowledge(),
                // Those who wait are told to come again.
                Err(why) => {
                    tracing::warn!(%why, "updates can't be handed on; Telegram delivers them again");
                    deliveries.refuse();
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    };
    (door, carry)
}

/// What handing on needs.
#[derive(Clone, Debug)]
pub struct HandOnTo {
    /// Where it goes.
    pub inbox: postgres::Inbox,
    /// By what it is decided.
    pub register: RegisterCopy,
    /// The time.
    pub clock: SharedClock,
}

/// A bot's deliveries on their way.
struct HandingOn {
    rules: Rules,
    to: HandOnTo,
    /// The register was changed since it was this one.
    refused: Option<Version>,
}

impl HandingOn {
    /// Makes them safe. Who counts for nobody in the newest register isn't told of.
    async fn put(&mut self, batch: &[Received]) -> Result<(), DatabaseFault> {
        let may_change_register = batch.iter().any(may_change_register);
        if !may_change_register && let Some(register) = self.to.register.newest_but(self.refused) {
            match self.put_decided(batch, &register).await? {
                Put::Done => return Ok(()),
                Put::NotNow => {}
                Put::OtherRegister => {
                    self.refused = Some(register.version());
                    self.to.register.renew();
                }
            }
        }
        let (inbox, bot, body) = (self.to.inbox.clone(), self.rules.bot, encode(batch, |_| false));
        spawn_blocking(move || inbox.put(bot, body, may_change_register)).await.expect("writing doesn't panic")
    }

    async fn put_decided(&self, batch: &[Received], register: &Register) -> Result<Put, DatabaseFault> {
        let (now, mut heard) = (self.to.clock.now(), Vec::new());
        let body = encode(batch, |message| match register.weigh(&self.rules, message, now) {
            Weight::None => true,
            Weight::Heard(news) => {
                heard.extend(news);
                false
            }
            Weight::Unknown => false,
        });
        let (inbox, bot, by) = (self.to.inbox.clone(), self.rules.bot, register.version());
        let put = spawn_blocking(move || inbox.put_decided(bot, body, by)).await.expect("writing doesn't panic")?;
        if put == Put::Done {
            register.note(heard);
        }
        Ok(put)
    }
}

/// Whether whoever writes next may count after this, and not before: a group moves, an admin presses a button.
fn may_change_register(received: &Received) -> bool {
    match received.event {
        Event::GroupMessage(_) | Event::Ignored(_) => false,
        Event::GroupCommand(_)
        | Event::Migrated { .. }
        | Event::Renamed { .. }
        | Event::OwnStanding(_)
        | Event::CustomCommand(_)
        | Event::MemberStanding(_)
        | Event::PrivateMessage(_)
        | Event::PrivateStanding { .. }
        | Event::Press(_) => true,
    }
}

/// What other replicas took for a bot.
#[derive(Clone, Debug)]
pub(super) struct HandedOn {
    inbox: postgres::Inbox,
    bot: BotId,
    bot_username: String,
    /// Bundles of the last batch.
    taken: Vec<i64>,
    /// Safe, and still lying there.
    settled: Vec<i64>,
    /// Of a release that writes them in another way.
    closed: Vec<i64>,
    /// Not to look before this: nothing was there.
    look_at: Instant,
    /// The last look failed.
    is_troubled: bool,
}

impl HandedOn {
    pub(super) fn new(inbox: postgres::Inbox, bot: BotId, bot_username: String) -> Self {
        let (taken, settled, closed) = (Vec::new(), Vec::new(), Vec::new());
        Self { inbox, bot, bot_username, taken, settled, closed, look_at: Instant::now(), is_troubled: false }
    }

    /// What others took, and what arrived here meanwhile.
    pub(super) async fn fetch(&mut self, deliveries: &mut Deliveries) -> Vec<Received> {
        let began = Instant::now();
        loop {
            let now = Instant::now();
            if self.look_at <= now {
                let mut batch = self.look().await;
                if !batch.is_empty() {
                    batch.extend(deliveries.take_waiting());
                    return batch;
                }
                self.look_at = now + LOOK_EVERY;
            }
            let batch = deliveries.fetch_within(self.look_at.saturating_duration_since(now)).await;
            if !batch.is_empty() || began.elapsed() > LOOK_UP {
                return batch;
            }
        }
    }

    /// The last batch is safe.
    pub(super) fn acknowledge(&mut self) {
        self.settled.append(&mut self.taken);
    }

    /// What others took. Nothing where that can't be seen; told once, as this looks often.
    async fn look(&mut self) -> Vec<Received> {
        match self.bundles().await {
            Ok(bundles) => {
                self.is_troubled = false;
                bundles.into_iter().flat_map(|bundle| self.open(&bundle)).collect()
            }
            Err(why) => {
                if !std::mem::replace(&mut self.is_troubled, true) {
                    tracing::warn!(%why, "what other replicas took can't be looked at");
                }
                Vec::new()
            }
        }
    }

    async fn bundles(&mut self) -> Result<Vec<Bundle>, DatabaseFault> {
        let (inbox, bot, settled, closed) = (self.inbox.clone(), self.bot, self.settled.clone(), self.closed.clone());
        let turned = spawn_blocking(move || inbox.turn_over(bot, settled, closed, BUNDLES));
        let bundles = turned.await.expect("looking doesn't panic")?;
        self.settled.clear();
        Ok(bundles)
    }

    fn open(&mut self, bundle: &Bundle) -> Vec<Received> {
        let Some(updates) = decode(&bundle.body, &self.bot_username) else {
            tracing::error!(bundle = bundle.number, "what another replica took can't be read; it stays for a release that can");
            self.closed.push(bundle.number);
            return Vec::new();
        };
        self.taken.push(bundle.number);
        updates
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(raw: &str) -> Received {
        source::read(Bytes::copy_from_slice(raw.as_bytes()), "bot").expect("an update")
    }

    fn handed_on(raw: &str) -> (String, Event) {
        let body = encode(&[received(raw)], |_| false);
        let [one] = decode(&body, "bot").expect("a bundle").try_into().expect("one update");
        (String::from_utf8(body).expect("UTF-8"), one.event)
    }

    #[test]
    fn a_groups_message_goes_on_without_its_words_and_counts_the_same() {
        let raw = r#"{"update_id":7,"message":{"message_id":5,"date":1769403600,"chat":{"id":-100,"type":"supergroup","title":"Grade 2"},
            "from":{"id":9,"is_bot":false,"first_name":"Ann"},"media_group_id":"13","caption":"our secret","photo":[{"file_id":"x"}]}}"#;
        let (written, event) = handed_on(raw);
        assert_eq!(event, received(raw).event);
        assert!(!written.contains("secret") && !written.contains("Ann"), "{written}");
    }

    #[test]
    fn edits_go_on_as_nothing_but_their_number() {
        let (written, event) = handed_on(r#"{"update_id":7,"edited_message":{"text":"our secret"}}"#);
        assert_eq!((written.as_str(), event), (r#"[[7,{"ignored":"edit"}]]"#, Event::Ignored(Ignored::Edit)));
    }

    #[test]
    fn what_is_said_to_the_bot_goes_on_as_it_came() {
        let raw = r#"{"update_id":7,"message":{"message_id":5,"date":1,"chat":{"id":9,"type":"private"},"from":{"id":9,"is_bot":false,"first_name":"Ann"},"text":"/start"}}"#;
        assert_eq!(handed_on(raw).1, received(raw).event);
    }

    #[test]
    fn what_nobody_can_read_is_settled_with_the_others_of_its_bundle() {
        let body = br#"[[7,{}],[8,{"newer":1}],[9,{"raw":"no update"}],[10,{"ignored":"edit"}],[11,"rubbish"]]"#;
        let read: Vec<_> = decode(body, "bot").expect("a bundle").into_iter().map(|one| (one.id.0, one.event)).collect();
        let unreadable = |id| (id, Event::Ignored(Ignored::Unreadable));
        let expected = [unreadable(7), unreadable(8), unreadable(9), (10, Event::Ignored(Ignored::Edit)), unreadable(11)];
        assert_eq!(read, expected);
    }

    #[test]
    fn a_bundle_of_another_sort_is_left_to_whoever_knows_it() {
        for body in [&b"rubbish"[..], b"{}", br#"{"newer":[[7,{"ignored":"edit"}]]}"#, br#"[["seven",{"ignored":"edit"}]]"#] {
            assert!(decode(body, "bot").is_none());
        }
    }
}
