use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;

use super::{export::Head, *};
use crate::{
    counter::{
        self,
        history::{History, Told},
    },
    domain::{
        bots::Bots,
        change::Change,
        counted::{Counted, live_mark},
        event::{Author, GroupMessage},
        ids::{BotId, ChatId, FullName, MessageId, TeacherId, UserId},
        kind::Kind,
        lang::Lang,
        period::local_hour,
        registry::{Group, Teacher, Voice},
        rules::Rules,
        state::State,
        tally::Tally,
    },
};

const GROUP: ChatId = ChatId(-1_001_234_567_890);
const BASIC: ChatId = ChatId(-555);
const ZONE: chrono_tz::Tz = chrono_tz::Asia::Tashkent;

fn id(text: &str) -> TeacherId {
    TeacherId::parse(text).expect("an id")
}

/// Ann (501) and Bob (502) count in the group.
fn school(group: ChatId) -> State {
    let mut state = State::default();
    for (teacher, account) in [("T001", 501), ("T002", 502)] {
        let entry = Teacher {
            teacher_id: id(teacher),
            full_name: FullName::parse("Ann Lee").expect("a name"),
            telegram_user_id: Some(UserId(account)),
            other_accounts: BTreeSet::new(),
            active: true,
            created_at: None,
            unknown: BTreeMap::new(),
        };
        state.apply(Change::Teacher(id(teacher), Some(Box::new(entry))));
        state.apply(Change::Assignments(id(teacher), [group].into()));
    }
    let entry = Group {
        chat_id: group,
        title: "Grade 2".to_owned(),
        enabled: true,
        created_at: None,
        renamed: false,
        gone_since: None,
        bot: None,
        unknown: BTreeMap::new(),
    };
    state.apply(Change::Group(group, Some(Box::new(entry))));
    state
}

fn now() -> DateTime<Utc> {
    "2026-01-26T05:00:00Z".parse().expect("a time")
}

fn collect(state: &State, group: ChatId, file: &[u8]) -> Result<Collected, ExportFault> {
    let wanted = Wanted { group, zone: ZONE, since: None, until: None, now: now() };
    let mut collector = Collector::new(state, wanted);
    read(file, &mut collector).map(|()| collector.finish())
}

/// What an import does, at once.
fn import(state: &mut State, group: ChatId, file: &[u8]) -> Told {
    let messages = collect(state, group, file).expect("reads").messages;
    count(state, &History { group, messages })
}

fn count(state: &mut State, history: &History) -> Told {
    for day in history.days() {
        // As the store brings days into memory.
        state.days.entry(day).or_default();
    }
    let (outcome, told) = counter::history::count(state, ZONE, history);
    outcome.changes.into_iter().for_each(|change| state.apply(change));
    told
}

const SINGLE: &[u8] = include_bytes!("../../tests/data/telegram-export/result.json");
const ACCOUNT: &[u8] = include_bytes!("../../tests/data/telegram-export/account.json");

fn cells(state: &State) -> String {
    let mut text = String::new();
    for (day, known) in &state.days {
        for (chat, teachers) in known.cells.ordered() {
            for (teacher, tally) in teachers {
                let json = serde_json::to_string(tally).expect("JSON");
                writeln!(text, "{day} {chat} {teacher} posts {} {json}", tally.posts()).expect("memory");
            }
        }
        for (voice, tally) in known.unattributed.values().flatten() {
            writeln!(text, "{day} {} {}", voice.key(), tally.total()).expect("memory");
        }
    }
    text
}

#[test]
fn the_frozen_export_of_a_group_counts_as_live_counting_would() {
    let mut state = school(GROUP);
    let collected = collect(&state, GROUP, SINGLE).expect("reads");
    let told = count(&mut state, &History { group: GROUP, messages: collected.messages });
    insta::assert_snapshot!(format!("{}\n{:#?}\n{:#?}\n{told:#?}", cells(&state), collected.skipped, collected.unregistered));
    let again = import(&mut state, GROUP, SINGLE);
    assert_eq!((again.counted(), again.known), (0, told.counted()));
}

