//! Histories that somebody brings along in a file.

use chrono_tz::Asia::Tashkent;
use serde_json::json;

use crate::{
    counter::history::{History, count},
    domain::{
        change::Change,
        ids::{ChatId, TeacherId, UserId},
        registry::{Group, Teacher},
        state::State,
        tally::Tally,
    },
    history::{Collector, ExportFault, Wanted, read},
};

const GROUP: ChatId = ChatId(-1_001_234_567_890);

/// An export of Telegram Desktop's: refused with a reason, or its messages count once, however often it comes.
pub fn export(file: &[u8]) {
    let mut state = school();
    let now = "2026-01-26T05:00:00Z".parse().expect("a time");
    let wanted = Wanted { group: GROUP, zone: Tashkent, since: None, until: None, now };
    let mut collector = Collector::new(&state, wanted);
    if let Err(why) = read(file, &mut collector) {
        assert!(!why.to_string().is_empty() && !matches!(why, ExportFault::Io(_)), "{why}");
        return;
    }
    let history = History { group: GROUP, messages: collector.finish().messages };
    for day in history.days() {
        state.days.entry(day).or_default();
    }
    let all = history.messages.len() as u64;
    let (first, told) = count(&state, Tashkent, &history);
    assert_eq!(told.counted() + told.known, all);
    first.changes.into_iter().for_each(|change| state.apply(change));
    assert_eq!(counted(&state), told.counted());
    let (again, told) = count(&state, Tashkent, &history);
    assert!(again.changes.is_empty());
    assert_eq!((told.counted(), told.known), (0, all));
}

/// One teacher, who counts in the group.
fn school() -> State {
    let teacher = TeacherId::parse("T001").expect("an id");
    let entry: Teacher = serde_json::from_value(json!({
        "teacher_id": "T001", "full_name": "Ann Lee", "telegram_user_id": UserId(501), "active": true,
    }))
    .expect("a teacher");
    let group: Group = serde_json::from_value(json!({ "chat_id": GROUP, "title": "Grade 2", "enabled": true })).expect("a group");
    let mut state = State::default();
    state.apply(Change::Teacher(teacher, Some(Box::new(entry))));
    state.apply(Change::Group(GROUP, Some(Box::new(group))));
    state.apply(Change::Assignments(teacher, [GROUP].into()));
    state
}

fn counted(state: &State) -> u64 {
    let of = |tally: &Tally| tally.total() + tally.extra_total();
    let cells = state.days.values().flat_map(|day| day.cells.iter().map(|(_, _, tally)| of(tally)).collect::<Vec<_>>());
    let voices = state.days.values().flat_map(|day| day.unattributed.values().flat_map(|voices| voices.values().map(of)));
    cells.chain(voices).sum()
}
