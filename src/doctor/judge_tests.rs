//! Each trouble has its sentence and its way out.

use super::*;
use crate::{
    demo,
    doctor::{Level, local::DatabaseFacts, worst},
    domain::{
        change::Change,
        ids::{TeacherId, UserId},
        registry::Standing,
    },
    store::postgres::Holder,
    telegram::{Me, WebhookInfo},
};

fn config(pairs: &[(&str, &str)]) -> Config {
    let given = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Config::from_map(&given).expect("valid").0
}

fn now() -> DateTime<Utc> {
    "2026-03-04T09:30:00Z".parse().expect("a time")
}

fn school() -> State {
    demo::state(now(), chrono_tz::Asia::Tashkent, demo::SEED)
}

fn healthy() -> RemoteFacts {
    RemoteFacts {
        me: Ok(Me { id: UserId(1), username: "school_bot".into(), can_read_all_group_messages: true }),
        webhook: Some(Ok(WebhookInfo::default())),
        own_webhook: None,
        receiving: Some(Ok(())),
        clocks: Some((now(), now())),
        admins: vec![(UserId(5), Ok(()))],
    }
}

fn refused(code: u16, description: &str) -> CallError {
    CallError::Api { code, description: description.into(), retry_after: None, migrate_to: None }
}

fn said(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let advice = finding.advice.as_ref().map(|advice| format!("\n    → {advice}")).unwrap_or_default();
        format!("{:?} {}: {}{advice}\n", finding.level, finding.subject, finding.text)
    };
    findings.iter().map(line).collect()
}

#[test]
fn a_healthy_bot_has_nothing_to_complain_of() {
    assert_eq!(worst(&remote(&healthy(), &config(&[]))), Level::Ok);
    assert_eq!(worst(&register(&school(), Some(true))), Level::Ok);
}

