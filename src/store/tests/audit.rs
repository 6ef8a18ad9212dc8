//! The log of who changed what: nothing is lost, nothing is there twice, nothing stays in memory.

use super::*;
use crate::{
    domain::{
        access::{KeyId, Scope},
        audit::{Action, Actor, AuditId, Entry},
    },
    orders::{Order, dropbox},
};

async fn carry_out(store: &Store, order: Order) {
    let now = store.shared.clock.now();
    let answer = dropbox::carry_out(store, chrono_tz::UTC, now, &Actor::Terminal, &order).await.expect("carried out");
    assert!(answer.done, "{answer:?}");
}

fn add(id: &str) -> Order {
    Order::AddTeacher { teacher: teacher(id), name: FullName::parse("Ann Lee").expect("a name"), account: None }
}

fn log(store: &Store) -> Vec<(AuditId, Action)> {
    let entries = store.audit(AuditId::MAX, 100, |_| true).expect("reads");
    entries.into_iter().map(|(n, entry)| (n, entry.did)).collect()
}

fn added(id: &str) -> Action {
    Action::TeacherAdded { teacher: teacher(id), name: "Ann Lee".into() }
}

#[tokio::test]
async fn it_grows_over_checkpoints_and_crashes() {
    let dir = TempDir::new().expect("a directory");
    let mut store = open(&dir);
    carry_out(&store, add("T001")).await;
    assert_eq!(log(&store), [(0, added("T001"))], "it is there before any checkpoint");
    // A checkpoint that is cut short after its files, and comes again.
    let snapshot = store.begin_checkpoint(u64::MAX).expect("begins");
    for file in &snapshot.files {
        let content = file.render(&snapshot.state, &snapshot.progress);
        disk::replace(&RealDisk, &dir.path().join(file.relative()), &content).expect("writes");
    }
    drop((store, snapshot));
    store = open(&dir);
    assert_eq!(log(&store), [(0, added("T001"))]);
    carry_out(&store, add("T002")).await;
    store.close().await.expect("closes");
    assert!(store.read(|state| state.audit.unwritten.is_empty()), "nothing stays in memory");
    drop(store);
    store = open(&dir);
    carry_out(&store, add("T003")).await;
    assert_eq!(log(&store), [(2, added("T003")), (1, added("T002")), (0, added("T001"))]);
    let page = store.audit(2, 1, |_| true).expect("reads");
    assert_eq!(page.len(), 1);
    assert_eq!((page[0].0, &page[0].1.did), (1, &added("T002")));
    store.close().await.expect("closes");
    let file = fs::read_to_string(dir.path().join("audit/2026-01.jsonl")).expect("a file of the month");
    assert_eq!(file.lines().count(), 3, "{file}");
}

#[tokio::test]
async fn what_is_so_already_is_no_change() {
    let dir = TempDir::new().expect("a directory");
    let store = open(&dir);
    for _ in 0..2 {
        carry_out(&store, add("T001")).await;
        carry_out(&store, Order::SetActive { teacher: teacher("T001"), active: false }).await;
    }
    assert_eq!(log(&store).len(), 2, "an order that is repeated after a crash is noted once");
    carry_out(&store, Order::DeleteTeacher { teacher: teacher("T001") }).await;
    assert_eq!(log(&store)[0].1, Action::TeacherDeleted { teacher: teacher("T001"), name: "Ann Lee".into() });
}

#[tokio::test]
async fn keys_are_kept_for_their_owner_alone() {
    let dir = TempDir::new().expect("a directory");
    let store = open(&dir);
    let key = KeyId::of([1, 2, 3, 4]);
    let make = Order::MakeKey { key: key.clone(), name: "sync".into(), hash: "ab".into(), scope: Scope::Read, expires: None };
    carry_out(&store, make).await;
    carry_out(&store, Order::RevokeKey { key: key.clone() }).await;
    store.close().await.expect("closes");
    let path = dir.path().join("web/keys.json");
    assert!(!crate::private_file::is_open_to_others(&path));
    let entries = store.audit(AuditId::MAX, 100, |_| true).expect("reads");
    let did: Vec<_> = entries.iter().map(|(_, Entry { did, .. })| did).collect();
    assert_eq!(did[0], &Action::KeyRevoked { key: key.clone(), name: "sync".into() });
    assert_eq!(did[1], &Action::KeyMade { key, name: "sync".into(), scope: Scope::Read });
}