#[test]
fn of_an_account_only_the_group_is_taken_and_what_it_was_before() {
    let mut state = school(GROUP);
    state.apply(Change::Moved(BASIC, GROUP));
    import(&mut state, GROUP, SINGLE);
    let told = import(&mut state, GROUP, ACCOUNT);
    assert_eq!((told.counted(), told.known), (2, 3), "another account has other numbers for the same messages");
    let mut other = school(GROUP);
    other.apply(Change::Moved(BASIC, GROUP));
    import(&mut other, GROUP, ACCOUNT);
    import(&mut other, GROUP, SINGLE);
    assert_eq!(cells(&state), cells(&other), "in the other order");
}

#[test]
fn days_that_an_earlier_release_counted_stay_as_they_are() {
    let mut state = school(GROUP);
    let day: NaiveDate = "2025-12-01".parse().expect("a day");
    let mut before = Tally::default();
    before.add(Kind::Text);
    state.apply(Change::Cell(day, GROUP, id("T001"), Some(before.clone())));
    let told = import(&mut state, GROUP, SINGLE);
    assert_eq!(state.cell(day, GROUP, id("T001")), Some(&before));
    assert_eq!(state.cell(day, GROUP, id("T002")), None, "nobody's counters of that day");
    assert!(told.unrecorded.keys().eq([&day]) && told.counted() == 3, "{told:?}");
}

