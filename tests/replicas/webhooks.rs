//! Three replicas behind a load balancer take Telegram's deliveries side by side.

use std::net::SocketAddr;

use telegram_sim::{Flood, User};

use crate::{
    balancer,
    school::{Replica, School, own_address},
};

#[tokio::test]
async fn three_replicas_take_deliveries_and_every_message_counts_once_whoever_dies() {
    let mut school = School::new();
    school.teachers = 12;
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
    assert_eq!(school.counted(&flood), school.due(&flood));
    school.sim.finish();
}

/// One replica works; Telegram reaches nobody but another one, which begins later at the address.
fn unreached(messages: usize, settings: &[(&'static str, &str)]) -> (School, Flood, Replica, SocketAddr) {
    let mut school = School::new();
    school.teachers = 3;
    school.settings = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let stands_by = own_address();
    school.webhook = Some(stands_by);
    let flood = school.flooded(messages);
    let works = school.starts("first", Some(own_address()));
    works.says("this replica is the one that works", 1);
    (school, flood, works, stands_by)
}

/// Both end well, and every message counts once.
fn ends_well(school: &School, flood: &Flood, replicas: [Replica; 2]) {
    end(replicas);
    assert_eq!(school.counted(flood), school.due(flood));
}

fn end(replicas: [Replica; 2]) {
    for replica in replicas {
        replica.hears("TERM");
        assert!(replica.ends().0.success());
    }
}

#[tokio::test]
async fn what_only_one_that_stands_by_hears_is_counted_by_the_one_that_works() {
    let (school, flood, first, stands_by) = unreached(1_500, &[]);
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
    let (school, flood, first, stands_by) = unreached(300, &[]);
    let bot = school.bot.token().split(':').next().expect("a number");
    school.orders(&format!(
        "INSERT INTO inbox (bot, bundle, may_change_register, body) VALUES ({bot}, 7, false, '{{\"newer\": []}}')"
    ));
    first.says("it stays for a release that can", 1);
    let second = school.starts("second", Some(stands_by));
    school.bot.has_confirmed_all().await;
    school.has_counted_all_but(1);
    assert_eq!(school.column("SELECT convert_from(body, 'UTF8') FROM inbox"), ["{\"newer\": []}"]);
    assert_eq!(first.said().matches("it stays for a release that can").count(), 1, "told once");
    ends_well(&school, &flood, [second, first]);
}

/// One replica works, another one hears everything and knows the register.
fn followed() -> (School, Flood, Replica, Replica) {
    let (school, flood, first, stands_by) = unreached(0, &[("LOG_LEVEL", "debug")]);
    let second = school.starts("second", Some(stands_by));
    second.says("serving for the replica that works", 1);
    second.says("the register was read", 1);
    (school, flood, first, second)
}

#[tokio::test]
async fn of_a_message_that_counts_for_nobody_nothing_is_handed_on_but_its_number() {
    let (school, flood, first, second) = followed();
    let (teachers, students) = flood.users.split_at(school.teachers);
    // That a group is heard is told once.
    for group in &flood.groups {
        students[0].says(group, "is anybody here?");
    }
    school.bot.has_confirmed_all().await;
    school.orders(
        "CREATE TABLE handed_on (body bytea);
         CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO handed_on VALUES (NEW.body); RETURN NEW; END';
         CREATE TRIGGER keep BEFORE INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION keep()",
    );
    for group in &flood.groups {
        for student in students {
            student.says(group, "hello");
        }
        teachers[0].says(group, "good morning");
    }
    school.bot.has_confirmed_all().await;
    school.has_counted_all();
    let handed_on = school.column("SELECT convert_from(body, 'UTF8') FROM handed_on").concat();
    let groups = flood.groups.len();
    assert_eq!(handed_on.matches("counts_for_nobody").count(), groups * students.len());
    assert_eq!(handed_on.matches("group_message").count(), groups);
    let tells_of = |user: &User| handed_on.matches(&format!("\"user\":{}}}", user.id)).count();
    assert_eq!(students.iter().map(tells_of).sum::<usize>(), 0);
    assert_eq!(tells_of(&teachers[0]), groups);
    end([second, first]);
    let counted = school.counted(&flood);
    assert_eq!((counted.len(), counted.values().sum::<u64>()), (groups, groups as u64));
}

#[tokio::test]
async fn what_is_changed_in_the_register_holds_for_the_next_message_whoever_takes_it() {
    let (school, flood, first, second) = followed();
    let (ann, group) = (&flood.users[school.teachers], &flood.groups[0]);
    let (chat, account) = (group.id.to_string(), ann.id.to_string());
    let says = async || {
        for words in ["one", "two", "three"] {
            ann.says(group, words);
        }
        school.bot.has_confirmed_all().await;
    };
    says().await;
    school.does(&["teachers", "add", "Ann Lee", "--id", "T003", "--account", &account, "--assign-all"]);
    says().await;
    for change in ["unassign", "assign", "unassign", "assign"] {
        school.does(&["teachers", change, "T003", &chat]);
        says().await;
    }
    school.has_counted_all();
    end([second, first]);
    assert_eq!(school.counted(&flood).values().sum::<u64>(), 3 * 3);
}

#[tokio::test]
async fn nothing_is_decided_while_something_waits_that_changes_the_register() {
    let (school, flood, first, second) = followed();
    let ann = &flood.users[0];
    let club = school.sim.basic_group("Club", &[ann, &school.boss]);
    school.boss.adds(&school.bot, &club);
    school.bot.has_confirmed_all().await;
    school.has_counted_all();
    school.does(&["teachers", "assign", "T000", &club.id.to_string()]);
    ann.says(&club, "before");
    // It was refused, and the register is read with the club in it.
    second.says("the register was read", 2);
    let moved = club.migrates(&school.boss, false);
    for words in ["one", "two", "three"] {
        ann.says(&moved, words);
    }
    school.bot.has_confirmed_all().await;
    school.has_counted_all();
    end([second, first]);
    assert_eq!(school.counted(&flood).values().sum::<u64>(), 4);
}