#[test]
fn every_trouble_with_telegram_has_a_way_out() {
    let trouble = RemoteFacts {
        me: Ok(Me { id: UserId(1), username: "school_bot".into(), can_read_all_group_messages: false }),
        webhook: Some(Ok(WebhookInfo {
            url: "https://old.example.org/secret/hook".into(),
            pending_update_count: 3,
            ..WebhookInfo::default()
        })),
        own_webhook: None,
        receiving: Some(Err(refused(409, "Conflict: terminated by other getUpdates request"))),
        clocks: Some((now(), now() - TimeDelta::minutes(7))),
        admins: vec![(UserId(5), Err(refused(400, "Bad Request: chat not found")))],
    };
    let mut text = said(&remote(&trouble, &config(&[])));
    for me in [Err(refused(401, "Unauthorized")), Err(CallError::Network("connection refused".into()))] {
        text +=
            &said(&remote(&RemoteFacts { me, ..healthy() }, &config(&[("PROXY_URL", "socks5h://ann:sesame@127.0.0.1:1080")])));
    }
    assert!(!text.contains("secret") && !text.contains("sesame"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_webhook_is_judged_by_whose_it_is() {
    const OURS: &str = "https://bot.example.org/telegram/webhook/1/";
    let webhook_mode = config(&[("RUN_MODE", "webhook"), ("WEBHOOK_URL", "https://bot.example.org")]);
    let mut text = String::new();
    for (mode, config) in [("polling", config(&[])), ("webhook", webhook_mode)] {
        for (url, waiting, error) in [
            ("", 0, None),
            (OURS, 0, Some("old")),
            (OURS, 3, Some("Connection refused")),
            ("https://else.example.org/x", 0, None),
        ] {
            let info = WebhookInfo {
                url: url.into(),
                pending_update_count: waiting,
                last_error_date: None,
                last_error_message: error.map(str::to_owned),
            };
            let facts = RemoteFacts { webhook: Some(Ok(info)), own_webhook: Some(OURS.into()), ..healthy() };
            let findings = remote(&facts, &config);
            let about_it: Vec<_> = findings.into_iter().filter(|finding| finding.subject == "webhook").collect();
            text += &format!("{mode} {url:?} {waiting}\n{}", said(&about_it));
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_database_says_which_replica_works() {
    let holder = Holder { name: "north-12-ab".into(), address: "north:8080".into() };
    let mut text = String::new();
    for holder in [Ok(Some(holder)), Ok(None), Err("connection refused".to_owned())] {
        let facts = LocalFacts {
            data_dir: "data".into(),
            exists: true,
            no_rights: Vec::new(),
            owner: None,
            owner_fault: None,
            database: Some(DatabaseFacts { name: "db.example/school".into(), holder }),
            unreadable: Vec::new(),
            fault: None,
            days: 9,
            free_bytes: Some(1 << 40),
            state: None,
        };
        let about_it: Vec<_> =
            local(&facts, &config(&[])).into_iter().filter(|finding| ["database", "files"].contains(&finding.subject)).collect();
        text += &format!("may be running: {}\n{}", facts.may_be_running(), said(&about_it));
    }
    insta::assert_snapshot!(text, @r"
    may be running: true
    Ok database: db.example/school answers; north-12-ab works
    Ok files: all can be read, with 9 days of activity
    may be running: false
    Ok database: db.example/school answers; no replica works now
    Ok files: all can be read, with 9 days of activity
    may be running: true
    Error database: db.example/school: connection refused
        → see whether the server runs and lets this machine in: psql with the address of STORE_URL; meanwhile nothing is lost, Telegram waits for a day
    ");
}

#[test]
fn every_trouble_with_the_machine_has_a_way_out() {
    let missing = LocalFacts {
        data_dir: "data".into(),
        exists: false,
        no_rights: Vec::new(),
        owner: None,
        owner_fault: None,
        database: None,
        unreadable: Vec::new(),
        fault: None,
        days: 0,
        free_bytes: Some(0),
        state: None,
    };
    let broken = LocalFacts {
        data_dir: "data".into(),
        exists: true,
        no_rights: vec![("data".into(), "Permission denied".into())],
        owner: Some(crate::store::Owner { pid: 7, since: "2026-03-04T09:30:00Z".into() }),
        unreadable: vec!["data/groups.json: expected `,` at line 3 column 9".into()],
        free_bytes: Some(100 << 20),
        ..missing
    };
    let missing = LocalFacts {
        exists: false,
        data_dir: "data".into(),
        no_rights: Vec::new(),
        owner: None,
        owner_fault: None,
        database: None,
        unreadable: Vec::new(),
        fault: None,
        days: 0,
        free_bytes: None,
        state: None,
    };
    let text =
        said(&local(&missing, &config(&[]))) + &said(&local(&broken, &config(&[]))) + &said(&settings(&config(&[]), now()));
    insta::assert_snapshot!(text);
}

#[test]
fn it_names_why_a_group_does_not_count() {
    let mut state = school();
    let [first, second, third, ..] = demo::GROUPS.map(|group| group.chat);
    state.apply(Change::Standing(first, Some(Standing::default())));
    let gone = Group { gone_since: Some(now()), ..state.groups[&second].clone() };
    state.apply(Change::Group(second, Some(Box::new(gone))));
    for teacher in state.teachers_in(third).map(|teacher| teacher.teacher_id).collect::<Vec<TeacherId>>() {
        state.apply(Change::Assignments(teacher, std::collections::BTreeSet::new()));
    }
    insta::assert_snapshot!(said(&register(&state, Some(false))));
}

#[test]
fn every_trouble_with_the_user_session_has_a_way_out() {
    let api = [("TELEGRAM_API_ID", "1234567"), ("TELEGRAM_API_HASH", "0123456789abcdef0123456789abcdef")];
    let with = config(&[api[0], api[1], ("TG_STRING_SESSION", "1secret")]);
    let ann = || Ok(Some("Ann (@ann)".to_owned()));
    let owner = || Some(crate::store::Owner { pid: 7, since: "2026-03-04T09:30:00Z".into() });
    let nobody = || SessionFacts { account: Ok(None), owner: None, state: None, remote: None };
    let dead = LineState::Dead { since: now(), why: crate::domain::line::DeadWhy::LoggedOut };
    let cases = [
        (nobody(), config(&[])),
        (nobody(), config(&api)),
        (
            SessionFacts { account: Err("the session file can't be opened: the passphrase is wrong".into()), ..nobody() },
            config(&api),
        ),
        (SessionFacts { account: ann(), ..nobody() }, config(&[])),
        (SessionFacts { account: ann(), remote: Some(Ok(())), ..nobody() }, with),
        (SessionFacts { account: ann(), remote: Some(Err(CallFault::LoggedOut("X".into()))), ..nobody() }, config(&api)),
        (SessionFacts { account: ann(), remote: Some(Err(CallFault::Line("refused".into()))), ..nobody() }, config(&api)),
        (SessionFacts { account: ann(), owner: owner(), state: Some(LineState::Up { since: now() }), ..nobody() }, config(&api)),
        (SessionFacts { account: ann(), owner: owner(), state: Some(dead), ..nobody() }, config(&api)),
    ];
    let text: String = cases.iter().map(|(facts, config)| said(&user_session(facts, config)) + "\n").collect();
    assert!(!text.contains("1secret"), "{text}");
    insta::assert_snapshot!(text);
}
