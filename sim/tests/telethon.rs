//! Telethon gets along with the data centre: key exchange, three transports, logins, voice chats, messages, updates.

#[path = "../../tests/common/telethon.rs"]
mod telethon;

use std::{path::Path, process::Stdio, time::Duration};

use telegram_sim::{PUBLIC_KEY, Sim};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout},
};

/// How long the next line may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The script, to talk to.
struct Script {
    _child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Script {
    fn start(arguments: &[&str]) -> Self {
        let mut command = tokio::process::Command::new(telethon::python());
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/telethon_script.py")).args(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("Python starts");
        let input = child.stdin.take().expect("it is piped");
        let output = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        Self { _child: child, input, output }
    }

    async fn line(&mut self) -> String {
        let line = tokio::time::timeout(PATIENCE, self.output.next_line()).await.expect("a line in time");
        line.expect("its output can be read").expect("it goes on")
    }

    async fn says(&mut self, expected: &str) {
        assert_eq!(self.line().await, expected);
    }

    async fn answer(&mut self, words: &str) {
        self.input.write_all(format!("{words}\n").as_bytes()).await.expect("it listens");
    }

    async fn asks(&mut self, question: &str, answer: &str) {
        self.says(question).await;
        self.answer(answer).await;
    }
}

#[tokio::test]
async fn telethon_gets_along() {
    let sim = Sim::start();
    let centre = sim.data_centre();
    let (ann, bob) = (sim.user("Ann"), sim.user("Bob"));
    ann.sets_password("correct horse", "the usual");
    let class = sim.group("Study", &[&ann, &bob]);
    let few = sim.basic_group("Few", &[&ann, &bob]);
    let pages: Vec<u8> = (0..700_000_u32).map(|at| (at % 251) as u8).collect();
    let book = sim.file("book.pdf", &pages);
    sim.channel("Newsroom").named("newsroom").posts(book);
    let call = class.start_call(&bob);
    (0..7).for_each(|n| sim.user(&format!("P{n}")).joins_call(&call));
    let folder = tempfile::tempdir().expect("a folder");
    let (key, picture) = (folder.path().join("key.pem"), folder.path().join("board.png"));
    std::fs::write(&key, PUBLIC_KEY).expect("the key can be written");
    std::fs::write(&picture, include_bytes!("board.png")).expect("the picture can be written");
    let address = centre.address();
    let (number, port) = (centre.id().to_string(), address.port().to_string());
    let session = ann.session().telethon();
    let key = key.to_str().expect("a plain path");
    let mut script = Script::start(&[key, &number, &address.ip().to_string(), &port, &session]);

    script.asks("phone?", &ann.phone()).await;
    script.says("code?").await;
    script.answer(&ann.login_code().expect("it is on her phone")).await;
    script.asks("password?", "correct horse").await;
    script.says(&format!("logged in as {}", ann.id)).await;

    let line = script.line().await;
    let token = line.strip_prefix("scanned ").and_then(|line| line.strip_suffix('?')).expect("a token");
    let token: Vec<u8> = (0..token.len()).step_by(2).map(|at| u8::from_str_radix(&token[at..at + 2], 16).expect("hex")).collect();
    ann.scans(&token).expect("it is fresh");
    script.answer("").await;
    script.asks("password?", "correct horse").await;
    script.says(&format!("logged in as {}", ann.id)).await;
    script.says(&format!("again {}", ann.id)).await;

    script.says("name Ann").await;
    script.says("dialogs Few Study").await;
    script.says(&format!("present {} 7", call.version())).await;
    script.says("ready?").await;
    bob.joins_call(&call);
    script.says(&format!("changed 9 {} muted", bob.id)).await;
    bob.mutes(&call, false);
    script.says(&format!("changed 10 {} speaks", bob.id)).await;
    bob.leaves_call(&call);
    script.says(&format!("changed 11 {} left", bob.id)).await;
    bob.says(&class, "hello class");
    script.says("message hello class").await;
    bob.says(&few, "hello Ann");
    script.says("message hello Ann").await;
    script.answer("").await;

    let post = class.reads().await;
    assert_eq!(post.text, "Board of the day\nline two");
    script.says(&format!("sent {} Board of the day 1", post.message)).await;
    let post = few.reads().await;
    assert_eq!(post.text, "hello few");
    script.says(&format!("sent {} hello few", post.message)).await;
    script.asks("picture?", picture.to_str().expect("a plain path")).await;
    let post = class.reads().await;
    assert_eq!((post.text.as_str(), post.document.expect("a picture").is_photo), ("The board", true));
    script.says("newest The board 8 / Board of the day").await;
    script.says("found Newsroom").await;
    script.says("book 700000 True").await;
    script.asks("over?", "").await;
    script.says("done").await;
    sim.finish();
}
