//! Runs that are cut short anywhere, against a model of Telegram.

mod disk;
mod telegram;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use self::{disk::MortalDisk, telegram::Telegram};
use super::{Ended, Files, Folder, FolderFault, RefreshWish, Sampled, Told, Why, Wish, refresh, run::Collector};
use crate::{
    channels::{Bounds, ChannelName},
    memory_folder,
    mtproto::FILE_PART,
    store::{Owner, disk::SharedDisk},
};

fn wish(names: &[&str]) -> Wish {
    Wish {
        names: names.iter().map(|name| ChannelName::parse(name).expect("a name")).collect(),
        patience: Duration::from_secs(60),
        ..Wish::default()
    }
}

fn collect(dir: &Path, disk: SharedDisk, telegram: &Telegram, wish: &Wish) -> Result<(Ended, Vec<Told>), FolderFault> {
    let folder = Folder::open(dir, disk, &Owner { pid: 1, since: "then".to_owned() })?;
    let mut told = Vec::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let mut tell = |news| told.push(news);
    let ended = runtime.block_on(Collector::new(&folder, telegram, wish, &mut tell)?.run())?;
    Ok((ended, told))
}

/// Looks at the 250 newest posts again.
fn sample(dir: &Path, disk: SharedDisk, telegram: &Telegram, when: &str) -> Result<Sampled, FolderFault> {
    let folder = Folder::open(dir, disk, &Owner { pid: 1, since: "then".to_owned() })?;
    let patience = Duration::from_secs(60);
    let wish = RefreshWish { names: Vec::new(), last: 250, has_comments: true, sampled_at: when.to_owned(), patience };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(refresh::refresh(&folder, telegram, &wish, &mut |_| {}))
}

fn whole(dir: &Path, telegram: &Telegram, wish: &Wish) -> Ended {
    collect(dir, Arc::new(MortalDisk::immortal()), telegram, wish).expect("the disk is well").0
}

/// Every file below a folder.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![dir.to_owned()];
    while let Some(path) = waiting.pop() {
        for entry in std::fs::read_dir(&path).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(dir).expect("it lies below").to_owned();
                found.insert(name, std::fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

fn numbers(dir: &Path, name: &str) -> Vec<i64> {
    let text = std::fs::read_to_string(dir.join(name).join(format!("{name}_messages.json"))).expect("the file is there");
    let json: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    json["messages"].as_array().expect("messages").iter().map(|message| message["id"].as_i64().expect("a number")).collect()
}

/// A folder with these files.
fn folder_of(files: &BTreeMap<PathBuf, Vec<u8>>) -> tempfile::TempDir {
    let dir = memory_folder::new();
    for (name, content) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("a folder");
        std::fs::write(path, content).expect("a file");
    }
    dir
}

/// Names the first file that differs: whole folders are too much to print.
fn same(ours: &Path, theirs: &BTreeMap<PathBuf, Vec<u8>>, when: &str) {
    let ours = files(ours);
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>(), "{when}");
    let differs = ours.iter().find(|(name, content)| theirs[*name] != **content);
    assert!(differs.is_none(), "{when}: {} differs", differs.expect("checked").0.display());
}

#[test]
fn a_channel_is_read_by_two_calls_and_one_more_for_each_further_hundred() {
    let dir = memory_folder::new();
    let telegram = Telegram::new();
    telegram.channel("alpha", 101, 250);
    assert_eq!(whole(dir.path(), &telegram, &wish(&["alpha"])).new, 250);
    assert_eq!(numbers(dir.path(), "alpha"), (1..=250).rev().collect::<Vec<_>>());
    assert_eq!(telegram.asked(), "resolve 1, full 1, history 3");
    whole(dir.path(), &telegram, &wish(&["alpha"]));
    assert_eq!(telegram.asked(), "resolve 1, full 2, history 4", "nothing is new: two calls, and the name is remembered");
    telegram.posts(101, 120);
    assert_eq!(whole(dir.path(), &telegram, &wish(&["alpha"])).new, 120);
    assert_eq!(telegram.asked(), "resolve 1, full 3, history 6");
    assert_eq!(numbers(dir.path(), "alpha"), (1..=370).rev().collect::<Vec<_>>());
}

