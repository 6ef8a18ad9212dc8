//! What others wrote, and what earlier releases wrote, loads for ever.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::NaiveDate;
use rollcall::{
    backup,
    clock::SystemClock,
    domain::{
        access::{KeyState, Scope},
        assistant::Spent,
        audit::{Action, Actor},
        change::{Change, Outcome},
        chats::{BotRole, ChatKind, Right},
        commands::CommandChange,
        counted::Mark,
        event::Author,
        form::{FormKey, Step},
        ids::{BotId, ChatId, FullName, MessageId, TeacherId, TopicId, UserId},
        job_reason::{Case, Reason},
        jobs::{DeliveryState, Job, Markup, Task},
        lang::Lang,
        period::Period,
        presence::{CallId, Who},
        registry::Teacher,
        sign_in::Way,
        study::{Alias, PostState, Poster},
        work::{ReportScope, Work},
    },
    report::activity::Collector,
    store::{Reader, Store},
    text::jobs::reason,
};
use serde_json::Value;
use tempfile::TempDir;

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("created");
    for entry in fs::read_dir(from).expect("lists") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("copied");
        }
    }
}

/// A data directory of the Python bot, in a place of its own.
fn python_bot() -> TempDir {
    let dir = TempDir::new().expect("a directory");
    copy(&samples().join("python-bot"), dir.path());
    dir
}

fn json(dir: &Path, file: &str) -> Value {
    serde_json::from_slice(&fs::read(dir.join(file)).expect("reads")).expect("JSON")
}

fn id(text: &str) -> TeacherId {
    TeacherId::parse(text).expect("an id")
}

fn january() -> Period {
    Period::new("2026-01-01".parse().expect("a date"), "2026-01-31".parse().expect("a date")).expect("a period")
}

#[test]
fn the_python_bots_directory_loads_as_it_is() {
    let dir = python_bot();
    let reader = Reader::open(dir.path()).expect("loads");
    let state = reader.state();
    assert_eq!((state.teachers.len(), state.groups.len()), (3, 2));
    assert_eq!(state.teachers[&id("T002")].telegram_user_id, None);
    assert_eq!(state.teacher_of(UserId(123_456_789)).map(|teacher| teacher.teacher_id), Some(id("T001")));
    assert_eq!(state.groups_of(id("T001")).count(), 2);
    let zone = chrono_tz::Asia::Tashkent;
    for teacher in state.teachers.values() {
        let created = teacher.created_at.as_ref().expect("each has one");
        assert!(created.instant(zone).is_some(), "{created} is an instant, with or without offset");
    }
    let mut sums = Collector::new(ReportScope { period: january(), teacher: None, group: None });
    reader.show_days(january(), &mut sums).expect("reads");
    assert_eq!(sums.finish().total(), 45 + 3 + 2 + 1 + 5 + 7 + 1);
}

#[tokio::test]
async fn a_rewrite_keeps_what_the_python_bot_wrote() {
    let dir = python_bot();
    let (teachers, day) = (json(dir.path(), "teachers.json"), json(dir.path(), "stats/2026-01-29.json"));
    let store = Store::open(dir.path(), Arc::new(SystemClock)).expect("opens");
    let date = "2026-01-29".parse().expect("a date");
    let cell = store.read(|state| state.teachers[&id("T001")].clone());
    let renamed = Teacher { full_name: FullName::parse("John B. Smith").expect("a name"), ..cell };
    store
        .decide(&[date], |state| {
            let mut tally = state.cell(date, ChatId(-1_001_234_567_890), id("T001")).cloned().expect("counted");
            tally.add(rollcall::domain::kind::Kind::Text);
            let changes = vec![
                Change::Teacher(id("T001"), Some(Box::new(renamed))),
                Change::Cell(date, ChatId(-1_001_234_567_890), id("T001"), Some(tally)),
            ];
            Outcome { changes, work: Vec::new() }
        })
        .expect("decides");
    store.close().await.expect("closes");
    let mut expected = teachers;
    expected["T001"]["full_name"] = "John B. Smith".into();
    assert_eq!(json(dir.path(), "teachers.json"), expected, "foreign fields and dates stay as they were");
    let mut expected = day;
    expected["-1001234567890"]["T001"]["text"] = 46.into();
    for kind in ["photo", "video", "audio", "voice", "document"] {
        expected["-1001234567890"]["T002"][kind] = 0.into();
    }
    assert_eq!(json(dir.path(), "stats/2026-01-29.json"), expected, "the six are always written");
    let text = fs::read_to_string(dir.path().join("teachers.json")).expect("reads");
    assert!(text.starts_with("{\n  \"DB8F99C3\": {\n    \"teacher_id\""), "two spaces, sorted keys: {text}");
    assert!(text.contains("Гульнора"), "letters are kept as they are");
}

