//! The database crashes, cuts lines, is slow: nothing is acknowledged that isn't safe, and everything counts once when it is back.

use std::time::Duration;

use telegram_sim::Fault;

use crate::{
    balancer,
    postgres::Server,
    proxy::{Pace, Proxy},
    school::{School, own_address},
};

impl Server {
    /// Every connection breaks.
    fn cuts_lines(&self) {
        let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'rollcall'";
        self.asked(|client| client.batch_execute(sql)).expect("cut");
    }
}

#[tokio::test]
async fn a_database_that_crashes_and_cuts_lines_costs_no_message() {
    let mut server = Server::start();
    let mut school = School::on(server.fresh());
    let addresses = [own_address(), own_address()];
    school.webhook = Some(balancer::before(addresses.to_vec()).await);
    let flood = school.flooded(5_000);
    let start = |name: usize| school.starts(&format!("replica{name}"), Some(addresses[name]));
    let mut replicas = [0, 1].map(start);
    for round in 0..6 {
        let left = school.bot.pending();
        school.bot.has_at_most(left.saturating_sub(600)).await;
        match round % 3 {
            0 => server.cuts_lines(),
            // Shorter than the lease, and longer.
            1 => server.crashes(Duration::ZERO),
            _ => server.crashes(Duration::from_secs(3)),
        }
        // After an outage longer than the lease whoever comes first works; the other one ends, and a service manager starts it again.
        for (name, replica) in replicas.iter_mut().enumerate() {
            if replica.has_ended() {
                let said = replica.said();
                assert!(said.contains("another replica has taken over"), "{said}");
                *replica = start(name);
            }
        }
    }
    school.bot.has_confirmed_all().await;
    school.has_counted_all();
    for replica in replicas {
        replica.hears("TERM");
        let (status, said) = replica.ends();
        assert!(status.success() || said.contains("another replica has taken over"), "{said}");
    }
    assert_eq!(school.counted(&flood), flood.posted);
    school.sim.finish();
}

// The balancer goes on while the test waits for words.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_slow_and_then_silent_costs_no_message_and_hangs_nobody() {
    let proxy = Proxy::to(crate::postgres::shared());
    let mut school = School::new();
    school.through = Some(proxy.instead_of(&school.store, Duration::from_secs(1)));
    let addresses = [own_address(), own_address()];
    school.webhook = Some(balancer::before(addresses.to_vec()).await);
    let flood = school.flooded(800);
    let mut replicas = [0, 1].map(|name| school.starts(&format!("replica{name}"), Some(addresses[name])));
    for pace in [Pace::Late(Duration::from_millis(20)), Pace::Trickle] {
        proxy.is(pace);
        let left = school.bot.pending();
        school.bot.has_at_most(left.saturating_sub(100)).await;
    }
    proxy.is(Pace::Wedged);
    // Twice the time of a statement, and nobody waits any longer.
    replicas.iter().for_each(|replica| replica.says("doesn't answer; a new connection is made", 1));
    let waiting = school.bot.pending();
    replicas.iter().for_each(|replica| replica.says("doesn't answer; a new connection is made", 2));
    assert_eq!(school.bot.pending(), waiting, "nothing is acknowledged that can't be safe");
    // What was asked comes out, late and out of turn.
    proxy.is(Pace::Quick);
    school.bot.has_confirmed_all().await;
    school.has_counted_all();
    for replica in &mut replicas {
        assert!(!replica.has_ended() || replica.said().contains("another replica has taken over"), "{}", replica.said());
    }
    for replica in replicas {
        replica.hears("TERM");
        replica.ends();
    }
    assert_eq!(school.counted(&flood), flood.posted);
    school.sim.finish();
}

#[tokio::test]
async fn what_a_silent_line_was_asked_does_nothing_when_it_comes_late() {
    let proxy = Proxy::to(crate::postgres::shared());
    let mut school = School::new();
    school.through = Some(proxy.instead_of(&school.store, Duration::from_secs(1)));
    school.settings.push(("CHECKPOINT_SECONDS", "1".to_owned()));
    let flood = school.flooded(3_000);
    // The first checkpoint of a day stays under way, and the day goes on.
    proxy.snares("INTO day_document");
    school.sim.fault_after("getUpdates", 6, Fault::Stall);
    let replica = school.starts("a", None);
    proxy.has_snared().await;
    assert!(school.bot.pending() > 0);
    school.sim.release();
    replica.says("doesn't answer; a new connection is made", 1);
    school.bot.has_confirmed_all().await;
    let posted: u64 = flood.posted.values().sum();
    let sql = "SELECT coalesce(sum(n::bigint), 0)::bigint FROM cell, LATERAL jsonb_each_text(tally) AS of_kind (kind, n)";
    let in_files = || -> i64 { school.asks(|client| client.query_one(sql, &[])).expect("answers").get(0) };
    let began = std::time::Instant::now();
    while u64::try_from(in_files()).expect("a count") < posted {
        assert!(began.elapsed() < Duration::from_secs(30), "no checkpoint of all: {} of {posted}", in_files());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    proxy.lets_go().await;
    replica.hears("TERM");
    assert!(replica.ends().0.success());
    assert_eq!(school.counted(&flood), flood.posted);
}
