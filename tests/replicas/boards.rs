//! Boards are posted by one of several replicas, whatever happens to it meanwhile: each stands in its group once.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use rollcall::{
    clock::{Clock as _, SystemClock},
    domain::{ids::ChatId, study::PostState},
    store::{Home, Reader, postgres::Database},
};
use serde_json::json;
use telegram_sim::{Chat, Fault, User, When};

use crate::{
    clock::Clock,
    school::{School, monday, path},
};

const GROUPS: usize = 4;
const PATIENCE: Duration = Duration::from_secs(30);

/// Study groups whose boards are due at 21:30 in Tashkent, for replicas whose clock the test moves.
struct Owls {
    school: School,
    groups: Vec<Chat>,
    clock: Clock,
    database: Database,
    /// How many evenings there were.
    evenings: usize,
}

impl Owls {
    /// Everything ready, no replica started. Each may have a user session of its own: then these people are members.
    fn ready(by: impl Fn(usize) -> &'static str, watchers: &[User], mut school: School) -> Self {
        let ann = school.sim.user("Ann");
        let members: Vec<&User> = [&ann, &school.boss].into_iter().chain(watchers).collect();
        let groups: Vec<Chat> = (0..GROUPS).map(|n| school.sim.group(&format!("Owls {n}"), &members)).collect();
        let clock = Clock::new(school.dir.path(), monday());
        school.sim.data_centre().clock_is_ahead((monday() - SystemClock.now()).num_seconds());
        school.settings.extend(clock.settings().map(|(name, value)| (name, path(value).to_owned())));
        let (mut communities, mut places) = (BTreeMap::new(), BTreeMap::new());
        for (n, group) in groups.iter().enumerate() {
            school.boss.adds(&school.bot, group);
            let (id, title) = (group.id.to_string(), group.title());
            places.insert(id.clone(), json!({ "chat_id": group.id, "title": title, "enabled": true, "created_at": monday() }));
            let community = json!({
                "title": title, "watched": true, "since": "2026-01-26", "zone": "Asia/Tashkent", "lang": "en",
                "times": ["21:30:00"], "target": { "chat": group.id, "by": by(n) }, "periods": { "anchored": "2026-01-26" },
                "gate_seconds": 300,
            });
            communities.insert(id, community);
        }
        school.begins_with(&[("groups.json", json!(places)), ("study/communities.json", json!(communities))]);
        let database = Database::new(&school.store, None, 2, Database::USUAL_TERM).expect("an address");
        Self { school, groups, clock, database, evenings: 0 }
    }

    /// It is so late for everybody.
    fn is(&self, at: DateTime<Utc>) {
        self.school.sim.clock().set(at);
        // Programs compare the numbers of its messages with their own clock.
        self.school.sim.data_centre().clock_is_ahead((at - SystemClock.now()).num_seconds());
        self.clock.set(at);
    }

    fn later(&self, by: TimeDelta) {
        self.is(self.school.sim.clock().now() + by);
    }

    /// The next evening's boards are due.
    fn evening(&mut self) {
        let days = TimeDelta::days(i64::try_from(self.evenings).expect("few"));
        self.evenings += 1;
        self.is(monday() + days + TimeDelta::hours(11) + TimeDelta::minutes(30));
    }

    /// How many boards each group shows.
    fn boards(&self) -> Vec<usize> {
        let of = |group: &Chat| group.texts().iter().filter(|text| text.contains("LEADERBOARD")).count();
        self.groups.iter().map(of).collect()
    }

    /// What became of each group's board of this evening.
    fn posts(&self) -> Vec<Option<PostState>> {
        let home = Home::database(self.database.clone(), self.school.dir.path());
        let reader = Reader::open_at(&home).expect("readable beside the replicas");
        let study = &reader.state().study;
        let today = self.school.sim.clock().now().date_naive();
        let of_today = |group: &Chat| study.posts.get(&ChatId(group.id))?.iter().find(|(key, _)| key.day == today);
        self.groups.iter().map(|group| of_today(group).map(|(_, post)| post.state.clone())).collect()
    }