#[test]
fn what_is_no_export_says_what_to_do() {
    let state = school(GROUP);
    let why = |file: &[u8]| collect(&state, GROUP, file).expect_err("refused").to_string();
    assert!(why(b"").contains("empty"));
    assert!(why(b"\n<!DOCTYPE html>").contains("Machine-readable JSON"));
    assert!(why(b"PK\x03\x04").contains("no JSON"));
    assert!(why(&SINGLE[..SINGLE.len() / 2]).contains("ends in the middle"));
    assert!(why(b"{\"a\": 1}").contains("no chat"));
    assert!(why(b"{\"id\": 1234567890, \"messages\": [{\"id\": \"x\"}]}").contains("at line 1"));
    let other =
        collect(&state, GROUP, b"{\"name\":\"Else\",\"type\":\"private_supergroup\",\"id\":9,\"messages\":[{}]}").expect("reads");
    assert!(!other.found && other.other_chats[0].name.as_deref() == Some("Else"), "{other:?}");
    let old = b"{\"name\":\"Grade 2\",\"type\":\"private_supergroup\",\"id\":1234567890,\"messages\":[
        {\"id\":1,\"type\":\"message\",\"date\":\"2019-01-01T00:00:00\",\"from\":\"A\",\"from_id\":501,\"text\":\"x\"}]}";
    let old = collect(&state, GROUP, old).expect("reads");
    assert_eq!(old.skipped, [(Skipped::Uncountable(Uncountable::Undated), 1)].into());
}

#[test]
fn a_chat_without_its_type_is_found_by_its_number() {
    let state = school(GROUP);
    let mut collector = Collector::new(&state, Wanted { group: GROUP, zone: ZONE, since: None, until: None, now: now() });
    let head = |kind: Option<&str>| Head { id: Some(1_234_567_890), kind: kind.map(str::to_owned), name: None };
    use export::Sink as _;
    assert!(collector.wants(&head(None)) && collector.wants(&head(Some("public_supergroup"))));
    assert!(!collector.wants(&head(Some("private_group"))));
}

/// A message of the made-up history.
#[derive(Clone, Debug)]
struct Said {
    number: i64,
    unix: i64,
    sender: Sender,
    kind: Kind,
    /// A bot gets it.
    live: bool,
    /// … only when so many exports were imported.
    after: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sender {
    Ann,
    Bob,
    Stranger,
    Channel,
}

impl Sender {
    fn author(self) -> Author {
        match self {
            Sender::Ann => Author::User(UserId(501)),
            Sender::Bob => Author::User(UserId(502)),
            Sender::Stranger => Author::User(UserId(599)),
            Sender::Channel => Author::Chat(ChatId(-1_000_000_000_077)),
        }
    }
}

fn said() -> impl Strategy<Value = (i64, Sender, Kind, bool, usize)> {
    let sender = prop_oneof![Just(Sender::Ann), Just(Sender::Bob), Just(Sender::Stranger), Just(Sender::Channel)];
    let kind = prop_oneof![Just(Kind::Text), Just(Kind::Voice), Just(Kind::Sticker)];
    // Some in one second, some days apart.
    (prop_oneof![Just(0_i64), Just(0), 1_i64..400, 40_000_i64..200_000], sender, kind, any::<bool>(), 0_usize..4)
}

/// What Telegram Desktop writes for an account that has seen these.
fn export(messages: &[&Said], shift: i64, kind: &str, number: i64) -> Vec<u8> {
    let one = |said: &&Said| {
        let from = match said.sender.author() {
            Author::User(user) => format!("user{user}"),
            _ => "channel77".to_owned(),
        };
        let content = match said.kind {
            Kind::Voice => r#""file":"x","media_type":"voice_message","text":"""#,
            Kind::Sticker => r#""file":"x","media_type":"sticker","text":"""#,
            _ => r#""text":"hello""#,
        };
        let (id, unix) = (said.number + shift, said.unix);
        format!(r#"{{"id":{id},"type":"message","date_unixtime":"{unix}","from":"X","from_id":"{from}",{content}}}"#)
    };
    let list = messages.iter().map(one).collect::<Vec<_>>().join(",");
    format!(r#"{{"name":"Grade 2","type":"{kind}","id":{number},"messages":[{list}]}}"#).into_bytes()
}

fn gets(state: &mut State, rules: &Rules, group: ChatId, said: &Said) {
    let message = GroupMessage {
        chat: group,
        id: MessageId(said.number),
        title: String::new(),
        author: said.sender.author(),
        kind: said.kind,
        album: None,
        date: said.unix,
        plain: true,
        to_us: None,
    };
    let outcome = counter::count(state, rules, &message, now());
    outcome.changes.into_iter().for_each(|change| state.apply(change));
}

fn rules() -> Rules {
    let bot = BotId(1);
    let bots = Bots { main: bot, all: [bot].into() };
    Rules {
        admins: BTreeSet::new(),
        researchers: Default::default(),
        zone: ZONE,
        lang: Lang::En,
        bot,
        bots,
        assistants: BTreeMap::new(),
        marks: Default::default(),
    }
}

/// Everything that counts, by day, sender, kind and hour, where each message that a bot or an export knows counts once.
type Model = BTreeMap<(NaiveDate, Sender, Kind), u64>;

fn of_state(state: &State, group: ChatId) -> Model {
    let mut model = Model::new();
    for (day, known) in &state.days {
        let mut add = |sender, tally: &Tally| {
            for kind in [Kind::Text, Kind::Voice, Kind::Sticker].into_iter().filter(|kind| tally.get(*kind) > 0) {
                *model.entry((*day, sender, kind)).or_default() += tally.get(kind);
            }
        };
        for (teacher, tally) in known.cells.of_chat(group) {
            add(if teacher == id("T001") { Sender::Ann } else { Sender::Bob }, tally);
        }
        let channel = Voice::Chat(ChatId(-1_000_000_000_077));
        known
            .unattributed
            .get(&group)
            .and_then(|voices| voices.get(&channel))
            .into_iter()
            .for_each(|tally| add(Sender::Channel, tally));
    }
    model
}

/// Messages of one second and sender are of one kind in a basic group: there nobody can tell which of them an account has lost.
fn history(spec: Vec<(i64, Sender, Kind, bool, usize)>, group: ChatId) -> Vec<Said> {
    let mut unix = 1_760_000_000;
    let mut kinds = BTreeMap::new();
    let mut made = Vec::new();
    for (number, (step, sender, kind, live, after)) in (1..).zip(spec) {
        unix += step;
        let kind = if group.is_supergroup() { kind } else { *kinds.entry((unix, sender)).or_insert(kind) };
        made.push(Said { number, unix, sender, kind, live, after });
    }
    made
}

fn check(group: ChatId, spec: Vec<(i64, Sender, Kind, bool, usize)>, exports: &[(Vec<bool>, usize, usize)], repeat: bool) {
    let all = history(spec, group);
    let rules = rules();
    let mut state = school(group);
    let mut known = BTreeSet::new();
    let live_at = |state: &mut State, known: &mut BTreeSet<i64>, turn: usize| {
        for said in all.iter().filter(|said| said.live && said.after == turn) {
            let (day, _) = local_hour(ZONE, said.unix).expect("a day");
            state.days.entry(day).or_default();
            gets(state, &rules, group, said);
            known.insert(said.number);
        }
    };
    let (kind, number) = if group.is_supergroup() { ("private_supergroup", 1_234_567_890) } else { ("private_group", 555) };
    for (turn, (seen, from, to)) in exports.iter().enumerate() {
        live_at(&mut state, &mut known, turn);
        // In a basic group each account numbers messages for itself.
        let shift = if group.is_supergroup() { 0 } else { 1_000 * (turn as i64 + 1) };
        let range = all.iter().skip(*from % (all.len() + 1)).take(*to);
        let part: Vec<_> =
            range.filter(|said| seen.get(said.number as usize % seen.len().max(1)).is_none_or(|seen| *seen)).collect();
        let file = export(&part, shift, kind, number);
        for _ in 0..=usize::from(repeat) {
            import(&mut state, group, &file);
        }
        known.extend(part.iter().map(|said| said.number));
    }
    for turn in exports.len()..4 {
        live_at(&mut state, &mut known, turn);
    }
    let expected: Model = if group.is_supergroup() {
        let mut model = Model::new();
        for said in all.iter().filter(|said| known.contains(&said.number) && said.sender != Sender::Stranger) {
            let (day, _) = local_hour(ZONE, said.unix).expect("a day");
            *model.entry((day, said.sender, said.kind)).or_default() += 1;
        }
        model
    } else {
        of_basic(&all, exports)
    };
    assert_eq!(of_state(&state, group), expected);
    for (day, known) in &state.days {
        assert!(known.is_recorded(group), "{day}");
        for (teacher, tally) in known.cells.of_chat(group) {
            let hours: u64 = known.hours.get(group, teacher).into_iter().flatten().map(|n| u64::from(*n)).sum();
            assert_eq!(hours, tally.total(), "{day} {teacher}");
        }
    }
}

/// Of a second and sender as many count as whoever has most of them, a bot or an export, knows.
fn of_basic(all: &[Said], exports: &[(Vec<bool>, usize, usize)]) -> Model {
    let mut most: BTreeMap<(i64, Sender), (u64, Kind)> = BTreeMap::new();
    let live: Vec<&Said> = all.iter().filter(|said| said.live).collect();
    let parts = exports.iter().map(|(seen, from, to)| {
        let range = all.iter().skip(*from % (all.len() + 1)).take(*to);
        range.filter(|said| seen.get(said.number as usize % seen.len().max(1)).is_none_or(|seen| *seen)).collect()
    });
    for witness in parts.chain([live]) {
        let mut of_witness: BTreeMap<(i64, Sender), u64> = BTreeMap::new();
        for said in witness {
            *of_witness.entry((said.unix, said.sender)).or_default() += 1;
            let n = of_witness[&(said.unix, said.sender)];
            let there = most.entry((said.unix, said.sender)).or_insert((0, said.kind));
            there.0 = there.0.max(n);
        }
    }
    let mut model = Model::new();
    for ((unix, sender), (n, kind)) in most.into_iter().filter(|((_, sender), _)| *sender != Sender::Stranger) {
        let (day, _) = local_hour(ZONE, unix).expect("a day");
        *model.entry((day, sender, kind)).or_default() += n;
    }
    model
}

fn exports() -> impl Strategy<Value = Vec<(Vec<bool>, usize, usize)>> {
    prop::collection::vec((prop::collection::vec(any::<bool>(), 0..7), 0_usize..40, 0_usize..40), 0..4)
}

proptest! {
    #[test]
    fn each_message_of_a_supergroup_counts_once_whoever_knows_it(
        spec in prop::collection::vec(said(), 0..40), exports in exports(), repeat in any::<bool>()
    ) {
        check(GROUP, spec, &exports, repeat);
    }

    #[test]
    fn each_message_of_a_basic_group_counts_once_whoever_knows_it(
        spec in prop::collection::vec(said(), 0..40), exports in exports(), repeat in any::<bool>()
    ) {
        check(BASIC, spec, &exports, repeat);
    }
}

#[test]
fn a_mark_is_the_same_live_and_in_an_export() {
    let state = school(BASIC);
    let said = Said { number: 3, unix: 1_760_000_000, sender: Sender::Ann, kind: Kind::Text, live: true, after: 0 };
    let file = export(&[&said], 900, "private_group", 555);
    let past = collect(&state, BASIC, &file).expect("reads").messages;
    assert_eq!(past[0].mark, live_mark(Some(&Counted::default()), BASIC, MessageId(3), said.unix, &said.sender.author()));
}
