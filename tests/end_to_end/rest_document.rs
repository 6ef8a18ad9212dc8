//! The published document is true: a foreign tool asks everything that it allows, and much that it doesn't.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
};

use rollcall::web::api;

use crate::{
    rest::{ADMIN, Program},
    support::School,
};

/// A Python with schemathesis, below the target folder; made once.
fn schemathesis() -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schemathesis");
    let tool = home.join("bin/schemathesis");
    if !Command::new(&tool).arg("--version").output().is_ok_and(|output| output.status.success()) {
        run(Command::new("python3").arg("-m").arg("venv").arg(&home));
        run(Command::new(home.join("bin/python")).args(["-m", "pip", "install", "--quiet", "schemathesis>=4.27,<5"]));
    }
    tool
}

/// How it asks: by ids that exist where nothing in the document makes such things, and with what the document allows refused
/// only for what it means, such as a name of nothing but blanks or an id that is taken.
fn settings_for(bot: i64, chat: i64) -> String {
    format!(
        r#"
[parameters]
"path.bot_id" = {bot}
"path.community" = -1001
"path.chat_id" = {chat}

[checks.positive_data_acceptance]
expected-statuses = ["2xx", "304", "400", "401", "403", "404", "409", "422", "502"]

# Both parts of this path stand above, so that what the tool calls wrong is right all the same.
[[operations]]
include-path = "/telegram/bot/{{bot_id}}/chat/{{chat_id}}/stats/"
checks.negative_data_rejection.enabled = false
"#
    )
}

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|why| panic!("{command:?}: {why}"));
    assert!(status.success(), "{command:?}: {status}");
}

#[tokio::test]
async fn every_route_is_in_the_document_and_on_the_page() {
    let mut school = School::closed();
    let program = Program::before(&mut school);
    school.start();
    let (_, document) = program.gets("/api/openapi.json").await;
    let mut documented = BTreeSet::new();
    for (path, place) in document["paths"].as_object().expect("paths") {
        documented.extend(place.as_object().expect("methods").keys().map(|method| (method.to_uppercase(), path.clone())));
    }
    let known = api::ROUTES.iter().map(|route| (route.method.to_string(), route.path.to_owned()));
    assert_eq!(documented, known.collect());
    let page = program.sends(program.asks(reqwest::Method::GET, "/api/")).await;
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let page = page.text().await.expect("a text");
    for route in api::ROUTES {
        assert!(page.contains(&format!("<code>{}</code>", route.path)), "{} isn't on the page", route.path);
    }
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("<script"), "it loads nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_tool_finds_the_document_true() {
    let mut school = School::closed();
    school.set("API_REQUESTS_PER_MINUTE", "1000000");
    let program = Program::before(&mut school);
    let ann = school.sim.user("Ann");
    let grade2 = school.sim.group("Grade 2", &[&ann, &school.boss]);
    school.boss.adds(&school.bot, &grade2);
    school.write_registry(&[("T001", "Ann Lee", Some(&ann))], &[&grade2], &[("T001", &[&grade2])]);
    school.write_community();
    school.start();
    ann.says(&grade2, "hello");
    school.has_counted_all().await;
    let document = format!("{}/api/openapi.json", program.base);
    let (bot, chat) = (school.bot.id, grade2.id);
    let folder = tempfile::TempDir::new().expect("a directory");
    let asking = tokio::task::spawn_blocking(move || {
        let settings = folder.path().join("schemathesis.toml");
        std::fs::write(&settings, settings_for(bot, chat)).expect("writes");
        let mut command = Command::new(schemathesis());
        command.current_dir(folder.path()).env("NO_PROXY", "*").arg("--config-file").arg(settings);
        command.args(["run", &document, "--header", &format!("Authorization: Bearer {ADMIN}")]);
        command.args(["--checks", "all", "--max-examples", "15", "--seed", "1", "--no-color"]);
        command.output().expect("schemathesis runs")
    });
    let output = asking.await.expect("ran");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    // The tool asks everything but for the document itself, which it has read.
    let selected = format!("Selected: {0}/{0}\n  Tested: {0}\n", api::ROUTES.len() - 1);
    assert!(said.contains(&selected), "nothing is left out: {said}");
    school.stop().expect("stops");
}