    /// Waits until it is so.
    async fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !is_so(self) {
            assert!(began.elapsed() < PATIENCE, "waited in vain for {what}: {:?} {:?}", self.boards(), self.posts());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until each group has this evening's board and the store knows.
    async fn all_posted(&self) {
        let is_posted = |post: &Option<PostState>| matches!(post, Some(PostState::Posted { .. }));
        self.until("all boards", |owls| {
            owls.boards().iter().all(|boards| *boards == owls.evenings) && owls.posts().iter().all(is_posted)
        })
        .await;
    }

    /// The same while time passes.
    async fn all_posted_in_time(&self) {
        self.until("all boards, in time", |owls| {
            let is_posted = |post: &Option<PostState>| matches!(post, Some(PostState::Posted { .. }));
            let are_known = owls.posts().iter().all(is_posted);
            if !are_known {
                owls.later(TimeDelta::seconds(1));
            }
            are_known
        })
        .await;
        assert_eq!(self.boards(), [self.evenings; GROUPS]);
    }

    /// A replica's machine has a user session of this person.
    fn logs_in(&self, replica: &str, who: &User) {
        let mut command = self.school.command(replica);
        command.env("TG_STRING_SESSION", who.session().telethon()).args(["session", "import-telethon"]);
        let said = command.output().expect("runs");
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    }

    /// Waits until the board of this group alone is one that nobody knows of.
    async fn is_unsure(&self, unsure: usize) {
        self.until("an unsure board", |owls| {
            owls.posts().iter().enumerate().all(|(n, post)| match post {
                Some(PostState::Unsure { .. }) => n == unsure,
                Some(PostState::Posted { .. }) => n != unsure,
                _ => false,
            })
        })
        .await;
    }

    /// Nobody is told anything before they have spoken to the bot.
    async fn boss_begins(&self) {
        self.school.boss.tells(&self.school.bot, "/start");
        self.school.boss.reads(&self.school.bot).await;
    }
}

#[tokio::test]
async fn each_board_stands_once_whoever_dies_or_sleeps_while_it_is_sent() {
    let mut owls = Owls::ready(|_| "bot", &[], School::new());
    let (first, second) = (owls.school.starts_working("first"), owls.school.starts_standing_by("second"));
    owls.boss_begins().await;
    owls.evening();
    owls.all_posted().await;

    // Telegram has it, the answer is on its way, and whoever waits for it dies.
    owls.school.sim.fault_in(&owls.groups[1], "sendMessage", When::Next(1), Fault::HoldAnswer);
    owls.evening();
    owls.groups[1].shows("DAY 2").await;
    first.killed();
    second.says("this replica is the one that works", 1);
    let third = owls.school.starts_standing_by("third");
    owls.is_unsure(1).await;
    assert_eq!(owls.boards(), [2; GROUPS], "nothing is sent twice");
    assert!(owls.school.boss.reads(&owls.school.bot).await.text.contains("when the answer got lost"));
    owls.school.sim.release();

    // Telegram never had it.
    owls.school.sim.fault_in(&owls.groups[2], "sendMessage", When::Next(1), Fault::Stall);
    owls.evening();
    owls.until("the board that stalls", |owls| matches!(owls.posts()[2], Some(PostState::Sending { .. }))).await;
    second.killed();
    third.says("this replica is the one that works", 1);
    let fourth = owls.school.starts_standing_by("fourth");
    owls.is_unsure(2).await;
    owls.school.sim.release();
    assert_eq!(owls.boards(), [3, 3, 2, 3]);
    owls.school.boss.reads(&owls.school.bot).await;
    owls.school.boss.presses(&owls.school.bot, "Post again").await;
    owls.all_posted().await;

    // Whoever waits for the answer sleeps, and hears it when another one has taken over.
    owls.school.sim.fault_in(&owls.groups[0], "sendMessage", When::Next(1), Fault::HoldAnswer);
    owls.evening();
    owls.groups[0].shows("DAY 4").await;
    third.hears("STOP");
    fourth.says("this replica is the one that works", 1);
    owls.is_unsure(0).await;
    owls.school.sim.release();
    third.hears("CONT");
    let (status, said) = third.ends();
    assert!(!status.success() && said.contains("another replica has taken over"), "{said}");
    assert_eq!(owls.boards(), [4; GROUPS]);
    owls.school.boss.reads(&owls.school.bot).await;

    // Whoever sleeps through the evening finds the boards due when it wakes.
    let fifth = owls.school.starts_standing_by("fifth");
    fourth.hears("STOP");
    fifth.says("this replica is the one that works", 1);
    owls.evening();
    fourth.hears("CONT");
    let (status, said) = fourth.ends();
    assert!(!status.success() && said.contains("another replica has taken over"), "{said}");
    owls.all_posted().await;

    // Whoever is killed as the evening comes has sent none, some, or all of them.
    let sixth = owls.school.starts_standing_by("sixth");
    owls.evening();
    fifth.killed();
    sixth.says("this replica is the one that works", 1);
    let is_known = |post: &Option<PostState>| matches!(post, Some(PostState::Posted { .. } | PostState::Unsure { .. }));
    owls.until("an end of each", |owls| owls.posts().iter().all(is_known)).await;
    for (boards, post) in owls.boards().into_iter().zip(owls.posts()) {
        let is_posted = matches!(post, Some(PostState::Posted { .. }));
        assert!(boards == 6 || (boards == 5 && !is_posted), "{boards}: {post:?}");
    }
    sixth.hears("TERM");
    assert!(sixth.ends().0.success());
    assert!(owls.school.sim.violations().is_empty());
}

#[tokio::test]
async fn a_board_that_another_account_sent_is_found_and_not_sent_again() {
    let mut school = School::new();
    let _ = school.sim.data_centre();
    let watchers = ["Olga", "Otabek", "Omar"].map(|name| school.sim.user(name));
    let keys = school.sim.new_session().telethon();
    school.settings.extend([
        ("TELEGRAM_API_ID", "1234567".to_owned()),
        ("TELEGRAM_API_HASH", "0123456789abcdef0123456789abcdef".to_owned()),
        ("TELEGRAM_DC", keys),
    ]);
    let mut owls = Owls::ready(|n| if n < 2 { "session" } else { "bot" }, &watchers, school);
    for (replica, who) in ["first", "second", "third"].iter().zip(&watchers) {
        owls.logs_in(replica, who);
    }
    let (first, second) = (owls.school.starts_working("first"), owls.school.starts_standing_by("second"));
    owls.boss_begins().await;
    owls.evening();
    owls.all_posted_in_time().await;

    // Olga's session has sent it, and its machine dies before the answer.
    owls.school.sim.fault("messages.sendMessage", When::Next(1), Fault::HoldAnswer);
    owls.evening();
    owls.until("Olga's board", |owls| owls.boards()[..2].contains(&2)).await;
    first.killed();
    second.says("this replica is the one that works", 1);
    let third = owls.school.starts_standing_by("third");
    owls.all_posted_in_time().await;
    owls.school.sim.release();

    // The bot has sent it.
    owls.school.sim.fault_in(&owls.groups[2], "sendMessage", When::Next(1), Fault::HoldAnswer);
    owls.evening();
    owls.until("the bot's board", |owls| owls.boards()[2] == 3).await;
    second.killed();
    third.says("this replica is the one that works", 1);
    owls.all_posted_in_time().await;
    let told = owls.school.boss.texts(&owls.school.bot);
    assert!(!told.iter().any(|text| text.contains("when the answer got lost")), "nothing is left to ask: {told:?}");
    third.hears("TERM");
    assert!(third.ends().0.success());
    assert!(owls.school.sim.violations().is_empty());
}
