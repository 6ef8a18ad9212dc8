//! Collecting beside a running bot: it collects, as a background job.

use std::{fs, path::Path};

use serde_json::Value;
use telegram_sim::{Chat, Content, Fault, When};

use crate::support::{Desk, Talk};

/// A desk with a bot that runs and has the session, and a channel with so many posts.
fn desk(posts: usize) -> (Desk, Chat, Talk) {
    let (mut desk, _, _) = Desk::with_bot();
    desk.set("CHANNELS_PER_MINUTE", "6000");
    desk.does("init", "");
    desk.logs_in();
    let news = desk.sim.channel("News").named("newsroom");
    for n in 0..posts {
        news.posts(Content::text(&format!("Post {n}")));
    }
    let daemon = runs(&desk);
    (desk, news, daemon)
}

fn runs(desk: &Desk) -> Talk {
    let mut daemon = desk.starts("run");
    daemon.is_asked("the user session's line is up");
    daemon
}

fn messages(out: &Path) -> usize {
    let file = fs::read(out.join("newsroom/newsroom_messages.json")).expect("it is collected");
    let read: Value = serde_json::from_slice(&file).expect("JSON");
    read["messages"].as_array().expect("messages").len()
}

/// How a job stands, as JSON.
fn job(desk: &Desk, id: &str) -> Value {
    let said = desk.does(&format!("jobs status {id} --format json"), "");
    let read: Value = serde_json::from_str(&said).expect("JSON");
    read.as_array().map_or(read.clone(), |rows| rows[0].clone())
}

fn until(desk: &Desk, id: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..600 {
        let now = job(desk, id);
        if is_so(&now) {
            return now;
        }
    }
    panic!("{id} stands at {}", job(desk, id));
}

#[test]
fn a_running_bot_collects_for_a_terminal_and_tells_how_far_it_is() {
    let (desk, news, _daemon) = desk(250);
    let said = desk.does("channels collect newsroom;@nobody_here -o out", "");
    assert!(said.contains("1 of 2 channels couldn't be read; nobody_here: nobody has this name"), "{said}");
    assert!(said.contains("collection-1: 250 messages are in the folder."), "{said}");
    assert_eq!(messages(&desk.path().join("out")), 250);
    let now = job(&desk, "collection-1");
    assert_eq!((&now["state"], &now["done"], &now["total"]), (&"completed".into(), &250.into(), &250.into()));

    // The same wish is the same job, and brings what is new.
    news.posts(Content::text("Fresh"));
    let said = desk.does("channels collect newsroom;@nobody_here -o out", "");
    assert!(said.contains("collection-1: 251 messages are in the folder."), "{said}");
    assert_eq!(messages(&desk.path().join("out")), 251);
    // What is nobody's channel is said before there is a job.
    assert!(desk.fails("channels collect two+words -o out", "").contains("is no channel's name"));
    desk.does("jobs remove collection-1", "");
}

#[test]
fn a_bot_that_is_killed_goes_on_where_it_was_and_a_job_can_be_stopped_while_telegram_asks_to_wait() {
    let (desk, _, daemon) = desk(450);
    desk.sim.fault_after("messages.getHistory", 2, Fault::TooMany(3_600));
    let said = desk.does("channels collect newsroom -o out --detach", "");
    assert_eq!(said.trim(), "collection-1");
    let now = until(&desk, "collection-1", |now| now["done"] == 200);
    assert_eq!(now["state"], "running");
    let asked = desk.sim.calls("messages.getHistory").len();
    daemon.dies();

    // It is taken up, and doesn't ask before the time has come.
    let _daemon = runs(&desk);
    until(&desk, "collection-1", |now| now["state"] == "running" && now["done"] == 0);
    assert_eq!(desk.sim.calls("messages.getHistory").len(), asked);
    desk.does("jobs stop collection-1", "");
    until(&desk, "collection-1", |now| now["state"] == "stopped");
    // The folder is given back, so it can be taken again.
    desk.does("jobs start collection-1", "");
    until(&desk, "collection-1", |now| now["state"] == "running" && now["last_error"] == Value::Null);
    desk.does("jobs stop collection-1", "");
    assert_eq!(desk.sim.calls("messages.getHistory").len(), asked);
}

#[test]
fn a_running_bot_says_what_collecting_would_take() {
    let (desk, news, _daemon) = desk(250);
    // The same words as without a bot.
    let said = desk.does("channels collect newsroom;@nobody_here --dry-run -o out", "");
    let told = "newsroom: 250 messages, 0 of them here; 4 requests\nnobody_here: nobody has this name\n\
                4 requests at most, some 1 minute. Nothing was collected.\n";
    assert_eq!(said, told);
    assert!(!desk.path().join("out").exists(), "nothing is written");
    // It was a question, and is no job that anybody finds.
    assert!(!desk.does("jobs list", "").contains("collection"));
    desk.does("channels collect newsroom -o out", "");
    news.posts(Content::text("Fresh"));
    let said = desk.does("channels collect newsroom --dry-run -o out", "");
    assert!(said.starts_with("newsroom: 251 messages, 250 of them here; 2 requests\n"), "{said}");
    assert_eq!(messages(&desk.path().join("out")), 250);
}

#[test]
fn a_running_bot_samples_counters_again() {
    let (desk, news, daemon) = desk(3);
    assert!(desk.fails("channels refresh -o out", "").contains("nothing is collected in out yet"));
    let edited = news.posts(Content::text("as it was"));
    desk.does("channels collect newsroom -o out", "");
    news.rewords(edited, "as it is");
    let said = desk.does("channels refresh newsroom;elsewhere --last 2 -o out", "");
    let told = "1 of 1 channels couldn't be read; elsewhere: nobody has this name\n\
                2 posts sampled: 1 edited, 0 deleted since the last look.\n";
    assert_eq!(said, told);
    // Another wish, another job; the same wish is the same job, and samples once more.
    for _ in 0..2 {
        let said = desk.does("channels refresh --last 2 --comments -o out", "");
        assert_eq!(said, "2 posts sampled: 0 edited, 0 deleted since the last look.\n0 new comments.\n");
    }
    let jobs = desk.does("jobs list", "");
    assert!(jobs.contains("collection-3") && !jobs.contains("collection-4"), "{jobs}");
    let counters = desk.path().join("out/newsroom/newsroom_counters.csv");
    assert_eq!(fs::read_to_string(&counters).expect("there").lines().count(), 1 + 3 * 2);

    // What is killed while Telegram asks to wait is taken up, and samples once.
    desk.sim.fault("channels.getMessages", When::Next(1), Fault::TooMany(2));
    let asking = desk.starts("channels refresh --last 2 --comments -o out");
    until(&desk, "collection-3", |now| now["state"] == "running");
    asking.dies();
    daemon.dies();
    let _daemon = runs(&desk);
    until(&desk, "collection-3", |now| now["state"] == "completed");
    assert_eq!(fs::read_to_string(&counters).expect("there").lines().count(), 1 + 4 * 2);
}
