//! Logging in, looking, logging out.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use telegram_sim::{Fault, When};

use crate::support::{API_HASH, Desk};

#[test]
fn a_code_logs_in_and_a_logout_ends_it() {
    let desk = Desk::new();
    assert!(desk.fails("session check", "").contains("run `rollcall session login`"));
    desk.logs_in();
    let check = desk.does("session check", "");
    assert!(check.contains("Ann") && check.contains("data centre 2") && check.contains("all is well"), "{check}");
    assert!(desk.fails("session login --phone +1", "").contains("is logged in already"));
    assert!(desk.does("session logout", "").contains("Ann"));
    assert!(!desk.data().join("session.json").exists());
    assert!(desk.does("session logout", "").contains("Nobody was logged in"));
}

#[test]
fn the_password_is_asked_for_after_the_code_and_may_be_mistyped() {
    let desk = Desk::new();
    desk.ann.sets_password("hunter2", "the usual");
    let mut login = desk.starts("session login");
    login.is_asked("phone number");
    login.answers(&desk.ann.phone());
    login.is_asked("The code:");
    login.answers("00000");
    login.is_asked("the code is wrong");
    login.is_asked("The code:");
    login.answers(&desk.ann.login_code().expect("a code was sent"));
    login.is_asked("(hint: the usual)");
    login.answers("hunter1");
    login.is_asked("the password is wrong");
    login.is_asked("(hint: the usual)");
    login.answers("hunter2");
    assert!(login.ends_well().contains("Ann"));
    assert!(desk.does("session check", "").contains("all is well"));
}

#[test]
fn a_login_goes_on_after_the_power_failed_between_code_and_password() {
    let desk = Desk::new();
    desk.ann.sets_password("hunter2", "");
    let mut first = desk.starts(&format!("session login --phone {}", desk.ann.phone()));
    first.is_asked("The code:");
    first.dies();
    let mut second = desk.starts("session login");
    second.is_asked("The code:");
    second.answers(&desk.ann.login_code().expect("a code was sent"));
    second.is_asked("password of two-step verification");
    second.dies();
    assert!(desk.does("session login", "hunter2\n").contains("Ann"));
}

#[test]
fn wrong_numbers_and_codes_are_told_apart() {
    let desk = Desk::new();
    assert!(desk.fails("session login --phone abc", "").contains("doesn't know this phone number"));
    assert!(desk.fails("session login", "").contains("standard input ended"));
    let login = format!("session login --phone {}", desk.ann.phone());
    let thrice = desk.fails(&login, "00000\n00001\n00002\n");
    assert_eq!(thrice.matches("the code is wrong").count(), 3, "{thrice}");
}

#[test]
fn each_refusal_says_what_to_do() {
    let desk = Desk::new();
    let login = format!("session login --phone {}", desk.ann.phone());
    for (method, fault, word) in [
        ("auth.sendCode", Fault::TooMany(3600), "asks to wait 60 minutes"),
        ("auth.sendCode", Fault::Refuse(400, "PHONE_NUMBER_BANNED".into()), "has banned this phone number"),
        ("auth.sendCode", Fault::Refuse(400, "PHONE_NUMBER_FLOOD".into()), "too many tries"),
        ("auth.sendCode", Fault::Refuse(400, "API_ID_INVALID".into()), "copy both again from https://my.telegram.org"),
        ("auth.signIn", Fault::Refuse(400, "PHONE_CODE_EXPIRED".into()), "ask for a new one"),
        ("auth.signIn", Fault::TooMany(90), "asks to wait 90 seconds"),
    ] {
        desk.sim.fault(method, When::Next(1), fault);
        let said = desk.fails(&login, "12345\n");
        assert!(said.contains(word), "{said}");
    }
}

#[test]
fn a_connection_that_breaks_while_the_code_is_looked_for_costs_nothing() {
    let desk = Desk::new();
    let mut login = desk.starts(&format!("session login --phone {}", desk.ann.phone()));
    login.is_asked("The code:");
    desk.sim.data_centre().resets_connections();
    login.answers(&desk.ann.login_code().expect("a code was sent"));
    assert!(login.ends_well().contains("is logged in"));
}

#[test]
fn without_the_api_key_nothing_is_tried() {
    let mut desk = Desk::new();
    desk.set("TELEGRAM_API_ID", "");
    desk.set("TELEGRAM_API_HASH", "");
    assert!(desk.fails("session login", "").contains("https://my.telegram.org"));
}

#[test]
fn an_account_of_another_data_centre_is_found() {
    let desk = Desk::with_centres(&[2, 4]);
    desk.ann.lives_on(&desk.sim.data_centre_numbered(4));
    desk.logs_in();
    assert!(desk.does("session check", "").contains("data centre 4"));
}

