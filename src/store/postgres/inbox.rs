//! Updates on their way from the replica that took them to the one that sums them up, as bundles of what was taken together. A bundle is
//! safe before Telegram hears of it, and is deleted after it was counted; what comes twice is known by its number when it is counted.

use super::{Database, fault::DatabaseFault};
use crate::domain::ids::BotId;

/// The inbox of all bots.
#[derive(Clone, Debug)]
pub struct Inbox(Database);

/// Updates that wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// A number that no other one has.
    pub number: i64,
    /// What they say, as whoever took them wrote it down.
    pub body: Vec<u8>,
}

impl Inbox {
    /// The inbox of this database.
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    /// Puts these in; they are safe on return.
    pub fn put(&self, bot: BotId, body: Vec<u8>) -> Result<(), DatabaseFault> {
        let mut number = [0; 8];
        getrandom::fill(&mut number).expect("every system that we run on has a random generator");
        let number = i64::from_ne_bytes(number);
        self.0.write(move |client, _| {
            let sql = "INSERT INTO inbox (bot, bundle, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            client.execute(sql, &[&bot.0, &number, &body])?;
            Ok(())
        })
    }

    /// Deletes what is `settled`, and shows what else waits for a bot but for some, the oldest first, so many at most.
    pub fn turn_over(&self, bot: BotId, settled: Vec<i64>, but: Vec<i64>, most: i64) -> Result<Vec<Bundle>, DatabaseFault> {
        let rows = self.0.beside(move |client| {
            // What is deleted here can be seen in the same statement: all of it sees one moment.
            let sql = "WITH gone AS (DELETE FROM inbox WHERE bot = $1 AND bundle = ANY($2))
                       SELECT bundle, body FROM inbox
                       WHERE bot = $1 AND bundle <> ALL($2) AND bundle <> ALL($3) ORDER BY arrived, bundle LIMIT $4";
            Ok(client.query(sql, &[&bot.0, &settled, &but, &most])?)
        })?;
        Ok(rows.iter().map(|row| Bundle { number: row.get(0), body: row.get(1) }).collect())
    }
}
