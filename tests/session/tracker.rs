//! Side by side with telegram-tracker: `tests/data/tracker-1` is what the original wrote of these channels.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use chrono::DateTime;
use telegram_sim::Content;

use crate::{
    channels::{desk, newsroom_of},
    support::Desk,
};

/// Two channels, each with posts from the other; the first has three pages.
fn two_channels() -> Desk {
    let desk = desk();
    desk.sim.clock().set(DateTime::from_timestamp(1_700_100_000, 0).expect("a time"));
    let (news, other) = newsroom_of(&desk.sim, 205);
    let own = news.posts(Content::text("Read on in t.me/elsewhere"));
    other.passes_on(own);
    for n in 0..110 {
        other.posts(Content::text(&format!("Else {n}")));
    }
    desk
}

fn frozen(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tracker-1").join(file)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

#[test]
fn the_tables_are_those_of_the_original() {
    let desk = two_channels();
    desk.does("channels collect Newsroom elsewhere --compat -o out", "");
    let out = desk.path().join("out");
    assert_eq!(read(&out.join("counter.csv")), read(&frozen("counter.csv")));
    let lines = |path: &Path| read(path).lines().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(lines(&out.join("chats.txt")), lines(&frozen("chats.txt")), "the original's order is a set's");

    // Its third table is written by asking about each chat that was met, which ours doesn't: the dataset goes by the original's.
    fs::copy(frozen("collected_chats.csv"), out.join("collected_chats.csv")).expect("it can be copied");
    desk.does("channels dataset out --compat", "");
    let (ours, theirs) = (read(&out.join("msgs_dataset.csv")), read(&frozen("msgs_dataset.csv")));
    let differs = ours.lines().zip(theirs.lines()).find(|(ours, theirs)| ours != theirs);
    assert!(ours == theirs, "{differs:?}");
}
