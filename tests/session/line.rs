//! The line: what is seen through it, and what it survives.

use std::{path::PathBuf, sync::Arc, time::Duration};

use rollcall::{
    clock::SystemClock,
    domain::{
        ids::ChatId,
        line::{DeadWhy, LineState},
        presence::{CallId, News, Who},
    },
    html,
    mtproto::{Access, ApiKey, CallFault, DataCentre, Line, LineEvent, LineSetup, Login, Post, SealChoice, Sealing},
    secrets::keyring::SystemKeyring,
    text::html::Html,
};
use telegram_sim::{Chat, Fault, Session, Sim, User, VoiceChat, When};
use tempfile::TempDir;
use tokio::{sync::mpsc, task::JoinHandle, time::timeout};

use crate::support::{API_HASH, API_ID};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A study group, the account that watches it, and its line.
struct Study {
    sim: Sim,
    ann: User,
    bob: User,
    group: Chat,
    session: Session,
    dir: TempDir,
    call_timeout: Duration,
}

/// A line in use.
struct Watch {
    line: Line,
    events: mpsc::Receiver<LineEvent>,
    task: JoinHandle<()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Study {
    fn new() -> Self {
        let sim = Sim::start();
        let _ = (sim.data_centre(), sim.data_centre_numbered(4));
        let (ann, bob) = (sim.user("Ann"), sim.user("Bob"));
        let group = sim.group("Study", &[&ann, &bob]);
        let session = ann.session();
        let dir = TempDir::new().expect("a directory");
        Self { sim, ann, bob, group, session, dir, call_timeout: Duration::from_secs(20) }
    }

    fn access(&self) -> Access {
        let strings = self.session.keys.iter().map(|key| Session { home: key.centre, ..self.session.clone() }.telethon());
        Access {
            api: ApiKey { id: API_ID.parse().expect("a number"), hash: API_HASH.into() },
            data_centres: DataCentre::parse_list(&strings.collect::<Vec<_>>().join(",")).expect("data centres"),
            proxy: rollcall::telegram::ProxyChoice::Direct,
            call_timeout: self.call_timeout,
        }
    }

    async fn logs_in(&self) {
        let keyring = SystemKeyring::of(self.dir.path());
        let sealing = Sealing { choice: SealChoice::None, passphrase: None, keyring: &keyring };
        let string = self.session.telethon().into();
        let account = Login::import(self.dir.path(), &string, self.access(), &sealing, Arc::new(SystemClock)).await;
        assert_eq!(account.expect("taken over").name, "Ann");
    }

    fn watches(&self) -> Watch {
        let setup = LineSetup::new(self.dir.path(), Some(self.access()), SealChoice::None, None, Arc::new(SystemClock));
        let quick = Duration::from_millis(100);
        let (line, supervisor, events) = Line::new(LineSetup { probe_after: quick, look_every: quick, ..setup });
        Watch { line, events, task: tokio::spawn(supervisor.run()) }
    }

    /// Logged in, and the line is up.
    async fn opened() -> (Self, Watch) {
        let study = Self::new();
        study.logs_in().await;
        let watch = study.watches();
        watch.is(|state| state.is_up()).await;
        (study, watch)
    }

    fn chat(&self) -> ChatId {
        ChatId(self.group.id)
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join("session.json")
    }
}

impl Watch {
    async fn is(&self, wanted: impl Fn(&LineState) -> bool) -> LineState {
        let mut states = self.line.states();
        match timeout(PATIENCE, states.wait_for(|state| wanted(state))).await {
            Ok(state) => state.expect("it runs").clone(),
            Err(_) => panic!("it stays {:?}", self.line.state()),
        }
    }

    /// The next event that this picks.
    async fn hears<T>(&mut self, pick: impl Fn(LineEvent) -> Option<T>) -> T {
        let heard = async {
            loop {
                let event = self.events.recv().await.expect("it runs");
                if let Some(found) = pick(event) {
                    return found;
                }
            }
        };
        timeout(PATIENCE, heard).await.expect("it is told")
    }

    async fn was_down(&mut self) {
        let (from, to) = self
            .hears(|event| match event {
                LineEvent::WasDown { from, to } => Some((from, to)),
                LineEvent::News(_) | LineEvent::Changed(_) => None,
            })
            .await;
        assert!(from <= to);
        assert!(self.hears(news).await == News::Gap, "what happened meanwhile has to be looked up");
    }

