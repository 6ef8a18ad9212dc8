//! Accidents: of calls, of connections, of updates.

use std::sync::atomic::{AtomicBool, Ordering};

use grammers_client::Client;
use grammers_mtsender::InvocationError;
use grammers_session::updates::UpdatesLike;
use grammers_tl_types::{enums, functions as f};
use telegram_sim::{Fault, Sim, When};

use crate::support::Program;

fn me() -> f::users::GetUsers {
    f::users::GetUsers { id: vec![enums::InputUser::UserSelf] }
}

#[tokio::test]
async fn calls_are_refused_on_order() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let program = Program::new(&sim.user("Ann").session());
    sim.fault("users.getUsers", When::Next(1), Fault::TooMany(3600));
    assert_eq!(program.refused(me()).await, "420 FLOOD_WAIT 3600");
    sim.fault("users.getUsers", When::Next(1), Fault::ServerError(500));
    assert_eq!(program.refused(me()).await, "500 RPC_CALL_FAIL");
    sim.fault("users.getUsers", When::Next(1), Fault::Refuse(303, "USER_MIGRATE_4".into()));
    assert_eq!(program.refused(me()).await, "303 USER_MIGRATE 4");
    program.ok(me()).await;
    sim.finish();
}

#[tokio::test]
async fn an_accident_can_be_meant_for_one_program() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let (one, other) = (sim.user("Ann").session(), sim.user("Bob").session());
    sim.fault_for(&one, "*", When::Always, Fault::TooMany(5));
    let (one, other) = (Program::new(&one), Program::new(&other));
    assert_eq!(one.refused(me()).await, "420 FLOOD_WAIT 5");
    other.ok(me()).await;
    sim.release();
    one.ok(me()).await;
    sim.finish();
}

#[tokio::test]
async fn answers_are_late_broken_or_lost() {
    let sim = Sim::start();
    let centre = sim.data_centre();
    let mut program = Program::new(&sim.user("Ann").session());
    program.ok(me()).await;
    for fault in [Fault::Stall, Fault::HoldAnswer] {
        sim.fault("users.getUsers", When::Next(1), fault);
        let request = me();
        let is_answered = AtomicBool::new(false);
        let late = async {
            program.client.invoke(&request).await.expect("it is answered in the end");
            is_answered.store(true, Ordering::Relaxed);
        };
        // Others get their answers meanwhile. What was asked for first has come to the data centre by then.
        let others = async {
            program.ok(f::updates::GetState {}).await;
            assert!(!is_answered.load(Ordering::Relaxed));
            sim.release();
        };
        tokio::join!(late, others);
    }
    sim.fault("users.getUsers", When::Next(1), Fault::TruncateAnswer);
    assert!(matches!(program.call(me()).await, Err(InvocationError::Deserialize(_))));
    for (fault, done) in [(Fault::ResetBefore, 0), (Fault::LoseAnswer, 1)] {
        let before = sim.calls("users.getUsers").len();
        sim.fault("users.getUsers", When::Next(1), fault);
        assert!(program.call(me()).await.is_err());
        while !matches!(program.pushed().await, UpdatesLike::ConnectionClosed) {}
        assert_eq!(sim.calls("users.getUsers").len() - before, done);
        program.ok(f::updates::GetState {}).await;
    }
    let connections = centre.connections_ever();
    centre.resets_connections();
    while !matches!(program.pushed().await, UpdatesLike::ConnectionClosed) {}
    program.ok(me()).await;
    assert_eq!(centre.connections_ever(), connections + 1);
    sim.finish();
}

#[tokio::test]
async fn salts_rotate_and_answers_are_packed() {
    let sim = Sim::start();
    let centre = sim.data_centre();
    let program = Program::new(&sim.user("Ann").session());
    centre.compresses_over(16);
    centre.uses_containers(true);
    program.ok(me()).await;
    centre.rotates_salt();
    program.ok(me()).await;
    let all: Vec<Client> = vec![program.client.clone(); 8];
    let request = me();
    for answer in futures::future::join_all(all.iter().map(|client| client.invoke(&request))).await {
        answer.expect("an answer");
    }
    assert_eq!(sim.calls("users.getUsers").len(), 10);
    assert!(centre.acknowledged() > 0);
    sim.finish();
}

