//! Several replicas of the real program on one PostgreSQL that syncs, beside the simulated Telegram, in webhook mode behind a load balancer.
//!
//! * `cargo bench --bench replicas`: what 1, 2 and 3 replicas count in a second, what that costs the database, how long a takeover takes, and
//!   how long until the next message is counted after every connection broke and after the database crashed.
//! * `cargo bench --bench replicas -- year GROUPS`: how a year of so many groups grows, and how long a report over it takes, with months added up and
//!   day by day.
//! * `cargo bench --bench replicas -- storm MESSAGES KILLS`: replicas are killed at random, the database crashes now and then; what is lost
//!   and double at the end.
//!
//! It needs Linux and PostgreSQL's programs. All share this machine's processors: with the simulator and the database.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]
#![cfg(target_os = "linux")]

use std::{
    collections::BTreeMap,
    env,
    time::{Duration, Instant},
};

use self::{
    postgres::{Server, Setup},
    school::{Replica, School, own_address},
};

mod year;

#[path = "../../tests/replicas/balancer.rs"]
mod balancer;
#[expect(dead_code, reason = "tests use more of it")]
#[path = "../../tests/common/postgres.rs"]
mod postgres;
#[expect(dead_code, reason = "other benches use more of it")]
#[path = "../common/program.rs"]
mod program;
#[expect(dead_code, reason = "tests use more of it")]
#[path = "../../tests/replicas/school.rs"]
mod school;

const MESSAGES: usize = 30_000;
/// Of one group's messages Telegram delivers one after the other, of so many groups' as many side by side as it may.
const GROUPS: usize = 200;

fn main() {
    let told: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    match told.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["storm", messages, kills] => {
            let (messages, kills) = (messages.parse().expect("a number"), kills.parse().expect("a number"));
            runtime.block_on(storm(messages, kills));
        }
        ["year", groups] => runtime.block_on(year::measure(groups.parse().expect("a number"))),
        _ => runtime.block_on(async {
            for people in [ALL_TEACHERS, A_SCHOOL] {
                for replicas in 1..=3 {
                    measure(replicas, &people).await;
                }
            }
            take_over().await;
            recover().await;
        }),
    }
}

/// Who writes: the first so many of the flood's people are teachers, all others count for nobody.
struct People {
    are: &'static str,
    teachers: usize,
}

/// The most that counting can be asked.
const ALL_TEACHERS: People = People { are: "teachers only", teachers: usize::MAX };
/// Enough that count, and enough that don't.
const STORM: People = People { are: "half of them teachers", teachers: 10 };
/// As in groups of a school: nineteen of twenty messages are students'.
const A_SCHOOL: People = People { are: "a teacher among twenty", teachers: 1 };

async fn begin(
    server: &Server,
    replicas: usize,
    messages: usize,
    people: &People,
) -> (School, Vec<Replica>, telegram_sim::Flood, Vec<std::net::SocketAddr>) {
    let mut school = School::on(server.fresh());
    school.teachers = people.teachers;
    let addresses: Vec<_> = (0..replicas).map(|_| own_address()).collect();
    school.webhook = Some(balancer::before(addresses.clone()).await);
    let flood = school.flooded_in(GROUPS, messages);
    let running = addresses.iter().enumerate().map(|(n, at)| school.starts(&format!("replica{n}"), Some(*at))).collect();
    (school, running, flood, addresses)
}

/// Commits of the whole server, and bytes that it wrote ahead.
fn costs(server: &Server) -> (i64, i64) {
    let sql =
        "SELECT (SELECT sum(xact_commit) FROM pg_stat_database)::bigint, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint";
    server.asked(|client| client.query_one(sql, &[]).map(|row| (row.get(0), row.get(1)))).expect("answers")
}

async fn measure(replicas: usize, people: &People) {
    let server = Server::set_up(Setup { syncs: true, ..Setup::default() });
    let (school, running, flood, _) = begin(&server, replicas, MESSAGES, people).await;
    // The first thousand are the start.
    school.bot.has_at_most(MESSAGES - 1_000).await;
    let (began, left, before) = (Instant::now(), school.bot.pending(), costs(&server));
    let worked: Vec<f64> = running.iter().map(|replica| program::cpu_ms(replica.pid())).collect();
    school.bot.has_confirmed_all().await;
    school.has_counted_all();
    let seconds = began.elapsed().as_secs_f64();
    let worked = running.iter().zip(worked).map(|(replica, before)| (replica.works(), program::cpu_ms(replica.pid()) - before));
    let (sums, takes): (Vec<_>, Vec<_>) = worked.partition(|(works, _)| *works);
    let cpu = |of: Vec<(bool, f64)>| of.into_iter().map(|(_, ms)| ms).sum::<f64>() * 1_000.0 / left as f64;
    let (sums, takes) = (cpu(sums), cpu(takes));
    let metrics = running.iter().find(|replica| replica.works()).map(|replica| replica.metrics).expect("one works");
    let (median, p99) = flushes(&metrics.to_string()).await;
    stop(running);
    // The server counts what a connection did once it has ended.
    std::thread::sleep(Duration::from_millis(1_500));
    let after = costs(&server);
    let per_thousand = |cost: i64| cost as f64 * 1_000.0 / left as f64;
    assert_eq!(school.counted(&flood), school.due(&flood));
    println!(
        "{replicas} replicas, {}: {:.0} updates/s; for 1,000 updates {sums:.0} ms of a processor by the one that sums and {takes:.0} ms by the others, {:.0} transactions, {:.0} kB written ahead; a commit takes up to {median} ms (half) and {p99} ms (99 of 100)",
        people.are,
        left as f64 / seconds,
        per_thousand(after.0 - before.0),
        per_thousand(after.1 - before.1) / 1e3,
    );
}

