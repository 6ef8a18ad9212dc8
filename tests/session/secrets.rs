//! Secret settings outside `.env`.

use crate::support::{API_HASH, Desk};

#[test]
fn a_sealed_setting_is_as_good_as_one_in_the_environment() {
    let mut desk = Desk::new();
    desk.set("TELEGRAM_API_HASH", "");
    let file = desk.path().join("passphrase");
    std::fs::write(&file, "correct horse\n").expect("writes");
    desk.set("SECRETS_PASSPHRASE_FILE", file.to_str().expect("UTF-8"));
    assert!(desk.does("secrets set TELEGRAM_API_HASH", &format!("{API_HASH}\n")).contains("is kept in secrets.age"));
    assert!(desk.does("secrets list", "").contains("TELEGRAM_API_HASH           secrets.age"));
    desk.logs_in();
    // It fails for want of a token, and says this all the same.
    let found = String::from_utf8(desk.tells("doctor --offline", "").stdout).expect("UTF-8");
    assert!(found.contains("TELEGRAM_API_HASH comes from secrets.age") && !found.contains(API_HASH), "{found}");
    assert!(desk.does("secrets remove TELEGRAM_API_HASH", "").contains("is forgotten"));
    assert!(!desk.data().join("secrets.age").exists());
}

#[test]
fn without_the_passphrase_it_is_told_what_is_missing() {
    let mut desk = Desk::new();
    desk.set("SECRETS_PASSPHRASE", "correct horse");
    desk.does("secrets set CRON_SECRET", "a-secret-of-some-length\n");
    for (passphrase, word) in [("", "needs a passphrase"), ("wrong", "the passphrase is wrong")] {
        desk.set("SECRETS_PASSPHRASE", passphrase);
        let said = desk.tells("secrets list", "");
        let (shown, warned) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        assert!(shown.contains("CRON_SECRET                 secrets.age, which can't be opened"), "{shown}");
        assert!(warned.contains(word), "{warned}");
    }
}

#[test]
fn only_secret_settings_are_kept() {
    let mut desk = Desk::new();
    desk.set("SECRETS_PASSPHRASE", "correct horse");
    let refused = desk.fails("secrets set TZ", "Europe/Berlin\n");
    assert!(refused.contains("TZ is no secret setting") && !refused.contains("The value of"), "nothing is asked: {refused}");
    assert!(desk.fails("secrets set SECRETS_PASSPHRASE", "x\n").contains("--keyring"));
    assert!(desk.fails("secrets set BOT_TOKEN", "\n").contains("there is no value"));
    // No desktop, no keyring: the sentence says what to do instead.
    assert!(desk.fails("secrets set --keyring BOT_TOKEN", "1:x\n").contains("use the sealed file instead"));
}