#[test]
fn wherever_a_run_dies_the_next_one_ends_with_the_same_bytes() {
    let telegram = Telegram::new();
    telegram.channel("alpha", 101, 210);
    telegram.channel("beta", 102, 40);
    telegram.has_comments(101, 200, 120);
    telegram.has_comments(101, 7, 3);
    telegram.has_another_origin();
    let wish = Wish { depth: 1, min_references: 1, has_comments: true, ..wish(&["alpha", "nobody_here", "beta"]) };
    let right = memory_folder::new();
    whole(right.path(), &telegram, &wish);
    let right = files(right.path());
    for origin in ["gamma", "delta"] {
        assert!(right.contains_key(Path::new(&format!("{origin}/{origin}_messages.json"))), "alpha forwards from {origin}");
    }

    let mut dead = 0;
    for operation in 0.. {
        let dir = memory_folder::new();
        let disk = Arc::new(MortalDisk::until(operation));
        if collect(dir.path(), disk, &telegram, &wish).is_ok() {
            break;
        }
        dead += 1;
        // And once more a little later, before a run comes to its end.
        drop(collect(dir.path(), Arc::new(MortalDisk::until(operation / 3 + 7)), &telegram, &wish));
        whole(dir.path(), &telegram, &wish);
        same(dir.path(), &right, &format!("died at operation {operation}"));
    }
    assert!(dead > 100, "only {dead} operations");
}

/// What is here already must not hide what a dead run has read and not written yet.
#[test]
fn wherever_a_later_run_dies_the_next_one_ends_with_the_same_bytes() {
    let telegram = Telegram::new();
    telegram.channel("alpha", 101, 120);
    telegram.has_comments(101, 110, 3);
    let wish = Wish { depth: 1, min_references: 1, has_comments: true, ..wish(&["alpha"]) };
    let dir = memory_folder::new();
    whole(dir.path(), &telegram, &wish);
    let before = files(dir.path());
    telegram.posts(101, 130);
    telegram.has_comments(101, 240, 120);
    whole(dir.path(), &telegram, &wish);
    let right = files(dir.path());
    let comments = |files: &BTreeMap<PathBuf, Vec<u8>>| files[Path::new("alpha/alpha_comments.json")].len();
    assert!(comments(&right) > comments(&before));
    let mut dead = 0;
    for operation in 0.. {
        let dir = folder_of(&before);
        if collect(dir.path(), Arc::new(MortalDisk::until(operation)), &telegram, &wish).is_ok() {
            break;
        }
        dead += 1;
        whole(dir.path(), &telegram, &wish);
        same(dir.path(), &right, &format!("died at operation {operation}"));
    }
    assert!(dead > 50, "only {dead} operations");
}

/// Each line stands once in the history of counters and of changes, and nothing is lost, wherever a look dies.
#[test]
fn wherever_a_look_dies_nothing_is_told_twice() {
    let telegram = Telegram::new();
    telegram.channel("alpha", 101, 300);
    telegram.has_comments(101, 290, 3);
    let dir = memory_folder::new();
    whole(dir.path(), &telegram, &Wish { has_comments: true, ..wish(&["alpha"]) });
    sample(dir.path(), Arc::new(MortalDisk::immortal()), &telegram, "t0").expect("the disk is well");
    let before = files(dir.path());
    telegram.is_edited(101, 200, "edited");
    telegram.is_deleted(101, 199);
    telegram.has_comments(101, 290, 233);
    telegram.has_comments(101, 280, 2);
    let sampled = sample(dir.path(), Arc::new(MortalDisk::immortal()), &telegram, "t2").expect("the disk is well");
    assert_eq!((sampled.posts, sampled.edited, sampled.deleted, sampled.comments), (250, 1, 1, 232));
    let right = std::fs::read(dir.path().join("alpha/alpha_comments.json")).expect("the file is there");

    let (mut dead, mut kept) = (0, 0);
    for operation in 0.. {
        let dir = folder_of(&before);
        if sample(dir.path(), Arc::new(MortalDisk::until(operation)), &telegram, "t1").is_ok() {
            break;
        }
        dead += 1;
        // Once more while it goes on from there.
        drop(sample(dir.path(), Arc::new(MortalDisk::until(operation / 3)), &telegram, "t1b"));
        sample(dir.path(), Arc::new(MortalDisk::immortal()), &telegram, "t2").expect("the disk is well");
        let read = |file: &str| std::fs::read_to_string(dir.path().join("alpha").join(file)).expect("the file is there");
        let (counters, changes) = (read("alpha_counters.csv"), read("alpha_changes.jsonl"));
        let samples: Vec<(&str, &str)> = counters
            .lines()
            .map(|line| line.split_once(',').expect("cells"))
            .map(|(at, rest)| (at, rest.split_once(',').expect("cells").0))
            .collect();
        let of = |when: &str| samples.iter().filter(|(at, _)| *at == when).count();
        assert_eq!((of("sampled_at"), of("t0")), (1, 250), "died at {operation}");
        // What is gone is told once, by whichever look comes to its end first.
        let told = [of("t1"), of("t1b"), of("t2")];
        assert!(told.iter().all(|count| [0, 249, 250].contains(count)), "died at {operation}: {told:?}");
        kept += usize::from(told[0] > 0);
        assert_eq!(counters.matches(",True\n").count(), 1, "died at {operation}");
        assert_eq!(changes.lines().count(), 2, "died at {operation}: {changes}");
        assert!(read("alpha_comments.json").as_bytes() == right, "died at {operation}: the comments differ");
    }
    assert!(dead > 30 && kept > 0 && kept < dead, "{kept} of {dead} looks were kept");
}

