//! The running bot beside commands of a terminal.

use std::process::Command;

use crate::support::{API_HASH, Desk};

#[cfg(unix)]
#[test]
fn a_running_bot_takes_up_a_login_and_tells_how_the_session_does() {
    let (mut desk, bot, boss) = Desk::with_bot();
    // Everything that anybody could want to know, and more than that.
    desk.set("LOG_LEVEL", "trace,grammers=trace");
    let passphrase = desk.path().join("passphrase");
    std::fs::write(&passphrase, "correct horse\n").expect("writes");
    desk.set("SECRETS_PASSPHRASE_FILE", passphrase.to_str().expect("UTF-8"));
    desk.ann.sets_password("hunter2", "");
    desk.does("init", "");

    let mut daemon = desk.starts("run");
    daemon.is_asked("connected to Telegram");
    assert!(desk.does("doctor --offline", "").contains("nobody is logged in"));
    let mut login = desk.starts(&format!("session login --phone {}", desk.ann.phone()));
    login.is_asked("The code:");
    let code = desk.ann.login_code().expect("a code was sent");
    login.answers(&code);
    login.is_asked("password of");
    login.answers("hunter2");
    login.ends_well();

    daemon.is_asked("the user session's line is up");
    let check = desk.does("session check", "");
    assert!(
        check.contains("Ann") && check.contains(&format!("(process {})", daemon.id())) && check.contains("up since"),
        "{check}"
    );
    assert!(desk.does("doctor --offline", "").contains("up since"));
    assert!(desk.fails("session login", "").contains("stop it first"));
    assert!(desk.fails("session logout", "").contains("stop it first"));

    desk.ann.ends_sessions();
    desk.sim.data_centre().resets_connections();
    daemon.is_asked("Telegram has ended the user session");
    reads(&boss, &bot, "rollcall session login");
    // It is free again for a login, and the bot counts on.
    let said = desk.tells("session check", "");
    assert!(String::from_utf8_lossy(&said.stderr).contains("has ended this session"));

    Command::new("kill").args(["-TERM", &daemon.id().to_string()]).status().expect("signalled");
    daemon.is_asked("everything is in the files");
    let heard = daemon.heard.clone();
    let phone = desk.ann.phone();
    for secret in [phone.as_str(), code.as_str(), "hunter2", API_HASH, bot.token(), "correct horse"] {
        assert!(!heard.contains(secret), "{secret:?} is in the log");
    }
}

/// Reads what the bot writes until these words come.
#[cfg(unix)]
fn reads(who: &telegram_sim::User, bot: &telegram_sim::Bot, words: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { while !who.reads(bot).await.text.contains(words) {} });
}

#[test]
fn a_proxy_that_the_session_cant_use_is_not_gone_round() {
    let mut desk = Desk::new();
    desk.logs_in();
    desk.set("PROXY_URL", "http://127.0.0.1:9");
    let said = desk.fails("session check", "");
    assert!(said.contains("SOCKS5 proxies only"), "{said}");
}
