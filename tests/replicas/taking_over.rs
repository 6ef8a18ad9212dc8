//! One replica polls, another stands by; whatever happens to them, each message counts once.

use std::time::{Duration, Instant};

use crate::{
    proxy::{Pace, Proxy},
    school::School,
    service_manager::Manager,
};

#[tokio::test]
async fn a_replica_that_is_killed_is_replaced_and_every_message_counts_once() {
    let school = School::new();
    let flood = school.flooded(6_000);
    let mut replicas = vec![school.starts("a", None), school.starts("b", None)];
    for round in 1..=3_usize {
        let left = school.bot.pending();
        // In the midst of counting, unless all is counted by now.
        school.bot.has_at_most(left.saturating_sub(900)).await;
        let at_work = replicas.iter().position(|replica| replica.works()).expect("one works");
        replicas.remove(at_work).killed();
        replicas.push(school.starts(&format!("{round}"), None));
    }
    school.bot.has_confirmed_all().await;
    for replica in replicas {
        replica.hears("TERM");
        let (status, said) = replica.ends();
        assert!(status.success(), "{said}");
    }
    assert_eq!(school.counted(&flood), flood.posted);
    school.sim.finish();
}

#[tokio::test]
async fn a_replica_that_was_paused_writes_nothing_when_it_wakes() {
    let school = School::new();
    let flood = school.flooded(2_000);
    let paused = school.starts_working("a");
    let stands_by = school.starts_standing_by("b");
    school.bot.has_at_most(1_500).await;
    paused.hears("STOP");
    stands_by.says("this replica is the one that works", 1);
    school.bot.has_confirmed_all().await;
    paused.hears("CONT");
    let (status, said) = paused.ends();
    assert!(!status.success() && said.contains("another replica has taken over"), "{said}");
    stands_by.hears("TERM");
    assert!(stands_by.ends().0.success());
    assert_eq!(school.counted(&flood), flood.posted);
}

#[tokio::test]
async fn whoever_sleeps_in_the_midst_of_a_change_holds_up_nobody() {
    let proxy = Proxy::to(crate::postgres::shared());
    let mut school = School::new();
    school.settings.push(("CHECKPOINT_SECONDS", "1".to_owned()));
    let flood = school.flooded(2_000);
    school.through = Some(proxy.instead_of(&school.store, Duration::from_secs(30)));
    let sleeps = school.starts_working("a");
    school.through = None;
    let stands_by = school.starts_standing_by("b");
    // Everything but the last word has been said: the database waits for it, with the lease's row in hand.
    proxy.snares("COMMIT");
    school.boss.tells(&school.bot, "/start");
    proxy.has_snared().await;
    sleeps.hears("STOP");
    let began = Instant::now();
    stands_by.says("this replica is the one that works", 1);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    school.bot.has_confirmed_all().await;
    stands_by.hears("TERM");
    assert!(stands_by.ends().0.success());
    assert_eq!(school.counted(&flood), flood.posted);
}

#[tokio::test]
async fn one_that_is_stopped_hands_over_at_once() {
    let school = School::new();
    let first = school.starts_working("a");
    let second = school.starts_standing_by("b");
    first.hears("TERM");
    assert!(first.ends().0.success());
    second.says("this replica is the one that works", 1);
    school.boss.tells(&school.bot, "/start");
    school.boss.reads(&school.bot).await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let health = client.get(format!("http://{}/healthz", second.metrics)).send().await.expect("answers");
    assert!(health.status().is_success(), "{health:?}");
}

/// The settings of a process that is to tell this service manager.
fn told_to(manager: &Manager) -> [(&'static str, String); 2] {
    manager.settings().map(|(name, value)| (name, value.display().to_string()))
}

#[tokio::test]
async fn one_that_stands_by_is_well_and_says_so() {
    let (mut school, manager) = (School::new(), Manager::new());
    let first = school.starts_working("first");
    school.settings.extend(told_to(&manager));
    let second = school.starts_standing_by("second");
    manager.hears("READY=1");
    let heard = manager.hears("WATCHDOG=1");
    assert!(heard.iter().any(|line| line.starts_with("STATUS=standing by: ")), "{heard:?}");
    let (status, how) = second.shows("/healthz").await;
    assert!(status == 200 && how.starts_with("standing by: "), "{status} {how}");
    let stands_by = async |is_so: bool| {
        let (_, figures) = second.shows("/metrics").await;
        let wanted = format!("\nrollcall_standing_by {}\n", u8::from(is_so));
        assert!(figures.contains(&wanted) && figures.contains("\nrollcall_healthy 1\n"), "{figures}");
        figures.lines().find(|line| line.starts_with("process_start_time_seconds ")).expect("it says since when").to_owned()
    };
    let since = stands_by(true).await;
    first.killed();
    manager.hears("STATUS=receiving");
    assert_eq!(second.shows("/healthz").await, (200, "receiving\n".to_owned()));
    assert_eq!(stands_by(false).await, since, "whoever watches takes another time for another process");
    second.hears("TERM");
    manager.hears("STOPPING=1");
    assert!(second.ends().0.success());
}

#[tokio::test]
async fn one_that_waits_for_a_database_that_says_nothing_is_alive() {
    let (mut school, manager, proxy) = (School::new(), Manager::new(), Proxy::to(crate::postgres::shared()));
    let first = school.starts_working("first");
    school.settings.extend(told_to(&manager));
    // What it asks is given up after twice as long, and after the test has given up.
    school.through = Some(proxy.instead_of(&school.store, Duration::from_secs(20)));
    let second = school.starts_standing_by("second");
    manager.hears("READY=1");
    proxy.is(Pace::Wedged);
    for _ in 0..30 {
        manager.hears("WATCHDOG=1");
    }
    proxy.is(Pace::Quick);
    second.hears("TERM");
    assert!(second.ends().0.success());
    first.hears("TERM");
    assert!(first.ends().0.success());
}
