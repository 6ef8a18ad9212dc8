//! A bot on somebody else's library gets along with the simulator, so that it is not only true to itself.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command},
};

use telegram_sim::{Content, Sim};

/// Ends the bot with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A Python with python-telegram-bot, below the target folder; made once.
fn python() -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("third-party");
    let python = home.join("bin/python");
    let has_library = |python: &Path| Command::new(python).args(["-c", "import telegram"]).status().is_ok_and(|s| s.success());
    if !has_library(&python) {
        run(Command::new("python3").arg("-m").arg("venv").arg(&home));
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "python-telegram-bot>=21,<23"]));
    }
    python
}

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|why| panic!("{command:?}: {why}"));
    assert!(status.success(), "{command:?}: {status}");
}

#[tokio::test]
async fn python_telegram_bot_gets_along() {
    let python = python();
    let sim = Sim::start();
    let bot = sim.bot("third_bot");
    let ann = sim.user("Ann <Lee>");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/third_party.py");
    let child =
        Command::new(python).arg(script).args([sim.url(), bot.token()]).env_remove("HTTP_PROXY").env_remove("http_proxy").spawn();
    let _running = Running(child.expect("Python starts"));
    bot.has_polled(1).await;
    assert_eq!(bot.commands("default", ""), ["start"]);

    ann.tells(&bot, "/start");
    let menu = ann.reads(&bot).await;
    assert_eq!(menu.text, "Hello, Ann <Lee>");
    assert_eq!(menu.labels(), ["Report", "File"]);
    assert_eq!(ann.presses(&bot, "File").await.text, "Look below");
    let file = ann.reads(&bot).await.document.expect("a file");
    assert_eq!((file.name.as_str(), file.bytes.as_slice()), ("report.csv", b"a,b\n".as_slice()));
    assert_eq!(ann.presses(&bot, "Report").await.text, "Edited");
    assert!(ann.reads(&bot).await.edited);

    ann.tells_with(&bot, sim.file("list.txt", b"Ann, Bob"));
    assert_eq!(ann.reads(&bot).await.text, "document of 8 bytes");
    for kind in Content::kinds().filter(|kind| !["text", "document"].contains(kind)) {
        ann.tells_with(&bot, Content::of_kind(kind).expect("it is listed"));
        assert!(ann.reads(&bot).await.text.len() > 2, "{kind} is understood");
    }
    let class = sim.basic_group("Grade 2", &[&ann]);
    ann.adds(&bot, &class);
    assert_eq!(ann.reads(&bot).await.text, "Grade 2: left to member");
    ann.promotes(&bot, &class);
    assert_eq!(ann.reads(&bot).await.text, "Grade 2: member to administrator");
    ann.says(&class, "hello");
    let reply = class.reads().await;
    assert_eq!(reply.text, "group: hello");
    assert!(reply.reply_to.is_some());
    let _ = class.migrates(&ann, true);
    bot.has_confirmed_all().await;
    sim.finish();
}