/// The token in the line that tells the link.
fn token(line: &str) -> Vec<u8> {
    let (_, text) = line.split_once("token=").expect("a link");
    URL_SAFE_NO_PAD.decode(text.trim()).expect("base64")
}

#[test]
fn a_scanned_qr_code_logs_in() {
    let desk = Desk::with_centres(&[2, 4]);
    desk.ann.lives_on(&desk.sim.data_centre_numbered(4));
    let mut login = desk.starts("session login --qr");
    let link = login.shows("tg://login?token=");
    let beside = desk.does("session check", "");
    assert!(beside.contains("Nobody is logged in") && beside.contains("somebody is logging in there"), "{beside}");
    desk.ann.scans(&token(&link)).expect("accepted");
    assert!(login.ends_well().contains("Ann"));
    assert!(desk.does("session check", "").contains("data centre 4"));
}

#[test]
fn a_scanned_qr_code_still_asks_for_the_password() {
    let desk = Desk::new();
    desk.ann.sets_password("hunter2", "");
    let mut login = desk.starts("session login --qr");
    let link = login.shows("tg://login?token=");
    desk.ann.scans(&token(&link)).expect("accepted");
    login.is_asked("password of two-step verification");
    login.answers("hunter2");
    assert!(login.ends_well().contains("Ann"));
}

#[test]
fn telethons_session_is_taken_over() {
    let mut desk = Desk::new();
    let string = desk.ann.session().telethon();
    assert!(desk.does("session import-telethon", &format!("{string}\n")).contains("Ann"));
    assert!(desk.does("session check", "").contains("all is well"));
    assert!(desk.fails("session import-telethon", &format!("{string}\n")).contains("is logged in already"));
    desk.does("session logout --forget", "");

    desk.set("TG_STRING_SESSION", &string);
    assert!(desk.does("session import-telethon", "").contains("Ann"));
}

#[test]
fn a_session_string_that_is_no_good_changes_nothing() {
    let desk = Desk::new();
    for (text, word) in [("", "standard input ended"), ("2abc", "no StringSession of Telethon"), ("1abc", "damaged")] {
        let said = desk.fails("session import-telethon", &format!("{text}\n").replace("\n\n", ""));
        assert!(said.contains(word) || text.is_empty(), "{said}");
    }
    let over = desk.ann.session();
    desk.ann.ends_sessions();
    let said = desk.fails("session import-telethon", &format!("{}\n", over.telethon()));
    assert!(said.contains("doesn't know this session any more"), "{said}");
    assert!(!desk.data().join("session.json").exists());
}

#[test]
fn an_ended_session_is_told_and_a_new_login_takes_its_place() {
    let desk = Desk::new();
    desk.logs_in();
    desk.ann.ends_sessions();
    let said = desk.fails("session check", "");
    assert!(said.contains("has ended this session") && said.contains("session login"), "{said}");
    desk.logs_in();
    assert!(desk.does("session check", "").contains("all is well"));
}

#[test]
fn nothing_that_is_secret_is_ever_printed_or_left_in_a_readable_file() {
    let mut desk = Desk::new();
    desk.set("SECRETS_PASSPHRASE", "correct horse");
    desk.ann.sets_password("hunter2", "");
    let mut said = String::new();
    let mut login = desk.starts("session login");
    login.is_asked("phone number");
    login.answers(&desk.ann.phone());
    login.is_asked("The code:");
    let code = desk.ann.login_code().expect("a code was sent");
    login.answers("99999");
    login.is_asked("The code:");
    login.answers(&code);
    login.is_asked("password of");
    login.answers("hunter2");
    said += &login.heard.clone();
    said += &login.ends_well();
    let session = desk.ann.session().telethon();
    for (line, input) in [
        ("session check", ""),
        ("session import-telethon", session.as_str()),
        ("session login", ""),
        ("doctor --offline", ""),
        ("secrets list", ""),
    ] {
        let output = desk.tells(line, input);
        said += &String::from_utf8_lossy(&output.stdout);
        said += &String::from_utf8_lossy(&output.stderr);
    }
    for file in std::fs::read_dir(desk.data()).expect("a directory").flatten() {
        said += &String::from_utf8_lossy(&std::fs::read(file.path()).unwrap_or_default());
    }
    let phone = desk.ann.phone();
    for secret in [phone.trim_start_matches('+'), code.as_str(), "hunter2", API_HASH, "correct horse", &session[..60]] {
        assert!(!said.contains(secret), "{secret:?} is in:\n{said}");
    }
}
