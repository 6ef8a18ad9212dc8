//! The program as an operator runs it: the real binary in a directory of its own.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::Arc,
};

use rollcall::{clock::SystemClock, orders::dropbox, store::Store};
use serde_json::{Value, json};
use telegram_sim::Sim;
use tempfile::TempDir;

/// A terminal in a directory of its own, with no settings from outside.
struct Terminal(TempDir);

impl Terminal {
    fn new() -> Self {
        Self(TempDir::new().expect("a directory"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    fn command(&self, line: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
        command.args(line).current_dir(self.path()).env_clear();
        command
    }

    /// Standard output of a command that succeeds.
    fn does(&self, line: &[&str]) -> String {
        let output = self.command(line).output().expect("runs");
        assert!(output.status.success(), "{line:?}: {}", said(&output));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Exit code and standard error of a command that doesn't.
    fn fails(&self, line: &[&str]) -> (i32, String) {
        let output = self.command(line).output().expect("runs");
        (output.status.code().expect("it wasn't killed"), said(&output))
    }
}

/// A daemon that doesn't outlive its test.
struct Daemon {
    process: Child,
    log: PathBuf,
}

impl Drop for Daemon {
    #[expect(clippy::print_stdout, reason = "the harness shows it with the failure")]
    fn drop(&mut self) {
        // It ended by itself where the test succeeded.
        drop(self.process.kill());
        if std::thread::panicking() {
            println!("{}", std::fs::read_to_string(&self.log).unwrap_or_default());
        }
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json_of(output: &Output) -> Value {
    json(&String::from_utf8_lossy(&output.stdout))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn a_newcomer_looks_around_in_the_demo_school() {
    let terminal = Terminal::new();
    assert!(terminal.does(&["init", "--demo"]).contains("12 teachers, 5 groups and 35 days"));
    assert!(terminal.path().join(".env").exists());
    let report = json(&terminal.does(&["report", "--days", "30", "--format", "json"]));
    assert!(report.to_string().contains("Sarah Thompson"));
    assert_eq!(json(&terminal.does(&["groups", "list", "--format", "json"])).as_array().map(Vec::len), Some(5));
    let (code, why) = terminal.fails(&["init"]);
    assert_eq!(code, 1);
    assert!(why.contains("holds data already and stays as it is"), "{why}");
}

#[test]
fn the_register_is_changed_without_a_daemon() {
    let terminal = Terminal::new();
    terminal.does(&["init"]);
    terminal.does(&["groups", "add", "-1001234", "Grade 2"]);
    terminal.does(&["teachers", "add", "Ann Lee", "--id", "T001", "--account", "5", "--assign-all"]);
    terminal.does(&["teachers", "rename", "ann", "Anna Lee"]);
    terminal.does(&["teachers", "account", "T001", "6", "--also"]);
    terminal.does(&["teachers", "unassign", "T001", "-1001234"]);
    terminal.does(&["teachers", "assign", "T001", "grade"]);
    terminal.does(&["teachers", "deactivate", "T001"]);
    let shown = json(&terminal.does(&["teachers", "show", "T001", "--format", "json"]));
    assert_eq!(shown["full_name"], "Anna Lee");
    assert_eq!(shown["other_accounts"], json("[6]"));
    assert_eq!((&shown["active"], &shown["groups"]), (&json("false"), &json("[-1001234]")));
    let stored = std::fs::read_to_string(terminal.data().join("teachers.json")).expect("written");
    assert!(stored.contains("Anna Lee"), "the files say everything after a command");
    let (code, why) = terminal.fails(&["teachers", "delete", "T001"]);
    assert!(code == 1 && why.contains("--yes"), "{why}");
    terminal.does(&["groups", "remove", "grade", "--yes"]);
    terminal.does(&["teachers", "delete", "T001", "--yes"]);
    assert_eq!(terminal.does(&["teachers", "list", "--format", "json"]).trim(), "[]");
}

#[test]
fn a_posted_board_is_audited() {
    let terminal = Terminal::new();
    let write = |file: &str, value: Value| {
        let path = terminal.data().join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, value.to_string()).expect("written");
    };
    assert!(terminal.fails(&["study", "audit"]).1.contains("rollcall init"));
    let community = json!({
        "title": "Night owls", "watched": false, "since": "2026-01-01", "zone": "Asia/Tashkent", "lang": "en", "times": ["21:30:00"],
        "target": { "chat": -1001 }, "periods": { "anchored": "2026-01-01" }, "gate_seconds": 300,
    });
    write("study/communities.json", json!({ "-1001": community }));
    let (code, none) = terminal.fails(&["study", "audit"]);
    assert!(code == 1 && none.contains("no board was posted"), "{none}");

    let post = |day: &str, ann: u32| {
        let at = format!("{day}T16:30:00Z");
        let shown = json!([[[1, ann], [2, 60]], [[1, ann], [2, 60]], [[1, ann], [2, 60]]]);
        json!([
            { "day": day, "time": "21:30:00", "asked": 0 },
            { "due": at, "until": at, "closes_day": true, "random_id": 7, "shown": shown,
              "state": { "posted": { "chat": -1001, "message": 7, "at": at } } },
        ])
    };
    write("study/posts.json", json!({ "-1001": [post("2026-01-08", 600), post("2026-01-09", 900)] }));
    write("study/members.json", json!({ "-1001": { "1": { "name": "Ann Lee" }, "2": { "name": "Bob" } } }));
    let seen = |ann: u32| json!({ "-1001": { "stays": [], "imported": { "1": ann, "2": 60 } } });
    write("presence/2026-01-08.json", seen(600));
    let same = terminal.command(&["study", "audit", "--day", "2026-01-08"]).output().expect("runs");
    assert!(
        said(&same).contains("The board of 2026-01-08, 21:30, for Night owls says what the stays say now."),
        "{}",
        said(&same)
    );
    assert!(same.status.success());

    // The day before was looked at until then; on the newest one, five minutes of Ann's are gone and were given back since.
    write(
        "study/corrections.json",
        json!({ "-1001": { "3": {
        "day": "2026-01-09", "who": 1, "seconds": 120, "reason": "was there", "by": 9, "at": "2026-01-10T05:00:00Z",
    } } }),
    );
    write("presence/2026-01-09.json", seen(180));
    let newest = terminal.command(&["study", "audit", "owls", "--format", "json"]).output().expect("runs");
    assert!(said(&newest).contains("The board of 2026-01-09, 21:30, for Night owls has another time in"), "{}", said(&newest));
    let rows = json_of(&newest);
    let of_day: Vec<&Value> = rows.as_array().expect("rows").iter().filter(|row| row["block"] == "day").collect();
    let expected = json!({
        "block": "day", "who": 1, "name": "Ann Lee", "posted_seconds": 900, "seconds_now": 300, "corrections_since": "3",
    });
    assert_eq!(of_day, [&expected]);
    let (code, unknown) = terminal.fails(&["study", "audit", "larks"]);
    assert!(code == 1 && unknown.contains("larks"), "{unknown}");
    let (code, none) = terminal.fails(&["study", "audit", "--day", "2026-01-07"]);
    assert!(code == 1 && none.contains("no board of 2026-01-07"), "{none}");
}

#[tokio::test]
async fn beside_a_daemon_orders_go_through_it() {
    let terminal = Terminal::new();
    terminal.does(&["init"]);
    let store = Store::open(&terminal.data(), Arc::new(SystemClock)).expect("the daemon's own");
    let mut asking = terminal.command(&["teachers", "add", "Ann Lee", "--id", "T001"]).spawn().expect("runs");
    let now = "2026-03-04T09:30:00Z".parse().expect("a time");
    while dropbox::serve(&store, chrono_tz::Asia::Tashkent, now).await.expect("serves") == 0 {
        tokio::task::yield_now().await;
    }
    let status = tokio::task::spawn_blocking(move || asking.wait()).await.expect("waited").expect("ended");
    assert!(status.success());
    assert!(terminal.does(&["teachers", "list"]).contains("Ann Lee"), "a reader sees what only the journal has");
    terminal.does(&["backup", "beside.tar.zst"]);
    terminal.does(&["--data-dir", "elsewhere", "restore", "beside.tar.zst"]);
    assert!(terminal.does(&["--data-dir", "elsewhere", "teachers", "list"]).contains("Ann Lee"));
}

#[tokio::test]
async fn bots_are_kept_looked_at_and_tried_out() {
    let sim = Sim::start();
    let (main, north, head) = (sim.bot("main_bot"), sim.bot("north_bot"), sim.user("Head"));
    let terminal = Terminal::new();
    terminal.does(&["init"]);
    let passphrase = terminal.path().join("passphrase");
    std::fs::write(&passphrase, "sesame").expect("written");
    let settings = format!(
        "BOT_TOKEN={}\nADMIN_IDS={}\nTELEGRAM_API_URL={}\nSECRETS_PASSPHRASE_FILE={}\n",
        main.token(),
        head.id,
        sim.url(),
        passphrase.display()
    );
    std::fs::write(terminal.path().join(".env"), settings).expect("written");
    let add = |name: &str, token: &str| {
        let mut adding = terminal.command(&["bots", "add", name]);
        let mut adding = adding.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
        std::io::Write::write_all(&mut adding.stdin.take().expect("it is piped"), token.as_bytes()).expect("takes it");
        adding.wait_with_output().expect("ends")
    };
    let refused = add("north", "hello\n");
    assert!(!refused.status.success() && said(&refused).contains("doesn't look like a token"), "{}", said(&refused));
    assert!(said(&add("a b", north.token())).contains("can't be called"));
    assert!(add("north", &format!("{}\n", north.token())).status.success());
    let listed = terminal.does(&["bots", "list", "--format", "json"]);
    assert!(!listed.contains(north.token()) && !listed.contains(main.token()), "{listed}");
    let listed = json(&listed);
    assert_eq!((&listed[0]["name"], &listed[0]["token_from"]), (&Value::from("main"), &Value::from(".env")));
    assert_eq!((&listed[1]["id"], &listed[1]["token_from"]), (&Value::from(north.id), &Value::from("secrets.age")));
    // The simulator needs this thread.
    let status = terminal.command(&["bots", "status", "--format", "json"]);
    let status = json(&String::from_utf8(on_the_side(status).await.stdout).expect("UTF-8"));
    assert_eq!(status[1]["username"], "north_bot");
    let chat = head.id.to_string();
    let tried = on_the_side(terminal.command(&["bots", "test", "north", "--chat", &chat])).await;
    assert!(said(&tried).contains("never started it"), "{}", said(&tried));
    head.tells(&north, "/start");
    let tried = on_the_side(terminal.command(&["bots", "test", "north", "--chat", &chat, "--text", "1 < 2"])).await;
    assert!(tried.status.success(), "{}", said(&tried));
    assert_eq!(head.reads(&north).await.text, "1 < 2");
    terminal.does(&["bots", "remove", "north"]);
    assert!(terminal.fails(&["bots", "remove", "main"]).1.contains(".env"));
    assert!(terminal.fails(&["bots", "test", "north", "--chat", "5"]).1.contains("there is: main"));
}

async fn on_the_side(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output()).await.expect("ran").expect("runs")
}

#[cfg(unix)]
#[tokio::test]
async fn the_daemon_counts_takes_orders_and_ends_when_told_to() {
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    bot.set_privacy(false);
    let (ann, head) = (sim.user("Ann Lee"), sim.user("Head"));
    let group = sim.group("Grade 2", &[&ann, &head]);
    let terminal = Terminal::new();
    terminal.does(&["init"]);
    let settings = format!("BOT_TOKEN={}\nADMIN_IDS={}\nTELEGRAM_API_URL={}\n", bot.token(), head.id, sim.url());
    std::fs::write(terminal.path().join(".env"), settings).expect("written");
    let log = terminal.path().join("log");
    let stderr = std::fs::File::create(&log).expect("created");
    let process = terminal.command(&["run"]).stdout(Stdio::null()).stderr(stderr).spawn().expect("runs");
    let mut daemon = Daemon { process, log };
    head.adds(&bot, &group);
    bot.has_confirmed_all().await;
    let order = ["teachers", "add", "Ann Lee", "--id", "T001", "--account", &ann.id.to_string(), "--assign-all"];
    let mut asking = terminal.command(&order);
    let done = tokio::task::spawn_blocking(move || asking.output()).await.expect("ran").expect("runs");
    assert!(done.status.success(), "{}", said(&done));
    for n in 0..50 {
        ann.says(&group, &format!("message {n}"));
    }
    bot.has_confirmed_all().await;
    let report = json(&terminal.does(&["report", "--days", "2", "--format", "json"]));
    assert_eq!(report["total"], 50, "acknowledged is counted, also before a checkpoint");
    Command::new("kill").args(["-TERM", &daemon.process.id().to_string()]).status().expect("signalled");
    let status = daemon.process.wait().expect("ended");
    let log = std::fs::read_to_string(&daemon.log).expect("reads");
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(!log.contains(bot.token()) && !log.contains("Ann") && !log.contains("message 7"), "{log}");
    assert_eq!(std::fs::metadata(terminal.data().join("journal.jsonl")).map_or(0, |file| file.len()), 0, "the files say all");
}

#[test]
fn mistakes_in_the_settings_are_told_together() {
    let terminal = Terminal::new();
    std::fs::write(terminal.path().join(".env"), "BOT_TOKEN=hello\nTZ=Nowhere\nDEFAULT_LANG=fr\n").expect("written");
    let (code, why) = terminal.fails(&["report"]);
    assert_eq!(code, 78);
    for name in ["BOT_TOKEN", "TZ", "DEFAULT_LANG"] {
        assert!(why.contains(name), "{why}");
    }
    let (code, _) = terminal.fails(&["doctor", "--offline"]);
    assert_eq!(code, 1, "the doctor tells the same as findings");
}

#[test]
fn bad_input_has_its_sentence() {
    let terminal = Terminal::new();
    terminal.does(&["init", "--demo"]);
    let cases: [(&[&str], i32, &str); 9] = [
        (&["report", "--days", "0"], 1, "from 1 to 365"),
        (&["report", "--days", "366"], 1, "from 1 to 365"),
        (&["report", "--from", "2026-02-02", "--to", "2026-02-01"], 1, "before the first"),
        (&["report", "--from", "2026-02-30"], 2, "2026-02-30"),
        (&["report", "--teacher", "nobody"], 1, "there is no teacher"),
        (&["teachers", "add", "Bob", "--id", "T001"], 1, "belongs to Dilnoza Karimova"),
        (&["teachers", "add", "Bob", "--id", "T-1"], 1, "A-Z, a-z and 0-9"),
        (&["teachers", "add", "B"], 1, "at least 2 characters"),
        (&["teachers", "add", "Bob", "--account", "1087968824"], 1, "anonymous"),
    ];
    for (line, code, sentence) in cases {
        let (was, why) = terminal.fails(line);
        assert!(was == code && why.contains(sentence), "{line:?} ended with {was}: {why}");
    }
}

#[test]
fn an_unreadable_file_is_named_and_left_alone() {
    let terminal = Terminal::new();
    terminal.does(&["init", "--demo"]);
    let path = terminal.data().join("groups.json");
    std::fs::write(&path, "{\n  \"-1\": oops\n}").expect("written");
    let (code, why) = terminal.fails(&["report"]);
    assert!(code == 1 && why.contains("groups.json") && why.contains("line 2 column"), "{why}");
    let output = terminal.command(&["doctor", "--offline"]).output().expect("runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("groups.json") && text.contains("line 2 column"), "{text}");
    assert!(std::fs::read_to_string(&path).expect("reads").contains("oops"), "it stays as it is");
}

#[tokio::test]
async fn the_doctor_examines_a_bot() {
    let sim = Sim::start();
    let bot = sim.bot("school_bot");
    let ann = sim.user("Ann");
    ann.tells(&bot, "/start");
    bot.set_privacy(true);
    let terminal = Terminal::new();
    terminal.does(&["init", "--demo"]);
    let settings = format!("BOT_TOKEN={}\nADMIN_IDS={},999\nTELEGRAM_API_URL={}\n", bot.token(), ann.id, sim.url());
    std::fs::write(terminal.path().join(".env"), settings).expect("written");
    let mut doctor = terminal.command(&["doctor", "--format", "json"]);
    let output = tokio::task::spawn_blocking(move || doctor.output()).await.expect("ran").expect("runs");
    let findings = json(&String::from_utf8_lossy(&output.stdout));
    let level = |subject: &str, part: &str| {
        let all = findings.as_array().expect("an array").iter();
        let hit = all
            .clone()
            .find(|finding| finding["subject"] == subject && finding["text"].as_str().is_some_and(|text| text.contains(part)));
        hit.unwrap_or_else(|| panic!("{subject} {part} is missing in {findings:#}"))["level"].clone()
    };
    assert_eq!(level("bot", "@school_bot"), "ok");
    assert_eq!(level("privacy mode", "is on"), "warning");
    assert_eq!(level("webhook", "none"), "ok");
    assert_eq!(level("receiving", "works"), "ok");
    assert_eq!(level("admin", "999"), "warning");
    assert_eq!(bot.pending(), 1, "nothing was confirmed");
}

/// A researcher has a folder and neither bot nor settings.
#[test]
fn collected_channels_become_a_dataset_and_a_network() {
    let terminal = Terminal::new();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("research/tests/data/telegramtrac");
    let copy = |file: &str| {
        let to = terminal.path().join("collected").join(file);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("created");
        std::fs::copy(golden.join(file), to).expect("copied");
    };
    ["alpha/alpha.json", "alpha/alpha_messages.json", "collected_chats.csv", "counter.csv", "chats.txt"]
        .into_iter()
        .for_each(copy);
    let files = |printed: String| printed.lines().map(|line| line.replace('\\', "/")).collect::<Vec<_>>();

    terminal.does(&["channels", "dataset", "collected", "--compat"]);
    let read = |file: &Path| std::fs::read_to_string(file).expect("readable");
    assert_eq!(read(&terminal.path().join("collected/msgs_dataset.csv")), read(&golden.join("msgs_dataset.csv")));
    let made = files(terminal.does(&["channels", "dataset", "collected", "-o", "tables", "--parquet"]));
    let expected =
        ["msgs_dataset.csv", "messages.jsonl", "messages.parquet", "collected_chats.xlsx", "collected_chats.csv", "counter.csv"];
    assert_eq!(made[..6], expected.map(|name| format!("tables/{name}")));
    assert_eq!(
        read(&terminal.path().join("collected/counter.csv")),
        read(&golden.join("counter.csv")),
        "the collection is left as it was"
    );

    let made = files(terminal.does(&["channels", "network", "collected", "-o", "net", "--kinds", "forward,linked", "--compat"]));
    let expected =
        ["nodes.csv", "edges.csv", "network.gexf", "network.graphml", "network.svg", "network.png", "network.html", "graph.gexf"];
    assert_eq!(made, expected.map(|name| format!("net/{name}")));
    assert!(made.iter().all(|file| terminal.path().join(file).is_file()));

    std::fs::write(terminal.path().join("collected/alpha/alpha_messages.json"), "{\"messages\":[{").expect("written");
    let (code, why) = terminal.fails(&["channels", "dataset", "collected"]);
    assert!(
        code == 1
            && why.contains("alpha_messages.json ends in the midst of a value")
            && why.contains("Collect this channel again"),
        "{why}"
    );
    let (code, why) = terminal.fails(&["channels", "network", "nowhere"]);
    assert!(code == 1 && why.contains("nowhere is not a folder"), "{why}");
}
