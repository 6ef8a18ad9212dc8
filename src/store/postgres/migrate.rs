//! Tables, made and changed by whichever replica comes first.

use postgres::Client;

use super::fault::DatabaseFault;

/// A change of the tables.
struct Migration {
    sql: &'static str,
    /// Whether releases that don't know it must not run any more. Where they may, old and new run side by side.
    shuts_out_older: bool,
}

/// In order; the first has the number 1.
const MIGRATIONS: [Migration; 1] = [Migration { sql: include_str!("schema.sql"), shuts_out_older: true }];

/// Brings the tables up to date.
pub(super) fn migrate(client: &mut Client) -> Result<(), DatabaseFault> {
    client.batch_execute(
        "CREATE TABLE IF NOT EXISTS migration (
             number integer PRIMARY KEY,
             shuts_out_older boolean NOT NULL,
             at timestamptz NOT NULL DEFAULT clock_timestamp()
         )",
    )?;
    let known = i32::try_from(MIGRATIONS.len()).expect("few");
    let newest = client.query_one(
        "SELECT coalesce(max(number), 0), coalesce(max(number) FILTER (WHERE shuts_out_older), 0) FROM migration",
        &[],
    )?;
    let (newest, binding): (i32, i32) = (newest.get(0), newest.get(1));
    if binding > known {
        return Err(DatabaseFault::TooNew { found: binding, known });
    }
    for (number, migration) in (1..).zip(&MIGRATIONS).skip(usize::try_from(newest).unwrap_or(0)) {
        let mut together = client.transaction()?;
        // Who comes second waits here, and finds it done.
        let done = together.execute(
            "INSERT INTO migration (number, shuts_out_older) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[&number, &migration.shuts_out_older],
        )?;
        if done == 1 {
            together.batch_execute(migration.sql)?;
            tracing::info!(migration = number, "the database's tables were changed");
        }
        together.commit()?;
    }
    Ok(())
}