#[tokio::test]
async fn updates_are_lost_doubled_swapped_and_malformed() {
    let sim = Sim::start();
    let centre = sim.data_centre();
    let (ann, bob) = (sim.user("Ann"), sim.user("Bob"));
    let class = sim.group("Study", &[&ann, &bob]);
    let call = class.start_call(&ann);
    ann.joins_call(&call);
    let mut program = Program::new(&ann.session());
    program.ok(me()).await;
    centre.loses_updates(1);
    bob.joins_call(&call);
    bob.mutes(&call, false);
    assert_eq!(program.change().await.0, 4, "version 3 is lost");
    centre.doubles_updates(true);
    bob.mutes(&call, true);
    assert_eq!((program.change().await.0, program.change().await.0), (5, 5));
    centre.doubles_updates(false);
    centre.swaps_updates(true);
    bob.mutes(&call, false);
    bob.mutes(&call, true);
    assert_eq!((program.change().await.0, program.change().await.0), (7, 6));
    centre.swaps_updates(false);
    centre.pushes_bytes(&[0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4]);
    assert!(matches!(program.pushed().await, UpdatesLike::MalformedUpdates));
    program.ok(me()).await;
    // The library panics here: whoever uses it has to look after it.
    centre.sends_foreign_session();
    assert!(program.runner.await.expect_err("it doesn't end by itself").is_panic());
    sim.finish();
}

#[tokio::test]
async fn a_program_whose_clock_is_wrong_is_told_the_time() {
    let sim = Sim::start();
    let centre = sim.data_centre();
    let session = sim.user("Ann").session();
    centre.clock_is_ahead(3600);
    let program = Program::new(&session);
    program.ok(me()).await;
    program.ok(me()).await;
    assert_eq!(sim.calls("users.getUsers").len(), 2);
    sim.finish();
}

#[tokio::test]
async fn a_silent_data_centre_answers_nothing() {
    let sim = Sim::start();
    let centre = sim.data_centre();
    let program = Program::new(&sim.user("Ann").session());
    centre.is_silent(true);
    let client = program.client.clone();
    let waiting = tokio::spawn(async move { client.invoke(&me()).await });
    while centre.connections_ever() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished());
    waiting.abort();
    assert_eq!(sim.calls("users.getUsers").len(), 0);
    sim.finish();
}

#[tokio::test]
async fn a_data_centre_goes_down_and_comes_back() {
    let sim = Sim::start();
    let centre = sim.data_centre();
    let (ann, bob) = (sim.user("Ann"), sim.user("Bob"));
    let (session, other) = (ann.session(), Program::new(&bob.session()));
    let mut program = Program::new(&session);
    program.ok(me()).await;
    other.ok(me()).await;
    centre.resets_connections_of(&session);
    while !matches!(program.pushed().await, UpdatesLike::ConnectionClosed) {}
    other.ok(me()).await;
    centre.is_down(true);
    assert!(program.call(me()).await.is_err());
    centre.is_down(false);
    while program.call(me()).await.is_err() {}
    sim.finish();
}

#[tokio::test]
async fn what_is_not_modelled_fails_the_test() {
    let sim = Sim::start();
    sim.allow_violations();
    let _ = sim.data_centre();
    let program = Program::new(&sim.user("Ann").session());
    let id = "help.getAppConfig";
    assert!(program.refused(f::help::GetAppConfig { hash: 0 }).await.starts_with("400 INPUT_METHOD_INVALID"));
    assert!(sim.violations().iter().any(|violation| violation.contains(id)), "{:?}", sim.violations());
}
