//! Messages to groups and reports to admins, while replicas die and sleep.

use std::time::{Duration, Instant};

use telegram_sim::{Chat, Fault, User, When};

use crate::school::{School, path};

const GROUPS: usize = 10;
/// Chats that a bot sends to at once.
const AT_ONCE: usize = 4;

/// How often words stand in a chat.
fn copies(group: &Chat, words: &str) -> usize {
    group.texts().iter().filter(|text| text.contains(words)).count()
}

impl School {
    /// Waits until the terminal's list of jobs says this of one.
    async fn has_a_job(&self, id: &str, state: &str) {
        let began = Instant::now();
        loop {
            let list = self.does(&["jobs", "list"]);
            if list.lines().any(|line| line.contains(id) && line.contains(state)) {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "{id} doesn't get {state}: {list}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn files_that_wait(&self) -> i64 {
        let sql = "SELECT count(DISTINCT path) FROM announcement_piece";
        self.asks(|client| client.query_one(sql, &[])).expect("the database answers").get(0)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_with_a_file_is_sent_on_by_whoever_takes_over_and_nowhere_twice() {
    let school = School::new();
    let flood = school.flooded_in(GROUPS, 20);
    let file = school.dir.path().join("plan.pdf");
    // More than one piece, and the last not whole.
    let bytes: Vec<u8> = (0..700_001_u32).map(|n| n.to_le_bytes()[1]).collect();
    std::fs::write(&file, &bytes).expect("writes");
    let first = school.starts_working("first");
    school.does(&["send", "The plan", "--all", "--document", path(&file)]);
    for group in &flood.groups {
        group.shows("The plan").await;
    }
    let arrived = flood.groups[0].reads().await.document.expect("a file");
    assert!(arrived.name == "plan.pdf" && arrived.bytes == bytes);
    school.has_a_job("announcement-1", "completed").await;
    let began = Instant::now();
    while school.files_that_wait() > 0 {
        assert!(began.elapsed() < Duration::from_secs(20), "a file that nobody needs any more is kept");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    // A backup has the file of a message that waits.
    school.does(&["send", "Another plan", "--all", "--document", path(&file), "--at", "2100-01-01 09:00"]);
    let archive = school.dir.path().join("backup.tar.zst");
    school.does(&["backup", path(&archive)]);
    let restored = school.dir.path().join("restored");
    let out =
        school.command("x").env_remove("STORE_URL").args(["restore", path(&archive), "--data-dir", path(&restored)]).output();
    assert!(out.expect("runs").status.success());
    let kept: Vec<_> = std::fs::read_dir(restored.join("announcements")).expect("a folder").flatten().collect();
    assert!(kept.len() == 1 && std::fs::read(kept[0].path()).expect("reads") == bytes);

    // Telegram has it in some groups, the answers are on their way, and whoever waits for them dies. As many are sent at once: nothing
    // else has been begun, of which nobody could know what became.
    let second = school.starts_standing_by("second");
    school.sim.fault("sendDocument", When::Next(AT_ONCE), Fault::HoldAnswer);
    school.does(&["jobs", "start", "announcement-2"]);
    school.sim.called("sendDocument", GROUPS + AT_ONCE).await;
    first.killed();
    second.says("this replica is the one that works", 1);
    for group in &flood.groups {
        group.shows("Another plan").await;
    }
    school.has_a_job("announcement-2", "failed").await;
    assert_eq!(flood.groups.iter().map(|group| copies(group, "Another plan")).collect::<Vec<_>>(), [1; GROUPS]);
    school.sim.release();
    second.hears("TERM");
    assert!(second.ends().0.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sleeps_while_it_sends_sends_nothing_when_it_wakes() {
    let mut school = School::new();
    let admins: Vec<User> = (0..4).map(|n| school.sim.user(&format!("Admin {n}"))).collect();
    let ids: Vec<String> = admins.iter().map(|admin| admin.id.to_string()).collect();
    school.settings.push(("ADMIN_IDS", ids.join(",")));
    let (first, second) = (school.starts_working("first"), school.starts_standing_by("second"));
    for admin in &admins {
        admin.tells(&school.bot, "/start");
        admin.reads(&school.bot).await;
    }
    school.does(&["jobs", "add", "digest", "--cron", "0 9 1 1 *", "--to", "admins", "--format", "text"]);
    let reports = |admin: &User| admin.texts(&school.bot).iter().filter(|text| text.contains("0 messages")).count();
    // It can't send, and sleeps between two attempts: the report is somebody else's work then.
    school.sim.fault("sendMessage", When::Always, Fault::ResetBefore);
    school.does(&["jobs", "start", "digest-1"]);
    first.says("a background job begins", 1);
    first.hears("STOP");
    second.says("this replica is the one that works", 1);
    school.sim.release();
    for admin in &admins {
        admin.reads(&school.bot).await;
    }
    school.has_a_job("digest-1", "completed").await;
    // When it wakes nothing but the doubt holds it back.
    first.hears("CONT");
    let (status, said) = first.ends();
    assert!(!status.success() && said.contains("another replica has taken over"), "{said}");
    assert_eq!(admins.iter().map(reports).collect::<Vec<_>>(), [1; 4], "{:?}", admins[0].texts(&school.bot));
}
