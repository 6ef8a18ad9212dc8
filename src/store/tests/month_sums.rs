//! Months added up say what their days say, and never what they said before.

use std::{fs::File, path::Path, time::Duration};

use super::{super::disk::Disk as _, *};
use crate::{
    domain::{day::Day, dayfile, registry::Voice, work::ReportScope},
    report::activity::{Activity, Collector},
};

/// A message: days after the 20th of October, group, teacher, hour, kind.
type Message = (u64, i64, u8, usize, usize);

fn begin() -> NaiveDate {
    "2025-10-20".parse().expect("a date")
}

fn today() -> NaiveDate {
    "2026-02-01".parse().expect("a date")
}

fn days(messages: &[Message]) -> BTreeMap<NaiveDate, Day> {
    let mut days: BTreeMap<NaiveDate, Day> = BTreeMap::new();
    for &(after, chat, who, hour, kind) in messages {
        let day = days.entry(begin() + Days::new(after)).or_default();
        if who == 0 {
            let voices = day.unattributed.entry(ChatId(-chat)).or_default();
            voices.entry(Voice::Anonymous("Head".to_owned())).or_default().add(Kind::Text);
            continue;
        }
        let kind = [Kind::Text, Kind::Photo, Kind::Sticker][kind];
        let tally = day.cells.entry(ChatId(-chat), teacher(&format!("T00{who}")));
        tally.add(kind);
        if hour == 0 {
            tally.add_album_rest();
        }
        if kind != Kind::Sticker {
            day.hours.entry(ChatId(-chat), teacher(&format!("T00{who}")))[hour] += 1;
        }
    }
    days
}

/// Writes a file that was left alone for a while.
fn write(path: &Path, content: &[u8], age: Duration) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, content).expect("written");
    let file = File::options().write(true).open(path).expect("opens");
    let now = file.metadata().and_then(|data| data.modified()).expect("it was just written");
    file.set_modified(now - age).expect("it is older now");
}

fn write_days(dir: &Path, days: &BTreeMap<NaiveDate, Day>) {
    const AGE: Duration = Duration::from_secs(3_600);
    for (date, day) in days {
        write(&dir.join(format!("stats/{date}.json")), &dayfile::render_cells(&day.cells), AGE);
        write(&dir.join(format!("hours/{date}.json")), &dayfile::render_hours(&day.hours), AGE);
        if !day.unattributed.is_empty() {
            write(&dir.join(format!("unattributed/{date}.json")), &dayfile::render_unattributed(&day.unattributed), AGE);
        }
    }
}

fn by_days(days: &BTreeMap<NaiveDate, Day>, scope: ReportScope) -> Activity {
    let mut collector = Collector::new(scope);
    days.iter().filter(|(date, _)| scope.period.contains(**date)).for_each(|(date, day)| day.show(*date, &mut collector));
    collector.finish()
}

fn by_store(store: &Store, scope: ReportScope) -> Activity {
    let mut collector = Collector::new(scope);
    store.show_days(scope.period, &mut collector).expect("reads");
    collector.finish()
}

fn all() -> ReportScope {
    ReportScope { period: Period { from: begin(), to: today() }, teacher: None, group: None }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_report_is_the_same_by_months_and_by_days(
        messages in prop::collection::vec((0u64..100, 1i64..4, 0u8..4, 0usize..24, 0usize..3), 0..150),
        later in prop::collection::vec((0u64..100, 1i64..4, 0u8..4, 0usize..24, 0usize..3), 0..3),
        from in 0u64..100, len in 0u64..100,
        only_teacher in prop::option::of(1u8..4), only_group in prop::option::of(1i64..4),
    ) {
        let dir = TempDir::new().expect("a directory");
        let known = days(&messages);
        write_days(dir.path(), &known);
        let store = open(&dir);
        let runtime = runtime();
        let made = runtime.block_on(store.add_up_months(today())).expect("added up");
        let months = known.keys().map(|day| Month::of_day(*day)).filter(|month| *month < Month::of_day(today()));
        prop_assert_eq!(made.months, months.collect::<BTreeSet<_>>().len());
        prop_assert_eq!(runtime.block_on(store.add_up_months(today())).expect("added up").months, 0, "once is enough");
        let scope = ReportScope {
            period: Period { from: begin() + Days::new(from), to: begin() + Days::new(from + len) },
            teacher: only_teacher.map(|who| teacher(&format!("T00{who}"))),
            group: only_group.map(|chat| ChatId(-chat)),
        };
        prop_assert_eq!(by_store(&store, scope), by_days(&known, scope));
        // Another program wrote some of the days anew.
        let mut both = messages.clone();
        both.extend(&later);
        let changed = days(&both);
        for (date, day) in changed.iter().filter(|(date, day)| known.get(date) != Some(day)) {
            fs::write(dir.path().join(format!("stats/{date}.json")), dayfile::render_cells(&day.cells)).expect("written");
            fs::write(dir.path().join(format!("hours/{date}.json")), dayfile::render_hours(&day.hours)).expect("written");
            let voices = dayfile::render_unattributed(&day.unattributed);
            fs::write(dir.path().join(format!("unattributed/{date}.json")), voices).expect("written");
        }
        prop_assert_eq!(by_store(&store, scope), by_days(&changed, scope));
    }
}