/// The upper bounds, in milliseconds, of the buckets with the median and the 99th percentile of commits.
async fn flushes(metrics: &str) -> (f64, f64) {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let answer = client.get(format!("http://{metrics}/metrics")).send().await.expect("answers").text().await.expect("text");
    let buckets: Vec<(f64, f64)> = answer
        .lines()
        .filter_map(|line| line.strip_prefix("rollcall_flush_duration_seconds_bucket{le=\"")?.split_once("\"} "))
        .map(|(bound, count)| (bound.parse().unwrap_or(f64::INFINITY), count.parse().expect("a number")))
        .collect();
    let all = buckets.last().map_or(0.0, |(_, count)| *count);
    let at = |share: f64| buckets.iter().find(|(_, count)| *count >= all * share).map_or(0.0, |(bound, _)| bound * 1_000.0);
    (at(0.5), at(0.99))
}

/// From the death of the one that works to the next message that another one counted.
async fn take_over() {
    let server = Server::set_up(Setup { syncs: true, ..Setup::default() });
    let (school, mut running, _flood, _) = begin(&server, 2, MESSAGES, &ALL_TEACHERS).await;
    school.bot.has_at_most(MESSAGES - 5_000).await;
    let at_work = running.iter().position(Replica::works).expect("one works");
    let began = Instant::now();
    running.remove(at_work).killed();
    running[0].says("this replica is the one that works", 1);
    println!(
        "taken over {:.1} s after a kill (a replica is taken for dead after {} s)",
        began.elapsed().as_secs_f64(),
        school::TAKEOVER
    );
    stop(running);
}

/// From a broken connection, and from a crash of the database, to the next message that is counted.
async fn recover() {
    let mut server = Server::set_up(Setup { syncs: true, ..Setup::default() });
    let (school, running, _flood, _) = begin(&server, 1, MESSAGES, &ALL_TEACHERS).await;
    school.bot.has_at_most(MESSAGES - 2_000).await;
    let began = Instant::now();
    let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'rollcall'";
    server.asked(|client| client.batch_execute(sql)).expect("cut");
    next(&school).await;
    println!("counting again {} ms after every connection broke", began.elapsed().as_millis());
    let began = Instant::now();
    server.crashes(Duration::ZERO);
    let up = began.elapsed();
    next(&school).await;
    println!(
        "counting again {} ms after the database crashed; it took {} ms itself until it answered",
        began.elapsed().as_millis(),
        up.as_millis()
    );
    stop(running);
}

/// Waits until messages are counted that weren't.
async fn next(school: &School) {
    let left = school.bot.pending();
    // What was under way may have been counted before.
    school.bot.has_at_most(left - 300).await;
}

async fn storm(messages: usize, kills: usize) {
    let mut server = Server::set_up(Setup { syncs: true, ..Setup::default() });
    let (school, running, flood, addresses) = begin(&server, 3, messages, &STORM).await;
    let mut running: Vec<Option<Replica>> = running.into_iter().map(Some).collect();
    let (began, mut seed, mut crashes) = (Instant::now(), 1_u64, 0);
    for kill in 0..kills {
        let left = messages - (kill + 1) * messages / (kills + 1);
        school.bot.has_at_most(left).await;
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let victim = (seed >> 33) as usize % running.len();
        if let Some(replica) = running[victim].take() {
            replica.killed();
        }
        if kill % 10 == 9 {
            crashes += 1;
            server.crashes(Duration::ZERO);
        }
        // What was fenced has ended by itself; a service manager starts it again.
        for (n, place) in running.iter_mut().enumerate() {
            if place.as_mut().is_none_or(Replica::has_ended) {
                *place = Some(school.starts(&format!("replica{n}"), Some(addresses[n])));
            }
        }
    }
    school.bot.has_confirmed_all().await;
    school.has_counted_all();
    let seconds = began.elapsed().as_secs();
    stop(running.into_iter().flatten().collect());
    let counted = school.counted(&flood);
    let (lost, double) = differences(&school.due(&flood), &counted);
    println!("{messages} messages, {kills} kills, {crashes} crashes of the database, {seconds} s: lost {lost}, double {double}");
    assert!(lost == 0 && double == 0);
}

fn differences<K: Ord>(posted: &BTreeMap<K, u64>, counted: &BTreeMap<K, u64>) -> (u64, u64) {
    let of = |map: &BTreeMap<K, u64>, key: &K| map.get(key).copied().unwrap_or(0);
    let lost = posted.iter().map(|(key, n)| n.saturating_sub(of(counted, key))).sum();
    let double = counted.iter().map(|(key, n)| n.saturating_sub(of(posted, key))).sum();
    (lost, double)
}

fn stop(replicas: Vec<Replica>) {
    for replica in replicas {
        replica.hears("TERM");
        replica.ends();
    }
}
