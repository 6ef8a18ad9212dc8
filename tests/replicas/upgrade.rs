//! An older and a newer release on one database, which the newer one changes.

use std::time::{Duration, Instant};

use rollcall::store::postgres::{Database, DatabaseFault, Holder, Lease, Migration, Taken};

use crate::school::School;

/// What this release has.
const FIRST: Migration = Migration { sql: "", shuts_out_older: true };
const SECOND: Migration = Migration { sql: "", shuts_out_older: false };
/// Releases that come after it: one that it bears, and one that it doesn't.
const BEARABLE: [Migration; 3] = [
    FIRST,
    SECOND,
    Migration { sql: "ALTER TABLE inbox ADD COLUMN note text; CREATE TABLE later (n integer)", shuts_out_older: false },
];
const UNBEARABLE: [Migration; 3] = [
    FIRST,
    SECOND,
    Migration { sql: "ALTER TABLE document ADD COLUMN packed boolean NOT NULL DEFAULT false", shuts_out_older: true },
];

impl School {
    /// A newer release's way to the database.
    fn newer(&self, migrations: &'static [Migration]) -> Database {
        let term = Duration::from_secs(30);
        Database::new(&self.store, None, 2, term).expect("an address").as_release(migrations)
    }

    /// How many changes the tables have seen.
    fn migrations(&self) -> i64 {
        self.asks(|client| client.query_one("SELECT count(*) FROM migration", &[])).expect("answers").get(0)
    }
}

fn newcomer() -> Holder {
    Holder { name: "the newer release".to_owned(), address: String::new() }
}

#[tokio::test]
async fn a_change_that_older_releases_bear_is_made_beside_them() {
    let school = School::new();
    let flood = school.flooded(2_000);
    let first = school.starts("first", None);
    school.bot.has_at_most(1_500).await;
    school.newer(&BEARABLE).prepare_to_read().expect("it is changed at once");
    assert_eq!(school.migrations(), 3);
    // The older one goes on, and is replaced by another older one.
    let left = school.bot.pending();
    school.bot.has_at_most(left.saturating_sub(300)).await;
    let second = school.starts_standing_by("second");
    first.killed();
    second.says("this replica is the one that works", 1);
    school.bot.has_confirmed_all().await;
    second.hears("TERM");
    assert!(second.ends().0.success());
    assert_eq!(school.counted(&flood), flood.posted);
}

#[tokio::test]
async fn a_change_that_shuts_older_releases_out_waits_until_they_write_no_more() {
    let school = School::new();
    let flood = school.flooded(3_000);
    let works = school.starts("works", None);
    school.bot.has_at_most(2_500).await;
    let stands_by = school.starts_standing_by("stands-by");

    // The newer release comes, and stands by like any other: nothing changes while an older one works.
    let newer = school.newer(&UNBEARABLE);
    newer.prepare().expect("it may stand by");
    assert_eq!(newer.prepare_to_read(), Err(DatabaseFault::TooOld(3)));
    assert!(matches!(Lease::take(&newer, &newcomer()), Ok(Taken::Theirs(_))));
    assert_eq!(school.migrations(), 2);
    let left = school.bot.pending();
    school.bot.has_at_most(left.saturating_sub(300)).await;

    // It takes over from one that sleeps: from then on the older ones are out, whenever they wake.
    stands_by.hears("STOP");
    works.hears("STOP");
    let began = Instant::now();
    let lease = loop {
        match Lease::take(&newer, &newcomer()).expect("the database answers") {
            Taken::Ours(lease) => break lease,
            Taken::Theirs(_) => assert!(began.elapsed() < Duration::from_secs(30), "it never takes over"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!((school.migrations(), newer.prepare_to_read()), (3, Ok(())));
    works.hears("CONT");
    let (status, said) = works.ends();
    assert!(!status.success() && said.contains("another replica has taken over"), "{said}");
    stands_by.hears("CONT");
    let (status, said) = stands_by.ends();
    assert!(!status.success() && said.contains("changed by a newer rollcall (migration 3, this one knows up to 2)"), "{said}");

    // Nor does an older one come to work later, though nobody does.
    drop(lease);
    let (status, said) = school.starts("late", None).ends();
    assert!(!status.success() && said.contains("install the newer release"), "{said}");
    let older = school.newer(&[FIRST, SECOND]);
    assert_eq!(Lease::take(&older, &newcomer()).map(drop), Err(DatabaseFault::TooNew { found: 3, known: 2 }));
    assert_eq!(Lease::holder(&older), Ok(None), "it was given back");

    // As if the older release had the newer one's tables: what was acknowledged is all there.
    school.orders("DELETE FROM migration WHERE number = 3");
    let replica = school.starts("upgraded", None);
    school.bot.has_confirmed_all().await;
    replica.hears("TERM");
    assert!(replica.ends().0.success());
    assert_eq!(school.counted(&flood), flood.posted);
}