#[test]
fn what_was_written_below_an_old_post_later_is_put_above_what_is_here() {
    let dir = memory_folder::new();
    let telegram = Telegram::new();
    telegram.channel("alpha", 101, 3);
    telegram.has_comments(101, 2, 150);
    let wish = Wish { has_comments: true, ..wish(&["alpha"]) };
    whole(dir.path(), &telegram, &wish);
    let look = |comments| {
        telegram.has_comments(101, 2, comments);
        sample(dir.path(), Arc::new(MortalDisk::immortal()), &telegram, "now").expect("the disk is well").comments
    };
    assert_eq!([look(270), look(271), look(271)], [120, 1, 0]);
    assert_eq!(whole(dir.path(), &telegram, &wish).done, 1, "and what is here isn't read again");
    let text = std::fs::read_to_string(dir.path().join("alpha/alpha_comments.json")).expect("the file is there");
    let json: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let numbers: Vec<_> = json["posts"][0]["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|one| one["id"].as_i64().expect("a number"))
        .collect();
    assert_eq!(numbers, (2_001..=2_271).rev().collect::<Vec<_>>());
    assert_eq!(telegram.asked_for("comments"), 2 + 2 + 1);
}

/// Files of three parts, of none, of exactly one; one that is too large, one that is gone.
#[test]
fn wherever_fetching_files_dies_the_next_run_ends_with_the_same_bytes() {
    let telegram = Telegram::new();
    telegram.channel("alpha", 101, 120);
    let part = FILE_PART as usize;
    for (post, size) in [(3, 2 * part + 7), (11, 0), (12, part), (110, 9), (111, 5 * part)] {
        telegram.has_file(101, post, size);
    }
    let text = wish(&["alpha"]);
    let wish = Wish { media: Some(3 * FILE_PART), ..text.clone() };
    let dir = memory_folder::new();
    whole(dir.path(), &telegram, &text);
    let before = files(dir.path());
    telegram.is_deleted(101, 110);
    let ended = whole(dir.path(), &telegram, &wish);
    assert_eq!(ended.files, Files { new: 3, too_large: 1, gone: 1, short: 0 });
    let right = files(dir.path());
    let fetched = |post: i64| &right[&PathBuf::from(format!("alpha/media/{post}.pdf"))];
    assert!(*fetched(3) == telegram::content(21, 2 * part + 7) && fetched(11).is_empty() && fetched(12).len() == part);
    let parts = telegram.asked_for("file");
    assert_eq!(whole(dir.path(), &telegram, &wish).files, Files { new: 0, too_large: 1, gone: 0, short: 0 });
    assert_eq!(telegram.asked_for("file"), parts, "nothing is fetched twice");

    let mut dead = 0;
    for operation in 0.. {
        let dir = folder_of(&before);
        telegram.changes_references_after(operation as u32 % 6);
        if collect(dir.path(), Arc::new(MortalDisk::until(operation)), &telegram, &wish).is_ok() {
            break;
        }
        dead += 1;
        whole(dir.path(), &telegram, &wish);
        same(dir.path(), &right, &format!("died at operation {operation}"));
    }
    assert!(dead > 40, "only {dead} operations");
}

#[test]
fn wherever_the_line_is_lost_the_next_run_ends_with_the_same_bytes() {
    let telegram = Telegram::new();
    telegram.channel("alpha", 101, 330);
    telegram.channel("beta", 102, 40);
    let wish = wish(&["alpha", "beta"]);
    let right = memory_folder::new();
    whole(right.path(), &telegram, &wish);
    let right = files(right.path());
    for calls in 0..9 {
        let dir = memory_folder::new();
        telegram.is_lost_after(calls);
        let cut_short = whole(dir.path(), &telegram, &wish).cut_short;
        assert_eq!(cut_short.as_deref(), Some("no connection"), "{calls}");
        telegram.is_back();
        whole(dir.path(), &telegram, &wish);
        same(dir.path(), &right, &format!("lost after {calls} calls"));
    }
}

#[test]
fn what_came_while_a_run_was_dead_is_here_as_well_and_the_gap_is_closed() {
    let dir = memory_folder::new();
    let telegram = Telegram::new();
    telegram.channel("alpha", 101, 450);
    telegram.is_lost_after(4);
    whole(dir.path(), &telegram, &wish(&["alpha"]));
    telegram.is_back();
    telegram.posts(101, 230);
    telegram.is_lost_after(2);
    whole(dir.path(), &telegram, &wish(&["alpha"]));
    assert_eq!(numbers(dir.path(), "alpha").len(), 300, "the newest hundred, and what was here");
    telegram.is_back();
    whole(dir.path(), &telegram, &wish(&["alpha"]));
    assert_eq!(numbers(dir.path(), "alpha"), (1..=680).rev().collect::<Vec<_>>());
}

#[test]
fn a_part_can_be_asked_for_and_the_rest_later() {
    let dir = memory_folder::new();
    let telegram = Telegram::new();
    telegram.channel("alpha", 101, 300);
    let mut part = wish(&["alpha"]);
    let run = |part: &Wish| {
        whole(dir.path(), &telegram, part);
        let here = numbers(dir.path(), "alpha");
        (here.len(), here[0], here[here.len() - 1])
    };
    part.bounds = Bounds { to: Some(telegram::date(201)), limit: Some(30), ..Bounds::default() };
    assert_eq!(run(&part), (30, 200, 171));
    part.bounds = Bounds { from: Some(telegram::date(150)), ..Bounds::default() };
    assert_eq!(run(&part), (151, 300, 150));
    part.bounds = Bounds { min_id: 120, ..Bounds::default() };
    assert_eq!(run(&part), (180, 300, 121));
    let before = telegram.asked();
    assert_eq!(run(&part), (180, 300, 121));
    assert_ne!(before, telegram.asked(), "it looked, with two calls");
    assert_eq!(run(&wish(&["alpha"])), (300, 300, 1));
}

#[test]
fn what_cannot_be_read_is_a_line_and_ends_nothing() {
    let dir = memory_folder::new();
    let telegram = Telegram::new();
    telegram.channel("alpha", 101, 3);
    telegram.channel("locked", 103, 3);
    telegram.is_private(103);
    let wish = wish(&["nobody_here", "somebody", "locked", "alpha"]);
    let (ended, told) = collect(dir.path(), Arc::new(MortalDisk::immortal()), &telegram, &wish).expect("the disk is well");
    let failed = [("nobody_here", Why::NotFound), ("somebody", Why::NoChannel), ("locked", Why::Private)];
    assert_eq!(ended.failed, failed.map(|(name, why)| (name.to_owned(), why)));
    assert_eq!((ended.done, ended.new), (1, 3));
    assert!(told.iter().any(|told| matches!(told, Told::Failed { name, .. } if name == "locked")));
    let read = |file: &str| std::fs::read_to_string(dir.path().join(file)).expect("the file is there");
    assert_eq!(read("_exceptions-channels-not-found.txt"), "nobody_here\nsomebody\n");
    assert_eq!(read("user_exceptions.txt"), "locked\n");

    telegram.is_public(103);
    whole(dir.path(), &telegram, &self::wish(&["locked"]));
    assert!(!dir.path().join("user_exceptions.txt").exists(), "it can be read now");
}

#[test]
fn short_waits_are_waited_for_and_long_ones_left_to_the_next_run() {
    let dir = memory_folder::new();
    let telegram = Telegram::new();
    telegram.channel("alpha", 101, 120);
    telegram.channel("beta", 102, 5);
    telegram.floods(2, Duration::from_secs(30));
    whole(dir.path(), &telegram, &wish(&["alpha"]));
    assert_eq!((telegram.paused(), numbers(dir.path(), "alpha").len()), (Duration::from_secs(30), 120));
    telegram.floods(0, Duration::from_secs(7_200));
    let ended = whole(dir.path(), &telegram, &wish(&["beta", "alpha"]));
    assert_eq!((ended.failed, ended.done), (vec![("beta".to_owned(), Why::Waiting)], 1));
}

#[test]
fn another_account_resolves_anew() {
    let dir = memory_folder::new();
    let telegram = Telegram::new();
    telegram.channel("alpha", 101, 5);
    whole(dir.path(), &telegram, &wish(&["alpha"]));
    telegram.is_another_account();
    assert_eq!(whole(dir.path(), &telegram, &wish(&["@ALPHA"])).done, 1);
    assert_eq!(telegram.asked(), "resolve 2, full 3, history 2");
}

/// As the original writes down whom it can't ask about.
#[test]
fn chats_of_which_there_is_but_a_sketch_are_written_down() {
    let dir = memory_folder::new();
    let telegram = Telegram::new();
    telegram.channel("alpha", 101, 130);
    telegram.is_sketched(telegram::ORIGIN, true);
    whole(dir.path(), &telegram, &wish(&["alpha"]));
    let file = dir.path().join("_exceptions-users-not-found.txt");
    assert_eq!(std::fs::read_to_string(&file).expect("the file is there"), "ID - 900\n");
    telegram.is_sketched(telegram::ORIGIN, false);
    telegram.posts(101, 20);
    whole(dir.path(), &telegram, &wish(&["alpha"]));
    assert!(!file.exists(), "a later page has it in full");
}

#[test]
fn the_counter_counts_pages() {
    let dir = memory_folder::new();
    let telegram = Telegram::new();
    telegram.channel("alpha", 101, 250);
    let mut wish = wish(&["alpha"]);
    let mut run = |is_compatible| {
        wish.is_compatible = is_compatible;
        whole(dir.path(), &telegram, &wish);
        std::fs::read_to_string(dir.path().join("counter.csv")).expect("the file is there")
    };
    let (right, compatible) = (run(false), run(true));
    insta::assert_snapshot!(format!("{right}\n--compat\n{compatible}"));
}

/// What an earlier release left: `tests/data/collection-v1`, of a channel `alpha` with 130 posts.
#[test]
fn a_folder_of_an_earlier_release_is_gone_on_with() {
    let frozen = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/collection-v1");
    let dir = folder_of(&files(&frozen));
    let telegram = Telegram::new();
    telegram.channel("alpha", 101, 130);
    assert_eq!(whole(dir.path(), &telegram, &wish(&["alpha"])).new, 0);
    assert_eq!(telegram.asked(), "resolve 0, full 1, history 1");
    same(dir.path(), &files(&frozen), "nothing is new");
    telegram.posts(101, 5);
    assert_eq!(whole(dir.path(), &telegram, &wish(&["alpha"])).new, 5);
    assert_eq!(numbers(dir.path(), "alpha"), (1..=135).rev().collect::<Vec<_>>());
}

#[test]
fn what_a_newer_release_wrote_or_nobody_can_read_is_left_alone() {
    let dir = memory_folder::new();
    let telegram = Telegram::new();
    telegram.channel("alpha", 101, 3);
    whole(dir.path(), &telegram, &wish(&["alpha"]));
    let spoil = |file: &str, from: &str, to: &str| {
        let path = dir.path().join(".rollcall").join(file);
        let right = std::fs::read_to_string(&path).expect("the file is there");
        std::fs::write(&path, right.replacen(from, to, 1)).expect("it can be written");
        let said = collect(dir.path(), Arc::new(MortalDisk::immortal()), &telegram, &wish(&["alpha"])).expect_err("it stops");
        std::fs::write(&path, right).expect("it can be written");
        said.to_string().replace(&dir.path().display().to_string(), "DIR")
    };
    let newer = spoil("channels.json", "\"format\":1", "\"format\":2");
    let said = [newer, spoil("101/state.json", "\"format\":1", "\"format\":2"), spoil("101/state.json", "{", "[")];
    insta::assert_snapshot!(said.join("\n"));
}