#[test]
fn every_released_directory_restores() {
    let mut restored = 0;
    for entry in fs::read_dir(samples()).expect("lists") {
        let archive = entry.expect("an entry").path();
        if archive.extension().is_none_or(|extension| extension != "zst") {
            continue;
        }
        let dir = TempDir::new().expect("a directory");
        let now = "2026-03-04T09:30:00Z".parse().expect("a time");
        backup::restore(&archive, dir.path(), now, &mut |_| Ok(()), &mut |_, _| ())
            .unwrap_or_else(|why| panic!("{}: {why}", archive.display()));
        let reader = Reader::open(dir.path()).expect("loads");
        assert_eq!((reader.state().teachers.len(), reader.state().groups.len()), (12, 5), "{}", archive.display());
        assert_eq!(reader.days().expect("lists").len(), 35, "{}", archive.display());
        restored += 1;
    }
    assert!(restored > 0, "there is a sample of each format");
}

#[test]
fn boards_and_snapshots_of_the_first_release_load() {
    let dir = TempDir::new().expect("a directory");
    copy(&samples().join("study-1"), dir.path());
    let reader = Reader::open(dir.path()).expect("loads");
    let study = &reader.state().study;
    let posts = &study.posts[&ChatId(-1001)];
    let states: Vec<_> = posts.values().map(|post| post.state.clone()).collect();
    assert!(matches!(states[0], PostState::Posted { message: Some(MessageId(77)), .. }), "{states:?}");
    assert!(matches!(states[1], PostState::Sending { by: Poster::Session, attempts: 2, .. }), "{states:?}");
    assert!(matches!(states[2], PostState::Due { attempts: 0, .. }), "{states:?}");
    assert!(matches!(states[3], PostState::Skipped), "{states:?}");
    assert!(matches!(states[4], PostState::Unsure { .. }) && matches!(states[5], PostState::Refused { .. }), "{states:?}");
    assert_eq!(posts.values().filter(|post| post.closes_day).count(), 4);
    assert_eq!(study.exports[&1].refused.as_deref(), Some("stored-for-review"));
    assert_eq!(study.exported, "2026-01-09T16:30:05Z".parse().ok());
    assert_eq!(study.compliments[&ChatId(-1001)]["week:2026-01-01"].len(), 1);
    rollcall::web::receiver::Shelf::open(dir.path()).expect("the receiver's file loads");
    let community = &study.communities[&ChatId(-1001)];
    assert_eq!((community.times.len(), community.target.by, community.reach_days), (2, Poster::Session, 1));
    let members = &study.members[&ChatId(-1001)];
    assert_eq!((members[&Who(2)].same_as, members[&Who(3)].opted_out), (Some(Who(1)), true));
    assert_eq!(study.aliases[&ChatId(-1001)][&Alias::new("@Ann_Old")], Alias::new("ann"));
    assert!(study.corrections[&ChatId(-1001)][&1].withdrawn.is_some());
    assert_eq!(study.calls[&CallId(500)].seats.len(), 1);
    let day = "2026-01-09".parse().expect("a day");
    let mut known = Vec::new();
    let shown = reader.show_presence(ChatId(-1001), Period { from: day, to: day }, |_, presence| known.push(presence.clone()));
    shown.expect("loads");
    assert_eq!((known.len(), known[0].stays.len(), known[0].imported[&Who(3)]), (1, 1, 120));
}

