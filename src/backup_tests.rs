//! A backup holds what is there, and a restore gives it back or nothing.

use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::{clock::SystemClock, demo, domain::state::State, store::Store};

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

async fn school(dir: &Path) -> Store {
    let store = Store::open(dir, Arc::new(SystemClock)).expect("opens");
    let (school, days) = demo::school("2026-03-04T09:30:00Z".parse().expect("a time"), chrono_tz::Asia::Tashkent, demo::SEED);
    store.decide(&days, |_| school).expect("decides");
    store.flush().await.expect("flushes");
    store
}

fn all(dir: &Path) -> State {
    let reader = Reader::open(dir).expect("opens");
    let mut state = reader.state().clone();
    let period = Period::new("2026-01-01".parse().expect("a date"), "2026-12-31".parse().expect("a date")).expect("a period");
    reader.show_days(period, &mut state.days).expect("reads");
    state
}

#[tokio::test]
async fn what_a_running_daemon_committed_comes_back() {
    let dir = TempDir::new().expect("a directory");
    let data = dir.path().join("data");
    fs::create_dir(&data).expect("created");
    let store = school(&data).await;
    let archive = dir.path().join("school.tar.zst");
    // Only in the journal, then only in the files.
    let manifest = create(&Home::directory(&data), &archive, NOW, &mut |_, _| ()).expect("written beside the owner");
    assert_eq!((manifest.archive_format, manifest.files), (1, 1), "the journal alone");
    store.close().await.expect("closes");
    let second = dir.path().join("later.tar.zst");
    create(&Home::directory(&data), &second, NOW, &mut |_, _| ()).expect("written");
    assert!(matches!(create(&Home::directory(&data), &archive, NOW, &mut |_, _| ()), Err(BackupFault::Exists(_))));
    for archive in [archive, second] {
        let there = dir.path().join(archive.file_stem().expect("a name"));
        restore(&archive, &there, NOW, &mut |_| Ok(()), &mut |_, _| ()).expect("restores");
        assert!(all(&there) == all(&data), "{} differs", archive.display());
        assert!(matches!(restore(&archive, &there, NOW, &mut |_| Ok(()), &mut |_, _| ()), Err(BackupFault::NotEmpty(_))));
    }
}

#[tokio::test]
async fn what_belongs_to_this_machine_stays_here() {
    let dir = TempDir::new().expect("a directory");
    let data = dir.path().join("data");
    fs::create_dir(&data).expect("created");
    school(&data).await.close().await.expect("closes");
    for file in [crate::telegram::webhook::FILE, "alive"] {
        fs::write(data.join(file), "{}").expect("written");
    }
    let (archive, there) = (dir.path().join("x.tar.zst"), dir.path().join("there"));
    create(&Home::directory(&data), &archive, NOW, &mut |_, _| {}).expect("written");
    restore(&archive, &there, NOW, &mut |_| Ok(()), &mut |_, _| {}).expect("restores");
    assert!(there.join("teachers.json").exists());
    assert!(!there.join(crate::telegram::webhook::FILE).exists() && !there.join("alive").exists());
}

#[tokio::test]
async fn a_damaged_archive_restores_nothing() {
    let dir = TempDir::new().expect("a directory");
    school(dir.path()).await.close().await.expect("closes");
    let elsewhere = TempDir::new().expect("a directory");
    let archive = elsewhere.path().join("x.tar.zst");
    create(&Home::directory(dir.path()), &archive, NOW, &mut |_, _| ()).expect("written");
    let whole = fs::read(&archive).expect("reads");
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 0x40;
    for damaged in [&whole[..whole.len() / 2], &whole[..whole.len() - 3], &flipped, b"hello"] {
        fs::write(&archive, damaged).expect("written");
        let target = elsewhere.path().join("target");
        let why = restore(&archive, &target, NOW, &mut |_| Ok(()), &mut |_, _| ()).expect_err("refused");
        assert!(matches!(why, BackupFault::NotABackup { .. }), "{why}");
        assert!(is_empty(&target).expect("lists"), "nothing is left behind");
    }
}

#[test]
fn paths_that_lead_elsewhere_are_refused() {
    let dir = TempDir::new().expect("a directory");
    let manifest = Manifest { archive_format: 1, data_format: 1, rollcall: "0".into(), created_at: NOW, files: 1 };
    let json = serde_json::to_vec(&manifest).expect("JSON");
    for (name, kind) in [
        ("../evil.json", tar::EntryType::Regular),
        ("/evil.json", tar::EntryType::Regular),
        ("stats/../../evil.json", tar::EntryType::Regular),
        ("teachers.json", tar::EntryType::Symlink),
        ("teachers.json", tar::EntryType::Link),
    ] {
        let mut tar = tar::Builder::new(zstd::Encoder::new(Vec::new(), LEVEL).expect("encodes"));
        append(&mut tar, Path::new(MANIFEST), &json, NOW).expect("appends");
        let mut header = tar::Header::new_gnu();
        // The builder refuses such names, so they are written as an attacker would.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(kind);
        header.set_size(0);
        if kind != tar::EntryType::Regular {
            header.set_link_name("/etc/passwd").expect("a name");
        }
        header.set_cksum();
        tar.append(&header, io::empty()).expect("appends");
        let archive = dir.path().join("x.tar.zst");
        fs::write(&archive, tar.into_inner().and_then(zstd::Encoder::finish).expect("finishes")).expect("written");
        let target = dir.path().join("target");
        let why = restore(&archive, &target, NOW, &mut |_| Ok(()), &mut |_, _| ()).expect_err("refused");
        assert!(why.to_string().contains("none that a backup holds"), "{name}: {why}");
        assert!(!dir.path().join("evil.json").exists());
    }
}

#[test]
fn a_backup_of_a_newer_release_says_so() {
    let dir = TempDir::new().expect("a directory");
    let manifest = Manifest { archive_format: 9, data_format: 1, rollcall: "9.0".into(), created_at: NOW, files: 0 };
    let mut tar = tar::Builder::new(zstd::Encoder::new(Vec::new(), LEVEL).expect("encodes"));
    append(&mut tar, Path::new(MANIFEST), &serde_json::to_vec(&manifest).expect("JSON"), NOW).expect("appends");
    let archive = dir.path().join("x.tar.zst");
    fs::write(&archive, tar.into_inner().and_then(zstd::Encoder::finish).expect("finishes")).expect("written");
    let why = restore(&archive, &dir.path().join("target"), NOW, &mut |_| Ok(()), &mut |_, _| ()).expect_err("refused");
    assert!(why.to_string().contains("newer rollcall (9.0)"), "{why}");
}
