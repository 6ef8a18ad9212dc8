//! Study time from end to end: voice chats watched by a user session, boards in the group.

use std::{collections::BTreeMap, time::Duration};

use chrono::TimeDelta;
use rollcall::{
    clock::SystemClock,
    domain::study::PostState,
    mtproto::{Login, SealChoice, Sealing},
    secrets::keyring::SystemKeyring,
};
use serde_json::{Value, json};
use telegram_sim::{Chat, Fault, User, VoiceChat, When};

use crate::{dashboard::figure, support::School};

const API_HASH: &str = "0123456789abcdef0123456789abcdef";
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A study group with its watcher logged in; boards are due at 21:30.
struct Owls {
    school: School,
    watcher: User,
    ann: User,
    bob: User,
    group: Chat,
}

impl Owls {
    /// Everything ready, the daemon not started.
    fn ready(by: &str) -> Self {
        let mut school = School::closed();
        let _ = school.sim.data_centre();
        let (watcher, ann, bob) = (school.sim.user("Watcher"), school.sim.user("Ann"), school.sim.user("Bob"));
        let group = school.sim.group("Night owls", &[&watcher, &ann, &bob, &school.boss]);
        school.boss.adds(&school.bot, &group);
        school.look_every = Duration::from_millis(50);
        school.set("TELEGRAM_API_ID", "1234567");
        school.set("TELEGRAM_API_HASH", API_HASH);
        school.set("TELEGRAM_DC", &watcher.session().telethon());
        school.write_registry(&[], &[&group], &[]);
        let community = json!({
            "title": "Night owls", "watched": true, "since": "2026-01-26", "zone": "Asia/Tashkent", "lang": "en",
            "times": ["21:30:00"], "target": { "chat": group.id, "by": by }, "periods": { "anchored": "2026-01-26" },
            "gate_seconds": 300,
        });
        std::fs::create_dir_all(school.data().join("study")).expect("a folder");
        let communities = BTreeMap::from([(group.id.to_string(), community)]);
        std::fs::write(school.data().join("study/communities.json"), json!(communities).to_string()).expect("writes");
        Self { school, watcher, ann, bob, group }
    }

    /// The same with the daemon running and looking.
    async fn open(by: &str) -> Self {
        let mut owls = Self::ready(by);
        owls.logs_in().await;
        owls.school.start();
        owls.school.boss.tells(&owls.school.bot, "/start");
        owls.school.boss.reads(&owls.school.bot).await;
        owls
    }

    async fn logs_in(&self) {
        let keyring = SystemKeyring::of(&self.school.data());
        let sealing = Sealing { choice: SealChoice::None, passphrase: None, keyring: &keyring };
        let access = self.school.config().access().expect("an application's key is set");
        let string = self.watcher.session().telethon().into();
        let clock = std::sync::Arc::new(SystemClock);
        Login::import(&self.school.data(), &string, access, &sealing, clock).await.expect("taken over");
    }

