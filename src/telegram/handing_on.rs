//! What a replica that stands by takes from Telegram, handed on through the database to the one that works.
//!
//! A group's message goes on as what counting needs of it: its number, its author, its kind; no word that anybody wrote. What is said to the
//! bot itself (commands, presses, private messages) goes on as it came, and is deleted once it is handled.

use std::time::{Duration, Instant};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use super::{
    deliveries::{self, Deliveries, Inbox, LOOK_UP},
    link::Received,
    source,
};
use crate::{
    domain::{
        event::{Event, GroupMessage, Ignored},
        ids::{BotId, UpdateId},
    },
    store::postgres::{self, Arrived, DatabaseFault},
};

/// The most that is taken over at once.
const BATCH: usize = 500;
/// Between two looks at what others took.
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

fn encode(received: &Received) -> Vec<u8> {
    let written = match &received.event {
        Event::GroupMessage(message) if message.to_us.is_none() => Written::GroupMessage(message.clone()),
        Event::Ignored(ignored) => Written::Ignored(*ignored),
        _ => Written::Raw(String::from_utf8_lossy(&received.raw).into_owned()),
    };
    serde_json::to_vec(&written).expect("an update is JSON")
}

/// What isn't ours, or was written by a newer release that means something else by it, is unreadable, and is settled as such.
fn decode(arrived: Arrived, bot_username: &str) -> Received {
    let Arrived { id, body } = arrived;
    let raw = Bytes::from(body);
    let event = match serde_json::from_slice(&raw) {
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
pub fn hand_on(bot: BotId, bot_username: String, inbox: postgres::Inbox) -> (Inbox, impl Future<Output = ()> + Send) {
    let (mut deliveries, door) = deliveries::channel(bot_username);
    let carry = async move {
        loop {
            let batch = deliveries.fetch().await;
            if batch.is_empty() {
                continue;
            }
            let (inbox, arrived) = (inbox.clone(), batch.iter().map(|one| Arrived { id: one.id, body: encode(one) }).collect());
            match spawn_blocking(move || inbox.put(bot, arrived)).await.expect("writing doesn't panic") {
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

/// What other replicas took for a bot.
#[derive(Clone, Debug)]
pub(super) struct HandedOn {
    inbox: postgres::Inbox,
    bot: BotId,
    bot_username: String,
    /// In the last batch.
    taken: Vec<UpdateId>,
    /// Safe, and still lying there.
    settled: Vec<UpdateId>,
    /// The last look failed.
    is_troubled: bool,
}

impl HandedOn {
    pub(super) fn new(inbox: postgres::Inbox, bot: BotId, bot_username: String) -> Self {
        Self { inbox, bot, bot_username, taken: Vec::new(), settled: Vec::new(), is_troubled: false }
    }

    /// What arrived here, or else what others took.
    pub(super) async fn fetch(&mut self, deliveries: &mut Deliveries) -> Vec<Received> {
        let began = Instant::now();
        loop {
            match self.look().await {
                Ok(batch) => {
                    self.is_troubled = false;
                    if !batch.is_empty() {
                        return batch;
                    }
                }
                // Told once: this looks often.
                Err(why) => {
                    if !std::mem::replace(&mut self.is_troubled, true) {
                        tracing::warn!(%why, "what other replicas took can't be looked at");
                    }
                }
            }
            let batch = deliveries.fetch_within(LOOK_EVERY).await;
            if !batch.is_empty() || began.elapsed() > LOOK_UP {
                return batch;
            }
        }
    }

    /// The last batch is safe.
    pub(super) fn acknowledge(&mut self) {
        self.settled.append(&mut self.taken);
    }

    async fn look(&mut self) -> Result<Vec<Received>, DatabaseFault> {
        let (inbox, bot, settled) = (self.inbox.clone(), self.bot, self.settled.clone());
        let arrived = spawn_blocking(move || {
            if !settled.is_empty() {
                inbox.remove(bot, settled)?;
            }
            inbox.waiting(bot, BATCH)
        });
        let arrived = arrived.await.expect("looking doesn't panic")?;
        self.settled.clear();
        self.taken = arrived.iter().map(|one| one.id).collect();
        Ok(arrived.into_iter().map(|one| decode(one, &self.bot_username)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(raw: &str) -> Received {
        source::read(Bytes::copy_from_slice(raw.as_bytes()), "bot").expect("an update")
    }

    fn handed_on(raw: &str) -> (String, Event) {
        let one = received(raw);
        let body = encode(&one);
        let text = String::from_utf8(body.clone()).expect("UTF-8");
        (text, decode(Arrived { id: one.id, body }, "bot").event)
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
        assert_eq!((written.as_str(), event), (r#"{"ignored":"edit"}"#, Event::Ignored(Ignored::Edit)));
    }

    #[test]
    fn what_is_said_to_the_bot_goes_on_as_it_came() {
        let raw = r#"{"update_id":7,"message":{"message_id":5,"date":1,"chat":{"id":9,"type":"private"},"from":{"id":9,"is_bot":false,"first_name":"Ann"},"text":"/start"}}"#;
        assert_eq!(handed_on(raw).1, received(raw).event);
    }

    #[test]
    fn what_nobody_can_read_is_settled_all_the_same() {
        for body in [&b"rubbish"[..], b"{}", br#"{"newer":1}"#, br#"{"raw":"no update"}"#] {
            let read = decode(Arrived { id: UpdateId(7), body: body.to_vec() }, "bot");
            assert_eq!((read.id, read.event), (UpdateId(7), Event::Ignored(Ignored::Unreadable)));
        }
    }
}
