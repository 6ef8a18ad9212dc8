//! Tables, made and changed by whichever replica comes first, while another release may still be at work.
//!
//! What an older release bears is changed at once. What shuts it out is changed by whoever has the lease, in its epoch: then the older
//! one writes no more, and whoever takes the lease later looks again whether it knows the tables.

use postgres::{Client, GenericClient};

use super::{disk::together, fault::DatabaseFault};

/// A change of the tables, done in less time than a statement has. Whatever it does, `lease`, `inbox` and `migration` stay as older
/// releases know them: they stand by with these.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// What changes them.
    pub sql: &'static str,
    /// Whether releases that don't know it must not run any more. Where they may, old and new run side by side.
    pub shuts_out_older: bool,
}

/// In order; the first has the number 1, and makes the lease.
pub(super) const MIGRATIONS: [Migration; 2] = [
    Migration { sql: include_str!("schema.sql"), shuts_out_older: true },
    Migration { sql: include_str!("pieces.sql"), shuts_out_older: false },
];

/// Which tables there are.
struct Found {
    /// The newest migration.
    newest: i32,
    /// The newest that shuts out older releases.
    binding: i32,
}

/// Makes the tables where there are none, and changes what older releases bear. The number of the first change that has to wait for the
/// lease, if any has.
pub(super) fn prepare(client: &mut Client, known: &[Migration]) -> Result<Option<i32>, DatabaseFault> {
    client.batch_execute(
        "CREATE TABLE IF NOT EXISTS migration (
             number integer PRIMARY KEY,
             shuts_out_older boolean NOT NULL,
             at timestamptz NOT NULL DEFAULT clock_timestamp()
         )",
    )?;
    for (number, migration) in missing(client, known)? {
        // Before the first there is nothing that an older release could have.
        if migration.shuts_out_older && number > 1 {
            return Ok(Some(number));
        }
        let mut changing = client.transaction()?;
        change(&mut changing, number, migration)?;
        changing.commit()?;
    }
    Ok(None)
}

/// Changes everything, as the one that writes in this epoch.
pub(super) fn finish(client: &mut Client, epoch: i64, known: &[Migration]) -> Result<(), DatabaseFault> {
    for (number, migration) in missing(client, known)? {
        together(client, epoch, |changing| change(changing, number, migration))?;
    }
    Ok(())
}

/// What the database hasn't seen, with its number. Refuses one that a newer release has closed to this one.
fn missing<'a>(client: &mut Client, known: &'a [Migration]) -> Result<Vec<(i32, &'a Migration)>, DatabaseFault> {
    let row = client.query_one(
        "SELECT coalesce(max(number), 0), coalesce(max(number) FILTER (WHERE shuts_out_older), 0) FROM migration",
        &[],
    )?;
    let found = Found { newest: row.get(0), binding: row.get(1) };
    let newest = i32::try_from(known.len()).expect("few");
    if found.binding > newest {
        return Err(DatabaseFault::TooNew { found: found.binding, known: newest });
    }
    Ok((1..).zip(known).filter(|(number, _)| *number > found.newest).collect())
}

fn change(changing: &mut impl GenericClient, number: i32, migration: &Migration) -> Result<(), DatabaseFault> {
    // Who comes second waits here, and finds it done.
    let done = changing.execute(
        "INSERT INTO migration (number, shuts_out_older) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[&number, &migration.shuts_out_older],
    )?;
    if done == 1 {
        changing.batch_execute(migration.sql)?;
        tracing::info!(migration = number, "the database's tables were changed");
    }
    Ok(())
}