/// Two messages on each of ten days around New Year, added up.
fn added_up(dir: &TempDir) -> (Store, BTreeMap<NaiveDate, Day>) {
    let messages: Vec<Message> = (68..78).flat_map(|after| [(after, 1, 1, 9, 0), (after, 1, 2, 10, 1)]).collect();
    let known = days(&messages);
    write_days(dir.path(), &known);
    let store = open(dir);
    assert_eq!(runtime().block_on(store.add_up_months(today())).expect("added up").months, 2);
    (store, known)
}

#[test]
fn a_month_that_is_added_up_is_not_read_day_by_day() {
    let dir = TempDir::new().expect("a directory");
    let (store, known) = added_up(&dir);
    // Nobody could read this; its time and size are as they were.
    let path = dir.path().join("stats/2025-12-30.json");
    let (modified, len) = RealDisk.stamp(&path).expect("a file");
    fs::write(&path, vec![b'?'; usize::try_from(len).expect("small")]).expect("written");
    File::options().write(true).open(&path).expect("opens").set_modified(modified).expect("as before");
    assert_eq!(by_store(&store, all()), by_days(&known, all()));
    // Without the sums it matters.
    fs::remove_file(dir.path().join("sums/2025-12.json")).expect("deleted");
    assert!(store.show_days(all().period, &mut Collector::new(all())).is_err());
}

#[test]
fn damaged_sums_are_passed_over_and_made_anew() {
    let dir = TempDir::new().expect("a directory");
    let (store, known) = added_up(&dir);
    let path = dir.path().join("sums/2025-12.json");
    let whole = fs::read(&path).expect("a file");
    let text = String::from_utf8(whole.clone()).expect("text");
    let of_another_format =
        text.replace("\"format\":1,", "\"format\":99,").replace("\"sum\":{\"text\":", "\"sum\":{\"text\":1").into_bytes();
    assert_ne!(of_another_format, whole);
    for damaged in [&whole[..whole.len() / 2], b"", &of_another_format] {
        fs::write(&path, damaged).expect("written");
        assert_eq!(by_store(&store, all()), by_days(&known, all()));
    }
    drop(store);
    let store = open(&dir);
    assert_eq!(runtime().block_on(store.add_up_months(today())).expect("added up").months, 1);
    assert_eq!(fs::read(&path).expect("a file"), whole);
}

#[test]
fn days_that_were_just_written_wait_and_this_month_too() {
    let dir = TempDir::new().expect("a directory");
    let known = days(&[(68, 1, 1, 9, 0), (104, 1, 1, 9, 0)]);
    write_days(dir.path(), &known);
    write(
        &dir.path().join("stats/2025-12-27.json"),
        &dayfile::render_cells(&known[&(begin() + Days::new(68))].cells),
        Duration::ZERO,
    );
    let store = open(&dir);
    assert_eq!(runtime().block_on(store.add_up_months(today())).expect("looked"), AddedUp { months: 0, waiting: 1 });
    assert!(!dir.path().join("sums").exists());
}

#[test]
fn what_is_newer_in_memory_counts() {
    let dir = TempDir::new().expect("a directory");
    let (store, known) = added_up(&dir);
    let date: NaiveDate = "2025-12-31".parse().expect("a date");
    let one_more = |state: &State| {
        let mut tally = state.cell(date, ChatId(-1), teacher("T001")).cloned().unwrap_or_default();
        tally.add(Kind::Text);
        Outcome { changes: vec![Change::Cell(date, ChatId(-1), teacher("T001"), Some(tally))], work: Vec::new() }
    };
    store.handle(BOT, UpdateId(1), &[date], one_more).expect("handled");
    assert_eq!(by_store(&store, all()).total(), by_days(&known, all()).total() + 1);
}