    async fn found(&self, study: &Study) -> CallId {
        self.line.discover(study.chat()).await.expect("answered").expect("there is a call")
    }
}

fn news(event: LineEvent) -> Option<News> {
    match event {
        LineEvent::News(news) => Some(news),
        LineEvent::WasDown { .. } | LineEvent::Changed(_) => None,
    }
}

fn crowd(sim: &Sim, call: &VoiceChat, people: usize) -> Vec<User> {
    let all: Vec<User> = (0..people).map(|n| sim.user(&format!("P{n}"))).collect();
    all.iter().for_each(|user| user.joins_call(call));
    all
}

#[tokio::test]
async fn everybody_in_a_call_is_seen_once_with_their_names() {
    let (study, watch) = Study::opened().await;
    assert_eq!(watch.line.account().expect("known").name, "Ann");
    let places = watch.line.places().await.expect("answered");
    assert!(places.iter().any(|place| place.chat == study.chat() && place.title == "Study" && !place.has_call));
    assert_eq!(watch.line.discover(study.chat()).await.expect("answered"), None);

    let call = study.group.start_call(&study.ann);
    let people = crowd(&study.sim, &call, 230);
    assert_eq!(watch.line.with_calls(&[study.chat()]).await.expect("answered"), [study.chat()]);
    let id = watch.found(&study).await;
    assert_eq!((id, watch.line.chat_of(id)), (CallId(call.id), Some(study.chat())));
    let snapshot = watch.line.snapshot(id).await.expect("answered").expect("it goes on");
    assert_eq!((snapshot.participants.len(), snapshot.complete, snapshot.version), (230, true, call.version()));
    let skew = snapshot.at - study.sim.clock().now();
    assert!(skew.abs() < chrono::TimeDelta::seconds(5), "Telegram's time, not ours: {skew}");
    assert_eq!(watch.line.profile(Who(people[7].id)).expect("seen").name, "P7");

    call.hides_listeners(true);
    assert!(!watch.line.snapshot(id).await.expect("answered").expect("it goes on").complete);
    call.ends(&study.ann);
    assert_eq!(watch.line.snapshot(id).await.expect("answered"), None);
}

#[tokio::test]
async fn what_happens_in_a_call_is_told_in_order() {
    let (study, mut watch) = Study::opened().await;
    let call = study.group.start_call(&study.ann);
    let id = CallId(call.id);
    let started = watch.hears(|event| news(event).filter(|news| matches!(news, News::Started { .. }))).await;
    assert!(matches!(started, News::Started { chat, call, .. } if chat == study.chat() && call == id));
    study.bob.joins_call(&call);
    study.bob.leaves_call(&call);
    call.ends(&study.ann);
    let mut seen = Vec::new();
    loop {
        match watch.hears(news).await {
            News::Participants { call, version, participants, .. } => {
                assert_eq!((call, participants[0].who), (id, Who(study.bob.id)));
                seen.push((version, participants[0].left));
            }
            News::Ended { call, .. } => {
                assert_eq!(call, id);
                break;
            }
            News::Started { .. } | News::Version { .. } | News::Gap => {}
        }
    }
    assert_eq!(seen, [(2, false), (3, true)]);
}

#[tokio::test]
async fn killed_sockets_rotated_salts_and_compression_are_survived() {
    let (study, mut watch) = Study::opened().await;
    let centre = study.sim.data_centre();
    centre.rotates_salt();
    centre.compresses_over(0);
    centre.uses_containers(true);
    assert!(!watch.line.places().await.expect("answered").is_empty());
    centre.resets_connections();
    watch.was_down().await;
    assert!(!watch.line.places().await.expect("answered").is_empty());
    assert!(watch.line.figures().connections.get() >= 2);
}

#[tokio::test]
async fn a_panic_of_the_library_is_survived() {
    let (study, mut watch) = Study::opened().await;
    study.sim.data_centre().sends_foreign_session();
    watch.was_down().await;
    assert!(!watch.line.places().await.expect("answered").is_empty());
}

#[tokio::test]
async fn silence_is_noticed_and_the_line_begun_anew() {
    let mut study = Study::new();
    study.logs_in().await;
    study.call_timeout = Duration::from_millis(700);
    let mut watch = study.watches();
    watch.is(LineState::is_up).await;
    study.sim.data_centre().is_silent(true);
    let down = watch.is(|state| matches!(state, LineState::Connecting { why: Some(_), .. })).await;
    assert!(down.in_english(chrono_tz::UTC).contains("didn't answer"), "{down:?}");
    assert!(matches!(watch.line.places().await, Err(CallFault::Line(_))), "nobody waits for a line that is down");
    study.sim.data_centre().is_silent(false);
    watch.was_down().await;
    watch.is(LineState::is_up).await;
}

#[tokio::test]
async fn a_session_that_telegram_ended_waits_for_a_login_and_goes_on_by_itself() {
    let (mut study, mut watch) = Study::opened().await;
    study.ann.ends_sessions();
    let dead = watch.is(|state| matches!(state, LineState::Dead { .. })).await;
    assert!(matches!(dead, LineState::Dead { why: DeadWhy::LoggedOut, .. }), "{dead:?}");
    // Meanwhile the file is free for a login beside the running program.
    study.session = study.ann.session();
    std::fs::remove_file(study.file()).expect("deletes");
    study.logs_in().await;
    watch.was_down().await;
    assert!(watch.line.state().is_up());
}

#[tokio::test]
async fn a_key_that_telegram_forgot_is_told_and_not_overwritten() {
    let (study, watch) = Study::opened().await;
    let before = std::fs::read(study.file()).expect("reads");
    study.sim.forgets_keys(&study.session);
    study.sim.data_centre().resets_connections();
    watch.is(|state| !state.is_up()).await;
    assert_eq!(std::fs::read(study.file()).expect("reads"), before);
}

#[tokio::test]
async fn a_wait_is_kept_through_a_restart() {
    let (study, watch) = Study::opened().await;
    let call = study.group.start_call(&study.ann);
    let id = watch.found(&study).await;
    study.sim.fault("phone.getGroupCall", When::Next(1), Fault::TooMany(3600));
    let waits = |asked: Result<_, CallFault>| matches!(asked, Err(CallFault::Wait(wait)) if wait > Duration::from_secs(3500));
    assert!(waits(watch.line.snapshot(id).await));
    let asked = study.sim.calls("phone.getGroupCall").len();
    assert!(waits(watch.line.snapshot(id).await));
    assert!(watch.line.state().is_up() && watch.line.forbidden_until().is_some());
    drop(watch);

    let watch = study.watches();
    watch.is(LineState::is_up).await;
    let id = watch.found(&study).await;
    assert!(waits(watch.line.snapshot(id).await), "the class is forbidden, the others go on");
    assert_eq!(study.sim.calls("phone.getGroupCall").len(), asked, "it was asked although it is forbidden");
    drop(call);
}

#[tokio::test]
async fn an_account_that_moves_to_another_data_centre_is_followed() {
    let (study, watch) = Study::opened().await;
    let there = study.sim.data_centre_numbered(4);
    study.ann.lives_on(&there);
    study.sim.fault("messages.getDialogs", When::Next(1), Fault::Refuse(303, "USER_MIGRATE_4".into()));
    assert!(watch.line.places().await.expect("answered").iter().any(|place| place.chat == study.chat()));
    assert_eq!(there.connections(), 1);
    drop(watch);
    // After a restart it is looked for there at once.
    let before = study.sim.data_centre().connections_ever();
    let watch = study.watches();
    watch.is(LineState::is_up).await;
    assert_eq!(study.sim.data_centre().connections_ever(), before);
}

#[tokio::test]
async fn one_process_uses_a_session() {
    let (study, _watch) = Study::opened().await;
    let second = study.watches();
    let dead = second.is(|state| matches!(state, LineState::Dead { .. })).await;
    assert!(dead.in_english(chrono_tz::UTC).contains(&format!("process {}", std::process::id())), "{dead:?}");
}

#[tokio::test]
async fn nothing_is_done_where_nobody_wants_it() {
    let study = Study::new();
    let setup = LineSetup::new(study.dir.path(), None, SealChoice::Auto, None, Arc::new(SystemClock));
    let (line, supervisor, _events) = Line::new(setup);
    let task = tokio::spawn(supervisor.run());
    assert!(matches!(line.places().await, Err(CallFault::Line(_))));
    assert_eq!(line.state(), LineState::NotConfigured);
    assert!(!task.is_finished() && !study.file().exists());
    task.abort();
}

#[tokio::test]
async fn a_post_appears_once_with_its_marks_however_often_it_is_sent() {
    let (study, watch) = Study::opened().await;
    let text = html!("🥇 <b>{}</b> & co", Html::text("Ann <1>"));
    let post = Post { chat: study.chat(), topic: None, text: &text, random_id: 77, picture: None };
    let id = watch.line.send(&post).await.expect("posted");
    match watch.line.send(&post).await {
        Ok(again) => assert_eq!(again, id),
        Err(fault) => assert!(fault.is("RANDOM_ID_DUPLICATE"), "{fault}"),
    }
    let last = watch.line.last_messages(study.chat(), None, 10).await.expect("answered");
    let ours: Vec<_> = last.iter().filter(|message| message.text.contains("Ann <1>")).collect();
    assert_eq!((ours.len(), ours[0].id, ours[0].by), (1, id, Some(Who(study.ann.id))));
    assert_eq!(ours[0].text, "🥇 Ann <1> & co");

    let mut picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x03\x20\0\0\x02\x58".to_vec();
    picture.resize(300_000, 7);
    let with_picture = Post { random_id: 78, picture: Some(&picture), ..post };
    let pictured = watch.line.send(&with_picture).await.expect("posted");
    assert!(pictured > id);
    assert_eq!(study.sim.calls("upload.saveFilePart").len(), 3);
    let elsewhere = Post { chat: ChatId(-1_009_999_999_999), ..with_picture };
    assert!(watch.line.send(&elsewhere).await.expect_err("refused").to_string().contains("isn't in the group"));
}
