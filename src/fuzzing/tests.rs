//! The fuzzers' targets over mutations of real-shaped inputs, and over everything that a fuzzer ever found.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    clock::SystemClock,
    domain::{
        change::{Change, Outcome},
        ids::{ChatId, TeacherId, UpdateId},
        kind::Kind,
        state::State,
        tally::Tally,
    },
    store::Store,
};

fn data() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data"))
}

/// The seeds of a target, and what was found with it.
fn known(target: &str) -> Vec<Vec<u8>> {
    let files = fs::read_dir(data().join("fuzz").join(target)).expect("every target has seeds");
    files.map(|file| fs::read(file.expect("a readable folder").path()).expect("a readable file")).collect()
}

fn real_updates() -> Vec<Value> {
    let lines = fs::read_to_string(data().join("updates.jsonl")).expect("it is there");
    lines.lines().map(|line| serde_json::from_str(line).expect("real-shaped updates are JSON")).collect()
}

#[test]
fn what_was_once_found_is_found_no_more() {
    for (name, target) in TARGETS {
        for input in known(name) {
            target(&input);
        }
    }
}

/// The Python bot's files, below their directory.
const PYTHON: [&str; 5] =
    ["teachers.json", "groups.json", "teacher_groups.json", "stats/2026-01-29.json", "stats/2026-01-30.json"];

/// A copy of the Python bot's directory with other content in one file.
fn python_bot(spoilt: &str, content: &str) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::TempDir::new().expect("a directory");
    fs::create_dir(dir.path().join("stats")).expect("created");
    for file in PYTHON {
        fs::copy(data().join("python-bot").join(file), dir.path().join(file)).expect("copied");
    }
    let path = dir.path().join(spoilt);
    fs::write(&path, content).expect("written");
    (dir, path)
}

/// Counts one voice message of T001 in a group on 29 January, and says what stood there then.
fn count_one(store: &Store, id: i64) -> Result<u64, String> {
    let day = "2026-01-29".parse().expect("a date");
    let (chat, teacher) = (ChatId(-1_001_234_567_890), TeacherId::parse("T001").expect("an id"));
    let decide = |state: &State| {
        let mut tally = state.cell(day, chat, teacher).cloned().unwrap_or_default();
        tally.add(Kind::Voice);
        Outcome { changes: vec![Change::Cell(day, chat, teacher, Some(tally))], work: Vec::new() }
    };
    store.handle(crate::domain::ids::BotId(7), UpdateId(id), &[day], decide).map_err(|fault| fault.to_string())?;
    Ok(store.read(|state| state.cell(day, chat, teacher).map_or(0, Tally::total)))
}

/// How a value is spoilt.
#[derive(Clone, Debug)]
enum Harm {
    Remove,
    Replace(Value),
    /// Put into so many lists.
    Bury(usize),
    /// The key twice, the second time with this value.
    Repeat(Value),
}

fn harm() -> impl Strategy<Value = Harm> {
    let odd = prop_oneof![
        Just(json!(null)),
        Just(json!(true)),
        Just(json!([])),
        Just(json!({})),
        Just(json!(0)),
        Just(json!(-1)),
        Just(json!(i64::MAX)),
        Just(json!(i64::MIN)),
        Just(json!(u64::MAX)),
        Just(json!(1.5e300)),
        Just(json!("")),
        Just(json!("\u{0}../../etc/passwd\u{202e}")),
        Just(json!("<b>😀</i>&".repeat(1_000))),
        any::<i64>().prop_map(|n| json!(n)),
        ".{0,20}".prop_map(|text| json!(text)),
    ];
    prop_oneof![
        2 => Just(Harm::Remove),
        6 => odd.clone().prop_map(Harm::Replace),
        1 => (1usize..400).prop_map(Harm::Bury),
        1 => odd.prop_map(Harm::Repeat),
    ]
}

/// Spoils the `at`-th value (of as many as there are, round and round) and writes the whole.
fn spoilt(mut whole: Value, harms: &[(usize, Harm)]) -> String {
    let mut repeats = Vec::new();
    for (at, harm) in harms {
        let pointers = pointers(&whole, String::new());
        let pointer = &pointers[at % pointers.len()];
        match harm {
            Harm::Replace(value) => *whole.pointer_mut(pointer).expect("just listed") = value.clone(),
            Harm::Bury(depth) => {
                let value = whole.pointer_mut(pointer).expect("just listed");
                *value = (0..*depth).fold(value.take(), |inner, _| json!([inner]));
            }
            Harm::Remove => {
                let (parent, key) = pointer.rsplit_once('/').unwrap_or(("", ""));
                if let Some(Value::Object(fields)) = whole.pointer_mut(parent) {
                    fields.remove(&key.replace("~1", "/").replace("~0", "~"));
                }
            }
            Harm::Repeat(value) => repeats.push((pointer.rsplit('/').next().unwrap_or_default().to_owned(), value)),
        }
    }
    let mut text = whole.to_string();
    for (key, value) in repeats {
        let written = format!("{}:", json!(key));
        text = text.replacen(&written, &format!("{written}{value},{written}"), 1);
    }
    text
}

