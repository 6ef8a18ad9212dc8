//! The same bytes, read by Telethon and by us, give the same JSON: objects of every constructor that both know
//! in the same form (layers differ), with random content.

mod objects;
#[path = "../../tests/common/telethon.rs"]
mod telethon;

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
};

use self::objects::{Dice, Schema};

/// Objects of each constructor.
const EACH: usize = 4;
/// Whole answers of the sort that channels are collected from.
const ANSWERS: usize = 60;

#[test]
fn telethon_shows_the_same() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/telethon_script.py");
    let mut child =
        Command::new(telethon::python()).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python starts");
    let mut input = child.stdin.take().expect("it is piped");
    let mut output = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let mut line = move || output.next().expect("it goes on").expect("its output is text");

    let known: HashMap<u32, usize> = line()
        .split(' ')
        .filter_map(|one| one.split_once(':'))
        .map(|(number, fields)| (number.parse().expect("a number"), fields.parse().expect("a number")))
        .collect();
    let schema = Schema::read(|one, fields| known.get(&one) == Some(&fields));
    assert!(schema.known() > 1_200, "only {} constructors are in both", schema.known());
    let mut dice = Dice(7);
    let mut compared = 0;
    let mut compare = |bytes: &[u8]| {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(input, "{hex}").expect("it listens");
        let ours = tl_dict::decode(bytes).unwrap_or_else(|why| panic!("{why}: {hex}"));
        assert_eq!(ours.to_json(), line(), "{hex}");
        compared += 1;
    };
    for id in schema.constructors() {
        for _ in 0..EACH {
            compare(&schema.object(id, &mut dice));
        }
    }
    for name in ["messages.channelMessages", "messages.chatFull", "contacts.resolvedPeer", "message", "messageService"] {
        for _ in 0..ANSWERS {
            compare(&schema.object(schema.named(name), &mut dice));
        }
    }
    assert!(compared > 5_000);
    drop(input);
    assert!(child.wait().expect("it ends").success());
}