    /// Waits until the daemon has seen that.
    async fn has_seen(&self, what: &str, seen: impl Fn(&Value) -> bool) {
        let looked = async {
            loop {
                let reader = rollcall::store::Reader::open(&self.school.data()).expect("readable beside the daemon");
                let calls = serde_json::to_value(&reader.state().study.calls).expect("JSON");
                if seen(&calls) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, looked).await.unwrap_or_else(|_| panic!("not seen in time: {what}"));
    }

    async fn has_seen_seats(&self, call: &VoiceChat, people: usize) {
        let id = call.id.to_string();
        let seats = |calls: &Value| calls[&id]["seats"].as_object().map_or(0, serde_json::Map::len);
        self.has_seen(&format!("{people} in the call"), |calls| seats(calls) == people).await;
    }

    /// Waits until the daemon knows who is in the call now; somebody who is makes a sound. Where nobody waits for that after a
    /// leap in time, a look may come before the news that somebody left, and ends their time when they were last seen: before it.
    async fn has_looked(&self, call: &VoiceChat, one: &User) {
        // The session learns Telegram's time from what it hears.
        one.mutes(call, true);
        one.mutes(call, false);
        self.has_seen("who is there now", |calls| {
            calls[call.id.to_string()]["confirmed"].as_i64() >= Some(self.school.sim.clock().now().timestamp())
        })
        .await;
    }

    /// Lets time pass until it is known that today's board is in the group.
    async fn has_posted(&self) {
        self.has_come_to(|post| matches!(post, PostState::Posted { .. })).await;
    }

    /// Lets time pass until today's board has come to that.
    async fn has_come_to(&self, end: impl Fn(&PostState) -> bool) {
        let looked = async {
            loop {
                let reader = rollcall::store::Reader::open(&self.school.data()).expect("readable beside the daemon");
                let mut posts = reader.state().study.posts.values().flat_map(|posts| posts.values());
                if posts.any(|post| end(&post.state)) {
                    return;
                }
                self.school.later(TimeDelta::seconds(1));
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, looked).await.expect("it is known in time");
    }

    /// How many boards the group shows.
    fn boards(&self) -> usize {
        self.group.texts().iter().filter(|text| text.contains("LEADERBOARD")).count()
    }

    /// It is 21:30 in Tashkent; began at 10:00.
    fn half_past_nine(&self) {
        let now = self.school.sim.clock().now();
        let due = now.date_naive().and_hms_opt(16, 30, 0).expect("a time").and_utc();
        self.school.later(due - now);
    }
}

#[tokio::test]
async fn the_evenings_board_is_in_the_group() {
    let owls = Owls::open("bot").await;
    let call = owls.group.start_call(&owls.ann);
    owls.ann.joins_call(&call);
    owls.bob.joins_call(&call);
    owls.has_seen_seats(&call, 2).await;
    owls.school.later(TimeDelta::minutes(3));
    owls.bob.leaves_call(&call);
    owls.has_seen_seats(&call, 1).await;
    owls.school.later(TimeDelta::minutes(72));
    owls.has_looked(&call, &owls.ann).await;
    owls.ann.leaves_call(&call);
    owls.has_seen_seats(&call, 0).await;
    call.ends(&owls.ann);
    owls.half_past_nine();
    let board = owls.group.shows("LEADERBOARD — DAY 1").await;
    assert!(board.contains(&format!("🥇 @ann_{} — 75m 💪", owls.ann.id)), "{board}");
    assert!(!board.contains("bob"), "three minutes don't pass the gate: {board}");
    owls.has_posted().await;
    let (boss, bot) = (&owls.school.boss, &owls.school.bot);
    for label in ["Study time", "● Night owls", "Check the last board"] {
        boss.presses(bot, label).await;
        let shown = boss.reads(bot).await.text;
        assert!(label != "Check the last board" || shown.contains("every time is the same"), "{shown}");
    }
}

#[tokio::test]
async fn a_restart_within_a_call_loses_no_second() {
    let mut owls = Owls::open("session").await;
    let call = owls.group.start_call(&owls.ann);
    owls.ann.joins_call(&call);
    owls.bob.joins_call(&call);
    owls.has_seen_seats(&call, 2).await;
    owls.school.later(TimeDelta::minutes(10));
    owls.has_looked(&call, &owls.bob).await;
    owls.school.stop().expect("stops well");
    // Ann stays; Bob leaves while nobody looks, and comes again.
    owls.school.later(TimeDelta::minutes(20));
    owls.bob.leaves_call(&call);
    owls.school.later(TimeDelta::minutes(20));
    owls.bob.joins_call(&call);
    owls.school.start();
    owls.school.later(TimeDelta::minutes(10));
    owls.has_seen("the call again", |calls| {
        calls[call.id.to_string()]["outages"].as_array().is_some_and(|outages| !outages.is_empty())
    })
    .await;
    owls.half_past_nine();
    owls.has_looked(&call, &owls.bob).await;
    let board = owls.group.shows("LEADERBOARD").await;
    assert!(board.contains(&format!("🥇 @ann_{} — 690m 🚀", owls.ann.id)), "from 10:00 to 21:30: {board}");
    // Bob sat there from 10:00 to 10:30, unseen from 10:10, and since 10:50: never more than that.
    assert!(board.contains(&format!("🥈 @bob_{} — 650m", owls.bob.id)), "{board}");
}

#[tokio::test]
async fn a_lost_answer_doubles_no_board() {
    for by in ["bot", "session"] {
        let owls = Owls::open(by).await;
        let method = if by == "bot" { "sendMessage" } else { "messages.sendMessage" };
        owls.school.sim.fault(method, When::Next(1), Fault::LoseAnswer);
        owls.half_past_nine();
        owls.group.shows("LEADERBOARD").await;
        // The user session may send it again: Telegram takes it once. The bot may not: the user session looks.
        owls.has_posted().await;
        assert_eq!(owls.boards(), 1, "by the {by}");
        let told = owls.school.boss.texts(&owls.school.bot);
        assert!(!told.iter().any(|text| text.contains("when the answer got lost")), "nothing is left to ask: {told:?}");
    }
}

#[tokio::test]
async fn a_board_that_got_lost_is_posted_again_when_an_admin_says_so() {
    let owls = Owls::open("bot").await;
    owls.school.sim.fault("sendMessage", When::Next(1), Fault::ResetBefore);
    owls.half_past_nine();
    owls.has_come_to(|post| matches!(post, PostState::Unsure { .. })).await;
    assert_eq!(owls.boards(), 0);
    owls.school.boss.reads(&owls.school.bot).await;
    owls.school.boss.presses(&owls.school.bot, "Post again").await;
    owls.has_posted().await;
    assert_eq!(owls.boards(), 1);
}

#[tokio::test]
async fn whoever_is_forgotten_in_a_call_is_seen_again_only_after_coming_back() {
    let owls = Owls::open("bot").await;
    let (ann, bot) = (owls.ann.clone(), owls.school.bot.clone());
    let call = owls.group.start_call(&owls.bob);
    owls.bob.joins_call(&call);
    ann.joins_call(&call);
    owls.has_seen_seats(&call, 2).await;
    owls.school.later(TimeDelta::minutes(30));
    owls.has_looked(&call, &owls.bob).await;
    ann.tells(&bot, "/start");
    ann.reads(&bot).await;
    for label in ["My study time", "Night owls", "Delete my data", "Yes, delete all of it"] {
        ann.presses(&bot, label).await;
        ann.reads(&bot).await;
    }
    owls.has_seen_seats(&call, 1).await;
    // She goes on sitting there, and nobody sees it: not the looks, not after a restart.
    owls.school.later(TimeDelta::minutes(30));
    owls.has_looked(&call, &owls.bob).await;
    owls.has_seen_seats(&call, 1).await;
    ann.leaves_call(&call);
    owls.school.later(TimeDelta::minutes(10));
    ann.joins_call(&call);
    owls.has_seen_seats(&call, 2).await;
    owls.school.later(TimeDelta::minutes(20));
    owls.has_looked(&call, &owls.bob).await;
    ann.leaves_call(&call);
    owls.has_seen_seats(&call, 1).await;
    owls.half_past_nine();
    owls.has_looked(&call, &owls.bob).await;
    let board = owls.group.shows("LEADERBOARD").await;
    assert!(board.contains("— 20m") && !board.contains("ann"), "{board}");
}

#[tokio::test]
async fn admins_are_told_that_nothing_can_be_seen_and_once_that_it_can_again() {
    let mut owls = Owls::ready("bot");
    owls.school.blind_minute = Duration::from_millis(100);
    let metrics = owls.school.use_metrics();
    let (boss, bot) = (owls.school.boss.clone(), owls.school.bot.clone());
    owls.logs_in().await;
    boss.tells(&bot, "/start");
    owls.school.start();
    let call = owls.group.start_call(&owls.ann);
    owls.ann.joins_call(&call);
    owls.has_seen_seats(&call, 1).await;
    assert_eq!(figure(&metrics, "rollcall_session_state{state=\"up\"}").await, Some(1.0));
    assert!(figure(&metrics, "rollcall_session_requests_total").await > Some(0.0));
    boss.tells(&bot, "/diag");
    while !boss.reads(&bot).await.text.contains("User session: Works since") {}
    for method in ["phone.getGroupCall", "phone.getGroupParticipants", "channels.getFullChannel", "channels.getChannels"] {
        owls.school.sim.fault(method, When::Always, Fault::Refuse(500, "RPC_CALL_FAIL".to_owned()));
    }
    let warned = || {
        let reader = rollcall::store::Reader::open(&owls.school.data()).expect("readable beside the daemon");
        reader.state().warned.keys().filter(|warning| format!("{warning:?}").starts_with("Blind")).count()
    };
    let becomes = async |told: usize| {
        let waited = async {
            while warned() != told {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waited).await.unwrap_or_else(|_| panic!("{told} warnings are told in time"));
    };
    becomes(3).await;
    // Silence from here on, however long it lasts.
    tokio::time::sleep(owls.school.blind_minute * 10).await;
    owls.school.sim.release();
    becomes(0).await;
    while !boss.reads(&bot).await.text.contains("I see into the voice chats again") {}
    owls.school.stop().expect("stops");
    let texts = boss.texts(&bot);
    let count = |words: &str| texts.iter().filter(|text| text.contains(words)).count();
    // On a busy machine two of the three may be one.
    assert!((1..=3).contains(&count("minutes I can't see into the voice chats")), "{texts:?}");
    assert_eq!(count("I see into the voice chats again"), 1);
}

#[tokio::test]
async fn who_sits_there_as_a_channel_is_somebody_else() {
    let owls = Owls::open("bot").await;
    let channel = owls.school.sim.channel("Ann's notes");
    let call = owls.group.start_call(&owls.bob);
    owls.bob.joins_call(&call);
    owls.ann.joins_call(&call);
    owls.ann.joins_call_as(&call, &channel);
    owls.has_seen_seats(&call, 3).await;
    owls.has_seen("both under numbers of their own", |calls| {
        let seats = &calls[call.id.to_string()]["seats"];
        seats[owls.ann.id.to_string()].is_object() && seats[channel.id.to_string()].is_object()
    })
    .await;
    owls.school.later(TimeDelta::minutes(20));
    owls.has_looked(&call, &owls.bob).await;
    owls.ann.leaves_call(&call);
    owls.has_seen_seats(&call, 2).await;
    owls.half_past_nine();
    owls.has_looked(&call, &owls.bob).await;
    let board = owls.group.shows("LEADERBOARD").await;
    assert!(board.contains(" Ann's notes — 690m") && board.contains(&format!("🥉 @ann_{} — 20m", owls.ann.id)), "{board}");
}

#[tokio::test]
async fn a_picture_goes_with_the_board_where_that_is_wished() {
    for by in ["bot", "session"] {
        let owls = Owls::ready(by);
        let mut communities = owls.school.file("study/communities.json");
        communities[owls.group.id.to_string()]["picture"] = true.into();
        std::fs::write(owls.school.data().join("study/communities.json"), communities.to_string()).expect("writes");
        let mut owls = owls;
        owls.logs_in().await;
        owls.school.start();
        owls.half_past_nine();
        owls.group.shows("LEADERBOARD").await;
        let picture = loop {
            if let Some(picture) = owls.group.reads().await.document {
                break picture;
            }
        };
        assert!(picture.is_photo && picture.bytes.starts_with(b"\x89PNG"), "by the {by}");
        owls.has_posted().await;
        assert_eq!(owls.boards(), 1, "by the {by}");
    }
}

#[tokio::test]
async fn nobody_is_watched_while_a_community_rests() {
    let mut owls = Owls::open("bot").await;
    let (boss, bot) = (owls.school.boss.clone(), owls.school.bot.clone());
    let call = owls.group.start_call(&owls.ann);
    owls.ann.joins_call(&call);
    owls.bob.joins_call(&call);
    owls.has_seen_seats(&call, 2).await;
    owls.school.later(TimeDelta::minutes(10));
    owls.has_looked(&call, &owls.bob).await;
    for label in ["Study time", "● Night owls", "Pause"] {
        boss.presses(&bot, label).await;
        boss.reads(&bot).await;
    }
    owls.has_seen("that the call is no longer watched", |calls| calls.get(call.id.to_string()).is_none()).await;
    owls.school.later(TimeDelta::minutes(60));
    boss.presses(&bot, "Resume").await;
    boss.reads(&bot).await;
    owls.has_seen_seats(&call, 2).await;
    owls.school.later(TimeDelta::minutes(7));
    owls.has_looked(&call, &owls.bob).await;
    owls.ann.leaves_call(&call);
    owls.has_seen_seats(&call, 1).await;
    owls.school.stop().expect("stops well");
    let stays = owls.school.file("presence/2026-01-26.json")[owls.group.id.to_string()]["stays"].clone();
    let of = |stay: &Value| (stay[1]["left"].as_i64().expect("seconds") - stay[0]["joined"].as_i64().expect("seconds")) / 60;
    let anns = stays.as_array().expect("stays").iter().filter(|stay| stay[0]["who"] == owls.ann.id);
    let (lengths, ends): (Vec<_>, Vec<_>) = anns.map(|stay| (of(stay), stay[1]["end"].clone())).unzip();
    assert_eq!((lengths, &ends[0]), (vec![10, 7], &json!("inferred")), "{stays}");
    // Whichever was first: the news that she left, or a look.
    assert!(ends[1] == "observed" || ends[1] == "polled", "{stays}");
}
