//! Logging in: with code, password and QR code; being logged out.

use grammers_client::{SignInError, client::PasswordToken};
use grammers_session::Session as _;
use grammers_tl_types::{enums, functions as f, types};
use telegram_sim::Sim;

use crate::support::Program;

#[tokio::test]
async fn a_ready_session_is_somebody() {
    let sim = Sim::start();
    let centre = sim.data_centre();
    let ann = sim.user("Ann");
    let program = Program::new(&ann.session());
    let me = program.ok(f::users::GetUsers { id: vec![enums::InputUser::UserSelf] }).await;
    let [enums::User::User(me)] = &me[..] else { panic!("{me:?}") };
    assert_eq!((me.id, me.is_self, me.first_name.as_deref()), (ann.id, true, Some("Ann")));
    assert_eq!(me.phone, Some(ann.phone()));

    let enums::updates::State::State(state) = program.ok(f::updates::GetState {}).await;
    assert!((i64::from(state.date) - sim.clock().now().timestamp()).abs() <= 2);
    let enums::Config::Config(config) = program.ok(f::help::GetConfig {}).await;
    let enums::DcOption::Option(option) = &config.dc_options[0];
    assert_eq!((option.id, option.port), (centre.id(), i32::from(centre.address().port())));
    assert_eq!((config.caption_length_max, config.message_length_max), (1024, 4096));
    assert_eq!(sim.calls("initConnection").len(), 1);
    assert_eq!(sim.calls("updates.getState")[0]["user"], ann.id);
    sim.finish();
}

#[tokio::test]
async fn code_and_password_on_the_home_data_centre() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let four = sim.data_centre_numbered(4);
    let ann = sim.user("Ann");
    ann.lives_on(&four);
    ann.sets_password("correct horse", "the usual");
    let program = Program::new(&sim.new_session());
    assert_eq!(program.refused(f::updates::GetState {}).await, "401 AUTH_KEY_UNREGISTERED");

    let token = program.client.request_login_code(&ann.phone(), "hash").await.expect("a code is sent");
    assert_eq!(program.memory.home_dc_id().expect("memory can be read"), 4);
    let code = ann.login_code().expect("it is on her phone");
    let wrong = if code == "00000" { "00001" } else { "00000" };
    assert!(matches!(program.client.sign_in(&token, wrong).await, Err(SignInError::InvalidCode)));
    let Err(SignInError::PasswordRequired(password)) = program.client.sign_in(&token, &code).await else { panic!() };
    assert_eq!(password.hint(), Some("the usual"));
    assert_eq!(program.refused(f::updates::GetState {}).await, "401 SESSION_PASSWORD_NEEDED");
    let Err(SignInError::InvalidPassword(password)) = program.client.check_password(password, "wrong").await else { panic!() };
    let me = program.client.check_password(password, "correct horse").await.expect("it is her password");
    assert_eq!(me.id().bare_id_unchecked(), ann.id);
    program.ok(f::updates::GetState {}).await;
    sim.finish();
}

#[tokio::test]
async fn a_code_that_is_written_into_a_chat_is_dead() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let (ann, bot) = (sim.user("Ann"), sim.bot("school_bot"));
    let program = Program::new(&sim.new_session());
    let settings =
        f::auth::SendCode { phone_number: ann.phone(), api_id: 12_345, api_hash: "hash".into(), settings: telegram_settings() };
    let enums::auth::SentCode::Code(token) = program.ok(settings).await else { panic!() };
    let code = ann.login_code().expect("it is on her phone");
    ann.tells(&bot, &format!("my code is {code}"));
    let request = f::auth::SignIn {
        phone_number: ann.phone(),
        phone_code_hash: token.phone_code_hash,
        phone_code: Some(code),
        email_verification: None,
    };
    assert_eq!(program.refused(request).await, "400 PHONE_CODE_EXPIRED");
    assert_eq!(ann.login_code(), None);
}

fn telegram_settings() -> enums::CodeSettings {
    let settings = types::CodeSettings {
        allow_flashcall: false,
        current_number: false,
        allow_app_hash: false,
        allow_missed_call: false,
        allow_firebase: false,
        unknown_number: false,
        logout_tokens: None,
        token: None,
        app_sandbox: None,
    };
    settings.into()
}

fn export() -> f::auth::ExportLoginToken {
    f::auth::ExportLoginToken { api_id: 12_345, api_hash: "hash".into(), except_ids: Vec::new() }
}

