//! Updates on their way from the replica that took them to the one that sums them up, as bundles of what was taken together. A bundle is
//! safe before Telegram hears of it, and is deleted after it was counted; what comes twice is known by its number when it is counted.

use super::{Database, Version, fault::DatabaseFault};
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

/// What became of a bundle that was decided by a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is in.
    Done,
    /// Something waits that may change the register.
    NotNow,
    /// It is another one by now.
    OtherRegister,
}

impl Inbox {
    /// The inbox of this database.
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    /// Puts these in as they came; they are safe on return.
    pub fn put(&self, bot: BotId, body: Vec<u8>, may_change_register: bool) -> Result<(), DatabaseFault> {
        let number = draw();
        self.0.write(move |client, _| {
            let sql = "INSERT INTO inbox (bot, bundle, may_change_register, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
            client.execute(sql, &[&bot.0, &number, &may_change_register, &body])?;
            Ok(())
        })
    }

    /// Puts in what was decided by a register, if it is still that one, and nothing waits that may change it.
    ///
    /// A change that this doesn't see yet was told to nobody before this was asked. Asked again after its answer got lost, this may find the
    /// bundle there, or counted and gone, and say that it wasn't put in: what comes twice is known by its number.
    pub fn put_decided(&self, bot: BotId, body: Vec<u8>, by: Version) -> Result<Put, DatabaseFault> {
        let number = draw();
        self.0.write(move |client, _| {
            let sql = "WITH known AS (SELECT 1 FROM lease WHERE name = 'writer' AND epoch = $4 AND register = $5),
                       done AS (INSERT INTO inbox (bot, bundle, may_change_register, body)
                                SELECT $1, $2, false, $3 FROM known
                                WHERE NOT EXISTS (SELECT 1 FROM inbox WHERE may_change_register)
                                ON CONFLICT DO NOTHING RETURNING 1)
                       SELECT EXISTS (SELECT 1 FROM known), EXISTS (SELECT 1 FROM done)";
            let row = client.query_one(sql, &[&bot.0, &number, &body, &by.epoch, &by.register])?;
            Ok(match (row.get(0), row.get(1)) {
                (false, _) => Put::OtherRegister,
                (true, false) => Put::NotNow,
                (true, true) => Put::Done,
            })
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

/// The number of a bundle.
fn draw() -> i64 {
    let mut number = [0; 8];
    getrandom::fill(&mut number).expect("every system that we run on has a random generator");
    i64::from_ne_bytes(number)
}
