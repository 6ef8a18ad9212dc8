//! The database answers and refuses: no room, no rights, read-only, too many connections. Nothing is acknowledged meanwhile, whoever
//! looks is told what to do, and everything counts once when it is done.

use telegram_sim::Fault;

use crate::{
    bad_disk::BadDisk,
    balancer,
    postgres::Server,
    school::{School, own_address},
};

/// While there is a row in `full_disk`, nothing that grows is taken but the first writes, as a server with a full disk has it.
const FULL_DISK: &str = r#"
    CREATE TABLE full_disk ();
    CREATE SEQUENCE writes;
    INSERT INTO full_disk DEFAULT VALUES;
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF nextval('writes') > 12 AND EXISTS (SELECT FROM full_disk) THEN
            RAISE EXCEPTION 'could not extend file "base/5/16397": No space left on device' USING ERRCODE = '53100';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON journal FOR EACH ROW EXECUTE FUNCTION no_room();
    CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON document FOR EACH ROW EXECUTE FUNCTION no_room();
    CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON day_document FOR EACH ROW EXECUTE FUNCTION no_room();
    CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON inbox FOR EACH ROW EXECUTE FUNCTION no_room();
"#;

// The balancer goes on while the test waits for words.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_of_the_database_costs_no_message() {
    let mut school = School::new();
    let addresses = [own_address(), own_address()];
    school.webhook = Some(balancer::before(addresses.to_vec()).await);
    let flood = school.flooded(800);
    school.orders(FULL_DISK);
    let works = school.starts("works", Some(addresses[0]));
    works.says("nothing is lost: Telegram keeps the updates until it works again", 1);
    assert!(works.said().contains("make room on the database's disk"), "{}", works.said());
    let (status, why) = works.shows("/healthz").await;
    assert!(status == 503 && why.contains("can't write to the database; nothing is lost"), "{status} {why}");
    // Whoever takes deliveries for others can't keep them either, and whoever comes to work meanwhile waits as well.
    let stands_by = school.starts("stands-by", Some(addresses[1]));
    stands_by.says("serving for the replica that works", 1);
    works.killed();
    stands_by.says("updates can't be handed on", 1);
    let waiting = school.bot.pending();
    stands_by.says("can't begin to work", 1);
    assert_eq!(school.bot.pending(), waiting, "nothing is acknowledged that isn't safe");
    assert!(stands_by.said().contains("make room on the database's disk"), "{}", stands_by.said());

    school.orders("DELETE FROM full_disk");
    school.bot.has_confirmed_all().await;
    school.has_counted_all();
    assert_eq!(stands_by.shows("/healthz").await, (200, "receiving\n".to_owned()));
    stands_by.hears("TERM");
    assert!(stands_by.ends().0.success());
    assert_eq!(school.counted(&flood), flood.posted);
    school.sim.finish();
}

// First it can't let a table grow, then it can't write its log, and dies of that.
#[tokio::test]
async fn a_database_that_dies_of_its_full_disk_costs_no_message() {
    let disk = BadDisk::new();
    let mut server = Server::start_on(&disk.settings());
    let school = School::on(server.fresh());
    let flood = school.flooded(8_000);
    let replica = school.starts("a", None);
    school.bot.has_at_most(7_500).await;
    disk.is("no_room");
    replica.says("nothing is lost: Telegram keeps the updates until it works again", 1);
    assert!(replica.said().contains("make room on the database's disk"), "{}", replica.said());
    assert!(school.bot.pending() > 0, "it was full before the end");
    let others_write = "SELECT pg_logical_emit_message(false, 'others', repeat('x', 1000000)); SELECT pg_switch_wal()";
    while server.asked(|client| client.batch_execute(others_write)).is_ok() {}
    server.panics("No space left on device");
    disk.is_no_longer("no_room");
    server.recovers();
    school.bot.has_confirmed_all().await;
    replica.hears("TERM");
    let (status, said) = replica.ends();
    assert!(status.success(), "{said}");
    assert_eq!(school.counted(&flood), flood.posted);
    school.sim.finish();
}

#[tokio::test]
async fn a_database_that_refuses_says_what_to_do_and_is_waited_for() {
    let server = Server::start();
    let mut school = School::on(server.fresh());
    let schema = school.store.rsplit("%3D").next().expect("a schema").to_owned();
    let flood = school.flooded(2_000);
    // Not the administrator's, and owner of the tables.
    school.orders(&format!("CREATE ROLE clerk LOGIN; GRANT USAGE, CREATE ON SCHEMA {schema} TO clerk"));
    for table in ["document", "day_document", "journal", "journal_part", "lease", "inbox", "migration", "announcement_piece"] {
        school.orders(&format!("ALTER TABLE {table} OWNER TO clerk"));
    }
    school.through = Some(school.store.replace("rollcall@", "clerk@"));
    // Some of it is counted, then Telegram holds the rest until the database refuses.
    let holds_the_rest = || school.sim.fault_after("getUpdates", 4, Fault::Stall);
    holds_the_rest();
    let replica = school.starts("a", None);
    school.bot.has_at_most(1_800).await;
    let waits = |times: usize, words: &str| {
        school.sim.release();
        replica.says("nothing is lost: Telegram keeps the updates until it works again", times);
        assert!(replica.said().contains(words), "{words}: {}", replica.said());
    };
    let goes_on = |times: usize| replica.says("the data can be written again; going on", times);

    school.orders("REVOKE INSERT ON journal FROM clerk");
    waits(1, "the role in STORE_URL has to own the tables");
    holds_the_rest();
    school.orders("GRANT INSERT ON journal TO clerk");
    goes_on(1);

    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'clerk'";
    school.orders("ALTER ROLE clerk SET default_transaction_read_only = on");
    school.orders(cut);
    waits(2, "STORE_URL has to lead to the primary");
    // The line that said so isn't asked again.
    holds_the_rest();
    school.orders("ALTER ROLE clerk RESET default_transaction_read_only");
    goes_on(2);

    school.orders("ALTER ROLE clerk CONNECTION LIMIT 0");
    school.orders(cut);
    waits(3, "raise its max_connections, or lower STORE_CONNECTIONS");
    school.orders("ALTER ROLE clerk CONNECTION LIMIT -1");
    goes_on(3);
    school.bot.has_confirmed_all().await;
    replica.hears("TERM");
    assert!(replica.ends().0.success());

    // Whoever starts with what only a person mends says so and ends.
    school.orders("REVOKE UPDATE ON lease FROM clerk");
    let (status, said) = school.starts("b", None).ends();
    assert!(!status.success() && said.contains("the role in STORE_URL has to own the tables"), "{said}");
    assert_eq!(school.counted(&flood), flood.posted);
    school.sim.finish();
}