#[tokio::test]
async fn a_qr_code_is_scanned_and_the_password_asked_for() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let ann = sim.user("Ann");
    ann.sets_password("correct horse", "the usual");
    let mut program = Program::new(&sim.new_session());
    let enums::auth::LoginToken::Token(first) = program.ok(export()).await else { panic!() };
    assert!((25..=31).contains(&(i64::from(first.expires) - sim.clock().now().timestamp())));
    sim.clock().advance(chrono::TimeDelta::seconds(31));
    assert_eq!(ann.scans(&first.token), Err("AUTH_TOKEN_EXPIRED"));
    let enums::auth::LoginToken::Token(second) = program.ok(export()).await else { panic!() };
    assert_ne!(first.token, second.token);

    ann.scans(&second.token).expect("it is fresh");
    assert!(matches!(program.update().await, enums::Update::LoginToken));
    assert_eq!(program.refused(export()).await, "401 SESSION_PASSWORD_NEEDED");
    let password = program.ok(f::account::GetPassword {}).await.into();
    let me = program.client.check_password(PasswordToken::new(password), "correct horse").await.expect("it is her password");
    assert_eq!(me.id().bare_id_unchecked(), ann.id);
    sim.finish();
}

#[tokio::test]
async fn a_qr_code_leads_to_another_data_centre() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let ann = sim.user("Ann");
    ann.lives_on(&sim.data_centre_numbered(4));
    let mut program = Program::new(&sim.new_session());
    let enums::auth::LoginToken::Token(token) = program.ok(export()).await else { panic!() };
    ann.scans(&token.token).expect("it is fresh");
    assert!(matches!(program.update().await, enums::Update::LoginToken));
    let enums::auth::LoginToken::MigrateTo(there) = program.ok(export()).await else { panic!() };
    let import = f::auth::ImportLoginToken { token: there.token };
    let answer = program.client.invoke_in_dc(there.dc_id, &import).await.expect("it is taken there");
    let enums::auth::LoginToken::Success(success) = answer else { panic!() };
    let enums::auth::Authorization::Authorization(authorization) = success.authorization else { panic!() };
    let enums::User::User(me) = authorization.user else { panic!() };
    assert_eq!((me.id, there.dc_id), (ann.id, 4));
    sim.finish();
}

#[tokio::test]
async fn whoever_is_logged_out_is_told_so() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let ann = sim.user("Ann");
    let (one, other) = (Program::new(&ann.session()), Program::new(&ann.session()));
    one.ok(f::auth::LogOut {}).await;
    assert_eq!(one.refused(f::updates::GetState {}).await, "401 AUTH_KEY_UNREGISTERED");
    other.ok(f::updates::GetState {}).await;
    ann.ends_sessions();
    assert_eq!(other.refused(f::updates::GetState {}).await, "401 AUTH_KEY_UNREGISTERED");
    sim.finish();
}

#[tokio::test]
async fn a_key_that_nobody_knows_is_refused_by_the_transport() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let ann = sim.user("Ann");
    let session = ann.session();
    sim.forgets_keys(&session);
    let program = Program::new(&session);
    // The client then wants to agree on a new key, which needs Telegram's own.
    let failed = program.call(f::updates::GetState {}).await;
    assert!(failed.is_err());
}

#[tokio::test]
async fn a_voucher_opens_another_data_centre_once() {
    let sim = Sim::start();
    let _ = (sim.data_centre(), sim.data_centre_numbered(4));
    let ann = sim.user("Ann");
    let program = Program::new(&ann.session());
    let there = f::users::GetUsers { id: vec![enums::InputUser::UserSelf] };
    let refused = program.client.invoke_in_dc(4, &there).await.expect_err("nobody is logged in there");
    assert!(refused.is("AUTH_KEY_UNREGISTERED"), "{refused}");
    let enums::auth::ExportedAuthorization::Authorization(voucher) = program.ok(f::auth::ExportAuthorization { dc_id: 4 }).await;
    let import = f::auth::ImportAuthorization { id: voucher.id, bytes: voucher.bytes };
    program.client.invoke_in_dc(4, &import).await.expect("it is taken");
    assert_eq!(program.client.invoke_in_dc(4, &there).await.expect("somebody is logged in").len(), 1);
    assert!(program.client.invoke_in_dc(4, &import).await.expect_err("it is used up").is("AUTH_BYTES_INVALID"));
    sim.finish();
}