#[test]
fn keys_and_the_audit_log_of_the_first_release_load() {
    let dir = TempDir::new().expect("a directory");
    copy(&samples().join("web-1"), dir.path());
    let reader = Reader::open(dir.path()).expect("loads");
    let now = "2026-11-21T00:00:00Z".parse().expect("a time");
    let keys = &reader.state().access.keys;
    let states: Vec<_> = keys.iter().map(|(id, key)| (id.as_str(), key.scope, key.state(now))).collect();
    assert_eq!(states, [("k0a1b2c3d", Scope::Read, KeyState::Works), ("k1111aaaa", Scope::Admin, KeyState::Revoked)]);
    let log = reader.audit(u64::MAX, 100, |_| true).expect("loads");
    assert_eq!(log.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [4, 3, 2, 1, 0]);
    assert!(matches!(log[0].1.did, Action::VoiceMapped { teacher: None, .. }), "{log:?}");
    assert_eq!(log[1].1.by, Actor::Session(UserId(5)));
    assert_eq!(reader.state().audit.next, 5);
    let sign_in = &reader.state().access.sign_in;
    let session = sign_in.sessions.iter().next().expect("one");
    assert_eq!(sign_in.session(session.0, now).map(|session| (session.user, session.by)), Some((UserId(5), Way::Link)));
    assert!(sign_in.links.keys().all(|link| sign_in.link(link, now).is_some()) && sign_in.links.len() == 1);
    assert_eq!((sign_in.proofs.len(), sign_in.viewers[&UserId(77)].name.as_str()), (1, "Vera"));
    let rita = &sign_in.researchers[&UserId(78)];
    assert_eq!((rita.name.as_str(), rita.named_by), ("Rita", UserId(5)));
}

#[test]
fn chats_and_their_numbers_of_the_first_release_load() {
    let dir = TempDir::new().expect("a directory");
    copy(&samples().join("chats-1"), dir.path());
    let reader = Reader::open(dir.path()).expect("loads");
    let chats = &reader.state().chats;
    let (grade2, news) = (ChatId(-1_001_000_000_077), ChatId(-1_002_000_000_078));
    let known = &chats.known[&grade2];
    assert_eq!((known.kind, known.members, known.left()), (ChatKind::Forum, Some(31), None));
    let administrators = known.administrators.as_ref().expect("they were told");
    assert_eq!(
        administrators.iter().map(|one| (one.owner, one.bot, one.anonymous)).collect::<Vec<_>>(),
        [(true, false, false), (false, true, false), (false, false, true)]
    );
    assert_eq!(administrators[0].title.as_deref(), Some("Head of studies"));
    assert_eq!(known.bots[0].rights.iter().collect::<Vec<_>>(), [Right::ManageChat, Right::DeleteMessages]);
    assert_eq!((known.bots[1].role, known.bots[1].gone_since.is_some()), (BotRole::Gone, true));
    assert!(known.failed.as_ref().is_some_and(|failed| failed.passes) && known.tried() > known.looked);
    assert_eq!(chats.known[&news].bots[0].role, BotRole::Restricted);
    assert_eq!(chats.known[&ChatId(-79)].left(), None, "nobody was seen to leave");
    let days: Vec<_> =
        chats.days_of(grade2).map(|(day, count)| (day.to_string(), count.members(), count.joined, count.left)).collect();
    assert_eq!(
        days,
        [
            ("2026-01-18".to_owned(), Some(28), 0, 0),
            ("2026-01-19".to_owned(), None, 4, 1),
            ("2026-01-26".to_owned(), Some(31), 0, 0)
        ]
    );
    assert!(chats.wanted.all.is_some() && chats.wanted.chats.contains_key(&news));
}

