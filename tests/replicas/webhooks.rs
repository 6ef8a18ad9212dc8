//! Three replicas behind a load balancer take Telegram's deliveries side by side.

use std::net::SocketAddr;

use telegram_sim::Flood;

use crate::{
    balancer,
    school::{Replica, School, own_address},
};

#[tokio::test]
async fn three_replicas_take_deliveries_and_every_message_counts_once_whoever_dies() {
    let mut school = School::new();
    let addresses = [own_address(), own_address(), own_address()];
    school.webhook = Some(balancer::before(addresses.to_vec()).await);
    let flood = school.flooded(6_000);
    let start = |name: usize| school.starts(&format!("replica{name}"), Some(addresses[name]));
    let mut replicas = [0, 1, 2].map(|name| Some(start(name)));
    for round in 0..4 {
        let left = school.bot.pending();
        school.bot.has_at_most(left.saturating_sub(1_000)).await;
        // Whoever works, and whoever stands by, in turn.
        let works = |replica: &Option<Replica>| replica.as_ref().is_some_and(|one| one.works());
        let victim = replicas.iter().position(|replica| works(replica) == (round % 2 == 0)).unwrap_or(round % 3);
        replicas[victim].take().expect("it runs").killed();
        replicas[victim] = Some(start(victim));
    }
    school.bot.has_confirmed_all().await;
    school.has_counted_all();
    // A press reaches the one that works through any of them, and so does whoever asks for the site.
    school.boss.tells(&school.bot, "/start");
    school.boss.reads(&school.bot).await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    for address in addresses {
        let answer = client.get(format!("http://{address}/sign-in")).send().await.expect("answers");
        assert_eq!(answer.status().as_u16(), 200, "{address}");
    }
    for replica in replicas.into_iter().flatten() {
        replica.hears("TERM");
        replica.ends();
    }
    assert_eq!(school.counted(&flood), flood.posted);
    school.sim.finish();
}

/// One replica works; Telegram reaches nobody but another one, which begins later at the address.
fn unreached(messages: usize) -> (School, Flood, Replica, SocketAddr) {
    let mut school = School::new();
    let stands_by = own_address();
    school.webhook = Some(stands_by);
    let flood = school.flooded(messages);
    let works = school.starts("first", Some(own_address()));
    works.says("this replica is the one that works", 1);
    (school, flood, works, stands_by)
}

/// Both end well, and every message counts once.
fn ends_well(school: &School, flood: &Flood, replicas: [Replica; 2]) {
    for replica in replicas {
        replica.hears("TERM");
        assert!(replica.ends().0.success());
    }
    assert_eq!(school.counted(flood), flood.posted);
}

#[tokio::test]
async fn what_only_one_that_stands_by_hears_is_counted_by_the_one_that_works() {
    let (school, flood, first, stands_by) = unreached(1_500);
    let second = school.starts("second", Some(stands_by));
    second.says("serving for the replica that works", 1);
    school.bot.has_confirmed_all().await;
    school.has_counted_all();
    school.boss.tells(&school.bot, "/start");
    school.boss.reads(&school.bot).await;
    assert!(first.works() && !second.works());
    ends_well(&school, &flood, [second, first]);
}

#[tokio::test]
async fn what_a_newer_release_took_waits_for_one_that_can_read_it_and_holds_nobody_up() {
    let (school, flood, first, stands_by) = unreached(300);
    let bot = school.bot.token().split(':').next().expect("a number");
    school.orders(&format!("INSERT INTO inbox (bot, bundle, body) VALUES ({bot}, 7, '{{\"newer\": []}}')"));
    first.says("it stays for a release that can", 1);
    let second = school.starts("second", Some(stands_by));
    school.bot.has_confirmed_all().await;
    school.has_counted_all_but(1);
    assert_eq!(school.column("SELECT convert_from(body, 'UTF8') FROM inbox"), ["{\"newer\": []}"]);
    assert_eq!(first.said().matches("it stays for a release that can").count(), 1, "told once");
    ends_well(&school, &flood, [second, first]);
}