/// The places of all values in a value.
fn pointers(value: &Value, at: String) -> Vec<String> {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(key, field)| (key.replace('~', "~0").replace('/', "~1"), field)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    let deeper: Vec<String> = below.into_iter().flat_map(|(key, field)| pointers(field, format!("{at}/{key}"))).collect();
    if deeper.is_empty() || !at.is_empty() { std::iter::once(at).chain(deeper).collect() } else { deeper }
}

fn harms() -> impl Strategy<Value = Vec<(usize, Harm)>> {
    prop::collection::vec((0usize..500, harm()), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spoilt_updates_are_read_or_refused(first in 0usize..100, second in 0usize..100, harms in harms()) {
        let real = real_updates();
        let line = spoilt(real[first % real.len()].clone(), &harms);
        updates(format!("{line}\n{}\n{line}", real[second % real.len()]).as_bytes());
        intake(format!("{{\"ok\":true,\"result\":[{line}]}}").as_bytes());
    }

    #[test]
    fn spoilt_journals_are_read_or_refused(which in 0usize..2, harms in harms()) {
        let text = fs::read_to_string(data().join("fuzz/journal/two")).expect("it is there");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let index = which % lines.len();
        lines[index] = spoilt(serde_json::from_str(&lines[index]).expect("JSON"), &harms);
        journal(lines.join("\n").as_bytes());
    }

    #[test]
    fn spoilt_directories_are_read_or_refused(seed in 0usize..2, part in 0usize..20, harms in harms()) {
        let text = fs::read_to_string(data().join("fuzz/directory").join(["python", "ours"][seed])).expect("it is there");
        let mut parts: Vec<String> = text.split("=== ").skip(1).map(str::to_owned).collect();
        let index = part % parts.len();
        let (name, content) = parts[index].split_once('\n').expect("a name and a file");
        parts[index] = format!("{name}\n{}\n", spoilt(serde_json::from_str(content).expect("JSON"), &harms));
        directory(parts.iter().map(|part| format!("=== {part}")).collect::<String>().as_bytes());
    }

    #[test]
    fn spoilt_exports_count_once_or_are_refused(which in 0usize..2, harms in harms()) {
        let text = fs::read_to_string(data().join("telegram-export").join(["result.json", "account.json"][which])).expect("it is there");
        // Telegram Desktop's control characters are no JSON.
        let whole = serde_json::from_str(&text.replace("\\x", "\\n")).expect("JSON");
        export(spoilt(whole, &harms).as_bytes());
    }

    #[test]
    fn whatever_is_typed_is_answered(lines in prop::collection::vec(prop_oneof![
        2 => prop::sample::select(known("press").into_iter().map(|data| String::from_utf8(data).expect("ASCII")).collect::<Vec<_>>()),
        1 => ".{0,70}", 1 => "[0-9.-]{1,25}", 1 => "@[0-9]{1,19}", 1 => "/[a-z_]{1,12}",
    ], 1..12)) {
        dialogue(lines.join("\n").as_bytes());
    }

    #[test]
    fn any_callback_data_is_answered_once(data in prop_oneof!["1:[a-z]{1,2}(:[-a-zA-Z0-9+]{0,20}){0,4}", ".{0,64}"]) {
        press(data.as_bytes());
    }
}

proptest! {
    // Each waits for the disk.
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spoilt_directories_of_the_python_bot_are_taken_over_or_left_alone(which in 0..PYTHON.len(), harms in harms()) {
        let file = PYTHON[which];
        let real = fs::read_to_string(data().join("python-bot").join(file)).expect("it is there");
        let content = spoilt(serde_json::from_str(&real).expect("JSON"), &harms);
        let (dir, path) = python_bot(file, &content);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let open = || Store::open(dir.path(), Arc::new(SystemClock));
        let counted = open().map_err(|fault| fault.to_string()).and_then(|store| {
            let counted = count_one(&store, 1);
            runtime.block_on(store.close()).expect("closes");
            counted
        });
        match counted {
            Ok(first) => prop_assert_eq!(count_one(&open().expect("what we wrote"), 2).expect("counts"), first + 1),
            Err(why) => {
                prop_assert!(why.contains(file), "{} isn't named: {}", file, why);
                prop_assert_eq!(fs::read_to_string(&path).expect("still there"), content, "it stays as it is");
            }
        }
    }
}