#[test]
fn jobs_and_announcements_of_the_first_release_load() {
    let dir = TempDir::new().expect("a directory");
    copy(&samples().join("jobs-1"), dir.path());
    let reader = Reader::open(dir.path()).expect("loads");
    let jobs = &reader.state().jobs;
    let states: Vec<_> = jobs.all().iter().map(|(id, job)| (id.to_string(), job.state.name())).collect();
    let expected = [("announcement-3", "failed"), ("backup-2", "completed"), ("digest-1", "running"), ("groups", "stopped")];
    assert_eq!(states, expected.map(|(id, state)| (id.to_owned(), state)));
    let announcement = jobs.get(&"announcement-3".parse().expect("an id")).expect("it is there");
    let content = announcement.announcement().and_then(|announcement| announcement.content.as_ref()).expect("it waits");
    assert_eq!((content.text.as_str(), content.markup), ("Ertaga maktab *yopiq*", Markup::MarkdownV2));
    let deliveries: Vec<_> =
        jobs.deliveries_of(&"announcement-3".parse().expect("an id")).map(|(_, delivery)| delivery.state.name()).collect();
    assert_eq!(deliveries, ["sent", "failed", "unsure", "waiting", "sending", "cancelled"]);
    // What a checkpoint makes of it says the same.
    let before = jobs.clone();
    drop(reader);
    let store = Store::open(dir.path(), Arc::new(SystemClock)).expect("opens");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(store.close()).expect("closes");
    drop(store);
    assert_eq!(Reader::open(dir.path()).expect("loads").state().jobs, before);
}

#[test]
fn which_messages_the_first_release_counted_loads() {
    let dir = TempDir::new().expect("a directory");
    copy(&samples().join("counted-1"), dir.path());
    let day: NaiveDate = "2026-01-26".parse().expect("a day");
    let (group, basic) = (ChatId(-1_001_234_567_890), ChatId(-555));
    let known = || {
        let reader = Reader::open(dir.path()).expect("loads");
        let mut state = reader.state().clone();
        reader.recall([day], &mut state).expect("loads");
        state.days[&day].clone()
    };
    let before = known();
    assert!(before.is_recorded(group) && before.is_recorded(basic), "each message that counts is noted");
    let counted = &before.counted[&group];
    let has =
        |id| (counted.live.contains(Mark::numbered(MessageId(id))), counted.imported.contains(Mark::numbered(MessageId(id))));
    assert_eq!(
        [7, 120, 121, 122, 123, 125, 721].map(has),
        [(false, true), (true, true), (true, true), (true, false), (false, false), (true, false), (false, true)]
    );
    let ann = Author::User(UserId(7));
    let place = |n| before.counted[&basic].imported.contains(Mark::of_moment(1_700_000_000, &ann, n));
    assert_eq!([0, 1, 2].map(place), [true, true, false]);
    // What a checkpoint makes of it says the same, to the byte.
    let file = dir.path().join("counted/2026-01-26.json");
    let written = fs::read(&file).expect("reads");
    let store = Store::open(dir.path(), Arc::new(SystemClock)).expect("opens");
    let again = Change::Counted(day, group, Some(Box::new(counted.clone())));
    store.decide(&[day], |_| Outcome { changes: vec![again], work: Vec::new() }).expect("decides");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(store.close()).expect("closes");
    drop(store);
    assert_eq!((known(), fs::read(&file).expect("reads")), (before.clone(), written));
}

