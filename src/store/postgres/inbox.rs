//! Updates on their way from the replica that took them to the one that counts. A row is safe before Telegram hears of it, and is
//! deleted after it was counted; what comes twice is one row, or is known by its number when it is counted.

use super::{Database, fault::DatabaseFault};
use crate::domain::ids::{BotId, UpdateId};

/// The inbox of all bots.
#[derive(Clone, Debug)]
pub struct Inbox(Database);

/// An update that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// Its number.
    pub id: UpdateId,
    /// What it says, as whoever took it wrote it down.
    pub body: Vec<u8>,
}

impl Inbox {
    /// The inbox of this database.
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    /// Puts these in; they are safe on return.
    pub fn put(&self, bot: BotId, arrived: Vec<Arrived>) -> Result<(), DatabaseFault> {
        let (ids, bodies): (Vec<i64>, Vec<Vec<u8>>) = arrived.into_iter().map(|one| (one.id.0, one.body)).unzip();
        self.0.write(move |client, _| {
            client.execute(
                "INSERT INTO inbox (bot, update_id, body)
                 SELECT $1, id, body FROM unnest($2::bigint[], $3::bytea[]) AS arrived (id, body)
                 ON CONFLICT DO NOTHING",
                &[&bot.0, &ids, &bodies],
            )?;
            Ok(())
        })
    }

    /// What waits for a bot, so many at most, the oldest first.
    pub fn waiting(&self, bot: BotId, most: usize) -> Result<Vec<Arrived>, DatabaseFault> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = self.0.beside(move |client| {
            let sql = "SELECT update_id, body FROM inbox WHERE bot = $1 ORDER BY arrived, update_id LIMIT $2";
            Ok(client.query(sql, &[&bot.0, &most])?)
        })?;
        Ok(rows.iter().map(|row| Arrived { id: UpdateId(row.get(0)), body: row.get(1) }).collect())
    }

    /// Takes these out: they are counted.
    pub fn remove(&self, bot: BotId, ids: Vec<UpdateId>) -> Result<(), DatabaseFault> {
        let ids: Vec<i64> = ids.into_iter().map(|id| id.0).collect();
        self.0.write(move |client, _| {
            client.execute("DELETE FROM inbox WHERE bot = $1 AND update_id = ANY($2)", &[&bot.0, &ids])?;
            Ok(())
        })
    }
}
