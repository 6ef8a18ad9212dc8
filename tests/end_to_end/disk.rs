//! A disk that is full, fails, or goes away while the real binary counts: each has its sentence, and nothing is lost.

use std::{fs, time::Duration};

use rollcall::{
    domain::ids::FullName,
    orders::{Order, dropbox},
};
use telegram_sim::{Fault, When};

use crate::{
    bad_disk::BadDisk,
    process::Process,
    support::{School, is_about_files},
};

const MONDAY: &str = "2026-01-26";

impl BadDisk {
    fn start(&self, school: &School) -> Process {
        let settings = self.settings().map(|(name, value)| (name, value.to_str().expect("UTF-8")));
        Process::start_with(school, &settings)
    }
}

/// The usual school, counted by a process of its own.
fn school() -> (School, telegram_sim::User, telegram_sim::Chat) {
    let (mut school, ann, _, grade2) = School::with_ann_and_bob();
    school.stop().expect("stops");
    (school, ann, grade2)
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[tokio::test]
async fn on_a_full_disk_nothing_is_acknowledged_and_counting_goes_on_when_there_is_room() {
    if is_about_files("the disk fails") {
        return;
    }
    let (school, ann, grade2) = school();
    let disk = BadDisk::new();
    let mut daemon = disk.start(&school);
    ann.says(&grade2, "one");
    school.has_counted_all().await;
    disk.is("full");
    ann.says(&grade2, "two");
    ann.says(&grade2, "three");
    daemon.says("can't write; nothing is lost");
    assert!(school.bot.pending() > 0, "nothing may be acknowledged");
    disk.is_no_longer("full");
    school.has_counted_all().await;
    daemon.says("can be written again");
    let (status, log) = daemon.stops();
    assert!(status.success(), "{log}");
    assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), 3, "{log}");
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[tokio::test]
async fn a_sync_that_fails_ends_the_process_and_the_next_one_goes_on() {
    if is_about_files("the disk fails") {
        return;
    }
    let (mut school, ann, grade2) = school();
    let disk = BadDisk::new();
    let daemon = disk.start(&school);
    ann.says(&grade2, "one");
    school.has_counted_all().await;
    disk.is("unsynced");
    ann.says(&grade2, "two");
    let (status, log) = daemon.ends();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("the disk failed to confirm a write") && log.contains("rollcall ends"), "{log}");
    assert!(school.bot.pending() > 0, "nothing may be acknowledged");
    school.start();
    school.has_counted_all().await;
    school.stop().expect("stops");
    assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), 2);
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[tokio::test]
async fn a_sync_that_fails_ends_the_process_also_while_telegram_is_away() {
    if is_about_files("the disk fails") {
        return;
    }
    let (mut school, ann, grade2) = school();
    school.sim.fault("getMe", When::Always, Fault::ServerErrorPage(502));
    let disk = BadDisk::new();
    disk.is("unsynced");
    let mut daemon = disk.start(&school);
    daemon.says("Telegram doesn't answer yet");
    // The next thing to be written: that an order from a terminal was carried out.
    let order =
        Order::RenameTeacher { teacher: "T001".parse().expect("an id"), name: FullName::parse("Anna Lee").expect("a name") };
    let asking = std::thread::spawn({
        let data = school.data();
        move || dropbox::ask(&rollcall::store::Home::directory(&data), "asked", &order, Duration::from_secs(1)).is_err()
    });
    let (status, log) = daemon.ends();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("the disk failed to confirm a write"), "{log}");
    assert!(asking.join().expect("no panic"), "nobody may be told that it is done");
    school.sim.release();
    school.start();
    ann.says(&grade2, "one");
    school.has_counted_all().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_directory_that_goes_and_returns_costs_nothing() {
    if is_about_files("the disk fails") {
        return;
    }
    let (school, ann, grade2) = school();
    let mut daemon = Process::start(&school);
    ann.says(&grade2, "one");
    school.has_counted_all().await;
    let away = school.data().with_extension("away");
    fs::rename(school.data(), &away).expect("moved");
    // What a mount point looks like when its disk is gone.
    fs::create_dir(school.data()).expect("created");
    ann.says(&grade2, "two");
    daemon.says("is gone: it was moved, deleted or unmounted");
    assert!(school.bot.pending() > 0, "nothing may be acknowledged");
    fs::remove_dir(school.data()).expect("it is still empty");
    fs::rename(&away, school.data()).expect("moved back");
    school.has_counted_all().await;
    let (status, log) = daemon.stops();
    assert!(status.success(), "{log}");
    assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), 2, "{log}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_directory_that_does_not_return_ends_with_a_failure_and_goes_on_from_what_is_left() {
    if is_about_files("the disk fails") {
        return;
    }
    let (mut school, ann, grade2) = school();
    let mut daemon = Process::start(&school);
    ann.says(&grade2, "one");
    school.has_counted_all().await;
    let away = school.data().with_extension("away");
    fs::rename(school.data(), &away).expect("moved");
    ann.says(&grade2, "two");
    daemon.says("is gone");
    let (status, log) = daemon.stops();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(!school.data().exists(), "nothing was made in its place");
    fs::rename(&away, school.data()).expect("moved back");
    school.start();
    school.has_counted_all().await;
    school.stop().expect("stops");
    assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), 2);
}

#[cfg(unix)]
#[tokio::test]
async fn a_day_that_cannot_be_read_is_not_acknowledged_as_counted() {
    if is_about_files("the disk fails") {
        return;
    }
    let (mut school, ann, grade2) = school();
    let daemon = Process::start(&school);
    ann.says(&grade2, "one");
    school.has_counted_all().await;
    let early = school.data().join("stats/2026-01-10.json");
    fs::write(&early, "{ \"-1\": oops }").expect("written");
    ann.sends_at(&grade2, telegram_sim::Content::text("late"), crate::support::monday() - chrono::TimeDelta::days(16));
    let (status, log) = daemon.ends();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("2026-01-10.json can't be read") && log.contains("line 1 column 9"), "{log}");
    assert!(school.bot.pending() > 0, "nothing may be acknowledged");
    fs::write(&early, "{}").expect("mended");
    school.start();
    school.has_counted_all().await;
    school.stop().expect("stops");
    assert_eq!(school.cell("2026-01-10", &grade2, "T001").total(), 1);
    assert_eq!(school.cell(MONDAY, &grade2, "T001").total(), 1);
}