#[test]
fn what_assistants_used_and_questions_that_wait_of_the_first_release_load() {
    let dir = TempDir::new().expect("a directory");
    copy(&samples().join("assistants-1"), dir.path());
    let state = |dir: &Path| {
        let reader = Reader::open(dir).expect("loads");
        (reader.state().spent.clone(), reader.state().work.clone())
    };
    let (spent, work) = state(dir.path());
    let day = "2026-11-21".parse().expect("a day");
    assert_eq!(spent, [(BotId(7_000_001), Spent { day, tokens: 1_234 })].into());
    let asked: Vec<_> =
        work.values().map(|work| if let Work::Ask(question) = work { question } else { panic!("{work:?}") }).collect();
    assert_eq!((asked[0].is_in_group(), asked[0].text.as_str()), (false, "Who wrote less than usual in 7-A?"));
    assert_eq!((asked[1].to.topic, asked[1].reply_to), (Some(TopicId(9)), Some(MessageId(12))));
    // What a checkpoint makes of it says the same.
    let store = Store::open(dir.path(), Arc::new(SystemClock)).expect("opens");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(store.close()).expect("closes");
    drop(store);
    assert_eq!(state(dir.path()), (spent, work));
}

#[test]
fn commands_and_feedback_of_the_first_release_load() {
    let dir = TempDir::new().expect("a directory");
    copy(&samples().join("commands-1"), dir.path());
    let reader = Reader::open(dir.path()).expect("loads");
    let state = reader.state();
    let commands = &state.commands;
    let listed: Vec<_> =
        commands.ordered().into_iter().map(|(name, custom)| (name.as_str(), custom.description(Lang::Uz))).collect();
    assert_eq!(listed, [("news", "Новости"), ("bus", "Maktab avtobusi")]);
    let day = "2026-01-26".parse().expect("a day");
    assert_eq!(commands.used_lately(&"bus".parse().expect("a name"), day, 7), 11);
    let feed = commands.feed_of(&"news".parse().expect("a name")).expect("it was read");
    assert!(feed.fault.is_some() && feed.items.len() == 2 && feed.items[1].link.is_none());
    assert_eq!(commands.contact.as_deref(), Some("Room 5, {time}"));
    let answered = |admin, message| commands.feedback_behind(UserId(admin), BotId(7_000_000_001), MessageId(message));
    assert_eq!((answered(1, 41), answered(2, 50), answered(2, 41)), (Some(3), Some(3), None));
    assert_eq!((state.forms.len(), state.work.len(), state.people[&UserId(1)].muted.len()), (8, 3, 6));
    // What a checkpoint makes of it says the same; and what waits is still the same work.
    let before = (commands.clone(), state.forms.clone(), state.work.clone(), state.people.clone());
    drop(reader);
    let store = Store::open(dir.path(), Arc::new(SystemClock)).expect("opens");
    let outcome =
        Outcome { changes: vec![Change::Command(CommandChange::Contact(Some("Room 5, {time}".into())))], work: Vec::new() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(store.commit(outcome)).expect("commits");
    runtime.block_on(store.close()).expect("closes");
    drop(store);
    let reader = Reader::open(dir.path()).expect("loads");
    let state = reader.state();
    assert_eq!((state.commands.clone(), state.forms.clone(), state.work.clone(), state.people.clone()), before);
}

#[test]
fn messages_that_are_being_written_and_reasons_of_the_first_release_load() {
    let dir = TempDir::new().expect("a directory");
    copy(&samples().join("sending-1"), dir.path());
    let reader = Reader::open(dir.path()).expect("loads");
    let state = reader.state();
    let form = &state.forms[&FormKey::private(UserId(123_456_789))];
    let draft = form.step.draft().expect("a message");
    let file = draft.content.as_ref().and_then(|content| content.file.clone()).expect("a file");
    assert_eq!((draft.to.len(), draft.silent, draft.query.as_str()), (2, true, "grade"));
    assert_eq!(file.shared.map(|shared| (shared.bot, shared.id)), Some((BotId(110_201_543), "BQACAgIAAxkBAAM".to_owned())));
    let job = |id: &str| state.jobs.get(&id.parse().expect("an id")).expect("it is there");
    assert_eq!(job("announcement-2").last_error, Some(Case::Restored {}.into()));
    let why = job("digest-1").last_error.map(|why| why.to_string());
    assert_eq!(why.as_deref(), Some("123456789 didn't get it: Forbidden: bot was blocked by the user"));
    // What a checkpoint makes of it says the same.
    let before = (state.jobs.clone(), state.forms.clone());
    drop(reader);
    let store = Store::open(dir.path(), Arc::new(SystemClock)).expect("opens");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(store.close()).expect("closes");
    drop(store);
    let after = Reader::open(dir.path()).expect("loads");
    assert_eq!((after.state().jobs.clone(), after.state().forms.clone()), before);
}

#[test]
fn why_messages_and_runs_failed_is_read_and_said_in_three_languages() {
    let dir = TempDir::new().expect("a directory");
    copy(&samples().join("reasons-1"), dir.path());
    let reader = Reader::open(dir.path()).expect("loads");
    let jobs = reader.state().jobs.clone();
    let message = "announcement-1".parse().expect("an id");
    let failed = jobs.deliveries_of(&message).map(|(_, delivery)| match &delivery.state {
        DeliveryState::Failed { why, .. } => why.clone(),
        state => panic!("{state:?}"),
    });
    let of_runs = jobs.all().into_values().filter_map(|job| job.last_error);
    let all: Vec<Reason> = failed.chain(of_runs).collect();
    assert_eq!(all.len(), 12);
    for why in &all {
        assert!(matches!(why, Reason::Known(_)), "{why:?} was read as somebody's words");
        let said: BTreeSet<String> = Lang::ALL.into_iter().map(|lang| reason(why, lang)).collect();
        assert_eq!(said.len(), 3, "{said:?}");
    }
    // What somebody else said is quoted.
    let quoted = Lang::ALL.map(|lang| reason(&all[3], lang));
    assert!(quoted.iter().all(|said| said.contains("Bad Request: file is too big")), "{quoted:?}");
    // A backup's folder is being asked for, and somebody's data was deleted within the hour of their feedback.
    let form = &reader.state().forms[&FormKey::private(UserId(987_654_321))];
    assert_eq!(form.step, Step::BackupFolder { cron: "0 3 * * *".to_owned(), keep: 7, asked: 1_769_662_800_000 });
    assert_eq!(reader.state().commands.spent[&16_206_682_715_532_088_539].len(), 2);
    // What a checkpoint makes of it says the same.
    let (forms, spent) = (reader.state().forms.clone(), reader.state().commands.spent.clone());
    drop(reader);
    let store = Store::open(dir.path(), Arc::new(SystemClock)).expect("opens");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(store.close()).expect("closes");
    drop(store);
    let after = Reader::open(dir.path()).expect("loads");
    assert_eq!((&after.state().jobs, &after.state().forms, &after.state().commands.spent), (&jobs, &forms, &spent));
}

#[test]
fn collections_of_the_first_release_that_had_them_load() {
    let dir = TempDir::new().expect("a directory");
    copy(&samples().join("collections-1"), dir.path());
    let reader = Reader::open(dir.path()).expect("loads");
    let jobs = reader.state().jobs.clone();
    let of = |id: &str| match jobs.get(&id.parse().expect("an id")).expect("it is there") {
        Job { task: Task::Collection(collection), step, .. } => (*collection, step),
        job => panic!("{job:?}"),
    };
    let (collection, step) = of("collection-1");
    assert_eq!((collection.names.join(" ").as_str(), collection.limit, collection.depth), ("Newsroom elsewhere", Some(5_000), 1));
    assert_eq!(step.and_then(|step| step.waits_until).map(|until| until.timestamp()), Some(1_770_012_000));
    let (least, step) = of("collection-2");
    assert_eq!((least.dir.to_str(), least.from, step), (Some("newsroom"), None, None));
    let form = &reader.state().forms[&FormKey::private(UserId(123_456_789))];
    assert_eq!(form.step, Step::CollectChannels { asked: 1_770_008_400_000 });
    drop(reader);
    // What a checkpoint makes of it says the same.
    let store = Store::open(dir.path(), Arc::new(SystemClock)).expect("opens");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(store.close()).expect("closes");
    drop(store);
    assert_eq!(Reader::open(dir.path()).expect("loads").state().jobs, jobs);
}
