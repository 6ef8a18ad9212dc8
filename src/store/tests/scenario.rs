//! What happens while the disk fails: a scenario, what is so after each of its steps by a model that knows nothing of changes, journals
//! and files, and what the store says.

use super::*;
use crate::domain::{
    counted::{Counted, Mark},
    event::Place,
    form::{Form, FormKey, Step as Question},
    ids::MessageId,
    presence::CallId,
    registry::Group,
    study::{Call, StudyChange},
};

/// What happens, one thing after the other.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// A teacher writes in a group, so many days after the first one.
    Count {
        day: u64,
        chat: i64,
        teacher: &'static str,
    },
    /// A terminal enters a teacher.
    Register(&'static str, &'static str),
    /// A group gets a title, on an update.
    Entitle(i64, &'static str),
    /// A question of a dialogue opens.
    Ask(i64, &'static str),
    /// A message is to be sent.
    Send(&'static str),
    /// The oldest message was sent.
    Sent,
    /// A group becomes a supergroup.
    Migrate {
        from: i64,
        to: i64,
    },
    /// A voice chat begins, in which everybody sits.
    Meet,
    /// One of them joins anew, as number so much.
    Sit(i64, i32),
    /// So many days pass; negative where somebody sets the clock back.
    Days(i64),
    Flush,
    Checkpoint,
    /// A checkpoint without large files: the voice chat's.
    Light,
    /// A report over everything.
    Export,
}

/// Counts, registry changes, dialogue, outbox work, checkpoints, rotation of the day, a late message, migration, exports.
pub(super) const SCENARIO: &[Step] = &[
    Step::Register("T001", "Ann"),
    Step::Entitle(-100, "Grade 2"),
    Step::Flush,
    Step::Count { day: 0, chat: -100, teacher: "T001" },
    Step::Count { day: 0, chat: -100, teacher: "T002" },
    Step::Send("welcome"),
    Step::Flush,
    Step::Count { day: 0, chat: -100, teacher: "T001" },
    Step::Meet,
    Step::Checkpoint,
    Step::Sit(1, 1),
    Step::Ask(5, "query"),
    Step::Sent,
    Step::Light,
    Step::Sit(2, 2),
    Step::Flush,
    Step::Export,
    Step::Light,
    Step::Sit(1, 3),
    Step::Days(4),
    Step::Count { day: 4, chat: -100, teacher: "T001" },
    Step::Register("T002", "Bob"),
    Step::Checkpoint,
    Step::Count { day: 0, chat: -100, teacher: "T001" },
    Step::Flush,
    Step::Checkpoint,
    Step::Checkpoint,
    Step::Migrate { from: -100, to: -1001 },
    Step::Count { day: 4, chat: -1001, teacher: "T001" },
    Step::Send("moved"),
    Step::Flush,
    Step::Days(-2),
    Step::Count { day: 2, chat: -1001, teacher: "T002" },
    Step::Flush,
    Step::Export,
    Step::Count { day: 2, chat: -1001, teacher: "T002" },
    Step::Checkpoint,
];

/// Enough for their file to be larger than the journal for a while.
const SEATS: i64 = 30;

pub(super) type Facts = BTreeMap<String, String>;

/// What is so after the first `done` steps, by the model.
pub(super) fn expected(done: usize) -> Facts {
    let mut facts = Facts::new();
    let mut sent = (0, 0);
    for (index, step) in SCENARIO[..done].iter().enumerate() {
        if is_update(*step) {
            facts.insert(format!("update {index}"), "seen".to_owned());
        }
        match *step {
            Step::Count { day, chat, teacher } => raise(&mut facts, format!("count {} {chat} {teacher}", date(day)), 1),
            Step::Register(teacher, name) => drop(facts.insert(format!("teacher {teacher}"), name.to_owned())),
            Step::Entitle(chat, title) => drop(facts.insert(format!("group {chat}"), title.to_owned())),
            Step::Ask(user, query) => drop(facts.insert(format!("form {user}"), query.to_owned())),
            Step::Send(text) => {
                facts.insert(format!("work {}", sent.0), text.to_owned());
                sent.0 += 1;
            }
            Step::Sent => {
                facts.remove(&format!("work {}", sent.1));
                sent.1 += 1;
            }
            Step::Migrate { from, to } => migrate(&mut facts, from, to),
            Step::Meet => facts.extend((0..SEATS).map(|who| (format!("seat {who}"), "0".to_owned()))),
            Step::Sit(who, source) => drop(facts.insert(format!("seat {who}"), source.to_string())),
            Step::Days(_) | Step::Flush | Step::Checkpoint | Step::Light | Step::Export => {}
        }
    }
    facts
}

fn raise(facts: &mut Facts, what: String, by: u64) {
    let so_far: u64 = facts.get(&what).map_or(0, |n| n.parse().expect("a number"));
    facts.insert(what, (so_far + by).to_string());
}

fn migrate(facts: &mut Facts, from: i64, to: i64) {
    let old: Vec<String> = facts.keys().filter(|fact| fact.contains(&format!(" {from}"))).cloned().collect();
    for what in old {
        let value = facts.remove(&what).expect("just listed");
        let what = what.replace(&format!(" {from}"), &format!(" {to}"));
        match value.parse() {
            Ok(n) => raise(facts, what, n),
            Err(_) => drop(facts.insert(what, value)),
        }
    }
}

/// What the store says.
pub(super) fn told(store: &Store) -> Facts {
    let mut facts = Facts::new();
    let ever = Period { from: date(0) - Days::new(100), to: date(100) };
    let mut days = BTreeMap::new();
    store.show_days(ever, &mut days).expect("the disk is well");
    for (date, day) in &days {
        for (chat, teacher, tally) in day.cells.iter() {
            facts.insert(format!("count {date} {chat} {teacher}"), tally.total().to_string());
        }
    }
    let live = store.live();
    // The record of what was counted belongs to the counters, wherever either of them is.
    let mut known = live.state.clone();
    for (date, day) in &days {
        load::load_day(store.shared.disk.as_ref(), &store.shared.dir, *date, &mut known).expect("the disk is well");
        for (chat, ..) in day.cells.iter() {
            assert!(known.days[date].is_recorded(chat), "{date} {chat}");
        }
    }
    let name = |teacher: &Teacher| (format!("teacher {}", teacher.teacher_id), teacher.full_name.to_string());
    facts.extend(live.state.teachers.values().map(name));
    facts.extend(live.state.groups.values().map(|group| (format!("group {}", group.chat_id), group.title.clone())));
    for (key, form) in &live.state.forms {
        let Question::Found { query } = &form.step else { panic!("{form:?}") };
        facts.insert(format!("form {}", key.user), query.clone());
    }
    for (id, work) in &live.state.work {
        let Work::Send { html, .. } = work else { panic!("{work:?}") };
        facts.insert(format!("work {id}"), html.clone());
    }
    for call in live.state.study.calls.values() {
        facts.extend(call.seats.iter().map(|(who, seat)| (format!("seat {}", who.0), seat.source.to_string())));
    }
    let seen = live.progress.seen.get(&BOT);
    let updates = (0..SCENARIO.len()).filter(|index| seen.is_some_and(|seen| seen.contains(UpdateId(*index as i64))));
    facts.extend(updates.map(|index| (format!("update {index}"), "seen".to_owned())));
    facts
}

pub(super) fn is_update(step: Step) -> bool {
    match step {
        Step::Count { .. } | Step::Entitle(..) | Step::Ask(..) | Step::Send(_) | Step::Migrate { .. } => true,
        Step::Meet | Step::Sit(..) => true,
        Step::Register(..) | Step::Sent | Step::Days(_) | Step::Flush | Step::Checkpoint | Step::Light | Step::Export => false,
    }
}

pub(super) fn date(day: u64) -> NaiveDate {
    super::day() + Days::new(day)
}

/// A checkpoint of everything.
pub(super) const WHOLE: Option<u64> = Some(u64::MAX);
/// One without files that the journal isn't longer than.
pub(super) const LIGHT: Option<u64> = Some(1000);

/// What a step comes to.
pub(super) fn decide(state: &State, step: Step, now: DateTime<Utc>) -> Outcome {
    let mut outcome = Outcome::nothing();
    match step {
        Step::Count { day, chat, teacher: who } => {
            let mut tally = state.cell(date(day), ChatId(chat), teacher(who)).cloned().unwrap_or_default();
            tally.add(Kind::Text);
            outcome.set(Change::Cell(date(day), ChatId(chat), teacher(who), Some(tally)));
            let marks: u64 = state.days.get(&date(day)).into_iter().flat_map(|day| day.counted.values()).map(Counted::len).sum();
            outcome.set(Change::CountedLive(date(day), ChatId(chat), Mark::numbered(MessageId(1 + marks.cast_signed()))));
        }
        Step::Register(id, name) => {
            let known = serde_json::json!({ "teacher_id": id, "full_name": name });
            let known = serde_json::from_value(known).expect("a teacher");
            outcome.set(Change::Teacher(teacher(id), Some(Box::new(known))));
        }
        Step::Entitle(chat, title) => {
            let group: Group = serde_json::from_value(serde_json::json!({ "chat_id": chat, "title": title })).expect("a group");
            outcome.set(Change::Group(ChatId(chat), Some(Box::new(group))));
        }
        Step::Ask(user, query) => {
            let form = Form { step: Question::Found { query: query.to_owned() }, touched: now };
            outcome.set(Change::Form(FormKey::private(UserId(user)), Some(form)));
        }
        Step::Send(text) => outcome.order(Work::Send {
            to: Place::private(UserId(5)),
            reply_to: Some(MessageId(1)),
            html: text.to_owned(),
            buttons: Buttons::None,
        }),
        Step::Migrate { from, to } => {
            let rules = crate::domain::rules::Rules {
                admins: BTreeSet::new(),
                researchers: Default::default(),
                zone: chrono_tz::UTC,
                lang: crate::domain::lang::Lang::En,
                bot: BOT,
                bots: crate::domain::bots::Bots::one(BOT),
                assistants: Default::default(),
                marks: Default::default(),
            };
            let desk = crate::admin::Desk { state, rules: &rules, now };
            outcome = crate::membership::migrated(&desk, ChatId(from), ChatId(to));
        }
        Step::Meet => {
            let call = Call { chat: ChatId(-100), seen: now, confirmed: now, outages: Vec::new(), seats: BTreeMap::new() };
            outcome.set(Change::Study(StudyChange::Call(CallId(1), Some(Box::new(call)))));
            (0..SEATS).for_each(|who| outcome.set(seat(who, 0)));
        }
        Step::Sit(who, source) => outcome.set(seat(who, source)),
        Step::Sent | Step::Days(_) | Step::Flush | Step::Checkpoint | Step::Light | Step::Export => {}
    }
    outcome
}
