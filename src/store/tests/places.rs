//! Directories that aren't as they should be, and a clock that goes back.

use super::{
    simulated_disk::{Fault, SimulatedDisk},
    *,
};
use crate::store::disk::Disk as _;

#[tokio::test]
async fn a_file_where_a_directory_should_be_is_named() {
    let dir = TempDir::new().expect("a directory");
    fs::write(dir.path().join("stats"), "").expect("writes");
    let refused = Store::open(dir.path(), clock()).expect_err("refuses").to_string();
    assert!(refused.contains("can't create") && refused.contains("stats"), "{refused}");
    let file = dir.path().join("stats");
    let refused = Store::open(&file, clock()).expect_err("refuses").to_string();
    assert!(refused.contains("there is no directory"), "{refused}");
}

#[tokio::test]
async fn without_permission_nothing_begins_and_nothing_is_lost() {
    let dir = TempDir::new().expect("a directory");
    let disk = SimulatedDisk::default();
    let open = || Store::open_on(Arc::new(disk.clone()), dir.path(), clock());
    disk.always(Some(Fault::Denied));
    let refused = open().expect_err("refuses").to_string();
    assert!(refused.contains("can't create") && refused.contains("permission denied"), "{refused}");
    disk.always(None);
    let store = open().expect("opens");
    handle(&store, 1);
    disk.always(Some(Fault::Denied));
    for _ in 0..3 {
        let fault = store.flush().await.expect_err("it can't be written");
        assert!(fault.may_heal() && fault.to_string().contains("journal.jsonl"), "{fault}");
        assert!(store.checkpoint().await.is_err());
    }
    disk.always(None);
    store.flush().await.expect("flushes");
    handle(&store, 2);
    store.close().await.expect("closes");
    drop(store);
    assert_eq!(counted(&open().expect("opens")), 2);
}

#[tokio::test]
async fn in_a_directory_that_is_gone_no_day_is_taken_for_an_empty_one() {
    let place = TempDir::new().expect("a directory");
    let (dir, away) = (place.path().join("data"), place.path().join("away"));
    fs::create_dir(&dir).expect("creates");
    let time = clock();
    let store = Store::open(&dir, time.clone()).expect("opens");
    handle(&store, 1);
    // The day leaves memory: only its file knows it.
    *time.0.lock().expect("no panic") += chrono::TimeDelta::days(10);
    store.checkpoint().await.expect("checkpoints");
    fs::rename(&dir, &away).expect("moves");
    let gone = store.handle(BOT, UpdateId(2), &[day()], count_one).expect_err("refuses");
    assert!(gone.may_heal() && gone.to_string().contains("is gone"), "{gone}");
    assert!(store.days().is_err());
    let mut days = BTreeMap::new();
    assert!(store.show_days(Period { from: day(), to: day() }, &mut days).is_err(), "no report of nothing");
    store.decide(&[], |_| Outcome { changes: vec![Change::Moved(ChatId(-1), ChatId(-2))], work: Vec::new() }).expect("decides");
    assert!(matches!(store.flush().await, Err(StoreFault::Gone(_))));
    fs::rename(&away, &dir).expect("moves back");
    handle(&store, 2);
    store.flush().await.expect("flushes");
    assert_eq!(counted(&store), 2);
    drop(store);
    assert_eq!(counted(&Store::open(&dir, time).expect("opens")), 2);
}

#[tokio::test]
async fn a_clock_that_goes_back_counts_nothing_twice_and_forgets_nothing() {
    let dir = TempDir::new().expect("a directory");
    let time = clock();
    let store = Store::open(dir.path(), time.clone()).expect("opens");
    for (id, hours) in [(1, 0), (2, 30), (3, -100), (4, -24 * 400), (5, 24 * 800), (6, 1)] {
        *time.0.lock().expect("no panic") += chrono::TimeDelta::hours(hours);
        assert_eq!(handle(&store, id), Handled::New);
        store.checkpoint().await.expect("checkpoints");
        for known in 1..=id {
            assert_eq!(handle(&store, known), Handled::Repeated);
        }
    }
    assert_eq!(counted(&store), 6);
    drop(store);
    let store = Store::open(dir.path(), clock()).expect("opens");
    assert_eq!((counted(&store), handle(&store, 4)), (6, Handled::Repeated));
}

#[test]
fn the_simulated_disk_loses_what_a_disk_loses() {
    let disk = SimulatedDisk::default();
    let (dir, old, new) = (Path::new("/d"), Path::new("/d/old"), Path::new("/d/new"));
    let write = |path: &Path, content: &[u8], synced: bool| {
        let mut file = disk.create(path).expect("creates");
        std::io::Write::write_all(&mut file, content).expect("writes");
        if synced {
            file.sync().expect("syncs")
        }
    };
    write(old, b"1", true);
    disk.sync_dir(dir).expect("syncs");
    write(new, b"2", true);
    disk.rename(new, old).expect("renames");
    assert_eq!(disk.content(old).as_deref(), Some(&b"2"[..]));
    disk.restart(super::simulated_disk::Survives::Synced);
    assert_eq!(disk.content(old).as_deref(), Some(&b"1"[..]), "the rename was not safe");
    write(old, b"3", false);
    disk.restart(super::simulated_disk::Survives::Everything);
    assert_eq!(disk.content(old).as_deref(), Some(&b"3"[..]));
    disk.restart(super::simulated_disk::Survives::Synced);
    assert_eq!(disk.content(old).as_deref(), Some(&b"1"[..]), "the content was not safe");
    let mut file = disk.append_private(old).expect("opens");
    std::io::Write::write_all(&mut file, b"4").expect("writes");
    disk.fail(0, Fault::Error);
    assert!(file.sync().is_err());
    assert!(file.sync().is_ok(), "the system thinks that all is well");
    assert_eq!(disk.content(old).as_deref(), Some(&b"14"[..]));
    disk.restart(super::simulated_disk::Survives::Synced);
    assert_eq!(disk.content(old).as_deref(), Some(&b"1\0"[..]), "but it never was");
}
