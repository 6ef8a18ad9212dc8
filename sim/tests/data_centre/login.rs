//! Logging in: with code, password and QR code; being logged out.

use grammers_client::SignInError;
use grammers_session::Session as _;
use grammers_tl_types::{enums, functions as f};
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
